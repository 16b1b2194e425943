//! The keys of rows: of the accounts table, and of what names a bank account.

use crate::mapping::shape::{KnownKey, Shape, key, word};
use crate::mapping::words::Word;
use Shape::{Code, Switch, Text, Words};

/// The keys of a row of `accounts`.
pub const ROW: &[KnownKey] = &[
    key("sku", Code, "", "The line's SKU; `*` is any text, `?` any one character."),
    key("kind", Words(LINE_KINDS), "", "What the line is for."),
    key("document", Words(DOCUMENTS), "", "What the document is."),
    key("name", Text, "", "The product's name; `*` and `?` as in `sku`."),
    key("category", Text, "", "The category that the source keeps the product in; `*` and `?` as in `sku`."),
    key("tax_rate", Text, "", "The source's name of the line's tax rate; `*` and `?` as in `sku`."),
    key("taxable", Switch, "", "Whether the source says that tax applies."),
    key("skus", Text, "", "A CSV file of the workspace that lists the SKUs: in the column headed `sku`, else in the first."),
    key("use", Code, "", "The account code; `hold`, or `from_source` for the account the source itself names."),
    key("tax", Code, "", "The tax code of such a line, in the place of that of `tax.codes`; of an order without tax it changes nothing. A row with `tax` and without `use` leaves the account to the rows below."),
    key("else", Code, "", "The last row: the account code of every other line, or `hold`."),
];

/// What a document may be, as a row says it.
const DOCUMENTS: &[Word] = &[
    word("invoice", "An invoice."),
    word("estimate", "An estimate, as whatever it goes."),
    word("purchase_order", "A purchase order."),
];

pub(in crate::mapping) const LINE_KINDS: &[Word] = &[
    word("product", "Goods."),
    word("service", "Work."),
    word("subscription", "A cycle of a subscription."),
    word("shipping", "Carriage."),
    word("discount", "Money off."),
    word("finance_charge", "Interest or a late fee."),
    word("tip", "A gratuity."),
    word("fee", "Another charge."),
    word("other", "Anything else."),
];

/// The ways to name a bank account.
pub const BANK: &[KnownKey] = &[
    key("code", Code, "", "By its code."),
    key("name", Text, "", "By its name."),
    key("id", Code, "", "By the ledger's id."),
];
