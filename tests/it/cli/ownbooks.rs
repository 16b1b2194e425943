//! The town's third ledger: books that only a description knows, those of the invented Tallybook, with sales from files.

use super::company::{Deed, Script};
use super::town::Town;
use crate::tallybook::{KEY, Tallybook};
use chrono::{DateTime, Utc};
use crossfoot::sandbox::wire::{Call, Outbound, Reply, System};
use serde_json::{Value, json};

/// What the description says; a closed period and a way of paying that is gone have words of their own.
const DESCRIBED: &str = include_str!("../described/tallybook.yaml");
const REFUSED: &str =
    "  - { status: 422, class: refused, code: data, says: it does not take it }\n";
const MORE: &str = "  - { status: 422, text: closed, class: refused, code: locked, says: that period is closed }\n  - { status: 422, text: no_such_way, class: refused, code: mapping, says: it knows no such way }\n";

pub const TENANT: &str = r#"tenant: acme
from: { files: files }
to: { tallybook: books }
currency: AUD
sync: { first_run: post, updates: { invoices: true, contacts: true } }
match: { contacts: { by: [link, email, name], none: create, many: hold } }
payments_account: { Cash: { code: "Cash" }, else: { code: "Card" } }
due: { else: +14d }
"#;

const HEAD: &str = "number,date,contact.id,contact.name,contact.email,line.description,line.quantity,line.unit_amount,tax,total,payment.id,payment.date,payment.amount,payment.method\n";

/// A crane, hired for a day.
pub fn sale(number: &str, of: &str) -> String {
    let mail = of.to_lowercase().replace(' ', ".");
    format!(
        "{number},2026-07-10,7,{of},{mail}@harbour.example,Crane hire,1,100.00,10.00,110.00,,,,\n"
    )
}

pub fn paid(number: &str, amount: &str) -> String {
    format!("{number},,,,,,,,,,P1,2026-07-11,{amount},Cash\n")
}

/// The vendor with a script, whose deeds wait for a call by its method and the beginning of its address.
pub struct Books {
    vendor: Tallybook,
    script: Script,
}

impl Books {
    pub fn new(script: Script) -> Self {
        Self {
            vendor: Tallybook::default(),
            script,
        }
    }

    fn due(&self, call: &Call) -> Option<Deed> {
        let said = format!("{} {}", call.method, call.path);
        let mut script = self.script.lock().unwrap();
        let place = script.iter().position(|(at, _)| said.contains(at))?;
        script.remove(place).map(|(_, deed)| deed)
    }
}

impl System for Books {
    fn name(&self) -> &'static str {
        self.vendor.name()
    }

    fn handle(&mut self, call: &Call, now: DateTime<Utc>) -> Reply {
        if let Some(Deed::Changes(seed)) = self.due(call) {
            self.vendor.seed(&seed, now).unwrap();
        }
        self.vendor.handle(call, now)
    }

    fn concurrency_key(&self, call: &Call) -> Option<String> {
        self.vendor.concurrency_key(call)
    }

    fn seed(&mut self, seed: &Value, now: DateTime<Utc>) -> Result<Value, String> {
        self.vendor.seed(seed, now)
    }

    fn state(&self) -> Value {
        self.vendor.state()
    }

    fn switches(&self) -> Value {
        self.vendor.switches()
    }

    fn switch(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.vendor.switch(name, value)
    }

    fn outbound(&mut self, now: DateTime<Utc>) -> Vec<Outbound> {
        self.vendor.outbound(now)
    }
}

impl Town {
    /// A workspace whose tenant reads files and writes to the described books, which has not been tried yet.
    pub fn connected_to_books(self) -> Self {
        self.run(&["init", &self.dir()]).code(0);
        let text = format!(
            "files: {{ system: files, folder: data, currency: AUD }}\n\
             books: {{ system: tallybook, currency: AUD, base: \"{}/tallybook/v1\" }}\n",
            self.address
        );
        std::fs::write(self.path().join("connections.yaml"), text).unwrap();
        self.described(&DESCRIBED.replace(REFUSED, &format!("{MORE}{REFUSED}")));
        self.plane
            .switch("tallybook", &json!({"safe": "key", "versions": true}))
            .unwrap();
        self.tenant(TENANT);
        self.rows(&[sale("INV-7", "Jo Harbour")]);
        let connect = ["connect", "acme", "books"];
        self.with("CROSSFOOT_TALLYBOOK_KEY", KEY, &connect).code(0);
        self
    }

    /// Changes what the description says.
    pub fn described_otherwise(&self, from: &str, to: &str) {
        let path = self.path().join("mappings/connectors/tallybook.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(from), "{from}");
        self.described(&text.replace(from, to));
    }

    fn described(&self, text: &str) {
        let folder = self.path().join("mappings/connectors");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("tallybook.yaml"), text).unwrap();
    }

    /// Its writing tried, as the first run asks for it.
    pub fn tried(&self) {
        self.run(&["connector", "test", "acme", "--write"]).code(0);
    }

    /// What the folder of exports holds.
    pub fn rows(&self, rows: &[String]) {
        self.exports(HEAD, rows);
    }

    pub fn exports(&self, head: &str, rows: &[String]) {
        let folder = self.path().join("data");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.csv"), format!("{head}{}", rows.concat())).unwrap();
    }

    pub fn books_seed(&self, seed: Value) {
        self.plane.seed("tallybook", seed).unwrap();
    }

    /// What stands in the described books: `INV-7 110.00`, `payment 50.00 on INV-7`.
    pub fn described_books(&self) -> Vec<String> {
        let state = self.plane.state("tallybook").unwrap();
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let mut all = Vec::new();
        for i in state["invoices"].as_array().unwrap() {
            let no = text(&i["no"]);
            all.push(format!("{no} {}", text(&i["total"])));
            for r in i["receipts"].as_array().unwrap() {
                all.push(format!("payment {} on {no}", text(&r["amount"])));
            }
        }
        all.sort();
        all
    }

    /// The row of a list (`customers`, `invoices`) of the described books.
    pub fn described_row(&self, list: &str, field: &str, value: &str) -> Value {
        let state = self.plane.state("tallybook").unwrap();
        let all = state[list].as_array().unwrap().clone();
        let one = all.into_iter().find(|r| r[field] == json!(value));
        one.unwrap_or_else(|| panic!("no {field} {value}: {state:#}"))
    }
}
