//! A tenant's own rules at work in the whole flow, and what becomes of a rule's mistake.

use super::bed::{
    Bed, dec, doc, end, file, held, line_at, lines, order, paid, shop, skipped, synced, text,
    verified, with,
};
use crossfoot::model::DocState;
use serde_json::json;

const WITH: (&str, &str) = ("rules", "[rules/acme.rhai]");

async fn ruled(
    rule: &str,
    orders: Vec<serde_json::Value>,
    more: &[(&str, &str)],
) -> (Bed, crossfoot::service::Engine) {
    let mut changes = vec![WITH];
    changes.extend_from_slice(more);
    let bed = Bed::new(&file(&changes));
    bed.rule("acme.rhai", rule);
    bed.xero(json!({"accounts": [
        {"Code": "20-4100", "Name": "NSW hire", "Type": "REVENUE", "TaxType": "OUTPUT"},
        {"Code": "40-4100", "Name": "VIC hire", "Type": "REVENUE", "TaxType": "OUTPUT"},
        {"Code": "091-2", "Name": "Till", "Type": "BANK", "BankAccountNumber": "123456"},
    ]}));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn select_leaves_out_with_its_own_words() {
    let rule = "fn select(invoice) {\n    if invoice.title == \"Sample\" { return skip(\"samples are not billed\"); }\n    keep()\n}\n";
    let sample = with(order(2, 1042, "2026-07-10"), json!({"title": "Sample"}));
    let (bed, engine) = ruled(rule, vec![order(1, 1041, "2026-07-10"), sample], &[]).await;
    verified(&engine, "1041").await;
    skipped(&engine, "1042", "rule.skip").await;
    let why = doc(&engine, "1042").await.reason.unwrap();
    assert!(why.what.contains("samples are not billed"), "{why}");
    let place = why.place.clone().expect("the line that decided");
    assert_eq!(place.file, "rules/acme.rhai");
    assert!(line_at(&bed, &place).contains("skip("), "{place}");
    assert_eq!(bed.invoices(), 1);
}

/// A guard on what the draft comes to holds before the checks as well: 100.00 and 10 % of tax.
#[tokio::test]
async fn a_rule_that_maps_sees_what_line_and_invoice_come_to() {
    let rule = |hook: &str, what: &str, over: &str| {
        format!(
            "fn {hook} {{\n    if {what} > {over} {{ return review(\"large\"); }}\n    keep()\n}}\n"
        )
    };
    for (hook, what, comes_to) in [
        ("map_invoice(invoice)", "invoice.total", "110"),
        ("map_invoice(invoice)", "invoice.subtotal", "100"),
        ("map_invoice(invoice)", "invoice.total_tax", "10"),
        ("map_invoice(invoice)", "invoice.lines[0].amount", "100"),
        ("map_line(line, invoice)", "line.amount", "100"),
        ("map_line(line, invoice)", "line.tax_amount", "10"),
    ] {
        let above = rule(hook, what, comes_to);
        let (_bed, engine) = ruled(&above, vec![order(1, 1041, "2026-07-10")], &[]).await;
        verified(&engine, "1041").await;
        let reached = rule(hook, what, &format!("{comes_to} - 0.01"));
        let (_bed, engine) = ruled(&reached, vec![order(1, 1041, "2026-07-10")], &[]).await;
        let waits = (DocState::Checked, "rule.review".to_owned());
        assert_eq!(end(&engine, "1041").await, waits, "{what}");
    }
}

#[tokio::test]
async fn select_leaves_out_what_is_in_another_currency() {
    // The rule that the hold itself names.
    let rule = "fn select(invoice) { if invoice.currency != \"NZD\" { return skip(\"in another currency\"); } keep() }\n";
    let orders = || vec![order(1, 1041, "2026-07-10")];
    let (_bed, engine) = ruled(
        "fn select(invoice) { keep() }\n",
        orders(),
        &[("currency", "NZD")],
    )
    .await;
    let named = "`if invoice.currency != \"NZD\" { return skip(\"in another currency\"); }`";
    held(&engine, "1041", "currency.mismatch", "is in AUD", named).await;
    let (bed, engine) = ruled(rule, orders(), &[("currency", "NZD")]).await;
    skipped(&engine, "1041", "rule.skip").await;
    assert_eq!(bed.invoices(), 0);
}

#[tokio::test]
async fn an_account_is_made_of_division_and_nature() {
    let rule = "fn map_line(line, invoice) {\n    line.account = lookup(\"division\", invoice.contact.company) + \"-4100\";\n    keep()\n}\n\nfn map_contact(contact) {\n    contact.name = `${contact.name} (crane customer)`;\n    keep()\n}\n";
    let tables = (
        "tables",
        "{ division: { NSW: \"20\", VIC: \"40\", else: hold } }",
    );
    let bed = Bed::new(&file(&[WITH, tables]));
    bed.rule("acme.rhai", rule);
    bed.xero(json!({"accounts": [
        {"Code": "20-4100", "Name": "NSW hire", "Type": "REVENUE", "TaxType": "OUTPUT"},
    ]}));
    let person = |id: &str, company: &str| json!({"id": id, "given_name": "Kim", "family_name": company, "company": {"id": id, "company_name": company}});
    bed.keap(shop(vec![]));
    bed.keap(json!({
        "companies": [{"id": "31", "company_name": "NSW"}, {"id": "32", "company_name": "TAS"}],
        "contacts": [person("31", "NSW"), person("32", "TAS")],
        "orders": [
            with(order(1, 1041, "2026-07-10"), json!({"contact_id": "31"})),
            with(order(2, 1042, "2026-07-10"), json!({"contact_id": "32"})),
        ],
    }));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(lines(&invoice)[0].1, "20-4100");
    assert_eq!(
        text(&invoice["Contact"], "Name"),
        "Kim NSW (crane customer)"
    );
    // A division the table does not know is held, and nothing of it went: not even its contact.
    let row = doc(&engine, "1042").await;
    assert_eq!(row.state, DocState::Held, "{:?}", row.reason);
    assert!(row.reason.unwrap().to_string().contains("TAS"));
    assert_eq!((bed.invoices(), bed.contacts()), (1, 1));
}

#[tokio::test]
async fn a_payment_goes_to_the_account_a_rule_names() {
    let rule = "fn map_payment(payment, invoice) {\n    if invoice.due > 100 { payment.account = \"091\"; }\n    payment.reference = `paid on ${invoice.number}`;\n    keep()\n}\n";
    let both = json!({"payments": [paid("60.00", "2026-07-11"), paid("50.00", "2026-07-12")]});
    let (bed, engine) = ruled(rule, vec![with(order(1, 1041, "2026-07-10"), both)], &[]).await;
    let row = doc(&engine, "1041").await;
    assert_eq!(row.state, DocState::Verified, "{:?}", row.reason);
    let money: Vec<_> = bed.money().into_iter().map(|p| (p.0, p.2)).collect();
    assert_eq!(
        money,
        [
            ("50".to_owned(), "090".to_owned()),
            ("60".to_owned(), "091".to_owned())
        ]
    );
}

#[tokio::test]
async fn check_holds_the_final_draft() {
    let rule = "fn check(invoice) {\n    if invoice.total > 200 { return hold(\"over 200 needs a signature\"); }\n    keep()\n}\n";
    let large = with(
        order(2, 1042, "2026-07-10"),
        json!({"items": [super::bed::hire("2"), super::bed::gst("20.00")], "payments": [paid("220.00", "2026-07-11")]}),
    );
    let (bed, engine) = ruled(rule, vec![order(1, 1041, "2026-07-10"), large], &[]).await;
    held(
        &engine,
        "1042",
        "rule.hold",
        "over 200 needs a signature",
        "",
    )
    .await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
    assert_eq!(
        dec(&bed.invoice("1041").unwrap()["Total"]),
        super::bed::amount("110.00")
    );
    // The rule changed, what it held is looked at again.
    bed.rule("acme.rhai", "fn check(invoice) { keep() }\n");
    synced(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}

#[tokio::test]
async fn a_rules_mistake_holds_where_it_happened_and_changes_nothing_by_half() {
    // The name is changed before the mistake; the other document must not see it either.
    let rule = "fn map_contact(contact) {\n    contact.name = \"HALF\";\n    if contact.source.id == \"8\" {\n        let x = [];\n        contact.name = x[3];\n    }\n    keep()\n}\n";
    let theirs = with(order(2, 1042, "2026-07-10"), json!({"contact_id": "8"}));
    let (bed, engine) = ruled(rule, vec![theirs], &[]).await;
    let row = doc(&engine, "1042").await;
    let why = row.reason.clone().expect("a reason");
    assert_eq!(row.state, DocState::Held, "{why}");
    assert!(why.code.starts_with("rule."), "{why}");
    let place = why.place.clone().expect("a place");
    assert_eq!(
        (place.file.as_str(), place.line),
        ("rules/acme.rhai", 5),
        "{why}"
    );
    assert_eq!((bed.invoices(), bed.contacts()), (0, 0));
    bed.rule("acme.rhai", "fn map_contact(contact) { keep() }\n");
    synced(&engine).await;
    assert_eq!(
        end(&engine, "1042").await,
        (DocState::Verified, String::new())
    );
    assert!(bed.contact("Sam Quay").is_some() && bed.contact("HALF").is_none());
}
