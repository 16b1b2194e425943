//! What stood on the wrong side of a fence when it was put up. These lists only shrink, and their lengths with them.

/// Circles of files. What is left of one may stay until it is gone; nothing may join it.
pub const CIRCLES: &[&[&str]] = &[];
/// How many files may stand in circles.
pub const IN_CIRCLES_AT_MOST: usize = 0;

/// Files that are too long.
pub const LONG_FILES: &[&str] = &["src/connectors/keap/read.rs"];
/// How many files may be too long.
pub const LONG_FILES_AT_MOST: usize = 1;

/// Functions that are too long: the file, then the name.
pub const LONG_FUNCTIONS: &[&str] = &["src/connectors/keap/read.rs invoice"];
/// How many functions may be too long.
pub const LONG_FUNCTIONS_AT_MOST: usize = 1;

/// Vendors' names in rooms that know none.
pub const VENDOR_NAMES: &[&str] = &[
    "src/mapping/check/lists.rs names keap",
    "src/mapping/compile.rs names keap",
    "src/mapping/compile.rs names xero",
    "src/mapping/connections.rs names keap",
    "src/mapping/cross.rs names keap",
    "src/mapping/cross.rs names xero",
    "src/mapping/grammar.rs names keap",
    "src/mapping/grammar.rs names xero",
    "src/mapping/skeleton.rs names keap",
    "src/mapping/skeleton.rs names xero",
    "src/rules/api/source/invoice.rs names keap",
];
/// How many of these rooms' files may name vendors.
pub const VENDOR_NAMES_AT_MOST: usize = 11;

/// A habit of one vendor that a neutral room takes for a law.
pub struct Habit {
    /// The text it is known by.
    pub word: &'static str,
    /// The files it stands in.
    pub places: &'static [&'static str],
    /// Why it is a fact of a vendor.
    pub why: &'static str,
    /// What takes it out.
    pub until: &'static str,
}

/// Vendors' habits in the neutral rooms.
pub const HABITS: &[Habit] = &[
    Habit {
        word: "AUTHORISED",
        places: &["src/mapping/cross.rs", "src/rules/spec/document.rs"],
        why: "A status word of one ledger, as an example and as what a spec's document stands in.",
        until: "kinds: a draft says its standing, and the connector has the word for it",
    },
    Habit {
        word: "unstamped(",
        places: &[
            "src/pipeline/compare/merge.rs",
            "src/pipeline/compare/mod.rs",
        ],
        why: "The mark is a text inside the reference, which is compared without it.",
        until: "kinds: a record's paper holds the reference as people wrote it",
    },
    Habit {
        word: "'contact'",
        places: &["src/store/journey.rs"],
        why: "Contacts are the kind that others wait for.",
        until: "kinds: what a write needs is named by its role, in a table that SQL is given",
    },
    Habit {
        word: "kind = 'invoice'",
        places: &["src/store/first_stage.rs"],
        why: "In a database of the first stage one kind had a journey.",
        until: "never: it reads what was written then",
    },
];
/// How many places may keep one; six at most shall be left once two ledgers are written to.
pub const HABITS_AT_MOST: usize = 6;

/// Type names with more than one meaning, and where each is defined.
pub const NAMES: &[(&str, &[&str])] = &[];
/// How many names may have more than one meaning.
pub const NAMES_AT_MOST: usize = 0;
