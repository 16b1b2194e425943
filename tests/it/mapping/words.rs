//! Ordinary terms that have words: lists of SKUs in files, tax in rows, patterns of methods, the ends of months.

use super::{PLAIN, mapping};
use crate::rules::{d, day, invoice};
use crossfoot::mapping::Mapping;
use crossfoot::model::{Kind, Line, Payment, PaymentKind, Trace};

fn rows(rows: &str) -> Mapping {
    mapping(&PLAIN.replace("  - { sku: TIL, use: \"201\" }\n", rows))
}

fn listed(rows_: &str, list: &str) -> (Mapping, Vec<String>) {
    let mut mapping = rows(rows_);
    let read = |file: &str| match file {
        "lists/free.csv" => Ok(list.to_owned()),
        other => Err(format!("{other} is not there")),
    };
    let told = mapping.read_lists(read);
    (mapping, told.iter().map(ToString::to_string).collect())
}

fn line(sku: &str) -> Line {
    Line {
        id: "1".into(),
        sku: sku.into(),
        quantity: d("1"),
        unit_amount: d("10"),
        taxable: Some(true),
        ..Line::default()
    }
}

/// What a line's account and tax come to, with what set them.
fn coded(mapping: &Mapping, sku: &str) -> Vec<String> {
    let mut invoice = invoice();
    invoice.tax = Some(d("1.00"));
    let line = line(sku);
    let mut trace = Trace::on();
    let mut draft = mapping.draft_line(&line, &invoice, &mut trace);
    mapping
        .account_for(&mut draft, &line, Kind::Invoice, &mut trace)
        .unwrap();
    mapping
        .tax_for(&mut draft, &line, &invoice, &mut trace)
        .unwrap();
    let wanted = |f: &str| f.ends_with("account") || f.ends_with("tax");
    let steps = trace.steps().into_iter().filter(|s| wanted(&s.field));
    steps
        .map(|s| format!("{} by {:?}", s.value, s.origin))
        .collect()
}

#[test]
fn skus_come_from_a_file_with_the_line_as_provenance() {
    let row = "  - { skus: lists/free.csv, use: \"201\", tax: EXEMPTOUTPUT }\n";
    let (mapping, told) = listed(row, "Name,SKU\nBread,BRD-1\n\"Milk, 1 l\", MLK-1\n");
    assert_eq!(told, Vec::<String>::new());
    let free = coded(&mapping, "MLK-1");
    assert!(
        free[0].starts_with("201 by") && free[0].contains("lists/free.csv:3"),
        "{free:?}"
    );
    assert!(
        free[1].starts_with("EXEMPTOUTPUT by") && free[1].contains("lists/free.csv:3"),
        "{free:?}"
    );
    let other = coded(&mapping, "brd-1");
    assert!(
        other[0].starts_with("200 by") && other[1].starts_with("OUTPUT by"),
        "{other:?}"
    );
}

#[test]
fn a_row_for_tax_alone_leaves_the_account_to_those_below() {
    let row =
        "  - { skus: lists/free.csv, tax: EXEMPTOUTPUT }\n  - { sku: \"BRD-*\", use: \"201\" }\n";
    let (mapping, _) = listed(row, "BRD-1\n");
    let free = coded(&mapping, "BRD-1");
    assert!(
        free[0].starts_with("201 by") && free[1].starts_with("EXEMPTOUTPUT by"),
        "{free:?}"
    );
    let taxed = coded(&mapping, "BRD-2");
    assert!(
        taxed[0].starts_with("201 by") && taxed[1].starts_with("OUTPUT by"),
        "{taxed:?}"
    );
}

#[test]
fn a_list_that_cannot_be_read_is_told_with_its_line() {
    let row = "  - { skus: lists/free.csv, use: \"201\" }\n";
    let (_, told) = listed(row, "sku\nBRD-1\nBRD-1\n");
    assert!(
        told[0].contains("lists/free.csv:3") && told[0].contains("line 2"),
        "{told:?}"
    );
    let (_, told) = listed(row, "\n");
    assert!(told[0].contains("names no SKU"), "{told:?}");
    let gone = row.replace("free", "gone");
    let (_, told) = listed(&gone, "");
    assert!(
        told[0].contains("cannot be read") && told[0].contains("mappings/acme.yaml:7"),
        "{told:?}"
    );
}

#[test]
fn methods_of_paying_answer_to_patterns() {
    let mapping = mapping(&PLAIN.replace(
        "payments_account: { code: \"090\" }",
        "payments_account: { \"Credit Card\": { code: \"092\" }, \"*card*\": { code: \"091\" }, else: { code: \"090\" } }",
    ));
    let account = |method: &str| {
        let payment = Payment {
            id: "p".into(),
            kind: PaymentKind::Payment,
            date: day("2026-07-02"),
            at: None,
            amount: d("1"),
            method: method.into(),
            reference: String::new(),
            refunds: String::new(),
            settled: true,
        };
        let draft = mapping.draft_payment(&payment, &invoice(), &mut Trace::on());
        draft.unwrap().account.to_string()
    };
    assert_eq!(account("credit card"), "code 092");
    assert_eq!(account("Visa Card"), "code 091");
    assert_eq!(account("Cheque"), "code 090");
}

#[test]
fn the_ends_of_months_are_days_of_the_calendar() {
    let due = |word: &str, of: &str| {
        let mapping = super::with(&format!("due: {{ else: {word} }}\n"));
        let mut invoice = invoice();
        invoice.date = day(of);
        let mut trace = Trace::on();
        mapping
            .draft_invoice(&invoice, Kind::Invoice, &mut trace)
            .unwrap()
            .due
    };
    for (word, of, is) in [
        ("end_of_month", "2026-07-01", "2026-07-31"),
        ("end_of_month", "2028-02-10", "2028-02-29"),
        ("end_of_next_month", "2026-12-31", "2027-01-31"),
        ("end_of_next_month", "2026-01-31", "2026-02-28"),
    ] {
        assert_eq!(due(word, of), Some(day(is)), "{word} of {of}");
    }
}

#[test]
fn the_lines_of_the_page_of_wishes_are_lines_of_a_file() {
    let page = include_str!("../../../docs/tickets.md");
    let mut met = 0;
    for row in page.lines().filter(|l| l.starts_with("| ")) {
        let cell = row.split(" | ").nth(1).unwrap_or_default();
        if cell.contains("rule `") || row.contains("crossfoot ") {
            continue;
        }
        for piece in cell.split('`').skip(1).step_by(2) {
            let key = piece.split(':').next().unwrap_or_default();
            let value = piece.get(key.len() + 1..).unwrap_or_default();
            if value.trim().is_empty() || piece.starts_with('{') {
                continue;
            }
            let text = match key {
                "payments_account" => PLAIN.replace("payments_account: { code: \"090\" }", piece),
                "tax" => {
                    let word = value.trim().trim_start_matches("{ ").trim_end_matches(" }");
                    PLAIN.replace("tax:\n", &format!("tax:\n  {word}\n"))
                }
                _ => format!("{PLAIN}{piece}\n"),
            };
            let told = super::compiled(&text);
            assert!(!told.has_errors(), "{row}\n{:?}", told.diagnostics);
            met += 1;
        }
    }
    assert!(met > 15, "{met}");
}
