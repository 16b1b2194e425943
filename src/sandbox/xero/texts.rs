//! The sentences the vendor says.
//!
//! The first part holds texts that were recorded or published; programs classify errors by them, so they are
//! kept to the letter. The second part holds our wording for refusals whose text no source gives.

// Recorded or published.
pub(super) const NUMBER_TAKEN: &str = "Invoice # must be unique.";
pub(super) const NOT_MODIFIABLE: &str = "Invoice not of valid status for modification";
pub(super) const HAS_PAYMENT: &str =
    "This document cannot be edited as it has a payment or credit note allocated to it.";
pub(super) const DUE_DATE_MISSING: &str = "The document DueDate field must be specified";
pub(super) const ACCOUNT_MISSING: &str = "Account code or ID must be specified";
pub(super) const TAX_MISSING: &str = "TaxType field is mandatory";
pub(super) const CONTACT_MISSING: &str = "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, ContactNumber";
pub(super) const CONTACT_NUMBER_TAKEN: &str =
    "Another contact has this contact number. Please enter a different contact number.";
pub(super) const ACCOUNT_NUMBER_TAKEN: &str =
    "The Account Number already exists. Please enter a different Account Number.";
pub(super) const CONTACT_ARCHIVED: &str = "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.";
pub(super) const EMAIL_INVALID: &str = "Email address must be valid.";
pub(super) const PAYMENT_EXCEEDS: &str =
    "Payment amount exceeds the amount outstanding on this document";
pub(super) const PAYMENT_AMOUNT: &str = "Payment amounts must be positive amounts";
pub(super) const PAYMENT_NOT_AUTHORISED: &str =
    "Payments can only be made against Authorised documents";
pub(super) const PAYMENT_ACCOUNT: &str = "Account could not be found.";
pub(super) const PAYMENT_DEAD: &str = "Payment not of valid status for modification";
pub(super) const PAYMENT_RECONCILED: &str =
    "This payment has been reconciled and cannot be deleted";
pub(super) const CREDIT_UNKNOWN: &str =
    "An existing Credit Note with the specified CreditNoteID could not be found";
pub(super) const ORDER_NUMBER_TAKEN: &str = "Order number must be unique";
pub(super) const ORDER_SENT: &str =
    "Only AUTHORISED and BILLED purchase orders may have SentToContact updated.";
pub(super) const ORDER_STATUS: &str = "PurchaseOrder status change is invalid";
pub(super) const ORDER_DELETED: &str = "Deleted PurchaseOrders cannot be updated";
pub(super) const PLAN_LIMIT: &str = "You have reached the limit of invoices you can approve";
pub(super) const TOTAL_MISMATCH: &str = "The invoice total does not equal the sum of the lines.";
pub(super) const ACCOUNT_NAME_TAKEN: &str = "Please enter a unique Name.";
pub(super) const ACCOUNT_CODE_TAKEN: &str = "Please enter a unique Code.";

pub(super) fn status_with_payments(status: &str) -> String {
    format!(
        "The status {status} cannot be applied to the invoice because it has payments or credit notes allocated to it."
    )
}
pub(super) fn name_taken(name: &str) -> String {
    format!(
        "The contact name {name} is already assigned to another contact. The contact name must be unique across all active contacts."
    )
}
pub(super) fn account_invalid(code: &str) -> String {
    format!("Account code '{code}' is not a valid code for this document.")
}
pub(super) fn account_archived(code: &str) -> String {
    format!(
        "Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
    )
}
pub(super) fn account_removed(code: &str) -> String {
    format!("Account code '{code}' has been removed as it does not match a recognised account.")
}
pub(super) fn item_invalid(code: &str) -> String {
    format!("Item code '{code}' is not valid")
}
pub(super) fn item_taken(code: &str) -> String {
    format!("Price List Item with Code '{code}' already exists")
}
pub(super) fn tax_unknown(code: &str) -> String {
    format!(
        "The TaxType code {code} does not exist or cannot be used for this type of transaction."
    )
}
pub(super) fn tax_account(code: &str, account: &str) -> String {
    format!("The TaxType code '{code}' cannot be used with account code '{account}'.")
}
pub(super) fn currency(code: &str) -> String {
    format!("Organisation is not subscribed to currency {code}")
}
pub(super) fn discount(given: &str) -> String {
    format!(
        "The discount rate '{given}' is invalid. Discount must not be greater than the line total."
    )
}
pub(super) fn quantity(given: &str) -> String {
    format!("The quantity value '{given}' is invalid. Quantity must not be less than zero.")
}
pub(super) fn quantity_zero(given: &str) -> String {
    format!("The quantity value '{given}' is invalid. Quantity must be greater than zero.")
}
pub(super) fn discount_zero() -> String {
    "The discount rate '0.00' is invalid".to_owned()
}
pub(super) fn line_total(given: &str, expected: &str) -> String {
    format!("The line total {given} does not match the expected line total {expected}")
}
pub(super) fn period_locked(day: chrono::NaiveDate) -> String {
    format!(
        "The document date cannot be before the period lock date, currently set at {}",
        day.format("%d %b %Y")
    )
}
pub(super) fn year_locked(day: chrono::NaiveDate) -> String {
    format!(
        "The document date cannot be before the end of year lock date, currently set at {}",
        day.format("%d-%b-%Y")
    )
}
pub(super) fn key_reused(key: &str) -> String {
    format!("Idempotency Key: {key} is used with a different request.")
}

// Our wording.
pub(super) const TYPE_MISSING: &str = "The Type field must be specified";
pub(super) const LINES_MISSING: &str = "One or more line items must be specified";
pub(super) const CREATE_STATUS: &str = "Invoice not of valid status for creation";
pub(super) const NAME_MISSING: &str = "The contact name must be specified.";
pub(super) const NAME_BRACKETS: &str = "The contact name cannot contain the characters < or >.";
pub(super) const NUMBER_TEXT: &str =
    "The document number must be printable ASCII and at most 255 characters.";
pub(super) const DISCOUNT_NOT_HERE: &str = "Discounts can only be given on ACCREC invoices.";
pub(super) const SENT_TOO_EARLY: &str =
    "Only AUTHORISED and PAID invoices may have SentToContact updated.";
pub(super) const URL_XERO: &str = "The Url must be valid and must not contain 'xero'.";
pub(super) const RATE_INVALID: &str = "The currency rate is invalid.";
pub(super) const LINE_TOO_LARGE: &str = "The line amount must not exceed 9,999,999,999.99.";
pub(super) const TRACKING_TOO_MANY: &str = "A line item can have at most 2 tracking categories.";
pub(super) const COUNTRY_LETTERS: &str = "The address Country must contain letters only.";
pub(super) const PERSONS_TOO_MANY: &str = "A contact can have at most 5 contact persons.";
pub(super) const CONTACT_UNKNOWN: &str = "The contact could not be found.";
pub(super) const PAYMENT_TARGET: &str =
    "A payment must name exactly one of Invoice, CreditNote, Prepayment or Overpayment.";
pub(super) const PAYMENT_INVOICE_UNKNOWN: &str = "The document could not be found.";
pub(super) const PAYMENT_ACCOUNT_TYPE: &str =
    "The account is not a bank account and does not have payments enabled.";
pub(super) const PAYMENT_ONLY_DELETE: &str =
    "A payment cannot be changed; only Status DELETED can be applied.";
pub(super) const QUOTE_NUMBER_TAKEN: &str = "Quote number must be unique.";
pub(super) const QUOTE_STATUS: &str = "Quote not of valid status for modification";
pub(super) const QUOTE_DATE: &str = "The quote Date field must be specified";
pub(super) const CREDIT_NUMBER_TAKEN: &str = "Credit note number must be unique.";
pub(super) const ALLOCATE_STATUS: &str =
    "Credit can only be allocated from an authorised document to an authorised document.";
pub(super) const ALLOCATE_CONTACT: &str = "The credit and the invoice must have the same contact.";
pub(super) const ALLOCATE_CURRENCY: &str =
    "The credit and the invoice must have the same currency.";
pub(super) const ALLOCATE_AMOUNT: &str = "The amount must be greater than zero and not exceed the remaining credit or the amount due on the invoice.";
pub(super) const ALLOCATE_INVOICE: &str = "The invoice to allocate to could not be found.";
pub(super) const OVERPAYMENT_LINE: &str =
    "An overpayment needs one line on the receivables or payables account, without tax.";
pub(super) const BANK_ACCOUNT: &str = "The BankAccount must be an active account of type BANK.";
pub(super) const BANK_TYPE: &str = "This sandbox holds bank transactions of type RECEIVE, SPEND, RECEIVE-OVERPAYMENT and SPEND-OVERPAYMENT.";
pub(super) const HISTORY_TEXT: &str = "The Details must be 1 to 2500 characters.";

pub(super) fn too_long(field: &str, most: usize) -> String {
    format!("The {field} must not exceed {most} characters.")
}
