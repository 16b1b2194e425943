//! What people did in the ledger, what the source took back, and what an edit of a file may let go: nothing is
//! doubled, nothing is overwritten, and what does not add up is held until a person has put it right.

use super::bed::{
    Bed, amount, begun, end, file, gst, held, hire, order, paid, retried, sent, settled, shop,
    sync, synced, tenant, text, total, verified, with,
};
use crossfoot::model::{Became, DocState, Kind};
use serde_json::{Value, json};

async fn by_hand(bed: &Bed, number: &str, amount: &str) {
    let id = text(&bed.invoice(number).unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": amount.parse::<f64>().unwrap()});
    bed.person("PUT", "Payments", body).await;
}

/// An edit of the tenant's file that changes nothing about the document.
fn edited(more: &str) -> String {
    format!("{}notify: {{ when: {more} }}\n", file(&[]))
}

#[tokio::test]
async fn a_payment_that_a_person_entered_already_is_not_sent_until_they_say_so() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    by_hand(&bed, "1041", "50.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 50.00",
        "crossfoot send",
    )
    .await;
    // Neither an edit of the file nor of the order is a word about it.
    bed.tenant(&edited("off"));
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"notes": "call before noon"}}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 50.00",
        "crossfoot send",
    )
    .await;
    assert_eq!(bed.payments(), 1);
    sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn nor_is_one_whose_answer_was_lost() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_before"}]));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    let _ = sync(&engine).await;
    bed.heal().await;
    by_hand(&bed, "1041", "50.00").await;
    bed.minutes(30);
    for edit in ["off", "issues", "off"] {
        synced(&engine).await;
        held(
            &engine,
            "1041",
            "payment.other",
            "somebody else put 50.00",
            "crossfoot send",
        )
        .await;
        bed.tenant(&edited(edit));
        bed.minutes(30);
    }
    assert_eq!(bed.payments(), 1);
    sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn a_payment_by_hand_that_the_source_does_not_know_is_looked_at_once() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    by_hand(&bed, "1041", "20.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 20.00",
        "crossfoot send",
    )
    .await;
    sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn one_that_the_source_knows_and_a_rule_leaves_out_stops_nothing() {
    let rules = ("rules", "[rules/hand.rhai]");
    let bed = Bed::new(&file(&[rules]));
    bed.rule(
        "hand.rhai",
        "fn select_payment(payment, invoice) { if payment.amount == 20.00 { return skip(\"entered by hand\"); } keep() }",
    );
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    by_hand(&bed, "1041", "20.00").await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("20.00", "2026-07-14"), paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
}

#[tokio::test]
async fn what_holds_a_part_stands_when_the_rest_was_approved() {
    let manual = ("sync", "{ first_run: post, approval: manual }");
    let (bed, engine) = begun(&[manual], vec![order(1, 1041, "2026-07-10")]).await;
    super::bed::approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let stamp = text(&bed.invoice("1041").unwrap(), "Reference");
    let stamp = stamp.split_once("[sync:").unwrap().1.to_owned();
    let theirs = json!({"Reference": format!("PO 5 [sync:{stamp}")});
    bed.person("POST", &bed.path_of("1041"), theirs).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Second"}, "add_payments": [paid("60.00", "2026-07-14")]}]}));
    synced(&engine).await;
    super::bed::approve(&engine, "1041").await;
    synced(&engine).await;
    assert_eq!(bed.payments(), 1, "the money goes");
    held(&engine, "1041", "update.conflict", "reference", "retry").await;
}

#[tokio::test]
async fn a_payment_taken_out_so_that_the_invoice_could_be_edited_comes_back_by_a_word() {
    let bank = json!({"payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.locked", "1041", "by hand").await;
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
    bed.minutes(30);
    retried(&engine).await;
    // The edit goes; whoever deleted the payment may have meant that.
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    held(
        &engine,
        "1041",
        "payment.deleted",
        "50.00",
        "crossfoot send",
    )
    .await;
    assert_eq!(bed.payments(), 0);
    super::bed::sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn a_total_that_the_ledger_made_otherwise_is_told_and_takes_no_money_until_it_is_put_right() {
    let bed = Bed::new(&file(&[]));
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), bank)]));
    let engine = bed.engine().await;
    let plane = bed.plane.clone();
    bed.transport.after(move |request, answer| {
        if request.method != "PUT" || !request.url.contains("/Invoices") {
            return;
        }
        let dearer = json!({"name": super::bed::ORG, "tamper": {"invoice_total": {"invoice": "1041", "by": "2.00"}}});
        plane
            .seed("xero", json!({"organisations": [dearer]}))
            .unwrap();
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        body["Invoices"][0]["Total"] = json!(112.00);
        answer.body = body.to_string().into();
    });
    let done = synced(&engine).await;
    assert_eq!(
        done.run.counts.of(Kind::Invoice, Became::Held),
        1,
        "{:?}",
        done.run
    );
    held(
        &engine,
        "1041",
        "posted.total_differs",
        "110.00, but the ledger says 112",
        "by hand",
    )
    .await;
    // An edit of something else lets nothing go.
    bed.minutes(30);
    bed.tenant(&edited("off"));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "posted.total_differs",
        "the ledger says 112",
        "by hand",
    )
    .await;
    // Nor does a retry while nothing was put right.
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "posted.total_differs",
        "the ledger says 112",
        "by hand",
    )
    .await;
    assert_eq!(bed.payments(), 0);
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "-2.00"}}));
    bed.minutes(30);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    // It stays so without another word.
    bed.minutes(30);
    bed.tenant(&edited("issues"));
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"notes": "call before noon"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_backup_that_was_put_back_does_not_pay_twice() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    engine.store().close().await;
    drop(engine);
    let (live, backup) = (
        bed.folder.path().join(".crossfoot"),
        bed.folder.path().join("backup"),
    );
    copied(&live, &backup);
    let engine = bed.engine().await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("40.00", "2026-07-14")]}]}));
    bed.keap(json!({"orders": [with(order(2, 1042, "2026-07-14"), json!({"payments": [paid("30.00", "2026-07-14")]}))]}));
    synced(&engine).await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 2));
    engine.store().close().await;
    drop(engine);
    std::fs::remove_dir_all(&live).unwrap();
    copied(&backup, &live);
    bed.minutes(30);
    let engine = bed.engine().await;
    // The tokens of the backup are long spent: somebody connects again.
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let token = json!({"app": super::support::XERO_CLIENT, "tenants": [super::bed::ORG], "access": "xa2", "refresh": "xr2", "scopes": scopes});
    bed.plane.seed("xero", json!({"tokens": [token]})).unwrap();
    let xero = crossfoot::model::ConnectionName::new("xero").unwrap();
    let row = super::support::signed_in("xa2", "xr2", bed.now());
    engine.keep_tokens(&tenant(), &xero, &row).await.unwrap();
    synced(&engine).await;
    // A workspace that is older than the world waits first.
    bed.minutes(16);
    synced(&engine).await;
    assert_eq!(
        (bed.invoices(), bed.payments(), bed.contacts()),
        (2, 2, 1),
        "what the backup does not know of is found by its stamp"
    );
    verified(&engine, "1041").await;
    verified(&engine, "1042").await;
}

fn copied(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn a_payment_taken_back_in_the_source_holds_until_the_ledger_has_lost_it_too() {
    let bank = json!({"payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    assert_eq!(bed.payments(), 1);
    bed.keap_edit(json!({"payments": [{"id": "90", "pay_status": "VOIDED"}]}));
    synced(&engine).await;
    let (state, code) = end(&engine, "1041").await;
    assert_eq!(state, DocState::Held, "{code}");
    // Meanwhile the money comes in again: it may be the same, and waits.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-15")]}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    // The bookkeeper takes the first one out, and says so.
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
    bed.minutes(30);
    retried(&engine).await;
    assert_eq!(bed.payments(), 1);
    let days: Vec<_> = bed.money().into_iter().map(|p| p.1).collect();
    assert_eq!(days, ["2026-07-15"]);
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn what_waits_unsent_goes_as_the_file_now_says() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 0, "fault": {"429": {"retry_after": 3000}}}]));
    let _ = sync(&engine).await;
    bed.heal().await;
    bed.minutes(60);
    bed.tenant(&file(&[("accounts", "[{ else: \"260\" }]")]));
    synced(&engine).await;
    let lines = super::bed::lines(&bed.invoice("1041").unwrap());
    assert_eq!(lines[0].1, "260");
}

#[tokio::test]
async fn an_edit_of_something_else_lets_nothing_past_the_guard() {
    let guard = ("guard", "{ per_run: { documents: 1 } }");
    let orders = (1..=3).map(|n| order(n, 1040 + n, "2026-07-10")).collect();
    let (bed, engine) = begun(&[guard], orders).await;
    assert_eq!(bed.invoices(), 1);
    for word in ["off", "issues"] {
        bed.tenant(&format!("{}notify: {{ when: {word} }}\n", file(&[guard])));
        synced(&engine).await;
        bed.minutes(30);
    }
    assert_eq!(bed.invoices(), 1);
    // Another limit is a word about it.
    bed.tenant(&file(&[("guard", "{ per_run: { documents: 2 } }")]));
    synced(&engine).await;
    assert_eq!(bed.invoices(), 3);
}

#[tokio::test]
async fn an_order_given_to_another_customer_moves_the_invoice() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"contact_id": "8"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let name = |bed: &Bed| bed.invoice("1041").unwrap()["Contact"]["Name"].clone();
    assert_eq!(name(&bed), json!("Sam Quay"));
    assert_eq!(bed.invoices(), 1);
    // Nothing more to say about it.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"notes": "call before noon"}}]}));
    let done = synced(&engine).await;
    assert_eq!(done.run.counts.of(Kind::Invoice, Became::Updated), 0);
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_customer_who_was_matched_once_is_the_same_under_another_name() {
    let bed = Bed::new(&file(&[]));
    bed.xero(json!({"contacts": [{"Name": "Jo Harbour"}]}));
    let mut orders = shop(vec![order(1, 1041, "2026-07-10")]);
    orders["contacts"][0]["email_addresses"] = json!([]);
    bed.keap(orders);
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 1);
    bed.minutes(30);
    bed.keap_edit(json!({"contacts": [{"id": "7", "set": {"family_name": "Harbour-Quay"}}]}));
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-15")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!(bed.contacts(), 1);
    // The contact is the bookkeeper's: its name stays.
    assert!(bed.contact("Jo Harbour").is_some());
}

#[tokio::test]
async fn a_contact_is_found_under_the_name_a_rule_gives_it() {
    let bed = Bed::new(&file(&[("rules", "[rules/site.rhai]")]));
    bed.rule(
        "site.rhai",
        "fn map_contact(contact) { contact.name = \"Harbour Cranes - \" + contact.name; keep() }",
    );
    bed.xero(json!({"contacts": [{"Name": "Harbour Cranes - Jo Harbour"}]}));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 1);
}

#[tokio::test]
async fn what_a_person_corrected_on_a_contact_survives_an_edit_of_something_else() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let id = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let path = format!("Contacts/{id}");
    bed.person(
        "POST",
        &path,
        json!({"EmailAddress": "accounts@harbour.example"}),
    )
    .await;
    bed.keap_edit(json!({
        "contacts": [{"id": "7", "set": {"phone_numbers": [{"field": "PHONE1", "number": "02 5550 1234"}]}}],
        "orders": [{"id": "1", "set": {"notes": "call before noon"}}],
    }));
    let done = synced(&engine).await;
    assert_eq!(
        done.run.counts.of(Kind::Contact, Became::Updated),
        1,
        "{:?}",
        done.run.counts
    );
    let contact = bed.contact("Jo Harbour").unwrap();
    assert_eq!(text(&contact, "EmailAddress"), "accounts@harbour.example");
}

#[tokio::test]
async fn an_invoice_that_a_person_approved_is_changed_and_stays_approved() {
    let draft = ("status", "{ invoices: { else: DRAFT } }");
    let (bed, engine) = begun(&[draft], vec![order(1, 1041, "2026-07-10")]).await;
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"Status": "AUTHORISED"}))
        .await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    // A person has had a hand in it: they say whether ours may go over it.
    held(&engine, "1041", "update.conflict", "both", "retry").await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(text(&invoice, "Status"), "AUTHORISED");
    assert_eq!(total(&invoice), amount("220.00"));
}

#[tokio::test]
async fn a_later_start_leaves_nothing_posted_behind() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tenant(&file(&[(
        "sync",
        "{ first_run: post, start: { invoice_date: 2026-08-01 } }",
    )]));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn a_retry_for_another_cause_is_no_word_about_a_payment_nobody_was_shown() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "both", "retry").await;
    bed.minutes(30);
    by_hand(&bed, "1041", "50.00").await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-14")]}]}));
    let _ = retried(&engine).await;
    assert_eq!(bed.payments(), 1, "{:?}", bed.money());
}

#[tokio::test]
async fn a_payment_corrected_by_hand_is_taken_for_ours_where_nothing_more_is_owed() {
    let bank = json!({"payments": [with(paid("50.00", "2026-07-12"), json!({"id": "90"}))]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.keap_edit(json!({"payments": [{"id": "90", "amount": "110.00"}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        "was posted as 50.00",
        "delete it in the ledger",
    )
    .await;
    // The bookkeeper puts it right, as the remedy says.
    bed.tamper(json!({"delete_payment": {"invoice": "1041"}}));
    by_hand(&bed, "1041", "110.00").await;
    bed.minutes(30);
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.other",
        "somebody else put 110.00",
        "crossfoot settle",
    )
    .await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(30);
    settled(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    // It is ours from now on.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"notes": "call before noon"}}]}));
    bed.tenant(&edited("off"));
    synced(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_retry_alone_makes_no_difference_good() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.locked", "PAID", "by hand").await;
    retried(&engine).await;
    held(&engine, "1041", "update.locked", "PAID", "by hand").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
}

#[tokio::test]
async fn an_invoice_cancelled_on_both_sides_is_done_with() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    bed.minutes(30);
    // Keap has no word for a cancelled order: a rule has, for this one.
    bed.rule(
        "acme.rhai",
        "fn select(invoice) { if invoice.title == \"Cancelled\" { return skip(\"cancelled\"); } keep() }",
    );
    bed.tenant(&file(&[("rules", "[rules/acme.rhai]")]));
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Cancelled"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
}

#[tokio::test]
async fn money_for_an_invoice_edited_by_hand_on_both_sides_counts_against_what_is_there() {
    let (bed, engine) = begun(
        &[("skip", "{ already_synced: true }")],
        vec![order(1, 1041, "2026-07-10")],
    )
    .await;
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    line["Quantity"] = json!(2);
    line.as_object_mut().unwrap().remove("LineAmount");
    line.as_object_mut().unwrap().remove("TaxAmount");
    bed.person("POST", &bed.path_of("1041"), json!({"LineItems": [line]}))
        .await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")], "add_payments": [paid("220.00", "2026-07-14")]}]}));
    synced(&engine).await;
    retried(&engine).await;
    let (state, code) = end(&engine, "1041").await;
    assert_eq!((state, code.as_str()), (DocState::Verified, ""));
    assert_eq!(bed.payments(), 1);
}
