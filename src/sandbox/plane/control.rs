//! The control plane: what tests and rehearsals tell the sandbox, and ask it.
//!
//! Flows in: requests below `/_sandbox/`. Flows out: JSON.
//! `GET <system>/state` · `POST <system>/seed` · `GET|POST <system>/switches` (an object of names and values) ·
//! `GET requests` (`?since=SEQ`, `?counts=only`) ·
//! `POST requests` (`{"bodies": true}` keeps bodies, without their secrets) · `GET|POST|DELETE faults` · `GET|POST clock` · `POST reset`.
//! Refuses anything else with 404, and what it does not understand with 400 and a sentence.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::journal::Record;
use super::replies::refused;
use super::{Plane, PlaneError, lock};
use crate::sandbox::wire::Reply;

impl Plane {
    pub(super) fn control(
        &self,
        method: &Method,
        path: &str,
        query: &[(String, String)],
        body: &Bytes,
    ) -> Reply {
        let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).skip(1).collect();
        let told = || -> Result<Value, String> {
            serde_json::from_slice(body).map_err(|e| format!("the body is not JSON: {e}"))
        };
        let verb = method.as_str();
        let answer: Result<Value, String> = match (verb, parts.as_slice()) {
            ("GET", ["clock"]) => Ok(self.inner.clock.show()),
            ("POST", ["clock"]) => told()
                .and_then(|t| self.inner.clock.order(&t))
                .map(|()| self.inner.clock.show()),
            ("GET", ["faults"]) => Ok(lock(&self.inner.faults).show()),
            ("POST", ["faults"]) => told().and_then(|t| {
                let mut faults = lock(&self.inner.faults);
                faults.add(&t).map(|()| faults.show())
            }),
            ("DELETE", ["faults"]) => {
                lock(&self.inner.faults).clear();
                Ok(json!({"faults": []}))
            }
            ("GET", ["requests"]) => Ok(self.show_requests(query)),
            ("POST", ["requests"]) => told().and_then(|t| {
                let on = t.get("bodies").and_then(Value::as_bool);
                let on = on.ok_or("`requests` takes {\"bodies\": true} or {\"bodies\": false}")?;
                lock(&self.inner.requests).keep_bodies(on);
                Ok(json!({"bodies": on}))
            }),
            ("POST", ["reset"]) => self.reset().map_err(|e| e.to_string()),
            (_, [system, rest]) if self.inner.rooms.contains_key(system) => {
                return self.control_system(verb, system, rest, told);
            }
            _ => return not_found(path),
        };
        reply(answer)
    }

    fn show_requests(&self, query: &[(String, String)]) -> Value {
        let param = |name: &str| {
            query
                .iter()
                .find(|(k, _)| k == name)
                .map(|(_, v)| v.as_str())
        };
        let since = param("since").and_then(|s| s.parse().ok()).unwrap_or(0);
        lock(&self.inner.requests).show(since, param("counts") == Some("only"))
    }

    fn control_system(
        &self,
        verb: &str,
        system: &str,
        rest: &str,
        told: impl Fn() -> Result<Value, String>,
    ) -> Reply {
        let answer = match (verb, rest) {
            ("GET", "state") => Ok(self.state(system).unwrap_or(Value::Null)),
            ("POST", "seed") => told().and_then(|seed| self.seed(system, seed)),
            ("GET", "switches") => self.with_room(system, |room| Ok(room.system.switches())),
            ("POST", "switches") => told().and_then(|switches| self.switch(system, &switches)),
            _ => return not_found(rest),
        };
        reply(answer)
    }

    /// Puts data into a system, beside its API.
    ///
    /// # Errors
    /// A sentence that says what of the seed is not understood.
    pub fn seed(&self, system: &str, seed: Value) -> Result<Value, String> {
        let now = self.now();
        self.with_room(system, |room| {
            // A refused seed may have done a part: it is logged too, so that a replay does the same part.
            let made = room.system.seed(&seed, now);
            room.write(now, &Record::Seed(seed))
                .map_err(|e| e.to_string())?;
            made
        })
    }

    /// Sets switches, in the order given; answers all of the system's switches.
    ///
    /// # Errors
    /// A sentence that names the switch; the ones before it are set.
    pub fn switch(&self, system: &str, switches: &Value) -> Result<Value, String> {
        let Some(map) = switches.as_object() else {
            return Err("switches are an object of names and values".into());
        };
        let now = self.now();
        self.with_room(system, |room| {
            for (name, value) in map {
                room.system.switch(name, value)?;
                room.write(now, &Record::Switch(name.clone(), value.clone()))
                    .map_err(|e| e.to_string())?;
            }
            Ok(room.system.switches())
        })
    }

    /// Adds fault rules (see the page of `faults`).
    ///
    /// # Errors
    /// A sentence that says which rule is not understood; none was added then.
    pub fn faults(&self, rules: &Value) -> Result<(), String> {
        lock(&self.inner.faults).add(rules)
    }

    /// Moves the clock (see the page of `clock`).
    ///
    /// # Errors
    /// A sentence that says what the clock takes.
    pub fn set_clock(&self, order: &Value) -> Result<(), String> {
        self.inner.clock.order(order)
    }

    /// The record of requests, as the control plane shows it, from a sequence number on.
    pub fn requests(&self, since: u64) -> Value {
        lock(&self.inner.requests).show(since, false)
    }

    /// Everything as new: systems, logs, faults, records and clock.
    ///
    /// # Errors
    /// A log that cannot be emptied.
    pub fn reset(&self) -> Result<Value, PlaneError> {
        for system in (self.inner.make)() {
            if let Some(room) = self.inner.rooms.get(system.name()) {
                let mut room = lock(room);
                if let Some(journal) = &mut room.journal {
                    journal.clear()?;
                }
                room.system = system;
            }
        }
        lock(&self.inner.faults).clear();
        lock(&self.inner.requests).clear();
        lock(&self.inner.last_pages).clear();
        // Real time is always within the clock's years.
        self.inner.clock.order(&json!({"real": true})).ok();
        Ok(json!({"reset": self.systems()}))
    }

    fn with_room<T>(
        &self,
        system: &str,
        then: impl FnOnce(&mut super::Room) -> Result<T, String>,
    ) -> Result<T, String> {
        match self.inner.rooms.get(system) {
            Some(room) => then(&mut lock(room)),
            None => Err(format!(
                "the sandbox has no system `{system}`; it has: {}",
                self.systems().join(", ")
            )),
        }
    }
}

fn reply(answer: Result<Value, String>) -> Reply {
    match answer {
        Ok(value) => Reply::json(StatusCode::OK, &value),
        Err(why) => refused(StatusCode::BAD_REQUEST, &why),
    }
}

fn not_found(path: &str) -> Reply {
    refused(
        StatusCode::NOT_FOUND,
        &format!(
            "`{path}` is not part of the control plane; it has /_sandbox/requests, faults, clock, reset, \
             and /_sandbox/<system>/state, seed, switches"
        ),
    )
}
