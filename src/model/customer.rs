//! What is known of a customer of the source when its contact in the ledger is looked for: which of the ledger's contacts
//! are surely its own, which are surely another customer's, and which of its values another customer has too.

use super::document::Contact;
use super::text::folded;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// By what a contact of the ledger was found, the strongest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FoundBy {
    /// The link of an earlier match.
    Link,
    /// Our own paper in the ledger, which is for this contact.
    Stamp,
    /// Our number, or our mark, on the contact.
    Number,
    /// A `match_contact` or `match_item` rule.
    Rule,
    /// Its e-mail address and its name together.
    EmailAndName,
    /// Its e-mail address alone: the name is another.
    Email,
    /// Its name alone.
    Name,
    /// Of an item, the line's SKU.
    Sku,
}

impl fmt::Display for FoundBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FoundBy::Link => "link",
            FoundBy::Stamp => "our stamp",
            FoundBy::Number => "our number",
            FoundBy::Rule => "a rule",
            FoundBy::EmailAndName => "e-mail and name",
            FoundBy::Email => "e-mail",
            FoundBy::Name => "name",
            FoundBy::Sku => "SKU",
        })
    }
}

/// The contact of the ledger that a document is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ContactFound {
    /// The ledger's id; begins with `write:` where it is only planned.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// Its e-mail address there; may be empty.
    pub email: String,
    /// By what it was found.
    pub by: FoundBy,
}

/// The item of the ledger that a line takes its account from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemFound {
    /// The line, from 1.
    pub line: usize,
    /// The item's code.
    pub code: String,
    /// Its name in the ledger.
    pub name: String,
    /// By what it was found.
    pub by: FoundBy,
}

/// What a decision knows of a customer beside its own draft. Told of others, each value says who they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The ledger's contacts that carry our number or mark of this customer, and the one that is planned for it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub own: BTreeSet<String>,
    /// The ledger's contacts that are linked with, or carry the number of, another customer of the source: whose.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, String>,
    /// Another customer of the source with its e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Another with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another with both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub both: Option<String>,
    /// Whether the source knows the customer by its name alone and has named several e-mail addresses under it: it may be
    /// several people.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
    /// Whose number the contact carries that this customer is linked with, where that is another customer's: a person has
    /// made another of it since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turned: Option<String>,
    /// The contact that our own paper is for, where the ledger has the document under our stamp and no link says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamped: Option<String>,
    /// Whether the source changed the contact of a paper, and the contact has a journey of its own on which that goes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub goes_alone: bool,
}

impl Evidence {
    /// Who shares the value that a key goes by, so that it proves nothing.
    pub fn shared(&self, key: FoundBy) -> Option<&str> {
        match key {
            FoundBy::EmailAndName => self.both.as_deref(),
            FoundBy::Email => self.email.as_deref(),
            FoundBy::Name => self.name.as_deref(),
            _ => None,
        }
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Contact {
    /// The name it goes by, and the field that gives it: its own, its person's, its company's, else its e-mail address.
    pub fn shown(&self) -> (String, &'static str) {
        let name = self.name.trim();
        if !name.is_empty() {
            return (name.to_owned(), "contact.name");
        }
        let person = [self.first_name.trim(), self.last_name.trim()];
        let person = person.join(" ").trim().to_owned();
        if !person.is_empty() {
            return (person, "contact.first_name, contact.last_name");
        }
        let company = self.company.trim();
        if !company.is_empty() {
            return (company.to_owned(), "contact.company");
        }
        (self.email.trim().to_owned(), "contact.email")
    }

    /// Who it is at the source, by its id where that stands for it alone.
    pub fn who<'a>(&'a self, id: &'a str) -> &'a str {
        match self.party.as_str() {
            "" => id,
            party => party,
        }
    }

    /// Whether the source knows it by its name and by nothing else.
    pub fn is_known_by_name(&self) -> bool {
        self.id.is_empty() || folded(&self.id) == folded(&self.shown().0)
    }
}
