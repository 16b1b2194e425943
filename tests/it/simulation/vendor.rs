//! A model of a ledger, from the published promises of Xero's API and what is known to break them.
//!
//! Flows in: requests, which arrive late, twice or never. Flows out: answers, and its own books, which are
//! what the invariants are checked against. It keeps an Idempotency-Key six minutes from the first call,
//! errors included; the limit is checked before the key; invoice and contact numbers are unique (a switch),
//! payments are not. Bounded by nothing but the worker's requests.

use super::world::{Ms, S, World};
use std::collections::BTreeMap;

/// How long a key is kept from the first call, errors included.
pub const KEY_LIFE: Ms = 360 * S;
/// Between what times a key is forgotten by a vendor that does not say when: no sooner than its request can still come.
pub const OWN_LIFE: (Ms, Ms) = (600 * S, 7_200 * S);
/// The client's own deadline.
pub const DEADLINE: Ms = 60 * S;
/// The longest a request is on its way or at work.
pub const LONGEST: Ms = 130 * S;

/// What the client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// One line an element: `made <id> <version> <total>` or `no <class> <text>`.
    Elements(Vec<Element>),
    /// Error 500, kept for the key.
    Broken,
    /// A cut-off body.
    Cut,
    /// 429; nothing was done.
    TooMany(i64),
    /// 400: the key was used with a different request.
    OtherRequest,
}

/// What became of one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    Made {
        id: String,
        version: i64,
        cents: i64,
    },
    Taken,
    Stale,
    Rejected(&'static str),
}

/// How one request fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fate {
    pub lost: bool,
    pub answer_lost: bool,
    pub too_many: bool,
    pub fail_before: bool,
    pub fail_after: bool,
    pub cut: bool,
    pub short: bool,
}

#[derive(Debug, Clone)]
pub struct Contact {
    pub id: String,
    pub number: String,
    pub name: String,
}

#[derive(Debug, Clone)]
pub struct Invoice {
    pub id: String,
    pub number: String,
    /// The number it was sent with, by which the tests know it.
    pub called: String,
    pub reference: String,
    pub contact: String,
    pub cents: i64,
    pub day: String,
    pub version: i64,
    pub lines: usize,
    /// When it was last changed, by the ledger's clock.
    pub changed: Ms,
    /// Whether it is a person's paper of another type, which has numbers of its own.
    pub other_type: bool,
}

#[derive(Debug, Clone)]
pub struct Payment {
    pub id: String,
    pub document: String,
    pub reference: String,
    pub cents: i64,
    pub day: String,
}

#[derive(Debug, Clone)]
struct Request {
    number: u64,
    who: usize,
    key: String,
    body: String,
    fate: Fate,
    work: Ms,
}

#[derive(Debug, Clone)]
enum Event {
    Arrives(Request),
    Done(Request),
    Answers(u64, usize),
}

#[derive(Debug, Clone)]
struct Known {
    since: Ms,
    body: String,
    life: Ms,
    until: Ms,
    reply: Option<Reply>,
}

/// The ledger's books and what is on its way to it.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub contacts: Vec<Contact>,
    pub invoices: Vec<Invoice>,
    pub payments: Vec<Payment>,
    /// Whether numbers of invoices and contacts are unique.
    pub unique: bool,
    /// How long keys are kept; nothing for a vendor that promises none.
    pub key_life: Ms,
    /// Whether it numbers papers itself, gives contacts no number, wants the version of what is changed, and keeps each
    /// key for a time of which it says nothing.
    pub own: bool,
    /// How many times each stamp was put into effect.
    pub effects: BTreeMap<String, u32>,
    keys: BTreeMap<String, Known>,
    queue: BTreeMap<(Ms, u64), Event>,
    replies: BTreeMap<u64, Reply>,
    ids: u64,
    requests: u64,
    pub alarms: u32,
    /// Its own clock.
    pub now: Ms,
}

/// The stamp inside a reference.
pub fn stamp_of(reference: &str) -> Option<&str> {
    let rest = reference.split("[sync:").nth(1)?;
    rest.split(']').next()
}

impl Ledger {
    /// Empty books.
    pub fn new(unique: bool, key_life: Ms) -> Self {
        Self {
            unique,
            key_life,
            ..Self::default()
        }
    }

    /// Empty books of a vendor with numbers of its own.
    pub fn own() -> Self {
        Self {
            own: true,
            ..Self::new(false, OWN_LIFE.0)
        }
    }

    /// Empty books of a vendor with numbers of its own that knows no keys.
    pub fn keyless() -> Self {
        Self {
            own: true,
            ..Self::new(false, 0)
        }
    }

    pub fn next_at(&self) -> Option<Ms> {
        self.queue.keys().next().map(|(at, _)| *at)
    }

    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    fn put(&mut self, at: Ms, event: Event) {
        self.ids += 1;
        self.queue.insert((at, self.ids), event);
    }

    fn id(&mut self, prefix: &str) -> String {
        self.ids += 1;
        format!("{prefix}-{}", self.ids)
    }

    pub fn take_reply(&mut self, request: u64) -> Option<Reply> {
        self.replies.remove(&request)
    }

    fn element(&mut self, line: &str) -> Element {
        let f: Vec<&str> = line.split('\t').collect();
        match f.as_slice() {
            ["contact", number, name] => self.contact(number, name),
            ["invoice", number, reference, contact, cents, day, lines] => {
                self.invoice(number, reference, contact, cents, day, lines)
            }
            ["update", id, version, reference, cents, day, lines] => {
                let is = self.invoices.iter().find(|i| i.id == *id);
                if self.own && is.is_some_and(|i| i.version.to_string() != *version) {
                    return Element::Stale;
                }
                self.update(id, reference, cents, day, lines)
            }
            ["payment", document, reference, cents, day] => {
                self.payment(document, reference, cents, day)
            }
            _ => Element::Rejected("malformed"),
        }
    }

    fn took_effect(&mut self, reference: &str) {
        if let Some(stamp) = stamp_of(reference) {
            *self.effects.entry(stamp.to_owned()).or_default() += 1;
        }
    }

    fn contact(&mut self, number: &str, name: &str) -> Element {
        if self.unique && self.contacts.iter().any(|c| c.number == number) {
            return Element::Taken;
        }
        let id = self.id("c");
        *self.effects.entry(number.to_owned()).or_default() += 1;
        self.contacts.push(Contact {
            id: id.clone(),
            number: number.to_owned(),
            name: name.to_owned(),
        });
        Element::Made {
            id,
            version: 0,
            cents: 0,
        }
    }

    fn invoice(
        &mut self,
        number: &str,
        reference: &str,
        contact: &str,
        cents: &str,
        day: &str,
        lines: &str,
    ) -> Element {
        if !self.contacts.iter().any(|c| c.id == contact) {
            return Element::Rejected("no such contact");
        }
        let same = |i: &Invoice| i.number == number && !i.other_type;
        if self.unique && self.invoices.iter().any(same) {
            return Element::Taken;
        }
        let id = self.id("i");
        self.took_effect(reference);
        let cents = cents.parse().unwrap_or(0);
        let numbered = if self.own {
            format!("Q-{id}")
        } else {
            number.to_owned()
        };
        self.invoices.push(Invoice {
            id: id.clone(),
            number: numbered,
            called: number.to_owned(),
            reference: reference.to_owned(),
            contact: contact.to_owned(),
            cents,
            day: day.to_owned(),
            version: 1,
            lines: lines.parse().unwrap_or(0),
            changed: self.now,
            other_type: false,
        });
        Element::Made {
            id,
            version: 1,
            cents,
        }
    }

    fn update(
        &mut self,
        id: &str,
        reference: &str,
        cents: &str,
        day: &str,
        lines: &str,
    ) -> Element {
        let Some(i) = self.invoices.iter_mut().find(|i| i.id == id) else {
            return Element::Rejected("no such invoice");
        };
        i.cents = cents.parse().unwrap_or(0);
        i.reference = reference.to_owned();
        i.day = day.to_owned();
        i.lines = lines.parse().unwrap_or(0);
        i.version += 1;
        i.changed = self.now;
        Element::Made {
            id: id.to_owned(),
            version: i.version,
            cents: i.cents,
        }
    }

    /// A person enters a paper of another type, under a number that one of ours has.
    pub fn neighbour(&mut self, number: &str, cents: i64, now: Ms) {
        let id = self.id("n");
        self.invoices.push(Invoice {
            id,
            number: number.to_owned(),
            called: number.to_owned(),
            reference: String::new(),
            contact: "somebody".to_owned(),
            cents,
            day: "2026-07-01".to_owned(),
            version: 1,
            lines: 1,
            changed: now,
            other_type: true,
        });
    }

    /// A person gives one of ours another number. Answers whether it was there.
    pub fn renumber(&mut self, number: &str, new: &str, now: Ms) -> bool {
        let ours = |i: &&mut Invoice| i.called == number && !i.other_type;
        let Some(i) = self.invoices.iter_mut().find(ours) else {
            return false;
        };
        i.number = new.to_owned();
        i.version += 1;
        i.changed = now;
        true
    }

    pub fn due(&self, document: &str) -> i64 {
        let total = self.invoices.iter().find(|i| i.id == document);
        let paid: i64 = self.payments_on(document).map(|p| p.cents).sum();
        total.map_or(0, |i| i.cents) - paid
    }

    pub fn payments_on<'a>(&'a self, document: &'a str) -> impl Iterator<Item = &'a Payment> {
        self.payments.iter().filter(move |p| p.document == document)
    }

    pub fn payment(&mut self, document: &str, reference: &str, cents: &str, day: &str) -> Element {
        let cents: i64 = cents.parse().unwrap_or(0);
        if !self.invoices.iter().any(|i| i.id == document) {
            return Element::Rejected("no such invoice");
        }
        if cents > self.due(document) {
            return Element::Rejected(
                "Payment amount exceeds the amount outstanding on this document",
            );
        }
        let id = self.id("p");
        self.took_effect(reference);
        self.payments.push(Payment {
            id: id.clone(),
            document: document.to_owned(),
            reference: reference.to_owned(),
            cents,
            day: day.to_owned(),
        });
        // A payment changes its invoice.
        if let Some(i) = self.invoices.iter_mut().find(|i| i.id == document) {
            i.version += 1;
            i.changed = self.now;
        }
        Element::Made {
            id,
            version: 0,
            cents,
        }
    }
}

/// Sends a request: from now on it is out of the client's hands. Answers its number.
pub fn send(w: &mut World, who: usize, key: &str, body: &str, fate: Fate, slow: bool) -> u64 {
    w.ledger.requests += 1;
    let number = w.ledger.requests;
    let (transit, work) = if slow {
        // The latest of all is as likely as all the others together.
        let all = if w.dice.hits(5_000) {
            LONGEST
        } else {
            w.dice.range(S, LONGEST)
        };
        let transit = w.dice.range(0, all + 1);
        (transit, all - transit)
    } else {
        (w.dice.range(5, 200), w.dice.range(5, 900))
    };
    let request = Request {
        number,
        who,
        key: key.to_owned(),
        body: body.to_owned(),
        fate,
        work,
    };
    let twice = w.ledger.key_life > 0 && w.dice.hits(w.weather.twice);
    if !fate.lost {
        let at = w.now + transit;
        if twice {
            let later = at + w.dice.range(0, (LONGEST - transit).max(1));
            let again = Request {
                work: 0,
                ..request.clone()
            };
            w.ledger.put(later, Event::Arrives(again));
        }
        w.ledger.put(at, Event::Arrives(request));
    }
    number
}

/// Lets the next thing at the vendor happen.
pub fn step(w: &mut World) {
    let Some(((at, _), event)) = w.ledger.queue.pop_first() else {
        return;
    };
    w.now = w.now.max(at);
    match event {
        Event::Arrives(r) => arrives(w, r),
        Event::Done(r) => done(w, r),
        Event::Answers(request, who) => {
            if w.workers[who].request == Some(request) {
                w.workers[who].wake = w.now;
            }
        }
    }
}

fn answer(w: &mut World, r: &Request, reply: Reply) {
    if r.fate.answer_lost {
        return;
    }
    let way = w.dice.range(5, 200);
    w.ledger.replies.insert(r.number, reply);
    let at = w.now + way;
    w.ledger.put(at, Event::Answers(r.number, r.who));
}

fn arrives(w: &mut World, r: Request) {
    let number = i64::try_from(r.number).unwrap_or(0);
    w.note("arrives", number, 0, || {
        format!("request {} key {}", r.number, &r.key[..6])
    });
    // The limit is checked before the key.
    if r.fate.too_many {
        let wait = w.dice.range(1, 61);
        return answer(w, &r, Reply::TooMany(wait));
    }
    let life = match w.ledger.own && w.ledger.key_life > 0 {
        true => w.dice.range(OWN_LIFE.0, OWN_LIFE.1),
        false => w.ledger.key_life,
    };
    let now = w.now;
    if life > 0
        && let Some(k) = w.ledger.keys.get(&r.key)
        && now - k.since < k.life
    {
        if k.body != r.body {
            w.ledger.alarms += 1;
            return answer(w, &r, Reply::OtherRequest);
        }
        match k.reply.clone() {
            Some(reply) => {
                w.note("kept", number, 0, || "the answer kept for the key".into());
                return answer(w, &r, reply);
            }
            None => {
                // The first call is still at work: this one waits and gets its answer.
                let at = k.until + 1;
                w.ledger.put(at, Event::Arrives(r));
                return;
            }
        }
    }
    let until = now + r.work;
    w.ledger.keys.insert(
        r.key.clone(),
        Known {
            since: now,
            body: r.body.clone(),
            life,
            until,
            reply: None,
        },
    );
    w.ledger.put(until, Event::Done(r));
}

fn done(w: &mut World, r: Request) {
    let number = i64::try_from(r.number).unwrap_or(0);
    let reply = if r.fate.fail_before {
        w.note("fails", number, 0, || "500, nothing done".into());
        Reply::Broken
    } else {
        let lines: Vec<String> = r.body.lines().map(str::to_owned).collect();
        w.ledger.now = w.now;
        let elements: Vec<Element> = lines.iter().map(|l| w.ledger.element(l)).collect();
        for (line, e) in lines.iter().zip(&elements) {
            let made = i64::from(matches!(e, Element::Made { .. }));
            w.note("executes", number, made, || format!("{line:?} -> {e:?}"));
        }
        if r.fate.fail_after {
            Reply::Broken
        } else {
            Reply::Elements(elements)
        }
    };
    if let Some(k) = w.ledger.keys.get_mut(&r.key) {
        k.reply = Some(reply.clone());
    }
    if w.ledger.key_life == 0 {
        w.ledger.keys.remove(&r.key);
    }
    let reply = match reply {
        _ if r.fate.cut => Reply::Cut,
        Reply::Elements(mut elements) if r.fate.short => {
            elements.pop();
            Reply::Elements(elements)
        }
        reply => reply,
    };
    answer(w, &r, reply);
}
