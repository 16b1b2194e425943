//! From a decision to the writes it asks for. Pure.

use super::decide::Decision;
use super::ports::{NewWrite, PLANNED, PaymentNote, draft_hash};
use super::protocol::Needs;
use crate::mapping::Mapping;
use crate::model::{
    ConnectionName, ContactDraft, ContactTarget, DocState, Draft, Invoice, Kind, LedgerInvoice,
    LedgerView, NaturalKey, Reason, SourceId, TenantId, Verdict, folded,
};

/// What a decision comes to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Where the document stands.
    pub state: DocState,
    /// Why.
    pub reason: Option<Reason>,
    /// What is to be written.
    pub writes: Vec<NewWrite>,
    /// What became of each payment.
    pub payments: Vec<PaymentNote>,
    /// Whether it changes a document that the ledger has.
    pub update: bool,
}

struct Keys<'a> {
    tenant: &'a TenantId,
    connection: &'a ConnectionName,
}

impl Keys<'_> {
    fn key(&self, kind: Kind, id: &SourceId, purpose: &str) -> NaturalKey {
        NaturalKey::new(self.tenant, self.connection, kind, id, purpose)
    }

    fn write(
        &self,
        kind: Kind,
        id: &SourceId,
        purpose: &str,
        draft: Draft,
        needs: Needs,
    ) -> NewWrite {
        NewWrite {
            key: self.key(kind, id, purpose).to_string(),
            // The stamp names the document for ever, whatever is done to it later.
            marker: self.key(kind, id, "create").marker().0,
            kind,
            source_id: id.clone(),
            draft,
            needs,
        }
    }
}

/// The number a contact carries in the ledger's contact-number field: connection and source id, so that
/// it is found again; at most 50 characters.
fn contact_number(connection: &ConnectionName, id: &str) -> String {
    let plain = format!("{connection}-{id}");
    let printable = plain.chars().all(|c| c.is_ascii_graphic());
    if plain.len() <= 50 && printable {
        return plain;
    }
    let hash = crate::model::Fingerprint::of(plain.as_bytes()).0;
    hash.chars().take(40).collect()
}

/// The id under which a document's contact is linked: its own, or its folded name where it has none (files).
pub fn contact_id(draft: &ContactDraft) -> SourceId {
    if draft.source.id.is_empty() {
        SourceId(format!("name:{}", folded(&draft.name)))
    } else {
        SourceId(draft.source.id.clone())
    }
}

/// What a decision asks to be written.
pub fn outcome(
    decision: &Decision,
    invoice: &Invoice,
    view: &LedgerView,
    mapping: &Mapping,
) -> Outcome {
    let keys = Keys {
        tenant: &mapping.tenant,
        connection: &mapping.from.value.connection,
    };
    let mut out = Outcome {
        state: DocState::Approved,
        reason: None,
        writes: Vec::new(),
        payments: notes(decision),
        update: false,
    };
    if let Some((state, reason)) = exit(&decision.verdict) {
        out.state = state;
        out.reason = Some(reason);
        return out;
    }
    let (Some((contact, target)), Some(draft)) = (&decision.contact, &decision.invoice) else {
        return out;
    };
    let contact_needs = contact_writes(&keys, contact, target, view, &mut out);
    let needs = Needs {
        contact_id: contact_needs.contact_id.clone(),
        contact_write: contact_needs.contact_write.clone(),
        ..Needs::default()
    };
    let id = &invoice.id;
    let draft = Draft::Invoice(draft.clone());
    let mut paid = Needs::default();
    let mut blocked = None;
    match &view.link {
        None => {
            let write = keys.write(Kind::Invoice, id, "create", draft, needs.clone());
            paid.document_write.clone_from(&write.key);
            out.writes.push(write);
        }
        Some(link) => {
            paid.document_id.clone_from(&link.target_id);
            let hash = draft_hash(&draft);
            if hash != link.draft && !decision.as_posted {
                match update(&keys, id, draft, &hash.0, needs.clone(), view) {
                    Ok(None) => {}
                    Ok(Some(write)) => {
                        out.update = true;
                        out.writes.push(write);
                    }
                    // The change waits for a person; money that came in does not.
                    Err(reason) => blocked = Some(reason),
                }
            }
        }
    }
    for p in &decision.payments {
        if let Some(draft) = &p.draft {
            let id = SourceId(p.id.clone());
            out.writes.push(keys.write(
                Kind::Payment,
                &id,
                "create",
                Draft::Payment(draft.clone()),
                paid.clone(),
            ));
        }
    }
    credits(&keys, decision, &needs, &mut out);
    settle_state(decision, view, &mut out);
    if let Some(reason) = blocked {
        out.state = DocState::Held;
        out.reason = Some(reason);
    }
    out
}

fn contact_writes(
    keys: &Keys<'_>,
    contact: &ContactDraft,
    target: &ContactTarget,
    view: &LedgerView,
    out: &mut Outcome,
) -> Needs {
    let id = contact_id(contact);
    let draft = Draft::Contact(contact.clone());
    let number = contact_number(keys.connection, &id.0);
    match target {
        ContactTarget::Create => {
            let needs = Needs {
                contact_number: number,
                ..Needs::default()
            };
            let write = keys.write(Kind::Contact, &id, "create", draft, needs);
            let needs = Needs {
                contact_write: write.key.clone(),
                ..Needs::default()
            };
            out.writes.push(write);
            needs
        }
        ContactTarget::Existing { id: target, .. } if target.starts_with(PLANNED) => Needs {
            contact_write: target[PLANNED.len()..].to_owned(),
            ..Needs::default()
        },
        ContactTarget::Existing { id: target, update } => {
            let hash = draft_hash(&draft);
            let changed = view.contact_link.as_ref().is_some_and(|l| l.draft != hash);
            if *update && changed {
                let needs = Needs {
                    contact_number: number,
                    update_id: target.clone(),
                    ..Needs::default()
                };
                let purpose = format!("update:{}", short(&hash.0));
                out.writes
                    .push(keys.write(Kind::Contact, &id, &purpose, draft, needs));
            }
            Needs {
                contact_id: target.clone(),
                ..Needs::default()
            }
        }
    }
}

fn short(hash: &str) -> String {
    hash.chars().take(16).collect()
}

fn update(
    keys: &Keys<'_>,
    id: &SourceId,
    draft: Draft,
    hash: &str,
    needs: Needs,
    view: &LedgerView,
) -> Result<Option<NewWrite>, Reason> {
    let Some(existing) = &view.existing else {
        return Err(Reason::new(
            "update.missing",
            "the document is linked, but the ledger no longer has it",
            "see in the ledger whether it was deleted; restore it, or remove the link",
        ));
    };
    let number = &existing.number;
    // A person made the two alike by hand and said so: there is nothing left to send.
    if view.retried && alike(&draft, existing) {
        return Ok(None);
    }
    if !existing.editable {
        return Err(Reason::new(
            "update.locked",
            format!(
                "{number} was changed in the source, but the ledger lets it be changed no more ({})",
                existing.status
            ),
            "make the same change in the ledger by hand, so that both come to the same, then retry",
        ));
    }
    let link_version = view.link.as_ref().map_or("", |l| l.target_version.as_str());
    // Our own payments move the version too; then only what people can change is compared.
    if existing.version != link_version && existing.payments.is_empty() && !view.retried {
        return Err(Reason::new(
            "update.conflict",
            format!("{number} was changed both in the source and in the ledger"),
            "compare the two: retry sends the source's over the ledger's; to keep the ledger's, change the source",
        ));
    }
    let needs = Needs {
        update_id: existing.id.clone(),
        update_version: existing.version.clone(),
        update_lines: existing.line_ids(),
        ..needs
    };
    let purpose = format!("update:{}", short(hash));
    Ok(Some(keys.write(Kind::Invoice, id, &purpose, draft, needs)))
}

/// Whether the ledger's copy comes to what the draft says, as far as a person would compare the two.
fn alike(draft: &Draft, existing: &LedgerInvoice) -> bool {
    let Draft::Invoice(d) = draft else {
        return false;
    };
    existing.total == d.total
        && existing.number == d.number
        && existing.date == Some(d.date)
        && (d.due.is_none() || existing.due == d.due)
        && existing.currency == d.currency.code()
}

fn credits(keys: &Keys<'_>, decision: &Decision, needs: &Needs, out: &mut Outcome) {
    for credit in &decision.credits {
        let id = SourceId(credit.refund.clone());
        let note = keys.write(
            Kind::CreditNote,
            &id,
            "create",
            Draft::Invoice(credit.note.clone()),
            needs.clone(),
        );
        let paid = Needs {
            document_write: note.key.clone(),
            of_credit_note: true,
            ..Needs::default()
        };
        out.writes.push(note);
        out.writes.push(keys.write(
            Kind::Payment,
            &id,
            "create",
            Draft::Payment(credit.payment.clone()),
            paid,
        ));
    }
}

fn exit(verdict: &Verdict) -> Option<(DocState, Reason)> {
    match verdict {
        Verdict::Keep => None,
        Verdict::Skip(r) => Some((DocState::Skipped, r.clone())),
        Verdict::Hold(r) => Some((DocState::Held, r.clone())),
        Verdict::Refuse(r) => Some((DocState::Refused, r.clone())),
    }
}

fn notes(decision: &Decision) -> Vec<PaymentNote> {
    let note = |p: &super::decide::PaymentDecision| PaymentNote {
        id: p.id.clone(),
        date: p.date,
        amount: p.amount,
        state: match (&p.verdict, p.linked) {
            (_, true) => "posted",
            (Verdict::Keep, _) => "planned",
            (Verdict::Skip(_), _) => "skipped",
            (Verdict::Hold(_), _) => "held",
            (Verdict::Refuse(_), _) => "refused",
        }
        .to_owned(),
        reason: p.verdict.reason().cloned(),
    };
    decision.payments.iter().map(note).collect()
}

/// A payment that is held keeps its document in sight; everything else about it goes on.
fn settle_state(decision: &Decision, view: &LedgerView, out: &mut Outcome) {
    let held = decision.payments.iter().find_map(|p| match &p.verdict {
        Verdict::Hold(r) | Verdict::Refuse(r) => Some(r.clone()),
        _ => None,
    });
    if let Some(reason) = held {
        out.state = DocState::Held;
        out.reason = Some(reason);
    } else if out.writes.is_empty() && view.link.is_some() {
        out.state = DocState::Verified;
    }
}
