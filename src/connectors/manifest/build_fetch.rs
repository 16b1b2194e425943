//! What is fetched for a record, and what changes it from elsewhere, as a manifest says it.

use super::build_call::{call, paging, path_at};
use super::reader::ManifestReader;
use super::request::CallSpec;
use super::shape::{EachSpec, FetchSpec, JoinSpec, PageBy, PageUntil, PagingSpec, TouchSpec};
use super::template::TemplateName;
use super::words;
use crate::mapping::yaml::{Node, Value};

/// From how many records on a list is read whole where nothing is said.
const WHOLE_FROM: usize = 20;

/// What is fetched, in the order in which it is written.
pub(super) fn fetched(told: &mut ManifestReader<'_>, node: &Node) -> Vec<FetchSpec> {
    let mut all = Vec::new();
    for (key, n) in node.entries() {
        let of = format!("fetch.{}", key.text);
        told.keys(n, &of, words::FETCH);
        let reserved = ["record", "header"].contains(&key.text.as_str());
        if reserved || key.text.contains(['.', ' ']) || key.text.is_empty() {
            let fix = "Use one word without dots, such as `customer`.";
            told.wrong(
                key.at,
                "name",
                format!("`{}` cannot name what is fetched", key.text),
                fix,
            );
            continue;
        }
        let joins = n.get("on").is_some() || n.get("to").is_some();
        let list = match (n.get("records"), n.get("paging")) {
            (_, Some(p)) => paging(told, p),
            (None, None) if !joins => None,
            _ => Some(one_page()),
        };
        let at = match n.get("records").is_some() || joins {
            true => "records",
            false => "record",
        };
        let at = path_at(told, n, at);
        let only = n.get("only").and_then(|c| told.condition(c, "only"));
        let Some(call) = call(told, n, &of) else {
            continue;
        };
        let join = if joins {
            join(told, n, &of, &call)
        } else {
            None
        };
        all.push(FetchSpec {
            name: key.text.clone(),
            call,
            at,
            list,
            only,
            join,
        });
    }
    all
}

fn one_page() -> PagingSpec {
    PagingSpec {
        by: PageBy::None,
        until: PageUntil::Empty,
        more: None,
        pages: None,
    }
}

fn join(told: &mut ManifestReader<'_>, node: &Node, of: &str, call: &CallSpec) -> Option<JoinSpec> {
    let on = told.need(node, "on", of)?;
    let on = told.path(on, "on")?;
    let to = told.need(node, "to", of)?;
    let to = told.path(to, "to")?;
    let one = node.get("one").and_then(|n| told.switch(n, "one"));
    let keyed = |n: &TemplateName| *n == TemplateName::Key;
    let by_key = call.templates().iter().any(|t| t.names().any(keyed));
    let said = node.get("whole_from");
    let most = said.and_then(|n| told.count(n, "whole_from"));
    if let Some(n) = said.filter(|_| !by_key) {
        let fix =
            "Say where the key goes, `query: { customer: \"{key}\" }`, or leave `whole_from` out.";
        told.wrong(
            n.at,
            "join",
            format!("`{of}` never asks with `{{key}}`: its list is read whole in any case"),
            fix,
        );
    }
    if call.path.iter().any(|t| t.names().any(keyed)) {
        let fix = "Write it under `query` or `body`: where the list is read whole it is left out.";
        told.wrong(
            node.at,
            "join",
            format!("the path of `{of}` holds `{{key}}`"),
            fix,
        );
    }
    let whole_from = most.and_then(|m| usize::try_from(m).ok());
    Some(JoinSpec {
        on,
        to,
        one: one == Some(true),
        whole_from: if by_key {
            whole_from.unwrap_or(WHOLE_FROM)
        } else {
            0
        },
    })
}

/// Lists of which a changed element is a change of its record.
pub(super) fn touched(told: &mut ManifestReader<'_>, node: &Node) -> Vec<TouchSpec> {
    let mut all = Vec::new();
    for (key, n) in node.entries() {
        let of = format!("touched_by.{}", key.text);
        told.keys(n, &of, words::TOUCH);
        let parent = told.need(n, "parent", &of);
        let parent = parent.and_then(|n| told.path(n, "parent"));
        let pages = told.need(n, "paging", &of);
        let pages = pages.and_then(|n| paging(told, n));
        let (Some(call), Some(paging), Some(parent)) = (call(told, n, &of), pages, parent) else {
            continue;
        };
        all.push(TouchSpec {
            name: key.text.clone(),
            call,
            records: path_at(told, n, "records"),
            paging,
            parent,
        });
    }
    all
}

/// What a list is asked for once each.
pub(super) fn each(told: &mut ManifestReader<'_>, node: &Node) -> Option<EachSpec> {
    if let Value::List(items) = &node.value {
        let all = items
            .iter()
            .filter_map(|n| told.text(n, "for_each").map(str::to_owned));
        let all: Vec<String> = all.collect();
        if all.is_empty() {
            let fix = "Name at least one, or leave `for_each` out.";
            told.wrong(node.at, "missing", "`for_each` names nothing", fix);
        }
        return Some(EachSpec::Fixed(all));
    }
    told.keys(node, "for_each", words::EACH);
    let id = told.need(node, "id", "for_each")?;
    let id = told.path(id, "for_each.id")?;
    let call = call(told, node, "for_each")?;
    let paging = match node.get("paging") {
        Some(n) => paging(told, n)?,
        None => one_page(),
    };
    Some(EachSpec::Fetched(
        call,
        path_at(told, node, "records"),
        paging,
        id,
    ))
}
