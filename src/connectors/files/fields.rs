//! What a column can stand for.
//!
//! Flows in: nothing. Flows out: the one table of fields, and which of them are keys, days, amounts and prices.

use crate::model::setting::{SettingWord, says};

/// Every field a column can stand for.
pub const FIELDS: &[SettingWord] = &[
    says("number", "The number people know the invoice by. Rows of one number are one invoice."),
    says("id", "What the source knows it by, if that is not its number."),
    says("order_id", "Its order, where the source has orders as well."),
    says("title", "A short text for the whole invoice."),
    says("notes", "A longer one."),
    says("reference", "The customer's own reference."),
    says("date", "Its day."),
    says("due", "When it is due."),
    says("currency", "Its currency."),
    says("status", "`draft`, `unpaid`, `overdue`, `part_paid`, `paid` or `void`; of an estimate `draft`, `sent`, `accepted`, `declined` or `void`, of a purchase order `draft`, `sent`, `overdue`, `part_delivered`, `delivered` or `void`."),
    says("subtotal", "What it comes to without the tax."),
    says("tax", "All of its tax."),
    says("tax_included", "Whether the lines contain the tax."),
    says("total", "What it comes to, tax included."),
    says("paid", "What has been paid."),
    says("balance", "What is still owed."),
    says("contact.id", "What the source knows the customer by."),
    says("contact.name", "The customer's name."),
    says("contact.first_name", "Their first name."),
    says("contact.last_name", "Their last name."),
    says("contact.company", "Their company."),
    says("contact.email", "Their e-mail address."),
    says("contact.phone", "Their telephone number."),
    says("contact.mobile", "Their mobile number."),
    says("contact.tax_number", "Their tax number."),
    says("contact.parent", "The client whose site this is."),
    says("billing.line1", "Where bills go: the street."),
    says("billing.line2", "A second line of it."),
    says("billing.city", "The town."),
    says("billing.region", "The region."),
    says("billing.postal_code", "The postal code."),
    says("billing.country", "The country."),
    says("service.line1", "Where the work is done: the street."),
    says("service.line2", "A second line of it."),
    says("service.city", "The town."),
    says("service.region", "The region."),
    says("service.postal_code", "The postal code."),
    says("service.country", "The country."),
    says("line.id", "What the source knows the line by."),
    says("line.kind", "What the line is for: `product`, `service`, `shipping`, `discount`, and so on."),
    says("line.sku", "The product's stock-keeping unit."),
    says("line.name", "The product's name."),
    says("line.category", "The category that the source keeps the product in."),
    says("line.description", "The text of the line."),
    says("line.quantity", "How many; 1 where nothing stands."),
    says("line.unit_amount", "The price of one."),
    says("line.amount", "What the line comes to."),
    says("line.taxable", "Whether tax applies: yes or no."),
    says("line.tax_rate", "The source's name of the tax rate."),
    says("line.account", "The account that the source names."),
    says("line.tax", "The tax of the line: an amount. Where no `tax` stands the invoice's is their sum."),
    says("line.tax_percent", "The tax of the line in percent, worked out line by line where no `tax` stands."),
    says("line.discount_percent", "What is off the price, in percent."),
    says("payment.id", "What the source knows a payment by, within its invoice."),
    says("payment.date", "Its day."),
    says("payment.amount", "How much; what was paid back is negative."),
    says("payment.method", "How it was paid."),
    says("payment.reference", "A text of its own."),
    says("payment.refunds", "The id of the payment that was paid back."),
    says("payment.less", "What is taken off the payment's amount: what is still owed of it."),
    says("payment.kind", "Whether it was received or paid back, by the table `payment_kind`."),
    says("payment.undated", "Money of which the file gives no day: told, and never posted."),
    says("refund.amount", "Money paid back, as a sum of its own; without its day it is told, and never posted."),
    says("refund.date", "The day of it."),
    says("refund.packed", "Refunds packed into a cell: `amount:9.00|date:2026-08-20`, several with `;` between."),
    says("kind", "What the document is, by the table `kind`: `invoice`, `estimate`, `purchase_order`."),
    says("version", "What is greater the newer it is: a time or a number. An older one never takes the place of a newer, whatever came first."),
    says("cancelled", "Filled once it was cancelled: then it is void, whatever its status."),
];

/// Those that stand in a column only where the connection names it: other programs use these words for other things.
pub const NAMED_ONLY: &[&str] = &[
    "payment.less",
    "payment.kind",
    "payment.undated",
    "refund.amount",
    "refund.date",
    "refund.packed",
    "version",
    "line.category",
    "cancelled",
];

/// Whether a column of this name stands for the field of the same name.
pub fn goes_by_name(word: &str) -> bool {
    FIELDS.iter().any(|f| f.word == word) && !NAMED_ONLY.contains(&word)
}

/// What things are known by: what a spreadsheet has shortened is none of these any more.
pub const KEYS: &[&str] = &[
    "number",
    "id",
    "order_id",
    "contact.id",
    "contact.parent",
    "line.sku",
    "line.account",
    "payment.id",
    "payment.refunds",
];

/// Days.
pub const DAYS: &[&str] = &["date", "due", "payment.date", "refund.date"];

/// Amounts of money, which have no more decimals than their currency.
pub const AMOUNTS: &[&str] = &[
    "total",
    "subtotal",
    "tax",
    "paid",
    "balance",
    "line.amount",
    "line.tax",
    "payment.amount",
    "payment.less",
    "refund.amount",
];

/// Numbers that may have more decimals than a currency.
pub const PRICES: &[&str] = &["line.unit_amount", "line.quantity"];

