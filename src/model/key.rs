//! A thing in a book: which book, what kind, and the id that book writes it by.
//!
//! An id means nothing by itself: two systems both count from 1, and contact 17 is not invoice 17. Everything that
//! speaks of a thing at a system, be it read from or written to, speaks of a [`Key`].
//!
//! A [`NaturalKey`] names one effect of a thing on another book for ever: it is unique in the store, and its [`Marker`]
//! is written into the document itself, so that the effect can be found again when the answer to the call was lost.

use super::ids::{ConnectionName, Marker, SourceId, TenantId};
use super::kinds::Kind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
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

/// What a write is, for ever: tenant, the word of the book it comes from, kind, id there and purpose.
///
/// Unique in the store: however a document was noticed, it ends in the same row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NaturalKey(String);

impl NaturalKey {
    /// Builds the key. `purpose` is `create`, or `update:<version>`.
    pub fn new(tenant: &TenantId, of: &Key, purpose: &str) -> Self {
        // A slash in an id is doubled, so that no two keys can be written alike.
        let (book, kind, id) = (&of.book, of.kind, of.id.0.replace('/', "//"));
        Self(format!("{tenant}/{book}/{kind}/{id}/{purpose}"))
    }

    /// A key read back from the store.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stamp that goes into the document at the vendor.
    pub fn marker(&self) -> Marker {
        let hash = Sha256::digest(self.0.as_bytes());
        let text = data_encoding::BASE32_NOPAD.encode(&hash);
        Marker(text.chars().take(20).collect())
    }
}

impl fmt::Display for NaturalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_in_an_id_cannot_forge_another_key() {
        let t = TenantId::new("acme").unwrap();
        let book = BookId::from(&ConnectionName::new("keap").unwrap());
        let of = |id: &str| Key::new(&book, Kind::Invoice, &id.into());
        let a = NaturalKey::new(&t, &of("1/create"), "create");
        let b = NaturalKey::new(&t, &of("1"), "create/create");
        assert_ne!(a, b);
        assert_eq!(a.marker().0.len(), 20);
    }
}
