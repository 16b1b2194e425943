//! Why a call got no answer, in the terms the pipeline acts on: nothing was executed, or nobody knows.
//!
//! Flows in: what the transport, the budgets or the token's keeper say. Flows out: a [`CallError`]. Pure.
//! Refuses nothing; where it is not proven that nothing left, it says that it is not known.

use super::CallError;
use super::auth::{AuthError, Who};
use super::budget::Denied;
use super::http::TransportError;
use crate::model::cure::at_hand;
use crate::model::{ConnectionName, TenantId};

/// What it means that no answer came.
pub(super) fn unanswered(system: &str, read: bool, error: TransportError) -> CallError {
    let system = system.to_owned();
    match error {
        TransportError::NotSent(why) => CallError::NotSent { system, why },
        TransportError::Unreadable(why) if read => CallError::Broken { system, why },
        TransportError::Unknown(why) | TransportError::Unreadable(why) => CallError::Uncertain {
            system,
            why,
            cached: false,
        },
    }
}

/// What it means that a budget denies a call.
pub(super) fn wait(system: &str, denied: Denied) -> CallError {
    CallError::Wait {
        system: system.to_owned(),
        until: denied.until,
        why: denied.why,
        park: denied.park,
    }
}

/// A connection that is refused: why, and what to do.
pub(super) fn gone(system: &str, why: String, fix: String) -> CallError {
    CallError::Gone {
        system: system.to_owned(),
        why,
        fix,
    }
}

/// The same where only a person can help: the cure names the tenant.
pub(super) fn hopeless(system: &str, (why, fix): (String, String), tenant: &TenantId) -> CallError {
    gone(system, why, at_hand(&fix, &tenant.of_file(), &[]))
}

/// What to do about a connection that is refused.
pub(super) fn reconnect(tenant: &TenantId, connection: &ConnectionName) -> String {
    format!("connect it again: `crossfoot connect {tenant} {connection}`")
}

/// What it means that there is no token to send a call with.
pub(super) fn no_token(system: &str, who: &Who, e: AuthError) -> CallError {
    match e {
        AuthError::NotConnected => gone(
            system,
            "it is not connected yet".to_owned(),
            format!(
                "connect it: `crossfoot connect {} {}`",
                who.tenant, who.connection
            ),
        ),
        AuthError::Reconnect(why) => gone(system, why, reconnect(&who.tenant, &who.connection)),
        // The request itself never left: there was no token to send it with.
        AuthError::Unreachable(why) => CallError::NotSent {
            system: system.to_owned(),
            why: format!("no token: {why}"),
        },
        AuthError::Store(why) => CallError::NotSent {
            system: system.to_owned(),
            why: format!("the token cannot be read or saved: {why}"),
        },
    }
}

/// What any other status means: whether there is an answer to read, and whether a write that it answers may have happened.
/// `kept` tells that this error is kept under the write's key.
pub(super) fn answered(system: &str, read: bool, status: u16, kept: bool) -> Result<(), CallError> {
    let system = system.to_owned();
    let why = format!("it answers {status}, which no call of this API should");
    match status {
        408 | 500..=599 => Err(CallError::Uncertain {
            system,
            why: format!("it answers {status}"),
            cached: kept,
        }),
        200..=299 | 304 | 400..=499 => Ok(()),
        _ if read => Err(CallError::Broken { system, why }),
        _ => Err(CallError::Uncertain {
            system,
            why,
            cached: false,
        }),
    }
}
