//! Batches: thirty at most, each for itself, blind to one another.

use super::{World, bill, line};
use serde_json::{Value, json};

fn batch(items: Vec<Value>) -> Value {
    json!({"BatchItemRequest": items})
}

fn named(n: usize) -> Value {
    json!({"bId": format!("b{n}"), "operation": "create", "Customer": {"DisplayName": format!("C{n}")}})
}

#[test]
fn items_stand_and_fall_alone() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let a = w.post("batch", &batch(vec![
        named(1),
        json!({"bId": "b2", "operation": "create", "Customer": {"DisplayName": "Ann"}}),
        json!({"bId": "b3", "operation": "create", "Invoice": bill(&ann, &[line("5.00", "NON")])}),
        json!({"bId": "b4", "Query": "select count(*) from Invoice"}),
        json!({"bId": "b5", "operation": "polish", "Invoice": {}}),
        json!({"bId": "b6", "Query": "select * from Nothing"}),
    ]));
    assert_eq!(a.status, 200, "{}", a.text);
    let told = a.body["BatchItemResponse"].as_array().unwrap();
    assert_eq!(told[0]["Customer"]["DisplayName"], "C1");
    assert_eq!(told[1]["Fault"]["Error"][0]["code"], "6240");
    assert_eq!(told[1]["bId"], "b2");
    assert_eq!(told[2]["Invoice"]["SyncToken"], "0");
    assert_eq!(told[3]["QueryResponse"]["totalCount"], 1);
    assert_eq!(told[4]["Fault"]["Error"][0]["code"], "500");
    assert_eq!(told[5]["Fault"]["Error"][0]["code"], "4001");
}

#[test]
fn no_item_sees_what_an_earlier_one_made() {
    let mut w = World::us();
    let coming = w.customer("Ann").as_str().unwrap().parse::<u64>().unwrap() + 1;
    let other =
        json!({"CustomerRef": {"value": coming.to_string()}, "Line": [line("5.00", "NON")]});
    let a = w.post(
        "batch",
        &batch(vec![
            named(1),
            json!({"bId": "b", "operation": "create", "Invoice": other}),
        ]),
    );
    let told = &a.body["BatchItemResponse"];
    assert_eq!(
        told[0]["Customer"]["Id"],
        json!(coming.to_string()),
        "{}",
        a.text
    );
    assert_eq!(told[1]["Fault"]["Error"][0]["code"], "2500");
    w.put("invoice", other);
}

#[test]
fn thirty_items_are_the_most_and_none_too_few() {
    let mut w = World::us();
    assert_eq!(
        w.post("batch", &batch((0..30).map(named).collect())).status,
        200
    );
    w.refused("batch", batch((30..61).map(named).collect()), "1040");
    assert_eq!(w.ask("select count(*) from Customer")["totalCount"], 30);
    let told = w.refused("batch", batch(vec![]), "400");
    assert_eq!(told, "Batch Request is Empty");
}

#[test]
fn options_go_with_the_item() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let mut paper = bill(&ann, &[line("5.00", "NON")]);
    paper["DocNumber"] = json!("K-1");
    w.put("invoice", paper.clone());
    let item = |more: Value| {
        let mut item = json!({"bId": "b", "operation": "create", "Invoice": paper});
        item.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        item
    };
    let a = w.post(
        "batch",
        &batch(vec![
            item(json!({})),
            item(json!({"optionsData": "allowduplicatedocnum"})),
        ]),
    );
    let told = &a.body["BatchItemResponse"];
    assert_eq!(told[0]["Fault"]["Error"][0]["code"], "6140");
    assert_eq!(told[1]["Invoice"]["DocNumber"], "K-1");
}
