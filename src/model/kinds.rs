//! The kinds of things there are, and the one table of what is so of each: every room asks it, and none knows a kind by itself.
//!
//! A kind says what a thing *is*, in whichever book it stands: an estimate is one at the source, and where it goes as a quote it is
//! one in the ledger. An estimate that goes as a draft invoice is kept as the invoice that it becomes, from the beginning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A kind of document.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person or company.
    Contact,
    /// A product or service.
    Item,
    /// What a customer owes.
    Invoice,
    /// What a customer is owed.
    CreditNote,
    /// What a customer is offered.
    Estimate,
    /// What is ordered from a supplier.
    PurchaseOrder,
    /// Money received against an invoice, or paid back.
    Payment,
    /// Money received beyond what is owed: a credit of the contact.
    Overpayment,
}

/// What a thing is among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A list beside the papers: items.
    List,
    /// Whom papers are for: needed by papers, and where the file wants it on a journey of its own.
    Party,
    /// A paper that a source tells of, which goes on a journey of its own.
    Document,
    /// A paper that is made for money of a document.
    OfMoney,
    /// Money.
    Money,
}

/// What is so of a kind.
struct KindRow {
    /// The word used in the store, the command line and reports.
    word: &'static str,
    /// What people call one.
    name: &'static str,
    role: Role,
    /// Which request a write of it belongs to.
    level: u8,
    /// Whether payments are put to one.
    takes_payments: bool,
    /// Whether it can be taken for one of another kind: where its record is told as that at the source, it is that.
    becomes: Option<Kind>,
    /// The rule that changes what a document of it is made as, and what such a rule calls the document.
    mapped_by: (&'static str, &'static str),
}

/// The table.
fn row(kind: Kind) -> &'static KindRow {
    const fn of(word: &'static str, name: &'static str, role: Role, level: u8) -> KindRow {
        KindRow {
            word,
            name,
            role,
            level,
            takes_payments: false,
            becomes: None,
            mapped_by: ("map_invoice", "invoice"),
        }
    }
    static CONTACT: KindRow = of("contact", "contact", Role::Party, 0);
    static ITEM: KindRow = of("item", "item", Role::List, 0);
    static INVOICE: KindRow = KindRow {
        takes_payments: true,
        ..of("invoice", "invoice", Role::Document, 1)
    };
    static CREDIT_NOTE: KindRow = KindRow {
        takes_payments: true,
        mapped_by: ("map_credit_note", "invoice"),
        ..of("credit_note", "credit note", Role::OfMoney, 1)
    };
    static ESTIMATE: KindRow = KindRow {
        becomes: Some(Kind::Invoice),
        mapped_by: ("map_estimate", "estimate"),
        ..of("estimate", "estimate", Role::Document, 1)
    };
    static PURCHASE_ORDER: KindRow = KindRow {
        mapped_by: ("map_purchase_order", "order"),
        ..of("purchase_order", "purchase order", Role::Document, 1)
    };
    static PAYMENT: KindRow = of("payment", "payment", Role::Money, 2);
    // What is owed is paid first.
    static OVERPAYMENT: KindRow = of("overpayment", "overpayment", Role::OfMoney, 3);
    match kind {
        Kind::Contact => &CONTACT,
        Kind::Item => &ITEM,
        Kind::Invoice => &INVOICE,
        Kind::CreditNote => &CREDIT_NOTE,
        Kind::Estimate => &ESTIMATE,
        Kind::PurchaseOrder => &PURCHASE_ORDER,
        Kind::Payment => &PAYMENT,
        Kind::Overpayment => &OVERPAYMENT,
    }
}

impl Kind {
    /// Every kind, in the order in which they depend on one another.
    pub const ALL: [Kind; 8] = [
        Kind::Contact,
        Kind::Item,
        Kind::Invoice,
        Kind::CreditNote,
        Kind::Estimate,
        Kind::PurchaseOrder,
        Kind::Payment,
        Kind::Overpayment,
    ];

    /// The kinds that a source tells of as papers of their own.
    pub const DOCUMENTS: [Kind; 3] = [Kind::Invoice, Kind::Estimate, Kind::PurchaseOrder];

    /// The kinds of which one goes on a journey of its own, with a decision, a state and a reason: papers, and contacts that go
    /// without one.
    pub const JOURNEYS: [Kind; 4] = [
        Kind::Contact,
        Kind::Invoice,
        Kind::Estimate,
        Kind::PurchaseOrder,
    ];

    /// The word used in the store, the command line and reports.
    pub fn as_str(self) -> &'static str {
        row(self).word
    }

    /// What people call one: `purchase order`.
    pub fn name(self) -> &'static str {
        row(self).name
    }

    /// The kind a word names.
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.as_str() == word)
    }

    /// The kind that a person named with a number, and the number: `purchase_order:77`, `contact:17`. A number is unique within its
    /// kind alone.
    pub fn named_in(typed: &str) -> (Option<Kind>, &str) {
        let parts = typed.split_once(':');
        let named = parts.and_then(|(word, rest)| Some((Kind::parse(word)?, rest)));
        match named.filter(|(kind, rest)| kind.has_journey() && !rest.is_empty()) {
            Some((kind, number)) => (Some(kind), number),
            None => (None, typed),
        }
    }

    /// How a command names a document of this kind: an invoice by its number alone, unless papers of other kinds have that number
    /// too, or it reads as if a kind stood before it.
    pub fn name_of(self, number: &str, shared: bool) -> String {
        match self == Kind::Invoice && !shared && Kind::named_in(number).0.is_none() {
            true => number.to_owned(),
            false => format!("{self}:{number}"),
        }
    }

    /// Which request a write of this kind belongs to: contacts and items before papers, payments last.
    pub fn level(self) -> u8 {
        row(self).level
    }

    /// Whether a source tells of one as a paper of its own.
    pub fn is_document(self) -> bool {
        row(self).role == Role::Document
    }

    /// Whether one goes on a journey of its own: a paper, or a contact that goes without one.
    pub fn has_journey(self) -> bool {
        matches!(row(self).role, Role::Document | Role::Party)
    }

    /// Whether one is whom papers are for.
    pub fn is_party(self) -> bool {
        row(self).role == Role::Party
    }

    /// Whether one is a paper, with a head, lines and a sum, be it a document of its own or made for one's money.
    pub fn is_paper(self) -> bool {
        matches!(row(self).role, Role::Document | Role::OfMoney)
    }

    /// Whether one is money of a document, or a paper that is made for it.
    pub fn is_of_money(self) -> bool {
        matches!(row(self).role, Role::Money | Role::OfMoney)
    }

    /// Whether payments are put to one. What takes none owes nothing either.
    pub fn takes_payments(self) -> bool {
        row(self).takes_payments
    }

    /// The rule that changes what a document of this kind is made as.
    pub fn mapped_by(self) -> &'static str {
        row(self).mapped_by.0
    }

    /// How a rule gives a document of this kind another number, for a cure: the rule, and what is written in it.
    pub fn renumbered_by(self) -> String {
        let (rule, it) = row(self).mapped_by;
        format!("a `{rule}` rule (`if {it}.number == \"...\" {{ {it}.number = \"...-2\"; }}`)")
    }

    /// What one turns into at its source, where that is the same record there.
    pub fn becomes(self) -> Option<Kind> {
        row(self).becomes
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back_as_the_paper_that_it_was_made_of() {
        for kind in Kind::JOURNEYS {
            for (number, shared) in [
                ("77", true),
                ("77", false),
                ("estimate:5", false),
                ("contact:5", false),
                ("a:b", true),
            ] {
                let name = kind.name_of(number, shared);
                let (named, told) = Kind::named_in(&name);
                assert_eq!((named.unwrap_or(Kind::Invoice), told), (kind, number));
            }
        }
        assert_eq!(Kind::Invoice.name_of("77", false), "77");
    }

    #[test]
    fn the_table_and_its_lists_agree() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!(Kind::DOCUMENTS.contains(&kind), kind.is_document());
            assert_eq!(Kind::JOURNEYS.contains(&kind), kind.has_journey());
            assert_eq!(kind.name().replace(' ', "_"), kind.as_str());
            // What is made for money is no document of its own, and no list is either.
            assert!(!(kind.is_of_money() && kind.is_document()));
            if let Some(other) = kind.becomes() {
                assert!(kind.is_document() && other.is_document() && other.becomes().is_none());
            }
        }
    }
}
