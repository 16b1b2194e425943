//! Where a call carries its key or token.
//!
//! Flows in: an address, headers and the secret. Flows out: the address and headers with it; it is marked as sensitive, so
//! that no log shows it. Refuses: a secret with characters that no header may have. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

/// What of HTTP Basic a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyForm {
    /// The key is `user:password` as it was given.
    Pair,
    /// The key is the user, and there is no password.
    User,
    /// The key is both.
    Both,
}

/// Where a call carries its key or token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carries {
    /// In `Authorization: Bearer`.
    Bearer,
    /// Nowhere: everybody may ask.
    Nothing,
    /// In a header of its own.
    Header(String),
    /// In `Authorization: Basic`.
    Basic(KeyForm),
    /// In a parameter of the address.
    Query(String),
}

impl Carries {
    /// Puts a secret where it belongs; answers the address to call.
    ///
    /// # Errors
    /// A sentence that does not name the secret.
    pub fn put(
        &self,
        url: &str,
        headers: &mut HeaderMap,
        token: &SecretString,
    ) -> Result<String, String> {
        let secret = token.expose_secret();
        let (name, value) = match self {
            Self::Nothing => return Ok(url.to_owned()),
            Self::Query(name) => {
                let mut url = url::Url::parse(url).map_err(|_| "the address is not a URL")?;
                url.query_pairs_mut().append_pair(name, secret);
                return Ok(url.into());
            }
            Self::Bearer => (AUTHORIZATION, format!("Bearer {secret}")),
            Self::Basic(form) => {
                let pair = match form {
                    KeyForm::Pair => secret.to_owned(),
                    KeyForm::User => format!("{secret}:"),
                    KeyForm::Both => format!("{secret}:{secret}"),
                };
                (AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)))
            }
            Self::Header(name) => {
                let name = HeaderName::from_bytes(name.as_bytes());
                let name =
                    name.map_err(|_| "the key's header has no name that a header can have")?;
                (name, secret.to_owned())
            }
        };
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| "the token has characters that no header may have".to_owned())?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(url.to_owned())
    }
}

/// The headers of a call, without its key.
///
/// # Errors
/// A sentence: what no header may have.
pub(super) fn plain(headers: &[(&str, String)]) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let bad =
            || format!("the value of the header {name} has characters that no header may have");
        let value = HeaderValue::from_str(value).map_err(|_| bad())?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        map.insert(name, value);
    }
    Ok(map)
}
