//! The customers of a source: their values, as its records say them, and whose contact of the ledger is whose.
//!
//! Flows in: the contact of each new version of a document. Flows out: who else has a customer's name or address, and
//! which contacts are linked with somebody else. Each question has its index. A database of before this table goes through
//! its records once, when it is opened.

use super::Store;
use super::packed::unpack;
use super::rows::{blob, number, text};
use super::sql::{Db, Sql, limit, parts, sql};
use crate::model::{BookId, Contact, Document, Kind, SourceRecord, TenantId, folded};
use crate::pipeline::plan::contact_id;
use crate::pipeline::ports::{Alike, AlikeCustomer, CustomerKeys, Customers, StoreError};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The note that says whether the records of before wait to be gone through, and what it says once they have been.
const NOTE: &str = "customers";
const DONE: &str = "known";

/// Records gone through at a time.
const PAGE: usize = 500;

/// Takes in what a record says of its customer.
pub async fn save(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    record: &SourceRecord,
) -> Result<(), StoreError> {
    match SaidCustomer::of(record) {
        Some(customer) => save_all(db, tenant, book, &[customer]).await,
        None => Ok(()),
    }
}

/// What a record says of its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidCustomer {
    /// Its id, under which it is linked.
    pub id: String,
    name: String,
    parent: String,
    email: String,
    party: String,
}

impl SaidCustomer {
    /// Of a record; nothing where it is of something else than a document.
    pub fn of(record: &SourceRecord) -> Option<Self> {
        let Document::Invoice(invoice) = &record.document else {
            return None;
        };
        let c: &Contact = &invoice.contact;
        let parent = c.parent.as_ref().map_or("", |p| p.name.as_str());
        let id = contact_id(c).0;
        Some(Self {
            name: folded(&c.shown().0),
            parent: folded(parent),
            email: folded(&c.email),
            party: c.who(&id).to_owned(),
            id,
        })
    }
}

/// Takes in what records say of their customers, each of whom is among them once.
pub async fn save_all(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    all: &[SaidCustomer],
) -> Result<(), StoreError> {
    for some in parts(all) {
        put(db, tenant, book, some).await?;
    }
    Ok(())
}

async fn put(
    db: &mut Db,
    tenant: &str,
    book: &BookId,
    all: &[SaidCustomer],
) -> Result<(), StoreError> {
    // What a record does not say, it does not take back.
    let mut enter = sql(
        "INSERT INTO customers (tenant, book, id, name, parent, email, party, several) VALUES ($1,$2,$3,$4,$5,$6,$7,0)
         ON CONFLICT (tenant, book, id) DO UPDATE SET party = excluded.party, name = excluded.name, parent = excluded.parent,
           email = CASE WHEN excluded.email = '' THEN customers.email ELSE excluded.email END,
           several = CASE WHEN excluded.email <> '' AND customers.email <> '' AND customers.email <> excluded.email
             THEN 1 ELSE customers.several END",
    )
    .rows(all.len());
    for c in all {
        enter = (enter.bind(tenant.to_owned()))
            .bind(book.as_str().to_owned())
            .bind(c.id.clone())
            .bind(c.name.clone())
            .bind(c.parent.clone())
            .bind(c.email.clone())
            .bind(c.party.clone());
    }
    enter.put_off(db).await?;
    Ok(())
}

async fn one(db: &mut Db, ask: Sql) -> Result<Option<AlikeCustomer>, StoreError> {
    ask.maybe(db, |r| {
        Ok(AlikeCustomer {
            id: text(r, "id")?,
            name: text(r, "name")?,
            email: text(r, "email")?,
        })
    })
    .await
}

/// Who else has a customer's values.
pub async fn alike(db: &mut Db, tenant: &str, keys: CustomerKeys<'_>) -> Result<Alike, StoreError> {
    let (name, email) = (folded(keys.name), folded(keys.email));
    let parent = keys.parent.map(folded);
    let (book, id) = (keys.book.as_str(), keys.id.0.as_str());
    let mut out = Alike::default();
    if !email.is_empty() {
        let ask = sql(
            "SELECT id, name, email FROM customers WHERE tenant = $1 AND book = $2 AND email = $3 AND party <> $4 ORDER BY id LIMIT 1",
        );
        out.email = one(
            db,
            ask.bind(tenant).bind(book).bind(&email).bind(keys.party),
        )
        .await?;
    }
    let of_name = "SELECT id, name, email FROM customers WHERE tenant = $1 AND book = $2 AND name = $3 AND party <> $4
          AND ($5 = '' OR email = $5) AND ($6 = 1 OR parent = $7) ORDER BY id LIMIT 1";
    let any = i64::from(parent.is_none());
    let parent = parent.unwrap_or_default();
    for (wanted, found) in [("", &mut out.name), (email.as_str(), &mut out.both)] {
        // Who has both has the name.
        if !name.is_empty() && (wanted.is_empty() || out.email.is_some()) {
            let ask = sql(of_name)
                .bind(tenant)
                .bind(book)
                .bind(&name)
                .bind(keys.party);
            let ask = ask.bind(wanted).bind(any).bind(&parent);
            *found = one(db, ask).await?;
        }
    }
    if email.is_empty() {
        out.both = None;
    }
    let several = sql("SELECT several FROM customers WHERE tenant = $1 AND book = $2 AND id = $3");
    let several = several.bind(tenant).bind(book).bind(id);
    let several = several.maybe(db, |r| number(r, "several")).await?;
    out.several = several == Some(1);
    Ok(out)
}

/// With which other customer of the source a contact of the ledger is linked.
async fn owner(
    db: &mut Db,
    tenant: &str,
    (book, party): (&BookId, &str),
    ledger: &BookId,
    contact: &str,
) -> Result<Option<String>, StoreError> {
    sql(
        "SELECT t.id FROM things o JOIN links l ON l.tenant = o.tenant AND l.other = o.thing JOIN things t ON t.thing = l.thing
          WHERE o.tenant = $1 AND o.book = $2 AND o.kind = $6 AND o.id = $3
            AND t.book = $4 AND t.kind = $6
            AND COALESCE((SELECT c.party FROM customers c WHERE c.tenant = t.tenant AND c.book = t.book AND c.id = t.id), t.id) <> $5
          LIMIT 1",
    )
    .bind(tenant)
    .bind(ledger.as_str())
    .bind(contact)
    .bind(book.as_str())
    .bind(party)
    .bind(Kind::Contact.as_str())
    .maybe(db, |r| text(r, "id"))
    .await
}

#[async_trait]
impl Customers for Store {
    async fn alike(&self, tenant: &TenantId, keys: CustomerKeys<'_>) -> Result<Alike, StoreError> {
        alike(&mut *self.read().await?, tenant.as_str(), keys).await
    }

    async fn party(
        &self,
        tenant: &TenantId,
        book: &BookId,
        id: &str,
    ) -> Result<String, StoreError> {
        let ask = sql("SELECT party FROM customers WHERE tenant = $1 AND book = $2 AND id = $3");
        let ask = ask.bind(tenant.as_str()).bind(book.as_str()).bind(id);
        let db = &mut *self.read().await?;
        let known = ask.maybe(db, |r| text(r, "party")).await?;
        Ok(known.unwrap_or_else(|| id.to_owned()))
    }

    async fn owners(
        &self,
        tenant: &TenantId,
        source: (&BookId, &str),
        ledger: &BookId,
        contacts: &[&str],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let db = &mut *self.read().await?;
        let mut out = BTreeMap::new();
        for contact in contacts {
            let found = owner(db, tenant.as_str(), source, ledger, contact).await?;
            out.extend(found.map(|id| ((*contact).to_owned(), id)));
        }
        Ok(out)
    }
}

impl Store {
    /// Goes through the records of a database of before, if it has any.
    pub(super) async fn know_customers(&self) -> Result<(), StoreError> {
        if self.note(NOTE).await?.as_deref() == Some(DONE) {
            return Ok(());
        }
        let tenants =
            sql("SELECT tenant, book FROM books WHERE side = 'source' ORDER BY tenant, book")
                .all(&mut *self.db().await?, |r| {
                    Ok((text(r, "tenant")?, text(r, "book")?))
                })
                .await?;
        for (tenant, book) in tenants {
            let mut after = 0;
            while let Some(last) = self.page(&tenant, &BookId::stored(&book), after).await? {
                after = last;
            }
        }
        sql("UPDATE meta SET value = $1 WHERE name = $2")
            .bind(DONE)
            .bind(NOTE)
            .run(&mut *self.db().await?)
            .await?;
        Ok(())
    }

    /// The newest records of some documents, in one transaction. Answers the last of them.
    async fn page(
        &self,
        tenant: &str,
        book: &BookId,
        after: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let ask = sql(
            "SELECT d.thing, t.book, r.body FROM documents d JOIN things t ON t.thing = d.thing
               JOIN records r ON r.tenant = d.tenant AND r.thing = d.thing AND r.version = d.version
              WHERE d.tenant = $1 AND d.thing > $2 ORDER BY d.thing LIMIT $3",
        );
        let rows: Vec<(i64, String, SourceRecord)> = ask
            .bind(tenant)
            .bind(after)
            .bind(limit(PAGE))
            .all(&mut tx, |r| {
                let record = unpack("a source record", &blob(r, "body")?)?;
                Ok((number(r, "thing")?, text(r, "book")?, record))
            })
            .await?;
        for (_, of, record) in &rows {
            if of == book.as_str() {
                save(&mut tx, tenant, book, record).await?;
            }
        }
        tx.commit().await?;
        Ok(rows.last().map(|(thing, ..)| *thing))
    }
}
