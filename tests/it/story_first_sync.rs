//! The first sync of a tenant whose ledger was kept before: what is likely there already, what is taken, what it takes and when
//! it would be done is told before anything is posted.

use super::bed::{Bed, file, order, paid, shop, synced, tenant, text, with};
use crossfoot::pipeline::first::LikeBy;
use crossfoot::service::Engine;
use crossfoot::service::desk::first::FirstSync;
use crossfoot::service::desk::plan::plan;
use serde_json::{Value, json};

const SKUS: (&str, &str) = (
    "match",
    "{ items: { by: sku, use: account, none: use_accounts } }",
);

async fn planned(engine: &Engine) -> Option<FirstSync> {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let answer = plan(engine, &loaded, None, &|_| {}).await;
    answer.unwrap_or_else(|e| panic!("{e:?}")).first
}

/// An invoice that somebody else put into the books, for 110.00 with its tax.
fn theirs(number: &str, reference: &str, whom: &str, day: &str) -> Value {
    json!({"Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": number, "Reference": reference,
        "Contact": {"Name": whom}, "Date": day, "DueDate": day, "LineAmountTypes": "Exclusive",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "200", "TaxType": "OUTPUT"}]})
}

fn orders(days: &[u64]) -> Vec<Value> {
    let one = |n: &u64| order(*n, 1040 + n, &format!("2026-07-{n:02}"));
    days.iter().map(one).collect()
}

async fn kept_before(words: &[(&str, &str)], orders: Vec<Value>, invoices: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(words));
    bed.keap(shop(orders));
    bed.xero(json!({"contacts": [{"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example"}], "invoices": invoices}));
    let engine = bed.engine().await;
    (bed, engine)
}

#[tokio::test]
async fn what_is_likely_in_the_ledger_already_is_named_with_its_paper() {
    let others = json!([
        theirs("1041", "", "Jo Harbour", "2026-07-01"),
        theirs("77", "Order 1042", "Jo Harbour", "2026-07-02"),
        theirs("78", "", "Jo Harbour", "2026-07-05"),
        theirs("79", "", "Somebody Else", "2026-07-04"),
    ]);
    let (bed, engine) = kept_before(&[], orders(&[1, 2, 3, 20]), others).await;
    let first = planned(&engine).await.unwrap();
    let told: Vec<_> = (first.doubles.iter())
        .map(|d| (d.number.as_str(), d.there_number.as_str(), d.by, d.days))
        .collect();
    assert_eq!(
        told,
        [
            ("1041", "1041", LikeBy::Number, 0),
            ("1042", "77", LikeBy::NumberInside, 0),
            ("1043", "78", LikeBy::ContactTotalDate, 2),
        ]
    );
    let there = bed.invoice("78").unwrap();
    assert_eq!(first.doubles[2].there, text(&there, "InvoiceID"));
    assert_eq!(first.doubles[2].there_contact, "Jo Harbour");
    assert!(first.others.is_empty());
    // The one number that is taken is a clash as well, and holds.
    let clashes: Vec<_> = (first.clashes.iter())
        .map(|c| (c.number.as_str(), c.reason.code.as_str(), c.held))
        .collect();
    assert_eq!(clashes, [("1041", "number.taken", true)]);
    assert_eq!(bed.invoices(), 4);
}

#[tokio::test]
async fn counts_totals_what_is_new_and_the_next_number_are_told_of_both_sides() {
    let mut all = orders(&[1, 2]);
    all.push(with(
        order(3, 1043, "2026-07-03"),
        json!({"contact_id": "8"}),
    ));
    let others = json!([
        theirs("INV-0098", "", "Somebody Else", "2026-06-01"),
        theirs("INV-0099", "", "Somebody Else", "2026-06-02"),
        theirs("OLD-700", "", "Somebody Else", "2025-06-02"),
    ]);
    let (_bed, engine) = kept_before(&[SKUS], all, others).await;
    let first = planned(&engine).await.unwrap();
    let told =
        |all: &[crossfoot::service::desk::first::PapersCount]| -> Vec<(String, u64, String)> {
            all.iter()
                .map(|c| (c.kind.to_string(), c.papers, c.total.to_string()))
                .collect()
        };
    assert_eq!(
        told(&first.source),
        [("invoice".to_owned(), 3, "330.00".to_owned())]
    );
    assert_eq!(
        told(&first.ledger),
        [("invoice".to_owned(), 3, "330.00".to_owned())]
    );
    assert_eq!(first.contacts_found, 1);
    assert_eq!(first.contacts_new, ["Sam Quay"]);
    assert_eq!(first.items_unknown, ["HIRE"]);
    let numbers: Vec<_> = (first.numbers.iter())
        .map(|n| (n.last.as_str(), n.next.as_str()))
        .collect();
    assert_eq!(numbers, [("INV-0099", "INV-0100")]);
    assert!(first.doubles.is_empty() && first.clashes.is_empty());
}

/// Another integration numbers the same documents in its own way: it is seen, and the day it names ends the doubles.
#[tokio::test]
async fn another_integration_that_books_the_same_is_recognised_and_its_cure_ends_the_doubles() {
    let copied = |n: &u64| {
        theirs(
            &format!("KP-{}", 1040 + n),
            "",
            "J. Harbour",
            &format!("2026-07-{n:02}"),
        )
    };
    let others: Vec<Value> = [1, 2, 3].iter().map(copied).collect();
    let (bed, engine) = kept_before(&[], orders(&[1, 2, 3, 20]), json!(others)).await;
    let first = planned(&engine).await.unwrap();
    assert_eq!(first.doubles.len(), 3);
    let other = first.others.first().expect("another integration");
    assert_eq!(
        (other.way.as_str(), other.in_reference, other.documents),
        ("KP-{number}", false, 3)
    );
    let day = other.latest.and_then(|d| d.succ_opt()).unwrap();
    assert_eq!(day.to_string(), "2026-07-04");
    let sync = format!("{{ first_run: post, start: {{ invoice_date: {day} }} }}");
    bed.tenant(&file(&[("sync", &sync)]));
    let again = planned(&engine).await.unwrap();
    assert!(
        again.doubles.is_empty() && again.others.is_empty(),
        "{again:#?}"
    );
    synced(&engine).await;
    assert_eq!(bed.invoices(), 4);
}

/// What a first sync takes is as many calls as it then takes.
#[tokio::test]
async fn the_calls_that_are_told_are_the_calls_that_are_made() {
    let many: Vec<Value> = (1..=120)
        .map(|n| {
            let paid = json!([paid("110.00", "2026-07-11")]);
            with(order(n, 1040 + n, "2026-07-10"), json!({"payments": paid}))
        })
        .collect();
    let (bed, engine) = kept_before(&[], many, json!([])).await;
    let first = planned(&engine).await.unwrap();
    let needed = |system: &str| {
        let one = first.calls.iter().find(|c| c.system == system);
        one.unwrap_or_else(|| panic!("{system}: {first:#?}"))
            .clone()
    };
    let (keap, xero) = (needed("keap"), needed("xero"));
    // 120 invoices and 120 payments, fifty a request.
    assert_eq!((keap.writes, xero.writes), (0, 6));
    assert!(xero.left_today.is_some_and(|n| n > 0), "{xero:#?}");
    assert!(xero.done_by >= bed.now());
    let asked = || {
        bed.plane
            .requests(0)
            .to_string()
            .matches("\"status\":")
            .count()
    };
    let before = asked();
    let done = synced(&engine).await;
    let made = (asked() - before) as u64;
    let told = keap.reads + xero.reads + xero.writes;
    assert!(
        made.abs_diff(told) <= 2,
        "{told} were told, {made} were made: {:?}",
        done.run.calls
    );
    assert_eq!(bed.invoices(), 120);
}

#[tokio::test]
async fn once_everything_was_synced_no_first_sync_is_told() {
    let (bed, engine) = kept_before(&[], orders(&[1]), json!([])).await;
    assert!(planned(&engine).await.is_some());
    synced(&engine).await;
    bed.minutes(30);
    assert!(planned(&engine).await.is_none());
    // A first run that waits for its review is one still.
    let (_bed, engine) = kept_before(
        &[("sync", "{ first_run: review }")],
        orders(&[1]),
        json!([]),
    )
    .await;
    synced(&engine).await;
    assert!(planned(&engine).await.is_some());
}

/// What a run that waits for its review holds is met by the first sync all the same.
#[tokio::test]
async fn what_is_held_for_a_look_still_counts_and_clashes() {
    let others = json!([theirs("1041", "", "Jo Harbour", "2026-07-01")]);
    let review = [("sync", "{ first_run: review }")];
    let (bed, engine) = kept_before(&review, orders(&[1, 2]), others).await;
    let told = |first: FirstSync| {
        let papers: u64 = first.source.iter().map(|c| c.papers).sum();
        let clashes: Vec<_> = first.clashes.into_iter().map(|c| c.number).collect();
        let doubles: Vec<_> = first.doubles.into_iter().map(|d| d.number).collect();
        (papers, clashes, doubles)
    };
    let before = told(planned(&engine).await.unwrap());
    assert_eq!(
        before,
        (2, vec!["1041".to_owned()], vec!["1041".to_owned()])
    );
    synced(&engine).await;
    bed.minutes(30);
    assert_eq!(told(planned(&engine).await.unwrap()), before);
    assert_eq!(bed.invoices(), 1);
}

/// A cancelled paper may keep its number: that is told before the ledger refuses another one under it.
#[tokio::test]
async fn a_number_of_a_cancelled_paper_is_told_beforehand() {
    let one = theirs("1041", "", "Somebody Else", "2026-07-01");
    let (bed, engine) = kept_before(&[], orders(&[1, 2]), json!([one])).await;
    let void = json!({"Status": "VOIDED"});
    bed.person("POST", &bed.path_of("1041"), void).await;
    let first = planned(&engine).await.unwrap();
    let clashes: Vec<_> = (first.clashes.iter())
        .map(|c| (c.number.as_str(), c.reason.code.as_str(), c.held))
        .collect();
    assert_eq!(clashes, [("1041", "number.spent", false)]);
    assert_eq!(bed.invoices(), 1);
}

/// Papers under the documents' numbers are looked at together, however many there are.
#[tokio::test]
async fn look_alikes_are_asked_for_together() {
    let days: Vec<u64> = (1..=28).collect();
    let others = |from: u64| -> Value {
        let one = |n: &u64| {
            let number = (from + n).to_string();
            theirs(&number, "", "Somebody Else", "2026-07-01")
        };
        days.iter().map(one).collect::<Vec<_>>().into()
    };
    let mut reads = Vec::new();
    for from in [1040, 5040] {
        let (_bed, engine) = kept_before(&[], orders(&days), others(from)).await;
        let first = planned(&engine).await.unwrap();
        let of = |c: &&crossfoot::service::desk::first::CallsNeeded| c.system == "xero";
        reads.push(first.calls.iter().find(of).unwrap().reads);
    }
    let [taken, free] = reads[..] else {
        panic!("{reads:?}");
    };
    assert!(
        taken <= free + 2,
        "{taken} with look-alikes, {free} without"
    );
}

/// Both figures begin where the tenant does.
#[tokio::test]
async fn the_ledgers_figure_begins_at_the_tenants_start() {
    let others = json!([
        theirs("71", "", "Somebody Else", "2026-06-01"),
        theirs("72", "", "Somebody Else", "2026-07-01"),
        theirs("73", "", "Somebody Else", "2026-07-02"),
    ]);
    let sync = "{ first_run: post, start: { invoice_date: 2026-07-02 } }";
    let (_bed, engine) = kept_before(&[("sync", sync)], orders(&[1, 2, 3]), others).await;
    let first = planned(&engine).await.unwrap();
    let papers = |all: &[crossfoot::service::desk::first::PapersCount]| -> Vec<u64> {
        all.iter().map(|c| c.papers).collect()
    };
    assert_eq!(
        (papers(&first.source), papers(&first.ledger)),
        (vec![2], vec![1])
    );
}

/// An estimate that goes as a draft invoice is told as what its source calls it.
#[tokio::test]
async fn an_estimate_is_told_as_an_estimate() {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
        ("sync", "{ first_run: post, estimates: as_draft_invoice }"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let own = "files: { system: files, folder: data, currency: AUD }\n";
    std::fs::write(&path, format!("{text}{own}")).unwrap();
    std::fs::create_dir_all(bed.folder.path().join("data")).unwrap();
    let row = |number: &str, kind: &str| {
        format!("{number},{number},{kind},2026-07-01,Ann Wharf,110.00,Work,110.00,no\n")
    };
    let head = "number,id,kind,date,contact.name,total,line.name,line.unit_amount,line.taxable\n";
    let rows = format!("{head}{}{}", row("I-1", "invoice"), row("E-1", "estimate"));
    std::fs::write(bed.folder.path().join("data/a.csv"), rows).unwrap();
    let engine = bed.engine().await;
    let first = planned(&engine).await.unwrap();
    let told: Vec<_> = (first.source.iter())
        .map(|c| (c.kind.to_string(), c.papers))
        .collect();
    assert_eq!(
        told,
        [("invoice".to_owned(), 1), ("estimate".to_owned(), 1)]
    );
}
