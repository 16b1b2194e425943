//! What people mistype, and what they are told. The texts are the product: they are kept in a file.

use super::{PLAIN, compiled};

/// A mistake: what it is, and the plain file with something replaced.
pub fn cases() -> Vec<(&'static str, String)> {
    let plain = |from: &str, to: &str| {
        assert!(PLAIN.contains(from), "{from}");
        PLAIN.replace(from, to)
    };
    let more = |text: &str| format!("{PLAIN}{text}");
    vec![
        ("a key mistyped", plain("currency:", "curency:")),
        ("a key in a group mistyped", more("sync: { aproval: manual }\n")),
        ("a key in the wrong place", more("approval: manual\n")),
        ("a word mistyped", more("sync: { invoices: when_payed }\n")),
        ("a word of another language", more("sync: { invoices: immer }\n")),
        ("a tab", plain("  - { sku: TIL", "\t- { sku: TIL")),
        ("a key twice", plain("currency: AUD", "currency: AUD\ncurrency: NZD")),
        ("no space after the colon", plain("from: { keap: acme }", "from: keap:acme")),
        ("a colon inside a value", more("contacts: { site_name: {parent}: {name} }\n")),
        ("braces without quotes", more("contacts:\n  site_name: {parent} - {name}\n")),
        ("a missing quote", plain("\"090\"", "\"090")),
        ("a missing brace", plain("{ code: \"090\" }", "{ code: \"090\"")),
        ("a group where text belongs", plain("currency: AUD", "currency: { code: AUD }")),
        ("text where a group belongs", more("guard: strict\n")),
        ("a list where one value belongs", plain("currency: AUD", "currency: [AUD]")),
        ("no such currency", plain("AUD", "POUNDS")),
        ("codes without quotes", plain("use: \"201\"", "use: 0201")),
        ("a table without else", plain("  - { else: \"200\" }\n", "")),
        ("a tax table without else", plain(", else: hold }", " }")),
        ("else before the end", plain("  - { sku: TIL", "  - { else: hold }\n  - { sku: TIL")),
        ("a row without an account", plain("{ sku: TIL, use: \"201\" }", "{ sku: TIL }")),
        ("a row that is never reached", plain("  - { kind: shipping", "  - { sku: CRANE-9, use: \"1\" }\n  - { kind: shipping")),
        ("an unknown kind of line", plain("kind: shipping", "kind: shiping")),
        ("an unknown status of the ledger", more("status: { invoices: { draft: DRAFTED, else: Authorised } }\n")),
        ("an unknown status of the source", more("status: { invoices: { payed: DRAFT, else: AUTHORISED } }\n")),
        ("payments that the status forbids", more("status: { invoices: { else: DRAFT } }\n")),
        ("an unknown preset", plain("keap-xero", "keep-xero")),
        ("an unknown system", plain("{ xero: acme-books }", "{ xreo: acme-books }")),
        ("the ends swapped", plain("{ keap: acme }", "{ xero: acme-books }")),
        ("an unknown connection", plain("acme-books", "acme-boks")),
        ("the wrong connection", plain("{ xero: acme-books }", "{ xero: acme }")),
        ("another tenant's name", plain("tenant: acme", "tenant: Acme Cranes")),
        ("a name that is not the file's", plain("tenant: acme", "tenant: acme-cranes")),
        ("what is not built yet", more("sync: { items: both }\nback: { invoices: edits, conflict: hold }\nstamp: reference\n")),
        ("a key without meaning for the route", more("lines: { taxable: { item: Sales } }\n")),
        ("two starts at once", more("sync: { start: { invoice: \"1041\", invoice_date: 2026-07-01 } }\n")),
        ("no such day", more("sync: { start: { invoice_date: 01/07/2026 } }\n")),
        ("no such span of time", more("sync: { trigger: { every: 30 minutes } }\n")),
        ("a cron expression of three fields", more("sync: { trigger: { cron: \"0 6 *\", zone: Europe/Londn } }\n")),
        ("payments without invoices", more("sync: { invoices: off, payments: forward }\n")),
        ("edits sent and not sent", more("sync: { updates: { invoices: true } }\nskip: { already_synced: true }\n")),
        ("no bank account", plain("payments_account: { code: \"090\" }\n", "")),
        ("two bank accounts in one", plain("{ code: \"090\" }", "{ code: \"090\", name: Cheque }")),
        ("bank accounts without else", plain("{ code: \"090\" }", "{ Cash: { code: \"091\" } }")),
        ("a due date without its sign", more("due: { else: 14d }\n")),
        ("an amount with a separator", more("guard: { totals: { rounding_account: \"860\", at_most: \"0,05\" } }\n")),
        ("half a rounding rule", more("guard: { totals: { rounding_account: \"860\" } }\n")),
        ("a name without its place", more("contacts: { site_name: \"{parent}\" }\n")),
        ("a rule outside the workspace", more("rules: [../other/secret.rhai, rules/acme.rs]\n")),
        ("an alias", more("tables: { a: &x { else: hold }, b: *x }\n")),
        ("a tag", more("refunds: !!str hold\n")),
        ("two documents", more("---\ntenant: beta\n")),
        ("a value forgotten", more("refunds:\n")),
        ("nothing at all", String::new()),
        ("a list instead of a file", "- tenant: acme\n".to_owned()),
        ("several mistakes at once", "tenant: acme\npreset: keap-xero\nfrom: { kaep: acme }\nto: { xero: acme-books }\ncurrency: AUSD\nsync: { invoices: sometimes, aproval: manual }\naccounts: [ { sku: TIL, use: 201 } ]\npayments_account: { cod: \"090\" }\n".to_owned()),
    ]
}

#[test]
fn typical_mistakes_are_told_with_place_and_cure() {
    let mut page = String::new();
    for (name, text) in cases() {
        let compiled = compiled(&text);
        assert!(!compiled.diagnostics.is_empty(), "{name}: nothing was told");
        page.push_str(&format!("=== {name}\n"));
        for told in &compiled.diagnostics {
            assert!(!told.fix.is_empty(), "{name}: no cure for {told}");
            assert!(told.place.file.ends_with("acme.yaml"), "{name}: {told}");
            page.push_str(&told.to_string());
        }
        page.push('\n');
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_file_with_a_mistake_makes_no_mapping_and_one_with_a_doubt_does() {
    let wrong = compiled(&PLAIN.replace("currency: AUD", "currency: AUS"));
    assert!(wrong.has_errors() && wrong.mapping.is_none());
    let doubtful = compiled(&PLAIN.replace("\"201\"", "201"));
    assert!(!doubtful.has_errors() && doubtful.mapping.is_some());
    assert_eq!(doubtful.diagnostics.len(), 1);
}

#[test]
fn a_bomb_of_aliases_and_a_file_of_100_mb_stop_at_once() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..20 {
        let below = format!("*a{}", n - 1);
        let nine = [below.as_str(); 9].join(", ");
        bomb.push_str(&format!("a{n}: &a{n} [{nine}]\n"));
    }
    let told = compiled(&bomb).diagnostics;
    assert!(told.iter().any(|d| d.code == "yaml.alias"), "{told:?}");

    let huge = "x: y\n".repeat(20 * 1024 * 1024);
    let told = compiled(&huge).diagnostics;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].code, "yaml.too_large");

    let deep = format!("rules: {}", "[".repeat(200_000));
    let told = compiled(&deep).diagnostics;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(["yaml.too_deep", "yaml.syntax", "yaml.unclosed"].contains(&told[0].code.as_str()));
}

#[test]
fn a_file_of_nothing_but_mistakes_is_told_in_part() {
    let many: String = (0..9_000).map(|n| format!("k{n}: 1\n")).collect();
    let told = compiled(&many).diagnostics;
    assert!((200..220).contains(&told.len()), "{}", told.len());
}

#[test]
fn what_is_told_cannot_disguise_itself() {
    let text = format!("{PLAIN}notify: {{ when: \"\\e[2Kfine\\u202e\" }}\n\u{202e}skip: {{}}\n");
    let told = compiled(&text).diagnostics;
    assert!(told.len() >= 3, "{told:?}");
    for d in told {
        let shown = d.to_string();
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    }
}
