//! What is known and not built yet is refused as that, never ignored and never called a mistype.

use super::compiled;
use crossfoot::mapping::later;

const BEGIN: &str = "tenant: acme\npreset: keap-xero\nfrom: { keap: acme }\nto: { xero: acme-books }\ncurrency: AUD\n";

/// The line of a file that says it.
fn written(path: &str, value: &str) -> String {
    let mut parts = path.split('.').rev();
    let first = parts.next().unwrap();
    parts.fold(format!("{first}: {value}"), |inner, key| {
        format!("{key}: {{ {inner} }}")
    })
}

#[test]
fn everything_that_is_listed_is_refused_as_not_built() {
    let all = later();
    assert!(all.len() >= 10, "{all:#?}");
    for l in &all {
        let line = match l.written.split_once(": ") {
            Some((path, word)) => written(path, word),
            None => written(&l.written, "anything"),
        };
        let told = compiled(&format!("{BEGIN}{line}\n")).diagnostics;
        let refused = told.iter().any(|d| d.code == "mapping.not_built");
        assert!(refused, "{line}: {told:#?}");
    }
}

/// A word that decides about edits that are never sent is told.
#[test]
fn which_side_counts_is_asked_of_edits_that_are_sent() {
    let told = |sync: &str| {
        let text = format!(
            "{BEGIN}accounts: [{{ else: \"200\" }}]\npayments_account: {{ code: \"090\" }}\n\
            tax: {{ codes: {{ taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }} }}\nsync: {sync}\n"
        );
        let all = compiled(&text).diagnostics;
        all.iter().any(|d| d.code == "contradiction.conflict")
    };
    assert!(told(
        "{ conflict: keep_ledger, updates: { invoices: false, contacts: false } }"
    ));
    assert!(!told(
        "{ conflict: keep_ledger, updates: { invoices: false } }"
    ));
    assert!(!told("{ conflict: hold, updates: { invoices: false } }"));
    assert!(!told("{ conflict: keep_source }"));
}

/// Every key that the product speaks of is one that the reader knows.
#[test]
fn every_key_of_the_product_is_known() {
    let keys = [
        "sync.conflict",
        "sync.items",
        "sync.contacts",
        "back.invoices",
        "back.contacts",
        "back.start",
        "back.trigger",
        "contacts.site_name",
        "contacts.namesakes",
        "numbers",
        "lines.taxable",
        "stamp",
        "guard.totals",
        "guard.locked_period",
        "guard.per_run",
        "tables",
        "notify",
    ];
    for key in keys {
        let line = written(key, "anything");
        let told = compiled(&format!("{BEGIN}{line}\n")).diagnostics;
        let unknown = told.iter().any(|d| d.code == "yaml.unknown_key");
        assert!(!unknown, "{line}: {told:#?}");
    }
}

/// A group with nothing in it changes nothing, and whoever wrote it meant something.
#[test]
fn a_group_that_says_nothing_is_told() {
    for group in ["notify", "skip", "guard"] {
        let told = compiled(&format!("{BEGIN}{group}: {{}}\n")).diagnostics;
        let of = |d: &&crossfoot::model::Diagnostic| d.code == "yaml.empty";
        let one = told.iter().find(of).unwrap_or_else(|| panic!("{told:#?}"));
        assert_eq!(one.what, format!("`{group}` says nothing"));
    }
}

/// A rate whose name is a number is text, as a code is.
#[test]
fn a_row_that_other_programs_read_as_a_number_wants_quotes() {
    let told = |row: &str| {
        let codes = format!("tax: {{ codes: {{ {row}: OUTPUT2, else: hold }} }}\n");
        let all = compiled(&format!("{BEGIN}{codes}")).diagnostics;
        all.into_iter().any(|d| d.code == "yaml.unquoted_code")
    };
    assert!(told("20") && told("0.10"));
    assert!(!told("\"20\"") && !told("VAT 20%"));
}
