//! The hooks, each with what it is given.

use super::answers::steps;
use super::blank::Blank;
use super::{AskedHook, Context, DisputedField, Ended, HookArgs, PaidDocument, Runner};
use crate::model::{
    ContactDraft, Invoice, InvoiceDraft, Kind, LedgerContact, LedgerItem, LineDraft, Payment,
    PaymentDraft, SetName, Trace,
};
use crate::rules::api::{
    ContactHandle, Doc, FoundList, InvoiceHandle, LineHandle, PaidRef, PaymentHandle, PaymentRef,
    SideRef,
};
use crate::rules::cell::{Cell, ChangeLog, ToldChange, Unchanged};
use crate::rules::compile::RuleSet;
use crate::rules::fault::MachineFault;
use crate::rules::hook::Hook;
use crate::rules::outcome::{Choice, Ruling, SideRuling};
use rhai::{Dynamic, Variant};
use std::sync::Arc;

/// Fields of a draft's line, which a trace names with the line.
const OF_LINES: [&str; 5] = ["account", "tax", "item", "description", "tracking"];

fn arg<T: Variant + Clone>(value: T) -> Option<Dynamic> {
    Some(Dynamic::from(value))
}

fn doc(invoice: &Arc<Invoice>) -> Option<Dynamic> {
    arg(Doc(Arc::clone(invoice), false))
}

impl Runner {
    /// Whether a source document is wanted. `linked` says whether the ledger has it already.
    ///
    /// # Errors
    /// A machine fault, here and in every other hook.
    pub fn select(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        invoice: &Arc<Invoice>,
        linked: bool,
    ) -> Result<Ruling, MachineFault> {
        self.look(asked(rules, ctx, Hook::Select), || {
            [arg(Doc(Arc::clone(invoice), linked)), None, None]
        })
    }

    /// Whether a payment is wanted.
    ///
    /// # Errors
    /// A machine fault.
    pub fn select_payment(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        payment: &Payment,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        self.look(asked(rules, ctx, Hook::SelectPayment), || {
            let payment = PaymentRef::Alone(Arc::new(payment.clone()));
            [arg(payment), doc(invoice), None]
        })
    }

    /// Changes the contact that will be posted.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_contact(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut ContactDraft,
    ) -> Result<Ruling, MachineFault> {
        let tell = |t: &ToldChange| SetName::Of("contact", t.field);
        self.change(asked(rules, ctx, Hook::MapContact), draft, tell, |cell| {
            [arg(ContactHandle(cell.clone())), None, None]
        })
    }

    /// Which of the ledger's contacts a draft is.
    ///
    /// # Errors
    /// A machine fault.
    pub fn match_contact(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &ContactDraft,
        found: &[LedgerContact],
    ) -> Result<Choice, MachineFault> {
        self.choose(asked(rules, ctx, Hook::MatchContact), found.len(), || {
            let handle = ContactHandle(Cell::new(draft.clone(), false, true));
            [
                arg(handle),
                Some(FoundList::Contacts(found.into()).list()),
                None,
            ]
        })
    }

    /// Which of the ledger's items a line is.
    ///
    /// # Errors
    /// A machine fault.
    pub fn match_item(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &LineDraft,
        found: &[LedgerItem],
    ) -> Result<Choice, MachineFault> {
        self.choose(asked(rules, ctx, Hook::MatchItem), found.len(), || {
            let handle = LineHandle(Cell::new(draft.clone(), false, true), None);
            [
                arg(handle),
                Some(FoundList::Items(found.into()).list()),
                None,
            ]
        })
    }

    /// Changes one line. `number` is the line's place in the draft, from 1, for the trace.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_line(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut LineDraft,
        number: usize,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        let tell = |t: &ToldChange| SetName::OfNth(number, t.field);
        self.change(asked(rules, ctx, Hook::MapLine), draft, tell, |cell| {
            let handle = LineHandle(cell.clone(), Some(Arc::clone(invoice)));
            [arg(handle), doc(invoice), None]
        })
    }

    /// Changes the document that will be posted, its lines included, by the hook of its kind. `called` is what the source
    /// calls it.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_draft(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        called: Kind,
        draft: &mut InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        self.map_document(asked(rules, ctx, Hook::maps(called)), draft, invoice)
    }

    fn map_document(
        &mut self,
        asked: AskedHook<'_>,
        draft: &mut InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        let tell = |t: &ToldChange| match OF_LINES.contains(&t.field) {
            true => SetName::OfNth(t.at + 1, t.field),
            false => SetName::Of("invoice", t.field),
        };
        self.change(asked, draft, tell, |cell| {
            [
                arg(InvoiceHandle(cell.clone(), Arc::clone(invoice))),
                None,
                None,
            ]
        })
    }

    /// Changes the payment that will be posted.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_payment(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut PaymentDraft,
        posted: PaidDocument,
    ) -> Result<Ruling, MachineFault> {
        let tell = |t: &ToldChange| SetName::Of("payment", t.field);
        let posted = Arc::new(posted);
        self.change(asked(rules, ctx, Hook::MapPayment), draft, tell, |cell| {
            let posted = PaidRef(Arc::clone(&posted));
            [arg(PaymentHandle(cell.clone())), arg(posted), None]
        })
    }

    /// A last look at the finished draft; nothing can be changed.
    ///
    /// # Errors
    /// A machine fault.
    pub fn check(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        self.look(asked(rules, ctx, Hook::Check), || {
            let cell = Cell::new(draft.clone(), false, true);
            [arg(InvoiceHandle(cell, Arc::clone(invoice))), None, None]
        })
    }

    /// Which side counts of a field that both changed.
    ///
    /// # Errors
    /// A machine fault.
    pub fn on_conflict(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        disputed: &DisputedField,
        invoice: &Arc<Invoice>,
    ) -> Result<SideRuling, MachineFault> {
        let asked = asked(rules, ctx, Hook::OnConflict);
        if !asked.by_any() {
            return Ok(SideRuling::none());
        }
        let ended = self.run(asked, &Unchanged, || {
            SideRef::three(disputed, invoice).map(arg)
        })?;
        Ok(SideRuling {
            kept: self.sided(ended),
            printed: self.take_printed(),
        })
    }

    /// A hook that changes nothing.
    fn look(
        &mut self,
        asked: AskedHook<'_>,
        args: impl Fn() -> HookArgs,
    ) -> Result<Ruling, MachineFault> {
        if !asked.by_any() {
            return Ok(Ruling::keep());
        }
        let ended = self.run(asked, &Unchanged, args)?;
        Ok(Ruling {
            review: self.review.take(),
            verdict: self.ended(ended),
            changes: Trace::off(),
            printed: self.take_printed(),
        })
    }

    /// A match hook.
    fn choose(
        &mut self,
        asked: AskedHook<'_>,
        found: usize,
        args: impl Fn() -> HookArgs,
    ) -> Result<Choice, MachineFault> {
        if !asked.by_any() {
            return Ok(Choice::Absent);
        }
        let ended = self.run(asked, &Unchanged, args)?;
        Ok(self.chosen(ended, found))
    }

    /// A hook that may change a draft: what it changed is dropped unless every file keeps.
    fn change<D: Blank>(
        &mut self,
        asked: AskedHook<'_>,
        draft: &mut D,
        tell: impl Fn(&ToldChange) -> SetName<&'static str>,
        args: impl Fn(&Cell<D>) -> HookArgs,
    ) -> Result<Ruling, MachineFault> {
        if !asked.by_any() {
            return Ok(Ruling::keep());
        }
        let blank = draft.blank();
        let moved = std::mem::replace(draft, blank);
        let cell = Cell::new(moved, asked.context.trace, false);
        let outcome = self.run(asked, &cell, || args(&cell));
        let keeps = matches!(outcome, Ok(Ended::Keep));
        if !keeps {
            cell.undo(0);
        }
        cell.swap_with(draft);
        let ended = outcome?;
        let changes = match keeps {
            true => steps(&self.rules, asked.hook, &cell.settle(), &self.marks, tell),
            false => Trace::off(),
        };
        Ok(Ruling {
            review: self.review.take(),
            verdict: self.ended(ended),
            changes,
            printed: self.take_printed(),
        })
    }
}

fn asked<'a>(rules: &'a RuleSet, context: &'a Arc<Context>, hook: Hook) -> AskedHook<'a> {
    AskedHook {
        rules,
        context,
        hook,
    }
}
