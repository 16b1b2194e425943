//! The store: the pipeline's ports on embedded SQLite.
//!
//! Flows in: the changes of one transaction. Flows out: what is remembered. Refuses a second process, a
//! network file system, and a move of a write that the journal's table of moves does not hold. `sqlx` is
//! only here. Every query names its tenant.

mod audit;
mod books;
mod journal;
mod learned;
mod open;
mod rows;
mod seal;
mod settings;
mod settle;
mod tokens;

pub use audit::{AuditFault, verify_audit};
pub use open::{OpenAs, Store};
pub use seal::{Fill, Seal, SealError};
pub use tokens::{EscrowFiles, Tokens};
