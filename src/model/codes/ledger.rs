//! What the ledger holds of a document, where it is not what we sent or expect.

use super::codes;

codes! {
    OF_LEDGER = "What the ledger holds", "The ledger belongs to the people who keep it. What they entered or changed is never overwritten without a word from them.";

    NUMBER_TAKEN = "number.taken" {
        what: "The ledger has a document of this number already, and it is not plainly ours."
        why: "It does not carry our stamp. It may be the same sale entered by hand, or another one under the same number."
        fix: "Renumber one of the two, then retry; where that document is no longer good, `crossfoot unlink TENANT NUMBER`."
    }

    STAMP_MISSING = "stamp.missing" {
        what: "The ledger has a paper that is very likely ours, and it does not carry our stamp."
        why: "It came up since ours was sent, for the same contact and the same sum. Somebody may have taken the stamp out of its reference, or entered the same sale by hand. To send ours as well could double it; to take that one for ours could hide a sale."
        fix: "If it is ours, put the stamp that is shown back into its reference, then retry. If it is somebody else's, `crossfoot unlink TENANT NUMBER` has ours made."
    }

    NUMBER_DIFFERS = "number.differs" {
        what: "The ledger has the document with our stamp, but not as it was sent."
        why: "Its total, contact, currency or date is not what was sent: one of the two was changed before it was known that the document had arrived."
        fix: "Compare the two and set the wrong one right, then retry; where that document is no longer good, `crossfoot unlink TENANT NUMBER`."
    }

    NUMBER_CLOSED = "number.closed" {
        what: "The ledger has the document already, and it is cancelled there."
        why: "It carries our stamp, so that it is the one that Crossfoot made. The ledger may keep the number for it."
        fix: "Where it is to be there anew, give it another number in a `map_invoice` rule, then `crossfoot unlink TENANT NUMBER`."
    }

    POSTED_TOTAL_DIFFERS = "posted.total_differs" {
        what: "The ledger made another total of the document than was sent."
        why: "No money goes to a document that the two books do not agree on."
        fix: "Compare the two line by line and correct the ledger's copy by hand, then retry."
    }

    UPDATE_MISSING = "update.missing" {
        what: "The document was posted, and the ledger no longer has it."
        why: "It changed in the source and is to be changed in the ledger, where it cannot be found. It is not made a second time without a word."
        fix: "See in the ledger whether it was deleted. Restore it and retry, or say that the link is void: `crossfoot unlink TENANT NUMBER`."
    }

    UPDATE_LOCKED = "update.locked" {
        what: "The document was changed in the source, but the ledger lets it be changed no more."
        why: "It has payments there, or is voided or otherwise closed."
        fix: "Make the same change in the ledger by hand, so that both come to the same, then retry."
    }

    UPDATE_CONFLICT = "update.conflict" {
        what: "The document was changed in the source and, by somebody else, in the ledger."
        why: "To send the source's version would overwrite what a person entered."
        fix: "Compare the two. `crossfoot retry` sends the source's over the ledger's; to keep the ledger's, change the source."
    }

    WRITE_OF_ANOTHER = "write.of_another" {
        what: "What is to be written belongs to another document already."
        why: "A payment or credit note of the same name in the source was planned or posted for another document, so that the same money may be in the ledger."
        fix: "Give it an id of its own in the source; or take it off the other document there, see to it in the ledger, and retry both."
    }

    ENCODE = "encode" {
        what: "The ledger has no form for what is to be written."
        why: "It cannot be said in the ledger's format, such as a price with more decimal places than it keeps. Nothing was sent."
        fix: "Correct it in the source or with a rule, then retry."
    }
}
