//! A person's words that end what is held: it was entered by hand and this is it ([`settle`], taken back by [`unsettle`]); it
//! is another one, and ours goes too ([`send`]); it is left out for good ([`skip`]).
//!
//! Flows in: a document's number, one payment or refund of it, why. Flows out: what would be taken for what ([`look`]), and a
//! [`SettleAnswer`]. Each looks in the ledger first, and is bound to what was seen there: what comes up later is told anew.
//! Refuses while a write of the very thing is in doubt, an entry that is not there or stands for something else, and, without
//! `unseen`, to settle what nobody sees. Each is one transaction with its audit row; the document is then decided on again.

pub use super::chosen::EntryTold;
use super::chosen::{chosen, command, is_otherwise, told_both};
pub use super::leave::{LeftOut, skip};
use super::seen::{
    Meant, by_id, meant, ours_stands, paid_by_hand, paper_entry, papers_like, payment_entry,
    payments_on,
};
pub use super::send::send;
pub use super::settle_ask::{WordAsk, what};
pub use super::spoken::SettleAnswer;
use super::spoken::{answer, said, word};
use super::whose::not_anothers;
use crate::model::codes;
use crate::model::cure::quoted;
use crate::model::{
    Key, Kind, LedgerEntry, LedgerInvoice, Payment, PaymentKind, SourceId, WordKind, money,
};
use crate::pipeline::ports::Documents as _;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use crate::store::{PersonsLink, Said};
use rust_decimal::Decimal;

/// What a word would take for what.
pub struct EntryLook {
    meant: Meant,
    entry: Option<LedgerEntry>,
    paper: Option<LedgerInvoice>,
}

impl EntryLook {
    /// The entry, as it is shown.
    pub fn told(&self) -> Option<EntryTold> {
        self.entry.as_ref().map(EntryTold::from)
    }
}

/// Looks in the ledger for the entry that a person means.
///
/// # Errors
/// There is no such document or payment, none or several entries may be meant, or store or systems fail.
pub async fn look(
    engine: &Engine,
    loaded: &Loaded,
    ask: WordAsk<'_>,
) -> Result<EntryLook, NotDone> {
    let looked = looked(engine, loaded, ask).await?;
    let m = &looked.meant;
    let payment = ask.payment.map(|id| m.payment(id)).transpose()?;
    let meant = links(m, payment, &looked);
    not_anothers(engine, m, ask, meant.iter().map(|l| &l.other)).await?;
    Ok(looked)
}

async fn looked(engine: &Engine, loaded: &Loaded, ask: WordAsk<'_>) -> Result<EntryLook, NotDone> {
    let m = meant(engine, loaded, ("settle", ask)).await?;
    if let Some(no) = m.not_of_a_contact() {
        return Err(no);
    }
    let (found, papers) = match ask.payment {
        Some(id) => {
            let p = m.payment(id)?.clone();
            // Our own note stands, and what is meant is a payment that people put to it.
            if let Some(note) = paid_by_hand(engine, loaded, &m, &p).await? {
                let found = note.payments.iter().map(|p| payment_entry(p, &note));
                let entry = chosen(engine, loaded, &m, ask, found.collect()).await?;
                let paper = Some(note);
                return Ok(EntryLook {
                    meant: m,
                    entry,
                    paper,
                });
            }
            of_payment(engine, loaded, &m, ask, &p).await?
        }
        None => {
            let words = engine.store().words(&m.tenant, &m.row.key).await?;
            let before = words.said_of_document(WordKind::Settled).is_some();
            if m.link.is_some() && !before && !is_otherwise(&m) {
                let number = quoted(ask.number);
                return Err(NotDone::wrong(
                    format!(
                        "{} is posted: it is not settled by hand as a whole",
                        ask.number
                    ),
                    format!(
                        "settle a payment of it with `--payment ID`; or `crossfoot skip {} {number} --why \"...\"` leaves the ledger's copy as it is",
                        m.tenant
                    ),
                ));
            }
            // What was settled before is settled again with the entry that stands for it already.
            let papers = match m.paper.as_ref().filter(|p| !p.standing.is_over()) {
                Some(paper) => vec![paper.clone()],
                None => papers_like(engine, loaded, &m, m.row.key.kind).await?,
            };
            (papers.iter().map(paper_entry).collect(), papers)
        }
    };
    let entry = chosen(engine, loaded, &m, ask, found).await?;
    let paper = papers
        .into_iter()
        .find(|p| Some(&p.id) == entry.as_ref().map(|e| &e.id));
    let paper = match (&entry, ask.payment) {
        (Some(entry), Some(id)) if m.payment(id)?.kind == PaymentKind::Refund => {
            paid_out(engine, loaded, &m, ask, (entry, paper)).await?
        }
        _ => paper,
    };
    Ok(EntryLook {
        meant: m,
        entry,
        paper,
    })
}

/// The note that a refund is settled with. One that is not paid out stands for money that has not gone.
async fn paid_out(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    ask: WordAsk<'_>,
    (entry, note): (&LedgerEntry, Option<LedgerInvoice>),
) -> Result<Option<LedgerInvoice>, NotDone> {
    let note = match note {
        Some(note) => Some(note),
        None => by_id(engine, loaded, Kind::CreditNote, &entry.id).await?,
    };
    let open = note.as_ref().map_or(Decimal::ZERO, |n| n.amount_due);
    if open <= Decimal::ZERO {
        return Ok(note);
    }
    let settle = command(m, ask, "settle");
    Err(NotDone::attention(
        format!(
            "{} stands there, and {} of it is not paid out: it proves no money that went back",
            EntryTold::from(entry).line(),
            money::show(open)
        ),
        format!(
            "enter the payment that pays it out in the ledger, then `{settle}`; where the money went back where Crossfoot does not see it, `{settle} --unseen`"
        ),
    ))
}

/// What may be one payment or refund: entries on the document, or credit notes of its contact.
async fn of_payment(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    ask: WordAsk<'_>,
    p: &Payment,
) -> Result<(Vec<LedgerEntry>, Vec<LedgerInvoice>), NotDone> {
    let id = &p.id;
    // What people made of ours since may be what there is to be settled with.
    let drifted = m.signs(&m.key(Kind::Payment, id)).next().is_some();
    if !drifted && ours_stands(engine, loaded, m, p).await? {
        let words = engine.store().words(&m.tenant, &m.row.key).await?;
        if words.of_payment(id, WordKind::Resend).is_some() {
            return Err(NotDone::attention(
                format!(
                    "payment {id} of {} is in the ledger as Crossfoot posted it, and its document was made anew since",
                    ask.number
                ),
                format!("`{}` leaves it as it is", command(m, ask, "unsettle")),
            ));
        }
        return Err(NotDone::attention(
            format!(
                "payment {id} of {} is in the ledger already: Crossfoot posted it",
                ask.number
            ),
            "nothing is to be done; where it was entered by hand too, delete one of the two in the ledger",
        ));
    }
    Ok(match p.kind {
        PaymentKind::Payment => (payments_on(engine, m, id).await?, Vec::new()),
        PaymentKind::Refund => {
            let notes = papers_like(engine, loaded, m, Kind::CreditNote).await?;
            (notes.iter().map(paper_entry).collect(), notes)
        }
    })
}

/// Settles by hand what was looked for.
///
/// # Errors
/// A write of it is in doubt, or a run has the flow.
pub async fn settle(
    engine: &Engine,
    ask: WordAsk<'_>,
    looked: EntryLook,
) -> Result<SettleAnswer, NotDone> {
    let m = &looked.meant;
    let payment = ask.payment.map(|id| m.payment(id)).transpose()?;
    let entries: Vec<EntryTold> = looked.told().into_iter().collect();
    let shown = differs(engine, m, payment, looked.entry.as_ref()).await?;
    let word = word(
        engine,
        m,
        payment,
        ask,
        WordKind::Settled,
        looked.entry.clone(),
        shown,
    );
    let links = links(m, payment, &looked);
    said(engine, m, ask, "settled", &word, &links).await?;
    Ok(answer(m, ask, "settled", entries))
}

/// What its speaker was told of an entry: that it is ours by its stamp, and of another sum than the payment.
async fn differs(
    engine: &Engine,
    m: &Meant,
    payment: Option<&Payment>,
    entry: Option<&LedgerEntry>,
) -> Result<Vec<String>, NotDone> {
    let (Some(p), Some(entry)) = (payment, entry) else {
        return Ok(entry.map_or_else(Vec::new, |e| told_both(m, e)));
    };
    if m.resummed(&p.id) == Some(entry.amount) {
        return Ok(vec![entry.sign()]);
    }
    let note = engine.store().decision(&m.tenant, &m.row.key).await?;
    let noted = note.and_then(|n| n.payments.into_iter().find(|n| n.id == p.id));
    let told = noted.and_then(|n| n.reason);
    let told = told.filter(|r| r.is(codes::PAYMENT_DIFFERS) && r.fix.contains(&quoted(&entry.id)));
    Ok(told.map(|_| entry.sign()).into_iter().collect())
}

/// What is linked: the document with its paper, a payment with the one on it, a refund with its note and what pays it out.
fn links(m: &Meant, payment: Option<&Payment>, looked: &EntryLook) -> Vec<PersonsLink> {
    let Some(entry) = &looked.entry else {
        return Vec::new();
    };
    let there = |kind, id: &str| Key::new(&m.ledger, kind, &SourceId(id.to_owned()));
    let link = |thing, other, number: &str, amount, upon| PersonsLink {
        thing,
        other,
        number: number.to_owned(),
        amount,
        upon,
    };
    match payment {
        None => {
            let paper = there(m.row.key.kind, &entry.id);
            vec![link(
                m.row.key.clone(),
                paper,
                &entry.number,
                entry.amount,
                None,
            )]
        }
        Some(p) if p.kind == PaymentKind::Payment => {
            let upon = m.link.as_ref().map(|l| l.other.clone());
            let thing = m.key(Kind::Payment, &p.id);
            vec![link(
                thing,
                there(Kind::Payment, &entry.id),
                "",
                entry.amount,
                upon,
            )]
        }
        // Our own note stands, and what a person entered is the payment on it.
        Some(p) if looked.paper.as_ref().is_some_and(|n| n.id != entry.id) => {
            let note = looked
                .paper
                .as_ref()
                .map(|n| there(Kind::CreditNote, &n.id));
            let thing = m.key(Kind::Payment, &p.id);
            let other = there(Kind::Payment, &entry.id);
            vec![link(thing, other, "", entry.amount, note)]
        }
        Some(p) => {
            let note = there(Kind::CreditNote, &entry.id);
            let thing = m.key(Kind::CreditNote, &p.id);
            let mut all = vec![link(thing, note.clone(), &entry.number, entry.amount, None)];
            let out = looked.paper.as_ref().and_then(|n| n.payments.first());
            all.extend(out.map(|out| {
                let thing = m.key(Kind::Payment, &p.id);
                link(
                    thing,
                    there(Kind::Payment, &out.id),
                    "",
                    out.amount,
                    Some(note),
                )
            }));
            all
        }
    }
}

/// Takes back that something was settled by hand.
///
/// # Errors
/// There is no such word, or a run has the flow.
pub async fn unsettle(
    engine: &Engine,
    loaded: &Loaded,
    ask: WordAsk<'_>,
) -> Result<SettleAnswer, NotDone> {
    let m = meant(engine, loaded, ("unsettle", ask)).await?;
    let of = match ask.payment {
        Some(id) => m.key(Kind::Payment, id),
        None => m.row.key.clone(),
    };
    if let Some(entry) = note_beside(engine, loaded, &m, ask).await? {
        let line = EntryTold::from(&entry).line();
        return Err(NotDone::attention(
            format!(
                "{line} still stands, and is of another sum than the refund by now: ours would be made beside it"
            ),
            format!(
                "take it out in the ledger by hand, then `{}`; where it is another's, `{} --unseen` first",
                command(&m, ask, "unsettle"),
                command(&m, ask, "settle")
            ),
        ));
    }
    let (store, key, of) = (engine.store(), &m.row.key, &of);
    let words = store.words(&m.tenant, key).await?;
    // What is to stay as it was posted beside a document that was made anew.
    let resent = |id: &str| words.of_payment(id, WordKind::Resend).is_some();
    let kind = match ask.payment.is_some_and(resent) {
        true => WordKind::Resend,
        false => WordKind::Settled,
    };
    let by = (ask.actor, ask.why, engine.now());
    let done = engine.in_flow(&m.tenant, |lease| async move {
        store.unsay(&lease, key, of, kind, by).await
    });
    match done.await?? {
        Said::Kept => Ok(answer(&m, ask, "unsettled", Vec::new())),
        _ => {
            let what = match ask.payment {
                Some(id) => format!("payment {id} of {} was not settled by hand", ask.number),
                None => format!("{} was not settled by hand", ask.number),
            };
            Err(NotDone::attention(what, "nothing is to be done"))
        }
    }
}

/// The note that a refund was settled with, where it stands and where nothing else would ask of it: by its sum it is not the
/// refund that the source has now.
async fn note_beside(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    ask: WordAsk<'_>,
) -> Result<Option<LedgerEntry>, NotDone> {
    let named = |id: &str| m.invoice.payments.iter().find(|p| p.id == *id);
    let refund = ask.payment.and_then(named);
    let Some(refund) = refund.filter(|p| p.kind == PaymentKind::Refund && p.settled) else {
        return Ok(None);
    };
    let words = engine.store().words(&m.tenant, &m.row.key).await?;
    let word = words.payments.get(&refund.id);
    let entry = word
        .and_then(|w| w.beneath(WordKind::Settled))
        .and_then(|w| w.entry.as_ref());
    let Some(entry) = entry.filter(|e| e.amount != refund.amount) else {
        return Ok(None);
    };
    let note = by_id(engine, loaded, Kind::CreditNote, &entry.id).await?;
    Ok(note
        .filter(|n| !n.standing.is_over())
        .map(|n| paper_entry(&n)))
}
