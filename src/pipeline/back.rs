//! The backward half of a tenant, seen as a flow of its own: its documents are our own papers in the ledger, as the mirror shows them,
//! and all that goes of them is money.
//!
//! Flows in: a paper of the mirror with its links. Flows out: a document with the payments that are on the paper, and the links by which
//! what the forward half has posted is known on this side. Left out: payments with our stamp that no link leads to, and those that
//! we made for another paper, since they are ours; and what is older than the file says. Nothing is asked of anybody: the mirror has been brought up to date.

use super::ports::PaidThere;
use crate::connectors::{Ask, CallError, Page, Reads, Session, Settings};
use crate::model::{
    Chart, Contact, Currency, DocStatus, Document, Fingerprint, Invoice, Key, Kind, LedgerPayment,
    Line, Link, LinkMade, Payment, PaymentKind, ReadFacts, Record, SourceId,
};
use async_trait::async_trait;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize as _;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Papers of the mirror, as documents.
pub struct PaidPapers;

/// The one there is.
pub static PAPERS: PaidPapers = PaidPapers;

/// What is claimed of them: no question goes out.
pub static FACTS: LazyLock<ReadFacts> = LazyLock::new(|| ReadFacts {
    kinds: BTreeMap::new(),
    documents: true,
    chart: false,
    payments_inside: true,
    payments_once: false,
    incremental: true,
    refunds: false,
    rates: false,
    values: 1,
    look_s: 0,
});

#[async_trait]
impl Reads for PaidPapers {
    async fn read(&self, session: &Session, _: &Ask) -> Result<Page, CallError> {
        Err(CallError::Broken {
            system: session.settings.system.clone(),
            why: "what comes back is read from the mirror".to_owned(),
        })
    }

    async fn chart(&self, session: &Session) -> Result<Chart, CallError> {
        Err(CallError::Broken {
            system: session.settings.system.clone(),
            why: "what comes back has no chart".to_owned(),
        })
    }

    fn read_again(&self, _: &Settings, raw: &Value) -> Result<Document, String> {
        let invoice = Invoice::deserialize(raw).map_err(|e| e.to_string())?;
        Ok(Document::Invoice(Box::new(invoice)))
    }
}

/// A paper with its links, turned round.
pub struct PaperBack {
    /// The document.
    pub record: Record,
    /// What it is, and what is on it, on the other side.
    pub links: Vec<Link>,
}

/// Turns a paper round; none where no document of ours leads to it any more.
///
/// # Errors
/// A sentence: what of it cannot be read.
pub fn turned(
    there: &PaidThere,
    sales: &dyn Reads,
    from: Option<NaiveDate>,
) -> Result<Option<PaperBack>, String> {
    let Some(link) = &there.link else {
        return Ok(None);
    };
    let order = &link.thing;
    let mut links = vec![Link {
        thing: link.other.clone(),
        other: order.clone(),
        // What stands in the source is its people's: only money is put to it.
        made: LinkMade::Person,
        number: String::new(),
        upon: None,
        ..bare(link)
    }];
    let template = sales.payment_read_as(&order.id.0);
    for paid in (there.payments.iter()).filter(|l| l.thing.kind == Kind::Payment) {
        let Some(id) = written_as(&template, &paid.thing.id.0) else {
            continue;
        };
        links.push(Link {
            thing: paid.other.clone(),
            other: Key::new(&order.book, Kind::Payment, &SourceId(id)),
            made: LinkMade::Matched,
            number: String::new(),
            upon: Some(order.clone()),
            ..bare(paid)
        });
    }
    let invoice = document(there, from)?;
    let raw = serde_json::to_value(&invoice).map_err(|e| e.to_string())?;
    Ok(Some(PaperBack {
        record: Record::of(
            Kind::Invoice,
            invoice.id.clone(),
            invoice.number.clone(),
            None,
            raw,
            Document::Invoice(Box::new(invoice)),
        ),
        links,
    }))
}

/// What was agreed is the other half's to know.
fn bare(link: &Link) -> Link {
    Link {
        version: String::new(),
        other_version: String::new(),
        draft: Fingerprint(String::new()),
        ..link.clone()
    }
}

/// The writer's id of a payment that the reader of sales calls otherwise.
pub(super) fn written_as(template: &str, id: &str) -> Option<String> {
    let (before, after) = template.split_once("{}")?;
    let rest = id.strip_prefix(before)?.strip_suffix(after)?;
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn document(there: &PaidThere, from: Option<NaiveDate>) -> Result<Invoice, String> {
    let paper = &there.paper;
    let linked = |id: &str| there.payments.iter().any(|l| l.other.id.0 == id);
    let over = paper.standing.is_over();
    let comes = |p: &&LedgerPayment| match linked(&p.id) {
        true => true,
        // With our stamp it is ours, though its answer may have been lost.
        false => {
            p.mark.is_none()
                && !there.moved.contains(&p.id)
                && from.is_none_or(|from| p.date >= from)
        }
    };
    let payments: Vec<Payment> = (paper.payments.iter().filter(|_| !over))
        .filter(comes)
        .map(payment)
        .collect();
    let date = paper.date.ok_or("the paper has no date")?;
    let currency = Currency::new(&paper.currency).map_err(|e| e.to_string())?;
    Ok(Invoice {
        number: paper.number.clone(),
        date,
        due: paper.due,
        status: DocStatus::Unpaid,
        contact: Contact {
            id: paper.contact_id.clone(),
            name: paper.contact_name.clone(),
            ..Contact::default()
        },
        lines: vec![Line {
            id: "1".to_owned(),
            name: paper.number.clone(),
            quantity: Decimal::ONE,
            unit_amount: paper.total,
            amount: Some(paper.total),
            ..Line::default()
        }],
        reckoned: paper.total,
        paid: payments.iter().map(|p| p.amount).sum(),
        payments,
        ..Invoice::bare(Kind::Invoice, SourceId(paper.id.clone()), currency)
    })
}

fn payment(p: &LedgerPayment) -> Payment {
    Payment {
        id: p.id.clone(),
        kind: PaymentKind::Payment,
        date: p.date,
        at: None,
        amount: p.amount,
        method: String::new(),
        reference: p.reference.clone(),
        refunds: String::new(),
        settled: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_is_called_by_the_writers_id_again() {
        assert_eq!(written_as("{}-101", "501-101").as_deref(), Some("501"));
        assert_eq!(written_as("{}", "abc").as_deref(), Some("abc"));
        for other in ["501-102", "-101", "903"] {
            assert_eq!(written_as("{}-101", other), None, "{other}");
        }
    }
}
