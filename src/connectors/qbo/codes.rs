//! The codes of what QuickBooks Online refuses, each with what it means, why, and what to do: the connector's part of
//! `docs/codes.md`.
//!
//! Flows in: nothing. Flows out: constants for `faults`, and their table. `faults` knows by which of Intuit's numbers each is
//! recognised; Intuit's texts follow the language of the company, and are told with it, all of them.

use crate::model::codes::codes;

codes! {
    QBO = "What QuickBooks Online refuses", "QuickBooks Online's own words, in the language of the company, are told with the code, all of them. What is checked before it is sent should not come to this: the company has then changed since it was read.";

    QBO_KEY_REUSED = "qbo.key_reused" {
        what: "QuickBooks Online says that a request of ours had been sent before with another content."
        why: "This is a fault of Crossfoot. The document was looked up before anything else was sent, and was not found."
        fix: "See in QuickBooks Online whether the document is there, then `crossfoot retry TENANT NUMBER`; please report it."
    }

    QBO_NUMBER_TAKEN = "qbo.number_taken" {
        what: "QuickBooks Online has a document of this number already."
        why: "A look-up by that number did not show it, so that it cannot be compared with ours. One that is found is `number.taken`, or is ours after all."
        fix: "Look for the number in QuickBooks Online; give one of the two another number, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_NAME_TAKEN = "qbo.name_taken" {
        what: "A customer, vendor or employee in QuickBooks Online has this name already."
        why: "A new customer was to be made, and QuickBooks Online keeps the names of customers, vendors and employees apart from each other. The other one is told with its kind and id. A vendor or employee is never taken for the customer, and the customer gets no other name unasked."
        fix: "Rename one of the two, in QuickBooks Online or at the source; then `crossfoot retry TENANT NUMBER`."
    }

    QBO_DELETED_SINCE = "qbo.deleted_since" {
        what: "It was made in QuickBooks Online, and deleted there since."
        why: "The answer to the request that made it was lost; asked again, QuickBooks Online repeats that answer, and does not have the document any more. Nothing that people deleted is made anew unasked."
        fix: "If it shall stay deleted, `crossfoot skip TENANT NUMBER --why \"...\"`; else `crossfoot retry TENANT NUMBER` makes it anew."
    }

    QBO_PERIOD_CLOSED = "qbo.period_closed" {
        what: "The date lies in books that are closed in QuickBooks Online."
        why: "The closing date was moved after it was read."
        fix: "Move the closing date in QuickBooks Online under Settings > Account and settings > Advanced, or set `guard.locked_period: first_open_day`, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_REFERENCE = "qbo.reference" {
        what: "Something that the document names is not there in QuickBooks Online: a customer, item, account or tax code."
        why: "It was removed after it was read."
        fix: "See in QuickBooks Online what became of it; correct the tenant's file, or restore it there, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_INACTIVE = "qbo.inactive" {
        what: "Something that the document names was made inactive or deleted in QuickBooks Online."
        why: "QuickBooks Online takes nothing new for customers, items and accounts that are inactive, and does not say which it is."
        fix: "Make the customer, item or account active again, or name another one, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_TAX_CODE = "qbo.tax_code" {
        what: "QuickBooks Online does not take the tax code of a line."
        why: "A company in the United States takes TAX and NON on lines, any other company the codes of its own list."
        fix: "Choose another tax code in `tax.codes`; `crossfoot lint TENANT --live` lists the ledger's own."
    }

    QBO_RULE = "qbo.rule" {
        what: "A rule of QuickBooks Online forbids the document."
        why: "QuickBooks Online has one number for many rules: a missing VAT rate, a currency that is not the customer's, a payment of more than is open, a name with a colon. Its own words say which it is."
        fix: "Correct what QuickBooks Online says, in the source or in the tenant's file, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_LINE_AMOUNT = "qbo.line_amount" {
        what: "The amount of a line is not its price times its quantity."
        why: "QuickBooks Online rounds it otherwise than was computed."
        fix: "Correct the quantity or the price in the source, then `crossfoot retry TENANT NUMBER`; please report it."
    }

    QBO_DEPOSITED = "qbo.deposited" {
        what: "The payment was taken to the bank in QuickBooks Online, so that it cannot be changed."
        why: "It stands on a bank deposit there."
        fix: "Take it off the deposit in QuickBooks Online, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_NOT_LINKED = "qbo.not_linked" {
        what: "QuickBooks Online does not let the payment be put to its document."
        why: "The document is of another kind, was deleted, or is closed."
        fix: "Open the document in QuickBooks Online, correct it in one of the two systems, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_SUBSCRIPTION = "qbo.subscription" {
        what: "The subscription of the company has ended, or does not include this."
        why: "QuickBooks Online takes nothing until it is paid for, or has no such feature in this edition."
        fix: "Put the subscription right in QuickBooks Online, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_DATA = "qbo.data" {
        what: "QuickBooks Online does not take a value: too long, of the wrong form, or missing."
        why: "The element that it names says which."
        fix: "Correct it in the source, or drop it by a rule, then `crossfoot retry TENANT NUMBER`."
    }

    QBO_UNKNOWN = "qbo.unknown" {
        what: "QuickBooks Online refuses it for a reason that Crossfoot does not know."
        why: "Its number is in no published table."
        fix: "Correct what QuickBooks Online says, then `crossfoot retry TENANT NUMBER`."
    }
}
