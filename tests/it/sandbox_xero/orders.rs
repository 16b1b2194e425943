//! Purchase orders: numbers that overwrite, contacts that must be there, four places.

use super::World;
use serde_json::{Value, json};

fn order(world: &mut World, number: &str) -> Value {
    let ann = world.get("Contacts").one("Contacts")["ContactID"].clone();
    json!({"Contact": {"ContactID": ann}, "PurchaseOrderNumber": number, "Date": "2026-06-30", "Status": "AUTHORISED",
        "LineItems": [{"Description": "Bolts", "Quantity": 3, "UnitAmount": "1.23456", "AccountCode": "400", "TaxType": "INPUT2"}]})
}

fn id(answer: &super::Answer) -> String {
    answer.one("PurchaseOrders")["PurchaseOrderID"]
        .as_str()
        .unwrap()
        .to_string()
}

#[test]
fn a_number_of_a_live_order_overwrites_and_of_a_deleted_one_is_refused() {
    let mut world = World::new();
    let body = order(&mut world, "PO-7");
    let first = id(&world.put("PurchaseOrders", body.clone()));
    let mut again = body.clone();
    again["Reference"] = json!("overwritten");
    let second = world.put("PurchaseOrders", again);
    assert_eq!(id(&second), first);
    assert_eq!(second.one("PurchaseOrders")["Reference"], "overwritten");
    assert_eq!(
        second.one("PurchaseOrders")["LineItems"][0]["UnitAmount"].to_string(),
        "1.2346"
    );
    assert_eq!(
        world.get("PurchaseOrders/PO-7").one("PurchaseOrders")["LineItems"][0]["UnitAmount"]
            .to_string(),
        "1.2346"
    );
    assert_eq!(
        world
            .post(
                &format!("PurchaseOrders/{first}"),
                json!({"Status": "BILLED"})
            )
            .status,
        200
    );
    assert_eq!(
        world
            .post(
                &format!("PurchaseOrders/{first}"),
                json!({"Status": "DELETED"})
            )
            .status,
        200
    );
    let refused = world.send(
        "PUT",
        "PurchaseOrders",
        &[("summarizeErrors", "false")],
        &body,
    );
    let refused = &refused.one("PurchaseOrders");
    assert_eq!(
        refused["PurchaseOrderID"],
        "00000000-0000-0000-0000-000000000000"
    );
    assert_eq!(
        refused["ValidationErrors"],
        json!([{"Message": "PurchaseOrder status change is invalid"},
        {"Message": "Deleted PurchaseOrders cannot be updated"}])
    );
}

#[test]
fn what_an_order_refuses() {
    let mut world = World::new();
    let message = |answer: super::Answer| {
        answer.body["Elements"][0]["ValidationErrors"][0]["Message"]
            .as_str()
            .unwrap_or("")
            .to_string()
    };
    let mut by_name = order(&mut world, "PO-1");
    by_name["Contact"] = json!({"Name": "Ann"});
    assert_eq!(world.put("PurchaseOrders", by_name).status, 400);
    let mut early = order(&mut world, "PO-1");
    early["Status"] = json!("DRAFT");
    early["SentToContact"] = json!(true);
    assert_eq!(
        message(world.put("PurchaseOrders", early)),
        "Only AUTHORISED and BILLED purchase orders may have SentToContact updated."
    );
    let mut long = order(&mut world, "PO-1");
    long["DeliveryInstructions"] = json!("x".repeat(501));
    assert_eq!(world.put("PurchaseOrders", long).status, 400);
    for number in ["PO-1", "PO-2"] {
        let body = order(&mut world, number);
        assert_eq!(world.put("PurchaseOrders", body).status, 200);
    }
    let second = id(&world.get("PurchaseOrders/PO-2"));
    let taken = world.post(
        &format!("PurchaseOrders/{second}"),
        json!({"PurchaseOrderNumber": "PO-1"}),
    );
    assert_eq!(message(taken), "Order number must be unique");
}

#[test]
fn lists_are_always_paged_and_know_status_and_dates() {
    let mut world = World::new();
    for (number, day, status) in [
        ("", "2026-06-01", "DRAFT"),
        ("", "2026-06-15", "AUTHORISED"),
    ] {
        let mut body = order(&mut world, number);
        body["Date"] = json!(day);
        body["Status"] = json!(status);
        assert_eq!(world.put("PurchaseOrders", body).status, 200);
    }
    let numbers = |answer: super::Answer| -> Vec<String> {
        assert!(answer.body["pagination"].is_object());
        answer.body["PurchaseOrders"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["PurchaseOrderNumber"].as_str().unwrap().to_string())
            .collect()
    };
    assert_eq!(numbers(world.get("PurchaseOrders")), ["PO-0001", "PO-0002"]);
    assert_eq!(
        numbers(world.find("PurchaseOrders", &[("status", "DRAFT")])),
        ["PO-0001"]
    );
    assert_eq!(
        numbers(world.find(
            "PurchaseOrders",
            &[("DateFrom", "2026-06-02"), ("DateTo", "2026-06-15")]
        )),
        ["PO-0002"]
    );
}
