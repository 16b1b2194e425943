//! How much fits into QuickBooks Online's fields, and what of a paper stays open to change.

use crate::model::{ContactRoom, MayChange};

/// Most writes in one request.
pub const BATCH: usize = 30;
/// Most characters of a number.
pub const NUMBER: usize = 21;
/// Most characters of a memo.
pub const MEMO: usize = 4000;

/// What is kept of a customer's fields.
pub const CONTACT: ContactRoom = ContactRoom {
    person: 100,
    lines: 5,
    line: 500,
    town: 255,
    code: 30,
    phone: 30,
};

/// What of a paper can still be changed once money stands on it: whatever leaves its sum.
pub const AFTER_MONEY: [MayChange; 4] = [
    MayChange::Number,
    MayChange::Reference,
    MayChange::Due,
    MayChange::Text,
];
