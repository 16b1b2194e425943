//! What the vendor's documents leave open, or what a rehearsal wants smaller: named switches.
//!
//! A switch has a name, the values it may take and a default. A number stands for its values.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A switch: its name, its values (the first is the default), what it decides.
type Word = (&'static str, &'static [&'static str], &'static str);
/// A number: its name, its default, what it decides.
type Level = (&'static str, u64, &'static str);

#[rustfmt::skip]
const WORDS: &[Word] = &[
    ("auto_approve", &["on", "off"], "the consent page answers yes by itself"),
    ("refresh_value", &["daily", "every"], "how often a refresh brings a new refresh token: once a day, or each time"),
    ("refresh_grace", &["day", "none"], "how long the refresh token before the last is still good"),
    ("reconnect", &["keeps", "ends"], "what a new consent does to the tokens of an earlier one of the same app and company"),
    ("limits", &["on", "off"], "whether the limits on calls hold"),
    ("throttle_form", &["xml", "json", "403"], "what the refusal for too many calls looks like: XML in any case, JSON, or JSON with 403 as it was"),
    ("month_form", &["detail", "same"], "whether the refusal for the month's reads can be told from the one for too many calls a minute"),
    ("requestid_other_body", &["replay", "refuse"], "a requestid that stood for another body: the first answer again, or 600"),
    ("requestid_faults", &["replay", "forget"], "whether a requestid whose first answer was a refusal gives it again"),
    ("doc_number_space", &["kind", "sales"], "whether a number may stand on papers of two kinds, or on one sales form only"),
    ("delete_paid_invoice", &["unapply", "refuse"], "an invoice with payments is deleted: they become unapplied, or 800"),
    ("overapplied", &["refuse", "unapplied"], "more is applied than the invoice is open for: 6000, or the rest stays unapplied"),
    ("global_tax_absent", &["refuse", "excluded"], "a sale outside the US without GlobalTaxCalculation"),
    ("ast_total", &["honoured", "ignored"], "whether automated sales tax takes a TotalTax that was sent"),
    ("query_non_latin1", &["refuse", "read"], "characters beyond Latin-1 in a literal of a query: 4000, or read"),
    ("query_case", &["ignored", "kept"], "whether the comparison of texts in queries minds their case"),
    ("cdc_window", &["clip", "refuse", "serve"], "changes asked for from more than 30 days ago: what is older is left out, refused, or given"),
    ("webhook_form", &["cloudevents", "legacy"], "the body of webhooks"),
    ("webhook_content_type", &["cloudevents", "json"], "the content type of webhooks in the new form"),
    ("texts", &["english", "french"], "the language of refusals"),
];

#[rustfmt::skip]
const LEVELS: &[Level] = &[
    ("minute_limit", 500, "calls a minute per company"),
    ("second_limit", 10, "calls a second per company and app"),
    ("batch_minute_limit", 40, "batches a minute per company and app"),
    ("batch_company_limit", 120, "batches a minute per company"),
    ("read_month_limit", 500_000, "metered calls (reads, queries, changes) a month per app"),
    ("batch_items", 30, "items of a batch"),
    ("page_default", 100, "rows of a query without MAXRESULTS"),
    ("cdc_objects", 1000, "objects of an answer with changes"),
    ("requestid_seconds", 2_592_000, "how long the answer to a requestid is kept"),
    ("list_lag_seconds", 0, "how long queries go on showing a row as it was before its last change, SyncToken and all"),
    ("code_seconds", 600, "the life of a code that consent gave"),
    ("refresh_days", 101, "days after which an unused refresh token is dead"),
    ("refresh_hard_days", 1825, "days after which a consent is dead, used or not"),
];

/// Where all switches stand.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    words: BTreeMap<&'static str, &'static str>,
    levels: BTreeMap<&'static str, u64>,
}

impl Default for Switches {
    fn default() -> Self {
        let words = WORDS
            .iter()
            .filter_map(|(name, values, _)| Some((*name, *values.first()?)));
        Self {
            words: words.collect(),
            levels: LEVELS
                .iter()
                .map(|(name, default, _)| (*name, *default))
                .collect(),
        }
    }
}

impl Switches {
    /// Whether a switch stands at a value.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        debug_assert!(
            WORDS
                .iter()
                .any(|(n, values, _)| *n == name && values.contains(&value)),
            "no switch {name}={value}"
        );
        self.words.get(name).is_some_and(|v| *v == value)
    }

    /// A number; a name that does not exist counts as without limit.
    pub(super) fn level(&self, name: &str) -> u64 {
        self.levels.get(name).copied().unwrap_or(u64::MAX)
    }

    /// A number for sums with times.
    pub(super) fn seconds(&self, name: &str) -> chrono::Duration {
        let most = i64::try_from(self.level(name))
            .unwrap_or(i64::MAX)
            .min(10_000_000_000);
        chrono::Duration::seconds(most)
    }

    /// Sets one switch.
    pub(super) fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        if let Some((known, _, _)) = LEVELS.iter().find(|(n, _, _)| *n == name) {
            let n = value
                .as_u64()
                .ok_or_else(|| format!("switch `{name}` takes a whole number"))?;
            self.levels.insert(known, n);
            return Ok(());
        }
        let Some((known, values, _)) = WORDS.iter().find(|(n, _, _)| *n == name) else {
            return Err(format!("no switch `{name}`; there are: {}", names()));
        };
        let word = match value {
            Value::Bool(true) => "on",
            Value::Bool(false) => "off",
            Value::String(s) => s.as_str(),
            _ => "",
        };
        let Some(word) = values.iter().find(|v| **v == word) else {
            return Err(format!(
                "switch `{name}` takes one of: {}",
                values.join(", ")
            ));
        };
        self.words.insert(known, word);
        Ok(())
    }

    /// All switches: value, choices, meaning.
    pub(super) fn describe(&self) -> Value {
        let mut all = Map::new();
        for (name, values, about) in WORDS {
            let now = self.words.get(name).copied().unwrap_or_default();
            all.insert(
                (*name).into(),
                json!({"value": now, "values": values, "about": about}),
            );
        }
        for (name, _, about) in LEVELS {
            all.insert(
                (*name).into(),
                json!({"value": self.level(name), "about": about}),
            );
        }
        Value::Object(all)
    }
}

fn names() -> String {
    let words = WORDS.iter().map(|(n, _, _)| *n);
    let all: Vec<&str> = words.chain(LEVELS.iter().map(|(n, _, _)| *n)).collect();
    all.join(", ")
}
