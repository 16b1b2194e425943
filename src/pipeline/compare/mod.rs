//! What a book shall say, what it says, and what was last agreed: one comparison and one merge for every question.
//!
//! Flows in: drafts, and the ledger's copy as it was just read. Flows out: [`Difference`]s and [`Conflict`]s, field by
//! field, and the draft that keeps both sides' changes. Pure. A field whose draft leaves it to the ledger (no due day,
//! no tax code) differs from nothing. Texts that the ledger cuts at its own length are as they were sent.

mod carry;
mod merge;
mod shown;

pub use carry::{ROUNDING, carry, source_hash};
pub use merge::{Conflict, Merge, as_drafted, as_held, merge, of_money, take, unknown_base};
pub use shown::{changed_since, said_of};

use crate::connectors::stamp::unstamped;
use crate::model::{
    InvoiceDraft, LedgerInvoice, LedgerLine, LineDraft, LinesBy, TargetFacts, money,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A field that two books can say differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The number.
    Number,
    /// The reference, our stamp taken off.
    Reference,
    /// The day it is dated.
    Date,
    /// The day it is due.
    Due,
    /// The ledger's word for where it stands.
    Status,
    /// Its currency.
    Currency,
    /// How amounts are to be read.
    TaxMode,
    /// Whom it is for.
    Contact,
    /// What it comes to.
    Total,
    /// How many lines it has.
    Lines,
    /// A field of one line, counted from 1.
    Line(u32, LineField),
}

/// A field of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineField {
    /// The text people read.
    Description,
    /// How many.
    Quantity,
    /// Price of one.
    UnitAmount,
    /// Quantity times price, whichever two make it.
    Amount,
    /// Account code.
    Account,
    /// Tax code.
    Tax,
    /// Item code.
    Item,
    /// Tracking categories.
    Tracking,
}

impl LineField {
    /// The property of a line that it is.
    fn name(self) -> &'static str {
        match self {
            LineField::Description => "description",
            LineField::Quantity => "quantity",
            LineField::UnitAmount => "unit_amount",
            LineField::Amount => "amount",
            LineField::Account => "account",
            LineField::Tax => "tax",
            LineField::Item => "item",
            LineField::Tracking => "tracking",
        }
    }

    fn word(self) -> &'static str {
        match self {
            LineField::Description => "text",
            LineField::Quantity => "quantity",
            LineField::UnitAmount => "price",
            LineField::Amount => "amount",
            LineField::Account => "account",
            LineField::Tax => "tax code",
            LineField::Item => "item",
            LineField::Tracking => "tracking",
        }
    }
}

impl Field {
    /// The word by which a rule knows it, and the line that it is of.
    pub fn word(self) -> (&'static str, Option<u32>) {
        let word = match self {
            Field::Number => "number",
            Field::Reference => "reference",
            Field::Date => "date",
            Field::Due => "due",
            Field::Status => "status",
            Field::Currency => "currency",
            Field::TaxMode => "tax_mode",
            Field::Contact => "contact",
            Field::Total => "total",
            Field::Lines => "lines",
            Field::Line(n, field) => return (field.name(), Some(n)),
        };
        (word, None)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Number => f.write_str("number"),
            Field::Reference => f.write_str("reference"),
            Field::Date => f.write_str("date"),
            Field::Due => f.write_str("due date"),
            Field::Status => f.write_str("status"),
            Field::Currency => f.write_str("currency"),
            Field::TaxMode => f.write_str("tax mode"),
            Field::Contact => f.write_str("contact"),
            Field::Total => f.write_str("total"),
            Field::Lines => f.write_str("number of lines"),
            Field::Line(n, field) => write!(f, "line {n} {}", field.word()),
        }
    }
}

/// A field of which the ledger's copy says something else than the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which.
    pub field: Field,
    /// What the draft says.
    pub want: String,
    /// What the ledger says.
    pub is: String,
}

/// Which fields a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Everything a draft says: a change of a text or an account leaves the sum as it was.
    Everything,
    /// What the books come to and whom it is told by: number, days, currency, total.
    Head,
    /// The head, and lines that come to the same in the books; texts may be a person's own.
    Books,
}

impl Compare {
    fn asks(self, field: Field, facts: TargetFacts<'_>) -> bool {
        use LineField::{Account, Amount, Item, Tax, Tracking};
        let head = matches!(
            field,
            Field::Number | Field::Date | Field::Due | Field::Currency | Field::Total
        );
        match self {
            Compare::Everything => !matches!(field, Field::Line(_, Amount)),
            Compare::Head => head,
            Compare::Books => {
                // An item is what an account is where a line names one in its place.
                let item = facts.lines_by == LinesBy::Item && matches!(field, Field::Line(_, Item));
                let books = matches!(
                    field,
                    Field::Lines | Field::Line(_, Amount | Account | Tax | Tracking)
                );
                head || books || item
            }
        }
    }
}

/// A value as it is compared and told: the same text where it is the same.
fn amount(d: Decimal) -> String {
    money::show(d)
}

fn tracked(t: &[(String, String)]) -> String {
    let all: Vec<String> = t.iter().map(|(a, b)| format!("{a}: {b}")).collect();
    all.join(", ")
}

/// Whether a text is the one we sent, which is cut where the ledger has no more room for it.
fn kept(sent: &str, is: &str, room: usize) -> bool {
    let (sent, is) = (sent.trim(), is.trim());
    let cut: String = sent.chars().take(room).collect();
    sent == is || cut.trim_end() == is
}

/// Whether the item is the one we sent: a ledger may name it by its code or by its id.
fn same_item(want: &LineDraft, is: &LedgerLine) -> bool {
    is.item == want.item || (!want.item_id.is_empty() && is.item == want.item_id)
}

struct Differences<'a> {
    rule: Compare,
    facts: TargetFacts<'a>,
    all: Vec<Difference>,
}

impl Differences<'_> {
    fn put(&mut self, field: Field, same: bool, want: impl FnOnce() -> (String, String)) {
        if !same && self.rule.asks(field, self.facts) {
            let (want, is) = want();
            self.all.push(Difference { field, want, is });
        }
    }

    fn text(&mut self, field: Field, same: bool, want: &str, is: &str) {
        self.put(field, same, || (want.to_owned(), is.to_owned()));
    }

    fn line(&mut self, n: u32, want: &LineDraft, is: &LedgerLine) {
        let at = |field| Field::Line(n, field);
        let texts = match want.description.trim() {
            "" => {
                is.description.trim().is_empty() || is.description.trim() == self.facts.empty_text
            }
            sent => kept(sent, &is.description, self.facts.lengths.description),
        };
        self.text(
            at(LineField::Description),
            texts,
            &want.description,
            &is.description,
        );
        let figures = [
            (LineField::Quantity, want.quantity, is.quantity),
            (LineField::UnitAmount, want.unit_amount, is.unit_amount),
            (
                LineField::Amount,
                money::times(want.quantity, want.unit_amount),
                money::times(is.quantity, is.unit_amount),
            ),
        ];
        for (field, want, is) in figures {
            self.put(at(field), want == is, || (amount(want), amount(is)));
        }
        let tax = want.tax.is_empty() || want.tax == is.tax;
        // Where a line names an item, the item names the account; and there may be none.
        let account = !self.facts.line_accounts() || want.account == is.account;
        let codes = [
            (LineField::Account, account, &want.account, &is.account),
            (LineField::Tax, tax, &want.tax, &is.tax),
            (LineField::Item, same_item(want, is), &want.item, &is.item),
        ];
        for (field, same, want, is) in codes {
            self.text(at(field), same, want, is);
        }
        self.put(
            at(LineField::Tracking),
            want.tracking == is.tracking,
            || (tracked(&want.tracking), tracked(&is.tracking)),
        );
    }
}

/// What a ledger's copy says otherwise than a draft, in the order in which people read a document.
///
/// The contact is not part of a draft, and its status may be the draft's or one that a person has taken it to: both
/// are compared by whoever knows them.
pub fn differences(
    want: &InvoiceDraft,
    is: &LedgerInvoice,
    rule: Compare,
    facts: TargetFacts<'_>,
) -> Vec<Difference> {
    let mut out = Differences {
        rule,
        facts,
        all: Vec::new(),
    };
    let numbered = !facts.numbers_ours(want.kind) || want.number == is.number;
    out.text(Field::Number, numbered, &want.number, &is.number);
    let reference = unstamped(&is.reference);
    let same = kept(&want.reference, reference, facts.lengths.reference);
    out.text(Field::Reference, same, &want.reference, reference);
    out.put(Field::Date, is.date == Some(want.date), || {
        (want.date.to_string(), day(is.date))
    });
    // Without a due day the ledger finds one of its own.
    let due = want.due.is_none() || want.due == is.due;
    out.put(Field::Due, due, || (day(want.due), day(is.due)));
    let currency = want.currency.code();
    out.text(
        Field::Currency,
        currency == is.currency,
        currency,
        &is.currency,
    );
    let mode = is.tax_mode.is_none_or(|mode| mode == want.tax_mode);
    out.put(Field::TaxMode, mode, || {
        let is = is.tax_mode.map_or("", |m| m.as_str());
        (want.tax_mode.as_str().to_owned(), is.to_owned())
    });
    out.put(Field::Total, want.total == is.total, || {
        (amount(want.total), amount(is.total))
    });
    let (wanted, there) = (want.lines.len(), is.lines.len());
    out.put(Field::Lines, wanted == there, || {
        (wanted.to_string(), there.to_string())
    });
    if wanted == there {
        for (n, (want, is)) in (1..).zip(want.lines.iter().zip(&is.lines)) {
            out.line(n, want, is);
        }
    }
    out.all
}

fn day(d: Option<chrono::NaiveDate>) -> String {
    d.map_or(String::new(), |d| d.to_string())
}
