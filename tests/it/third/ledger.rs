//! Quillbook, a ledger that nobody sells: its manual, and a state machine that is strict about it.
//!
//! Flows in: requests and questions, each with the time at which it comes. Flows out: answers, or silence. It was written
//! from the manual below and never from the connector. Bounded by what a test sends.
//!
//! # The manual
//! - **Things.** `contacts`, `invoices`, `credit-notes` and `payments`. Each has an `id`, an `edition` (a text that is
//!   another one after each change) and `mark`, a field of 21 characters for whoever makes it. Ids are counted for each
//!   kind of thing by itself: contact 3 and invoice 3 are two things.
//! - **Requests.** `POST /invoices` makes up to 10 things of one kind, `PUT /contacts/3` changes one. The body is
//!   `{"things": [...]}`; a field that is not listed here is refused, and so is its thing. Each is answered by itself.
//! - **Request ids.** A request carries an id of at most 30 characters. Sent a second time, it is answered as the first
//!   time, errors inside Quillbook included. With another body it is refused. For how long an id is known is not said.
//! - **Editions.** A change names the edition it was made from. If there is a newer one, nothing is done: `stale`. Fields
//!   that are not sent stay as they are.
//! - **Contacts.** `name` (at most 100 characters, no colon), unique among those in use; `given`, `family`, `email`,
//!   `phone`, `mobile`. They carry no number.
//! - **Papers.** `contact`, `date`, `due`, `currency`, `amounts` (`net`, `gross` or `bare`), `reference` (40 characters),
//!   `lines`. A paper's number is Quillbook's own: one that is sent is ignored. People may give it another, which need not
//!   be unique. There is no word for a status: a paper that is made is open.
//! - **Lines.** `item`, `text`, `quantity` (3 places), `price` (4 places), `rate`, and `id` where it is kept. A line names
//!   an item by its id; the item names the account, a line cannot.
//! - **Tax** is made once for each rate, on the sum of its lines, and rounded once, half a cent up. A line is rounded to
//!   cents before.
//! - **Changes** of an invoice are taken while nothing is paid on it. Credit notes are not changed.
//! - **Credit notes** are money paid back: they name `paid-from`, a bank account, and are settled by being made.
//! - **Payments** name `party` (the paper's contact), `invoice`, `account`, `date`, `amount`, `reference`. They are not
//!   changed, and not for more than is owed.
//! - **Lists** tell what changed, oldest first, 25 a page: after a revision, or since a time by Quillbook's own clock.

use super::papers::Rates;
use super::things::{Thing, edition_of};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// Characters of a mark.
pub const MARK: usize = 21;
/// Most things in a request.
pub const BATCH: usize = 10;
/// Characters of a request's id.
pub const KEY: usize = 30;
/// Characters of a contact's name.
pub const NAME: usize = 100;
/// Characters of a paper's reference.
pub const REFERENCE: usize = 40;

pub const CONTACTS: &str = "contacts";
pub const INVOICES: &str = "invoices";
pub const NOTES: &str = "credit-notes";
pub const PAYMENTS: &str = "payments";

/// Why a thing was not made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct No {
    pub code: &'static str,
    pub text: String,
}

/// A refusal.
pub fn no<T>(code: &'static str, text: impl Into<String>) -> Result<T, No> {
    let text = text.into();
    Err(No { code, text })
}

/// What became of each thing of a request.
pub type Answer = Vec<Result<Value, No>>;

/// A request that has no answer to its things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// Nobody heard anything.
    Lost,
    /// An error inside, which is kept for the request's id.
    Broken,
    /// The id came with another body before.
    Reused,
}

/// What befalls the next request of a kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is lost on its way.
    RequestLost,
    /// It is carried out, and the answer is lost on its way.
    AnswerLost,
    /// It breaks inside, and nothing is done.
    Broken,
    /// A person changes the thing just before it.
    Overtaken,
    /// It is under way for so many seconds, and nobody waits for the answer.
    Late(i64),
}

#[derive(Debug, Clone)]
struct Known {
    since: DateTime<Utc>,
    body: String,
    answer: Result<Answer, Silence>,
}

/// A request as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub key: String,
    pub path: String,
    pub body: String,
}

/// The books, and what is on its way to them.
pub struct Books {
    pub things: Vec<Thing>,
    pub rates: Rates,
    /// For how long an id of a request is known; nobody outside knows that.
    pub forgets: Option<Duration>,
    /// How far Quillbook's clock is ahead.
    pub skew: Duration,
    /// What will go wrong.
    pub troubles: VecDeque<(&'static str, Trouble)>,
    /// Whether the line goes dead with the next trouble.
    pub dies: bool,
    /// Whether the line is dead: nothing is heard, nothing leaves.
    pub dead: bool,
    /// Every request that arrived.
    pub arrived: Vec<Request>,
    known: BTreeMap<String, Known>,
    under_way: Vec<(DateTime<Utc>, Request)>,
    pub(super) now: DateTime<Utc>,
    pub(super) revisions: u64,
}

impl Books {
    /// Empty books with items, accounts and rates. Its clock goes a minute and a half ahead of the world's.
    pub fn new() -> Self {
        Self {
            things: Vec::new(),
            rates: Rates::new(),
            forgets: None,
            skew: Duration::seconds(90),
            troubles: VecDeque::new(),
            dies: false,
            dead: false,
            arrived: Vec::new(),
            known: BTreeMap::new(),
            under_way: Vec::new(),
            now: DateTime::UNIX_EPOCH,
            revisions: 0,
        }
    }

    /// Time goes by, and what was under way arrives.
    pub fn at(&mut self, now: DateTime<Utc>) {
        let due = |(at, _): &(DateTime<Utc>, Request)| *at <= now;
        let (arrive, later) = std::mem::take(&mut self.under_way)
            .into_iter()
            .partition(due);
        self.under_way = later;
        for (at, request) in arrive {
            self.now = at + self.skew;
            // Nobody waits for the answer.
            let _ = self.arrives(request, false);
        }
        self.now = now + self.skew;
    }

    /// A request.
    pub fn write(&mut self, now: DateTime<Utc>, request: Request) -> Result<Answer, Silence> {
        self.at(now);
        let next = self
            .troubles
            .iter()
            .position(|(noun, _)| noun_of(&request.path) == Some(noun));
        let trouble = next
            .and_then(|n| self.troubles.remove(n))
            .map(|(_, trouble)| trouble);
        self.dead |= self.dies && trouble.is_some();
        match trouble {
            Some(Trouble::RequestLost) => Err(Silence::Lost),
            Some(Trouble::Late(seconds)) => {
                self.under_way
                    .push((now + Duration::seconds(seconds), request));
                Err(Silence::Lost)
            }
            Some(Trouble::AnswerLost) => {
                let _ = self.arrives(request, false);
                Err(Silence::Lost)
            }
            Some(Trouble::Broken) => self.arrives(request, true),
            Some(Trouble::Overtaken) => {
                let (noun, id) =
                    (request.path.trim_start_matches('/').split_once('/')).unwrap_or_default();
                self.touch(noun, id, |_| {});
                self.arrives(request, false)
            }
            None => self.arrives(request, false),
        }
    }

    fn arrives(&mut self, request: Request, broken: bool) -> Result<Answer, Silence> {
        self.arrived.push(request.clone());
        let now = self.now;
        let lives = |k: &&Known| self.forgets.is_none_or(|life| now - k.since < life);
        if let Some(known) = self.known.get(&request.key).filter(lives) {
            if known.body != request.body {
                return Err(Silence::Reused);
            }
            return known.answer.clone();
        }
        let answer = match broken {
            true => Err(Silence::Broken),
            false => Ok(self.carried_out(&request)),
        };
        let known = Known {
            since: now,
            body: request.body,
            answer: answer.clone(),
        };
        self.known.insert(request.key, known);
        answer
    }

    fn carried_out(&mut self, request: &Request) -> Answer {
        let all: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let things = all["things"].as_array().cloned().unwrap_or_default();
        let Some(noun) = noun_of(&request.path) else {
            return vec![no(
                "not_found",
                format!("there is nothing at {}", request.path),
            )];
        };
        let id = request
            .path
            .trim_start_matches('/')
            .split_once('/')
            .map(|(_, id)| id.to_owned());
        if things.is_empty() || things.len() > BATCH || request.key.len() > KEY {
            return vec![
                no(
                    "malformed",
                    "1 to 10 things, and an id of at most 30 characters"
                );
                things.len().max(1)
            ];
        }
        let each = things.iter().map(|thing| match &id {
            None => self.make(noun, thing),
            Some(id) => self.change(noun, id, thing),
        });
        each.collect()
    }

    fn make(&mut self, noun: &'static str, said: &Value) -> Result<Value, No> {
        match noun {
            CONTACTS => self.contact_fits("", said)?,
            PAYMENTS => self.payment_fits(said)?,
            _ => self.paper_fits(noun, said)?,
        }
        let mut said = said.clone();
        if let Some(fields) = said.as_object_mut() {
            fields.remove("number");
        }
        Ok(self.put(noun, said))
    }

    fn change(&mut self, noun: &'static str, id: &str, said: &Value) -> Result<Value, No> {
        let Some(was) = self.find(noun, id).cloned() else {
            return no("not_found", format!("there is no {noun} {id}"));
        };
        if !matches!(noun, CONTACTS | INVOICES) {
            return no("not_changed", format!("{noun} are not changed"));
        }
        let mut fields = said.as_object().cloned().unwrap_or_default();
        let edition = fields.remove("edition").unwrap_or_default();
        if edition != json!(edition_of(&was)) {
            return no(
                "stale",
                format!("its edition is {} and not {edition}", edition_of(&was)),
            );
        }
        let mut whole = was.said.clone();
        for (name, value) in &fields {
            whole[name] = value.clone();
        }
        match noun {
            CONTACTS => self.contact_fits(id, &whole)?,
            _ => {
                self.may_change(&was)?;
                self.paper_fits(noun, &whole)?;
            }
        }
        self.numbered_lines(&mut whole);
        Ok(self.touch(noun, id, |t| t.said = whole))
    }

    fn contact_fits(&self, id: &str, said: &Value) -> Result<(), No> {
        let fields = [
            "mark", "name", "given", "family", "email", "phone", "mobile", "archived",
        ];
        only(said, &fields)?;
        let name = said["name"].as_str().unwrap_or_default();
        if name.trim().is_empty() || name.chars().count() > NAME || name.contains(':') {
            return no("bad_name", "a name has 1 to 100 characters and no colon");
        }
        let same = |t: &&Thing| {
            t.noun == CONTACTS
                && t.id != id
                && t.text("name") == name
                && t.said["archived"] != json!(true)
        };
        match self.things.iter().find(same) {
            Some(other) => no(
                "name_taken",
                format!("contact {} is called {name}", other.id),
            ),
            None => Ok(()),
        }
    }
}

/// The kind of thing that a path names.
fn noun_of(path: &str) -> Option<&'static str> {
    let first = path.trim_start_matches('/').split('/').next();
    [CONTACTS, INVOICES, NOTES, PAYMENTS]
        .into_iter()
        .find(|n| Some(*n) == first)
}

/// Refuses fields that are not listed, and a mark that has no room.
pub fn only(said: &Value, listed: &[&str]) -> Result<(), No> {
    let Some(fields) = said.as_object() else {
        return no("malformed", "a thing is a group of fields");
    };
    if let Some(name) = fields.keys().find(|k| !listed.contains(&k.as_str())) {
        return no("unknown_field", format!("there is no field `{name}`"));
    }
    let mark = said["mark"].as_str().unwrap_or_default();
    if mark.chars().count() > MARK {
        return no(
            "mark_too_long",
            format!("a mark has at most {MARK} characters"),
        );
    }
    Ok(())
}
