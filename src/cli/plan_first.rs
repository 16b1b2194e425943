//! What a first sync meets on both sides, as people read it: after the documents, before anything is posted.

use super::invocation::Invocation;
use super::out;
use super::table::TextTable;
use super::text::{SafeLine, count, short};
use super::words::{money, numbers, when};
use crate::model::TenantId;
use crate::model::cure::quoted;
use crate::service::desk::first::{DoubleTold, FirstSync, OtherBooks, PapersCount};

/// The most doubles that are shown one by one.
const MOST: usize = 20;
/// The most names that are shown of clashes.
const MOST_CLASHES: usize = 12;

/// Shows it.
pub fn show(cx: &Invocation, tenant: &TenantId, first: &FirstSync) {
    cx.out.gap();
    cx.out.line(SafeLine::new().bold("the first sync"));
    cx.out
        .line(format!("  the source has {}", papers(&first.source)));
    cx.out
        .line(format!("  the ledger has {}", papers(&first.ledger)));
    let found = count(first.contacts_found, "customer is", "customers are");
    let made = match first.contacts_new.as_slice() {
        [] => "none is new".to_owned(),
        all => format!("{} new: {}", all.len(), numbers(all)),
    };
    cx.out.line(format!("  {found} in the ledger, {made}"));
    if !first.items_unknown.is_empty() {
        let all = numbers(&first.items_unknown);
        cx.out
            .line(format!("  without an item in the ledger: {all}"));
    }
    clashes(cx, first);
    doubles(cx, tenant, &first.doubles);
    for other in &first.others {
        others(cx, other);
    }
    for n in &first.numbers {
        let (kind, last) = (n.kind.name(), &n.last);
        cx.out.line(match &n.ours {
            None => format!(
                "  the ledger's last {kind} number is {last}: those of the source may begin with {}",
                n.next
            ),
            Some(ours) if *ours == n.next => format!(
                "  the ledger's last {kind} number is {last}: ours go on with {ours}"
            ),
            Some(ours) => format!(
                "  the ledger's last {kind} number is {last} and the next {}: ours go on with {ours}",
                n.next
            ),
        });
    }
    calls(cx, first);
}

/// Papers by kind: `3 invoices over AUD 330.00`.
fn papers(all: &[PapersCount]) -> String {
    let one = |p: &PapersCount| {
        let name = p.kind.name();
        let what = count(p.papers, name, &format!("{name}s"));
        match money(&p.currency, p.total).as_str() {
            "" => what,
            sum => format!("{what} over {sum}"),
        }
    };
    match all.is_empty() {
        true => "no papers".to_owned(),
        false => all.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

fn clashes(cx: &Invocation, first: &FirstSync) {
    for clash in first.clashes.iter().take(MOST_CLASHES) {
        let word = if clash.held { "held" } else { "told" };
        let line = SafeLine::new().plain("  ").styled(out::YELLOW, word);
        cx.out
            .line(line.plain(format!(" {}: {}", clash.number, clash.reason)));
    }
    let more = first.clashes.len().saturating_sub(MOST_CLASHES) as u64;
    if more > 0 {
        let more = count(more, "clash", "clashes");
        cx.out
            .line(format!("  and {more} more: `--json` has all of them"));
    }
}

fn doubles(cx: &Invocation, tenant: &TenantId, all: &[DoubleTold]) {
    let Some(one) = all.first() else {
        return;
    };
    cx.out.gap();
    let many = count(all.len() as u64, "document is", "documents are");
    let head = format!("{many} likely in the ledger already");
    cx.out.line(SafeLine::new().styled(out::YELLOW, head));
    let mut table = TextTable::new(&[
        "number", "date", "total", "there", "date", "total", "alike by",
    ]);
    table = table.right(&[2, 5]);
    for d in all.iter().take(MOST) {
        let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let there = match d.there_number.as_str() {
            "" => d.there_reference.as_str(),
            number => number,
        };
        let sum = money(&d.currency, d.total);
        let theirs = crate::model::money::show(d.there_total);
        let stamped = if d.stamped {
            "; posted by Crossfoot"
        } else {
            ""
        };
        let by = format!("{}{stamped}", d.by);
        let (there, number) = (short(there, 16), short(&d.number, 12));
        let row = [
            &*number,
            &day(d.date),
            &sum,
            &*there,
            &day(d.there_date),
            &theirs,
            &by,
        ];
        table.row(row);
    }
    cx.out.table(&table);
    if all.len() > MOST {
        let more = count((all.len() - MOST) as u64, "more", "more");
        cx.out.line(format!("and {more}: `--json` has all of them"));
    }
    let (number, there) = (quoted(&one.number), &one.there);
    cx.out.line(
        "   = fix: where it is the same, say so, and it is not sent; the first sync reads it, and posts nothing with \
         `first_run: review` under `sync:`",
    );
    cx.out.line(format!(
        "`crossfoot settle {tenant} {number} --as {there} --why \"it is in the ledger\"`"
    ));
}

fn others(cx: &Invocation, other: &OtherBooks) {
    let documents = count(other.documents, "document is", "documents are");
    let place = if other.in_reference {
        "under the reference"
    } else {
        "as"
    };
    let from = match other.latest.and_then(|d| d.succ_opt()) {
        Some(day) => {
            format!(", and begin here after it: `start: {{ invoice_date: {day} }}` under `sync:`")
        }
        None => String::new(),
    };
    cx.out.line(format!(
        "{documents} there {place} `{}`: another integration seems to book the same documents",
        other.way
    ));
    cx.out.line(format!("   = fix: switch it off{from}"));
}

fn calls(cx: &Invocation, first: &FirstSync) {
    for c in &first.calls {
        let all = count(c.reads + c.writes, "call", "calls");
        // What is left of the day is told where it is not enough.
        let short = c.left_today.filter(|left| *left < c.reads + c.writes);
        let short = short.map(|left| format!(", {left} left today"));
        cx.out.line(format!(
            "  {}: about {all}, {} to write{}, the last by {}",
            c.system,
            c.writes,
            short.unwrap_or_default(),
            when(c.done_by)
        ));
    }
}
