//! The codes of what Xero refuses, each with what it means, why, and what to do: the connector's part of `docs/codes.md`.
//!
//! Flows in: nothing. Flows out: constants for `errors` and `read`, and their table. `errors` knows by which words of
//! Xero's each is recognised; the words themselves are told with it, all of them.

use crate::model::Code;
use crate::model::codes::codes;

codes! {
    XERO = "What Xero refuses", "Xero's own words are told with the code, all of them. What is checked before it is sent should not come to this: the chart or the document has then changed in Xero since it was read.";

    XERO_KEY_REUSED = "xero.key_reused" {
        what: "Xero says that a request of ours had been sent before with another content."
        why: "This is a fault of Crossfoot. The document was looked up before anything else was sent, and was not found."
        fix: "See in Xero whether the document is there, then `crossfoot retry TENANT NUMBER`; please report it."
    }

    XERO_INVOICE_NUMBER_TAKEN = "xero.invoice_number_taken" {
        what: "Xero has an invoice of this number already."
        why: "A look-up by that number did not show it, so that it cannot be compared with ours. One that is found is `number.taken`, or is ours after all."
        fix: "Look for the number in Xero, bills and deleted invoices included; give one of the two another number, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_CREDIT_NOTE_NUMBER_TAKEN = "xero.credit_note_number_taken" {
        what: "Xero has a credit note of this number already."
        why: "A look-up by that number did not show it, so that it cannot be compared with ours."
        fix: "Look for the number in Xero, and give one of the two another number, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_ORDER_NUMBER_TAKEN = "xero.order_number_taken" {
        what: "Xero has a purchase order, or a quote, of this number already."
        why: "It was made after the list of them was read."
        fix: "Look for the number in Xero, and give one of the two another number, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_ORDER_DELETED = "xero.order_deleted" {
        what: "A purchase order of this number was deleted in Xero, and keeps its number."
        why: "Xero gives the number of a deleted purchase order to no other one."
        fix: "Give ours another number in a `map_purchase_order` rule, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_CONTACT_NAME_TAKEN = "xero.contact_name_taken" {
        what: "Xero has a contact of this name already."
        why: "A new contact was to be made, and Xero keeps names apart. The contacts were read again after that, and none was found that `match.contacts.by` leads to."
        fix: "Let `match.contacts.by` look by `name`, or rename one of the two, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_CONTACT_NUMBER_TAKEN = "xero.contact_number_taken" {
        what: "Another contact in Xero has the number that we give to this one."
        why: "It was not found by that number, as happens when the contact was merged into another one in Xero."
        fix: "Retry: the contact it was merged into is looked up and used from then on."
    }

    XERO_ACCOUNT_NUMBER_TAKEN = "xero.account_number_taken" {
        what: "Another contact in Xero has the same account number."
        why: "Xero takes each account number of a contact once."
        fix: "Clear it on one of the two contacts, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_CONTACT_ARCHIVED = "xero.contact_archived" {
        what: "The contact is archived in Xero."
        why: "It was not archived when the document was decided on. Xero takes no documents for an archived contact."
        fix: "Restore the contact in Xero under Contacts > Archived, or name another one, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_PERIOD_LOCKED = "xero.period_locked" {
        what: "The date lies in a period that is locked in Xero."
        why: "The lock date was moved after it was read."
        fix: "Move the lock date in Xero under Accounting > Advanced > Lock dates, or set `guard.locked_period: first_open_day`, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_ACCOUNT_INVALID = "xero.account_invalid" {
        what: "Xero does not take the account of a line."
        why: "The code is not one that a document may be booked to."
        fix: "Choose another account in `accounts`, or put the account right in Xero under Accounting > Chart of accounts, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_ACCOUNT_ARCHIVED = "xero.account_archived" {
        what: "The account of a line is archived in Xero."
        why: "It was archived after the chart was read."
        fix: "Choose another account in `accounts`, or restore the account in Xero under Accounting > Chart of accounts, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_ACCOUNT_UNKNOWN = "xero.account_unknown" {
        what: "The account of a line is gone from Xero."
        why: "It was removed after the chart was read."
        fix: "Choose another account in `accounts`, or restore the account in Xero under Accounting > Chart of accounts, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_ACCOUNT_MISSING = "xero.account_missing" {
        what: "A line names no account."
        why: "Xero takes no line without one in an approved document."
        fix: "Give the line an account: the last row of `accounts` should be `else`."
    }

    XERO_PAYMENT_ACCOUNT_UNKNOWN = "xero.payment_account_unknown" {
        what: "Xero does not take the bank account of a payment."
        why: "It is gone, or payments are not enabled on it."
        fix: "Set `payments_account` to a bank account, or to one for which payments are enabled in Xero, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_TAX_NOT_FOR_ACCOUNT = "xero.tax_not_for_account" {
        what: "The tax code of a line may not be used with its account."
        why: "Xero ties each tax rate to classes of accounts."
        fix: "Choose another tax code in `tax.codes`, or another account in `accounts`."
    }

    XERO_TAX_UNKNOWN = "xero.tax_unknown" {
        what: "Xero does not have the tax code of a line."
        why: "It was removed after the chart was read, or is not a code of this organisation."
        fix: "Choose another tax code in `tax.codes`; `crossfoot lint TENANT --live` lists Xero's own."
    }

    XERO_TAX_MISSING = "xero.tax_missing" {
        what: "A line names no tax code."
        why: "Xero asks for one on this line."
        fix: "Give `tax.codes` a code for such lines."
    }

    XERO_ITEM_UNKNOWN = "xero.item_unknown" {
        what: "Xero does not have the item of a line."
        why: "Its code was removed or changed after the items were read."
        fix: "Make the item in Xero under Business > Products and services, or switch `match.items` off, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_HAS_PAYMENT = "xero.has_payment" {
        what: "The invoice has a payment or a credit note in Xero, so that it cannot be changed there."
        why: "The change came from the source, and somebody paid or credited the invoice in Xero before it arrived."
        fix: "Enter the change in Xero by hand, or remove the payment there, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_NOT_EDITABLE = "xero.not_editable" {
        what: "The invoice stands in Xero in a way that it cannot be changed any more."
        why: "It was closed there before the change from the source arrived."
        fix: "Enter the change in Xero by hand, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_PAYMENT_EXCEEDS = "xero.payment_exceeds" {
        what: "The payment is more than what is owed on the invoice in Xero."
        why: "Somebody paid, credited or changed the invoice there after it was read."
        fix: "Open the invoice in Xero. If what paid it is this payment, `crossfoot settle TENANT NUMBER --payment PAYMENT --why \"...\"`; else correct it in one of the two systems, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_NOT_PAYABLE = "xero.not_payable" {
        what: "The invoice takes no payment in Xero."
        why: "It is not approved there, or was paid or voided."
        fix: "Open the invoice in Xero and approve it, or settle what became of it, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_CURRENCY_NOT_SUBSCRIBED = "xero.currency_not_subscribed" {
        what: "The organisation in Xero does not keep this currency."
        why: "It was never added, or the Xero plan does not include other currencies."
        fix: "Add the currency in Xero under Settings > Currencies, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_INVOICE_LIMIT = "xero.invoice_limit" {
        what: "The Xero plan allows no more approved invoices this month."
        why: "Smaller plans count them."
        fix: "Upgrade the plan and retry, or set `status.invoices` to DRAFT."
    }

    XERO_EMAIL_INVALID = "xero.email_invalid" {
        what: "Xero does not take the contact's e-mail address."
        why: "It looks like an address, but not to Xero."
        fix: "Correct the contact's e-mail address in the source, or clear it in a `map_contact` rule, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_DISCOUNT_INVALID = "xero.discount_invalid" {
        what: "Xero does not take the discount of a line."
        why: "It may not be greater than its line."
        fix: "Correct the discount in the source, then `crossfoot retry TENANT NUMBER`."
    }

    XERO_DUE_DATE_MISSING = "xero.due_date_missing" {
        what: "The invoice has no due date, and Xero asks for one."
        why: "An approved invoice is due on some day."
        fix: "Set `due` in the tenant's file so that every invoice has a due date."
    }

    XERO_CONTACT_MISSING = "xero.contact_missing" {
        what: "The request named no contact for Xero."
        why: "This should not happen: an invoice is only sent once its contact is known."
        fix: "Retry, and report it if it happens again."
    }

    XERO_LINE_TOTAL = "xero.line_total" {
        what: "A line does not come to its quantity times its price in Xero."
        why: "Xero works each line out from its quantity and price, and comes to something else than the line says."
        fix: "Correct the line's quantity or price in the source."
    }

    XERO_TOTALS = "xero.totals" {
        what: "The total is not what the lines come to in Xero."
        why: "The amounts do not agree with each other."
        fix: "Correct the amounts in the source."
    }

    XERO_NOT_FOUND = "xero.not_found" {
        what: "Xero does not have one of the documents that the request names."
        why: "The document, or its contact, was removed after it was read."
        fix: "Look the document up in Xero. Where it was deleted there, `crossfoot unlink TENANT NUMBER` has it made anew, with its payments."
    }

    XERO_UNKNOWN = "xero.unknown" {
        what: "Xero refused it for a reason that Crossfoot has no code for."
        why: "Xero's words are not in the connector's catalogue, or Xero gave none."
        fix: "Correct what Xero says in the source or in the tenant's file, then `crossfoot retry TENANT NUMBER`; report it if the words do not help."
    }
}

/// What a person does about a refusal: what is printed with it and what its page says are one text.
pub fn fix(code: Code) -> &'static str {
    let mut all = XERO.entries.iter();
    all.find(|e| e.code == code).map_or("", |e| e.fix)
}
