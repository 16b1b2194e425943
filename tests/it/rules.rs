//! Rules: what they see, what they may change, what they answer, and what a mistake in one comes to.

use chrono::{NaiveDate, TimeZone, Utc};
use crossfoot::model::*;
use crossfoot::rules::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn context() -> Arc<Context> {
    Arc::new(Context {
        tenant: "acme".into(),
        run: "run-1".into(),
        today: day("2026-07-20"),
        trace: true,
    })
}

pub fn invoice() -> Invoice {
    let line = |id: &str, sku: &str, price: &str| Line {
        id: id.into(),
        sku: sku.into(),
        name: format!("Product {sku}"),
        quantity: d("1"),
        unit_amount: d(price),
        ..Line::default()
    };
    let at = Utc.with_ymd_and_hms(2026, 7, 1, 9, 0, 0).unwrap();
    Invoice {
        kind: Kind::Invoice,
        estimate: false,
        id: "77".into(),
        order_id: "70".into(),
        number: "1041".into(),
        title: "Crane hire".into(),
        notes: String::new(),
        reference: String::new(),
        date: day("2026-07-01"),
        due: None,
        currency: Currency::new("AUD").unwrap(),
        status: DocStatus::Unpaid,
        contact: Contact {
            name: "Depot 4".into(),
            parent: Some(Box::new(Contact {
                name: "Harbour Cranes".into(),
                ..Contact::default()
            })),
            ..Contact::default()
        },
        lines: vec![line("1", "TIL", "100.00"), line("2", "CRANE-9", "10.50")],
        tax: None,
        tax_included: None,
        reckoned: d("110.50"),
        paid: d("0"),
        plan: vec![],
        payments: vec![],
        tags: vec!["warranty".into()],
        made_by: String::new(),
        fields: BTreeMap::from([("PO".into(), "4711".into())]),
        created_at: at,
        modified_at: at,
        stated: Default::default(),
    }
}

pub fn line_draft() -> LineDraft {
    LineDraft {
        source_line: "2".into(),
        sku: "CRANE-9".into(),
        account: "200".into(),
        quantity: d("1"),
        unit_amount: d("10.50"),
        ..LineDraft::default()
    }
}

pub fn draft() -> InvoiceDraft {
    InvoiceDraft {
        kind: Kind::Invoice,
        number: "1041".into(),
        reference: String::new(),
        date: day("2026-07-01"),
        due: None,
        status: "AUTHORISED".into(),
        currency: Currency::new("AUD").unwrap(),
        tax_mode: TaxMode::Exclusive,
        lines: vec![
            LineDraft {
                source_line: "1".into(),
                ..line_draft()
            },
            line_draft(),
        ],
        paid_from: None,
        subtotal: d("0"),
        total_tax: d("0"),
        total: d("0"),
    }
}

pub fn file(text: &str) -> RuleFile {
    RuleFile {
        name: "rules/acme.rhai".into(),
        text: text.into(),
        params: BTreeMap::new(),
    }
}

pub fn tables() -> BTreeMap<String, Table> {
    let rows = BTreeMap::from([
        ("NSW".to_owned(), "20".to_owned()),
        ("QLD".to_owned(), "30".to_owned()),
    ]);
    BTreeMap::from([(
        "division".to_owned(),
        Table {
            rows,
            otherwise: Otherwise::Hold,
        },
    )])
}

pub fn compiled(text: &str) -> RuleSet {
    match RuleSet::compile(&[file(text)], &tables()) {
        Ok((set, _)) => set,
        Err(all) => panic!(
            "{}",
            all.iter().map(ToString::to_string).collect::<String>()
        ),
    }
}

pub fn select(text: &str) -> Ruling {
    Runner::new()
        .select(&compiled(text), &context(), &Arc::new(invoice()), false)
        .unwrap()
}

fn map_line(text: &str) -> (Ruling, LineDraft) {
    let mut line = line_draft();
    let ruling = Runner::new()
        .map_line(
            &compiled(text),
            &context(),
            &mut line,
            2,
            &Arc::new(invoice()),
        )
        .unwrap();
    (ruling, line)
}

/// The code and place of a hold: `rule.hold 3:5`.
pub fn held(r: &Ruling) -> String {
    match &r.verdict {
        Verdict::Hold(why) => {
            let p = why.place.clone().unwrap_or_default();
            format!(
                "{} {}:{} {} | {}",
                why.code, p.line, p.column, why.what, why.fix
            )
        }
        other => format!("not held: {other:?}"),
    }
}

#[test]
fn a_rule_keeps_skips_holds_and_refuses() {
    assert!(select("fn select(invoice) { keep() }").verdict.is_keep());
    let r = select(
        "fn select(invoice) {\n  if \"warranty\" in invoice.tags { return skip(\"warranty job\"); }\n  keep()\n}",
    );
    let Verdict::Skip(why) = r.verdict else {
        panic!("{r:?}")
    };
    assert_eq!(
        (why.what.as_str(), why.code.as_str()),
        ("warranty job", "rule.skip")
    );
    assert_eq!(why.place.unwrap().to_string(), "rules/acme.rhai:2:42");
    let r = select(
        "fn select(invoice) { if invoice.total > 100 { hold(`${invoice.number} is large`) } else { keep() } }",
    );
    assert!(held(&r).contains("1041 is large"), "{}", held(&r));
    let r = select("fn select(invoice) { fail(\"never\") }");
    assert_eq!(r.verdict.word(), "fail");
}

#[test]
fn an_assignment_reaches_the_draft_nested_lines_included() {
    let (r, line) = map_line(
        "fn map_line(line, invoice) { line.account = lookup(\"division\", \"NSW\") + \"-\" + part(line.sku, \"-\", 1); keep() }",
    );
    assert!(r.verdict.is_keep(), "{}", held(&r));
    assert_eq!(line.account, "20-9");
    let changes = r.changes.steps();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].field.as_str(), changes[0].value.as_str()),
        ("line[2].account", "20-9")
    );

    let mut invoice_draft = draft();
    let rules = compiled(
        "fn map_invoice(invoice) {\n invoice.lines[1].account = \"9\";\n for l in invoice.lines { l.tax = \"OUTPUT\"; }\n invoice.due = invoice.date.add_days(14);\n keep() }",
    );
    let r = Runner::new()
        .map_draft(
            &rules,
            &context(),
            Kind::Invoice,
            &mut invoice_draft,
            &Arc::new(invoice()),
        )
        .unwrap();
    assert!(r.verdict.is_keep(), "{}", held(&r));
    assert_eq!(invoice_draft.lines[0].account, "200");
    assert_eq!(invoice_draft.lines[1].account, "9");
    assert!(invoice_draft.lines.iter().all(|l| l.tax == "OUTPUT"));
    assert_eq!(invoice_draft.due, Some(day("2026-07-15")));
    assert_eq!(r.changes.steps().len(), 4);
}

#[test]
fn comparing_different_kinds_holds_with_the_line() {
    let (r, line) = map_line(
        "fn map_line(line, invoice) {\n  line.account = \"9\";\n  let x = [line.account].first();\n  if x == 200 { line.account = \"1\"; }\n  keep()\n}",
    );
    insta::assert_snapshot!(held(&r), @r#"rule.type_mismatch 4:8 "9" (text) is compared with 200 (a number) | write the number in quotes, with any zeros that the rule writes before it: "200""#);
    assert_eq!(line, line_draft(), "what it changed before is dropped");
}

#[test]
fn every_shipped_rule_passes_its_spec_and_leaves_nothing_untried() {
    let all = shipped::shipped();
    assert!(all.len() >= 7, "{}", all.len());
    for rule in all {
        let name = format!("rules/{}.rhai", rule.name);
        let file = RuleFile {
            name,
            text: rule.text.clone(),
            params: BTreeMap::new(),
        };
        let spec = format!("rules/{}.spec.yaml", rule.name);
        let report = spec::run(&file, Some((&spec, &rule.spec)));
        let told: Vec<_> = report.diagnostics.iter().map(ToString::to_string).collect();
        assert!(report.diagnostics.is_empty(), "{}", told.join("\n"));
        for r in &report.results {
            assert_eq!(r.failed, None, "{} ({})", r.place, r.name);
        }
        assert!(report.results.len() >= 2);
        assert!(report.points > 0);
        assert_eq!(report.unreached, vec![], "{}", rule.name);
        for word in ["Why:", "Held when:"] {
            assert!(rule.doc.contains(word), "{} lacks `{word}`", rule.name);
        }
        assert!(rule.text.lines().count() <= 40, "{} is too long", rule.name);
    }
}

#[test]
fn the_reference_page_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules-reference.md");
    if std::env::var_os("CROSSFOOT_WRITE_DOCS").is_some() {
        std::fs::write(path, reference()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == reference(),
        "docs/rules-reference.md is not current: run the tests once with CROSSFOOT_WRITE_DOCS=1"
    );
}
