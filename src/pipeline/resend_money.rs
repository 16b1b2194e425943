//! What stands in the ledger for money of a posted document, against what it would be if it were made now: payments, credit notes
//! for money paid back, credits of what was beyond what is owed.
//!
//! Flows in: a document as it would be now. Flows out: the entries that would be made otherwise, by account, tax or amount. Their
//! texts and days stay as they were posted. Asks no ledger and changes nothing.

use super::changed_by::ChangedBy;
use super::compare::{Compare, as_held, differences};
use super::decide::{Question, drafted_money};
use super::ports::{DocRow, Memory, StoreError};
use crate::model::{
    AccountRef, Chart, Draft, InvoiceDraft, Key, Kind, LedgerView, Link, LinkMade, PaymentKind,
    SourceId, TargetFacts, TenantId, WordKind, Words, money,
};
use crate::rules::Runner;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// An entry of a posted document's money that would be made otherwise.
#[derive(Debug, Clone)]
pub struct EntryDiffers {
    /// The payment or refund that it stands for.
    pub of: Key,
    /// Which of the two that is.
    pub pays: PaymentKind,
    /// What it is: `payment`, `credit note 1041-R90`, `credit`.
    pub what: String,
    /// What it comes to.
    pub amount: Decimal,
    /// Field by field: which, what was agreed, what it would be.
    pub changes: Vec<(String, String, String)>,
    /// By what, each once.
    pub by: BTreeSet<ChangedBy>,
}

impl EntryDiffers {
    /// As people are told of it.
    pub fn told(&self) -> String {
        let changes = self.changes.iter();
        let changes: Vec<String> = changes
            .map(|(field, was, now)| format!("{field} is {was} and would be {now}"))
            .collect();
        let sum = money::show(self.amount);
        format!("the {} of {sum}: {}", self.what, changes.join(", "))
    }
}

/// The money of one posted document.
pub(super) struct EntriesOf<'a> {
    pub(super) memory: &'a dyn Memory,
    pub(super) tenant: &'a TenantId,
    pub(super) row: &'a DocRow,
    pub(super) link: &'a Link,
}

impl EntriesOf<'_> {
    /// What of it would be made otherwise, where the document is as `draft` says.
    pub(super) async fn of(
        &self,
        question: &Question<'_>,
        runner: &mut Runner,
        draft: &InvoiceDraft,
    ) -> Result<Vec<EntryDiffers>, StoreError> {
        if question.invoice.payments.is_empty() {
            return Ok(Vec::new());
        }
        let view = LedgerView {
            link: Some(self.link.clone()),
            ..LedgerView::default()
        };
        let fresh = Question {
            view: &view,
            ..*question
        };
        let Ok(now) = drafted_money(&fresh, runner, draft) else {
            return Ok(Vec::new());
        };
        let (memory, tenant) = (self.memory, self.tenant);
        let words = memory.words(tenant, &self.row.key).await?;
        let mut out = Vec::new();
        for p in &now.payments {
            if let (Some(is), Some(Draft::Payment(was))) =
                (&p.draft, self.agreed(&words, Kind::Payment, &p.id).await?)
            {
                let mut changes = Changes::default();
                changes.account(question.chart, &was.account, &is.account);
                let paid = (PaymentKind::Payment, p.id.as_str());
                out.extend(self.entry(paid, "payment", was.amount, changes));
            }
        }
        for c in &now.credits {
            let id = c.refund.as_str();
            let Some(Draft::Invoice(was)) = self.agreed(&words, Kind::CreditNote, id).await? else {
                continue;
            };
            let mut changes = Changes::default();
            changes.paper(&c.note, &was, question.facts);
            if let Some(Draft::Payment(paid)) = self.agreed(&words, Kind::Payment, id).await? {
                changes.account(question.chart, &paid.account, &c.payment.account);
            }
            let what = format!("credit note {}", was.number);
            out.extend(self.entry((PaymentKind::Refund, id), &what, was.total, changes));
        }
        for over in &now.overpaid {
            let id = over.payment.as_str();
            let Some(Draft::Invoice(was)) = self.agreed(&words, Kind::Overpayment, id).await?
            else {
                continue;
            };
            let mut changes = Changes::default();
            changes.paper(&over.credit, &was, question.facts);
            if let (Some(was), Some(is)) = (&was.paid_from, &over.credit.paid_from) {
                changes.account(question.chart, was, is);
            }
            out.extend(self.entry((PaymentKind::Payment, id), "credit", was.total, changes));
        }
        Ok(out)
    }

    /// What was agreed of an entry that we made; nothing of what a person has settled.
    async fn agreed(
        &self,
        words: &Words,
        kind: Kind,
        id: &str,
    ) -> Result<Option<Draft>, StoreError> {
        let (memory, tenant) = (self.memory, self.tenant);
        if words.of_payment(id, WordKind::Settled).is_some() {
            return Ok(None);
        }
        let key = Key::new(&self.row.key.book, kind, &SourceId(id.to_owned()));
        let link = memory.link(tenant, &key).await?;
        match link.filter(|l| l.made == LinkMade::Ours) {
            Some(_) => memory.agreed(tenant, &key).await,
            None => Ok(None),
        }
    }

    fn entry(
        &self,
        (pays, id): (PaymentKind, &str),
        what: &str,
        amount: Decimal,
        changes: Changes,
    ) -> Option<EntryDiffers> {
        let of = Key::new(&self.row.key.book, Kind::Payment, &SourceId(id.to_owned()));
        (!changes.all.is_empty()).then(|| EntryDiffers {
            of,
            pays,
            what: what.to_owned(),
            amount,
            changes: changes.all,
            by: changes.by,
        })
    }
}

/// What of one entry would be made otherwise.
#[derive(Default)]
struct Changes {
    all: Vec<(String, String, String)>,
    by: BTreeSet<ChangedBy>,
}

impl Changes {
    /// The bank account, by what people know it.
    fn account(&mut self, chart: &Chart, was: &AccountRef, is: &AccountRef) {
        let of = |a: &AccountRef| match a {
            AccountRef::Id(id) => chart.accounts.iter().find(|a| a.id == *id),
            AccountRef::Code(code) => chart.account(code),
            AccountRef::Name(name) => chart.accounts.iter().find(|a| a.name == *name),
        };
        let told = |a: &AccountRef| match (of(a), a) {
            (Some(found), _) if found.code.is_empty() => found.name.clone(),
            (Some(found), _) => found.code.clone(),
            (None, AccountRef::Id(name) | AccountRef::Code(name) | AccountRef::Name(name)) => {
                name.clone()
            }
        };
        let (was, is) = (told(was), told(is));
        if was != is {
            self.by.insert(ChangedBy::Accounts);
            self.all.push(("bank account".to_owned(), was, is));
        }
    }

    /// Accounts, taxes and amounts of a note or credit.
    fn paper(&mut self, is: &InvoiceDraft, was: &InvoiceDraft, facts: TargetFacts<'_>) {
        let books = [ChangedBy::Accounts, ChangedBy::Tax, ChangedBy::Amounts];
        for d in differences(is, &as_held(was), Compare::Everything, facts) {
            let by = ChangedBy::of(d.field);
            if books.contains(&by) {
                self.by.insert(by);
                self.all.push((d.field.to_string(), d.is, d.want));
            }
        }
    }
}
