//! Sends letters by SMTP.
//!
//! Flows in: the server's address with its password, the sender, a letter. Flows out: the letter. Its errors never
//! show the address, which may hold a password. Bounded by `TIMEOUT_S`.

use super::letter::Letter;
use chrono::{DateTime, Utc};
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::time::Duration;

/// How long sending may take, in seconds.
const TIMEOUT_S: u64 = 30;

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A setting, or an address the server does not take.
    #[error("{0}")]
    Setting(String),
    /// The mail server does not answer, or not now.
    #[error("the mail server did not take it: {0}")]
    Server(String),
}

/// Sends letters.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Over a server, as `smtps://user:password@host` or `smtp://host:25?tls=required`, from an address.
    ///
    /// # Errors
    /// [`MailError::Setting`]; it does not show the address, which may hold a password.
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let setting = |what: &str| MailError::Setting(what.to_owned());
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| {
                setting("the mail server is not written as smtps://user:password@host:port")
            })?
            .timeout(Some(Duration::from_secs(TIMEOUT_S)))
            .build();
        let from = from
            .parse()
            .map_err(|_| setting("the sender is not an e-mail address"))?;
        Ok(Self { transport, from })
    }

    /// Sends a letter under a name: one that is sent twice has the same name both times.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(
        &self,
        to: &[Box<str>],
        letter: &Letter,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(), MailError> {
        let setting = |what: String| MailError::Setting(what);
        let mut message = Message::builder()
            .from(self.from.clone())
            .subject(&letter.subject)
            .date(now.into())
            .message_id(Some(format!("<{name}@crossfoot.invalid>")));
        for address in to {
            let address = address.parse::<Mailbox>();
            let address = address
                .map_err(|_| setting("`notify.email` has what is no e-mail address".into()))?;
            message = message.to(address);
        }
        let message = message
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))
            .map_err(|e| setting(e.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(e) if e.is_permanent() => Err(setting(format!("the mail server refused it: {e}"))),
            Err(e) => Err(MailError::Server(e.to_string())),
        }
    }
}
