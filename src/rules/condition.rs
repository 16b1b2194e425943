//! A condition over one record of a source: a Rhai *expression*, under the limits of the rules.
//!
//! Flows in: the text of an expression, then records as JSON. Flows out: whether it holds. The names in it are the record's
//! own fields (a field that is not there is `()`); `record` is the whole of it. Numbers are exact decimals, as in rules.
//! Refused: statements, calls that rules do not have, an answer that is neither true nor false, and comparing values of
//! different types. Bounded by [`limits`].

use super::api;
use super::engine::configure;
use super::limits::{self, Meter};
use crate::model::money;
use rhai::{AST, Array, Dynamic, Engine, Map, Scope};
use serde_json::Value;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Most characters of a condition.
const LONGEST: usize = 1_000;

/// A condition, parsed.
#[derive(Clone)]
pub struct Condition {
    ast: AST,
    names: Vec<String>,
    text: String,
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Condition({})", self.text)
    }
}

/// The one engine for conditions, with the meter of the call that holds it.
struct Judge {
    engine: Engine,
    meter: Arc<Meter>,
}

fn judge() -> &'static Mutex<Judge> {
    static JUDGE: OnceLock<Mutex<Judge>> = OnceLock::new();
    JUDGE.get_or_init(|| {
        let meter = Arc::new(Meter::new(limits::WALL));
        let mut engine = Engine::new_raw();
        configure(&mut engine);
        api::install(&mut engine);
        let counting = Arc::clone(&meter);
        engine.on_progress(move |_| counting.charge(1).map(|_| Dynamic::UNIT));
        engine.on_print(|_| {});
        Mutex::new(Judge { engine, meter })
    })
}

impl Condition {
    /// Parses an expression.
    ///
    /// # Errors
    /// A sentence: what is no expression of rules.
    pub fn compile(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("a condition has at most {LONGEST} characters"));
        }
        let judge = judge().lock().unwrap_or_else(PoisonError::into_inner);
        let ast = judge.engine.compile_expression(text);
        let ast = ast.map_err(|e| format!("this is no condition: {e}"))?;
        Ok(Self {
            ast,
            names: names(text),
            text: text.to_owned(),
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds for a record.
    ///
    /// # Errors
    /// A sentence: it cannot be answered for this record.
    pub fn holds(&self, record: &Value) -> Result<bool, String> {
        let mut scope = Scope::new();
        scope.push_constant_dynamic("record", dynamic(record)?);
        for name in self.names.iter().filter(|n| *n != "record") {
            let value = record.get(name).map_or(Ok(Dynamic::UNIT), dynamic)?;
            scope.push_constant_dynamic(name.as_str(), value);
        }
        let judge = judge().lock().unwrap_or_else(PoisonError::into_inner);
        judge.meter.begin();
        let answer = judge
            .engine
            .eval_ast_with_scope::<Dynamic>(&mut scope, &self.ast);
        let answer = answer.map_err(|e| {
            let why: String = e.to_string().chars().take(200).collect();
            format!("the condition `{}` cannot be answered: {why}", self.text)
        })?;
        answer.as_bool().map_err(|kind| {
            format!(
                "the condition `{}` is {kind}, and neither true nor false",
                self.text
            )
        })
    }
}

/// The words of an expression that may be names, texts in it left out.
fn names(text: &str) -> Vec<String> {
    let (mut names, mut word, mut quote, mut escaped) = (Vec::new(), String::new(), None, false);
    for c in text.chars().chain([' ']) {
        if let Some(end) = quote {
            if !escaped && c == end {
                quote = None;
            }
            escaped = !escaped && c == '\\' && end != '`';
            continue;
        }
        if c == '_' || c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let whole = std::mem::take(&mut word);
        let begins = whole.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
        if begins && !names.contains(&whole) {
            names.push(whole);
        }
        if matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
        }
    }
    names
}

/// JSON as a script sees it.
fn dynamic(value: &Value) -> Result<Dynamic, String> {
    Ok(match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(b) => (*b).into(),
        Value::String(s) => s.clone().into(),
        Value::Number(n) => {
            let exact = money::decimal(value).ok_or_else(|| format!("{n} is no exact number"))?;
            Dynamic::from_decimal(exact)
        }
        Value::Array(items) => {
            let items: Result<Array, String> = items.iter().map(dynamic).collect();
            items?.into()
        }
        Value::Object(map) => {
            let each = map
                .iter()
                .map(|(k, v)| Ok((k.as_str().into(), dynamic(v)?)));
            let map: Result<Map, String> = each.collect();
            map?.into()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_condition_sees_the_fields_of_a_record() {
        let record =
            json!({"status": "Completed", "total": 12.50, "client": {"vip": true}, "note": null});
        let holds = |text: &str| Condition::compile(text).unwrap().holds(&record);
        assert_eq!(holds("status == `Completed`"), Ok(true));
        assert_eq!(holds("status == \"Quote\" || total > 12.4"), Ok(true));
        assert_eq!(holds("client.vip && note == ()"), Ok(true));
        assert_eq!(holds("absent == ()"), Ok(true));
        assert_eq!(holds("record.status != \"Completed\""), Ok(false));
    }

    #[test]
    fn what_is_no_answer_is_told_and_nothing_runs_for_long() {
        let record = json!({"status": "Completed", "n": 3});
        for text in ["status", "status == 3", "n + 1", "record.nothing == 1"] {
            assert!(
                Condition::compile(text).unwrap().holds(&record).is_err(),
                "{text}"
            );
        }
        for text in ["let x = 1", "while true {}", "status ==", "import \"x\""] {
            assert!(Condition::compile(text).is_err(), "{text}");
        }
    }
}
