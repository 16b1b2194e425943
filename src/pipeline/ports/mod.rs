//! What must be remembered: the ports behind which the store stands.
//!
//! [`Journal`] is what the write protocol needs and nothing more, so that a simulation can stand behind it; the others
//! are the rest: the [`Books`] in use, [`Records`] of the source and its [`Customers`], [`Documents`] and the decisions on them,
//! their [`LoosePayments`] and [`GivenNumbers`], what was done to what is posted ([`Drifts`]), its own [`Epochs`], what was [`Written`], the
//! [`Mirror`] of the ledger and its [`Papers`], [`Runs`]; and what is asked for many at once ([`ByChunk`]). [`Memory`] is all of
//! them. Every method names the tenant; none works across tenants but two questions: what this workspace itself wrote into a
//! book ([`Written::brought`]), and how far it has numbered papers there ([`GivenNumbers::last_given`]). Every method that changes something is one transaction.

mod books;
mod by_chunk;
mod customers;
mod documents;
mod drifts;
mod epochs;
mod error;
mod halves;
mod journal;
mod mirror;
mod numbers;
mod papers;
mod payments;
mod records;
mod runs;
mod written;

pub use books::{BookRow, Books, InUse, Side};
pub use by_chunk::{ByChunk, ByValue, ContactBy, CustomerBy, KnownCustomer};
pub use customers::{Alike, AlikeCustomer, CustomerKeys, Customers};
pub use documents::{
    APPROVED_AT_ONCE, ContactLearned, DecidedDoc, DecisionNote, DocRow, Documents, LinksLearned,
    Moved, PaymentNote, Relink,
};
pub use drifts::{DriftRow, Drifts};
pub use epochs::{Epochs, ListedPaper};
pub use error::{DatabaseState, StoreError};
pub use halves::{BroughtBack, Halves, PaidThere};
pub use journal::{Batch, Journal, Settled};
pub use mirror::{ContactKeys, MAX_CANDIDATES, Mirror, MirrorFound};
pub use numbers::GivenNumbers;
pub use papers::{Looked, MAX_PAPERS, PaperKeys, Papers};
pub use payments::{
    EditSeen, LoosePayment, LoosePayments, PaymentGroup, ReleaseWord, left_by_file,
};
pub use records::Records;
pub use runs::{RunLine, RunRow, Runs, TenantState, TenantSwitch, WritesWait};
pub use written::Written;

/// A store that stands behind every port.
pub trait Memory:
    Journal
    + Books
    + ByChunk
    + Records
    + Customers
    + Documents
    + Drifts
    + Halves
    + LoosePayments
    + Written
    + Mirror
    + GivenNumbers
    + Runs
{
}
impl<T> Memory for T where
    T: Journal
        + Books
        + ByChunk
        + Records
        + Customers
        + Documents
        + Drifts
        + Halves
        + LoosePayments
        + Written
        + Mirror
        + GivenNumbers
        + Runs
{
}
