//! A field that was changed in the source and, otherwise, in the ledger: `sync.conflict` says what counts. Whatever it says, nothing that a
//! person entered in the ledger goes without a word, and the sum of a document is left to nobody's file.

use super::bed::{
    Bed, amount, begun, gst, held, hire, lines, order, retried, synced, total, verified,
};
use crossfoot::model::Became;
use crossfoot::service::Engine;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::plan::{PlanAction, plan};
use serde_json::json;

/// Both sides rename the one line.
async fn both_changed(word: &str) -> (Bed, Engine) {
    let file = format!("{{ first_run: post, conflict: {word} }}");
    let (bed, engine) = begun(&[("sync", &file)], vec![order(1, 1041, "2026-07-10")]).await;
    says(&bed, "by telephone").await;
    source_says(&bed, "Crane hire, night shift", "1");
    (bed, engine)
}

/// What a person writes on the line in the ledger.
async fn says(bed: &Bed, line: &str) {
    bed.minutes(2);
    let mut all = bed.invoice("1041").unwrap()["LineItems"].clone();
    all[0]["Description"] = json!(line);
    bed.person("POST", &bed.path_of("1041"), json!({"LineItems": all}))
        .await;
    bed.minutes(2);
}

fn source_says(bed: &Bed, line: &str, quantity: &str) {
    let mut all = hire(quantity);
    all["name"] = json!(line);
    let tax = format!("{quantity}0.00");
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [all, gst(&tax)]}]}));
    bed.minutes(2);
}

fn line(bed: &Bed) -> String {
    lines(&bed.invoice("1041").unwrap()).remove(0).0
}

/// The one warning that is told of the document, by its code.
async fn told(engine: &Engine, code: &str) -> String {
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let all = explain(engine, &loaded, "1041").await;
    let all = all.unwrap_or_else(|e| panic!("{}", e.what)).warnings;
    let of: Vec<_> = all.iter().filter(|w| w.code == code).collect();
    assert_eq!(of.len(), 1, "{all:#?}");
    of[0].what.clone()
}

const VALUES: &str = "line 1 text: the source says Crane hire, night shift, the ledger by telephone, last agreed was Crane hire";

#[tokio::test]
async fn by_default_a_person_decides() {
    let (bed, engine) = both_changed("hold").await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        VALUES,
        "compare the two",
    )
    .await;
    assert_eq!(line(&bed), "by telephone");
}

#[tokio::test]
async fn the_sources_value_goes_by_the_word_and_both_are_told() {
    let (bed, engine) = both_changed("keep_source").await;
    // A rehearsal says what it would do, with the three values.
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let would = plan(&engine, &loaded, None, &|_| {}).await;
    let would = would.unwrap_or_else(|e| panic!("{}", e.what));
    let one = would.documents.iter().find(|d| d.number == "1041").unwrap();
    assert_eq!(one.action, PlanAction::Update, "{one:#?}");
    assert!(
        one.warnings.iter().any(|w| w.what.contains(VALUES)),
        "{one:#?}"
    );
    assert_eq!(line(&bed), "by telephone");
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(line(&bed), "Crane hire, night shift");
    assert!(told(&engine, "update.kept_source").await.contains(VALUES));
    // It is over: what a person writes there now is theirs.
    says(&bed, "by letter").await;
    synced(&engine).await;
    assert_eq!(line(&bed), "by letter");
}

#[tokio::test]
async fn the_ledgers_value_stays_by_the_word_and_is_agreed_from_then_on() {
    let (bed, engine) = both_changed("keep_ledger").await;
    let done = synced(&engine).await;
    assert_eq!(
        done.run.counts.all(Became::Updated),
        0,
        "nothing is left to send"
    );
    verified(&engine, "1041").await;
    assert_eq!(line(&bed), "by telephone");
    assert!(told(&engine, "update.kept_ledger").await.contains(VALUES));
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
        assert_eq!(line(&bed), "by telephone");
        verified(&engine, "1041").await;
    }
    // What the source says later is news, and no conflict.
    source_says(&bed, "Crane hire, day shift", "1");
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(line(&bed), "Crane hire, day shift");
}

/// Another field of the same change goes, and the ledger's own one stays.
#[tokio::test]
async fn the_rest_of_the_change_goes_where_the_ledgers_value_stays() {
    let (bed, engine) = both_changed("keep_ledger").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"order_time": "2026-07-11T01:00:00Z"}}]}));
    let done = synced(&engine).await;
    assert_eq!(done.run.counts.all(Became::Updated), 1);
    verified(&engine, "1041").await;
    let after = bed.invoice("1041").unwrap();
    assert_eq!(line(&bed), "by telephone");
    assert_eq!(super::bed::day(&after, "DateString"), "2026-07-11");
}

/// Where both sides say another sum, the ledger's is not kept by any word: the two books would differ.
#[tokio::test]
async fn what_it_comes_to_is_not_left_to_the_ledger() {
    let word = "{ first_run: post, conflict: keep_ledger }";
    let (bed, engine) = begun(&[("sync", word)], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    let theirs = total(&bed.invoice("1041").unwrap());
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "`sync.conflict: keep_ledger` does not decide about the",
        "compare the two",
    )
    .await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), theirs);
    // A person's word ends it.
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
}

#[tokio::test]
async fn the_sources_sum_goes_by_the_word() {
    let word = "{ first_run: post, conflict: keep_source }";
    let (bed, engine) = begun(&[("sync", word)], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    told(&engine, "update.kept_source").await;
}

/// A document that a person took further was approved as it stood: no word of the file changes it under their hands.
#[tokio::test]
async fn how_far_people_have_taken_it_is_decided_by_no_word() {
    let drafts = "{ first_run: post, conflict: keep_source }";
    let status = "{ invoices: { else: DRAFT } }";
    let (bed, engine) = begun(
        &[("sync", drafts), ("status", status)],
        vec![order(1, 1041, "2026-07-10")],
    )
    .await;
    bed.minutes(2);
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"Status": "AUTHORISED"}))
        .await;
    bed.minutes(2);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "does not decide about the status",
        "compare the two",
    )
    .await;
}

/// Both sides rename the one line and date the document; a rule says which counts.
async fn ruled(word: &str, rule: &str) -> (Bed, Engine) {
    let file = format!("{{ first_run: post, conflict: {word} }}");
    let changes = [("sync", file.as_str()), ("rules", "[rules/acme.rhai]")];
    let bed = Bed::new(&super::bed::file(&changes));
    bed.rule("acme.rhai", rule);
    bed.keap(super::bed::shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    says(&bed, "by telephone").await;
    bed.person("POST", &bed.path_of("1041"), json!({"Date": "2026-07-20"}))
        .await;
    source_says(&bed, "Crane hire, night shift", "1");
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"order_time": "2026-07-11T01:00:00Z"}}]}));
    bed.minutes(2);
    (bed, engine)
}

fn date(bed: &Bed) -> String {
    super::bed::day(&bed.invoice("1041").unwrap(), "DateString")
}

#[tokio::test]
async fn a_rule_says_field_by_field_which_side_counts() {
    let rule = "fn on_conflict(source, ledger, agreed) {\n    if source.field == \"description\" { return keep_ledger(); }\n    if source.field == \"date\" && ledger.document.date > agreed.document.date { return keep_source(); }\n    keep()\n}\n";
    let (bed, engine) = ruled("hold", rule).await;
    // A rehearsal says what it would do.
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let would = plan(&engine, &loaded, None, &|_| {}).await;
    let would = would.unwrap_or_else(|e| panic!("{}", e.what));
    let one = would.documents.iter().find(|d| d.number == "1041").unwrap();
    assert_eq!(one.action, PlanAction::Update, "{one:#?}");
    synced(&engine).await;
    // What was left to the word, such as the day it is due, would hold it.
    verified(&engine, "1041").await;
    assert_eq!(
        (line(&bed), date(&bed)),
        ("by telephone".to_owned(), "2026-07-11".to_owned())
    );
    let theirs = told(&engine, "update.kept_ledger").await;
    assert!(
        theirs.contains("`keep_ledger()` of the rule at rules/acme.rhai:2")
            && theirs.contains(VALUES),
        "{theirs}"
    );
    let ours = told(&engine, "update.kept_source").await;
    assert!(
        ours.contains("`keep_source()` of the rule at rules/acme.rhai:3")
            && ours.contains("date: the source says 2026-07-11, the ledger 2026-07-20"),
        "{ours}"
    );
    // Both are agreed from then on.
    for _ in 0..2 {
        bed.minutes(40);
        let done = synced(&engine).await;
        assert_eq!(done.run.counts.all(Became::Updated), 0);
    }
    assert_eq!(line(&bed), "by telephone");
}

#[tokio::test]
async fn a_rule_goes_before_the_word_and_without_an_opinion_the_word_counts() {
    let rule = "fn on_conflict(source, ledger, agreed) {\n    if source.field == \"date\" { return keep_ledger(); }\n    keep()\n}\n";
    let (bed, engine) = ruled("keep_source", rule).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        (line(&bed), date(&bed)),
        (
            "Crane hire, night shift".to_owned(),
            "2026-07-20".to_owned()
        )
    );
    let ours = told(&engine, "update.kept_source").await;
    assert!(ours.contains("by `sync.conflict: keep_source`"), "{ours}");
}

#[tokio::test]
async fn a_rule_holds_what_the_word_would_let_go_and_retry_ends_it() {
    let rule = "fn on_conflict(source, ledger, agreed) {\n    if source.line == 1 { return hold(\"ask Jo about texts\"); }\n    keep()\n}\n";
    let (bed, engine) = ruled("keep_source", rule).await;
    synced(&engine).await;
    let what = "says: ask Jo about texts";
    held(&engine, "1041", "update.conflict", what, "compare the two").await;
    assert_eq!(line(&bed), "by telephone");
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(line(&bed), "Crane hire, night shift");
}

/// What no word decides, no rule does: what it comes to is not left to the ledger. A rule that breaks lets nothing go.
#[tokio::test]
async fn a_rule_cannot_leave_the_sum_to_the_ledger_nor_answer_what_is_no_answer() {
    let rule = "fn on_conflict(source, ledger, agreed) { keep_ledger() }\n";
    let (bed, engine) = ruled("keep_source", rule).await;
    source_says(&bed, "Crane hire, night shift", "2");
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    let theirs = total(&bed.invoice("1041").unwrap());
    synced(&engine).await;
    let what = "does not decide about the";
    held(&engine, "1041", "update.conflict", what, "compare the two").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), theirs);
    bed.rule(
        "acme.rhai",
        "fn on_conflict(source, ledger, agreed) { [1].map(|n| theirs()).first() }\nfn theirs() { skip(\"theirs\") }\n",
    );
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "rule.wrong_answer",
        "`on_conflict` cannot give this answer",
        "keep_source(), keep_ledger(), hold(why)",
    )
    .await;
    assert_eq!(line(&bed), "by telephone");
}
