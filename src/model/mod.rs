//! The nouns. No I/O, no async, no vendor's name.
//!
//! Flows in: nothing. Flows out: the types that every other room speaks in. The files stand in the order
//! of the flow: a record comes from a source, holds a canonical document, becomes a draft with the help of
//! what the ledger holds, and makes a journey that ends posted or with a reason.

pub mod chart;
pub mod diagnostic;
pub mod document;
pub mod draft;
pub mod facts;
pub mod ids;
pub mod journey;
pub mod ledger;
pub mod money;
pub mod record;
pub mod text;
pub mod trace;

pub use chart::{Account, AccountClass, Chart, LedgerItem, Organisation, TaxRate};
pub use diagnostic::{Diagnostic, Place, Reason, Severity, Verdict};
pub use document::{
    Address, Contact, DocStatus, Document, Instalment, Invoice, Item, Line, LineKind, Payment,
    PaymentKind,
};
pub use draft::{
    AccountRef, ContactDraft, ContactTarget, Draft, InvoiceDraft, LineDraft, PaymentDraft, Phones,
    TaxMode,
};
pub use facts::{SourceFacts, Start, TargetFacts};
pub use ids::{ConnectionName, Fingerprint, Kind, Marker, NaturalKey, SourceId, TenantId};
pub use journey::{DocState, WriteState};
pub use ledger::{
    ContactsCut, GonePayment, LedgerContact, LedgerInvoice, LedgerLine, LedgerPayment, LedgerView,
    Link, PostedDraft, digits, folded,
};
pub use money::Currency;
pub use record::SourceRecord;
pub use text::dangerous;
pub use trace::{Origin, Trace, TraceStep};
