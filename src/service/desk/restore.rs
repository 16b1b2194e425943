//! A backup made, a backup put back, and a person's word on where the work goes on.
//!
//! Flows in: an engine or a workspace, a file, who speaks and why. Flows out: what was done, with what is to be done next.
//! Refuses to write over a file, and to put a backup back beside a running process. A backup holds no key: whoever has it
//! alone opens no token.

use super::world::{LostWord, lost};
use crate::model::{EPOCH_WAIT_S, EpochCause, EpochProof};
use crate::pipeline::ports::StoreError;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::outside::Outside;
use crate::service::workspace::Workspace;
use crate::store::{OpenAs, Store, put_back};
use chrono::{DateTime, Duration, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What a backup is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BackupAnswer {
    /// Where it is.
    pub file: String,
    /// How long it is, in bytes.
    pub bytes: u64,
}

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RestoreAnswer {
    /// The backup that was put back; none where the work only goes on here.
    pub file: Option<String>,
    /// Where the database before it is kept; none where there was none.
    pub aside: Option<String>,
    /// The number of the epoch that began.
    pub epoch: i64,
    /// Until when nothing is written.
    pub waits_until: DateTime<Utc>,
    /// The connections that are to be made again, as `TENANT NAME`: the backup's tokens are spent.
    pub connect: Vec<String>,
    /// Until when the backup knows the world: what was said to Crossfoot later is lost.
    pub known_until: Option<DateTime<Utc>>,
    /// Words that are lost and had kept something back, as far as this machine remembers them: each is held until it is said again.
    pub lost: Vec<LostWord>,
}

/// Writes a backup, whoever works on the workspace meanwhile.
///
/// # Errors
/// A file of that name is there, or it cannot be written.
pub async fn backup(engine: &Engine, file: &Path) -> Result<BackupAnswer, NotDone> {
    if file.exists() {
        let fix = "give it another name: a backup is never written over";
        let what = format!("{} is there already", file.display());
        return Err(NotDone::wrong(what, fix));
    }
    engine.store().backup_to(file).await.map_err(unwritable)?;
    let bytes = std::fs::metadata(file).map_or(0, |m| m.len());
    Ok(BackupAnswer {
        file: file.display().to_string(),
        bytes,
    })
}

fn unwritable(e: StoreError) -> NotDone {
    NotDone::wrong(
        format!("the backup cannot be written: {e}"),
        "see that the folder is there and may be written",
    )
}

/// Puts a backup back.
///
/// # Errors
/// A process works on the workspace, or the file is no whole backup.
pub async fn restore(
    workspace: Workspace,
    outside: &Outside,
    file: &Path,
    (actor, why): (&str, &str),
) -> Result<RestoreAnswer, NotDone> {
    let now = outside.clock.now();
    let aside = format!("before-restore-{}", now.format("%Y%m%dT%H%M%SZ"));
    let kept: Option<PathBuf> = put_back(&workspace.database(), file, &aside)
        .await
        .map_err(not_put_back)?;
    let proof = EpochProof {
        cause: EpochCause::Restored,
        what: words("a backup was put back", why),
        seen: 0,
    };
    let store = Store::open(&workspace.database(), OpenAs::Worker).await?;
    let (place, root) = (&outside.beacon, workspace.root());
    let said = Some((&proof, actor));
    let store = (store.beside_beacon(place, root, &outside.fill, now, said)).await?;
    let (epoch, _) = store.epoch_found().await?;
    let lost = lost(&store).await?;
    store.close().await;
    Ok(RestoreAnswer {
        file: Some(file.display().to_string()),
        aside: kept.map(|p| p.display().to_string()),
        epoch: epoch.number,
        waits_until: until(now),
        connect: connections(&workspace)?,
        known_until: epoch.known,
        lost,
    })
}

/// The work goes on here: a person says so, after another copy was seen or a backup was put back by hand.
///
/// # Errors
/// The store cannot be used.
pub async fn here(engine: &Engine, actor: &str, why: &str) -> Result<RestoreAnswer, NotDone> {
    let (store, now) = (engine.store(), engine.now());
    let workspace = engine.workspace();
    let place = &engine.outside().beacon;
    let (beacon, _) = store.held_against_beacon(place, workspace.root()).await?;
    let proof = EpochProof {
        cause: EpochCause::Said,
        what: words("a person has said that the work goes on here", why),
        seen: beacon.map_or(0, |b| b.epoch),
    };
    store.begin_epoch(&proof, actor, now).await?;
    let (epoch, _) = store.epoch_found().await?;
    Ok(RestoreAnswer {
        file: None,
        aside: None,
        epoch: epoch.number,
        waits_until: until(now),
        connect: Vec::new(),
        known_until: epoch.known,
        lost: lost(store).await?,
    })
}

fn until(now: DateTime<Utc>) -> DateTime<Utc> {
    now + Duration::seconds(EPOCH_WAIT_S)
}

fn words(what: &str, why: &str) -> String {
    match why.trim() {
        "" => what.to_owned(),
        why => format!("{what} ({why})"),
    }
}

/// Each tenant's connections.
fn connections(workspace: &Workspace) -> Result<Vec<String>, NotDone> {
    let mut all = Vec::new();
    for tenant in workspace.tenants()? {
        // One whose file has mistakes is told of when it is to run.
        let Ok(loaded) = workspace.load(&tenant) else {
            continue;
        };
        for end in [&loaded.mapping.from.value, &loaded.mapping.to.value] {
            all.push(format!("{tenant} {}", end.connection));
        }
    }
    Ok(all)
}

fn not_put_back(e: StoreError) -> NotDone {
    match e {
        StoreError::InUse(_) => NotDone::attention(
            e.to_string(),
            "end it first (`crossfoot run` ends on ctrl-c or TERM); nothing was changed",
        ),
        e => NotDone::wrong(
            format!("the backup was not put back: {e}"),
            "name a file that `crossfoot backup` of this version or an older one wrote; the present database is as it was",
        ),
    }
}
