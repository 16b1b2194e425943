//! The reasons that the demo's data expects, in one table.
//!
//! A reason is expected by its stable code. Where a shipped rule and its twin in native code may
//! each be the one that speaks, either is right: [`same`] knows which.

/// A code, and the shipped rule that may speak in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable code.
    pub code: &'static str,
    /// The shipped rule that gives the same verdict, or empty.
    pub rule: &'static str,
}

const fn plain(code: &'static str) -> Code {
    Code { code, rule: "" }
}

const fn ruled(code: &'static str, rule: &'static str) -> Code {
    Code { code, rule }
}

/// Skipped: its total is zero.
pub const ZERO_TOTAL: Code = ruled("skip.zero_total", "skip_zero_total");
/// Skipped: another integration made it.
pub const MADE_BY_OTHER: Code = ruled("skip.made_by_integration", "skip_made_by_integration");
/// Skipped: before the tenant's start.
pub const BEFORE_START: Code = plain("start.before");
/// Skipped: only paid invoices are sent, and this one is not.
pub const NOT_PAID: Code = plain("mode.not_paid");
/// Skipped: nobody has approved it in the books where it was entered.
pub const NOT_APPROVED: Code = ruled("skip.drafts", "skip_drafts");
/// Held: the ledger's form has no word for it.
pub const UNSAYABLE: Code = plain("encode");
/// Held: a payment is more than what is owed.
pub const OVERPAYMENT: Code = ruled("skip.overpayment", "skip_overpayment");
/// Skipped: a payment that the source does not count as received.
pub const NOT_SETTLED: Code = plain("payment.not_settled");
/// Held: the ledger's rounding comes to another total.
pub const TOTAL_MISMATCH: Code = plain("total.mismatch");
/// Held: dated in a locked period.
pub const PERIOD_LOCKED: Code = plain("period.locked");
/// Held: the contact is archived in the ledger.
pub const CONTACT_ARCHIVED: Code = plain("contact.archived");
/// Held: several of the ledger's contacts answer.
pub const CONTACT_AMBIGUOUS: Code = plain("contact.many");
/// Held: the name belongs to another contact of the ledger.
pub const CONTACT_CLASH: Code = plain("contact.clash");
/// Held: a vendor of the ledger has the name.
pub const CONTACT_NAME_TAKEN: Code = plain("contact.name_taken");
/// Held: the name is longer than the ledger takes.
pub const NAME_TOO_LONG: Code = plain("contact.name_too_long");
/// Held: the name has characters the ledger refuses.
pub const NAME_INVALID: Code = plain("contact.name_invalid");
/// Held: a person gave the number to another invoice.
pub const NUMBER_TAKEN: Code = plain("number.taken");
/// Held: the ledger has no such account.
pub const ACCOUNT_UNKNOWN: Code = plain("account.unknown");
/// Held: the account is archived.
pub const ACCOUNT_ARCHIVED: Code = plain("account.archived");
/// Held: the tax code may not stand with the account.
pub const TAX_INCOMPATIBLE: Code = plain("tax.incompatible");
/// Held: the tenant's accounts table says hold.
pub const ACCOUNT_HOLD: Code = plain("account.hold");
/// Held: a rule looked something up for which its table says hold.
pub const LOOKUP_HOLD: Code = plain("rule.lookup");
/// Held: a rule said so.
pub const RULE_HOLD: Code = plain("rule.hold");
/// Held: another currency than the tenant's.
pub const CURRENCY_MISMATCH: Code = plain("currency.mismatch");
/// Held: money paid back, which the tenant wants to see.
pub const REFUND_HOLD: Code = plain("refund.hold");
/// Held: part of the money paid back, of which nobody can say for which lines.
pub const REFUND_PARTIAL: Code = plain("refund.partial");

/// Whether a code that was given is the one expected: itself, or `rule.skip` and `rule.hold` of the
/// rule that stands for it (`rule` is the rule's name or file, or empty where none spoke).
pub fn same(expected: Code, given: &str, rule: &str) -> bool {
    let by_rule = !expected.rule.is_empty() && rule.contains(expected.rule);
    given == expected.code || (by_rule && given.starts_with("rule."))
}
