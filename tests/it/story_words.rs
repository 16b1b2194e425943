//! A word is about what was shown, ends where it says, and every cure that is printed can be pasted.

use super::bed::{
    Bed, amount, approve, begun, doc, end, file, gst, held, order, paid, retried, sent, settled,
    shop, sync, sync_one, synced, tenant, text, total, verified, with,
};
use clap::Parser as _;
use crossfoot::cli::Cli;
use crossfoot::model::DocState;
use crossfoot::model::codes::FAMILIES;
use crossfoot::model::cure::at_hand;
use crossfoot::pipeline::ports::Written as _;
use serde_json::json;

/// The commands of a text.
fn commands(text: &str) -> Vec<String> {
    let parts = text.split('`').enumerate();
    let inside = parts.filter(|(n, part)| n % 2 == 1 && part.starts_with("crossfoot "));
    inside.map(|(_, part)| part.to_owned()).collect()
}

#[test]
fn every_command_of_every_code_can_be_pasted() {
    let numbers = ["1041".to_owned()];
    let mut seen = 0;
    for entry in FAMILIES.iter().flat_map(|f| f.entries) {
        let fix = at_hand(entry.fix, &tenant(), &numbers);
        for command in commands(&fix) {
            let command = command.replace("PAYMENT", "80-1").replace("\"...\"", "why");
            assert!(
                !command.contains("TENANT") && !command.contains("NUMBER"),
                "{command}"
            );
            let parsed = Cli::try_parse_from(command.split(' '));
            assert!(
                parsed.is_ok(),
                "{}: {command}: {}",
                entry.code,
                parsed.err().unwrap()
            );
            seen += 1;
        }
        let bare = entry.fix.contains("hen retry") || entry.fix.contains("`crossfoot retry`");
        assert!(!bare, "{}: {}", entry.code, entry.fix);
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn no_cure_in_the_source_says_retry_without_saying_what() {
    fn sources(folder: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.ends_with("sandbox") => {}
                true => sources(&path, out),
                false => out.push(path),
            }
        }
    }
    let mut all = Vec::new();
    sources(std::path::Path::new("src"), &mut all);
    let mut wrong = Vec::new();
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        for (n, line) in text.lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            let bare = ["hen retry", "`crossfoot retry`"]
                .iter()
                .any(|b| line.contains(b));
            if code && bare {
                wrong.push(format!("{}:{}: {}", path.display(), n + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_rule_that_wants_a_review_is_let_go_by_an_approval() {
    let bed = Bed::new(&file(&[("rules", "[rules/large.rhai]")]));
    bed.rule(
        "large.rhai",
        "/// Large ones are looked at.\nfn select(invoice) { if invoice.total > 100.00 { return review(\"over a hundred\"); } keep() }\n",
    );
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Checked, "rule.review".into())
    );
    let reason = doc(&engine, "1041").await.reason.unwrap();
    assert_eq!(reason.what, "over a hundred");
    assert!(reason.place.is_some());
    // Not even asked for by its number does it go without the word.
    sync_one(&engine, "1041").await.unwrap();
    assert_eq!(bed.invoices(), 0);
    approve(&engine, "1041").await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    synced(&engine).await;
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn a_payment_that_a_rule_fails_ends_refused() {
    let bed = Bed::new(&file(&[("rules", "[rules/cash.rhai]")]));
    bed.rule(
        "cash.rhai",
        "/// No cheques.\nfn select_payment(payment, invoice) { fail(\"we take no cheques\") }\n",
    );
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("110.00", "2026-07-12")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Refused, "rule.fail".into())
    );
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Refused);
}

async fn relabel(bed: &Bed, what: &str) {
    let path = bed.path_of("1041");
    let mut line = bed.invoice("1041").unwrap()["LineItems"][0].clone();
    line["Description"] = json!(what);
    bed.person("POST", &path, json!({"LineItems": [line]}))
        .await;
    bed.minutes(5);
}

#[tokio::test]
async fn a_retry_overwrites_nothing_that_was_changed_again_since_it_was_shown() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    relabel(&bed, "as agreed by telephone").await;
    let renamed = json!({"type": "PRODUCT", "product_id": "1", "name": "Crane hire, night shift", "quantity": 1, "price": "100.00"});
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [renamed, gst("10.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "as agreed by telephone",
        "crossfoot retry",
    )
    .await;
    relabel(&bed, "as agreed by letter").await;
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "update.conflict",
        "as agreed by letter",
        "crossfoot retry",
    )
    .await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    let line = super::bed::lines(&bed.invoice("1041").unwrap()).remove(0).0;
    assert_eq!(line, "Crane hire, night shift");
}

#[tokio::test]
async fn a_payment_that_differs_ends_once_the_source_is_corrected() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 1, "fault": "drop_after"}]));
    let first = with(paid("40.00", "2026-07-14"), json!({"id": "80"}));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [first]}]}));
    let _ = sync(&engine).await;
    bed.heal().await;
    // While it is in doubt, a person takes it out and enters it with our stamp as 45.00.
    let posted = bed.books()["payments"][0].clone();
    let stamp = text(&posted, "Reference");
    let id = text(&posted, "PaymentID");
    bed.minutes(1);
    bed.person(
        "POST",
        &format!("Payments/{id}"),
        json!({"Status": "DELETED"}),
    )
    .await;
    let invoice = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": "45.00", "Reference": stamp});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(30);
    synced(&engine).await;
    // It is ours by its stamp, and comes to what a person made of it.
    held(
        &engine,
        "1041",
        "ledger.total",
        "posted as 40.00 on 1041, and comes to 45.00",
        "crossfoot settle TENANT NUMBER --payment 80-1",
    )
    .await;
    settled(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    assert_eq!(
        end(&engine, "1041").await.0,
        DocState::Verified,
        "{:?}",
        end(&engine, "1041").await
    );
}

#[tokio::test]
async fn a_payment_in_doubt_on_a_voided_invoice_is_told_as_that() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": "drop_before"}]));
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("40.00", "2026-07-14")]}]}));
    let _ = sync(&engine).await;
    bed.heal().await;
    bed.tamper(json!({"void_invoice": {"invoice": "1041"}}));
    bed.minutes(30);
    synced(&engine).await;
    // The document is told, and not a payment that surely is not on it; nothing of it is left to be looked for.
    held(
        &engine,
        "1041",
        "ledger.cancelled",
        "was cancelled in the ledger (VOIDED)",
        "crossfoot unlink",
    )
    .await;
    let row = super::bed::doc(&engine, "1041").await;
    let writes = engine.store().writes(&tenant(), &row.key).await.unwrap();
    assert!(writes.iter().all(|w| !w.state.may_have_left()));
    assert_eq!(bed.payments(), 0);
}

#[tokio::test]
async fn a_retry_reads_the_contact_again_and_goes_at_once() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let nameless = json!({"id": "9", "given_name": "", "family_name": "", "email_addresses": []});
    bed.keap(json!({"contacts": [nameless], "orders": [with(order(2, 1042, "2026-07-11"), json!({"contact_id": "9"}))]}));
    synced(&engine).await;
    let was = end(&engine, "1042").await;
    assert_eq!(was.0, DocState::Held, "{was:?}");
    // The customer is corrected; the order itself does not change.
    bed.keap_edit(
        json!({"contacts": [{"id": "9", "set": {"given_name": "Kim", "family_name": "Pier"}}]}),
    );
    let numbers = ["1042".to_owned()];
    let which = crossfoot::service::desk::word::Which::Numbers(&numbers);
    let acme = tenant();
    let said = crossfoot::service::desk::retry::retry(&engine, &acme, which, "jo");
    assert_eq!(said.await.unwrap().done, numbers);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = crossfoot::service::desk::retry::at_once("retry", numbers.to_vec());
    engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
    verified(&engine, "1042").await;
    assert!(bed.contact("Kim Pier").is_some());
}

#[tokio::test]
async fn beside_another_of_the_same_sum_ours_goes_once() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": "55.00"});
    bed.person("PUT", "Payments", body).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("55.00", "2026-07-14")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "55", "crossfoot send").await;
    sent(&engine, "1041").await;
    verified(&engine, "1041").await;
    for _ in 0..3 {
        bed.minutes(30);
        synced(&engine).await;
    }
    assert_eq!(bed.payments(), 2);
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
}
