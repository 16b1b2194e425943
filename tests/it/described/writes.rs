//! Books that only a description knows: invoices with their contacts and payments are written there once, whatever is lost on the way, and
//! nothing before its trial has passed.

use super::books::{Counter, PAID, SALE, WAYS, described};
use crate::bed::{doc, held, sync, synced, tenant, verified};
use crate::way_back::until_done;
use crossfoot::model::{Became, DocState};
use crossfoot::service::desk::runs::WaitTold;
use crossfoot::service::desk::status;
use crossfoot::service::trial_writes;
use serde_json::json;

#[tokio::test]
async fn in_each_way_a_sale_and_its_payment_reach_the_books_once() {
    for way in WAYS {
        let of = Counter::new(way, &[SALE, PAID]);
        let engine = of.tried().await;
        assert_eq!(
            of.counts(),
            [0, 0, 0],
            "{way}: the trial took away what it made"
        );
        synced(&engine).await;
        verified(&engine, "INV-7").await;
        assert_eq!(of.counts(), [1, 1, 1], "{way}");
        let made = of.invoice("INV-7");
        assert_eq!(
            (&made["total"], &made["paid"], &made["tax"]),
            (&json!("187.00"), &json!("50.00"), &json!("17.00")),
            "{way}"
        );
        assert_eq!(made["receipts"][0]["how"], json!("Cash"));
        assert_eq!(made["items"][0]["qty"], json!("1.5"));
        // Again, and an hour later: nothing is made, and nothing is sent.
        let sent = of.written();
        for _ in 0..2 {
            let again = synced(&engine).await;
            assert_eq!(again.run.counts.all(Became::Created), 0, "{way}");
            of.bed.minutes(60);
        }
        assert_eq!((of.written(), of.counts()), (sent, [1, 1, 1]), "{way}");
    }
}

/// Lost after it was carried out, before it arrived, and twice.
async fn lost(way: &str) {
    let all = [
        ("/customers", "drop_after", 1),
        ("/invoices", "drop_after", 1),
        ("/receipts", "drop_after", 1),
        ("/invoices", "drop_before", 1),
        ("/receipts", "drop_after", 2),
    ];
    for (noun, fault, times) in all {
        let of = Counter::new(way, &[SALE, PAID]);
        let engine = of.tried().await;
        of.bed.fault(json!([{"system": "tallybook", "method": "POST", "path_contains": noun, "fault": fault, "times": times}]));
        let _ = sync(&engine).await;
        of.bed.minutes(1);
        until_done(&of.bed, &engine).await;
        verified(&engine, "INV-7").await;
        assert_eq!(of.counts(), [1, 1, 1], "{way} {noun} {fault} {times}");
        assert_eq!(of.invoice("INV-7")["paid"], json!("50.00"), "{way} {noun}");
    }
}

#[tokio::test]
async fn what_is_lost_is_made_once_where_a_key_goes_with_it() {
    lost("key").await;
    lost("body_key").await;
}

#[tokio::test]
async fn what_is_lost_is_made_once_where_an_id_or_a_field_is_ours() {
    lost("our_id").await;
    lost("upsert").await;
}

#[tokio::test]
async fn what_is_lost_is_made_once_where_only_its_number_or_its_stamp_tells() {
    lost("unique").await;
    lost("nothing").await;
}

#[tokio::test]
async fn nothing_is_written_before_the_trial_has_passed_and_none_after_an_edit() {
    let of = Counter::new("key", &[SALE]);
    let engine = of.engine().await;
    let waits = |done: crossfoot::pipeline::tenant::Done| {
        done.run.waits.map(|w| w.to_string()).unwrap_or_default()
    };
    let done = synced(&engine).await;
    // Its cure is the trial, and not the word on where the work goes on.
    let cure = WaitTold::from(done.run.waits.clone().unwrap()).fix;
    assert!(
        cure.starts_with("`crossfoot connector test acme --write`"),
        "{cure}"
    );
    let told = waits(done);
    assert!(
        told.contains("crossfoot connector test acme --write"),
        "{told}"
    );
    assert!(told.contains("connector.untried"), "{told}");
    let required = || async {
        let told = status::status(&engine, vec![tenant()]).await;
        let told = told.unwrap().tenants.remove(0).action_required;
        told.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let said = required().await;
    let to_try = |s: &String| s.contains("crossfoot connector test acme --write");
    assert!(said.iter().any(to_try), "{said:?}");
    assert_eq!((of.written(), of.counts()), (0, [0, 0, 0]));
    assert!(of.trial(&engine).await.is_good());
    assert!(!required().await.iter().any(to_try));
    assert_eq!(waits(synced(&engine).await), "");
    verified(&engine, "INV-7").await;
    engine.close().await;
    drop(engine);
    // Another text is another system: what comes now waits.
    of.describe(&format!("{}# a remark\n", described("key")));
    of.put(&[SALE, &SALE.replace("INV-7", "INV-8")]);
    let engine = of.engine().await;
    assert!(waits(synced(&engine).await).contains("--write"));
    assert_eq!(of.counts(), [1, 1, 0]);
}

#[tokio::test]
async fn a_promise_that_the_vendor_does_not_keep_is_found_by_the_trial() {
    // Each description promises what the books do not do.
    for (way, says) in [
        ("key", "sent twice is made once"),
        ("upsert", "sent twice is made once"),
    ] {
        let of = Counter::new(way, &[SALE]);
        of.switch("safe", json!("nothing"));
        let engine = of.engine().await;
        let trial = of.trial(&engine).await;
        assert!(!trial.is_good(), "{way}");
        let broken: Vec<_> = trial.checks.iter().filter(|c| !c.holds).collect();
        assert!(
            broken.iter().any(|c| c.what.contains(says)),
            "{way}: {broken:#?}"
        );
        synced(&engine).await;
        let state = of.state();
        let ours = state["invoices"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|i| i["no"] == json!("INV-7"));
        assert_eq!(ours.count(), 0, "{way}: nothing goes");
    }
    // What is not read back as it was sent is told, unless the description says so.
    let lossy = described("key").replace("      reference: po\n", "");
    let of = Counter::new("key", &[SALE]);
    of.describe(&lossy);
    let engine = of.engine().await;
    let trial = of.trial(&engine).await;
    let told: Vec<_> = trial
        .checks
        .iter()
        .filter(|c| !c.holds)
        .map(|c| c.seen.clone())
        .collect();
    assert!(told.len() == 1 && told[0].contains("reference"), "{told:?}");
    drop(engine);
    of.describe(&lossy.replace(
        "    remove: { delete: \"/invoices/{id}\" }\n",
        "    remove: { delete: \"/invoices/{id}\" }\n    loses: [reference]\n",
    ));
    let engine = of.engine().await;
    assert!(of.trial(&engine).await.is_good());
}

#[tokio::test]
async fn an_edit_at_the_source_changes_the_invoice_and_a_newer_one_there_is_not_overwritten() {
    let of = Counter::new("key", &[SALE]);
    let engine = of.tried().await;
    synced(&engine).await;
    of.bed.minutes(30);
    let dearer = SALE.replace("100.00,17.00,187.00", "110.00,18.50,203.50");
    of.put(&[&dearer]);
    synced(&engine).await;
    verified(&engine, "INV-7").await;
    assert_eq!(of.invoice("INV-7")["total"], json!("203.50"));
    assert_eq!(of.counts(), [1, 1, 0]);
    // A person changes the price there; the source changes it too.
    of.bed.minutes(30);
    let mut edited = of.invoice("INV-7");
    edited["items"][0]["price"] = json!("90.00");
    of.bed
        .plane
        .seed("tallybook", json!({ "invoices": [edited] }))
        .unwrap();
    of.put(&[&SALE.replace("100.00,17.00,187.00", "120.00,20.00,220.00")]);
    of.bed.minutes(1);
    synced(&engine).await;
    assert_eq!(doc(&engine, "INV-7").await.state, DocState::Held);
    assert_eq!(of.invoice("INV-7")["items"][0]["price"], json!("90.00"));
}

#[tokio::test]
async fn an_invoice_that_was_deleted_there_holds_and_is_not_made_anew_by_itself() {
    let of = Counter::new("our_id", &[SALE]);
    let engine = of.tried().await;
    synced(&engine).await;
    of.bed.minutes(30);
    let id = of.invoice("INV-7")["id"].clone();
    of.bed
        .plane
        .seed("tallybook", json!({ "remove": [id] }))
        .unwrap();
    of.put(&[&SALE.replace("100.00,17.00,187.00", "110.00,18.50,203.50")]);
    synced(&engine).await;
    let row = doc(&engine, "INV-7").await;
    assert_eq!(row.state, DocState::Held, "{:?}", row.reason);
    assert_eq!(of.counts(), [1, 0, 0]);
}

#[tokio::test]
async fn a_number_that_a_person_has_used_holds() {
    for way in ["unique", "key"] {
        let of = Counter::new(way, &[SALE]);
        of.bed.plane.seed("tallybook", json!({
            "customers": [{"id": "c9", "name": "Somebody", "rev": "1"}],
            "invoices": [{"id": "i9", "rev": "1", "no": "INV-7", "customer": "c9", "date": "2026-07-01", "currency": "AUD", "state": "open",
                "receipts": [], "items": [{"text": "Theirs", "qty": "1", "price": "5.00"}]}],
        })).unwrap();
        let engine = of.tried().await;
        synced(&engine).await;
        held(&engine, "INV-7", "number.taken", "", "").await;
        assert_eq!(of.invoice("INV-7")["total"], json!("5.00"), "{way}");
    }
}

#[tokio::test]
async fn prices_that_hold_their_tax_are_held_before_anything_goes() {
    let of = Counter::new("key", &[]);
    let folder = of.bed.folder.path().join("data");
    let head = "number,date,contact.id,contact.name,contact.email,line.description,line.quantity,line.unit_amount,tax,tax_included,total\n";
    let row =
        "INV-9,2026-07-10,7,Jo Harbour,jo@harbour.example,Crane hire,1,110.00,10.00,yes,110.00\n";
    std::fs::write(folder.join("a.csv"), format!("{head}{row}")).unwrap();
    let engine = of.tried().await;
    synced(&engine).await;
    held(&engine, "INV-9", "encode", "prices hold their tax", "").await;
    assert_eq!(of.counts(), [0, 0, 0]);
}

const CHANGE: &str = "    change: { put: \"/customers/{id}\", record: customer }\n";

/// The description in which a change of a customer is checked by its version, said in a header or in the body.
fn checked(in_header: bool) -> String {
    let own = match in_header {
        true => "headers: { If-Match: \"{version}\" }",
        false => {
            "body: { name: \"{contact.name}\", email: \"{contact.email}\", rev_was: \"{version}\", memo: \"{stamp}\" }"
        }
    };
    let text = described("key");
    assert!(text.contains(CHANGE));
    text.replace(CHANGE, &format!("    change: {{ put: \"/customers/{{id}}\", record: customer, safe_by: version_check, {own} }}\n"))
}

#[tokio::test]
async fn a_change_of_a_customer_says_its_version_and_only_what_changed() {
    for in_header in [true, false] {
        let of = Counter::new("key", &[SALE]);
        of.switch("customer_versions", json!(true));
        of.describe(&checked(in_header));
        let engine = of.tried().await;
        let done = synced(&engine).await;
        eprintln!(
            "{:#?} {:#?} {:#?}",
            done.lines,
            done.run,
            of.state()["written"]
        );
        verified(&engine, "INV-7").await;
        // A person adds a telephone number there and corrects the name: both stay.
        of.bed.minutes(30);
        let mut person = of.state()["customers"][0].clone();
        person["phone"] = json!("02 5550 1234");
        person["name"] = json!("Jo Harbour-Lane");
        let seed = json!({ "customers": [person] });
        of.bed.plane.seed("tallybook", seed).unwrap();
        let moved = SALE.replace("jo@harbour", "jo@lane");
        of.put(&[&moved]);
        of.bed.minutes(1);
        synced(&engine).await;
        let is = of.state()["customers"][0].clone();
        let said = [&is["email"], &is["phone"], &is["name"]];
        let want = ["jo@lane.example", "02 5550 1234", "Jo Harbour-Lane"];
        assert_eq!(said, want.map(|w| json!(w)).each_ref(), "{in_header}");
        verified(&engine, "INV-7").await;
        // Nothing of the customer's is held by it.
        of.bed.minutes(30);
        of.put(&[&moved, &moved.replace("INV-7", "INV-8")]);
        synced(&engine).await;
        verified(&engine, "INV-8").await;
        assert_eq!(of.counts(), [1, 2, 0]);
    }
}

#[tokio::test]
async fn books_in_which_a_change_of_a_customer_replaces_the_whole_of_it_do_not_pass_the_trial() {
    let of = Counter::new("key", &[SALE]);
    of.switch("replaces", json!(true));
    let engine = of.engine().await;
    let trial = of.trial(&engine).await;
    let broken: Vec<_> = trial.checks.iter().filter(|c| !c.holds).collect();
    let told = |c: &&&crossfoot::service::TrialCheck| c.what.contains("keeps what it does not say");
    assert_eq!(broken.iter().filter(told).count(), 1, "{broken:#?}");
    synced(&engine).await;
    assert_eq!(of.counts(), [0, 0, 0], "nothing goes");
    drop(engine);
    // Its cure, carried out.
    of.describe(&described("key").replace(CHANGE, ""));
    let engine = of.tried().await;
    synced(&engine).await;
    verified(&engine, "INV-7").await;
}

#[tokio::test]
async fn an_invoice_that_was_deleted_there_is_noticed_although_no_list_tells_it() {
    let of = Counter::new("key", &[SALE]);
    let engine = of.tried().await;
    synced(&engine).await;
    verified(&engine, "INV-7").await;
    of.bed.minutes(61);
    synced(&engine).await;
    verified(&engine, "INV-7").await;
    let whole = of.invoice("INV-7");
    let seed = json!({ "remove": [whole["id"]] });
    of.bed.plane.seed("tallybook", seed).unwrap();
    of.bed.minutes(61);
    synced(&engine).await;
    held(&engine, "INV-7", "ledger.cancelled", "(deleted)", "").await;
    assert_eq!(of.counts(), [1, 0, 0], "nothing is made anew by itself");
    // It is there after all: what was held goes on.
    let seed = json!({ "invoices": [whole] });
    of.bed.plane.seed("tallybook", seed).unwrap();
    of.bed.minutes(61);
    synced(&engine).await;
    verified(&engine, "INV-7").await;
    assert_eq!(of.counts(), [1, 1, 0]);
}

#[tokio::test]
async fn books_whose_currency_nobody_says_are_told_with_what_to_set() {
    let of = Counter::new("key", &[SALE]);
    let at = of.bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&at).unwrap();
    let bare = text.replace("system: tallybook, currency: AUD,", "system: tallybook,");
    assert_ne!(text, bare);
    std::fs::write(&at, bare).unwrap();
    let engine = of.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = trial_writes(&engine, &loaded, None).await.unwrap_err();
    assert!(told.what.contains("the currency of the books"), "{told:?}");
    assert!(
        told.fix
            .contains("set `currency` on the connection `books`"),
        "{told:?}"
    );
    drop(engine);
    std::fs::write(&at, text).unwrap();
    of.tried().await;
}
