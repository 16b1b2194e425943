//! The script API written out: Rhai definition files for editors, and the reference page. Both are made
//! from the catalog that the engine and the lint use.

use super::api::{Catalog, Ty, shared_catalog};
use super::hook::{Hook, HookKind};
use super::limits;
use std::fmt::Write;

/// Definition files by name, for the editor's folder of definitions.
pub fn definitions() -> Vec<(String, String)> {
    let c = shared_catalog();
    let mut functions = String::from("module static;\n\n");
    for f in &c.funcs {
        let params: Vec<_> = f
            .params
            .iter()
            .map(|(n, t)| format!("{}: {}", safe(n), script_type(*t)))
            .collect();
        let _ = write!(
            functions,
            "/// {}\nfn {}({}) -> {};\n\n",
            f.doc,
            f.name,
            params.join(", "),
            script_type(f.returns)
        );
    }
    let mut types = String::from("module static;\n\n");
    for p in &c.props {
        let _ = write!(
            types,
            "/// {}\nfn get {}(this: {}) -> {};\n\n",
            p.doc,
            p.name,
            script_type(p.on),
            script_type(p.ty)
        );
        if p.settable {
            let _ = write!(
                types,
                "fn set {}(this: {}, value: {});\n\n",
                p.name,
                script_type(p.on),
                script_type(p.ty)
            );
        }
    }
    vec![
        ("crossfoot-functions.d.rhai".to_owned(), functions),
        ("crossfoot-types.d.rhai".to_owned(), types),
    ]
}

fn safe(name: &str) -> &str {
    if name == "text" { "value" } else { name }
}

/// A type in the words of Rhai.
fn script_type(ty: Ty) -> &'static str {
    match ty {
        Ty::Any => "?",
        Ty::Text => "String",
        Ty::Number => "decimal",
        Ty::Function => "Fn",
        Ty::Map | Ty::Tracking => "Map",
        t if t.is_list() => "Array",
        t => t.name(),
    }
}

/// The types of the reference, in the order they are met.
const TYPES: [Ty; 21] = [
    Ty::Invoice,
    Ty::Contact,
    Ty::Line,
    Ty::Payment,
    Ty::Address,
    Ty::Instalment,
    Ty::ContactDraft,
    Ty::InvoiceDraft,
    Ty::LineDraft,
    Ty::PaymentDraft,
    Ty::PaidDocument,
    Ty::LedgerContact,
    Ty::LedgerItem,
    Ty::Side,
    Ty::Ctx,
    Ty::Text,
    Ty::Number,
    Ty::Day,
    Ty::List,
    Ty::Fields,
    Ty::Params,
];

/// The reference page, in Markdown.
pub fn reference() -> String {
    let c = shared_catalog();
    let mut out = String::from(HEAD);
    out.push_str("\n## Hooks, in the order they are asked\n\n| hook | what it is for | it may answer |\n| --- | --- | --- |\n");
    for h in Hook::ALL {
        let may = match h.kind() {
            HookKind::Verdict => "`keep()` `skip(why)` `hold(why)` `review(why)` `fail(why)`",
            HookKind::Match => {
                "`use(i)` `create()` `none()` `skip(why)` `hold(why)` `fail(why)`; `keep()` for no opinion"
            }
            HookKind::Conflict => {
                "`keep_source()` `keep_ledger()` `hold(why)`; `keep()` for no opinion"
            }
        };
        let params: Vec<_> = h
            .params()
            .iter()
            .map(|(n, t)| format!("{n}: {}", t.name()))
            .collect();
        let _ = writeln!(
            out,
            "| `{}({})` | {} | {may} |",
            h.name(),
            params.join(", "),
            h.about()
        );
    }
    out.push_str("\n## What a rule sees\n");
    for ty in TYPES {
        section(&mut out, c, ty);
    }
    out.push_str("\n## Functions\n\nA function whose first parameter is `x` may be written `f(x, y)` or `x.f(y)`.\n\n| function | what it does |\n| --- | --- |\n");
    for f in &c.funcs {
        let _ = writeln!(
            out,
            "| `{}` | {} |",
            f.signature().replace('|', "\\|"),
            f.doc.replace('|', "\\|")
        );
    }
    limits_section(&mut out);
    out
}

fn section(out: &mut String, c: &Catalog, ty: Ty) {
    let _ = write!(out, "\n### {}\n\n", ty.name());
    match ty {
        Ty::Fields => out.push_str("Custom fields: `invoice.fields[\"PO\"]` or `invoice.fields.PO`; `()` where there is none.\n"),
        Ty::Params => out.push_str("What the tenant's file gives the rule: `params.template`. `\"template\" in params` asks whether it does.\n"),
        _ => {
            out.push_str("| property | type | set | what it is |\n| --- | --- | --- | --- |\n");
            for p in c.props_of(ty) {
                let optional = if p.optional { " or `()`" } else { "" };
                let set = if p.settable { "yes" } else { "" };
                let _ = writeln!(out, "| `{}` | {}{optional} | {set} | {} |", p.name, p.ty.name(), p.doc);
            }
        }
    }
}

fn limits_section(out: &mut String) {
    let rows = [
        ("operations in one call", limits::OPERATIONS.to_string()),
        (
            "functions calling each other",
            format!("{} deep", limits::CALL_LEVELS),
        ),
        (
            "nesting of expressions",
            limits::EXPRESSION_DEPTH.to_string(),
        ),
        ("a text", format!("{} KB", limits::TEXT_BYTES / 1024)),
        (
            "a list",
            format!("{} elements, nested ones counted", limits::LIST_ELEMENTS),
        ),
        ("a map", format!("{} entries", limits::MAP_ENTRIES)),
        ("variables of a function", limits::VARIABLES.to_string()),
        ("functions of a file", limits::FUNCTIONS.to_string()),
        ("a rule file", format!("{} KB", limits::SOURCE_BYTES / 1024)),
        (
            "printed texts of a call",
            format!(
                "{} of {} characters",
                limits::PRINTED_LINES,
                limits::PRINTED_CHARS
            ),
        ),
    ];
    out.push_str("\n## Limits\n\nA rule that reaches one holds its document, with the line that reached it.\n\n| what | most |\n| --- | --- |\n");
    for (what, most) in rows {
        let _ = writeln!(out, "| {what} | {most} |");
    }
}

const HEAD: &str = "# Rules: the reference

This page is made from the list that the engine, `crossfoot lint` and the editor files use; a test keeps it
current. A rule is a [Rhai](https://rhai.rs/book) function with a hook's name in a file under `rules/`. It returns
an answer, with a reason unless it keeps. It sees typed documents with exact decimals and changes drafts only.

```rhai
/// Warranty jobs come with a zero total; a zero total without the tag is a mistake.
/// @example { total: 0.00, tags: [\"warranty\"] } => skip
/// @example { total: 0.00, tags: [] }           => hold
fn select(invoice) {
    if !invoice.total.is_zero { return keep(); }
    if \"warranty\" in invoice.tags { return skip(\"warranty job, nothing to bill\"); }
    hold(\"zero total but not tagged warranty\")
}
```

Worth knowing:
- Account codes, tax codes, ids and SKUs are text: `line.account == \"200\"`. Comparing text with a number is an error,
  never a silent `false`; only `()` may be compared with anything.
- Whole numbers are not divided with `/`: use `div(a, b, places)`. Money is rounded with `round_money(x, \"half_up\")`.
- A value that may be missing is `()`: test `invoice.due != ()` before using it, or write `invoice.tax ?? 0`.
- Several files may have the same hook: they are asked in order, and the first that does not keep wins. What they
  changed is dropped whole unless all of them keep.
- There is no clock and no randomness: `ctx.today`, `ctx.tenant` and `ctx.run` are given with each call.
- The cases of a `switch` are texts or ranges (`100..=200`); amounts are compared with `if`.
- `try`, `eval`, `import`, `**`, bit operators and `/=` are switched off.
";
