//! A company's books: its rows by kind and id, what was deleted, and the counters.
//!
//! A row holds what people and apps wrote as the vendor's own fields, and beside them, typed, all that is counted:
//! sums, what is open, links, payments' parts, the version. Rows are replaced whole, so that a list can go on showing
//! what stood before.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::kinds::{Kind, Space};
use super::values::{self, Fields};

/// A row's name in the books.
pub(super) type Key = (Kind, u64);

/// The two codes of US lines, which bear words for ids; no counter comes here.
pub(super) const PSEUDO: [(u64, &str); 2] = [(u64::MAX - 1, "TAX"), (u64::MAX, "NON")];

/// The number of an id.
pub(super) fn number(kind: Kind, id: &str) -> Option<u64> {
    let pseudo = PSEUDO
        .iter()
        .find(|(_, word)| kind == Kind::TaxCode && *word == id);
    pseudo.map(|(n, _)| *n).or_else(|| id.parse().ok())
}

/// The id of a number.
pub(super) fn id_text((kind, number): Key) -> String {
    let pseudo = PSEUDO
        .iter()
        .find(|(n, _)| kind == Kind::TaxCode && *n == number);
    pseudo.map_or_else(|| number.to_string(), |(_, word)| (*word).to_string())
}

/// The most earlier states kept of a row.
const MOST_OLDER: usize = 4;

/// A link to another transaction. The other may be of a kind that is not kept here: only its words are known then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) id: String,
    pub(super) kind: String,
}

/// What a payment pays of one paper, or a credit gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) on: Key,
    pub(super) amount: Decimal,
}

/// What a row comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) total: Decimal,
    pub(super) tax: Decimal,
    /// What is still to be paid, or to be used of a credit; of a customer or vendor what it was opened with.
    pub(super) open: Decimal,
}

/// One entity.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) key: Key,
    pub(super) token: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) fields: Fields,
    pub(super) sums: Sums,
    pub(super) links: Vec<Link>,
    pub(super) parts: Vec<Part>,
    /// Voided: its amounts are nought for good.
    pub(super) void: bool,
    /// In a bank deposit: a person alone may change it, there.
    pub(super) deposited: bool,
    /// The highest line id that was ever given.
    pub(super) last_line: u64,
    /// The row as it stood before each of its last changes, and when that ended.
    older: Vec<(DateTime<Utc>, Row)>,
}

impl Row {
    /// A new row without anything.
    pub(super) fn new(key: Key, now: DateTime<Utc>) -> Self {
        Self {
            key,
            token: 0,
            created: now,
            updated: now,
            fields: Fields::new(),
            sums: Sums::default(),
            links: Vec::new(),
            parts: Vec::new(),
            void: false,
            deposited: false,
            last_line: 0,
            older: Vec::new(),
        }
    }

    /// Raises its version: it was changed now.
    pub(super) fn touch(&mut self, now: DateTime<Utc>) {
        self.token = self.token.saturating_add(1);
        self.updated = now.max(self.updated);
    }

    /// The id of its next line.
    pub(super) fn line_id(&mut self) -> String {
        self.last_line = self.last_line.saturating_add(1);
        self.last_line.to_string()
    }

    pub(super) fn kind(&self) -> Kind {
        self.key.0
    }

    pub(super) fn id(&self) -> String {
        id_text(self.key)
    }

    /// Whether it is in use: lists have a switch for that.
    pub(super) fn active(&self) -> bool {
        values::flag(&self.fields, "Active").unwrap_or(true)
    }

    /// A text of its own.
    pub(super) fn text(&self, name: &str) -> String {
        values::text(&self.fields, name).unwrap_or_default()
    }

    /// The row as a list shows it that is some time behind.
    pub(super) fn as_listed(&self, behind: DateTime<Utc>) -> &Row {
        let stood = self.older.iter().find(|(until, _)| *until > behind);
        stood.map_or(self, |(_, row)| row)
    }
}

/// A currency the company deals in.
#[derive(Debug, Clone)]
pub(super) struct Currency {
    pub(super) name: String,
    /// Home units for one of it.
    pub(super) rate: Decimal,
}

/// What automated sales tax takes at an address.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub(super) state: String,
    /// The beginning of the postal code; all of the state when empty.
    pub(super) postal: String,
    pub(super) code: u64,
}

/// One company.
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) realm: String,
    /// Who works in it beside the apps.
    pub(super) user: String,
    /// Simple Start, Essentials, Plus, Advanced.
    pub(super) edition: String,
    pub(super) country: String,
    pub(super) home: String,
    pub(super) currencies: BTreeMap<String, Currency>,
    pub(super) regions: Vec<Region>,
    /// The names of the fields the company added to its sales forms.
    pub(super) custom_fields: Vec<String>,
    /// Whether apps may set automated sales tax aside.
    pub(super) may_override_tax: bool,
    /// Whether the subscription has ended.
    pub(super) ended: bool,
    /// Whether the user who connected the app has lost the right to.
    pub(super) locked_out: bool,
    rows: BTreeMap<Key, Row>,
    /// What was deleted, and when.
    pub(super) gone: BTreeMap<Key, DateTime<Utc>>,
    next: BTreeMap<Space, u64>,
    /// The next number of sales forms, where the company numbers them.
    pub(super) next_number: u64,
}

impl Company {
    pub(super) fn new(realm: &str, country: &str, home: &str) -> Self {
        Self {
            realm: realm.into(),
            user: "Sandbox User".into(),
            edition: "Plus".into(),
            country: country.into(),
            home: home.into(),
            currencies: BTreeMap::new(),
            regions: Vec::new(),
            custom_fields: Vec::new(),
            may_override_tax: false,
            ended: false,
            locked_out: false,
            rows: BTreeMap::new(),
            gone: BTreeMap::new(),
            next: BTreeMap::new(),
            next_number: 1001,
        }
    }

    /// Whether its tax is the US one.
    pub(super) fn is_us(&self) -> bool {
        self.country == "US"
    }

    pub(super) fn row(&self, key: Key) -> Option<&Row> {
        self.rows.get(&key)
    }

    /// The rows of a kind, by id.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Row> {
        self.rows
            .range((kind, 0)..=(kind, u64::MAX))
            .map(|(_, row)| row)
    }

    /// The row of a kind that a text names by its id.
    pub(super) fn find(&self, kind: Kind, id: &str) -> Option<&Row> {
        self.rows.get(&(kind, number(kind, id)?))
    }

    /// A yes of the preferences: the group, the word.
    pub(super) fn prefers(&self, group: &str, word: &str) -> bool {
        let row = self.rows.get(&(Kind::Preferences, 1));
        let group = row.and_then(|r| values::object(&r.fields, group));
        group.and_then(|g| values::flag(g, word)).unwrap_or(false)
    }

    /// A text of the preferences.
    pub(super) fn preference(&self, group: &str, word: &str) -> Option<String> {
        let row = self.rows.get(&(Kind::Preferences, 1))?;
        let group = values::object(&row.fields, group)?;
        values::text(group, word).or_else(|| values::reference(group, word))
    }

    /// The id that the next row of a kind gets; kept by `put`.
    pub(super) fn coming(&self, kind: Kind) -> u64 {
        self.next
            .get(&kind.space())
            .copied()
            .unwrap_or(0)
            .saturating_add(1)
    }

    /// The next id of a counter.
    pub(super) fn draw(&mut self, space: Space) -> u64 {
        let n = self.next.entry(space).or_insert(0);
        *n = n.saturating_add(1);
        *n
    }

    /// Keeps a row that is new or as it stands from now on.
    pub(super) fn put(&mut self, mut row: Row) {
        let counter = self.next.entry(row.kind().space()).or_insert(0);
        if row.key.1 < PSEUDO[0].0 {
            *counter = (*counter).max(row.key.1);
        }
        if row.kind().family() == super::kinds::Family::Sale {
            let number: Option<u64> = row
                .text("DocNumber")
                .parse()
                .ok()
                .filter(|n| *n < 1_000_000_000);
            self.next_number = self.next_number.max(number.map_or(0, |n| n + 1));
        }
        if let Some(before) = self.rows.remove(&row.key) {
            let mut before = before;
            let mut older = std::mem::take(&mut before.older);
            older.push((row.updated, before));
            if older.len() > MOST_OLDER {
                older.remove(0);
            }
            row.older = older;
        }
        self.gone.remove(&row.key);
        self.rows.insert(row.key, row);
    }

    /// Takes a row out; it is told of as deleted.
    pub(super) fn remove(&mut self, key: Key, now: DateTime<Utc>) {
        if self.rows.remove(&key).is_some() {
            self.gone.insert(key, now);
        }
    }

    /// The currency's row of a code.
    pub(super) fn currency(&self, code: &str) -> Option<&Currency> {
        self.currencies.get(code)
    }
}
