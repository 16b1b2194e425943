//! The nouns of an organisation's books.
//!
//! Amounts are decimals in the document's currency; codes, tax types and numbers are text.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::money::LineAmounts;

/// An account of the chart.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) id: Uuid,
    /// Bank accounts may have none.
    pub(super) code: Option<String>,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) tax: Option<String>,
    pub(super) status: String,
    pub(super) system: Option<String>,
    pub(super) payments: bool,
    pub(super) description: Option<String>,
    pub(super) bank_number: Option<String>,
    pub(super) bank_type: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) updated: DateTime<Utc>,
}

/// A tax rate, in percent.
#[derive(Debug, Clone)]
pub(super) struct TaxRate {
    pub(super) tax_type: String,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) report: Option<String>,
    /// Assets, equity, expenses, liabilities, revenue.
    pub(super) applies: [bool; 5],
    pub(super) components: Vec<TaxPart>,
    pub(super) effective: Decimal,
    pub(super) system: bool,
}

/// A component of a tax rate.
#[derive(Debug, Clone)]
pub(super) struct TaxPart {
    pub(super) name: String,
    pub(super) rate: Decimal,
    pub(super) compound: bool,
    pub(super) non_recoverable: bool,
}

/// One side of an item: what it sells or costs.
#[derive(Debug, Clone, Default)]
pub(super) struct Trade {
    pub(super) price: Option<Decimal>,
    pub(super) account: Option<String>,
    pub(super) cogs: Option<String>,
    pub(super) tax: Option<String>,
}

/// An item of the price list.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) id: Uuid,
    pub(super) code: String,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) purchase_description: Option<String>,
    pub(super) sold: bool,
    pub(super) purchased: bool,
    pub(super) asset_account: Option<String>,
    pub(super) sales: Trade,
    pub(super) purchases: Trade,
    pub(super) updated: DateTime<Utc>,
}

/// A tracking category with its options.
#[derive(Debug, Clone)]
pub(super) struct Category {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) status: String,
    pub(super) options: Vec<(Uuid, String)>,
}

/// A customer or supplier.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) number: Option<String>,
    pub(super) account_number: Option<String>,
    pub(super) status: &'static str,
    pub(super) email: String,
    /// The plain text fields, by the vendor's names.
    pub(super) fields: BTreeMap<&'static str, String>,
    /// By address type: STREET, POBOX.
    pub(super) addresses: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    /// By phone type: DEFAULT, DDI, MOBILE, FAX.
    pub(super) phones: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    pub(super) persons: Vec<Value>,
    pub(super) terms: Option<Value>,
    pub(super) discount: Option<Decimal>,
    pub(super) merged_to: Option<Uuid>,
    pub(super) is_customer: bool,
    pub(super) is_supplier: bool,
    pub(super) updated: DateTime<Utc>,
}

/// Which table a document lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Invoice,
    CreditNote,
    Overpayment,
    Bank,
    Order,
    Quote,
}

/// An invoice, credit note, overpayment or bank transaction: they share their head, lines and totals.
#[derive(Debug, Clone)]
pub(super) struct Doc {
    pub(super) id: Uuid,
    pub(super) kind: Kind,
    /// `ACCREC`, `ACCPAYCREDIT`, `RECEIVE-OVERPAYMENT`, ...
    pub(super) ty: &'static str,
    pub(super) number: String,
    pub(super) reference: String,
    pub(super) contact: Uuid,
    pub(super) date: NaiveDate,
    pub(super) due: Option<NaiveDate>,
    pub(super) expected: Option<NaiveDate>,
    pub(super) planned: Option<NaiveDate>,
    pub(super) status: &'static str,
    pub(super) amounts: LineAmounts,
    pub(super) lines: Vec<Line>,
    pub(super) sub: Decimal,
    pub(super) tax: Decimal,
    pub(super) total: Decimal,
    pub(super) discount: Decimal,
    pub(super) currency: String,
    pub(super) rate: Decimal,
    pub(super) url: Option<String>,
    pub(super) branding: Option<Uuid>,
    pub(super) sent: bool,
    /// Paid on an invoice; refunded on a credit.
    pub(super) paid: Decimal,
    /// Credited on an invoice; allocated from a credit.
    pub(super) credited: Decimal,
    pub(super) fully_paid: Option<NaiveDate>,
    pub(super) bank: Option<Uuid>,
    pub(super) linked: Option<Uuid>,
    pub(super) reconciled: bool,
    /// A purchase order's words about its delivery, and a quote's own texts, by the vendor's names.
    pub(super) delivery: BTreeMap<&'static str, String>,
    pub(super) app: String,
    pub(super) updated: DateTime<Utc>,
}

impl Doc {
    /// What is still due, or still to be allocated.
    pub(super) fn open(&self) -> Decimal {
        match self.status {
            "VOIDED" | "DELETED" => Decimal::ZERO,
            _ => self.total - self.paid - self.credited,
        }
    }

    /// Whether money or credit stands against it.
    pub(super) fn touched(&self) -> bool {
        !self.paid.is_zero() || !self.credited.is_zero()
    }

    /// Sets PAID or AUTHORISED after a payment, credit or edit.
    pub(super) fn settle(&mut self, on: NaiveDate, may_reopen: bool) {
        if self.status == "AUTHORISED" && self.open().is_zero() {
            self.status = "PAID";
            self.fully_paid = Some(on);
        } else if self.status == "PAID" && !self.open().is_zero() && may_reopen {
            self.status = "AUTHORISED";
            self.fully_paid = None;
        }
    }

    /// Whether it is a sale rather than a purchase.
    pub(super) fn sale(&self) -> bool {
        self.ty.starts_with("ACCREC") || self.ty.starts_with("RECEIVE")
    }
}

/// A line of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) description: Option<String>,
    pub(super) quantity: Option<Decimal>,
    pub(super) unit: Option<Decimal>,
    pub(super) item: Option<String>,
    pub(super) account: Option<Uuid>,
    pub(super) account_code: Option<String>,
    pub(super) tax_type: Option<String>,
    pub(super) tax: Decimal,
    /// Whether the caller set the tax itself.
    pub(super) tax_given: bool,
    pub(super) gross: Decimal,
    pub(super) amount: Decimal,
    pub(super) discount_rate: Option<Decimal>,
    pub(super) discount_amount: Option<Decimal>,
    pub(super) tracking: Vec<Value>,
}

/// Money against a document.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) id: Uuid,
    pub(super) target: (Kind, Uuid),
    pub(super) account: Uuid,
    pub(super) date: NaiveDate,
    pub(super) amount: Decimal,
    pub(super) bank_amount: Decimal,
    pub(super) rate: Decimal,
    pub(super) reference: String,
    pub(super) reconciled: bool,
    pub(super) status: &'static str,
    pub(super) kind: &'static str,
    pub(super) updated: DateTime<Utc>,
}

/// Credit applied to an invoice.
#[derive(Debug, Clone)]
pub(super) struct Allocation {
    pub(super) id: Uuid,
    pub(super) from: (Kind, Uuid),
    pub(super) invoice: Uuid,
    pub(super) amount: Decimal,
    pub(super) date: NaiveDate,
}

/// A note in a document's history.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) changes: String,
    pub(super) details: String,
    pub(super) user: String,
    pub(super) at: DateTime<Utc>,
}

/// A file.
#[derive(Debug, Clone)]
pub(super) struct Attachment {
    pub(super) id: Uuid,
    pub(super) mime: String,
    pub(super) online: bool,
    pub(super) content: Bytes,
}

/// The class of an account type.
pub(super) fn class(kind: &str) -> &'static str {
    match kind {
        "EQUITY" => "EQUITY",
        "CURRLIAB" | "LIABILITY" | "TERMLIAB" | "PAYG" => "LIABILITY",
        "DEPRECIATN" | "DIRECTCOSTS" | "EXPENSE" | "OVERHEADS" => "EXPENSE",
        "OTHERINCOME" | "REVENUE" | "SALES" => "REVENUE",
        _ => "ASSET",
    }
}

/// Whether a tax rate may stand with an account type.
pub(super) fn applies(rate: &TaxRate, kind: &str) -> bool {
    let [assets, equity, expenses, liabilities, revenue] = rate.applies;
    match class(kind) {
        "EQUITY" => equity,
        "EXPENSE" => expenses,
        "LIABILITY" => liabilities,
        "REVENUE" => revenue,
        _ => assets,
    }
}
