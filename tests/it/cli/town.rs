//! Fake vendors on a loopback port, a workspace in a temporary folder, and the binary.

use super::company::{Company, Script};
use super::ownbooks::Books;
use crate::support::{KEAP_KEY, XERO_CLIENT};
use crossfoot::cli::text::dangerous;
use crossfoot::clock::{Clock as _, RealClock};
use crossfoot::sandbox::plane::{Plane, PlaneOptions};
use crossfoot::sandbox::wire::System;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The organisation's name.
pub const ORG: &str = "Acme Cranes Pty";
/// The app's secret, which must be seen nowhere.
pub const APP_SECRET: &str = "canary-app-secret";
/// When every story takes place.
pub const NOW: &str = "2026-07-15T02:00:00Z";

/// A tenant's file that leaves one SKU without an account.
pub const TENANT: &str = r#"tenant: acme
preset: keap-xero
from: { keap: keap }
to: { xero: xero }
currency: AUD
sync: { first_run: post }
accounts:
  - { sku: HIRE, use: "200" }
  - { else: hold }
payments_account: { code: "090" }
tax: { codes: { taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold } }
skip: { zero_total: true }
"#;

/// How a call ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// Its stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }

    /// With the exit code that was expected.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n--- stderr\n{}", self.out, self.err);
        self
    }
}

pub struct Town {
    /// What is yet to happen just before a write arrives at the second ledger.
    pub script: Script,
    runtime: Option<tokio::runtime::Runtime>,
    pub plane: Plane,
    pub address: String,
    folder: TempDir,
    pub redirect: String,
}

fn order(id: &str, invoice: &str, contact: &str, items: Value, payments: Value) -> Value {
    json!({"id": id, "invoice_id": invoice, "title": "Hire", "contact_id": contact,
        "order_time": "2026-07-10T01:00:00Z", "items": items, "payments": payments})
}

/// Four orders: one plain, one whose SKU has no account, one without amount for a hostile customer, one plain.
pub fn shop() -> Value {
    let tax = |amount: &str| json!({"type": "TAX", "name": "GST", "quantity": 1, "price": amount});
    let hire = |n: u32| json!({"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": n, "price": "100.00"});
    let paid = json!([{"id": "88", "amount": "50.00", "type": "Check", "pay_status": "MANUAL_PAID", "time": "2026-07-11T01:00:00Z"}]);
    json!({"name": "acme",
    "contacts": [
        {"id": "7", "given_name": "Jo", "family_name": "Harbour", "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]},
        {"id": "8", "given_name": "Eve\u{1b}[2J\u{1b}]0;owned\u{7}", "family_name": "\u{202e}live"},
    ],
    "products": [
        {"id": "1", "name": "Crane hire", "sku": "HIRE", "price": "100.00", "taxable": true},
        {"id": "2", "name": "Parts \u{202e}strap", "sku": "PARTS", "price": "30.00", "taxable": true},
    ],
    "orders": [
        order("1", "1041", "7", json!([hire(2), tax("20.00")]), paid),
        order("2", "1042", "7", json!([{"type": "PRODUCT", "product_id": "2", "name": "Parts \u{202e}strap", "quantity": 1, "price": "30.00"}, tax("3.00")]), json!([])),
        order("3", "1043", "8", json!([{"type": "PRODUCT", "product_id": "1", "name": "Crane hire", "quantity": 1, "price": "0.00"}]), json!([])),
        order("4", "1044", "7", json!([hire(1), tax("10.00")]), json!([])),
    ]})
}

/// A port for a sign-in to come back to: below those that a machine gives to whoever asks for any, so that nobody takes it
/// before the sign-in does.
fn own_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(61);
    loop {
        let next = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 16_000;
        let port = 12_000 + u16::try_from(next).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Town {
    /// Vendors with one organisation and one application, and no workspace yet.
    pub fn new() -> Self {
        Self::selling(shop())
    }

    /// The same, with other orders in the application.
    pub fn selling(shop: Value) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let script = Script::default();
        let scripted = script.clone();
        let systems = move || -> Vec<Box<dyn System>> {
            vec![
                Box::new(crossfoot::sandbox::xero::Xero::default()),
                Box::new(crossfoot::sandbox::keap::Keap::default()),
                Box::new(Company::new(scripted.clone())),
                Box::new(Books::new(scripted.clone())),
            ]
        };
        let plane = Plane::new(PlaneOptions::new(systems, || RealClock.now())).unwrap();
        let redirect = format!("http://localhost:{}/callback", own_port());
        let (listener, address) = runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("http://{}", listener.local_addr().unwrap());
            (listener, address)
        });
        runtime.spawn(plane.clone().serve(listener, std::future::pending()));
        let town = Self {
            script,
            runtime: Some(runtime),
            plane,
            address,
            folder: tempfile::tempdir().unwrap(),
            redirect,
        };
        town.plane.set_clock(&json!({"set": NOW})).unwrap();
        town.seed();
        town.keap(shop);
        town
    }

    fn seed(&self) {
        let organisation = |name: &str| json!({"name": name, "country": "AU", "currency": "AUD"});
        let xero = json!({
            "apps": [{"client_id": XERO_CLIENT, "client_secret": APP_SECRET, "redirect_uris": [self.redirect]}],
            "organisations": [organisation(ORG), organisation("Acme Holdings")],
        });
        self.plane.seed("xero", xero).unwrap();
        let keap = json!({"applications": [{"name": "acme", "currency": "AUD", "time_zone": "Australia/Sydney",
            "keys": [{"key": KEAP_KEY, "kind": "sak"}]}]});
        self.plane.seed("keap", keap).unwrap();
    }

    /// What happens in the application.
    pub fn keap(&self, mut data: Value) {
        data["name"] = json!("acme");
        self.plane
            .seed("keap", json!({"applications": [data]}))
            .unwrap();
    }

    /// A person deletes an order of the application.
    pub fn keap_deletes(&self, id: &str) {
        let mut headers = http::HeaderMap::new();
        let key = format!("Bearer {KEAP_KEY}");
        headers.insert("authorization", key.parse().unwrap());
        let path = format!("/keap/crm/rest/v2/orders/{id}");
        let call = (self.plane).call(http::Method::DELETE, &path, headers, bytes::Bytes::new());
        let answer = self.runtime.as_ref().unwrap().block_on(call);
        let reply = answer.reply().expect("an answer");
        assert!(reply.status.is_success(), "{path}: {}", reply.status);
    }

    /// An order to the sandbox itself.
    pub fn control(&self, method: http::Method, path: &str, body: &Value) {
        let body = body.to_string().into();
        let call = (self.plane).call(method, path, http::HeaderMap::new(), body);
        let answer = self.runtime.as_ref().unwrap().block_on(call);
        let reply = answer.reply().expect("an answer");
        assert!(reply.status.is_success(), "{path}: {}", reply.status);
    }

    /// What is put into the organisation, beside its API.
    pub fn xero(&self, mut data: Value) {
        data["name"] = json!(ORG);
        self.plane
            .seed("xero", json!({"organisations": [data]}))
            .unwrap();
    }

    /// A workspace whose tenant is connected.
    pub fn settled() -> Self {
        Self::new().connected()
    }

    /// Makes the workspace, and connects its tenant.
    pub fn connected(self) -> Self {
        self.run(&["init", &self.dir()]).code(0);
        self.connections();
        self.tenant(TENANT);
        self.with("CROSSFOOT_KEAP_KEY", KEAP_KEY, &["connect", "acme", "keap"])
            .code(0);
        self.sign_in(&["--organisation", ORG]).code(0);
        self
    }

    /// The same with processing on.
    pub fn working() -> Self {
        Self::settled().switched_on()
    }

    /// With processing on.
    pub fn switched_on(self) -> Self {
        self.run(&["processing", "acme", "on"]).code(0);
        self
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("books")
    }

    pub fn dir(&self) -> String {
        self.path().display().to_string()
    }

    /// Writes the tenant's file.
    pub fn tenant(&self, yaml: &str) {
        std::fs::write(self.path().join("mappings/acme.yaml"), yaml).unwrap();
    }

    /// Points the connections at the fake vendors.
    pub fn connections(&self) {
        let (a, r) = (&self.address, &self.redirect);
        let text = format!(
            "keap: {{ system: keap, base: \"{a}/keap\" }}\n\
             xero: {{ system: xero, base: \"{a}/xero\", identity: \"{a}/xero\", login: \"{a}/xero\", client_id: {XERO_CLIENT}, redirect: \"{r}\" }}\n"
        );
        std::fs::write(self.path().join("connections.yaml"), text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
        let own = args.first() == Some(&"init");
        if !own {
            command.arg("--workspace").arg(self.path());
        }
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // In the dark nobody tells the time either.
        if self.runtime.is_some() {
            command.env("CROSSFOOT_SANDBOX_CLOCK", &self.address);
        }
        command
    }

    /// Runs the binary; whatever it prints must be safe, and hold no secret.
    pub fn run(&self, args: &[&str]) -> Ended {
        ended(self.command(args).spawn().unwrap())
    }

    /// What a call prints on a screen so wide, run in the workspace's folder, with escapes shown as `␛`.
    pub fn screen(&self, columns: usize, color: &str, args: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
        let child = command
            .args(args)
            .args(["--color", color])
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("USER", "tester")
            .env("COLUMNS", columns.to_string())
            .env("CROSSFOOT_SANDBOX_CLOCK", &self.address)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        self.tidy(&String::from_utf8(text).unwrap().replace('\u{1b}', "␛"))
    }

    /// The same with a variable of the environment.
    pub fn with(&self, name: &str, value: &str, args: &[&str]) -> Ended {
        ended(self.command(args).env(name, value).spawn().unwrap())
    }

    /// The same with something on stdin.
    pub fn given(&self, stdin: &str, args: &[&str]) -> Ended {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(stdin.as_bytes())
            .unwrap();
        ended(child)
    }

    /// Starts the binary and leaves it running.
    pub fn start(&self, variables: &[(&str, &str)], args: &[&str]) -> Child {
        let mut command = self.command(args);
        for (name, value) in variables {
            command.env(name, value);
        }
        command.spawn().unwrap()
    }

    /// `crossfoot connect acme xero`, with somebody at the browser.
    pub fn sign_in(&self, more: &[&str]) -> Ended {
        self.sign_in_to("xero", more)
    }

    /// `crossfoot connect acme SYSTEM`, with somebody at the browser.
    pub fn sign_in_to(&self, system: &str, more: &[&str]) -> Ended {
        let args = [&["connect", "acme", system], more].concat();
        let secret = format!("CROSSFOOT_{}_CLIENT_SECRET", system.to_uppercase());
        let mut command = self.command(&args);
        let mut child = command.env(secret, APP_SECRET).spawn().unwrap();
        let mut err = child.stderr.take().unwrap();
        let (mut seen, mut byte) = (String::new(), [0_u8; 1]);
        let url = loop {
            if err.read(&mut byte).unwrap() == 0 {
                child.stderr = None;
                let mut ended = ended(child);
                ended.err = seen;
                return ended;
            }
            seen.push(char::from(byte[0]));
            let last = seen.lines().last().unwrap_or_default();
            if seen.ends_with('\n') && last.starts_with("http") {
                break last.to_owned();
            }
        };
        let (status, head, _) = get(&format!("{url}&_consent=yes"));
        assert_eq!(status, 302, "{head}");
        let is_location = |l: &&str| l.to_lowercase().starts_with("location: ");
        let back = head.lines().find(is_location).unwrap()["location: ".len()..].trim();
        // A browser asks for an icon too, and may come twice.
        let icon = Url(back).origin() + "/favicon.ico";
        assert_eq!(get(&icon).0, 404);
        let (status, _, body) = get(back);
        assert_eq!(status, 200, "{body}");
        child.stderr = Some(err);
        ended(child)
    }

    /// The organisation's books.
    pub fn books(&self) -> Value {
        let state = self.plane.state("xero").unwrap();
        let all = state["organisations"].as_array().unwrap();
        let org = all.iter().find(|o| o["name"] == json!(ORG)).unwrap();
        org.clone()
    }

    /// What a person does in Xero, not by our application but by its own API.
    pub fn person(&self, method: &str, path: &str, body: &Value) -> Value {
        let org = self.books()["tenant_id"].as_str().unwrap().to_owned();
        let now = self.plane.now().timestamp();
        let (access, refresh) = (format!("person-{now}"), format!("refresh-{now}"));
        let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
        let app = json!({"client_id": "people", "client_secret": "p", "redirect_uris": ["http://localhost:1/x"]});
        let token = json!({"app": "people", "tenants": [ORG], "access": access, "refresh": refresh, "scopes": scopes});
        let seed = json!({"apps": [app], "tokens": [token]});
        self.plane.seed("xero", seed).unwrap();
        let mut headers = http::HeaderMap::new();
        for (name, value) in [
            ("authorization", format!("Bearer {access}")),
            ("xero-tenant-id", org),
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let path = format!("/xero/api.xro/2.0/{path}");
        let body = body.to_string().into();
        let call = self
            .plane
            .call(method.parse().unwrap(), &path, headers, body);
        let answer = self.runtime.as_ref().unwrap().block_on(call);
        let reply = answer.reply().expect("an answer");
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        assert!(reply.status.is_success(), "{path}: {} {text}", reply.status);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Runs a command as it was printed, pasted into a shell.
    pub fn pasted(&self, command: &str) -> Ended {
        let program = Path::new(env!("CARGO_BIN_EXE_crossfoot"));
        let path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{path}", program.parent().unwrap().display());
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("CROSSFOOT_SANDBOX_CLOCK", &self.address)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        ended(shell.spawn().unwrap())
    }

    /// Time goes by.
    pub fn minutes(&self, n: i64) {
        self.plane
            .set_clock(&json!({"advance_seconds": n * 60}))
            .unwrap();
    }

    /// Invoices in the ledger, by number.
    pub fn invoices(&self) -> Vec<String> {
        let org = self.books();
        let numbers = org["invoices"].as_array().unwrap().iter();
        let mut numbers: Vec<_> = numbers
            .map(|i| i["InvoiceNumber"].as_str().unwrap().to_owned())
            .collect();
        numbers.sort();
        numbers
    }

    /// The ids that the ledger gave its invoices.
    pub fn ids(&self) -> Vec<String> {
        let org = self.books();
        let all = org["invoices"].as_array().unwrap().iter();
        all.map(|i| i["InvoiceID"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Ends the vendors: nobody answers any more.
    pub fn go_dark(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        }
    }

    /// Text with what differs from run to run taken out.
    pub fn tidy(&self, text: &str) -> String {
        let text = text
            .replace(&self.address, "http://SANDBOX")
            .replace(&self.dir(), "DIR");
        // A run's name ends in eight random characters.
        let mut out = String::new();
        for line in text.split_inclusive('\n') {
            let mut rest = line;
            while let Some(at) = rest.find("20260715T") {
                let end = (at + 24).min(rest.len());
                out.push_str(&rest[..at]);
                out.push_str("RUN");
                rest = &rest[end..];
            }
            out.push_str(rest);
        }
        out.lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
    }
}

struct Url<'a>(&'a str);

impl Url<'_> {
    fn origin(&self) -> String {
        let rest = self.0.strip_prefix("http://").unwrap();
        format!("http://{}", rest.split('/').next().unwrap())
    }
}

/// A GET, as a browser makes it: status, head, body.
pub fn get(url: &str) -> (u16, String, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let host_port = host.replace("localhost", "127.0.0.1");
    exchange(
        &host_port,
        &format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"),
    )
}

fn exchange(host: &str, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

/// Waits for the end, and looks at all that was printed.
pub fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().unwrap();
    let ended = Ended {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    for text in [&ended.out, &ended.err] {
        let bad: Vec<char> = text
            .chars()
            .filter(|c| dangerous(*c) && *c != '\n')
            .collect();
        assert!(bad.is_empty(), "{bad:?} in {text}");
        for secret in [KEAP_KEY, APP_SECRET] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    ended
}

/// Whether a file of a folder, at any depth, holds some bytes.
pub fn holds(folder: &Path, needle: &str) -> bool {
    let mut found = false;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        found |= if path.is_dir() {
            holds(&path, needle)
        } else {
            let bytes = std::fs::read(&path).unwrap();
            bytes.windows(needle.len()).any(|w| w == needle.as_bytes())
        };
    }
    found
}
