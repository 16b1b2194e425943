//! The demo's world: twelve small businesses with a few hundred orders, and what must become of each.
//!
//! Flows in: a seed, how many more ordinary orders, and the day that counts as today. Flows out: the
//! seeds of the fake Keap, Kickserv, Xero and QuickBooks Online, CSV files, how to sign in, and for every order its end,
//! worked out from how the order was made. The same arguments give the same bytes.
//! Bounded: at most 1,000,000 further orders.
//!
//! Every tenant shows one thing and carries some of the hard cases of `case`; the tenants' own files
//! are `mappings/<tenant>.yaml` and `rules/<tenant>.rhai`.

pub mod books;
pub mod codes;
pub mod dice;
pub mod expect;
mod files;
mod keap;
mod kickserv;
pub mod order;
pub mod people;
mod qbo;
pub mod shop;
mod tenants;
mod xero;

pub use expect::{End, Expectations, Expected, PaymentEnd, Posted};

use chrono::NaiveDate;
use serde_json::{Value, json};

/// The most further orders that can be asked for.
pub const MOST_ORDERS: usize = 1_000_000;

/// How a tenant's connection signs in to a sandbox. None of it is a secret: it works nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// A service-account key.
    Key(String),
    /// An OAuth app with tokens, and the organisation that is meant.
    Tokens {
        /// The app.
        client_id: String,
        /// Its secret.
        client_secret: String,
        /// The access token.
        access: String,
        /// The refresh token.
        refresh: String,
        /// The organisation's id.
        organisation: String,
    },
    /// A folder; nothing to sign in to.
    Folder(String),
}

/// One sample tenant: where its orders are, where they go, and what must become of them.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its name, and its application's in the source.
    pub name: String,
    /// The business's name, which is the organisation's in the ledger.
    pub title: String,
    /// `keap`, `kickserv` or `files`; `xero` where the sales are entered in the books.
    pub source: &'static str,
    /// `xero` or `qbo`; `keap` where sales go back to it.
    pub ledger: &'static str,
    /// Its currency.
    pub currency: String,
    /// The name of its source connection in `connections.yaml`.
    pub source_connection: String,
    /// The name of its ledger connection.
    pub ledger_connection: String,
    /// How its source connection signs in.
    pub source_login: Login,
    /// How its ledger connection signs in.
    pub ledger_login: Login,
    /// What must become of its orders.
    pub expectations: Expectations,
}

/// The demo's world.
#[derive(Debug, Clone)]
pub struct World {
    /// The seed of the fake Keap.
    pub keap: Value,
    /// The seed of the fake Kickserv.
    pub kickserv: Value,
    /// The seed of the fake Xero.
    pub xero: Value,
    /// The seed of the fake QuickBooks Online.
    pub qbo: Value,
    /// Files of tenants that are read from files: path below the workspace, contents.
    pub files: Vec<(String, String)>,
    /// The tenants.
    pub tenants: Vec<Tenant>,
}

impl World {
    /// How many orders there are, and how many of them end in the ledger.
    pub fn orders(&self) -> (usize, usize) {
        let all = self
            .tenants
            .iter()
            .map(|t| t.expectations.orders.len())
            .sum();
        let posted = self
            .tenants
            .iter()
            .map(|t| t.expectations.count("posted"))
            .sum();
        (all, posted)
    }
}

/// The columns of the demo's files, as `connections.yaml` names them.
const FILE_COLUMNS: &str = "    number: invoice
    date: date
    contact.id: customer_id
    contact.name: customer
    contact.email: email
    contact.phone: phone
    reference: po
    currency: currency
    tax: tax
    total: total
    line.sku: sku
    line.name: item
    line.kind: kind
    line.quantity: quantity
    line.unit_amount: price
    line.taxable: taxable
    payment.id: payment
    payment.date: paid_on
    payment.amount: paid
    payment.method: paid_by
";

impl World {
    /// A `connections.yaml` that sends every connection to sandboxes below one address
    /// (`http://127.0.0.1:4600`, without a slash at its end).
    pub fn connections(&self, address: &str) -> String {
        let mut out = String::from(
            "# Every connection goes to the sandbox; the sample tenants name these.\n",
        );
        for t in &self.tenants {
            let ledger = (t.ledger, &t.ledger_connection, &t.ledger_login);
            let source = (t.source, &t.source_connection, &t.source_login);
            for (system, name, login) in [ledger, source] {
                out.push_str(&connection(t, system, name, login, address));
            }
        }
        out
    }
}

fn connection(t: &Tenant, system: &str, name: &str, login: &Login, address: &str) -> String {
    match login {
        Login::Tokens {
            client_id,
            organisation,
            ..
        } => format!(
            "{name}: {{ system: {system}, base: \"{address}/{system}\", identity: \"{address}/{system}\", login: \"{address}/{system}\", \
             client_id: {client_id}, organisation: \"{organisation}\" }}\n"
        ),
        Login::Folder(folder) => {
            format!("{name}:\n  system: files\n  folder: {folder}\n  columns:\n{FILE_COLUMNS}")
        }
        Login::Key(_) if system == "kickserv" => format!(
            "{name}: {{ system: kickserv, base: \"{address}/kickserv/{}\", zone: Australia/Melbourne, currency: {} }}\n",
            t.name, t.currency
        ),
        Login::Key(_) => format!(
            "{name}: {{ system: keap, base: \"{address}/keap\", identity: \"{address}/keap\" }}\n"
        ),
    }
}

/// Makes the world.
///
/// `today` is the day on which the demo takes place: orders are dated in the four months before it.
/// `more` ordinary orders are added to the plain tenant.
pub fn world(seed: u64, more: usize, today: NaiveDate) -> World {
    let shops = tenants::all(seed, more.min(MOST_ORDERS), today);
    let company = |shop: &&shop::Shop| shop.ledger.is_company;
    let (companies, organisations): (Vec<_>, Vec<_>) = shops.iter().partition(company);
    let from_files = |shop: &&shop::Shop| shop.place.tenant == tenants::FROM_FILES;
    let from_kickserv = |shop: &&shop::Shop| shop.place.tenant == tenants::FROM_KICKSERV;
    let from_keap = |shop: &&shop::Shop| !from_files(shop) && !from_kickserv(shop);
    World {
        keap: json!({"applications": shops.iter().filter(from_keap).map(keap::application).collect::<Vec<_>>()}),
        kickserv: json!({"accounts": shops.iter().filter(from_kickserv).map(kickserv::account).collect::<Vec<_>>()}),
        xero: json!({
            "apps": [xero::app()],
            "organisations": organisations.iter().map(|s| xero::organisation(s)).collect::<Vec<_>>(),
            "tokens": organisations.iter().map(|s| xero::token(s)).collect::<Vec<_>>(),
        }),
        qbo: json!({
            "apps": [qbo::app()],
            "companies": companies.iter().map(|s| qbo::company(s)).collect::<Vec<_>>(),
            "tokens": companies.iter().map(|s| qbo::token(s)).collect::<Vec<_>>(),
        }),
        files: shops
            .iter()
            .filter(from_files)
            .flat_map(files::files)
            .collect(),
        tenants: shops.iter().map(tenant).collect(),
    }
}

fn tenant(shop: &shop::Shop) -> Tenant {
    let name = shop.place.tenant;
    let (sales, books) = (sales(shop), books(shop));
    let (source, ledger) = match shop.ledger.has_the_sales {
        true => (books, sales),
        false => (sales, books),
    };
    Tenant {
        name: name.to_owned(),
        title: shop.place.title.to_owned(),
        source: source.0,
        ledger: ledger.0,
        currency: shop.place.currency.to_owned(),
        source_connection: source.1,
        ledger_connection: ledger.1,
        source_login: source.2,
        ledger_login: ledger.2,
        expectations: shop.expectations(),
    }
}

/// Where a shop sells: the system, the connection to it, and how that signs in.
fn sales(shop: &shop::Shop) -> (&'static str, String, Login) {
    let name = shop.place.tenant;
    match name {
        tenants::FROM_FILES => (
            "files",
            "quayside-exports".to_owned(),
            Login::Folder(format!("data/{name}")),
        ),
        tenants::FROM_KICKSERV => (
            "kickserv",
            name.to_owned(),
            Login::Key(kickserv::token(name)),
        ),
        _ => ("keap", name.to_owned(), Login::Key(keap::key(name))),
    }
}

/// The same of where its books are kept.
fn books(shop: &shop::Shop) -> (&'static str, String, Login) {
    let name = shop.place.tenant;
    let (access, refresh) = xero::tokens(name);
    let (system, client, organisation) = match shop.ledger.is_company {
        true => ("qbo", qbo::CLIENT_ID, qbo::realm(shop)),
        false => ("xero", xero::CLIENT_ID, xero::tenant_id(name)),
    };
    let connection = match name {
        tenants::FROM_FILES => "quayside-books".to_owned(),
        _ => format!("{name}-books"),
    };
    let login = Login::Tokens {
        client_id: client.to_owned(),
        client_secret: xero::CLIENT_SECRET.to_owned(),
        access,
        refresh,
        organisation,
    };
    (system, connection, login)
}
