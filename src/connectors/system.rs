//! A system: its facts, and a reader and a writer where its facts claim them. Capabilities, not roles: what can be read
//! may be a source, and a ledger is one that can be read and written.

use super::auth::App;
use super::budget::Allowance;
use super::taken::{NotTaken, SignedHook, Taken};
use super::{Ask, BadRecord, CallError, Encoded, Outcome, Page, Session, Settings, Write};
use crate::model::{
    Chart, Document, Draft, Facts, Kind, Numbers, Op, ReadFacts, SettingKey, SourceFacts,
    TargetFacts,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};

/// One of several sets of books that whoever signed in may give access to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SetOfBooks {
    /// The system's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The file that describes a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description<'a> {
    /// Its name.
    pub file: &'a str,
    /// The hash of its text.
    pub print: &'a str,
    /// Whether the vendor publishes the API that it describes; else it is assumed.
    pub published: bool,
}

/// The setting that says which of several sets of books a connection is for.
pub const ORGANISATION: &str = "organisation";

/// The setting that says what that set of books is called.
pub const ORGANISATION_NAME: &str = "organisation_name";

/// The setting that says how long what people do in a ledger may go unseen while nothing is written.
pub const LOOK: &str = "look";

/// A system that documents are read from, written to, or both.
#[async_trait]
pub trait System: Send + Sync {
    /// What it can do. The contract suite checks that its halves can do this, and nothing more.
    fn facts(&self) -> &Facts;
    /// Its reading half; there exactly when its facts say what can be read.
    fn reader(&self) -> Option<&dyn Reads>;
    /// How it is read as a ledger: by the same half, unless its facts say that this is one of its own.
    fn ledger(&self) -> Option<&dyn Reads> {
        self.reader()
    }
    /// Its writing half; there exactly when its facts say what can be written.
    fn writer(&self) -> Option<&dyn Writes>;
    /// What its connections may say in the workspace's file, beside what every connection may say.
    fn settings(&self) -> &'static [SettingKey] {
        &[]
    }
    /// The file that describes it, where it is described and not written in Rust.
    fn description(&self) -> Option<Description<'_>> {
        None
    }
    /// What a connection must say before anything can be called, and does not: its settings are all that is looked at.
    fn lacks(&self, _: &Settings) -> Option<BadRecord> {
        None
    }
    /// What a look at what a connection leads to shows to be wrong with the connection's own words. No call goes out.
    async fn doubts(&self, _: &Settings) -> Vec<BadRecord> {
        Vec::new()
    }
    /// Keeps what was sent to a connection by who makes its documents, so that the next read finds it. `None` where nothing can be
    /// sent to it.
    async fn take(
        &self,
        _: &Settings,
        _: &[u8],
        _: DateTime<Utc>,
    ) -> Option<Result<Taken, NotTaken>> {
        None
    }
    /// The file into which is written what became of its documents, for whoever makes them to read; a path from the workspace's own
    /// folder. `None` where nobody asks for it.
    fn status_out<'s>(&self, _: &'s Settings) -> Option<&'s str> {
        None
    }
    /// How the system signs what it sends by itself, where it does: a hook, which only says that it is worth looking.
    fn signed_hook(&self) -> Option<SignedHook> {
        None
    }
    /// The header that the system wants to have sent back as it came, before it sends any hook.
    fn hook_echo(&self) -> Option<&'static str> {
        None
    }
    /// The OAuth client of a connection, where a person signs in and the settings name one.
    fn client(&self, _: &Settings, _: Option<SecretString>) -> Option<App> {
        None
    }
    /// The limits that a connection's calls count against; none where none is known.
    fn allowances(&self, _: &Session) -> Vec<Allowance> {
        Vec::new()
    }
    /// What must be agreed to besides, where a tenant's file wants a kind written that not everybody does.
    fn permissions(&self, _: Kind) -> &'static [&'static str] {
        &[]
    }
    /// Whether the credentials of a connection are good, and whose they are, in the system's own words; empty where
    /// it does not say.
    async fn whose(&self, _: &Session) -> Result<String, CallError> {
        Ok(String::new())
    }
    /// The set of books, by its id, that the address names to which a person was sent back from a sign-in; of those who let a
    /// person choose there.
    fn came_back(&self, _: &BTreeMap<String, String>) -> Option<String> {
        None
    }
    /// The sets of books that a connection that was just made may be for, where there can be several.
    async fn organisations(&self, _: &Session) -> Result<Vec<SetOfBooks>, CallError> {
        Ok(Vec::new())
    }
}

/// The reading half of a system.
#[async_trait]
pub trait Reads: Send + Sync {
    /// Answers one question, one page at a time where it is a list.
    ///
    /// A question that the facts do not claim is refused ([`CallError::Broken`]).
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError>;
    /// Reads the organisation, accounts, tax rates and items.
    async fn chart(&self, session: &Session) -> Result<Chart, CallError>;
    /// The names under which invoices may have fields of their own, where the system lists them: one that no invoice can
    /// have is a slip in a rule. One call.
    async fn invoice_fields(&self, _: &Session) -> Result<Option<BTreeSet<String>>, CallError> {
        Ok(None)
    }
    /// Reads a document again from a record's raw text, for replay. Pure.
    ///
    /// # Errors
    /// A sentence that says which field cannot be read.
    fn read_again(&self, settings: &Settings, raw: &serde_json::Value) -> Result<Document, String>;
    /// What of the settings decides by which id a document goes: with another word the same record may go by another
    /// one, and would be taken for a document that nobody has posted yet. Empty where the system's own ids count. Pure.
    fn identity(&self, _: &Settings) -> String {
        String::new()
    }
    /// What beside the settings decides how a record is read, in a form that differs when it does: the text of a
    /// description. Empty where only the program does.
    fn reading(&self) -> String {
        String::new()
    }
    /// What a payment on a document is called when the document is read as a sale, where that is another name than the writer was
    /// given for it; `{}` stands for that one. By it is known that what we entered ourselves is no news. Pure.
    fn payment_read_as(&self, _document: &str) -> String {
        "{}".to_owned()
    }
    /// From where a field of a document of a kind (`total`, `line[2].quantity`) is read, in the system's own names, where that is
    /// written down in a file: the path and the place.
    fn origin(&self, _: Kind, _: &str) -> Option<String> {
        None
    }
}

/// The writing half of a system.
#[async_trait]
pub trait Writes: Send + Sync {
    /// Makes the exact bytes of one request for writes of one kind: all creates, or one update. Pure.
    ///
    /// # Errors
    /// A sentence: what cannot be written in the vendor's format, or is not claimed by the facts.
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String>;
    /// Whether a write can be said in the vendor's format, whatever ids its contact and document will have. Pure: a
    /// decision asks it, so that a rehearsal tells what posting would.
    ///
    /// # Errors
    /// A sentence: what cannot be written.
    fn sayable(&self, write: &Write) -> Result<(), String>;
    /// Sends stored bytes under a key and reads what became of each element, in order.
    ///
    /// The bytes leave within 40 s of the call or not at all ([`CallError::NotSent`]), whatever they wait for:
    /// the caller has looked at the clock, and reckons with it.
    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError>;
    /// Whether a request for one of a kind that is sent twice under one key is said to make one: of a described system.
    fn repeats(&self, _: Kind) -> bool {
        false
    }
    /// Which fields of a kind come back otherwise than they were sent, as a description says.
    fn loses(&self, _: Kind) -> BTreeSet<String> {
        BTreeSet::new()
    }
    /// Makes the bytes of a request that takes away again what a write has made, by its id; `None` where nobody says how. Pure.
    ///
    /// # Errors
    /// A sentence: what cannot be written.
    fn removal(&self, _: &Write, _: &str) -> Result<Option<Encoded>, String> {
        Ok(None)
    }
    /// Sends such a request. Answers whether the system says that it is done.
    async fn remove(&self, _: &Session, _: &Encoded) -> Result<bool, CallError> {
        Ok(false)
    }
}

/// A system as documents come from it.
#[derive(Clone, Copy)]
pub struct SourceSide<'a> {
    /// What it can do.
    pub facts: SourceFacts<'a>,
    /// How it is read.
    pub reads: &'a dyn Reads,
}

impl<'a> SourceSide<'a> {
    /// This side of a system, where it has it.
    pub fn of(system: &'a dyn System) -> Option<Self> {
        Some(Self {
            facts: system.facts().source()?,
            reads: system.reader()?,
        })
    }
}

/// A system as documents go to it.
#[derive(Clone, Copy)]
pub struct TargetSide<'a> {
    /// What it can do.
    pub facts: TargetFacts<'a>,
    /// How it is read.
    pub reads: &'a dyn Reads,
    /// How it is written to.
    pub writes: &'a dyn Writes,
    /// Whether its writing has been tried as it is described today. What is not described is tried with the program.
    pub tried: bool,
}

impl<'a> TargetSide<'a> {
    /// This side of a system, where it has it.
    pub fn of(system: &'a dyn System) -> Option<Self> {
        Some(Self {
            facts: system.facts().target()?,
            reads: system.ledger()?,
            writes: system.writer()?,
            tried: true,
        })
    }
}

/// Whether a question is one that the facts claim.
///
/// # Errors
/// [`CallError::Broken`]: asked all the same, which is a fault of ours.
pub fn claimed(facts: &Facts, ask: &Ask) -> Result<(), CallError> {
    answered(facts, facts.reads.as_ref(), ask)
}

/// Whether a question is one that the facts claim of the system as a ledger.
///
/// # Errors
/// As [`claimed`].
pub fn claimed_of_ledger(facts: &Facts, ask: &Ask) -> Result<(), CallError> {
    answered(facts, facts.as_ledger(), ask)
}

fn answered(facts: &Facts, reads: Option<&ReadFacts>, ask: &Ask) -> Result<(), CallError> {
    let (kind, asks) = (ask.kind(), ask.asks());
    if reads.is_some_and(|r| r.answers(kind, asks)) {
        return Ok(());
    }
    let read = reads.is_some_and(|r| r.kinds.contains_key(&kind));
    let why = if read {
        format!(
            "{kind}s of {} are not asked for in this way ({asks:?})",
            facts.title
        )
    } else {
        format!("{kind}s are not read from {}", facts.title)
    };
    Err(CallError::Broken {
        system: facts.system.to_string(),
        why,
    })
}

/// Whether the facts claim that these can be written as one request.
///
/// # Errors
/// A sentence: what they do not claim.
pub fn writable(facts: &Facts, writes: &[Write]) -> Result<(), String> {
    let first = writes.first().ok_or("there is nothing to write")?;
    let kind = first.draft.kind();
    let title = &facts.title;
    let can = facts.writes.as_ref().and_then(|w| w.can(kind));
    let can = can.ok_or_else(|| format!("{kind}s are not written to {title}"))?;
    let op = match first.update {
        Some(_) => Op::Change,
        None => Op::Create,
    };
    if !can.ops.contains(&op) {
        let done = if op == Op::Change { "changed" } else { "made" };
        return Err(format!("{kind}s are not {done} in {title}"));
    }
    if writes.len() > can.batch {
        let n = writes.len();
        return Err(format!(
            "{n} documents in one request; {title} takes {}",
            can.batch
        ));
    }
    if writes.iter().any(|w| w.draft.kind() != kind) {
        return Err("one request holds one kind of document".to_owned());
    }
    if writes.len() > 1 && writes.iter().any(|w| w.update.is_some()) {
        return Err("an update goes alone".to_owned());
    }
    let version = first.update.as_ref().map(|u| u.version.as_str());
    if can.versioned && version == Some("") {
        return Err("a change names the version it is based on".to_owned());
    }
    if let Numbers::Ours { longest, charset } = &can.numbers {
        for write in writes {
            let Draft::Invoice(draft) = &write.draft else {
                continue;
            };
            if draft.number.chars().count() > *longest {
                return Err(format!("the number has more than {longest} characters"));
            }
            if !draft.number.chars().all(|c| charset.has(c)) {
                return Err("the number holds a character that is not taken".to_owned());
            }
        }
    }
    Ok(())
}
