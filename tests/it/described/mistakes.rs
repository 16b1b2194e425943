//! Forty descriptions with a mistake each: every one is told with its place, what is wrong, and what to do.

use super::PLAIN;
use crossfoot::connectors::manifest::parse;

/// What stands in the good one, and what a person wrote instead.
const BROKEN: [(&str, &str); 44] = [
    ("connector: bookwright", "connecter: bookwright"),
    ("connector: bookwright", "connector: Book Wright"),
    ("connector: bookwright", "connector: bookwrong"),
    ("title: Bookwright\n", ""),
    ("contract: published", "contract: publised"),
    (
        "base: https://api.bookwright.example/v2",
        "base: http://api.bookwright.example/v2",
    ),
    (
        "base: https://api.bookwright.example/v2",
        "base: https://127.0.0.1/v2",
    ),
    (
        "base: https://api.bookwright.example/v2",
        "base: https://{setting.account}.bookwright.example/v2",
    ),
    (
        "base: https://api.bookwright.example/v2",
        "base: bookwright",
    ),
    (
        "auth: bearer",
        "hosts: [files.bookwright.example]\nauth: bearer",
    ),
    (
        "auth: bearer",
        "hosts: [api.bookwright.example, 192.168.0.1]\nauth: bearer",
    ),
    ("auth: bearer", "auth: bearing"),
    ("auth: bearer", "auth: { header: X-Key, query: key }"),
    ("auth: bearer", "auth: { login: { token: /token } }"),
    (
        "auth: bearer",
        "auth: bearer\nheaders: { Authorization: \"Bearer abc\" }",
    ),
    ("limits: { per_minute: 120 }", "limits: { per_minit: 120 }"),
    (
        "limits: { per_minute: 120 }",
        "limits: { per_minute: many }",
    ),
    ("formats: { zone: UTC }", "formats: { zone: Sydney }"),
    (
        "formats: { zone: UTC }",
        "formats: { zone: Australia/Sydney }",
    ),
    ("formats: { zone: UTC }", "formats: { days: dd/mm/yy }"),
    (
        "{ status: 200, field: error, class: broken, says: it answers with an error }",
        "{ status: 200, class: wait }",
    ),
    ("class: broken", "class: brocken"),
    ("status: 200", "status: 20x"),
    (
        "    get: /invoices\n",
        "    get: https://elsewhere.example/invoices\n",
    ),
    ("    get: /invoices\n", "    get: /invoices?all=1\n"),
    ("updated_since: \"{since}\"", "updated_since: \"{sinse}\""),
    ("updated_since: \"{since}\", ", ""),
    ("page: \"{page}\", ", ""),
    ("paging: { page: 1 }", "paging: { page: 1, offset: 0 }"),
    ("paging: { page: 1 }", "paging: { page: 1, until: short }"),
    ("paging: { page: 1 }", "paging: { token: meta.token }"),
    ("    full_scan: nightly\n", ""),
    ("overlap: 10m", "overlap: soon"),
    ("    id: id\n", ""),
    ("state == `deleted`", "state = `deleted`"),
    ("state != `quote`", "let x = 1; x"),
    ("number: invoice_no", "numbr: invoice_no"),
    ("number: invoice_no", "number: invoice[0]"),
    ("open: unpaid", "open: unpayed"),
    (", else: hold } }", " } }"),
    ("      changes_touch_parent: no\n", ""),
    (
        "      subtotal: net\n      tax: vat_total\n      total: total\n",
        "      tax: vat_total\n",
    ),
    (
        "get: \"/customers/{record.customer_id}\"",
        "get: \"/customers/{id}\"",
    ),
    ("read:\n", "write:\n  payments: { safe_by: stamp }\nread:\n"),
];

#[test]
fn every_broken_description_is_told_with_its_place_and_its_cure() {
    for (from, to) in BROKEN {
        assert!(PLAIN.contains(from), "{from}");
        let text = PLAIN.replacen(from, to, 1);
        let (made, told) = parse("mappings/connectors/bookwright.yaml", &text);
        assert!(made.is_none(), "{to} is taken");
        assert!(!told.is_empty(), "{to} is not told");
        for d in &told {
            assert_eq!(d.place.file, "mappings/connectors/bookwright.yaml");
            let told = d.place.line > 0 && d.place.column > 0;
            assert!(told && !d.what.is_empty() && !d.fix.is_empty(), "{d:#?}");
            println!("{}: [{}] {}\n    {}", d.place, d.code, d.what, d.fix);
        }
    }
    // What was nearly right says what was meant.
    for (from, to, meant) in [
        (
            "connector: bookwright",
            "connecter: bookwright",
            "`connector`",
        ),
        ("contract: published", "contract: publised", "`published`"),
        ("class: broken", "class: brocken", "`broken`"),
        ("\"{since}\"", "\"{sinse}\"", "`{since}`"),
        ("number: invoice_no", "numbr: invoice_no", "`number`"),
        ("open: unpaid", "open: unpayed", "`unpaid`"),
    ] {
        let (_, told) = parse(
            "mappings/connectors/bookwright.yaml",
            &PLAIN.replacen(from, to, 1),
        );
        let fix = format!("Did you mean {meant}?");
        assert!(told.iter().any(|d| d.fix == fix), "{to}: {told:#?}");
    }
}

#[test]
fn nothing_that_is_written_stops_the_reader() {
    let lines: Vec<&str> = PLAIN.lines().collect();
    for n in 0..lines.len() {
        let mut left = lines.clone();
        left.remove(n);
        let _ = parse("mappings/connectors/bookwright.yaml", &left.join("\n"));
        let cut = lines[n].len() / 2;
        let mut half = lines.clone();
        half[n] = lines[n].get(..cut).unwrap_or_default();
        let _ = parse("mappings/connectors/bookwright.yaml", &half.join("\n"));
    }
    for odd in [
        "",
        "[]",
        "read: 3",
        "read: { invoices: [] }",
        "connector: {}",
        "a: &x b",
    ] {
        let (made, told) = parse("mappings/connectors/bookwright.yaml", odd);
        assert!(made.is_none() && !told.is_empty(), "{odd}");
    }
}
