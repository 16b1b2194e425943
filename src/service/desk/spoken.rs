//! A person's word on a document, or on one payment of it, as it is kept and as it is answered.
//!
//! Flows in: what was meant and what was seen. Flows out: the word in the store, in one transaction with its audit row; a
//! [`SettleAnswer`]. Refuses while a write of the very thing is in doubt, and where a word that stands bars it.

use super::chosen::{EntryTold, command};
use super::runs::RunAnswer;
use super::seen::Meant;
use super::settle_ask::{WordAsk, what};
use crate::model::cure::quoted;
use crate::model::{Kind, LedgerEntry, Payment, PersonsWord, TenantId, WordKind};
use crate::pipeline::compare::{said_of, source_hash};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::store::{PersonsLink, Said};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What came of a person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SettleAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The document's number.
    pub number: String,
    /// The payment, where it was about one.
    pub payment: Option<String>,
    /// `settled`, `unsettled`, `send` or `skip`.
    pub word: String,
    /// The entry of the ledger it was settled with, or of each that was shown and called another one.
    pub entries: Vec<EntryTold>,
    /// Where records stand that could not be read, and that are left out with this word until they are changed there.
    pub unread: Vec<String>,
    /// Why.
    pub why: String,
    /// The run that carried it out, where it was carried out at once.
    pub run: Option<RunAnswer>,
}

pub(super) fn word(
    engine: &Engine,
    m: &Meant,
    payment: Option<&Payment>,
    ask: WordAsk<'_>,
    kind: WordKind,
    entry: Option<LedgerEntry>,
    mut shown: Vec<String>,
) -> PersonsWord {
    let of = match payment {
        Some(p) => m.key(Kind::Payment, &p.id),
        None => {
            shown.push(source_hash(&m.invoice).0);
            m.row.key.clone()
        }
    };
    shown.extend(m.signs(&of));
    let source = match payment {
        Some(_) => BTreeMap::new(),
        None => said_of(&m.invoice),
    };
    // Of a document of which nobody says what it comes to, the word is about what it was settled with.
    let whole = || m.row.total.or(entry.as_ref().map(|e| e.amount));
    let amount = payment.map(|p| p.amount).or_else(whole).unwrap_or_default();
    PersonsWord {
        of,
        kind,
        entry,
        amount,
        shown,
        pays: payment.map(|p| p.kind),
        source,
        payments: payment
            .is_none()
            .then(|| m.invoice.payments.iter().map(|p| p.id.clone()).collect()),
        version: m.row.version.0.clone(),
        over: None,
        was: None,
        why: ask.why.to_owned(),
        actor: ask.actor.to_owned(),
        at: engine.now(),
    }
}

pub(super) async fn said(
    engine: &Engine,
    m: &Meant,
    ask: WordAsk<'_>,
    verb: &str,
    word: &PersonsWord,
    links: &[PersonsLink],
) -> Result<(), NotDone> {
    let (store, key) = (engine.store(), &m.row.key);
    let done = engine.in_flow(&m.tenant, |lease| async move {
        store.say(&lease, key, word, links).await
    });
    match done.await?? {
        Said::Kept => Ok(()),
        Said::Nothing => Err(NotDone::attention("there is no such word", "")),
        Said::First(stands) => Err(first(m, ask, stands)),
        Said::InDoubt(key) => {
            let fix = format!(
                "the next sync looks it up: `crossfoot sync {}`, then `{}`",
                m.tenant,
                command(m, ask, if verb == "settled" { "settle" } else { verb })
            );
            let what = format!("write {key} is in doubt: the ledger may have it");
            Err(NotDone::attention(what, fix).at(m.tenant.to_string()))
        }
    }
}

/// A word that stands bars this one: it is taken back first, and whoever does so sees what follows.
fn first(m: &Meant, ask: WordAsk<'_>, stands: WordKind) -> NotDone {
    let number = quoted(&m.row.name());
    let (is, fix) = match stands {
        WordKind::Skip => (
            "left out for good",
            format!("`crossfoot retry {} {number}` takes that back", m.tenant),
        ),
        _ => (
            "settled by hand",
            format!("`{}` takes that back", command(m, ask, "unsettle")),
        ),
    };
    NotDone::attention(format!("{} is {is}", what(ask)), fix)
}

pub(super) fn answer(
    m: &Meant,
    ask: WordAsk<'_>,
    word: &str,
    entries: Vec<EntryTold>,
) -> SettleAnswer {
    SettleAnswer {
        tenant: m.tenant.clone(),
        number: m.row.name(),
        payment: ask.payment.map(str::to_owned),
        word: word.to_owned(),
        entries,
        unread: Vec::new(),
        why: ask.why.to_owned(),
        run: None,
    }
}
