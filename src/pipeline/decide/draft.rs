//! The invoice's own draft: lines with their items, accounts and taxes, the day, the checks.

use super::super::compare::{Compare, Field, differences};
use super::super::protocol::{edited_there, total_differs};
use super::super::taken::total_taken;
use super::super::write::paper_hash;
use super::deciding::{Deciding, Halt, hold};
use crate::checks::{self, figures, paid, period, totals};
use crate::mapping::ItemMatch;
use crate::model::{
    FoundBy, InvoiceDraft, ItemFound, LedgerInvoice, LedgerItem, Line, LineDraft, SetBy, TaxRule,
    Trace, Verdict,
};
use crate::rules::{Choice, Hook};

impl Deciding<'_, '_> {
    pub(super) fn invoice(&mut self) -> Result<InvoiceDraft, Halt> {
        let q = self.q;
        let mut draft = q
            .mapping
            .draft_invoice(q.invoice, q.invoice.kind, &mut self.out.trace)
            .map_err(hold)?;
        self.unbound(&mut draft);
        self.counted(&mut draft);
        self.lines(&mut draft)?;
        let called = q.invoice.called();
        if q.rules.has(Hook::maps(called)) {
            totals::so_far(self.law, &mut draft, q.invoice.tax);
            let (rules, context) = (q.rules, q.context);
            let ruling = (self.runner).map_draft(rules, context, called, &mut draft, q.invoice)?;
            self.ruled(ruling)?;
        }
        self.dated(&mut draft)?;
        self.checked(&mut draft)?;
        if q.rules.has(Hook::Check) {
            let ruling = self.runner.check(q.rules, q.context, &draft, q.invoice)?;
            self.ruled(ruling)?;
        }
        Ok(draft)
    }

    /// Where the file has no word for its status, a document is made as what binds nobody yet: an estimate as a draft.
    fn unbound(&mut self, draft: &mut InvoiceDraft) {
        let q = self.q;
        let word = q.facts.unbinding(draft.kind);
        if let (true, Some(word)) = (draft.status.is_empty(), word) {
            draft.status.clone_from(&word.word);
            let by = SetBy::Ledger("its first status, which binds nobody yet");
            self.out.trace.set("status", word.word.as_str(), by);
        }
    }

    pub(super) fn lines(&mut self, draft: &mut InvoiceDraft) -> Result<(), Halt> {
        let q = self.q;
        for (n, line) in q.invoice.lines.iter().enumerate() {
            if !q.mapping.wants_line(line) {
                continue;
            }
            let mut out = q.mapping.draft_line(line, q.invoice, &mut self.out.trace);
            if q.rules.reads_sums(Hook::MatchItem) {
                totals::line(self.law, draft.tax_mode, &mut out);
            }
            self.match_item(&mut out, n + 1)?;
            // A rule may still give an account where the table holds: only what is left without one is held.
            let of = q.invoice.called();
            let account = (q.mapping).account_for(&mut out, line, of, &mut self.out.trace);
            let tax = match q.facts.tax {
                TaxRule::Stated => Ok(()),
                _ => (q.mapping).tax_for(&mut out, line, q.invoice, &mut self.out.trace),
            };
            if q.rules.reads_sums(Hook::MapLine) {
                totals::line(self.law, draft.tax_mode, &mut out);
            }
            if q.rules.has(Hook::MapLine) {
                let ruling =
                    self.runner
                        .map_line(q.rules, q.context, &mut out, n + 1, q.invoice)?;
                self.ruled(ruling)?;
            }
            if out.item.is_empty() {
                self.out.warnings.extend(q.mapping.near_sku(line, of));
            }
            if q.facts.line_accounts() && out.account.is_empty() {
                account.map_err(hold)?;
            }
            if out.tax.is_empty() {
                tax.map_err(hold)?;
            }
            draft.lines.push(out);
        }
        Ok(())
    }

    /// What a line takes of its item: where the item gives it its account, the item itself.
    fn take_item(
        &mut self,
        line: &mut LineDraft,
        item: &LedgerItem,
        (number, by): (usize, FoundBy),
    ) {
        let q = self.q;
        self.out.items.push(ItemFound {
            line: number,
            code: item.code.clone(),
            name: item.name.clone(),
            by,
        });
        q.mapping.apply_item(line, item, &mut self.out.trace);
        if !q.facts.line_accounts() {
            line.item.clone_from(&item.code);
        }
    }

    pub(super) fn match_item(&mut self, line: &mut LineDraft, number: usize) -> Result<(), Halt> {
        let q = self.q;
        if q.rules.has(Hook::MatchItem) {
            let choice = self
                .runner
                .match_item(q.rules, q.context, line, &q.chart.items)?;
            match choice {
                Choice::Absent => {}
                Choice::Use(i) => {
                    if let Some(item) = q.chart.items.get(i) {
                        self.take_item(line, item, (number, FoundBy::Rule));
                    }
                    return Ok(());
                }
                Choice::None | Choice::Create => return Ok(()),
                Choice::Verdict(v) => return Err(Halt::Verdict(v)),
            }
        }
        match q.mapping.match_item(line, q.chart) {
            ItemMatch::None => Ok(()),
            ItemMatch::Hold(reason) => Err(hold(reason)),
            ItemMatch::Use(i) => {
                if let Some(item) = q.chart.items.get(i) {
                    self.take_item(line, item, (number, FoundBy::Sku));
                }
                Ok(())
            }
        }
    }

    /// A linked document whose draft is unchanged is not dated anew: locks only concern what is to be written.
    /// Nor does a lock bind a document in a status that it leaves alone, such as a draft.
    pub(super) fn dated(&mut self, draft: &mut InvoiceDraft) -> Result<(), Halt> {
        if !self.q.facts.is_bound(draft.kind, &draft.status) {
            return Ok(());
        }
        if self.q.view.link.is_some() {
            // It keeps the day it was posted on, where a closed month had moved it.
            let posted = self.q.view.existing.as_ref().and_then(|e| e.date);
            let word = self.q.mapping.guard.locked_period.value;
            if let (period::Dated::Moved(_), Some(day)) =
                (period::judge(self.law, draft.date, word), posted)
                && day > draft.date
            {
                period::redate(draft, day);
            }
            return Ok(());
        }
        let word = self.q.mapping.guard.locked_period.value;
        match period::judge(self.law, draft.date, word) {
            period::Dated::Open => Ok(()),
            period::Dated::Moved(to) => {
                period::redate(draft, to);
                let at = self.q.mapping.guard.locked_period.at;
                let by = self.q.mapping.by("guard.locked_period", at);
                self.out.trace.set("date", to, by);
                Ok(())
            }
            period::Dated::Held(r) => Err(hold(r)),
            period::Dated::Refused(r) => Err(Halt::Verdict(Verdict::Refuse(r))),
        }
    }

    pub(super) fn checked(&mut self, draft: &mut InvoiceDraft) -> Result<(), Halt> {
        let q = self.q;
        for formed in checks::form::fit(q.facts, draft) {
            let by = SetBy::Ledger(formed.told.what.as_str());
            self.out.trace.set(formed.field, formed.value.as_str(), by);
            self.out.warnings.push(formed.told);
        }
        checks::document(self.law, draft, q.invoice).map_err(hold)?;
        let lines = q.invoice.lines.iter();
        let left = lines.filter(|l| !q.mapping.wants_line(l));
        let left: Vec<LineDraft> = left.map(|l| self.left_out(l)).collect();
        let figures = figures::Figures {
            law: self.law,
            mapping: q.mapping,
            source: q.invoice,
            left: &left,
        };
        let whole = figures.settle(draft, &mut self.out.trace).map_err(hold)?;
        // Where the source states no total, what is owed rests on the ledger's own.
        paid::agrees(q.mapping, q.invoice, Some(whole))
            .and_then(|()| totals::owed(draft))
            .map_err(hold)
    }

    /// A charge that is left out, as it would have gone: with its account's or its own tax code, where it has one.
    pub(super) fn left_out(&self, line: &Line) -> LineDraft {
        let q = self.q;
        let mut quiet = Trace::off();
        let mut out = q.mapping.draft_line(line, q.invoice, &mut quiet);
        if let Some(stated) = line.amount {
            (out.quantity, out.unit_amount) = (1.into(), stated);
        }
        // What holds a line that goes does not hold for one that does not.
        let of = q.invoice.called();
        let _ = q.mapping.account_for(&mut out, line, of, &mut quiet);
        if q.facts.tax != TaxRule::Stated {
            let _ = q.mapping.tax_for(&mut out, line, q.invoice, &mut quiet);
        }
        out
    }

    /// Whether people have changed the lines of the ledger's copy, and it can be changed back: the ledger's own sums are
    /// not to blame then.
    fn is_edited(&self, draft: &InvoiceDraft, copy: &LedgerInvoice) -> bool {
        let all = differences(draft, copy, Compare::Everything, self.q.facts);
        let lines = |f: &Field| matches!(f, Field::Lines | Field::Line(..));
        // Of what was found and not as it was sent no version is ours.
        let edited = self
            .q
            .view
            .link
            .as_ref()
            .is_some_and(|l| l.other_version.is_empty());
        edited && copy.editable && all.iter().any(|d| lines(&d.field))
    }

    /// What the ledger made of a posted document must come to what was sent: until a person has put it right,
    /// nothing more goes to it. A draft that differs from the posted one is sent as a change and compared then.
    pub(super) fn sums_agree(&mut self, draft: &InvoiceDraft) -> Result<(), Halt> {
        let view = self.q.view;
        // A change that waits for a person is what holds it.
        let Some(link) = view.link.as_ref().filter(|_| self.out.blocked.is_none()) else {
            return Ok(());
        };
        let is = view.existing.as_ref().and_then(LedgerInvoice::comes_to);
        let is = is.unwrap_or(link.amount);
        let same = paper_hash(draft) == link.draft;
        if !same || is == draft.total {
            return Ok(());
        }
        // What the ledger itself made of it; what people made of that since is told as theirs.
        if self.out.takes_total && is == link.amount {
            self.out.their_total = Some(is);
            let told = total_taken(&draft.number, draft.total, is);
            self.out.warnings.push(told);
            return Ok(());
        }
        let seen =
            |copy: &LedgerInvoice| view.shown.as_ref().is_some_and(|s| s.total == copy.total);
        match view.existing.as_ref().filter(|e| self.is_edited(draft, e)) {
            // They have seen that copy and want ours over it.
            Some(copy) if view.retried && seen(copy) => Ok(()),
            Some(_) => Err(hold(edited_there(&draft.number, draft.total, is))),
            None => Err(hold(total_differs(&draft.number, draft.total, is))),
        }
    }
}
