//! A tenant's file as the program uses it: every word an enum, every number exact, every value with
//! the line it came from.
//!
//! Flows in: what `compile` has checked. Flows out: what `apply` reads. Nothing here can be wrong in
//! a way a person could have caused: such mistakes were told before. It is kept small, since ten
//! thousand tenants may be known: places are eight bytes, text is boxed, nothing is kept twice.

pub use super::located::{At, Located};
pub use super::lookup::{
    AccountRow, Answer, BankRow, LookupTable, Pattern, PaymentsAccount, RowUse, SkuList,
    StatusTable, UnmarkedTable, folded,
};
pub use super::words::{
    Approval, BackContacts, BackTrigger, Clash, ContactMode, EstimateMode, FinanceCharges,
    FirstRun, GivenDue, InvoiceMode, ItemUse, LockedPeriod, MatchBy, Namesakes, NotifyWhen,
    OnConflict, OrderMode, Overpayment, PaymentMode, QuietDays, Refunds, Unmarked, WhenMany,
    WhenNoItem, WhenNone, ZeroTax, ZeroTotal,
};
use crate::model::{
    ConnectionName, Currency, Kind, Place, SeriesPlace, SetBy, SetKey, Start, TaxMode, TenantId,
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One end of the route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The system's word: `keap`.
    pub system: Box<str>,
    /// The named connection.
    pub connection: ConnectionName,
}

/// When a tenant runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// Only when told to.
    Manual,
    /// Every so many seconds.
    Every(u32),
    /// By a cron expression of five fields in a time zone. The expression has been checked.
    Cron {
        /// The expression.
        expression: Box<str>,
        /// The zone.
        zone: chrono_tz::Tz,
    },
}

/// The group `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// When an invoice goes.
    pub invoices: Located<InvoiceMode>,
    /// Which way payments go.
    pub payments: Located<PaymentMode>,
    /// When a contact goes.
    pub contacts: Located<ContactMode>,
    /// Whether estimates go, and as what.
    pub estimates: Located<EstimateMode>,
    /// Whether purchase orders go.
    pub purchase_orders: Located<OrderMode>,
    /// Whether later edits of an invoice are sent.
    pub update_invoices: Located<bool>,
    /// Whether later edits of a contact are sent.
    pub update_contacts: Located<bool>,
    /// From where the tenant starts, inclusive.
    pub start: Located<Start>,
    /// When it runs.
    pub trigger: Located<Trigger>,
    /// What counts of a field that both sides changed.
    pub conflict: Located<OnConflict>,
    /// Whether a person approves.
    pub approval: Located<Approval>,
    /// What the first run does.
    pub first_run: Located<FirstRun>,
    /// For how many days is kept what nothing rests on any more.
    pub history_days: Located<u32>,
}

/// The group `back`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// Whether payments that people enter in the ledger come back to the source.
    pub payments: bool,
    /// Which contacts of the ledger come to the source.
    pub contacts: Located<BackContacts>,
    /// From which day on; without it all do.
    pub start: Option<Located<NaiveDate>>,
    /// When.
    pub trigger: Located<BackTrigger>,
    /// Under what the source keeps them.
    pub payments_account: Option<PaymentsAccount>,
}

/// `match.contacts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchContacts {
    /// What they are recognised by, in order.
    pub by: Located<Box<[MatchBy]>>,
    /// When there is none.
    pub none: Located<WhenNone>,
    /// When there are several.
    pub many: Located<WhenMany>,
}

/// `match.items`; absent when it is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchItems {
    /// What a line takes of its item.
    pub take: Located<ItemUse>,
    /// When there is none.
    pub none: Located<WhenNoItem>,
    /// When there are several.
    pub many: Located<WhenMany>,
}

/// `contacts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacts {
    /// How a site is named: `{parent} - {name}`; `off` where it keeps its own name.
    pub site_name: Option<Located<Box<str>>>,
    /// What becomes of a customer whose name a contact has that is proved another customer's.
    pub namesakes: Located<Namesakes>,
    /// The ledger wants names unique; what to do about a clash.
    pub unique_name: Located<Clash>,
    /// About a telephone number that another contact has.
    pub unique_phone: Located<Clash>,
    /// About a mobile number that another contact has.
    pub unique_mobile: Located<Clash>,
    /// About an e-mail address that another contact has.
    pub unique_email: Located<Clash>,
}

/// The group `tax`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    /// How the ledger reads an order without tax.
    pub without_tax: Located<TaxMode>,
    /// What an order with a tax of zero is.
    pub zero_tax: Located<ZeroTax>,
    /// How a line counts of which the source does not say whether it is taxable.
    pub unmarked: UnmarkedTable,
    /// The code of taxable lines.
    pub taxable: Option<Located<Answer>>,
    /// The code of lines without tax.
    pub zero: Option<Located<Answer>>,
    /// Codes by the source's own names of its rates, and the `else`.
    pub by_rate: LookupTable,
}

/// The items of lines that none was matched to, by their codes in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineItems {
    /// Of taxable lines.
    pub taxable: Option<Located<Box<str>>>,
    /// Of other lines.
    pub non_taxable: Option<Located<Box<str>>>,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueRule {
    /// The last day of the month that is so many months after the invoice's.
    EndOfMonth(u8),
    /// On the day of the invoice.
    InvoiceDate,
    /// On the last day of the payment plan.
    LastInstalment,
    /// So many days after the day of the invoice.
    Days(u16),
    /// So many months after the day of the invoice; the month's last day where it is shorter.
    Months(u16),
}

/// The group `due`. The first of these that applies counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// All was paid on the day of the invoice or before.
    pub paid_at_creation: Located<DueRule>,
    /// It has a payment plan.
    pub payment_plan: Located<DueRule>,
    /// The source gives a due date.
    pub given: Located<GivenDue>,
    /// Every other invoice.
    pub other: Located<DueRule>,
}

/// The group `skip`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Never touch an invoice that is in the ledger.
    pub already_synced: Located<bool>,
    /// Leave out an invoice whose total is zero.
    pub zero_total: Located<bool>,
    /// Leave out an invoice that another integration made in the source.
    pub made_by_integration: Located<bool>,
    /// Leave out an invoice that is a draft in the source.
    pub drafts: Located<bool>,
}

/// How far the ledger's total may be from the source's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Totals {
    /// Not at all.
    Exact,
    /// Not before it is sent; what the ledger then makes of it counts.
    Ledger,
    /// A rounding line makes up for it.
    Rounding {
        /// The account of the line.
        account: Box<str>,
        /// The most it may be, in the document's currency.
        at_most: Decimal,
    },
}

/// The group `guard`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// How far totals may be apart.
    pub totals: Located<Totals>,
    /// What becomes of an invoice that comes to nothing.
    pub zero_total: Located<ZeroTotal>,
    /// What becomes of a document in a locked period.
    pub locked_period: Located<LockedPeriod>,
    /// The most documents one run may post without a person.
    pub documents: Option<Located<u32>>,
    /// The largest sum one run may post without a person, by currency.
    pub totals_per_run: BTreeMap<Currency, Located<Decimal>>,
}

/// The group `notify`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notify {
    /// To whom.
    pub email: Box<[Box<str>]>,
    /// When.
    pub when: Located<NotifyWhen>,
    /// Whether a run that a person began sends what is due, too.
    pub manual: bool,
    /// From what time of day on a daily letter goes.
    pub at: chrono::NaiveTime,
    /// The zone of the letters' days: its own, that of the schedule, or UTC.
    pub zone: chrono_tz::Tz,
    /// What becomes of a day on which nothing happened.
    pub quiet_days: QuietDays,
}

/// A tenant's compiled file.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Whose it is.
    pub tenant: TenantId,
    /// The preset it builds on, or none.
    pub preset: Option<Box<str>>,
    /// Where documents come from.
    pub from: Located<End>,
    /// Where they go.
    pub to: Located<End>,
    /// What the source works in.
    pub currency: Located<Currency>,
    /// What goes, and when.
    pub sync: Sync,
    /// What comes from the ledger to the source.
    pub back: Back,
    /// How contacts are recognised.
    pub match_contacts: MatchContacts,
    /// How items are recognised; absent when they are not.
    pub match_items: Option<MatchItems>,
    /// How contacts are written.
    pub contacts: Contacts,
    /// The accounts table; its last row is the `else`.
    pub accounts: Box<[AccountRow]>,
    /// The number series of papers that are made, by kind; of one that has none the source's number counts.
    pub numbers: BTreeMap<Kind, Located<SeriesPlace>>,
    /// The items of lines that none was matched to.
    pub lines: LineItems,
    /// The bank account of payments; absent when payments do not go.
    pub payments_account: Option<PaymentsAccount>,
    /// The ledger's word for each status of an invoice.
    pub status: StatusTable,
    /// The same of other kinds of documents, where the file says any.
    pub statuses: BTreeMap<Kind, StatusTable>,
    /// Tax.
    pub tax: Tax,
    /// Interest and late fees.
    pub finance_charges: Located<FinanceCharges>,
    /// When an invoice is due.
    pub due: Due,
    /// What is left out.
    pub skip: Skip,
    /// Payments larger than what is owed.
    pub overpayment: Located<Overpayment>,
    /// Money paid back.
    pub refunds: Located<Refunds>,
    /// What stops a run that looks wrong.
    pub guard: Guard,
    /// The tables that rules look things up in.
    pub tables: BTreeMap<Box<str>, LookupTable>,
    /// The rule files, in order, as the tenant names them.
    pub rules: Box<[Located<Box<str>>]>,
    /// Who is told.
    pub notify: Notify,
    pub(super) files: Box<[Arc<str>]>,
}

impl Mapping {
    /// Where a value is written, as people read it.
    pub fn place(&self, at: At) -> Place {
        Place {
            file: self.file(at).to_owned(),
            line: at.line,
            column: u32::from(at.column),
        }
    }

    fn file(&self, at: At) -> &str {
        let file = self.files.get(usize::from(at.file));
        file.map_or("", |f| f)
    }

    /// That a key of this mapping sets a field.
    pub fn by<'t>(&'t self, key: impl Into<SetKey<&'t str>>, at: At) -> SetBy<&'t str> {
        let place = (at.line, u32::from(at.column));
        SetBy::Mapping(key.into(), self.file(at), place)
    }

    /// The rule files, in order.
    pub fn rule_files(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|r| r.value.as_ref())
    }
}
