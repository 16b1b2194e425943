//! Whether a document or payment is wanted at all: modes, the start, what is skipped.

use super::codes;

codes! {
    OF_WANTS = "Whether a document is wanted", "These are mostly skips: nothing is posted, and nobody need act.";

    MODE_OFF = "mode.off" {
        what: "Documents of this kind are not sent for this tenant."
        why: "`sync.invoices`, or the word for the kind, is `off` in the tenant's file; or contacts go by themselves no more. Every document of the kind is skipped before anything else is looked at."
        fix: "Nothing, if that is meant; else set `sync.invoices` to `when_raised` or `when_paid`, or the word for the kind; `sync.contacts` to `all` where the source tells of contacts by themselves."
    }

    MODE_NOT_PAID = "mode.not_paid" {
        what: "The invoice is not paid in full yet, and only paid invoices are sent."
        why: "`sync.invoices` is `when_paid`. What is owed is judged by the payments that the source counts as received, and not by its own balance."
        fix: "Nothing: it goes once it is paid. To send invoices as they are raised, set `sync.invoices: when_raised`."
    }

    MODE_PAYMENTS_OFF = "mode.payments_off" {
        what: "Payments are not sent for this tenant; the invoice itself may go."
        why: "`sync.payments` is `off` in the tenant's file."
        fix: "Nothing, if that is meant; else set `sync.payments: forward`."
    }

    START_BEFORE = "start.before" {
        what: "The invoice is older than what this tenant begins with."
        why: "Its number or its date is before `sync.start`. What was posted already goes on, whatever the start is set to later."
        fix: "Nothing, if it should stay out; else change `sync.start`."
    }

    STATUS_VOID = "status.void" {
        what: "The invoice was cancelled in the source."
        why: "One that was never posted is skipped. One that the ledger has is held, because Crossfoot does not void what stands in a ledger. Where both books have cancelled it, and a person said retry, it is skipped and its link is let go."
        fix: "For one that is held: take its payments off it in the ledger, where it has any, and void it there; or restore it in the source, then `crossfoot retry TENANT NUMBER`."
    }

    STATUS_HOLD = "status.hold" {
        what: "The tenant's file wants a person to look at invoices that stand like this one."
        why: "The table `status.invoices` says `hold` for the invoice's status in the source."
        fix: "Change its status in the source, or give `status.invoices` a word for it."
    }

    CURRENCY_MISMATCH = "currency.mismatch" {
        what: "The invoice is in another currency than the source is said to work in."
        why: "It is not the `currency` of the tenant's file. An amount is never converted, and its currency never guessed."
        fix: "Correct the currency in the source, or `currency` in the tenant's file. A `select` rule that skips leaves out what is in other currencies."
    }

    GUARD_ZERO_TOTAL = "guard.zero_total" {
        what: "The invoice comes to nothing, and the tenant's file wants a person to look at such."
        why: "`guard.zero_total` is `hold`, and the ledger does not have the invoice yet."
        fix: "Correct it in the source, then `crossfoot retry TENANT NUMBER`; or leave it out for good: `crossfoot skip TENANT NUMBER --why \"...\"`. To let such invoices go, set `guard.zero_total: send`."
    }

    SKIP_MADE_BY_INTEGRATION = "skip.made_by_integration" {
        what: "The invoice was made in the source by a program and not by a person."
        why: "`skip.made_by_integration` is on: what another integration wrote into the source may come from the ledger, and sending it back would make a loop."
        fix: "Nothing, if that is so; else set `skip.made_by_integration: false`."
    }

    SKIP_BY_PERSON = "skip.by_person" {
        what: "A person has left the document out for good."
        why: "Somebody said `skip`, with a reason that is in the audit log. Of a document that is posted it says that the ledger's copy stays as it is, until the source changes it again."
        fix: "Nothing; `crossfoot retry TENANT NUMBER` takes the word back."
    }

    SKIP_ALREADY_SYNCED = "skip.already_synced" {
        what: "The invoice is in the ledger already and is left there as it was posted."
        why: "`skip.already_synced` is on. Later edits do not go; payments still do. The document counts as posted and not as skipped: `crossfoot explain` names this as what keeps it as it was."
        fix: "Nothing; to send later edits, set `skip.already_synced: false`."
    }

    SKIP_ZERO_TOTAL = "skip.zero_total" {
        what: "The invoice comes to nothing."
        why: "`skip.zero_total` is on, and the ledger does not have the invoice yet."
        fix: "Nothing; to send such invoices, set `skip.zero_total: false`."
    }

    SKIP_DRAFTS = "skip.drafts" {
        what: "The invoice is a draft in the source."
        why: "`skip.drafts` is on, and nobody has approved the invoice there yet."
        fix: "Nothing: it goes once it is approved in the source; to send drafts, set `skip.drafts: false`."
    }
}
