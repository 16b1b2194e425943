//! What holds for every connector that is registered, and for every request that any of them sends.

use crate::connectors_xero::{
    a_bank, contact, contacts_changed, d, day, invoice, line, made, marker, payment, post,
};
use crate::contract::{self, changed as changed_of};
use crate::openapi::{OpenApi, specs};
use crate::support::{HOST, World, settings, signed_in, who};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::Duration;
use crossfoot::connectors::auth::TokenRow;
use crossfoot::connectors::http::HttpRequest;
use crossfoot::connectors::keap::Keap;
use crossfoot::connectors::qbo::Qbo;
use crossfoot::connectors::xero::Xero;
use crossfoot::connectors::{
    Ask, CallError, Cursor, Outcome, Page, Reads, Registry, Session, System, UpdateOf, Writes,
};
use crossfoot::model::{Document, Draft, Kind};
use jsonschema::Draft as JsonDraft;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn shop() -> Value {
    let order = |i: u32| {
        json!({"id": i.to_string(), "invoice_id": (1000 + i).to_string(), "status": "SENT", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
            "modification_time": format!("2026-07-01T{:02}:{:02}:00Z", i / 60, i % 60),
            "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}],
            "payments": [{"amount": "4.00", "type": "Check", "time": "2026-07-02T00:00:00Z"}]})
    };
    let orders: Vec<Value> = (1..=25).map(order).collect();
    json!({"contacts": [{"id": "1", "given_name": "Jo"}], "orders": orders})
}

/// A source with something in it.
struct Stocked {
    word: String,
    registry: Registry,
    session: Session,
    world: World,
    _folder: tempfile::TempDir,
}

impl Stocked {
    fn reader(&self) -> &dyn Reads {
        self.registry.get(&self.word).unwrap().reader().unwrap()
    }
}

impl contract::Source for Stocked {
    fn system(&self) -> &dyn System {
        self.registry.get(&self.word).unwrap()
    }

    fn session(&self) -> Session {
        self.session.clone()
    }

    fn invoices(&self) -> usize {
        25
    }
}

/// Xero's books in the sandbox.
struct Books {
    xero: Xero,
    world: World,
}

#[async_trait(?Send)]
impl contract::Ledger for Books {
    fn system(&self) -> &dyn System {
        &self.xero
    }

    fn session(&self) -> Session {
        self.world.xero()
    }

    async fn bank(&self) -> String {
        a_bank(&self.world).await
    }

    fn rest(&self) {
        self.world.clock.advance(chrono::Duration::seconds(61));
    }

    async fn other_type(&self, number: &str) -> bool {
        self.world.seed_xero(json!({"invoices": [{"Type": "ACCPAY", "InvoiceNumber": number, "Contact": {"Name": "A Supplier"},
            "Date": "2026-07-14", "DueDate": "2026-07-28", "Status": "AUTHORISED",
            "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 27.01, "AccountCode": "400"}]}]}));
        true
    }
}

/// QuickBooks Online's books in the sandbox: a company outside the United States.
struct Company {
    qbo: Qbo,
    world: World,
}

impl Company {
    fn new() -> Self {
        let world = World::new();
        let company = json!({"name": "Acme Cranes Pty", "realm": "9130350000000042", "country": "AU",
            "preferences": {"SalesFormsPrefs": {"CustomTxnNumbers": true}}});
        let seed = json!({
            "apps": [{"client_id": "qbo-test", "client_secret": "hush", "redirect_uris": ["http://localhost:8123/callback"]}],
            "companies": [company],
            "tokens": [{"app": "qbo-test", "company": "Acme Cranes Pty", "access": "qa1", "refresh": "qr1"}],
        });
        world.plane.seed("qbo", seed).unwrap();
        let row = signed_in("qa1", "qr1", world.clock_now());
        world.tokens.connect(who("qbo"), row);
        Self {
            qbo: Qbo::new(),
            world,
        }
    }
}

#[async_trait(?Send)]
impl contract::Ledger for Company {
    fn system(&self) -> &dyn System {
        &self.qbo
    }

    fn session(&self) -> Session {
        let base = format!("{HOST}/qbo");
        let values = [
            ("base", base.as_str()),
            ("organisation", "9130350000000042"),
            ("client_id", "qbo-test"),
        ];
        self.world.session("qbo", settings("qbo", &values))
    }

    async fn bank(&self) -> String {
        "35".to_owned()
    }

    fn fit(&self, write: &mut crossfoot::connectors::Write) {
        write.contact_number.clear();
        if let Draft::Invoice(draft) = &mut write.draft {
            draft.status.clear();
            for line in &mut draft.lines {
                line.account.clear();
                "Services".clone_into(&mut line.item);
                "1".clone_into(&mut line.item_id);
                "2".clone_into(&mut line.tax);
            }
        }
    }

    fn rest(&self) {
        self.world.clock.advance(chrono::Duration::seconds(61));
    }

    async fn other_type(&self, number: &str) -> bool {
        let memo = json!({"DocNumber": number, "CustomerRef": {"value": "1"}, "GlobalTaxCalculation": "TaxExcluded",
            "Line": [{"Amount": 27.01, "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "2"}}}]});
        let company = json!({"name": "Acme Cranes Pty", "rows": {"CreditMemo": [memo]}});
        let seed = json!({"companies": [company]});
        self.world.plane.seed("qbo", seed).unwrap();
        true
    }
}

/// Keap as a ledger, in the sandbox.
struct Shop {
    keap: Keap,
    world: World,
}

#[async_trait(?Send)]
impl contract::Ledger for Shop {
    fn system(&self) -> &dyn System {
        &self.keap
    }

    fn session(&self) -> Session {
        self.world.keap()
    }

    async fn bank(&self) -> String {
        "Check".to_owned()
    }

    fn fit(&self, write: &mut crossfoot::connectors::Write) {
        write.contact_number.clear();
        if let Draft::Invoice(draft) = &mut write.draft {
            draft.status.clear();
            for line in &mut draft.lines {
                line.account.clear();
                line.tax.clear();
                // What has parts of a cent goes as one of what it comes to.
                line.unit_amount = line.unit_amount.round_dp(2);
            }
        }
    }

    fn an_id(&self) -> &'static str {
        "424242"
    }

    fn rest(&self) {
        self.world.clock.advance(chrono::Duration::seconds(61));
    }
}

#[tokio::test]
async fn every_registered_system_can_do_what_its_facts_claim_and_nothing_more() {
    let registry = Registry::standard();
    let mut told = Vec::new();
    for of in stocked() {
        contract::source(&of).await;
        told.push(of.word.clone());
    }
    let books = Books {
        xero: Xero::new(),
        world: World::new(),
    };
    contract::ledger(&books).await;
    told.push("xero".to_owned());
    contract::ledger(&Company::new()).await;
    told.push("qbo".to_owned());
    let shop = Shop {
        keap: Keap::new(),
        world: World::new(),
    };
    contract::ledger(&shop).await;
    told.sort();
    // A system may be a source and a ledger.
    told.dedup();
    assert_eq!(registry.words(), told, "each system has its world here");
}

fn job(n: u32) -> Value {
    json!({"job_number": n, "customer_number": 7, "name": "Repair", "invoice_date": "2026-07-10T09:00:00+10:00",
        "job_charges": [{"description": "Labour:Hours", "quantity": "1", "price_per_unit": "10"}]})
}

fn sale(n: u32) -> Value {
    json!({"Type": "ACCREC", "InvoiceNumber": format!("S-{n}"), "Contact": {"Name": "Jo"}, "Date": "2026-07-01",
        "DueDate": "2026-07-15", "Status": "AUTHORISED", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "x", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}]})
}

fn billed(n: u32) -> Value {
    json!({"DocNumber": format!("S-{n}"), "CustomerRef": {"value": "1"}, "TxnDate": "2026-07-01", "GlobalTaxCalculation": "NotApplicable",
        "Line": [{"Amount": 10, "Description": "x", "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": 10}}]})
}

fn stocked() -> Vec<Stocked> {
    let mut all = Vec::new();
    let registry = Registry::standard();
    let sources = registry.all().filter(|s| s.facts().source().is_some());
    for source in sources {
        let mut world = World::new();
        let folder = tempfile::tempdir().unwrap();
        let word = source.facts().system.to_string();
        let session = match word.as_str() {
            "keap" => {
                world.seed_keap(shop());
                world.keap_with(&[("page_size", "10")])
            }
            "files" => {
                let mut csv = "number,date,currency,contact.name,line.unit_amount\n".to_owned();
                for i in 1..=25 {
                    csv.push_str(&format!("{i},2026-07-01,AUD,Jo,10.00\n"));
                }
                std::fs::write(folder.path().join("a.csv"), csv).unwrap();
                let path = folder.path().display().to_string();
                world.session(
                    "files",
                    crate::support::settings("files", &[("folder", &path)]),
                )
            }
            "kickserv" => {
                let jobs: Vec<Value> = (1..=25).map(job).collect();
                let account = json!({"slug": "acme", "owner": "Jo", "tokens": ["kt"],
                    "customers": [{"customer_number": 7, "name": "Jo Harbour"}], "jobs": jobs});
                world
                    .plane
                    .seed("kickserv", json!({"accounts": [account]}))
                    .unwrap();
                let key = TokenRow::key("kt".to_owned().into(), world.clock_now());
                world.tokens.connect(crate::support::who("kickserv"), key);
                let base = format!("{HOST}/kickserv/acme");
                let said = [
                    ("base", base.as_str()),
                    ("currency", "AUD"),
                    ("zone", "Australia/Sydney"),
                ];
                world.session("kickserv", crate::support::settings("kickserv", &said))
            }
            "klipboard" | "invoiceasap" | "servicem8" => described(&world, &word),
            "xero" => {
                let invoices: Vec<Value> = (1..=25).map(sale).collect();
                world.seed_xero(json!({"contacts": [{"Name": "Jo"}], "invoices": invoices}));
                world.xero()
            }
            "qbo" => {
                let company = Company::new();
                let rows: Vec<Value> = (1..=25).map(billed).collect();
                let shop = json!({"name": "Acme Cranes Pty", "rows": {"Customer": [{"DisplayName": "Jo"}], "Invoice": rows}});
                (company.world.plane)
                    .seed("qbo", json!({"companies": [shop]}))
                    .unwrap();
                let session = contract::Ledger::session(&company);
                world = company.world;
                session
            }
            other => panic!("{other} is registered and has no test data here"),
        };
        all.push(Stocked {
            word,
            registry: Registry::standard(),
            session,
            world,
            _folder: folder,
        });
    }
    all
}

/// Twenty-five invoices behind a shipped description.
fn described(world: &World, word: &str) -> Session {
    let each = |of: fn(u32) -> Value| -> Vec<Value> { (1..=25).map(of).collect() };
    let (path, account) = match word {
        "klipboard" => {
            let invoice = |n: u32| {
                json!({"id": format!("i{n}"), "number": n.to_string(), "status": "unpaid", "clientId": "c1",
                "issueDate": "2026-07-10", "lines": [{"description": "Hire", "quantity": 1, "unitPrice": "10.00"}]})
            };
            (
                "klipboard/api/v1",
                json!({"key": "kt", "clients": [{"id": "c1", "name": "Jo Harbour"}], "invoices": each(invoice)}),
            )
        }
        "invoiceasap" => {
            let invoice = |n: u32| {
                json!({"guid": format!("i{n}"), "number": n.to_string(), "type": "invoice", "status": "sent",
                "customerguid": "c1", "date": "2026-07-10", "currency": "AUD", "subtotal": "10.00", "tax": "0.00", "total": "10.00",
                "items": [{"guid": format!("l{n}"), "name": "Hire", "quantity": 1, "price": "10.00"}]})
            };
            (
                "invoiceasap",
                json!({"token": "kt", "customers": [{"guid": "c1", "companyname": "Jo Harbour"}], "invoices": each(invoice)}),
            )
        }
        _ => {
            let job = |n: u32| {
                json!({"uuid": format!("j{n}"), "generated_job_id": n.to_string(), "status": "Completed",
                "company_uuid": "c1", "completion_date": "2026-07-10 15:00:00"})
            };
            let line = |n: u32| json!({"uuid": format!("m{n}"), "job_uuid": format!("j{n}"), "name": "Hire", "displayed_amount": "10"});
            (
                "servicem8/api_1.0",
                json!({"name": "Acme", "timezone_name": "Australia/Sydney", "keys": ["kt"],
                "company": [{"uuid": "c1", "name": "Jo Harbour"}], "job": each(job), "jobmaterial": each(line)}),
            )
        }
    };
    let seed = json!({ "accounts": [account] });
    world.plane.seed(word, seed).unwrap();
    let key = TokenRow::key("kt".to_owned().into(), world.clock_now());
    world.tokens.connect(who(word), key);
    let base = format!("{HOST}/{path}");
    let said = [
        ("base", base.as_str()),
        ("currency", "AUD"),
        ("zone", "Australia/Sydney"),
    ];
    world.session(word, settings(word, &said))
}

fn changed(cursor: Option<Cursor>) -> Ask {
    changed_of(Kind::Invoice, cursor)
}

/// Every page from a cursor on.
async fn walk(of: &Stocked, mut cursor: Option<Cursor>) -> (Vec<Page>, Cursor) {
    let mut pages = Vec::new();
    for _ in 0..50 {
        let page = of
            .reader()
            .read(&of.session, &changed(cursor))
            .await
            .unwrap();
        let (more, next) = (page.more, page.cursor.clone());
        pages.push(page);
        if !more {
            return (pages, next);
        }
        cursor = Some(next);
    }
    panic!("{}: the pages do not end", of.word);
}

#[tokio::test]
async fn of_every_source_the_pages_end_and_hold_everything_and_a_record_reads_the_same_again() {
    for of in stocked() {
        let name = &of.word;
        let (pages, cursor) = walk(&of, None).await;
        let mut versions = BTreeMap::new();
        for record in pages.iter().flat_map(|p| &p.records) {
            let Document::Invoice(invoice) = &record.document else {
                panic!()
            };
            assert_eq!(invoice.id, record.id, "{name}");
            assert_eq!(invoice.reckoned, d("10"), "{name}");
            assert_eq!(
                of.reader()
                    .read_again(&of.session.settings, &record.raw)
                    .unwrap(),
                record.document,
                "{name}"
            );
            versions.insert(record.id.0.clone(), record.version());
        }
        assert_eq!(versions.len(), 25, "{name}");
        // Any page can be asked for again: a crash between reading and storing loses nothing.
        for (i, page) in pages.iter().enumerate().skip(1) {
            let again = of
                .reader()
                .read(&of.session, &changed(Some(pages[i - 1].cursor.clone())))
                .await
                .unwrap();
            assert_eq!(again.records, page.records, "{name}");
        }
        // And what comes again has not changed.
        let (later, _) = walk(&of, Some(cursor)).await;
        for record in later.iter().flat_map(|p| &p.records) {
            assert_eq!(
                versions.get(&record.id.0),
                Some(&record.version()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn every_source_finds_one_by_its_number_and_says_what_it_has_not() {
    for of in stocked() {
        let name = &of.word;
        let (pages, _) = walk(&of, None).await;
        let wanted = &pages[0].records[3];
        let ask = Ask::Typed {
            kind: Kind::Invoice,
            text: wanted.number.clone(),
        };
        let page = of.reader().read(&of.session, &ask).await.unwrap();
        assert_eq!(page.records, std::slice::from_ref(wanted), "{name}");
        let ask = Ask::Typed {
            kind: Kind::Invoice,
            text: "999999".to_owned(),
        };
        assert_eq!(
            of.reader().read(&of.session, &ask).await.unwrap().records,
            [],
            "{name}"
        );
        let ask = changed_of(Kind::CreditNote, None);
        assert!(of.reader().read(&of.session, &ask).await.is_err(), "{name}");
        assert!(
            of.reader()
                .read_again(&of.session.settings, &json!({}))
                .is_err(),
            "{name}"
        );
        drop(of.world);
    }
}

#[tokio::test]
async fn of_every_source_a_cursor_that_cannot_be_read_begins_anew() {
    for of in stocked() {
        let (pages, _) = walk(&of, Some(Cursor("{not a cursor".to_owned()))).await;
        let records: usize = pages.iter().map(|p| p.records.len()).sum();
        assert!(records >= 25, "{}", of.word);
    }
}

#[tokio::test]
async fn what_is_posted_to_xero_is_found_as_it_was_meant() {
    let (world, xero) = (World::new(), Xero::new());
    let session = world.xero();
    let made_contact = post(&world, &[contact(1, "Jo")], "k1").await.unwrap();
    let contact_id = made(&made_contact[0]).id.clone();
    let write = invoice(2, &contact_id, "1041", vec![line("x", "2", "10.005")]);
    let encoded = xero.encode(std::slice::from_ref(&write)).unwrap();
    let first = xero.post(&session, &encoded, "k2").await.unwrap();
    let second = xero.post(&session, &encoded, "k2").await.unwrap();
    assert_eq!(first, second);
    let ask = Ask::Numbers {
        kind: Kind::Invoice,
        numbers: vec!["1041".to_owned()],
    };
    let found = xero.read(&session, &ask).await.unwrap().papers();
    assert_eq!(found.len(), 1);
    let Draft::Invoice(meant) = &write.draft else {
        panic!()
    };
    let is = &found[0];
    assert_eq!(
        (&is.number, is.date, is.due),
        (&meant.number, Some(meant.date), meant.due)
    );
    assert_eq!(
        (
            is.currency.as_str(),
            is.contact_id.as_str(),
            is.status.as_str()
        ),
        ("AUD", contact_id.as_str(), "AUTHORISED")
    );
    assert!(is.reference.contains(&marker(2)));
    assert_eq!(Some(is.total), made(&first[0]).total);
    assert_eq!(is.version, made(&first[0]).version);
}

#[tokio::test]
async fn every_target_tells_a_lost_answer_from_a_refused_call() {
    let registry = Registry::standard();
    for target in [registry.target("xero").unwrap().writes] {
        for (fault, uncertain) in [
            ("drop_before", true),
            ("drop_after", true),
            ("truncated", true),
            ("html_502", true),
            ("500_after", true),
            ("429", false),
        ] {
            let world = World::new();
            let encoded = target.encode(&[contact(1, "Jo")]).unwrap();
            world.fault(json!({"system": "xero", "method": "PUT", "fault": fault}));
            let said = target.post(&world.xero(), &encoded, "k1").await;
            match said {
                Err(CallError::Uncertain { .. }) => assert!(uncertain, "{fault}"),
                Err(CallError::Wait { .. }) => assert!(!uncertain, "{fault}"),
                other => panic!("{fault}: {other:?}"),
            }
            assert_eq!(world.calls(), 1, "{fault}: a write goes once");
        }
    }
}

/// Everything the connectors ask of vendors, in one story.
async fn everything(world: &World) {
    world.seed_keap(shop());
    let registry = Registry::standard();
    let keap = registry.source("keap").unwrap().reads;
    let xero = registry.target("xero").unwrap().reads;
    let session = world.keap_with(&[("page_size", "10")]);
    let mut cursor = None;
    for _ in 0..8 {
        let page = keap.read(&session, &changed(cursor)).await.unwrap();
        cursor = Some(page.cursor);
    }
    for kind in [Kind::Invoice, Kind::Contact] {
        let ask = Ask::Typed {
            kind,
            text: "1".to_owned(),
        };
        keap.read(&session, &ask).await.unwrap();
        let cursor = None;
        let page = keap
            .read(&session, &changed_of(kind, cursor))
            .await
            .unwrap();
        let cursor = Some(page.cursor);
        keap.read(&session, &changed_of(kind, cursor))
            .await
            .unwrap();
    }
    world
        .plane
        .switch("keap", &json!({"list_items": "without"}))
        .unwrap();
    world.seed_keap(json!({"orders": [{"id": "900", "invoice_id": "1900", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
        "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}],
        "payments": [{"id": "77", "amount": "10.00", "time": "2026-07-02T00:00:00Z"}, {"amount": "10.00", "time": "2026-07-02T00:00:00Z", "refund_of": "77"}]}]}));
    let ask = Ask::Typed {
        kind: Kind::Invoice,
        text: "1900".to_owned(),
    };
    keap.read(&session, &ask).await.unwrap();
    crossfoot::connectors::keap::check(&session).await.unwrap();

    let session = world.xero();
    let bank = a_bank(world).await;
    let contacts = post(world, &[contact(1, "Jo"), contact(2, "Al")], "k1")
        .await
        .unwrap();
    let contact_id = made(&contacts[0]).id.clone();
    let mut first = invoice(3, &contact_id, "A, 1", vec![line("x", "1.5", "80.1234")]);
    if let Draft::Invoice(draft) = &mut first.draft {
        draft.due = Some(day("2026-08-01"));
    }
    let mut note = invoice(4, &contact_id, "CN", vec![line("x", "1", "5")]);
    if let Draft::Invoice(draft) = &mut note.draft {
        draft.kind = Kind::CreditNote;
    }
    let posted = made(
        &post(world, std::slice::from_ref(&first), "k2")
            .await
            .unwrap()[0],
    )
    .clone();
    let noted = made(&post(world, &[note], "k3").await.unwrap()[0]).clone();
    for kind in [Kind::Invoice, Kind::CreditNote] {
        let numbers = vec!["A, 1".to_owned(), "B".to_owned(), "CN".to_owned()];
        xero.read(&session, &Ask::Numbers { kind, numbers })
            .await
            .unwrap();
    }
    let ask = Ask::id(Kind::Invoice, &posted.id);
    let is = xero.read(&session, &ask).await.unwrap().papers().remove(0);
    first.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        only: None,
        id: posted.id.clone(),
        line_ids: is.line_ids(),
        version: is.version,
    });
    made(&post(world, &[first], "k4").await.unwrap()[0]);
    let mut renamed = contact(1, "Joe");
    renamed.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        only: None,
        id: contact_id.clone(),
        version: String::new(),
        line_ids: vec![],
    });
    made(&post(world, &[renamed], "k5").await.unwrap()[0]);
    let mut refund = payment(6, &noted.id, "1", &bank);
    refund.of_credit_note = true;
    let outcomes = post(world, &[payment(5, &posted.id, "10", &bank), refund], "k6")
        .await
        .unwrap();
    assert!(
        outcomes.iter().all(|o| matches!(o, Outcome::Made(_))),
        "{outcomes:?}"
    );
    let since = Some(world.clock_now() - Duration::days(1));
    xero.read(&session, &contacts_changed(since, None))
        .await
        .unwrap();
    let numbers = vec!["keap-1".to_owned()];
    let names = vec!["Al".to_owned()];
    for ask in [Ask::ContactNumbers { numbers }, Ask::Names { names }] {
        xero.read(&session, &ask).await.unwrap();
    }
    // Every question that its facts claim, with one value and with two.
    let (from, to) = (day("2026-07-01"), day("2026-07-31"));
    let ids = vec![posted.id.clone(), noted.id.clone()];
    for kind in [Kind::Invoice, Kind::CreditNote, Kind::Payment] {
        let (cursor, marks) = (None, vec![marker(3), marker(4)]);
        let asks = [
            changed_of(kind, None),
            Ask::Period {
                kind,
                from,
                to,
                cursor,
            },
            Ask::Marks { kind, marks, since },
            Ask::Ids {
                kind,
                ids: ids.clone(),
            },
        ];
        for ask in asks {
            xero.read(&session, &ask).await.unwrap();
        }
    }
    crossfoot::connectors::xero::choices(&session)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_request_fits_the_vendors_published_documents() {
    let Some(folder) = specs() else { return };
    let xero = OpenApi::read(
        &format!("{folder}/xero/xero_accounting.yaml"),
        JsonDraft::Draft4,
    );
    let identity = OpenApi::read(
        &format!("{folder}/xero/xero-identity.yaml"),
        JsonDraft::Draft4,
    );
    let keap = OpenApi::read(
        &format!("{folder}/keap/keap_v2_openapi_2.0.21.yml"),
        JsonDraft::Draft202012,
    );
    let world = World::new();
    everything(&world).await;
    let mut wrong = Vec::new();
    let mut sent = world.transport.sent();
    // What is written to Keap fits its schema too.
    let shop = Shop {
        keap: Keap::new(),
        world: World::new(),
    };
    contract::ledger(&shop).await;
    let to_keap = shop.world.transport.sent();
    assert!(to_keap.iter().any(|r| r.method == http::Method::POST));
    sent.extend(to_keap);
    for request in &sent {
        let url = &request.url;
        let said = if url.contains("/xero/api.xro/2.0") {
            xero.wrong(request, &format!("{HOST}/xero/api.xro/2.0"))
        } else if url.ends_with("/connections") {
            // Paths are served whatever their case; the document writes a capital.
            let mut capital = request.clone();
            capital.url = url.replace("/connections", "/Connections");
            identity.wrong(&capital, &format!("{HOST}/xero"))
        } else if url.contains("/keap/crm") {
            keap.wrong(request, &format!("{HOST}/keap/crm"))
        } else {
            vec![format!("{url} is in no document")]
        };
        wrong.extend(
            said.iter()
                .map(|w| format!("{} {url}: {w}", request.method)),
        );
    }
    assert!(sent.len() > 40, "{}", sent.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The check itself can refuse.
    let put = sent
        .iter()
        .find(|r| r.method == http::Method::PUT && r.url.contains("Invoices"))
        .unwrap();
    let spoil = |from: &str, to: &str| {
        let body = String::from_utf8(put.body.to_vec())
            .unwrap()
            .replace(from, to);
        let request = HttpRequest {
            body: Bytes::from(body),
            ..put.clone()
        };
        xero.wrong(&request, &format!("{HOST}/xero/api.xro/2.0"))
    };
    for (from, to) in [
        ("AUTHORISED", "APPROVED"),
        ("Reference", "Referense"),
        ("\"Quantity\":1.5", "\"Quantity\":\"1.5\""),
        ("Reference\":", "Total\":1,\"Reference\":"),
        ("AUD", "POUNDS"),
    ] {
        assert!(!spoil(from, to).is_empty(), "{from} -> {to}");
    }
    let odd = HttpRequest {
        url: put.url.replace("unitdp", "unitdpp"),
        ..put.clone()
    };
    assert!(
        !xero
            .wrong(&odd, &format!("{HOST}/xero/api.xro/2.0"))
            .is_empty()
    );
}
