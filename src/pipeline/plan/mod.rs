//! From a decision to the writes it asks for. Pure.

mod alone;
mod approves;
mod both_sides;
mod conflict;
mod contacts;
mod given;
mod keys;
mod locks;
mod money_on_it;
pub(super) mod parts;
mod sayable;
mod stands;
mod update;
mod waits;

pub use contacts::{ContactMarks, contact_id};
pub use sayable::{hold_unsayable, hold_whole};

use super::compare::Conflict;
use super::decide::Decision;
use super::ports::{InUse, LinksLearned, PaymentNote};
use super::write::{Needs, NewWrite, paper_hash};
use crate::model::{
    Balance, ContactTarget, DocState, Draft, Fingerprint, Invoice, InvoiceDraft, Kind, LedgerView,
    Link, Payment, Reason, SourceId, TargetFacts, TenantId, WordKind,
};
use approves::approval;
use both_sides::ContactSaid;
use conflict::Deciders;
use contacts::{contact_moved, contact_writes};
use keys::Keys;
use stands::{exit, notes};
use std::collections::BTreeMap;
use update::{Becomes, goes_over, relink, relink_as_posted, relink_by_hand, update};

/// What a decision comes to.
#[derive(Debug, Clone)]
pub struct WritePlan {
    /// Where the document stands.
    pub state: DocState,
    /// Why.
    pub reason: Option<Reason>,
    /// What is to be written.
    pub writes: Vec<NewWrite>,
    /// What became of each payment.
    pub payments: Vec<PaymentNote>,
    /// Whether it changes a document that the ledger has.
    pub update: bool,
    /// What an approval of it is for.
    pub approval: Fingerprint,
    /// Why a part of it does not go with the rest.
    pub held: Option<Reason>,
    /// Where that is what both sides changed of its contact: the fields that are told, with what the ledger has.
    pub contact_told: BTreeMap<String, String>,
    /// Where a person's word leaves it, once what goes of it is there.
    pub by_word: Option<(DocState, Reason)>,
    /// Why a person must approve it before it goes, where a rule wants that.
    pub review: Option<Reason>,
    /// What was learned of links by reading the ledger.
    pub learned: LinksLearned,
    /// What both books say is owed; none where its payments were not looked at.
    pub balance: Option<Balance>,
    /// What the tenant's file decided of what both sides changed, and wants told.
    pub told: Vec<Reason>,
    /// What both sides changed and no person was shown: rules are asked about it.
    pub disputed: Vec<Conflict>,
    /// Whether nothing goes but payments that a person has let go.
    pub released: bool,
}

struct Planning<'a> {
    keys: Keys<'a>,
    decision: &'a Decision,
    invoice: &'a Invoice,
    view: &'a LedgerView,
    facts: TargetFacts<'a>,
    out: WritePlan,
}

/// What a decision asks to be written.
pub fn of(
    decision: &Decision,
    invoice: &Invoice,
    view: &LedgerView,
    tenant: &TenantId,
    books: &InUse,
    facts: TargetFacts<'_>,
) -> WritePlan {
    let mut planning = Planning {
        keys: Keys {
            tenant,
            source: &books.source,
            ledger: &books.ledger,
        },
        decision,
        invoice,
        view,
        facts,
        out: nothing(decision),
    };
    planning.all();
    planning.out.learned.numbered = planning.given();
    planning.out
}

/// A plan without writes.
fn nothing(decision: &Decision) -> WritePlan {
    WritePlan {
        state: DocState::Approved,
        reason: None,
        writes: Vec::new(),
        payments: notes(decision),
        update: false,
        approval: Fingerprint::of(b""),
        held: None,
        contact_told: BTreeMap::new(),
        by_word: None,
        review: decision.review.clone(),
        learned: LinksLearned {
            relink: None,
            forget: decision.forget.clone(),
            unlink: decision.unlink,
            numbered: None,
            contact: None,
        },
        balance: decision.balance.clone(),
        told: Vec::new(),
        disputed: Vec::new(),
        released: false,
    }
}

impl Planning<'_> {
    fn all(&mut self) {
        let decision = self.decision;
        if let Some((state, reason)) = exit(decision) {
            self.out.state = state;
            self.out.reason = Some(reason);
            return;
        }
        if self.invoice.kind.is_party() {
            return self.contact_alone();
        }
        let (Some((contact, target)), Some(draft)) = (&decision.contact, &decision.invoice) else {
            return;
        };
        let stays = self.contact_stays(target);
        let mut said = ContactSaid::default();
        let contact_needs = contact_writes(
            &self.keys,
            contact,
            stays.as_ref().unwrap_or(target),
            (self.ends_by(), self.view, self.facts),
            &mut self.out.writes,
            &mut said,
        );
        self.out.told.extend(said.told.take());
        let needs = Needs {
            takes_total: decision.takes_total,
            ..contact_needs.clone()
        };
        let mut paid = self.party(&needs);
        let mut blocked = None;
        match &self.view.link {
            None => {
                let (kind, id) = (self.invoice.kind, &self.invoice.id);
                let made = Draft::Invoice(draft.clone());
                let write = (self.keys).write(kind, id, "create", made, needs.clone());
                paid.document_write.clone_from(&write.key);
                self.out.writes.push(write);
            }
            Some(link) => {
                paid.document_id.clone_from(&link.other.id.0);
                let change = self.change(link, draft, &needs).err();
                blocked = decision.blocked.clone().or(change);
            }
        }
        // The change waits for a person; money that came in does not, unless it would lock the change out.
        match blocked.as_ref().filter(|_| self.locks_out(&needs)) {
            Some(why) => self.wait_with_it(why),
            None => self.money(&mut paid, &needs),
        }
        self.out.approval = approval(
            &self.keys,
            contact,
            &contact_needs,
            self.view,
            &self.out.writes,
        );
        self.stands(blocked, said);
    }

    /// The contact that a posted document stays with, though the file or a rule would find another one now: only a
    /// change at the source, or a person's word, takes it to another.
    fn contact_stays(&self, target: &ContactTarget) -> Option<ContactTarget> {
        let view = self.view;
        let base = view.base.as_ref().filter(|_| view.link.is_some())?;
        let resent = view.words.of_document(WordKind::Resend);
        let done = |hash: &String| view.link.as_ref().is_some_and(|l| l.draft.0 == *hash);
        let resent = resent.is_some_and(|w| !w.shown.iter().any(done));
        if resent || base.contact != self.invoice.contact || !view.is_for_its_contact() {
            return None;
        }
        let posted = view.posted.as_ref().map(|p| p.contact_id.as_str())?;
        // A contact that was merged leads to its heir, and so did the ledger with the document.
        let heir = |id: &str| view.existing.as_ref().is_some_and(|e| e.contact_id == id);
        match target {
            ContactTarget::Existing { id, .. } if id == posted || heir(id) => None,
            _ if posted.is_empty() => None,
            _ => Some(ContactTarget::Existing {
                id: posted.to_owned(),
                update: false,
            }),
        }
    }

    /// The document is in the ledger: it is changed, its link is put right, or it stays as it is.
    fn change(&mut self, link: &Link, draft: &InvoiceDraft, needs: &Needs) -> Result<(), Reason> {
        let (view, facts) = (self.view, self.facts);
        if self.decision.as_posted {
            self.out.learned.relink = relink_as_posted(link, view, self.invoice);
            return Ok(());
        }
        let hash = paper_hash(draft);
        let moved = contact_moved(needs, view);
        let changed = hash != link.draft || goes_over(draft, view);
        self.out.learned.relink = match (moved, changed) {
            (true, _) => None,
            (false, true) => relink_by_hand(draft, &hash, view, facts),
            (false, false) => relink(draft, &hash, link, view, facts),
        };
        if !(changed || moved) || self.out.learned.relink.is_some() {
            return Ok(());
        }
        let purpose = match moved {
            false => hash.0,
            true => {
                let to = format!("{} {}", needs.contact_id, needs.contact_write);
                Fingerprint::of(format!("{} {to}", hash.0).as_bytes()).0
            }
        };
        let draft = Draft::Invoice(draft.clone());
        self.in_open_period(&draft)?;
        let invoice = self.invoice;
        let mut deciders = Deciders {
            word: self.decision.conflict,
            ruled: &self.decision.ruled,
            open: &mut self.out.disputed,
        };
        let asked = (draft, &mut deciders);
        let needs = needs.clone();
        let change = update(&self.keys, invoice, asked, &purpose, needs, view, facts)?;
        self.out.told.extend(change.told);
        match change.becomes {
            Becomes::Sent(write) => {
                self.out.update = true;
                self.out.writes.push(*write);
            }
            Becomes::Agreed(relink) => self.out.learned.relink = Some(relink),
        }
        Ok(())
    }

    /// What a payment needs of the contact: nothing, unless the ledger's payments name whom they are from.
    fn party(&self, needs: &Needs) -> Needs {
        if !self.facts.payment_names_party {
            return Needs::default();
        }
        Needs {
            contact_id: needs.contact_id.clone(),
            contact_write: needs.contact_write.clone(),
            ..Needs::default()
        }
    }

    fn money(&mut self, paid: &mut Needs, needs: &Needs) {
        self.payments(paid);
        self.credits(needs);
        for over in &self.decision.overpaid {
            let id = SourceId(over.payment.clone());
            let credit = Draft::Invoice(over.credit.clone());
            // The rest of a payment goes once the payment itself is there: what posting finds on the document may be it.
            let money = |w: &&NewWrite| w.kind == Kind::Payment && w.of.id == id;
            let after = self.out.writes.iter().find(money);
            let needs = Needs {
                document_write: after.map(|w| w.key.clone()).unwrap_or_default(),
                ..self.known(needs.clone(), &[], &over.payment)
            };
            let write = (self.keys).write(Kind::Overpayment, &id, "create", credit, needs);
            self.out.writes.push(write);
        }
        let locks_out = self.out.update && self.locks_out(needs);
        let money = |w: &&mut NewWrite| w.kind.is_of_money();
        for w in self.out.writes.iter_mut().filter(money) {
            let of = self.invoice.payments.iter().find(|p| p.id == w.of.id.0);
            w.needs.said = of.map(Payment::counts);
            w.needs.said_on = of.map(|p| p.date);
            w.needs.locks_out |= locks_out;
        }
    }

    fn payments(&mut self, paid: &mut Needs) {
        // What a person has settled by hand, or was shown and called another one, is not this payment.
        let words = &self.view.words;
        let settled = (words.settled()).filter_map(|(_, w)| Some(w.entry.as_ref()?.id.clone()));
        let matched = self.view.payment_links.values().filter(|l| !l.is_ours());
        let matched = matched.map(|l| l.other.id.0.clone());
        let entries: Vec<String> = settled.chain(matched).collect();
        for p in &self.decision.payments {
            if let Some(draft) = &p.draft {
                let id = SourceId(p.id.clone());
                // Beyond what has come in, money in the ledger is somebody else's word.
                let needs = Needs {
                    received: p.received,
                    apart: p.apart.clone(),
                    ..paid.clone()
                };
                self.out.writes.push(self.keys.write(
                    Kind::Payment,
                    &id,
                    "create",
                    Draft::Payment(draft.clone()),
                    self.known(needs, &entries, &p.id),
                ));
            }
        }
    }

    /// Which of the ledger's entries are known not to be this payment.
    fn known(&self, needs: Needs, entries: &[String], payment: &str) -> Needs {
        let named = self.invoice.payments.iter().find(|p| p.id == payment);
        let word = named.and_then(|p| self.view.words.sends(p));
        let mut known = entries.to_vec();
        known.extend(word.iter().flat_map(|w| w.shown.iter().cloned()));
        Needs {
            known,
            vouched: word.is_some(),
            ..needs
        }
    }

    fn credits(&mut self, needs: &Needs) {
        let settled = self
            .view
            .words
            .settled()
            .filter_map(|(_, w)| w.entry.as_ref());
        let entries: Vec<String> = settled.map(|e| e.id.clone()).collect();
        for credit in &self.decision.credits {
            let id = SourceId(credit.refund.clone());
            let note = self.keys.write(
                Kind::CreditNote,
                &id,
                "create",
                Draft::Invoice(credit.note.clone()),
                Needs {
                    credit_from: Some(self.invoice.date),
                    numbered: credit.numbered.clone(),
                    ..self.known(needs.clone(), &entries, &credit.refund)
                },
            );
            let paid = Needs {
                document_write: note.key.clone(),
                of_credit_note: true,
                ..self.party(needs)
            };
            self.out.writes.push(note);
            // It pays itself out, where the ledger enters money paid back as one paper.
            if credit.note.paid_from.is_some() {
                continue;
            }
            self.out.writes.push(self.keys.write(
                Kind::Payment,
                &id,
                "create",
                Draft::Payment(credit.payment.clone()),
                paid,
            ));
        }
    }
}
