//! What the vendor's documents leave open, or what a rehearsal wants smaller: named switches.
//!
//! A switch has a name, the values it may take and a default. A number's range stands for its values.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// One switch: its name, its values (the first is the default), and what it decides.
struct Switch {
    name: &'static str,
    values: &'static [&'static str],
    about: &'static str,
}

/// One numeric switch: its name, default, and what it decides.
struct Level {
    name: &'static str,
    default: u64,
    about: &'static str,
}

const SWITCHES: &[Switch] = &[
    Switch {
        name: "auto_approve",
        values: &["on", "off"],
        about: "the consent page answers yes by itself",
    },
    Switch {
        name: "consent",
        values: &["all", "first"],
        about: "which organisations a consent connects: all, or the first one not yet connected",
    },
    Switch {
        name: "grace_sibling",
        values: &["valid", "dead"],
        about: "when a rotated refresh token is used again in its grace, whether the token issued first stays usable",
    },
    Switch {
        name: "refresh_error_description",
        values: &["absent", "present"],
        about: "whether invalid_grant carries error_description",
    },
    Switch {
        name: "rate_window",
        values: &["rolling", "fixed"],
        about: "how the 60 calls a minute are counted",
    },
    Switch {
        name: "day_window",
        values: &["fixed", "rolling"],
        about: "how the daily calls are counted",
    },
    Switch {
        name: "throttle_body",
        values: &["empty", "text"],
        about: "the body of a 429",
    },
    Switch {
        name: "idempotency_scope",
        values: &["app", "app_and_tenant"],
        about: "whether a key used for one organisation answers for another",
    },
    Switch {
        name: "summarised_saves",
        values: &["none", "valid"],
        about: "whether the valid elements of a refused summarised batch are saved",
    },
    Switch {
        name: "post_contact_same_name",
        values: &["error", "upsert"],
        about: "POST of a contact without id whose name is taken",
    },
    Switch {
        name: "invoice_contact_name",
        values: &["match", "create"],
        about: "a document's contact given by name: match an active one, or always create",
    },
    Switch {
        name: "unknown_nested_contact",
        values: &["not_found", "validation"],
        about: "a document that names an unknown ContactID: 404 for the request, or an error of the element",
    },
    Switch {
        name: "dead_number_reuse",
        values: &["refuse", "allow"],
        about: "whether the number of a voided or deleted invoice may be used again",
    },
    Switch {
        name: "quote_number",
        values: &["refuse", "overwrite"],
        about: "what a create does whose quote number is taken: refused, or the quote that has it is changed, as was seen of purchase orders",
    },
    Switch {
        name: "copied_reference",
        values: &["kept", "dropped"],
        about: "whether a copy that a person makes of a document in the ledger keeps its reference",
    },
    Switch {
        name: "line_total_conflict",
        values: &["error", "ignore"],
        about: "a LineAmount that is not quantity times unit amount",
    },
    Switch {
        name: "total_mismatch",
        values: &["ignore", "error"],
        about: "a Total that is not the sum of the lines",
    },
    Switch {
        name: "tax_default",
        values: &["account", "item", "contact"],
        about: "what gives a line its tax type when it has none: the account; the item, then the account; the contact, the item, the account",
    },
    Switch {
        name: "system_account_line",
        values: &["refuse", "accept"],
        about: "a bank, debtors or creditors account on a document line",
    },
    Switch {
        name: "draft_bad_account",
        values: &["error", "warn"],
        about: "an unknown account on a draft: refused, or removed with a warning",
    },
    Switch {
        name: "account_code_duplicate",
        values: &["refuse", "accept"],
        about: "a new account whose code is taken",
    },
    Switch {
        name: "payment_delete",
        values: &["reopen", "stay_paid"],
        about: "what deleting the only payment does to a paid invoice",
    },
    Switch {
        name: "payment_delete_touches",
        values: &["invoice", "payment"],
        about: "whether deleting a payment moves the invoice's UpdatedDateUTC, or the payment's alone",
    },
    Switch {
        name: "overpayment_line",
        values: &["ar_account", "any"],
        about: "whether an overpayment's line must be on the receivables or payables account, without tax",
    },
    Switch {
        name: "negative_quantity",
        values: &["refuse", "accept"],
        about: "a line whose quantity is below zero",
    },
    Switch {
        name: "zero_quantity",
        values: &["refuse", "accept"],
        about: "a line of nothing that has a price",
    },
    Switch {
        name: "zero_discount_on_negative_line",
        values: &["refuse", "ignore"],
        about: "a DiscountAmount of 0 on a line whose price is below zero",
    },
    Switch {
        name: "unknown_tracking",
        values: &["drop", "echo"],
        about: "a tracking category or option that does not exist: dropped without a word, or kept as it was sent",
    },
    Switch {
        name: "drafts_in_locked_period",
        values: &["accept", "refuse"],
        about: "whether drafts and submitted documents can be dated in a locked period",
    },
    Switch {
        name: "user_role",
        values: &["standard", "adviser"],
        about: "whether the connected user is an adviser, whom the period lock, but not the year's, leaves alone",
    },
    Switch {
        name: "organisation_actions",
        values: &["by_role", "all"],
        about: "what /Organisation/Actions says of the period lock: what the user may do, or that all is allowed",
    },
    Switch {
        name: "quotes_in_where",
        values: &["refuse", "read"],
        about: "a double quote within a text of a filter, escaped by a backslash or doubled",
    },
    Switch {
        name: "unknown_where_field",
        values: &["error", "ignore"],
        about: "a filter on a field that does not exist",
    },
];

const LEVELS: &[Level] = &[
    Level {
        name: "concurrency_limit",
        default: 5,
        about: "calls under way per organisation",
    },
    Level {
        name: "minute_limit",
        default: 60,
        about: "calls a minute per organisation",
    },
    Level {
        name: "day_limit",
        default: 5_000,
        about: "calls a day per organisation (1,000 on the free tier)",
    },
    Level {
        name: "app_minute_limit",
        default: 10_000,
        about: "calls a minute per app, over all organisations",
    },
    Level {
        name: "request_bytes",
        default: 10_000_000,
        about: "bytes of a request body above which it is refused",
    },
    Level {
        name: "row_limit",
        default: 100_000,
        about: "rows above which an unpaged query is refused",
    },
];

/// The switches and their present values.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    words: BTreeMap<&'static str, &'static str>,
    levels: BTreeMap<&'static str, u64>,
}

impl Default for Switches {
    fn default() -> Self {
        let words = SWITCHES
            .iter()
            .filter_map(|s| Some((s.name, *s.values.first()?)));
        Self {
            words: words.collect(),
            levels: LEVELS.iter().map(|l| (l.name, l.default)).collect(),
        }
    }
}

impl Switches {
    /// Whether a switch stands at a value.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        debug_assert!(
            SWITCHES
                .iter()
                .any(|s| s.name == name && s.values.contains(&value)),
            "no switch {name}={value}"
        );
        self.words.get(name).is_some_and(|v| *v == value)
    }

    /// A numeric switch; a name that does not exist counts as without limit.
    pub(super) fn level(&self, name: &str) -> u64 {
        self.levels.get(name).copied().unwrap_or(u64::MAX)
    }

    /// Sets one switch.
    pub(super) fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        if let Some(level) = LEVELS.iter().find(|l| l.name == name) {
            let n = value
                .as_u64()
                .ok_or_else(|| format!("switch `{name}` takes a whole number"))?;
            self.levels.insert(level.name, n);
            return Ok(());
        }
        let Some(switch) = SWITCHES.iter().find(|s| s.name == name) else {
            return Err(format!("no switch `{name}`; there are: {}", names()));
        };
        let word = match value {
            Value::Bool(true) => "on",
            Value::Bool(false) => "off",
            Value::String(s) => s.as_str(),
            _ => "",
        };
        let Some(known) = switch.values.iter().find(|v| **v == word) else {
            return Err(format!(
                "switch `{name}` takes one of: {}",
                switch.values.join(", ")
            ));
        };
        self.words.insert(switch.name, known);
        Ok(())
    }

    /// All switches: value, choices, meaning.
    pub(super) fn describe(&self) -> Value {
        let mut all = Map::new();
        for s in SWITCHES {
            let now = self.words.get(s.name).copied().unwrap_or_default();
            all.insert(
                s.name.into(),
                json!({"value": now, "values": s.values, "about": s.about}),
            );
        }
        for l in LEVELS {
            all.insert(
                l.name.into(),
                json!({"value": self.level(l.name), "about": l.about}),
            );
        }
        Value::Object(all)
    }
}

fn names() -> String {
    let words = SWITCHES.iter().map(|s| s.name);
    let all: Vec<&str> = words.chain(LEVELS.iter().map(|l| l.name)).collect();
    all.join(", ")
}
