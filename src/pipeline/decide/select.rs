//! Whether a document is wanted, and whether it stays in the ledger as it was posted.

use super::deciding::{Deciding, Halt, hold};
use crate::checks;
use crate::model::codes;
use crate::model::{DriftKind, LedgerInvoice, Origin, PostedDraft, Reason, Verdict};
use crate::rules::Hook;

impl<'q> Deciding<'q, '_> {
    /// Whether the document is wanted. Answers where it was said that a document the ledger has shall stay as
    /// it is there: it cannot be left out any more, and the money that comes in for it still counts.
    pub(super) fn selected(&mut self) -> Result<Option<Origin>, Halt> {
        let q = self.q;
        let linked = q.view.link.is_some();
        let wanted = q.mapping.wants(q.invoice, linked);
        if let Verdict::Hold(reason) = &wanted
            && reason.is(codes::STATUS_VOID)
            && self.closed_in_the_ledger()
        {
            self.out.unlink = true;
            let fix = "nothing: both books agree";
            let what = "it is cancelled in the source and in the ledger";
            return Err(Halt::Verdict(Verdict::Skip(Reason::new(
                codes::STATUS_VOID,
                what,
                fix,
            ))));
        }
        if !wanted.is_keep() {
            // What the source calls paid, and gives no payments of, is not left out as unpaid.
            if wanted.reason().is_some_and(|r| r.is(codes::MODE_NOT_PAID)) {
                let total = q.invoice.stated_total();
                checks::paid::agrees(q.mapping, q.invoice, total)
                    .or_else(|why| checks::document::source_adds_up(q.invoice).and(Err(why)))
                    .map_err(hold)?;
            }
            return Err(Halt::Verdict(wanted));
        }
        let mut left = None;
        match q.mapping.shipped_select(q.invoice, linked) {
            Verdict::Keep => {}
            Verdict::Skip(reason) if linked => {
                let (key, place) = (reason.code, reason.place.unwrap_or_default());
                left = Some(Origin::Mapping { key, place });
            }
            verdict => return Err(Halt::Verdict(verdict)),
        }
        if q.rules.has(Hook::Select) {
            let mut ruling = self.runner.select(q.rules, q.context, q.invoice, linked)?;
            if let (Verdict::Skip(reason), true) = (&ruling.verdict, linked) {
                let (hook, place) = ("select".into(), reason.place.clone().unwrap_or_default());
                left = Some(Origin::Rule { hook, place });
                ruling.verdict = Verdict::Keep;
            }
            self.ruled(ruling)?;
        }
        q.mapping
            .comes_to_something(q.invoice, linked)
            .and_then(|()| q.mapping.in_currency(q.invoice))
            .and_then(|()| checks::document::source_adds_up(q.invoice))
            .and_then(|()| checks::paid::agrees(q.mapping, q.invoice, q.invoice.stated_total()))
            .map_err(hold)?;
        Ok(left)
    }

    /// Whether the ledger's copy was seen to be cancelled; or a person said retry, and it is, or is no longer there.
    fn closed_in_the_ledger(&self) -> bool {
        let view = self.q.view;
        let closed = |e: &LedgerInvoice| e.standing.is_over();
        view.drifted(DriftKind::Cancelled).is_some()
            || view.retried && view.existing.as_ref().is_none_or(closed)
    }

    /// What was posted, when no later edit is to reach it: a rule or a switch says so.
    pub(super) fn left_as_posted(&mut self, left: Option<Origin>) -> Option<&'q PostedDraft> {
        let q = self.q;
        let switch = q.mapping.sync.update_invoices;
        if q.view.link.is_none() || (left.is_none() && switch.value) {
            return None;
        }
        self.out.as_posted = true;
        let posted = q.view.posted.as_ref()?;
        let by = match &left {
            Some(origin) => origin.into(),
            None => q.mapping.by("sync.updates.invoices", switch.at),
        };
        self.out.trace.set("invoice", "as it was posted", by);
        Some(posted)
    }
}
