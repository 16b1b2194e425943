//! The answer of a first sync's rehearsal, as values.

use crate::model::{Kind, Reason};
use crate::pipeline::first::{LikeBy, LikelyDouble, OtherWay};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// Papers of a kind and a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PapersCount {
    /// Which kind.
    pub kind: Kind,
    /// Their currency.
    pub currency: String,
    /// How many.
    pub papers: u64,
    /// What they come to.
    pub total: Decimal,
}

/// A value on which something of the source and something of the ledger clash, and the document that meets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FirstClash {
    /// The document's number.
    pub number: String,
    /// Why it is held, or what is told of it.
    pub reason: Reason,
    /// Whether it is held by that.
    pub held: bool,
}

/// A paper of the ledger that is likely a document which a sync would make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DoubleTold {
    /// The document's number.
    pub number: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Its currency.
    pub currency: String,
    /// What it comes to.
    pub total: Decimal,
    /// Who it is to.
    pub contact: String,
    /// The ledger's id of the paper.
    pub there: String,
    /// The paper's number.
    pub there_number: String,
    /// The paper's reference.
    pub there_reference: String,
    /// The paper's day.
    pub there_date: Option<NaiveDate>,
    /// What the paper comes to.
    pub there_total: Decimal,
    /// Who the paper is to.
    pub there_contact: String,
    /// By what they are alike: `number`, `number_inside` or `contact_total_date`.
    pub by: LikeBy,
    /// How many days they are apart.
    pub days: i64,
    /// Whether the paper bears the stamp of another tenant or workspace of Crossfoot.
    pub stamped: bool,
}

/// How another integration seems to number the same documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OtherBooks {
    /// Its number or reference, with `{number}` for the source's own.
    pub way: String,
    /// Whether that stands in the reference, and not in the number.
    pub in_reference: bool,
    /// How many documents are in the ledger so.
    pub documents: u64,
    /// The day of the latest of them.
    pub latest: Option<NaiveDate>,
}

/// Where a kind's numbers have got to in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NumbersFound {
    /// Which kind.
    pub kind: Kind,
    /// The last number there.
    pub last: String,
    /// The next one, with which the source's own numbers may begin.
    pub next: String,
    /// From where on papers that are made are numbered, where the file counts the kind.
    pub ours: Option<String>,
}

/// What a first sync takes of a system's calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CallsNeeded {
    /// Which system.
    pub system: String,
    /// Calls that read: as many as the rehearsal took.
    pub reads: u64,
    /// Requests that write.
    pub writes: u64,
    /// How many calls a timer may still make today; none where the day has no limit.
    pub left_today: Option<u64>,
    /// When the last of them would be let go, were it begun now.
    pub done_by: DateTime<Utc>,
}

/// What a first sync meets on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FirstSync {
    /// What the source has, by kind and currency.
    pub source: Vec<PapersCount>,
    /// What the ledger has that counts, from where the tenant starts, by kind and currency.
    pub ledger: Vec<PapersCount>,
    /// How many customers of these documents are in the ledger.
    pub contacts_found: u64,
    /// Those that are not, and would be made.
    pub contacts_new: Vec<String>,
    /// Codes of lines for which the ledger has no item, where items are matched.
    pub items_unknown: Vec<String>,
    /// Numbers, names and addresses that are taken.
    pub clashes: Vec<FirstClash>,
    /// What is likely in the ledger already.
    pub doubles: Vec<DoubleTold>,
    /// Other integrations that seem to book the same documents.
    pub others: Vec<OtherBooks>,
    /// Where the ledger's numbers have got to, of kinds that the source numbers.
    pub numbers: Vec<NumbersFound>,
    /// What it takes of each system's calls.
    pub calls: Vec<CallsNeeded>,
}

impl From<&LikelyDouble> for DoubleTold {
    fn from(d: &LikelyDouble) -> Self {
        Self {
            number: d.document.number.clone(),
            date: d.document.date,
            currency: d.document.currency.clone(),
            total: d.document.total,
            contact: d.document.contact.clone(),
            there: d.paper.id.clone(),
            there_number: d.paper.number.clone(),
            there_reference: d.paper.reference.clone(),
            there_date: d.paper.date,
            there_total: d.paper.total,
            there_contact: d.paper.contact_name.clone(),
            by: d.by,
            days: d.days,
            stamped: d.paper.mark.is_some(),
        }
    }
}

impl From<OtherWay> for OtherBooks {
    fn from(w: OtherWay) -> Self {
        Self {
            way: w.way,
            in_reference: w.in_reference,
            documents: w.documents as u64,
            latest: w.latest,
        }
    }
}
