//! Typical mistakes in rules, as the people who make them read about them.

use super::rules::{file, tables};
use crossfoot::rules::*;
use proptest::prelude::*;
use std::sync::Arc;

fn told(text: &str) -> String {
    let found = lint(&[file(text)], &tables());
    found.iter().map(ToString::to_string).collect()
}

const MISTAKES: &[(&str, &str)] = &[
    (
        "a hook's name mistyped",
        "fn map_lines(line, invoice) {\n    keep()\n}",
    ),
    ("a parameter too few", "fn map_line(line) {\n    keep()\n}"),
    (
        "a property mistyped",
        "fn select(invoice) {\n    if invoice.totl > 100 { return hold(\"large\"); }\n    keep()\n}",
    ),
    (
        "a code compared with a number",
        "fn map_line(line, invoice) {\n    if line.account == 200 { line.account = \"201\"; }\n    keep()\n}",
    ),
    (
        "a code set to a number",
        "fn map_line(line, invoice) {\n    line.account = 200;\n    keep()\n}",
    ),
    (
        "whole numbers divided",
        "fn select(invoice) {\n    let third = 1 / 3;\n    if invoice.total > third { return hold(\"more\"); }\n    keep()\n}",
    ),
    (
        "the other rounding",
        "fn select(invoice) {\n    let net = invoice.total.round(2);\n    keep()\n}",
    ),
    (
        "an answer that goes nowhere",
        "fn select(invoice) {\n    if invoice.total.is_zero { skip(\"zero\") }\n    keep()\n}",
    ),
    (
        "a path without an answer",
        "fn select(invoice) {\n    if invoice.total.is_zero { return skip(\"zero\"); }\n}",
    ),
    ("no reason", "fn select(invoice) {\n    hold()\n}"),
    (
        "a function mistyped",
        "fn select(invoice) {\n    if invoice.number.start_with(\"Q\") { return skip(\"quote\"); }\n    keep()\n}",
    ),
    (
        "a variable mistyped",
        "fn select(invoice) {\n    let limit = 100;\n    if invoice.total > limt { return hold(\"large\"); }\n    keep()\n}",
    ),
    (
        "a bracket missing",
        "fn select(invoice) {\n    if invoice.total > 100 { return hold(\"large\"); \n    keep()\n}",
    ),
    (
        "a text not closed",
        "fn select(invoice) {\n    hold(\"large)\n}",
    ),
    (
        "a source changed",
        "fn select(invoice) {\n    invoice.total = 0;\n    keep()\n}",
    ),
    (
        "a table mistyped",
        "fn map_line(line, invoice) {\n    line.account = lookup(\"divison\", \"NSW\");\n    keep()\n}",
    ),
    (
        "a case of another kind",
        "fn map_line(line, invoice) {\n    switch line.sku {\n        200 => line.account = \"1\",\n        _ => ()\n    }\n    keep()\n}",
    ),
    (
        "code outside a function",
        "let rate = 0.1;\nfn select(invoice) {\n    keep()\n}",
    ),
    (
        "a date compared with text",
        "fn select(invoice) {\n    if invoice.date < \"2026-07-01\" { return skip(\"old\"); }\n    keep()\n}",
    ),
    (
        "a result not taken",
        "fn map_line(line, invoice) {\n    line.description.replace(\"a\", \"b\");\n    keep()\n}",
    ),
    (
        "catching",
        "fn select(invoice) {\n    try { hold(\"x\") } catch { keep() }\n}",
    ),
    (
        "text added to a number",
        "fn select(invoice) {\n    hold(\"total \" + invoice.total)\n}",
    ),
    (
        "inside a function of a list",
        "fn select(invoice) {\n    if invoice.lines.any(|l| l.skuu == \"A\" || l.quantity == \"1\") { return hold(\"A\"); }\n    keep()\n}",
    ),
    (
        "a hook of a later version",
        "fn map_item(item) {\n    keep()\n}",
    ),
];

#[test]
fn typical_mistakes_are_explained() {
    let mut out = String::new();
    for (name, text) in MISTAKES {
        let told = told(text);
        assert!(!told.is_empty(), "{name} is not found");
        out.push_str(&format!("# {name}\n{told}\n"));
    }
    insta::assert_snapshot!("typical_mistakes", out);
}

#[test]
fn a_code_is_quoted_as_the_rule_writes_it() {
    for line in [
        "line.account = 0201;",
        "if line.account == 0201 { return hold(\"x\"); }",
        "switch line.sku { 0201 => line.account = \"1\", _ => () }",
    ] {
        let told = told(&format!("fn map_line(line, invoice) {{ {line} keep() }}"));
        assert!(told.contains("in quotes: \"0201\""), "{line}: {told}");
    }
}

#[test]
fn an_answer_that_a_hook_may_not_give_is_told() {
    for (rule, who) in [
        (
            "fn on_conflict(source, ledger, agreed) { if source.value == ledger.value { return skip(\"x\"); } keep() }",
            "`on_conflict` cannot answer skip()",
        ),
        (
            "fn check(invoice) { if invoice.total.is_zero { return keep_source(); } keep() }",
            "`check` cannot answer keep_source()",
        ),
        (
            "fn select(invoice) { if invoice.total.is_zero { return use(0); } keep() }",
            "`select` cannot answer use()",
        ),
        // By way of a function of its own.
        (
            "fn which() { keep_ledger() }\nfn check(invoice) { which() }",
            "a hook that calls this cannot answer keep_ledger()",
        ),
    ] {
        let told = told(rule);
        assert!(
            told.contains("rule.wrong_answer") && told.contains(who),
            "{rule}: {told}"
        );
    }
    let shared = "fn no() { hold(\"x\") }\nfn check(invoice) { no() }\n\
        fn on_conflict(source, ledger, agreed) { if agreed.is_empty { return keep_ledger(); } no() }\n";
    assert!(
        !told(shared).contains("rule.wrong_answer"),
        "{}",
        told(shared)
    );
}

#[test]
fn a_rule_that_never_keeps_hides_the_next() {
    let second = RuleFile {
        name: "rules/second.rhai".into(),
        ..file("fn select(invoice) { keep() }")
    };
    let found = lint(
        &[file("fn select(invoice) { skip(\"all\") }"), second],
        &tables(),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "rule.unreachable");
    assert_eq!(found[0].place.file, "rules/second.rhai");
}

#[test]
fn sound_rules_have_nothing_to_say() {
    let sound = "fn limit() { 100 }\n\
        fn select(invoice) {\n\
            let large = invoice.lines.filter(|l| l.unit_amount > limit());\n\
            for l in large { if l.sku == \"\" { return hold(`line ${l.id} has no SKU`); } }\n\
            switch invoice.status { \"void\" => return skip(\"void\"), \"draft\" if invoice.total > 5 => return hold(\"draft\"), _ => () }\n\
            if invoice.due != () && invoice.due < ctx.today { return hold(\"overdue\"); }\n\
            if sum(invoice.lines, |l| l.amount ?? 0) > 1000.50 { hold(\"large\") } else { keep() }\n\
        }\n\
        fn map_contact(contact) {\n\
            contact.billing.city = contact.billing.city.to_upper();\n\
            if contact.parent != () { contact.name = contact.parent.name; }\n\
            keep()\n\
        }\n\
        fn match_contact(contact, found) { if found.len == 1 { use(0) } else if found.is_empty { create() } else { hold(\"many\") } }\n";
    assert_eq!(told(sound), "");
}

#[test]
fn a_hook_that_nothing_asks_is_an_error_and_not_without_effect() {
    let text = told("fn on_reject(error, invoice) { hold(error.message) }\n");
    assert!(text.contains("rule.hook_not_built"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        let _ = lint(&[file(&text)], &tables());
    }

    #[test]
    fn arbitrary_code_never_panics(parts in proptest::collection::vec(0usize..PIECES.len(), 1..40)) {
        let body: Vec<_> = parts.iter().map(|p| PIECES[*p]).collect();
        let text = format!("fn select(invoice) {{ {} }}", body.join(" "));
        if let Ok((set, _)) = RuleSet::compile(&[file(&text)], &tables()) {
            let doc = Arc::new(super::rules::invoice());
            let _ = Runner::new().select(&set, &super::rules::context(), &doc, false);
        }
    }
}

const PIECES: &[&str] = &[
    "invoice",
    ".total",
    ".lines",
    "[0]",
    ".sku",
    "==",
    "!=",
    "<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "1",
    "2.5",
    "\"a\"",
    "()",
    "if",
    "else",
    "{",
    "}",
    "(",
    ")",
    ";",
    "return",
    "keep()",
    "hold(\"x\")",
    "skip(\"y\")",
    "let x =",
    "x",
    "for l in",
    "while",
    "loop",
    "break",
    "|l|",
    ".any(",
    ".map(",
    ".len",
    "in",
    "!",
    "&&",
    "||",
    "??",
    "?.",
    "[1, 2]",
    "#{ a: 1 }",
    ".a",
    "switch",
    "=>",
    "_",
    ",",
    ".contains(",
    "lookup(\"division\",",
    "ctx",
    ".today",
    "params",
    "..",
    "`${",
    "}`",
    "|=",
    "=",
    "+=",
    "fn",
    "const",
    "this",
    "use(0)",
    "print(",
    ".split(\"a\")",
    "'c'",
    "-1",
    "true",
];
