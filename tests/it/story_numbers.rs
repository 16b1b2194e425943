//! A tenant's own number series: a paper that is made takes the next number, one stays with its document, and no two papers have one,
//! whatever happens in between.

use super::bed::{
    Bed, approve, begun, doc, end, file, gst, held, hire, order, shop, sync, synced, tenant, text,
    verified,
};
use super::story_put_back::{keep, restored};
use crossfoot::model::{DocState, GivenNumber, Kind, SeriesPlace};
use crossfoot::pipeline::lease::LEASE_S;
use crossfoot::pipeline::ports::{
    Books as _, DecidedDoc, Documents as _, GivenNumbers as _, Journal as _, LinksLearned, Side,
};
use crossfoot::service::desk::plan::plan;
use crossfoot::service::desk::settle::{WordAsk, skip};
use crossfoot::service::{Engine, against_ledger};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const COUNTED: (&str, &str) = ("numbers", "{ invoices: { next: \"INV-0098\" } }");

fn three() -> Vec<Value> {
    let one = |n: u64| order(n, 1040 + n, &format!("2026-07-{:02}", 10 + n));
    [1, 2, 3].map(one).into()
}

/// Somebody else's invoice in the books.
fn theirs(number: &str) -> Value {
    json!({"Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": number, "Contact": {"Name": "Somebody Else"},
        "Date": "2026-07-01", "DueDate": "2026-07-01", "LineAmountTypes": "Exclusive",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": "70.00", "AccountCode": "200", "TaxType": "OUTPUT"}]})
}

/// The numbers of the papers in the books with the days that they are dated, in the order of the days.
fn papers(bed: &Bed) -> Vec<(String, String)> {
    let books = bed.books();
    let all = books["invoices"].as_array().cloned().unwrap_or_default();
    let own = all.iter().filter(|i| !text(i, "Reference").is_empty());
    let mut all: Vec<_> = own
        .map(|i| (super::bed::day(i, "DateString"), text(i, "InvoiceNumber")))
        .collect();
    all.sort();
    let numbers: BTreeSet<&String> = all.iter().map(|(_, n)| n).collect();
    assert_eq!(
        numbers.len(),
        all.len(),
        "two papers have one number: {all:?}"
    );
    all
}

fn numbers(bed: &Bed) -> Vec<String> {
    papers(bed).into_iter().map(|(_, number)| number).collect()
}

/// What a rehearsal says each document would be numbered in the ledger.
async fn planned(engine: &Engine) -> Vec<(String, Option<String>)> {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let answer = plan(engine, &loaded, None, &|_| {}).await;
    let answer = answer.unwrap_or_else(|e| panic!("{e:?}"));
    let all = answer.documents.into_iter();
    all.map(|d| (d.number, d.ledger_number)).collect()
}

#[tokio::test]
async fn papers_take_the_next_numbers_by_their_days_and_keep_them() {
    let bed = Bed::new(&file(&[COUNTED]));
    bed.keap(shop(three()));
    let engine = bed.engine().await;
    let told = [
        ("1041", "INV-0098"),
        ("1042", "INV-0099"),
        ("1043", "INV-0100"),
    ];
    let told = told.map(|(own, there)| (own.to_owned(), Some(there.to_owned())));
    let mut would = planned(&engine).await;
    would.sort();
    assert_eq!(would, told);
    assert_eq!(bed.invoices(), 0);
    synced(&engine).await;
    assert_eq!(numbers(&bed), ["INV-0098", "INV-0099", "INV-0100"]);
    for number in ["1041", "1042", "1043"] {
        verified(&engine, number).await;
    }
    // It is found by the number that it was given, too.
    assert_eq!(doc(&engine, "INV-0099").await.number, "1042");
    // A change at the source goes to the same paper; what comes later takes the next.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "2", "set": {"order_time": "2026-07-20T01:00:00Z"}}]}));
    bed.keap(json!({"orders": [order(4, 1044, "2026-07-21")]}));
    synced(&engine).await;
    let day = |day: &str, number: &str| (format!("2026-07-{day}"), number.to_owned());
    assert_eq!(
        papers(&bed),
        [
            day("11", "INV-0098"),
            day("13", "INV-0100"),
            day("20", "INV-0099"),
            day("21", "INV-0101")
        ]
    );
    for _ in 0..2 {
        bed.minutes(40);
        synced(&engine).await;
    }
    assert_eq!(numbers(&bed).len(), 4);
}

/// What waits for a person keeps the number that was shown, whoever goes before it.
#[tokio::test]
async fn a_number_that_was_shown_for_approval_is_the_one_that_is_posted() {
    let manual = ("sync", "{ first_run: post, approval: manual }");
    let (bed, engine) = begun(&[COUNTED, manual], three()).await;
    assert_eq!(bed.invoices(), 0);
    approve(&engine, "1043").await;
    synced(&engine).await;
    assert_eq!(numbers(&bed), ["INV-0100"]);
    // Decided on again, it is the same.
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Crane hire in July"}}]}));
    bed.minutes(30);
    synced(&engine).await;
    for number in ["1041", "1042"] {
        approve(&engine, number).await;
    }
    synced(&engine).await;
    assert_eq!(numbers(&bed), ["INV-0098", "INV-0099", "INV-0100"]);
}

/// Another's paper has the number: nothing is made under it, the next after the ledger's last is proposed, and the file leads on.
#[tokio::test]
async fn a_number_that_is_taken_holds_with_the_next_one_and_the_file_leads_on() {
    let bed = Bed::new(&file(&[COUNTED]));
    bed.keap(shop(three()));
    bed.xero(json!({"invoices": [theirs("INV-0098"), theirs("INV-0120"), theirs("OLD-500")]}));
    let engine = bed.engine().await;
    synced(&engine).await;
    for number in ["1041", "1042", "1043"] {
        let fix = "`numbers.invoices.next: \"INV-0121\"` at mappings/acme.yaml:";
        held(&engine, number, "number.taken", "numbered INV-0098", fix).await;
    }
    assert_eq!(numbers(&bed), Vec::<String>::new());
    bed.tenant(&file(&[(
        "numbers",
        "{ invoices: { next: \"INV-0121\" } }",
    )]));
    let engine = reopened(&bed, engine).await;
    synced(&engine).await;
    assert_eq!(numbers(&bed), ["INV-0121", "INV-0122", "INV-0123"]);
}

/// One that was given and has not gone is another's by now: it takes the file's next, and those that are posted keep theirs.
#[tokio::test]
async fn a_number_that_was_taken_while_its_document_waited_is_given_up_by_the_file_alone() {
    let manual = ("sync", "{ first_run: post, approval: manual }");
    let (bed, engine) = begun(&[COUNTED, manual], three()).await;
    approve(&engine, "1042").await;
    synced(&engine).await;
    bed.person("PUT", "Invoices", theirs("INV-0098")).await;
    bed.minutes(30);
    let two = [hire("2"), gst("20.00")];
    bed.keap_edit(json!({"orders": [{"id": "1", "items": two}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "number.taken",
        "numbered INV-0098",
        "INV-0101",
    )
    .await;
    let changes = [("numbers", "{ invoices: { next: \"INV-0101\" } }"), manual];
    bed.tenant(&file(&changes));
    let engine = reopened(&bed, engine).await;
    synced(&engine).await;
    for number in ["1041", "1043"] {
        approve(&engine, number).await;
    }
    synced(&engine).await;
    assert_eq!(numbers(&bed), ["INV-0101", "INV-0099", "INV-0100"]);
}

async fn reopened(bed: &Bed, engine: Engine) -> Engine {
    engine.store().close().await;
    drop(engine);
    bed.engine().await
}

/// An answer is lost, a process dies, and the paper is there: it is found under its stamp with its number.
#[tokio::test]
async fn a_lost_answer_gives_no_number_twice() {
    let bed = Bed::new(&file(&[COUNTED]));
    bed.keap(shop(three()));
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "/Invoices", "times": 3, "fault": "drop_after"}]));
    let engine = bed.engine().await;
    let _ = sync(&engine).await;
    let engine = reopened(&bed, engine).await;
    bed.heal().await;
    for _ in 0..4 {
        bed.minutes(20);
        let _ = sync(&engine).await;
    }
    for number in ["1041", "1042", "1043"] {
        assert_eq!(end(&engine, number).await.0, DocState::Verified);
    }
    assert_eq!(numbers(&bed), ["INV-0098", "INV-0099", "INV-0100"]);
}

/// An older backup is put back: what was posted since is known by its stamp, and its numbers are nobody else's.
#[tokio::test]
async fn an_older_backup_gives_no_number_twice() {
    let bed = Bed::new(&file(&[COUNTED]));
    bed.keap(shop(three()));
    let engine = bed.engine().await;
    let kept = keep(&bed, engine).await;
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    // One that is dated before all of them comes once the backup is back.
    bed.keap(json!({"orders": [order(4, 1044, "2026-07-01")]}));
    let engine = restored(&bed, engine, &kept).await;
    for number in ["1041", "1042", "1043"] {
        verified(&engine, number).await;
    }
    let there = numbers(&bed);
    assert!(
        there.len() <= 4 && there.iter().any(|n| n == "INV-0100"),
        "{there:?}"
    );
    // The one that came takes the next that no paper of ours has, though this workspace knows of none of them.
    verified(&engine, "1044").await;
    assert_eq!(
        numbers(&bed),
        ["INV-0101", "INV-0098", "INV-0099", "INV-0100"]
    );
}

/// A rule that gives the document of one number another.
fn numbered(own: &str, there: &str) -> String {
    format!(
        "fn map_invoice(invoice) {{\n    if invoice.source.number == \"{own}\" {{ invoice.number = \"{there}\"; }}\n    keep()\n}}\n"
    )
}

/// A number of the series that is no more to be had is passed by: one that a cancelled paper keeps, and one that a rule gave a paper
/// of ours.
#[tokio::test]
async fn the_series_passes_by_what_cancelled_papers_and_our_own_bear() {
    let bed = Bed::new(&file(&[COUNTED, ("rules", "[rules/acme.rhai]")]));
    bed.keap(shop(three()));
    bed.xero(json!({"invoices": [theirs("INV-0099")]}));
    let id = text(&bed.books()["invoices"][0], "InvoiceID");
    let over = json!({"Status": "VOIDED"});
    bed.person("POST", &format!("Invoices/{id}"), over).await;
    bed.rule("acme.rhai", &numbered("1041", "INV-0100"));
    let engine = bed.engine().await;
    let would: BTreeSet<_> = planned(&engine).await.into_iter().collect();
    let there = |own: &str, there: &str| (own.to_owned(), Some(there.to_owned()));
    let all = [
        there("1041", "INV-0100"),
        there("1042", "INV-0098"),
        there("1043", "INV-0101"),
    ];
    assert_eq!(would, all.into());
    synced(&engine).await;
    assert_eq!(numbers(&bed), ["INV-0100", "INV-0098", "INV-0101"]);
    // In another run these are known from the books.
    bed.minutes(30);
    bed.rule("acme.rhai", &numbered("1044", "INV-0103"));
    bed.keap(json!({"orders": [order(4, 1044, "2026-07-20")]}));
    let engine = reopened(&bed, engine).await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap(json!({"orders": [order(5, 1045, "2026-07-21"), order(6, 1046, "2026-07-22")]}));
    synced(&engine).await;
    let own = [
        "INV-0100", "INV-0098", "INV-0101", "INV-0103", "INV-0102", "INV-0104",
    ];
    assert_eq!(numbers(&bed), own);
}

/// One document's number in the source is what another bears in the ledger: a word on it names neither.
#[tokio::test]
async fn a_word_on_a_number_of_one_that_another_was_given_asks_which_is_meant() {
    let counted = ("numbers", "{ invoices: { next: \"1042\" } }");
    let (bed, engine) = begun(&[counted], three()).await;
    assert_eq!(numbers(&bed), ["1042", "1043", "1044"]);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = |number| WordAsk::document(number, "it is right as it is", "jo@acme.example");
    let why = skip(&engine, &loaded, ask("1043")).await.err().unwrap();
    for way in ["invoice:1043", "invoice:1042"] {
        assert!(why.fix.contains(way), "{way}: {} {}", why.what, why.fix);
    }
    // Nobody else is called so: what it was given names it, and so does its own number behind its kind.
    assert_eq!(doc(&engine, "1044").await.number, "1043");
    for (number, own) in [("invoice:1043", "1043"), ("1044", "1043")] {
        let why = skip(&engine, &loaded, ask(number)).await;
        let told = why.as_ref().err().map(|e| e.what.clone());
        let named = told.is_none_or(|t| !t.contains("leads to"));
        assert!(named, "{number} is {own}: {:?}", why.err());
    }
}

#[tokio::test]
async fn lint_says_where_the_ledgers_numbers_have_got_to() {
    let bed = Bed::new(&file(&[COUNTED]));
    bed.keap(shop(three()));
    bed.xero(json!({"invoices": [theirs("INV-0041"), theirs("INV-0120"), theirs("OLD-500")]}));
    let engine = bed.engine().await;
    let told = |all: Vec<crossfoot::model::Diagnostic>| -> Vec<(String, String)> {
        let of = all.into_iter().filter(|d| d.code == "number.taken");
        of.map(|d| (d.what, d.fix)).collect()
    };
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let all = told(against_ledger(&engine, &loaded).await.unwrap());
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].0.contains("INV-0120") && all[0].1.contains("`next: \"INV-0121\"`"),
        "{all:?}"
    );
    bed.tenant(&file(&[(
        "numbers",
        "{ invoices: { next: \"INV-0121\" } }",
    )]));
    let engine = reopened(&bed, engine).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    assert_eq!(told(against_ledger(&engine, &loaded).await.unwrap()), []);
    // Its own papers are no reason to complain later.
    synced(&engine).await;
    assert_eq!(told(against_ledger(&engine, &loaded).await.unwrap()), []);
}

#[test]
fn a_series_that_cannot_be_counted_is_told() {
    let long = format!("\"{}\"", "1".repeat(24));
    let wide = format!("\"{}1043\"", "N".repeat(300));
    let all = [
        ("\"INV-\"", "yaml.number", "does not end in a count"),
        (wide.as_str(), "yaml.number", "has 304 characters"),
        (
            long.as_str(),
            "yaml.number",
            "more digits than can be counted",
        ),
        ("\"\"", "yaml.missing", "does not say where"),
    ];
    for (next, code, what) in all {
        let bed = Bed::new(&file(&[(
            "numbers",
            &format!("{{ invoices: {{ next: {next} }} }}"),
        )]));
        let workspace = crossfoot::service::Workspace::open(bed.folder.path()).unwrap();
        let (told, loaded) = workspace.lint(&tenant()).unwrap();
        assert!(
            loaded.is_none() && (told.iter()).any(|d| d.code == code && d.what.contains(what)),
            "{next}: {told:#?}"
        );
    }
}

/// Another tenant of the same books is given a number after this one has read how far the series goes.
#[tokio::test]
async fn a_number_that_another_was_given_meanwhile_is_not_given_and_holds() {
    let manual = ("sync", "{ first_run: post, approval: manual }");
    let bed = Bed::new(&file(&[COUNTED, manual]));
    bed.keap(shop(three()));
    let engine = bed.engine().await;
    synced(&engine).await;
    let (store, acme, now) = (engine.store(), tenant(), engine.now());
    let seen = doc(&engine, "1042").await;
    let other = doc(&engine, "1041").await;
    let taken = store.given_number(&acme, &other.key).await.unwrap();
    let taken: SeriesPlace = taken.unwrap();
    let own = store.given_number(&acme, &seen.key).await.unwrap();
    let note = store.decision(&acme, &seen.key).await.unwrap().unwrap();
    let lease = store.lease(&acme, "a run", now, LEASE_S).await.unwrap();
    let lease = lease.unwrap();
    let given = GivenNumber {
        book: store.book_at(&acme, Side::Ledger).await.unwrap().unwrap(),
        kind: Kind::Invoice,
        at: taken,
        found: false,
    };
    let decided = DecidedDoc {
        key: seen.key.clone(),
        version: seen.version.clone(),
        state: DocState::Approved,
        reason: None,
        facts: (store.facts(&acme, &note.facts).await.unwrap()).unwrap_or_default(),
        comes_to: None,
        note,
        writes: Vec::new(),
        approval: seen.drafts.clone().unwrap(),
        release: true,
        approved: seen.approved.clone(),
        retried: false,
        to_release: Default::default(),
        learned: LinksLearned {
            numbered: Some(given),
            ..LinksLearned::default()
        },
    };
    store.decided(&lease, &[decided], now).await.unwrap();
    store.give_back(&lease).await.unwrap();
    let held = doc(&engine, "1042").await;
    assert_eq!(held.state, DocState::Held);
    assert_eq!(held.reason.unwrap().code, "number.taken");
    assert_eq!(store.given_number(&acme, &seen.key).await.unwrap(), own);
    // It is open: the next run decides it again, under a number of its own.
    synced(&engine).await;
    assert_eq!(doc(&engine, "1042").await.state, DocState::Checked);
}
