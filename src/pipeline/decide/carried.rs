//! What a posted document is to say now: what was last agreed, with what changed at the source since, and nothing else.
//!
//! An edit of the tenant's file or of a rule changes nothing that is posted: both versions of the source's record, the
//! one the link was made from and today's, are decided with today's file, and only their difference is carried over.

use super::super::compare::{ROUNDING, carry, changed_since, source_hash};
use super::super::write::paper_hash;
use super::deciding::{Deciding, Halt, hold};
use super::decision::Question;
use super::lost::lost;
use crate::checks::figures::Figures;
use crate::checks::{self, totals};
use crate::model::codes;
use crate::model::{
    Invoice, InvoiceDraft, LineDraft, LinkMade, Origin, PersonsWord, Reason, SetBy, Trace, Verdict,
    WordKind,
};
use std::sync::Arc;

/// Whether two drafts would be posted as the same.
fn alike(a: &InvoiceDraft, b: &InvoiceDraft) -> bool {
    paper_hash(a) == paper_hash(b)
}

impl<'q> Deciding<'q, '_> {
    /// Whether the document is posted, and the source says of it what it said then, payments aside.
    pub(super) fn is_unchanged(&self) -> bool {
        let view = self.q.view;
        let Some(base) = view.base.as_ref().filter(|_| view.link.is_some()) else {
            return false;
        };
        !self.is_resent() && source_hash(base) == source_hash(self.q.invoice)
    }

    /// Whether a person wants what is posted made as the file makes it now.
    pub(super) fn is_resent(&self) -> bool {
        let view = self.q.view;
        let done = |hash: &str| view.link.as_ref().is_some_and(|l| l.draft.0 == hash);
        let word = view.words.of_document(WordKind::Resend);
        // Once it is there as it was shown the word is spent.
        word.is_some_and(|w| !w.shown.iter().any(|h| done(h)))
    }

    /// The draft of the document as it is wanted in the ledger.
    pub(super) fn wanted(&mut self) -> Result<InvoiceDraft, Halt> {
        let q = self.q;
        if q.view.link.is_none() {
            return self.invoice();
        }
        if self.is_resent() {
            let draft = self.invoice()?;
            return Ok(self.as_shown(draft));
        }
        let Some(agreed) = self.agreed() else {
            return self.invoice();
        };
        if self.is_unchanged() {
            return self.unchanged(agreed);
        }
        let Some(base) = q.view.base.as_ref() else {
            let now = self.invoice()?;
            return Ok(self.of_unknown(agreed, now, None));
        };
        let now = self.invoice()?;
        match self.quietly(base)? {
            Ok((was, _)) => self.carry_over(agreed, &was, &now),
            Err(why) => Ok(self.of_unknown(agreed, now, Some(&why))),
        }
    }

    /// What a person said shall be sent is what they were shown: made otherwise since, it waits for another word.
    fn as_shown(&mut self, draft: InvoiceDraft) -> InvoiceDraft {
        let word = self.q.view.words.of_document(WordKind::Resend);
        let hash = paper_hash(&draft).0;
        let shown = word.is_some_and(|w| w.shown.contains(&hash));
        match self.agreed() {
            Some(agreed) if !shown => {
                let now = draft;
                self.out.blocked = Some(Reason::new(
                    codes::RESEND_CHANGED,
                    format!(
                        "{} was to be sent as it was shown, and the source, the file or a rule has changed since",
                        now.number
                    ),
                    "`crossfoot resend TENANT NUMBER` shows it as it would be now, and asks",
                ));
                self.out.wanted = Some(now);
                agreed.clone()
            }
            _ => draft,
        }
    }

    /// What the two books were last agreed to say.
    pub(super) fn agreed(&self) -> Option<&'q InvoiceDraft> {
        let view = self.q.view;
        let link = view.link.as_ref()?;
        let own = |d: &&InvoiceDraft| paper_hash(d) == link.draft;
        let posted = view.posted.as_ref().map(|p| &p.draft).filter(own);
        view.agreed.as_ref().or(posted)
    }

    /// Nothing changed but payments. What a rule or a word of the file makes of those is a change at the source all the
    /// same; what they would hold now does not touch what is posted.
    fn unchanged(&mut self, agreed: &InvoiceDraft) -> Result<InvoiceDraft, Halt> {
        let q = self.q;
        let Some(base) = q.view.base.as_ref() else {
            return Ok(agreed.clone());
        };
        let now = self.quietly(q.invoice)?;
        let was = match Arc::ptr_eq(base, q.invoice) {
            true => now.clone(),
            false => self.quietly(base)?,
        };
        let (Ok((now, steps)), Ok((was, _))) = (now, was) else {
            self.traced_as_posted();
            return Ok(agreed.clone());
        };
        let out = match alike(&was, &now) {
            true => agreed.clone(),
            false => self.carry_over(agreed, &was, &now)?,
        };
        match alike(&out, &now) {
            true => self.out.trace.extend(&steps),
            false => self.traced_as_posted(),
        }
        Ok(out)
    }

    fn traced_as_posted(&mut self) {
        let what = "as it was posted";
        self.out.trace.set("invoice", what, SetBy::Ledger(what));
    }

    /// Drafts a version of the record as today's file would, without a word about it.
    #[allow(clippy::type_complexity)]
    fn quietly(
        &mut self,
        invoice: &Arc<Invoice>,
    ) -> Result<Result<(InvoiceDraft, Trace), Reason>, Halt> {
        let q = self.q;
        let question = Question { invoice, ..*q };
        let mut run = Deciding::new(&question, self.runner);
        match run.invoice() {
            Ok(draft) => Ok(Ok((draft, run.out.trace))),
            Err(Halt::Verdict(verdict)) => Ok(Err(verdict
                .reason()
                .cloned()
                .unwrap_or_else(|| Reason::new(codes::ENCODE, "it cannot be drafted", "")))),
            Err(fault) => Err(fault),
        }
    }

    /// The difference of two versions, on top of what was agreed; its sums as the ledger makes them.
    fn carry_over(
        &mut self,
        agreed: &InvoiceDraft,
        was: &InvoiceDraft,
        now: &InvoiceDraft,
    ) -> Result<InvoiceDraft, Halt> {
        let mut out = carry(agreed, was, now);
        if alike(&out, agreed) {
            return Ok(agreed.clone());
        }
        let q = self.q;
        checks::form::fit(q.facts, &mut out);
        checks::document(self.law, &mut out, q.invoice).map_err(hold)?;
        // What the source states counts, with the lines that are not in the ledger.
        let there = |id: &str| out.lines.iter().any(|l| l.source_line == id);
        let left = q.invoice.lines.iter().filter(|l| !there(&l.id));
        let left: Vec<LineDraft> = left.map(|l| self.left_out(l)).collect();
        let figures = Figures {
            law: self.law,
            mapping: q.mapping,
            source: q.invoice,
            left: &left,
        };
        if figures.agree(&mut out) {
            return Ok(out);
        }
        out.lines.retain(|l| l.source_line != ROUNDING);
        figures
            .settle(&mut out, &mut self.out.trace)
            .and_then(|_| totals::owed(&out))
            .map_err(hold)?;
        Ok(out)
    }

    /// What the source said before is not known: nothing is blended, and a person looks.
    fn of_unknown(
        &mut self,
        agreed: &InvoiceDraft,
        now: InvoiceDraft,
        why: Option<&Reason>,
    ) -> InvoiceDraft {
        if alike(&now, agreed) {
            return now;
        }
        let because = match why {
            Some(why) => format!("the file would hold what it was then ({})", why.what),
            None => "what it was then is no longer kept".to_owned(),
        };
        self.out.blocked = Some(Reason::new(
            codes::UPDATE_UNKNOWN,
            format!(
                "{} was changed in the source, and what of it changed cannot be told: {because}",
                agreed.number
            ),
            "`crossfoot resend TENANT NUMBER` shows all that the file makes otherwise now, and sends it; `crossfoot skip TENANT NUMBER --why \"...\"` leaves it as it was posted",
        ));
        self.out.wanted = Some(now);
        agreed.clone()
    }

    /// What a person has said of the document as a whole.
    pub(super) fn by_word(&mut self) -> Result<Option<Origin>, Halt> {
        let q = self.q;
        let link = q.view.link.as_ref();
        let stands = link.is_some() && !self.is_done_with();
        if let Some(word) = q.view.words.of_document(WordKind::Lost) {
            return Err(hold(lost(&q.invoice.number, word)));
        }
        let Some(word) = self.standing_word() else {
            // What a person entered is theirs: only money may be put to it, whatever became of the word.
            let theirs = link.is_some_and(|l| l.made == LinkMade::Person);
            return Ok(theirs.then(|| Origin::Ledger {
                what: "the entry that a person made".to_owned(),
            }));
        };
        let settled = word.beneath(WordKind::Settled);
        self.out.settled = settled.map(settled_by_hand);
        let what = format!("the word of {}", word.actor);
        let changed = changed_since(word, q.invoice);
        if word.kind == WordKind::Settled && !changed.is_empty() {
            self.out.settled = None;
            let reason = settled_changed(word, &changed);
            if !stands {
                return Err(hold(reason));
            }
            // Its payments wait with it, and each is told.
            self.out.blocked = Some(reason);
        }
        if stands {
            return Ok(Some(Origin::Ledger { what }));
        }
        Err(Halt::Verdict(Verdict::Skip(match word.kind {
            WordKind::Settled => {
                if let Some(since) = self.money_since(word) {
                    return Err(hold(since));
                }
                settled_by_hand(word)
            }
            _ => {
                self.out.settled = None;
                self.left_by_person();
                (self.out.left.clone()).unwrap_or_else(|| left_out(word))
            }
        })))
    }

    /// The word on the document that says whether it goes. One that leaves what is posted as it is was about what the source
    /// said then: once that is another, what it was said over counts.
    pub(super) fn standing_word(&self) -> Option<&'q PersonsWord> {
        let view = self.q.view;
        let word = view.words.document.as_ref()?;
        match word.kind {
            WordKind::Send | WordKind::Resend | WordKind::Lost => None,
            WordKind::Skip if view.link.is_some() => {
                let same = changed_since(word, self.q.invoice).is_empty();
                let over = || word.beneath(WordKind::Settled);
                same.then_some(word).or_else(over)
            }
            WordKind::Skip | WordKind::Settled => Some(word),
        }
    }
}

fn settled_by_hand(word: &PersonsWord) -> Reason {
    Reason::new(
        codes::SETTLED_BY_HAND,
        format!("settled by hand by {}: {}", word.actor, word.why),
        "nothing; `crossfoot unsettle TENANT NUMBER --why \"...\"` takes the word back",
    )
}

fn settled_changed(word: &PersonsWord, changed: &[String]) -> Reason {
    Reason::new(
        codes::SETTLED_CHANGED,
        format!(
            "it was settled by hand on {} as it was then, and the source has changed it since ({})",
            word.at.format("%Y-%m-%d"),
            changed.join("; ")
        ),
        "make the same change in the ledger, then `crossfoot settle TENANT NUMBER --why \"...\"`; `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is; or `crossfoot unsettle TENANT NUMBER --why \"...\"` to have it sent",
    )
}

pub(super) fn left_out(word: &PersonsWord) -> Reason {
    Reason::new(
        codes::SKIP_BY_PERSON,
        format!("left out for good by {}: {}", word.actor, word.why),
        "nothing; `crossfoot retry TENANT NUMBER` takes the word back",
    )
}
