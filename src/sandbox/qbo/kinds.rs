//! What the company keeps: the kinds, their names in bodies and addresses, and what may be done with each.
//!
//! Flows in: a word of a body, an address or a query. Flows out: the kind, or nothing.

/// A kind of entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    CompanyInfo,
    Preferences,
    Customer,
    Vendor,
    Employee,
    Item,
    Account,
    TaxCode,
    TaxRate,
    TaxAgency,
    Class,
    Department,
    Term,
    PaymentMethod,
    Invoice,
    Payment,
    CreditMemo,
    RefundReceipt,
    SalesReceipt,
    Estimate,
    Bill,
    PurchaseOrder,
    JournalEntry,
    Attachable,
}

/// Where ids are counted: what shares a counter never shares an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Names,
    Transactions,
    Addresses,
    Own(Kind),
}

/// What a kind is for, as far as the same rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// One row a company.
    Setting,
    /// Customers, vendors, employees: one name between them.
    Party,
    /// Lists with a name of their own.
    List,
    /// Made through the tax service alone.
    Tax,
    /// Sales forms: lines of items, tax, a number.
    Sale,
    Payment,
    /// Forms of a vendor.
    Purchase,
    Journal,
    File,
}

/// All kinds.
pub(super) const KINDS: [Kind; 24] = [
    Kind::CompanyInfo,
    Kind::Preferences,
    Kind::Customer,
    Kind::Vendor,
    Kind::Employee,
    Kind::Item,
    Kind::Account,
    Kind::TaxCode,
    Kind::TaxRate,
    Kind::TaxAgency,
    Kind::Class,
    Kind::Department,
    Kind::Term,
    Kind::PaymentMethod,
    Kind::Invoice,
    Kind::Payment,
    Kind::CreditMemo,
    Kind::RefundReceipt,
    Kind::SalesReceipt,
    Kind::Estimate,
    Kind::Bill,
    Kind::PurchaseOrder,
    Kind::JournalEntry,
    Kind::Attachable,
];

/// Those that bear a name nobody else of them may bear.
pub(super) const PARTIES: [Kind; 3] = [Kind::Customer, Kind::Vendor, Kind::Employee];

impl Kind {
    /// Its name in bodies and queries.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::CompanyInfo => "CompanyInfo",
            Self::Preferences => "Preferences",
            Self::Customer => "Customer",
            Self::Vendor => "Vendor",
            Self::Employee => "Employee",
            Self::Item => "Item",
            Self::Account => "Account",
            Self::TaxCode => "TaxCode",
            Self::TaxRate => "TaxRate",
            Self::TaxAgency => "TaxAgency",
            Self::Class => "Class",
            Self::Department => "Department",
            Self::Term => "Term",
            Self::PaymentMethod => "PaymentMethod",
            Self::Invoice => "Invoice",
            Self::Payment => "Payment",
            Self::CreditMemo => "CreditMemo",
            Self::RefundReceipt => "RefundReceipt",
            Self::SalesReceipt => "SalesReceipt",
            Self::Estimate => "Estimate",
            Self::Bill => "Bill",
            Self::PurchaseOrder => "PurchaseOrder",
            Self::JournalEntry => "JournalEntry",
            Self::Attachable => "Attachable",
        }
    }

    /// Its name in texts for people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::CreditMemo => "Credit Memo",
            Self::RefundReceipt => "Refund Receipt",
            Self::SalesReceipt => "Sales Receipt",
            Self::PurchaseOrder => "Purchase Order",
            Self::JournalEntry => "Journal Entry",
            other => other.word(),
        }
    }

    /// The kind of a word, in any case: queries and change feeds take both.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        KINDS
            .into_iter()
            .find(|k| k.word().eq_ignore_ascii_case(word))
    }

    /// The kind of an address's segment: lower case alone.
    pub(super) fn from_path(segment: &str) -> Option<Self> {
        KINDS
            .into_iter()
            .find(|k| k.word().to_ascii_lowercase() == segment)
    }

    pub(super) fn family(self) -> Family {
        match self {
            Self::CompanyInfo | Self::Preferences => Family::Setting,
            Self::Customer | Self::Vendor | Self::Employee => Family::Party,
            Self::Item
            | Self::Account
            | Self::Class
            | Self::Department
            | Self::Term
            | Self::PaymentMethod => Family::List,
            Self::TaxCode | Self::TaxRate | Self::TaxAgency => Family::Tax,
            Self::Invoice
            | Self::CreditMemo
            | Self::RefundReceipt
            | Self::SalesReceipt
            | Self::Estimate => Family::Sale,
            Self::Payment => Family::Payment,
            Self::Bill | Self::PurchaseOrder => Family::Purchase,
            Self::JournalEntry => Family::Journal,
            Self::Attachable => Family::File,
        }
    }

    /// Whether it is a transaction: dated, deletable, numbered with the others.
    pub(super) fn is_transaction(self) -> bool {
        matches!(
            self.family(),
            Family::Sale | Family::Payment | Family::Purchase | Family::Journal
        )
    }

    /// Where its ids are counted.
    pub(super) fn space(self) -> Space {
        match self.family() {
            Family::Party => Space::Names,
            _ if self.is_transaction() => Space::Transactions,
            _ => Space::Own(self),
        }
    }

    /// Whether it has the switch `Active` in place of a deletion.
    pub(super) fn can_rest(self) -> bool {
        matches!(self.family(), Family::Party | Family::List | Family::Tax)
    }

    /// Whether the change feed tells of it.
    pub(super) fn is_captured(self) -> bool {
        !matches!(
            self,
            Self::TaxCode | Self::TaxRate | Self::TaxAgency | Self::CompanyInfo | Self::Attachable
        )
    }

    /// Whether webhooks tell of it.
    pub(super) fn is_notified(self) -> bool {
        !matches!(
            self,
            Self::TaxCode | Self::TaxRate | Self::CompanyInfo | Self::Attachable
        )
    }

    /// Whether an app may void it, and not only delete it.
    pub(super) fn can_be_void(self) -> bool {
        matches!(self, Self::Invoice | Self::Payment | Self::SalesReceipt)
    }

    /// Whether a number may stand on one paper of the kind only.
    pub(super) fn has_own_numbers(self) -> bool {
        matches!(self.family(), Family::Sale | Family::Journal) || self == Self::PurchaseOrder
    }

    /// The word for reference texts: what the vendor calls the list.
    pub(super) fn list_word(self) -> &'static str {
        match self {
            Self::Customer | Self::Vendor | Self::Employee => "Names",
            Self::Item => "Items",
            Self::Account => "Accounts",
            Self::Class => "Klasses",
            Self::Department => "Depts",
            Self::Term => "Terms",
            Self::PaymentMethod => "PaymentMethods",
            Self::TaxCode => "TaxCodes",
            Self::TaxRate => "TaxRates",
            other => other.word(),
        }
    }
}
