//! A clock that follows the sandbox's, so that days of quota pass in a test without any constant being
//! shortened.
//!
//! Flows in: the address of the sandbox, whose `GET /_sandbox/clock` is asked again and again. Flows out: its time.
//! A sleep moves a clock that was stopped, as a sleep on a test's own clock does; on a running one it waits
//! until the time has come, however it comes. Bounded by one small request every [`EVERY_MS`].

use crate::clock::Clock;
use crate::connectors::http::{HttpRequest, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::time::Instant;

/// How often the sandbox is asked, in milliseconds.
const EVERY_MS: u64 = 100;
/// How long one question may take, in seconds.
const DEADLINE_S: u64 = 10;

/// The last answer: the time it told, whether the clock stands, and when it was heard.
#[derive(Debug, Clone, Copy)]
struct SandboxTime {
    now: DateTime<Utc>,
    stands: bool,
    heard: Instant,
}

impl SandboxTime {
    fn now(self) -> DateTime<Utc> {
        if self.stands {
            return self.now;
        }
        let since = Duration::from_std(self.heard.elapsed()).unwrap_or_default();
        self.now + since
    }
}

struct Inner {
    url: String,
    transport: Arc<dyn Transport>,
    told: Mutex<SandboxTime>,
    began: Instant,
}

/// A clock that follows the sandbox's.
pub struct SandboxClock(Arc<Inner>);

impl SandboxClock {
    /// Asks once, and goes on asking until the clock is dropped.
    ///
    /// # Errors
    /// A sentence: the sandbox does not answer.
    pub async fn follow(address: &str, transport: Arc<dyn Transport>) -> Result<Self, String> {
        let url = format!("{}/_sandbox/clock", address.trim_end_matches('/'));
        let told = ask(&url, transport.as_ref(), Method::GET, Bytes::new()).await?;
        let inner = Arc::new(Inner {
            url,
            transport,
            told: Mutex::new(told),
            began: Instant::now(),
        });
        tokio::spawn(poll(Arc::downgrade(&inner)));
        Ok(Self(inner))
    }
}

impl Inner {
    fn told(&self) -> SandboxTime {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn hear(&self, method: Method, body: Bytes) {
        // A question that fails leaves the last answer, which runs on if the clock ran.
        if let Ok(told) = ask(&self.url, self.transport.as_ref(), method, body).await {
            *self.told.lock().unwrap_or_else(PoisonError::into_inner) = told;
        }
    }
}

async fn poll(clock: Weak<Inner>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(EVERY_MS)).await;
        let Some(inner) = clock.upgrade() else { return };
        inner.hear(Method::GET, Bytes::new()).await;
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long ago the answer was heard is about this machine alone"
)]
async fn ask(
    url: &str,
    transport: &dyn Transport,
    method: Method,
    body: Bytes,
) -> Result<SandboxTime, String> {
    let request = HttpRequest {
        method,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body,
        deadline: std::time::Duration::from_secs(DEADLINE_S),
    };
    let answer = transport.send(request).await;
    let answer = answer.map_err(|e| format!("the sandbox's clock does not answer: {e}"))?;
    let body: Value = serde_json::from_slice(&answer.body)
        .map_err(|e| format!("the sandbox's clock cannot be read: {e}"))?;
    let now = body.get("now").and_then(Value::as_str).unwrap_or_default();
    let now = DateTime::parse_from_rfc3339(now)
        .map_err(|e| format!("the sandbox's clock cannot be read: {e}"))?;
    Ok(SandboxTime {
        now: now.with_timezone(&Utc),
        stands: body.get("mode").and_then(Value::as_str) == Some("frozen"),
        heard: Instant::now(),
    })
}

#[async_trait]
impl Clock for SandboxClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.told().now()
    }

    fn elapsed(&self) -> std::time::Duration {
        self.0.began.elapsed()
    }

    async fn sleep_until(&self, until: DateTime<Utc>) {
        loop {
            self.0.hear(Method::GET, Bytes::new()).await;
            let told = self.0.told();
            let left = until - told.now();
            if left <= Duration::zero() {
                return;
            }
            if told.stands {
                let seconds = (left.num_milliseconds() + 999) / 1000;
                let order = json!({ "advance_seconds": seconds }).to_string();
                self.0.hear(Method::POST, Bytes::from(order)).await;
            }
            let pause = left.to_std().unwrap_or_default();
            let pause = pause.min(std::time::Duration::from_millis(EVERY_MS));
            tokio::time::sleep(pause).await;
        }
    }
}
