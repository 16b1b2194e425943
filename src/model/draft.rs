//! Drafts: what will be posted, as mapping and rules have it so far, in the ledger's terms but no
//! vendor's format. A connector turns a draft into a body; the body is stored before it is sent.

use super::document::{Address, Contact, LineKind, PaymentKind};
use super::kinds::Kind;
use super::money::Currency;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Telephone numbers by use; each may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Phones {
    /// The main number.
    pub default: String,
    /// The mobile number.
    pub mobile: String,
}

/// A contact as the ledger will hold it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactDraft {
    /// The name, which the ledger wants unique.
    pub name: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Our key in the ledger's contact-number field; filled when it is posted.
    pub number: String,
    /// The ledger's account number of the contact, or empty.
    pub account_number: String,
    /// Tax registration number, or empty.
    pub tax_number: String,
    /// The currency of its documents, where the ledger fixes one for a contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Telephone numbers.
    pub phones: Phones,
    /// The address bills go to.
    pub billing: Address,
    /// The address of the site.
    pub service: Address,
    /// The document it was drafted from, its parent included.
    pub source: Contact,
}

impl ContactDraft {
    /// The fields that are as in another draft, by name, for a change that sends only what differs.
    pub fn same_fields(&self, was: &ContactDraft) -> Vec<String> {
        let pairs = [
            ("name", self.name == was.name),
            ("first_name", self.first_name == was.first_name),
            ("last_name", self.last_name == was.last_name),
            ("email", self.email == was.email),
            ("account_number", self.account_number == was.account_number),
            ("tax_number", self.tax_number == was.tax_number),
            ("phone", self.phones.default == was.phones.default),
            ("mobile", self.phones.mobile == was.phones.mobile),
            ("billing", self.billing == was.billing),
            ("service", self.service == was.service),
        ];
        let same = pairs.into_iter().filter(|(_, same)| *same);
        same.map(|(name, _)| name.to_owned()).collect()
    }
}

/// Which contact of the ledger an invoice is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum ContactTarget {
    /// One the ledger has, by its id there.
    Existing {
        /// The ledger's id.
        id: String,
        /// Whether to send the draft's fields to it.
        update: bool,
    },
    /// One to be made from the draft.
    Create,
}

/// How the ledger is to read the lines' amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxMode {
    /// Tax comes on top.
    #[default]
    Exclusive,
    /// Tax is contained.
    Inclusive,
    /// There is no tax.
    Exempt,
}

impl TaxMode {
    /// The word used in YAML and rules.
    pub fn as_str(self) -> &'static str {
        match self {
            TaxMode::Exclusive => "exclusive",
            TaxMode::Inclusive => "inclusive",
            TaxMode::Exempt => "exempt",
        }
    }

    /// The mode a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Exclusive, Self::Inclusive, Self::Exempt]
            .into_iter()
            .find(|m| m.as_str() == word)
    }
}

/// One line as the ledger will hold it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LineDraft {
    /// The source line's id.
    pub source_line: String,
    /// What it is for.
    pub kind: LineKind,
    /// The source line's stock-keeping unit.
    pub sku: String,
    /// The text people read.
    pub description: String,
    /// How many.
    pub quantity: Decimal,
    /// Price of one.
    pub unit_amount: Decimal,
    /// Account code, or empty while none is known.
    pub account: String,
    /// Tax code, or empty to leave it to the account.
    pub tax: String,
    /// Item code, or empty.
    pub item: String,
    /// The ledger's id of that item, where a line finds its account by it; filled by the checks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub item_id: String,
    /// Tracking categories with their options.
    pub tracking: Vec<(String, String)>,
    /// What the line comes to by the ledger's own rounding; filled by the checks.
    pub amount: Decimal,
    /// The line's tax by the ledger's own rounding; filled by the checks.
    pub tax_amount: Decimal,
}

/// An invoice or credit note as the ledger will hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceDraft {
    /// Which kind of paper.
    pub kind: Kind,
    /// The number, which the ledger wants unique.
    pub number: String,
    /// Reference, or empty.
    pub reference: String,
    /// The day it is dated.
    pub date: NaiveDate,
    /// The day it is due.
    pub due: Option<NaiveDate>,
    /// The ledger's own word for the status it is made in: `AUTHORISED`.
    pub status: String,
    /// Currency.
    pub currency: Currency,
    /// How amounts are to be read.
    pub tax_mode: TaxMode,
    /// Lines.
    pub lines: Vec<LineDraft>,
    /// Sum without tax, by the ledger's own rounding; filled by the checks.
    pub subtotal: Decimal,
    /// Tax, by the ledger's own rounding; filled by the checks.
    pub total_tax: Decimal,
    /// Sum with tax, by the ledger's own rounding; filled by the checks.
    pub total: Decimal,
    /// The account it is paid from by being made: of a credit note, where the ledger enters refunds as one paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_from: Option<AccountRef>,
}

/// An account by code, id or name, as a tenant's file names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRef {
    /// By its code.
    Code(String),
    /// By the ledger's id.
    Id(String),
    /// By its name.
    Name(String),
}

impl std::fmt::Display for AccountRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AccountRef::Code(c) => write!(f, "code {c}"),
            AccountRef::Id(i) => write!(f, "id {i}"),
            AccountRef::Name(n) => write!(f, "name {n}"),
        }
    }
}

/// A payment as the ledger will hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentDraft {
    /// The source payment's id.
    pub source_payment: String,
    /// Received or paid back.
    pub kind: PaymentKind,
    /// The day.
    pub date: NaiveDate,
    /// How much, positive.
    pub amount: Decimal,
    /// Currency.
    pub currency: Currency,
    /// The bank account.
    pub account: AccountRef,
    /// Reference, or empty.
    pub reference: String,
    /// How it was paid.
    pub method: String,
}

/// Anything to be posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "draft", content = "of")]
pub enum Draft {
    /// A contact.
    Contact(ContactDraft),
    /// An invoice or credit note.
    Invoice(InvoiceDraft),
    /// A payment.
    Payment(PaymentDraft),
}

impl Draft {
    /// The day it is dated; none of a contact.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Draft::Contact(_) => None,
            Draft::Invoice(d) => Some(d.date),
            Draft::Payment(p) => Some(p.date),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Draft::Contact(_) => Kind::Contact,
            Draft::Invoice(i) => i.kind,
            Draft::Payment(_) => Kind::Payment,
        }
    }
}
