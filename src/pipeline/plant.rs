//! Bugs planted on purpose, to show that the suite catches them. In a normal build they are constants that the compiler removes.

use super::lease::Lease;
use crate::model::TenantId;

/// One bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// A new key on each try.
    NewKey,
    /// The journal is written after the send.
    SendFirst,
    /// Absence counts at once.
    NoQuarantine,
    /// A write is begun anew after the key's life without a look-up.
    NoLookUp,
    /// The lease is neither waited for nor checked.
    NoLease,
    /// A look-up by number takes another type's document.
    AnyType,
    /// A look-up trusts the number and not the stamp.
    NumberIsEnough,
    /// What a backward half has entered is not told to the forward half.
    Echo,
    /// A new attempt goes under the key of the one before.
    OldKey,
    /// A change goes on the version that was seen when it was decided, and not on what a read by its id shows.
    ListedVersion,
}

impl Plant {
    /// Every bug.
    pub const ALL: [Plant; 10] = [
        Plant::NewKey,
        Plant::SendFirst,
        Plant::NoQuarantine,
        Plant::NoLookUp,
        Plant::NoLease,
        Plant::AnyType,
        Plant::NumberIsEnough,
        Plant::Echo,
        Plant::OldKey,
        Plant::ListedVersion,
    ];
    /// The word for it in `CROSSFOOT_PLANT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Plant::NewKey => "new-key",
            Plant::SendFirst => "send-first",
            Plant::NoQuarantine => "no-quarantine",
            Plant::NoLookUp => "no-look-up",
            Plant::NoLease => "no-lease",
            Plant::AnyType => "any-type",
            Plant::NumberIsEnough => "number-is-enough",
            Plant::Echo => "echo",
            Plant::OldKey => "old-key",
            Plant::ListedVersion => "listed-version",
        }
    }
}

#[cfg(feature = "planted-bugs")]
mod chosen {
    use super::Plant;
    use std::cell::Cell;
    use std::sync::OnceLock;

    thread_local! {
        static HERE: Cell<Option<Plant>> = const { Cell::new(None) };
    }
    static EVERYWHERE: OnceLock<Option<Plant>> = OnceLock::new();

    /// Plants a bug for this thread, or takes it out.
    pub fn set(plant: Option<Plant>) {
        HERE.with(|h| h.set(plant));
    }

    pub(super) fn planted(plant: Plant) -> bool {
        let everywhere = EVERYWHERE.get_or_init(|| {
            let word = std::env::var("CROSSFOOT_PLANT").ok()?;
            Plant::ALL.into_iter().find(|p| p.as_str() == word)
        });
        HERE.with(Cell::get).or(*everywhere) == Some(plant)
    }
}
#[cfg(feature = "planted-bugs")]
use chosen::planted;
#[cfg(feature = "planted-bugs")]
pub use chosen::set;

#[cfg(not(feature = "planted-bugs"))]
const fn planted(_: Plant) -> bool {
    false
}

/// Whether the journal is written after the send.
pub fn send_before_journal() -> bool {
    planted(Plant::SendFirst)
}
/// Whether the lease is neither waited for nor checked.
pub fn no_lease() -> bool {
    planted(Plant::NoLease)
}
/// The lease that the lack of one is papered over with.
pub fn lease_of_nobody(tenant: &TenantId, holder: &str) -> Lease {
    Lease {
        tenant: tenant.clone(),
        holder: holder.to_owned(),
        fence: i64::MAX,
    }
}
/// Whether payments leave without a look at their document. That look is a second guard behind the protocol
/// and would hide the bugs planted in it: with any of them it is left out.
pub fn blind() -> bool {
    Plant::ALL.into_iter().any(planted)
}
/// Whether a look-up by number takes another type's document for ours.
pub fn any_type() -> bool {
    planted(Plant::AnyType)
}
/// Whether a look-up trusts the number and not the stamp.
pub fn number_is_enough() -> bool {
    planted(Plant::NumberIsEnough)
}
/// Whether what a backward half has entered is not told to the forward half.
pub fn echo() -> bool {
    planted(Plant::Echo)
}
/// The number of an attempt, as its key says it.
pub fn attempt(attempt: u32) -> u32 {
    if planted(Plant::OldKey) { 1 } else { attempt }
}
/// Whether a change is not read by its id before it leaves.
pub fn listed_version() -> bool {
    planted(Plant::ListedVersion)
}
/// Whether a write is begun anew after the key's life without a look-up.
pub fn no_look_up() -> bool {
    planted(Plant::NoLookUp)
}
/// Whether a write that may have left is begun anew, under a new key, instead of sent again.
pub fn new_key() -> bool {
    planted(Plant::NewKey)
}
pub(super) fn quarantine(seconds: i64) -> i64 {
    if planted(Plant::NoQuarantine) {
        0
    } else {
        seconds
    }
}
