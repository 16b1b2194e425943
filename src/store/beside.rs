//! A workspace's store beside its beacon: held against it when it is opened, and leaving word in it.
//!
//! Flows in: where beacons are, and the workspace's folder. Flows out: the store, in a new epoch where the beacon proves
//! that it is older than the world. Word is left after each run, and before the first bytes of a run's first write leave:
//! a copy that was made before is behind from then on.

use super::Store;
use super::audit::{self, AuditEntry, log_end};
use super::beacon::{BeaconFile, BeaconPlace, find};
use super::epochs::{ITSELF, begin, current, end_at};
use super::seal::Fill;
use crate::model::{Beacon, EpochCause, EpochProof, TenantId};
use crate::pipeline::epoch::judge_beacon;
use crate::pipeline::ports::StoreError;
use chrono::{DateTime, Utc};
use std::path::Path;
use std::sync::Arc;

/// The note that holds the workspace's id.
const ID: &str = "workspace";
/// The note that a machine without a place for beacons was told of.
const NO_PLACE: &str = "beacon:no_place";

impl Store {
    /// What the beacon of the workspace in a folder says of this database, if there is a place for beacons; and what it
    /// is. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held_against_beacon(
        &self,
        place: &BeaconPlace,
        root: &Path,
    ) -> Result<(Option<Beacon>, Option<EpochProof>), StoreError> {
        let Some(folder) = &place.folder else {
            return Ok((None, None));
        };
        let id = self.note(ID).await?;
        let beacon = find(folder, id.as_deref(), &canonical(root));
        let row = beacon.as_ref().map_or(0, |b| b.audit);
        let here = end_at(&mut *self.read().await?, row).await?;
        let proof = judge_beacon(beacon.as_ref(), &here);
        Ok((beacon, proof))
    }

    /// The store of the process that works on a workspace, beside its beacon. Where that proves that the database is older
    /// than the world, a new epoch has begun; so it has where a backup was put back by `restored`, a proof and who did it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn beside_beacon(
        mut self,
        place: &BeaconPlace,
        root: &Path,
        fill: &Fill,
        now: DateTime<Utc>,
        restored: Option<(&EpochProof, &str)>,
    ) -> Result<Self, StoreError> {
        let (found, proof) = self.held_against_beacon(place, root).await?;
        let id = match (self.note(ID).await?, &found) {
            (Some(id), _) => id,
            (None, Some(beacon)) => beacon.workspace.clone(),
            (None, None) => fresh_id(fill),
        };
        let file = match &place.folder {
            None => Err("this machine has no folder for it".to_owned()),
            Some(folder) => BeaconFile::of(place, folder, &canonical(root), &id)
                .map_err(|e| format!("{} cannot be made: {e}", folder.display())),
        };
        let proof = match restored {
            Some((said, actor)) => Some((
                EpochProof {
                    seen: found.as_ref().map_or(said.seen, |b| b.epoch.max(said.seen)),
                    ..said.clone()
                },
                actor,
            )),
            None => proof.map(|p| (p, ITSELF)),
        };
        match file {
            Ok(file) => {
                self.keep_note(ID, &id).await?;
                self.beacon = Some(Arc::new(file));
            }
            Err(why) => self.without_place(&why).await?,
        }
        // Where no note can be kept, that there is none proves nothing.
        let proof = proof.filter(|(p, _)| self.beacon.is_some() || p.cause != EpochCause::NoBeacon);
        match proof {
            Some((proof, actor)) => self.begin_epoch(&proof, actor, now).await?,
            None if found.is_none() => self.leave_beacon(now).await?,
            None => {}
        }
        Ok(self)
    }

    /// Holds the database against its beacon once more: another copy may have gone on since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held_again(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(file) = &self.beacon else {
            return Ok(());
        };
        let beacon = file.read();
        let row = beacon.as_ref().map_or(0, |b| b.audit);
        let here = end_at(&mut *self.db().await?, row).await?;
        match judge_beacon(beacon.as_ref(), &here) {
            Some(proof) => self.begin_epoch(&proof, ITSELF, now).await,
            None => Ok(()),
        }
    }

    /// Says once that there is no place for a beacon, and goes on without.
    async fn without_place(&self, why: &str) -> Result<(), StoreError> {
        if self.note(NO_PLACE).await?.is_none() {
            tracing::warn!(
                "no note of how far this workspace has come is kept outside of it: {why}. An older backup that is put back \
                 by hand is then noticed by the ledger alone. fix: set CROSSFOOT_STATE to a folder outside the workspace"
            );
            self.keep_note(NO_PLACE, why).await?;
        }
        Ok(())
    }

    /// Leaves word of how far the database has come. That it cannot be written is no reason not to work: what is there
    /// stays behind, and proves nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be read.
    pub async fn leave_beacon(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Some(file) = &self.beacon else {
            return Ok(());
        };
        let mut db = self.db().await?;
        let (audit, hash) = log_end(&mut db).await?;
        let beacon = Beacon {
            workspace: file.id.clone(),
            folder: file.root.clone(),
            epoch: current(&mut db).await?.number,
            audit,
            hash,
            machine: file.machine.clone(),
            at: now,
        };
        if let Err(e) = file.write(&beacon) {
            tracing::warn!("the note of how far this workspace has come cannot be written: {e}");
        }
        Ok(())
    }

    /// A run leaves word, once, before its first write leaves.
    pub(super) async fn leave_word(
        &self,
        tenant: &TenantId,
        run: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(file) = self.beacon.as_ref().filter(|f| f.is_first(tenant, run)) else {
            return Ok(());
        };
        // A row of its own, so that a copy of the database that was made a moment ago is behind.
        let mut tx = self.begin().await?;
        let entry = AuditEntry {
            tenant: tenant.as_str(),
            at: now,
            actor: ITSELF,
            action: "sends",
            object: run,
            detail: "",
        };
        audit::append(&mut tx, entry).await?;
        tx.commit().await?;
        self.leave_beacon(now).await?;
        file.told(tenant, run);
        Ok(())
    }

    /// Begins an epoch by a person's word or another proof, and leaves word of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_epoch(
        &self,
        proof: &EpochProof,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        begin(&mut tx, proof, (actor, self.beacon.as_deref()), now).await?;
        tx.commit().await?;
        self.leave_beacon(now).await
    }
}

fn canonical(root: &Path) -> String {
    let path = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    path.display().to_string()
}

fn fresh_id(fill: &Fill) -> String {
    let mut bytes = [0_u8; 12];
    fill(&mut bytes);
    data_encoding::HEXLOWER.encode(&bytes)
}
