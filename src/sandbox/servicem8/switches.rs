//! What the vendor's documents leave open, each with its values; the first is the one that stands.

use crate::sandbox::wire::Reply;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The switches, each with its words.
const WORDS: [(&str, &[&str]); 6] = [
    // What a second create with the same uuid does.
    (
        "create_twice",
        &["409", "200_same_record", "200_overwrites", "400"],
    ),
    // What a second delete does.
    ("delete_twice", &["404", "restores", "200"]),
    // In which types values come.
    ("types", &["schema", "live"]),
    // How a limit is told.
    ("limit_says", &["text", "json"]),
    // What every call is answered with.
    (
        "answers",
        &["well", "minute", "day", "unpaid", "html", "scope", "object"],
    ),
    // Whether the second cursor comes again and again.
    ("cursor", &["next", "same"]),
];
/// Records of a page where nothing else is set.
const PAGE: usize = 1_000;

/// The switches as they stand.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    words: BTreeMap<&'static str, &'static str>,
    page_size: usize,
    short_page: bool,
}

impl Default for Switches {
    fn default() -> Self {
        let first = |(name, words): &(&'static str, &'static [&'static str])| {
            Some((*name, *words.first()?))
        };
        Self {
            words: WORDS.iter().filter_map(first).collect(),
            page_size: PAGE,
            short_page: false,
        }
    }
}

impl Switches {
    /// The word of a switch.
    pub fn word(&self, name: &str) -> &'static str {
        self.words.get(name).copied().unwrap_or_default()
    }

    /// Whether values come in the types of live accounts.
    pub fn live(&self) -> bool {
        self.word("types") == "live"
    }

    /// Whether the same cursor comes again.
    pub fn same_cursor(&self) -> bool {
        self.word("cursor") == "same"
    }

    /// Records of the page that begins at a place.
    pub fn page(&self, from: usize) -> usize {
        match self.short_page && from > 0 {
            true => self.page_size.div_ceil(2),
            false => self.page_size,
        }
    }

    /// What a limit answers.
    pub fn limited(&self, word: &str) -> Reply {
        let says = format!("Number of allowed API requests per {word} exceeded");
        let status = StatusCode::TOO_MANY_REQUESTS;
        match self.word("limit_says") {
            "json" => Reply::json(status, &json!({"errorCode": 429, "message": says})),
            _ => Reply::text(status, "text/plain", says),
        }
    }

    /// Answers every call, where that is switched on.
    pub fn refuses(&self) -> Result<(), Reply> {
        Err(match self.word("answers") {
            "minute" => self.limited("minute"),
            "day" => self.limited("day"),
            "unpaid" => Reply::json(
                StatusCode::PAYMENT_REQUIRED,
                &json!({"errorCode": 402, "message": "The account is not in good standing"}),
            ),
            "html" => Reply::text(
                StatusCode::UNAUTHORIZED,
                "text/html",
                "<html><body>Unauthorized</body></html>",
            ),
            "scope" => Reply::text(
                StatusCode::FORBIDDEN,
                "text/plain",
                "insufficient_scope: \"read_jobs\" scope required to complete this request",
            ),
            "object" => Reply::json(
                StatusCode::OK,
                &json!({"errorCode": 17, "message": "Try again"}),
            ),
            _ => return Ok(()),
        })
    }

    /// As they stand.
    pub fn told(&self) -> Value {
        let mut all: Map<String, Value> = Map::new();
        for (name, word) in &self.words {
            all.insert((*name).to_owned(), json!(word));
        }
        all.insert("page_size".to_owned(), json!(self.page_size));
        all.insert("short_page".to_owned(), json!(self.short_page));
        Value::Object(all)
    }

    /// Sets one.
    ///
    /// # Errors
    /// A sentence that lists them.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let each = |(name, words): &(&str, &[&str])| format!("`{name}` ({})", words.join(", "));
        let told = || {
            let all: Vec<String> = WORDS.iter().map(each).collect();
            format!(
                "the switches are `page_size` (1 to 5000), `short_page` (true, false), {}",
                all.join(", ")
            )
        };
        match name {
            "page_size" => {
                let size = value.as_u64().filter(|n| (1..=5_000).contains(n));
                let size = size.and_then(|n| usize::try_from(n).ok());
                self.page_size = size.ok_or_else(told)?;
                return Ok(());
            }
            "short_page" => {
                self.short_page = value.as_bool().ok_or_else(told)?;
                return Ok(());
            }
            _ => {}
        }
        let known = WORDS.iter().find(|(n, _)| *n == name).ok_or_else(told)?;
        let word = known.1.iter().find(|w| value == *w).ok_or_else(told)?;
        self.words.insert(known.0, word);
        Ok(())
    }
}
