//! The nouns. No I/O, no async, no vendor's name.
//!
//! Flows in: nothing. Flows out: the types that every other room speaks in. The files stand in the order
//! of the flow: a record comes from a source, holds a canonical document, becomes a draft with the help of
//! what the ledger holds, and makes a journey that ends posted or with a reason.

pub mod balance;
pub mod chart;
pub mod codes;
mod comes_to;
pub mod counts;
pub mod cure;
pub mod customer;
pub mod diagnostic;
pub mod document;
pub mod draft;
pub mod drift;
pub mod entry;
pub mod epoch;
pub mod facts;
pub mod follow;
pub mod held;
pub mod ids;
pub mod journey;
pub mod key;
pub mod kinds;
mod ledger;
pub mod link;
mod lone;
pub mod money;
pub mod party;
pub mod record;
pub mod remembered;
mod series;
pub mod set;
pub mod setting;
pub mod standing;
mod stands_apart;
pub mod status;
pub mod text;
pub mod trace;
pub mod word;

pub use balance::{Balance, BalancePart, PartWhy};
pub use chart::{
    Account, AccountClass, Chart, LedgerItem, Organisation, TaxRate, Tracked, TrackingCategory,
};
pub use codes::Code;
pub use comes_to::owed_after;
pub use counts::{Became, Counts};
pub use customer::{ContactFound, Evidence, FoundBy, ItemFound};
pub use diagnostic::{Diagnostic, Place, Reason, Severity, Verdict};
pub use document::{
    Address, Contact, Instalment, Invoice, Item, Line, LineKind, Payment, PaymentKind, Stated,
};
pub use draft::{
    AccountRef, ContactDraft, ContactTarget, Draft, InvoiceDraft, LineDraft, PaymentDraft, Phones,
    TaxMode,
};
pub use drift::{Drift, DriftKind, OthersEntry};
pub use entry::{Begun, EntryState, PaymentEntry, entries_told};
pub use epoch::{Beacon, EPOCH_WAIT_S, Epoch, EpochCause, EpochProof, Gate, LogEnd};
pub use facts::{
    AskKind, CanWrite, Charset, ContactRoom, Facts, Lengths, LinesBy, Numbers, Op, Places, Promise,
    Quantities, ReadFacts, RefundsBy, SignIn, SourceFacts, Start, StatusWord, TargetFacts, TaxRule,
    WriteFacts,
};
pub use held::HeldCount;
pub use ids::{ConnectionName, Fingerprint, Marker, SourceId, TenantId};
pub use journey::{DocState, WriteState};
pub use key::{BookId, Key, NaturalKey};
pub use kinds::Kind;
pub use ledger::{
    AppliedCredit, ContactsCut, LedgerInvoice, LedgerLine, LedgerPayment, LedgerView, MayChange,
    PostedDraft,
};
pub use link::{Link, LinkMade, PutElsewhere};
pub use money::Currency;
pub use party::{LedgerContact, PartyList};
pub use record::{Document, Edition, Record, SourceRecord};
pub use remembered::RememberedWord;
pub use series::{GivenNumber, SeriesNumber, SeriesPlace};
pub use set::{SetBy, SetKey, SetName, SetValue};
pub use setting::{SettingKey, SettingWord, SystemSettings, Takes};
pub use standing::{May, Standing};
pub use stands_apart::StandsApart;
pub use status::DocStatus;
pub use text::{bracketed, dangerous, digits, folded};
pub use trace::{Origin, Trace, TraceStep};
pub use word::{LedgerEntry, PersonsWord, WordKind, Words};
