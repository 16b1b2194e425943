//! What a system allows, how it writes, and what its answers mean that are none, as a manifest says it.

use super::formats::{DaysIn, Formats};
use super::reader::ManifestReader;
use super::shape::{AnswerClass, AnswerRule, SharedBy};
use super::words;
use super::write_shape::RefusedFor;
use crate::connectors::budget::{Limits, Window};
use crate::connectors::files::forms::DATE_WORDS;
use crate::mapping::yaml::{Node, Value};

/// Calls a minute where nothing is said: unknown is slower.
const UNSAID_PER_MINUTE: usize = 60;

pub(super) fn limits(told: &mut ManifestReader<'_>, root: &Node) -> (Limits, SharedBy) {
    let mut limits = Limits {
        at_once: 1,
        ..Limits::default()
    };
    let mut shared = SharedBy::Connection;
    if let Some(node) = root.get("limits") {
        told.keys(node, "limits", words::LIMITS);
        for (key, seconds) in [("per_second", 1), ("per_minute", 60)] {
            let most = node.get(key).and_then(|n| told.count(n, key));
            let most = most.and_then(|m| usize::try_from(m).ok());
            limits
                .windows
                .extend(most.map(|most| Window { seconds, most }));
        }
        limits.a_day = node
            .get("per_day")
            .and_then(|n| told.count(n, "per_day"))
            .unwrap_or(0);
        let at_once = node.get("at_once").and_then(|n| told.count(n, "at_once"));
        limits.at_once = at_once.and_then(|n| usize::try_from(n).ok()).unwrap_or(1);
        let words = ["connection", "tenant", "everyone"];
        let by = node
            .get("shared_by")
            .and_then(|n| told.word(n, "shared_by", &words));
        shared = match by {
            Some("tenant") => SharedBy::Tenant,
            Some("everyone") => SharedBy::Everyone,
            _ => SharedBy::Connection,
        };
    }
    if limits.windows.is_empty() {
        limits.windows.push(Window {
            seconds: 60,
            most: UNSAID_PER_MINUTE,
        });
    }
    (limits, shared)
}

pub(super) fn formats(told: &mut ManifestReader<'_>, root: &Node) -> Formats {
    let mut formats = Formats::default();
    let Some(node) = root.get("formats") else {
        return formats;
    };
    told.keys(node, "formats", words::FORMATS);
    let mut forms: Vec<&str> = DATE_WORDS.iter().map(|w| w.word).collect();
    forms.extend(["unix", "unix_ms"]);
    if let Some(form) = node
        .get("days")
        .and_then(|n| told.word(n, "formats.days", &forms))
    {
        formats.days = match form {
            "unix" => DaysIn::Unix,
            "unix_ms" => DaysIn::UnixMs,
            form => DaysIn::Form(form.to_owned()),
        };
    }
    if let Some(n) = node.get("zone") {
        let text = told.text(n, "formats.zone").unwrap_or_default();
        formats.own_zone = text == "connection";
        match text.parse() {
            _ if formats.own_zone => {}
            Ok(zone) => formats.zone = Some(zone),
            Err(_) => {
                let fix = "Write a name such as Europe/London, or UTC.";
                told.wrong(n.at, "zone", format!("`{text}` is no time zone"), fix);
            }
        }
    }
    for n in node.get("none").map(Node::items).unwrap_or_default() {
        formats.none.extend(n.text().map(str::to_owned));
    }
    if let Some(n) = node
        .get("none")
        .filter(|n| !matches!(n.value, Value::List(_)))
    {
        let fix = "Write a list: `none: [\"0000-00-00\"]`.";
        told.wrong(n.at, "type", "`formats.none` takes a list of words", fix);
    }
    let minor = node
        .get("amounts")
        .and_then(|n| told.word(n, "formats.amounts", &["major", "minor"]));
    formats.minor = minor == Some("minor");
    let sign = node
        .get("decimal")
        .and_then(|n| told.word(n, "formats.decimal", &["point", "comma"]));
    formats.comma = sign == Some("comma");
    formats
}

pub(super) fn errors(told: &mut ManifestReader<'_>, root: &Node) -> Vec<AnswerRule> {
    let rows = root.get("errors").map(Node::items).unwrap_or_default();
    rows.iter()
        .filter_map(|row| answer_rule(told, row))
        .collect()
}

fn answer_rule(told: &mut ManifestReader<'_>, row: &Node) -> Option<AnswerRule> {
    told.keys(row, "errors", words::ERROR);
    let classes = ["wait", "uncertain", "refused", "gone", "broken"];
    let class = told.need(row, "class", "errors")?;
    let class = match told.word(class, "class", &classes)? {
        "wait" => AnswerClass::Wait,
        "uncertain" => AnswerClass::Uncertain,
        "refused" => AnswerClass::Refused,
        "gone" => AnswerClass::Gone,
        _ => AnswerClass::Broken,
    };
    let code = refused_for(told, row, class);
    let status = row.get("status").map(|n| (n, told.text(n, "status")));
    let status = match status {
        None => (0, 999),
        Some((n, text)) => match text.and_then(statuses) {
            Some(range) => range,
            None => {
                let fix = "Write a number such as 429, or 4xx or 5xx.";
                told.wrong(n.at, "status", "this is no status of HTTP", fix);
                return None;
            }
        },
    };
    let text = row
        .get("text")
        .and_then(|n| told.text(n, "text"))
        .map(str::to_lowercase);
    let field = row.get("field").and_then(|n| told.path(n, "field"));
    if status.0 < 300 && text.is_none() && field.is_none() {
        let fix = "Add `field:` or `text:`: what tells the error from an answer.";
        told.wrong(
            row.at,
            "errors",
            "this row would take every good answer for an error",
            fix,
        );
    }
    let day = row
        .get("until")
        .and_then(|n| told.word(n, "until", &["next_day"]))
        .is_some();
    let mut said = |key: &str| {
        let text = row.get(key).and_then(|n| told.text(n, key));
        text.unwrap_or_default().to_owned()
    };
    let (says, fix) = (said("says"), said("fix"));
    Some(AnswerRule {
        status,
        text,
        field,
        class,
        code,
        wait_s: row.get("wait").and_then(|n| told.span(n, "wait")),
        day,
        says,
        fix,
    })
}

/// What a row says that a write is refused for.
fn refused_for(told: &mut ManifestReader<'_>, row: &Node, class: AnswerClass) -> RefusedFor {
    let words = ["duplicate", "stale", "state", "locked", "mapping", "data"];
    let Some(n) = row.get("code") else {
        return RefusedFor::default();
    };
    if class != AnswerClass::Refused {
        let fix = "Write `class: refused`, or leave `code` out.";
        let what = "only what is refused has a `code`";
        told.wrong(n.at, "errors", what, fix);
    }
    told.word(n, "code", &words)
        .map_or_else(RefusedFor::default, RefusedFor::of)
}

fn statuses(text: &str) -> Option<(u16, u16)> {
    if let Some(hundred) = text.strip_suffix("xx") {
        let n = hundred
            .parse::<u16>()
            .ok()
            .filter(|n| (2..=5).contains(n))?;
        return Some((n * 100, n * 100 + 99));
    }
    let n = text
        .parse::<u16>()
        .ok()
        .filter(|n| (200..=599).contains(n))?;
    Some((n, n))
}
