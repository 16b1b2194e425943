//! Sealing: secrets are encrypted before they touch the disk.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes. What a secret is for is bound to it as associated
//! data, so that one moved to another row does not open. The key is kept apart from the data.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Randomness from outside: fills a buffer.
pub type Fill = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key does not open it.
    #[error(
        "a stored secret does not open with this key: the key file is another one than when it was stored. Put the old key back, or connect again"
    )]
    DoesNotOpen,
    /// The key itself cannot be had.
    #[error("{0}")]
    Key(String),
}

/// The key of a workspace.
#[derive(Clone)]
pub struct Seal {
    key: Zeroizing<[u8; 32]>,
    fill: Fill,
}

const VERSION: u8 = 1;
const NONCE: usize = 24;

impl Seal {
    /// With a key that is at hand.
    pub fn new(key: [u8; 32], fill: Fill) -> Self {
        Self {
            key: Zeroizing::new(key),
            fill,
        }
    }

    /// With the key of a file, which is made when there is none. It must not lie in the data folder, and nobody else may read it.
    ///
    /// # Errors
    /// [`SealError::Key`] that says what is wrong with the file.
    pub fn from_file(path: &Path, data: &Path, fill: Fill) -> Result<Self, SealError> {
        let inside = |p: &Path| {
            let full = |p: &Path| p.canonicalize().unwrap_or_else(|_| PathBuf::from(p));
            p.parent()
                .is_some_and(|folder| full(folder).starts_with(full(data)))
        };
        if inside(path) {
            return Err(SealError::Key(format!(
                "the key {} lies in the data folder: whoever copies the data has the key too. Move it elsewhere and set CROSSFOOT_KEY_FILE",
                path.display()
            )));
        }
        if !path.exists() {
            make(path, &fill)?;
        }
        readable_by_others(path)?;
        let text = std::fs::read_to_string(path)
            .map(Zeroizing::new)
            .map_err(|e| {
                SealError::Key(format!("the key {} cannot be read: {e}", path.display()))
            })?;
        Self::from_text(text.trim(), fill).map_err(|_| {
            SealError::Key(format!(
                "the key {} is not 64 hexadecimal digits",
                path.display()
            ))
        })
    }

    /// With a key of 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SealError::Key`] when it is not.
    pub fn from_text(text: &str, fill: Fill) -> Result<Self, SealError> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .map(Zeroizing::new)
            .ok();
        let key = bytes.and_then(|b| <[u8; 32]>::try_from(b.as_slice()).ok());
        key.map(|k| Self::new(k, fill))
            .ok_or_else(|| SealError::Key("the key is not 64 hexadecimal digits".into()))
    }

    /// Seals some bytes for one purpose.
    ///
    /// # Errors
    /// [`SealError::Key`], which does not happen.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE];
        (self.fill)(&mut nonce);
        let cipher = XChaCha20Poly1305::new((&*self.key).into());
        let payload = Payload {
            msg: plain,
            aad: purpose.as_bytes(),
        };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SealError::Key("the secret is too long to be sealed".into()))?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (Some(&VERSION), Some(nonce), Some(body)) = (
            sealed.first(),
            sealed.get(1..=NONCE),
            sealed.get(1 + NONCE..),
        ) else {
            return Err(SealError::DoesNotOpen);
        };
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(|_| SealError::DoesNotOpen)?;
        let cipher = XChaCha20Poly1305::new((&*self.key).into());
        let payload = Payload {
            msg: body,
            aad: purpose.as_bytes(),
        };
        cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SealError::DoesNotOpen)
    }
}

fn make(path: &Path, fill: &Fill) -> Result<(), SealError> {
    use std::io::Write;
    let fail = |e: std::io::Error| {
        SealError::Key(format!("the key {} cannot be made: {e}", path.display()))
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    let mut key = Zeroizing::new([0_u8; 32]);
    fill(&mut *key);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let text = Zeroizing::new(data_encoding::HEXLOWER.encode(&*key));
    let mut file = options.open(path).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    file.sync_all().map_err(fail)
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> Result<(), SealError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map(|m| m.permissions().mode() & 0o077);
    match mode {
        Ok(0) => Ok(()),
        Ok(_) => Err(SealError::Key(format!(
            "the key {} can be read by others; `chmod 600` it",
            path.display()
        ))),
        Err(e) => Err(SealError::Key(format!(
            "the key {} cannot be looked at: {e}",
            path.display()
        ))),
    }
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> Result<(), SealError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(byte: u8) -> Seal {
        Seal::new([byte; 32], Arc::new(|b| b.fill(7)))
    }

    #[test]
    fn opens_only_with_its_key_and_for_its_purpose() {
        let sealed = seal(1).seal("acme", b"secret").unwrap();
        assert_eq!(seal(1).open("acme", &sealed).unwrap().as_slice(), b"secret");
        assert!(seal(2).open("acme", &sealed).is_err());
        assert!(seal(1).open("other", &sealed).is_err());
        assert!(seal(1).open("acme", &sealed[..10]).is_err());
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
    }
}
