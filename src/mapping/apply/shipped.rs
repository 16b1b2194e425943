//! The shipped rules that a tenant's words switch on, and their twins in Rust.
//!
//! Flows in: the compiled words. Flows out: the names of the rules with what they are given, in the
//! order in which they run, and the same decisions made here. A test holds each rule and its twin to
//! the same answers; a twin is what a run without hooks uses.

use crate::mapping::config::{Mapping, Overpayment, ZeroTotal};
use crate::model::codes;
use crate::model::money::show;
use crate::model::{
    ContactDraft, DocStatus, Invoice, Payment, PaymentKind, Reason, Trace, Verdict,
};
use rust_decimal::Decimal;

/// A shipped rule that is switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchedRule {
    /// Its name: the file under `rules/` without `.rhai`.
    pub name: &'static str,
    /// What it is given, by name.
    pub params: Vec<(&'static str, String)>,
    /// The key that switches it on.
    pub key: &'static str,
    /// Where that is written.
    pub place: crate::model::Place,
}

impl Mapping {
    /// The shipped rules that are on, in the order in which they run.
    pub fn shipped_rules(&self) -> Vec<SwitchedRule> {
        let mut out = Vec::new();
        let mut add = |name, key, at, params| {
            out.push(SwitchedRule {
                name,
                params,
                key,
                place: self.place(at),
            });
        };
        let skip = &self.skip;
        if skip.made_by_integration.value {
            let at = skip.made_by_integration.at;
            add(
                "skip_made_by_integration",
                "skip.made_by_integration",
                at,
                vec![],
            );
        }
        if skip.already_synced.value {
            let at = skip.already_synced.at;
            add("skip_already_synced", "skip.already_synced", at, vec![]);
        }
        if skip.zero_total.value {
            add(
                "skip_zero_total",
                "skip.zero_total",
                skip.zero_total.at,
                vec![],
            );
        }
        if skip.drafts.value {
            add("skip_drafts", "skip.drafts", skip.drafts.at, vec![]);
        }
        if let Some(name) = &self.contacts.site_name {
            let params = vec![("template", name.value.to_string())];
            add("prefix_parent_name", "contacts.site_name", name.at, params);
        }
        let over = self.overpayment;
        let params = vec![("then", over.value.as_str().to_owned())];
        match over.value {
            Overpayment::Hold => add("hold_overpayment", "overpayment", over.at, params),
            Overpayment::Skip => add("skip_overpayment", "overpayment", over.at, params),
            // It is split where it is decided on: nothing of it is left out.
            Overpayment::AsOverpayment => {}
        }
        out
    }

    /// What the shipped `select` rules say of an invoice: the twin of `skip_made_by_integration`,
    /// `skip_already_synced`, `skip_zero_total` and `skip_drafts`.
    pub fn shipped_select(&self, invoice: &Invoice, has_link: bool) -> Verdict {
        let skip = &self.skip;
        if skip.made_by_integration.value && !invoice.made_by.is_empty() {
            return Verdict::Skip(
                Reason::new(
                    codes::SKIP_MADE_BY_INTEGRATION,
                    format!("Invoice {} was made by {}", invoice.number, invoice.made_by),
                    "Nothing: sending it back would make a loop. To send it, set `skip.made_by_integration: false`.",
                )
                .at(self.place(skip.made_by_integration.at)),
            );
        }
        if skip.already_synced.value && has_link {
            return Verdict::Skip(
                Reason::new(
                    codes::SKIP_ALREADY_SYNCED,
                    format!("Invoice {} is in the ledger already", invoice.number),
                    "Nothing: payments still go. To send later edits, set `skip.already_synced: false`.",
                )
                .at(self.place(skip.already_synced.at)),
            );
        }
        if skip.zero_total.value && invoice.reckoned.is_zero() && !has_link {
            return Verdict::Skip(
                Reason::new(
                    codes::SKIP_ZERO_TOTAL,
                    format!("The total of invoice {} is zero", invoice.number),
                    "Nothing. To send it, set `skip.zero_total: false`.",
                )
                .at(self.place(skip.zero_total.at)),
            );
        }
        if skip.drafts.value && invoice.status == DocStatus::Draft && !has_link {
            return Verdict::Skip(
                Reason::new(
                    codes::SKIP_DRAFTS,
                    format!("Invoice {} is a draft in the source", invoice.number),
                    "Nothing: it goes once it is approved there. To send drafts, set `skip.drafts: false`.",
                )
                .at(self.place(skip.drafts.at)),
            );
        }
        Verdict::Keep
    }

    /// Whether an invoice that is wanted comes to nothing where the file wants a person to look at such.
    ///
    /// # Errors
    /// It does, and the ledger does not have it yet.
    pub fn comes_to_something(&self, invoice: &Invoice, has_link: bool) -> Result<(), Reason> {
        let guard = self.guard.zero_total;
        if guard.value == ZeroTotal::Send || has_link || !invoice.reckoned.is_zero() {
            return Ok(());
        }
        let what = format!("The total of invoice {} is zero", invoice.number);
        let fix = "Correct it in the source, then `crossfoot retry TENANT NUMBER`; or leave it out for good: `crossfoot skip TENANT NUMBER --why \"...\"`. To let such invoices go, set `guard.zero_total: send`.";
        Err(Reason::new(codes::GUARD_ZERO_TOTAL, what, fix).at(self.place(guard.at)))
    }

    /// The name of a site with its client's in front: the twin of `prefix_parent_name`.
    pub fn shipped_contact(&self, draft: &mut ContactDraft, trace: &mut Trace) {
        let (Some(template), Some(parent)) = (&self.contacts.site_name, &draft.source.parent)
        else {
            return;
        };
        let client = parent.name.trim();
        if client.is_empty() || draft.name.starts_with(client) {
            return;
        }
        draft.name = site_name(&template.value, client, &draft.name);
        let at = template.at;
        let by = self.by("contacts.site_name", at);
        trace.set("contact.name", draft.name.as_str(), by);
    }

    /// What the shipped rule says of a payment given what is owed: the twin of `skip_overpayment`.
    pub fn shipped_payment(&self, payment: &Payment, due: Decimal) -> Verdict {
        let split = self.overpayment.value == Overpayment::AsOverpayment;
        if split || payment.kind == PaymentKind::Refund || payment.amount <= due {
            return Verdict::Keep;
        }
        let reason = Reason::new(
            codes::SKIP_OVERPAYMENT,
            format!(
                "Payment {} of {} is more than the {} that is owed",
                payment.id,
                show(payment.amount),
                show(due)
            ),
            // Nothing of it is in the ledger: a person books all of it, or the file does.
            format!(
                "Nothing of it was posted. Correct the payment in the source, then `crossfoot retry TENANT NUMBER`; or enter all of it in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`; or set `overpayment: as_overpayment`, which books what is too much as a credit of the contact, and let `crossfoot connect TENANT {}` ask for the permission that this needs.",
                self.to.value.system
            ),
        )
        .of_payment(&payment.id)
        .at(self.place(self.overpayment.at));
        match self.overpayment.value {
            Overpayment::Skip => Verdict::Skip(reason),
            Overpayment::Hold => Verdict::Hold(reason),
            Overpayment::AsOverpayment => Verdict::Keep,
        }
    }
}

/// Fills in `{parent}` and `{name}` in one pass, so that a name that holds `{name}` is not filled in again.
fn site_name(template: &str, parent: &str, name: &str) -> String {
    let mut out = String::with_capacity(template.len() + parent.len() + name.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, tail) = rest.split_at(open);
        out.push_str(before);
        if let Some(after) = tail.strip_prefix("{parent}") {
            out.push_str(parent);
            rest = after;
        } else if let Some(after) = tail.strip_prefix("{name}") {
            out.push_str(name);
            rest = after;
        } else {
            out.push('{');
            rest = tail.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::site_name;

    #[test]
    fn a_name_that_looks_like_a_template_is_not_filled_in_again() {
        let t = "{parent} - {name}";
        assert_eq!(site_name(t, "Harbour", "Depot 4"), "Harbour - Depot 4");
        assert_eq!(site_name(t, "{name}", "{parent}"), "{name} - {parent}");
        assert_eq!(site_name("{x} {name}", "P", "N"), "{x} N");
    }
}
