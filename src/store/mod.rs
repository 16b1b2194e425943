//! The store: the pipeline's ports on embedded SQLite.
//!
//! Flows in: the changes of one transaction. Flows out: what is remembered. Refuses a second process, a
//! network file system, and a move of a write that the journal's table of moves does not hold. `sqlx` is
//! only here. Every query names its tenant, and none reads a table that grows from end to end: a test asks
//! the database how it would answer each.

mod anew;
mod approvals;
mod audit;
mod beacon;
mod beside;
mod books;
mod by_chunk;
mod calls;
mod charts;
mod contacts;
mod counted;
mod customers;
mod decisions;
pub mod dialect;
mod documents;
mod drifts;
mod echo;
mod edits;
mod epochs;
mod failed;
mod first_stage;
mod found;
mod halves;
mod in_use;
mod journal;
mod journey;
mod learned;
mod links;
mod look_anew;
mod loose;
mod migrations;
mod moves;
mod named;
mod namesakes;
mod needed;
mod noticed;
mod open;
mod overlay;
mod page;
mod papers;
mod plans;
mod private;
mod put_back;
mod ready;
mod records;
mod remembered;
mod reserve;
mod retention;
mod rows;
mod runs;
mod seal;
mod settings;
mod settle;
mod shared;
mod sql;
mod stamps;
mod sweeps;
mod tenants;
mod things;
mod tokens;
mod unlink;
mod unwanted;
mod waiting;
mod wishes;
mod word_rows;
mod wording;
mod words;
mod writes;

pub use audit::{AuditFault, verify_audit};
pub use beacon::BeaconPlace;
pub use edits::EditLooked;
pub use found::EpochFound;
pub use open::{OpenAs, Store};
pub use private::{private_empty, private_file, private_folder, put_right, remove_copies};
pub use put_back::put_back;
pub use retention::Forgotten;
pub use seal::{Fill, Seal, SealError};
pub use tokens::{EscrowFiles, TokenVault};
pub use unlink::Unlinked;
pub use wishes::{Wish, Wished};
pub use words::{PersonsLink, Said};
