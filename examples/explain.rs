//! What decides: one made-up invoice, a tenant's file, a rule, and what set each field of the result.
//!
//! Run with `cargo run --example explain`. `decide` is a pure function: no store, no network, no clock.
//! Plan, explain, specs and replays are this same call.

use chrono::{NaiveDate, TimeZone as _, Utc};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{Input, Presets, compile};
use crossfoot::model::{
    Account, AccountClass, Chart, Contact, Currency, DocStatus, Invoice, Kind, LedgerView, Line,
    Organisation, Origin, SourceId, TaxRate, Trace,
};
use crossfoot::pipeline::decide::{Question, decide};
use crossfoot::rules::{Context, RuleFile, RuleSet, Runner};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Whatever = Box<dyn std::error::Error + Send + Sync>;

const TENANT_FILE: &str = r#"tenant: acme
preset: keap-xero
from: { keap: shop }
to:   { xero: books }
currency: AUD
accounts:
  - { sku: "PART-*", use: "201" }
  - { else: "200" }
payments_account: { code: "090" }
tax:
  codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }
rules: [rules/acme.rhai]
"#;

const RULE: &str = r#"/// Hire of more than a week is long-term hire, which has an account of its own.
fn map_line(line, invoice) {
    if line.sku == "HIRE" && line.quantity > 7 { line.account = "202"; }
    keep()
}
"#;

fn line(id: &str, sku: &str, name: &str, quantity: i64, price: &str) -> Line {
    Line {
        id: id.into(),
        sku: sku.into(),
        name: name.into(),
        quantity: Decimal::from(quantity),
        unit_amount: price.parse().unwrap_or_default(),
        taxable: Some(true),
        ..Line::default()
    }
}

/// Ten days of hire at 100.00 and a hook at 20.00, with 10 % of tax.
fn invoice() -> Result<Invoice, Whatever> {
    let date = NaiveDate::from_ymd_opt(2026, 7, 10).ok_or("no such day")?;
    let made = Utc.from_utc_datetime(&date.and_time(chrono::NaiveTime::MIN));
    Ok(Invoice {
        order_id: "1031".into(),
        number: "1041".into(),
        title: "Crane hire".into(),
        date,
        status: DocStatus::Unpaid,
        contact: Contact {
            id: "1".into(),
            name: "Jo Harbour".into(),
            ..Contact::default()
        },
        lines: vec![
            line("1", "HIRE", "Crane hire, day", 10, "100.00"),
            line("2", "PART-HOOK", "Hook", 1, "20.00"),
        ],
        tax: Some("102.00".parse()?),
        reckoned: "1122.00".parse()?,
        created_at: made,
        modified_at: made,
        ..Invoice::bare(
            Kind::Invoice,
            SourceId("1041".into()),
            Currency::new("AUD")?,
        )
    })
}

/// As much of a ledger as the decision needs.
fn chart() -> Result<Chart, Whatever> {
    let account = |code: &str, name: &str, bank: bool| Account {
        id: format!("id-{code}"),
        code: code.into(),
        name: name.into(),
        class: if bank {
            AccountClass::Asset
        } else {
            AccountClass::Revenue
        },
        tax: "OUTPUT".into(),
        active: true,
        takes_payments: bank,
        bank,
        system: String::new(),
    };
    let rate = |code: &str, percent: i64| TaxRate {
        code: code.into(),
        name: code.into(),
        percent: Decimal::from(percent),
        active: true,
        applies_to: BTreeSet::from([AccountClass::Revenue]),
    };
    Ok(Chart {
        index: Default::default(),
        organisation: Organisation {
            id: "org".into(),
            name: "Acme Cranes".into(),
            country: "AU".into(),
            currency: Currency::new("AUD")?,
            currencies: BTreeSet::new(),
            period_lock: None,
            year_lock: None,
        },
        accounts: vec![
            account("090", "Bank", true),
            account("200", "Sales", false),
            account("201", "Parts", false),
            account("202", "Long-term hire", false),
        ],
        tax_rates: vec![rate("OUTPUT", 10), rate("EXEMPTOUTPUT", 0)],
        tracking: Vec::new(),
        items: Vec::new(),
    })
}

fn shown(trace: &Trace) -> String {
    let mut out = String::new();
    for step in trace.steps() {
        let by = match &step.origin {
            Origin::Source { field } => format!("the source's {field}"),
            Origin::Mapping { key, place } => format!("{key} at {place}"),
            Origin::Rule { hook, place } => format!("{hook} at {place}"),
            Origin::Ledger { what } => what.clone(),
        };
        out.push_str(&format!("{:<22} {:<18} {by}\n", step.field, step.value));
    }
    out
}

/// Decides, and answers what set each field.
pub fn run() -> Result<String, Whatever> {
    let systems = Registry::standard();
    let presets = Presets::embedded();
    let compiled = compile(&Input {
        file: "mappings/acme.yaml",
        text: TENANT_FILE,
        presets: &presets,
        connections: None,
        facts: &systems.facts(),
    });
    let mapping = compiled
        .mapping
        .ok_or_else(|| format!("{:#?}", compiled.diagnostics))?;
    let rule = RuleFile {
        name: "rules/acme.rhai".into(),
        text: RULE.into(),
        params: BTreeMap::new(),
    };
    let (rules, _) = RuleSet::compile(&[rule], &BTreeMap::new()).map_err(|d| format!("{d:#?}"))?;
    let (invoice, chart, view) = (Arc::new(invoice()?), chart()?, LedgerView::default());
    let context = Arc::new(Context {
        tenant: "acme".into(),
        run: "example".into(),
        today: invoice.date,
        trace: true,
    });
    let target = systems.target("xero").ok_or("no such ledger")?;
    let question = Question {
        invoice: &invoice,
        view: &view,
        chart: &chart,
        mapping: &mapping,
        rules: &rules,
        facts: target.facts,
        context: &context,
    };
    let decision = decide(&question, &mut Runner::new()).map_err(|f| format!("{f:?}"))?;
    let total = decision.invoice.as_ref().map_or(Decimal::ZERO, |i| i.total);
    Ok(format!(
        "{}\nverdict: {:?}, total {total}\n",
        shown(&decision.trace),
        decision.verdict
    ))
}

#[allow(dead_code)] // The tests call `run` alone.
fn main() -> Result<(), Whatever> {
    print!("{}", run()?);
    Ok(())
}
