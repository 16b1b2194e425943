//! Which entry of the ledger a person means: the one they name, or the only one of the same sum.
//!
//! Flows in: what the ledger shows. Flows out: one entry, or why none can be taken: there is none, or there are several.

use super::seen::{Meant, by_id, paper_entry, payment_entry};
use super::settle_ask::WordAsk;
use crate::model::codes;
use crate::model::{DriftKind, Key, Kind, LedgerEntry, Link, PaymentKind, Reason, SourceId, money};
use crate::pipeline::ports::{Documents as _, Written as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// An entry of the ledger, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryTold {
    /// The ledger's id.
    pub id: String,
    /// Its number or reference; may be empty.
    pub number: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// What it comes to.
    pub amount: Decimal,
    /// Its account; empty where the ledger did not say.
    pub account: String,
}

impl From<&LedgerEntry> for EntryTold {
    fn from(e: &LedgerEntry) -> Self {
        Self {
            id: e.id.clone(),
            number: e.number.clone(),
            date: e.date,
            amount: e.amount,
            account: e.account.clone(),
        }
    }
}

impl EntryTold {
    /// It in one line.
    pub fn line(&self) -> String {
        let day = self.date.map_or_else(String::new, |d| format!(" of {d}"));
        let number = match self.number.as_str() {
            "" => String::new(),
            number => format!(" {number}"),
        };
        let account = match self.account.as_str() {
            "" => String::new(),
            account => format!(" on account {account}"),
        };
        let id = &self.id;
        format!(
            "the entry{number} of {}{day}{account} ({id})",
            money::show(self.amount)
        )
    }
}

/// The one entry that is meant.
pub(super) async fn chosen(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    ask: WordAsk<'_>,
    found: Vec<LedgerEntry>,
) -> Result<Option<LedgerEntry>, NotDone> {
    if ask.unseen {
        return Ok(None);
    }
    if let Some(name) = ask.entry {
        let named = found.into_iter().find(|e| e.id == name || e.number == name);
        let entry = match named {
            Some(entry) => entry,
            None => by_its_id(engine, loaded, m, ask, name).await?,
        };
        return match in_currency(m, &entry) {
            true => Ok(Some(entry)),
            false => Err(other_currency(m, ask, &entry)),
        };
    }
    // What people made of our own paper is what there is to be settled with.
    let own = m
        .paper
        .as_ref()
        .filter(|_| ask.payment.is_none() && is_otherwise(m));
    if let Some(own) = own.filter(|p| !p.standing.is_over()) {
        return Ok(Some(paper_entry(own)));
    }
    let payment = ask.payment.map(|id| m.payment(id)).transpose()?;
    // The same of a payment of ours that people gave another sum.
    let there = payment.and_then(|p| m.resummed(&p.id));
    let amount = there.or(payment.map(|p| p.amount)).or(m.row.total);
    let day = payment.map_or(m.invoice.date, |p| p.date);
    let mut like: Vec<LedgerEntry> = found
        .iter()
        .filter(|e| Some(e.amount) == amount && in_currency(m, e))
        .cloned()
        .collect();
    // Of papers that come to the same, the one under the document's own number is meant.
    if ask.payment.is_none() && like.iter().any(|e| e.number == m.row.number) {
        like.retain(|e| e.number == m.row.number);
    }
    if like.len() > 1 {
        let exact: Vec<_> = like
            .iter()
            .filter(|e| e.date == Some(day))
            .cloned()
            .collect();
        if exact.len() == 1 {
            like = exact;
        }
    }
    match like.as_slice() {
        [one] => Ok(Some(one.clone())),
        [] => Err(none_like(m, ask, amount, &found)),
        several => {
            let all: Vec<String> = several.iter().map(|e| EntryTold::from(e).line()).collect();
            Err(NotDone::attention(
                format!("several entries may be meant: {}", all.join("; ")),
                format!("say which: `{} --as ID`", command(m, ask, "settle")),
            ))
        }
    }
}

/// Whether it was told that the ledger made another sum of it than was sent.
fn came_otherwise(m: &Meant) -> bool {
    let told = |r: &Reason| r.is(codes::POSTED_TOTAL_DIFFERS);
    m.row.reason.as_ref().is_some_and(told)
}

/// What its speaker was told of both sums, where a document is settled with our own paper that comes to another. What people made
/// of the sum since was not told: it is a change that is told first.
pub(super) fn told_both(m: &Meant, entry: &LedgerEntry) -> Vec<String> {
    // The link keeps the sum that the ledger made of it, which is the one that was told.
    let as_told = |l: &Link| l.other.id.0 == entry.id && l.amount == entry.amount;
    let told = m.link.as_ref().is_some_and(as_told) && came_otherwise(m);
    (told
        .then(|| DriftKind::Total.sign(&entry.id, entry.amount))
        .into_iter())
    .collect()
}

/// Whether what the ledger has of a posted document is what there is to be settled with: people, or it itself, made another sum of it.
pub(super) fn is_otherwise(m: &Meant) -> bool {
    m.drifted() || came_otherwise(m)
}

/// Whether an entry is in the document's own currency: of two sums that are alike only the figures may be.
fn in_currency(m: &Meant, entry: &LedgerEntry) -> bool {
    entry.currency.is_empty() || entry.currency == m.invoice.currency.code()
}

fn other_currency(m: &Meant, ask: WordAsk<'_>, entry: &LedgerEntry) -> NotDone {
    let (is, own) = (&entry.currency, m.invoice.currency);
    let (number, line) = (&m.row.number, EntryTold::from(entry).line());
    NotDone::attention(
        format!("{line} is in {is}, and {number} in {own}: it is not the same one"),
        format!(
            "name another with `--as ID`; where it was entered where Crossfoot does not see it, `{} --unseen`",
            command(m, ask, "settle")
        ),
    )
}

/// An entry that other payments of the document were settled with, and that comes to more than those: people enter in one
/// what came in by several.
async fn shared(
    engine: &Engine,
    m: &Meant,
    ask: WordAsk<'_>,
    id: &str,
) -> Result<Option<LedgerEntry>, NotDone> {
    let (Some(paper), Some(payment)) = (&m.paper, ask.payment) else {
        return Ok(None);
    };
    let words = engine.store().words(&m.tenant, &m.row.key).await?;
    let others = || words.settled_with(id).filter(|(of, _)| *of != payment);
    let there = paper.payments.iter().find(|p| p.id == id);
    let Some(there) = there.filter(|_| others().next().is_some()) else {
        return Ok(None);
    };
    let taken: Decimal = others().map(|(_, w)| w.amount).sum();
    if taken + m.payment(payment)?.amount <= there.amount {
        return Ok(Some(payment_entry(there, paper)));
    }
    let all: Vec<String> = others()
        .map(|(of, w)| format!("{of} of {}", money::show(w.amount)))
        .collect();
    Err(NotDone::attention(
        format!(
            "the entry of {} stands for {} already, and not for {} more",
            money::show(there.amount),
            all.join(", "),
            money::show(m.payment(payment)?.amount)
        ),
        format!(
            "name another entry: `{} --as ID`",
            command(m, ask, "settle")
        ),
    ))
}

/// The command once more, as it was given.
pub(super) fn command(m: &Meant, ask: WordAsk<'_>, verb: &str) -> String {
    ask.command(verb, &m.tenant, &m.row.name())
}

fn none_like(
    m: &Meant,
    ask: WordAsk<'_>,
    amount: Option<Decimal>,
    found: &[LedgerEntry],
) -> NotDone {
    let sum = amount.map_or_else(String::new, |a| format!(" of {}", money::show(a)));
    let there = match found {
        [] => String::new(),
        some => {
            let all: Vec<String> = some.iter().map(|e| EntryTold::from(e).line()).collect();
            format!("; what is there: {}", all.join("; "))
        }
    };
    NotDone::attention(
        format!("the ledger shows no entry{sum} that could be meant{there}"),
        format!(
            "where it was entered where Crossfoot does not see it, `{0} --unseen`; an entry of another amount is named with `{0} --as ID`",
            command(m, ask, "settle")
        ),
    )
}

/// A paper that none of the looks shows, by the ledger's own id.
async fn by_its_id(
    engine: &Engine,
    loaded: &Loaded,
    m: &Meant,
    ask: WordAsk<'_>,
    id: &str,
) -> Result<LedgerEntry, NotDone> {
    if let Some(entry) = shared(engine, m, ask, id).await? {
        return Ok(entry);
    }
    let kind = match ask.payment.map(|p| m.payment(p)).transpose()? {
        Some(p) if p.kind == PaymentKind::Payment => None,
        Some(_) => Some(Kind::CreditNote),
        None => Some(m.row.key.kind),
    };
    let found = match kind {
        Some(kind) => by_id(engine, loaded, kind, id).await?,
        None => None,
    };
    let free = match (&found, kind) {
        (Some(paper), Some(kind)) => {
            let other = Key::new(&m.ledger, kind, &SourceId(paper.id.clone()));
            engine.store().links_to(&m.tenant, &other).await?.is_empty()
        }
        _ => false,
    };
    match found.filter(|p| free && !p.standing.is_over()) {
        Some(paper) => Ok(paper_entry(&paper)),
        None => Err(NotDone::wrong(
            format!(
                "the ledger shows no entry {id} that could be meant, or it stands for something else already"
            ),
            format!("`{}` shows what could be meant", command(m, ask, "settle")),
        )),
    }
}
