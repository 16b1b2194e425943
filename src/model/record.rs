//! A record as it came from a source: the bytes, kept for replay, and the document read from them.

use super::document::Document;
use super::ids::{Fingerprint, Kind, SourceId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One record of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Kind.
    pub kind: Kind,
    /// The source's id.
    pub id: SourceId,
    /// The number people know it by, for looking it up.
    pub number: String,
    /// When the source last changed it, where it says so.
    pub modified_at: Option<DateTime<Utc>>,
    /// Everything the source said about it, as it said it.
    pub raw: Value,
    /// What was read from it.
    pub document: Document,
}

impl SourceRecord {
    /// The version: a hash of what the source said, so that any change makes a new one.
    pub fn version(&self) -> Fingerprint {
        Fingerprint::of(self.raw.to_string().as_bytes())
    }
}
