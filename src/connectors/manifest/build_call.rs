//! Calls and their paging, as a manifest says them.

use super::path::RecordPath;
use super::reader::ManifestReader;
use super::request::{BodySpec, CallSpec};
use super::shape::{PageBy, PageUntil, PagingSpec};
use super::template::Template;
use super::words;
use crate::mapping::yaml::{Node, Value};

/// A template.
pub(super) fn template(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<Template> {
    let text = told.text(node, of)?;
    match Template::parse(text) {
        Ok(template) => Some(template),
        Err((what, fix)) => {
            told.wrong(node.at, "template", format!("`{of}`: {what}"), fix);
            None
        }
    }
}

/// A call of a path alone.
pub(super) fn write_path(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<CallSpec> {
    let text = told.text(node, of)?;
    let plain = text.starts_with('/') && !text.starts_with("//") && !text.contains("://");
    if !plain || text.contains(['?', '#', '\\', '%']) {
        let what = format!("`{of}` is `{text}`, which is no path below `base`");
        let fix = "Write it from a slash on, such as /invoices; parameters go under `query`.";
        told.wrong(node.at, "path", what, fix);
        return None;
    }
    let mut path = Vec::new();
    for segment in text.split('/').skip(1).filter(|s| !s.is_empty()) {
        if matches!(segment, "." | "..") {
            let fix = "Write the path without dots alone between slashes.";
            told.wrong(
                node.at,
                "path",
                format!("`{of}` goes up with `{segment}`"),
                fix,
            );
            return None;
        }
        match Template::parse(segment) {
            Ok(template) => path.push(template),
            Err((what, fix)) => {
                told.wrong(node.at, "template", format!("`{of}`: {what}"), fix);
                return None;
            }
        }
    }
    Some(CallSpec {
        path,
        ..CallSpec::default()
    })
}

/// A call: `get` or `post`, with parameters and a body.
pub(super) fn call(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<CallSpec> {
    let (get, post) = (node.get("get"), node.get("post"));
    let mut made = match (get, post) {
        (Some(n), None) => write_path(told, n, &format!("{of}.get"))?,
        (None, Some(n)) => CallSpec {
            body: Some(BodySpec::Group(Vec::new())),
            ..write_path(told, n, &format!("{of}.post"))?
        },
        _ => {
            let fix = "Write `get: /path`, or `post: /path` with a `body`.";
            told.wrong(
                node.at,
                "missing",
                format!("`{of}` says not how it is asked for"),
                fix,
            );
            return None;
        }
    };
    for (key, value) in node.get("query").map(Node::entries).unwrap_or_default() {
        if let Some(template) = template(told, value, &format!("{of}.query.{}", key.text)) {
            made.query.push((key.text.clone(), template));
        }
    }
    if let Some(n) = node.get("absent") {
        let status = told.text(n, "absent").and_then(|t| t.parse::<u16>().ok());
        made.absent = status.filter(|s| (400..500).contains(s) && ![401, 429].contains(s));
        if made.absent.is_none() {
            let fix = "Write a status such as 400.";
            told.wrong(n.at, "status", "`absent` is no status that says so", fix);
        }
    }
    if let Some(n) = node.get("body") {
        if made.body.is_none() {
            let fix = "Write `post:` in place of `get:`, or leave the body out.";
            told.wrong(n.at, "body", "a `get` has no body", fix);
        }
        made.body = body(told, n, &format!("{of}.body"));
    }
    Some(made)
}

pub(super) fn body(told: &mut ManifestReader<'_>, node: &Node, of: &str) -> Option<BodySpec> {
    Some(match &node.value {
        Value::Null => BodySpec::Plain(serde_json::Value::Null),
        Value::Scalar {
            text,
            quoted: false,
        } => match serde_json::from_str(text) {
            // A number or truth value stays one.
            Ok(plain @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => {
                BodySpec::Plain(plain)
            }
            _ => BodySpec::Text(template(told, node, of)?),
        },
        Value::Scalar { .. } => BodySpec::Text(template(told, node, of)?),
        Value::List(items) => {
            BodySpec::List(items.iter().filter_map(|n| body(told, n, of)).collect())
        }
        Value::Map(entries) => BodySpec::Group(
            entries
                .iter()
                .filter_map(|(k, n)| Some((k.text.clone(), body(told, n, of)?)))
                .collect(),
        ),
    })
}

/// How pages follow each other.
pub(super) fn paging(told: &mut ManifestReader<'_>, node: &Node) -> Option<PagingSpec> {
    if node.text().is_some() {
        told.word(node, "paging", &["none"])?;
        return Some(PagingSpec {
            by: PageBy::None,
            until: PageUntil::Empty,
            more: None,
            pages: None,
        });
    }
    told.keys(node, "paging", words::PAGING);
    let by = ways(told, node)?;
    let most = node.get("size").and_then(|n| told.count(n, "size"));
    let until = node.get("until");
    let until = until.and_then(|n| told.word(n, "until", &["empty", "absent", "short"]));
    let counted = matches!(
        by,
        PageBy::Number(_) | PageBy::Offset(_) | PageBy::LastId(_)
    );
    let until = match (until, most) {
        (Some("short"), Some(most)) => PageUntil::Short(usize::try_from(most).unwrap_or(1)),
        (Some("short"), None) => {
            let fix = "Add `size:`, the records of a full page.";
            told.wrong(
                node.at,
                "paging",
                "`until: short` needs to know what a full page is",
                fix,
            );
            return None;
        }
        (Some("absent"), _) if counted => {
            let fix = "Write `until: empty`, or say where the token is.";
            told.wrong(
                node.at,
                "paging",
                "there is no token that could be absent",
                fix,
            );
            return None;
        }
        (Some("empty"), _) => PageUntil::Empty,
        (None, _) if counted => PageUntil::Empty,
        _ => PageUntil::Absent,
    };
    Some(PagingSpec {
        by,
        until,
        more: node.get("more").and_then(|n| told.path(n, "more")),
        pages: node.get("pages").and_then(|n| told.path(n, "pages")),
    })
}

fn ways(told: &mut ManifestReader<'_>, node: &Node) -> Option<PageBy> {
    let number = |told: &mut ManifestReader<'_>, n: &Node, of: &str| {
        let text = told.text(n, of)?;
        let read = text.parse::<u64>().ok().filter(|n| *n <= 1_000);
        if read.is_none() {
            let what = format!("`{of}` is `{text}`, which is no number of a first page");
            told.wrong(n.at, "number", what, "Write 0 or 1.");
        }
        read
    };
    let mut ways = Vec::new();
    for (key, n) in node.entries() {
        let way = match key.text.as_str() {
            "page" => number(told, n, "paging.page").map(PageBy::Number),
            "offset" => number(told, n, "paging.offset").map(PageBy::Offset),
            "token" => {
                let first = node.get("first").and_then(Node::text).map(str::to_owned);
                told.path(n, "paging.token")
                    .map(|p| PageBy::Token(p, first))
            }
            "next" => told.path(n, "paging.next").map(PageBy::Next),
            "link" => told.word(n, "paging.link", &["next"]).map(|_| PageBy::Link),
            "last_id" => told.path(n, "paging.last_id").map(PageBy::LastId),
            _ => continue,
        };
        ways.push(way?);
    }
    if ways.len() != 1 {
        let what = format!(
            "`paging` says {} ways in which pages follow each other",
            ways.len()
        );
        let fix = "Write one of page, offset, token, next, link and last_id.";
        told.wrong(node.at, "paging", what, fix);
        return None;
    }
    ways.pop()
}

/// The path that stands under a key, if any does.
pub(super) fn path_at(told: &mut ManifestReader<'_>, node: &Node, key: &str) -> Option<RecordPath> {
    node.get(key).and_then(|n| told.path(n, key))
}
