//! What we wrote into the source's book ourselves, read from there again: it is no news.
//!
//! Flows in: a chunk of documents. Flows out: those that are ours, and of the others the payments that we entered there for another
//! document, whatever people made of their stamps. Nobody writes into what takes nothing. Bounded by a question a chunk for
//! either.

use super::super::back::written_as;
use super::super::ports::DocRow;
use super::super::tenant::SyncError;
use super::pass::Pass;
use crate::model::{Invoice, Key, Kind, Reason, SourceId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A document, with what the source says of it or why that is not known.
pub(super) type SaidOf = (DocRow, Result<Arc<Invoice>, Reason>);

/// Of documents, the payments that we entered for others, by their source ids.
pub(super) type OwnMoney = BTreeMap<SourceId, BTreeSet<String>>;

impl Pass<'_> {
    /// Which of some documents we wrote into the source's book ourselves, whatever people made of their stamps.
    pub(super) async fn echoes(&self, rows: &[DocRow]) -> Result<BTreeSet<Key>, SyncError> {
        let t = self.t;
        if !t.source.facts.written {
            return Ok(BTreeSet::new());
        }
        let mut out = BTreeSet::new();
        // An id is unique within its kind alone.
        for kind in Kind::JOURNEYS {
            let own = rows.iter().filter(|r| r.key.kind == kind);
            let mut keys: Vec<Key> = own.map(|r| r.key.clone()).collect();
            if keys.is_empty() {
                continue;
            }
            let ours = t.memory.brought(t.tenant(), &keys).await?;
            keys.retain(|k| ours.contains(&k.id));
            out.extend(keys);
        }
        Ok(out)
    }

    /// Which payments of the documents that are not ours are.
    pub(super) async fn own_money(
        &self,
        docs: &[SaidOf],
        echoes: &BTreeSet<Key>,
    ) -> Result<OwnMoney, SyncError> {
        let (t, mut all) = (self.t, OwnMoney::new());
        if !t.source.facts.written {
            return Ok(all);
        }
        let (mut keys, mut of) = (Vec::new(), Vec::new());
        for (row, said) in docs {
            let Ok(invoice) = said else { continue };
            let ours = echoes.contains(&row.key) || !invoice.made_by.is_empty();
            let template = t.source.reads.payment_read_as(&invoice.id.0);
            for p in invoice.payments.iter().filter(|_| !ours) {
                let Some(id) = written_as(&template, &p.id) else {
                    continue;
                };
                let id = SourceId(id);
                keys.push(Key::new(&row.key.book, Kind::Payment, &id));
                of.push((row.key.id.clone(), p.id.clone(), id));
            }
        }
        let ours = t.memory.brought(t.tenant(), &keys).await?;
        for (document, payment, id) in of {
            if ours.contains(&id) {
                all.entry(document).or_default().insert(payment);
            }
        }
        Ok(all)
    }
}

/// A document that this workspace made itself, said to be so.
pub(super) fn ours(mut invoice: Arc<Invoice>) -> Arc<Invoice> {
    let said = Arc::make_mut(&mut invoice);
    if said.made_by.is_empty() {
        said.made_by = "crossfoot".to_owned();
    }
    invoice
}
