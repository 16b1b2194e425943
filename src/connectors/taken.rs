//! What is sent to us: documents that a connection keeps for its next read, and hooks that only say that it is worth looking.

use super::BadRecord;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Documents that were sent and are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// How many are kept now that were not before.
    pub new: usize,
    /// How many were kept already, in the same words.
    pub again: usize,
    /// The numbers of those that can be read.
    pub read: Vec<String>,
    /// How many have the version of one that was kept before, and say something else: kept and told, and the first counts.
    pub clashing: usize,
    /// How many cannot be read and are not kept either, for so many such are kept already.
    pub turned_away: usize,
    /// What cannot be read of the rest: it is kept as well, and told until it is sent in better words.
    pub told: Vec<BadRecord>,
}

/// Why what was sent is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// It is not what is taken: where, why, and what to do.
    Wrong(BadRecord),
    /// There is no room, or it cannot be written; it is worth sending again.
    Later(String),
}

/// How a system signs what it sends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHook {
    /// The header with the signature: base64 of HMAC-SHA256 over the body as it came, under the key the vendor shows.
    pub header: &'static str,
    /// The status with which a wrong signature is answered.
    pub refused: u16,
}

impl SignedHook {
    /// Whether a signature is that of a body under a key. In constant time.
    pub fn holds(&self, key: &[u8], body: &[u8], signature: &str) -> bool {
        let Ok(given) = STANDARD.decode(signature.trim()) else {
            return false;
        };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            return false;
        };
        mac.update(body);
        mac.verify_slice(&given).is_ok()
    }
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
pub fn same_secret(one: &[u8], other: &[u8]) -> bool {
    let mac = |of: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"crossfoot hook").ok()?;
        mac.update(of);
        Some(mac)
    };
    match (mac(one), mac(other)) {
        (Some(one), Some(other)) => one.verify(&other.finalize().into_bytes()).is_ok(),
        _ => false,
    }
}
