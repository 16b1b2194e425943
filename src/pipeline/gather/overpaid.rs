//! What of a document's payments was sent as a credit of the contact, by our own journal.
//!
//! Flows in: a linked document. Flows out: amounts by the payment's source id. The journal is read only where the ledger
//! takes such credits. One of which the link is gone was taken out of the ledger: it is made anew where it is wanted.

use super::super::ports::StoreError;
use super::super::tenant::Tenant;
use crate::model::{Draft, Invoice, Kind, Link, Op, PaymentKind, SentCredit, WriteState};
use std::collections::BTreeMap;

/// What was sent.
pub(super) async fn of(
    t: &Tenant<'_>,
    invoice: &Invoice,
    link: Option<&Link>,
) -> Result<BTreeMap<String, SentCredit>, StoreError> {
    let mut out = BTreeMap::new();
    let paid = (invoice.payments.iter()).any(|p| p.kind == PaymentKind::Payment);
    if !paid || link.is_none() || !t.target.facts.does(Kind::Overpayment, Op::Create) {
        return Ok(out);
    }
    let document = t.here(Kind::Invoice, &invoice.id);
    for w in t.memory.writes(t.tenant(), &document).await? {
        // What never left is worked out anew.
        let given_up = matches!(w.state, WriteState::Superseded | WriteState::Refused);
        let sent = w.first_sent.is_some() || w.state == WriteState::Linked;
        if w.kind != Kind::Overpayment || given_up || !sent {
            continue;
        }
        let linked = w.state == WriteState::Linked;
        let link = t.memory.link(t.tenant(), &w.of).await?;
        if let (Draft::Invoice(d), false) = (&w.draft, linked && link.is_none()) {
            let credit = SentCredit {
                amount: d.total,
                linked,
                target_id: link.map(|l| l.other.id.0).unwrap_or_default(),
            };
            out.insert(w.of.id.0, credit);
        }
    }
    Ok(out)
}
