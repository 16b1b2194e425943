//! Names: one for customers, vendors and employees together; what is at rest; jobs; lists with names of their own.

use super::{World, line};
use serde_json::json;

#[test]
fn a_name_is_taken_by_a_customer_a_vendor_or_an_employee() {
    let mut w = World::us();
    w.put("vendor", json!({"DisplayName": "Norton Lumber"}));
    w.put(
        "employee",
        json!({"GivenName": "Emily", "FamilyName": "Platt"}),
    );
    assert!(
        w.refused("customer", json!({"DisplayName": "norton lumber"}), "6240")
            .contains("vendor or employee")
    );
    w.refused("customer", json!({"DisplayName": "Emily Platt"}), "6240");
    w.customer("Ann");
    assert!(
        w.refused("customer", json!({"DisplayName": "Ann"}), "6240")
            .ends_with(": null")
    );
    w.refused("customer", json!({"CompanyName": "Nameless"}), "6080");
    w.refused("customer", json!({"DisplayName": "A:B"}), "6000");
}

#[test]
fn who_is_at_rest_gives_the_name_free() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let rest = w.put(
        "customer",
        json!({"Id": ann, "SyncToken": "0", "sparse": true, "Active": false}),
    );
    assert_eq!(rest["DisplayName"], "Ann (deleted)");
    let other = w.customer("Ann");
    assert_eq!(
        w.ask("select * from Customer where DisplayName = 'Ann'")["Customer"][0]["Id"],
        other
    );
    assert_eq!(w.ask("select count(*) from Customer")["totalCount"], 1);
    assert_eq!(
        w.ask("select count(*) from Customer where Active in (true, false)")["totalCount"],
        2
    );
    w.refused(
        "invoice",
        json!({"CustomerRef": {"value": ann}, "Line": [line("1.00", "NON")]}),
        "610",
    );
    w.refused(
        "customer",
        json!({"Id": ann, "SyncToken": "1", "sparse": true, "Active": true}),
        "6240",
    );
    w.put(
        "customer",
        json!({"Id": other, "SyncToken": "0", "sparse": true, "DisplayName": "Anna"}),
    );
    let back = w.put(
        "customer",
        json!({"Id": ann, "SyncToken": "1", "sparse": true, "Active": true}),
    );
    assert_eq!(back["DisplayName"], "Ann");
}

#[test]
fn a_job_bears_its_customers_name_before_its_own() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let job = w.put(
        "customer",
        json!({"DisplayName": "Roof", "Job": true, "ParentRef": {"value": ann}}),
    );
    assert_eq!(
        (&job["FullyQualifiedName"], &job["Level"]),
        (&json!("Ann:Roof"), &json!(1))
    );
    w.customer("Roof");
    w.refused(
        "customer",
        json!({"DisplayName": "Roof", "Job": true, "ParentRef": {"value": ann}}),
        "6240",
    );
    w.put(
        "customer",
        json!({"Id": ann, "SyncToken": "0", "sparse": true, "DisplayName": "Anna"}),
    );
    assert_eq!(
        w.read("Customer", &job["Id"])["FullyQualifiedName"],
        "Anna:Roof"
    );
}

#[test]
fn two_customers_of_one_name_at_the_screen_are_one() {
    let mut w = World::us();
    let (ann, ben) = (w.customer("Ann"), w.customer("Ben"));
    let paper = w.put(
        "invoice",
        json!({"CustomerRef": {"value": ann}, "Line": [line("1.00", "NON")]}),
    );
    w.patch(json!({"person": [{"merge": {"Customer": {"from": ann, "into": ben}}}]}));
    let gone = w.get(&format!("customer/{}", ann.as_str().unwrap()));
    assert_eq!(gone.code(), "610");
    assert_eq!(
        w.read("Invoice", &paper["Id"])["CustomerRef"]["name"],
        "Ben"
    );
}

#[test]
fn lists_have_names_of_their_own() {
    let mut w = World::us();
    let income = json!({"value": "79"});
    w.put(
        "item",
        json!({"Name": "Tee", "Sku": "T-1", "IncomeAccountRef": income}),
    );
    w.refused(
        "item",
        json!({"Name": "tee", "IncomeAccountRef": income}),
        "6240",
    );
    w.refused("item", json!({"Name": "Cap"}), "2020");
    w.refused(
        "item",
        json!({"Name": "Cap", "Type": "Inventory", "IncomeAccountRef": income}),
        "2020",
    );
    w.refused(
        "item",
        json!({"Name": "Cap", "Type": "Set", "IncomeAccountRef": income}),
        "2170",
    );
    assert_eq!(
        w.ask("select *, Sku from Item where Sku = 'T-1'")["Item"][0]["Name"],
        "Tee"
    );
    w.put(
        "account",
        json!({"Name": "Repairs", "AccountType": "Income"}),
    );
    w.refused(
        "account",
        json!({"Name": "Repairs", "AccountType": "Income"}),
        "6240",
    );
    w.put("class", json!({"Name": "North"}));
    w.put("department", json!({"Name": "Shop"}));
    w.put("term", json!({"Name": "Net 7", "DueDays": 7}));
    w.put("paymentmethod", json!({"Name": "Wire"}));
    w.refused("taxcode", json!({"Name": "Mine"}), "500");
    let made = w.post("taxservice/taxcode", &json!({"TaxCode": "Mine", "TaxRateDetails":
        [{"TaxRateName": "Mine 5", "RateValue": "5", "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}]}));
    let id = made.body["TaxCodeId"].as_str().unwrap().to_string();
    assert_eq!(w.read("TaxCode", &json!(id))["Name"], "Mine");
}
