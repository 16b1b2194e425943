//! A trial of a source: what the contract of sources asks of it, looked at with the real system or a sandbox.
//!
//! Flows in: a tenant whose source is tried. Flows out: a [`Trial`]: each promise, whether it holds, and what was seen. Nothing is
//! kept and nothing is written anywhere. Refused: nothing; a system that cannot be reached is told as any other call.
//! Bounded by [`MOST`] records.

use super::engine::Engine;
use super::not_done::NotDone;
use super::workspace::Loaded;
use crate::connectors::{Ask, BadRecord, Cursor, Page, Reads, Session};
use crate::model::{AskKind, Document, Kind, Record, Start};
use std::collections::BTreeMap;

/// Records after which a walk is broken off.
const MOST: usize = 5_000;

/// One promise of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialCheck {
    /// What must hold.
    pub what: &'static str,
    /// Whether it does.
    pub holds: bool,
    /// What was seen.
    pub seen: String,
}

/// How a trial ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The system's word.
    pub system: String,
    /// Records that were read.
    pub records: usize,
    /// What could not be read.
    pub bad: Vec<BadRecord>,
    /// The promises.
    pub checks: Vec<TrialCheck>,
}

impl Trial {
    /// Whether every promise holds, and everything could be read.
    pub fn is_good(&self) -> bool {
        self.bad.is_empty() && self.checks.iter().all(|c| c.holds)
    }
}

/// What a walk brought.
struct Walked {
    all: Page,
    ended: bool,
}

async fn walk(
    reads: &dyn Reads,
    session: &Session,
    mut cursor: Option<Cursor>,
) -> Result<Walked, NotDone> {
    let mut all = Page::default();
    loop {
        let ask = Ask::Changed {
            kind: Kind::Invoice,
            cursor,
            since: None,
            start: Start::Beginning,
        };
        let page = reads.read(session, &ask).await?;
        all.records.extend(page.records);
        all.bad.extend(page.bad);
        all.cursor = page.cursor;
        if !page.more || all.records.len() >= MOST {
            let ended = !page.more;
            return Ok(Walked { all, ended });
        }
        cursor = Some(all.cursor.clone());
    }
}

async fn typed(reads: &dyn Reads, session: &Session, text: &str) -> Result<Page, NotDone> {
    let ask = Ask::Typed {
        kind: Kind::Invoice,
        text: text.to_owned(),
    };
    Ok(reads.read(session, &ask).await?)
}

/// What stands on the records that were read: a list that is named wrongly reads as an empty one.
fn parts_of(records: &[Record]) -> String {
    let read = records.iter().filter_map(|r| match &r.document {
        Document::Invoice(i) => Some((i.lines.len(), i.payments.len())),
        _ => None,
    });
    let (lines, payments) = read.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    format!("{lines} lines, {payments} payments")
}

/// Tries the source of a tenant.
///
/// # Errors
/// It cannot be reached, or does not answer what can be read.
pub async fn trial(engine: &Engine, loaded: &Loaded) -> Result<Trial, NotDone> {
    let (source, session) = engine.source(loaded)?;
    let reads = source.reads;
    let first = walk(reads, &session, None).await?;
    let mut checks = Vec::new();
    let mut tell = |what, holds, seen: String| checks.push(TrialCheck { what, holds, seen });
    let records = &first.all.records;
    let seen = match first.ended {
        true => format!("{} records", records.len()),
        false => format!("broken off after {} records", records.len()),
    };
    tell("the pages end", true, seen);
    tell("what was read of them", true, parts_of(records));
    let again = records.iter().filter(|r| {
        let read = reads.read_again(&session.settings, &r.raw);
        read.as_ref() != Ok(&r.document)
    });
    let again = again.count();
    let seen = format!("{again} of {} read otherwise", records.len());
    tell("a kept record reads as it was read", again == 0, seen);
    let before: BTreeMap<_, _> = records.iter().map(|r| (&r.id, r.version())).collect();
    let later = walk(reads, &session, Some(first.all.cursor.clone())).await?;
    let other = later
        .all
        .records
        .iter()
        .filter(|r| before.get(&r.id).is_some_and(|v| *v != r.version()));
    let other = other.count();
    let seen = format!(
        "{} came again, {other} of them changed",
        later.all.records.len()
    );
    tell("what comes again has not changed", other == 0, seen);
    if let Some(one) = records.first() {
        for (what, text) in [
            ("a record is found by its number", one.number.clone()),
            ("a record is found by its id", one.id.0.clone()),
        ] {
            let page = typed(reads, &session, &text).await?;
            let found = page.records.iter().any(|r| r.id == one.id);
            tell(what, found, text);
        }
        if source.facts.reads.answers(Kind::Invoice, AskKind::Gone) {
            let (kind, ids) = (Kind::Invoice, vec![one.id.0.clone()]);
            let page = reads.read(&session, &Ask::Gone { kind, ids }).await?;
            let kept = page.gone.is_empty();
            tell(
                "what is there is not taken for deleted",
                kept,
                one.id.0.clone(),
            );
        }
        let nobody = "crossfoot-no-such-number";
        let page = typed(reads, &session, nobody).await?;
        let none = page.records.is_empty();
        tell(
            "a number that is not there finds nothing",
            none,
            nobody.to_owned(),
        );
    }
    Ok(Trial {
        system: source.facts.system.to_owned(),
        records: records.len(),
        bad: first.all.bad,
        checks,
    })
}
