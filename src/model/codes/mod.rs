//! The codes of reasons: every cause for which a document, a write or a payment is skipped, held, refused or waits, or
//! for which a person is told, in one table. `docs/codes.md` is made from it.
//!
//! Flows in: nothing. Flows out: a constant a code, by which reasons are made and asked for, and what each means, why it
//! arises and what a person does. A file a family, in the order of the flow. What one vendor refuses has its codes with
//! that vendor's connector, in the same form.
//! Refuses: a code that is not in a table, since [`Code`] has no other maker than `codes!`; a test reads the source for
//! texts that look like one. A code never changes: it is stored, counted and searched for. The cure that is printed names
//! the case at hand and is made with the reason; the one here is general.

mod approval;
mod contact;
mod document;
mod ledger;
mod lines;
mod payment;
mod rule;
mod source;
mod wanted;

pub use approval::*;
pub use contact::*;
pub use document::*;
pub use ledger::*;
pub use lines::*;
pub use payment::*;
pub use rule::*;
pub use source::*;
pub use wanted::*;

use std::fmt;

/// The stable code of a reason: `total.mismatch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// A code of a table. In the program only `codes!` calls this.
    pub const fn of_table(code: &'static str) -> Self {
        Self(code)
    }

    /// The code as it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What a code means, in whole sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeEntry {
    /// The code.
    pub code: Code,
    /// What it means, for one who keeps books.
    pub what: &'static str,
    /// When it arises, and why Crossfoot does not go on.
    pub why: &'static str,
    /// What a person does about it.
    pub fix: &'static str,
}

/// Codes that belong together: a section of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeFamily {
    /// What it is about.
    pub title: &'static str,
    /// What holds for all of them; may be empty.
    pub intro: &'static str,
    /// The codes, in the order in which they are shown.
    pub entries: &'static [CodeEntry],
}

/// Declares a family of codes: a constant for each, and the table of all.
macro_rules! codes {
    ($table:ident = $title:literal, $intro:literal;
     $($name:ident = $code:literal { what: $what:literal why: $why:literal fix: $fix:literal })+) => {
        $(
            #[doc = $what]
            pub const $name: $crate::model::codes::Code = $crate::model::codes::Code::of_table($code);
        )+

        #[doc = concat!($title, ": the codes in order.")]
        pub const $table: $crate::model::codes::CodeFamily = $crate::model::codes::CodeFamily {
            title: $title,
            intro: $intro,
            entries: &[$(
                $crate::model::codes::CodeEntry { code: $name, what: $what, why: $why, fix: $fix },
            )+],
        };
    };
}
pub(crate) use codes;

/// Every family that knows no vendor, in the order of the flow.
pub const FAMILIES: [CodeFamily; 9] = [
    OF_WANTS,
    OF_SOURCE,
    OF_CONTACTS,
    OF_LINES,
    OF_DOCUMENTS,
    OF_RULES,
    OF_PAYMENTS,
    OF_APPROVAL,
    OF_LEDGER,
];
