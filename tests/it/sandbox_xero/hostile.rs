//! Whatever is sent, the fake answers: no text, number or shape makes it panic or lose its books' sums.

use super::{World, bill};
use proptest::prelude::*;
use serde_json::{Value, json};

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(|n| json!(n)),
        (any::<i32>(), 0_u32..6)
            .prop_map(|(n, dp)| json!(rust_decimal::Decimal::new(n.into(), dp).to_string())),
        Just(json!("1e-28")),
        Just(json!("-0.00001")),
        Just(json!("9999999999999.9999999999999999")),
        Just(json!("NaN")),
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        ".{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[A-Za-z]{1,8}", inner, 0..4).prop_map(|m| json!(m)),
        ]
    })
}

/// An invoice of which one field is something else.
fn bent() -> impl Strategy<Value = Value> {
    let heads = [
        "Type",
        "Contact",
        "LineItems",
        "Date",
        "DueDate",
        "LineAmountTypes",
        "InvoiceNumber",
        "Reference",
        "Url",
        "CurrencyCode",
        "CurrencyRate",
        "Status",
        "SentToContact",
        "InvoiceID",
        "Total",
    ];
    let lines = [
        "Description",
        "Quantity",
        "UnitAmount",
        "ItemCode",
        "AccountCode",
        "AccountID",
        "TaxType",
        "TaxAmount",
        "LineAmount",
        "Tracking",
        "DiscountRate",
        "DiscountAmount",
        "LineItemID",
    ];
    let any_value = || prop_oneof![2 => number(), 1 => anything()];
    prop_oneof![
        (prop::sample::select(heads.to_vec()), any_value()).prop_map(|(field, value)| {
            let mut made = bill("INV-1");
            made[field] = value;
            made
        }),
        prop::collection::vec((prop::sample::select(lines.to_vec()), any_value()), 1..4).prop_map(
            |edits| {
                let mut made = bill("INV-1");
                for (field, value) in edits {
                    made["LineItems"][0][field] = value;
                }
                made
            }
        ),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_bent_invoice_is_taken_or_refused_and_never_breaks(made in bent(), inclusive in any::<bool>()) {
        let mut world = World::new();
        let mut made = made;
        if inclusive && made["LineAmountTypes"].is_null() {
            made["LineAmountTypes"] = json!("Inclusive");
        }
        let answer = world.put("Invoices", made);
        prop_assert!([200, 400, 404].contains(&answer.status), "{}", answer.text);
        let shown = world.find("Invoices", &[("page", "1"), ("unitdp", "4")]);
        for invoice in shown.body["Invoices"].as_array().unwrap() {
            let d = |v: &Value| v.to_string().parse::<rust_decimal::Decimal>().unwrap();
            prop_assert_eq!(d(&invoice["SubTotal"]) + d(&invoice["TotalTax"]), d(&invoice["Total"]));
            let lines: rust_decimal::Decimal = invoice["LineItems"].as_array().unwrap().iter().map(|l| d(&l["TaxAmount"])).sum();
            prop_assert_eq!(lines, d(&invoice["TotalTax"]));
        }
    }

    #[test]
    fn any_body_on_any_endpoint(body in anything(), at in 0_usize..8) {
        let mut world = World::new();
        world.invoice("INV-1");
        let path = ["Invoices", "Contacts", "Payments", "CreditNotes", "Items", "Accounts", "TaxRates", "BankTransactions"][at];
        for method in ["PUT", "POST"] {
            let answer = world.send(method, path, &[], &body);
            prop_assert!(answer.status < 500, "{}", answer.text);
        }
    }

    #[test]
    fn any_filter(text in "[A-Za-z\"=!<>&|(). 0-9,é\\\\-]{0,40}") {
        let mut world = World::new();
        world.invoice("INV-1");
        let status = world.find("Invoices", &[("where", &text), ("order", &text)]).status;
        prop_assert!(status == 200 || status == 400);
    }
}
