//! Which account and which tax code each line takes, and in which status an invoice is made.

use super::bed::{
    Bed, amount, dec, end, file, gst, held, hire, item, lines, order, paid, retried, shop, synced,
    text, total, verified, with,
};
use crossfoot::model::DocState;
use serde_json::{Value, json};

async fn posted(changes: &[(&str, &str)], items: Value) -> Value {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({ "items": items }),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.invoice("1041").unwrap()
}

fn accounts(invoice: &Value) -> Vec<(String, String)> {
    let of = |(text, account, _, _): (String, String, String, _)| (text, account);
    lines(invoice).into_iter().map(of).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    list.iter().map(own).collect()
}

fn every_kind() -> Value {
    json!([
        hire("1"),
        item("SHIPPING", "Courier", "15.00"),
        item("DISCOUNT", "Club member", "5.00"),
        item("FINANCE_CHARGE", "Late fee", "2.50"),
        gst("10.00"),
    ])
}

#[tokio::test]
async fn every_line_takes_the_default_account() {
    let invoice = posted(&[], every_kind()).await;
    assert_eq!(
        accounts(&invoice),
        pairs(&[
            ("Crane hire", "200"),
            ("Courier", "200"),
            ("Club member", "200"),
            ("Late fee", "200"),
        ])
    );
    assert_eq!(total(&invoice), amount("122.50"));
}

#[tokio::test]
async fn discounts_shipping_and_finance_charges_have_accounts_of_their_own() {
    let own = "[{ kind: shipping, use: \"203\" }, { kind: discount, use: \"202\" }, { kind: finance_charge, use: \"270\" }, { else: \"200\" }]";
    let invoice = posted(&[("accounts", own)], every_kind()).await;
    assert_eq!(
        accounts(&invoice),
        pairs(&[
            ("Crane hire", "200"),
            ("Courier", "203"),
            ("Club member", "202"),
            ("Late fee", "270"),
        ])
    );
    // The discount is money off, whichever sign Keap gives it.
    assert_eq!(lines(&invoice)[2].3, amount("-5.00"));
}

#[tokio::test]
async fn one_left_blank_takes_the_default() {
    let own = "[{ kind: shipping, use: \"203\" }, { else: \"200\" }]";
    let invoice = posted(&[("accounts", own)], every_kind()).await;
    assert_eq!(
        accounts(&invoice),
        pairs(&[
            ("Crane hire", "200"),
            ("Courier", "203"),
            ("Club member", "200"),
            ("Late fee", "200"),
        ])
    );
}

#[tokio::test]
async fn a_discount_may_stand_in_a_field_of_its_own() {
    let bed = Bed::new(&file(&[]));
    bed.plane
        .switch("keap", &json!({"discounts": "discount_field"}))
        .unwrap();
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"items": every_kind()}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(
        (total(&invoice), lines(&invoice)[2].3),
        (amount("122.50"), amount("-5.00"))
    );
}

#[tokio::test]
async fn finance_charges_are_sent_or_left_out() {
    let items = || {
        json!([
            hire("1"),
            item("FINANCE_CHARGE", "Late fee", "2.50"),
            gst("10.00")
        ])
    };
    let sent = posted(&[("finance_charges", "send")], items()).await;
    assert_eq!((lines(&sent).len(), total(&sent)), (2, amount("112.50")));
    let without = posted(&[("finance_charges", "leave_out")], items()).await;
    assert_eq!(
        (lines(&without).len(), total(&without)),
        (1, amount("110.00"))
    );
}

#[tokio::test]
async fn taxable_and_other_lines_take_their_codes_from_the_ledgers_list() {
    let book = json!({"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"});
    let items = json!([
        hire("1"),
        book,
        item("SHIPPING", "Courier", "15.00"),
        gst("10.00")
    ]);
    let invoice = posted(&[], items).await;
    let codes: Vec<_> = lines(&invoice).into_iter().map(|l| l.2).collect();
    // Keap says nothing of shipping: the preset counts it as not taxed.
    assert_eq!(codes, ["OUTPUT", "EXEMPTOUTPUT", "EXEMPTOUTPUT"]);
    assert_eq!(
        (dec(&invoice["TotalTax"]), total(&invoice)),
        (amount("10.00"), amount("155.00"))
    );
}

#[tokio::test]
async fn a_code_the_ledger_does_not_have_holds() {
    let tax = "{ codes: { taxable: OUTPUT9, zero: EXEMPTOUTPUT, else: hold } }";
    let bed = Bed::new(&file(&[("tax", tax)]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(&engine, "1041", "tax.unknown", "OUTPUT9", "tax.codes").await;
    assert_eq!((bed.invoices(), bed.contacts()), (0, 0));
    bed.tenant(&file(&[]));
    synced(&engine).await;
    verified(&engine, "1041").await;
}

async fn without_tax(word: &str) -> (String, Vec<String>, rust_decimal::Decimal) {
    let tax = format!(
        "{{ without_tax: {word}, codes: {{ taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }} }}"
    );
    let invoice = posted(&[("tax", &tax)], json!([hire("1")])).await;
    assert_eq!(total(&invoice), amount("100.00"), "whatever the word");
    (
        text(&invoice, "LineAmountTypes"),
        lines(&invoice).into_iter().map(|l| l.2).collect(),
        dec(&invoice["TotalTax"]),
    )
}

#[tokio::test]
async fn an_order_without_tax_is_exempt_inclusive_or_exclusive() {
    let (mode, codes, tax) = without_tax("exempt").await;
    assert_eq!((mode.as_str(), tax), ("NoTax", amount("0")));
    assert!(
        codes
            .iter()
            .all(|c| c.is_empty() || c == "NONE" || c == "BASEXCLUDED"),
        "{codes:?}"
    );
    let (mode, codes, tax) = without_tax("inclusive").await;
    assert_eq!(
        (mode.as_str(), codes.as_slice(), tax),
        ("Inclusive", &["OUTPUT".to_owned()][..], amount("9.09"))
    );
    let (mode, codes, tax) = without_tax("exclusive").await;
    assert_eq!(
        (mode.as_str(), codes.as_slice(), tax),
        ("Exclusive", &["EXEMPTOUTPUT".to_owned()][..], amount("0"))
    );
}

async fn zero_tax(word: &str, line: &str) -> (String, String) {
    let tax = format!(
        "{{ without_tax: inclusive, zero_tax: {word}, codes: {{ taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }} }}"
    );
    let bed = Bed::new(&file(&[("tax", &tax)]));
    bed.plane
        .switch("keap", &json!({ "zero_tax": line }))
        .unwrap();
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [hire("1"), gst("0.00")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let invoice = bed.invoice("1041").expect("posted");
    assert_eq!(total(&invoice), amount("100.00"));
    (
        text(&invoice, "LineAmountTypes"),
        lines(&invoice)[0].2.clone(),
    )
}

#[tokio::test]
async fn an_order_of_zero_tax_is_normal_or_as_one_without() {
    let words = |mode: &str, code: &str| (mode.to_owned(), code.to_owned());
    assert_eq!(
        zero_tax("normal", "line").await,
        words("Exclusive", "EXEMPTOUTPUT")
    );
    assert_eq!(
        zero_tax("as_without_tax", "line").await,
        words("Inclusive", "OUTPUT")
    );
    // Where Keap shows no line for it, an order of zero tax cannot be told from one without.
    assert_eq!(
        zero_tax("normal", "none").await,
        words("Inclusive", "OUTPUT")
    );
}

#[tokio::test]
async fn a_new_invoice_is_a_draft_submitted_or_authorised() {
    for status in ["DRAFT", "SUBMITTED", "AUTHORISED"] {
        let word = format!("{{ invoices: {{ else: {status} }} }}");
        let invoice = posted(&[("status", &word)], json!([hire("1"), gst("10.00")])).await;
        assert_eq!(text(&invoice, "Status"), status);
    }
}

#[tokio::test]
async fn the_status_may_follow_the_sources() {
    let bed = Bed::new(&file(&[(
        "status",
        "{ invoices: { draft: DRAFT, else: AUTHORISED } }",
    )]));
    bed.keap(shop(vec![
        with(order(1, 1041, "2026-07-10"), json!({"status": "DRAFT"})),
        with(order(2, 1042, "2026-07-10"), json!({"status": "SENT"})),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "DRAFT");
    assert_eq!(text(&bed.invoice("1042").unwrap(), "Status"), "AUTHORISED");
}

#[tokio::test]
async fn a_draft_takes_no_payments_until_a_person_has_approved_it_in_the_ledger() {
    let bed = Bed::new(&file(&[("status", "{ invoices: { else: DRAFT } }")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("110.00", "2026-07-12")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
    held(&engine, "1041", "payment.not_open", "DRAFT", "approve").await;
    // Approved there, retried here: the payment goes, and the invoice is not written again.
    bed.minutes(5);
    let approved = json!({"Status": "AUTHORISED"});
    bed.person("POST", &bed.path_of("1041"), approved).await;
    retried(&engine).await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), "PAID");
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Verified, String::new())
    );
}
