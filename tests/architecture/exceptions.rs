//! What stood on the wrong side of a fence when it was put up. These lists only shrink, and their lengths with them.

/// Circles of files. What is left of one may stay until it is gone; nothing may join it.
pub const CIRCLES: &[&[&str]] = &[
    &["src/checks/accounts.rs", "src/checks/mod.rs"],
    &[
        "src/cli/approve.rs",
        "src/cli/audit.rs",
        "src/cli/completions.rs",
        "src/cli/config.rs",
        "src/cli/connect.rs",
        "src/cli/context.rs",
        "src/cli/demo.rs",
        "src/cli/errors.rs",
        "src/cli/explain.rs",
        "src/cli/history.rs",
        "src/cli/init.rs",
        "src/cli/lint.rs",
        "src/cli/mod.rs",
        "src/cli/new.rs",
        "src/cli/out.rs",
        "src/cli/plan.rs",
        "src/cli/processing.rs",
        "src/cli/progress.rs",
        "src/cli/rules.rs",
        "src/cli/run.rs",
        "src/cli/sandbox.rs",
        "src/cli/schema.rs",
        "src/cli/status.rs",
        "src/cli/sync.rs",
        "src/cli/test.rs",
        "src/cli/unlink.rs",
    ],
    &[
        "src/connectors/keap/connect.rs",
        "src/connectors/keap/contacts.rs",
        "src/connectors/keap/fetch.rs",
        "src/connectors/keap/mod.rs",
        "src/connectors/keap/pull.rs",
        "src/connectors/keap/read.rs",
        "src/connectors/keap/wait.rs",
    ],
    &[
        "src/connectors/keap/payments/own.rs",
        "src/connectors/keap/payments.rs",
    ],
    &["src/connectors/mod.rs", "src/connectors/send.rs"],
    &["src/pipeline/flow.rs", "src/pipeline/view.rs"],
    &[
        "src/pipeline/judge.rs",
        "src/pipeline/ports.rs",
        "src/pipeline/protocol.rs",
    ],
    &["src/service/compiled.rs", "src/service/workspace.rs"],
    &["src/store/documents.rs", "src/store/writes.rs"],
    &["src/store/open.rs", "src/store/sql.rs"],
];
/// How many files may stand in circles.
pub const IN_CIRCLES_AT_MOST: usize = 50;

/// Files that are too long.
pub const LONG_FILES: &[&str] = &[
    "src/connectors/budget.rs",
    "src/connectors/files/read.rs",
    "src/connectors/keap/read.rs",
    "src/connectors/send.rs",
    "src/pipeline/flow.rs",
    "src/pipeline/ports.rs",
    "src/pipeline/protocol.rs",
    "src/pipeline/view.rs",
    "src/pipeline/writes.rs",
    "src/service/engine.rs",
    "src/service/worker.rs",
    "src/service/workspace.rs",
    "src/store/writes.rs",
];
/// How many files may be too long.
pub const LONG_FILES_AT_MOST: usize = 13;

/// Functions that are too long: the file, then the name.
pub const LONG_FUNCTIONS: &[&str] = &[
    "src/connectors/keap/read.rs invoice",
    "src/pipeline/view.rs of",
    "src/pipeline/writes.rs outcome",
];
/// How many functions may be too long.
pub const LONG_FUNCTIONS_AT_MOST: usize = 3;

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
        word: "\"DEBTORS\", \"CREDITORS\"",
        places: &["src/checks/accounts.rs", "src/checks/live.rs"],
        why: "The ledger's own words for accounts it alone may post to.",
        until: "the chart says of an account whether a document may name it",
    },
    Habit {
        word: "AUTHORISED",
        places: &["src/mapping/cross.rs", "src/rules/spec/document.rs"],
        why: "A status word of one ledger.",
        until: "`Standing`: the connector reads its words into ours",
    },
    Habit {
        word: "SHORT: usize = 200",
        places: &["src/pipeline/judge.rs"],
        why: "At this length one ledger cuts a text.",
        until: "the lengths are facts, and what does not fit is found before anything is planned",
    },
    Habit {
        word: "\"\" | \"-\"",
        places: &["src/pipeline/judge.rs"],
        why: "One ledger answers a dash for a text left empty.",
        until: "its connector reads the dash as nothing",
    },
    Habit {
        word: "len() <= 50",
        places: &["src/pipeline/writes.rs"],
        why: "The room of one ledger's contact number.",
        until: "the length is a fact",
    },
    Habit {
        word: ".take(40)",
        places: &["src/pipeline/post/send.rs", "src/pipeline/writes.rs"],
        why: "The room of one ledger's key, or of its contact number.",
        until: "the length is a fact",
    },
    Habit {
        word: "statuses.iter().position",
        places: &["src/pipeline/writes.rs"],
        why: "Status words are ranked by their place in a list.",
        until: "`Standing` has an order of its own",
    },
    Habit {
        word: "payable_statuses",
        places: &[
            "src/mapping/cross.rs",
            "src/model/facts.rs",
            "src/pipeline/decide/payments.rs",
        ],
        why: "A ledger has status words, and some take payments.",
        until: "`Standing`",
    },
    Habit {
        word: ".statuses",
        places: &[
            "src/checks/document.rs",
            "src/mapping/cross.rs",
            "src/mapping/schema.rs",
            "src/pipeline/writes.rs",
        ],
        why: "A ledger has status words.",
        until: "`Standing`",
    },
    Habit {
        word: "amount_paid.is_zero()",
        places: &["src/pipeline/decide.rs", "src/pipeline/judge.rs"],
        why: "Nothing owed and nothing paid is taken for cancelled.",
        until: "`Standing::Cancelled`, which the connector decides",
    },
    Habit {
        word: "unstamped(",
        places: &["src/pipeline/judge.rs"],
        why: "The mark is a text inside the reference.",
        until: "`Record::mark`, which the connector reads",
    },
    Habit {
        word: "kind = 'invoice'",
        places: &["src/store/documents.rs", "src/store/writes.rs"],
        why: "One kind has a journey.",
        until: "things: statements speak of a thing, not of a kind",
    },
    Habit {
        word: "'contact'",
        places: &["src/store/journey.rs", "src/store/links.rs"],
        why: "Contacts are the kind that others wait for.",
        until: "the kind table, which SQL is given",
    },
    Habit {
        word: "PAUSE_S",
        places: &["src/pipeline/flow.rs"],
        why: "A pause that suits the quotas of one vendor.",
        until: "pauses follow from what the facts promise",
    },
    Habit {
        word: "(Kind::Invoice, action)",
        places: &["src/pipeline/flow.rs"],
        why: "The kind without a name in counts is the invoice.",
        until: "the kind table has the words",
    },
    Habit {
        word: "system: &'static str",
        places: &["src/model/facts.rs"],
        why: "A system is known when the program is compiled.",
        until: "facts own their words",
    },
    Habit {
        word: "line_accounts",
        places: &[
            "src/checks/accounts.rs",
            "src/mapping/cross.rs",
            "src/model/facts.rs",
        ],
        why: "A line of one ledger takes its account by itself or from its item.",
        until: "`lines_by`, a fact of every writer",
    },
];
/// How many places may keep one; six at most shall be left once two ledgers are written to.
pub const HABITS_AT_MOST: usize = 30;

/// Type names with more than one meaning, and where each is defined.
pub const NAMES: &[(&str, &[&str])] = &[
    (
        "AccountRef",
        &["src/connectors/xero/wire.rs", "src/model/draft.rs"],
    ),
    (
        "Address",
        &["src/connectors/xero/wire.rs", "src/model/document.rs"],
    ),
    ("Answer", &["src/cli/callback.rs", "src/mapping/lookup.rs"]),
    (
        "Args",
        &[
            "src/cli/audit.rs",
            "src/cli/completions.rs",
            "src/cli/config.rs",
            "src/cli/connect.rs",
            "src/cli/demo.rs",
            "src/cli/errors.rs",
            "src/cli/explain.rs",
            "src/cli/history.rs",
            "src/cli/init.rs",
            "src/cli/lint.rs",
            "src/cli/new.rs",
            "src/cli/plan.rs",
            "src/cli/processing.rs",
            "src/cli/rules.rs",
            "src/cli/run.rs",
            "src/cli/sandbox.rs",
            "src/cli/schema.rs",
            "src/cli/status.rs",
            "src/cli/sync.rs",
            "src/cli/test.rs",
            "src/cli/unlink.rs",
        ],
    ),
    ("Ask", &["src/connectors/send.rs", "src/pipeline/flow.rs"]),
    (
        "At",
        &[
            "src/connectors/keap/payments/own.rs",
            "src/mapping/located.rs",
        ],
    ),
    (
        "Choice",
        &[
            "src/connectors/xero/connect.rs",
            "src/rules/outcome.rs",
            "src/service/systems.rs",
        ],
    ),
    (
        "Compiled",
        &["src/mapping/compile.rs", "src/service/compiled.rs"],
    ),
    (
        "Contact",
        &["src/connectors/xero/wire.rs", "src/model/document.rs"],
    ),
    (
        "Context",
        &["src/cli/context.rs", "src/rules/runner/about.rs"],
    ),
    ("Due", &["src/mapping/config.rs", "src/service/notify.rs"]),
    (
        "Entry",
        &["src/connectors/xero/errors.rs", "src/store/audit.rs"],
    ),
    (
        "Event",
        &["src/pipeline/post/mod.rs", "src/service/worker.rs"],
    ),
    (
        "Flow",
        &["src/pipeline/flow.rs", "src/pipeline/post/mod.rs"],
    ),
    (
        "FlowError",
        &["src/connectors/auth/flow.rs", "src/pipeline/flow.rs"],
    ),
    ("Found", &["src/connectors/mod.rs", "src/store/contacts.rs"]),
    (
        "Gathered",
        &[
            "src/connectors/files/table.rs",
            "src/connectors/keap/fetch.rs",
        ],
    ),
    (
        "Group",
        &["src/cli/sync.rs", "src/connectors/files/table.rs"],
    ),
    (
        "Invoice",
        &["src/connectors/xero/wire.rs", "src/model/document.rs"],
    ),
    ("Key", &["src/mapping/node.rs", "src/mapping/shape.rs"]),
    (
        "Learned",
        &["src/connectors/send.rs", "src/pipeline/ports.rs"],
    ),
    ("Ledger", &["src/cli/explain.rs", "src/pipeline/flow.rs"]),
    ("Left", &["src/cli/approve.rs", "src/store/unwanted.rs"]),
    (
        "Line",
        &[
            "src/cli/text.rs",
            "src/connectors/xero/wire.rs",
            "src/model/document.rs",
        ],
    ),
    (
        "Outcome",
        &["src/connectors/mod.rs", "src/pipeline/writes.rs"],
    ),
    (
        "Payment",
        &["src/connectors/xero/wire.rs", "src/model/document.rs"],
    ),
    (
        "Place",
        &["src/connectors/keap/pull.rs", "src/model/diagnostic.rs"],
    ),
    ("Planned", &["src/cli/plan.rs", "src/pipeline/view.rs"]),
    (
        "Posted",
        &["src/connectors/mod.rs", "src/pipeline/post/mod.rs"],
    ),
    (
        "Row",
        &[
            "src/connectors/files/cells.rs",
            "src/connectors/keap/payments/own.rs",
            "src/service/coverage.rs",
        ],
    ),
    (
        "Rows",
        &["src/connectors/auth/memory.rs", "src/mapping/shape.rs"],
    ),
    (
        "ShippedRule",
        &["src/mapping/apply/shipped.rs", "src/rules/shipped.rs"],
    ),
    (
        "Since",
        &["src/connectors/keap/wait.rs", "src/service/schedule.rs"],
    ),
    ("Source", &["src/connectors/mod.rs", "src/mapping/node.rs"]),
    (
        "Table",
        &[
            "src/cli/out.rs",
            "src/mapping/lookup.rs",
            "src/rules/given.rs",
        ],
    ),
    (
        "Tokens",
        &["src/connectors/auth/mod.rs", "src/store/tokens.rs"],
    ),
    (
        "Told",
        &[
            "src/cli/errors.rs",
            "src/cli/explain.rs",
            "src/connectors/keap/payments.rs",
            "src/service/notify/letter.rs",
            "src/service/sandbox_clock.rs",
        ],
    ),
    ("What", &["src/cli/audit.rs", "src/cli/rules.rs"]),
    (
        "Word",
        &[
            "src/cli/approve.rs",
            "src/mapping/words.rs",
            "src/store/unlink.rs",
        ],
    ),
];
/// How many names may have more than one meaning.
pub const NAMES_AT_MOST: usize = 39;
