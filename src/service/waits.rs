//! What the calls of a workspace wait for, as whoever watches is told it.

use crate::connectors::Registry;
use crate::connectors::budget::{WaitNow, Waits, Window};
use crate::model::Facts;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a call waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitTold {
    /// The system's name.
    pub system: String,
    /// Its limit that is used, as `60 a minute`; none where it waits for something else.
    pub limit: Option<String>,
    /// Why, in words.
    pub why: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A look at what calls wait for.
#[derive(Debug, Clone)]
pub struct WaitWatch {
    waits: Waits,
    titles: Arc<BTreeMap<String, String>>,
}

impl WaitWatch {
    pub(super) fn new(waits: Waits, systems: &Registry) -> Self {
        let title = |f: &Facts| (f.system.to_string(), f.title.to_string());
        let titles = systems.facts().into_iter().map(title).collect();
        Self {
            waits,
            titles: Arc::new(titles),
        }
    }

    /// What is waited for now.
    pub fn now(&self) -> Option<LimitTold> {
        let WaitNow {
            system,
            limit,
            why,
            until,
        } = self.waits.now()?;
        let title = self.titles.get(&system).cloned();
        Some(LimitTold {
            system: title.unwrap_or(system),
            limit: limit.as_ref().map(Window::to_string),
            why,
            until,
        })
    }

    /// Somebody sees it, and need not be told in the log as well.
    pub fn seen(&self, seen: bool) {
        self.waits.watch(seen);
    }
}
