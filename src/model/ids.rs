//! Names: what a tenant and a connection are called, and how an id and a hash are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` cannot name a {what}: use 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"
)]
pub struct BadName {
    /// What was to be named.
    pub what: &'static str,
    /// What was given.
    pub given: String,
}

/// What stands behind the name of a tenant in that of its backward half. No file can be called so.
const BACK: &str = ":back";

fn checked(what: &'static str, given: &str) -> Result<String, BadName> {
    let word = match what {
        "tenant" => given.strip_suffix(BACK).unwrap_or(given),
        _ => given,
    };
    is_word(word)
        .then(|| given.to_owned())
        .ok_or_else(|| BadName {
            what,
            given: given.chars().take(80).collect(),
        })
}

fn is_word(given: &str) -> bool {
    (1..=63).contains(&given.len())
        && given
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !given.starts_with('-')
        && !given.ends_with('-')
}

macro_rules! name {
    ($(#[$doc:meta])* $ty:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $ty(String);
        impl $ty {
            /// Checks a name.
            ///
            /// # Errors
            /// [`BadName`] when the text is not 1 to 63 of `a-z`, `0-9`, `-`.
            pub fn new(name: &str) -> Result<Self, BadName> {
                checked($what, name).map(Self)
            }
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $ty {
            type Error = BadName;
            fn try_from(s: String) -> Result<Self, BadName> {
                Self::new(&s)
            }
        }
        impl From<$ty> for String {
            fn from(n: $ty) -> String {
                n.0
            }
        }
    };
}

name!(
    /// One business whose books are kept in agreement. Also the name of its file under `mappings/`.
    TenantId,
    "tenant"
);
impl TenantId {
    /// Its backward half, which brings what people enter in its ledger back to its source.
    #[must_use]
    pub fn back(&self) -> Self {
        Self(format!("{}{BACK}", self.0))
    }

    /// Of a backward half, the tenant whose half it is.
    pub fn forward(&self) -> Option<Self> {
        self.0.strip_suffix(BACK).map(|name| Self(name.to_owned()))
    }

    /// The tenant whose file says what is done: of a backward half the one whose half it is.
    #[must_use]
    pub fn of_file(&self) -> Self {
        self.forward().unwrap_or_else(|| self.clone())
    }
}

name!(
    /// A named connection to one account at one system: `acme` in `from: { keap: acme }`.
    ConnectionName,
    "connection"
);

/// An id as its source writes it. Never a number: `0200` stays `0200`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct SourceId(pub String);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl From<&str> for SourceId {
    fn from(s: &str) -> Self {
        Self(s.to_owned())
    }
}

/// Twenty characters (100 bits) of base32 that stamp a document as the effect of one natural key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Marker(pub String);

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A SHA-256 in hex: of a raw record, a draft, a request body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub String);

impl Fingerprint {
    /// The fingerprint of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert!(TenantId::new("acme-cranes").is_ok());
        for bad in ["", "Acme", "a b", "-a", "a-", "../x", &"a".repeat(64)] {
            assert!(TenantId::new(bad).is_err(), "{bad}");
        }
    }
}
