//! What of a document's payments was sent as a credit of the contact, by our own journal.
//!
//! Flows in: the document and the links of its payments. Flows out: amounts by the payment's source id. The journal is
//! read only where the ledger takes such credits and a payment is not posted as it stands.

use super::super::ports::StoreError;
use super::super::tenant::Tenant;
use crate::model::{Draft, Invoice, Kind, Link, Op, PaymentKind, SentCredit, WriteState};
use std::collections::BTreeMap;

/// What was sent.
pub(super) async fn of(
    t: &Tenant<'_>,
    invoice: &Invoice,
    links: &BTreeMap<String, Link>,
) -> Result<BTreeMap<String, SentCredit>, StoreError> {
    let mut out = BTreeMap::new();
    let whole = |id: &str| links.get(id).map(|l| l.amount);
    let odd = (invoice.payments.iter())
        .any(|p| p.kind == PaymentKind::Payment && whole(&p.id) != Some(p.amount));
    if !odd || !t.target.facts.does(Kind::Overpayment, Op::Create) {
        return Ok(out);
    }
    let document = t.here(Kind::Invoice, &invoice.id);
    for w in t.memory.writes(t.tenant(), &document).await? {
        // What never left is worked out anew.
        let given_up = matches!(
            w.state,
            WriteState::Superseded | WriteState::Cancelled | WriteState::Refused
        );
        let sent = w.first_sent.is_some() || w.state == WriteState::Linked;
        if w.kind != Kind::Overpayment || given_up || !sent {
            continue;
        }
        if let Draft::Invoice(d) = w.draft {
            let linked = w.state == WriteState::Linked;
            let amount = d.total;
            out.insert(w.of.id.0, SentCredit { amount, linked });
        }
    }
    Ok(out)
}
