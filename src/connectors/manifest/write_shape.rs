//! What a manifest says of writing, read: plain data, every part of it owned.

use super::path::RecordPath;
use super::request::{BodySpec, CallSpec};
use super::template::Template;
use crate::mapping::At;
use crate::model::Kind;
use std::collections::BTreeSet;

/// What is written.
#[derive(Debug, Clone, Default)]
pub struct WriteSpec {
    /// Contacts.
    pub contacts: Option<KindWrite>,
    /// Invoices.
    pub invoices: Option<KindWrite>,
    /// Payments.
    pub payments: Option<KindWrite>,
    /// Where money received is put, in the system's own words.
    pub accounts: Vec<String>,
}

impl WriteSpec {
    /// How a kind is written, where it is.
    pub fn of(&self, kind: Kind) -> Option<&KindWrite> {
        match kind {
            Kind::Contact => self.contacts.as_ref(),
            Kind::Invoice => self.invoices.as_ref(),
            Kind::Payment => self.payments.as_ref(),
            Kind::CreditNote
            | Kind::Overpayment
            | Kind::Item
            | Kind::Estimate
            | Kind::PurchaseOrder => None,
        }
    }

    /// The kinds that are written, with how.
    pub fn kinds(&self) -> impl Iterator<Item = (Kind, &KindWrite)> {
        let all = [Kind::Contact, Kind::Invoice, Kind::Payment].into_iter();
        all.filter_map(|k| Some((k, self.of(k)?)))
    }
}

/// How a kind is written.
#[derive(Debug, Clone)]
pub struct KindWrite {
    /// Where that is written.
    pub at: At,
    /// What makes that a lost or repeated request makes one record.
    pub safe_by: SafeBy,
    /// Where a record of this kind carries our mark.
    pub mark: MarkAt,
    /// How one is made.
    pub create: WriteCall,
    /// How one is changed.
    pub change: Option<ChangeCall>,
    /// How one is taken away.
    pub remove: Option<WriteCall>,
    /// The body.
    pub body: BodySpec,
    /// One element of the lines.
    pub line: Option<BodySpec>,
    /// The element that states the tax.
    pub tax_line: Option<BodySpec>,
    /// Whether amounts stand in the body as numbers.
    pub numbers: bool,
    /// Decimals of a price and of a quantity.
    pub places: (u32, u32),
    /// How those with our mark are asked for.
    pub find: Option<(CallSpec, Option<RecordPath>)>,
    /// Fields that come back otherwise.
    pub loses: BTreeSet<String>,
}

impl KindWrite {
    /// The templates of the body and of the lines.
    pub fn body_templates(&self) -> Vec<&Template> {
        let own = self.change.as_ref().and_then(|c| c.body.as_ref());
        let all = [
            Some(&self.body),
            self.line.as_ref(),
            self.tax_line.as_ref(),
            own,
        ];
        let mut out = Vec::new();
        for body in all.into_iter().flatten() {
            body.collect(&mut out);
        }
        out
    }
}

/// What makes that a request which is lost or repeated makes one record, strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SafeBy {
    /// The id is ours, and a second create with it makes nothing.
    OurId,
    /// A second create with a field of ours changes the first.
    Upsert,
    /// A key goes with the request.
    Key(KeySpec),
    /// A second one of the same number is refused.
    Unique,
    /// It is only looked for.
    Stamp,
    /// The same, and a person lets each go.
    ByHand,
}

/// The key that goes with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySpec {
    /// Whether it stands in a header, and else in the body.
    pub in_header: bool,
    /// The name of the header or field.
    pub name: String,
    /// How long it is known, in seconds; `None` where nobody says.
    pub lives_s: Option<i64>,
}

/// Where a record carries our mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkAt {
    /// It is the record's id.
    Id,
    /// At a path.
    Path(RecordPath),
}

/// A call that writes.
#[derive(Debug, Clone)]
pub struct WriteCall {
    /// The method.
    pub method: http::Method,
    /// Path and parameters.
    pub call: CallSpec,
    /// Its headers.
    pub headers: Vec<(String, Template)>,
    /// Where the answer has the record.
    pub record: Option<RecordPath>,
    /// Where the answer has the id.
    pub id_from: Option<RecordPath>,
}

impl WriteCall {
    /// The templates of its address and headers.
    pub fn templates(&self) -> Vec<&Template> {
        let mut all = self.call.templates();
        all.extend(self.headers.iter().map(|(_, t)| t));
        all
    }
}

/// A call that changes.
#[derive(Debug, Clone)]
pub struct ChangeCall {
    /// The call.
    pub call: WriteCall,
    /// Whether a change of another version than the newest is refused.
    pub versioned: bool,
    /// Its body, where it is another one.
    pub body: Option<BodySpec>,
}

/// What a write is refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RefusedFor {
    /// Something of the same number, name or id is there.
    Duplicate,
    /// It was changed there since.
    Stale,
    /// What it is for is closed, or not there.
    State,
    /// A closed period.
    Locked,
    /// An account or code that it does not know.
    Mapping,
    /// The data.
    #[default]
    Data,
}

impl RefusedFor {
    /// What a word of a manifest means.
    pub fn of(word: &str) -> Self {
        match word {
            "duplicate" => Self::Duplicate,
            "stale" => Self::Stale,
            "state" => Self::State,
            "locked" => Self::Locked,
            "mapping" => Self::Mapping,
            _ => Self::Data,
        }
    }
}
