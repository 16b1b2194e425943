//! Sends calls to vendors, within their budgets, with a valid token, and says what the answer means.
//!
//! Flows in: an [`HttpAsk`] of a connector, with the [`Session`] it is made for. Flows out: an answer with a status that
//! the connector understands (2xx, 304, and 400, 404 and other 4xx that speak of the request), or a [`CallError`].
//! Refuses: to send a write twice. A 401 is the one exception, since it proves that nothing was executed:
//! the token is renewed once and the same request goes again.
//! Bounded by: [`READ_TRIES`] for reads, [`PATIENCE_S`] of waiting for a budget, the transport's deadline and size.
//!
//! Nothing that a customer typed and no token is logged: a line has tenant, connection, class of endpoint,
//! status, sizes and the vendor's own id of the call.

use super::carried::plain;
pub use super::carried::{Carries, KeyForm};
pub use super::limit::{Learned, Limited};

use super::auth::{AuthError, Bearer, Tokens, Who};
use super::budget::{Allowance, Budgets, Permit, Urgency, Waits};
use super::http::{DEADLINE_S, HttpRequest, HttpResponse, Transport, TransportError};
use super::refused::{answered, gone, hopeless, no_token, reconnect, unanswered, wait};
use super::{CallError, Settings};
use crate::clock::{Clock, Moment};
use crate::model::{ConnectionName, TenantId};
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::Method;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How often a read is tried.
pub const READ_TRIES: u32 = 3;
/// How long a call waits for its budget before it answers [`CallError::Wait`], in seconds.
pub const PATIENCE_S: i64 = 65;
/// A write leaves within this many seconds of being asked for, or not at all.
///
/// The write protocol looks at the clock, then asks. A key that may go again for 180 s and is kept for 360 s
/// leaves 50 s for everything between that look and the wire, when a request may be 130 s under way: a
/// renewed token, a wait for a budget, a process that stood still.
pub const LEAVE_S: i64 = 40;

/// Randomness from outside: a number below the given one.
pub type Jitter = Arc<dyn Fn(u64) -> u64 + Send + Sync>;

/// What a call carries.
#[derive(Clone)]
pub struct Session {
    /// Whose call it is.
    pub tenant: TenantId,
    /// Over which connection.
    pub connection: ConnectionName,
    /// The connection's settings: base addresses, organisation, folder, mapping of columns. No secrets.
    pub settings: Arc<Settings>,
    /// How to send.
    pub http: Arc<Http>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// What is peculiar to a vendor about limits and refusals of a connection.
pub trait Dialect: Send + Sync {
    /// The system's word.
    fn system(&self) -> &str;
    /// Where a call carries its key or token.
    fn carries(&self) -> Carries {
        Carries::Bearer
    }
    /// The limits a call counts against.
    fn allowances(&self, session: &Session) -> Vec<Allowance>;
    /// What an answer's headers tell about them.
    fn learn(&self, session: &Session, answer: &HttpResponse) -> Vec<Learned>;
    /// What a 429 means.
    fn limited(&self, session: &Session, answer: &HttpResponse, now: DateTime<Utc>) -> Limited;
    /// Whether a 401 cannot be helped by a new token: why, and what to do.
    fn hopeless(&self, answer: &HttpResponse) -> Option<(String, String)>;
    /// Whether this status says that the connection no longer leads to its books, so that a person must connect again.
    fn closes(&self, status: u16) -> bool;
    /// Whether this error is kept under a write's key, so that the same key brings it again.
    fn keeps(&self, status: u16) -> bool;
    /// The header that holds the vendor's id of a call.
    fn correlation(&self) -> &'static str;
}

/// One call, as a connector asks for it.
pub struct HttpAsk<'a> {
    /// The vendor's peculiarities.
    pub dialect: &'a dyn Dialect,
    /// The class of endpoint it is counted as: `contacts`, `invoices`.
    pub class: &'a str,
    /// The method.
    pub method: Method,
    /// The absolute address.
    pub url: String,
    /// Headers besides the token's.
    pub headers: Vec<(&'a str, String)>,
    /// The body; empty for none.
    pub body: Bytes,
    /// Whether it changes nothing, so that it may be sent again.
    pub read: bool,
}

/// What an [`Http`] is made of.
#[derive(Clone)]
pub struct HttpParts {
    /// Sends.
    pub transport: Arc<dyn Transport>,
    /// Gives tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Keeps the limits.
    pub budgets: Arc<Budgets>,
    /// Tells the time and waits.
    pub clock: Arc<dyn Clock>,
    /// Randomness for the waits between tries.
    pub jitter: Jitter,
}

type CallCounts = BTreeMap<(TenantId, String, String), u64>;

/// Sends calls. A clone, or one made by [`Http::with_urgency`], shares budgets and counts.
#[derive(Clone)]
pub struct Http {
    parts: HttpParts,
    urgency: Urgency,
    counts: Arc<Mutex<CallCounts>>,
}

impl Http {
    /// With nothing called so far.
    pub fn new(parts: HttpParts) -> Self {
        Self {
            parts,
            urgency: Urgency::Routine,
            counts: Arc::default(),
        }
    }

    /// The same, for calls that are made for someone else.
    pub fn with_urgency(&self, urgency: Urgency) -> Self {
        Self {
            urgency,
            ..self.clone()
        }
    }

    /// The same, with a count of its own that starts at nothing: for the report of one run.
    pub fn counting_anew(&self) -> Self {
        Self {
            counts: Arc::default(),
            ..self.clone()
        }
    }

    /// Requests sent so far, by system and class of endpoint.
    pub fn calls(&self) -> BTreeMap<(String, String), u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sum = BTreeMap::new();
        for ((_, system, class), n) in counts.iter() {
            *sum.entry((system.clone(), class.clone())).or_default() += n;
        }
        sum
    }

    /// Requests sent so far for one tenant, by system and class of endpoint.
    pub fn calls_of(&self, tenant: &TenantId) -> BTreeMap<(String, String), u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .iter()
            .filter(|((t, _, _), _)| t == tenant)
            .map(|((_, system, class), n)| ((system.clone(), class.clone()), *n))
            .collect()
    }

    /// Makes a call.
    ///
    /// # Errors
    /// [`CallError`], with what is known of whether anything was executed.
    pub async fn call(
        &self,
        session: &Session,
        ask: &HttpAsk<'_>,
    ) -> Result<HttpResponse, CallError> {
        let mut tries = 1;
        loop {
            let error = match self.once(session, ask).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(until) = self.again_at(ask, &error, tries) else {
                return Err(error);
            };
            tries += 1;
            let (system, now) = (ask.dialect.system(), self.parts.clock.now());
            let _waits = self.waits().again(system, &error.to_string(), now, until);
            self.parts.clock.sleep_until(until).await;
        }
    }

    /// What calls wait for just now.
    pub fn waits(&self) -> &Waits {
        self.parts.budgets.waits()
    }

    /// When a failed read may be tried again; never for a write.
    fn again_at(&self, ask: &HttpAsk<'_>, error: &CallError, tries: u32) -> Option<DateTime<Utc>> {
        if !ask.read || tries >= READ_TRIES {
            return None;
        }
        let now = self.parts.clock.now();
        match error {
            CallError::Uncertain { .. } | CallError::NotSent { .. } => {
                let most = 1000_u64 << tries.min(6);
                let wait = most / 2 + (self.parts.jitter)(most / 2 + 1);
                Some(now + Duration::milliseconds(i64::try_from(wait).unwrap_or(60_000)))
            }
            CallError::Wait {
                until, park: false, ..
            } if *until - now <= Duration::seconds(PATIENCE_S) => Some(*until),
            _ => None,
        }
    }

    async fn once(&self, session: &Session, ask: &HttpAsk<'_>) -> Result<HttpResponse, CallError> {
        let system = ask.dialect.system();
        let who = Who {
            tenant: session.tenant.clone(),
            connection: session.connection.clone(),
        };
        let auth = |e: AuthError| no_token(system, &who, e);
        let asked = Moment::now(self.parts.clock.as_ref());
        let carries = ask.dialect.carries();
        let bearer = match carries {
            Carries::Nothing => Bearer::nobody(),
            _ => self.parts.tokens.bearer(&who).await.map_err(auth)?,
        };
        let first = self.exchange(session, ask, &bearer, asked).await?;
        if first.status != 401 {
            self.parts.tokens.accepted(&who);
            return judge(
                session,
                ask,
                first,
                self.parts.clock.now(),
                &self.parts.budgets,
            );
        }
        if let Some(lost) = ask.dialect.hopeless(&first) {
            return Err(hopeless(system, lost, &session.tenant));
        }
        if carries == Carries::Nothing {
            let why = "it asks who we are, and its calls carry no key".to_owned();
            return Err(gone(
                system,
                why,
                "say under `auth` where the key goes".to_owned(),
            ));
        }
        // A 401 proves that nothing was executed, so the very same request may go again, once.
        let renewed = self
            .parts
            .tokens
            .refused(&who, &bearer)
            .await
            .map_err(auth)?;
        let second = self.exchange(session, ask, &renewed, asked).await?;
        if second.status != 401 {
            self.parts.tokens.accepted(&who);
            return judge(
                session,
                ask,
                second,
                self.parts.clock.now(),
                &self.parts.budgets,
            );
        }
        if let Some(lost) = ask.dialect.hopeless(&second) {
            return Err(hopeless(system, lost, &session.tenant));
        }
        let why = if renewed.generation == bearer.generation {
            "the key is not accepted"
        } else {
            "a token that was just renewed is not accepted"
        };
        let ended = self.parts.tokens.ended(&who, &renewed, why).await;
        ended.map_err(auth)?;
        let fix = reconnect(&session.tenant, &session.connection);
        Err(gone(system, why.to_owned(), fix))
    }

    async fn exchange(
        &self,
        session: &Session,
        ask: &HttpAsk<'_>,
        bearer: &Bearer,
        asked: Moment,
    ) -> Result<HttpResponse, CallError> {
        let system = ask.dialect.system();
        let broken = |why| CallError::Broken {
            system: system.to_owned(),
            why,
        };
        let mut headers = plain(&ask.headers).map_err(broken)?;
        let carries = ask.dialect.carries();
        let url = carries
            .put(&ask.url, &mut headers, &bearer.token)
            .map_err(broken)?;
        let allowances = ask.dialect.allowances(session);
        let patience = Duration::seconds(if ask.read { PATIENCE_S } else { LEAVE_S });
        let permit = self
            .parts
            .budgets
            .admit(&allowances, self.urgency, patience)
            .await
            .map_err(|d| wait(system, d))?;
        if !ask.read && !asked.within(self.parts.clock.as_ref(), LEAVE_S) {
            return Err(CallError::NotSent {
                system: system.to_owned(),
                why: format!(
                    "the request was held up for more than {LEAVE_S} s here, and would have come too late to be safe"
                ),
            });
        }
        self.count(session, ask);
        let request = HttpRequest {
            method: ask.method.clone(),
            url,
            headers,
            body: ask.body.clone(),
            deadline: std::time::Duration::from_secs(DEADLINE_S),
        };
        let answer = self.parts.transport.send(request).await;
        self.learn(session, ask, &answer, permit).await;
        answer.map_err(|e| unanswered(system, ask.read, e))
    }

    fn count(&self, session: &Session, ask: &HttpAsk<'_>) {
        let key = (
            session.tenant.clone(),
            ask.dialect.system().to_owned(),
            ask.class.to_owned(),
        );
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(key).or_default() += 1;
    }

    async fn learn(
        &self,
        session: &Session,
        ask: &HttpAsk<'_>,
        answer: &Result<HttpResponse, TransportError>,
        permit: Permit,
    ) {
        let (status, size, id) = match answer {
            Ok(a) => (a.status, a.body.len(), a.header(ask.dialect.correlation())),
            Err(_) => (0, 0, ""),
        };
        tracing::debug!(
            tenant = %session.tenant, connection = %session.connection, system = ask.dialect.system(),
            class = ask.class, method = %ask.method, status, sent = ask.body.len(), received = size, id,
            "call"
        );
        if let Ok(answer) = answer {
            for learned in ask.dialect.learn(session, answer) {
                match learned {
                    Learned::Window { key, window, left } => {
                        self.parts.budgets.learn_window(&key, window, left);
                    }
                    Learned::Day { allowance, left } => {
                        self.parts.budgets.learn_day(&allowance, left).await;
                    }
                }
            }
        }
        drop(permit);
    }
}

/// What an answer with a status other than 401 means.
fn judge(
    session: &Session,
    ask: &HttpAsk<'_>,
    answer: HttpResponse,
    now: DateTime<Utc>,
    budgets: &Budgets,
) -> Result<HttpResponse, CallError> {
    let (system, status) = (ask.dialect.system(), answer.status);
    if ask.dialect.closes(status) {
        let why = format!("it answers {status}: not permitted for this organisation");
        let fix = reconnect(&session.tenant, &session.connection);
        return Err(gone(system, why, fix));
    }
    if status == 429 {
        let limited = ask.dialect.limited(session, &answer, now);
        budgets.block(&limited.key, limited.until, limited.park);
        return Err(CallError::Wait {
            system: system.to_owned(),
            until: limited.until,
            why: limited.why,
            park: limited.park,
        });
    }
    answered(system, ask.read, status, ask.dialect.keeps(status)).map(|()| answer)
}
