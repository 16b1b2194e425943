//! Payments: what is applied, what stays unapplied, and what it does to the papers.

use super::{World, bill, d, dec, line, number, payment};
use serde_json::{Value, json};

fn paper(w: &mut World, customer: &Value, amount: &str) -> Value {
    w.put("invoice", bill(customer, &[line(amount, "NON")]))["Id"].clone()
}

#[test]
fn a_payment_lowers_the_invoice_links_it_and_raises_its_version() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let inv = paper(&mut w, &ann, "55.00");
    let paid = w.put(
        "payment",
        payment(&ann, "65.00", &[("Invoice", &inv, "55.00")]),
    );
    assert_eq!(
        (dec(&paid["UnappliedAmt"]), dec(&paid["TotalAmt"])),
        (d("10"), d("65"))
    );
    assert_eq!(paid["DepositToAccountRef"]["value"], "4");
    let shown = w.read("Invoice", &inv);
    assert_eq!(
        (dec(&shown["Balance"]), &shown["SyncToken"]),
        (d("0"), &json!("1"))
    );
    assert_eq!(
        shown["LinkedTxn"],
        json!([{"TxnId": paid["Id"], "TxnType": "Payment"}])
    );
    assert_eq!(dec(&w.read("Customer", &ann)["Balance"]), d("-10"));
    w.refused(
        "invoice?operation=void",
        json!({"Id": inv, "SyncToken": "1"}),
        "6000",
    );
    w.put(
        "payment?operation=delete",
        json!({"Id": paid["Id"], "SyncToken": "0"}),
    );
    let shown = w.read("Invoice", &inv);
    assert_eq!(
        (
            dec(&shown["Balance"]),
            &shown["SyncToken"],
            &shown["LinkedTxn"]
        ),
        (d("55"), &json!("2"), &json!([]))
    );
    w.put(
        "invoice?operation=void",
        json!({"Id": inv, "SyncToken": "2"}),
    );
}

#[test]
fn a_payment_is_voided_by_an_update_that_says_so() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let inv = paper(&mut w, &ann, "5.00");
    let paid = w.put(
        "payment",
        payment(&ann, "5.00", &[("Invoice", &inv, "5.00")]),
    );
    let this = json!({"Id": paid["Id"], "SyncToken": "0", "sparse": true});
    w.refused("payment?operation=void", this.clone(), "500");
    let void = w.put("payment?operation=update&include=void", this);
    assert_eq!(
        (dec(&void["TotalAmt"]), &void["PrivateNote"]),
        (d("0"), &json!("Voided"))
    );
    assert_eq!(dec(&w.read("Invoice", &inv)["Balance"]), d("5"));
}

#[test]
fn what_names_another_customers_invoice_stays_unapplied() {
    let mut w = World::us();
    let (ann, ben) = (w.customer("Ann"), w.customer("Ben"));
    let inv = paper(&mut w, &ann, "5.00");
    let paid = w.put(
        "payment",
        payment(&ben, "5.00", &[("Invoice", &inv, "5.00")]),
    );
    assert_eq!(
        (dec(&paid["UnappliedAmt"]), &paid["Line"]),
        (d("5"), &json!([]))
    );
    assert_eq!(w.read("Invoice", &inv)["SyncToken"], "0");
    let job = w.put(
        "customer",
        json!({"DisplayName": "Roof", "Job": true, "ParentRef": {"value": ann}}),
    )["Id"]
        .clone();
    let inv = paper(&mut w, &job, "7.00");
    let paid = w.put(
        "payment",
        payment(&ann, "7.00", &[("Invoice", &inv, "7.00")]),
    );
    assert_eq!(dec(&paid["UnappliedAmt"]), d("0"));
}

#[test]
fn nothing_is_paid_beyond_what_is_open_or_was_given() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let inv = paper(&mut w, &ann, "5.00");
    w.refused(
        "payment",
        payment(&ann, "9.00", &[("Invoice", &inv, "6.00")]),
        "6000",
    );
    w.refused(
        "payment",
        payment(&ann, "4.00", &[("Invoice", &inv, "5.00")]),
        "6000",
    );
    w.refused(
        "payment",
        payment(&ann, "4.00", &[("Invoice", &json!("99"), "4.00")]),
        "6000",
    );
    w.refused(
        "payment",
        payment(&ann, "4.00", &[("Bill", &inv, "4.00")]),
        "620",
    );
    w.refused("payment", json!({"CustomerRef": {"value": ann}}), "2020");
    w.switch("overapplied", "unapplied");
    let paid = w.put(
        "payment",
        payment(&ann, "9.00", &[("Invoice", &inv, "6.00")]),
    );
    assert_eq!(dec(&paid["UnappliedAmt"]), d("4"));
    w.refused(
        "invoice",
        json!({"Id": inv, "SyncToken": "1", "sparse": true, "Line": [line("4.00", "NON")]}),
        "6000",
    );
}

#[test]
fn a_credit_pays_an_invoice_by_a_payment_of_nothing() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let inv = paper(&mut w, &ann, "8.00");
    let credit = w.put("creditmemo", bill(&ann, &[line("5.00", "NON")]))["Id"].clone();
    w.refused(
        "payment",
        payment(&ann, "0", &[("Invoice", &inv, "5.00")]),
        "6000",
    );
    w.put(
        "payment",
        payment(
            &ann,
            "0",
            &[("Invoice", &inv, "5.00"), ("CreditMemo", &credit, "5.00")],
        ),
    );
    assert_eq!(dec(&w.read("Invoice", &inv)["Balance"]), d("3"));
    let used = w.read("CreditMemo", &credit);
    assert_eq!(
        (dec(&used["RemainingCredit"]), dec(&used["Balance"])),
        (d("0"), d("0"))
    );
    w.refused(
        "creditmemo?operation=delete",
        json!({"Id": credit, "SyncToken": "1"}),
        "800",
    );
}

#[test]
fn a_changed_payment_moves_what_it_pays() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let (one, two) = (paper(&mut w, &ann, "5.00"), paper(&mut w, &ann, "5.00"));
    let paid = w.put(
        "payment",
        payment(&ann, "5.00", &[("Invoice", &one, "5.00")]),
    );
    let mut moved = payment(&ann, "5.00", &[("Invoice", &two, "5.00")]);
    moved["Id"] = paid["Id"].clone();
    moved["SyncToken"] = json!("0");
    w.put("payment", moved);
    assert_eq!(dec(&w.read("Invoice", &one)["Balance"]), d("5"));
    assert_eq!(dec(&w.read("Invoice", &two)["Balance"]), d("0"));
    let noted = w.put(
        "payment",
        json!({"Id": paid["Id"], "SyncToken": "1", "sparse": true, "PrivateNote": "n"}),
    );
    assert_eq!(
        (
            dec(&noted["TotalAmt"]),
            noted["Line"].as_array().unwrap().len()
        ),
        (d("5"), 1)
    );
    assert_eq!(w.read("Invoice", &two)["SyncToken"], "1");
}

#[test]
fn a_paid_invoice_is_deleted_with_or_without_its_payments_leave() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let inv = paper(&mut w, &ann, "5.00");
    let paid = w.put(
        "payment",
        payment(&ann, "5.00", &[("Invoice", &inv, "5.00")]),
    );
    w.switch("delete_paid_invoice", "refuse");
    w.refused(
        "invoice?operation=delete",
        json!({"Id": inv, "SyncToken": "1"}),
        "800",
    );
    w.switch("delete_paid_invoice", "unapply");
    w.put(
        "invoice?operation=delete",
        json!({"Id": inv, "SyncToken": "1"}),
    );
    let left = w.read("Payment", &paid["Id"]);
    assert_eq!(
        (
            dec(&left["UnappliedAmt"]),
            &left["Line"],
            &left["SyncToken"]
        ),
        (d("5"), &json!([]), &json!("1"))
    );
}

#[test]
fn what_is_in_the_bank_is_left_alone() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let paid = w.put("payment", payment(&ann, "5.00", &[]));
    w.patch(json!({"person": [{"deposit": {"Payment": {"Id": paid["Id"]}}}]}));
    w.refused(
        "payment?operation=delete",
        json!({"Id": paid["Id"], "SyncToken": "1"}),
        "6540",
    );
}

#[test]
fn receipts_and_refunds_owe_nothing() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let sold = w.put("salesreceipt", json!({"Line": [line("5.00", "NON")]}));
    assert_eq!(
        (dec(&sold["Balance"]), &sold["DepositToAccountRef"]["name"]),
        (d("0"), &json!("Undeposited Funds"))
    );
    let mut back = bill(&ann, &[line("5.00", "NON")]);
    w.refused("refundreceipt", back.clone(), "2020");
    back["DepositToAccountRef"] = json!({"value": "35"});
    assert_eq!(w.put("refundreceipt", back)["TotalAmt"], number("5.00"));
}

#[test]
fn a_company_may_apply_money_by_itself() {
    let mut w = World::us();
    let prefer = |word: &str, is: bool| json!({"preferences": {"SalesFormsPrefs": {word: is}}});
    w.patch(prefer("AutoApplyPayments", true));
    let ann = w.customer("Ann");
    let (one, two) = (paper(&mut w, &ann, "5.00"), paper(&mut w, &ann, "5.00"));
    let paid = w.put("payment", payment(&ann, "12.00", &[]));
    assert_eq!(
        (dec(&paid["UnappliedAmt"]), &paid["SyncToken"]),
        (d("2"), &json!("0"))
    );
    assert_eq!(paid["Line"].as_array().unwrap().len(), 2);
    for id in [&one, &two] {
        let shown = w.read("Invoice", id);
        assert_eq!(
            (dec(&shown["Balance"]), &shown["SyncToken"]),
            (d("0"), &json!("1"))
        );
    }
    w.patch(prefer("AutoApplyCredit", true));
    let made = w.put("invoice", bill(&ann, &[line("5.00", "NON")]));
    assert_eq!(
        (dec(&made["Balance"]), &made["SyncToken"]),
        (d("3"), &json!("0"))
    );
    assert_eq!(made["LinkedTxn"][0]["TxnId"], paid["Id"]);
    assert_eq!(w.read("Payment", &paid["Id"])["SyncToken"], "1");
}
