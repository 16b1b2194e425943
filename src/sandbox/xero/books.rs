//! One organisation's books: the tables that hold its nouns.
//!
//! Every look-up that a create needs is keyed, so that the thousandth invoice costs what the first did.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

pub(super) use super::nouns::{
    Account, Allocation, Attachment, Category, Contact, Doc, Item, Kind, Line, Note, Payment,
    TaxPart, TaxRate, Trade, applies, class,
};
use super::switches::Switches;
use super::table::{Table, Undo};

/// One organisation and its books.
#[derive(Debug, Clone)]
pub(super) struct Org {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) country: String,
    pub(super) version: &'static str,
    pub(super) currency: String,
    pub(super) timezone: String,
    pub(super) created: DateTime<Utc>,
    pub(super) period_lock: Option<NaiveDate>,
    pub(super) year_lock: Option<NaiveDate>,
    pub(super) offline: bool,
    pub(super) approve_limit: Option<u64>,
    pub(super) approved: u64,
    pub(super) next_number: [u64; 4],
    pub(super) currencies: BTreeMap<String, Decimal>,
    pub(super) tracking: Vec<Category>,
    pub(super) tax_rates: Table<String, TaxRate>,
    pub(super) accounts: Table<Uuid, Account>,
    pub(super) account_codes: Table<String, Uuid>,
    pub(super) items: Table<Uuid, Item>,
    pub(super) item_codes: Table<String, Uuid>,
    pub(super) contacts: Table<Uuid, Contact>,
    pub(super) contact_names: Table<String, Uuid>,
    pub(super) contact_numbers: Table<String, Uuid>,
    pub(super) contact_accounts: Table<String, Uuid>,
    pub(super) invoices: Table<Uuid, Doc>,
    pub(super) invoice_numbers: Table<String, Uuid>,
    pub(super) credit_notes: Table<Uuid, Doc>,
    pub(super) credit_numbers: Table<String, Uuid>,
    pub(super) overpayments: Table<Uuid, Doc>,
    pub(super) banks: Table<Uuid, Doc>,
    pub(super) orders: Table<Uuid, Doc>,
    pub(super) order_numbers: Table<String, Uuid>,
    pub(super) quotes: Table<Uuid, Doc>,
    pub(super) quote_numbers: Table<String, Uuid>,
    pub(super) contact_docs: Table<(Uuid, Uuid), Kind>,
    pub(super) payments: Table<Uuid, Payment>,
    pub(super) doc_payments: Table<(Uuid, Uuid), ()>,
    pub(super) allocations: Table<Uuid, Allocation>,
    pub(super) doc_allocations: Table<(Uuid, Uuid), ()>,
    pub(super) notes: Table<(Uuid, usize), Note>,
    pub(super) attachments: Table<(Uuid, String), Attachment>,
}

/// Where a savepoint was taken.
#[derive(Debug)]
pub(super) struct Mark(Vec<usize>, u64, [u64; 4]);

impl Org {
    /// One without anything in it.
    pub(super) fn blank(
        id: Uuid,
        name: &str,
        country: String,
        version: &'static str,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            name: name.into(),
            country,
            version,
            currency: String::new(),
            timezone: String::new(),
            created: now,
            period_lock: None,
            year_lock: None,
            offline: false,
            approve_limit: None,
            approved: 0,
            next_number: [0; 4],
            currencies: BTreeMap::new(),
            tracking: Vec::new(),
            tax_rates: Table::default(),
            accounts: Table::default(),
            account_codes: Table::default(),
            items: Table::default(),
            item_codes: Table::default(),
            contacts: Table::default(),
            contact_names: Table::default(),
            contact_numbers: Table::default(),
            contact_accounts: Table::default(),
            invoices: Table::default(),
            invoice_numbers: Table::default(),
            credit_notes: Table::default(),
            credit_numbers: Table::default(),
            overpayments: Table::default(),
            banks: Table::default(),
            orders: Table::default(),
            order_numbers: Table::default(),
            quotes: Table::default(),
            quote_numbers: Table::default(),
            contact_docs: Table::default(),
            payments: Table::default(),
            doc_payments: Table::default(),
            allocations: Table::default(),
            doc_allocations: Table::default(),
            notes: Table::default(),
            attachments: Table::default(),
        }
    }

    fn tables(&mut self) -> Vec<&mut dyn Undo> {
        vec![
            &mut self.tax_rates,
            &mut self.accounts,
            &mut self.account_codes,
            &mut self.items,
            &mut self.item_codes,
            &mut self.contacts,
            &mut self.contact_names,
            &mut self.contact_numbers,
            &mut self.contact_accounts,
            &mut self.invoices,
            &mut self.invoice_numbers,
            &mut self.credit_notes,
            &mut self.credit_numbers,
            &mut self.overpayments,
            &mut self.banks,
            &mut self.orders,
            &mut self.order_numbers,
            &mut self.quotes,
            &mut self.quote_numbers,
            &mut self.contact_docs,
            &mut self.payments,
            &mut self.doc_payments,
            &mut self.allocations,
            &mut self.doc_allocations,
            &mut self.notes,
            &mut self.attachments,
        ]
    }

    /// A savepoint.
    pub(super) fn mark(&mut self) -> Mark {
        let (approved, numbers) = (self.approved, self.next_number);
        Mark(
            self.tables().iter().map(|t| t.mark()).collect(),
            approved,
            numbers,
        )
    }

    /// Back to a savepoint.
    pub(super) fn rollback(&mut self, mark: &Mark) {
        for (table, at) in self.tables().into_iter().zip(&mark.0) {
            table.rollback(*at);
        }
        self.approved = mark.1;
        self.next_number = mark.2;
    }

    /// Makes everything final.
    pub(super) fn settle(&mut self) {
        for table in self.tables() {
            table.settle();
        }
    }

    /// An account by code.
    pub(super) fn account(&self, code: &str) -> Option<&Account> {
        self.accounts
            .get(self.account_codes.get(&code.to_string())?)
    }

    /// An item by code.
    pub(super) fn item(&self, code: &str) -> Option<&Item> {
        self.items.get(self.item_codes.get(&code.to_string())?)
    }

    /// The documents of a kind.
    pub(super) fn docs(&self, kind: Kind) -> &Table<Uuid, Doc> {
        match kind {
            Kind::Invoice => &self.invoices,
            Kind::CreditNote => &self.credit_notes,
            Kind::Overpayment => &self.overpayments,
            Kind::Bank => &self.banks,
            Kind::Order => &self.orders,
            Kind::Quote => &self.quotes,
        }
    }

    /// Writes a document and what finds it.
    pub(super) fn put_doc(&mut self, doc: Doc) {
        if let Some(before) = self.docs(doc.kind).get(&doc.id) {
            let (old_number, old_contact, id) = (before.number.clone(), before.contact, doc.id);
            if old_number != doc.number {
                self.drop_number(doc.kind, &old_number, id);
            }
            if old_contact != doc.contact {
                self.contact_docs.remove(&(old_contact, id));
            }
        }
        let numbered = !doc.number.is_empty() && doc.ty.starts_with("ACCREC");
        match doc.kind {
            Kind::Invoice if numbered => self.invoice_numbers.put(doc.number.clone(), doc.id),
            Kind::CreditNote if numbered => self.credit_numbers.put(doc.number.clone(), doc.id),
            Kind::Order => self.order_numbers.put(doc.number.clone(), doc.id),
            Kind::Quote => self.quote_numbers.put(doc.number.clone(), doc.id),
            _ => {}
        }
        if self.contact_docs.get(&(doc.contact, doc.id)).is_none() {
            self.contact_docs.put((doc.contact, doc.id), doc.kind);
        }
        match doc.kind {
            Kind::Invoice => self.invoices.put(doc.id, doc),
            Kind::CreditNote => self.credit_notes.put(doc.id, doc),
            Kind::Overpayment => self.overpayments.put(doc.id, doc),
            Kind::Bank => self.banks.put(doc.id, doc),
            Kind::Order => self.orders.put(doc.id, doc),
            Kind::Quote => self.quotes.put(doc.id, doc),
        }
    }

    fn drop_number(&mut self, kind: Kind, number: &str, id: Uuid) {
        let numbers = match kind {
            Kind::Invoice => &mut self.invoice_numbers,
            Kind::CreditNote => &mut self.credit_numbers,
            Kind::Order => &mut self.order_numbers,
            Kind::Quote => &mut self.quote_numbers,
            _ => return,
        };
        let key = number.to_string();
        if numbers.get(&key) == Some(&id) {
            numbers.remove(&key);
        }
    }

    /// The payments of a document, deleted ones too.
    pub(super) fn payments_of(&self, id: Uuid) -> impl Iterator<Item = &Payment> {
        let links = self
            .doc_payments
            .range((id, Uuid::nil())..=(id, Uuid::max()));
        links.filter_map(|((_, p), ())| self.payments.get(p))
    }

    /// The allocations from or to a document.
    pub(super) fn allocations_of(&self, id: Uuid) -> impl Iterator<Item = &Allocation> {
        let links = self
            .doc_allocations
            .range((id, Uuid::nil())..=(id, Uuid::max()));
        links.filter_map(|((_, a), ())| self.allocations.get(a))
    }

    /// The notes of a thing, in order.
    pub(super) fn notes_of(&self, id: Uuid) -> impl Iterator<Item = &Note> {
        self.notes.range((id, 0)..=(id, usize::MAX)).map(|(_, n)| n)
    }

    /// Whether a document has files.
    pub(super) fn has_attachments(&self, id: Uuid) -> bool {
        let range = (id, String::new())..=(id, char::MAX.to_string());
        self.attachments.range(range).next().is_some()
    }

    /// Adds a note.
    pub(super) fn note(&mut self, id: Uuid, changes: &str, details: &str, at: DateTime<Utc>) {
        let last = self
            .notes
            .range((id, 0)..=(id, usize::MAX))
            .map(|((_, n), _)| *n)
            .max();
        let note = Note {
            changes: changes.into(),
            details: details.into(),
            user: "System Generated".into(),
            at,
        };
        self.notes.put((id, last.map_or(0, |n| n + 1)), note);
    }

    /// The sentence for a day in a locked period, if it is one. The period's lock leaves an adviser alone.
    pub(super) fn locked(&self, sw: &Switches, day: NaiveDate) -> Vec<String> {
        let mut said = Vec::new();
        let bound = sw.is("user_role", "standard");
        if let Some(lock) = self.period_lock.filter(|lock| bound && day <= *lock) {
            said.push(super::texts::period_locked(lock));
        }
        if let Some(lock) = self.year_lock.filter(|lock| day <= *lock) {
            said.push(super::texts::year_locked(lock));
        }
        said
    }
}
