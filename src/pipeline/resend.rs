//! What a posted document would be if it were made now: by today's file and rules, from what the source says today.
//!
//! Flows in: a document's row, the file, the rules, the ledger's chart. Flows out: the draft, and in what it differs from
//! what was last agreed, by kinds that people keep books in. Asks no ledger and changes nothing.

use super::compare::{Compare, Difference, Field, LineField, as_held, differences};
use super::decide::{Question, drafted};
use super::plan::parts::still_goes;
use super::ports::{DocRow, Memory, StoreError};
use super::reading::{SourceReading, SourceSaid};
use super::write::paper_hash;
use crate::mapping::Mapping;
use crate::model::{
    Chart, Draft, Fingerprint, InvoiceDraft, LedgerInvoice, LedgerView, LinkMade, SourceId,
    TargetFacts,
};
use crate::rules::{Context, RuleSet, Runner};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// By what two drafts of a document differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangedBy {
    /// Accounts, or items that name them.
    Accounts,
    /// Tax codes, or how amounts are to be read.
    Tax,
    /// The day, or the day it is due.
    Dates,
    /// Texts, numbers, references, tracking, status.
    Text,
    /// Quantities, prices, lines, currency, the total.
    Amounts,
}

impl ChangedBy {
    /// Every kind.
    pub const ALL: [ChangedBy; 5] = [
        Self::Accounts,
        Self::Tax,
        Self::Dates,
        Self::Text,
        Self::Amounts,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Tax => "tax",
            Self::Dates => "dates",
            Self::Text => "text",
            Self::Amounts => "amounts",
        }
    }

    /// The kind a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }

    fn of(field: Field) -> Self {
        use LineField::{Account, Amount, Description, Item, Quantity, Tax, Tracking, UnitAmount};
        match field {
            Field::Line(_, Account | Item) => Self::Accounts,
            Field::Line(_, Tax) | Field::TaxMode => Self::Tax,
            Field::Date | Field::Due => Self::Dates,
            Field::Line(_, Description | Tracking)
            | Field::Number
            | Field::Reference
            | Field::Status
            | Field::Contact => Self::Text,
            Field::Line(_, Quantity | UnitAmount | Amount)
            | Field::Lines
            | Field::Currency
            | Field::Total => Self::Amounts,
        }
    }
}

impl fmt::Display for ChangedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A posted document that would be made otherwise.
#[derive(Debug, Clone)]
pub struct WouldDiffer {
    /// The draft as it would be now.
    pub draft: InvoiceDraft,
    /// Its hash: what a word to send it is about.
    pub hash: Fingerprint,
    /// Field by field.
    pub differences: Vec<Difference>,
    /// By what, each once.
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
        if hash == link.draft || differences.is_empty() {
            return Ok(None);
        }
        let by = differences.iter().map(|d| ChangedBy::of(d.field)).collect();
        Ok(Some(WouldDiffer {
            draft,
            hash,
            differences,
            by,
            copy: link.other.id,
        }))
    }
}
