//! Defaults, a preset, a tenant's file: what counts, and where it came from.

use super::{CONNECTIONS, PLAIN, compiled, keap, mapping, with, xero};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{
    Connections, Input, InvoiceMode, Presets, RowUse, SWITCH, Trigger, compile,
};
use crossfoot::model::{Origin, Trace};

#[test]
fn the_preset_stands_under_the_tenants_file_and_both_over_the_defaults() {
    let m = with("sync: { invoices: when_paid }\n");
    let place = |at| m.place(at).to_string();
    assert_eq!(m.sync.invoices.value, InvoiceMode::WhenPaid);
    assert_eq!(place(m.sync.invoices.at), "mappings/acme.yaml:15:19");
    assert!(place(m.sync.approval.at).starts_with("preset keap-xero:"));
    assert_eq!(place(m.guard.locked_period.at), "built-in defaults");
    assert_eq!(m.sync.trigger.value, Trigger::Every(1_800));
}

#[test]
fn config_why_names_the_line_of_every_value() {
    let effective = compiled(PLAIN).effective.unwrap();
    insta::assert_snapshot!(effective.to_yaml(true));
    let rows = effective.rows();
    let row = rows.iter().find(|r| r.path == "accounts[1]").unwrap();
    assert_eq!(row.value, r#"{ sku: "CRANE-*", use: "20-4100" }"#);
    assert_eq!(row.place.to_string(), "mappings/acme.yaml:8:5");
}

#[test]
fn the_effective_file_means_the_same_when_it_is_read_again() {
    let first = compiled(PLAIN);
    let text = first.effective.unwrap().to_yaml(false);
    let again = compiled(&text);
    assert_eq!(again.diagnostics, vec![]);
    assert_eq!(again.effective.unwrap().to_yaml(false), text);
}

#[test]
fn a_workspaces_preset_counts_instead_of_the_embedded_one() {
    let (source, target) = (keap(), xero());
    let (connections, _) = Connections::parse(
        "connections.yaml",
        CONNECTIONS,
        &Registry::standard().settings(),
    );
    let mut presets = Presets::embedded();
    presets.shadow(
        "keap-xero",
        "mappings/presets/keap-xero.yaml",
        "status: { invoices: { else: DRAFT } }\nsync: { payments: off }\n",
    );
    let compiled = compile(&Input {
        file: "mappings/acme.yaml",
        text: PLAIN,
        presets: &presets,
        connections: Some(&connections),
        facts: &[&source, &target],
    });
    assert_eq!(compiled.diagnostics, vec![]);
    let m = compiled.mapping.unwrap();
    assert!(!m.payments_wanted());
}

#[test]
fn a_mistake_in_a_preset_is_told_in_the_presets_file() {
    let mut presets = Presets::embedded();
    presets.shadow(
        "keap-xero",
        "mappings/presets/keap-xero.yaml",
        "currency: AUD\nskip: { zero: true }\n",
    );
    let compiled = compile(&Input {
        file: "mappings/acme.yaml",
        text: PLAIN,
        presets: &presets,
        connections: None,
        facts: &[],
    });
    let told: Vec<_> = (compiled.diagnostics.iter())
        .filter(|d| d.place.file == "mappings/presets/keap-xero.yaml")
        .map(|d| (d.code.as_str(), d.place.line))
        .collect();
    assert_eq!(told, [("preset.key", 1), ("yaml.unknown_key", 2)]);
}

#[test]
fn off_and_on_may_be_words_texts_or_booleans() {
    for off in ["off", "\"off\"", "false", "no", "OFF", "False"] {
        let m = with(&format!(
            "sync: {{ payments: {off} }}\nnotify: {{ when: {off} }}\n"
        ));
        assert!(!m.payments_wanted(), "{off}");
    }
    for on in ["on", "\"on\"", "true", "yes", "ON"] {
        let m = with(&format!("skip: {{ zero_total: {on} }}\n"));
        assert!(m.skip.zero_total.value, "{on}");
    }
    assert_eq!(SWITCH.len(), 2);
}

#[test]
fn codes_stay_the_text_they_were_written_as() {
    let m = mapping(&PLAIN.replace("\"0205\"", "0205").replace("\"201\"", "1e3"));
    let codes: Vec<String> = (m.accounts.iter())
        .map(|r| match &r.take {
            RowUse::Code(c) => c.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, ["1e3", "20-4100", "260", "0205", "200"]);
}

#[test]
fn a_key_says_where_it_is_written_in_a_trace() {
    let m = with("");
    let invoice = super::apply::invoice();
    let mut trace = Trace::on();
    m.draft_lines(&invoice, &super::apply::chart(), &mut trace)
        .unwrap();
    let steps = trace.steps();
    let step = steps.iter().find(|s| s.field == "line[1].account").unwrap();
    let Origin::Mapping { key, place } = &step.origin else {
        panic!("{step:?}")
    };
    assert_eq!(
        (key.as_str(), place.to_string().as_str()),
        ("accounts[0]", "mappings/acme.yaml:7:5")
    );
}

#[test]
fn files_go_to_the_ledger_by_a_preset_of_their_own() {
    let mut files = keap();
    files.system = "files".into();
    files.title = "Files".into();
    let target = xero();
    let text = PLAIN
        .replace("keap-xero", "files-xero")
        .replace("{ keap: acme }", "{ files: drop }");
    let names = "drop: { system: files, folder: in }\nacme-books: { system: xero }\n";
    let (connections, _) =
        Connections::parse("connections.yaml", names, &Registry::standard().settings());
    let compiled = compile(&Input {
        file: "mappings/acme.yaml",
        text: &text,
        presets: &Presets::embedded(),
        connections: Some(&connections),
        facts: &[&files, &target],
    });
    // The preset makes drafts of drafts, to which no payment can be put: only what may be paid counts.
    assert_eq!(compiled.diagnostics, vec![]);
    let invoice = super::apply::invoice();
    let draft = compiled
        .mapping
        .unwrap()
        .draft_invoice(&invoice, crossfoot::model::Kind::Invoice, &mut Trace::off())
        .unwrap();
    assert_eq!(draft.due, invoice.due, "the file's own due date is kept");
}

/// A file of all tenants grows with every tenant: ten thousand of them, each with two connections, are read whole; and of a
/// file that cannot be read nothing else is said.
#[test]
fn the_connections_of_ten_thousand_tenants_are_read() {
    let systems = Registry::standard();
    let of = |n: usize| {
        format!(
            "keap-{n}: {{ system: keap }}\nxero-{n}: {{ system: xero, client_id: shared, organisation: Org {n}, redirect: \"http://localhost:8123/callback\" }}\n"
        )
    };
    let text: String = (0..10_000).map(of).collect();
    let (all, told) = Connections::parse("connections.yaml", &text, &systems.settings());
    assert!(told.is_empty(), "{:?}", told.first());
    assert_eq!(all.by_name.len(), 20_000);
    assert!(all.get("xero-9999").is_some() && all.is_whole());
    let (broken, told) = Connections::parse(
        "connections.yaml",
        "keap: { system: keap\n",
        &systems.settings(),
    );
    assert!(!told.is_empty() && !broken.is_whole());
}
