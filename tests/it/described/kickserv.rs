//! Kickserv, which only its shipped description knows: invoiced jobs with their clients and payments reach Xero.

use crate::bed::{Bed, end, sync, sync_one, tenant};
use crate::support::{HOST, noon, signed_in};
use crossfoot::clock::Clock as _;
use crossfoot::connectors::Registry;
use crossfoot::model::{ConnectionName, DocState};
use crossfoot::pipeline::ports::{Runs as _, TenantSwitch};
use crossfoot::service::{Engine, Workspace};
use crossfoot::store::OpenAs;
use serde_json::{Value, json};

pub const TENANT: &str = r#"tenant: acme
preset: kickserv-xero
from: { kickserv: crew }
to: { xero: xero }
currency: AUD
sync: { first_run: post, estimates: off }
accounts:
  - { sku: "Parts*", use: "260" }
  - { else: "200" }
payments_account: { code: "090" }
tax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }
"#;

/// An employee's API token.
const TOKEN: &str = "kick-token";

pub fn job(n: u64) -> Value {
    json!({
        "job_number": n, "customer_number": 7, "name": "Repair", "po_number": format!("PO {n}"),
        "invoice_date": "2026-07-10T09:00:00+10:00", "tax": "20.0",
        "job_charges": [
            {"description": "Labour:Hours", "details": "Two hours", "quantity": "2.0", "price_per_unit": "75.0"},
            {"description": "Parts:Pump", "quantity": "1.0", "price_per_unit": "50.0", "item": {"name": "Parts:Pump"}}
        ]
    })
}

pub struct Crew {
    pub bed: Bed,
    pub engine: Engine,
}

impl Crew {
    async fn new(jobs: Vec<Value>) -> Self {
        Self::of(TENANT, jobs).await
    }

    /// With another tenant's file.
    pub async fn of(tenant_file: &str, jobs: Vec<Value>) -> Self {
        let bed = Bed::new(tenant_file);
        let path = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let own = format!(
            "crew: {{ system: kickserv, zone: Australia/Sydney, currency: AUD, base: \"{HOST}/kickserv/acme\" }}\n"
        );
        std::fs::write(&path, format!("{text}{own}")).unwrap();
        let account = json!({"slug": "acme", "owner": "Jo", "tokens": [TOKEN], "jobs": jobs,
            "customers": [{"customer_number": 7, "name": "Jo Harbour", "company_name": "Harbour Cranes", "email_address": "jo@harbour.example",
                "billing_address": "1 Quay St", "billing_city": "Sydney"}]});
        bed.plane
            .seed("kickserv", json!({ "accounts": [account] }))
            .unwrap();
        let workspace = Workspace::open(bed.folder.path()).unwrap();
        let engine = Engine::open(workspace, bed.outside(), OpenAs::Worker)
            .await
            .unwrap();
        let name = |n: &str| ConnectionName::new(n).unwrap();
        let key = TOKEN.to_owned().into();
        engine
            .keep_key(&tenant(), &name("crew"), key)
            .await
            .unwrap();
        engine
            .keep_client_secret(&name("xero"), &"hush".to_owned().into())
            .await
            .unwrap();
        let row = signed_in("xa1", "xr1", noon());
        engine
            .keep_tokens(&tenant(), &name("xero"), &row)
            .await
            .unwrap();
        let (on, now) = (TenantSwitch::Processing(true), bed.clock.now());
        engine
            .store()
            .switch(&tenant(), &on, "test", now)
            .await
            .unwrap();
        Self { bed, engine }
    }

    pub fn edit(&self, jobs: Vec<Value>) {
        let account = json!({"slug": "acme", "jobs": jobs});
        self.bed
            .plane
            .seed("kickserv", json!({ "accounts": [account] }))
            .unwrap();
    }

    /// Calls for lists of jobs so far.
    fn lists(&self) -> usize {
        let sent = self.bed.transport.sent();
        sent.iter().filter(|r| r.url.contains("/jobs.json")).count()
    }
}

/// Without the account's zone no day of its times is known: that is told before the first run, at the connection.
#[tokio::test]
async fn a_connection_that_does_not_say_the_accounts_zone_is_told() {
    let bed = Bed::new(TENANT);
    let path = bed.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let asked = |zone: &str| {
        let own = format!("crew: {{ system: kickserv, {zone}base: \"{HOST}/kickserv/acme\" }}\n");
        std::fs::write(&path, format!("{text}{own}")).unwrap();
        Workspace::open(bed.folder.path()).unwrap()
    };
    let told = asked("").lint_connections(None).await;
    let of = |d: &crossfoot::model::Diagnostic| d.fix.contains("set `zone` on the connection");
    assert!(told.iter().any(of), "{told:#?}");
    let told = asked("zone: Australia/Sydney, ")
        .lint_connections(None)
        .await;
    assert!(!told.iter().any(of), "{told:#?}");
}

#[tokio::test]
async fn invoiced_jobs_with_their_clients_and_payments_reach_xero() {
    let mut paid = job(2);
    paid["payments"] = json!([
        {"id": 5, "date": "2026-07-11", "amount": "220.0", "payment_type": "Check", "ref_number": "17"},
        {"id": 6, "date": "2026-07-11", "amount": "1.0", "payment_type": "Credit Card", "status": "credit_card_transaction_pending"}
    ]);
    let mut open = job(3);
    open["invoice_date"] = Value::Null;
    let mut canceled = job(4);
    canceled["status"] = json!("canceled");
    let crew = Crew::new(vec![job(1), paid, open, canceled]).await;
    sync(&crew.engine).await.unwrap();
    assert_eq!(
        end(&crew.engine, "1").await,
        (DocState::Verified, String::new())
    );
    let made = crew.bed.invoice("1").expect("posted");
    assert_eq!(made["Contact"]["Name"], json!("Harbour Cranes"));
    let codes: Vec<&str> = made["LineItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["AccountCode"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["200", "260"]);
    assert_eq!(
        made["Date"]
            .as_str()
            .map(|d| d.contains("2026-07-10") || d.contains("/Date(")),
        Some(true)
    );
    // A job that is not invoiced, or canceled, is none; a card payment that is pending is no payment.
    assert_eq!((crew.bed.invoices(), crew.bed.payments()), (2, 1));
    // One alone, by its job number.
    crew.edit(vec![job(9)]);
    sync_one(&crew.engine, "9").await.unwrap();
    assert_eq!(crew.bed.invoices(), 3);
}

#[tokio::test]
async fn a_late_edit_of_an_old_job_is_found_at_night_and_a_look_reads_a_page() {
    let old = |n: u64| {
        let mut job = job(n);
        if n < 120 {
            job["updated_at"] = json!("2026-07-01T09:00:00+10:00");
        }
        job
    };
    let crew = Crew::new((1..=120).map(old).collect()).await;
    sync(&crew.engine).await.unwrap();
    assert_eq!(crew.bed.invoices(), 120);
    let all = crew.lists();
    assert!(all <= 6, "120 jobs are five pages and an empty one: {all}");
    // Later that day: one new job, and a payment on an old one.
    crew.bed.clock.advance(chrono::Duration::hours(4));
    let mut late = job(3);
    late["payments"] =
        json!([{"id": 5, "date": "2026-07-15", "amount": "220.0", "payment_type": "Cash"}]);
    crew.edit(vec![job(121), late]);
    sync(&crew.engine).await.unwrap();
    assert_eq!((crew.bed.invoices(), crew.bed.payments()), (121, 0));
    assert!(
        crew.lists() - all <= 2,
        "a look reads until a page is older: {}",
        crew.lists() - all
    );
    crew.bed.clock.advance(chrono::Duration::hours(21));
    sync(&crew.engine).await.unwrap();
    assert_eq!(crew.bed.payments(), 1, "found by the night's reading");
}

/// The bench `reading jobs=20000` does the same with 20,000 jobs.
#[tokio::test]
async fn a_late_edit_of_an_old_job_costs_the_pages_of_a_night() {
    let old = |n: u64| {
        let mut job = job(n);
        job["updated_at"] = json!("2026-07-01T09:00:00+10:00");
        job
    };
    let crew = Crew::new((1..=200).map(old).collect()).await;
    sync(&crew.engine).await.unwrap();
    assert_eq!(crew.bed.invoices(), 200);
    crew.bed.clock.advance(chrono::Duration::hours(25));
    let mut late = job(3);
    late["payments"] =
        json!([{"id": 5, "date": "2026-07-15", "amount": "220.0", "payment_type": "Cash"}]);
    crew.edit(vec![late]);
    let before = crew.bed.transport.sent().len();
    sync(&crew.engine).await.unwrap();
    assert_eq!(crew.bed.payments(), 1);
    let sent = crew.bed.transport.sent().split_off(before);
    let own = sent.iter().filter(|r| r.url.contains("/kickserv/"));
    let (lists, others): (Vec<_>, Vec<_>) = own.partition(|r| r.url.contains("/jobs.json"));
    // Eight pages of 25, and the empty one that ends them; what changed came with its page.
    assert_eq!(lists.len(), 9);
    // Some of what is posted is asked for by its number once a day, whether it is there still.
    let by_number = |r: &&crossfoot::connectors::http::HttpRequest| r.url.contains("/jobs/");
    let told: Vec<&str> = others.iter().map(|r| r.url.as_str()).collect();
    assert!(
        others.iter().all(by_number) && others.len() <= 5,
        "{told:?}"
    );
}

#[tokio::test]
async fn a_job_that_is_canceled_after_it_was_posted_holds() {
    let crew = Crew::new(vec![job(1)]).await;
    sync(&crew.engine).await.unwrap();
    crew.bed.clock.advance(chrono::Duration::hours(1));
    let mut canceled = job(1);
    canceled["status"] = json!("canceled");
    crew.edit(vec![canceled]);
    sync(&crew.engine).await.unwrap();
    assert_eq!(end(&crew.engine, "1").await.0, DocState::Held);
    assert_eq!(crew.bed.invoices(), 1);
}

#[tokio::test]
async fn a_job_that_is_deleted_and_left_out_of_the_list_holds() {
    let crew = Crew::new(vec![job(1), job(2)]).await;
    sync(&crew.engine).await.unwrap();
    crew.bed.clock.advance(chrono::Duration::hours(25));
    let mut deleted = job(1);
    deleted["deleted_at"] = json!("2026-07-16T09:00:00+10:00");
    crew.edit(vec![deleted]);
    sync(&crew.engine).await.unwrap();
    assert_eq!(end(&crew.engine, "1").await.0, DocState::Held);
    assert_eq!(end(&crew.engine, "2").await.0, DocState::Verified);
    assert_eq!(crew.bed.invoices(), 2, "nothing is taken out of the ledger");
}

#[test]
fn every_shipped_description_is_whole_short_and_says_what_is_assumed() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/connectors");
    let mut words = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (made, told) =
            crossfoot::connectors::manifest::parse(&format!("connectors/{name}"), &text);
        let made = made.unwrap_or_else(|| panic!("{told:#?}"));
        assert!(text.lines().count() <= 200, "{name}");
        let doubts: Vec<&str> = told.iter().map(|d| d.code.as_str()).collect();
        let assumed: &[&str] = if made.published {
            &[]
        } else {
            &["manifest.assumed"]
        };
        assert_eq!(doubts, assumed, "{name}");
        words.push(made.word);
    }
    let registry = Registry::standard();
    assert!(!words.is_empty() && words.iter().all(|w| registry.get(w).is_some()));
}

#[test]
fn every_preset_of_a_described_system_is_a_file_that_compiles() {
    for (system, ledger, more) in [
        ("kickserv", "xero", XERO),
        ("klipboard", "xero", XERO),
        ("invoiceasap", "xero", XERO),
        ("servicem8", "xero", XERO),
        ("kickserv", "qbo", QBO),
        ("invoiceasap", "qbo", QBO),
        ("servicem8", "qbo", QBO),
    ] {
        let bed = Bed::new(&format!(
            "tenant: acme\npreset: {system}-{ledger}\nfrom: {{ {system}: shop }}\nto: {{ {ledger}: books }}\ncurrency: AUD\n{more}"
        ));
        let path = bed.folder.path().join("connections.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let own = format!(
            "shop: {{ system: {system}, account: acme, zone: Australia/Sydney, currency: AUD }}\nbooks: {{ system: {ledger}, client_id: app }}\n"
        );
        std::fs::write(&path, format!("{text}{own}")).unwrap();
        let workspace = Workspace::open(bed.folder.path()).unwrap();
        let loaded = workspace.load(&tenant());
        assert!(loaded.is_ok(), "{system}-{ledger}: {:#?}", loaded.err());
    }
}

const XERO: &str = "accounts: [{ else: \"200\" }]\npayments_account: { code: \"090\" }\ntax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }\n";
const QBO: &str = "lines: { taxable: { item: Work }, non_taxable: { item: Work } }\npayments_account: { name: Bank }\ntax: { codes: { taxable: GST, zero: GST-free, else: hold } }\n";

/// Its customers go by themselves where the file says so; jobs change nothing of them, and login links are never kept.
#[tokio::test]
async fn customers_go_with_or_without_a_job() {
    let crew = Crew::new(vec![job(21)]).await;
    crew.bed
        .tenant(&TENANT.replace("estimates: off", "estimates: off, contacts: all"));
    let more = json!({"slug": "acme", "customers": [{"customer_number": 9, "name": "Kim Ng", "billing_city": "Perth"}]});
    (crew.bed.plane)
        .seed("kickserv", json!({ "accounts": [more] }))
        .unwrap();
    for _ in 0..2 {
        let done = sync(&crew.engine).await.unwrap();
        for number in ["contact:7", "contact:9", "21"] {
            let end = end(&crew.engine, number).await;
            assert_eq!(end, (DocState::Verified, String::new()), "{number}");
        }
        assert_eq!(crew.bed.contacts(), 2);
        assert_eq!(
            done.run.counts.of(
                crossfoot::model::Kind::Contact,
                crossfoot::model::Became::Updated
            ),
            0
        );
        crew.bed.minutes(60);
    }
    let key = crossfoot::model::Key::new(
        &crossfoot::model::BookId::stored("crew"),
        crossfoot::model::Kind::Contact,
        &"7".into(),
    );
    let (store, acme) = (crew.engine.store(), tenant());
    let record = crossfoot::pipeline::ports::Records::record(store, &acme, &key);
    let raw = record.await.unwrap().unwrap().raw.to_string();
    assert!(
        raw.contains("Harbour Cranes") && !raw.contains("login-7"),
        "{raw}"
    );
}
