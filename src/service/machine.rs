//! What comes from outside, as this machine gives it.
//!
//! Flows in: where the key is kept and whose clock is followed, as whoever starts the program knows it. Flows out: an
//! [`Outside`]. Refuses a machine without certificates, a key that cannot be read, a clock that does not answer.

use super::not_done::NotDone;
use super::outside::Outside;
use super::sandbox_clock::SandboxClock;
use crate::clock::{Clock, RealClock};
use crate::connectors::http::{ReqwestTransport, Transport};
use crate::store::{BeaconPlace, Fill, Seal, SealError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the key of the secrets is.
#[derive(Debug, Clone)]
pub enum KeyFrom {
    /// Given as text.
    Text(String),
    /// In a file, which is made when it is not there.
    File(PathBuf),
    /// Nowhere: there is no home folder.
    Nowhere,
}

/// This machine's network and randomness, and its clock or that of the fake vendors at an address. Beacons are kept in
/// `state`, where the machine has such a folder.
///
/// # Errors
/// The key cannot be had, or the clock that is to be followed is not there.
pub async fn this_machine(
    data: &Path,
    key: KeyFrom,
    follow: Option<&str>,
    state: Option<PathBuf>,
) -> Result<Outside, NotDone> {
    let transport: Arc<dyn Transport> = Arc::new(ReqwestTransport::default());
    let fill: Fill = Arc::new(|bytes: &mut [u8]| rand::fill(bytes));
    Ok(Outside {
        clock: clock(&transport, follow).await?,
        transport,
        seal: seal(data, key, &fill)?,
        fill,
        beacon: BeaconPlace {
            folder: state,
            machine: machine(),
        },
    })
}

/// What this machine is called, for people who have several.
fn machine() -> String {
    let told = ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok());
    let name: String = (told.unwrap_or_default().trim().chars())
        .filter(|c| !c.is_control())
        .take(64)
        .collect();
    match name.as_str() {
        "" => "a machine without a name".to_owned(),
        _ => name,
    }
}

async fn clock(
    transport: &Arc<dyn Transport>,
    follow: Option<&str>,
) -> Result<Arc<dyn Clock>, NotDone> {
    let Some(address) = follow else {
        return Ok(Arc::new(RealClock));
    };
    let clock = SandboxClock::follow(address, Arc::clone(transport)).await;
    let clock = clock.map_err(|why| {
        let fix = "start `crossfoot sandbox`, or take CROSSFOOT_SANDBOX_CLOCK away";
        NotDone::unreachable(why, fix).at(address)
    })?;
    Ok(Arc::new(clock))
}

fn seal(data: &Path, key: KeyFrom, fill: &Fill) -> Result<Seal, SealError> {
    match key {
        KeyFrom::Text(text) => Seal::from_text(text.trim(), Arc::clone(fill)),
        KeyFrom::File(path) => Seal::from_file(&path, data, Arc::clone(fill)),
        KeyFrom::Nowhere => Err(SealError::Key(
            "there is no home folder for the key: set CROSSFOOT_KEY_FILE".into(),
        )),
    }
}
