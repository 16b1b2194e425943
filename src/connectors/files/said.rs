//! What a connection to files may say.
//!
//! Flows in: nothing. Flows out: the one table of its settings, from which the reader, its suggestions, the schema for
//! editors and the reference page are made.

use super::fields::FIELDS;
use super::forms::DATE_WORDS;
use crate::model::setting::{SettingKey, SettingWord, Takes, says};

const YES_NO: Takes = Takes::Words(&[says("yes", "Yes."), says("no", "No.")]);

/// What each kind of line is called: our words for the source's, without those that are no kind.
const LINE_KINDS: &[SettingWord] = LINE_WORDS.split_at(9).0;

/// Our words for the source's kinds of lines.
const LINE_WORDS: &[SettingWord] = &[
    says("product", "Goods."),
    says("service", "Work."),
    says("subscription", "A cycle of a subscription."),
    says("shipping", "Carriage."),
    says("discount", "Money off."),
    says("finance_charge", "Interest or a late fee."),
    says("tip", "A gratuity."),
    says("fee", "Another charge."),
    says("other", "Anything else."),
    says("tax", "No line: its amount is the tax of the invoice."),
    says("ignore", "No line at all."),
    says("hold", "The invoice is left out and told."),
];

const LINES_FROM: &[SettingKey] = &[
    SettingKey::new("amount", Takes::Text, "", "The column of the amount; no line where it is empty or zero."),
    SettingKey::new("kind", Takes::Words(LINE_KINDS), "other", "What the line is for."),
    SettingKey::new("name", Takes::Text, "", "The column of its text."),
    SettingKey::new("text", Takes::Text, "", "A fixed text, where that column is empty or none is named."),
    SettingKey::new("sku", Takes::Text, "", "A fixed SKU, by which a tenant's file finds its account."),
    SettingKey::new("sign", Takes::Words(&[says("plus", "As it stands."), says("minus", "The other way: a discount that is written without a sign."), says("less", "Always taken off, whatever sign it has.")]), "plus", "Its sign."),
    SettingKey::new("tax", Takes::Text, "", "The column of its own tax."),
    SettingKey::new("taxable", YES_NO, "", "Whether tax applies; left out, by its own tax, or as the invoice."),
];

const TENDER: &[SettingKey] = &[
    SettingKey::new("amount", Takes::Text, "", "The column of the amount; no payment where it is empty or zero, one paid back where it is negative."),
    SettingKey::new("method", Takes::Text, "", "How it was paid: a fixed text. Without it the column's name."),
];

const PAYMENT: &[SettingKey] = &[
    SettingKey::new("only_when", Takes::Words(&[says("date", "Its day is filled in.")]), "", "Without it an amount without a day is a mistake; with it, no payment."),
    SettingKey::new("of", Takes::Words(&[says("rows", "Each row with an amount is a payment."), says("head", "The first row alone: exports that repeat the head on every line.")]), "rows", "Where payments stand."),
];

const JOIN: &[SettingKey] = &[
    SettingKey::new("file", Takes::Text, "", "Which files hold the other rows: a name, with `*` for any letters."),
    SettingKey::new("on", Takes::Text, "", "The column whose text is the same in both; `id = Invoice ID` where they have two names."),
    SettingKey::new("as", Takes::Words(&[says("lines", "They are the lines."), says("refunds", "They tell what was paid back.")]), "lines", "What these rows are."),
    SettingKey::new("else", Takes::Words(&[says("hold", "They are told."), says("ignore", "They are nothing.")]), "hold", "What becomes of rows without a partner."),
];

const CONTROL: &[SettingKey] = &[
    SettingKey::new("column", Takes::Text, "", "The column that is summed over all rows."),
    SettingKey::new("at", Takes::Text, "", "The text in the first filled cell of the row that has the sum."),
];

/// What a connection to files may say.
pub const SETTINGS: &[SettingKey] = &[
    SettingKey::new("folder", Takes::Folder, "", "The folder whose CSV and JSON files are read, from the workspace's own."),
    SettingKey::new("status_out", Takes::Text, "", "A file into which each run writes what became of every invoice: a path from the workspace's own folder that ends in `.csv` or `.json`, outside of `folder`."),
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
    SettingKey::new("like", Takes::Words(LIKE), "", "A shipped description of an export: what the connection itself says counts first.").of_reading(),
    SettingKey::new("defaults", Takes::Names(FIELDS), "", "What counts for a field where nothing stands.").of_reading(),
    SettingKey::new("header", Takes::Text, "row 1", "Where the names of the columns are: `row 4`, as an editor counts, or `names` for the first row that holds the columns of number and date."),
    SettingKey::new("ignore_rows", Takes::Table(&[]), "", "Rows that are nothing: by a column, the texts that say so."),
    SettingKey::new("stop_at", Takes::Texts, "", "Texts in a row's first filled cell from which on nothing is read: sums, footers."),
    SettingKey::new("control_total", Takes::Group(CONTROL), "", "A sum that the file itself has: what was read must come to it, or the whole file is left out."),
    SettingKey::new("fill", Takes::Words(&[says("off", "A row without a number is a mistake."), says("down", "It belongs to the invoice above.")]), "off", "What an empty number means."),
    SettingKey::new("list", Takes::Text, "invoices", "The path of the list of invoices inside JSON."),
    SettingKey::new("amounts", Takes::Words(&[says("major", "12.50"), says("minor", "1250: in cents")]), "major", "How amounts are written.").of_reading(),
    SettingKey::new("times", Takes::Words(&[says("own", "A time without an offset is the business's own."), says("utc", "It is UTC, and `zone` says whose day that is.")]), "own", "What times without an offset are.").of_reading(),
    SettingKey::new("texts", Takes::Words(&[says("plain", "As they stand."), says("wrapped", "Without the signs that keep a spreadsheet from reading a number: `'0200`, `=\"0200\"`.")]), "plain", "How texts are written.").of_reading(),
    SettingKey::new("text_rows", Takes::Words(&[says("refuse", "A line without a price is a mistake."), says("join", "Its text belongs to the line above.")]), "refuse", "What a row is that has a text and neither price nor amount.").of_reading(),
    SettingKey::new("status", Takes::Table(STATUS), "", "The source's words for `columns.status`, each with ours; `else` for any other. Without `else` another word holds.").of_reading(),
    SettingKey::new("kind", Takes::Table(KIND), "", "The source's words for `columns.kind`.").of_reading(),
    SettingKey::new("line_kind", Takes::Table(LINE_WORDS), "", "The source's words for `columns.line.kind`.").of_reading(),
    SettingKey::new("payment_kind", Takes::Table(PAYMENT_KIND), "", "The source's words for `columns.payment.kind`.").of_reading(),
    SettingKey::new("lines_from", Takes::Rows(LINES_FROM), "", "Lines made of columns of the head: shipping, fees, a discount, a tip, a gift card.").of_reading(),
    SettingKey::new("tenders", Takes::Rows(TENDER), "", "Several payments of one row, each with a column of its own.").of_reading(),
    SettingKey::new("payment", Takes::Group(PAYMENT), "", "When there is a payment.").of_reading(),
    SettingKey::new("tax", Takes::Words(&[says("stated", "As the columns say."), says("per_line", "The sum of the lines' own taxes, whatever the head says."), says("per_document", "The head's, whatever the lines say."), says("by_arithmetic", "As stated; whether the lines contain it is what makes lines, tax and total agree. If neither does, the invoice is left out.")]), "stated", "Where the tax stands.").of_reading(),
    SettingKey::new("join", Takes::Group(JOIN), "", "Rows of a second file that belong to those of the first."),
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

/// The shipped descriptions.
pub const LIKE: &[SettingWord] = &[
    says("shopify", "Shopify: Orders, Export."),
    says("woocommerce", "WooCommerce: one row an item, as the usual export plugins write it."),
    says("square", "Square: Transactions, with Items Detail beside it (a name with `item` in it)."),
    says("stripe", "Stripe: Invoices, with Payments beside it (a name with `payment` in it)."),
    says("xero_import", "The sales invoice template that Xero imports."),
    says("xero_export", "Invoices that Xero exports."),
    says("quickbooks_import", "The invoice template that QuickBooks imports."),
];

/// Our words for the source's words of status.
const STATUS: &[SettingWord] = &[
    says("draft", "Not yet issued."),
    says("unpaid", "Issued, nothing paid."),
    says("overdue", "Past its due date."),
    says("part_paid", "Something is paid."),
    says("paid", "All is paid."),
    says("sent", "Of an estimate or a purchase order: sent to whom it is for."),
    says("accepted", "Of an estimate: the customer has agreed."),
    says("declined", "Of an estimate: the customer wants it not."),
    says("part_delivered", "Of a purchase order: a part of it came."),
    says("delivered", "Of a purchase order: all of it came."),
    says("void", "Cancelled."),
    says("unstated", "It says nothing of what is paid: the payments do."),
    says("ignore", "No document: not read at all."),
    says("hold", "The invoice is left out and told."),
];

/// Our words for the source's kinds of documents.
pub(super) const KIND: &[SettingWord] = &[
    says("invoice", "An invoice."),
    says("estimate", "An estimate, or a quote: by `sync.estimates` of the tenant's file."),
    says("purchase_order", "An order to a supplier: by `sync.purchase_orders` of the tenant's file."),
    says("refund", "A row of money paid back: its payments count, its lines do not."),
    says("credit_note", "A credit note: told, and for a person to enter."),
    says("void", "A cancellation: the invoice is void."),
    says("ignore", "No document of ours."),
    says("hold", "It is left out and told."),
];

/// Our words for the source's kinds of payments.
const PAYMENT_KIND: &[SettingWord] = &[
    says("payment", "Received."),
    says("refund", "Paid back."),
    says("ignore", "No payment: pending, failed."),
    says("hold", "The invoice is left out and told."),
];
