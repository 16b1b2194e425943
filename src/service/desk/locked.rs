//! What a file or a rule would make otherwise, and the ledger does not let be changed any more.
//!
//! Flows in: posted documents that would be made otherwise. Flows out: those that can be, and those that cannot, with the
//! fields. The ledger is asked for its copies as they are now: money may have come in since the last run. A word on one that
//! is locked would only turn what is verified into what is held.

use crate::connectors::Ask;
use crate::model::{Kind, LedgerInvoice};
use crate::pipeline::ports::DocRow;
use crate::pipeline::resend::WouldDiffer;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A posted document that would be made otherwise, and cannot be changed there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LockedDocument {
    /// Its number.
    pub number: String,
    /// The ledger's own word for its status.
    pub status: String,
    /// The fields that cannot be changed, as people call them: `line 1 account`.
    pub fields: Vec<String>,
}

/// A document with what it would be.
pub type Anewed = (DocRow, WouldDiffer);

/// Those that can be changed, and those that are locked. What the ledger does not show is for the run to see.
///
/// # Errors
/// The ledger cannot be reached.
pub async fn part(
    engine: &Engine,
    loaded: &Loaded,
    all: Vec<Anewed>,
) -> Result<(Vec<Anewed>, Vec<LockedDocument>), NotDone> {
    let (target, session) = engine.target(loaded)?;
    let mut copies: BTreeMap<String, LedgerInvoice> = BTreeMap::new();
    for kind in Kind::DOCUMENTS {
        let own = all.iter().filter(|(row, _)| row.key.kind == kind);
        let ids: Vec<String> = own.map(|(_, d)| d.copy.0.clone()).collect();
        for some in ids.chunks(target.facts.reads.values.max(1)) {
            let ids = some.to_vec();
            let page = target.reads.read(&session, &Ask::Ids { kind, ids }).await?;
            copies.extend(page.papers().into_iter().map(|p| (p.id.clone(), p)));
        }
    }
    let (mut go, mut stay) = (Vec::new(), Vec::new());
    for (row, d) in all {
        let copy = copies.get(&d.copy.0);
        let fields = copy.map(|c| d.locked(c)).unwrap_or_default();
        match copy.filter(|_| !fields.is_empty()) {
            None => {
                let d = match copy {
                    Some(copy) => d.against(copy, target.facts),
                    None => Some(d),
                };
                go.extend(d.map(|d| (row, d)));
            }
            Some(copy) => stay.push(LockedDocument {
                number: row.name(),
                status: copy.status.clone(),
                fields: fields.iter().map(ToString::to_string).collect(),
            }),
        }
    }
    Ok((go, stay))
}
