//! The storm, with this ledger's promises.
