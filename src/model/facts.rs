//! What a system can do, as data: declared by its connector, checked when a tenant's file is compiled.

use super::ids::Kind;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a source can do, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFacts {
    /// The word for it in a tenant's file: `keap`.
    pub system: &'static str,
    /// The name people know it by.
    pub title: &'static str,
    /// The kinds it can be asked for.
    pub kinds: BTreeSet<Kind>,
    /// Whether a document's payments come inside it.
    pub payments_inside: bool,
    /// Whether it can be asked for what changed since a time.
    pub incremental: bool,
    /// Whether refunds can be told from payments.
    pub refunds: bool,
}

/// What a target can do, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetFacts {
    /// The word for it in a tenant's file: `xero`.
    pub system: &'static str,
    /// The name people know it by.
    pub title: &'static str,
    /// The kinds it takes.
    pub kinds: BTreeSet<Kind>,
    /// Most documents in one write.
    pub batch: usize,
    /// How long a key protects a repeated write, in seconds; 0 where the vendor promises nothing.
    pub key_life_s: i64,
    /// Only within this many seconds of the first send may the same key and body go again.
    pub resend_s: i64,
    /// No look-up may conclude "absent" before this many seconds after the last send.
    pub quarantine_s: i64,
    /// Most characters of an invoice number.
    pub number_length: usize,
    /// Most characters of a contact's name.
    pub name_length: usize,
    /// Characters a contact's name may not hold.
    pub name_forbids: &'static str,
    /// Decimal places of a unit amount.
    pub unit_places: u32,
    /// Decimal places of a quantity.
    pub quantity_places: u32,
    /// Decimal places of line amounts, tax and totals.
    pub total_places: u32,
    /// Most documents one look-up by number can ask for.
    pub find_numbers: usize,
    /// The words for the status of an invoice it can be made in.
    pub statuses: &'static [&'static str],
    /// The status words in which an invoice is open to payments.
    pub payable_statuses: &'static [&'static str],
    /// Whether a line takes its account by itself (`accounts`) or from its item (`lines`).
    pub line_accounts: bool,
}

/// From where a tenant starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// Everything.
    Beginning,
    /// From this invoice on, inclusive: by the number people know it by.
    Invoice(String),
    /// From this invoice date on, inclusive.
    InvoiceDate(NaiveDate),
}
