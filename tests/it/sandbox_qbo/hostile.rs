//! Bodies and addresses that nobody sends on purpose: refused in the vendor's words, never answered with a fall.

use super::{World, number};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn shapes_are_refused_before_anything_is_read() {
    let mut w = World::us();
    assert!(
        w.refused("invoice", json!({"BadJson": true}), "2010")
            .starts_with("Property Name:Unrecognized field \"BadJson\"")
    );
    w.refused("invoice", json!({"Line": {}}), "2010");
    w.refused("invoice", json!({"TxnDate": "yesterday"}), "2010");
    w.refused("invoice", json!({"CustomerRef": "1"}), "2010");
    w.refused("payment", json!({"TotalAmt": "much"}), "2010");
    w.refused("payment", json!({"TotalAmt": number("1e30")}), "2010");
    w.refused("invoice", json!({"EmailStatus": "Maybe"}), "2170");
    for body in ["", "[]", "nonsense", "{\"a\":"] {
        let a = w.call(Method::POST, "customer", body);
        assert_eq!((a.status, a.code().as_str()), (400, "2010"), "{body}");
    }
}

#[test]
fn addresses_that_are_not_there_are_unsupported_operations() {
    let mut w = World::us();
    for path in ["customer/1/5", "Customer/1", "nonsense/1", "", "reports"] {
        let a = w.get(path);
        assert_eq!(a.status, 400, "{path}: {}", a.text);
    }
    assert_eq!(w.get("reports/ProfitAndLoss").code(), "5030");
    assert_eq!(w.call(Method::DELETE, "customer/1", "").code(), "500");
    assert_eq!(w.raw(Method::GET, "/nowhere", &[], "").status, 404);
}

#[test]
fn who_asks_for_no_json_gets_xml() {
    let mut w = World::us();
    w.customer("A & B");
    w.accept = "*/*";
    let a = w.get("customer/1");
    assert_eq!(a.headers["content-type"], "application/xml;charset=UTF-8");
    assert!(
        a.text
            .starts_with("<IntuitResponse time=\"2026-07-01T12:00:00.000-07:00\"")
            && a.text.contains("<DisplayName>A &amp; B<"),
        "{}",
        a.text
    );
    assert!(w.get("customer/1?format=json").body.is_object());
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~\u{80}-\u{2fff}]{0,12}".prop_map(Value::from),
        Just(number("79228162514264337593543950335")),
        Just(number("-1e-9")),
    ];
    let name = prop_oneof![
        Just("Id"),
        Just("SyncToken"),
        Just("sparse"),
        Just("CustomerRef"),
        Just("Line"),
        Just("Amount"),
        Just("DetailType"),
        Just("SalesItemLineDetail"),
        Just("DiscountLineDetail"),
        Just("ItemRef"),
        Just("value"),
        Just("TxnTaxDetail"),
        Just("TotalTax"),
        Just("TotalAmt"),
        Just("LinkedTxn"),
        Just("TxnId"),
        Just("TxnType"),
        Just("DisplayName"),
        Just("Active"),
        Just("DocNumber"),
        Just("UnitPrice"),
        Just("Qty"),
        Just("BatchItemRequest"),
        Just("Invoice"),
        Just("operation"),
        Just("Query"),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|pairs| Value::Object(
                pairs.into_iter().map(|(k, v)| (k.to_string(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_sent_is_answered(body in anything(), at in 0usize..9, tail in "[ -~\u{2013}]{0,20}") {
        let paths = ["invoice", "payment", "customer", "item", "batch", "bill", "invoice?operation=delete", "estimate", "preferences"];
        let mut w = World::us();
        let a = w.post(paths[at], &body);
        prop_assert!(a.status == 200 || a.status == 400, "{}", a.text);
        let a = w.asked(&format!("select * from Customer {tail}"));
        prop_assert!(a.status == 200 || a.status == 400, "{}", a.text);
    }

    /// Forms that are right but for their numbers: no product of what may be sent falls over.
    #[test]
    fn no_number_is_too_much(numbers in prop::collection::vec(extreme(), 8), country in 0usize..3, how in 0usize..2) {
        let mut w = World::of(json!({"country": (["US", "AU", "CA"][country]), "currencies": ["EUR"]}));
        let code = if country == 0 { "TAX" } else { "2" };
        let n = |at: usize| numbers[at].clone();
        let ann = w.put("customer", json!({"DisplayName": "Ann"}))["Id"].clone();
        let line = |amount: Value| json!({"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail":
            {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": code}, "TaxInclusiveAmt": n(2)}});
        let home = ["USD", "AUD", "CAD"][country];
        let sent = json!({"CustomerRef": {"value": ann}, "CurrencyRef": {"value": home}, "ExchangeRate": n(0),
            "GlobalTaxCalculation": (["TaxExcluded", "TaxInclusive"][how]),
            "TxnTaxDetail": {"TotalTax": n(3)},
            "Line": [line(n(1)), line(n(4)), {"Amount": n(5), "DetailType": "DiscountLineDetail",
                "DiscountLineDetail": {"PercentBased": how == 1, "DiscountPercent": n(6)}}]});
        for path in ["invoice", "salesreceipt", "estimate"] {
            let a = w.post(path, &sent);
            prop_assert!(a.status == 200 || a.status == 400, "{}", a.text);
        }
        let a = w.post("payment", &json!({"CustomerRef": {"value": ann}, "CurrencyRef": {"value": home}, "TotalAmt": n(7)}));
        prop_assert!(a.status == 200 || a.status == 400, "{}", a.text);
        w.ask("select * from Customer");
    }
}

fn extreme() -> impl Strategy<Value = Value> {
    let some = [
        "99999999999.99",
        "-99999999999.99",
        "0",
        "0.005",
        "100",
        "1e-20",
        "0.0000000000000000000000000001",
        "99999999999",
        "33.333333333333333333333333333",
        "1e11",
        "-0.01",
    ];
    prop::sample::select(some.to_vec()).prop_map(number)
}
