//! What concerns a whole chunk of documents, asked for ahead with a handful of statements.
//!
//! Flows in: the documents of a chunk, and what the source says of them. Flows out: the answers that gathering for one of them
//! would get one by one. What was not thought of is asked for then. Only a run, which has the flow, changes what is kept here:
//! where it does so between two documents, what was asked for ahead counts no more. Persons' words are not kept here.

use super::super::ports::{
    ByValue, ContactBy, ContactKeys, CustomerBy, DocRow, KnownCustomer, MAX_CANDIDATES,
    MirrorFound, PaperKeys, StoreError,
};
use super::super::tenant::Tenant;
use super::called::called;
use super::sought::{Customer, keys_of, mapped};
use crate::model::{
    Drift, Invoice, Key, Kind, LedgerContact, LedgerInvoice, Link, NaturalKey, PaymentKind,
    SeriesPlace, SourceId, SourceRecord, digits, folded,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// A tenant, with what concerns the documents that it decides on next.
pub struct Near<'a> {
    pub(super) t: &'a Tenant<'a>,
    records: BTreeMap<Key, Option<SourceRecord>>,
    links: BTreeMap<Key, Option<Link>>,
    given: BTreeMap<Key, Option<SeriesPlace>>,
    contacts: BTreeMap<(ContactBy, String), Vec<LedgerContact>>,
    customers: BTreeMap<(CustomerBy, String), Vec<KnownCustomer>>,
    /// Payments by what the source calls them apart from their documents.
    called: BTreeMap<String, Vec<SourceId>>,
    drifts: BTreeMap<Key, Vec<Drift>>,
    pub(super) marked: BTreeMap<(Kind, String), Vec<LedgerInvoice>>,
    pub(super) numbered: BTreeMap<(Kind, String), Vec<LedgerInvoice>>,
    /// Whether papers were read since, and with them what was done to documents.
    papers_read: AtomicBool,
    /// Papers under the chunk's numbers as the ledger shows them now, by their ids, once one of them was asked for.
    pub(super) now: Mutex<BTreeMap<(Kind, String), Option<LedgerInvoice>>>,
}

impl<'a> Deref for Near<'a> {
    type Target = Tenant<'a>;
    fn deref(&self) -> &Tenant<'a> {
        self.t
    }
}

/// What is looked for of the contacts and customers of a chunk.
#[derive(Default)]
struct Wanted {
    contacts: BTreeMap<ContactBy, BTreeSet<String>>,
    customers: BTreeMap<CustomerBy, BTreeSet<String>>,
}

impl Wanted {
    fn contact(&mut self, by: ContactBy, value: String) {
        if !value.is_empty() {
            self.contacts.entry(by).or_default().insert(value);
        }
    }

    fn customer(&mut self, by: CustomerBy, value: String) {
        if !value.is_empty() {
            self.customers.entry(by).or_default().insert(value);
        }
    }
}

/// A stamp of a document.
pub(super) fn stamp(t: &Tenant<'_>, of: &Key) -> String {
    NaturalKey::new(t.tenant(), of, "create").marker().0
}

/// Each of the values, with what answers to it: nothing of those to which more answer than are looked at.
fn by_value<K: Ord + Copy, T>(
    by: K,
    values: BTreeSet<String>,
    mut found: ByValue<T>,
) -> impl Iterator<Item = ((K, String), Vec<T>)> {
    values.into_iter().filter_map(move |value| {
        let all = found.remove(&value).unwrap_or_default();
        (all.len() <= MAX_CANDIDATES).then_some(((by, value), all))
    })
}

impl<'a> Near<'a> {
    /// What is known of some documents themselves: their newest records, the numbers that they were given, and their links.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(t: &'a Tenant<'a>, rows: &[DocRow]) -> Result<Self, StoreError> {
        let keys: BTreeSet<Key> = rows.iter().map(|r| r.key.clone()).collect();
        let mut records = t.memory.newest_records(t.tenant(), &keys).await?;
        let mut given = t.memory.given_numbers(t.tenant(), &keys).await?;
        let mut out = Self {
            t,
            records: (keys.iter())
                .map(|k| (k.clone(), records.remove(k)))
                .collect(),
            links: BTreeMap::new(),
            given: (keys.iter())
                .map(|k| (k.clone(), given.remove(k)))
                .collect(),
            contacts: BTreeMap::new(),
            customers: BTreeMap::new(),
            called: BTreeMap::new(),
            drifts: BTreeMap::new(),
            marked: BTreeMap::new(),
            numbered: BTreeMap::new(),
            papers_read: AtomicBool::new(false),
            now: Mutex::default(),
        };
        // Each may have been posted as another kind.
        let kinds = t.mapping.kinds();
        let all =
            (keys.iter()).flat_map(|k| kinds.iter().map(|kind| Key::new(&k.book, *kind, &k.id)));
        let all: BTreeSet<Key> = all.chain(keys.iter().cloned()).collect();
        out.know_links(all).await?;
        Ok(out)
    }

    /// The newest record of a document of the chunk, which is asked for once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record(&mut self, of: &Key) -> Result<Option<SourceRecord>, StoreError> {
        match self.records.remove(of) {
            Some(known) => Ok(known),
            None => self.memory.record(self.tenant(), of).await,
        }
    }

    /// What concerns documents of which it is known by now what the source says.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn know<'d>(
        &mut self,
        all: impl Iterator<Item = (&'d DocRow, &'d Invoice)> + Clone,
    ) -> Result<(), StoreError> {
        let t = self.t;
        let mut keys = BTreeSet::new();
        for (_, invoice) in all.clone() {
            keys.insert(t.here(Kind::Contact, &Customer::of(t, invoice).id));
            for p in &invoice.payments {
                let id = SourceId(p.id.clone());
                keys.insert(t.here(Kind::Payment, &id));
                if p.kind == PaymentKind::Refund {
                    keys.insert(t.here(Kind::CreditNote, &id));
                }
            }
        }
        self.know_links(keys).await?;
        let own = all.clone().flat_map(|(_, i)| called(t, i));
        self.know_called(own.map(|(own, _)| own).collect()).await?;
        let mut wanted = Wanted::default();
        for (_, invoice) in all.clone() {
            self.want(invoice, &mut wanted);
        }
        let (book, source) = (&t.books.ledger, &t.books.source);
        for (by, values) in wanted.contacts {
            let found = t.memory.contacts_by(t.tenant(), book, by, &values).await?;
            let found = found.map(|found| by_value(by, values, found));
            self.contacts.extend(found.into_iter().flatten());
        }
        for (by, values) in wanted.customers {
            let found = (t.memory).customers_by(t.tenant(), source, by, &values);
            let found = found.await?.map(|found| by_value(by, values, found));
            self.customers.extend(found.into_iter().flatten());
        }
        self.know_papers(all).await
    }

    /// Payments by what the source calls them, whichever document it keeps them on.
    async fn know_called(&mut self, called: BTreeSet<String>) -> Result<(), StoreError> {
        let called: Vec<String> = called.into_iter().collect();
        let (t, book) = (self.t, &self.t.books.source);
        let found = t.memory.payments_called(t.tenant(), book, &called).await?;
        self.called = called.into_iter().map(|own| (own, Vec::new())).collect();
        for (own, id) in found {
            self.called.entry(own).or_default().push(id);
        }
        Ok(())
    }

    /// Payments that the source calls so.
    pub(super) async fn payments_called(&self, own: &str) -> Result<Vec<SourceId>, StoreError> {
        if let Some(known) = self.called.get(own) {
            return Ok(known.clone());
        }
        let (t, own) = (self.t, [own.to_owned()]);
        let found = (t.memory).payments_called(t.tenant(), &t.books.source, &own);
        Ok(found.await?.into_iter().map(|(_, id)| id).collect())
    }

    /// By what the contacts of a document, and others with its customer's values, are looked for.
    fn want(&self, invoice: &Invoice, wanted: &mut Wanted) {
        let t = self.t;
        let (who, draft) = (Customer::of(t, invoice), mapped(t.mapping, invoice));
        let keys = keys_of(t, &draft);
        let link = self.links.get(&t.here(Kind::Contact, &who.id));
        let link = link.and_then(Option::as_ref);
        if let Some(link) = link {
            wanted.contact(ContactBy::Id, link.other.id.0.clone());
        }
        wanted.contact(ContactBy::Number, who.marks.number.clone());
        if who.marks.number.is_empty() {
            wanted.contact(ContactBy::Id, who.planned_id());
        }
        wanted.contact(ContactBy::Name, folded(keys.name));
        wanted.contact(ContactBy::Email, folded(keys.email));
        wanted.contact(ContactBy::Phone, digits(keys.phone));
        wanted.contact(ContactBy::Mobile, digits(keys.mobile));
        // Of a customer whose contact is linked no more is to be known, unless it is known by its name alone.
        if link.is_none() || invoice.contact.is_known_by_name() {
            wanted.customer(CustomerBy::Id, who.id.0.clone());
            wanted.customer(CustomerBy::Name, folded(&draft.source.shown().0));
            wanted.customer(CustomerBy::Email, folded(&draft.email));
        }
    }

    /// Papers under the stamps and numbers of the chunk, and what was done to its documents.
    async fn know_papers<'d>(
        &mut self,
        all: impl Iterator<Item = (&'d DocRow, &'d Invoice)> + Clone,
    ) -> Result<(), StoreError> {
        let t = self.t;
        let keys: BTreeSet<Key> = all.clone().map(|(row, _)| row.key.clone()).collect();
        let mut drifts = t.memory.drifts_of(t.tenant(), &keys).await?;
        let known = |k: Key| (k.clone(), drifts.remove(&k).unwrap_or_default());
        self.drifts.extend(keys.iter().cloned().map(known));
        for kind in Kind::DOCUMENTS {
            let own = all.clone().filter(|(row, _)| row.key.kind == kind);
            if own.clone().next().is_some() {
                self.know_papers_of(kind, own).await?;
            }
        }
        self.papers_read.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// The same of the documents of one kind.
    async fn know_papers_of<'d>(
        &mut self,
        kind: Kind,
        all: impl Iterator<Item = (&'d DocRow, &'d Invoice)> + Clone,
    ) -> Result<(), StoreError> {
        let t = self.t;
        let marks: Vec<String> = all.clone().map(|(row, _)| stamp(t, &row.key)).collect();
        // Who has a number is asked of documents that are not linked.
        let open = |row: &DocRow| !matches!(self.links.get(&row.key), Some(Some(_)));
        let numbers: BTreeSet<String> = (all.filter(|(row, _)| open(row)))
            .map(|(_, invoice)| invoice.number.clone())
            .collect();
        let numbers: Vec<String> = match t.target.facts.numbers_ours(kind) {
            true => numbers.into_iter().filter(|n| !n.is_empty()).collect(),
            false => Vec::new(),
        };
        let keys = PaperKeys {
            marks: &marks,
            numbers: &numbers,
            ..PaperKeys::default()
        };
        let book = &t.books.ledger;
        let found = t.memory.papers(t.tenant(), book, kind, keys).await?;
        let none = |values: Vec<String>| values.into_iter().map(move |v| ((kind, v), Vec::new()));
        self.marked.extend(none(marks));
        self.numbered.extend(none(numbers));
        for paper in found {
            let mark = paper.mark.clone().map(|m| (kind, m));
            if let Some(under) = mark.and_then(|m| self.marked.get_mut(&m)) {
                under.push(paper.clone());
            }
            if let Some(under) = self.numbered.get_mut(&(kind, paper.number.clone())) {
                under.push(paper);
            }
        }
        Ok(())
    }

    async fn know_links(&mut self, keys: BTreeSet<Key>) -> Result<(), StoreError> {
        let mut found = self.memory.links(self.tenant(), &keys).await?;
        let known = |k: Key| (k.clone(), found.remove(&k));
        self.links.extend(keys.into_iter().map(known));
        Ok(())
    }

    /// The link of a thing.
    pub(in super::super) async fn link(&self, of: &Key) -> Result<Option<Link>, StoreError> {
        match self.links.get(of) {
            Some(known) => Ok(known.clone()),
            None => self.memory.link(self.tenant(), of).await,
        }
    }

    /// The number of the tenant's own series that a document was given.
    pub(super) async fn given(&self, of: &Key) -> Result<Option<SeriesPlace>, StoreError> {
        match self.given.get(of) {
            Some(known) => Ok(known.clone()),
            None => self.memory.given_number(self.tenant(), of).await,
        }
    }

    /// Contacts of the mirror that answer to a key.
    pub(super) async fn contacts(&self, keys: ContactKeys<'_>) -> Result<MirrorFound, StoreError> {
        let by = [
            (ContactBy::Id, keys.id.to_owned()),
            (ContactBy::Number, keys.number.to_owned()),
            (ContactBy::Name, folded(keys.name)),
            (ContactBy::Email, folded(keys.email)),
            (ContactBy::Phone, digits(keys.phone)),
            (ContactBy::Mobile, digits(keys.mobile)),
        ];
        let mut found = BTreeMap::new();
        for key in by.into_iter().filter(|(_, value)| !value.is_empty()) {
            let Some(known) = self.contacts.get(&key) else {
                let book = &self.books.ledger;
                return self.memory.mirror_find(self.tenant(), book, keys).await;
            };
            found.extend(known.iter().map(|c| (c.id.clone(), c.clone())));
        }
        Ok(MirrorFound {
            contacts: found.into_values().collect(),
            ..MirrorFound::default()
        })
    }

    /// Customers of the source under a value, where that was asked for ahead.
    pub(super) fn customers(&self, by: CustomerBy, value: &str) -> Option<&[KnownCustomer]> {
        self.customers
            .get(&(by, value.to_owned()))
            .map(Vec::as_slice)
    }

    /// What was done to what is posted of a document.
    pub(super) async fn drifts(&self, of: &Key) -> Result<Vec<Drift>, StoreError> {
        match self.drifts.get(of) {
            Some(known) if !self.papers_read.load(Ordering::Relaxed) => Ok(known.clone()),
            _ => {
                let all = self.memory.drifts(self.tenant(), of).await?;
                Ok(all.into_iter().map(|d| d.drift).collect())
            }
        }
    }

    /// Papers of a kind under the stamp of a document.
    pub(super) async fn under_stamp(
        &self,
        kind: Kind,
        mark: &str,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let marks = [mark.to_owned()];
        let keys = PaperKeys {
            marks: &marks,
            ..PaperKeys::default()
        };
        let known = self.marked.get(&(kind, mark.to_owned()));
        self.papers(kind, known, keys).await
    }

    /// Papers of a kind under a number.
    pub(super) async fn under_number(
        &self,
        kind: Kind,
        number: &str,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        let numbers = [number.to_owned()];
        let keys = PaperKeys {
            numbers: &numbers,
            ..PaperKeys::default()
        };
        let known = self.numbered.get(&(kind, number.to_owned()));
        self.papers(kind, known, keys).await
    }

    async fn papers(
        &self,
        kind: Kind,
        known: Option<&Vec<LedgerInvoice>>,
        keys: PaperKeys<'_>,
    ) -> Result<Vec<LedgerInvoice>, StoreError> {
        match known {
            Some(known) if !self.papers_read.load(Ordering::Relaxed) => Ok(known.clone()),
            _ => {
                let book = &self.books.ledger;
                self.memory.papers(self.tenant(), book, kind, keys).await
            }
        }
    }

    /// A paper was read: what is known of papers, and of what was done to documents, is of before.
    pub(super) fn read_a_paper(&self) {
        self.papers_read.store(true, Ordering::Relaxed);
    }
}
