//! A workspace that is older than the world knows it: by a note outside of it, or by what the ledger has of ours. Then
//! nothing is written for a quarter of an hour, and what is there is found first.

use super::bed::{Bed, begun, file, order, paid, shop, sync, synced, tenant, verified, with};
use super::scenes::{
    LateTransport, closed, connected_again, copied, data, engine_over, kept, opened, quiet, twin_of,
};
use crossfoot::connectors::http::HttpRequest;
use crossfoot::model::{Beacon, Epoch, EpochCause};
use crossfoot::pipeline::ports::{Epochs as _, Journal as _, Runs as _, TenantSwitch};
use crossfoot::service::desk::audit::audit;
use crossfoot::service::desk::restore::{backup, here, restore};
use crossfoot::service::desk::status::status;
use crossfoot::service::{BeaconPlace, Engine, Workspace};
use serde_json::json;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

async fn epoch(bed: &Bed, engine: &Engine) -> Epoch {
    engine.store().epoch(bed.now()).await.unwrap()
}

async fn cause(bed: &Bed, engine: &Engine) -> Option<EpochCause> {
    epoch(bed, engine).await.began.map(|(_, cause)| cause)
}

fn notes(bed: &Bed) -> Vec<PathBuf> {
    let folder = bed.beacon().folder.unwrap();
    let all = std::fs::read_dir(folder).into_iter().flatten().flatten();
    all.map(|e| e.path()).collect()
}

fn note(bed: &Bed) -> Beacon {
    let all = notes(bed);
    assert_eq!(all.len(), 1, "{all:?}");
    serde_json::from_str(&std::fs::read_to_string(&all[0]).unwrap()).unwrap()
}

fn modes(folder: &Path, out: &mut Vec<(PathBuf, u32)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        out.push((path.clone(), mode));
        if path.is_dir() {
            modes(&path, out);
        }
    }
}

fn private(bed: &Bed) {
    let mut all = vec![(
        data(bed),
        std::fs::metadata(data(bed)).unwrap().permissions().mode() & 0o777,
    )];
    modes(&data(bed), &mut all);
    modes(&bed.beacon().folder.unwrap(), &mut all);
    let names: Vec<String> = all.iter().map(|(p, _)| p.display().to_string()).collect();
    for name in [
        "crossfoot.db",
        "crossfoot.db-wal",
        "db.lock",
        "db.reserve",
        ".json",
    ] {
        assert!(names.iter().any(|n| n.ends_with(name)), "{name}: {names:?}");
    }
    let wide: Vec<_> = all.iter().filter(|(_, mode)| mode & 0o077 != 0).collect();
    assert!(wide.is_empty(), "others may read {wide:?}");
}

#[tokio::test]
async fn what_is_kept_is_its_owners_alone_and_put_right_where_it_was_not() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    private(&bed);
    closed(engine).await;
    let mut all = vec![(data(&bed), 0)];
    modes(&data(&bed), &mut all);
    for (path, _) in all {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let engine = bed.engine().await;
    synced(&engine).await;
    private(&bed);
    // What lies there during a rehearsal too.
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let rehearsed = engine.rehearse(&loaded, None, &|_| {}).await;
    private(&bed);
    drop(rehearsed);
}

#[tokio::test]
async fn word_is_left_before_the_first_bytes_of_a_run_leave() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    let before = note(&bed);
    let seen: Arc<Mutex<Vec<Beacon>>> = Arc::default();
    let (keep, path) = (seen.clone(), notes(&bed).remove(0));
    bed.transport.before(move |request: &HttpRequest| {
        if request.method != http::Method::GET && request.url.contains("/api.xro/") {
            let text = std::fs::read_to_string(&path).unwrap();
            keep.lock()
                .unwrap()
                .push(serde_json::from_str(&text).unwrap());
        }
    });
    synced(&engine).await;
    let seen = seen.lock().unwrap().clone();
    assert!(!seen.is_empty());
    assert!(
        seen.iter().all(|b| b.audit > before.audit),
        "{before:?} {seen:?}"
    );
    let after = note(&bed);
    assert!(
        after.audit > seen.last().unwrap().audit,
        "and after the run"
    );
    assert_eq!((after.epoch, after.machine.as_str()), (1, "bed"));
    // A run that writes nothing leaves the log as it is.
    synced(&engine).await;
    assert_eq!(cause(&bed, &engine).await, None);
}

#[tokio::test]
async fn a_workspace_that_sent_nothing_needs_no_note_and_one_that_did_is_told_once() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    closed(engine).await;
    std::fs::remove_dir_all(bed.beacon().folder.unwrap()).unwrap();
    let engine = bed.engine().await;
    assert_eq!(cause(&bed, &engine).await, None);
    synced(&engine).await;
    verified(&engine, "1041").await;
    closed(engine).await;
    // As after an update from a version that left none.
    std::fs::remove_dir_all(bed.beacon().folder.unwrap()).unwrap();
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    let engine = bed.engine().await;
    assert_eq!(cause(&bed, &engine).await, Some(EpochCause::NoBeacon));
    let done = quiet(&bed, &engine).await;
    assert_eq!(done.wake, Some(bed.now() + chrono::Duration::minutes(15)));
    let told = status(&engine, vec![tenant()])
        .await
        .unwrap()
        .world
        .unwrap();
    assert!(
        told.waits_until.is_some() && told.fix.is_empty(),
        "{told:?}"
    );
    bed.minutes(15);
    synced(&engine).await;
    verified(&engine, "1042").await;
    closed(engine).await;
    let engine = bed.engine().await;
    assert_eq!(epoch(&bed, &engine).await.number, 2, "told once");
}

#[tokio::test]
async fn a_machine_without_a_place_for_notes_goes_on_without() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    closed(engine).await;
    let engine = opened(&bed, bed.transport.clone(), BeaconPlace::default()).await;
    assert_eq!(cause(&bed, &engine).await, None);
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
}

#[tokio::test]
async fn another_end_of_the_same_length_is_seen() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let (engine, kept) = kept(&bed, engine).await;
    says(&bed, &engine, "ann@acme.example").await;
    synced(&engine).await;
    let there = note(&bed).audit;
    let engine = put_back_silently(&bed, engine, &kept).await;
    // The copy comes to the same number by other words.
    while note_of(&engine).await < there {
        says(&bed, &engine, "bob@acme.example").await;
    }
    closed(engine).await;
    let engine = bed.engine_off().await;
    assert_eq!(cause(&bed, &engine).await, Some(EpochCause::Forked));
}

/// A word that changes nothing, and is in the log all the same.
async fn says(bed: &Bed, engine: &Engine, who: &str) {
    let state = engine.store().tenant(&tenant()).await.unwrap();
    let (store, acme) = (engine.store(), tenant());
    let same = TenantSwitch::Processing(state.processing);
    let said = store.switch(&acme, &same, who, bed.now());
    said.await.unwrap();
}

/// The last row of the log of an engine that nothing was asked of.
async fn note_of(engine: &Engine) -> i64 {
    let rows = crossfoot::store::verify_audit(engine.store())
        .await
        .unwrap()
        .unwrap();
    i64::try_from(rows).unwrap()
}

/// An older copy put back, opened without looking at the note.
async fn put_back_silently(bed: &Bed, engine: Engine, kept: &tempfile::TempDir) -> Engine {
    closed(engine).await;
    std::fs::remove_dir_all(data(bed)).unwrap();
    copied(&kept.path().join("db"), &data(bed));
    let outside = crossfoot::service::Outside {
        beacon: BeaconPlace::default(),
        ..bed.outside()
    };
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let how = crossfoot::store::OpenAs::Worker;
    Engine::open(workspace, outside, how).await.unwrap()
}

#[tokio::test]
async fn without_a_note_the_ledger_is_the_witness() {
    let order = with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("50.00", "2026-07-12")]}),
    );
    let (bed, engine) = begun(&[], vec![order]).await;
    closed(engine).await;
    // An emptied database on a machine that never had a note.
    std::fs::remove_dir_all(data(&bed)).unwrap();
    std::fs::remove_dir_all(bed.beacon().folder.unwrap()).unwrap();
    let engine = bed.engine().await;
    connected_again(&bed, &engine, "again").await;
    assert_eq!(cause(&bed, &engine).await, None);
    let done = quiet(&bed, &engine).await;
    assert!(done.run.waits.unwrap().why.contains("1041"));
    assert_eq!(cause(&bed, &engine).await, Some(EpochCause::Ledger));
    bed.minutes(16);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.invoices(), bed.payments(), bed.contacts()), (1, 1, 1));
    assert_eq!(epoch(&bed, &engine).await.number, 2);
    let (_, found) = engine.store().epoch_found().await.unwrap();
    assert!(found.adopted.iter().any(|l| l == "1041"), "{found:?}");
    assert_eq!((found.differs.len(), found.made.len()), (0, 0), "{found:?}");
}

#[tokio::test]
async fn a_payment_that_this_journal_does_not_know_is_a_witness_too() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let (engine, kept) = kept(&bed, engine).await;
    let mut payment = paid("50.00", "2026-07-12");
    payment["id"] = json!("88");
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [payment]}]}));
    synced(&engine).await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(5);
    std::fs::remove_dir_all(bed.beacon().folder.unwrap()).unwrap();
    let engine = put_back_silently(&bed, engine, &kept).await;
    connected_again(&bed, &engine, "again").await;
    quiet(&bed, &engine).await;
    assert_eq!(cause(&bed, &engine).await, Some(EpochCause::Ledger));
    bed.minutes(16);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

/// What was under way in the restored journal itself is looked for, and never sent again under the key of that time.
#[tokio::test]
async fn a_backup_made_while_a_payment_was_under_way_sends_no_old_key_again() {
    for arrives in [true, false] {
        let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
        closed(engine).await;
        let mut payment = paid("50.00", "2026-07-12");
        payment["id"] = json!("88");
        bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [payment]}]}));
        let late = LateTransport::over(&bed);
        let engine = engine_over(&bed, late.clone()).await;
        let _ = sync(&engine).await;
        assert_eq!(engine.store().doubtful(&tenant()).await.unwrap().len(), 1);
        let file = bed.folder.path().join("backup.db");
        backup(&engine, &file).await.unwrap();
        closed(engine).await;
        if arrives {
            late.arrives().await;
        }
        let keys = |bed: &Bed| -> Vec<String> {
            let sent = bed.transport.sent();
            let payments = sent
                .iter()
                .filter(|r| r.method == http::Method::PUT && r.url.contains("/Payments"));
            payments
                .map(|r| format!("{:?}", r.headers.get("idempotency-key")))
                .collect()
        };
        let before = keys(&bed);
        let workspace = Workspace::open(bed.folder.path()).unwrap();
        let outside = bed.outside();
        let put = restore(
            workspace,
            &outside,
            &file,
            ("jo@acme.example", "the disk died"),
        );
        let told = put.await.unwrap();
        assert_eq!(told.connect, ["acme keap", "acme xero"]);
        assert!(
            Path::new(&told.aside.unwrap())
                .join("crossfoot.db")
                .exists()
        );
        let engine = bed.engine().await;
        connected_again(&bed, &engine, "again").await;
        assert_eq!(cause(&bed, &engine).await, Some(EpochCause::Restored));
        assert_eq!(
            epoch(&bed, &engine).await.number,
            2,
            "one, and not one more for the note"
        );
        quiet(&bed, &engine).await;
        bed.minutes(16);
        synced(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!(bed.payments(), 1, "{arrives}");
        let fresh: Vec<String> = keys(&bed).split_off(before.len());
        assert_eq!(fresh.len(), usize::from(!arrives));
        assert!(fresh.iter().all(|k| !before.contains(k)));
        let (_, found) = engine.store().epoch_found().await.unwrap();
        let lists = (found.adopted.len(), found.made.len());
        assert_eq!(lists, if arrives { (1, 0) } else { (0, 1) }, "{found:?}");
    }
}

#[tokio::test]
async fn a_backup_is_one_private_file_made_beside_a_worker_and_never_over_another() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let file = bed.folder.path().join("backup.db");
    // What one that was killed has left goes, and nothing else does.
    let left = bed.folder.path().join("monday.db.crossfoot-unfinished");
    let other = bed.folder.path().join("other.unfinished");
    for path in [&left, &other] {
        std::fs::write(path, "half of it").unwrap();
    }
    let told = backup(&engine, &file).await.unwrap();
    assert!(told.bytes > 0);
    assert!(!left.exists() && other.exists());
    assert!(
        !bed.folder
            .path()
            .join("backup.db.crossfoot-unfinished")
            .exists()
    );
    let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let no = backup(&engine, &file).await.unwrap_err();
    assert!(no.what.contains("there already"), "{no:?}");
    // Beside a worker nothing is put back.
    let workspace = || Workspace::open(bed.folder.path()).unwrap();
    let no = restore(workspace(), &bed.outside(), &file, ("jo", ""))
        .await
        .unwrap_err();
    assert!(no.what.contains("at work"), "{no:?}");
    closed(engine).await;
    // What is no backup is not put back, and the database stays.
    let other = bed.folder.path().join("other.db");
    for text in ["", "no database at all, whatever it is called"] {
        std::fs::write(&other, text).unwrap();
        let no = restore(workspace(), &bed.outside(), &other, ("jo", "")).await;
        assert!(no.unwrap_err().what.contains("not put back"));
    }
    // Nor is what a putting back that was killed has left taken for anything.
    let restoring = data(&bed).join("crossfoot.restoring");
    std::fs::write(&restoring, "half of it").unwrap();
    let engine = bed.engine().await;
    assert!(!restoring.exists());
    verified(&engine, "1041").await;
    assert_eq!(epoch(&bed, &engine).await.number, 1);
}

#[tokio::test]
async fn the_audit_log_of_an_older_an_emptied_and_a_damaged_database_does_not_hold() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    assert!(audit(&engine).await.unwrap().holds);
    let (engine, kept) = kept(&bed, engine).await;
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    closed(engine).await;
    let reader = || async {
        let workspace = Workspace::open(bed.folder.path()).unwrap();
        let how = crossfoot::store::OpenAs::Reader;
        Engine::open(workspace, bed.outside(), how).await.unwrap()
    };
    // Older.
    std::fs::remove_dir_all(data(&bed)).unwrap();
    copied(&kept.path().join("db"), &data(&bed));
    let engine = reader().await;
    let told = audit(&engine).await.unwrap();
    assert!(!told.holds && told.older.unwrap().contains("older"));
    closed(engine).await;
    // Emptied.
    std::fs::remove_dir_all(data(&bed)).unwrap();
    let engine = reader().await;
    let told = audit(&engine).await.unwrap();
    assert!(!told.holds && told.older.unwrap().contains("empty"));
    closed(engine).await;
    // Once a run has seen it, the log goes on, and says that it is not whole.
    let engine = bed.engine().await;
    let told = audit(&engine).await.unwrap();
    assert_eq!((told.holds, told.breaks.len()), (true, 1), "{told:?}");
    closed(engine).await;
    // Damaged: pages in the middle are trash.
    std::fs::remove_dir_all(data(&bed)).unwrap();
    copied(&kept.path().join("db"), &data(&bed));
    let path = data(&bed).join("crossfoot.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let (from, to) = (bytes.len() / 3, bytes.len() * 2 / 3);
    bytes[from..to].fill(0xA5);
    std::fs::write(&path, bytes).unwrap();
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let how = crossfoot::store::OpenAs::Reader;
    match Engine::open(workspace, bed.outside(), how).await {
        Ok(engine) => {
            let told = audit(&engine).await.unwrap();
            assert!(!told.holds && told.damaged.is_some(), "{told:?}");
        }
        // Trash where the database must read to be opened at all is told there.
        Err(e) => assert!(e.to_string().contains("database"), "{e}"),
    }
}

#[tokio::test]
async fn a_clock_that_went_back_behind_the_proof_begins_its_wait_anew() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    here(&engine, "jo@acme.example", "put back by hand")
        .await
        .unwrap();
    bed.minutes(-60);
    quiet(&bed, &engine).await;
    bed.minutes(14);
    quiet(&bed, &engine).await;
    bed.minutes(2);
    assert_eq!(synced(&engine).await.run.waits, None);
}

#[tokio::test]
async fn a_word_ends_the_stop_of_a_twin_and_the_other_copy_finds_out() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    closed(engine).await;
    let (twin, other) = twin_of(&bed, false).await;
    let engine = bed.engine().await;
    quiet(&twin, &other).await;
    bed.minutes(20);
    // Both live: the first posts, and the twin sees it before it writes.
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    bed.minutes(1);
    let why = quiet(&twin, &other).await.run.waits.unwrap();
    assert_eq!(why.until, None);
    let told = status(&other, vec![tenant()]).await.unwrap().world.unwrap();
    assert!(told.stopped.contains("1042"), "{told:?}");
    assert!(
        told.fix.contains("crossfoot restore --here --why"),
        "{told:?}"
    );
    // The work goes on at the twin: it waits once more, takes what is there, and posts the next.
    here(&other, "jo@acme.example", "the old machine is off")
        .await
        .unwrap();
    quiet(&twin, &other).await;
    bed.minutes(16);
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-12")]}));
    synced(&other).await;
    verified(&other, "1042").await;
    verified(&other, "1043").await;
    // The first was not off after all: it finds out at the first write of the other that it sees.
    bed.keap(json!({"orders": [order(4, 1044, "2026-07-13")]}));
    quiet(&bed, &engine).await;
    assert_eq!(bed.invoices(), 3);
}
