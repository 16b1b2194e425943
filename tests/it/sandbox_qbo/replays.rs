//! `requestid`: the first answer again, for a life that a switch decides, whatever became of what was written.

use super::{World, bill, line};
use serde_json::{Value, json};

#[test]
fn a_repeated_id_is_answered_as_before_and_writes_nothing() {
    let mut w = World::us();
    let sent = json!({"DisplayName": "Ann"});
    let first = w.put("customer?requestid=r1", sent.clone());
    w.wait(60);
    assert_eq!(w.put("customer?requestid=r1", sent.clone()), first);
    assert_eq!(w.ask("select count(*) from Customer")["totalCount"], 1);
    // The old answer comes also when the row has changed since, and for another body.
    w.put(
        "customer",
        json!({"Id": first["Id"], "SyncToken": "0", "sparse": true, "Notes": "n"}),
    );
    assert_eq!(
        w.put("customer?requestid=r1", json!({"DisplayName": "Ben"})),
        first
    );
    w.switch("requestid_other_body", "refuse");
    w.refused(
        "customer?requestid=r1",
        json!({"DisplayName": "Ben"}),
        "600",
    );
    assert_eq!(w.put("customer?requestid=r1", sent.clone()), first);
    w.refused("customer?requestid=r2", sent.clone(), "6240");
    w.refused("customer", sent, "6240");
}

#[test]
fn the_answer_outlives_what_was_deleted() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let sent = bill(&ann, &[line("5.00", "NON")]);
    let made = w.put("invoice?requestid=r1", sent.clone());
    w.put(
        "invoice?operation=delete",
        json!({"Id": made["Id"], "SyncToken": "0"}),
    );
    assert_eq!(w.put("invoice?requestid=r1", sent.clone()), made);
    assert_eq!(
        w.get(&format!("invoice/{}", made["Id"].as_str().unwrap()))
            .code(),
        "610"
    );
    w.level("requestid_seconds", 3600);
    w.later(3600);
    assert_ne!(w.put("invoice?requestid=r1", sent)["Id"], made["Id"]);
}

#[test]
fn a_refusal_is_repeated_or_forgotten() {
    let mut w = World::us();
    let sent = json!({"DisplayName": "Ann"});
    w.put("vendor", sent.clone());
    w.refused("customer?requestid=r1", sent.clone(), "6240");
    let vendor = w.ask("select * from Vendor")["Vendor"][0]["Id"].clone();
    w.put(
        "vendor",
        json!({"Id": vendor, "SyncToken": "0", "sparse": true, "DisplayName": "Other"}),
    );
    w.refused("customer?requestid=r1", sent.clone(), "6240");
    w.switch("requestid_faults", "forget");
    w.level("requestid_seconds", 0);
    w.put("customer?requestid=r1", sent);
}

#[test]
fn in_a_batch_each_item_has_an_id_of_its_own() {
    let mut w = World::us();
    let item = |id: &str, name: &str| json!({"bId": id, "operation": "create", "Customer": {"DisplayName": name}});
    let first = w.post(
        "batch?requestid=r1",
        &json!({"BatchItemRequest": [item("1", "Ann"), item("2", "Ben")]}),
    );
    let again = w.post(
        "batch?requestid=r1",
        &json!({"BatchItemRequest": [item("2", "Ben"), item("3", "Cat")]}),
    );
    let told = |a: &super::Answer, n: usize| -> Value {
        a.body["BatchItemResponse"][n]["Customer"]["Id"].clone()
    };
    assert_eq!(told(&again, 0), told(&first, 1));
    assert_eq!(w.ask("select count(*) from Customer")["totalCount"], 3);
    let long = w.post(
        "batch?requestid=r9",
        &json!({"BatchItemRequest": [item("12345678901", "Dan")]}),
    );
    assert_eq!(
        long.body["BatchItemResponse"][0]["Fault"]["Error"][0]["code"],
        "2050"
    );
    let id = "r".repeat(37);
    w.refused(
        &format!("batch?requestid={id}"),
        json!({"BatchItemRequest": [item("1", "Dan")]}),
        "2050",
    );
    w.put(
        &format!("customer?requestid={id}"),
        json!({"DisplayName": "Dan"}),
    );
    w.refused(
        &format!("customer?requestid={}", "r".repeat(51)),
        json!({"DisplayName": "Eve"}),
        "2050",
    );
}
