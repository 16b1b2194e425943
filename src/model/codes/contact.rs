//! The contact of a document: found in the ledger, or fit to be made there.

use super::codes;

codes! {
    OF_CONTACTS = "Whom it is for", "A document waits for its contact: one cause may hold many documents.";

    CONTACT_NAME_MISSING = "contact.name_missing" {
        what: "The customer has no name."
        why: "A contact is to be made or changed, and the ledger takes none without a name."
        fix: "Give the customer a name in the source, or set one in a `map_contact` rule."
    }

    CONTACT_NAME_TOO_LONG = "contact.name_too_long" {
        what: "The customer's name is longer than the ledger takes."
        why: "A contact is to be made or changed, and the ledger would refuse it. A name is never cut."
        fix: "Shorten it in the source, or in a `map_contact` rule."
    }

    CONTACT_NAME_INVALID = "contact.name_invalid" {
        what: "The customer's name holds a character that the ledger refuses."
        why: "A contact is to be made or changed, and the ledger would refuse it."
        fix: "Correct it in the source, or replace the character in a `map_contact` rule."
    }

    CONTACT_EMAIL_INVALID = "contact.email_invalid" {
        what: "The customer's e-mail address is not one."
        why: "A contact is to be made or changed, and the address has no `@` with a name before it and a host with a point behind it, or holds a space."
        fix: "Correct it in the source, or clear it in a `map_contact` rule: `contact.email = \"\"`."
    }

    CONTACT_MISSING = "contact.missing" {
        what: "The contact that is to be changed is no longer in the ledger."
        why: "It was deleted or merged there, and the ledger wants to know which version of it is changed."
        fix: "See in the ledger what became of it; `crossfoot retry TENANT NUMBER` once that is settled."
    }

    CONTACT_NONE = "contact.none" {
        what: "The ledger has no contact for this customer, and none is to be made."
        why: "`match.contacts.none` is `hold`, or `sync.contacts` is `off`; or a `match_contact` rule answered `none()`."
        fix: "Make the contact in the ledger with the same e-mail address or name, then `crossfoot retry TENANT NUMBER`; or let the file or the rule make it."
    }

    CONTACT_MANY = "contact.many" {
        what: "Several contacts of the ledger answer to this customer."
        why: "They share the e-mail address or the name, and nothing else tells them apart. Choosing the wrong one would put the invoice on another customer's account."
        fix: "Merge them in the ledger, then `crossfoot retry TENANT NUMBER`; or choose one in a `match_contact` rule."
    }

    CONTACT_TOO_MANY = "contact.too_many" {
        what: "More contacts of the ledger share this customer's name, e-mail address or telephone number than can be told apart."
        why: "A decision looks at a hundred contacts for each key. Among the others there may be the right one, so that none is chosen and none is made."
        fix: "Give the customer a value of its own in both systems, then `crossfoot retry TENANT NUMBER`; or leave that key out of `match.contacts.by`."
    }

    CONTACT_CLASH = "contact.clash" {
        what: "A new contact would share its name, e-mail address or telephone number with another one in the ledger."
        why: "`contacts.unique` asks to be told of this. Where it says `hold` the document waits; where it says `warn` the document goes, and this is told as a warning."
        fix: "See whether they are one customer, and merge them in the ledger if so; else change the value of one of them, or `contacts.unique`."
    }

    CONTACT_ARCHIVED = "contact.archived" {
        what: "The customer's contact is archived in the ledger."
        why: "A ledger takes no documents for an archived contact, and Crossfoot does not restore one."
        fix: "Restore the contact in the ledger, then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_MERGED = "contact.merged" {
        what: "The customer's contact was merged into one that the ledger does not show."
        why: "A merged contact leads to the one that is left. Here that way ends out of sight, or in a ring."
        fix: "Open the contact in the ledger to see what it was merged into, and restore that one; or say that the link is void: `crossfoot unlink TENANT --contact NUMBER`. Then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_LINK_LOST = "contact.link_lost" {
        what: "The ledger no longer shows the contact that this customer is linked with."
        why: "The customer was linked with that contact before, and another one is not taken in its place without a word."
        fix: "Restore the contact in the ledger, or say that the link is void: `crossfoot unlink TENANT --contact NUMBER`. Then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_CHOICE = "contact.choice" {
        what: "A `match_contact` rule chose a contact that is not among those it was shown."
        why: "It answered `use(i)` with a number that no candidate has."
        fix: "Correct the rule: candidates are counted from 0, and `found.len` says how many there are."
    }

    CONTACT_NUMBER_TAKEN = "contact.number_taken" {
        what: "A contact of the ledger carries the number that Crossfoot gave to one customer, and is linked with another one."
        why: "The number says that it is the one customer's, the link that it is the other's. One of the two was put there by hand, so that the invoices of both wait."
        fix: "Look at the contact in the ledger. If it belongs to whom it is linked with, put its name and number right there; if it belongs to whose number it carries, `crossfoot unlink TENANT --contact NUMBER` of an invoice of the linked one. Then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_NAMESAKE = "contact.namesake" {
        what: "The ledger has a contact of this customer's name, and nothing proves that they are one."
        why: "Two people may have one name. A name alone is not enough where the e-mail addresses differ, or where another customer of the source has the name too; and a contact that is another customer's is never taken. `contacts.namesakes` says what becomes of a namesake that is proved another customer."
        fix: "If they are one customer, give the ledger's contact the customer's e-mail address; if not, change the name of one of the two, or let `contacts: { namesakes: suffix }` set proved ones apart. Then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_NAME_TAKEN = "contact.name_taken" {
        what: "A vendor or employee in the ledger has the customer's name."
        why: "The ledger keeps the names of customers, vendors and employees apart from each other, so that no customer can be made under it. The other one is told with its kind and id. It is never taken for the customer, and `contacts.namesakes` does not answer it."
        fix: "Rename one of the two, in the ledger or at the source; then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_CURRENCY = "contact.currency" {
        what: "The customer's contact has its documents in another currency in the ledger."
        why: "The ledger fixes the currency of a contact with its first document, and a document is in its contact's currency alone. Sums of several currencies are never added up."
        fix: "Correct the currency in the source, or give the customer another contact in the ledger for this currency; then `crossfoot retry TENANT NUMBER`."
    }

    CONTACT_BY_EMAIL = "contact.by_email" {
        what: "The customer was found in the ledger by its e-mail address alone, under another name."
        why: "No other customer of the source has that address, so that it goes; it is told, for an address may be a mailbox of several."
        fix: "Nothing, if they are one. If they are two customers, give them e-mail addresses of their own, then `crossfoot unlink TENANT --contact NUMBER`."
    }
}
