//! Each shipped rule and its twin in Rust say the same.

use super::mapping::{PLAIN, mapping};
use chrono::NaiveDate;
use crossfoot::mapping::Mapping;
use crossfoot::model::{
    Contact, ContactDraft, Currency, DocStatus, Invoice, Kind, Payment, PaymentDraft, PaymentKind,
    Trace,
};
use crossfoot::rules::{
    Context, PaidDocument, Param, RuleFile, RuleSet, Runner, shipped::shipped_rule,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

fn rules(mapping: &Mapping) -> RuleSet {
    let file = |r: crossfoot::mapping::SwitchedRule| RuleFile {
        name: format!("rules/{}.rhai", r.name),
        text: shipped_rule(r.name)
            .unwrap_or_else(|| panic!("no shipped rule {}", r.name))
            .text,
        params: r
            .params
            .into_iter()
            .map(|(k, v)| (k.to_owned(), Param::Text(v)))
            .collect(),
    };
    let files: Vec<RuleFile> = mapping.shipped_rules().into_iter().map(file).collect();
    RuleSet::compile(&files, &BTreeMap::new())
        .unwrap_or_else(|e| panic!("{e:#?}"))
        .0
}

fn context() -> Arc<Context> {
    Arc::new(Context {
        tenant: "acme".into(),
        run: "twins".into(),
        today: day(),
        trace: false,
    })
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn invoice(total: i64, made_by: &str) -> Invoice {
    let at = day().and_hms_opt(0, 0, 0).unwrap().and_utc();
    Invoice {
        order_id: "1".into(),
        number: "1".into(),
        date: day(),
        status: DocStatus::Unpaid,
        reckoned: Decimal::new(total, 2),
        made_by: made_by.into(),
        created_at: at,
        modified_at: at,
        ..Invoice::bare(Kind::Invoice, "1".into(), Currency::new("AUD").unwrap())
    }
}

fn payment(amount: i64, refund: bool) -> Payment {
    Payment {
        id: "9".into(),
        kind: if refund {
            PaymentKind::Refund
        } else {
            PaymentKind::Payment
        },
        date: day(),
        at: None,
        amount: Decimal::new(amount, 2),
        method: String::new(),
        reference: String::new(),
        refunds: String::new(),
        settled: true,
    }
}

fn tenant(already: bool, zero: bool, made: bool, over: &str) -> Mapping {
    mapping(&format!(
        "{PLAIN}skip: {{ already_synced: {already}, zero_total: {zero}, made_by_integration: {made}, drafts: true }}\n\
         overpayment: {over}\ncontacts: {{ site_name: \"{{parent}} - {{name}}\" }}\n"
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_skipped(already: bool, zero: bool, made: bool, linked: bool, total in -2i64..3, other: bool, draft: bool) {
        let mapping = tenant(already, zero, made, "skip");
        let rules = rules(&mapping);
        let mut invoice = invoice(total, if other { "quickbooks" } else { "" });
        invoice.status = if draft { DocStatus::Draft } else { DocStatus::Unpaid };
        let invoice = Arc::new(invoice);
        let rule = Runner::new().select(&rules, &context(), &invoice, linked).unwrap();
        let twin = mapping.shipped_select(&invoice, linked);
        prop_assert_eq!(rule.verdict.word(), twin.word());
    }

    #[test]
    fn what_is_too_much(amount in 1i64..200, due in 0i64..200, refund: bool, hold: bool) {
        let mapping = tenant(false, false, false, if hold { "hold" } else { "skip" });
        let rules = rules(&mapping);
        let (payment, due) = (payment(amount, refund), Decimal::new(due, 2));
        let twin = mapping.shipped_payment(&payment, due);
        let mut draft = PaymentDraft {
            source_payment: payment.id.clone(),
            kind: payment.kind,
            date: payment.date,
            amount: payment.amount,
            currency: Currency::new("AUD").unwrap(),
            account: crossfoot::model::AccountRef::Code("090".into()),
            reference: String::new(),
            method: String::new(),
        };
        let posted = PaidDocument { number: "1".into(), status: "AUTHORISED".into(), total: due, due };
        let rule = Runner::new().map_payment(&rules, &context(), &mut draft, posted).unwrap();
        prop_assert_eq!(rule.verdict.word(), twin.word());
    }

    #[test]
    fn how_a_site_is_named(name in "[A-Za-z0-9 {}&'-]{0,20}", parent in "[A-Za-z0-9 {}&'-]{0,12}", prefixed: bool) {
        let mapping = tenant(false, false, false, "skip");
        let rules = rules(&mapping);
        let (name, parent) = (name.trim().to_owned(), parent.trim().to_owned());
        let name = if prefixed { format!("{parent} - {name}") } else { name };
        let source = Contact {
            name: name.clone(),
            parent: (!parent.is_empty()).then(|| Box::new(Contact { name: parent.clone(), ..Contact::default() })),
            ..Contact::default()
        };
        let draft = || ContactDraft { name: name.clone(), source: source.clone(), ..ContactDraft::default() };
        let (mut rule, mut twin) = (draft(), draft());
        Runner::new().map_contact(&rules, &context(), &mut rule).unwrap();
        mapping.shipped_contact(&mut twin, &mut Trace::off());
        prop_assert_eq!(rule.name, twin.name);
    }
}
