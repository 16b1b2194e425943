//! What a manifest says in one place and takes back in another, or leaves open where silence would lose money.

use super::cross_fields::{fetched_lists, figures, required};
use super::cross_names::written;
use super::cross_uses::uses;
use super::reader::ManifestReader;
use super::request::CallSpec;
use super::shape::{EachSpec, FetchSpec, KindRead, Manifest, PageBy, PagingSpec};
use super::template::TemplateName;
use crate::mapping::yaml::Node;

/// Looks at how records of a kind are read.
pub(super) fn cross(told: &mut ManifestReader<'_>, node: &Node, made: &Manifest) {
    let kind = &made.invoices;
    asks(told, node, "invoices", (&kind.list, &kind.paging));
    for (fetch, n) in kind
        .fetch
        .iter()
        .filter_map(|f| Some((f, node.path(&["fetch", &f.name])?)))
    {
        let of = format!("fetch.{}", fetch.name);
        if let Some(list) = &fetch.list {
            asks(told, n, &of, (&fetch.call, list));
        }
        let joins = fetch.join.is_some();
        names(told, n, &of, &fetch.call, |name| match name {
            TemplateName::Id | TemplateName::Since | TemplateName::Until => false,
            TemplateName::Each => false,
            TemplateName::Key => joins,
            TemplateName::Record(_) => !joins,
            _ => true,
        });
    }
    names(told, node, "invoices", &kind.list, |name| {
        !matches!(
            name,
            TemplateName::Id | TemplateName::Record(_) | TemplateName::Key
        )
    });
    touched(told, node, kind);
    parts(told, node, kind);
    looked(told, kind);
    if let (Some((call, _)), Some(n)) = (&kind.one, node.get("one")) {
        names(told, n, "one", call, |name| {
            matches!(name, TemplateName::Id | TemplateName::Setting(_))
        });
        if !call
            .templates()
            .iter()
            .any(|t| t.names().any(|n| *n == TemplateName::Id))
        {
            let fix = "Write the id where it goes: `get: \"/invoices/{id}\"`.";
            told.wrong(n.at, "template", "`one` asks for no particular record", fix);
        }
    }
    changes(told, node, made);
    figures(told, node, kind);
    required(told, node, kind);
}

/// Looks at what is written, and at the contacts that this needs.
pub(super) fn cross_writes(told: &mut ManifestReader<'_>, root: &Node, made: &Manifest) {
    if let (Some(contacts), Some(n)) = (&made.contacts, root.path(&["read", "contacts"])) {
        of_contacts(told, n, contacts);
    }
    written(told, root, made);
}

/// Contacts, which are a list like the other.
fn of_contacts(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    asks(told, node, "contacts", (&kind.list, &kind.paging));
    let other = |name: &TemplateName| {
        use TemplateName::{Each, Id, Key, Record};
        !matches!(name, Id | Record(_) | Key | Each)
    };
    names(told, node, "contacts", &kind.list, other);
    filtered(told, node, kind);
    if let (Some((call, _)), Some(n)) = (&kind.one, node.get("one")) {
        names(told, n, "one", call, |name| {
            matches!(name, TemplateName::Id | TemplateName::Setting(_))
        });
    }
}

/// What a list is asked for in parts must be asked with, and the other way round.
fn parts(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let asks = |name: TemplateName| uses(&kind.list, |n| *n == name);
    if asks(TemplateName::Each) != kind.for_each.is_some() {
        let fix =
            "Say both: `for_each: [north, south]`, and where it goes, `get: \"/{each}/invoices\"`.";
        told.wrong(
            node.at,
            "for_each",
            "`for_each` and `{each}` need each other",
            fix,
        );
    }
    if let Some(EachSpec::Fetched(call, _, paging, _)) = &kind.for_each
        && let Some(n) = node.get("for_each")
    {
        asks_pages(told, n, call, paging);
    }
    let windows = kind.since.as_ref().is_some_and(|s| s.window.is_some());
    if windows && !(asks(TemplateName::Until) && asks(TemplateName::Since)) {
        let at = node.get("since").map_or(node.at, |n| n.at);
        let fix = "Ask with both: `query: { from: \"{since}\", to: \"{until}\" }`.";
        told.wrong(
            at,
            "since",
            "a stretch of time has an end, and the list never asks with it",
            fix,
        );
    }
    if asks(TemplateName::Until) && kind.since.is_none() {
        let fix = "Add `since:`, which says how times are written.";
        told.wrong(
            node.at,
            "since",
            "`{until}` is asked with, and there is no `since`",
            fix,
        );
    }
}

fn asks_pages(told: &mut ManifestReader<'_>, node: &Node, call: &CallSpec, paging: &PagingSpec) {
    asks(told, node, "for_each", (call, paging));
    names(told, node, "for_each", call, |name| {
        let page = [
            TemplateName::Page,
            TemplateName::Offset,
            TemplateName::Token,
            TemplateName::LastId,
        ];
        page.contains(name) || matches!(name, TemplateName::Setting(_))
    });
}

/// Lists whose changes are changes of their records.
fn touched(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    for list in &kind.touched {
        let Some(n) = node.path(&["touched_by", &list.name]) else {
            continue;
        };
        let of = format!("touched_by.{}", list.name);
        asks(told, n, &of, (&list.call, &list.paging));
        names(told, n, &of, &list.call, |name| {
            !matches!(
                name,
                TemplateName::Id | TemplateName::Record(_) | TemplateName::Key
            )
        });
        if !uses(&list.call, |n| *n == TemplateName::Since) || kind.since.is_none() {
            let fix = "Ask with `{since}`, as in the list of records, which needs a `since` too.";
            told.wrong(
                n.at,
                "since",
                format!("`{of}` would be read whole each time"),
                fix,
            );
        }
        if kind.one.is_none() {
            let fix = "Add `one:`, how a record is asked for by its id.";
            told.wrong(
                n.at,
                "missing",
                format!("what `{of}` finds cannot be asked for"),
                fix,
            );
        }
    }
}

/// What is looked up stands in a list that is fetched and shared out.
fn looked(told: &mut ManifestReader<'_>, kind: &KindRead) {
    let lists = kind.lines.iter().chain(&kind.payments);
    let fields = kind.map.iter().chain(lists.flat_map(|l| &l.map));
    for field in fields {
        let Some((name, _)) = &field.value.look else {
            continue;
        };
        let known = |f: &FetchSpec| f.name == *name && f.join.as_ref().is_some_and(|j| !j.one);
        if !kind.fetch.iter().any(known) {
            let fix = "Name a list under `fetch` that says `on` and `to`, and not `one`.";
            told.wrong(
                field.at,
                "look",
                format!(
                    "`{}` looks into `{name}`, which is no such list",
                    field.name
                ),
                fix,
            );
        }
    }
}

pub(super) fn names(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
    call: &CallSpec,
    may: impl Fn(&TemplateName) -> bool,
) {
    // What is written is known to calls that write alone.
    if uses(call, |n| matches!(n, TemplateName::Written(_)) || !may(n)) {
        let fix = "Take it out: it has no value there.";
        told.wrong(
            node.at,
            "template",
            format!("a template of `{of}` holds a name that it cannot have"),
            fix,
        );
    }
}

/// What the paging counts by must be asked for, and the other way round.
fn asks(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
    (call, paging): (&CallSpec, &PagingSpec),
) {
    let wanted = match paging.by {
        PageBy::Number(_) => Some(("page", TemplateName::Page)),
        PageBy::Offset(_) => Some(("offset", TemplateName::Offset)),
        PageBy::Token(..) => Some(("token", TemplateName::Token)),
        PageBy::LastId(_) => Some(("last_id", TemplateName::LastId)),
        PageBy::None | PageBy::Next(_) | PageBy::Link => None,
    };
    if let Some((word, name)) = &wanted
        && !uses(call, |n| n == name)
    {
        let fix = format!("Say where it goes: `query: {{ {word}: \"{{{word}}}\" }}`.");
        told.wrong(
            node.at,
            "paging",
            format!("`{of}` never asks for `{{{word}}}`: every page would be the first"),
            fix,
        );
    }
    let spots = [
        TemplateName::Page,
        TemplateName::Offset,
        TemplateName::Token,
        TemplateName::LastId,
    ];
    let idle = |n: &TemplateName| spots.contains(n) && wanted.as_ref().is_none_or(|(_, w)| w != n);
    if uses(call, idle) {
        let fix = "Say under `paging` what pages follow each other by.";
        told.wrong(
            node.at,
            "paging",
            format!("`{of}` asks for a page in a way that its `paging` does not know"),
            fix,
        );
    }
}

/// A filter without a field, a field without a filter, and what a filter cannot see.
fn changes(told: &mut ManifestReader<'_>, node: &Node, made: &Manifest) {
    let kind = &made.invoices;
    let at = node.get("since").map_or(node.at, |n| n.at);
    filtered(told, node, kind);
    let Some(since) = &kind.since else { return };
    if kind.full_scan_s.is_none() {
        let fix = "Add `full_scan: nightly`: what has no time, and what changes without one, is found then.";
        told.wrong(
            at,
            "full_scan",
            "with `since` alone, what the filter does not show is never seen",
            fix,
        );
    }
    // A zone that turns its clock back has one hour twice.
    let turns = made.formats.own_zone || made.formats.zone.is_some_and(|z| z != chrono_tz::UTC);
    if turns && since.overlap_s < 7_200 {
        let fix = "Write `overlap: 2h` or more.";
        told.wrong(
            at,
            "overlap",
            "times of this zone are an hour off on the night when the clock goes back",
            fix,
        );
    }
    if since.written == "day" && since.overlap_s < 86_400 {
        let fix = "Write `overlap: 1d` or more.";
        told.wrong(
            at,
            "overlap",
            "a filter by day cannot tell the hours of a day apart",
            fix,
        );
    }
    fetched_lists(told, node, kind);
}

/// A filter and the field that says whose time it is need each other.
fn filtered(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let filters = uses(&kind.list, |n| *n == TemplateName::Since);
    let at = node.get("since").map_or(node.at, |n| n.at);
    match (&kind.since, filters) {
        (Some(since), true) if since.stops => {
            let fix = "Leave `stop:` out where the list has a filter.";
            told.wrong(
                at,
                "since",
                "the list is filtered, and read until a page is older",
                fix,
            );
        }
        (Some(since), false) if !since.stops => {
            let fix = "Say where the time goes: `query: { updated_since: \"{since}\" }`.";
            told.wrong(
                at,
                "since",
                "`since` is said, and the list never asks with `{since}`",
                fix,
            );
        }
        (None, true) => {
            let fix = "Add `since: { field: PATH }`, the time of a record's last change.";
            told.wrong(
                at,
                "since",
                "`{since}` is asked with, and no `since` says whose time it is",
                fix,
            );
        }
        _ => {}
    }
}
