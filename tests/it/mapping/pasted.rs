//! Habits of word processors, spreadsheets and other languages: what is told, and that the cure, pasted, is clean.

use super::{PLAIN, compiled};
use crossfoot::model::Diagnostic;

/// A file with a mistake, and what a person takes for the wrong part of it; none where the cure is a line.
pub struct Slip {
    pub name: &'static str,
    pub text: String,
    pub wrong: &'static str,
}

/// What a cure says is to be written: a line, or what stands between its first backticks.
pub fn written(fix: &str) -> (bool, String) {
    for word in ["Write: ", "write: "] {
        if let Some((_, line)) = fix.split_once(word) {
            return (true, line.to_owned());
        }
    }
    let piece = fix.split('`').nth(1);
    (
        false,
        piece
            .unwrap_or_else(|| panic!("nothing to paste in: {fix}"))
            .to_owned(),
    )
}

/// The text after the cure was pasted.
pub fn cured(text: &str, wrong: &str, told: &Diagnostic) -> String {
    let (line, cure) = written(&told.fix);
    if !line {
        let at = text
            .rfind(wrong)
            .unwrap_or_else(|| panic!("{wrong} in {text}"));
        let (before, after) = (&text[..at], &text[at + wrong.len()..]);
        return format!("{before}{cure}{after}");
    }
    let at = told.place.line as usize;
    let lines = text.lines().enumerate().map(|(n, l)| {
        let indent: String = l.chars().take_while(|c| *c == ' ').collect();
        match n + 1 == at {
            true if cure.starts_with(' ') => cure.clone(),
            true => format!("{indent}{cure}"),
            false => l.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn slips() -> Vec<Slip> {
    let plain = |name, from: &str, to: &str, wrong| {
        assert!(PLAIN.contains(from), "{from}");
        Slip {
            name,
            text: PLAIN.replacen(from, to, 1),
            wrong,
        }
    };
    let more = |name, line: &str, wrong| Slip {
        name,
        text: format!("{PLAIN}{line}\n"),
        wrong,
    };
    vec![
        plain("quotes of a word processor", "\"090\"", "“090”", ""),
        plain("single quotes of a word processor", "\"201\"", "‘201’", ""),
        plain(
            "a space of a web page",
            "currency: AUD",
            "currency:\u{a0}AUD",
            "",
        ),
        plain(
            "an indentation of a web page",
            "  - { sku: TIL",
            "\u{a0}\u{a0}- { sku: TIL",
            "",
        ),
        plain("a tab", "  - { sku: TIL", "\t- { sku: TIL", ""),
        plain(
            "a key in large letters",
            "currency:",
            "Currency:",
            "Currency",
        ),
        plain("an equals sign", "currency: AUD", "currency = AUD", ""),
        plain(
            "no space after the colon",
            "currency: AUD",
            "currency:AUD",
            "",
        ),
        plain("an unclosed quote", "\"090\"", "\"090", ""),
        plain(
            "an unclosed quote in a row",
            "use: \"201\"",
            "use: \"201",
            "",
        ),
        plain(
            "an unclosed brace",
            "{ code: \"090\" }",
            "{ code: \"090\"",
            "",
        ),
        plain(
            "an unclosed brace in a row",
            "use: \"201\" }",
            "use: \"201\"",
            "",
        ),
        plain(
            "a hyphen in a key",
            "payments_account",
            "payments-account",
            "payments-account",
        ),
        plain(
            "a kind in the plural",
            "kind: shipping",
            "kind: shippings",
            "shippings",
        ),
        more("a switch as a way", "sync: { invoices: on }", "on"),
        more("a way that is not built", "sync: { items: on }", "on"),
        more("items matched by on", "match: { items: on }", "on"),
        more("a word in large letters", "refunds: HOLD", "HOLD"),
        more("a switch by number", "skip: { zero_total: 1 }", "1"),
        more(
            "a switch by a word",
            "skip: { zero_total: enabled }",
            "enabled",
        ),
        more(
            "a share for an amount",
            "guard: { totals: { rounding_account: \"860\", at_most: 10% } }",
            "10%",
        ),
        more(
            "thousands",
            "guard: { per_run: { total: { AUD: \"5,000\" } } }",
            "5,000",
        ),
        more(
            "a comma for a point",
            "guard: { totals: { rounding_account: \"860\", at_most: \"0,05\" } }",
            "0,05",
        ),
        more(
            "a sign of money",
            "guard: { totals: { rounding_account: \"860\", at_most: $0.05 } }",
            "$0.05",
        ),
        more(
            "a count with a comma",
            "guard: { per_run: { documents: \"1,000\" } }",
            "1,000",
        ),
        more(
            "a count as a share",
            "guard: { per_run: { documents: 50% } }",
            "50%",
        ),
        more(
            "a span in words",
            "sync: { trigger: { every: 30 minutes } }",
            "30 minutes",
        ),
        more(
            "a span by its name",
            "sync: { trigger: { every: hourly } }",
            "hourly",
        ),
        more(
            "a day with slashes",
            "sync: { start: { invoice_date: 31/07/2026 } }",
            "31/07/2026",
        ),
        more(
            "a day in words",
            "sync: { start: { invoice_date: 1 July 2026 } }",
            "1 July 2026",
        ),
        more(
            "a day without zeros",
            "sync: { start: { invoice_date: 2026-7-1 } }",
            "2026-7-1",
        ),
        more("a due date without its sign", "due: { else: 14d }", "14d"),
        more("a due date in words", "due: { else: 30 days }", "30 days"),
        more("the end of the month", "due: { else: EOM }", "EOM"),
        more(
            "the end of the next month",
            "due: { else: end of next month }",
            "end of next month",
        ),
        more(
            "a clock of twelve hours",
            "notify: { email: [jo@acme.example], when: daily, at: 7am }",
            "7am",
        ),
        plain(
            "a tax key mistyped",
            "taxable: OUTPUT",
            "taxabel: OUTPUT",
            "taxabel",
        ),
        plain(
            "a tax key that the source has no word for",
            "taxable: OUTPUT",
            "GST: OUTPUT",
            "GST",
        ),
        plain(
            "a pattern of a database",
            "sku: \"CRANE-*\"",
            "sku: \"CRANE-%\"",
            "CRANE-%",
        ),
        plain(
            "a pattern of an expression",
            "sku: \"CRANE-*\"",
            "sku: /^CRANE-/",
            "/^CRANE-/",
        ),
        plain(
            "a list of SKUs in one text",
            "sku: TIL,",
            "sku: \"TIL,TAL\",",
            "TIL,TAL",
        ),
        more(
            "a place with a sign",
            "contacts: { site_name: \"${parent} - ${name}\" }",
            "${parent} - ${name}",
        ),
        more("somebody under another key", "notify: { to }", ""),
        more(
            "somebody without a list",
            "notify: { email: jo@acme.example }",
            "jo@acme.example",
        ),
        more("somebody alone", "notify: jo@acme.example", ""),
        more("a due date as a number", "due: { else: 14 }", "14"),
        more(
            "a start as a day alone",
            "sync: { start: 2026-07-01 }",
            "2026-07-01",
        ),
        more("a start as a number alone", "sync: { start: 1041 }", "1041"),
        more(
            "rules as one text",
            "rules: rules/own.rhai",
            "rules/own.rhai",
        ),
        more(
            "a key of matches as one text",
            "match: { contacts: { by: email } }",
            "email",
        ),
        more(
            "a mail address for a key",
            "match: { contacts: { by: [mail] } }",
            "mail",
        ),
        more("a trigger that is off", "sync: { trigger: off }", "off"),
        more(
            "a clock without its zero",
            "notify: { email: [jo@acme.example], when: daily, at: \"7:00\" }",
            "7:00",
        ),
    ]
}

fn fix(line: &str) -> String {
    let told = compiled(&format!("{PLAIN}{line}\n")).diagnostics;
    told.first().map(|d| d.fix.clone()).unwrap_or_default()
}

/// A yes says nothing among words of which none is a yes: all are named, and none is proposed.
#[test]
fn a_yes_without_a_plain_meaning_is_answered_by_the_choices() {
    for line in [
        "sync: { approval: yes }",
        "guard: { zero_total: yes }",
        "overpayment: yes",
        "refunds: true",
        "notify: { quiet_days: yes }",
    ] {
        let fix = fix(line);
        assert!(fix.starts_with("The choices are: "), "{line}: {fix}");
    }
    for off in ["off", "no"] {
        let fix = fix(&format!("sync: {{ trigger: {off} }}"));
        assert!(fix.starts_with("Write `manual`."), "{off}: {fix}");
    }
}

#[test]
fn a_cure_names_the_place_that_takes_it_and_keeps_the_persons_own() {
    let eom = fix("due: { else: eom }");
    assert!(eom.starts_with("Write `end_of_month`."), "{eom}");
    let text = PLAIN.replace("tax:", "tax:\n  taxable: OUTPUT");
    let told = compiled(&text).diagnostics;
    let named = told.iter().any(|d| d.fix.contains("`tax.codes.taxable`"));
    assert!(named, "{told:?}");
    let to = fix("notify: { to: [a@x.example], manual: true }");
    assert!(to.contains("`email`") && !to.contains("jo@"), "{to}");
    let alone = fix("notify: a@x.example");
    assert!(alone.contains("[a@x.example]"), "{alone}");
}

#[test]
fn the_cure_of_a_habit_pasted_is_clean() {
    let mut page = String::new();
    let mut wrong = Vec::new();
    for slip in slips() {
        let told = compiled(&slip.text).diagnostics;
        page.push_str(&format!("=== {}\n", slip.name));
        for d in &told {
            page.push_str(&d.to_string());
        }
        page.push('\n');
        let Some(first) = told.first() else {
            wrong.push(format!("{}: nothing is told", slip.name));
            continue;
        };
        let after = cured(&slip.text, slip.wrong, first);
        let left = compiled(&after).diagnostics;
        if !left.is_empty() {
            let left: String = left.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}: after the cure\n{left}{after}", slip.name));
        }
    }
    assert!(slips().len() >= 50, "{}", slips().len());
    insta::assert_snapshot!(page);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
