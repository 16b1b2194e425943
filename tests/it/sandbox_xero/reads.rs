//! Reading: lists, pages, filters, orders, numbers instead of ids, what each form leaves out.

use super::{World, bill};
use chrono::Duration;
use serde_json::{Value, json};

fn numbers(answer: &super::Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["Invoices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["InvoiceNumber"].as_str().unwrap().to_string())
        .collect()
}

fn three() -> World {
    let mut world = World::new();
    for n in 1..=3 {
        let mut made = bill(&format!("INV-{n}"));
        made["Reference"] = json!(format!("R{n}"));
        made["Date"] = json!(format!("2026-06-0{n}"));
        made["LineItems"][0]["UnitAmount"] = json!(n * 100);
        world.put("Invoices", made);
        world.later(Duration::seconds(10));
    }
    world
}

#[test]
fn unpaged_lists_have_no_lines_and_pages_have() {
    let mut world = three();
    let all = world.get("Invoices");
    assert_eq!(numbers(&all), ["INV-1", "INV-2", "INV-3"]);
    assert!(all.body.get("pagination").is_none());
    assert_eq!(all.one("Invoices")["LineItems"], json!([]));
    assert!(all.one("Invoices")["Contact"].get("EmailAddress").is_none());
    let page = world.find("Invoices", &[("page", "2"), ("pageSize", "2")]);
    assert_eq!(numbers(&page), ["INV-3"]);
    assert_eq!(
        page.body["pagination"],
        json!({"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3})
    );
    assert_eq!(
        page.one("Invoices")["LineItems"].as_array().unwrap().len(),
        1
    );
    for (asked, given) in [("0", 1), ("5000", 1000), ("-3", 1)] {
        let page = world.find("Invoices", &[("page", "1"), ("pageSize", asked)]);
        assert_eq!(page.body["pagination"]["pageSize"], given);
    }
    assert_eq!(
        world.find("Invoices", &[("page", "1")]).body["pagination"]["pageSize"],
        100
    );
    assert_eq!(numbers(&world.find("Invoices", &[("page", "9")])), [""; 0]);
}

#[test]
fn summaries_and_statuses_are_pages() {
    let mut world = three();
    let brief = world.find("Invoices", &[("summaryOnly", "true")]);
    assert!(brief.body.get("pagination").is_some());
    for gone in ["LineItems", "Payments", "HasAttachments"] {
        assert!(brief.one("Invoices").get(gone).is_none(), "{gone}");
    }
    let some = world.find("Invoices", &[("Statuses", "AUTHORISED,PAID")]);
    assert_eq!(
        some.one("Invoices")["LineItems"].as_array().unwrap().len(),
        1
    );
    assert!(
        world
            .find("Contacts", &[("summaryOnly", "true")])
            .one("Contacts")
            .get("Addresses")
            .is_none()
    );
}

#[test]
fn lists_in_the_query() {
    let mut world = three();
    assert_eq!(
        numbers(&world.find("Invoices", &[("InvoiceNumbers", "INV-1, INV-3,INV-9")])),
        ["INV-1", "INV-3"]
    );
    let second = world.get("Invoices/INV-2").one("Invoices").clone();
    let id = second["InvoiceID"].as_str().unwrap();
    assert_eq!(numbers(&world.find("Invoices", &[("IDs", id)])), ["INV-2"]);
    let contact = second["Contact"]["ContactID"].as_str().unwrap();
    assert_eq!(
        numbers(&world.find("Invoices", &[("ContactIDs", contact)])).len(),
        3
    );
    assert_eq!(
        numbers(&world.find("Invoices", &[("Statuses", "DRAFT")])).len(),
        0
    );
    assert_eq!(
        numbers(&world.find("Invoices", &[("searchTerm", "r2")])),
        ["INV-2"]
    );
    assert_eq!(world.find("Invoices", &[("IDs", "INV-1")]).status, 400);
}

#[test]
fn the_where_language() {
    let mut world = three();
    let guid = world.get("Invoices/INV-2").one("Invoices")["InvoiceID"]
        .as_str()
        .unwrap()
        .to_string();
    let cases: Vec<(String, &[&str])> = vec![
        ("InvoiceNumber==\"INV-1\"".into(), &["INV-1"]),
        ("InvoiceNumber=\"inv-1\"".into(), &["INV-1"]),
        (
            "Reference==\"R1\" OR Reference==\"R3\"".into(),
            &["INV-1", "INV-3"],
        ),
        (
            "Reference==\"R1\" || Reference==\"R3\"".into(),
            &["INV-1", "INV-3"],
        ),
        (
            "Status==\"AUTHORISED\" AND AmountDue>=200.00".into(),
            &["INV-2", "INV-3"],
        ),
        ("Status==\"AUTHORISED\"&&AmountDue<200".into(), &["INV-1"]),
        (
            "Date>=DateTime(2026, 06, 02) AND Date<DateTime(2026,06,03)".into(),
            &["INV-2"],
        ),
        (format!("InvoiceID==guid(\"{guid}\")"), &["INV-2"]),
        (
            format!("InvoiceID==Guid(\"{guid}\") AND (Type==\"ACCREC\" OR Type==\"ACCPAY\")"),
            &["INV-2"],
        ),
        ("Contact.Name==\"ann\"".into(), &["INV-1", "INV-2", "INV-3"]),
        ("Reference.Contains(\"3\")".into(), &["INV-3"]),
        (
            "Reference.StartsWith(\"R\") AND Reference.EndsWith(\"2\")".into(),
            &["INV-2"],
        ),
        (
            "Reference!=null AND InvoiceNumber!=\"INV-2\"".into(),
            &["INV-1", "INV-3"],
        ),
        ("AmountPaid==0 AND Total==300".into(), &["INV-3"]),
    ];
    for (text, wanted) in cases {
        assert_eq!(
            numbers(&world.find("Invoices", &[("where", &text)])),
            wanted,
            "{text}"
        );
    }
    for bad in [
        "Status==",
        "Status AUTHORISED",
        "(Status==\"x\"",
        "Status==\"x",
        "Reference==\"a\\\"b\"",
        "Reference==\"a\"\"b\"",
        "Status==\"x\" AND",
        "Date>DateTime(2026)",
        "&&",
    ] {
        let answer = world.find("Invoices", &[("where", bad)]);
        assert_eq!(
            (answer.status, &answer.body["ErrorNumber"]),
            (400, &json!(16)),
            "{bad}"
        );
    }
    let deep = format!("{}Status==\"x\"{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(world.find("Invoices", &[("where", &deep)]).status, 400);
}

#[test]
fn a_field_that_does_not_exist() {
    let mut world = three();
    let answer = world.find("Invoices", &[("where", "Colour==\"blue\"")]);
    assert_eq!(
        (answer.status, &answer.body["Type"]),
        (400, &json!("QueryParseException"))
    );
    world.switch("unknown_where_field", json!("ignore"));
    assert_eq!(
        numbers(&world.find("Invoices", &[("where", "Colour==\"blue\"")])).len(),
        3
    );
}

#[test]
fn contacts_are_found_without_regard_to_case_and_accents() {
    let mut world = World::new();
    world.put(
        "Contacts",
        json!({"Name": "José Ñuñez", "EmailAddress": "J@x.com"}),
    );
    for text in [
        "Name==\"jose nunez\"",
        "EmailAddress==\"j@X.COM\"",
        "Name==\"O'Brien\" OR Name==\"JOSÉ ÑUÑEZ\"",
    ] {
        assert_eq!(
            world.find("Contacts", &[("where", text)]).one("Contacts")["Name"],
            "José Ñuñez",
            "{text}"
        );
    }
}

#[test]
fn orders_and_what_changed_since() {
    let mut world = three();
    assert_eq!(
        numbers(&world.find("Invoices", &[("order", "Date DESC")])),
        ["INV-3", "INV-2", "INV-1"]
    );
    assert_eq!(
        numbers(&world.find("Invoices", &[("order", "Total ASC, InvoiceNumber DESC")])),
        ["INV-1", "INV-2", "INV-3"]
    );
    assert_eq!(world.find("Invoices", &[("order", "Colour")]).status, 400);
    let path = format!(
        "Invoices/{}",
        world.get("Invoices/INV-1").one("Invoices")["InvoiceID"]
            .as_str()
            .unwrap()
    );
    world.post(&path, json!({"Reference": "later"}));
    assert_eq!(numbers(&world.get("Invoices")), ["INV-2", "INV-3", "INV-1"]);
    world.extra = vec![("if-modified-since", "2026-07-01T12:00:15".into())];
    assert_eq!(numbers(&world.get("Invoices")), ["INV-3", "INV-1"]);
    world.extra = vec![("if-modified-since", "Wed, 01 Jul 2026 12:00:25 GMT".into())];
    assert_eq!(numbers(&world.get("Invoices")), ["INV-1"]);
}

#[test]
fn what_my_app_made_and_what_it_did_not() {
    let mut world = World::new();
    world.invoice("mine");
    world.seed(json!({"invoices": [bill("theirs")]}));
    assert_eq!(
        numbers(&world.find("Invoices", &[("createdByMyApp", "true")])),
        ["mine"]
    );
    assert_eq!(numbers(&world.get("Invoices")).len(), 2);
}

#[test]
fn xml_unless_json_is_asked_for() {
    let mut world = World::new();
    world.extra = vec![("accept", "*/*".into())];
    let answer = world.get("Organisation");
    assert!(answer.header("content-type").starts_with("text/xml"));
    assert!(answer.text.starts_with("<Response><Id>"), "{}", answer.text);
    assert!(
        answer
            .text
            .contains("<Organisations><Organisation><Name>Books</Name>"),
        "{}",
        answer.text
    );
    let refused = world.put("Contacts", json!({"Name": "Ann"}));
    assert!(
        refused.text.starts_with("<ApiException><ErrorNumber>10"),
        "{}",
        refused.text
    );
}

#[test]
fn too_many_rows_without_a_page() {
    let mut world = three();
    world.switch("row_limit", json!(2));
    assert_eq!(world.get("Invoices").status, 400);
    assert_eq!(world.find("Invoices", &[("page", "1")]).status, 200);
}

#[test]
fn settings_are_read() {
    let mut world = World::new();
    let org = world.get("Organisation");
    assert_eq!(org.one("Organisations")["BaseCurrency"], "NZD");
    assert!(org.one("Organisations").get("PeriodLockDate").is_none());
    let actions = world.get("Organisation/Actions");
    assert!(
        actions.body["Actions"]
            .as_array()
            .unwrap()
            .contains(&json!({"Name": "UseMulticurrency", "Status": "ALLOWED"}))
    );
    let rounding = world.find("Accounts", &[("where", "SystemAccount==\"ROUNDING\"")]);
    assert_eq!(rounding.one("Accounts")["Code"], "860");
    let codes: Vec<Value> = world.get("Currencies").body["Currencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["Code"].clone())
        .collect();
    assert_eq!(codes, ["EUR", "NZD"]);
    assert_eq!(world.get("Nothing").status, 404);
    assert_eq!(world.get("Invoices/INV-404").text, "");
}
