//! Every limit a rule runs under, and the meter that enforces the count of operations.
//!
//! The numbers are part of a rule's meaning: the same script on the same document hits the same limit on
//! every machine. Wall time is not, so it yields a machine fault and never a verdict.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Operations in one call of a hook. A rule of ten lines takes about a hundred.
pub const OPERATIONS: u64 = 50_000;
/// Calls within calls.
pub const CALL_LEVELS: usize = 16;
/// Nesting of expressions, in functions too.
pub const EXPRESSION_DEPTH: usize = 40;
/// Bytes of a text value.
pub const TEXT_BYTES: usize = 64 * 1024;
/// Elements of a list, nested ones counted.
pub const LIST_ELEMENTS: usize = 1_000;
/// Entries of a map, nested ones counted.
pub const MAP_ENTRIES: usize = 1_000;
/// Variables of one function.
pub const VARIABLES: usize = 64;
/// Functions of one rule file.
pub const FUNCTIONS: usize = 200;
/// Bytes of a rule file.
pub const SOURCE_BYTES: usize = 256 * 1024;
/// Rule files of one tenant.
pub const FILES: usize = 64;
/// Texts kept from `print` in one call; later ones are dropped.
pub const PRINTED_LINES: usize = 50;
/// Characters kept of each printed text.
pub const PRINTED_CHARS: usize = 500;
/// Wall time of one call: a safety stop.
pub const WALL: Duration = Duration::from_secs(2);
/// How often wall time is looked at, in operations.
const LOOK_EVERY: u64 = 256;

/// Why the meter stopped a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Too many operations: a property of the rule.
    Operations,
    /// Too much time: a property of the machine.
    Wall,
}

/// Counts the operations of one call, those inside closures and big native calls included.
///
/// Rhai's own count is lost when a native function calls back into a script, so it is not relied on.
#[derive(Debug)]
pub struct Meter {
    used: AtomicU64,
    stopped: AtomicU8,
    begun: Mutex<Instant>,
    wall: Duration,
}

impl Meter {
    /// A meter with a wall-time stop.
    #[allow(
        clippy::disallowed_methods,
        reason = "the safety stop is about this machine, not about any run: it never decides"
    )]
    pub fn new(wall: Duration) -> Self {
        Self {
            used: AtomicU64::new(0),
            stopped: AtomicU8::new(0),
            begun: Mutex::new(Instant::now()),
            wall,
        }
    }

    /// Starts a call.
    pub fn begin(&self) {
        self.used.store(0, Ordering::Relaxed);
        self.stopped.store(0, Ordering::Relaxed);
    }

    /// Counts `cost` operations; `Some` when the call must stop.
    pub fn charge(&self, cost: u64) -> Option<Stopped> {
        // One thread owns a meter during a call, so a load and a store do.
        let before = self.used.load(Ordering::Relaxed);
        let now = before.saturating_add(cost);
        self.used.store(now, Ordering::Relaxed);
        if now > OPERATIONS {
            self.stopped.store(1, Ordering::Relaxed);
            return Some(Stopped::Operations);
        }
        if before / LOOK_EVERY != now / LOOK_EVERY && self.late(before < LOOK_EVERY) {
            self.stopped.store(2, Ordering::Relaxed);
            return Some(Stopped::Wall);
        }
        None
    }

    /// The clock starts at the first look, so that short calls never ask for the time.
    #[allow(
        clippy::disallowed_methods,
        reason = "the safety stop is about this machine, not about any run: it never decides"
    )]
    fn late(&self, first: bool) -> bool {
        let mut begun = self.begun.lock().unwrap_or_else(|p| p.into_inner());
        if first {
            *begun = Instant::now();
            return self.wall.is_zero();
        }
        begun.elapsed() > self.wall
    }

    /// Operations counted in this call.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// What stopped the call, if the meter did.
    pub fn stopped(&self) -> Option<Stopped> {
        match self.stopped.load(Ordering::Relaxed) {
            1 => Some(Stopped::Operations),
            2 => Some(Stopped::Wall),
            _ => None,
        }
    }
}
