//! Contacts: unique, archived, merged; fixed slots; what a document does to its contact.

use super::{World, bill};
use serde_json::json;

const ARCHIVED: &str = "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.";

fn id(answer: &super::Answer) -> String {
    answer.one("Contacts")["ContactID"]
        .as_str()
        .unwrap()
        .to_string()
}

#[test]
fn names_are_unique_among_active_contacts_whatever_the_case_and_spaces() {
    let mut world = World::new();
    let taken = |name: &str| {
        format!(
            "The contact name {name} is already assigned to another contact. The contact name must be unique across all active contacts."
        )
    };
    world
        .put("Contacts", json!({"Name": "ann"}))
        .refused(&taken("ann"));
    world
        .put("Contacts", json!({"Name": "  ANN "}))
        .refused(&taken("ANN"));
    assert_eq!(
        world
            .put("Contacts", json!({"Name": "Ann   of  York"}))
            .one("Contacts")["Name"],
        "Ann of York"
    );
    world
        .post("Contacts", json!({"Name": "Ann"}))
        .refused(&taken("Ann"));
    world.switch("post_contact_same_name", json!("upsert"));
    let updated = world.post("Contacts", json!({"Name": "Ann", "FirstName": "A"}));
    assert_eq!(updated.one("Contacts")["FirstName"], "A");
    // An archived contact gives its name free.
    let who = id(&updated);
    world.post(
        "Contacts",
        json!({"ContactID": who, "ContactStatus": "ARCHIVED"}),
    );
    assert_ne!(id(&world.put("Contacts", json!({"Name": "Ann"}))), who);
}

#[test]
fn numbers_of_both_kinds_are_unique() {
    let mut world = World::new();
    let first = id(&world.put(
        "Contacts",
        json!({"Name": "B", "ContactNumber": "K-1", "AccountNumber": "A-1"}),
    ));
    world
        .put("Contacts", json!({"Name": "C", "ContactNumber": "K-1"}))
        .refused(
            "Another contact has this contact number. Please enter a different contact number.",
        );
    world
        .put("Contacts", json!({"Name": "C", "AccountNumber": "A-1"}))
        .refused("The Account Number already exists. Please enter a different Account Number.");
    assert_eq!(id(&world.get("Contacts/K-1")), first);
    assert_eq!(
        id(&world.post("Contacts", json!({"ContactNumber": "K-1", "LastName": "L"}))),
        first
    );
}

#[test]
fn archived_contacts_are_beyond_edits_and_documents() {
    let mut world = World::new();
    let who = id(&world.put("Contacts", json!({"Name": "Bob", "ContactNumber": "K-2"})));
    assert_eq!(
        world
            .post(
                "Contacts",
                json!({"ContactID": who, "ContactStatus": "ARCHIVED"})
            )
            .one("Contacts")["ContactStatus"],
        "ARCHIVED"
    );
    world
        .post(&format!("Contacts/{who}"), json!({"FirstName": "B"}))
        .refused(ARCHIVED);
    world
        .post(
            "Contacts",
            json!({"ContactID": who, "ContactStatus": "ACTIVE"}),
        )
        .refused(ARCHIVED);
    let mut made = bill("INV-1");
    made["Contact"] = json!({"ContactID": who});
    world.put("Invoices", made).refused(ARCHIVED);
    let count = |answer: super::Answer| answer.body["Contacts"].as_array().unwrap().len();
    assert_eq!(count(world.get("Contacts")), 1);
    assert_eq!(
        count(world.find("Contacts", &[("includeArchived", "true")])),
        2
    );
}

#[test]
fn a_merged_contact_points_to_the_new_one_and_keeps_its_number() {
    let mut world = World::new();
    let old = id(&world.put("Contacts", json!({"Name": "Old", "ContactNumber": "K-3"})));
    let mut made = bill("INV-1");
    made["Contact"] = json!({"ContactID": old});
    world.put("Invoices", made);
    world.seed(json!({"merges": [{"from": "Old", "into": "Ann"}]}));
    let ann = world.find("Contacts", &[("where", "Name==\"Ann\"")]);
    let ann = id(&ann);
    let shown = world.get(&format!("Contacts/{old}"));
    assert_eq!(shown.one("Contacts")["MergedToContactID"], json!(ann));
    assert_eq!(shown.one("Contacts")["ContactStatus"], "ARCHIVED");
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["Contact"]["ContactID"],
        json!(ann)
    );
    world
        .post(&format!("Contacts/{old}"), json!({"FirstName": "x"}))
        .refused(ARCHIVED);
    world
        .put("Contacts", json!({"Name": "Next", "ContactNumber": "K-3"}))
        .refused(
            "Another contact has this contact number. Please enter a different contact number.",
        );
    // The pointer is only shown by id and on pages.
    let all = world.find("Contacts", &[("includeArchived", "true"), ("IDs", &old)]);
    assert!(all.one("Contacts").get("MergedToContactID").is_none());
    let page = world.find(
        "Contacts",
        &[("includeArchived", "true"), ("IDs", &old), ("page", "1")],
    );
    assert_eq!(page.one("Contacts")["MergedToContactID"], json!(ann));
}

#[test]
fn slots_are_fixed_and_what_is_not_sent_stays() {
    let mut world = World::new();
    let made = world.put("Contacts", json!({"Name": "Slots",
        "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "555"}], "Addresses": [{"AddressType": "STREET", "City": "Oslo"}]}));
    let who = id(&made);
    let phones = made.one("Contacts")["Phones"].as_array().unwrap();
    let types: Vec<&str> = phones
        .iter()
        .map(|p| p["PhoneType"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["DEFAULT", "DDI", "FAX", "MOBILE"]);
    let after = world.post(
        &format!("Contacts/{who}"),
        json!({"Phones": [{"PhoneType": "FAX", "PhoneNumber": "1"}],
        "Addresses": [{"AddressType": "STREET", "Region": "East"}]}),
    );
    let after = after.one("Contacts");
    assert_eq!(after["Phones"][3]["PhoneNumber"], "555");
    assert_eq!(after["Phones"][2]["PhoneNumber"], "1");
    assert_eq!(after["Addresses"][0]["City"], "Oslo");
    assert_eq!(after["Addresses"][0]["Region"], "East");
    assert_eq!(after["Addresses"].as_array().unwrap().len(), 2);
}

#[test]
fn bad_data_is_refused() {
    let mut world = World::new();
    for email in ["no", "a@b", "a b@c.de", "@c.de", "a@c..de", "a.@c.de"] {
        world
            .put("Contacts", json!({"Name": "E", "EmailAddress": email}))
            .refused("Email address must be valid.");
    }
    for bad in [
        json!({"Name": "<b>"}),
        json!({"Name": "x".repeat(256)}),
        json!({"FirstName": "no name"}),
        json!({"Name": "C", "Addresses": [{"AddressType": "STREET", "Country": "N0rway"}]}),
        json!({"Name": "C", "ContactNumber": "9".repeat(51)}),
        json!({"Name": "C", "ContactPersons": [{}, {}, {}, {}, {}, {}]}),
    ] {
        assert_eq!(
            world.put("Contacts", bad.clone()).body["ErrorNumber"],
            10,
            "{bad}"
        );
    }
    let answer = world.put("Contacts", json!({"Name": "C", "ContactStatus": "GONE"}));
    assert_eq!(answer.body["ErrorNumber"], 14);
}

#[test]
fn a_document_finds_or_makes_its_contact_and_updates_it() {
    let mut world = World::new();
    let ann = world.invoice("INV-1");
    let ann = world.get(&format!("Invoices/{ann}")).one("Invoices")["Contact"]["ContactID"].clone();
    let mut made = bill("INV-2");
    made["Contact"] = json!({"Name": "ANN"});
    assert_eq!(
        world.put("Invoices", made.clone()).one("Invoices")["Contact"]["ContactID"],
        ann
    );
    made["InvoiceNumber"] = json!("INV-3");
    made["Contact"] = json!({"Name": "Newcomer"});
    assert_eq!(
        world.put("Invoices", made.clone()).one("Invoices")["Contact"]["Name"],
        "Newcomer"
    );
    // By id with more fields: the contact changes, and persons that are not listed go.
    world.post(
        "Contacts",
        json!({"ContactID": ann, "ContactPersons": [{"FirstName": "P"}]}),
    );
    made["InvoiceNumber"] = json!("INV-4");
    made["Contact"] = json!({"ContactID": ann, "EmailAddress": "ann@example.com"});
    world.put("Invoices", made.clone());
    let shown = world.get(&format!("Contacts/{}", ann.as_str().unwrap()));
    assert_eq!(shown.one("Contacts")["EmailAddress"], "ann@example.com");
    assert_eq!(shown.one("Contacts")["ContactPersons"], json!([]));
    assert_eq!(shown.one("Contacts")["IsCustomer"], true);
    assert_eq!(
        shown.one("Contacts")["Balances"]["AccountsReceivable"]["Outstanding"].to_string(),
        "300.00"
    );
    world.switch("invoice_contact_name", json!("create"));
    made["InvoiceNumber"] = json!("INV-5");
    made["Contact"] = json!({"Name": "Ann"});
    assert_eq!(
        world.put("Invoices", made).status,
        400,
        "creating runs into the name"
    );
}

#[test]
fn an_unknown_contact_within_a_document() {
    let mut world = World::new();
    let mut made = bill("INV-1");
    made["Contact"] = json!({"ContactID": "11111111-1111-1111-1111-111111111111"});
    assert_eq!(world.put("Invoices", made.clone()).status, 404);
    world.switch("unknown_nested_contact", json!("validation"));
    assert_eq!(world.put("Invoices", made).body["ErrorNumber"], 10);
    assert_eq!(
        world
            .post(
                "Contacts",
                json!({"ContactID": "11111111-1111-1111-1111-111111111111"})
            )
            .status,
        404
    );
}
