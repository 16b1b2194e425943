//! Reading `@example` lines from the doc comments of a rule.

use super::super::api::catalog::nearest;
use super::super::given::RuleFile;
use super::super::hook::Hook;
use super::read::yaml;
use super::{CASES, Case};
use crate::model::{Diagnostic, Place, Severity};
use serde_json::Value;

/// The examples of a rule file, each for the hook it stands before.
pub(super) fn examples(file: &RuleFile) -> (Vec<Case>, Vec<Diagnostic>) {
    let (mut cases, mut found) = (Vec::new(), Vec::new());
    let mut waiting: Vec<(u32, String)> = Vec::new();
    for (n, line) in file.text.lines().enumerate() {
        let number = u32::try_from(n).unwrap_or(0) + 1;
        let body = line.trim();
        if let Some(rest) = body
            .strip_prefix("/// @example")
            .or_else(|| body.strip_prefix("///@example"))
            .filter(|rest| !rest.starts_with(char::is_alphanumeric))
        {
            if cases.len() + waiting.len() < CASES {
                waiting.push((number, rest.trim().to_owned()));
            }
            continue;
        }
        let Some(name) = body
            .strip_prefix("fn ")
            .and_then(|r| r.split('(').next())
            .map(str::trim)
        else {
            continue;
        };
        for (line, text) in waiting.drain(..) {
            let place = Place {
                file: file.name.clone(),
                line,
                column: 1,
            };
            let Some(hook) = Hook::parse(name) else {
                let d = Diagnostic::error(
                    place,
                    "spec.example",
                    format!("`{name}` is no hook, so it has no examples"),
                    "put the example before a hook",
                );
                found.push(d.with_snippet(&file.text));
                continue;
            };
            match one(&text, hook, place.clone()) {
                Ok(case) => cases.push(case),
                Err(what) => {
                    let d = Diagnostic::error(
                        place,
                        "spec.example",
                        what,
                        "write `/// @example { total: 0.00 } => skip`",
                    );
                    found.push(d.with_snippet(&file.text));
                }
            }
        }
    }
    (cases, found)
}

/// What is wrong with the examples of a rule file before any runs: their form, an answer that their hook never gives, and
/// lines that only look like one.
pub(crate) fn mistakes(file: &RuleFile) -> Vec<Diagnostic> {
    let (cases, mut found) = examples(file);
    // A rule works whatever its examples say.
    for d in &mut found {
        d.severity = Severity::Warning;
    }
    let mut say = |place: Place, what: String, fix: String| {
        let d = Diagnostic::warning(place, "spec.example", what, fix);
        found.push(d.with_snippet(&file.text));
    };
    for case in &cases {
        let Some(word) = case.expect.as_str() else {
            continue;
        };
        let all = case.hook.kind().words();
        if all.contains(&word) || (word.starts_with("use ") && all.contains(&"use")) {
            continue;
        }
        let name = word.split(['(', ':']).next().unwrap_or(word).trim();
        let what = format!("`{word}` is no answer of `{}`", case.hook.name());
        let fix = match nearest(&name.to_lowercase(), all.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it answers one of: {}", all.join(", ")),
        };
        say(case.place.clone(), what, fix);
    }
    for (n, line) in file.text.lines().enumerate() {
        let body = line.trim().trim_start_matches('/').trim_start();
        let Some(tag) = body
            .strip_prefix('@')
            .filter(|_| line.trim().starts_with("//"))
        else {
            continue;
        };
        let (word, rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let exact = word == "example" && line.trim().starts_with("///");
        let near = nearest(&word.to_lowercase(), std::iter::once("example"));
        if exact || near.is_none() {
            continue;
        }
        let place = Place {
            file: file.name.clone(),
            line: u32::try_from(n).unwrap_or(0) + 1,
            column: 1,
        };
        let what = "this looks like an example, and is none: nobody runs it".to_owned();
        say(place, what, format!("write: /// @example {}", rest.trim()));
    }
    found
}

fn one(text: &str, hook: Hook, place: Place) -> Result<Case, String> {
    let (left, right) = text
        .rsplit_once("=>")
        .ok_or("an example has an arrow: `{ .. } => skip`")?;
    let mut case = Case {
        name: format!("example of {}", hook.name()),
        place,
        hook,
        given: Value::Null,
        with: Value::Null,
        params: Value::Null,
        expect: expectation(right.trim())?,
    };
    let mut rest = left.trim();
    let mut slot = &mut case.given;
    while !rest.is_empty() {
        let (piece, after) = flow(rest)?;
        *slot = yaml(piece).map_err(|(what, _)| what)?;
        rest = after.trim();
        if rest.is_empty() {
            break;
        }
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        slot = match word {
            "with" => &mut case.with,
            "params" => &mut case.params,
            other => {
                return Err(format!(
                    "`{other}` is not expected here: write with {{ .. }} or params {{ .. }}"
                ));
            }
        };
        rest = after.trim();
    }
    Ok(case)
}

/// `skip`, or `FIELD VALUE`.
fn expectation(text: &str) -> Result<Value, String> {
    let (word, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if word.is_empty() {
        return Err("nothing is expected after the arrow".to_owned());
    }
    let value = value.trim();
    if value.is_empty() || word == "use" {
        return Ok(Value::String(text.to_owned()));
    }
    let value = yaml(value).map_err(|(what, _)| what)?;
    let mut map = serde_json::Map::new();
    map.insert(word.to_owned(), value);
    Ok(Value::Object(map))
}

/// A flow map or list, and what follows it.
fn flow(text: &str) -> Result<(&str, &str), String> {
    let (mut depth, mut quote) = (0usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    let end = at + c.len_utf8();
                    return Ok((
                        text.get(..end).unwrap_or(text),
                        text.get(end..).unwrap_or(""),
                    ));
                }
            }
            (None, c) if depth == 0 && !c.is_whitespace() => {
                return Err("an example begins with a document: `{ .. }`".to_owned());
            }
            _ => {}
        }
    }
    Err("a `}` is missing".to_owned())
}
