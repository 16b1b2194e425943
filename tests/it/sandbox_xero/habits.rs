//! What the vendor is strict about by its users' reports, and the same with each switch the other way.

use super::{World, with_lines};
use serde_json::{Value, json};

fn bill(number: &str, line: Value) -> Value {
    let mut bill = with_lines(json!([line]));
    bill["InvoiceNumber"] = json!(number);
    bill
}

fn line(quantity: &str, unit: &str) -> Value {
    json!({"Description": "x", "Quantity": quantity, "UnitAmount": unit, "AccountCode": "200"})
}

fn beside(quantity: &str, unit: &str, more: Value) -> Value {
    let mut first = line("1", "100");
    let mut second = line(quantity, unit);
    for (key, value) in more.as_object().unwrap() {
        second[key] = value.clone();
    }
    first["Description"] = json!("y");
    with_lines(json!([first, second]))
}

#[test]
fn the_sign_goes_on_the_price_and_not_on_the_quantity() {
    let mut world = World::new();
    world
        .put("Invoices", beside("-1", "10", json!({})))
        .refused("The quantity value '-1.0000' is invalid. Quantity must not be less than zero.");
    let answer = world.put("Invoices", beside("0", "10", json!({})));
    assert_eq!(answer.status, 400, "{}", answer.text);
    let made = world.put("Invoices", beside("1", "-10", json!({})));
    assert_eq!(made.one("Invoices")["SubTotal"].to_string(), "90.00");
    assert_eq!(
        world.put("Invoices", beside("0", "0", json!({}))).status,
        200
    );
    world.switch("negative_quantity", json!("accept"));
    world.switch("zero_quantity", json!("accept"));
    let made = world.put("Invoices", beside("-1", "10", json!({})));
    assert_eq!(made.one("Invoices")["SubTotal"].to_string(), "90.00");
    assert_eq!(
        world.put("Invoices", beside("0", "10", json!({}))).status,
        200
    );
}

#[test]
fn a_discount_of_nothing_on_a_line_below_zero() {
    let mut world = World::new();
    let off = json!({"DiscountAmount": 0});
    world
        .put("Invoices", beside("1", "-10", off.clone()))
        .refused("The discount rate '0.00' is invalid");
    assert_eq!(
        world.put("Invoices", beside("1", "10", off.clone())).status,
        200
    );
    world.switch("zero_discount_on_negative_line", json!("ignore"));
    assert_eq!(world.put("Invoices", beside("1", "-10", off)).status, 200);
}

#[test]
fn tracking_that_does_not_exist_is_dropped_without_a_word() {
    let mut world = World::new();
    let made = world.put(
        "TrackingCategories",
        json!({"Name": "Region", "Options": [{"Name": "North"}, {"Name": "South"}]}),
    );
    assert_eq!(
        made.one("TrackingCategories")["Options"][1]["Name"],
        "South"
    );
    world.seed(json!({"tracking_categories": [{"Name": "Old", "Status": "ARCHIVED", "Options": [{"Name": "x"}]}]}));
    let listed = world.get("TrackingCategories");
    assert_eq!(
        listed.body["TrackingCategories"].as_array().unwrap().len(),
        1
    );
    let tracked = |name: &str, option: &str| {
        let mut l = line("1", "10");
        l["Tracking"] = json!([{"Name": name, "Option": option}]);
        with_lines(json!([l]))
    };
    let shown = |answer: &super::Answer| answer.one("Invoices")["LineItems"][0]["Tracking"].clone();
    let kept = shown(&world.put("Invoices", tracked("region", "North")));
    assert_eq!(
        (&kept[0]["Name"], &kept[0]["Option"]),
        (&json!("Region"), &json!("North"))
    );
    assert!(kept[0]["TrackingCategoryID"].is_string());
    for (name, option) in [("Regoin", "North"), ("Region", "West"), ("Old", "x")] {
        let answer = world.put("Invoices", tracked(name, option));
        assert_eq!(shown(&answer), json!([]), "{name} {option}");
    }
    world.switch("unknown_tracking", json!("echo"));
    let answer = world.put("Invoices", tracked("Regoin", "North"));
    assert_eq!(shown(&answer)[0]["Name"], "Regoin");
}

#[test]
fn a_lock_binds_what_is_approved_and_not_an_adviser() {
    let mut world = World::new();
    world.seed(json!({"period_lock_date": "2026-06-30"}));
    let lock =
        "The document date cannot be before the period lock date, currently set at 30 Jun 2026";
    let old = |number: &str, status: &str| {
        let mut b = bill(number, line("1", "10"));
        (b["Date"], b["DueDate"]) = (json!("2026-06-15"), json!("2026-07-15"));
        b["Status"] = json!(status);
        b
    };
    for (number, status) in [("D", "DRAFT"), ("S", "SUBMITTED")] {
        let made = world.put("Invoices", old(number, status));
        let id = made.one("Invoices")["InvoiceID"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("Invoices/{id}");
        assert_eq!(
            world.post(&path, json!({"Reference": "edited"})).status,
            200
        );
        world
            .post(&path, json!({"Status": "AUTHORISED"}))
            .refused(lock);
    }
    world.put("Invoices", old("A", "AUTHORISED")).refused(lock);
    let may = |world: &mut World| {
        let said = world.get("Organisation/Actions");
        let all = said.body["Actions"].as_array().unwrap().clone();
        let name = "ApproveTransactionsBeforePeriodLockDate";
        all.iter().find(|a| a["Name"] == name).unwrap()["Status"].clone()
    };
    assert_eq!(may(&mut world), "NOT-ALLOWED");
    world.switch("organisation_actions", json!("all"));
    assert_eq!(may(&mut world), "ALLOWED");
    world.switch("drafts_in_locked_period", json!("refuse"));
    world.put("Invoices", old("D2", "DRAFT")).refused(lock);
    world.switch("user_role", json!("adviser"));
    assert_eq!(world.put("Invoices", old("A", "AUTHORISED")).status, 200);
    world.seed(json!({"end_of_year_lock_date": "2026-06-30"}));
    assert_eq!(world.put("Invoices", old("A2", "AUTHORISED")).status, 400);
}

#[test]
fn two_changes_in_one_millisecond_can_be_told_apart() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    let at = |world: &mut World| {
        let all = world.get(&format!("Invoices/{id}"));
        all.one("Invoices")["UpdatedDateUTC"].clone()
    };
    let mut seen = vec![at(&mut world)];
    for reference in ["a", "b", "c"] {
        world.post(&format!("Invoices/{id}"), json!({"Reference": reference}));
        let now = at(&mut world);
        assert!(!seen.contains(&now), "{now} after {seen:?}");
        seen.push(now);
    }
}

#[test]
fn a_quotation_mark_in_a_filter() {
    let mut world = World::new();
    world.put("Contacts", json!({"Name": "The \"Best\" Shop"}));
    for text in [
        "Name==\"The \\\"Best\\\" Shop\"",
        "Name==\"The \"\"Best\"\" Shop\"",
    ] {
        let answer = world.find("Contacts", &[("where", text)]);
        assert_eq!(
            (answer.status, &answer.body["ErrorNumber"]),
            (400, &json!(16)),
            "{text}"
        );
    }
    let found = world.find("Contacts", &[("searchTerm", "Best")]);
    assert_eq!(found.one("Contacts")["Name"], "The \"Best\" Shop");
    world.switch("quotes_in_where", json!("read"));
    let found = world.find("Contacts", &[("where", "Name==\"The \"\"Best\"\" Shop\"")]);
    assert_eq!(found.one("Contacts")["Name"], "The \"Best\" Shop");
}
