//! The same document for the program: a tenant's file, a source document, a chart; and its decision in the second mind's
//! words.

use super::documents::Case;
use super::mind;
use super::nouns::{Doc, End, Law, Line, Millionths, Owed, Paper, Row, Words};
use chrono::{DateTime, Days, NaiveDate};
use crossfoot::connectors::Registry;
use crossfoot::mapping::{Input, Mapping, Presets, compile};
use crossfoot::model::{
    Account, AccountClass, Chart, Contact, Currency, DocStatus, Instalment, Invoice, Kind,
    LedgerView, LineKind, Organisation, Payment, PaymentKind, Stated, TaxRate, Verdict,
};
use crossfoot::pipeline::decide::{Decision, Question, decide};
use crossfoot::rules::{Context, RuleSet, Runner};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The program, with the file of the tenant whose turn it is.
pub struct Program {
    systems: Registry,
    chart: Chart,
    rules: RuleSet,
    runner: Runner,
    context: Arc<Context>,
    of: Option<(usize, Mapping)>,
}

fn amount(n: Millionths) -> Decimal {
    Decimal::from_i128_with_scale(n, 6).normalize()
}

fn millionths(d: Decimal) -> Millionths {
    let mut d = d;
    d.rescale(6);
    d.mantissa()
}

fn date(day: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
    first
        .checked_add_days(Days::new(day.unsigned_abs()))
        .unwrap()
}

fn days(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::from_ymd_opt(2000, 1, 1).unwrap())
        .num_days()
}

impl Program {
    pub fn new() -> Self {
        Self {
            systems: Registry::standard(),
            chart: chart(),
            rules: RuleSet::compile(&[], &BTreeMap::new()).unwrap().0,
            runner: Runner::new(),
            context: Arc::new(Context {
                tenant: "acme".into(),
                run: "one".into(),
                today: date(9_800),
                trace: false,
            }),
            of: None,
        }
    }

    /// What the program decides, and what the second mind does.
    pub fn both(&mut self, case: &Case, wrong: Option<Law>) -> (End, End) {
        (self.ours(case), mind::decide(&case.doc, &case.words, wrong))
    }

    fn ours(&mut self, case: &Case) -> End {
        if self.of.as_ref().is_none_or(|(n, _)| *n != case.tenant) {
            self.of = Some((case.tenant, self.mapping(&case.words, case.currency)));
        }
        let invoice = Arc::new(invoice(&case.doc, case.currency));
        let question = Question {
            invoice: &invoice,
            view: &LedgerView::default(),
            chart: &self.chart,
            mapping: &self.of.as_ref().unwrap().1,
            rules: &self.rules,
            facts: self.systems.target("xero").unwrap().facts,
            context: &self.context,
        };
        told(decide(&question, &mut self.runner).unwrap())
    }

    fn mapping(&self, words: &Words, currency: &str) -> Mapping {
        let text = file(words, currency);
        let compiled = compile(&Input {
            file: "mappings/acme.yaml",
            text: &text,
            presets: &Presets::embedded(),
            connections: None,
            facts: &self.systems.facts(),
        });
        compiled
            .mapping
            .unwrap_or_else(|| panic!("{text}\n{:#?}", compiled.diagnostics))
    }
}

/// The tenant's file.
fn file(w: &Words, currency: &str) -> String {
    let hold = |code: &'static str| if code.is_empty() { "hold" } else { code };
    let table = |rows: Vec<(&str, &str)>| {
        let rows: Vec<String> = rows.iter().map(|(k, v)| format!("{k}: {v}")).collect();
        format!("{{ {} }}", rows.join(", "))
    };
    let mut codes = w.rates.clone();
    codes.extend(w.taxable.map(|code| ("taxable", code)));
    codes.extend(w.zero.map(|code| ("zero", code)));
    codes.push(("else", hold(w.other_code)));
    let accounts = w.accounts.iter().enumerate().map(|(n, (kind, account))| {
        let account = hold(account);
        match *kind {
            "*" if n + 1 == w.accounts.len() => format!("  - {{ else: \"{account}\" }}\n"),
            "*" => format!("  - {{ use: {account} }}\n"),
            kind => format!("  - {{ kind: {kind}, use: \"{account}\" }}\n"),
        }
    });
    let accounts: String = accounts.collect();
    let guard = match w.at_most {
        0 => "exact".to_owned(),
        most => format!("{{ rounding_account: \"860\", at_most: {} }}", amount(most)),
    };
    let [at_creation, plan, given, other] = w.due;
    format!(
        "tenant: acme\nfrom: {{ keap: k }}\nto: {{ xero: x }}\ncurrency: {currency}\n\
         sync: {{ payments: {}, invoices: {} }}\nrefunds: {}\noverpayment: {}\naccounts:\n{accounts}payments_account: {{ code: \"090\" }}\n\
         status: {{ invoices: {{ else: AUTHORISED }} }}\n\
         tax: {{ without_tax: {}, zero_tax: {}, unmarked: {}, codes: {} }}\n\
         finance_charges: {}\nguard: {{ totals: {guard} }}\n\
         due: {{ paid_at_creation: {at_creation}, payment_plan: {plan}, given: {given}, else: {other} }}\n",
        if w.payments { "forward" } else { "off" },
        if w.when_paid {
            "when_paid"
        } else {
            "when_raised"
        },
        w.refunds,
        w.overpayment,
        w.without_tax,
        w.zero_tax,
        table(w.unmarked.clone()),
        table(codes),
        if w.leave_out { "leave_out" } else { "send" },
    )
}

/// The source's document.
fn invoice(doc: &Doc, currency: &str) -> Invoice {
    let at = DateTime::UNIX_EPOCH;
    let line = |(n, l): (usize, &Line)| crossfoot::model::Line {
        id: (n + 1).to_string(),
        kind: LineKind::parse(l.kind).unwrap(),
        name: format!("{} {n}", l.kind),
        quantity: amount(l.quantity),
        unit_amount: amount(l.price),
        amount: l.amount.map(amount),
        taxable: l.taxable,
        tax_rate: l.rate.to_owned(),
        account: l.account.to_owned(),
        ..crossfoot::model::Line::default()
    };
    let payments = doc.money.iter().enumerate().map(|(n, m)| Payment {
        id: n.to_string(),
        kind: if m.back {
            PaymentKind::Refund
        } else {
            PaymentKind::Payment
        },
        date: date(m.day),
        amount: amount(m.amount),
        method: String::new(),
        reference: String::new(),
        refunds: String::new(),
        settled: m.settled,
        at: None,
    });
    let came = doc
        .money
        .iter()
        .filter(|m| m.settled && !m.back)
        .map(|m| m.amount)
        .sum();
    Invoice {
        kind: Kind::Invoice,
        estimate: false,
        id: "1".into(),
        order_id: String::new(),
        number: "1041".into(),
        title: String::new(),
        notes: String::new(),
        reference: String::new(),
        date: date(doc.day),
        due: doc.due.map(date),
        currency: Currency::new(currency).unwrap(),
        status: doc.status.and_then(DocStatus::parse).unwrap_or_default(),
        contact: Contact {
            id: "C1".into(),
            name: "Ann Reed".into(),
            ..Contact::default()
        },
        lines: doc.lines.iter().enumerate().map(line).collect(),
        tax: doc.tax.map(amount),
        tax_included: doc.inside,
        reckoned: amount(mind::source_total(doc)),
        paid: amount(doc.paid.unwrap_or(came)),
        plan: doc
            .plan
            .iter()
            .map(|d| Instalment {
                due: date(*d),
                amount: Decimal::ONE,
            })
            .collect(),
        payments: payments.collect(),
        tags: Vec::new(),
        made_by: String::new(),
        fields: BTreeMap::new(),
        created_at: at,
        modified_at: at,
        stated: Stated {
            subtotal: doc.subtotal.map(amount),
            no_total: doc.total.is_none(),
            paid: doc.paid.map(amount),
            balance: doc.balance.map(amount),
            status: doc.status.and_then(DocStatus::parse),
        },
    }
}

/// The ledger's books.
fn chart() -> Chart {
    let account = |code: &str, bank: bool| Account {
        id: format!("id-{code}"),
        code: code.into(),
        name: code.into(),
        class: if bank {
            AccountClass::Asset
        } else {
            AccountClass::Revenue
        },
        tax: "FREE".into(),
        active: true,
        takes_payments: bank,
        bank,
        system: String::new(),
    };
    let rate = |code: &str| TaxRate {
        code: code.into(),
        name: code.into(),
        percent: Decimal::from(mind::percent(code)),
        active: true,
        applies_to: BTreeSet::from([AccountClass::Revenue]),
    };
    Chart {
        index: Default::default(),
        organisation: Organisation {
            id: "org".into(),
            name: "Acme".into(),
            country: "AU".into(),
            currency: Currency::new("AUD").unwrap(),
            currencies: ["JPY".to_owned(), "KWD".to_owned()].into(),
            period_lock: None,
            year_lock: None,
        },
        accounts: ["200", "201", "260", "400", "860"]
            .iter()
            .map(|c| account(c, false))
            .chain([account("090", true)])
            .collect(),
        tax_rates: ["OUTPUT", "VAT20", "VAT5", "FREE"]
            .into_iter()
            .map(rate)
            .collect(),
        items: Vec::new(),
        tracking: Vec::new(),
    }
}

/// The decision in the second mind's words.
fn told(decision: Decision) -> End {
    let draft = match (&decision.verdict, &decision.invoice) {
        (Verdict::Keep, Some(draft)) => draft,
        (verdict, _) => {
            let code = verdict.reason().map_or("", |r| r.code.as_str());
            return End::Held(code.to_owned().leak());
        }
    };
    let credit = |id: &str| decision.credits.iter().find(|c| c.refund == id);
    let mut money: Vec<_> = (decision.payments.iter())
        .map(|p| {
            let code = p.verdict.reason().map_or("", |r| r.code.as_str());
            let went = match (&p.draft, credit(&p.id)) {
                (_, Some(credit)) => ("credit", millionths(credit.note.total)),
                (draft, None) if p.verdict.is_keep() => {
                    let amount = draft.as_ref().map_or(Decimal::ZERO, |d| d.amount);
                    ("goes", millionths(amount))
                }
                _ => (&*code.to_owned().leak(), 0),
            };
            (p.id.parse::<usize>().unwrap(), went)
        })
        .collect();
    money.sort_by_key(|(n, _)| *n);
    let owed = Owed {
        money: money.into_iter().map(|(_, went)| went).collect(),
        open: decision
            .balance
            .as_ref()
            .map_or(0, |b| millionths(b.ledger)),
        rest: decision.mismatch.is_some(),
    };
    let row = |l: &crossfoot::model::LineDraft| Row {
        account: l.account.clone(),
        code: l.tax.clone(),
        amount: millionths(l.amount),
        tax: millionths(l.tax_amount),
    };
    End::Goes(Paper {
        mode: draft.tax_mode.as_str(),
        rows: draft.lines.iter().map(row).collect(),
        subtotal: millionths(draft.subtotal),
        tax: millionths(draft.total_tax),
        total: millionths(draft.total),
        due: draft.due.map_or(0, days),
        owed,
    })
}
