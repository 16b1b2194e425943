//! Scenes in which a workspace knows less than the world: each is set up, interrupted or put back, and looked at. What the
//! ledger ends with is a row of the table: everything once, or held with its code; and where it is held, the cure that is
//! printed is carried out until nothing waits.
//!
//! A further scene is one more function that plays it, and one more row.

use super::bed::{
    Bed, doc, end, file, order, paid, shop, sync, synced, tenant, text, verified, with,
};
use super::support::{PlaneTransport, XERO_CLIENT, signed_in};
use async_trait::async_trait;
use crossfoot::connectors::http::{HttpRequest, HttpResponse, Transport, TransportError};
use crossfoot::model::{ConnectionName, DocState};
use crossfoot::pipeline::ports::{Documents as _, Epochs as _, Runs as _, TenantSwitch};
use crossfoot::pipeline::tenant::Done;
use crossfoot::service::desk::restore::here;
use crossfoot::service::desk::retry::at_once;
use crossfoot::service::desk::settle::{self, WordAsk};
use crossfoot::service::desk::unlink::{UnlinkWhat, unlink};
use crossfoot::service::{BeaconPlace, Engine, Outside, Workspace};
use crossfoot::store::OpenAs;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Barrier;

/// One scene and its end.
struct Scene {
    name: &'static str,
    /// Plays it up to where it is left to itself.
    play: fn() -> LocalBoxFuture<'static, Played>,
    /// The code that document 1041 is held with; empty where it is verified.
    held: &'static str,
    /// Invoices that stand in the ledger, contacts, and payments that count, each with its amount, before any cure.
    ledger: (usize, usize, &'static [&'static str]),
    /// The payments after the cure; the rest stays.
    cured: &'static [&'static str],
}

/// What a scene leaves.
struct Played {
    bed: Bed,
    engine: Engine,
    /// What a person does by hand before the printed command, and what the command may need.
    by_hand: Option<fn(&Bed) -> LocalBoxFuture<'_, ()>>,
}

fn left(bed: Bed, engine: Engine) -> Played {
    Played {
        bed,
        engine,
        by_hand: None,
    }
}

fn scenes() -> Vec<Scene> {
    let scene = |name, play, held, ledger, cured| Scene {
        name,
        play,
        held,
        ledger,
        cured,
    };
    vec![
        scene(
            "renumbered after the backup",
            || renumbered().boxed_local(),
            "",
            (1, 1, &[]),
            &[],
        ),
        scene(
            "edited after the backup",
            || edited().boxed_local(),
            "",
            (1, 1, &[]),
            &[],
        ),
        scene(
            "paid after the backup",
            || paid_by_hand().boxed_local(),
            "ledger.balance",
            (1, 1, &["110"]),
            &["110"],
        ),
        scene(
            "voided after the backup",
            || voided().boxed_local(),
            "number.closed",
            (0, 1, &[]),
            &[],
        ),
        scene(
            "contact renamed after the backup",
            || contact_renamed().boxed_local(),
            "",
            (1, 1, &[]),
            &[],
        ),
        scene(
            "payment under way when the backup was put back",
            || payment_under_way().boxed_local(),
            "",
            (1, 1, &["50"]),
            &["50"],
        ),
        scene(
            "database emptied and the books connected again",
            || emptied().boxed_local(),
            "",
            (1, 1, &["50"]),
            &["50"],
        ),
        scene(
            "two copies in turns",
            || in_turns().boxed_local(),
            "",
            (3, 1, &[]),
            &[],
        ),
        scene(
            "two copies in the very same moment",
            || in_the_same_moment().boxed_local(),
            "",
            (2, 1, &["50"]),
            &["50"],
        ),
        scene(
            "two copies at once",
            || at_the_same_time().boxed_local(),
            "",
            (2, 1, &["50", "50"]),
            &["50"],
        ),
    ]
}

#[tokio::test]
async fn each_scene_ends_as_the_table_says() {
    let mut broken = Vec::new();
    for scene in scenes() {
        let played = std::panic::AssertUnwindSafe(ended(&scene)).catch_unwind();
        match played.await {
            Ok(wrong) => broken.extend(wrong.into_iter().map(|w| format!("{}: {w}", scene.name))),
            Err(_) => broken.push(format!(
                "{}: it could not be played (see above)",
                scene.name
            )),
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn stands(bed: &Bed) -> (usize, usize, Vec<String>) {
    let books = bed.books();
    let open = |i: &&Value| !["VOIDED", "DELETED"].contains(&text(i, "Status").as_str());
    let invoices = books["invoices"].as_array().unwrap().iter();
    let money = bed.money().into_iter().map(|(amount, ..)| amount);
    (
        invoices.filter(open).count(),
        bed.contacts(),
        money.collect(),
    )
}

/// What of a scene is not as its row says.
async fn ended(scene: &Scene) -> Vec<String> {
    let mut wrong = Vec::new();
    let Played {
        bed,
        engine,
        by_hand,
    } = (scene.play)().await;
    let (state, code) = end(&engine, "1041").await;
    let wanted = match scene.held {
        "" => DocState::Verified,
        _ => DocState::Held,
    };
    if (state, code.as_str()) != (wanted, scene.held) {
        wrong.push(format!(
            "it ended {state} [{code}]: {:?}",
            doc(&engine, "1041").await.reason
        ));
    }
    let (invoices, contacts, money) = scene.ledger;
    let money: Vec<String> = money.iter().map(ToString::to_string).collect();
    if stands(&bed) != (invoices, contacts, money.clone()) {
        wrong.push(format!("the ledger has {:?}", stands(&bed)));
    }
    if let Some(by_hand) = by_hand {
        by_hand(&bed).await;
    }
    cured(&bed, &engine).await;
    if let (DocState::Held | DocState::Refused, code) = end(&engine, "1041").await {
        wrong.push(format!("after the cure it is held still [{code}]"));
    }
    let after = stands(&bed);
    let cured: Vec<String> = scene.cured.iter().map(ToString::to_string).collect();
    let made = usize::from(!scene.held.is_empty() && invoices == 0);
    if after != (invoices + made, contacts, cured) {
        wrong.push(format!("after the cure the ledger has {after:?}"));
    }
    wrong
}

/// Carries out what is printed, until nothing waits.
async fn cured(bed: &Bed, engine: &Engine) {
    for _ in 0..3 {
        let stopped = engine.store().epoch(bed.now()).await.unwrap().stopped;
        if !stopped.is_empty() {
            here(engine, "jo@acme.example", "the other copy is ended")
                .await
                .unwrap();
        }
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let fix = doc(engine, "1041")
            .await
            .reason
            .map_or(String::new(), |r| r.fix);
        if fix.contains("crossfoot unlink TENANT NUMBER") {
            let gone = unlink(
                engine,
                &loaded,
                "1041",
                UnlinkWhat::Document,
                "jo@acme.example",
            );
            gone.await.unwrap();
        } else if fix.contains("crossfoot retry TENANT NUMBER") {
            let ask = at_once("retry", vec!["1041".into()]);
            let (store, acme, key) = (engine.store(), tenant(), doc(engine, "1041").await.key);
            let said = store.retry(&acme, Some(&key), "jo@acme.example", bed.now());
            said.await.unwrap();
            engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
        } else if fix.contains("crossfoot skip TENANT NUMBER") {
            let ask = WordAsk::document("1041", "it is right so", "jo@acme.example");
            settle::skip(engine, &loaded, ask).await.unwrap();
        }
        bed.minutes(20);
        let done = synced(engine).await;
        let _ = done;
    }
    let done = synced(engine).await;
    assert_eq!(done.run.waits, None);
}

/// Copies what a person would copy by hand.
pub fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &there);
        } else {
            std::fs::copy(&path, there).unwrap();
        }
    }
}

pub fn data(bed: &Bed) -> PathBuf {
    bed.folder.path().join(".crossfoot")
}

pub async fn closed(engine: Engine) {
    engine.store().close().await;
    drop(engine);
}

/// The data as it is now, in a folder of its own.
pub async fn kept(bed: &Bed, engine: Engine) -> (Engine, tempfile::TempDir) {
    closed(engine).await;
    let kept = tempfile::tempdir().unwrap();
    copied(&data(bed), &kept.path().join("db"));
    (bed.engine().await, kept)
}

/// An older copy of the data put back by hand, and the connections made again.
pub async fn put_back(bed: &Bed, engine: Engine, kept: &tempfile::TempDir) -> Engine {
    closed(engine).await;
    std::fs::remove_dir_all(data(bed)).unwrap();
    copied(&kept.path().join("db"), &data(bed));
    let engine = bed.engine().await;
    connected_again(bed, &engine, "again").await;
    engine
}

/// `crossfoot connect`, once more.
pub async fn connected_again(bed: &Bed, engine: &Engine, name: &str) {
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let (access, refresh) = (format!("x-{name}"), format!("r-{name}"));
    let token = json!({"app": XERO_CLIENT, "tenants": [super::bed::ORG], "access": access, "refresh": refresh, "scopes": scopes});
    bed.plane.seed("xero", json!({"tokens": [token]})).unwrap();
    let xero = ConnectionName::new("xero").unwrap();
    let row = signed_in(&access, &refresh, bed.now());
    engine.keep_tokens(&tenant(), &xero, &row).await.unwrap();
}

/// A first run after something was put back: it reads and decides, and nothing is written.
pub async fn quiet(bed: &Bed, engine: &Engine) -> Done {
    let before = written(bed);
    let done = synced(engine).await;
    assert!(done.run.waits.is_some(), "nothing may be written yet");
    assert_eq!(written(bed), before, "something was written all the same");
    done
}

/// What was asked to be written so far.
fn written(bed: &Bed) -> usize {
    let sent = bed.transport.sent();
    let writes = |r: &&HttpRequest| r.method != http::Method::GET && r.url.contains("/api.xro/");
    sent.iter().filter(writes).count()
}

/// An order, posted, and a backup from before that.
async fn posted_after_a_backup() -> (Bed, Engine, tempfile::TempDir) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    let (engine, kept) = kept(&bed, engine).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine, kept)
}

/// What people do after it, and the backup put back.
async fn restored(bed: Bed, engine: Engine, kept: &tempfile::TempDir) -> Played {
    let engine = put_back(&bed, engine, kept).await;
    quiet(&bed, &engine).await;
    bed.minutes(16);
    synced(&engine).await;
    left(bed, engine)
}

async fn renumbered() -> Played {
    let (bed, engine, kept) = posted_after_a_backup().await;
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"InvoiceNumber": "B-77"}))
        .await;
    restored(bed, engine, &kept).await
}

async fn edited() -> Played {
    let (bed, engine, kept) = posted_after_a_backup().await;
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"DueDate": "2026-09-30"}))
        .await;
    restored(bed, engine, &kept).await
}

async fn paid_by_hand() -> Played {
    let (bed, engine, kept) = posted_after_a_backup().await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let money = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "110.00"});
    bed.person("PUT", "Payments", money).await;
    restored(bed, engine, &kept).await
}

async fn voided() -> Played {
    let (bed, engine, kept) = posted_after_a_backup().await;
    bed.plane
        .switch("xero", &json!({"dead_number_reuse": "allow"}))
        .unwrap();
    let path = bed.path_of("1041");
    bed.person("POST", &path, json!({"Status": "VOIDED"})).await;
    restored(bed, engine, &kept).await
}

async fn contact_renamed() -> Played {
    let (bed, engine, kept) = posted_after_a_backup().await;
    let id = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let other = json!({"Name": "Harbour Holdings", "EmailAddress": "office@x.example", "ContactNumber": "H-1"});
    bed.person("POST", &format!("Contacts/{id}"), other).await;
    restored(bed, engine, &kept).await
}

/// A transport on which some requests are late: whoever sent them hears nothing, and they arrive when they are let go.
pub struct LateTransport {
    inner: Arc<PlaneTransport>,
    late: AtomicBool,
    under_way: Mutex<Vec<HttpRequest>>,
}

impl LateTransport {
    pub fn over(bed: &Bed) -> Arc<Self> {
        Arc::new(Self {
            inner: bed.transport.clone(),
            late: AtomicBool::new(true),
            under_way: Mutex::default(),
        })
    }

    /// What is under way arrives, the first of what was sent several times under one key.
    pub async fn arrives(&self) {
        self.late.store(false, Ordering::Relaxed);
        let all = std::mem::take(&mut *self.under_way.lock().unwrap());
        let first = all.into_iter().next().expect("something was under way");
        let answer = self.inner.send(first).await.unwrap();
        assert!((200..300).contains(&answer.status), "{answer:?}");
    }
}

#[async_trait]
impl Transport for LateTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let payment = request.method == http::Method::PUT && request.url.contains("/Payments");
        if payment && self.late.load(Ordering::Relaxed) {
            self.under_way.lock().unwrap().push(request);
            return Err(TransportError::Unknown("nobody answered".into()));
        }
        self.inner.send(request).await
    }
}

/// An engine of a workspace that calls over another transport.
pub async fn engine_over(bed: &Bed, transport: Arc<dyn Transport>) -> Engine {
    let outside = Outside {
        transport,
        ..bed.outside()
    };
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    Engine::open(workspace, outside, OpenAs::Worker)
        .await
        .unwrap()
}

/// The order is paid in part at the source.
fn pays(bed: &Bed) {
    let mut payment = paid("50.00", "2026-07-12");
    payment["id"] = json!("88");
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [payment]}]}));
}

async fn payment_under_way() -> Played {
    let (bed, engine) = super::bed::begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let (engine, kept) = kept(&bed, engine).await;
    closed(engine).await;
    pays(&bed);
    let late = LateTransport::over(&bed);
    let engine = engine_over(&bed, late.clone()).await;
    let _ = sync(&engine).await;
    assert_eq!(bed.payments(), 0, "it is under way");
    // The backup knows nothing of it.
    let engine = put_back(&bed, engine, &kept).await;
    quiet(&bed, &engine).await;
    bed.minutes(2);
    late.arrives().await;
    bed.minutes(14);
    synced(&engine).await;
    left(bed, engine)
}

async fn emptied() -> Played {
    let order = with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("50.00", "2026-07-12")]}),
    );
    let (bed, engine) = super::bed::begun(&[], vec![order]).await;
    assert_eq!(bed.payments(), 1);
    closed(engine).await;
    std::fs::remove_dir_all(data(&bed)).unwrap();
    let engine = bed.engine().await;
    connected_again(&bed, &engine, "again").await;
    quiet(&bed, &engine).await;
    bed.minutes(16);
    synced(&engine).await;
    left(bed, engine)
}

/// Another copy of a workspace in its own folder, with tokens of its own: of the same machine or of another.
pub async fn twin_of(bed: &Bed, same_machine: bool) -> (Bed, Engine) {
    let folder = tempfile::tempdir().unwrap();
    copied(bed.folder.path(), folder.path());
    std::fs::remove_dir_all(folder.path().join(".state")).unwrap();
    let other = Bed {
        folder,
        clock: bed.clock.clone(),
        plane: bed.plane.clone(),
        transport: Arc::new(PlaneTransport::new(bed.plane.clone())),
        organisation: bed.organisation.clone(),
    };
    let place = if same_machine {
        bed.beacon()
    } else {
        other.beacon()
    };
    let engine = opened(&other, other.transport.clone(), place).await;
    connected_again(&other, &engine, "twin").await;
    (other, engine)
}

/// An engine of a workspace whose beacon is somewhere, with processing on.
pub async fn opened(bed: &Bed, transport: Arc<dyn Transport>, beacon: BeaconPlace) -> Engine {
    let outside = Outside {
        transport,
        beacon,
        ..bed.outside()
    };
    let workspace = Workspace::open(bed.folder.path()).unwrap();
    let engine = Engine::open(workspace, outside, OpenAs::Worker)
        .await
        .unwrap();
    let (on, now) = (TenantSwitch::Processing(true), bed.now());
    let on = engine.store().switch(&tenant(), &on, "test", now).await;
    on.unwrap();
    engine
}

async fn in_turns() -> Played {
    let (bed, engine) = super::bed::begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    closed(engine).await;
    let (twin, other) = twin_of(&bed, true).await;
    let engine = bed.engine().await;
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    bed.minutes(30);
    // Now the other: it sees that it is behind, waits, and takes what is there for ours.
    quiet(&twin, &other).await;
    bed.minutes(16);
    synced(&other).await;
    verified(&other, "1042").await;
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-12")]}));
    synced(&other).await;
    verified(&other, "1043").await;
    bed.minutes(30);
    // And the first again.
    quiet(&bed, &engine).await;
    bed.minutes(16);
    synced(&engine).await;
    verified(&engine, "1043").await;
    left(bed, engine)
}

/// A transport on which two senders of payments wait for one another, so that neither has seen the other's.
struct AtOnceTransport {
    inner: Arc<PlaneTransport>,
    barrier: Arc<Barrier>,
    first: AtomicBool,
}

#[async_trait]
impl Transport for AtOnceTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let payment = request.method == http::Method::PUT && request.url.contains("/Payments");
        if payment && self.first.swap(false, Ordering::Relaxed) {
            self.barrier.wait().await;
        }
        self.inner.send(request).await
    }
}

/// A copy on another machine that has waited for want of a note, and may write now.
async fn twin_that_waited() -> (Bed, Bed, Engine) {
    let (bed, engine) = super::bed::begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    closed(engine).await;
    let (twin, other) = twin_of(&bed, false).await;
    quiet(&twin, &other).await;
    bed.minutes(16);
    (bed, twin, other)
}

/// In the very same moment both send the same bytes under the same key, and the ledger makes one of them.
async fn in_the_same_moment() -> Played {
    let (bed, twin, other) = twin_that_waited().await;
    closed(other).await;
    let barrier = Arc::new(Barrier::new(2));
    let meet = |of: &Bed| {
        Arc::new(AtOnceTransport {
            inner: of.transport.clone(),
            barrier: barrier.clone(),
            first: AtomicBool::new(true),
        })
    };
    let engine = opened(&bed, meet(&bed), bed.beacon()).await;
    let other = opened(&twin, meet(&twin), twin.beacon()).await;
    pays(&bed);
    let (here, there) = tokio::join!(sync(&engine), sync(&other));
    here.unwrap();
    there.unwrap();
    assert_eq!(bed.payments(), 1);
    // At the first write of the other that it sees, the twin stops.
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    bed.minutes(1);
    assert_eq!(quiet(&twin, &other).await.run.waits.unwrap().until, None);
    closed(other).await;
    left(bed, engine)
}

async fn at_the_same_time() -> Played {
    let (bed, twin, other) = twin_that_waited().await;
    pays(&bed);
    // The payment of the first is long under way, so that the twin cannot see it, and its key is forgotten.
    let late = LateTransport::over(&bed);
    let engine = opened(&bed, late.clone(), bed.beacon()).await;
    let _ = sync(&engine).await;
    synced(&other).await;
    assert_eq!(bed.payments(), 1);
    bed.minutes(8);
    late.arrives().await;
    assert_eq!(bed.payments(), 2, "the one write that may be doubled");
    bed.minutes(16);
    // The next order: the twin sees the other's money before it writes anything more, and stops.
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    let why = quiet(&twin, &other).await.run.waits.unwrap();
    assert_eq!(why.until, None, "{why:?}");
    let told = why.why.contains("another copy") && why.why.contains("twice");
    assert!(told, "{why:?}");
    bed.minutes(60);
    quiet(&twin, &other).await;
    // The first finds it as well; nothing had proved anything there, and it goes on after its wait.
    let done = quiet(&bed, &engine).await;
    assert!(done.run.waits.unwrap().until.is_some());
    bed.minutes(16);
    synced(&engine).await;
    let (_, found) = engine.store().epoch_found().await.unwrap();
    let twice = |t: &String| t.contains("a payment of 50") && t.contains("on 1041");
    assert!(found.twice.iter().any(twice), "{found:?}");
    // The other copy is ended.
    closed(other).await;
    Played {
        bed,
        engine,
        by_hand: Some(|bed| deletes_the_second(bed).boxed_local()),
    }
}

/// A person deletes one of the two payments in the ledger: the one that came last.
async fn deletes_the_second(bed: &Bed) {
    let books = bed.books();
    let last = books["payments"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    let path = format!("Payments/{}", text(&last, "PaymentID"));
    bed.person("POST", &path, json!({"Status": "DELETED"}))
        .await;
}
