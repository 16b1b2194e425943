//! What the source says of a document, and whether it agrees with itself.

use super::codes;

codes! {
    OF_SOURCE = "What the source says", "";

    SOURCE_NOT_INVOICED = "source.not_invoiced" {
        what: "The order has no invoice in the source yet."
        why: "Without its invoice it has no number to be known by. It is kept under its order, so that it cannot become two documents."
        fix: "Make its invoice in the source. It is then looked at again by itself and goes once, under the invoice's number."
    }

    SOURCE_MISMATCH = "source.mismatch" {
        what: "The lines, the total or the payments of the document do not agree with each other in the source."
        why: "The source gives parts that do not come to the whole it states, or calls paid, part paid or owed what its payments do not come to. Which of them is right cannot be known from here, and no amount is made up."
        fix: "Look at the document in the source and correct it there. Where the source was read while a payment came in, the next runs may find it in order by themselves."
    }

    SOURCE_DELETED = "source.deleted" {
        what: "The source no longer has a document that was posted."
        why: "Somebody deleted it there: the source was asked for it, and says that it has none. Nothing is taken out of the ledger by itself. Posted documents are asked for some at a time, so that it may be seen some runs later; a source that cannot say what it no longer has, such as a folder of exports, never tells it; what it knows as another kind of document is told by `source.kind`. A contact that goes by itself is skipped, and what the ledger has of it stays."
        fix: "Void it in the ledger, its payments first: the next look ends it. Where the ledger refuses that, as in a closed period, enter what takes it back there in an open one. Then, or to leave it as it is, `crossfoot skip TENANT NUMBER --why \"...\"`."
    }

    SOURCE_KIND = "source.kind" {
        what: "The source calls the document another kind of paper than the one it was posted as."
        why: "An invoice was taken back to an estimate, or is a purchase order by now, or the other way round; or the connection reads the kind since. What stands in the ledger is made neither a draft nor another paper by itself, and the new one is not made beside it."
        fix: "Where it was a mistake, set it right in the source. Else take its payments off it in the ledger and void it there. Then, or to leave it as it is, `crossfoot skip TENANT NUMBER --why \"...\"`; and `crossfoot retry TENANT NUMBER` for the paper of the other kind, once what stands in its place is voided or left."
    }

    RECORD_UNREADABLE = "record.unreadable" {
        what: "With what its connection says now, what the source said of this document cannot be read."
        why: "The form of days or amounts, or a column, is said to be another than it is there. What cannot be read is not decided on, and what is posted of it stays."
        fix: "Set right what `connections.yaml` says of the source (`crossfoot config TENANT --why` names each line), or the document there. It is decided on again by the next sync."
    }

    RECORD_MISSING = "record.missing" {
        what: "Crossfoot no longer has what the source said of this document."
        why: "The stored record cannot be found, and a document is only ever decided on from a record."
        fix: "Save the document in the source once more, so that it is read again."
    }
}
