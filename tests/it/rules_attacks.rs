//! Hostile rules: each ends in a located hold, a refusal to compile or a machine fault, in bounded work,
//! and another tenant's rule goes on as if nothing had been.

use super::rules::{compiled, context, draft, file, held, invoice, tables};
use crossfoot::model::{Kind, Verdict};
use crossfoot::rules::*;
use std::sync::Arc;
use std::time::Duration;

/// What became of a script.
fn attack(text: &str) -> String {
    let set = match RuleSet::compile(&[file(text)], &tables()) {
        Ok((set, _)) => set,
        Err(found) => {
            assert!(
                found.iter().all(|d| d.place.file == "rules/acme.rhai"),
                "{found:?}"
            );
            return format!("refused: {}", found[0].code);
        }
    };
    let mut runner = Runner::with_wall(Duration::from_secs(20));
    let ruling = runner.select(&set, &context(), &Arc::new(invoice()), false);
    match ruling {
        Err(fault) => format!("fault: {fault}"),
        Ok(r) => match r.verdict {
            Verdict::Hold(ref why) => {
                assert!(why.place.as_ref().is_some_and(|p| p.line > 0), "{why:?}");
                format!("held: {}", why.code)
            }
            other => format!("ended: {}", other.word()),
        },
    }
}

fn body(text: &str) -> String {
    attack(&format!("fn select(invoice) {{\n{text}\nkeep()\n}}"))
}

#[test]
fn hostile_rules_end_cleanly() {
    let deep = format!("let x = {}1{};", "(".repeat(5_000), ")".repeat(5_000));
    let deep_arrays = format!("let x = {}1{};", "[".repeat(3_000), "]".repeat(3_000));
    let else_ifs: String = (0..500)
        .map(|n| format!("if invoice.total == {n} {{ }} else "))
        .collect::<String>()
        + "{ }";
    let plus = format!("let x = {};", vec!["1"; 20_000].join(" + "));
    let many_vars: String = (0..2_000).map(|n| format!("let v{n} = {n};")).collect();
    let huge = format!(
        "fn select(invoice) {{ keep() }}\n// {}",
        "x".repeat(2_000_000)
    );
    let many_fns: String = (0..5_000)
        .map(|n| format!("fn f{n}() {{ {n} }}\n"))
        .collect();
    let cases: Vec<(&str, String, &str)> = vec![
        ("loop", body("loop { }"), "held: rule.limit"),
        (
            "while",
            body("while true { let x = 1; }"),
            "held: rule.limit",
        ),
        (
            "busy arithmetic",
            body("let x = 1; loop { x += 1; }"),
            "held: rule.limit",
        ),
        (
            "recursion",
            attack("fn again(n) { again(n + 1) }\nfn select(invoice) { again(0) }"),
            "held: rule.limit",
        ),
        (
            "mutual recursion",
            attack("fn a(n) { b(n) }\nfn b(n) { a(n) }\nfn select(invoice) { a(0) }"),
            "held: rule.limit",
        ),
        (
            "exponential recursion",
            attack(
                "fn f(n) { if n == 0 { return 1; } f(n - 1) + f(n - 1) }\nfn select(invoice) { f(14); keep() }",
            ),
            "held: rule.limit",
        ),
        (
            "string doubling",
            body("let s = \"xxxxxxxxxxxxxxxx\"; loop { s += s; }"),
            "held: rule.limit",
        ),
        (
            "string by interpolation",
            body("let s = \"xxxxxxxxxxxxxxxx\"; loop { s = `${s}${s}`; }"),
            "held: rule.limit",
        ),
        (
            "array growth",
            body("let a = []; loop { a.push(1); }"),
            "held: rule.limit",
        ),
        (
            "array doubling",
            body("let a = [1, 2, 3]; loop { a += a; }"),
            "refused: rule.type_mismatch",
        ),
        (
            "array of itself",
            body("let a = [1]; loop { a.push(a); }"),
            "held: rule.limit",
        ),
        (
            "map growth",
            body("let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }"),
            "held: rule.limit",
        ),
        (
            "nested maps",
            body("let m = #{}; loop { m = #{ a: m, b: m }; }"),
            "held: rule.limit",
        ),
        (
            "replace bomb",
            body(
                "let s = \"a\"; while s.len < 30000 { s += s; }\nlet t = s; s = s.replace(\"a\", t);",
            ),
            "held: rule.limit",
        ),
        (
            "pad bomb",
            body("let s = \"a\".pad_left(4000000000, \"x\");"),
            "held: rule.limit",
        ),
        (
            "pad with a wide sign",
            body("let s = \"a\".pad_left(60000, \"\u{1F4A3}\");"),
            "held: rule.limit",
        ),
        (
            "split bomb",
            body("let s = \"a,\"; while s.len < 30000 { s += s; }\nlet p = s.split(\",\");"),
            "held: rule.limit",
        ),
        (
            "join bomb",
            body("let s = \"a\"; while s.len < 30000 { s += s; }\nlet p = [s, s].join(s);"),
            "held: rule.limit",
        ),
        (
            "pattern bomb",
            body(
                "let s = \"a\"; while s.len < 30000 { s += s; }\nfor i in 0..500 { matches(s, \"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\"); }",
            ),
            "held: rule.limit",
        ),
        (
            "long pattern",
            body("let s = \"*\"; while s.len < 2000 { s += s; }\nmatches(\"a\", s);"),
            "held: rule.pattern",
        ),
        (
            "array == array",
            body("let a = [1, 2]; let b = [1, 2]; let same = [a].first() == [b].first();"),
            "held: rule.type_mismatch",
        ),
        (
            "huge compares in a list",
            body(
                "let a = []; for i in 0..999 { a.push(i); }\nfor i in 0..60000 { a.contains(-1); }",
            ),
            "held: rule.limit",
        ),
        (
            "nested closures",
            body("let a = []; for i in 0..200 { a.push(i); }\na.map(|x| a.map(|y| a.map(|z| z)));"),
            "held: rule.list_in_use",
        ),
        (
            "closure that loops",
            body("[1].any(|x| { loop { } });"),
            "held: rule.limit",
        ),
        (
            "nested closures over copies",
            body(
                "let a = []; for i in 0..200 { a.push(i); }\nlet b = a; let c = a;\na.map(|x| b.map(|y| c.map(|z| z)));",
            ),
            "held: rule.limit",
        ),
        (
            "closure growing a list",
            body("let a = []; for i in 0..900 { a.push(i); }\na.map(|x| a);"),
            "held: rule.list_in_use",
        ),
        (
            "print flood",
            body("for i in 0..20000 { print(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); }"),
            "held: rule.limit",
        ),
        ("deep nesting", body(&deep), "refused: rhai.too_deep"),
        ("deep arrays", body(&deep_arrays), "refused: rhai.too_deep"),
        ("500 else ifs", body(&else_ifs), "refused: rhai.too_deep"),
        ("20,000 additions", body(&plus), "refused: rhai.too_deep"),
        ("2,000 variables", body(&many_vars), "held: rule.limit"),
        (
            "5,000 functions",
            attack(&(many_fns + "fn select(invoice) { keep() }")),
            "refused: rhai.too_many",
        ),
        ("2 MB of source", attack(&huge), "refused: rule.too_large"),
        ("eval", body("eval(\"1\");"), "refused: rhai.not_available"),
        (
            "import",
            body("import \"/etc/passwd\" as x;"),
            "refused: rhai.not_available",
        ),
        (
            "sleep",
            body("sleep(1000);"),
            "refused: rule.unknown_function",
        ),
        (
            "clock",
            body("let t = timestamp();"),
            "refused: rule.unknown_function",
        ),
        (
            "dice",
            body("let r = rand();"),
            "refused: rule.unknown_function",
        ),
        (
            "environment",
            body("let e = env(\"HOME\");"),
            "refused: rule.unknown_function",
        ),
        (
            "a function by its name",
            body("let f = Fn(\"eval\"); f.call(\"1\");"),
            "refused: rhai.not_available",
        ),
        (
            "calling a function value for ever",
            attack("fn select(invoice) { let f = |f| f.call(f); f.call(f); keep() }"),
            "refused: rule.unknown_function",
        ),
        (
            "catching the limit",
            body("try { loop { } } catch { }"),
            "refused: rhai.not_available",
        ),
        (
            "overflow",
            body("let x = 9223372036854775807; x += 1;"),
            "held: rule.arithmetic",
        ),
        (
            "decimal overflow",
            body("let x = 79228162514264337593543950335.0; x *= 10.5;"),
            "held: rule.arithmetic",
        ),
        (
            "division by zero",
            body("let x = 1.0 / 0.0;"),
            "held: rule.arithmetic",
        ),
        (
            "remainder by zero",
            body("let x = 1 % 0;"),
            "held: rule.arithmetic",
        ),
        (
            "far dates",
            body("let d = invoice.date.add_days(9223372036854775807);"),
            "held: rule.date",
        ),
        (
            "far months",
            body("let d = invoice.date.add_months(-9223372036854775807);"),
            "held: rule.date",
        ),
        (
            "index far out",
            body("let x = [1][9223372036854775807];"),
            "held: rule.bad_index",
        ),
        (
            "changing the source",
            body("invoice.total = 0;"),
            "refused: rule.cannot_set",
        ),
        ("throwing", body("throw \"x\";"), "held: rule.thrown"),
        (
            "a huge range",
            body("for i in 0..9223372036854775807 { let x = i; }"),
            "held: rule.limit",
        ),
        (
            "a huge range backwards",
            body("let n = 0; for i in 9223372036854775807..0 { n += 1; }"),
            "ended: keep",
        ),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(_, got, want)| !got.starts_with(want))
        .map(|(name, got, want)| format!("{name}: {got}, expected {want}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 40);
}

#[test]
fn a_flood_of_print_is_cut() {
    let set = compiled(
        "fn select(invoice) { for i in 0..2000 { print(`${i}` + \"x\".pad_left(2000, \"x\")); } keep() }",
    );
    let r = Runner::new()
        .select(&set, &context(), &Arc::new(invoice()), false)
        .unwrap();
    assert!(
        r.printed.len() <= limits::PRINTED_LINES,
        "{}",
        r.printed.len()
    );
    assert!(
        r.printed
            .iter()
            .all(|p| p.chars().count() <= limits::PRINTED_CHARS)
    );
}

#[test]
fn time_is_a_fault_of_the_machine_and_never_a_verdict() {
    let set = compiled("fn map_invoice(invoice) { invoice.number = \"changed\"; loop { } }");
    let mut d = draft();
    let mut runner = Runner::with_wall(Duration::ZERO);
    let fault = runner
        .map_draft(
            &set,
            &context(),
            Kind::Invoice,
            &mut d,
            &Arc::new(invoice()),
        )
        .unwrap_err();
    assert!(
        matches!(
            fault,
            MachineFault::Wall {
                hook: "map_invoice",
                ..
            }
        ),
        "{fault}"
    );
    assert_eq!(d, draft(), "the draft is as it was");
}

#[test]
fn another_tenant_goes_on_in_the_same_runner() {
    let good = compiled(
        "fn select(invoice) { if invoice.total > 100 { return skip(ctx.tenant); } keep() }",
    );
    let bad = compiled("fn select(invoice) { let s = \"xxxxxxxx\"; loop { s += s; } }");
    let other = Arc::new(Context {
        tenant: "other".into(),
        ..(*context()).clone()
    });
    let doc = Arc::new(invoice());
    let mut runner = Runner::new();
    for _ in 0..3 {
        let r = runner.select(&bad, &context(), &doc, false).unwrap();
        assert!(held(&r).starts_with("rule.limit"), "{}", held(&r));
        let r = runner.select(&good, &other, &doc, false).unwrap();
        assert_eq!(r.verdict.reason().map(|w| w.what.as_str()), Some("other"));
    }
}
