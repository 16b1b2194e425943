//! One request through the plane: faults, the in-flight count, the vendor, the log, the record.
//!
//! Flows in: method, path with query, headers, body. Flows out: a [`PlaneAnswer`]. Refuses unknown systems.
//! Bounded by the fault's own delay; the vendor is called under its mutex and never awaited in it.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use super::faults::Fault;
use super::journal::Record;
use super::replies::{bad_gateway, dated, plain};
use super::requests::{Entry, sha256_hex, shown_headers};
use super::{MOST_BODY, Plane, lock};
use crate::sandbox::wire::{Call, Reply};

/// How many GET answers are remembered for the fault `duplicate_page`.
const MOST_PAGES: usize = 256;

/// What a caller gets.
#[derive(Debug, Clone)]
pub enum PlaneAnswer {
    /// An answer, whole.
    Reply(Reply),
    /// The connection ended without a byte of answer.
    Dropped {
        /// Whether the vendor had done what was asked.
        committed: bool,
    },
    /// The body stopped: `reply.body` is what arrived, its `content-length` is what was promised.
    Truncated(Reply),
}

impl PlaneAnswer {
    /// The whole answer, if there is one.
    pub fn reply(self) -> Option<Reply> {
        match self {
            PlaneAnswer::Reply(reply) => Some(reply),
            _ => None,
        }
    }
}

/// Counts a call out again when it ends, however it ends.
struct InFlight {
    plane: Plane,
    key: (&'static str, String),
    count: usize,
}

impl InFlight {
    fn enter(plane: &Plane, system: &'static str, key: String) -> Self {
        let key = (system, key);
        let mut all = lock(&plane.inner.in_flight);
        let count = all.entry(key.clone()).or_insert(0);
        *count += 1;
        Self {
            plane: plane.clone(),
            key,
            count: *count,
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut all = lock(&self.plane.inner.in_flight);
        if let Some(count) = all.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

impl Plane {
    /// Answers one request without a socket.
    pub async fn call(
        &self,
        method: Method,
        path_and_query: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> PlaneAnswer {
        let (answer, pace) = self.answer(method, path_and_query, headers, body).await;
        if let Some(pace) = pace {
            tokio::time::sleep(pace).await;
        }
        answer
    }

    /// As [`Plane::call`], with the time that the body shall take on its way instead of waiting for it.
    pub(super) async fn answer(
        &self,
        method: Method,
        path_and_query: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> (PlaneAnswer, Option<Duration>) {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        if body.len() > MOST_BODY {
            return (
                PlaneAnswer::Reply(plain(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "the sandbox takes 25 MB",
                )),
                None,
            );
        }
        let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
        if first == "_sandbox" {
            return (
                PlaneAnswer::Reply(self.control(&method, path, &query, &body)),
                None,
            );
        }
        let Some((&system, _)) = self.inner.rooms.get_key_value(first) else {
            let known = self.systems().join(", ");
            let told = format!("the sandbox has no system `{first}`; it has: {known}");
            return (
                PlaneAnswer::Reply(plain(StatusCode::NOT_FOUND, &told)),
                None,
            );
        };
        let below = path
            .trim_start_matches('/')
            .get(first.len()..)
            .unwrap_or("");
        let call = Call {
            method,
            path: if below.is_empty() {
                "/".into()
            } else {
                below.to_owned()
            },
            query,
            headers,
            body,
            in_flight: 0,
            base: format!("{}/{system}", lock(&self.inner.base)),
        };
        self.answer_call(system, call).await
    }

    async fn answer_call(
        &self,
        system: &'static str,
        mut call: Call,
    ) -> (PlaneAnswer, Option<Duration>) {
        let fault = lock(&self.inner.faults).strike(system, call.method.as_str(), &call.path);
        let key = self
            .inner
            .rooms
            .get(system)
            .and_then(|room| lock(room).system.concurrency_key(&call));
        let _counted = key.map(|key| {
            let counted = InFlight::enter(self, system, key);
            call.in_flight = counted.count;
            counted
        });
        if let Some(Fault::DelayMs(ms)) = fault {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        let skew = match fault {
            Some(Fault::ClockSkewS(seconds)) => chrono::Duration::seconds(seconds),
            _ => chrono::Duration::zero(),
        };
        let now = self.now() + skew;
        let (answer, committed) = self.meet(system, &call, fault.clone(), now);
        self.record(system, &call, fault.as_ref(), &answer, committed, now);
        let pace = match fault {
            Some(Fault::SlowBodyMs(ms)) => Some(Duration::from_millis(ms)),
            _ => None,
        };
        (answer, pace)
    }

    /// The answer, and whether the vendor saw the request.
    fn meet(
        &self,
        system: &'static str,
        call: &Call,
        fault: Option<Fault>,
        now: DateTime<Utc>,
    ) -> (PlaneAnswer, bool) {
        let whole = |reply: Reply, committed| (PlaneAnswer::Reply(dated(reply, now)), committed);
        match fault {
            Some(Fault::DropBefore) => (PlaneAnswer::Dropped { committed: false }, false),
            Some(Fault::Refused(status, body)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
                whole(Reply::json(status, &body), false)
            }
            Some(Fault::Html502) => whole(bad_gateway(), false),
            Some(Fault::Offline503) => whole(
                plain(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The Organisation is offline",
                ),
                false,
            ),
            Some(
                f @ (Fault::TooMany { .. }
                | Fault::Error500Before
                | Fault::ExpiredToken
                | Fault::RevokedToken),
            ) => whole(self.vendors_form(system, call, f, now), false),
            Some(Fault::DuplicatePage) => {
                let before = lock(&self.inner.last_pages)
                    .get(&page_key(system, call))
                    .cloned();
                match before {
                    Some(reply) => whole(reply, false),
                    None => whole(self.vendor(system, call, now), true),
                }
            }
            Some(Fault::DropAfter) => {
                self.vendor(system, call, now);
                (PlaneAnswer::Dropped { committed: true }, true)
            }
            Some(Fault::Error500After) => {
                self.vendor(system, call, now);
                whole(
                    self.vendors_form(system, call, Fault::Error500After, now),
                    true,
                )
            }
            Some(f @ (Fault::Truncated | Fault::Malformed)) => {
                (broken(self.vendor(system, call, now), f, now), true)
            }
            None | Some(Fault::DelayMs(_) | Fault::ClockSkewS(_) | Fault::SlowBodyMs(_)) => {
                whole(self.vendor(system, call, now), true)
            }
        }
    }

    /// Calls the vendor and, unless it was a GET, logs the call before anyone sees the answer.
    fn vendor(&self, system: &'static str, call: &Call, now: DateTime<Utc>) -> Reply {
        let Some(room) = self.inner.rooms.get(system) else {
            return plain(StatusCode::NOT_FOUND, "no such system");
        };
        let mut room = lock(room);
        let reply = room.system.handle(call, now);
        let reads = call.method == Method::GET && !call.path.starts_with("/_");
        if !reads && room.journal.is_some() {
            let written = room.write(now, &Record::Call(Box::new(call.clone())));
            if let Err(why) = written {
                return plain(StatusCode::INTERNAL_SERVER_ERROR, &why.to_string());
            }
        }
        drop(room);
        if reads {
            self.remember_page(system, call, &reply);
        }
        reply
    }

    fn remember_page(&self, system: &str, call: &Call, reply: &Reply) {
        let mut pages = lock(&self.inner.last_pages);
        let key = page_key(system, call);
        if pages.len() >= MOST_PAGES && !pages.contains_key(&key) {
            pages.pop_first();
        }
        pages.insert(key, reply.clone());
    }

    /// The fault in the system's own form and with its effect, or in a plain one.
    fn vendors_form(
        &self,
        system: &'static str,
        call: &Call,
        fault: Fault,
        now: DateTime<Utc>,
    ) -> Reply {
        let (word, query) = match &fault {
            Fault::TooMany {
                retry_after: Some(s),
            } => ("429", vec![("retry_after".to_owned(), s.to_string())]),
            Fault::TooMany { retry_after: None } => ("429", vec![]),
            Fault::Error500Before | Fault::Error500After => ("500", vec![]),
            other => (other.word(), vec![]),
        };
        let mut inside = self.inside_call(
            &format!("/_fault/{word}"),
            query,
            call.headers.clone(),
            Bytes::new(),
        );
        // A token in the query (old Keap clients) is part of who is calling.
        inside.query.extend(
            call.query
                .iter()
                .filter(|(k, _)| k == "access_token")
                .cloned(),
        );
        let mut own = self.vendor(system, &inside, now);
        if own.headers.remove("x-sandbox-form").is_some() {
            return own;
        }
        let generic = |status: StatusCode, message: &str| {
            Reply::json(
                status,
                &json!({"Status": status.as_u16(), "Detail": message, "Message": message}),
            )
        };
        match fault {
            Fault::TooMany { retry_after } => {
                let reply = generic(StatusCode::TOO_MANY_REQUESTS, "Too many requests");
                match retry_after {
                    Some(s) => reply.with("retry-after", s.to_string()),
                    None => reply,
                }
            }
            Fault::ExpiredToken => generic(StatusCode::UNAUTHORIZED, "TokenExpired"),
            Fault::RevokedToken => generic(StatusCode::UNAUTHORIZED, "TokenRevoked"),
            _ => generic(StatusCode::INTERNAL_SERVER_ERROR, "An error occurred"),
        }
    }

    fn record(
        &self,
        system: &str,
        call: &Call,
        fault: Option<&Fault>,
        answer: &PlaneAnswer,
        committed: bool,
        now: DateTime<Utc>,
    ) {
        let status = match answer {
            PlaneAnswer::Reply(reply) | PlaneAnswer::Truncated(reply) => {
                Some(reply.status.as_u16())
            }
            PlaneAnswer::Dropped { .. } => None,
        };
        lock(&self.inner.requests).add(Entry {
            time: now,
            system: system.to_owned(),
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.query.clone(),
            status,
            committed,
            fault: fault.map(Fault::word),
            headers: shown_headers(&call.headers),
            body: call.body.clone(),
            body_bytes: call.body.len(),
            body_sha256: sha256_hex(&call.body),
        });
    }
}

fn page_key(system: &str, call: &Call) -> String {
    format!("{system} {}", call.path)
}

/// The vendor's answer of which half arrives, or which is no JSON.
fn broken(reply: Reply, fault: Fault, now: DateTime<Utc>) -> PlaneAnswer {
    if matches!(fault, Fault::Truncated) {
        let reply = dated(reply, now);
        let half = reply.body.len() / 2;
        let promised = reply.body.len().to_string();
        let cut = Reply {
            body: reply.body.slice(..half),
            ..reply
        };
        return PlaneAnswer::Truncated(cut.with("content-length", promised));
    }
    let half = reply.body.slice(..reply.body.len() / 2);
    let body = [half.as_ref(), b"\x00<oops"].concat();
    let reply = Reply {
        body: body.into(),
        ..reply
    };
    PlaneAnswer::Reply(dated(reply, now))
}
