//! A contact that both sides edit: what one side changed goes or stays as it is, what both changed otherwise is told and ended by the
//! file's word or a person's; and no rename ever goes in circles.

use super::bed::{
    Bed, carried, doc, end, file, held, order, retried, shop, skipped, synced, tenant, text,
    verified, with,
};
use crossfoot::model::{Became, DocState, Kind};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::Engine;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::plan::{PlanAction, plan};
use crossfoot::service::desk::settle::{WordAsk, skip};
use serde_json::{Value, json};

/// A tenant all of whose contacts are in the ledger.
async fn begun(word: &str) -> (Bed, Engine) {
    let sync = format!("{{ first_run: post, contacts: all, conflict: {word} }}");
    let bed = Bed::new(&file(&[("sync", &sync)]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    (bed, engine)
}

/// What people do to customer 8 in the ledger.
async fn they_say(bed: &Bed, set: Value) {
    let books = bed.books();
    let all = books["contacts"].as_array().unwrap();
    let sam = all.iter().find(|c| c["ContactNumber"] == json!("keap-8"));
    let id = text(sam.unwrap(), "ContactID");
    bed.minutes(1);
    bed.person("POST", &format!("Contacts/{id}"), set).await;
    bed.minutes(1);
}

fn source_says(bed: &Bed, set: Value) {
    bed.keap_edit(json!({"contacts": [{"id": "8", "set": set}]}));
    bed.minutes(1);
}

fn address(email: &str) -> Value {
    json!({"email_addresses": [{"field": "EMAIL1", "email": email}]})
}

fn sam(bed: &Bed) -> (String, String) {
    let books = bed.books();
    let all = books["contacts"].as_array().unwrap();
    let sam = all.iter().find(|c| c["ContactNumber"] == json!("keap-8"));
    let sam = sam.unwrap();
    (text(sam, "Name"), text(sam, "EmailAddress"))
}

fn says(name: &str, email: &str) -> (String, String) {
    (name.to_owned(), email.to_owned())
}

#[tokio::test]
async fn what_one_side_changed_is_no_conflict() {
    let (bed, engine) = begun("hold").await;
    // The ledger's people rename it, and the source gives it another address.
    they_say(&bed, json!({"Name": "Quay Holdings"})).await;
    source_says(&bed, address("sam@new.example"));
    synced(&engine).await;
    verified(&engine, "contact:8").await;
    assert_eq!(sam(&bed), says("Quay Holdings", "sam@new.example"));
    // Both say the same in the end.
    they_say(&bed, json!({"EmailAddress": "both@quay.example"})).await;
    source_says(&bed, address("BOTH@quay.example"));
    synced(&engine).await;
    verified(&engine, "contact:8").await;
}

#[tokio::test]
async fn by_default_a_person_decides_and_either_word_ends_it() {
    for word in ["retry", "skip"] {
        let (bed, engine) = begun("hold").await;
        they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
        source_says(&bed, address("ours@quay.example"));
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let told = plan(&engine, &loaded, None, &|_| {}).await.unwrap();
        assert_eq!(told.documents[0].action, PlanAction::Hold, "{told:#?}");
        synced(&engine).await;
        let values = "email: the source says ours@quay.example, the ledger theirs@quay.example, last agreed was sam@quay.example";
        held(
            &engine,
            "contact:8",
            "update.conflict",
            values,
            "crossfoot retry",
        )
        .await;
        assert_eq!(sam(&bed).1, "theirs@quay.example");
        match word {
            "retry" => {
                retried(&engine).await;
                verified(&engine, "contact:8").await;
                assert_eq!(sam(&bed).1, "ours@quay.example");
            }
            _ => {
                let ask = WordAsk::document("contact:8", "theirs is right", "jo@acme.example");
                skip(&engine, &loaded, ask).await.unwrap();
                synced(&engine).await;
                skipped(&engine, "contact:8", "skip.by_person").await;
                assert_eq!(sam(&bed).1, "theirs@quay.example");
            }
        }
    }
}

#[tokio::test]
async fn what_came_up_after_it_was_shown_is_shown_first() {
    let (bed, engine) = begun("hold").await;
    they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
    source_says(&bed, address("ours@quay.example"));
    synced(&engine).await;
    they_say(&bed, json!({"EmailAddress": "another@quay.example"})).await;
    retried(&engine).await;
    held(
        &engine,
        "contact:8",
        "update.conflict",
        "the ledger another@quay.example",
        "",
    )
    .await;
    retried(&engine).await;
    verified(&engine, "contact:8").await;
    assert_eq!(sam(&bed).1, "ours@quay.example");
}

#[tokio::test]
async fn the_word_of_the_file_decides_and_both_values_are_told() {
    for (word, email, code) in [
        ("keep_source", "ours@quay.example", "update.kept_source"),
        ("keep_ledger", "theirs@quay.example", "update.kept_ledger"),
    ] {
        let (bed, engine) = begun(word).await;
        they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
        source_says(
            &bed,
            with(
                address("ours@quay.example"),
                json!({"family_name": "Wharf"}),
            ),
        );
        synced(&engine).await;
        verified(&engine, "contact:8").await;
        assert_eq!(sam(&bed), says("Sam Wharf", email), "{word}");
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let told = explain(&engine, &loaded, "contact:8")
            .await
            .unwrap()
            .warnings;
        assert!(
            told.iter()
                .any(|w| w.code == code && w.what.contains("theirs@quay.example")),
            "{told:?}"
        );
        // What was left to the ledger was agreed then: the source's next word is news.
        bed.minutes(30);
        source_says(&bed, address("next@quay.example"));
        synced(&engine).await;
        verified(&engine, "contact:8").await;
        assert_eq!(sam(&bed).1, "next@quay.example", "{word}");
    }
}

#[tokio::test]
async fn an_invoice_goes_while_the_change_of_its_contact_waits() {
    let bed = Bed::new(&file(&[("sync", "{ first_run: post }")]));
    bed.keap(shop(vec![of_sam(1, 1041)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
    source_says(&bed, address("ours@quay.example"));
    bed.keap(json!({"orders": [of_sam(2, 1042)]}));
    synced(&engine).await;
    assert!(bed.invoice("1042").is_some());
    held(
        &engine,
        "1042",
        "update.conflict",
        "ours@quay.example",
        "crossfoot retry",
    )
    .await;
    assert_eq!(sam(&bed).1, "theirs@quay.example");
    retried(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(
        (sam(&bed).1, bed.invoices()),
        ("ours@quay.example".to_owned(), 2)
    );
}

/// An invoice of customer 8.
fn of_sam(n: u64, number: u64) -> Value {
    with(order(n, number, "2026-07-10"), json!({"contact_id": "8"}))
}

/// One invoice of customer 8 is posted, both sides have given it another address since, and a second invoice comes.
async fn disputed(changes: &[(&str, &str)]) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![of_sam(1, 1041)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
    source_says(&bed, address("ours@quay.example"));
    bed.tenant(&file(changes));
    bed.keap(json!({"orders": [of_sam(2, 1042)]}));
    synced(&engine).await;
    (bed, engine)
}

/// Whoever says retry to what else held an invoice was told nothing of its contact.
#[tokio::test]
async fn a_retry_of_something_else_sends_no_contact_over_what_people_entered() {
    let (bed, engine) = disputed(&[("accounts", "[{ else: \"299\" }]")]).await;
    held(&engine, "1042", "account.archived", "299", "restore it").await;
    assert_eq!(sam(&bed).1, "theirs@quay.example");
    bed.xero(json!({"accounts": [{"Code": "299", "Name": "Old Sales", "Type": "REVENUE", "TaxType": "OUTPUT", "Status": "ACTIVE"}]}));
    retried(&engine).await;
    assert_eq!(sam(&bed).1, "theirs@quay.example");
    assert!(bed.invoice("1042").is_some());
    held(
        &engine,
        "1042",
        "update.conflict",
        "the ledger theirs@quay.example",
        "crossfoot retry",
    )
    .await;
    retried(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(sam(&bed).1, "ours@quay.example");
}

/// What an invoice says of its contact names no word that would leave out the invoice; and what it names does what it says.
#[tokio::test]
async fn the_cure_of_an_invoice_leaves_its_contact_and_not_the_invoice() {
    let (bed, engine) = disputed(&[]).await;
    let keeps = "`sync.conflict: keep_ledger`";
    held(&engine, "1042", "update.conflict", "theirs@", keeps).await;
    let told = doc(&engine, "1042").await.reason.unwrap();
    assert!(!told.fix.contains("crossfoot skip"), "{}", told.fix);
    bed.minutes(30);
    let sync = "{ first_run: post, conflict: keep_ledger }";
    bed.tenant(&file(&[("sync", sync)]));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(sam(&bed).1, "theirs@quay.example");
    assert_eq!(bed.invoices(), 2);
}

/// What leaves a contact as the ledger has it is about what the source said then.
#[tokio::test]
async fn a_contact_that_was_left_is_looked_at_again_once_the_source_changes_it() {
    let (bed, engine) = begun("hold").await;
    they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
    source_says(&bed, address("ours@quay.example"));
    synced(&engine).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::document("contact:8", "theirs is right", "jo@acme.example");
    skip(&engine, &loaded, ask).await.unwrap();
    synced(&engine).await;
    skipped(&engine, "contact:8", "skip.by_person").await;
    bed.minutes(30);
    source_says(&bed, address("next@quay.example"));
    synced(&engine).await;
    let says = "the source says next@quay.example, the ledger theirs@quay.example";
    held(
        &engine,
        "contact:8",
        "update.conflict",
        says,
        "crossfoot skip",
    )
    .await;
    assert_eq!(sam(&bed).1, "theirs@quay.example");
    retried(&engine).await;
    verified(&engine, "contact:8").await;
    assert_eq!(sam(&bed).1, "next@quay.example");
}

/// The word on one contact is carried out at once, and is about nothing else of its number.
#[tokio::test]
async fn a_word_on_one_contact_is_about_that_one() {
    let (bed, engine) = begun("hold").await;
    they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
    source_says(&bed, address("ours@quay.example"));
    bed.keap(json!({"orders": [order(8, 8, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "8").await;
    let row = doc(&engine, "contact:8").await;
    assert_eq!(row.name(), "contact:8");
    let (store, acme) = (engine.store(), tenant());
    let said = store.retry(&acme, Some(&row.key), "jo@acme.example", engine.now());
    assert_eq!(said.await.unwrap(), 1);
    carried(&engine, "contact:8").await;
    verified(&engine, "contact:8").await;
    assert_eq!(sam(&bed).1, "ours@quay.example");
}

/// What chance says next, from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// Both sides rename for a year, on the same days or on others: after each run there is nothing left to do, and what goes is never more
/// than what the source's people said.
#[tokio::test]
async fn for_a_year_both_sides_rename_and_nothing_goes_in_circles() {
    for word in ["keep_source", "keep_ledger", "hold"] {
        let (bed, engine) = begun(word).await;
        let (mut dice, mut said, mut sent) = (Dice(20_260_710), 0_u64, 0_u64);
        for day in (0..365_u64).step_by(4) {
            bed.minutes(4 * 24 * 60 - 10);
            if dice.roll(2) == 0 {
                they_say(&bed, json!({"Name": format!("Theirs {day}")})).await;
            }
            if dice.roll(2) == 0 {
                source_says(&bed, json!({"family_name": format!("Ours {day}")}));
                said += 1;
            }
            let done = synced(&engine).await;
            sent += done.run.counts.of(Kind::Contact, Became::Updated);
            assert!(sent <= said, "{word}: {sent} of {said} on day {day}");
            if doc(&engine, "contact:8").await.state == DocState::Held {
                assert_eq!(
                    (word, end(&engine, "contact:8").await.1.as_str()),
                    ("hold", "update.conflict")
                );
                let again = retried(&engine).await;
                sent += again.run.counts.of(Kind::Contact, Became::Updated);
            }
            verified(&engine, "contact:8").await;
            if day % 32 == 0 {
                let before = sam(&bed);
                let idle = synced(&engine).await.run.counts;
                assert_eq!(idle.of(Kind::Contact, Became::Updated), 0);
                assert_eq!(idle.of(Kind::Contact, Became::Created), 0);
                assert_eq!(sam(&bed), before);
            }
        }
        assert!(
            said > 30 && sent > 0 && sent <= said,
            "{word}: {sent} of {said}"
        );
        assert_eq!(bed.contacts(), 2);
    }
}

/// Of a contact that goes by itself only the contact is held: papers of it need nothing of what both sides changed, be they posted or new.
#[tokio::test]
async fn what_both_sides_changed_of_a_contact_holds_no_paper_of_it() {
    let sync = "{ first_run: post, contacts: all }";
    let bed = Bed::new(&file(&[("sync", sync)]));
    bed.keap(shop(vec![of_sam(1, 1041), of_sam(2, 1042)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    they_say(&bed, json!({"EmailAddress": "theirs@quay.example"})).await;
    source_says(&bed, address("ours@quay.example"));
    bed.keap(json!({"orders": [of_sam(3, 1043)]}));
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Crane hire in July"}}]}));
    synced(&engine).await;
    let values = "the source says ours@quay.example, the ledger theirs@quay.example";
    held(&engine, "contact:8", "update.conflict", values, "retry").await;
    for number in ["1041", "1042", "1043"] {
        verified(&engine, number).await;
    }
    assert_eq!(sam(&bed).1, "theirs@quay.example");
    retried(&engine).await;
    verified(&engine, "contact:8").await;
    assert_eq!(sam(&bed).1, "ours@quay.example");
}
