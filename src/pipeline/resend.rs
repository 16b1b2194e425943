//! What a posted document would be if it were made now: by today's file and rules, from what the source says today.
//!
//! Flows in: a document's row, the file, the rules, the ledger's chart. Flows out: the draft, and in what it differs from
//! what was last agreed, by kinds that people keep books in. Asks no ledger and changes nothing.

pub use super::changed_by::ChangedBy;
use super::compare::{Compare, Difference, Field, as_held, differences};
use super::decide::{Question, drafted};
use super::plan::parts::still_goes;
use super::ports::{DocRow, Memory, StoreError};
use super::reading::{SourceReading, SourceSaid};
use super::resend_money::EntriesOf;
pub use super::resend_money::EntryDiffers;
use super::write::paper_hash;
use crate::mapping::Mapping;
use crate::model::{
    Chart, Draft, Fingerprint, InvoiceDraft, LedgerInvoice, LedgerView, LinkMade, SeriesNumber,
    SourceId, TargetFacts,
};
use crate::rules::{Context, RuleSet, Runner};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A posted document that would be made otherwise.
#[derive(Debug, Clone)]
pub struct WouldDiffer {
    /// The draft as it would be now.
    pub draft: InvoiceDraft,
    /// Its hash: what a word to send it is about.
    pub hash: Fingerprint,
    /// Field by field.
    pub differences: Vec<Difference>,
    /// What stands for money of it and would be made otherwise: that is not changed with it.
    pub entries: Vec<EntryDiffers>,
    /// By what, each once; that of its money too.
    pub by: BTreeSet<ChangedBy>,
    /// The ledger's copy.
    pub copy: SourceId,
}

impl WouldDiffer {
    /// The fields that the ledger does not let be changed any more in its copy: sent all the same it would only be held.
    pub fn locked(&self, copy: &LedgerInvoice) -> Vec<Field> {
        let fields = self.differences.iter().map(|d| d.field);
        fields
            .filter(|f| !copy.editable && !still_goes(*f, copy))
            .collect()
    }
}

impl WouldDiffer {
    /// The same against the ledger's copy as it is now: what people, or a run that this workspace knows nothing of, have made of it
    /// is what it was, and what is there already is not changed. Nothing where all of it is.
    pub fn against(mut self, copy: &LedgerInvoice, facts: TargetFacts<'_>) -> Option<Self> {
        let now = differences(&self.draft, copy, Compare::Everything, facts);
        let there = |d: Difference| now.iter().find(|n| n.field == d.field).cloned();
        self.differences = self.differences.into_iter().filter_map(there).collect();
        (!self.differences.is_empty() || !self.entries.is_empty()).then_some(self)
    }
}

/// With what documents are made anew.
pub struct Anew<'a> {
    /// What is remembered.
    pub memory: &'a dyn Memory,
    /// The file.
    pub mapping: &'a Mapping,
    /// The rules.
    pub rules: &'a RuleSet,
    /// The ledger's chart.
    pub chart: &'a Chart,
    /// What the ledger can do.
    pub facts: TargetFacts<'a>,
    /// How the source's records are read today.
    pub reading: SourceReading<'a>,
    /// Tenant and day.
    pub context: Arc<Context>,
}

impl Anew<'_> {
    /// The number of the tenant's own series that a document was given: no edit takes it away.
    async fn numbering(&self, row: &DocRow) -> Result<Option<SeriesNumber>, StoreError> {
        let given = self
            .memory
            .given_number(&self.mapping.tenant, &row.key)
            .await?;
        Ok(given.map(|given| SeriesNumber {
            given: Some(given.number()),
            next: None,
            taken: Vec::new(),
            proposed: None,
        }))
    }

    /// What a document would be; nothing where it is not posted by us, would be as it is, or could not be made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(
        &self,
        row: &DocRow,
        runner: &mut Runner,
    ) -> Result<Option<WouldDiffer>, StoreError> {
        let tenant = &self.mapping.tenant;
        let link = self.memory.link(tenant, &row.key).await?;
        let Some(link) = link.filter(|l| l.made == LinkMade::Ours) else {
            return Ok(None);
        };
        let said = self.reading.newest(self.memory, tenant, row).await?;
        let agreed = self.memory.agreed(tenant, &row.key).await?;
        let (SourceSaid::Invoice { invoice, .. }, Some(Draft::Invoice(agreed))) = (said, agreed)
        else {
            return Ok(None);
        };
        let held = as_held(&agreed);
        let view = LedgerView {
            numbering: self.numbering(row).await?,
            link: Some(link.clone()),
            existing: Some(held.clone()),
            ..LedgerView::default()
        };
        let question = Question {
            invoice: &Arc::from(invoice),
            view: &view,
            chart: self.chart,
            mapping: self.mapping,
            rules: self.rules,
            facts: self.facts,
            context: &self.context,
        };
        // What could not be run to its end now is looked at again at the next edit.
        let Ok(Some(draft)) = drafted(&question, runner) else {
            return Ok(None);
        };
        let hash = paper_hash(&draft);
        let differences = differences(&draft, &held, Compare::Everything, self.facts);
        let differences = match hash == link.draft {
            true => Vec::new(),
            false => differences,
        };
        let money = EntriesOf {
            memory: self.memory,
            tenant,
            row,
            link: &link,
        };
        let entries = money.of(&question, runner, &draft).await?;
        if differences.is_empty() && entries.is_empty() {
            return Ok(None);
        }
        let mut by: BTreeSet<_> = differences.iter().map(|d| ChangedBy::of(d.field)).collect();
        by.extend(entries.iter().flat_map(|e| e.by.iter().copied()));
        Ok(Some(WouldDiffer {
            draft,
            hash,
            differences,
            entries,
            by,
            copy: link.other.id,
        }))
    }
}
