//! What became of the things a run touched, and how many of each.
//!
//! A count has a kind and what happened; its word (`created`, `payments_created`, `warnings`) is how it is stored and how
//! programs are told: the words of runs long ago are read too. An invoice's counts name no kind.

use super::kinds::Kind;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What became of something in a run.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Made in the ledger.
    Created,
    /// Changed there.
    Updated,
    /// Found there with our stamp, once it had left: it is counted as created.
    Adopted,
    /// Found there with our stamp before anything of it left: it was made at a time of which this workspace knows nothing.
    Found,
    /// It waits for a person's approval.
    Waits,
    /// Not wanted.
    Skipped,
    /// A person must act.
    Held,
    /// It cannot go as it is.
    Refused,
    /// It may be in the ledger.
    InDoubt,
    /// The ledger has it as it is.
    Unchanged,
    /// It went, and the tenant's file wants something told.
    Warning,
    /// It could not be decided on for no fault of its own.
    Fault,
    /// A connection has another name and leads to the same account; such lines are told and counted nowhere.
    Renamed,
    /// Its record could not be read; such lines are told and counted nowhere.
    Unreadable,
}

impl Became {
    /// All of them, in the order in which people are told.
    pub const ALL: [Became; 14] = [
        Became::Created,
        Became::Updated,
        Became::Adopted,
        Became::Found,
        Became::Waits,
        Became::Skipped,
        Became::Held,
        Became::Refused,
        Became::InDoubt,
        Became::Unchanged,
        Became::Warning,
        Became::Fault,
        Became::Renamed,
        Became::Unreadable,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Adopted => "adopted",
            Self::Found => "found",
            Self::Waits => "waits",
            Self::Skipped => "skipped",
            Self::Held => "held",
            Self::Refused => "refused",
            Self::InDoubt => "in_doubt",
            Self::Unchanged => "unchanged",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::Renamed => "renamed",
            Self::Unreadable => "unreadable",
        }
    }

    /// The word for several, as counts have it.
    fn counted(self) -> &'static str {
        match self {
            Self::Warning => "warnings",
            Self::Fault => "faults",
            other => other.as_str(),
        }
    }
}

impl fmt::Display for Became {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many things of which kind became what.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Counts(BTreeMap<(Kind, Became), u64>);

impl Counts {
    /// Counts so many more. What was adopted counts as created: the ledger has it because of us.
    pub fn add(&mut self, kind: Kind, became: Became, n: u64) {
        let became = match became {
            Became::Adopted => Became::Created,
            other => other,
        };
        *self.0.entry((kind, became)).or_default() += n;
    }

    /// How many of a kind.
    pub fn of(&self, kind: Kind, became: Became) -> u64 {
        self.0.get(&(kind, became)).copied().unwrap_or_default()
    }

    /// How many of all kinds.
    pub fn all(&self, became: Became) -> u64 {
        let same = self.iter().filter(|(_, b, _)| *b == became);
        same.map(|(_, _, n)| n).sum()
    }

    /// Each count, in the order of its word.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, Became, u64)> {
        let words = self
            .0
            .iter()
            .map(|((kind, became), n)| (Self::word(*kind, *became), (*kind, *became, *n)));
        let words: BTreeMap<_, _> = words.collect();
        words.into_values()
    }

    /// The word of a count: `created`, `credit_notes_held`.
    pub fn word(kind: Kind, became: Became) -> String {
        match kind {
            Kind::Invoice => became.counted().to_owned(),
            kind => format!("{kind}s_{}", became.counted()),
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::ops::AddAssign<&Counts> for Counts {
    fn add_assign(&mut self, other: &Counts) {
        for (kind, became, n) in other.iter() {
            self.add(kind, became, n);
        }
    }
}

impl FromIterator<(Kind, Became, u64)> for Counts {
    fn from_iter<I: IntoIterator<Item = (Kind, Became, u64)>>(counts: I) -> Self {
        let mut out = Self::default();
        for (kind, became, n) in counts {
            out.add(kind, became, n);
        }
        out
    }
}

/// What a word counts.
fn parse(text: &str) -> Option<(Kind, Became)> {
    let every = Kind::ALL
        .into_iter()
        .flat_map(|k| Became::ALL.into_iter().map(move |b| (k, b)));
    every
        .into_iter()
        .find(|(k, b)| Counts::word(*k, *b) == text)
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(k, b, n)| (Self::word(k, b), n)))
            .finish()
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (kind, became, n) in self.iter() {
            map.serialize_entry(&Self::word(kind, became), &n)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = BTreeMap::<String, u64>::deserialize(from)?;
        // A word that no version of the program counts any more says nothing to anybody.
        let known = words
            .iter()
            .filter_map(|(word, n)| parse(word).map(|(kind, became)| (kind, became, *n)));
        Ok(known.collect())
    }
}

impl JsonSchema for Counts {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Counts".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "additionalProperties": {"type": "integer"}})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_old_runs_are_read_and_written_alike() {
        let old = r#"{"contacts_created":3,"created":12,"faults":1,"held":2,"payments_in_doubt":2,"warnings":4}"#;
        let counts: Counts = serde_json::from_str(old).unwrap();
        assert_eq!(counts.of(Kind::Invoice, Became::Created), 12);
        assert_eq!(counts.of(Kind::Payment, Became::InDoubt), 2);
        assert_eq!(counts.all(Became::Created), 15);
        assert_eq!(serde_json::to_string(&counts).unwrap(), old);
        let odd: Counts = serde_json::from_str(r#"{"created":1,"sung":7}"#).unwrap();
        assert_eq!(format!("{odd:?}"), r#"{"created": 1}"#);
    }

    #[test]
    fn what_was_adopted_is_counted_as_created() {
        let counts: Counts = [(Kind::Payment, Became::Adopted, 1)].into_iter().collect();
        assert_eq!(format!("{counts:?}"), r#"{"payments_created": 1}"#);
    }
}
