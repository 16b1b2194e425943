//! What is compared, and what comes out.

use crate::sandbox::demo::expect::Expectations;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a tenant's orders are.
#[derive(Debug, Clone, Copy)]
pub enum SourceBook<'a> {
    /// In an application of the fake Keap.
    Keap {
        /// The sandbox's state.
        state: &'a Value,
        /// The application's name.
        application: &'a str,
    },
    /// In an account of the fake Kickserv.
    Kickserv {
        /// The sandbox's state.
        state: &'a Value,
        /// The account's name in addresses.
        account: &'a str,
        /// The currency its amounts are in.
        currency: &'a str,
    },
    /// In an organisation of the fake Xero, where sales are entered in the books.
    Xero {
        /// The sandbox's state.
        state: &'a Value,
        /// The organisation's name.
        organisation: &'a str,
    },
    /// In CSV files: path, contents.
    Files(&'a [(String, String)]),
}

/// What the product says became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Its state: `posted`, `verified`, `skipped`, `held`, `refused` ...
    pub state: String,
    /// The reason's code, or empty.
    pub code: String,
    /// The rule that spoke, or empty.
    pub rule: String,
}

/// Two books of one tenant.
#[derive(Debug, Clone)]
pub struct Pairing<'a> {
    /// Where its orders are.
    pub source: SourceBook<'a>,
    /// The state of the fake Xero, of the fake QuickBooks Online, or of the fake Keap where sales go back to it.
    pub ledger: &'a Value,
    /// The organisation's name or id, or the application's name.
    pub organisation: &'a str,
    /// What must have become of each order.
    pub expectations: &'a Expectations,
    /// What the product says became of each, by number; `None` to leave that out.
    pub told: Option<&'a BTreeMap<String, Told>>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The invoice number.
    pub number: String,
    /// A stable name: `total.differs`, `payment.deleted` ...
    pub what: &'static str,
    /// A sentence.
    pub says: String,
}

/// Sums in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// What the source says of the orders that must be in the ledger.
    pub source: Decimal,
    /// What the ledger holds, a person's own invoices left out.
    pub ledger: Decimal,
    /// What must be paid in the ledger.
    pub source_paid: Decimal,
    /// What is paid in the ledger.
    pub ledger_paid: Decimal,
}

/// One tenant's two books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TenantReport {
    /// The tenant.
    pub tenant: String,
    /// Orders in the source.
    pub orders: usize,
    /// Found in the ledger.
    pub posted: usize,
    /// Not in the ledger, as they should not be: skipped, held.
    pub skipped: usize,
    /// Waiting for a person.
    pub held: usize,
    /// Refused by the ledger, as the product tells it.
    pub refused: usize,
    /// Not in the ledger, though they should be.
    pub missing: usize,
    /// Sums by currency.
    pub sums: BTreeMap<String, Sums>,
    /// Every difference.
    pub findings: Vec<Finding>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// A tenant each.
    pub tenants: Vec<TenantReport>,
}

impl Report {
    /// Whether both books agree for every tenant, and every order ended as it should.
    pub fn agrees(&self) -> bool {
        !self.tenants.is_empty() && self.tenants.iter().all(TenantReport::agrees)
    }
}

impl TenantReport {
    /// Whether this tenant's books agree.
    pub fn agrees(&self) -> bool {
        let even = |s: &Sums| s.source == s.ledger && s.source_paid == s.ledger_paid;
        self.findings.is_empty() && self.sums.values().all(even)
    }
}
