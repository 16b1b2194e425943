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
        fix: "Where it waits there, approve it, then `crossfoot retry TENANT NUMBER`; or post invoices with an open status. Where it is paid, see by what: if it is this payment, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`. Where it was voided and the sale stands, give it another number in a `map_invoice` rule, then `crossfoot unlink TENANT NUMBER` has it made anew."
    }

    PAYMENT_CHANGED = "payment.changed" {
        what: "A payment that was posted is another one now in the source."
        why: "Its amount has changed, or it does not count as received any more. Until that is settled no other payment goes to the document: it may be the same money."
        fix: "Take all of its entries out of the ledger by hand, as the reason names them, so that it is sent as it is now, or set it right in the source; then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_DAY = "payment.day" {
        what: "A payment or refund that was posted is of another day now in the source."
        why: "The source has changed it since. Its money is right; it stands in the ledger on the day that was sent, which may be another period. It is told each time the document is decided."
        fix: "Nothing, where the day does not matter; else delete it in the ledger by hand, then `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes it anew."
    }

    PAYMENT_REMOVED = "payment.removed" {
        what: "A payment or refund that was posted is gone from the source, or the ledger has one under our stamp that answers to nothing the source names."
        why: "The source removed it, or calls it otherwise since; what bears our stamp on a paper of ours is ours, also where this workspace no longer knows that it was sent: an older backup was put back, or a link was taken away. Crossfoot deletes nothing in a ledger. Until that is settled no other payment goes to the document: it may be the same money under another date or name."
        fix: "Take all of its entries out of the ledger by hand, as the reason names them, or put it back in the source; then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_HALF = "payment.half" {
        what: "Of one payment or refund one entry is in the ledger, and the other is not."
        why: "A refund is a credit note and the payment on it; a payment of more than is owed is a payment and a credit. One of the two was posted, and then the source changed it, the file or a rule left it out, or somebody took the other out of the ledger. What is there stands alone: a credit note with open credit, or money that is not where the source has it."
        fix: "Take what is there out of the ledger by hand, as the reason names it, then `crossfoot retry TENANT NUMBER`; or set right in the source, or in the file, what keeps the other back: it is finished then."
    }

    PAYMENT_IN_DOUBT = "payment.in_doubt" {
        what: "The source has changed or removed a payment or refund while an entry of it may have left."
        why: "No answer came, so it may be in the ledger as it was. Nothing more of it goes, and no second paper is made for it, until that is known. Nor does any other payment of the document go: it may be the same money. A look cannot tell where money or a paper without our stamp stands there that may be it."
        fix: "Nothing while each run looks for it: once it is known to be there, or not to be, what follows is told. Where a look could not tell, the reason names what stands in the ledger: take it out there if it was entered for this one, then `crossfoot retry TENANT NUMBER`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` says so."
    }

    PAYMENT_OTHER = "payment.other" {
        what: "Somebody else put money to the document in the ledger, and it may be this payment."
        why: "Before a payment leaves it is looked for on its document. A payment without our stamp holds it when it is of the same amount, or when with ours more would stand in the ledger than has come in up to this payment, unless it is of the sum of another one that is left out, held, or of a later day; once ours may have left, any does. To send ours could book the same money twice."
        fix: "See in the ledger whether that payment is this one. If it is, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` sends ours too. Where the document does not owe so much, ours is entered by hand as money of the contact beyond it and settled with `--unseen`; or that one was a mistake: delete it, then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_BROUGHT = "payment.brought" {
        what: "The payment carries our stamp: it was brought to the source from the ledger, and nothing there leads to it."
        why: "The answer to our request was lost, or a backup was put back, and in between somebody may have deleted or moved it in the ledger. It is not sent there as if it were news."
        fix: "See whether it is still in the ledger: where it is, `crossfoot sync TENANT --back` finds that the two are one; where it was deleted or moved there, delete it in the source too, then `crossfoot retry TENANT NUMBER`; where the money did come in, enter it in the ledger again by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    PAYMENT_MOVED = "payment.moved" {
        what: "The payment was entered in the source by Crossfoot, for another document, and somebody moved it to this one."
        why: "It carries our stamp there, or a link leads to it. It is money that one book has told the other already: brought once more it would be there twice."
        fix: "Put it back to its document in the source, then `crossfoot retry TENANT NUMBER`. Where it is right as it stands, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`."
    }

    PAYMENT_ELSEWHERE = "payment.elsewhere" {
        what: "The payment is in the ledger on another paper than the one its document is linked with."
        why: "It was posted while the document was settled by hand with that paper, or linked with it; or the source had it on another document then, and has put it to this one since. To send it again would book the same money twice."
        fix: "Take it off that paper in the ledger, so that it is sent to the document's own; then `crossfoot retry TENANT NUMBER`."
    }

    PAYMENT_UNAPPLIED = "payment.unapplied" {
        what: "The ledger took the payment, and did not put all of it to its document."
        why: "A ledger puts a payment only to papers of the customer whom it is from, and to none that owes less. Somebody gave the document to another customer, or paid it, in the moment in which ours was on its way. Or somebody took a payment of ours off its document since, put it to another, or deleted the document, and left the money in the ledger: it is looked for there by its stamp before it is made anew."
        fix: "Put the payment to the document in the ledger by hand, then `crossfoot retry TENANT NUMBER`. One that was taken off may be deleted there instead: the reason says which word has it made anew then. Where it is right as it stands, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`."
    }

    PAYMENT_DIFFERS = "payment.differs" {
        what: "The payment is in the ledger with our stamp, but with another amount."
        why: "It was found when a payment was looked for before it left, or after it may have left. Either the ledger's was changed, or the source's."
        fix: "Compare the payment in the ledger with the source's and correct the wrong one, then `crossfoot retry TENANT NUMBER`; if the ledger's is right as it is, `crossfoot settle TENANT NUMBER --payment PAYMENT --as ID --why \"...\"`."
    }

    PAYMENT_DOCUMENT_MISSING = "payment.document_missing" {
        what: "The document that the payment belongs to is no longer in the ledger."
        why: "It was looked at before the money was to go, or to find out what became of a payment, and was not there."
        fix: "See in the ledger what became of it: where it can be restored, restore it, then `crossfoot retry TENANT NUMBER`; where it was deleted, `crossfoot unlink TENANT NUMBER` has it made anew, with its payments."
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

    PAYMENT_NO_ROOM = "payment.no_room" {
        what: "The source asks for the payment, and the document takes no more of it in the ledger."
        why: "Money was given back that the ledger still has on the document, or that it took off the sale, and the sale was paid again. `overpayment` is about money beyond what the source asks for, and says nothing of this."
        fix: "Take what came in and went back out of the ledger by hand, as the reason names it, then `crossfoot retry TENANT NUMBER`: the two are left out as a pair, and this one goes. Or enter all of it there by hand, beside the document, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`."
    }

    PAYMENT_CREDIT_OWED = "payment.credit_owed" {
        what: "A part of a payment stands as a credit of the contact, and by now the source asks for it on the document."
        why: "It was more than was owed when it came in, and the total was raised since, or what it was beyond was taken out. A credit cannot be moved to the document from outside; entered once more the money would be there twice."
        fix: "Allocate the credit to the document in the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    BALANCE_MISMATCH = "balance.mismatch" {
        what: "The source and the ledger would not say the same is owed, and nothing explains the difference."
        why: "After each decision the two balances are compared. What is held, left out by a word or a rule, or credited explains its own amount; `overpayment` explains only what came in beyond what the source asks for, and a credit note nothing of a sale that stands. The rest is named with its parts."
        fix: "What is told of its payments names what to do; a payment that was entered in the ledger by hand is settled. Or correct the source; then `crossfoot retry TENANT NUMBER`."
    }

    BALANCE_OPEN = "balance.open" {
        what: "The invoice is paid in the source, and the ledger leaves it open."
        why: "A word of the tenant's file or a rule leaves a payment out. It is told each time the invoice is decided."
        fix: "Nothing, if that is meant; else change the word that leaves the payment out."
    }

    BALANCE_NOT_PAID = "balance.not_paid" {
        what: "Only paid invoices are sent, and the ledger would show this one open."
        why: "`sync.invoices` says `when_paid`, and a payment of the invoice is held, left out, or more than what is owed. Sent as it is, the invoice would be asked for again."
        fix: "Put right what keeps its payments back, then `crossfoot retry TENANT NUMBER`; or set `sync.invoices: when_raised`."
    }

    PAYMENT_PAIR = "payment.pair" {
        what: "A payment was given back whole, and the sale stands: the invoice was paid after that, or the payment was too much."
        why: "Neither was posted yet, and together they come to nothing. A credit note would take off a sale that stands."
        fix: "Nothing: to book both, enter them in the ledger by hand."
    }

    PAYMENT_RELEASE = "payment.release" {
        what: "A payment of a posted document would go since the file or a rule was changed, and waits for a person's word."
        why: "An edit may let go a thousand old payments at once, which may have been entered in the ledger by hand long ago. They wait as one group; those dated after the day on which the edit was first seen go by themselves."
        fix: "`crossfoot release TENANT --payments`, with `--from DATE` for those dated from that day on."
    }

    PAYMENT_CHARGE_LEFT_OUT = "payment.charge_left_out" {
        what: "A part of the payment pays a charge that is left out, and is left out with it."
        why: "`finance_charges` says `leave_out`: the ledger's invoice is without the charge, and takes no money for it."
        fix: "Nothing, if that is meant; else set `finance_charges: send`."
    }

    PAYMENT_DELETED = "payment.deleted" {
        what: "A payment or refund that was posted is no longer in the ledger, and the source still has it."
        why: "Somebody deleted it in the ledger. A `retry` does not make it anew: whoever deleted it may have meant it. It is told when the ledger's copy is seen to lack it, and no later payment of its document goes meanwhile."
        fix: "`crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes it anew. Where it stands elsewhere in the ledger, or is not to be there, `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`. One that came from the ledger does not go there again: delete it in the source too, then `crossfoot retry TENANT NUMBER`; or enter it in the ledger again by hand, and settle it with that."
    }

    PAYMENT_WAITS = "payment.waits" {
        what: "The payment waits for an earlier payment or refund of its document, or for the document itself."
        why: "The earlier one is held or waits: which of the two is too much, or pays what, hangs on their order. Or its document is held or refused, and nothing can be paid to what is not there."
        fix: "See what holds the earlier one, or the document: this one goes once that is posted or left out."
    }

    REFUND_SALE_STANDS = "refund.sale_stands" {
        what: "Money was paid back, and more came in for the invoice after that."
        why: "The sale stands, so no credit note is made, and one that was made before takes off a sale that stands; the payment that it gave back is in the ledger or is not told, so that the two cannot be left out as a pair."
        fix: "Where the reason names what to take out of the ledger, do so by hand, then `crossfoot retry TENANT NUMBER`: what came in and went back is left out as a pair then. Or enter the money that went back there by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    REFUND_OVERPAID = "refund.overpaid" {
        what: "Money was paid back that had come in beyond what is owed."
        why: "The sale stands as it is, so no credit note is made; what came in too much is not on the invoice, or stands as a credit of the contact."
        fix: "Enter the money that went back in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    SKIP_OVERPAYMENT = "skip.overpayment" {
        what: "A payment is more than what is owed on the document."
        why: "A ledger takes no more on an invoice than is owed, and what the rest is for is not known. `overpayment` says whether such a payment is skipped or held."
        fix: "Nothing of it was posted. Correct the payment in the source, then `crossfoot retry TENANT NUMBER`; or enter all of it in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`; or, where the ledger has such credits, set `overpayment: as_overpayment`, which books what is too much as a credit of the contact."
    }

    REFUND_HOLD = "refund.hold" {
        what: "Money was paid back, and the tenant's file wants a person to book it."
        why: "`refunds` says `hold`."
        fix: "Enter it in the ledger by hand as a credit note that is paid out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; or set `refunds: credit_note`."
    }

    REFUND_SKIP = "refund.skip" {
        what: "Money was paid back, and the tenant's file leaves refunds out."
        why: "`refunds` says `skip`."
        fix: "Nothing, if that is meant; else set `refunds: credit_note`."
    }

    REFUND_NOT_RECEIVED = "refund.not_received" {
        what: "Money was paid back of which the ledger does not have so much."
        why: "The payment that the refund gives back is left out, has not come in, or is not in the ledger for another reason. A credit note, and money out of the bank for it, would stand there alone."
        fix: "See what keeps the payment back that it gives back; once that is in the ledger the refund goes too. Or enter it in the ledger by hand as a credit note that is paid out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    REFUND_OTHER = "refund.other" {
        what: "The ledger has a credit note for the same contact and the same sum, and it may be this refund."
        why: "Before a credit note for money paid back leaves, it is looked for. One without our stamp, dated on or after the invoice, may have been entered by hand for this very refund; so may one of any sum that a refund was settled with, where that was taken back. To make ours as well could double it."
        fix: "If it is the same money, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; if it is another, `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` makes ours too."
    }

    REFUND_TOO_LARGE = "refund.too_large" {
        what: "More was paid back than the invoice comes to."
        why: "A credit note for it would be larger than the invoice it credits."
        fix: "See in the source what the refund was for. Correct it there, then `crossfoot retry TENANT NUMBER`; or enter it in the ledger by hand as a credit note that is paid out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    REFUND_PARTIAL = "refund.partial" {
        what: "A part of the invoice was paid back, and it is not known which part."
        why: "Its lines go to different accounts, tax codes or tracking categories, or a credit note of one line would not come to the sum by the ledger's rounding. The source does not say what the money was for."
        fix: "Enter the credit note in the ledger by hand, and the payment that pays it out, then `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    REFUND_TOTAL = "refund.total" {
        what: "A `map_credit_note` rule changed what a credit note comes to."
        why: "It must come to what was paid back, to the cent."
        fix: "Keep the rule from changing amounts or tax codes."
    }
}
