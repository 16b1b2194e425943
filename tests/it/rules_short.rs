//! The short way: plain hooks run without Rhai's evaluation, and nobody can tell but by the clock.
//!
//! Every rule here is compiled twice, with the short way and without, and must answer, change, and be wrong
//! in the same way, to the last place.

use super::rules::*;
use crossfoot::model::*;
use crossfoot::rules::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that a rule may do to these documents, as text.
fn seen(set: &RuleSet, invoice: &Arc<Invoice>) -> String {
    let (mut runner, ctx) = (Runner::new(), context());
    let mut out = String::new();
    let mut say = |what: &dyn std::fmt::Debug| out.push_str(&format!("{what:#?}\n"));
    say(&runner.select(set, &ctx, invoice, false));
    say(&runner.select(set, &ctx, invoice, true));
    for (n, line) in invoice.lines.iter().enumerate() {
        let mut draft = LineDraft {
            source_line: line.id.clone(),
            sku: line.sku.clone(),
            account: "200".into(),
            quantity: line.quantity,
            unit_amount: line.unit_amount,
            ..LineDraft::default()
        };
        say(&runner.map_line(set, &ctx, &mut draft, n + 1, invoice));
        say(&draft);
    }
    let mut draft = ContactDraft {
        name: invoice.contact.name.clone(),
        email: invoice.contact.email.clone(),
        source: invoice.contact.clone(),
        ..ContactDraft::default()
    };
    say(&runner.map_contact(set, &ctx, &mut draft));
    say(&draft);
    let mut draft = PaymentDraft {
        source_payment: "p-1".into(),
        kind: PaymentKind::Payment,
        date: day("2026-07-09"),
        amount: invoice.reckoned,
        currency: invoice.currency,
        account: AccountRef::Code("090".into()),
        reference: String::new(),
        method: "Check".into(),
    };
    let posted = PaidDocument {
        number: invoice.number.clone(),
        status: "AUTHORISED".into(),
        total: d("110.50"),
        due: d("110.50"),
    };
    say(&runner.map_payment(set, &ctx, &mut draft, posted));
    say(&draft);
    out
}

/// Both ways; says which hooks the short way took on.
fn both(text: &str, invoices: &[Invoice]) -> Vec<Hook> {
    let files = [RuleFile {
        name: "rules/acme.rhai".into(),
        text: text.into(),
        params: BTreeMap::from([("limit".into(), Param::Number(d("100")))]),
    }];
    let compiled = RuleSet::compile(&files, &tables());
    let plainly = RuleSet::compile_plainly(&files, &tables());
    let (Ok((short, _)), Ok((long, _))) = (compiled, plainly) else {
        panic!("the rule does not compile:\n{text}");
    };
    assert_eq!(long.plain_hooks(), vec![]);
    for invoice in invoices {
        let invoice = Arc::new(invoice.clone());
        assert_eq!(seen(&short, &invoice), seen(&long, &invoice), "{text}");
    }
    short.plain_hooks().into_iter().map(|(_, h)| h).collect()
}

/// Invoices that make rules go either way, and some that make them go wrong.
fn invoices() -> Vec<Invoice> {
    let but = |change: &dyn Fn(&mut Invoice)| {
        let mut i = invoice();
        change(&mut i);
        i
    };
    vec![
        invoice(),
        but(&|i| i.tags = vec!["do-not-sync".into(), "export".into()]),
        but(&|i| i.reckoned = d("-1")),
        but(&|i| i.reckoned = d("0")),
        but(&|i| i.tags.clear()),
        but(&|i| i.contact.parent = None),
        but(&|i| i.fields.clear()),
        but(&|i| i.lines[0].sku = String::new()),
        but(&|i| i.lines[0].sku = "NSW-".into()),
        but(&|i| i.lines[0].sku = "-".repeat(200)),
        but(&|i| i.notes = "long ".repeat(2_000)),
        but(&|i| i.notes = "longer ".repeat(20_000)),
        but(&|i| i.tags = vec!["tag".into(); 900]),
        but(&|i| i.tags = vec!["tag".into(); 1_100]),
        but(&|i| i.tags = vec!["tag".repeat(500); 60]),
        but(&|i| i.due = Some(day("2026-08-01"))),
        but(&|i| i.made_by = "\u{202e}another".into()),
    ]
}

#[test]
fn plain_hooks_take_the_short_way_and_nobody_can_tell() {
    let plain = both(
        r#"
        fn select(invoice) {
            if "do-not-sync" in invoice.tags { return skip("tagged do-not-sync"); }
            if invoice.total < 0.00 { return hold("the total is negative"); }
            let long = invoice.notes.len > 20;
            if long && !invoice.title.is_empty { return fail(`too much to read in ${invoice.number}`); }
            keep()
        }
        fn map_line(line, invoice) {
            if "-" in line.sku {
                let first = line.sku.part("-", 0);
                line.account = `${first}-${line.sku.part("-", 1)}`;
                line.description = first + ": " + line.source.name;
            }
            if line.unit_amount * line.quantity > 50 { line.tax = "HIGH"; } else { line.tax = "LOW"; }
            keep()
        }
        fn map_payment(payment, invoice) {
            if payment.amount > invoice.due { return hold("more than is owed"); }
            payment.reference = `${payment.method} of ${payment.amount} on ${payment.date} for ${invoice.number}`;
            keep()
        }
        "#,
        &invoices(),
    );
    assert_eq!(plain, [Hook::Select, Hook::MapLine, Hook::MapPayment]);
}

#[test]
fn what_goes_wrong_on_the_short_way_is_told_by_rhai_and_taken_back() {
    let mut refused = Vec::new();
    for body in [
        "line.account = \"7\"; line.tax = lookup(\"division\", line.sku); keep()",
        "line.account = \"7\"; let x = line.sku.part(\"/\", 0) ?? 7; line.tax = if x == \"TIL\" { 7 } else { x }; keep()",
        "line.account = \"7\"; hold(line.sku.part(\"-\", 3).trim())",
        "line.account = \"7\"; hold(\" \")",
        "line.account = \"7\"; if line.sku == 200 { return skip(\"no\"); } keep()",
        "line.account = \"7\"; let x = line.sku.part(\"/\", 1); if x.len > 2 { return skip(x); } keep()",
        "line.account = \"7\"; let x = 5; let y = { let x = 6; x }; if x + y == 11 { skip(\"eleven\") } else { keep() }",
        "line.account = \"7\"; if line.source == () { return fail(\"no line\"); }",
        "line.account = \"7\"; line.description = line.sku.sub_string(-2) + invoice.currency; keep();",
        "line.account = \"7\"; let who = invoice.contact.parent ?? invoice.contact; hold(who.name)",
        "line.account = \"7\"; hold(invoice.fields.PO)",
        "line.account = \"7\"; if line.unit_amount > params.limit { return hold(`above ${params.limit}`); } keep()",
        "line.account = \"7\"; if line.unit_amount > params.limits { return hold(\"above\"); } keep()",
        "line.account = \"7\"; hold(`${ctx.today} ${ctx.tenant}`)",
        "line.account = \"7\"; hold(invoice.contact.email.to_upper().trim())",
        "line.account = \"7\"; line.description = invoice.notes; if \"long\" in invoice.notes { hold(\"long\") } else { keep() }",
        "let l = line; l.account = \"8\"; if l.account != line.account { return fail(\"two lines\"); } keep()",
        "const L = line; line.account = \"7\"; L.account = \"8\"; keep()",
        "const X = line.sku; if X == \"TIL\" { return skip(X); } line.account = X; keep()",
        "line.tracking = #{ \"Region\": \"North\" }; keep()",
        "for t in invoice.tags { if t == \"export\" { line.tax = \"X\"; } } keep()",
    ] {
        let text = format!("fn map_line(line, invoice) {{ {body} }}");
        // Some of these are refused beforehand; a rule that slips through means the same all the same.
        match RuleSet::compile(&[file(&text)], &tables()) {
            Ok(_) => drop(both(&text, &invoices())),
            Err(_) => refused.push(body),
        }
    }
    assert!(refused.len() < 6, "{refused:#?}");
}

#[test]
fn a_function_of_the_file_goes_before_the_librarys() {
    let plain = both(
        "fn trim(text) { \"mine\" } fn select(invoice) { hold(invoice.title.trim()) }",
        &invoices(),
    );
    assert_eq!(plain, []);
}

#[test]
fn shipped_rules_mean_the_same_both_ways() {
    let mut short = 0;
    for rule in crossfoot::rules::shipped::shipped() {
        if RuleSet::compile_plainly(
            &[RuleFile {
                name: rule.name.clone(),
                text: rule.text.clone(),
                params: BTreeMap::new(),
            }],
            &tables(),
        )
        .is_ok()
        {
            short += both(&rule.text, &invoices()).len();
        }
    }
    assert!(short > 0, "no shipped rule takes the short way");
}

/// A condition over a line and its invoice, sometimes a wrong one.
fn condition() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("line.sku"),
        Just("invoice.number"),
        Just("line.sku.part(\"-\", 1)"),
        Just("line.sku.to_lower()"),
        Just("invoice.notes"),
        Just("\"CRANE-9\""),
        Just("invoice.contact.parent.name"),
        Just("x"),
    ];
    let number = prop_oneof![
        Just("line.quantity"),
        Just("invoice.total"),
        Just("line.unit_amount * 2"),
        Just("line.sku.len"),
        Just("10.50"),
        Just("3"),
        Just("invoice.total - invoice.paid"),
        Just("x"),
    ];
    let sign = prop_oneof![
        Just("=="),
        Just("!="),
        Just("<"),
        Just("<="),
        Just(">"),
        Just(">=")
    ];
    let simple = prop_oneof![
        (text.clone(), sign.clone(), text.clone()).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        (number.clone(), sign, number).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        (text.clone(), text.clone()).prop_map(|(a, b)| format!("{a} in {b}")),
        text.clone().prop_map(|a| format!("{a} in invoice.tags")),
        text.clone().prop_map(|a| format!("{a}.is_empty")),
        text.prop_map(|a| format!("{a}.starts_with(\"C\")")),
    ];
    simple.prop_recursive(2, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.prop_map(|a| format!("!({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn made_up_rules_mean_the_same_both_ways(
        conditions in proptest::collection::vec(condition(), 1..4),
        start in prop_oneof![Just("\"x\""), Just("7"), Just("line.sku"), Just("()")],
    ) {
        let mut body = format!("let x = {start};");
        for (n, c) in conditions.iter().enumerate() {
            body.push_str(&format!(
                "if {c} {{ line.account = `{n}-${{x}}`; x = \"y{n}\"; }} else {{ line.tax = \"T{n}\"; }} "
            ));
        }
        let text = format!("fn map_line(line, invoice) {{ {body} keep() }}");
        let files = [file(&text)];
        // What the lint refuses is never run.
        if RuleSet::compile(&files, &tables()).is_ok() {
            both(&text, &invoices()[..4]);
        }
    }
}
