//! What goes wrong in a rule, as people read it.
//!
//! A mistake of the rule becomes a located hold; a fault of the machine (time, a panic) becomes a
//! [`MachineFault`], which is retried and never decides over a document.

use super::api::ops::advice;
use super::api::{Trouble, catalog::Ty};
use super::given::{RuleFile, place};
use super::habits::habit;
use super::limits::{self, Meter, Stopped};
use crate::model::codes::{self, Code};
use crate::model::{Diagnostic, Place, Reason};
use rhai::{EvalAltResult, LexError, ParseError, ParseErrorType, Position};

/// A fault of the machine while a rule ran. Try again; it is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MachineFault {
    /// The rule ran out of wall time before it ran out of operations.
    #[error(
        "the rule {file} ran longer than {limit_ms} ms in `{hook}`; try again, or look at what else this machine is doing"
    )]
    Wall {
        /// The rule file.
        file: String,
        /// The hook.
        hook: &'static str,
        /// The limit, in milliseconds.
        limit_ms: u128,
    },
    /// The program itself failed while it ran the rule.
    #[error(
        "the program failed while it ran {file} in `{hook}`: {what}; try again, and report it if it comes back"
    )]
    Panic {
        /// The rule file.
        file: String,
        /// The hook.
        hook: &'static str,
        /// What it said.
        what: String,
    },
}

/// The innermost error, and the innermost place that is known.
fn innermost(err: &EvalAltResult, outer: Position) -> (&EvalAltResult, Position) {
    let here = match err.position() {
        p if p.is_none() => outer,
        p => p,
    };
    match err {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => innermost(inner, here),
        other => (other, here),
    }
}

/// Turns what a call raised into a reason to hold, or into a machine fault. Where Rhai no longer knows the
/// place (it forgets it for limits), the hook's own beginning stands for it.
pub(super) fn reason(
    file: &str,
    hook: &'static str,
    err: &EvalAltResult,
    meter: &Meter,
    begins: Position,
) -> Result<Reason, MachineFault> {
    if meter.stopped() == Some(Stopped::Wall) {
        return Err(MachineFault::Wall {
            file: file.to_owned(),
            hook,
            limit_ms: limits::WALL.as_millis(),
        });
    }
    let (inner, at) = innermost(err, begins);
    let (code, what, fix) = told(inner);
    Ok(Reason::new(code, what, fix).at(place(file, at)))
}

fn told(err: &EvalAltResult) -> (Code, String, String) {
    use EvalAltResult as E;
    let own = |code, what: String, fix: &str| (code, what, fix.to_owned());
    match err {
        E::ErrorRuntime(value, _) => match value.read_lock::<Trouble>() {
            Some(t) => (t.code, t.what.clone(), t.fix.clone()),
            None => own(
                codes::RULE_THROWN,
                format!("the rule threw: {}", cut(&value.to_string())),
                "answer hold(why) instead of throwing",
            ),
        },
        E::ErrorTooManyOperations(_) | E::ErrorTerminated(..) => own(
            codes::RULE_LIMIT,
            format!(
                "the rule did not end within {} operations",
                limits::OPERATIONS
            ),
            "look for a loop that does not end, or for work that is done again and again",
        ),
        E::ErrorStackOverflow(_) => own(
            codes::RULE_LIMIT,
            format!(
                "functions call each other more than {} deep",
                limits::CALL_LEVELS
            ),
            "look for a function that calls itself",
        ),
        E::ErrorDataTooLarge(what, _) => own(
            codes::RULE_LIMIT,
            format!("a value grew too large: {}", cut(what).to_lowercase()),
            "texts have at most 64 KB, lists 1,000 elements",
        ),
        E::ErrorTooManyVariables(_) => own(
            codes::RULE_LIMIT,
            format!("more than {} variables in one function", limits::VARIABLES),
            "split the function",
        ),
        other => told_of_value(other),
    }
}

/// What goes wrong with a value or a name.
fn told_of_value(err: &EvalAltResult) -> (Code, String, String) {
    use EvalAltResult as E;
    let own = |code, what: String, fix: &str| (code, what, fix.to_owned());
    match err {
        E::ErrorArithmetic(what, _) => own(
            codes::RULE_ARITHMETIC,
            format!("the sum cannot be done: {}", cut(what).to_lowercase()),
            "test for zero first, or use smaller numbers",
        ),
        E::ErrorArrayBounds(n, i, _) => own(
            codes::RULE_BAD_INDEX,
            format!("there is no element {i} in a list of {n}"),
            "test `list.len` first",
        ),
        E::ErrorVariableNotFound(name, _) => own(
            codes::RULE_UNKNOWN_VARIABLE,
            format!("there is no variable `{}`", cut(name)),
            "a rule sees its parameters, `ctx`, `params`, and what it declares with `let`",
        ),
        E::ErrorPropertyNotFound(name, _) => own(
            codes::RULE_UNKNOWN_PROPERTY,
            format!("the map has no entry `{}`", cut(name)),
            "test with `\"name\" in map` first",
        ),
        E::ErrorDotExpr(what, _) => property(what),
        E::ErrorFunctionNotFound(signature, _) => function(signature),
        E::ErrorIndexingType(what, _) => own(
            codes::RULE_TYPE_MISMATCH,
            format!("this cannot be indexed: {}", cut(what)),
            "only lists, maps, texts and fields take [..]",
        ),
        E::ErrorMismatchDataType(want, got, _) => own(
            codes::RULE_TYPE_MISMATCH,
            format!("{} is needed here, not {}", plain(want), plain(got)),
            "test for `()` first where a value may be missing",
        ),
        E::ErrorDataRace(..) => own(
            codes::RULE_LIST_IN_USE,
            "a function given to a list uses the same list".to_owned(),
            "copy the list first: `let all = list;`, and use the copy inside",
        ),
        E::ErrorNonPureMethodCallOnConstant(..) | E::ErrorAssignmentToConstant(..) => own(
            codes::RULE_CANNOT_SET,
            "this cannot be changed".into(),
            "see docs/rules-reference.md for what each hook may change",
        ),
        other => own(
            codes::RULE_ERROR,
            cut(&other.to_string()),
            "see docs/rules-reference.md",
        ),
    }
}

fn plain(name: &str) -> &str {
    match name {
        "i64" | "decimal" => "a number",
        "string" => "text",
        "bool" => "true or false",
        "()" => "`()`",
        other => other,
    }
}

fn property(what: &str) -> (Code, String, String) {
    let quoted: Vec<_> = what.split('\'').collect();
    let (Some(name), Some(ty)) = (quoted.get(1), quoted.get(3)) else {
        return (codes::RULE_UNKNOWN_PROPERTY, cut(what), String::new());
    };
    if *ty == "()" {
        return (
            codes::RULE_MISSING_VALUE,
            format!("`.{name}` is asked of `()`: there is no value there"),
            "test for it first: `if x != () { .. }`".to_owned(),
        );
    }
    let setting = what.contains("setter");
    let known =
        Ty::by_name(ty).and_then(|ty| super::api::shared_catalog().nearest_prop(ty, name, setting));
    match (setting, known) {
        (true, None) => (
            codes::RULE_CANNOT_SET,
            format!("`{name}` of {} cannot be set", plain(ty)),
            "see docs/rules-reference.md for what each hook may change".to_owned(),
        ),
        (_, near) => (
            codes::RULE_UNKNOWN_PROPERTY,
            format!("{} has no property `{}`", plain(ty), cut(name)),
            near.map(|n| format!("did you mean `{n}`?"))
                .unwrap_or_else(|| "see docs/rules-reference.md".to_owned()),
        ),
    }
}

fn function(signature: &str) -> (Code, String, String) {
    let name = signature.split(" (").next().unwrap_or(signature).trim();
    let fix = match advice(name) {
        Some(fix) => fix.to_owned(),
        None => match super::api::shared_catalog().nearest_func(name) {
            Some(near) if near == name => format!(
                "write it so: {}",
                super::api::shared_catalog()
                    .funcs_named(name)
                    .map(|f| f.signature())
                    .collect::<Vec<_>>()
                    .join(" or ")
            ),
            Some(near) => format!("did you mean `{near}`?"),
            None => "see docs/rules-reference.md for the functions there are".to_owned(),
        },
    };
    let given = signature
        .replace("&str | ImmutableString | String", "text")
        .replace("i64", "number")
        .replace("decimal", "number")
        .replace(" (", "(");
    (
        codes::RULE_UNKNOWN_FUNCTION,
        format!("there is no function {}", cut(&given)),
        fix,
    )
}

fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}

/// A parse error as a diagnostic: where a habit of another language explains it, as that.
pub(super) fn cannot_parse(file: &RuleFile, err: &ParseError) -> Diagnostic {
    let at = err.position();
    let last = file.text.lines().count();
    // Beyond this line nothing has been read; what was never closed fails at the end.
    let failed = at.line().unwrap_or(last);
    if let Some(habit) = habit(&file.text, failed) {
        let here = Place {
            file: file.name.clone(),
            line: u32::try_from(habit.line).unwrap_or(0),
            column: u32::try_from(habit.column).unwrap_or(0),
        };
        return Diagnostic::error(here, habit.code, habit.what, habit.fix).with_snippet(&file.text);
    }
    let (code, what, fix) = parse_told(err.err_type());
    Diagnostic::error(place(&file.name, at), code, what, fix).with_snippet(&file.text)
}

fn parse_told(err: &ParseErrorType) -> (&'static str, String, String) {
    use ParseErrorType as P;
    let own = |code, what: String, fix: String| (code, what, fix);
    match err {
        P::MissingToken(token, why) => own(
            "rhai.missing",
            format!("`{token}` is missing here ({})", cut(why)),
            format!("write `{token}`"),
        ),
        P::UnexpectedEOF => own(
            "rhai.unfinished",
            "the file ends in the middle of something".into(),
            "look for a `}` or `)` that is missing".into(),
        ),
        P::Reserved(word) | P::BadInput(LexError::ImproperSymbol(word, _))
            if advice(word).is_some() =>
        {
            own(
                "rhai.not_available",
                format!("`{}` is not available in rules", cut(word)),
                advice(word).unwrap_or_default().to_owned(),
            )
        }
        P::Reserved(word) => own(
            "rhai.reserved",
            format!("`{}` is a word that Rhai keeps for itself", cut(word)),
            "use another name".into(),
        ),
        P::VariableUndefined(name) => own(
            "rhai.unknown_variable",
            format!("there is no variable `{}`", cut(name)),
            "declare it with `let`".into(),
        ),
        P::ExprTooDeep => own(
            "rhai.too_deep",
            "expressions are nested too deep".into(),
            "use `switch` or a lookup table instead of a long `else if`".into(),
        ),
        P::LiteralTooLarge(what, n) => own(
            "rhai.too_large",
            format!("{} is larger than {n}", cut(what)),
            "make it smaller".into(),
        ),
        P::FnDuplicatedDefinition(name, n) => own(
            "rhai.twice",
            format!(
                "the function `{}` with {n} parameters is written twice",
                cut(name)
            ),
            "delete one of them, or put it into a file of its own".into(),
        ),
        P::UnknownOperator(op) => own(
            "rhai.unknown_operator",
            format!("`{}` is no operator", cut(op)),
            advice(op)
                .unwrap_or("see docs/rules-reference.md")
                .to_owned(),
        ),
        P::TooManyFunctions => own(
            "rhai.too_many",
            format!("a rule file has at most {} functions", limits::FUNCTIONS),
            "split the file".into(),
        ),
        other => own(
            "rhai.syntax",
            cut(&other.to_string()),
            "see docs/rules-reference.md".into(),
        ),
    }
}
