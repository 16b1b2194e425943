//! Habits of other languages in rules: what is told, and that the cure, pasted, is clean.

use super::mapping::pasted::cured;
use super::rules::{file, tables};
use crossfoot::model::Diagnostic;
use crossfoot::rules::lint;

/// A rule with a slip, and what a person takes for the wrong part of it; none where the cure is a line.
const SLIPS: &[(&str, &str, &str)] = &[
    (
        "quotes of a word processor",
        "fn select(invoice) {\n    if invoice.title == “Warranty” { return skip(\"warranty\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a space of a web page",
        "fn select(invoice) {\n    if\u{a0}invoice.total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "text in single quotes",
        "fn select(invoice) {\n    if invoice.title == 'Warranty' { return skip(\"warranty\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "and",
        "fn select(invoice) {\n    if invoice.total.is_zero and invoice.title == \"\" { return skip(\"zero\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "or",
        "fn select(invoice) {\n    if invoice.total.is_zero or invoice.title == \"\" { return skip(\"zero\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "not",
        "fn select(invoice) {\n    if not invoice.total.is_zero { return keep(); }\n    skip(\"zero\")\n}\n",
        "",
    ),
    (
        "elseif",
        "fn select(invoice) {\n    if invoice.total.is_zero { skip(\"zero\") }\n    elseif invoice.title == \"\" { hold(\"no title\") }\n    else { keep() }\n}\n",
        "",
    ),
    (
        "elif",
        "fn select(invoice) {\n    if invoice.total.is_zero { skip(\"zero\") }\n    elif invoice.title == \"\" { hold(\"no title\") }\n    else { keep() }\n}\n",
        "",
    ),
    (
        "function",
        "function select(invoice) {\n    keep()\n}\n",
        "",
    ),
    ("def", "def select(invoice) {\n    keep()\n}\n", ""),
    (
        "var",
        "fn select(invoice) {\n    var total = invoice.total;\n    if total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "what counts where nothing is there",
        "fn select(invoice) {\n    if (invoice.tax ?: 0) > 100 { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a text with places",
        "fn select(invoice) {\n    hold(f\"Order {invoice.number} is {{large}}\")\n}\n",
        "",
    ),
    (
        "a text with places of another language",
        "fn select(invoice) {\n    hold($\"Order {invoice.number}\")\n}\n",
        "",
    ),
    (
        "match",
        "fn select(invoice) {\n    match invoice.status {\n        \"void\" => skip(\"void\"),\n        _ => keep()\n    }\n}\n",
        "",
    ),
    (
        "null",
        "fn select(invoice) {\n    if invoice.due == null { return hold(\"no due date\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "None",
        "fn select(invoice) {\n    if invoice.due == None { return hold(\"no due date\"); }\n    keep()\n}\n",
        "None",
    ),
    (
        "True",
        "fn map_line(line, invoice) {\n    if invoice.in_ledger == True { line.account = \"201\"; }\n    keep()\n}\n",
        "True",
    ),
    (
        "an arrow for what is given",
        "fn big(invoice) -> bool {\n    invoice.total > 100\n}\nfn select(invoice) {\n    if big(invoice) { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "an arrow for a function",
        "fn select(invoice) {\n    if invoice.lines.any(l -> l.sku == \"A\") { return hold(\"A\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a fat arrow for a function",
        "fn select(invoice) {\n    if invoice.lines.any(l => l.sku == \"A\") { return hold(\"A\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "three equals signs",
        "fn select(invoice) {\n    if invoice.title === \"Quote\" { return skip(\"quote\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "the other unequal",
        "fn select(invoice) {\n    if invoice.title <> \"Quote\" { return keep(); }\n    skip(\"quote\")\n}\n",
        "",
    ),
    (
        "one equals sign",
        "fn select(invoice) {\n    if invoice.title = \"Quote\" { return skip(\"quote\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "one more",
        "fn select(invoice) {\n    let n = 0;\n    n++;\n    if n > 1 { return hold(\"more\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a comment with a hash",
        "# Quotes are not wanted.\nfn select(invoice) {\n    keep()\n}\n",
        "",
    ),
    (
        "an unclosed text",
        "fn select(invoice) {\n    hold(\"large)\n}\n",
        "",
    ),
    (
        "an unclosed brace",
        "fn select(invoice) {\n    if invoice.total > 100 { return hold(\"large\");\n    keep()\n}\n",
        "",
    ),
    (
        "an unclosed bracket",
        "fn select(invoice) {\n    if invoice.total > 100 { return hold(\"large\"; }\n    keep()\n}\n",
        "",
    ),
    (
        "a place between plain quotes",
        "fn select(invoice) {\n    hold(\"Order ${invoice.number}\")\n}\n",
        "",
    ),
    (
        "a test for what is never missing",
        "fn select(invoice) {\n    if invoice.title == () { return hold(\"no title\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a status of the ledger",
        "fn select(invoice) {\n    if invoice.status == \"PAID\" { return keep(); }\n    skip(\"not paid\")\n}\n",
        "\"PAID\"",
    ),
    (
        "a kind in the plural",
        "fn map_line(line, invoice) {\n    if line.kind == \"discounts\" { line.account = \"205\"; }\n    keep()\n}\n",
        "\"discounts\"",
    ),
    (
        "two equals signs to set a value",
        "fn map_line(line, invoice) {\n    line.account == \"201\";\n    keep()\n}\n",
        "",
    ),
    (
        "a colon before the equals sign",
        "fn select(invoice) {\n    let most := 100;\n    if invoice.total > most { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "foreach",
        "fn select(invoice) {\n    foreach line in invoice.lines {\n        if line.sku == \"A\" { return hold(\"A\"); }\n    }\n    keep()\n}\n",
        "",
    ),
    (
        "for of",
        "fn select(invoice) {\n    for line of invoice.lines {\n        if line.sku == \"A\" { return hold(\"A\"); }\n    }\n    keep()\n}\n",
        "",
    ),
    (
        "a loop in brackets",
        "fn select(invoice) {\n    for (line in invoice.lines) {\n        if line.sku == \"A\" { return hold(\"A\"); }\n    }\n    keep()\n}\n",
        "",
    ),
    (
        "a loop that counts",
        "fn select(invoice) {\n    for (let i = 0; i < 3; i++) {\n        if invoice.total > i * 100 { return hold(\"large\"); }\n    }\n    keep()\n}\n",
        "",
    ),
    (
        "then",
        "fn select(invoice) {\n    if invoice.total > 100 then { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "unless",
        "fn select(invoice) {\n    unless invoice.total > 100 { return skip(\"small\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "is null",
        "fn select(invoice) {\n    if invoice.due is null { return hold(\"no due date\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "is not null",
        "fn select(invoice) {\n    if invoice.due is not null { return keep(); }\n    hold(\"no due date\")\n}\n",
        "",
    ),
    (
        "not in",
        "fn select(invoice) {\n    if invoice.title not in [\"A\", \"B\"] { return hold(\"other\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a list in round brackets",
        "fn select(invoice) {\n    if invoice.title in (\"A\", \"B\") { return hold(\"one of two\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "like",
        "fn select(invoice) {\n    if invoice.title like \"Quote%\" { return skip(\"quote\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a match with a tilde",
        "fn select(invoice) {\n    if invoice.title =~ \"Quote\" { return skip(\"quote\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "one of two values",
        "fn map_line(line, invoice) {\n    line.account = line.sku == \"A\" ? \"201\" : \"200\";\n    keep()\n}\n",
        "",
    ),
    (
        "a comma in a number",
        "fn select(invoice) {\n    if invoice.total > 5,000 { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a sign of money",
        "fn select(invoice) {\n    if invoice.total > $5000 { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "a share",
        "fn select(invoice) {\n    if invoice.total > 10% { return hold(\"large\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "includes",
        "fn select(invoice) {\n    if invoice.title.includes(\"Q\") { return skip(\"quote\"); }\n    keep()\n}\n",
        "includes",
    ),
    (
        "toUpperCase",
        "fn select(invoice) {\n    if invoice.title.toUpperCase() == \"QUOTE\" { return skip(\"quote\"); }\n    keep()\n}\n",
        "toUpperCase",
    ),
    (
        "a field in large letters",
        "fn select(invoice) {\n    if invoice.Total > 5 { return hold(\"large\"); }\n    keep()\n}\n",
        "Total",
    ),
    (
        "an answer mistyped",
        "fn select(invoice) {\n    if invoice.total > 5 { return skp(\"large\"); }\n    keep()\n}\n",
        "skp",
    ),
    (
        "a hook mistyped",
        "fn selct(invoice) {\n    keep()\n}\n",
        "selct",
    ),
    (
        "the answer of an example mistyped",
        "/// Zero is left out.\n/// @example { total: 0.00 } => skp\nfn select(invoice) {\n    if invoice.total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "skp",
    ),
    (
        "the answer of an example as a call",
        "/// Zero is left out.\n/// @example { total: 0.00 } => skip()\nfn select(invoice) {\n    if invoice.total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "skip()",
    ),
    (
        "an example without its arrow",
        "/// Zero is left out.\n/// @example { total: 0.00 } -> skip\nfn select(invoice) {\n    if invoice.total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "/// @example { total: 0.00 } -> skip",
    ),
    (
        "an example in a plain comment",
        "// @example { total: 0.00 } => skip\nfn select(invoice) {\n    if invoice.total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "",
    ),
    (
        "an example mistyped",
        "/// @exmaple { total: 0.00 } => skip\nfn select(invoice) {\n    if invoice.total.is_zero { return skip(\"zero\"); }\n    keep()\n}\n",
        "",
    ),
];

/// What has no line to paste: the words say what becomes of the line.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "a line added",
        "fn map_invoice(invoice) {\n    invoice.lines.push(1);\n    keep()\n}\n",
        "take this line out",
    ),
    (
        "a draft changed where it is looked at",
        "fn check(invoice) {\n    invoice.reference = \"PO\";\n    keep()\n}\n",
        "move this line into `fn map_invoice(invoice)`",
    ),
    (
        "a contact changed where it is matched",
        "fn match_contact(contact, found) {\n    contact.name = \"Acme\";\n    create()\n}\n",
        "move this line into `fn map_contact(contact)`",
    ),
];

fn told(text: &str) -> Vec<Diagnostic> {
    lint(&[file(text)], &tables())
}

#[test]
fn the_cure_of_a_habit_pasted_is_clean() {
    let mut page = String::new();
    let mut wrong = Vec::new();
    for (name, text, part) in SLIPS {
        let found = told(text);
        page.push_str(&format!("# {name}\n"));
        for d in &found {
            page.push_str(&d.to_string());
        }
        page.push('\n');
        let Some(first) = found.first() else {
            wrong.push(format!("{name}: nothing is told"));
            continue;
        };
        let after = cured(text, part, first);
        let left: String = told(&after).iter().map(ToString::to_string).collect();
        if !left.is_empty() {
            wrong.push(format!("{name}: after the cure\n{left}{after}"));
        }
    }
    for (name, text, cure) in WORDS {
        let found = told(text);
        page.push_str(&format!("# {name}\n"));
        for d in &found {
            page.push_str(&d.to_string());
        }
        page.push('\n');
        if !found.first().is_some_and(|d| d.fix.contains(cure)) {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    let all = SLIPS.len() + WORDS.len();
    assert!(all >= 60, "{all}");
    insta::assert_snapshot!(page);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A statement behind a condition keeps its `=`, and gets its braces.
#[test]
fn what_stands_bare_behind_a_condition_is_put_in_braces_and_still_sets() {
    let whole = "if line.kind == \"shipping\" { line.account = \"260\"; }";
    for bare in [
        "if (line.kind == \"shipping\") line.account = \"260\";",
        "if line.kind == \"shipping\" line.account = \"260\";",
    ] {
        let text = format!("fn map_line(line, invoice) {{\n    {bare}\n    keep()\n}}\n");
        let found = told(&text);
        assert_eq!(found[0].fix, format!("write: {whole}"), "{found:?}");
        assert!(told(&cured(&text, "", &found[0])).is_empty());
    }
}

/// `==` that ends a block does nothing, be it the only statement there.
#[test]
fn a_comparison_that_ends_a_block_is_told() {
    for (block, fix) in [
        (
            "if line.kind == \"shipping\" { line.account == \"260\"; }",
            "write: if line.kind == \"shipping\" { line.account = \"260\"; }",
        ),
        (
            "for l in invoice.lines { line.account == \"260\"; }",
            "write: for l in invoice.lines { line.account = \"260\"; }",
        ),
    ] {
        let text = format!("fn map_line(line, invoice) {{\n    {block}\n    keep()\n}}\n");
        let found = told(&text);
        let mine: Vec<_> = found
            .iter()
            .filter(|d| d.code == "rule.no_effect")
            .collect();
        assert_eq!(mine.len(), 1, "{found:?}");
        assert_eq!(mine[0].fix, fix);
    }
}

#[test]
fn signs_of_patterns_and_of_nothing_are_told_as_they_are_written_here() {
    let of = |line: &str| {
        let text = format!("fn select(invoice) {{\n    {line}\n    keep()\n}}\n");
        told(&text)
            .first()
            .map(|d| d.fix.clone())
            .unwrap_or_default()
    };
    for sign in ["=~", "~="] {
        let fix = of(&format!(
            "if invoice.title {sign} \"Q\" {{ return keep(); }}"
        ));
        assert!(
            fix.contains("invoice.title.contains(\"Q\")"),
            "{sign}: {fix}"
        );
        let fix = of(&format!("if invoice.title {sign} /Q/ {{ return keep(); }}"));
        assert!(fix.contains(".contains(\"..\")"), "{sign}: {fix}");
    }
    let fix = of("let po = invoice.title ?: \"none\";");
    assert_eq!(fix, "write: let po = invoice.title ?? \"none\";");
}

#[test]
fn a_rule_of_nothing_but_brackets_is_told_at_once() {
    for text in [
        "{".repeat(60_000),
        "\"".repeat(60_001),
        "'\n".repeat(30_000),
        "not ".repeat(15_000),
    ] {
        assert!(!told(&text).is_empty());
    }
}
