//! Questions as people ask them: what waits with its amount and age, a number without its tenant, a day of all tenants.

use super::town::{ORG, TENANT, Town};
use serde_json::json;

fn synced() -> Town {
    let town = Town::working();
    town.run(&["sync", "acme"]).code(1);
    town
}

#[test]
fn what_waits_has_a_customer_an_amount_and_an_age() {
    let town = synced();
    town.minutes(60 * 24 * 3);
    let told = town.run(&["errors"]).code(1).out;
    for what in [
        "1 document, AUD 33.00",
        "1042",
        "Jo Harbour",
        "for 3 days",
        "acme: waits for a person: 1 document held",
    ] {
        assert!(told.contains(what), "{what} in {told}");
    }
    let cause = town.run(&["errors", "--json"]).code(1).json()["tenants"][0]["causes"][0].clone();
    assert_eq!(cause["sums"], json!({"AUD": "33"}));
    assert_eq!(cause["each"][0]["contact"], json!("Jo Harbour"));
}

#[test]
fn status_names_the_command_that_is_next() {
    let town = Town::settled();
    let next = |town: &Town| {
        let json = town.run(&["status", "acme", "--json"]).code(0).json();
        json["tenants"][0]["next"].as_str().unwrap().to_owned()
    };
    assert!(
        next(&town).contains("`crossfoot plan acme"),
        "{}",
        next(&town)
    );
    town.run(&["sync", "acme", "--only", "1041"]).code(0);
    assert!(
        next(&town).contains("`crossfoot processing acme on"),
        "{}",
        next(&town)
    );
    town.run(&["processing", "acme", "on"]).code(0);
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    town.run(&["sync", "acme"]).code(1);
    assert!(
        next(&town).contains("`crossfoot release acme"),
        "{}",
        next(&town)
    );
    town.run(&["release", "acme"]).code(0);
    town.run(&["sync", "acme"]);
    assert!(
        next(&town).contains("`crossfoot errors acme"),
        "{}",
        next(&town)
    );
}

#[test]
fn a_number_finds_its_tenant_and_the_ledgers_number_its_document() {
    let town = synced();
    let found = town.run(&["explain", "1041"]).code(0).out;
    assert!(
        found.starts_with("acme:\n") && found.contains("invoice 1041"),
        "{found}"
    );
    let json = town.run(&["explain", "1042", "--json"]).code(1).json();
    assert_eq!(json["explanations"][0]["number"], json!("1042"));
    let none = town.run(&["explain", "9999"]).code(2);
    assert!(
        none.err.contains("crossfoot explain TENANT 9999"),
        "{}",
        none.err
    );

    // A person numbers the paper otherwise; the next run sees it.
    let id = town.books()["invoices"][0]["InvoiceID"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = json!({"InvoiceID": id, "InvoiceNumber": "INV-0077"});
    town.person("POST", &format!("Invoices/{id}"), &body);
    town.minutes(30);
    town.run(&["sync", "acme"]);
    let number = town.run(&["explain", "acme", "INV-0077", "--json"]).json()["number"].clone();
    let known = town.books()["invoices"].as_array().unwrap().len();
    assert!(
        number == json!("1041") || number == json!("1044"),
        "{number} of {known}"
    );
}

#[test]
fn the_source_is_shown_as_rules_see_it() {
    let town = synced();
    let told = town
        .run(&["explain", "acme", "1041", "--source"])
        .code(0)
        .out;
    for line in [
        "invoice.number",
        "invoice.lines[0].sku",
        "\"HIRE\"",
        "invoice.contact.email",
        "invoice.payments[0].amount",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    // What is shown can be written in a rule: each expression is one that lint knows.
    let json = town
        .run(&["explain", "1041", "--source", "--json"])
        .code(0)
        .json();
    let mut rule = String::from("fn select(invoice) {\n");
    for value in json["values"].as_array().unwrap() {
        let path = value["path"].as_str().unwrap();
        if !path.contains('[') {
            rule.push_str(&format!("    print({path});\n"));
        }
    }
    rule.push_str("    keep()\n}\n");
    std::fs::write(town.path().join("rules/acme.rhai"), rule).unwrap();
    town.tenant(&format!("{TENANT}rules: [rules/acme.rhai]\n"));
    town.run(&["lint", "acme"]).code(0);
}

#[test]
fn a_day_is_told_of_all_tenants_in_their_own_time() {
    let town = synced();
    let told = town.run(&["history", "--day", "today"]).code(0).out;
    for what in [
        "acme  2026-07-15",
        "invoice 1041",
        "AUD 220.00",
        "Jo Harbour",
        "AUD 50.00",
    ] {
        assert!(told.contains(what), "{what} in {told}");
    }
    let other = town.run(&["history", "--day", "2026-07-01"]).code(0).out;
    assert!(other.contains("nothing was done"), "{other}");
    town.run(&["history"]).code(2);
    town.run(&["history", "--day", "tuesday"]).code(2);
    // A schedule's zone is the tenant's own: 02:00 UTC is noon in Sydney.
    let sync =
        "sync: { first_run: post, trigger: { cron: \"0 6 * * *\", zone: Australia/Sydney } }";
    town.tenant(&TENANT.replace("sync: { first_run: post }", sync));
    let told = town.run(&["history", "--day", "2026-07-15"]).code(0).out;
    assert!(
        told.contains("Australia/Sydney") && told.contains("12:0"),
        "{told}"
    );
}

#[test]
fn an_organisation_that_is_written_by_its_name_is_found_when_it_is_connected() {
    let town = Town::new();
    town.run(&["init", &town.dir()]).code(0);
    town.connections();
    town.tenant(TENANT);
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let write = |name: &str| {
        let with = text.replace(
            "client_id:",
            &format!("organisation: \"{name}\", client_id:"),
        );
        std::fs::write(&path, with).unwrap();
    };
    write("Acme Crane");
    let none = town.sign_in(&[]).code(2);
    assert!(none.err.contains(ORG), "{}", none.err);
    write(&ORG.to_lowercase());
    town.sign_in(&[]).code(0);
    town.with(
        "CROSSFOOT_KEAP_KEY",
        crate::support::KEAP_KEY,
        &["connect", "acme", "keap"],
    )
    .code(0);
    town.run(&["sync", "acme", "--only", "1041"]).code(0);
    assert_eq!(town.invoices(), ["1041"]);
}

#[test]
fn a_damaged_database_is_told_with_its_cure() {
    let town = synced();
    let file = town.path().join(".crossfoot/crossfoot.db");
    for more in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{more}", file.display()));
    }
    std::fs::write(&file, "this is no database".repeat(1000)).unwrap();
    let told = town.run(&["status"]).code(2).err;
    assert!(told.contains("the database is damaged"), "{told}");
    assert!(told.contains("`crossfoot restore FILE"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_a_rule_out_of_the_workspace() {
    let town = Town::settled();
    let outside = town.path().join("../secret.rhai");
    std::fs::write(&outside, "fn select(invoice) { keep() }").unwrap();
    let inside = town.path().join("rules/acme.rhai");
    std::os::unix::fs::symlink(&outside, &inside).unwrap();
    town.tenant(&format!("{TENANT}rules: [rules/acme.rhai]\n"));
    let told = town.run(&["lint"]).code(2);
    assert!(
        told.out.contains("leads out of the workspace"),
        "{} {}",
        told.out,
        told.err
    );
}

#[test]
fn a_port_that_is_taken_is_told() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let town = Town::settled();
    let told = town.run(&["demo", "--once", "--port", &port]).code(2).err;
    assert!(told.contains(&port) && told.contains("--port"), "{told}");
}
