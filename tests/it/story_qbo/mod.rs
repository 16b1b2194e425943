//! The flow's stories with QuickBooks Online: once and no more, edits, doubt, and what its users learnt the hard way.
//!
//! Flows in: what a story's shop holds. Flows out: an engine over a workspace whose ledger is the fake company ([`Desk`]), and
//! the company as a person sees it. Each story is told of a company in Australia, whose lines name their tax code, or in the
//! United States, whose documents do.

mod between;
mod bounds;
mod contacts;
mod desk;
mod doubt;
mod edits;
mod files;
mod gone;
mod hard;
mod landed;
mod money;
mod names;
mod posting;
mod rounding;
mod standing;
mod versions;
mod words;

pub use desk::{AUSTRALIA, Desk, states};

/// A key is not used once more, and a version is not taken from what was seen before.
#[tokio::test]
async fn a_deleted_payment_goes_again_and_a_change_that_waited_goes_on_what_is_there() {
    let wrong = between::sent_after_a_delete().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    let wrong = between::changed_after_waiting().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}
