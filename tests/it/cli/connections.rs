//! `connections.yaml` is read like a tenant's file: every mistake at once, with its place and what was meant.

use super::town::Town;
use insta::assert_snapshot;
use serde_json::json;

const TENANT: &str = "tenant: acme\npreset: files-xero\nfrom: { files: drop }\nto: { xero: xero }\ncurrency: AUD\n\
    accounts:\n  - { else: \"200\" }\npayments_account: { code: \"090\" }\n\
    tax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }\n";

/// A workspace whose tenant reads files, and what its connection to them says.
fn workspace(says: &str) -> Town {
    let town = Town::new();
    town.run(&["init", &town.dir()]).code(0);
    town.connections();
    town.tenant(TENANT);
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}drop:\n{says}")).unwrap();
    town
}

#[test]
fn every_mistake_in_connections_is_told_with_its_place_and_what_was_meant() {
    let town = workspace(
        "  system: files\n  folder: in\n  columns:\n    number: No\n    line.skuu: sku\n  decimal: komma\n  zz: 1\n  discounts: field\n  zone: Sydney\n  api_key: hush\n",
    );
    std::fs::create_dir(town.path().join("in")).unwrap();
    let told = town.run(&["lint"]).code(2);
    assert_snapshot!(
        "connections_mistakes",
        town.tidy(&format!("{}{}", told.out, told.err))
    );
}

#[test]
fn a_folder_that_is_not_there_and_a_word_the_files_speak_against_are_told_beforehand() {
    let town = workspace("  system: files\n  folder: in\n  dates: dd/mm/yyyy\n");
    let told = town.run(&["lint"]).code(2);
    let all = format!("{}{}", told.out, told.err);
    assert!(all.contains("there is no folder `in`"), "{all}");
    assert!(all.contains("connections.yaml:5:11"), "{all}");

    std::fs::create_dir(town.path().join("in")).unwrap();
    town.run(&["lint"]).code(0);
    let csv = "number,date,contact.name,currency,line.name,line.unit_amount\n1,07/13/2026,Ann,AUD,Work,10.00\n";
    std::fs::write(town.path().join("in/a.csv"), csv).unwrap();
    let told = town.run(&["lint"]).code(2);
    assert_snapshot!(
        "connections_files",
        town.tidy(&format!("{}{}", told.out, told.err))
    );
    // The cure that is printed, carried out.
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("dd/mm/yyyy", "mm/dd/yyyy")).unwrap();
    town.run(&["lint"]).code(0);
}

#[test]
fn what_a_description_needs_of_a_connection_is_asked_for_before_any_call() {
    for (system, key, cure) in [
        ("kickserv", "account", "acme"),
        ("klipboard", "base", "https://api.acme-cranes.com/v1"),
        ("invoiceasap", "base", "https://api.acme-cranes.com"),
    ] {
        let town = Town::new();
        town.run(&["init", &town.dir()]).code(0);
        town.connections();
        let preset = TENANT.replace("files-xero", &format!("{system}-xero"));
        town.tenant(&preset.replace("{ files: drop }", &format!("{{ {system}: drop }}")));
        let path = town.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let says = format!("drop:\n  system: {system}\n  zone: UTC\n");
        std::fs::write(&path, format!("{text}{says}")).unwrap();
        let told = town.run(&["lint"]).code(2);
        let all = format!("{}{}", told.out, told.err);
        let wanted = format!("add `{key}` to the connection");
        assert!(
            all.contains("connections.missing") && all.contains(&wanted),
            "{system}: {all}"
        );
        assert!(all.contains("connections.yaml:3:1"), "{system}: {all}");
        // Whoever connects all the same is told the same, and not that the vendor failed.
        let told = town.run(&["connect", "acme", system]).code(2);
        assert!(told.err.contains(&wanted), "{system}: {}", told.err);
        // The cure that is printed, carried out.
        std::fs::write(&path, format!("{text}{says}  {key}: {cure}\n")).unwrap();
        town.run(&["lint"]).code(0);
    }
}

/// Of two folders of exports each is one customer's.
#[test]
fn another_tenants_folder_is_not_proposed() {
    let town = workspace("  system: files\n  folder: in\n");
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("drop:", "t3-exports:")).unwrap();
    let file = town.path().join("mappings/acme.yaml");
    let own = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, own.replace("files: drop", "files: t4-exports")).unwrap();
    // Alone it may be a slip of the pen.
    let told = town.run(&["lint", "acme"]).code(2);
    let said = format!("{}{}", told.out, told.err);
    assert!(said.contains("Did you mean `t3-exports`?"), "{said}");
    let other = town.path().join("mappings/other.yaml");
    let theirs = own.replace("files: drop", "files: t3-exports");
    std::fs::write(&other, theirs.replace("acme", "other")).unwrap();
    let told = town.run(&["lint", "acme"]).code(2);
    let said = format!("{}{}", told.out, told.err);
    assert!(!said.contains("t3-exports"), "{said}");
    assert!(said.contains("t4-exports: { system: files }"), "{said}");
}

#[test]
fn where_each_value_of_a_connection_stands_is_told() {
    let town = workspace("  system: files\n  folder: in\n  columns: { number: No }\n");
    let rows = town
        .run(&["config", "acme", "--why", "--json"])
        .code(0)
        .json();
    let rows = rows["values"].as_array().unwrap().clone();
    let of = |path: &str| {
        let row = rows.iter().find(|r| r["path"] == json!(path));
        row.unwrap_or_else(|| panic!("{path}: {rows:#?}")).clone()
    };
    let number = of("connections.drop.columns.number");
    assert_eq!(number["value"], json!("No"));
    assert_eq!(number["place"]["file"], json!("connections.yaml"));
    assert_eq!(number["place"]["line"], json!(6));
    let shown = town.run(&["config", "acme", "--why"]).code(0).out;
    let line = "# connections.drop.columns.number: No  # connections.yaml:6";
    assert!(shown.contains(line), "{shown}");
}

#[test]
fn editors_are_given_a_schema_of_connections() {
    let town = workspace("  system: files\n  folder: in\n");
    town.run(&["schema"]).code(0);
    let text = std::fs::read_to_string(town.path().join(".schema/connections.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(
        validator
            .is_valid(&json!({"drop": {"system": "files", "folder": "in", "dates": "dd/mm/yyyy"}}))
    );
    assert!(!validator.is_valid(&json!({"drop": {"system": "files", "folder": "in", "zz": 1}})));
    let printed = town.run(&["schema", "--connections", "--print"]).code(0);
    assert_eq!(printed.json(), schema);
}

/// A word of a connection that its files speak against is told at its own place, and so is one that is no word.
#[test]
fn what_a_connection_says_of_its_files_is_told_where_it_says_it() {
    let head = "number,date,contact.name,currency,line.name,line.unit_amount\n";
    let csv = format!("{head}1,2026-07-13,Ann,AUD,Work,10.00\n");
    for (says, place, what, cured) in [
        (
            "  header: row four\n",
            "6:11",
            "names no row",
            Some("  header: row 1\n"),
        ),
        (
            "  header: row 0\n",
            "6:11",
            "names no row",
            Some("  header: names\n"),
        ),
        (
            "  ignore_rows: { Tipe: [Note] }\n",
            "6:24",
            "no column `Tipe`",
            None,
        ),
        (
            "  join: { file: \"*items*\", on: number }\n",
            "6:17",
            "no file of the folder is named `*items*`",
            None,
        ),
        (
            "  columns:\n    number: number\n    date: datum\n",
            "8:11",
            "no column `datum`",
            None,
        ),
        (
            "  dates: dd/mm/yyyy\n",
            "6:10",
            "cannot be dd/mm/yyyy",
            Some("  dates: yyyy-mm-dd\n"),
        ),
    ] {
        let town = workspace(&format!("  system: files\n  folder: in\n{says}"));
        std::fs::create_dir(town.path().join("in")).unwrap();
        std::fs::write(town.path().join("in/a.csv"), &csv).unwrap();
        let told = town.run(&["lint"]).code(2);
        let all = format!("{}{}", told.out, told.err);
        assert!(all.contains(what), "{says}{all}");
        assert!(
            all.contains(&format!("connections.yaml:{place}")),
            "{says}{all}"
        );
        if let Some(cured) = cured {
            let path = town.path().join("connections.yaml");
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replace(says, cured)).unwrap();
            town.run(&["lint"]).code(0);
        }
    }
}

/// A sign-in takes a person at a browser: how long it waits for one is said, and where the address has to be typed in and stdin is
/// closed, it is over at once and says so.
#[test]
fn a_sign_in_without_anybody_there_ends_with_words() {
    let town = Town::settled();
    let secret = "CROSSFOOT_XERO_CLIENT_SECRET";
    let elsewhere = [
        "connect",
        "acme",
        "xero",
        "--redirect",
        "https://app.example/callback",
    ];
    let ended = town
        .with(secret, super::town::APP_SECRET, &elsewhere)
        .code(1);
    assert!(
        ended
            .err
            .contains("no address was given: nothing stands on stdin"),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("type `crossfoot connect acme xero"),
        "{}",
        ended.err
    );
    let signed = town.sign_in(&["--organisation", super::town::ORG]).code(0);
    let told = "for 10 minutes at most; ctrl-c ends it";
    assert!(signed.err.contains(told), "{}", signed.err);
}
