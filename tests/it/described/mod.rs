//! Systems that are described in YAML, read from an invented API ([`api`]) whose bad habits are switches.

use crate::bookwright as api;
mod assumed;
pub mod books;
mod contacts;
mod hostile;
mod kickserv;
mod kinds;
mod left_out;
mod mistakes;
mod moved;
mod named;
mod namesakes;
mod own;
mod parts;
mod rows;
mod servicem8;
mod shared;
mod shop;
mod signed;
mod story;
mod totals;
mod traps;
mod turned;
mod tutorial;
mod ways;
mod words;
mod writes;
mod writes_hostile;
mod writes_lint;

use crate::support::{HOST, World, settings, who};
use crossfoot::connectors::auth::TokenRow;
use crossfoot::connectors::manifest::{Described, parse};
use crossfoot::connectors::{Ask, CallError, Cursor, Page, Session, System as _};
use crossfoot::model::{Document, Invoice, Kind, Start};
use serde_json::{Value, json};

/// A description of Bookwright; a story says only what differs.
pub const PLAIN: &str = include_str!("bookwright.yaml");

/// An invoice of two lines, 100 and 20 on top.
pub fn invoice(n: u32, updated: &str) -> Value {
    json!({
        "id": format!("b{n}"), "invoice_no": format!("BW-{n:03}"), "state": "open", "currency": "AUD",
        "issued_on": "2026-07-01", "due_on": "2026-07-31", "customer_id": "c1", "po": format!("PO {n}"),
        "items": [
            {"sku": "HIRE", "text": "Crane hire", "qty": "2.000", "price": "40.00", "total": "80.00", "vat": true},
            {"sku": "RIG", "text": "Rigging", "qty": 1, "price": 20.00, "total": 20.00, "vat": true}
        ],
        "item_count": 2, "net": "100.00", "vat_total": "10.00", "total": "110.00", "updated_at": updated
    })
}

/// The invented API in a world, with the description that reads it.
pub struct Shelf {
    pub world: World,
    pub described: Described,
    pub session: Session,
}

impl Shelf {
    /// With a description, changed by some replacements.
    pub fn new(changes: &[(&str, &str)]) -> Self {
        let mut text = PLAIN.to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "the description has no `{from}`");
            text = text.replace(from, to);
        }
        let (manifest, told) = parse("mappings/connectors/bookwright.yaml", &text);
        assert!(told.is_empty(), "{told:#?}");
        let world = World::new();
        let key = TokenRow::key(api::KEY.to_owned().into(), world.clock_now());
        world.tokens.connect(who("bookwright"), key);
        let base = format!("{HOST}/bookwright/v2");
        let session = world.session("bookwright", settings("bookwright", &[("base", &base)]));
        let seed = json!({
            "customers": {"c1": {"id": "c1", "name": "Wren & Sons", "email": "jo@wren.example", "login_token": "hush-hush"}},
        });
        world.plane.seed("bookwright", seed).unwrap();
        Self {
            world,
            described: Described::new(manifest.expect("a manifest")),
            session,
        }
    }

    pub fn seed(&self, invoices: Vec<Value>) {
        let seed = json!({ "invoices": invoices });
        self.world.plane.seed("bookwright", seed).unwrap();
    }

    pub fn more(&self, seed: Value) {
        self.world.plane.seed("bookwright", seed).unwrap();
    }

    pub fn switch(&self, name: &str, value: Value) {
        let set = json!({ name: value });
        self.world.plane.switch("bookwright", &set).unwrap();
    }

    pub async fn page(&self, cursor: Option<Cursor>) -> Result<Page, CallError> {
        let ask = Ask::Changed {
            kind: Kind::Invoice,
            cursor,
            since: None,
            start: Start::Beginning,
        };
        self.described
            .reader()
            .unwrap()
            .read(&self.session, &ask)
            .await
    }

    /// Every page of one walk, as one.
    pub async fn walk(&self, cursor: Option<Cursor>) -> Result<Page, CallError> {
        let mut all = self.page(cursor).await?;
        while all.more {
            let next = self.page(Some(all.cursor.clone())).await?;
            all.records.extend(next.records);
            all.bad.extend(next.bad);
            all.gone.extend(next.gone);
            (all.cursor, all.more) = (next.cursor, next.more);
        }
        Ok(all)
    }

    pub async fn typed(&self, text: &str) -> Result<Page, CallError> {
        let ask = Ask::Typed {
            kind: Kind::Invoice,
            text: text.to_owned(),
        };
        self.described
            .reader()
            .unwrap()
            .read(&self.session, &ask)
            .await
    }
}

/// The invoices of a page, by their numbers.
pub fn numbers(page: &Page) -> Vec<String> {
    let mut all: Vec<String> = page.records.iter().map(|r| r.number.clone()).collect();
    all.sort();
    all.dedup();
    all
}

pub fn read(page: &Page, number: &str) -> Invoice {
    let found = page.records.iter().find(|r| r.number == number);
    match &found
        .unwrap_or_else(|| panic!("no {number}: {:?}", page.bad))
        .document
    {
        Document::Invoice(invoice) => (**invoice).clone(),
        other => panic!("{other:?}"),
    }
}
