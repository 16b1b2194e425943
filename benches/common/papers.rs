//! One tenant with its rules, its ledger's chart, and an invoice of five lines with a payment.
//!
//! The chart has as many accounts, tax rates and items as a small business's has.

#![allow(dead_code)]

use chrono::{DateTime, NaiveDate};
use crossfoot::connectors::System as _;
use crossfoot::mapping::{Connections, Input, Mapping, Presets, compile};
use crossfoot::model::*;
use crossfoot::rules::{Context, Otherwise, RuleFile, RuleSet, Table};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The tenant's file.
pub const TENANT: &str = r#"tenant: acme
preset: keap-xero
from: { keap: acme }
to: { xero: acme-books }
currency: AUD
sync: { first_run: post }
accounts:
  - { sku: TIL, use: "201" }
  - { sku: "CRANE-*", use: "20-4100" }
  - { kind: shipping, use: "260" }
  - { kind: discount, use: "0205" }
  - { else: "200" }
payments_account: { code: "090" }
tax:
  codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }
tables:
  division: { NSW: "20", QLD: "30", VIC: "40", WA: "50", else: hold }
  nature: { INSPECT: "4100", REPAIR: "4200", PARTS: "4300", else: hold }
"#;

/// Three hooks: whether an invoice is wanted, each line's account and tax code, the payment's reference.
pub const RULES: &str = r#"//! Three hooks.

/// Leaves out what a person has tagged, holds what has no money in it.
fn select(invoice) {
    if "do-not-sync" in invoice.tags { return skip("tagged do-not-sync"); }
    if invoice.total < 0.00 { return hold("the total is negative"); }
    keep()
}

/// Builds the account from the two parts of the SKU; what is exported carries no tax.
fn map_line(line, invoice) {
    if "-" in line.sku {
        let division = lookup("division", line.sku.part("-", 0));
        let nature = lookup("nature", line.sku.part("-", 1));
        line.account = `${division}-${nature}`;
    }
    if "export" in invoice.tags { line.tax = "EXEMPTOUTPUT"; }
    keep()
}

/// Holds what is more than is owed, and says how it was paid.
fn map_payment(payment, invoice) {
    if payment.amount > invoice.due { return hold("more than is owed"); }
    payment.reference = `${payment.method} for ${invoice.number}`;
    keep()
}
"#;

/// A decimal.
pub fn d(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn keap() -> Facts {
    crossfoot::connectors::keap::Keap::new().facts().clone()
}

/// The ledger's facts: the real connector's.
pub fn xero() -> Facts {
    crossfoot::connectors::xero::Xero::new().facts().clone()
}

/// Compiles a tenant's file.
pub fn mapping(text: &str) -> Mapping {
    let (source, target) = (keap(), xero());
    let connections = "acme: { system: keap }\nacme-books: { system: xero }\n";
    let systems = crossfoot::connectors::Registry::standard();
    let (connections, _) = Connections::parse("connections.yaml", connections, &systems.settings());
    let compiled = compile(&Input {
        file: "mappings/acme.yaml",
        text,
        presets: &Presets::embedded(),
        connections: Some(&connections),
        facts: &[&source, &target],
    });
    compiled
        .mapping
        .unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics))
}

/// The tables of [`TENANT`], as rules see them.
pub fn tables() -> BTreeMap<String, Table> {
    let table = |rows: &[(&str, &str)]| Table {
        rows: rows
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        otherwise: Otherwise::Hold,
    };
    BTreeMap::from([
        (
            "division".to_owned(),
            table(&[("NSW", "20"), ("QLD", "30"), ("VIC", "40"), ("WA", "50")]),
        ),
        (
            "nature".to_owned(),
            table(&[("INSPECT", "4100"), ("REPAIR", "4200"), ("PARTS", "4300")]),
        ),
    ])
}

/// Compiles [`RULES`].
pub fn rules() -> RuleSet {
    let file = RuleFile {
        name: "rules/acme.rhai".to_owned(),
        text: RULES.to_owned(),
        params: BTreeMap::new(),
    };
    match RuleSet::compile(&[file], &tables()) {
        Ok((rules, _)) => rules,
        Err(told) => panic!("{told:#?}"),
    }
}

/// The context of a run.
pub fn context(trace: bool) -> Arc<Context> {
    Arc::new(Context {
        tenant: "acme".into(),
        run: "run-1".into(),
        today: day("2026-07-20"),
        trace,
    })
}

/// An invoice of five lines, paid in full.
pub fn invoice() -> Invoice {
    let line = |id: &str, kind, sku: &str, name: &str, quantity: &str, price: &str, taxable| Line {
        id: id.into(),
        kind,
        sku: sku.into(),
        name: name.into(),
        description: format!("{name}, as ordered"),
        quantity: d(quantity),
        unit_amount: d(price),
        taxable: Some(taxable),
        ..Line::default()
    };
    let lines = vec![
        line(
            "1",
            LineKind::Product,
            "NSW-INSPECT",
            "Yearly inspection",
            "1",
            "480.00",
            true,
        ),
        line(
            "2",
            LineKind::Product,
            "VIC-PARTS",
            "Door roller",
            "4",
            "25.06",
            true,
        ),
        line(
            "3",
            LineKind::Product,
            "TIL",
            "Tilt hook",
            "3",
            "12.50",
            true,
        ),
        line("4", LineKind::Shipping, "", "Freight", "1", "18.00", false),
        line("5", LineKind::Discount, "", "Loyalty", "1", "-20.00", true),
    ];
    // 480.00 + 100.24 + 37.50 + 18.00 - 20.00 = 615.74; tax 48.00 + 10.02 + 3.75 - 2.00 = 59.77.
    Invoice {
        order_id: "977".into(),
        number: "1041".into(),
        title: "Inspection and parts".into(),
        notes: "Ring before noon".into(),
        reference: "PO-4711".into(),
        date: day("2026-07-05"),
        due: Some(day("2026-07-31")),
        status: DocStatus::Paid,
        contact: contact(),
        lines,
        tax: Some(d("59.77")),
        tax_included: Some(false),
        reckoned: d("675.51"),
        paid: d("675.51"),
        payments: vec![Payment {
            id: "p-1".into(),
            kind: PaymentKind::Payment,
            date: day("2026-07-09"),
            at: None,
            amount: d("675.51"),
            method: "Credit Card".into(),
            reference: "ch_8812".into(),
            refunds: String::new(),
            settled: true,
        }],
        tags: vec!["warranty".into(), "region-east".into()],
        fields: BTreeMap::from([("PO".into(), "4711".into())]),
        modified_at: DateTime::UNIX_EPOCH,
        ..Invoice::bare(
            Kind::Invoice,
            "1041".into(),
            Currency::new("AUD").expect("a currency"),
        )
    }
}

fn contact() -> Contact {
    let street = |first: &str| Address {
        lines: vec![first.into(), "Level 4".into()],
        city: "Sydney".into(),
        region: "NSW".into(),
        postal_code: "2000".into(),
        country: "Australia".into(),
    };
    Contact {
        id: "7".into(),
        name: "Harbour Cranes".into(),
        first_name: "Jo".into(),
        last_name: "Harbour".into(),
        company: "Harbour Cranes".into(),
        email: "jo@harbour.example".into(),
        phone: "(02) 9999 1111".into(),
        mobile: "0400 111 222".into(),
        tax_number: "51 824 753 556".into(),
        party: String::new(),
        billing: street("1 Wharf Road"),
        service: street("9 Dock Street"),
        parent: None,
        tags: vec!["customer".into()],
        fields: BTreeMap::new(),
    }
}

/// What the ledger holds that concerns the invoice: the contact, among three that were looked at.
pub fn view() -> LedgerView {
    let contact = |id: &str, name: &str, email: &str| LedgerContact {
        id: id.into(),
        name: name.into(),
        email: email.into(),
        ..LedgerContact::default()
    };
    LedgerView {
        contacts: vec![
            contact("c-1", "Harbour Lane", "office@lane.example"),
            contact("c-2", "Harbour Cranes", "jo@harbour.example"),
            contact("c-3", "Harbour Tiles", "jo@tiles.example"),
        ],
        ..LedgerView::default()
    }
}

/// A chart of 90 accounts, 9 tax rates and 200 items.
pub fn chart() -> Chart {
    let account = |code: &str, class, bank| Account {
        id: format!("id-{code}"),
        code: code.into(),
        name: format!("Account {code}"),
        class,
        tax: "OUTPUT".into(),
        active: true,
        takes_payments: false,
        bank,
        system: String::new(),
    };
    let mut accounts = vec![account("090", AccountClass::Asset, true)];
    accounts.extend((300..382).map(|n| account(&n.to_string(), AccountClass::Expense, false)));
    for code in ["200", "201", "260", "0205", "20-4100", "20-4200", "40-4300"] {
        accounts.push(account(code, AccountClass::Revenue, false));
    }
    let rate = |code: &str, percent: &str| TaxRate {
        code: code.into(),
        name: code.into(),
        percent: d(percent),
        active: true,
        applies_to: BTreeSet::from([AccountClass::Revenue, AccountClass::Expense]),
    };
    let mut tax_rates = vec![
        rate("BASEXCLUDED", "0"),
        rate("INPUT", "10"),
        rate("CAPEXINPUT", "10"),
        rate("EXEMPTEXPENSES", "0"),
        rate("EXEMPTCAPITAL", "0"),
        rate("EXEMPTEXPORT", "0"),
        rate("GSTONIMPORTS", "0"),
    ];
    tax_rates.extend([rate("OUTPUT", "10"), rate("EXEMPTOUTPUT", "0")]);
    let items = (0..200).map(|n| LedgerItem {
        id: format!("item-{n}"),
        code: format!("SKU-{n}"),
        account: "200".into(),
        ..LedgerItem::default()
    });
    Chart {
        index: Default::default(),
        organisation: Organisation {
            id: "o".into(),
            name: "Acme".into(),
            country: "AU".into(),
            currency: Currency::new("AUD").expect("a currency"),
            currencies: BTreeSet::from(["AUD".to_owned()]),
            period_lock: Some(day("2025-06-30")),
            year_lock: None,
        },
        accounts,
        tax_rates,
        items: items.collect(),
        tracking: Vec::new(),
    }
}
