//! Where a walk stands, and what it was given. Data alone, with which the walk and its looks elsewhere go on.

use super::pages::PageSpot;
use super::parts::WalkPart;
use super::record::Sorted;
use crate::connectors::Page;
use crate::model::{Fingerprint, Kind, SourceId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Records from which on everything is read instead.
const MOST: usize = 1_000;

/// A walk that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WalkPass {
    pub began: DateTime<Utc>,
    /// Whether it is over everything.
    pub full: bool,
    /// From when on it asks.
    pub since: Option<DateTime<Utc>>,
    /// The latest change it was told of.
    pub high: Option<DateTime<Utc>>,
    pub spot: PageSpot,
    /// The parts that are left, the next one last; nothing before the first call.
    #[serde(default)]
    pub parts: Option<Vec<WalkPart>>,
    /// Short hashes of the ids it was given in this part.
    #[serde(default)]
    pub of_part: BTreeSet<String>,
    /// Short hashes of the ids it was given.
    pub ids: BTreeSet<String>,
    /// Whether it was given one twice.
    pub twice: bool,
    /// How many the vendor says there are.
    pub total: Option<u64>,
    /// Whether it ended where the rest is older: then it is no count of everything.
    #[serde(default)]
    pub cut: bool,
    /// What is wrong with a part that ended.
    #[serde(default)]
    pub wrong: Option<String>,
    /// What it does once the list has ended.
    #[serde(default)]
    pub after: TouchPass,
}

impl WalkPass {
    /// Whether it was given a record.
    pub fn knows(&self, id: &str) -> bool {
        self.ids.contains(&short(id))
    }
}

fn short(id: &str) -> String {
    let whole = Fingerprint::of(id.as_bytes()).0;
    whole.chars().take(12).collect()
}

/// What a pass does once its own list has ended.
#[derive(Debug, Clone, Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct TouchPass {
    /// Whether it is at that.
    pub begun: bool,
    /// Which list is read.
    pub list: usize,
    pub spot: Option<PageSpot>,
    /// From when on each is asked for.
    pub since: BTreeMap<String, DateTime<Utc>>,
    /// The latest change of each.
    pub high: BTreeMap<String, DateTime<Utc>>,
    /// Records that are still to be asked for.
    pub parents: BTreeSet<String>,
}

impl TouchPass {
    /// From where the lists were last read on.
    pub fn of(since: BTreeMap<String, DateTime<Utc>>) -> Self {
        Self {
            since,
            ..Self::default()
        }
    }

    /// Whether there are so many that everything is read instead.
    pub fn too_many(&self) -> bool {
        self.parents.len() > MOST
    }
}

/// Enters what became of a record.
pub(super) fn enter(kind: Kind, pass: &mut WalkPass, page: &mut Page, sorted: Sorted) {
    let id = match &sorted {
        Sorted::Read(record) => record.id.0.clone(),
        Sorted::Out(id) => id.clone(),
        Sorted::Bad(bad) => bad.at.clone(),
    };
    pass.twice |= !pass.of_part.insert(short(&id));
    pass.ids.insert(short(&id));
    match sorted {
        Sorted::Read(record) => page.records.push(*record),
        Sorted::Out(id) => page.gone.push((kind, SourceId(id))),
        Sorted::Bad(bad) => page.bad.push(bad),
    }
}
