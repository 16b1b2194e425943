//! The sandbox's clock: real time, real time moved by an offset, or stopped.
//!
//! Flows in: the real time, from a function handed in when the plane is made, and the control plane's
//! orders. Flows out: the time every fake vendor is told. The product's test clock follows it by polling
//! `GET /_sandbox/clock`. Refuses an order it does not understand and times outside the years 2000 to 2200.
//! Bounded by one small lock.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Datelike, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

/// Tells the real time; handed in, so that a test decides it.
pub type RealTime = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

#[derive(Debug, Clone, Copy)]
enum Mode {
    Offset(Duration),
    Frozen(DateTime<Utc>),
}

/// The clock of one plane.
pub(super) struct SandboxClock {
    real: RealTime,
    mode: Mutex<Mode>,
}

impl SandboxClock {
    pub(super) fn new(real: RealTime) -> Self {
        Self {
            real,
            mode: Mutex::new(Mode::Offset(Duration::zero())),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        match *self.mode.lock().unwrap_or_else(PoisonError::into_inner) {
            Mode::Offset(by) => (self.real)() + by,
            Mode::Frozen(at) => at,
        }
    }

    pub(super) fn show(&self) -> Value {
        let now = self.now();
        let mode = *self.mode.lock().unwrap_or_else(PoisonError::into_inner);
        let (word, offset) = match mode {
            Mode::Offset(by) if by.is_zero() => ("real", by),
            Mode::Offset(by) => ("offset", by),
            Mode::Frozen(at) => ("frozen", at - (self.real)()),
        };
        json!({
            "now": now.to_rfc3339_opts(SecondsFormat::Millis, true),
            "mode": word,
            "offset_seconds": offset.num_seconds(),
        })
    }

    /// `{"set": TIME}` stops the clock there (`"running": true` lets it run on from there),
    /// `{"advance_seconds": N}` moves it, `{"real": true}` gives real time back.
    pub(super) fn order(&self, order: &Value) -> Result<(), String> {
        if order.get("real").and_then(Value::as_bool) == Some(true) {
            return self.put(Mode::Offset(Duration::zero()));
        }
        if let Some(text) = order.get("set").and_then(Value::as_str) {
            let at = DateTime::parse_from_rfc3339(text)
                .map_err(|e| format!("`set` is not an RFC 3339 time: {e}"))?
                .with_timezone(&Utc);
            let runs = order.get("running").and_then(Value::as_bool) == Some(true);
            return self.put(if runs {
                Mode::Offset(at - (self.real)())
            } else {
                Mode::Frozen(at)
            });
        }
        if let Some(seconds) = order.get("advance_seconds").and_then(Value::as_i64) {
            let by = Duration::try_seconds(seconds).ok_or("`advance_seconds` is too large")?;
            let mode = *self.mode.lock().unwrap_or_else(PoisonError::into_inner);
            let moved = match mode {
                Mode::Offset(old) => old.checked_add(&by).map(Mode::Offset),
                Mode::Frozen(at) => at.checked_add_signed(by).map(Mode::Frozen),
            };
            return self.put(moved.ok_or("`advance_seconds` is too large")?);
        }
        Err("the clock takes {\"set\": TIME}, {\"advance_seconds\": N} or {\"real\": true}".into())
    }

    fn put(&self, mode: Mode) -> Result<(), String> {
        let lands = match mode {
            Mode::Offset(by) => (self.real)().checked_add_signed(by),
            Mode::Frozen(at) => Some(at),
        };
        match lands {
            Some(at) if (2000..=2200).contains(&at.year()) => {
                *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
                Ok(())
            }
            _ => Err("the clock goes from the year 2000 to 2200".into()),
        }
    }
}
