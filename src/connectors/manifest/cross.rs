//! What a manifest says in one place and takes back in another, or leaves open where silence would lose money.

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

fn uses(call: &CallSpec, is: impl Fn(&TemplateName) -> bool) -> bool {
    call.templates().iter().any(|t| t.names().any(&is))
}

fn names(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
    call: &CallSpec,
    may: impl Fn(&TemplateName) -> bool,
) {
    if uses(call, |n| !may(n)) {
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

/// Of what is fetched it must be said whether a change there shows in the record.
fn fetched_lists(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let lists = ["lines", "payments"]
        .into_iter()
        .filter_map(|k| node.get(k));
    for list in lists.flat_map(|n| {
        if n.items().is_empty() {
            std::slice::from_ref(n)
        } else {
            n.items()
        }
    }) {
        let from = list.get("from").and_then(Node::text).unwrap_or_default();
        let fetched = kind
            .fetch
            .iter()
            .any(|f| from.split('.').next() == Some(&f.name));
        if fetched && list.get("changes_touch_parent").is_none() {
            let fix = "Add `changes_touch_parent: yes`, `no` or `unknown`; with the last two they are found by the full scan.";
            told.wrong(list.at, "changes", format!("`{from}` is fetched, and nothing says whether a change there changes the invoice"), fix);
        }
    }
}

/// A list that the vendor cuts short must show.
fn figures(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let states_total = kind
        .map
        .iter()
        .any(|f| f.name == "total" || f.name == "subtotal");
    let counted = kind.lines.iter().all(|l| l.count.is_some());
    if !states_total && !counted && !kind.lines.is_empty() {
        let at = node.get("lines").map_or(node.at, |n| n.at);
        let fix = "Map `total`, so that lines that are left out show; or say `count:`, where the record has the number of its lines.";
        told.wrong(
            at,
            "truncated",
            "nothing tells when the list of lines is cut short",
            fix,
        );
    }
}

fn required(told: &mut ManifestReader<'_>, node: &Node, kind: &KindRead) {
    let at = node.get("map").map_or(node.at, |n| n.at);
    let has = |name: &str| kind.map.iter().any(|f| f.name == name);
    if !has("date") {
        told.wrong(
            at,
            "missing",
            "`map` says no `date`",
            "Add `date:`, the day of the invoice.",
        );
    }
    if !has("contact.name")
        && !has("contact.company")
        && !has("contact.last_name")
        && !has("contact.email")
    {
        let fix = "Add `contact.name:`.";
        told.wrong(at, "missing", "`map` says not whom an invoice is to", fix);
    }
    for list in &kind.lines {
        let has = |name: &str| list.map.iter().any(|f| f.name == name);
        if !has("unit_amount") && !has("amount") {
            let at = node.get("lines").map_or(node.at, |n| n.at);
            told.wrong(
                at,
                "missing",
                "lines have neither `unit_amount` nor `amount`",
                "Add one of them.",
            );
        }
    }
    for list in &kind.payments {
        let has = |name: &str| list.map.iter().any(|f| f.name == name);
        if !has("amount") || !has("date") {
            let at = node.get("payments").map_or(node.at, |n| n.at);
            told.wrong(
                at,
                "missing",
                "payments need `amount` and `date`",
                "Add both of them.",
            );
        }
    }
}
