//! What the ledger holds of a document, where it is not what we sent or expect.

use super::codes;

codes! {
    OF_LEDGER = "What the ledger holds", "The ledger belongs to the people who keep it. What they entered or changed is never overwritten without a word from them.";

    NUMBER_SPENT = "number.spent" {
        what: "The ledger has a cancelled paper under the document's number."
        why: "A ledger may keep the number for what was cancelled, and refuse it to another."
        fix: "Nothing where the ledger takes it all the same. Where it refuses, `number.taken` is told: give this one another number by a rule."
    }

    NUMBER_TAKEN = "number.taken" {
        what: "The ledger has a document of this number already, and it is not plainly ours."
        why: "It does not carry our stamp, or it carries that of another document: two documents of the source may have one number. It may be the same sale entered by hand, or another one under the same number."
        fix: "If somebody entered this very sale by hand, `crossfoot settle TENANT NUMBER --why \"...\"`. If it is another, renumber one of the two, then `crossfoot retry TENANT NUMBER`; one that was cancelled there keeps its number, so that ours gets another by a rule."
    }

    STAMP_MISSING = "stamp.missing" {
        what: "The ledger has a paper that is very likely ours, and it does not carry our stamp."
        why: "It came up since ours was sent, for the same contact and the same sum; or our application made it at a time of which this workspace knows nothing, as after an older backup was put back. Somebody may have taken the stamp out of its reference, or entered the same sale by hand. To send ours as well could double it; to take that one for ours could hide a sale."
        fix: "If it is ours, put the stamp that is shown back into its reference, then `crossfoot retry TENANT NUMBER`. If it is somebody else's, the command that is shown (`crossfoot unlink TENANT NUMBER` where ours may have left, else `crossfoot send TENANT NUMBER --why \"...\"`) has ours made."
    }

    STAMP_COPIED = "stamp.copied" {
        what: "Two papers of the ledger carry the stamp of one document."
        why: "Who copies a paper in the ledger copies its reference too. Ours is the one that is linked, else the one that stands under the document's number, else the older. It goes; it is told, for a copy that is a sale of its own is for the bookkeeper to see."
        fix: "Take the stamp out of the copy's reference. If the copy is ours, take it out of the other's, then `crossfoot unlink TENANT NUMBER --yes`."
    }

    NUMBER_DIFFERS = "number.differs" {
        what: "The ledger has the document with our stamp, but not as it was sent."
        why: "Its currency is not what was sent: one of the two was changed before it was known that the document had arrived. What else people change of it is decided on as an edit."
        fix: "Compare the two and set the wrong one right, then `crossfoot retry TENANT NUMBER`."
    }

    NUMBER_CLOSED = "number.closed" {
        what: "The ledger has the document already, and it is cancelled there."
        why: "It carries our stamp, so that it is the one that Crossfoot made. The ledger may keep the number for it."
        fix: "Leave it so with `crossfoot skip TENANT NUMBER --why \"...\"`. Where another paper was entered in its place, `crossfoot settle TENANT NUMBER --why \"...\"`. Where it is to be there anew, give it another number in a `map_invoice`, `map_estimate` or `map_purchase_order` rule, then `crossfoot unlink TENANT NUMBER`."
    }

    POSTED_TOTAL_DIFFERS = "posted.total_differs" {
        what: "The ledger made another total of the document than was sent."
        why: "No money goes to a document that the two books do not agree on."
        fix: "Compare the two line by line and correct the ledger's copy by hand, then `crossfoot retry TENANT NUMBER`. Where the ledger's is right, as where it makes the tax by rules of its own, `crossfoot settle TENANT NUMBER --why \"...\"`: what is owed counts by its total from then on."
    }

    POSTED_TOTAL_TAKEN = "posted.total_taken" {
        what: "The ledger made another total of the document than was sent, and the tenant's file takes it."
        why: "`guard.totals` says `ledger`: where the ledger makes the tax by rules of its own, what is owed counts by its total. It is told each time the document is decided, with both figures."
        fix: "Nothing, if that is meant; else set `guard: { totals: exact }`."
    }

    LEDGER_CANCELLED = "ledger.cancelled" {
        what: "What was posted was cancelled in the ledger, or is no longer there, and the source still has it."
        why: "Somebody voided or deleted it in the ledger. It is told when that is seen, whether or not the source changes; nothing is sent for it meanwhile, and nothing is changed in the source."
        fix: "Leave it so with `crossfoot skip TENANT NUMBER --why \"...\"`. Where another paper was entered in its place, `crossfoot settle TENANT NUMBER --why \"...\"` (with `--as ID` for one that is named). Where it was a mistake, `crossfoot unlink TENANT NUMBER` has it made anew by the next sync; a ledger in which the number is ours keeps it for what was cancelled, so that it gets another one in a `map_invoice`, `map_estimate` or `map_purchase_order` rule first."
    }

    LEDGER_TOTAL = "ledger.total" {
        what: "What was posted comes to another sum in the ledger now, and the source did not change it."
        why: "Somebody edited it in the ledger. The two books disagree, and no money goes to it until a person has said which is right; nothing is changed in the source."
        fix: "Set it back in the ledger: the next look ends it. Where the ledger's sum is right, `crossfoot settle TENANT NUMBER --why \"...\"`."
    }

    LEDGER_BALANCE = "ledger.balance" {
        what: "Somebody put money to a posted invoice in the ledger, and the two books disagree on what is owed."
        why: "A payment, a credit note or another credit stands on our invoice there that Crossfoot did not put to it, and the source has no money that it could be. What the ledger says is owed is compared with what the source says is owed whenever the ledger's copy is seen to have changed. Money of the source that is left out, held or yet to go may be what people entered by hand: as far as that goes nothing is told."
        fix: "Take it off the invoice in the ledger: the next look ends it. Where the source lacks it, enter it there too; it is then told as `payment.other`, and settled. To leave the ledger's as it is, `crossfoot skip TENANT NUMBER --why \"...\"`."
    }

    LEDGER_UNREADABLE = "ledger.unreadable" {
        what: "What the document's copy says of itself in the other book cannot be read, or contradicts itself."
        why: "The parts that are told of it do not come to what is told of the whole, or a part is missing: nothing is put to it on a guess. Other documents go on."
        fix: "Open the copy there and set right what is named, then `crossfoot retry TENANT NUMBER`."
    }

    UPDATE_MISSING = "update.missing" {
        what: "The document was posted, and the ledger no longer has it."
        why: "It changed in the source and is to be changed in the ledger, where it cannot be found. It is not made a second time without a word."
        fix: "See in the ledger whether it was deleted. Restore it and retry, or say that the link is void: `crossfoot unlink TENANT NUMBER`."
    }

    UPDATE_LOCKED = "update.locked" {
        what: "The document was changed in the source, but the ledger lets it be changed no more."
        why: "It has payments there, or is otherwise closed. One that was cancelled there is told as `ledger.cancelled`."
        fix: "Take its payments off it there, where it has any, make the same change in the ledger by hand, and leave the stamp that is shown in its reference; then `crossfoot retry TENANT NUMBER`. To leave the ledger's copy as it is: `crossfoot skip TENANT NUMBER --why \"...\"`."
    }

    UPDATE_CONFLICT = "update.conflict" {
        what: "The document was changed in the source and, by somebody else, in the ledger."
        why: "To send the source's version would overwrite what a person entered. Of a contact it is told for the name, the e-mail address and the telephone numbers; a document that needs it goes without its change."
        fix: "Compare the two. `crossfoot retry TENANT NUMBER` sends the source's over what is named; `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is. Where a document is told so of its contact, to skip would leave out the document: the file's `sync.conflict` can leave the contact as the ledger has it."
    }

    UPDATE_KEPT_SOURCE = "update.kept_source" {
        what: "A field was changed in the source and, otherwise, in the ledger: the source's value went over the ledger's."
        why: "`sync.conflict: keep_source` or an `on_conflict` rule says so. What a person entered in the ledger is told with what was last agreed."
        fix: "Nothing. If the ledger's value was right, enter it in the source; to be asked each time, set `sync.conflict: hold`, or let the rule answer `hold(why)`."
    }

    UPDATE_KEPT_LEDGER = "update.kept_ledger" {
        what: "A field was changed in the source and, otherwise, in the ledger: the ledger's value stays."
        why: "`sync.conflict: keep_ledger` or an `on_conflict` rule says so. It is what both sides agree on from now on: a later change of the source goes."
        fix: "Nothing. If the source's value is right, enter it in the ledger by hand; to be asked each time, set `sync.conflict: hold`, or let the rule answer `hold(why)`."
    }

    UPDATE_UNKNOWN = "update.unknown" {
        what: "The document was changed in the source, and what of it changed cannot be told."
        why: "An update carries what changed at the source and nothing else. For that both versions of the source are looked at with today's file; here the earlier one is no longer kept, or the file would hold it now."
        fix: "`crossfoot resend TENANT NUMBER` shows all that the file makes otherwise now, and sends it. `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's copy as it is."
    }

    RESEND_CHANGED = "resend.changed" {
        what: "The document was to be made anew as it was shown, and it would be made otherwise by now."
        why: "The source, the tenant's file or a rule has changed since a person said `resend`. A word is about what was shown."
        fix: "`crossfoot resend TENANT NUMBER` shows it as it would be now, and asks."
    }

    RESEND_ENTRY = "resend.entry" {
        what: "A person had a document made anew, and what stands in the ledger for money of it is still as it was posted."
        why: "`resend` changes invoices. A payment, a credit note that was paid out and a credit cannot be changed there by it: each is named with what the file makes otherwise of it now, so that no half of a document is forgotten."
        fix: "Take it out in the ledger by hand; `crossfoot send TENANT NUMBER --payment PAYMENT --why \"...\"` then makes it anew. To leave it as it is, `crossfoot unsettle TENANT NUMBER --payment PAYMENT --why \"...\"`."
    }

    SETTLED_BY_HAND = "settled.by_hand" {
        what: "It was entered in the ledger by hand, and a person has said so."
        why: "Crossfoot sends nothing for it. Where the entry was seen, it is linked and counts; where it was not, the person vouches for it."
        fix: "Nothing. `crossfoot unsettle TENANT NUMBER --why \"...\"` takes the word back."
    }

    SETTLED_PAYMENT = "settled.payment" {
        what: "Money came in, or went back, after its document was settled by hand with an entry that Crossfoot does not see."
        why: "Crossfoot does not know to which paper of the ledger it belongs, and drops no money without a word."
        fix: "Enter it in the ledger by hand, then `crossfoot settle TENANT NUMBER --payment PAYMENT --unseen --why \"...\"`. Or settle the document itself with its entry in the ledger: what comes in goes to that."
    }

    SETTLED_CHANGED = "settled.changed" {
        what: "It was settled by hand, and the source has changed it since."
        why: "A word is about what was shown. Whether the entry in the ledger still stands for it only a person can tell."
        fix: "See to the entry in the ledger, then `crossfoot settle TENANT NUMBER --why \"...\"`; `crossfoot skip TENANT NUMBER --why \"...\"` leaves the ledger's as it is; or `crossfoot unsettle TENANT NUMBER --why \"...\"` to have it sent."
    }

    SETTLED_OTHERWISE = "settled.otherwise" {
        what: "It was settled by hand with an entry of another amount or currency."
        why: "An entry counts as what it comes to in the ledger, whatever the source says of what was settled with it. Several payments may be settled with one entry; together they come to what it comes to."
        fix: "Where the entry is for other payments too, `crossfoot settle TENANT NUMBER --payment PAYMENT --as ENTRY --why \"...\"` for each; else correct the entry or the source, then `crossfoot retry TENANT NUMBER`; or `crossfoot unsettle TENANT NUMBER --why \"...\"`."
    }

    WORD_LOST = "word.lost" {
        what: "A person had settled it or left it out, and an older backup was put back since."
        why: "What was said to Crossfoot after a backup is lost with what came after it. The machine keeps such words beside the workspace, so that nothing they kept back is made without another word: it may be in the ledger already, entered by hand."
        fix: "Say the word again, as it is shown. `crossfoot retry TENANT NUMBER` has the document decided on without it; a retry of all that is held is no word on it."
    }

    WRITE_OF_ANOTHER = "write.of_another" {
        what: "What is to be written belongs to another document already."
        why: "A payment or credit note of the same name in the source was planned or posted for another document, so that the same money may be in the ledger."
        fix: "Give it an id of its own in the source; or take it off the other document there, see to it in the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    ENCODE = "encode" {
        what: "The ledger has no form for what is to be written."
        why: "It cannot be said in the ledger's format, such as a price with more decimal places than it keeps. Nothing was sent."
        fix: "Correct it in the source or with a rule, then `crossfoot retry TENANT NUMBER`."
    }

    CONNECTOR_UNTRIED = "connector.untried" {
        what: "Nothing is written to the system yet: its description has not been tried as it stands now."
        why: "A description may be wrong about what makes a repeated request harmless. Writes wait until the trial has made, read back, found and repeated a few documents there. An edit of the description asks for it anew."
        fix: "Run `crossfoot connector test TENANT --write`, at a sandbox where the system has one."
    }
}
