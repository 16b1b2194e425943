//! The invariants, checked at the end of a seed against the ledger's own books.
//!
//! Flows in: the plan, the journal, the ledger. Flows out: violations. It uses neither the protocol nor the
//! journal's idea of what should be there: the plan says what must be in the ledger.

use super::memory::{Kept, Memory};
use super::plan::{CENTS, HUMAN, PAID, Plan};
use super::vendor::{Invoice, stamp_of};
use super::world::World;
use crossfoot::model::{Kind, WriteState};
use crossfoot::pipeline::write::WriteRow;
use std::collections::{BTreeMap, BTreeSet};

/// What happened to documents that makes a hold right.
#[derive(Debug, Default, Clone)]
pub struct Touched {
    /// A person put a payment to it.
    pub human: BTreeSet<usize>,
    /// Its first change was never sent when the second came.
    pub superseded: BTreeSet<usize>,
    /// Its first change was in doubt when the second came.
    pub overlapping: BTreeSet<usize>,
}

fn number_of(k: &Kept) -> usize {
    let id = k.row.document.id.0.trim_start_matches('I');
    id.parse().unwrap_or(usize::MAX)
}

fn blocked(m: &Memory, k: &Kept) -> bool {
    let over = |key: &str| {
        let mut rows = m.rows.iter();
        rows.any(|r| {
            r.row.key == key
                && matches!(
                    r.row.state,
                    WriteState::Held | WriteState::Refused | WriteState::Superseded
                )
        })
    };
    // Money waits for the money before it that a person must look at.
    let stuck = |w: &WriteRow| matches!(w.state, WriteState::Held | WriteState::Refused);
    let behind = m.before(&k.row).any(stuck);
    behind || over(&k.row.needs.contact_write) || over(&k.row.needs.document_write)
}

/// I6: whether every write has come to its end, or waits for one that did not come to a good one.
pub fn all_settled(m: &Memory) -> bool {
    m.rows
        .iter()
        .all(|k| k.row.state.is_settled() || (k.row.state == WriteState::Ready && blocked(m, k)))
}

/// Whether a hold is right: only where somebody else's doing makes it truly ambiguous.
fn may_hold(touched: &Touched, k: &Kept) -> bool {
    let n = number_of(k);
    match k.row.kind {
        Kind::Payment => touched.human.contains(&n) || touched.superseded.contains(&n),
        Kind::Invoice if !k.row.needs.update_id.is_empty() => {
            touched.human.contains(&n) || touched.overlapping.contains(&n)
        }
        _ => false,
    }
}

/// Checks everything.
pub fn check(plan: &Plan, touched: &Touched, m: &Memory, w: &mut World) {
    let mut wrong = Vec::new();
    let mut held = BTreeSet::new();
    for k in &m.rows {
        match k.row.state {
            WriteState::Linked | WriteState::Superseded => {}
            WriteState::Held if may_hold(touched, k) => {
                held.insert(number_of(k));
            }
            WriteState::Ready if blocked(m, k) => {}
            state => wrong.push(format!(
                "I6: {} is {state} at the end: {:?}",
                k.row.key, k.reason
            )),
        }
    }
    one_each(m, w, &mut wrong);
    links(m, w, &mut wrong);
    sums(plan, touched, &held, w, &mut wrong);
    if w.ledger.alarms > 0 {
        wrong.push("a key was used with a different request".into());
    }
    for what in wrong {
        w.violation(what);
    }
}

/// I1: one document a natural key, counted by the ledger as it put it into effect.
fn one_each(m: &Memory, w: &World, wrong: &mut Vec<String>) {
    for k in &m.rows {
        let r = &k.row;
        if !r.needs.update_id.is_empty() {
            continue;
        }
        let stamp = if r.kind == Kind::Contact && !r.needs.contact_number.is_empty() {
            &r.needs.contact_number
        } else {
            &r.marker
        };
        let n = w.ledger.effects.get(stamp).copied().unwrap_or(0);
        if n > 1 || (n == 0 && r.state == WriteState::Linked) {
            wrong.push(format!("I1: {} is {n} times in the ledger", r.key));
        }
    }
}

/// I2: links and stamped documents are one to one.
fn links(m: &Memory, w: &World, wrong: &mut Vec<String>) {
    let mut targets: BTreeMap<&str, &str> = BTreeMap::new();
    for (of, l) in m.links.iter() {
        if targets.insert(&l.target_id, &of.id.0).is_some() {
            wrong.push(format!("I2: {} is linked twice", l.target_id));
        }
    }
    let contacts = w.ledger.contacts.iter().map(|c| (c.id.as_str(), true));
    let invoices = w.ledger.invoices.iter();
    let invoices = invoices.map(|i| (i.id.as_str(), !i.other_type));
    let payments = w.ledger.payments.iter();
    let payments = payments.map(|p| (p.id.as_str(), stamp_of(&p.reference).is_some()));
    let all: Vec<(&str, bool)> = contacts.chain(invoices).chain(payments).collect();
    for (id, stamped) in &all {
        if *stamped && !targets.contains_key(id) {
            wrong.push(format!("I2: {id} is in the ledger and linked to nothing"));
        }
    }
    for target in targets.keys() {
        if !all.iter().any(|(id, stamped)| id == target && *stamped) {
            wrong.push(format!("I2: {target} is linked and not in the ledger"));
        }
    }
}

/// I3: the sums are the source's.
fn sums(
    plan: &Plan,
    touched: &Touched,
    held: &BTreeSet<usize>,
    w: &World,
    wrong: &mut Vec<String>,
) {
    for (n, case) in plan.cases.iter().enumerate() {
        if held.contains(&n) {
            continue;
        }
        let version = case.updates.iter().flatten().count();
        let number = format!("INV-{n}");
        let ours = |i: &&Invoice| !i.other_type && i.called == number;
        let invoices = w.ledger.invoices.iter().filter(ours);
        let total: i64 = invoices.clone().map(|i| i.cents).sum();
        if total != CENTS[version] {
            wrong.push(format!(
                "I3: {number} comes to {total} and not {}",
                CENTS[version]
            ));
        }
        let ids: Vec<&str> = invoices.map(|i| i.id.as_str()).collect();
        let payments = w.ledger.payments.iter();
        let paid: i64 = payments
            .filter(|p| ids.contains(&p.document.as_str()))
            .map(|p| p.cents)
            .sum();
        let human = if touched.human.contains(&n) { HUMAN } else { 0 };
        let want: i64 = PAID.iter().take(case.payments).sum::<i64>() + human;
        if paid != want {
            wrong.push(format!("I3: {paid} is paid on {number} and not {want}"));
        }
    }
}
