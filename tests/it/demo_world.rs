//! The sample tenants' first sync, from end to end: every order must end as it was made up to end, and
//! both books must agree. The second sync must make nothing.

use super::bed::fill;
use super::support::{HOST, PlaneTransport, signed_in};
use chrono::{NaiveDate, Utc};
use crossfoot::clock::{Clock as _, TestClock};
use crossfoot::model::{ConnectionName, TenantId};
use crossfoot::pipeline::ports::{Books as _, TenantState};
use crossfoot::sandbox::agree::{Pairing, Report, SourceBook, Told, agree};
use crossfoot::sandbox::demo::{Login, Tenant, World, world};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use crossfoot::service::{Engine, Outside, SyncAsk, Workspace};
use crossfoot::store::{OpenAs, Seal};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

struct Demo {
    _folder: TempDir,
    world: World,
    plane: Plane,
    engine: Engine,
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

async fn demo(seed: u64) -> Demo {
    let now = NaiveDate::from_ymd_opt(2026, 11, 20)
        .unwrap()
        .and_hms_opt(9, 0, 0)
        .unwrap()
        .and_utc();
    let world = world(seed, 0, now.date_naive());
    let clock = Arc::new(TestClock::at(now));
    let told = clock.clone();
    let systems = || -> Vec<Box<dyn System>> {
        vec![
            Box::new(crossfoot::sandbox::xero::Xero::default()),
            Box::new(crossfoot::sandbox::keap::Keap::default()),
        ]
    };
    let mut options = PlaneOptions::new(systems, move || told.now());
    options.base = HOST.to_owned();
    let plane = Plane::new(options).unwrap();
    plane.seed("keap", world.keap.clone()).unwrap();
    plane.seed("xero", world.xero.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["mappings", "rules"] {
        copy(&root.join(name), &folder.path().join(name));
    }
    std::fs::write(
        folder.path().join("connections.yaml"),
        world.connections(HOST),
    )
    .unwrap();
    for (path, contents) in &world.files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, contents).unwrap();
    }
    let fill = fill();
    let outside = Outside {
        clock: clock.clone(),
        transport: Arc::new(PlaneTransport::new(plane.clone())),
        seal: Seal::new([7; 32], fill.clone()),
        fill,
    };
    let workspace = Workspace::open(folder.path()).unwrap();
    let engine = Engine::open(workspace, outside, OpenAs::Worker)
        .await
        .unwrap();
    for tenant in &world.tenants {
        connect(&engine, tenant, now).await;
    }
    Demo {
        _folder: folder,
        world,
        plane,
        engine,
    }
}

async fn connect(engine: &Engine, tenant: &Tenant, now: chrono::DateTime<Utc>) {
    let id = TenantId::new(&tenant.name).unwrap();
    if let Login::Key(key) = &tenant.source_login {
        let name = ConnectionName::new(&tenant.source_connection).unwrap();
        engine
            .keep_key(&id, &name, key.clone().into())
            .await
            .unwrap();
    }
    if let Login::Tokens {
        client_secret,
        access,
        refresh,
        ..
    } = &tenant.ledger_login
    {
        let name = ConnectionName::new(&tenant.ledger_connection).unwrap();
        engine
            .keep_client_secret(&name, &client_secret.clone().into())
            .await
            .unwrap();
        engine
            .keep_tokens(&id, &name, &signed_in(access, refresh, now))
            .await
            .unwrap();
    }
    let state = engine.store().tenant(&id).await.unwrap();
    let on = TenantState {
        processing: true,
        ..state
    };
    engine
        .store()
        .set_tenant(&id, &on, "test", now)
        .await
        .unwrap();
}

impl Demo {
    /// Syncs every tenant; answers how many documents were made and how many calls it took.
    async fn sync(&self) -> (u64, u64) {
        let (mut made, mut calls) = (0, 0);
        for tenant in &self.world.tenants {
            let id = TenantId::new(&tenant.name).unwrap();
            let loaded = self
                .engine
                .workspace()
                .load(&id)
                .unwrap_or_else(|e| panic!("{e:#?}"));
            let ask = SyncAsk {
                trigger: "demo".into(),
                ..SyncAsk::default()
            };
            let done = self.engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
            made += done.run.counts.get("created").copied().unwrap_or(0);
            calls += done.run.calls.values().sum::<u64>();
        }
        (made, calls)
    }

    async fn told(&self, tenant: &Tenant) -> BTreeMap<String, Told> {
        let id = TenantId::new(&tenant.name).unwrap();
        let rows = self
            .engine
            .store()
            .documents(&id, &[], 100_000)
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| {
                let (code, place) = row.reason.map_or((String::new(), String::new()), |r| {
                    (r.code, r.place.map_or(String::new(), |p| p.file))
                });
                (
                    row.number,
                    Told {
                        state: row.state.as_str().to_owned(),
                        code,
                        rule: place,
                    },
                )
            })
            .collect()
    }

    async fn report(&self) -> Report {
        let (source, ledger) = (
            self.plane.state("keap").unwrap(),
            self.plane.state("xero").unwrap(),
        );
        let mut told = Vec::new();
        for tenant in &self.world.tenants {
            told.push(self.told(tenant).await);
        }
        let pairings: Vec<Pairing<'_>> = self
            .world
            .tenants
            .iter()
            .zip(&told)
            .map(|(t, told)| Pairing {
                source: match t.source {
                    "files" => SourceBook::Files(&self.world.files),
                    _ => SourceBook::Keap {
                        state: &source,
                        application: &t.name,
                    },
                },
                ledger: &ledger,
                organisation: &t.title,
                expectations: &t.expectations,
                told: Some(told),
            })
            .collect();
        agree(&pairings)
    }
}

#[tokio::test]
async fn every_order_ends_as_it_was_made_up_and_both_books_agree() {
    let demo = demo(1).await;
    let (made, _) = demo.sync().await;
    let report = demo.report().await;
    assert!(report.agrees(), "{report}");
    assert!(made > 600, "{made} documents made");
    let (made, calls) = demo.sync().await;
    assert_eq!(made, 0, "the second sync makes nothing");
    assert!(
        calls <= 10 * demo.world.tenants.len() as u64,
        "{calls} calls for books that did not change"
    );
    assert!(demo.report().await.agrees());
}
