//! Tax: in the US by code or by address, elsewhere by a code on every line; against a slow reference of its own.

use super::{World, bill, d, dec, line, number};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

fn coded(customer: &Value, lines: &[Value], code: &str) -> Value {
    let mut sent = bill(customer, lines);
    sent["TxnTaxDetail"] = json!({"TxnTaxCodeRef": {"value": code}});
    sent
}

#[test]
fn a_us_form_is_taxed_once_for_each_rate_on_the_summed_net() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    // As on the vendor's sample invoice 1029.
    let made = w.put(
        "invoice",
        coded(
            &ann,
            &[
                line("300.00", "TAX"),
                line("122.00", "TAX"),
                line("50.00", "NON"),
            ],
            "3",
        ),
    );
    let detail = &made["TxnTaxDetail"];
    assert_eq!(dec(&detail["TotalTax"]), d("38.40"));
    assert_eq!(dec(&detail["TaxLine"][0]["Amount"]), d("29.96"));
    assert_eq!(dec(&detail["TaxLine"][1]["Amount"]), d("8.44"));
    assert_eq!(
        dec(&detail["TaxLine"][1]["TaxLineDetail"]["NetAmountTaxable"]),
        d("422")
    );
    assert_eq!(dec(&made["TotalAmt"]), d("510.40"));
    let free = w.put(
        "customer",
        json!({"DisplayName": "Church", "Taxable": false}),
    );
    assert_eq!(
        dec(&w.put("invoice", coded(&free["Id"], &[line("10.00", "TAX")], "2"))["TotalAmt"]),
        d("10")
    );
}

#[test]
fn a_discount_is_taken_before_or_after_tax() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let off = json!({"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": true, "DiscountPercent": 10}});
    let mut sent = coded(&ann, &[line("100.00", "TAX"), off], "2");
    let made = w.put("invoice", sent.clone());
    assert_eq!(dec(&made["TotalAmt"]), d("98.00"));
    assert_eq!(
        made["Line"][2]["DiscountLineDetail"]["DiscountAccountRef"]["name"],
        "Discounts given"
    );
    sent["ApplyTaxAfterDiscount"] = json!(true);
    assert_eq!(dec(&w.put("invoice", sent.clone())["TotalAmt"]), d("97.20"));
    w.patch(json!({"preferences": {"SalesFormsPrefs": {"AllowDiscount": false}}}));
    w.refused("invoice", sent, "6000");
}

fn automated() -> World {
    World::of(json!({"country": "US", "automated_sales_tax": true,
        "address": {"CountrySubDivisionCode": "AZ", "PostalCode": "85701"},
        "sales_tax": [{"state": "CA", "rates": [{"name": "CA State", "rate": "6"}]},
                      {"state": "CA", "postal": "94", "rates": [{"name": "CA Bay", "rate": "6.25"}, {"name": "City", "rate": "1"}]},
                      {"state": "AZ", "rates": [{"name": "AZ", "rate": "5.6"}]}]}))
}

#[test]
fn automated_sales_tax_looks_at_the_address_and_not_at_the_code() {
    let mut w = automated();
    let ann = w.customer("Ann");
    let to = |state: &str, postal: &str| {
        let mut sent = coded(&ann, &[line("100.00", "TAX")], "3");
        sent["ShipAddr"] = json!({"CountrySubDivisionCode": state, "PostalCode": postal});
        sent
    };
    assert_eq!(
        dec(&w.put("invoice", to("CA", "90001"))["TotalAmt"]),
        d("106")
    );
    let bay = w.put("invoice", to("CA", "94043"));
    assert_eq!(dec(&bay["TotalAmt"]), d("107.25"));
    assert_ne!(bay["TxnTaxDetail"]["TxnTaxCodeRef"]["value"], "3");
    assert_eq!(
        dec(&w.put("invoice", to("OR", "97001"))["TotalAmt"]),
        d("100")
    );
    // Without a ship-to it is the company's own.
    assert_eq!(
        dec(&w.put("invoice", coded(&ann, &[line("100.00", "TAX")], "3"))["TotalAmt"]),
        d("105.60")
    );
    let mut sent = to("CA", "94043");
    sent["TxnTaxDetail"] = json!({"TotalTax": number("7.20")});
    let given = w.put("invoice", sent.clone());
    assert_eq!(dec(&given["TotalAmt"]), d("107.20"));
    let parts = [0, 1].map(|n| dec(&given["TxnTaxDetail"]["TaxLine"][n]["Amount"]));
    assert_eq!(parts[0] + parts[1], d("7.20"));
    // A change of something else leaves the total that was given.
    let noted = json!({"Id": given["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": "n"});
    assert_eq!(dec(&w.put("invoice", noted)["TotalAmt"]), d("107.20"));
    let more = json!({"Id": given["Id"], "SyncToken": "1", "sparse": true, "Line": [line("200.00", "TAX")]});
    assert_eq!(dec(&w.put("invoice", more)["TotalAmt"]), d("214.50"));
    w.switch("ast_total", "ignored");
    assert_eq!(dec(&w.put("invoice", sent)["TotalAmt"]), d("107.25"));
    let mut aside = to("CA", "94043");
    aside["TxnTaxDetail"]["UseAutomatedSalesTax"] = json!(false);
    assert_eq!(
        dec(&w.put("invoice", aside.clone())["TotalAmt"]),
        d("107.25")
    );
    w.patch(json!({"may_override_tax": true}));
    let own = w.put("invoice", aside);
    assert_eq!(
        (
            dec(&own["TotalAmt"]),
            &own["TxnTaxDetail"]["TaxReviewStatus"]
        ),
        (d("109.10"), &json!("AST_TAX_OVERRIDE"))
    );
}

fn global(customer: &Value, how: &str, lines: &[Value]) -> Value {
    let mut sent = bill(customer, lines);
    sent["GlobalTaxCalculation"] = json!(how);
    sent
}

/// The id of a code by its name.
fn code(w: &mut World, name: &str) -> String {
    let found = w.ask(&format!("select * from TaxCode where Name = '{name}'"));
    found["TaxCode"][0]["Id"].as_str().unwrap().to_string()
}

#[test]
fn elsewhere_every_line_has_a_code() {
    let mut w = World::of(json!({"country": "AU"}));
    let gst = code(&mut w, "GST");
    let ann = w.customer("Ann");
    let bare = json!({"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
    let told = w.refused(
        "invoice",
        global(&ann, "TaxExcluded", std::slice::from_ref(&bare)),
        "6000",
    );
    assert!(told.contains("VAT rate"), "{told}");
    w.refused(
        "invoice",
        global(&ann, "TaxExcluded", &[line("1.00", "TAX")]),
        "2500",
    );
    w.refused("invoice", bill(&ann, &[line("1.00", &gst)]), "2020");
    w.refused(
        "invoice",
        global(&ann, "Inclusive", &[line("1.00", &gst)]),
        "2170",
    );
    assert_eq!(
        dec(&w.put("invoice", global(&ann, "NotApplicable", &[bare]))["TotalAmt"]),
        d("1")
    );
    let made = w.put(
        "invoice",
        global(
            &ann,
            "TaxExcluded",
            &[
                line("10.10", &gst),
                line("10.10", &gst),
                line("10.15", &gst),
            ],
        ),
    );
    assert_eq!(dec(&made["TxnTaxDetail"]["TotalTax"]), d("3.04"));
    w.switch("global_tax_absent", "excluded");
    assert_eq!(
        dec(&w.put("invoice", bill(&ann, &[line("1.00", &gst)]))["TotalAmt"]),
        d("1.10")
    );
    let mut own = global(&ann, "TaxExcluded", &[line("10.00", &gst)]);
    let rate = &made["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["TaxRateRef"];
    own["TxnTaxDetail"] = json!({"TaxLine": [{"Amount": number("1.02"), "DetailType": "TaxLineDetail",
        "TaxLineDetail": {"TaxRateRef": rate, "PercentBased": true, "TaxPercent": 10, "NetAmountTaxable": 10}}]});
    assert_eq!(dec(&w.put("invoice", own)["TotalAmt"]), d("11.02"));
}

#[test]
fn three_lines_at_fifteen_percent_differ_by_a_cent_from_line_rounding() {
    let mut w = World::of(json!({"country": "NZ"}));
    let (gst, ann) = (code(&mut w, "GST"), w.customer("Ann"));
    let one = || line("10.10", &gst);
    let made = w.put(
        "invoice",
        global(&ann, "TaxExcluded", &[one(), one(), one()]),
    );
    assert_eq!(dec(&made["TxnTaxDetail"]["TotalTax"]), d("4.55"));
}

#[test]
fn canada_asks_for_its_own_rate_and_splits_two() {
    let mut w = World::of(json!({"country": "CA"}));
    let (bc, ann) = (code(&mut w, "GST/PST BC"), w.customer("Ann"));
    let mut bare = line("1.00", "x");
    bare["SalesItemLineDetail"]
        .as_object_mut()
        .unwrap()
        .remove("TaxCodeRef");
    assert!(
        w.refused("invoice", global(&ann, "TaxExcluded", &[bare]), "6000")
            .contains("GST/HST rate")
    );
    let made = w.put(
        "invoice",
        global(&ann, "TaxInclusive", &[line("100.00", &bc)]),
    );
    assert_eq!(
        (
            dec(&made["TotalAmt"]),
            dec(&made["TxnTaxDetail"]["TotalTax"])
        ),
        (d("112"), d("12"))
    );
    assert_eq!(
        dec(&made["Line"][0]["SalesItemLineDetail"]["TaxInclusiveAmt"]),
        d("112")
    );
}

fn half_up(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the lines, the US form's tax is each rate's share of the summed net, in whole cents counted one by one.
    #[test]
    fn us_tax_is_as_a_slow_reference_has_it(cents in prop::collection::vec((1i64..200_000, any::<bool>()), 1..8)) {
        let mut w = World::us();
        let ann = w.customer("Ann");
        let amount = |c: i64| Decimal::new(c, 2).to_string();
        let lines: Vec<Value> = cents.iter().map(|(c, taxed)| line(&amount(*c), if *taxed { "TAX" } else { "NON" })).collect();
        let made = w.put("invoice", coded(&ann, &lines, "3"));
        let net: i64 = cents.iter().filter(|(_, taxed)| *taxed).map(|(c, _)| c).sum();
        // Thousandths of cents, rounded by hand: 7.1 % and 2 %.
        let share = |per_mille: i64| (net * per_mille + 500).div_euclid(1000);
        let all: i64 = cents.iter().map(|(c, _)| c).sum();
        prop_assert_eq!(dec(&made["TxnTaxDetail"]["TotalTax"]), Decimal::new(share(71) + share(20), 2));
        prop_assert_eq!(dec(&made["TotalAmt"]), Decimal::new(all + share(71) + share(20), 2));
    }

    /// Tax inside: whatever the lines, nets and tax add up to what was asked, and the tax is the whole's own.
    #[test]
    fn tax_inside_adds_up(cents in prop::collection::vec(1i64..200_000, 1..8)) {
        let mut w = World::of(json!({"country": "AU"}));
        let (gst, ann) = (code(&mut w, "GST"), w.customer("Ann"));
        let lines: Vec<Value> = cents.iter().map(|c| {
            let mut line = line(&Decimal::new(*c, 2).to_string(), &gst);
            line["SalesItemLineDetail"]["TaxInclusiveAmt"] = line["Amount"].clone();
            line
        }).collect();
        let made = w.put("invoice", global(&ann, "TaxInclusive", &lines));
        let gross = Decimal::new(cents.iter().sum(), 2);
        prop_assert_eq!(dec(&made["TotalAmt"]), gross);
        let tax = dec(&made["TxnTaxDetail"]["TotalTax"]);
        prop_assert_eq!(tax, gross - half_up(gross / d("1.1")));
        let rows = made["Line"].as_array().unwrap().iter().filter(|l| l["DetailType"] == "SalesItemLineDetail");
        prop_assert_eq!(rows.map(|l| dec(&l["Amount"])).sum::<Decimal>() + tax, gross);
    }
}
