//! What is made from the table of keys: the JSON Schema, the reference page, a new tenant's file.

use super::{CONNECTIONS, PLAIN, compiled, keap, mapping, mistakes, xero};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{
    Answers, Connections, Presets, SchemaFor, connections_reference, connections_schema, reference,
    schema, skeleton,
};
use serde_json::Value;

fn validator() -> jsonschema::Validator {
    let (source, target) = (keap(), xero());
    let presets = Presets::embedded();
    let (connections, _) = Connections::parse(
        "connections.yaml",
        CONNECTIONS,
        &Registry::standard().settings(),
    );
    let schema = schema(&SchemaFor {
        facts: &[&source, &target],
        presets: Some(&presets),
        connections: Some(&connections),
        to: Some("xero"),
        chart: None,
    });
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn named() -> Answers {
    Answers {
        from: Some(("keap".into(), "acme".into())),
        to: Some(("xero".into(), "acme-books".into())),
        ..Answers::default()
    }
}

fn as_json(yaml: &str) -> Value {
    serde_yaml::from_str(yaml).unwrap()
}

#[test]
fn the_schema_accepts_what_the_reader_accepts() {
    let validator = validator();
    let effective = compiled(PLAIN).effective.unwrap().to_yaml(false);
    let full = [
        PLAIN,
        &effective,
        &skeleton("acme", "keap-xero", &named()),
        &format!("{PLAIN}{MORE}"),
    ];
    for text in full {
        assert!(!compiled(text).has_errors(), "{text}");
        let errors: Vec<String> = validator
            .iter_errors(&as_json(text))
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{text}");
    }
}

/// Most of the grammar in one file.
const MORE: &str = r#"
sync:
  invoices: when_paid
  start: { invoice_date: 2026-07-01 }
  trigger: { cron: "0 6 * * 1-5", zone: Europe/London }
  approval: manual
  updates: { invoices: true, contacts: off }
match:
  contacts: { by: [email], none: hold, many: first }
  items: { by: sku, use: account_and_item_code, many: hold }
contacts:
  site_name: "{parent} - {name}"
  unique: { name: hold, phone: off, email: warn }
status: { invoices: { draft: DRAFT, else: AUTHORISED } }
due: { paid_at_creation: invoice_date, payment_plan: last_instalment, else: +1m }
skip: { already_synced: false, zero_total: true }
overpayment: hold
refunds: credit_note
guard:
  totals: { rounding_account: "860", at_most: 0.05 }
  locked_period: first_open_day
  per_run: { documents: 500, total: { AUD: 250000.00 } }
tables:
  division: { NSW: "20", else: hold }
rules: [rules/shared.rhai]
notify: { email: [jo@acme.example], when: daily }
"#;

#[test]
fn the_schema_refuses_the_mistakes_an_editor_can_see() {
    let validator = validator();
    let seen = [
        "yaml.unknown_key",
        "yaml.choice",
        "yaml.unknown_row",
        "yaml.form",
        "yaml.no_else",
        "yaml.type",
        "status.unknown",
        "preset.unknown",
        "mapping.not_built",
        "accounts.use",
    ];
    let mut tried = 0;
    for (name, text) in mistakes::cases() {
        let codes = compiled(&text).diagnostics;
        if !codes.iter().any(|d| seen.contains(&d.code.as_str())) {
            continue;
        }
        let Ok(json) = serde_yaml::from_str::<Value>(&text) else {
            continue;
        };
        tried += 1;
        assert!(!validator.is_valid(&json), "{name}");
    }
    assert!(tried >= 15, "only {tried} were tried");
}

#[test]
fn the_ledgers_own_codes_are_offered_but_not_required() {
    let mut chart = super::apply::chart();
    chart.accounts.push(crossfoot::model::Account {
        id: "a".into(),
        code: "200".into(),
        name: "Sales".into(),
        class: crossfoot::model::AccountClass::Revenue,
        tax: String::new(),
        active: true,
        takes_payments: false,
        bank: false,
        system: String::new(),
    });
    let made = schema(&SchemaFor {
        chart: Some(&chart),
        ..SchemaFor::default()
    });
    let text = made.to_string();
    assert!(text.contains(r#"{"const":"200","description":"Sales"}"#));
    let validator = jsonschema::validator_for(&made["properties"]["accounts"]).unwrap();
    assert!(validator.is_valid(&as_json("[ { else: \"999\" } ]")));
}

#[test]
fn the_reference_page_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/mapping-reference.md");
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(path, reference()).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == reference(),
        "docs/mapping-reference.md is not what the table of keys says: run this test with CROSSFOOT_WRITE_DOCS=1"
    );
}

#[test]
fn the_page_of_connections_is_up_to_date() {
    let page = connections_reference(&Registry::standard().settings());
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/connections.md");
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/connections.md is not what the systems declare: run this test with CROSSFOOT_WRITE_DOCS=1"
    );
}

/// Everything the reader of connections takes, the schema takes; and what it refuses, for its names and words, the schema
/// refuses too.
#[test]
fn the_schema_of_connections_says_what_their_reader_says() {
    let registry = Registry::standard();
    let made = connections_schema(&registry.settings());
    let validator = jsonschema::validator_for(&made).unwrap();
    let examples = include_str!("../../../examples/connections.yaml");
    for (text, good) in [
        (examples, true),
        (
            "a: { system: files, folder: in, columns: { number: Nr, contact: { name: Kunde } } }",
            true,
        ),
        ("a: { system: files, folder: in, columns.number: Nr }", true),
        (
            "a: { system: files, folder: in, newest: off, ignore: [Discount Code, Fee] }",
            true,
        ),
        (
            "a: { system: files, folder: in, ignore: Fee, zone: Australia/Sydney, decimal: comma }",
            true,
        ),
        ("a: { system: keap, was: b, discounts: field }", true),
        ("a: { system: xero, organisation: 17, client_id: }", true),
        (
            "a: { system: files, folder: in, columns: { line.skuu: sku } }",
            false,
        ),
        ("a: { system: files, folder: in, decimal: komma }", false),
        ("a: { system: files, folder: in, zz: 1 }", false),
        ("a: { system: files, folder: in, discounts: field }", false),
        ("a: { system: filez }", false),
        ("a: { folder: in }", false),
        ("a: { system: xero, calls_a_day: many }", false),
        ("a: { system: xero, base: xero.example }", false),
        ("Big: { system: files }", false),
    ] {
        let (_, told) = Connections::parse("connections.yaml", text, &registry.settings());
        assert_eq!(told.is_empty(), good, "{text}: {told:#?}");
        assert_eq!(validator.is_valid(&as_json(text)), good, "{text}");
    }
}

#[test]
fn a_new_tenants_file_compiles_and_says_what_is_open() {
    let open = skeleton("acme", "keap-xero", &named());
    let m = mapping(&open);
    assert_eq!(m.currency.value.code(), "AUD");
    assert!(open.contains("{ else: hold }"));

    let known = Answers {
        currency: Some("GBP".into()),
        account: Some("0200".into()),
        payments_account: Some("090".into()),
        taxable: Some("OUTPUT2".into()),
        zero: Some("ZERORATEDOUTPUT".into()),
        start: Some("2026-07-01".into()),
        ..named()
    };
    let text = skeleton("acme", "keap-xero", &known);
    assert_eq!(compiled(&text).diagnostics, vec![]);
    insta::assert_snapshot!(text);
}

/// A preset whose table of accounts has rows of its own keeps them: a table in the new file would count whole.
#[test]
fn a_new_tenants_file_leaves_the_presets_own_accounts_to_it() {
    let presets = Presets::embedded();
    let rows = |preset: &str| Answers::rows_of(&presets.get(preset).unwrap().text);
    assert!(rows("keap-xero").is_empty());
    let own = rows("klipboard-xero");
    assert!(own[0].starts_with("- { use: from_source }"), "{own:?}");
    let answers = Answers {
        preset_rows: own,
        ..named()
    };
    let text = skeleton("acme", "klipboard-xero", &answers);
    assert!(!text.contains("\naccounts:"), "{text}");
    assert!(serde_yaml::from_str::<Value>(&text).is_ok(), "{text}");
}
