//! Keap's limits and the headers that tell of them.
//!
//! Flows in: who calls, and the time. Flows out: the quota headers, or which limit is reached. Windows are those
//! of the clock: second, minute, and the day in UTC. Refused calls are not counted.
//!
//! | scope | limits |
//! | --- | --- |
//! | OAuth client, all its applications together | 1,500 a minute, 150,000 a day |
//! | personal or service key | 10 a second, 240 a minute, 30,000 a day |
//! | application, whatever the token | 10,000 a minute, 250,000 a day |
//! | spike arrest on OAuth calls (switch) | 25 a second, in no header |

use std::collections::BTreeMap;

use chrono::Duration;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::store::Time;
use super::switches::Switches;

/// Who calls.
#[derive(Debug, Clone)]
pub(super) enum Scope {
    Key(String),
    Client(String),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    word: &'static str,
    seconds: i64,
    limit: u64,
}

const SECOND: i64 = 1;
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// How much of each window is used.
#[derive(Debug, Default, Clone)]
pub(super) struct Limits {
    used: BTreeMap<(String, &'static str), (i64, u64)>,
}

/// A limit that is reached.
pub(super) struct Reached {
    /// Until the window ends.
    pub seconds: i64,
    pub spike: bool,
}

impl Limits {
    /// Counts one call in all its windows, or in none when one of them is full.
    pub(super) fn take(
        &mut self,
        scope: &Scope,
        app: &str,
        now: Time,
        switches: &Switches,
    ) -> Result<(), Reached> {
        if switches.is("limits", "off") {
            return Ok(());
        }
        let mut windows = vec![];
        let own = scope_name(scope);
        match scope {
            Scope::Key(_) => windows.push((
                own.clone(),
                Window {
                    word: "second",
                    seconds: SECOND,
                    limit: 10,
                },
                false,
            )),
            Scope::Client(_) if switches.number("spike_arrest") > 0 => {
                let limit = switches.number("spike_arrest");
                windows.push((
                    own.clone(),
                    Window {
                        word: "second",
                        seconds: SECOND,
                        limit,
                    },
                    true,
                ));
            }
            Scope::Client(_) => {}
        }
        for window in scope_windows(scope) {
            windows.push((own.clone(), window, false));
        }
        for window in TENANT {
            windows.push((format!("app:{app}"), window, false));
        }
        for (name, window, spike) in &windows {
            if self.used_in(name, *window, now) >= window.limit {
                let into = now.timestamp().rem_euclid(window.seconds);
                return Err(Reached {
                    seconds: window.seconds - into,
                    spike: *spike,
                });
            }
        }
        for (name, window, _) in windows {
            let index = now.timestamp().div_euclid(window.seconds);
            let entry = self.used.entry((name, window.word)).or_insert((index, 0));
            if entry.0 != index {
                *entry = (index, 0);
            }
            entry.1 += 1;
        }
        Ok(())
    }

    fn used_in(&self, name: &str, window: Window, now: Time) -> u64 {
        match self.used.get(&(name.to_owned(), window.word)) {
            Some((index, used)) if *index == now.timestamp().div_euclid(window.seconds) => *used,
            _ => 0,
        }
    }

    /// The headers of an answer to a known caller.
    pub(super) fn headers(
        &self,
        scope: &Scope,
        app: &str,
        now: Time,
        switches: &Switches,
        into: &mut HeaderMap,
    ) {
        let own = scope_name(scope);
        let [minute, day] = scope_windows(scope);
        for (family, window) in [("quota", day), ("throttle", minute)] {
            let used = self.used_in(&own, window, now);
            let mut put = |what: &str, value: String| {
                insert(into, &format!("x-keap-product-{family}-{what}"), &value)
            };
            put("limit", window.limit.to_string());
            put("time-unit", window.word.to_owned());
            put("interval", "1".to_owned());
            put("available", window.limit.saturating_sub(used).to_string());
            put("used", used.to_string());
        }
        let midnight = now - Duration::seconds(now.timestamp().rem_euclid(DAY)) + Duration::days(1);
        let expiry = if switches.is("quota_expiry", "seconds") {
            midnight.timestamp()
        } else {
            midnight.timestamp() * 1000
        };
        insert(
            into,
            "x-keap-product-quota-expiry-time",
            &expiry.to_string(),
        );
        let tenant = format!("app:{app}");
        let piped = |f: &dyn Fn(Window) -> String| TENANT.map(f).join("|");
        let left = |w: Window| {
            w.limit
                .saturating_sub(self.used_in(&tenant, w, now))
                .to_string()
        };
        insert(
            into,
            "x-keap-tenant-throttle-limit",
            &piped(&|w| w.limit.to_string()),
        );
        insert(
            into,
            "x-keap-tenant-throttle-time-unit",
            &piped(&|w| w.word.to_owned()),
        );
        insert(
            into,
            "x-keap-tenant-throttle-interval",
            &piped(&|_| "1".to_owned()),
        );
        insert(into, "x-keap-tenant-throttle-available", &piped(&left));
        insert(
            into,
            "x-keap-tenant-throttle-used",
            &piped(&|w| self.used_in(&tenant, w, now).to_string()),
        );
        insert(into, "x-keap-tenant-id", app);
    }
}

/// An unknown caller gets the names with nothing in them.
pub(super) fn blank_headers(into: &mut HeaderMap) {
    for family in ["product-quota", "product-throttle", "tenant-throttle"] {
        for what in ["limit", "time-unit", "interval", "available", "used"] {
            insert(into, &format!("x-keap-{family}-{what}"), "");
        }
    }
    insert(into, "x-keap-product-quota-expiry-time", "");
    insert(into, "x-keap-tenant-id", "");
}

const TENANT: [Window; 2] = [
    Window {
        word: "minute",
        seconds: MINUTE,
        limit: 10_000,
    },
    Window {
        word: "day",
        seconds: DAY,
        limit: 250_000,
    },
];

fn scope_windows(scope: &Scope) -> [Window; 2] {
    let (minute, day) = match scope {
        Scope::Key(_) => (240, 30_000),
        Scope::Client(_) => (1_500, 150_000),
    };
    [
        Window {
            word: "minute",
            seconds: MINUTE,
            limit: minute,
        },
        Window {
            word: "day",
            seconds: DAY,
            limit: day,
        },
    ]
}

fn scope_name(scope: &Scope) -> String {
    match scope {
        Scope::Key(key) => format!("key:{key}"),
        Scope::Client(id) => format!("client:{id}"),
    }
}

fn insert(into: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_str(value),
    ) {
        into.insert(name, value);
    }
}
