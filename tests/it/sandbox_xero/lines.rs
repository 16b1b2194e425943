//! A line's account, item and tax type: where they come from, and what may stand together.

use super::{World, with_lines};
use serde_json::{Value, json};

fn line(extra: &Value) -> Value {
    let mut line = json!({"Description": "x", "Quantity": 1, "UnitAmount": 10});
    for (key, value) in extra.as_object().unwrap() {
        line[key] = value.clone();
    }
    with_lines(json!([line]))
}

#[test]
fn bad_archived_and_system_accounts() {
    let mut world = World::new();
    world
        .put("Invoices", line(&json!({"AccountCode": "999"})))
        .refused("Account code '999' is not a valid code for this document.");
    world.put("Invoices", line(&json!({"AccountCode": "299"})))
        .refused("Account code '299' has been archived, or has been deleted. Each line item must reference a valid account.");
    for code in ["090", "610", "800"] {
        let body = line(&json!({"AccountCode": code, "TaxType": "NONE"}));
        world.put("Invoices", body).refused(&format!(
            "Account code '{code}' is not a valid code for this document."
        ));
    }
    world.switch("system_account_line", json!("accept"));
    assert_eq!(
        world
            .put(
                "Invoices",
                line(&json!({"AccountCode": "610", "TaxType": "NONE"}))
            )
            .status,
        200
    );
}

#[test]
fn an_account_may_be_named_by_id_and_have_no_code() {
    let mut world = World::new();
    world.seed(json!({"accounts": [{"Name": "No code", "Type": "REVENUE", "TaxType": "OUTPUT2"}]}));
    let found = world.find("Accounts", &[("where", "Name==\"No code\"")]);
    let id = found.one("Accounts")["AccountID"].clone();
    let made = world.put("Invoices", line(&json!({"AccountID": id})));
    assert_eq!(made.one("Invoices")["LineItems"][0]["AccountID"], id);
    assert_eq!(
        made.one("Invoices")["LineItems"][0]["TaxAmount"].to_string(),
        "1.50"
    );
}

#[test]
fn an_item_gives_price_account_and_words_and_explicit_values_win() {
    let mut world = World::new();
    let made = world.put(
        "Invoices",
        with_lines(json!([{"ItemCode": "TEE", "Quantity": 2}])),
    );
    let shown = &made.one("Invoices")["LineItems"][0];
    assert_eq!(shown["UnitAmount"].to_string(), "12.50");
    assert_eq!(shown["AccountCode"], "201");
    assert_eq!(shown["Description"], "A tee");
    assert_eq!(shown["TaxType"], "OUTPUT2");
    let made = world.put(
        "Invoices",
        with_lines(
            json!([{"ItemCode": "TEE", "Quantity": 2, "UnitAmount": 1, "AccountCode": "200"}]),
        ),
    );
    assert_eq!(made.one("Invoices")["LineItems"][0]["AccountCode"], "200");
    assert_eq!(made.one("Invoices")["Total"].to_string(), "2.30");
    world
        .put(
            "Invoices",
            line(&json!({"ItemCode": "200", "AccountCode": "200"})),
        )
        .refused("Item code '200' is not valid");
}

#[test]
fn what_gives_a_line_its_tax_type() {
    let mut world = World::new();
    world.post(
        "Items",
        json!({"Code": "TEE", "SalesDetails": {"TaxType": "ZERORATED"}}),
    );
    let ann = world_contact(&mut world);
    world.post(
        "Contacts",
        json!({"ContactID": ann, "AccountsReceivableTaxType": "NONE"}),
    );
    for (value, wanted) in [
        ("account", "OUTPUT2"),
        ("item", "ZERORATED"),
        ("contact", "NONE"),
    ] {
        world.switch("tax_default", json!(value));
        let made = world.put(
            "Invoices",
            with_lines(json!([{"ItemCode": "TEE", "Quantity": 1}])),
        );
        assert_eq!(made.one("Invoices")["LineItems"][0]["TaxType"], wanted);
    }
}

fn world_contact(world: &mut World) -> String {
    world.get("Contacts").one("Contacts")["ContactID"]
        .as_str()
        .unwrap()
        .to_string()
}

#[test]
fn a_tax_type_must_exist_and_fit_the_account() {
    let mut world = World::new();
    let unknown = world.put(
        "Invoices",
        line(&json!({"AccountCode": "200", "TaxType": "GST on Income"})),
    );
    unknown.refused("The TaxType code GST on Income does not exist or cannot be used for this type of transaction.");
    let misfit = world.put(
        "Invoices",
        line(&json!({"AccountCode": "400", "TaxType": "OUTPUT2"})),
    );
    misfit.refused(
        "The TaxType code OUTPUT2 does not exist or cannot be used for this type of transaction.",
    );
    misfit.refused("The TaxType code 'OUTPUT2' cannot be used with account code '400'.");
}

/// The vendor's matrices: which rate may stand with an account of which class.
#[test]
fn the_matrices_of_two_countries() {
    let classes = [("620", 0), ("970", 1), ("400", 2), ("835", 3), ("200", 4)];
    let tables: [(&str, &[(&str, &str)]); 2] = [
        (
            "AU",
            &[
                ("OUTPUT", "11011"),
                ("EXEMPTOUTPUT", "11011"),
                ("EXEMPTEXPORT", "11011"),
                ("INPUT", "11110"),
                ("EXEMPTEXPENSES", "11110"),
                ("EXEMPTCAPITAL", "11110"),
                ("CAPEXINPUT", "11110"),
                ("BASEXCLUDED", "11111"),
                ("INPUTTAXED", "11111"),
                ("GSTONIMPORTS", "00010"),
                ("GSTONCAPIMPORTS", "00010"),
            ],
        ),
        (
            "NZ",
            &[
                ("OUTPUT2", "11011"),
                ("INPUT2", "11110"),
                ("NONE", "11111"),
                ("ZERORATED", "00011"),
            ],
        ),
    ];
    for (country, rows) in tables {
        let mut world = World::of(country);
        world.switch("minute_limit", json!(10_000));
        for (tax, allowed) in rows {
            for (account, at) in classes {
                let made = world.put(
                    "Invoices",
                    line(&json!({"AccountCode": account, "TaxType": tax})),
                );
                let wanted = if allowed.as_bytes()[at] == b'1' {
                    200
                } else {
                    400
                };
                assert_eq!(
                    made.status, wanted,
                    "{country} {tax} on {account}: {}",
                    made.text
                );
            }
        }
    }
}

#[test]
fn accounts_items_and_rates_are_made_and_kept_unique() {
    let mut world = World::new();
    let made = world.put(
        "Accounts",
        json!({"Code": "205", "Name": "More", "Type": "REVENUE"}),
    );
    assert_eq!(made.one("Accounts")["Class"], "REVENUE");
    world
        .put(
            "Accounts",
            json!({"Code": "206", "Name": "More", "Type": "REVENUE"}),
        )
        .refused("Please enter a unique Name.");
    world
        .put(
            "Accounts",
            json!({"Code": "205", "Name": "Other", "Type": "REVENUE"}),
        )
        .refused("Please enter a unique Code.");
    world.switch("account_code_duplicate", json!("accept"));
    assert_eq!(
        world
            .put(
                "Accounts",
                json!({"Code": "205", "Name": "Other", "Type": "REVENUE"})
            )
            .status,
        200
    );
    world
        .put("Items", json!({"Code": "TEE"}))
        .refused("Price List Item with Code 'TEE' already exists");
    assert_eq!(
        world
            .post("Items", json!({"Code": "TEE", "Name": "Shirt"}))
            .one("Items")["Name"],
        "Shirt"
    );
    assert_eq!(world.get("Items/TEE").one("Items")["Name"], "Shirt");
    assert_eq!(
        world.send("DELETE", "Items/TEE", &[], &Value::Null).status,
        204
    );
    assert_eq!(world.get("Items/TEE").status, 404);
    assert_eq!(
        world.get("TaxRates/OUTPUT2").one("TaxRates")["CanApplyToExpenses"],
        false
    );
    assert_eq!(
        world
            .post("TaxRates", json!({"TaxType": "OUTPUT2", "Name": "x"}))
            .status,
        400,
        "system rates stay"
    );
}
