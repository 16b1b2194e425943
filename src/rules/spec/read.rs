//! Reading `NAME.spec.yaml`.

use super::super::api::catalog::nearest;
use super::super::hook::Hook;
use super::super::limits;
use super::super::{Otherwise, Table};
use super::{CASES, Case, Setting};
use crate::model::{Diagnostic, Place};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A YAML text as a value.
pub(super) fn yaml(text: &str) -> Result<Value, (String, Option<(u32, u32)>)> {
    serde_yaml::from_str::<Value>(text).map_err(|e| {
        let at = e.location().map(|l| {
            (
                u32::try_from(l.line()).unwrap_or(0),
                u32::try_from(l.column()).unwrap_or(0),
            )
        });
        let first = e
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
        (first, at)
    })
}

/// The setting and cases of a spec file.
pub(super) fn read(file: &str, text: &str) -> Result<(Setting, Vec<Case>), Vec<Diagnostic>> {
    let root = root(file, text)?;
    let at = |line: u32, column: u32| Place {
        file: file.to_owned(),
        line,
        column,
    };
    let error = |p: Place, code: &str, what: String, fix: &str| {
        Diagnostic::error(p, code, what, fix).with_snippet(text)
    };
    let mut found = unknown(&root, &["params", "tables", "today", "cases"], "a spec")
        .map(|(what, fix)| error(at(1, 0), "spec.unknown_key", what, &fix))
        .into_iter()
        .collect::<Vec<_>>();
    let setting = setting(&root).map_err(|what| {
        vec![error(
            at(1, 0),
            "spec.shape",
            what,
            "see docs/rules-reference.md",
        )]
    })?;
    let lines = case_lines(text);
    let mut cases = Vec::new();
    let all = root
        .get("cases")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if all.is_empty() {
        found.push(error(
            at(1, 0),
            "spec.empty",
            "there are no cases".into(),
            "write at least one that fires and one that does not",
        ));
    }
    for (n, value) in all.into_iter().take(CASES).enumerate() {
        let p = at(lines.get(n).copied().unwrap_or(0), 0);
        match case(value, p.clone()) {
            Ok(c) => cases.push(c),
            Err((what, fix)) => found.push(error(p, "spec.case", what, &fix)),
        }
    }
    if found.is_empty() {
        Ok((setting, cases))
    } else {
        Err(found)
    }
}

/// The map that a spec file is.
fn root(file: &str, text: &str) -> Result<Map<String, Value>, Vec<Diagnostic>> {
    let at = |line: u32, column: u32| Place {
        file: file.to_owned(),
        line,
        column,
    };
    let error = |p: Place, code: &str, what: String, fix: &str| {
        Diagnostic::error(p, code, what, fix).with_snippet(text)
    };
    if text.len() > limits::SOURCE_BYTES {
        return Err(vec![error(
            at(0, 0),
            "spec.too_large",
            format!("a spec has at most {} KB", limits::SOURCE_BYTES / 1024),
            "split it",
        )]);
    }
    let root = yaml(text).map_err(|(what, place)| {
        let (l, c) = place.unwrap_or((0, 0));
        vec![error(
            at(l, c),
            "spec.yaml",
            what,
            "see docs/rules-reference.md for how a spec is written",
        )]
    })?;
    let Value::Object(root) = root else {
        return Err(vec![error(
            at(1, 1),
            "spec.shape",
            "a spec is a map with `cases:`".into(),
            "write `cases:` and a list under it",
        )]);
    };
    Ok(root)
}

fn unknown(map: &Map<String, Value>, known: &[&str], what: &str) -> Option<(String, String)> {
    let key = map.keys().find(|k| !known.contains(&k.as_str()))?;
    let fix = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has: {}", known.join(", ")),
    };
    Some((format!("there is no `{key}` in {what}"), fix))
}

fn setting(root: &Map<String, Value>) -> Result<Setting, String> {
    let mut s = Setting {
        params: root.get("params").cloned().unwrap_or(Value::Null),
        ..Setting::default()
    };
    if let Some(Value::String(day)) = root.get("today") {
        s.today = day
            .parse()
            .map_err(|_| "`today` must be a date: 2026-07-20".to_owned())?;
    }
    if let Some(Value::Object(all)) = root.get("tables") {
        s.tables = all.iter().map(|(k, v)| (k.clone(), table(v))).collect();
    }
    Ok(s)
}

fn table(v: &Value) -> Table {
    let mut rows = BTreeMap::new();
    let mut otherwise = Otherwise::Hold;
    for (k, v) in v.as_object().into_iter().flatten() {
        let text = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        if k != "else" {
            rows.insert(k.clone(), text);
        } else if text != "hold" {
            otherwise = Otherwise::Use(text);
        }
    }
    Table { rows, otherwise }
}

fn case(value: Value, place: Place) -> Result<Case, (String, String)> {
    let no = |what: &str, fix: &str| (what.to_owned(), fix.to_owned());
    let Value::Object(mut map) = value else {
        return Err(no("a case is a map", "write name, hook, given, expect"));
    };
    if let Some(wrong) = unknown(
        &map,
        &["name", "hook", "given", "with", "params", "expect"],
        "a case",
    ) {
        return Err(wrong);
    }
    let word = map
        .get("hook")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let hook = Hook::parse(&word).ok_or_else(|| {
        let near = nearest(&word, Hook::ALL.iter().map(|h| h.name()));
        let fix = near.map_or_else(
            || "write `hook: select`".to_owned(),
            |n| format!("did you mean `{n}`?"),
        );
        (format!("`{word}` is no hook"), fix)
    })?;
    let mut take = |key: &str| map.remove(key).unwrap_or(Value::Null);
    let expect = take("expect");
    if expect.is_null() {
        return Err(no(
            "a case must say what it expects",
            "write `expect: skip`, or `expect: { account: \"20-4100\" }`",
        ));
    }
    let name = take("name")
        .as_str()
        .map_or_else(|| format!("{word} case"), str::to_owned);
    Ok(Case {
        name,
        place,
        hook,
        given: take("given"),
        with: take("with"),
        params: take("params"),
        expect,
    })
}

/// The line on which each case begins.
fn case_lines(text: &str) -> Vec<u32> {
    let mut lines = Vec::new();
    let mut indent = None;
    let mut begun = false;
    for (n, line) in text.lines().enumerate() {
        if line.starts_with("cases:") {
            begun = true;
            continue;
        }
        let body = line.trim_start();
        let depth = line.len() - body.len();
        if begun && (body.starts_with("- ") || body == "-") && indent.is_none_or(|i| i == depth) {
            indent = Some(depth);
            lines.push(u32::try_from(n).unwrap_or(0) + 1);
        }
    }
    lines
}
