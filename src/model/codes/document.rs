//! The document's own head and sums: what the ledger would refuse, or come to otherwise.

use super::codes;

codes! {
    OF_DOCUMENTS = "The document itself", "";

    NUMBER_MISSING = "number.missing" {
        what: "The document has no number."
        why: "The source gave none, or a rule cleared it. Without one the document could not be found again in the ledger."
        fix: "Set one in a `map_invoice`, `map_estimate` or `map_purchase_order` rule; or have them counted: `numbers: { invoices: { next: \"...\" } }`, whose next number `crossfoot lint TENANT --live` proposes."
    }

    NUMBER_TOO_LONG = "number.too_long" {
        what: "The document's number is longer than the ledger takes."
        why: "The ledger would refuse it, and a number is never cut."
        fix: "Shorten it in a `map_invoice`, `map_estimate` or `map_purchase_order` rule."
    }

    NUMBER_INVALID = "number.invalid" {
        what: "The document's number holds a character that is not printable ASCII."
        why: "Documents are found again by their numbers, so that only plain characters may stand in one."
        fix: "Replace the character in a `map_invoice`, `map_estimate` or `map_purchase_order` rule."
    }

    CURRENCY_NOT_ENABLED = "currency.not_enabled" {
        what: "The ledger keeps no books in the document's currency."
        why: "It is neither the organisation's own currency nor one that was added to it."
        fix: "Add the currency in the ledger, then `crossfoot retry TENANT NUMBER`; or correct `currency` in the tenant's file."
    }

    STATUS_UNKNOWN = "status.unknown" {
        what: "The document would be made with a status that the ledger does not know."
        why: "The word comes from `status.invoices` or from a rule."
        fix: "Correct the word there."
    }

    TOTAL_MISMATCH = "total.mismatch" {
        what: "The document would not come to the same total in the ledger as in the source."
        why: "Before anything is sent, the total is worked out by the ledger's own rounding and compared to the cent. A difference means a missing line, another tax, or another way to round, and the books would disagree from the first day."
        fix: "Correct the document in the source, or see that its lines, the tax codes and `tax.without_tax` fit how it was made. Cents that come from rounding alone may go to an account of their own: `guard: { totals: { rounding_account: \"860\", at_most: 0.05 } }`."
    }

    TAX_MISMATCH = "tax.mismatch" {
        what: "The tax that the source states is not the tax that the ledger would make."
        why: "Both may come to one total: where prices hold their tax, every code gives the same total and another tax. The stated tax is compared to the cent, and the reason says which line, code or rate would make it agree, where one does."
        fix: "Say in the source which lines are taxable, or correct the tax codes, `tax.unmarked` or the tax itself. Cents that come from rounding alone may be allowed: `guard: { totals: { rounding_account: \"860\", at_most: 0.05 } }`."
    }

    SUBTOTAL_MISMATCH = "subtotal.mismatch" {
        what: "The sum without tax that the source states is not the one the ledger would come to."
        why: "Every figure that is stated is compared. Total and tax agree, and this one does not: it may be a sum before discounts, or with the tax in it."
        fix: "Correct it in the source, or leave that column out if it means something else."
    }

    TOTAL_NEGATIVE = "total.negative" {
        what: "The document comes to less than nothing."
        why: "A ledger takes no invoice with a total below zero: it would be a credit note, and what it credits is not known."
        fix: "Enter a credit note in the ledger by hand and leave this document out with a `select` rule; or correct it in the source."
    }

    PERIOD_LOCKED = "period.locked" {
        what: "The document, payment or refund is dated in a period that the ledger has closed."
        why: "Its date is on or before the ledger's lock date. `guard.locked_period` says whether it is held, refused, or dated to the first open day."
        fix: "Have the lock date moved in the ledger, then `crossfoot retry TENANT NUMBER`; or set `guard.locked_period: first_open_day`."
    }
}
