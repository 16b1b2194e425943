//! The e-mail after a run: what was done, what waits for a person and why, documents by number only.
//!
//! Flows in: a tenant's `notify`, its last run, the causes that keep documents back. Flows out: a letter, sent by
//! SMTP. It names no customer and no amount, since mail is read by others on its way: reasons are told by their
//! code and cure, not by their sentence. Bounded by `MOST_CAUSES`, `MOST_NUMBERS` and `TIMEOUT_S`.

use super::engine::{Engine, EngineError};
use super::report::{Cause, causes};
use super::workspace::Loaded;
use crate::mapping::NotifyWhen;
use crate::model::DocState;
use crate::pipeline::flow::Done;
use crate::pipeline::ports::{Books as _, Journal as _, RunRow};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// How long sending may take, in seconds.
const TIMEOUT_S: u64 = 30;
/// The most causes told.
const MOST_CAUSES: usize = 30;
/// The most numbers told for a cause.
const MOST_NUMBERS: usize = 30;
/// The most documents and runs looked at.
const MOST: usize = 10_000;

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A setting.
    #[error("{0}")]
    Setting(String),
    /// The mail server.
    #[error("the mail server did not take it: {0}")]
    Server(String),
    /// What it would tell cannot be read.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Sends letters.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

impl Mailer {
    /// Over a server, as `smtps://user:password@host` or `smtp://host:25?tls=required`, from an address.
    ///
    /// # Errors
    /// [`MailError::Setting`]; it does not show the address, which may hold a password.
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| {
                MailError::Setting(
                    "the mail server is not written as smtps://user:password@host:port".into(),
                )
            })?
            .timeout(Some(Duration::from_secs(TIMEOUT_S)))
            .build();
        let from = from
            .parse()
            .map_err(|_| MailError::Setting("the sender is not an e-mail address".into()))?;
        Ok(Self { transport, from })
    }

    /// Sends a letter.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(
        &self,
        to: &[Box<str>],
        letter: &Letter,
        engine: &Engine,
    ) -> Result<(), MailError> {
        let setting = |what: String| MailError::Setting(what);
        let mut id = [0_u8; 12];
        (engine.outside().fill)(&mut id);
        let id = format!(
            "<{}@crossfoot.invalid>",
            data_encoding::HEXLOWER.encode(&id)
        );
        let mut message = Message::builder()
            .from(self.from.clone())
            .subject(&letter.subject)
            .date(engine.now().into())
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN);
        for address in to {
            let address = address.parse::<Mailbox>();
            let address = address
                .map_err(|_| setting("`notify.email` has what is no e-mail address".into()))?;
            message = message.to(address);
        }
        let message = message
            .body(letter.text.clone())
            .map_err(|e| setting(e.to_string()))?;
        let sent = self.transport.send(message).await;
        sent.map(|_| ())
            .map_err(|e| MailError::Server(e.to_string()))
    }
}

/// Sends what a tenant wants to be told after a run. Answers whether a letter went.
///
/// # Errors
/// [`MailError`].
pub async fn after_run(
    engine: &Engine,
    loaded: &Loaded,
    done: &Done,
    mailer: &Mailer,
) -> Result<bool, MailError> {
    let notify = &loaded.mapping.notify;
    if notify.email.is_empty() {
        return Ok(false);
    }
    let runs = match notify.when.value {
        NotifyWhen::Off => return Ok(false),
        NotifyWhen::Issues if is_issue(done) => vec![done.run.clone()],
        NotifyWhen::Issues => return Ok(false),
        NotifyWhen::Daily => match since_last_letter(engine, loaded).await? {
            Some(runs) => runs,
            None => return Ok(false),
        },
    };
    let letter = letter(engine, loaded, &runs).await?;
    mailer.send(&notify.email, &letter, engine).await?;
    let note = note_name(loaded);
    let now = engine.now().to_rfc3339();
    engine
        .store()
        .keep_note(&note, &now)
        .await
        .map_err(EngineError::from)?;
    Ok(true)
}

fn note_name(loaded: &Loaded) -> String {
    format!("letter:{}", loaded.mapping.tenant)
}

/// Whether something was skipped, held, refused, left in doubt or could not be read.
fn is_issue(done: &Done) -> bool {
    let bad = [
        "skipped",
        "held",
        "refused",
        "in_doubt",
        "unreadable",
        "fault",
    ];
    done.run.stopped.is_some() || done.lines.iter().any(|l| bad.contains(&l.action.as_str()))
}

/// The runs since the last letter, unless one went today already.
async fn since_last_letter(
    engine: &Engine,
    loaded: &Loaded,
) -> Result<Option<Vec<RunRow>>, EngineError> {
    let store = engine.store();
    let last = store.note(&note_name(loaded)).await?;
    let last = last.and_then(|t| chrono::DateTime::parse_from_rfc3339(&t).ok());
    if last.is_some_and(|t| engine.day_of(loaded, t.into()) == engine.today(loaded)) {
        return Ok(None);
    }
    let mut runs = store.runs(&loaded.mapping.tenant, MOST).await?;
    runs.retain(|r| last.is_none_or(|t| r.ended.is_some_and(|e| e > t)));
    Ok(Some(runs))
}

async fn letter(engine: &Engine, loaded: &Loaded, runs: &[RunRow]) -> Result<Letter, EngineError> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let rows = store
        .documents(tenant, &[DocState::Held, DocState::Refused], MOST)
        .await?;
    let checked = store
        .documents(tenant, &[DocState::Checked], MOST)
        .await?
        .len();
    let doubtful = store.doubtful(tenant).await?.len();
    Ok(compose(
        tenant.as_str(),
        runs,
        &causes(&rows),
        checked,
        doubtful,
    ))
}

/// The letter's text.
pub fn compose(
    tenant: &str,
    runs: &[RunRow],
    causes: &[Cause],
    checked: usize,
    doubtful: usize,
) -> Letter {
    let mut sum: BTreeMap<&str, u64> = BTreeMap::new();
    for (word, n) in runs.iter().flat_map(|r| &r.counts) {
        *sum.entry(word).or_default() += n;
    }
    let waiting: usize = causes.iter().map(|c| c.documents.len()).sum();
    let mut text = match runs {
        [one] => format!("{tenant}: run {}\n\n", one.id),
        _ => format!("{tenant}: {} runs\n\n", runs.len()),
    };
    for (word, n) in sum.iter().filter(|(_, n)| **n > 0) {
        let _ = writeln!(text, "{n:>7}  {}", word.replace('_', " "));
    }
    if sum.values().all(|n| *n == 0) {
        text.push_str("Nothing to do.\n");
    }
    for why in runs.iter().filter_map(|r| r.stopped.as_ref()).take(3) {
        let _ = writeln!(text, "\nStopped early: {}", plain(why));
    }
    if waiting > 0 {
        let _ = writeln!(text, "\n{waiting} waiting for a person:");
    }
    for c in causes.iter().take(MOST_CAUSES) {
        let place = c
            .place
            .as_ref()
            .map(|p| format!(" ({p})"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "\n- {} [{}]{place}: {}",
            c.state,
            c.code,
            numbers(&c.documents)
        );
        if !c.fix.is_empty() {
            let _ = writeln!(text, "  What to do: {}", plain(&c.fix));
        }
    }
    if checked > 0 {
        let _ = writeln!(text, "\n{checked} checked and waiting for approval.");
    }
    if doubtful > 0 {
        let _ = writeln!(
            text,
            "\n{doubtful} in doubt; they are looked up before anything is sent again."
        );
    }
    let _ = writeln!(
        text,
        "\nMore: crossfoot errors {tenant}, crossfoot explain {tenant} NUMBER"
    );
    let subject = match waiting {
        0 => format!("Crossfoot: {tenant}"),
        n => format!("Crossfoot: {tenant}, {n} waiting for a person"),
    };
    Letter { subject, text }
}

fn numbers(all: &[String]) -> String {
    let shown: Vec<String> = all.iter().take(MOST_NUMBERS).map(|n| plain(n)).collect();
    let mut text = shown.join(", ");
    if all.len() > MOST_NUMBERS {
        let _ = write!(text, " and {} more", all.len() - MOST_NUMBERS);
    }
    text
}

/// One line, whatever was in it.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
