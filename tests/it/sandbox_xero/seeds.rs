//! Seeds, tampering, state: what stands beside the API.

use super::{World, bill};
use crossfoot::sandbox::wire::System as _;
use serde_json::{Value, json};

fn books(world: &World) -> Value {
    world.xero.state()["organisations"][0].clone()
}

#[test]
fn a_seed_writes_as_the_api_would_and_is_additive() {
    let mut world = World::new();
    world.seed(json!({"invoices": [bill("S-1")],
        "payments": [{"Invoice": {"InvoiceNumber": "S-1"}, "Account": {"Code": "090"}, "Amount": 100}],
        "contacts": [{"Name": "Gone", "ContactStatus": "ARCHIVED"}, {"Name": "Ann", "FirstName": "A"}]}));
    let books = books(&world);
    assert_eq!(books["invoices"][0]["Status"], "PAID");
    let statuses: Vec<&Value> = books["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["ContactStatus"])
        .collect();
    assert_eq!(
        statuses.len(),
        2,
        "Ann was patched, not doubled: {statuses:?}"
    );
}

#[test]
fn a_seed_that_is_not_understood_says_why() {
    let mut world = World::new();
    for (seed, part) in [
        (json!({"orgs": []}), "`orgs`"),
        (json!({"organisations": [{"country": "NZ"}]}), "`name`"),
        (
            json!({"organisations": [{"name": "Books", "invoices": [{"Type": "ACCREC"}]}]}),
            "invoices[0]",
        ),
        (
            json!({"apps": [{"client_id": "a", "redirect_uris": ["http://127.0.0.1/cb"]}]}),
            "127.0.0.1",
        ),
        (
            json!({"tokens": [{"app": "nobody", "scopes": "x"}]}),
            "nobody",
        ),
        (
            json!({"organisations": [{"name": "Books", "tamper": {"set_fire": {}}}]}),
            "set_fire",
        ),
    ] {
        let said = world.xero.seed(&seed, world.now).unwrap_err();
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn tampering_changes_the_books_behind_the_api() {
    let mut world = World::new();
    let id = world.invoice("INV-1");
    world.pay(&id, "100");
    world.rest(chrono::Duration::hours(1));
    world.seed(json!({"tamper": {"delete_payment": {"invoice": "INV-1"}}}));
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["AmountPaid"].to_string(),
        "0.00"
    );
    world.seed(json!({"tamper": {"invoice_total": {"invoice": "INV-1", "by": "0.01"}}}));
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["Total"].to_string(),
        "100.01"
    );
    world.seed(
        json!({"tamper": [{"duplicate_invoice": {"invoice": "INV-1", "number": "INV-1x"}},
        {"edit_invoice": {"invoice": "INV-1", "reference": "by hand", "quiet": true}}]}),
    );
    assert_eq!(
        world.get("Invoices/INV-1x").one("Invoices")["Total"].to_string(),
        "100.01"
    );
    assert_eq!(
        world.get("Invoices/INV-1").one("Invoices")["Reference"],
        "by hand"
    );
    world.seed(json!({"tamper": {"void_invoice": {"invoice": "INV-1x"}}}));
    assert_eq!(
        world.get("Invoices/INV-1x").one("Invoices")["Status"],
        "VOIDED"
    );
    world.seed(json!({"tamper": {"remove_invoice": {"invoice": "INV-1x"}}}));
    assert_eq!(world.get("Invoices/INV-1x").status, 404);
}

#[test]
fn the_state_holds_the_books_and_no_secret() {
    let mut world = World::new();
    world.invoice("INV-1");
    let state = world.xero.state().to_string();
    for secret in ["\"tok\"", "\"ref\"", "\"secret\""] {
        assert!(!state.contains(secret), "{secret}");
    }
    let books = books(&world);
    assert_eq!(books["invoices"][0]["LineItems"][0]["AccountCode"], "200");
    assert_eq!(books["counts"]["invoices"], 1);
    assert_eq!(books["invoices"][0]["CreatedByApp"], "app");
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let story = || {
        let mut world = World::new();
        let id = world.invoice("INV-1");
        let paid = world.pay(&id, "10").text;
        (paid, world.xero.state().to_string())
    };
    assert_eq!(story(), story());
}

#[test]
fn reads_do_not_change_what_comes_after() {
    let quiet = {
        let mut w = World::new();
        w.invoice("INV-1")
    };
    let mut world = World::new();
    for _ in 0..3 {
        world.get("Contacts");
    }
    assert_eq!(world.invoice("INV-1"), quiet);
}

#[test]
fn an_unknown_switch_or_value_is_refused_with_the_list() {
    let mut world = World::new();
    assert!(
        world
            .xero
            .switch("nope", &json!(1))
            .unwrap_err()
            .contains("rate_window")
    );
    assert!(
        world
            .xero
            .switch("rate_window", &json!("wavy"))
            .unwrap_err()
            .contains("rolling, fixed")
    );
    assert!(world.xero.switch("minute_limit", &json!("many")).is_err());
    assert_eq!(world.xero.switches()["rate_window"]["value"], "rolling");
}

#[test]
fn thousands_of_invoices_in_batches() {
    let mut world = World::new();
    for batch in 0..40 {
        let bills: Vec<Value> = (0..50).map(|n| bill(&format!("B{batch}-{n}"))).collect();
        assert_eq!(
            world.put("Invoices", json!({"Invoices": bills})).status,
            200
        );
    }
    assert_eq!(
        world.find("Invoices", &[("page", "1")]).body["pagination"]["itemCount"],
        2000
    );
}

#[test]
fn patching_an_account_or_an_app_keeps_what_is_not_said() {
    let mut world = World::new();
    world.seed(json!({"accounts": [{"Code": "610", "Name": "Debtors"}, {"Code": "201", "Status": "ARCHIVED"}]}));
    let shown = world.get("Accounts/610");
    assert_eq!(shown.one("Accounts")["SystemAccount"], "DEBTORS");
    assert_eq!(shown.one("Accounts")["Type"], "CURRENT");
    assert_eq!(
        world.get("Accounts/201").one("Accounts")["Name"],
        "Service Fees"
    );
    world
        .xero
        .seed(
            &json!({"apps": [{"client_id": "app", "day_limit": 1}]}),
            world.now,
        )
        .unwrap();
    let state = world.xero.state();
    assert_eq!(state["apps"][0]["created"], "2026-05-01T00:00:00Z");
    assert_eq!(
        world.get("Organisation").header("x-rate-limit-problem"),
        "day",
        "three calls were made already"
    );
}

#[test]
fn what_a_request_may_weigh_and_carry() {
    let mut world = World::new();
    let two = json!({"Accounts": [{"Code": "1", "Name": "a", "Type": "REVENUE"}, {"Code": "2", "Name": "b", "Type": "REVENUE"}]});
    assert_eq!(world.put("Accounts", two).status, 400);
    let many: Vec<Value> = (0..501).map(|n| json!({"Code": format!("C{n}")})).collect();
    assert_eq!(world.put("Items", json!({"Items": many})).status, 400);
    world.switch("request_bytes", json!(100));
    assert_eq!(world.put("Invoices", bill("INV-1")).status, 413);
}
