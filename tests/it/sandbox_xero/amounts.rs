//! The arithmetic of section "amounts": every number the vendor's guide gives, and the rules around it.

use super::{World, with_lines};
use serde_json::{Value, json};

fn amount(value: &Value) -> String {
    value.to_string()
}

#[test]
fn tax_is_rounded_on_each_line_and_then_summed() {
    let mut world = World::new();
    let lines: Vec<Value> = ["25.06", "25.61", "25.63"]
        .iter()
        .map(|u| json!({"Description": "x", "Quantity": 1, "UnitAmount": u, "AccountCode": "200", "TaxType": "OUTPUT2"}))
        .collect();
    let made = world.put("Invoices", with_lines(json!(lines)));
    let invoice = made.one("Invoices");
    let taxes: Vec<String> = (0..3)
        .map(|i| amount(&invoice["LineItems"][i]["TaxAmount"]))
        .collect();
    assert_eq!(taxes, ["3.76", "3.84", "3.84"]);
    assert_eq!(amount(&invoice["TotalTax"]), "11.44");
    assert_eq!(amount(&invoice["SubTotal"]), "76.30");
    assert_eq!(amount(&invoice["Total"]), "87.74");
}

#[test]
fn inclusive_lines_keep_their_gross_amount() {
    let mut world = World::new();
    let mut bill = with_lines(
        json!([{"Description": "x", "Quantity": 1, "UnitAmount": "50.00", "AccountCode": "200"}]),
    );
    bill["LineAmountTypes"] = json!("Inclusive");
    let made = world.put("Invoices", bill);
    let invoice = made.one("Invoices");
    assert_eq!(amount(&invoice["LineItems"][0]["LineAmount"]), "50.00");
    assert_eq!(amount(&invoice["LineItems"][0]["TaxAmount"]), "6.52");
    assert_eq!(amount(&invoice["SubTotal"]), "43.48");
    assert_eq!(amount(&invoice["Total"]), "50.00");
}

#[test]
fn no_tax_means_no_tax_and_quantities_have_four_places() {
    let mut world = World::new();
    let mut bill = with_lines(
        json!([{"Description": "x", "Quantity": "1.23456", "UnitAmount": 10, "AccountCode": "200"}]),
    );
    bill["LineAmountTypes"] = json!("NoTax");
    let made = world.put("Invoices", bill);
    let line = &made.one("Invoices")["LineItems"][0];
    assert_eq!(amount(&line["Quantity"]), "1.2346");
    assert_eq!(amount(&line["LineAmount"]), "12.35");
    assert_eq!(amount(&line["TaxAmount"]), "0.00");
    assert_eq!(line["TaxType"], "NONE");
}

#[test]
fn unit_amounts_are_rounded_half_up_to_two_places_or_four_when_asked() {
    let mut world = World::new();
    let bill = with_lines(
        json!([{"Description": "x", "Quantity": 100, "UnitAmount": "0.12345", "AccountCode": "200", "TaxType": "NONE"}]),
    );
    let two = world.put("Invoices", bill.clone());
    assert_eq!(
        amount(&two.one("Invoices")["LineItems"][0]["UnitAmount"]),
        "0.12"
    );
    assert_eq!(amount(&two.one("Invoices")["Total"]), "12.00");
    let four = world.send("PUT", "Invoices", &[("unitdp", "4")], &bill);
    assert_eq!(
        amount(&four.one("Invoices")["LineItems"][0]["UnitAmount"]),
        "0.1235"
    );
    assert_eq!(amount(&four.one("Invoices")["Total"]), "12.35");
    // Four places are only shown to who asks for them.
    let id = four.one("Invoices")["InvoiceID"]
        .as_str()
        .unwrap()
        .to_string();
    let shown = world.get(&format!("Invoices/{id}"));
    assert_eq!(
        amount(&shown.one("Invoices")["LineItems"][0]["UnitAmount"]),
        "0.12"
    );
    let shown = world.find(&format!("Invoices/{id}"), &[("unitdp", "4")]);
    assert_eq!(
        amount(&shown.one("Invoices")["LineItems"][0]["UnitAmount"]),
        "0.1235"
    );
}

#[test]
fn discounts_by_rate_and_by_amount() {
    let mut world = World::new();
    let made = world.put("Invoices", with_lines(json!([
        {"Description": "rate", "Quantity": 3, "UnitAmount": "9.99", "DiscountRate": 10, "AccountCode": "200", "TaxType": "OUTPUT2"},
        {"Description": "amount", "Quantity": 1, "UnitAmount": 20, "DiscountAmount": "2.50", "AccountCode": "200", "TaxType": "OUTPUT2"},
    ])));
    let invoice = made.one("Invoices");
    assert_eq!(amount(&invoice["LineItems"][0]["LineAmount"]), "26.97");
    assert_eq!(amount(&invoice["LineItems"][0]["TaxAmount"]), "4.05");
    assert_eq!(amount(&invoice["LineItems"][1]["LineAmount"]), "17.50");
    assert_eq!(amount(&invoice["TotalDiscount"]), "5.50");
    assert_eq!(invoice["IsDiscounted"], true);
    let over = world.put("Invoices", with_lines(json!([
        {"Description": "x", "Quantity": 1, "UnitAmount": 20, "DiscountAmount": "27.83", "AccountCode": "200", "TaxType": "NONE"},
    ])));
    over.refused(
        "The discount rate '27.83' is invalid. Discount must not be greater than the line total.",
    );
}

#[test]
fn a_line_amount_gives_what_is_missing_and_must_not_contradict() {
    let mut world = World::new();
    let made = world.put("Invoices", with_lines(json!([
        {"Description": "unit", "Quantity": 4, "LineAmount": 10, "AccountCode": "200", "TaxType": "NONE"},
        {"Description": "quantity", "UnitAmount": "2.50", "LineAmount": 10, "AccountCode": "200", "TaxType": "NONE"},
    ])));
    assert_eq!(
        amount(&made.one("Invoices")["LineItems"][0]["UnitAmount"]),
        "2.50"
    );
    assert_eq!(
        amount(&made.one("Invoices")["LineItems"][1]["Quantity"]),
        "4.0000"
    );
    let wrong = with_lines(
        json!([{"Description": "x", "Quantity": 2, "UnitAmount": 10, "LineAmount": "20.01", "AccountCode": "200", "TaxType": "NONE"}]),
    );
    world
        .put("Invoices", wrong.clone())
        .refused("The line total 20.01 does not match the expected line total 20.00");
    world.switch("line_total_conflict", json!("ignore"));
    assert_eq!(
        amount(&world.put("Invoices", wrong).one("Invoices")["Total"]),
        "20.00"
    );
}

#[test]
fn a_supplied_total_is_ignored_or_checked() {
    let mut world = World::new();
    let mut bill = with_lines(
        json!([{"Description": "x", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", "TaxType": "NONE"}]),
    );
    bill["Total"] = json!(11);
    assert_eq!(
        amount(&world.put("Invoices", bill.clone()).one("Invoices")["Total"]),
        "10.00"
    );
    world.switch("total_mismatch", json!("error"));
    world
        .put("Invoices", bill)
        .refused("The invoice total does not equal the sum of the lines.");
}

#[test]
fn tax_may_be_set_by_the_caller_and_lines_may_be_negative_or_words() {
    let mut world = World::new();
    let made = world.put("Invoices", with_lines(json!([
        {"Description": "x", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", "TaxType": "OUTPUT2", "TaxAmount": "14.99"},
        {"Description": "less", "Quantity": 1, "UnitAmount": -40, "AccountCode": "200", "TaxType": "OUTPUT2"},
        {"Description": "only words"},
    ])));
    let invoice = made.one("Invoices");
    assert_eq!(amount(&invoice["TotalTax"]), "8.99");
    assert_eq!(amount(&invoice["Total"]), "68.99");
    assert!(invoice["LineItems"][2].get("Quantity").is_none());
}

#[test]
fn an_amount_too_large_is_refused_whatever_the_digits() {
    let mut world = World::new();
    let line = |unit: &str, quantity: &str| {
        with_lines(
            json!([{"Description": "x", "Quantity": quantity, "UnitAmount": unit,
        "AccountCode": "200", "TaxType": "OUTPUT2"}]),
        )
    };
    let text = "The line amount must not exceed 9,999,999,999.99.";
    world
        .put("Invoices", line("10000000000", "1"))
        .refused(text);
    world
        .put("Invoices", line("9999999999999", "9999999999999"))
        .refused(text);
    assert_eq!(
        world.put("Invoices", line("9999999999.99", "1")).status,
        200
    );
    for unit in ["10000000000000", "79228162514264337593543950335", "1e40"] {
        assert_eq!(
            world.put("Invoices", line(unit, "1")).body["ErrorNumber"],
            14,
            "{unit}"
        );
    }
}

#[test]
fn compound_components_give_an_effective_rate() {
    let mut world = World::new();
    let made = world.put("TaxRates", json!({"TaxRates": [{"Name": "Two taxes", "TaxComponents": [
        {"Name": "State", "Rate": 10, "IsCompound": false}, {"Name": "On top", "Rate": 5, "IsCompound": true}]}]}));
    let rate = made.one("TaxRates");
    assert_eq!(rate["TaxType"], "TAX001");
    assert_eq!(amount(&rate["DisplayTaxRate"]), "15.0000");
    assert_eq!(amount(&rate["EffectiveRate"]), "15.5000");
    let made = world.put("Invoices", with_lines(json!([
        {"Description": "x", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", "TaxType": "TAX001"}])));
    assert_eq!(amount(&made.one("Invoices")["TotalTax"]), "15.50");
}
