//! Ledgers with other habits than the ones we know: what their facts make of a file and of a document's sums.

use super::{PLAIN, keap, xero};
use crossfoot::checks::figures::Figures;
use crossfoot::checks::{Law, accounts, document, totals};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{Compiled, Connections, Input, Presets, compile};
use crossfoot::model::{
    AccountClass, Chart, Currency, Facts, InvoiceDraft, Kind, LedgerItem, LineDraft, LinesBy,
    Numbers, RefundsBy, TaxMode, TaxRate, TaxRule, Trace, WriteFacts,
};
use rust_decimal::Decimal;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A ledger that is like ours, but for what is changed.
fn ledger(change: impl FnOnce(&mut WriteFacts)) -> Facts {
    let mut facts = xero();
    change(facts.writes.as_mut().unwrap());
    facts
}

fn books() -> Chart {
    let mut chart = super::apply::chart();
    let mut rate = TaxRate {
        code: "FIFTEEN".to_owned(),
        name: "15 %".to_owned(),
        percent: d("15"),
        active: true,
        applies_to: [AccountClass::Revenue].into(),
    };
    chart.tax_rates.push(rate.clone());
    (rate.code, rate.percent) = ("FIVE".to_owned(), d("5"));
    chart.tax_rates.push(rate);
    chart
}

fn draft(mode: TaxMode, lines: &[(&str, &str)]) -> InvoiceDraft {
    let line = |(amount, tax): &(&str, &str)| LineDraft {
        description: "x".to_owned(),
        quantity: d("1"),
        unit_amount: d(amount),
        account: "200".to_owned(),
        tax: (*tax).to_owned(),
        ..LineDraft::default()
    };
    InvoiceDraft {
        kind: Kind::Invoice,
        number: "7".to_owned(),
        reference: String::new(),
        date: "2026-07-14".parse().unwrap(),
        due: None,
        status: "AUTHORISED".to_owned(),
        currency: Currency::new("AUD").unwrap(),
        tax_mode: mode,
        lines: lines.iter().map(line).collect(),
        subtotal: Decimal::ZERO,
        total_tax: Decimal::ZERO,
        total: Decimal::ZERO,
        paid_from: None,
    }
}

fn tax_of(rule: TaxRule, draft: &mut InvoiceDraft) -> Decimal {
    let (facts, chart) = (ledger(|w| w.tax = rule), books());
    let law = Law {
        facts: facts.target().unwrap(),
        chart: &chart,
    };
    let sums = totals::fill(law, draft);
    let lines: Decimal = draft.lines.iter().map(|l| l.tax_amount).sum();
    assert_eq!(lines, sums.tax, "the lines add up to the document");
    sums.tax
}

#[test]
fn tax_is_rounded_for_each_line_or_once_for_each_rate() {
    let three = [
        ("25.06", "FIFTEEN"),
        ("25.61", "FIFTEEN"),
        ("25.63", "FIFTEEN"),
    ];
    let mut per_line = draft(TaxMode::Exclusive, &three);
    assert_eq!(tax_of(TaxRule::PerLine, &mut per_line), d("11.44"));
    assert_eq!(per_line.total, d("87.74"));
    let mut per_rate = draft(TaxMode::Exclusive, &three);
    assert_eq!(tax_of(TaxRule::PerRate, &mut per_rate), d("11.45"));
    assert_eq!(per_rate.total, d("87.75"));
    // Each rate by itself, wherever its lines stand.
    let two = [
        ("0.10", "FIFTEEN"),
        ("0.10", "FIVE"),
        ("0.10", "FIFTEEN"),
        ("0.10", "FIVE"),
    ];
    let mut mixed = draft(TaxMode::Exclusive, &two);
    assert_eq!(tax_of(TaxRule::PerRate, &mut mixed), d("0.04"));
    let mut mixed = draft(TaxMode::Exclusive, &two);
    assert_eq!(tax_of(TaxRule::PerLine, &mut mixed), d("0.06"));
}

#[test]
fn tax_that_prices_hold_is_taken_out_once_for_each_rate() {
    let lines = [
        ("10.03", "FIFTEEN"),
        ("10.03", "FIFTEEN"),
        ("10.03", "FIFTEEN"),
    ];
    let mut per_line = draft(TaxMode::Inclusive, &lines);
    assert_eq!(tax_of(TaxRule::PerLine, &mut per_line), d("3.93"));
    let mut per_rate = draft(TaxMode::Inclusive, &lines);
    assert_eq!(tax_of(TaxRule::PerRate, &mut per_rate), d("3.92"));
    assert_eq!(per_rate.total, d("30.09"));
    let mut exempt = draft(TaxMode::Exempt, &lines);
    assert_eq!(tax_of(TaxRule::PerRate, &mut exempt), d("0"));
}

#[test]
fn tax_that_nobody_can_compute_is_taken_from_the_source() {
    let (facts, chart) = (ledger(|w| w.tax = TaxRule::Theirs), books());
    let law = Law {
        facts: facts.target().unwrap(),
        chart: &chart,
    };
    let mut draft = draft(TaxMode::Exclusive, &[("100", "FIFTEEN")]);
    let mapping = super::mapping(PLAIN);
    let settled = |draft: &mut InvoiceDraft, total: &str| {
        let mut source = super::apply::invoice();
        source.tax = Some(d("8.13"));
        source.reckoned = d(total);
        let figures = Figures {
            law,
            mapping: &mapping,
            source: &source,
            left: &[],
        };
        figures.settle(draft, &mut Trace::off())
    };
    assert_eq!(settled(&mut draft, "108.13"), Ok(d("108.13")));
    assert_eq!((draft.total, draft.total_tax), (d("108.13"), d("8.13")));
    assert_eq!(
        settled(&mut draft, "108.14").unwrap_err().code,
        "total.mismatch"
    );
}

#[test]
fn a_line_that_finds_its_account_by_its_item_names_one_the_ledger_has() {
    let facts = ledger(|w| w.lines_by = LinesBy::Item);
    let mut chart = books();
    chart.items = vec![LedgerItem {
        id: "item-9".to_owned(),
        code: "CRANE".to_owned(),
        ..LedgerItem::default()
    }];
    let law = Law {
        facts: facts.target().unwrap(),
        chart: &chart,
    };
    let mut paper = draft(TaxMode::Exclusive, &[("100", "FIFTEEN")]);
    paper.lines[0].account.clear();
    assert_eq!(
        accounts::items(law, &mut paper).unwrap_err().code,
        "item.missing"
    );
    paper.lines[0].item = "HOIST".to_owned();
    assert_eq!(
        accounts::items(law, &mut paper).unwrap_err().code,
        "item.unknown"
    );
    paper.lines[0].item = "CRANE".to_owned();
    assert_eq!(accounts::items(law, &mut paper), Ok(()));
    assert_eq!(paper.lines[0].item_id, "item-9");
    assert_eq!(accounts::usable(law, &paper), Ok(()));
}

#[test]
fn a_number_that_the_ledger_gives_itself_is_not_held_for_its_form() {
    let ours = xero();
    let theirs = ledger(|w| {
        w.kinds.get_mut(&Kind::Invoice).unwrap().numbers = Numbers::Theirs;
    });
    let mut paper = draft(TaxMode::Exempt, &[]);
    paper.number = "Ä7".to_owned();
    let code = |facts: &Facts| {
        let said = document::number(facts.target().unwrap(), &paper);
        said.err().map(|r| r.code)
    };
    assert_eq!(code(&ours).as_deref(), Some("number.invalid"));
    assert_eq!(code(&theirs), None);
}

fn compiled(facts: &Facts, text: &str) -> Compiled {
    let connections = "acme: { system: keap }\nacme-books: { system: xero }\n";
    let (connections, _) = Connections::parse(
        "connections.yaml",
        connections,
        &Registry::standard().settings(),
    );
    compile(&Input {
        file: "mappings/acme.yaml",
        text,
        presets: &Presets::embedded(),
        connections: Some(&connections),
        facts: &[&keap(), facts],
    })
}

#[test]
fn a_ledger_without_words_for_a_status_wants_no_table_of_them() {
    let wordless = ledger(|w| w.statuses.clear());
    let told = compiled(&wordless, PLAIN);
    let codes: Vec<&str> = told.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["route.no_meaning"], "of the preset's table");
    let own = "tenant: acme\nfrom: { keap: acme }\nto: { xero: acme-books }\ncurrency: AUD\naccounts: [ { else: \"200\" } ]\npayments_account: { code: \"090\" }\ntax: { codes: { else: OUTPUT } }\n";
    let told = compiled(&wordless, own);
    assert_eq!(told.diagnostics, vec![]);
    let told = compiled(&xero(), own);
    assert!(told.has_errors(), "another ledger wants one");
}

#[test]
fn credit_notes_are_not_promised_where_refunds_cannot_be_entered() {
    let facts = ledger(|w| w.refunds_by = RefundsBy::No);
    let text = format!("{PLAIN}refunds: credit_note\n");
    let told = compiled(&facts, &text);
    let codes: Vec<&str> = told.diagnostics.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["route.credit_note"]);
}

#[test]
fn a_ledger_that_makes_no_tax_by_itself_takes_no_word_for_that() {
    let text = format!("{PLAIN}guard: {{ totals: ledger }}\n");
    let told = compiled(&xero(), &text).diagnostics;
    let codes: Vec<&str> = told.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes, ["route.no_meaning"], "{told:#?}");
    let own = ledger(|w| w.own_tax = true);
    assert!(compiled(&own, &text).diagnostics.is_empty());
}

#[test]
fn a_ledger_that_keeps_names_apart_takes_no_word_for_two_of_one_name() {
    let apart = ledger(|w| w.contact_names_apart = true);
    let lax = ledger(|w| w.contact_names_apart = false);
    for word in ["warn", "off"] {
        let text = format!("{PLAIN}contacts: {{ unique: {{ name: {word} }} }}\n");
        let told = compiled(&apart, &text).diagnostics;
        let line = u32::try_from(text.lines().count()).unwrap();
        let codes: Vec<(&str, u32)> = told
            .iter()
            .map(|d| (d.code.as_str(), d.place.line))
            .collect();
        assert_eq!(codes, [("route.no_meaning", line)], "{told:#?}");
        // The cure, pasted.
        let cured = text.replace(word, "hold");
        assert!(compiled(&apart, &cured).diagnostics.is_empty());
        assert!(compiled(&lax, &text).diagnostics.is_empty());
    }
}
