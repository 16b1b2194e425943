//! What a rule means: the same answer at both optimisation levels, order of files, dropped changes, exact
//! numbers, and what the list of functions promises.

use super::rules::*;
use chrono::NaiveDate;
use crossfoot::model::*;
use crossfoot::rules::*;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an expression prints, at both levels.
fn value(expression: &str) -> String {
    let text = format!("fn select(invoice) {{ print({expression}); keep() }}");
    let both = [
        RuleSet::compile(&[file(&text)], &tables()),
        RuleSet::compile_plainly(&[file(&text)], &tables()),
    ];
    let said: Vec<String> = both
        .into_iter()
        .map(|set| match set {
            Err(found) => format!("refused: {}", found[0].code),
            Ok((set, _)) => {
                let r = Runner::new()
                    .select(&set, &context(), &Arc::new(invoice()), false)
                    .unwrap();
                match r.verdict {
                    Verdict::Keep => r.printed.join("|"),
                    _ => held(&r).split(' ').next().unwrap_or_default().to_owned(),
                }
            }
        })
        .collect();
    assert_eq!(said[0], said[1], "{expression} differs by optimisation");
    said[0].clone()
}

#[test]
fn expressions_mean_the_same_at_both_levels() {
    for (expression, means) in [
        ("0.1 + 0.2", "0.3"),
        ("1.0 / 3 > 0.33", "true"),
        ("10 / 4.0", "2.5"),
        ("7 % 4", "3"),
        ("2 + 3 * 4 - 1", "13"),
        ("1 < 2 == true", "true"),
        ("1 == 1.0", "true"),
        ("1.10 == 1.1", "true"),
        ("invoice.total == 110.5", "true"),
        ("invoice.total > 110 && !(invoice.total <= 110)", "true"),
        ("-invoice.total", "-110.50"),
        ("round_money(10.005, \"half_up\")", "10.01"),
        ("round_money(-10.005, \"half_up\")", "-10.01"),
        ("round_money(10.005, \"half_even\")", "10.00"),
        ("round_money(2.5, \"half_up\", 0)", "3"),
        ("div(1, 3, 4)", "0.3333"),
        ("div(2, 3, 2)", "0.67"),
        ("abs(-3.5)", "3.5"),
        ("max(2, 3.5)", "3.5"),
        ("min(2, 3.5)", "2"),
        ("to_number(\"12.50\") + 1", "13.50"),
        ("to_number(\"x\") == ()", "true"),
        ("() == ()", "true"),
        ("invoice.due == ()", "true"),
        ("invoice.tax ?? 7", "7"),
        ("\"b\" > \"a\"", "true"),
        ("'a' == \"a\"", "true"),
        ("\"warranty\" in invoice.tags", "true"),
        ("\"other\" !in invoice.tags", "true"),
        ("\"rant\" in \"warranty\"", "true"),
        ("`${invoice.number}/${invoice.total}`", "1041/110.50"),
        ("invoice.contact.parent.name", "Harbour Cranes"),
        ("invoice.contact.parent.parent == ()", "true"),
        ("invoice.lines[1].sku", "CRANE-9"),
        ("invoice.lines.map(|l| l.sku).join(\",\")", "TIL,CRANE-9"),
        ("invoice.lines.filter(|l| l.unit_amount > 50).len", "1"),
        (
            "invoice.lines.any(|l| l.sku.starts_with(\"CRANE\"))",
            "true",
        ),
        ("invoice.lines.all(|l| l.quantity == 1)", "true"),
        ("invoice.lines.find(|l| l.sku == \"none\") == ()", "true"),
        (
            "sum(invoice.lines, |l| l.unit_amount * l.quantity)",
            "110.50",
        ),
        ("invoice.fields[\"PO\"]", "4711"),
        ("invoice.fields.PO", "4711"),
        ("invoice.fields[\"none\"] == ()", "true"),
        ("matches(\"CRANE-9\", \"CRANE-*\")", "true"),
        ("matches(\"xCRANE-9\", \"CRANE-*\")", "false"),
        ("part(\"20-4100\", \"-\", 1)", "4100"),
        ("part(\"20-4100\", \"-\", 2) == ()", "true"),
        ("\"20-4100\".split(\"-\").len", "2"),
        ("\"a.b.c\".replace(\".\", \"-\")", "a-b-c"),
        ("\"7\".pad_left(3, \"0\")", "007"),
        ("\"7\".pad_right(3, \"0\")", "700"),
        ("\"Zürich\".sub_string(1, 3)", "üri"),
        ("\"Zürich\".sub_string(-3)", "ich"),
        ("\"Zürich\".index_of(\"rich\")", "2"),
        ("\" a \".trim().to_upper()", "A"),
        ("\"0200\".is_digits()", "true"),
        ("\"\".is_digits()", "false"),
        ("ctx.today.add_days(14)", "2026-08-03"),
        ("date(\"2026-01-31\").add_months(1)", "2026-02-28"),
        ("ctx.today.first_of_month()", "2026-07-01"),
        ("ctx.today.end_of_month()", "2026-07-31"),
        ("invoice.date.days_until(ctx.today)", "19"),
        ("invoice.date < ctx.today", "true"),
        ("ctx.today.weekday", "1"),
        ("ctx.tenant + ctx.run", "acmerun-1"),
        ("lookup(\"division\", \"QLD\")", "30"),
        ("lookup(\"division\", \"TAS\")", "rule.lookup"),
        ("invoice.date == [\"x\"].first()", "rule.type_mismatch"),
        ("[1].first() / [3].first()", "rule.whole_division"),
        ("[1, 2].contains(2.0)", "true"),
        ("[\"200\"].contains(200)", "rule.type_mismatch"),
        ("[()].first().name", "rule.missing_value"),
        ("[invoice].first().totl", "rule.unknown_property"),
        (
            "[invoice].first() == [invoice].first()",
            "rule.type_mismatch",
        ),
        ("[1].first().nothing()", "refused: rule.unknown_function"),
        ("params.template", "rule.no_parameter"),
        ("switch invoice.status { \"unpaid\" => 1, _ => 2 }", "1"),
        ("if invoice.tags.is_empty { 1 } else { 2 }", "2"),
        (
            "switch invoice.total { 110.5 => 1, _ => 2 }",
            "refused: rule.number_case",
        ),
        (
            "switch [invoice.total].first() { 100 => 1, _ => 2 }",
            "refused: rule.number_case",
        ),
        ("switch invoice.total { 110..=111 => 1, _ => 2 }", "1"),
    ] {
        assert_eq!(value(expression), means, "{expression}");
    }
}

fn two(first: &str, second: &str) -> RuleSet {
    let second = RuleFile {
        name: "rules/second.rhai".into(),
        ..file(second)
    };
    RuleSet::compile(&[file(first), second], &tables())
        .unwrap()
        .0
}

#[test]
fn files_are_asked_in_order_and_the_first_that_does_not_keep_wins() {
    let doc = Arc::new(invoice());
    let set = two(
        "fn select(invoice) { if invoice.total < 0 { return hold(\"no\"); } keep() }",
        "fn select(invoice) { skip(\"second\") }",
    );
    let r = Runner::new().select(&set, &context(), &doc, false).unwrap();
    let why = r.verdict.reason().unwrap();
    assert_eq!(
        (why.what.as_str(), why.place.as_ref().unwrap().file.as_str()),
        ("second", "rules/second.rhai")
    );

    let mut line = line_draft();
    let set = two(
        "fn map_line(line, invoice) { line.account = \"1\"; keep() }",
        "fn map_line(line, invoice) { line.tax = line.account; keep() }",
    );
    let r = Runner::new()
        .map_line(&set, &context(), &mut line, 1, &doc)
        .unwrap();
    assert_eq!((line.account.as_str(), line.tax.as_str()), ("1", "1"));
    let changes = r.changes.steps();
    let files: Vec<_> = changes
        .iter()
        .map(|c| match &c.origin {
            Origin::Rule { place, .. } => place.file.as_str(),
            _ => "",
        })
        .collect();
    assert_eq!(files, ["rules/acme.rhai", "rules/second.rhai"]);
}

#[test]
fn what_was_changed_before_a_hold_is_dropped_whole() {
    for end in [
        "skip(\"x\")",
        "hold(\"x\")",
        "fail(\"x\")",
        "invoice.lines[9].tax",
        "5",
    ] {
        let text = format!(
            "fn map_invoice(invoice) {{ invoice.number = \"A\"; invoice.number = \"B\"; invoice.due = ctx.today; for l in invoice.lines {{ l.account = \"9\"; l.tracking = #{{ \"Region\": \"North\" }}; }} [{end}].first() }}"
        );
        let mut d = draft();
        let r = Runner::new()
            .map_draft(
                &compiled(&text),
                &context(),
                Kind::Invoice,
                &mut d,
                &Arc::new(invoice()),
            )
            .unwrap();
        assert!(!r.verdict.is_keep(), "{end}");
        assert_eq!(d, draft(), "{end}");
        assert!(r.changes.steps().is_empty());
    }
}

#[test]
fn every_hook_is_asked_and_an_absent_one_says_nothing() {
    let (doc, ctx, none) = (Arc::new(invoice()), context(), RuleSet::empty());
    let mut r = Runner::new();
    assert!(
        r.select(&none, &ctx, &doc, false)
            .unwrap()
            .verdict
            .is_keep()
    );
    assert_eq!(
        r.match_contact(&none, &ctx, &ContactDraft::default(), &[])
            .unwrap(),
        Choice::Absent
    );

    let set = compiled(
        "fn match_contact(contact, found) { for (f, i) in found { if f.email == contact.email { return use(i); } } create() }\n\
         fn match_item(line, found) { if found.is_empty { none() } else { use(7) } }\n\
         fn map_payment(payment, invoice) { payment.account = \"090\"; payment.date = date(\"2026-07-05\"); if invoice.due < payment.amount { return hold(\"more than is owed\"); } keep() }\n\
         fn select_payment(payment, invoice) { if payment.method == \"Credit\" { return skip(\"credit\"); } keep() }\n\
         fn map_credit_note(invoice) { invoice.reference = `${invoice.kind} of ${invoice.source.number}`; keep() }\n\
         fn check(invoice) { if invoice.total > 100 { return hold(\"large\"); } keep() }\n",
    );
    let found = |email: &str| LedgerContact {
        email: email.into(),
        ..LedgerContact::default()
    };
    let contact = ContactDraft {
        email: "b@x".into(),
        ..ContactDraft::default()
    };
    let choice = r
        .match_contact(&set, &ctx, &contact, &[found("a@x"), found("b@x")])
        .unwrap();
    assert_eq!(choice, Choice::Use(1));
    assert_eq!(
        r.match_contact(&set, &ctx, &contact, &[]).unwrap(),
        Choice::Create
    );
    assert_eq!(
        r.match_item(&set, &ctx, &line_draft(), &[]).unwrap(),
        Choice::None
    );
    let Choice::Verdict(v) = r
        .match_item(&set, &ctx, &line_draft(), &[LedgerItem::default()])
        .unwrap()
    else {
        panic!()
    };
    assert_eq!(v.reason().unwrap().code, "rule.bad_index");

    let mut p = PaymentDraft {
        source_payment: "P1".into(),
        kind: PaymentKind::Payment,
        date: day("2026-07-02"),
        amount: d("50"),
        currency: Currency::new("AUD").unwrap(),
        account: AccountRef::Name("Bank".into()),
        reference: String::new(),
        method: "Cash".into(),
    };
    let posted = |due: &str| PaidDocument {
        number: "1".into(),
        status: "AUTHORISED".into(),
        total: d("110"),
        due: d(due),
    };
    let before = p.clone();
    assert_eq!(
        r.map_payment(&set, &ctx, &mut p, posted("49.99"))
            .unwrap()
            .verdict
            .word(),
        "hold"
    );
    assert_eq!(p, before);
    assert!(
        r.map_payment(&set, &ctx, &mut p, posted("50"))
            .unwrap()
            .verdict
            .is_keep()
    );
    assert_eq!(
        (p.account.clone(), p.date),
        (AccountRef::Code("090".into()), day("2026-07-05"))
    );

    let payment = Payment {
        id: "P1".into(),
        kind: PaymentKind::Payment,
        date: day("2026-07-02"),
        at: None,
        amount: d("50"),
        method: "Credit".into(),
        reference: String::new(),
        refunds: String::new(),
        settled: true,
    };
    assert_eq!(
        r.select_payment(&set, &ctx, &payment, &doc)
            .unwrap()
            .verdict
            .word(),
        "skip"
    );
    let mut note = InvoiceDraft {
        kind: Kind::CreditNote,
        ..draft()
    };
    r.map_draft(&set, &ctx, Kind::CreditNote, &mut note, &doc)
        .unwrap();
    assert_eq!(note.reference, "credit_note of 1041");
    let large = InvoiceDraft {
        total: d("100.01"),
        ..draft()
    };
    assert_eq!(
        r.check(&set, &ctx, &large, &doc).unwrap().verdict.word(),
        "hold"
    );
}

#[test]
fn a_hook_that_looks_cannot_change() {
    let set = compiled("fn check(invoice) { let all = [invoice]; all[0].number = \"x\"; keep() }");
    let r = Runner::new()
        .check(&set, &context(), &draft(), &Arc::new(invoice()))
        .unwrap();
    assert!(held(&r).starts_with("rule.cannot_set"), "{}", held(&r));
}

#[test]
fn parameters_come_from_the_tenants_file() {
    let mut f = file(
        "fn select(invoice) { if invoice.total > params.limit && params.on && \"B\" in params.names { return hold(params.why); } keep() }",
    );
    f.params = BTreeMap::from([
        ("limit".into(), Param::Number(d("110.49"))),
        ("on".into(), Param::Bool(true)),
        (
            "names".into(),
            Param::List(vec![Param::Text("A".into()), Param::Text("B".into())]),
        ),
        ("why".into(), Param::Text("large".into())),
    ]);
    let set = RuleSet::compile(&[f], &tables()).unwrap().0;
    let r = Runner::new()
        .select(&set, &context(), &Arc::new(invoice()), false)
        .unwrap();
    assert_eq!(
        r.verdict.reason().map(|w| w.what.as_str()),
        Some("large"),
        "{r:?}"
    );
}

#[test]
fn answers_that_are_none_hold() {
    for (text, code) in [
        ("[5].first()", "rule.no_verdict"),
        ("[()].first()", "rule.no_verdict"),
        (
            "[1].map(|n| other()).first() } fn other() { use(0)",
            "rule.wrong_answer",
        ),
        ("[hold(invoice.notes)].first()", "rule.no_reason"),
    ] {
        let r = select(&format!("fn select(invoice) {{ {text} }}"));
        assert!(held(&r).starts_with(code), "{text}: {}", held(&r));
    }
}

#[test]
fn one_runner_serves_many_tenants_and_days() {
    let text = "fn select(invoice) { hold(`${ctx.tenant} ${ctx.today}`) }";
    let (a, b) = (compiled(text), compiled(text));
    let doc = Arc::new(invoice());
    let mut runner = Runner::new();
    for n in 1..=3u32 {
        for (set, name) in [(&a, "a"), (&b, "b"), (&a, "c")] {
            let today = NaiveDate::from_ymd_opt(2026, 8, n).unwrap();
            let ctx = Arc::new(Context {
                tenant: name.into(),
                today,
                ..(*context()).clone()
            });
            let r = runner.select(set, &ctx, &doc, false).unwrap();
            assert_eq!(r.verdict.reason().unwrap().what, format!("{name} {today}"));
        }
    }
}

#[test]
fn editors_get_every_function_and_property() {
    let files = definitions();
    assert_eq!(files.len(), 2);
    let all: String = files.iter().map(|(_, t)| t.as_str()).collect();
    for needed in [
        "fn lookup(table: String, key: String) -> String",
        "fn get total(this: Invoice) -> decimal",
        "fn set account(this: LineDraft, value: String)",
    ] {
        assert!(all.contains(needed), "{needed}");
    }
}

#[test]
fn a_failing_case_says_what_it_expected_and_where() {
    let f = file(
        "/// @example { total: 5.00 } => skip\nfn select(invoice) {\n    if invoice.total > 100 { return hold(\"large\"); }\n    keep()\n}\n",
    );
    let spec = "cases:\n  - name: large ones wait\n    hook: select\n    given: { total: 101 }\n    expect: { verdict: hold, why: tiny }\n  - name: a typing mistake\n    hook: select\n    given: { totl: 1 }\n    expect: keep\n";
    let report = spec::run(&f, Some(("rules/acme.spec.yaml", spec)));
    let told: Vec<String> = report
        .results
        .iter()
        .map(|r| format!("{}: {}", r.place, r.failed.clone().unwrap_or_default()))
        .collect();
    insta::assert_snapshot!("failing_cases", told.join("\n"));
    assert!(!report.passed());
    let report = spec::run(&f, None);
    assert_eq!(report.unreached.len(), 1);
    assert_eq!(report.unreached[0].place.line, 3);
}

#[test]
fn a_case_can_be_about_a_field_that_both_sides_changed() {
    let f = file(
        "/// @example { field: description, line: 2, source: \"by day\", ledger: \"by telephone\", agreed: \"hire\" } => keep_ledger\n\
        /// @example { field: due } with { source: { due: 2026-08-01 }, ledger: { due: 2026-09-01 } } => hold\n\
        /// @example { field: number, source: 1042 } with { source: { source: { tags: [own] } } } => keep_source\n\
        /// @example { field: reference } => keep\n\
        fn on_conflict(source, ledger, agreed) {\n    \
            if source.line == 2 && ledger.value == \"by telephone\" { return keep_ledger(); }\n    \
            if source.field == \"due\" && ledger.document.due > source.document.due { return hold(\"longer\"); }\n    \
            if source.value == \"1042\" && \"own\" in agreed.document.source.tags { return keep_source(); }\n    \
            keep()\n}\n",
    );
    let report = spec::run(&f, None);
    let told: Vec<_> = report.results.iter().map(|r| &r.failed).collect();
    assert!(report.passed(), "{told:?} {:?}", report.diagnostics);
    assert_eq!(report.unreached.len(), 0, "{:?}", report.unreached);
    let spec = "cases:\n  - hook: on_conflict\n    given: { field: du }\n    expect: keep\n  - hook: on_conflict\n    given: { sorce: x }\n    expect: keep\n";
    let report = spec::run(&f, Some(("rules/acme.spec.yaml", spec)));
    let failed = |n: usize| report.results[n].failed.clone().unwrap_or_default();
    assert!(failed(4).contains("did you mean `due`?"), "{}", failed(4));
    assert!(
        failed(5).contains("did you mean `source`?"),
        "{}",
        failed(5)
    );
}

/// Every field of which both sides can say another thing has its word.
#[test]
fn a_field_that_both_sides_change_has_a_word_for_rules() {
    use crossfoot::pipeline::compare::{Field, LineField};
    let of_lines = [
        LineField::Description,
        LineField::Quantity,
        LineField::UnitAmount,
        LineField::Account,
        LineField::Tax,
        LineField::Item,
        LineField::Tracking,
    ];
    let fields = [
        Field::Number,
        Field::Reference,
        Field::Date,
        Field::Due,
        Field::Currency,
        Field::TaxMode,
        Field::Contact,
        Field::Lines,
    ];
    let lines = of_lines.map(|f| Field::Line(1, f));
    let words: Vec<_> = fields.iter().chain(&lines).map(|f| f.word().0).collect();
    assert_eq!(words, DisputedField::FIELDS);
}

#[test]
fn a_case_can_be_about_an_estimate_or_a_purchase_order() {
    let f = file(
        "fn select(invoice) {\n    if invoice.kind == \"purchase_order\" { return hold(\"ask Jo\"); }\n    keep()\n}\n",
    );
    let case = |given: &str, expect: &str| {
        let spec = format!(
            "cases:\n  - name: one\n    hook: select\n    given: {given}\n    expect: {expect}\n"
        );
        let report = spec::run(&f, Some(("rules/acme.spec.yaml", &spec)));
        report.results[0].failed.clone()
    };
    assert_eq!(case("{ kind: purchase_order, total: 5.00 }", "hold"), None);
    assert_eq!(case("{ kind: estimate, total: 5.00 }", "keep"), None);
    assert_eq!(case("{ total: 5.00 }", "keep"), None);
    let failed = case("{ kind: bill }", "keep").unwrap_or_default();
    assert!(
        failed.contains("`kind` is invoice, estimate or purchase_order"),
        "{failed}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn money_reaches_a_rule_and_comes_back_digit_by_digit(units in -999_999_999_999i64..999_999_999_999, scale in 0u32..6) {
        let amount = Decimal::new(units, scale);
        let doc = Arc::new(Invoice { reckoned: amount, ..invoice() });
        let set = compiled("fn select(invoice) { hold(`${invoice.total}`) }");
        let r = Runner::new().select(&set, &context(), &doc, false).unwrap();
        prop_assert_eq!(r.verdict.reason().unwrap().what.clone(), amount.to_string());
    }
}

#[test]
fn what_a_line_comes_to_is_worked_out_for_a_hook_that_may_look_at_it() {
    let line = "fn map_line(line, invoice)";
    for (text, reads) in [
        (format!("{line} {{ line.tax = line.sku; keep() }}"), false),
        (
            format!("{line} {{ if line.amount > 5 {{ line.tax = \"A\"; }} keep() }}"),
            true,
        ),
        (
            format!("{line} {{ line.tax = `${{line.tax_amount}}`; keep() }}"),
            true,
        ),
        (
            format!(
                "fn large(l) {{ l.amount > 5 }} {line} {{ if large(line) {{ return skip(\"x\"); }} keep() }}"
            ),
            true,
        ),
        (
            format!(
                "fn map_payment(payment, invoice) {{ if payment.amount > 5 {{ return skip(\"x\"); }} keep() }} {line} {{ keep() }}"
            ),
            false,
        ),
        // What another hook does with a line is not followed.
        (
            format!("fn select(invoice) {{ keep() }} {line} {{ select(line) }}"),
            true,
        ),
    ] {
        let set = compiled(&text);
        assert_eq!(set.reads_sums(Hook::MapLine), reads, "{text}");
        assert!(!set.reads_sums(Hook::MatchItem), "{text}");
    }
}
