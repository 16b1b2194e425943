//! A person's word that it is another one: ours goes too, beside what the ledger shows now.
//!
//! Flows in: a document's number, or one payment or refund of it. Flows out: a [`SettleAnswer`] with each entry that was shown
//! and called another one. Refuses what is in the ledger already, and what is kept back by something else than another entry.

use super::chosen::EntryTold;
use super::seen::{Meant, any_stands, meant, paper_entry, papers_like, payments_on};
use super::settle_ask::{WordAsk, what};
use super::spoken::{SettleAnswer, answer, said, word};
use crate::model::codes;
use crate::model::cure::{at_hand, quoted};
use crate::model::{Kind, LedgerEntry, Link, Payment, PaymentKind, Reason, WordKind};
use crate::pipeline::ports::{Documents as _, Written as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;

/// Ours goes too, beside what the ledger shows now; a payment also where ours was deleted there.
///
/// # Errors
/// There is no such document or payment, it is in doubt, or a run has the flow.
pub async fn send(
    engine: &Engine,
    loaded: &Loaded,
    ask: WordAsk<'_>,
) -> Result<SettleAnswer, NotDone> {
    let m = meant(engine, loaded, ("send", ask)).await?;
    let Some(id) = ask.payment else {
        return send_document(engine, loaded, &m, ask).await;
    };
    let p = m.payment(id)?.clone();
    let found = match p.kind {
        PaymentKind::Payment => payments_on(engine, &m, id).await?,
        PaymentKind::Refund => {
            let notes = papers_like(engine, loaded, &m, Kind::CreditNote).await?;
            notes.iter().map(paper_entry).collect()
        }
    };
    let link = own_link(engine, &m, &p).await?;
    let there = link
        .as_ref()
        .is_some_and(|l| found.iter().any(|e| e.id == l.other.id.0));
    let note = engine.store().decision(&m.tenant, &m.row.key).await?;
    let noted = note.and_then(|n| n.payments.into_iter().find(|n| n.id == id));
    let noted = noted.and_then(|n| n.reason);
    // Of one that is there a part may be missing.
    let part = noted
        .as_ref()
        .is_some_and(|r| r.fix.contains("crossfoot send "));
    if there && !part {
        return Err(NotDone::attention(
            format!("payment {id} of {} is in the ledger already", ask.number),
            "nothing is to be done",
        ));
    }
    if link.is_some() && !there {
        none_beside(&m, &p, ask, &found)?;
    }
    taken_out_first(engine, loaded, (&m, &p), ask, noted.as_ref()).await?;
    // What came from the ledger is not made anew there.
    let back = noted.as_ref().filter(|r| r.is(codes::PAYMENT_DELETED));
    if let Some(back) = back {
        sends(&m, ask, back)?;
    }
    // What keeps its document back keeps it back as well.
    let reason = noted.or_else(|| m.row.reason.clone());
    if let (None, Some(reason)) = (&link, reason) {
        sends(&m, ask, &reason)?;
    }
    // Those of ours that were deleted there are among what was shown: the word is about those, and not about the next.
    let paper = match (p.kind, &link) {
        (PaymentKind::Refund, _) => Some(Kind::CreditNote),
        // All of it was beyond what is owed: the credit is what was deleted.
        (PaymentKind::Payment, None) => Some(Kind::Overpayment),
        (PaymentKind::Payment, Some(_)) => None,
    };
    let paper = match paper.map(|kind| m.key(kind, id)) {
        Some(key) => engine.store().link(&m.tenant, &key).await?,
        None => None,
    };
    let gone = link.iter().chain(&paper).map(|l| l.other.id.0.clone());
    let shown = found.iter().map(|e| e.id.clone()).chain(gone).collect();
    let word = word(engine, &m, Some(&p), ask, WordKind::Send, None, shown);
    said(engine, &m, ask, "send", &word, &[]).await?;
    let entries = found.iter().map(EntryTold::from).collect();
    Ok(answer(&m, ask, "send", entries))
}

/// The link of a payment, unless it stands on another document's paper: it is that one's then.
async fn own_link(engine: &Engine, m: &Meant, p: &Payment) -> Result<Option<Link>, NotDone> {
    let of = m.key(Kind::Payment, &p.id);
    let link = engine.store().link(&m.tenant, &of).await?;
    let own = |l: &Link| match (&l.upon, &m.link) {
        (Some(upon), Some(own)) if p.kind == PaymentKind::Payment => *upon == own.other,
        _ => true,
    };
    Ok(link.filter(own))
}

/// What came back and was deleted at the source does not go once more beside money of the same sum: people entered that there in its
/// place, or it goes forward by itself, and then both books would have it twice.
fn none_beside(
    m: &Meant,
    p: &Payment,
    ask: WordAsk<'_>,
    found: &[LedgerEntry],
) -> Result<(), NotDone> {
    let back = m.tenant.forward().is_some() && p.kind == PaymentKind::Payment;
    let same = found.iter().find(|e| back && e.amount == p.amount);
    let Some(same) = same else { return Ok(()) };
    let settle = WordAsk {
        entry: Some(&same.id),
        ..ask
    };
    let settle = settle.whole("settle", &m.tenant, &m.row.name());
    Err(NotDone::attention(
        format!(
            "{} has {}, which may be this money: ours would be made beside it",
            ask.number,
            EntryTold::from(same).line()
        ),
        format!(
            "if it is the same money, `{settle}`; if it is another, delete payment {} in the ledger by hand, and enter it there anew once both books have the other one",
            p.id
        ),
    ))
}

/// What was posted beside a document that was made anew is taken out first: else the word would wait for nothing.
async fn taken_out_first(
    engine: &Engine,
    loaded: &Loaded,
    (m, p): (&Meant, &Payment),
    ask: WordAsk<'_>,
    noted: Option<&Reason>,
) -> Result<(), NotDone> {
    let resent = noted.filter(|r| r.is(codes::RESEND_ENTRY));
    let Some(resent) = resent else { return Ok(()) };
    if !any_stands(engine, loaded, m, p).await? {
        return Ok(());
    }
    let numbers = [m.row.name()];
    Err(NotDone::attention(
        format!("payment {} of {} is in the ledger still", p.id, ask.number),
        at_hand(&resent.fix, &m.tenant, &numbers),
    ))
}

/// A document of which nothing is linked goes beside papers that may be it.
async fn send_document(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    ask: WordAsk<'_>,
) -> Result<SettleAnswer, NotDone> {
    if m.link.is_some() {
        return Err(NotDone::attention(
            format!("{} is in the ledger already", ask.number),
            "nothing is to be done",
        ));
    }
    match &m.row.reason {
        Some(reason) => sends(m, ask, reason)?,
        None => {
            return Err(NotDone::attention(
                format!(
                    "{} is {}: no other paper is in its way",
                    ask.number, m.row.state
                ),
                format!(
                    "`crossfoot explain {} {}` says what comes next",
                    m.tenant,
                    quoted(ask.number)
                ),
            ));
        }
    }
    let papers = papers_like(engine, loaded, m, m.row.key.kind).await?;
    let found: Vec<LedgerEntry> = papers.iter().map(paper_entry).collect();
    let shown = found.iter().map(|e| e.id.clone()).collect();
    let word = word(engine, m, None, ask, WordKind::Send, None, shown);
    said(engine, m, ask, "send", &word, &[]).await?;
    let entries = found.iter().map(EntryTold::from).collect();
    Ok(answer(m, ask, "send", entries))
}

/// What is held by something else than another entry does not go by this word: its own cure says what ends it.
fn sends(m: &Meant, ask: WordAsk<'_>, reason: &Reason) -> Result<(), NotDone> {
    if reason.fix.contains("crossfoot send ") || reason.is(codes::SETTLED_BY_HAND) {
        return Ok(());
    }
    let (told, numbers) = (what(ask), [m.row.name()]);
    Err(NotDone::attention(
        format!("{told} is not kept back by another entry: {}", reason.what),
        at_hand(&reason.fix, &m.tenant, &numbers),
    ))
}
