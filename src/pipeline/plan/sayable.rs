//! What of a plan the ledger's format cannot say. Pure: the same form that makes the bytes is asked beforehand, so that a
//! rehearsal tells it, and nothing is made for a document that cannot go.

use super::super::form::{unsayable, write_of_new};
use super::super::write::NewWrite;
use super::WritePlan;
use crate::connectors::Writes;
use crate::model::{DocState, Kind, Reason};

/// Holds what cannot be said. A payment stays behind alone; anything else keeps its whole document back, with the contact
/// that would have been made for it.
pub fn hold_unsayable(out: &mut WritePlan, form: &dyn Writes) {
    let why = |w: &NewWrite| form.sayable(&write_of_new(w)).err();
    let paper = |w: &&NewWrite| w.kind != Kind::Payment;
    if let Some(why) = out.writes.iter().filter(paper).find_map(why) {
        hold_whole(out, &unsayable(&why));
        return;
    }
    let mut left = Vec::new();
    for w in std::mem::take(&mut out.writes) {
        let Some(why) = why(&w) else {
            left.push(w);
            continue;
        };
        let reason = unsayable(&why);
        for p in out.payments.iter_mut().filter(|p| p.id == w.of.id.0) {
            "held".clone_into(&mut p.state);
            p.reason = Some(reason.clone());
        }
        out.state = DocState::Held;
        out.held = Some(reason.clone());
        out.reason = Some(reason);
    }
    out.writes = left;
}

/// Holds a whole document, with what would have gone of it.
pub fn hold_whole(out: &mut WritePlan, reason: &Reason) {
    out.writes.clear();
    out.update = false;
    out.state = DocState::Held;
    out.held = Some(reason.clone());
    out.reason = Some(reason.clone());
    for p in out.payments.iter_mut().filter(|p| p.state == "planned") {
        "held".clone_into(&mut p.state);
        p.reason.clone_from(&out.reason);
    }
}
