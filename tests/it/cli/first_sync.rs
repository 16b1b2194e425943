//! The rehearsal of a first sync on a screen, and its cures as they are printed.

use super::first_steps::timeless;
use super::screens::{fits, whole};
use super::town::{TENANT, Town, shop};
use insta::assert_snapshot;
use serde_json::{Value, json};

fn theirs(number: &str, total: &str, day: &str) -> Value {
    json!({"Type": "ACCREC", "Status": "AUTHORISED", "InvoiceNumber": number, "Contact": {"Name": "Jo Harbour"},
        "Date": day, "DueDate": day, "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Hire", "Quantity": 1, "UnitAmount": total, "AccountCode": "200"}]})
}

/// A shop whose books another integration keeps already.
fn booked() -> Town {
    let mut all = shop();
    let orders = all["orders"].as_array_mut().unwrap();
    let mut more = orders[3].clone();
    more["id"] = json!("5");
    more["invoice_id"] = json!("1045");
    orders.push(more);
    let town = Town::selling(all);
    let others = [
        ("KP-1041", "220.00"),
        ("KP-1044", "110.00"),
        ("KP-1045", "110.00"),
    ];
    let others = others.map(|(n, total)| theirs(n, total, "2026-07-10"));
    town.xero(json!({"invoices": others}));
    town.connected()
}

#[test]
fn it_is_read_at_80_columns_before_anything_is_posted() {
    let town = booked();
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    let told = town.screen(80, "never", &["plan", "acme"]);
    fits(&told, 80);
    whole(&told);
    let ids = town.ids();
    let told = ids.iter().fold(told, |t, id| t.replace(id.as_str(), "ID"));
    assert_snapshot!("first_sync", timeless(&town.tidy(&told)));
    assert_eq!(town.invoices(), ["KP-1041", "KP-1044", "KP-1045"]);
}

/// What is printed for one that is the same is pasted, and it is not made a second time.
#[test]
fn one_that_is_the_same_is_settled_by_the_command_that_is_printed() {
    let town = booked().switched_on();
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    let first = town.run(&["plan", "acme"]).out;
    let command = first.lines().map(|l| l.trim().trim_matches('`'));
    let command = command
        .clone()
        .find(|l| l.starts_with("crossfoot settle"))
        .unwrap_or_else(|| panic!("{first}"));
    let command = command.to_owned();
    town.run(&["sync", "acme"]).code(1);
    assert_eq!(town.invoices(), ["KP-1041", "KP-1044", "KP-1045"]);
    let plan = town.run(&["plan", "acme", "--json"]).json();
    let doubles = |plan: &Value| plan["first"]["doubles"].as_array().unwrap().len();
    assert_eq!(doubles(&plan), 3, "{plan:#}");
    town.pasted(&command).code(0);
    let plan = town.run(&["plan", "acme", "--json"]).json();
    assert_eq!(doubles(&plan), 2, "{plan:#}");
    town.run(&["release", "acme"]);
    town.run(&["sync", "acme"]);
    assert_eq!(
        town.invoices(),
        ["1044", "1045", "KP-1041", "KP-1044", "KP-1045"]
    );
}
