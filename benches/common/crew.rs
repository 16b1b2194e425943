//! A fake Keap with one order and a fake Kickserv with any number of jobs, each with what reads it.

use super::bed::{Bed, PLAIN, tenant};
use super::support::{HOST, noon, signed_in};
use chrono::Duration;
use crossfoot::clock::Clock as _;
use crossfoot::connectors::{Ask, Reads, Settings};
use crossfoot::model::{ConnectionName, Kind, Start};
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Workspace};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};
use std::sync::Arc;

const TENANT: &str = r#"tenant: acme
preset: kickserv-xero
from: { kickserv: crew }
to: { xero: xero }
currency: AUD
sync: { first_run: post, estimates: off }
accounts: [{ else: "200" }]
payments_account: { code: "090" }
tax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }
"#;
const TOKEN: &str = "kick-token";
/// Jobs of a page, as the description asks for them.
const PAGE: usize = 25;

/// A tenant that reads Kickserv.
pub struct Crew {
    pub bed: Bed,
    pub engine: Engine,
}

/// A record, with what reads it.
pub struct Kept<'e> {
    pub reads: &'e dyn Reads,
    pub settings: Arc<Settings>,
    pub raw: Value,
}

/// An order of four lines, tax and a payment, for 330.00.
pub fn keap() -> Bed {
    let bed = Bed::new(PLAIN);
    let item = |n: u32| json!({"type": "PRODUCT", "product_id": "1", "name": format!("Work {n}"), "quantity": 1, "price": "75.00"});
    bed.keap(json!({
        "contacts": [{"id": "1", "given_name": "Jo", "family_name": "Harbour",
            "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]}],
        "products": [{"id": "1", "name": "Work", "sku": "WORK", "price": "75.00", "taxable": true}],
        "orders": [{"id": "1", "invoice_id": "1001", "title": "Repair", "contact_id": "1", "order_time": "2026-07-10T01:00:00Z",
            "items": [item(1), item(2), item(3), item(4), {"type": "TAX", "name": "GST", "quantity": 1, "price": "30.00"}],
            "payments": [{"amount": "110.00", "type": "Check", "pay_status": "MANUAL_PAID", "time": "2026-07-11T01:00:00Z"}]}],
    }));
    bed
}

/// A job of five charges and a payment, for 330.00, edited last at a time.
pub fn job(n: usize) -> Value {
    let charge = |n: usize| json!({"description": format!("Labour:Work {n}"), "details": "An hour", "quantity": "1.0", "price_per_unit": "60.0"});
    let charges: Vec<Value> = (1..=5).map(charge).collect();
    json!({"job_number": n, "customer_number": 7, "name": "Repair", "po_number": format!("PO {n}"),
        "invoice_date": "2026-07-10T09:00:00+10:00", "updated_at": "2026-07-10T09:00:00+10:00", "tax": "30.0",
        "job_charges": charges,
        "payments": [{"id": n, "date": "2026-07-11", "amount": "110.0", "payment_type": "Check"}]})
}

fn seed(bed: &Bed, jobs: &[Value]) {
    let account = json!({"slug": "acme", "owner": "Jo", "tokens": [TOKEN], "jobs": jobs,
        "customers": [{"customer_number": 7, "name": "Jo Harbour", "company_name": "Harbour Cranes"}]});
    let seeded = (bed.plane).seed("kickserv", json!({ "accounts": [account] }));
    seeded.unwrap_or_else(|e| panic!("{e}"));
}

/// A tenant with some jobs, connected.
pub async fn kickserv(jobs: Vec<Value>) -> Crew {
    let bed = Bed::new(TENANT);
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let own = format!(
        "crew: {{ system: kickserv, zone: Australia/Sydney, currency: AUD, base: \"{HOST}/kickserv/acme\" }}\n"
    );
    std::fs::write(&path, format!("{text}{own}")).unwrap_or_else(|e| panic!("{e}"));
    for some in jobs.chunks(1_000) {
        seed(&bed, some);
    }
    let workspace = Workspace::open(bed.folder.path()).unwrap_or_else(|e| panic!("{e}"));
    let engine = Engine::open(workspace, bed.outside(), OpenAs::Worker).await;
    let engine = engine.unwrap_or_else(|e| panic!("{e}"));
    let name = |n: &str| ConnectionName::new(n).unwrap_or_else(|e| panic!("{e:?}"));
    let (who, now) = (tenant(), bed.clock.now());
    let of = name("crew");
    let kept = engine.keep_key(&who, &of, TOKEN.to_owned().into());
    kept.await.unwrap_or_else(|e| panic!("{e}"));
    let kept = "hush".to_owned().into();
    let of = name("xero");
    let kept = engine.keep_client_secret(&of, &kept).await;
    kept.unwrap_or_else(|e| panic!("{e}"));
    let row = signed_in("xa1", "xr1", noon());
    let kept = engine.keep_tokens(&who, &of, &row).await;
    kept.unwrap_or_else(|e| panic!("{e}"));
    let on = TenantSwitch::Processing(true);
    let on = engine.store().switch(&who, &on, "bench", now).await;
    on.unwrap_or_else(|e| panic!("{e}"));
    Crew { bed, engine }
}

/// The first record that a tenant's source gives.
pub async fn kept(engine: &Engine) -> Kept<'_> {
    let loaded = engine.workspace().load(&tenant());
    let loaded = loaded.unwrap_or_else(|e| panic!("{e}"));
    let (source, session) = engine.source(&loaded).unwrap_or_else(|e| panic!("{e}"));
    let ask = Ask::Changed {
        kind: Kind::Invoice,
        cursor: None,
        since: None,
        start: Start::Beginning,
    };
    let page = source.reads.read(&session, &ask).await;
    let page = page.unwrap_or_else(|e| panic!("{e}"));
    let first = page.records.into_iter().next();
    Kept {
        reads: source.reads,
        settings: session.settings,
        raw: first.map(|r| r.raw).unwrap_or_default(),
    }
}

fn lists(bed: &Bed) -> usize {
    let sent = bed.transport.sent();
    let own = |url: &str| url.contains("/kickserv/") && url.contains("/jobs.json");
    sent.iter().filter(|r| own(&r.url)).count()
}

/// Posts a book of so many jobs, edits an old one late, and answers the calls of the next night's reading, and its pages.
pub async fn late_edit(jobs: usize) -> (usize, usize) {
    let crew = kickserv((1..=jobs).map(job).collect()).await;
    fill(&crew, jobs).await;
    let mut old = job(3);
    old["job_charges"][0]["price_per_unit"] = json!("70.0");
    old["tax"] = json!("31.0");
    old["updated_at"] = Value::Null;
    crew.bed.clock.advance(Duration::hours(25));
    seed(&crew.bed, &[old]);
    let before = lists(&crew.bed);
    fill(&crew, jobs).await;
    (lists(&crew.bed) - before, jobs.div_ceil(PAGE) + 1)
}

/// Runs the tenant until it has nothing more to do; the clock is moved over what a limit asks it to wait.
async fn fill(crew: &Crew, jobs: usize) {
    for _ in 0..2_000 {
        if super::bed::sync(&crew.engine).await.is_ok() {
            break;
        }
        crew.bed.clock.advance(Duration::minutes(2));
    }
    assert_eq!(crew.bed.invoices(), jobs);
}
