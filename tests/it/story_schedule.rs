//! The worker of `crossfoot run` with its clock in the test's hand: when each tenant runs, and what stops none.

use super::bed::{Bed, PLAIN, order, shop, sync, tenant};
use chrono::{DateTime, Duration, Utc};
use crossfoot::clock::Clock as _;
use crossfoot::model::TenantId;
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::notify::Mailer;
use crossfoot::service::{Engine, Event, Worker};
use serde_json::json;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What an event was, in a few words.
pub fn words(event: Event<'_>) -> String {
    match event {
        Event::Ran(t, done) if done.run.counts.is_empty() => format!("{t} ran"),
        Event::Ran(t, done) => format!("{t} ran {:?}", done.run.counts),
        Event::Failed(t, e) => format!("{t} failed: {e}"),
        Event::Fault(t) => format!("{t} fault"),
        Event::Mistaken(t, _, true) => format!("{t} goes on"),
        Event::Mistaken(t, _, false) => format!("{t} mistaken"),
        Event::Mended(t) => format!("{t} mended"),
        Event::Workspace(e) => format!("workspace: {e}"),
        Event::Store(e) => format!("store: {e}"),
        Event::NoLetter(t, why) => format!("{t} no letter: {why}"),
    }
}

/// One round of a worker, and what happened in it.
pub async fn round(worker: &mut Worker) -> (DateTime<Utc>, Vec<String>) {
    let seen = Mutex::new(Vec::new());
    let tell = |event: Event<'_>| seen.lock().unwrap().push(words(event));
    let until = worker.round(&|| false, &tell).await;
    (until, seen.into_inner().unwrap())
}

/// Goes on until a time, as `crossfoot run` does, and tells at which times tenants ran.
async fn runs_until(bed: &Bed, worker: &mut Worker, end: &str) -> Vec<String> {
    let end: DateTime<Utc> = end.parse().unwrap();
    let mut all = Vec::new();
    while bed.now() < end {
        let at = bed.now().format("%m-%d %H:%MZ").to_string();
        let (until, seen) = round(worker).await;
        all.extend(seen.into_iter().map(|e| format!("{at} {e}")));
        // Over days not every look is taken where nothing is due.
        let idle = until == bed.now() + Duration::seconds(crossfoot::service::LOOK_S);
        let long = Duration::minutes(10);
        let next = if idle && end - bed.now() > Duration::hours(3) {
            bed.now() + long
        } else {
            until
        };
        bed.clock.sleep_until(next.min(end)).await;
    }
    all
}

pub fn worker(engine: Engine) -> Worker {
    Worker::new(engine, Vec::new(), None::<Mailer>)
}

fn triggered(by: &str) -> String {
    PLAIN.replace(
        "first_run: post",
        &format!("first_run: post, trigger: {by}"),
    )
}

/// A tenant's file over a connection that was never made.
fn unconnected(bed: &Bed, name: &str) -> String {
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    if !text.contains("spare") {
        std::fs::write(
            path,
            text + "spare: { system: keap, base: \"http://127.0.0.1:1\" }\n",
        )
        .unwrap();
    }
    let text = triggered("{ every: 1h }").replace("keap: keap", "keap: spare");
    text.replace("acme", name)
}

/// A second tenant, switched on, whose files are as they are given.
async fn other(bed: &Bed, engine: &Engine, name: &str, yaml: &str) {
    let path = bed.folder.path().join(format!("mappings/{name}.yaml"));
    std::fs::write(path, yaml).unwrap();
    let id = TenantId::new(name).unwrap();
    let on = TenantSwitch::Processing(true);
    (engine.store().switch(&id, &on, "test", bed.now()).await).unwrap();
}

#[tokio::test]
async fn a_cron_tenant_that_never_ran_begins_at_its_first_time() {
    let bed = Bed::new(&triggered(
        r#"{ cron: "0 6 * * 1-5", zone: Australia/Sydney }"#,
    ));
    let mut worker = worker(bed.engine().await);
    // Six o'clock in Sydney is 20:00 UTC of the day before; it is noon on a Wednesday.
    let ran = runs_until(&bed, &mut worker, "2026-07-21T00:00:00Z").await;
    assert_eq!(
        ran,
        [
            "07-15 20:00Z acme ran",
            "07-16 20:00Z acme ran",
            // No Saturday, no Sunday.
            "07-19 20:00Z acme ran",
            "07-20 20:00Z acme ran",
        ]
    );
}

#[tokio::test]
async fn many_missed_times_are_made_up_for_by_one_run() {
    let bed = Bed::new(&triggered(r#"{ cron: "0 * * * *" }"#));
    let mut first = worker(bed.engine().await);
    let ran = runs_until(&bed, &mut first, "2026-07-15T04:30:00Z").await;
    assert_eq!(ran, ["07-15 03:00Z acme ran", "07-15 04:00Z acme ran"]);

    // The machine sleeps for a night with the process in it.
    bed.minutes(9 * 60);
    let ran = runs_until(&bed, &mut first, "2026-07-15T14:30:00Z").await;
    assert_eq!(ran, ["07-15 13:30Z acme ran", "07-15 14:00Z acme ran"]);

    // Then it is off for two days, and the process begins anew.
    drop(first);
    bed.minutes(2 * 24 * 60);
    let mut second = worker(bed.engine().await);
    let ran = runs_until(&bed, &mut second, "2026-07-17T15:30:00Z").await;
    assert_eq!(ran, ["07-17 14:30Z acme ran", "07-17 15:00Z acme ran"]);
}

#[tokio::test]
async fn an_hour_that_does_not_exist_and_one_that_comes_twice_run_once() {
    let bed = Bed::new(&triggered(
        r#"{ cron: "30 2 * * *", zone: Australia/Sydney }"#,
    ));
    let worker_of = |engine| worker(engine);
    // Sydney goes from UTC+10 to UTC+11 on 4 October 2026 at two, and back on 4 April 2027 at three.
    bed.clock.set("2026-10-03T00:00:00Z".parse().unwrap());
    let mut spring = worker_of(bed.engine().await);
    let ran = runs_until(&bed, &mut spring, "2026-10-05T20:00:00Z").await;
    assert_eq!(
        ran,
        [
            "10-03 16:00Z acme ran",
            "10-04 15:30Z acme ran",
            "10-05 15:30Z acme ran",
        ]
    );
    drop(spring);

    let bed = Bed::new(&triggered(
        r#"{ cron: "30 2 * * *", zone: Australia/Sydney }"#,
    ));
    bed.clock.set("2027-04-03T00:00:00Z".parse().unwrap());
    let mut autumn = worker_of(bed.engine().await);
    let ran = runs_until(&bed, &mut autumn, "2027-04-05T20:00:00Z").await;
    assert_eq!(
        ran,
        [
            "04-03 15:30Z acme ran",
            "04-04 16:30Z acme ran",
            "04-05 16:30Z acme ran",
        ]
    );
}

#[tokio::test]
async fn a_tenant_that_fails_rests_longer_each_time_and_stops_no_other() {
    let bed = Bed::new(&triggered("{ every: 1h }"));
    let aaa = unconnected(&bed, "aaa");
    let engine = bed.engine().await;
    other(&bed, &engine, "aaa", &aaa).await;
    // Its file was never in order.
    other(&bed, &engine, "bbb", "tenant: bbb\n").await;
    let mut worker = worker(engine);
    let seen = runs_until(&bed, &mut worker, "2026-07-15T04:30:00Z").await;
    let of = |name: &str| -> Vec<&str> {
        let own = seen.iter().filter(|e| e.contains(&format!("Z {name} ")));
        own.map(|e| &e[6..12]).collect()
    };
    assert_eq!(of("acme"), ["02:00Z", "03:00Z", "04:00Z"]);
    assert_eq!(
        of("aaa"),
        [
            "02:00Z", "02:02Z", "02:06Z", "02:14Z", "02:30Z", "03:02Z", "04:02Z"
        ]
    );
    // Mistakes are told once.
    assert_eq!(of("bbb"), ["02:00Z"], "{seen:#?}");
}

#[tokio::test]
async fn a_fault_of_the_program_in_one_run_ends_no_other() {
    let bed = Bed::new(&triggered("{ every: 30m }"));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let calls = AtomicUsize::new(0);
    bed.transport.before(move |_| {
        assert!(calls.fetch_add(1, Ordering::Relaxed) > 0, "a planted fault");
    });
    let mut worker = worker(bed.engine().await);
    let (until, seen) = round(&mut worker).await;
    assert_eq!(seen, ["acme fault"]);
    // Its lease is given back by time; nothing is posted twice.
    bed.clock.sleep_until(until).await;
    let seen = runs_until(&bed, &mut worker, "2026-07-15T02:20:00Z").await;
    assert!(
        seen.iter().any(|e| e.contains(r#""created": 1"#)),
        "{seen:#?}"
    );
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn asked_to_end_it_ends_after_the_run_at_hand() {
    let bed = Bed::new(&triggered("{ every: 30m }"));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let zzz = unconnected(&bed, "zzz");
    let engine = bed.engine().await;
    other(&bed, &engine, "zzz", &zzz).await;
    let mut worker = worker(engine).at_once(1);
    let seen = Mutex::new(Vec::new());
    // Asked while the first tenant runs: it is brought to its end, the next is not begun.
    let ended = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let ask = ended.clone();
    bed.transport
        .before(move |_| ask.store(true, Ordering::Relaxed));
    let stop = || ended.load(Ordering::Relaxed);
    let tell = |event: Event<'_>| seen.lock().unwrap().push(words(event));
    worker.round(&stop, &tell).await;
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(
        seen[0].starts_with("acme ran") && seen[0].contains(r#""created": 1"#),
        "{seen:?}"
    );
    drop(worker);

    // A restart goes on where it was: the first is not due, the second is.
    bed.transport.before(|_| {});
    let mut again = self::worker(bed.engine().await);
    let (_, seen) = round(&mut again).await;
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with("zzz failed"), "{seen:?}");
}

#[tokio::test]
async fn what_was_left_in_doubt_is_settled_before_the_next_time_even_after_a_restart() {
    let bed = Bed::new(&triggered(r#"{ cron: "0 3 * * *" }"#));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    // The ledger does what it is told, and every answer is lost.
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 9, "fault": "drop_after"}]));
    let _ = sync(&engine).await;
    drop(engine);
    bed.heal().await;
    assert_eq!(bed.invoices(), 1);
    let mut worker = worker(bed.engine().await);
    let seen = runs_until(&bed, &mut worker, "2026-07-15T03:00:00Z").await;
    assert!(seen.iter().any(|e| e.contains("created")), "{seen:#?}");
    assert_eq!(bed.invoices(), 1);
}

#[tokio::test]
async fn edits_are_seen_and_a_broken_one_keeps_the_last_good_version() {
    let bed = Bed::new(&triggered("{ every: 30m }"));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let mut worker = worker(bed.engine().await);
    let (_, seen) = round(&mut worker).await;
    assert!(seen[0].contains("created"), "{seen:?}");

    bed.tenant("tenant: acme\npreset: keap-xero\nfrom: { keap: keap }\n");
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-10")]}));
    bed.minutes(30);
    let (_, seen) = round(&mut worker).await;
    assert_eq!(seen[0], "acme goes on");
    assert!(seen[1].contains("created"), "{seen:?}");
    assert_eq!(bed.invoices(), 2);
    assert!(round(&mut worker).await.1.is_empty());

    bed.tenant(&triggered("{ every: 10m }"));
    bed.minutes(10);
    assert_eq!(round(&mut worker).await.1, ["acme mended", "acme ran"]);

    // The shared files too: while they are broken everything goes on, and a new connection is there at once.
    let path = bed.folder.path().join("connections.yaml");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, "keap: { sistem: keap }\n").unwrap();
    bed.minutes(10);
    let seen = round(&mut worker).await.1;
    assert!(seen[0].starts_with("workspace: "), "{seen:?}");
    assert_eq!(seen[1], "acme ran");
    std::fs::write(&path, good).unwrap();
    let new = unconnected(&bed, "new");
    other(&bed, worker.engine(), "new", &new).await;
    bed.minutes(10);
    let mut seen = round(&mut worker).await.1;
    // Side by side: whoever ends first is told first.
    seen.sort();
    assert_eq!(seen[0], "acme ran");
    assert!(seen[1].starts_with("new failed"), "{seen:?}");
    let state = worker.engine().store().tenant(&tenant()).await.unwrap();
    assert!(state.processing);
}
