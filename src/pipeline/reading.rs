//! What the source's records say, read from their text with what its connection says today.
//!
//! Flows in: a stored record. Flows out: its invoice, or why it cannot be read. How a record was read when it came in counts
//! no more once the connection says otherwise: the version that the two books were agreed on is read with the same settings,
//! so that between it and today's only what the source changed is a difference. Money keeps the ids that it is known by
//! since it was read first, for some are made of its day: it is posted under these.

use super::ports::{DocRow, Memory, StoreError};
use crate::connectors::{Reads, Settings};
use crate::model::{Currency, Document, Invoice, Kind, Link, Payment, SourceRecord, TenantId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a source's records are read today.
pub struct SourceReading<'a> {
    /// By whom.
    pub reads: &'a dyn Reads,
    /// What the connection says.
    pub settings: Arc<Settings>,
    /// What the source works in.
    pub currency: Currency,
}

/// What the newest record of a document says.
pub enum SourceSaid {
    /// There is no record.
    Nothing,
    /// It cannot be read with what the connection says.
    Unread(String),
    /// An invoice.
    Invoice {
        /// As it is read today.
        invoice: Box<Invoice>,
        /// The record that says it, where it was kept as something else.
        anew: Option<Box<SourceRecord>>,
    },
}

impl SourceReading<'_> {
    /// A record's invoice as it is read today, its money under the ids it is kept by; nothing where it is no invoice.
    ///
    /// # Errors
    /// A sentence: what cannot be read.
    pub fn again(&self, record: &SourceRecord) -> Result<Option<Box<Invoice>>, String> {
        let Some((mut now, names)) = self.named(record)? else {
            return Ok(None);
        };
        known_as(&mut now.payments, &names);
        Ok(Some(now))
    }

    /// A record's invoice, and which of the ids it gives today are known as others.
    #[allow(clippy::type_complexity)]
    fn named(
        &self,
        record: &SourceRecord,
    ) -> Result<Option<(Box<Invoice>, BTreeMap<String, String>)>, String> {
        let Document::Invoice(kept) = &record.document else {
            return Ok(None);
        };
        let now = self.reads.read_again(&self.settings, &record.raw)?;
        match as_document(now, record.kind, self.currency) {
            Document::Invoice(now) if now.id == record.id => {
                let now = Box::new(now.kept_as(record.kind));
                let names = names(&kept.payments, &now.payments);
                Ok(Some((now, names)))
            }
            Document::Invoice(now) => Err(format!("it is read as another one, {}", now.number)),
            _ => Err("it is read as something else than an invoice".to_owned()),
        }
    }

    /// By which number a record's document goes today, where it goes by another id than the one it is known by.
    pub fn renumbered(&self, record: &SourceRecord) -> Option<String> {
        match self.reads.read_again(&self.settings, &record.raw) {
            Ok(Document::Invoice(now)) if now.id != record.id => Some(now.number),
            _ => None,
        }
    }

    /// What the newest record of a document says.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest(
        &self,
        memory: &dyn Memory,
        tenant: &TenantId,
        row: &DocRow,
    ) -> Result<SourceSaid, StoreError> {
        let Some(record) = memory.record(tenant, &row.key).await? else {
            return Ok(SourceSaid::Nothing);
        };
        let link = memory.link(tenant, &row.key).await?;
        self.said(memory, (tenant, row), record, link.as_ref())
            .await
    }

    /// What a record says, which is the newest of a document with that link.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn said(
        &self,
        memory: &dyn Memory,
        (tenant, row): (&TenantId, &DocRow),
        mut record: SourceRecord,
        link: Option<&Link>,
    ) -> Result<SourceSaid, StoreError> {
        let mut now = match self.again(&record) {
            Ok(Some(now)) => now,
            Ok(None) => return Ok(SourceSaid::Nothing),
            Err(why) => return Ok(SourceSaid::Unread(why)),
        };
        if !now.payments.is_empty() {
            let names = self.earlier(memory, (tenant, row), link).await?;
            known_as(&mut now.payments, &names);
        }
        let read = Document::Invoice(now.clone());
        let as_kept = read == record.document;
        record.number.clone_from(&now.number);
        record.document = read;
        Ok(SourceSaid::Invoice {
            invoice: now,
            anew: (!as_kept).then(|| Box::new(record)),
        })
    }

    /// By which ids the money of earlier versions is known, of the ids that it would be given today.
    async fn earlier(
        &self,
        memory: &dyn Memory,
        (tenant, row): (&TenantId, &DocRow),
        link: Option<&Link>,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let agreed = link.map_or("", |l| l.version.as_str());
        let decided = row.decided.as_ref().map_or("", |d| d.0.as_str());
        let versions: BTreeSet<&str> = BTreeSet::from([agreed, decided]);
        let mut out = BTreeMap::new();
        for version in versions {
            if version.is_empty() || version == row.version.0 {
                continue;
            }
            let record = memory.record_at(tenant, &row.key, version).await?;
            // What cannot be read any more names nothing.
            let named = record.and_then(|r| self.named(&r).ok().flatten());
            out.extend(named.map(|(_, names)| names).unwrap_or_default());
        }
        Ok(out)
    }
}

/// What was read of a contact, as the document that it is where it goes by itself.
pub fn as_document(read: Document, kind: Kind, currency: Currency) -> Document {
    match read {
        Document::Contact(c) if kind.is_party() => {
            Document::Invoice(Box::new(Invoice::of_contact(c, currency)))
        }
        other => other,
    }
}

/// Which of the ids that money is given today is known under which other one: both lists are read from one text, so that
/// each payment of the one is in the other. Those of one id are one; of the rest what is alike but for its day, then but for its
/// amount, then whatever is left, in order.
fn names(kept: &[Payment], now: &[Payment]) -> BTreeMap<String, String> {
    type Alike = fn(&Payment, &Payment) -> bool;
    const WAYS: [Alike; 3] = [
        |a, b| same_texts(a, b) && a.amount == b.amount,
        |a, b| same_texts(a, b) && a.date == b.date,
        |a, b| a.kind == b.kind,
    ];
    let without = |list: &'_ [Payment], p: &Payment| list.iter().all(|o| o.id != p.id);
    let mut left: Vec<&Payment> = kept.iter().filter(|p| without(now, p)).collect();
    let mut new: Vec<&Payment> = now.iter().filter(|p| without(kept, p)).collect();
    let mut out = BTreeMap::new();
    for alike in WAYS {
        new.retain(|p| {
            let Some(place) = left.iter().position(|k| alike(k, p)) else {
                return true;
            };
            out.insert(p.id.clone(), left.remove(place).id.clone());
            false
        });
    }
    out
}

fn same_texts(a: &Payment, b: &Payment) -> bool {
    (a.kind, &a.method, &a.reference) == (b.kind, &b.method, &b.reference)
}

/// Gives money the ids it is known by. No two are given one.
fn known_as(payments: &mut [Payment], names: &BTreeMap<String, String>) {
    if names.is_empty() {
        return;
    }
    let named: BTreeSet<String> = (payments.iter())
        .filter_map(|p| names.get(&p.id).cloned())
        .collect();
    let mut given: BTreeSet<String> = named.clone();
    let mut all = BTreeMap::new();
    for p in payments.iter_mut() {
        let id = match names.get(&p.id) {
            Some(known) => known.clone(),
            // Another one that came up since may be given today what an older one is known by.
            None => {
                let free = |id: &String| !given.contains(id);
                let others = (2..).map(|n| format!("{}/{n}", p.id));
                let own = std::iter::once(p.id.clone()).chain(others).find(free);
                own.unwrap_or_else(|| p.id.clone())
            }
        };
        given.insert(id.clone());
        all.insert(std::mem::replace(&mut p.id, id.clone()), id);
    }
    for p in payments {
        if let Some(known) = all.get(&p.refunds) {
            p.refunds.clone_from(known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PaymentKind;
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    /// Payments without ids of their own: known by day and amount, and counted where these are alike.
    fn read(rows: &[(u64, i64)]) -> Vec<Payment> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let mut all: Vec<Payment> = Vec::new();
        for (day, amount) in rows {
            let id = format!("{day}/{amount}");
            let alike = all
                .iter()
                .filter(|p| p.id.starts_with(&format!("{id}#")))
                .count();
            all.push(Payment {
                id: format!("{id}#{alike}"),
                kind: PaymentKind::Payment,
                date: first + Days::new(*day),
                at: None,
                amount: Decimal::new(*amount, 0),
                method: String::new(),
                reference: String::new(),
                refunds: String::new(),
                settled: true,
            });
        }
        all.sort_by_key(|p| (p.date, p.id.clone()));
        all
    }

    fn ids(payments: &[Payment]) -> BTreeSet<String> {
        payments.iter().map(|p| p.id.clone()).collect()
    }

    proptest! {
        /// However the days of one text are read: its money is known as before, each once, and stays so.
        #[test]
        fn money_keeps_the_ids_it_is_known_by(
            rows in proptest::collection::vec((0u64..12, 1i64..4), 0..7),
            (times, beyond) in (1u64..12, 0u64..12),
            more in proptest::collection::vec((0u64..12, 1i64..4), 0..3),
        ) {
            let kept = read(&rows);
            let other = |r: &(u64, i64)| ((r.0 * times + beyond) % 12, r.1);
            let turned: Vec<(u64, i64)> = rows.iter().map(other).collect();
            let mut now = read(&turned);
            let known = names(&kept, &now);
            known_as(&mut now, &known);
            prop_assert_eq!(ids(&now), ids(&kept));
            prop_assert!(names(&kept, &now).is_empty());
            // What came in since is another one, whatever id it would be given by itself.
            let mut later = read(&[turned, more.clone()].concat());
            let all = later.len();
            known_as(&mut later, &known);
            prop_assert_eq!(ids(&later).len(), all);
            if more.is_empty() {
                prop_assert_eq!(ids(&later), ids(&kept));
            }
        }
    }
}
