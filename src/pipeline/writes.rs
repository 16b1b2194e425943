//! From a decision to the writes it asks for. Pure.

use super::decide::Decision;
use super::ports::{Learned, NewWrite, PLANNED, PaymentNote, Relink, draft_hash};
use super::protocol::Needs;
use crate::mapping::Mapping;
use crate::model::{
    ConnectionName, ContactDraft, ContactTarget, DocState, Draft, Fingerprint, Invoice,
    InvoiceDraft, Kind, LedgerInvoice, LedgerLine, LedgerView, LineDraft, Link, NaturalKey,
    PaymentKind, Reason, SourceId, TargetFacts, TenantId, Verdict, folded,
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
    /// What an approval of it is for.
    pub approval: Fingerprint,
    /// Why a part of it does not go with the rest.
    pub held: Option<Reason>,
    /// What was learned of links by reading the ledger.
    pub learned: Learned,
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
    facts: &TargetFacts,
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
        approval: Fingerprint::of(b""),
        held: None,
        learned: Learned {
            relink: None,
            forget: decision.forget.clone(),
            unlink: decision.unlink,
        },
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
        contact_source: contact_needs.contact_source.clone(),
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
            let moved = contact_moved(&needs, view);
            let changed = (hash != link.draft || moved) && !decision.as_posted;
            out.learned.relink = if decision.as_posted {
                relink_as_posted(link, view, invoice)
            } else if moved {
                None
            } else {
                relink(&draft, &hash, link, view, changed)
            };
            if changed && out.learned.relink.is_none() {
                let purpose = match moved {
                    false => hash.0,
                    true => {
                        let to = format!("{} {}", needs.contact_id, needs.contact_write);
                        Fingerprint::of(format!("{} {to}", hash.0).as_bytes()).0
                    }
                };
                match update(&keys, id, draft, &purpose, needs.clone(), view, facts) {
                    Ok(write) => {
                        out.update = true;
                        out.writes.push(write);
                    }
                    // The change waits for a person; money that came in does not.
                    Err(reason) => blocked = Some(reason),
                }
            }
        }
    }
    // What the source says came in: beyond that, money in the ledger is somebody else's word.
    paid.received = (invoice.payments.iter())
        .filter(|p| p.settled && p.kind == PaymentKind::Payment)
        .map(|p| p.amount)
        .sum();
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
    out.approval = approval(&keys, contact, &contact_needs, view, &out.writes);
    settle_state(decision, view, &mut out);
    if let Some(reason) = blocked {
        out.state = DocState::Held;
        out.reason = Some(reason);
    }
    if out.state == DocState::Held {
        out.held.clone_from(&out.reason);
    }
    out
}

/// What an approval is for: what would go, whom it is for, and what it changes. A contact that was planned when
/// a person looked and has been made since, by another document, is the same contact.
fn approval(
    keys: &Keys<'_>,
    contact: &ContactDraft,
    needs: &Needs,
    view: &LedgerView,
    writes: &[NewWrite],
) -> Fingerprint {
    let made = |l: &&Link| l.target_id == needs.contact_id && l.is_ours();
    let whom = match view.contact_link.as_ref().filter(made) {
        Some(link) => keys
            .key(Kind::Contact, &link.source_id, "create")
            .to_string(),
        None => format!("{}{}", needs.contact_write, needs.contact_id),
    };
    let contact = draft_hash(&Draft::Contact(contact.clone()));
    let what: Vec<_> = (writes.iter())
        .filter(|w| w.kind != Kind::Contact)
        .map(|w| (&w.key, &w.draft, &w.needs.update_id))
        .collect();
    let text = serde_json::to_string(&(whom, contact, what)).unwrap_or_default();
    Fingerprint::of(text.as_bytes())
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
        // It was made before, and a rule or the keys do not find it again: it is the same contact.
        ContactTarget::Create => {
            if let Some(made) = view.contact_link.as_ref().filter(|l| l.is_ours()) {
                return Needs {
                    contact_id: made.target_id.clone(),
                    ..Needs::default()
                };
            }
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
                    update_same: (view.contact_posted.as_ref())
                        .map_or(Vec::new(), |was| contact.same_fields(was)),
                    ..Needs::default()
                };
                let purpose = format!("update:{}", short(&hash.0));
                out.writes
                    .push(keys.write(Kind::Contact, &id, &purpose, draft, needs));
            }
            let known = contact.source.id.is_empty() || view.contact_link.is_some();
            Needs {
                contact_id: target.clone(),
                contact_source: if known { String::new() } else { id.0 },
                ..Needs::default()
            }
        }
    }
}

fn short(hash: &str) -> String {
    hash.chars().take(16).collect()
}

/// Whether a posted document is for another contact now than it was posted for.
fn contact_moved(needs: &Needs, view: &LedgerView) -> bool {
    let Some(posted) = view.posted.as_ref().filter(|p| !p.contact_id.is_empty()) else {
        return false;
    };
    if needs.contact_id == posted.contact_id {
        return false;
    }
    // A contact that was merged leads to its heir, and so did the ledger with the document.
    let heir = |e: &LedgerInvoice| e.contact_id == needs.contact_id;
    !view.existing.as_ref().is_some_and(heir)
}

/// A link that is put right because the ledger's copy, just read, says what the draft says: a person made the
/// two alike by hand where we no longer can, or corrected what the ledger had made of it.
fn relink(
    draft: &Draft,
    hash: &Fingerprint,
    link: &Link,
    view: &LedgerView,
    changed: bool,
) -> Option<Relink> {
    let (Draft::Invoice(d), Some(existing)) = (draft, &view.existing) else {
        return None;
    };
    let by_hand = view.retried && !existing.editable && same_lines(d, existing);
    if !alike(d, existing) || (changed && !by_hand) {
        return None;
    }
    let new = Relink {
        draft: hash.clone(),
        version: existing.version.clone(),
        amount: existing.total,
    };
    let known = link.draft == new.draft && link.amount == new.amount;
    (!known || changed).then_some(new)
}

/// The link of a document that stays as it was posted: what it comes to by now, where people have brought it
/// to what the source says.
fn relink_as_posted(link: &Link, view: &LedgerView, invoice: &Invoice) -> Option<Relink> {
    let existing = view.existing.as_ref()?;
    let agrees = existing.total == invoice.total && existing.total != link.amount;
    agrees.then(|| Relink {
        draft: link.draft.clone(),
        version: existing.version.clone(),
        amount: existing.total,
    })
}

fn update(
    keys: &Keys<'_>,
    id: &SourceId,
    draft: Draft,
    purpose: &str,
    needs: Needs,
    view: &LedgerView,
    facts: &TargetFacts,
) -> Result<NewWrite, Reason> {
    let Some(existing) = &view.existing else {
        return Err(Reason::new(
            "update.missing",
            "the document is linked, but the ledger no longer has it",
            "see in the ledger whether it was deleted; restore it, or say that the link is void: `crossfoot unlink TENANT NUMBER`",
        ));
    };
    let number = &existing.number;
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
    // A word is about what was shown: an edit made since is told first. One who took our payment out so that the
    // document can be changed has had a look at it.
    let shown = view.retried
        && (view.shown.as_ref() == Some(&existing.version) || !view.taken_out.is_empty());
    // Our own payments move the version too; then only what people can change is compared.
    if existing.version != link_version && existing.payments.is_empty() && !shown {
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
        update_status: further(&draft, existing, facts),
        ..needs
    };
    let purpose = format!("update:{}", short(purpose));
    Ok(keys.write(Kind::Invoice, id, &purpose, draft, needs))
}

/// The status a change is sent with: the draft's, unless a person has taken the document further since.
fn further(draft: &Draft, existing: &LedgerInvoice, facts: &TargetFacts) -> String {
    let Draft::Invoice(d) = draft else {
        return String::new();
    };
    let rank = |word: &str| facts.statuses.iter().position(|s| *s == word);
    match (rank(&d.status), rank(&existing.status)) {
        (Some(ours), Some(is)) if is > ours => existing.status.clone(),
        _ => d.status.clone(),
    }
}

/// Whether the head of the ledger's copy says what the draft says.
fn alike(d: &InvoiceDraft, existing: &LedgerInvoice) -> bool {
    existing.total == d.total
        && existing.number == d.number
        && existing.date == Some(d.date)
        && (d.due.is_none() || existing.due == d.due)
        && existing.currency == d.currency.code()
}

/// Whether the lines come to the same in the books: texts may be a person's own.
fn same_lines(d: &InvoiceDraft, existing: &LedgerInvoice) -> bool {
    let same = |(want, is): (&LineDraft, &LedgerLine)| {
        want.quantity * want.unit_amount == is.quantity * is.unit_amount
            && want.account == is.account
            && (want.tax.is_empty() || want.tax == is.tax)
            && want.tracking == is.tracking
    };
    d.lines.len() == existing.lines.len() && d.lines.iter().zip(&existing.lines).all(same)
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
