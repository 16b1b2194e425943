//! A thing in a book: which book, what kind, and the id that book writes it by.
//!
//! An id means nothing by itself: two systems both count from 1, and contact 17 is not invoice 17. Everything that
//! speaks of a thing at a system, be it read from or written to, speaks of a [`Key`].

use super::ids::{ConnectionName, Kind, SourceId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One account at one system, as a tenant's file named it when it was first used, and for ever after.
///
/// The word stands inside natural keys and, hashed, in every stamp: it stays when the connection that leads to the
/// book is renamed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BookId(Box<str>);

impl BookId {
    /// A book's word as it stands in the store and in natural keys.
    pub fn stored(word: &str) -> Self {
        Self(word.into())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&ConnectionName> for BookId {
    fn from(name: &ConnectionName) -> Self {
        Self(name.as_str().into())
    }
}

impl fmt::Display for BookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A thing in a book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Which book.
    pub book: BookId,
    /// What it is there.
    pub kind: Kind,
    /// The id that book writes it by.
    pub id: SourceId,
}

impl Key {
    /// The key of a thing.
    pub fn new(book: &BookId, kind: Kind, id: &SourceId) -> Self {
        Self {
            book: book.clone(),
            kind,
            id: id.clone(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.book, self.kind, self.id)
    }
}
