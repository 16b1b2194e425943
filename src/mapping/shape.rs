//! What a key of a tenant's file is: its name, the shape of its value, its default, its meaning.

use super::words::Word;

/// What a key's value looks like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A group of keys. Layers are merged key by key.
    Group(&'static [KnownKey]),
    /// One of some words.
    Words(&'static [Word]),
    /// `true` or `false`, `on` or `off`.
    Switch,
    /// Any text of one line.
    Text,
    /// A code or an id: always text, and best in quotes.
    Code,
    /// The name of a tenant.
    TenantName,
    /// A currency of ISO 4217.
    Currency,
    /// A day: `2026-07-01`.
    Date,
    /// An amount greater than zero.
    Money,
    /// A whole number greater than zero.
    Count,
    /// A span of time: `30m`.
    Interval,
    /// A cron expression of five fields.
    Cron,
    /// A time zone: `Europe/London`.
    Zone,
    /// A time of day: `07:00`.
    TimeOfDay,
    /// One of some words, `+14d` or `+1m`.
    Due(&'static [Word]),
    /// A text with `{parent}` and `{name}`, or `off`.
    SiteName,
    /// A list of words, each at most once.
    WordList(&'static [Word]),
    /// A list of rule files.
    RuleList,
    /// A list of e-mail addresses.
    EmailList,
    /// One system with a named connection: `{ keap: acme }`.
    Route,
    /// One of some words, or a group of which exactly one form of keys is given; without forms any
    /// keys of the group may be given, and layers are merged.
    Either(
        &'static [Word],
        &'static [KnownKey],
        &'static [&'static [&'static str]],
    ),
    /// A table that ends in `else`: the rows it is made for, and whether it takes others.
    Table(&'static [Word], Rows),
    /// Named tables.
    Tables,
    /// The accounts table.
    Accounts,
    /// A bank account, or a table of bank accounts by the way of paying.
    PaymentsAccount,
    /// Amounts by currency.
    ByCurrency,
}

/// Which rows a table takes beside those it is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// None.
    Fixed,
    /// Any: the source's own words.
    Free,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct KnownKey {
    /// Its name.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// What counts when it is left out, as YAML; empty where nothing does.
    pub default: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// Whether this version can do it.
    pub built: bool,
}

pub(super) const fn key(
    name: &'static str,
    shape: Shape,
    default: &'static str,
    doc: &'static str,
) -> KnownKey {
    KnownKey {
        name,
        shape,
        default,
        doc,
        built: true,
    }
}

pub(super) const fn later(name: &'static str, shape: Shape, doc: &'static str) -> KnownKey {
    KnownKey {
        name,
        shape,
        default: "",
        doc,
        built: false,
    }
}

pub(super) const fn word(word: &'static str, doc: &'static str) -> Word {
    Word {
        word,
        doc,
        built: true,
    }
}

pub(super) const fn unbuilt(word: &'static str, doc: &'static str) -> Word {
    Word {
        word,
        doc,
        built: false,
    }
}
