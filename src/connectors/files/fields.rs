//! What a column can stand for, and what a connection to files may say.
//!
//! Flows in: nothing. Flows out: the one table of fields, the settings, and the column a field stands in.

use super::forms::DATE_WORDS;
use crate::connectors::Settings;
use crate::model::setting::{SettingKey, SettingWord, Takes, says};

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
    says("status", "`draft`, `unpaid`, `overdue`, `part_paid`, `paid` or `void`."),
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
    says("line.description", "The text of the line."),
    says("line.quantity", "How many; 1 where nothing stands."),
    says("line.unit_amount", "The price of one."),
    says("line.amount", "What the line comes to."),
    says("line.taxable", "Whether tax applies: yes or no."),
    says("line.tax_rate", "The source's name of the tax rate."),
    says("line.account", "The account that the source names."),
    says("payment.id", "What the source knows a payment by, within its invoice."),
    says("payment.date", "Its day."),
    says("payment.amount", "How much; what was paid back is negative."),
    says("payment.method", "How it was paid."),
    says("payment.reference", "A text of its own."),
    says("payment.refunds", "The id of the payment that was paid back."),
];

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
pub const DAYS: &[&str] = &["date", "due", "payment.date"];

/// Amounts of money, which have no more decimals than their currency.
pub const AMOUNTS: &[&str] = &[
    "total",
    "subtotal",
    "tax",
    "paid",
    "balance",
    "line.amount",
    "payment.amount",
];

/// Numbers that may have more decimals than a currency.
pub const PRICES: &[&str] = &["line.unit_amount", "line.quantity"];

/// What a connection to files may say.
pub const SETTINGS: &[SettingKey] = &[
    SettingKey::new("folder", Takes::Folder, "", "The folder whose CSV and JSON files are read, from the workspace's own."),
    SettingKey::new("columns", Takes::Names(FIELDS), "", "The column each field stands in; a path with dots in JSON. Left out, columns go by the names of the fields. Once it is there, only what it names is read.").of_reading(),
    SettingKey::new("ignore", Takes::Texts, "", "Columns that are left out on purpose, though their names are those of fields or sound of money."),
    SettingKey::new("dates", Takes::Words(DATE_WORDS), "yyyy-mm-dd", "The form of days.").of_reading(),
    SettingKey::new("zone", Takes::Zone, "", "In whose days a point in time counts: the business's own time zone. Without it a time with `Z` or an offset is refused.").of_reading(),
    SettingKey::new(
        "decimal",
        Takes::Words(&[says("point", "1,234.50"), says("comma", "1.234,50")]),
        "point",
        "The sign before the cents.",
    ).of_reading(),
    SettingKey::new(
        "delimiter",
        Takes::Words(&[says(",", "A comma."), says(";", "A semicolon."), says("tab", "A tabulator."), says("|", "A bar.")]),
        ",",
        "What stands between the cells of a CSV file.",
    ).of_reading(),
    SettingKey::new(
        "encoding",
        Takes::Words(&[says("utf-8", "As programs write today."), says("windows-1252", "As old programs on Windows did.")]),
        "utf-8",
        "How letters are written.",
    ).of_reading(),
    SettingKey::new("currency", Takes::Currency, "", "The currency of files that do not name one.").of_reading(),
    SettingKey::new(
        "newest",
        Takes::Words(&[
            says("off", "The first by name; that another differs is told."),
            says("name", "The one in the file whose name comes last."),
            says("time", "The one in the file that was written last."),
        ]),
        "off",
        "Of an invoice that stands in several files, which one counts.",
    ),
    SettingKey::new("lines", Takes::Text, "lines", "The name of the list of lines inside JSON.").of_reading(),
    SettingKey::new("payments", Takes::Text, "payments", "The name of the list of payments inside JSON.").of_reading(),
];

/// The column a field stands in.
pub fn column(settings: &Settings, field: &str) -> String {
    settings.get(&format!("columns.{field}"), field).to_owned()
}

/// Whether the connection says which columns are read.
pub fn columns_named(settings: &Settings) -> bool {
    settings.values.keys().any(|k| k.starts_with("columns."))
}

/// Whether a field is read: named, or no columns are named at all.
pub fn is_read(settings: &Settings, field: &str) -> bool {
    settings.values.contains_key(&format!("columns.{field}")) || !columns_named(settings)
}
