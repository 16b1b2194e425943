//! A trial of writing: what the contract of ledgers asks of a described system, looked at with the real system or a sandbox. It makes
//! a contact, an invoice and a payment there, sends each request twice where that is promised to be harmless, finds them by their
//! stamps alone, reads them back, changes them, and takes away again what the description says how to.
//!
//! Flows in: a tenant of whose ends one is the system. Flows out: a [`WriteTrial`]: each promise, whether it holds, and what was seen;
//! when all hold, that is kept, and writes go. Refused: a system that writes payments alone, without the document that a payment of
//! one is put to. Nothing goes into the journal: what is made carries stamps of no document.

use super::connections::CURRENCY;
use super::engine::Engine;
use super::not_done::NotDone;
use super::trial::TrialCheck;
use super::trial_drafts::TrialDrafts;
use super::trial_words::{finding, making, named, repeating};
use super::workspace::Loaded;
use crate::connectors::{
    Ask, Outcome, Page, Posted, Reads, RefusalClass, Session, System, Write, Writes,
};
use crate::model::{Document, Draft, Kind, LedgerInvoice, Op, Record, WriteFacts};

/// How a trial of writing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteTrial {
    /// The system's word.
    pub system: String,
    /// The promises.
    pub checks: Vec<TrialCheck>,
    /// What was made there and is there still, for people.
    pub left: Vec<String>,
}

impl WriteTrial {
    /// Whether every promise holds.
    pub fn is_good(&self) -> bool {
        self.checks.iter().all(|c| c.holds)
    }
}

/// Tries the writing of the described system at one end of a tenant.
///
/// # Errors
/// None of its ends is a described system that is written to; it cannot be reached.
pub async fn trial_writes(
    engine: &Engine,
    loaded: &Loaded,
    on: Option<&str>,
) -> Result<WriteTrial, NotDone> {
    let (system, session) = end(engine, loaded)?;
    let facts = system.facts();
    let (Some(writes), Some(reads), Some(writer)) =
        (facts.writes.as_ref(), system.ledger(), system.writer())
    else {
        return Err(no_writer(loaded));
    };
    if session.settings.get(CURRENCY, "").is_empty() {
        return Err(NotDone::wrong(
            format!("the currency of the books of {} is not known", facts.title),
            format!(
                "set `currency` on the connection `{}` in connections.yaml: `currency: AUD`",
                session.connection
            ),
        ));
    }
    let chart = reads.chart(&session).await?;
    let drafts = TrialDrafts::new(engine, &chart, writes);
    let mut trial = Trying {
        facts: writes,
        reads,
        writer,
        session: &session,
        checks: Vec::new(),
        made: Vec::new(),
        requests: 0,
        seed: drafts.name.clone(),
    };
    trial.all(&drafts, on).await?;
    let left = trial.take_away().await?;
    let done = WriteTrial {
        system: facts.system.to_string(),
        checks: trial.checks,
        left,
    };
    if done.is_good() {
        engine.keep_tried(&done.system).await?;
    }
    Ok(done)
}

fn no_writer(loaded: &Loaded) -> NotDone {
    let tenant = &loaded.mapping.tenant;
    NotDone::wrong(
        format!("at neither end of {tenant} stands a described system that is written to"),
        "try a tenant that names one under `to:`, or under `from:` where it takes payments; how writing is described says docs/connectors.md",
    )
}

/// The end of a tenant that is described and written to.
fn end<'a>(engine: &'a Engine, loaded: &Loaded) -> Result<(&'a dyn System, Session), NotDone> {
    for end in [&loaded.mapping.to.value, &loaded.mapping.from.value] {
        let system = engine.systems.get(&end.system);
        let described = |s: &&dyn System| s.description().is_some() && s.facts().writes.is_some();
        if let Some(system) = system.filter(described) {
            let session = engine.session(&loaded.mapping.tenant, &end.connection)?;
            return Ok((system, session));
        }
    }
    Err(no_writer(loaded))
}

/// A trial that is under way.
pub(super) struct Trying<'a> {
    pub facts: &'a WriteFacts,
    pub reads: &'a dyn Reads,
    pub writer: &'a dyn Writes,
    pub session: &'a Session,
    pub checks: Vec<TrialCheck>,
    /// What was made, with its id and how it is called.
    pub made: Vec<(Write, String, String)>,
    pub requests: usize,
    pub seed: String,
}

impl Trying<'_> {
    pub(super) fn tell(&mut self, what: &'static str, holds: bool, seen: String) {
        self.checks.push(TrialCheck { what, holds, seen });
    }

    async fn all(&mut self, drafts: &TrialDrafts, on: Option<&str>) -> Result<(), NotDone> {
        let mut paper = None;
        if self.facts.does(Kind::Invoice, Op::Create) {
            let Some(contact) = self.make(&drafts.contact()).await? else {
                return Ok(());
            };
            self.contact(drafts, &contact).await?;
            let write = drafts.invoice(&contact);
            let Some(invoice) = self.make(&write).await? else {
                return Ok(());
            };
            self.invoice(&write, &invoice).await?;
            paper = Some(invoice.id);
        } else if self.facts.does(Kind::Payment, Op::Create) {
            paper = Some(self.paper_of(on).await?);
        }
        let pays = self.facts.does(Kind::Payment, Op::Create);
        if let Some(paper) = paper.filter(|_| pays) {
            self.payment(&drafts.payment(&paper), &paper).await?;
        }
        Ok(())
    }

    /// The document that a payment is put to, where none is made here.
    async fn paper_of(&self, on: Option<&str>) -> Result<String, NotDone> {
        let Some(number) = on else {
            return Err(NotDone::wrong(
                "payments alone are written to this system: the trial needs a document to put one of 1.00 to",
                "name an unpaid document of a test account: `--on NUMBER`",
            ));
        };
        let mut cursor = None;
        loop {
            let ask = Ask::Changed {
                kind: Kind::Invoice,
                cursor,
                since: None,
                start: crate::model::Start::Beginning,
            };
            let page = self.reads.read(self.session, &ask).await?;
            let found = page.records.iter().find(|r| r.number == number);
            if let Some(found) = found {
                return Ok(found.id.0.clone());
            }
            if !page.more {
                let what = format!("there is no document {number} there");
                return Err(NotDone::wrong(
                    what,
                    "name one that is there: `--on NUMBER`",
                ));
            }
            cursor = Some(page.cursor);
        }
    }

    pub(super) fn key(&mut self) -> String {
        self.requests += 1;
        let whole = format!("trial-{}-{:0>24}", self.seed, self.requests);
        whole.chars().take(self.facts.promise.key_chars()).collect()
    }

    /// Makes one, and once more where that is promised to be harmless. Nothing where it was refused, which is told.
    async fn make(&mut self, write: &Write) -> Result<Option<Posted>, NotDone> {
        let kind = write.draft.kind();
        let encoded = self.writer.encode(std::slice::from_ref(write));
        let encoded = encoded.map_err(|why| {
            NotDone::wrong(
                format!("a {kind} cannot be said: {why}"),
                "correct the description",
            )
        })?;
        let key = self.key();
        let first = self.writer.post(self.session, &encoded, &key).await?;
        let made = match first.into_iter().next() {
            Some(Outcome::Made(made)) => made,
            Some(Outcome::Refused(why)) => {
                self.tell(making(kind), false, why.what);
                return Ok(None);
            }
            None => return Ok(None),
        };
        let name = format!("{kind} {}", named(write, &made.id));
        self.made
            .push((write.clone(), made.id.clone(), name.clone()));
        self.tell(making(kind), true, name);
        if self.writer.repeats(kind) {
            let again = self.writer.post(self.session, &encoded, &key).await;
            let (holds, seen) = match again.as_ref().map(|all| all.first()) {
                Ok(Some(Outcome::Made(again))) => {
                    (again.id == made.id, format!("{} and {}", made.id, again.id))
                }
                Ok(Some(Outcome::Refused(why))) => {
                    (why.class == RefusalClass::Duplicate, why.what.clone())
                }
                Ok(None) => (false, "no answer".to_owned()),
                Err(e) => (false, e.to_string()),
            };
            self.tell(repeating(kind), holds, seen);
        }
        Ok(Some(made))
    }

    async fn read(&self, ask: &Ask) -> Result<Page, NotDone> {
        Ok(self.reads.read(self.session, ask).await?)
    }

    pub(super) async fn one(&self, kind: Kind, id: &str) -> Result<Option<Record>, NotDone> {
        let page = self.read(&Ask::id(kind, id)).await?;
        Ok(page.records.into_iter().next())
    }

    /// As after a lost answer: nothing is known of it but its stamp.
    async fn found(&mut self, write: &Write, id: &str) -> Result<(), NotDone> {
        let kind = write.draft.kind();
        let ask = Ask::Marks {
            kind,
            marks: vec![write.marker.clone()],
            since: Some(self.session.clock.now()),
        };
        let page = self.read(&ask).await?;
        let ids: Vec<&str> = page.records.iter().map(|r| r.id.0.as_str()).collect();
        let holds = ids == [id];
        let seen = match ids.as_slice() {
            [] => "none is found".to_owned(),
            all => all.join(", "),
        };
        self.tell(finding(kind), holds, seen);
        Ok(())
    }

    fn read_back(&mut self, kind: Kind, differs: Vec<String>) {
        let lost = self.writer.loses(kind);
        let told: Vec<String> = differs
            .into_iter()
            .filter(|d| !lost.iter().any(|l| d.starts_with(l.as_str())))
            .collect();
        let what = match kind {
            Kind::Contact => "a contact is read back as it was sent",
            Kind::Payment => "a payment is read back as it was sent",
            _ => "an invoice is read back as it was sent",
        };
        let seen = match told.is_empty() {
            true => "as sent".to_owned(),
            false => told.join("; "),
        };
        self.tell(what, told.is_empty(), seen);
    }

    async fn contact(&mut self, drafts: &TrialDrafts, made: &Posted) -> Result<(), NotDone> {
        let write = drafts.contact();
        self.found(&write, &made.id).await?;
        let found = self.one(Kind::Contact, &made.id).await?;
        let Some(Document::LedgerContact(c)) = found.map(|r| r.document) else {
            self.tell("a contact is found by its id", false, made.id.clone());
            return Ok(());
        };
        self.read_back(Kind::Contact, drafts.contact_differs(&c));
        if self.facts.does(Kind::Contact, Op::Change) {
            self.contact_changed(drafts, &made.id, &c).await?;
        }
        Ok(())
    }

    async fn invoice(&mut self, write: &Write, made: &Posted) -> Result<(), NotDone> {
        self.found(write, &made.id).await?;
        let Some(paper) = self.paper(&made.id).await? else {
            self.tell("an invoice is found by its id", false, made.id.clone());
            return Ok(());
        };
        self.read_back(Kind::Invoice, TrialDrafts::differs(write, &paper));
        if self.facts.does(Kind::Invoice, Op::Change) {
            let mut changed = write.clone();
            if let Draft::Invoice(d) = &mut changed.draft {
                d.due = d.due.and_then(|day| day.succ_opt());
            }
            let version = paper.version.clone();
            self.changed(changed, (&made.id, &version), &[]).await?;
        }
        Ok(())
    }

    async fn paper(&self, id: &str) -> Result<Option<LedgerInvoice>, NotDone> {
        let found = self.one(Kind::Invoice, id).await?;
        Ok(found.and_then(|r| match r.document {
            Document::Paper(paper) => Some(*paper),
            _ => None,
        }))
    }

    async fn payment(&mut self, write: &Write, paper: &str) -> Result<(), NotDone> {
        let Some(made) = self.make(write).await? else {
            return Ok(());
        };
        let on = self.paper(paper).await?;
        let all = on.map(|p| p.payments).unwrap_or_default();
        let ours = |p: &&crate::model::LedgerPayment| p.mark.as_deref() == Some(&write.marker);
        let mine: Vec<_> = all.iter().filter(ours).collect();
        let holds = matches!(mine.as_slice(), [one] if one.id == made.id);
        let seen = format!("{} on the document bear the stamp", mine.len());
        self.tell(finding(Kind::Payment), holds, seen);
        if let (Some(one), Draft::Payment(sent)) = (mine.first(), &write.draft) {
            let mut differs = Vec::new();
            if one.amount != sent.amount {
                differs.push(format!("amount: {} and not {}", one.amount, sent.amount));
            }
            if one.date != sent.date {
                differs.push(format!("date: {} and not {}", one.date, sent.date));
            }
            self.read_back(Kind::Payment, differs);
        }
        Ok(())
    }
}
