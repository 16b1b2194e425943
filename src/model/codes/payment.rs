//! Payments, refunds, and the credit notes that stand for money paid back.

use super::codes;

codes! {
    OF_PAYMENTS = "Payments and refunds", "A payment that is held keeps its document in sight, while the invoice itself goes on.";

    PAYMENT_NOT_SETTLED = "payment.not_settled" {
        what: "The source does not count the payment as received."
        why: "It may be pending, or have failed. What has not come in is not booked."
        fix: "Nothing: it goes once the source counts it as received."
    }

    PAYMENT_NO_ACCOUNT = "payment.no_account" {
        what: "The tenant's file names no bank account for payments."
        why: "`payments_account` is missing, and a bank account is never guessed."
        fix: "Add `payments_account: { code: \"090\" }`, with the code of the bank account."
    }

    PAYMENT_ACCOUNT_HOLD = "payment.account_hold" {
        what: "The tenant's file wants a person to say which bank account a payment goes to."
        why: "`payments_account` says `hold` for the payment's method."
        fix: "Add the method to `payments_account`."
    }

    PAYMENT_ACCOUNT = "payment.account" {
        what: "A payment would go to an account that cannot take it."
        why: "The ledger does not have the account, has archived it, or takes no payments on it."
        fix: "Name a bank account, or one with payments enabled, under `payments_account`; or put the account right in the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_NOT_OPEN = "payment.not_open" {
        what: "The invoice takes no payments as it stands in the ledger."
        why: "Its status is not one that can be paid: it is a draft, waits for approval there, is paid, or was voided."
        fix: "Approve the invoice in the ledger, or settle there what became of it, then `crossfoot retry TENANT NUMBER`; or post invoices with an open status."
    }

    PAYMENT_CHANGED = "payment.changed" {
        what: "A payment that was posted is another one now in the source."
        why: "Its amount has changed, or it does not count as received any more. Until that is settled no other payment goes to the document: it may be the same money."
        fix: "Delete it in the ledger by hand, so that it is sent as it is now, or set it right in the source; then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_REMOVED = "payment.removed" {
        what: "A payment that was posted is gone from the source."
        why: "Crossfoot deletes nothing in a ledger. Until that is settled no other payment goes to the document: it may be the same money under another date or name."
        fix: "Delete it in the ledger by hand, or put it back in the source; then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_OTHER = "payment.other" {
        what: "Somebody else put money to the document in the ledger, and it may be this payment."
        why: "Before a payment leaves it is looked for on its document. A payment without our stamp holds it when it is of the same amount, or when with ours more would stand in the ledger than the source says came in; once ours may have left, any does. To send ours could book the same money twice."
        fix: "See in the ledger whether that payment is this one. If it is, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` sends ours too."
    }

    PAYMENT_DIFFERS = "payment.differs" {
        what: "The payment is in the ledger with our stamp, but with another amount."
        why: "It was found when a payment was looked for before it left, or after it may have left. Either the ledger's was changed, or the source's."
        fix: "Compare the payment in the ledger with the source's and correct the wrong one, then `crossfoot retry TENANT NUMBER`; where the ledger's is right, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    PAYMENT_DOCUMENT_MISSING = "payment.document_missing" {
        what: "The document that the payment belongs to is no longer in the ledger."
        why: "It was looked at before the money was to go, or to find out what became of a payment, and was not there."
        fix: "See in the ledger whether it was deleted, and settle that; then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_OVERPAID = "payment.overpaid" {
        what: "A payment is more than what is owed: the rest goes to the contact as a credit."
        why: "`overpayment` says `as_overpayment`."
        fix: "Allocate the credit in the ledger to another invoice, or pay it back there."
    }

    PAYMENT_OVERPAID_ACCOUNT = "payment.overpaid_account" {
        what: "The rest of a payment cannot be entered as a credit of the contact."
        why: "Such a credit needs a bank account, and the account on which the ledger keeps what customers owe. One of the two is not there."
        fix: "Name a bank account under `payments_account`, or set `overpayment: hold`."
    }

    SKIP_OVERPAYMENT = "skip.overpayment" {
        what: "A payment is more than what is owed on the document."
        why: "A ledger takes no more on an invoice than is owed, and what the rest is for is not known. `overpayment` says whether such a payment is skipped or held."
        fix: "Look for a credit or a refund in the source, and enter the rest in the ledger by hand."
    }

    REFUND_HOLD = "refund.hold" {
        what: "Money was paid back, and the tenant's file wants a person to book it."
        why: "`refunds` says `hold`."
        fix: "Enter it in the ledger by hand, or set `refunds: credit_note`."
    }

    REFUND_SKIP = "refund.skip" {
        what: "Money was paid back, and the tenant's file leaves refunds out."
        why: "`refunds` says `skip`."
        fix: "Nothing, if that is meant; else set `refunds: credit_note`."
    }

    REFUND_OTHER = "refund.other" {
        what: "The ledger has a credit note for the same contact and the same sum, and it may be this refund."
        why: "Before a credit note for money paid back leaves, it is looked for. One without our stamp, dated on or after the invoice, may have been entered by hand for this very refund. To make ours as well could double it."
        fix: "If it is the same money, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes ours too."
    }

    REFUND_TOO_LARGE = "refund.too_large" {
        what: "More was paid back than the invoice comes to."
        why: "A credit note for it would be larger than the invoice it credits."
        fix: "See in the source what the refund was for, and enter it in the ledger by hand."
    }

    REFUND_PARTIAL = "refund.partial" {
        what: "A part of the invoice was paid back, and it is not known which part."
        why: "Its lines go to different accounts or tax codes, or a credit note of one line would not come to the sum by the ledger's rounding. The source does not say what the money was for."
        fix: "Enter the credit note in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    REFUND_TOTAL = "refund.total" {
        what: "A `map_credit_note` rule changed what a credit note comes to."
        why: "It must come to what was paid back, to the cent."
        fix: "Keep the rule from changing amounts or tax codes."
    }
}
