//! The things in Quillbook's books: put there, changed, and listed.
//!
//! Flows in: what fits the manual ([`super::ledger`]). Flows out: things as the books show them; each change is a new
//! edition, and stands at the end of every list.

use super::ledger::{Books, INVOICES, NOTES, PAYMENTS};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// Things on a page of a list.
pub const PAGE: usize = 25;

/// A thing in the books.
#[derive(Debug, Clone)]
pub struct Thing {
    pub noun: &'static str,
    pub id: String,
    pub number: String,
    pub edition: u32,
    pub revision: u64,
    pub changed: DateTime<Utc>,
    pub gone: bool,
    pub said: Value,
}

impl Thing {
    /// A field as text; empty where it was not said.
    pub fn text(&self, field: &str) -> &str {
        self.said[field].as_str().unwrap_or_default()
    }
}

/// A page of a list.
#[derive(Debug, Default)]
pub struct Listed {
    pub things: Vec<Value>,
    /// Ids of what was deleted.
    pub gone: Vec<String>,
    /// Ask after this revision for what comes later.
    pub next: u64,
    pub more: bool,
}

impl Books {
    /// A thing that is there.
    pub fn find(&self, noun: &str, id: &str) -> Option<&Thing> {
        self.things
            .iter()
            .find(|t| t.noun == noun && t.id == id && !t.gone)
    }

    /// Puts something new into the books.
    pub fn put(&mut self, noun: &'static str, mut said: Value) -> Value {
        let n = self.things.iter().filter(|t| t.noun == noun).count() + 1;
        let number = match noun {
            INVOICES => format!("QI/{n:05}"),
            NOTES => format!("QC/{n:05}"),
            _ => String::new(),
        };
        self.numbered_lines(&mut said);
        self.things.push(Thing {
            noun,
            id: n.to_string(),
            number,
            edition: 0,
            revision: 0,
            changed: self.now,
            gone: false,
            said,
        });
        let id = n.to_string();
        if noun == PAYMENTS {
            let paper = self
                .things
                .last()
                .map_or(String::new(), |t| t.text("invoice").to_owned());
            self.touch(INVOICES, &paper, |_| {});
        }
        self.touch(noun, &id, |_| {})
    }

    pub(super) fn numbered_lines(&mut self, said: &mut Value) {
        let Some(lines) = said.get_mut("lines").and_then(Value::as_array_mut) else {
            return;
        };
        for line in lines.iter_mut().filter(|l| l["id"].as_str().is_none()) {
            self.revisions += 1;
            line["id"] = json!(format!("L{}", self.revisions));
        }
    }

    /// Changes a thing: a new edition of it, at the end of every list. Answers it as it is then.
    pub fn touch(&mut self, noun: &str, id: &str, change: impl FnOnce(&mut Thing)) -> Value {
        self.revisions += 1;
        let (revision, now) = (self.revisions, self.now);
        let mut there = self.things.iter_mut();
        let Some(thing) = there.find(|t| t.noun == noun && t.id == id) else {
            return Value::Null;
        };
        change(thing);
        thing.edition += 1;
        (thing.revision, thing.changed) = (revision, now);
        let thing = thing.clone();
        self.view(&thing)
    }

    /// What changed after a revision, or since a time.
    pub fn list(&self, noun: &str, after: Option<u64>, since: Option<DateTime<Utc>>) -> Listed {
        let asked = |t: &&Thing| {
            t.noun == noun
                && after.is_none_or(|r| t.revision > r)
                && (after.is_some() || since.is_none_or(|s| t.changed >= s))
        };
        let mut all: Vec<&Thing> = self.things.iter().filter(asked).collect();
        all.sort_by_key(|t| t.revision);
        let more = all.len() > PAGE;
        all.truncate(PAGE);
        Listed {
            next: all.last().map_or(after.unwrap_or(0), |t| t.revision),
            gone: all
                .iter()
                .filter(|t| t.gone)
                .map(|t| t.id.clone())
                .collect(),
            things: all
                .iter()
                .filter(|t| !t.gone)
                .map(|t| self.view(t))
                .collect(),
            more,
        }
    }

    /// Things that are there and are asked for.
    pub fn some(&self, noun: &str, asked: impl Fn(&Thing) -> bool) -> Vec<Value> {
        let there = self.things.iter().filter(|t| t.noun == noun && !t.gone);
        there.filter(|t| asked(t)).map(|t| self.view(t)).collect()
    }
}

/// An edition as it is written.
pub fn edition_of(thing: &Thing) -> String {
    format!("{:06}", thing.edition)
}
