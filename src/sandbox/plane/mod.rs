//! The sandbox plane: what stands between a caller and the fake vendors.
//!
//! Flows in: HTTP requests, in-process through [`Plane::call`] or from a socket through [`Plane::serve`], as
//! `/<system>/...` for a vendor and `/_sandbox/...` for the control plane. Flows out: the vendor's answer, or
//! what a fault made of it. Refuses systems it does not have (404) and bodies above 25 MB.
//! Bounded by: one mutex a system, the limits of the fault list and of the request record.
//!
//! With a folder, every call that is not a GET, every seed and every switch is appended to `<system>.log`
//! before its answer leaves, and a new plane on the same folder answers them again: since a system depends on
//! nothing but its arguments, the state is rebuilt exactly. GETs are not logged: what they used of a limit is
//! forgotten.
//!
//! Two calls that no vendor gets from outside, both with the method `SANDBOX` and logged: `/_fault/<word>` lets a system answer a fault
//! (`429`, `500`, `expired_token`, `revoked_token`) in its own form and carry its effect; a system that
//! understands marks the answer with the header `x-sandbox-form`, any other answer is replaced by a plain one.
//! `/_delivered` tells a system how a webhook was received: `{"id", "status", "headers"}` with the id
//! that the system gave in the outbound header `x-sandbox-delivery`; without such a header nothing is told.

mod answer;
mod clock;
mod control;
mod error;
mod faults;
mod journal;
mod replies;
mod requests;
mod serve;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use http::{HeaderMap, Method};

use crate::sandbox::wire::{Call, Outbound, Reply, System};
use clock::SandboxClock;
use faults::Faults;
use journal::{Journal, Record};
use requests::Requests;

pub use answer::PlaneAnswer;
pub use clock::RealTime;
pub use error::PlaneError;
pub use faults::Fault;

/// The largest request body taken, in bytes.
pub const MOST_BODY: usize = 25 * 1024 * 1024;

/// Takes a vendor's webhook to where it goes.
#[async_trait::async_trait]
pub trait Deliver: Send + Sync {
    /// Sends it; answers the status and headers received, or none when nobody answered.
    async fn deliver(&self, webhook: &Outbound) -> Option<(u16, HeaderMap)>;
}

/// Makes the fake vendors, fresh; called at the start and on a reset.
pub type MakeSystems = Arc<dyn Fn() -> Vec<Box<dyn System>> + Send + Sync>;

/// What a plane is made of.
#[derive(Clone)]
pub struct PlaneOptions {
    /// Makes the systems.
    pub systems: MakeSystems,
    /// Where state is kept; nowhere when absent.
    pub folder: Option<PathBuf>,
    /// Tells the real time.
    pub clock: RealTime,
    /// The absolute address without a slash at its end; `serve` puts its own in.
    pub base: String,
    /// Carries webhooks; they are dropped when absent.
    pub deliver: Option<Arc<dyn Deliver>>,
}

impl PlaneOptions {
    /// Systems and a clock; no folder, no webhooks.
    pub fn new(
        systems: impl Fn() -> Vec<Box<dyn System>> + Send + Sync + 'static,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Self {
        Self {
            systems: Arc::new(systems),
            folder: None,
            clock: Arc::new(clock),
            base: "http://sandbox.invalid".into(),
            deliver: None,
        }
    }
}

struct Room {
    system: Box<dyn System>,
    journal: Option<Journal>,
}

struct Inner {
    rooms: BTreeMap<&'static str, Mutex<Room>>,
    make: MakeSystems,
    deliver: Option<Arc<dyn Deliver>>,
    clock: SandboxClock,
    base: Mutex<String>,
    faults: Mutex<Faults>,
    requests: Mutex<Requests>,
    in_flight: Mutex<BTreeMap<(&'static str, String), usize>>,
    last_pages: Mutex<BTreeMap<String, Reply>>,
}

/// The plane; a clone is the same plane.
#[derive(Clone)]
pub struct Plane {
    inner: Arc<Inner>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Plane {
    /// Makes the systems and, with a folder, brings them to where their logs end.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn new(options: PlaneOptions) -> Result<Self, PlaneError> {
        let mut rooms = BTreeMap::new();
        for mut system in (options.systems)() {
            let name = system.name();
            let mut journal = None;
            if let Some(folder) = &options.folder {
                let (open, records) = Journal::open(folder, name)?;
                for (at, record) in &records {
                    replay(system.as_mut(), *at, record);
                }
                journal = Some(open);
            }
            rooms.insert(name, Mutex::new(Room { system, journal }));
        }
        Ok(Self {
            inner: Arc::new(Inner {
                rooms,
                make: options.systems,
                deliver: options.deliver,
                clock: SandboxClock::new(options.clock),
                base: Mutex::new(options.base),
                faults: Mutex::default(),
                requests: Mutex::default(),
                in_flight: Mutex::default(),
                last_pages: Mutex::default(),
            }),
        })
    }

    /// The sandbox's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// The names of the systems, in order.
    pub fn systems(&self) -> Vec<&'static str> {
        self.inner.rooms.keys().copied().collect()
    }

    /// What a system holds; none when there is no such system.
    pub fn state(&self, system: &str) -> Option<serde_json::Value> {
        self.inner
            .rooms
            .get(system)
            .map(|room| lock(room).system.state())
    }

    /// Delivers the webhooks that are due, and tells the systems how they were received. Answers how many.
    pub async fn deliver_due(&self) -> usize {
        let Some(deliver) = self.inner.deliver.clone() else {
            return 0;
        };
        let mut delivered = 0;
        for (name, room) in &self.inner.rooms {
            let now = self.now();
            let due = {
                let mut room = lock(room);
                let due = room.system.outbound(now);
                if !due.is_empty() && room.write(now, &Record::Outbound).is_err() {
                    continue;
                }
                due
            };
            for webhook in due {
                let received = deliver.deliver(&webhook).await;
                delivered += 1;
                self.tell_delivered(name, &webhook, received);
            }
        }
        delivered
    }

    fn tell_delivered(&self, name: &str, webhook: &Outbound, received: Option<(u16, HeaderMap)>) {
        let (Some(id), Some(room)) = (
            webhook.headers.get("x-sandbox-delivery"),
            self.inner.rooms.get(name),
        ) else {
            return;
        };
        let (status, headers) = received.map_or((None, HeaderMap::new()), |(s, h)| (Some(s), h));
        let headers: BTreeMap<&str, &str> = headers
            .iter()
            .filter_map(|(k, v)| v.to_str().ok().map(|v| (k.as_str(), v)))
            .collect();
        let told = serde_json::json!({"id": id.to_str().unwrap_or(""), "status": status, "headers": headers});
        let call = self.inside_call(
            "/_delivered",
            vec![],
            HeaderMap::new(),
            told.to_string().into(),
        );
        let now = self.now();
        let mut room = lock(room);
        room.system.handle(&call, now);
        // A log that cannot be written shows at the next call that must be written.
        room.write(now, &Record::Call(Box::new(call))).ok();
    }

    fn inside_call(
        &self,
        path: &str,
        query: Vec<(String, String)>,
        headers: HeaderMap,
        body: bytes::Bytes,
    ) -> Call {
        Call {
            // A method no vendor knows: a system that does not understand refuses it and changes nothing.
            method: Method::from_bytes(b"SANDBOX").unwrap_or(Method::TRACE),
            path: path.to_owned(),
            query,
            headers,
            body,
            in_flight: 0,
            base: lock(&self.inner.base).clone(),
        }
    }
}

impl Room {
    fn write(&mut self, at: DateTime<Utc>, record: &Record) -> Result<(), PlaneError> {
        match &mut self.journal {
            Some(journal) => journal.append(at, record),
            None => Ok(()),
        }
    }
}

fn replay(system: &mut dyn System, at: DateTime<Utc>, record: &Record) {
    match record {
        Record::Call(call) => {
            system.handle(call, at);
        }
        // What was refused then is refused now; only the state counts.
        Record::Seed(seed) => {
            system.seed(seed, at).ok();
        }
        Record::Switch(name, value) => {
            system.switch(name, value).ok();
        }
        Record::Outbound => {
            system.outbound(at);
        }
    }
}
