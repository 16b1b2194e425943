//! What a key takes, as people say it.

use crate::mapping::keys::Shape;
use crate::mapping::scalars::{self, BadValue};
use crate::mapping::words::Word;
use crate::mapping::yaml::{Node, Value};

/// How people are told.
pub(super) const LETTERS: &str = "Write: notify: { email: [jo@acme.example] }";

/// How people are told, with the person's own address where one is given.
pub(super) fn letters_to(text: &str) -> String {
    match address(text) {
        true => format!("Write: notify: {{ email: [{}] }}", scalars::shown(text)),
        false => LETTERS.to_owned(),
    }
}

/// The same of addresses under a key that is none: the key is put right, and what stands beside it stays as it is.
pub(super) fn letters_under(value: &Node) -> Option<String> {
    let listed = value.items().iter().any(|n| n.text().is_some_and(address));
    match value.text() {
        _ if value.value == Value::Null => Some(LETTERS.to_owned()),
        Some(text) if address(text) => {
            let text = scalars::shown(text);
            Some(format!(
                "Write `email`, and the address as a list: [{text}]."
            ))
        }
        _ => listed.then(|| "Write `email` for it.".to_owned()),
    }
}

/// Whether a text is one address that stands in a list without quotes.
fn address(text: &str) -> bool {
    text.contains('@')
        && !text.starts_with('@')
        && !text.contains([' ', ',', '[', ']', '{', '}', '"', '#'])
}

/// A start by what it probably is: a day or a number.
pub(super) fn start(text: &str) -> Option<String> {
    if text.parse::<chrono::NaiveDate>().is_ok() {
        return Some(format!("{{ invoice_date: {text} }}"));
    }
    let number = text.bytes().any(|b| b.is_ascii_digit()) && !text.contains(['"', '/', ' ']);
    number.then(|| format!("{{ invoice: \"{text}\" }}"))
}

pub(super) fn due(text: &str, words: &'static [Word]) -> Result<(), BadValue> {
    let rule = scalars::due(text)?;
    let is_word = !text.starts_with('+');
    if is_word && !words.iter().any(|w| w.word == text) {
        return Err(BadValue {
            what: format!("`{text}` means nothing here"),
            fix: format!(
                "Write {}, or days such as +14d.",
                names(words.iter().map(|w| w.word))
            ),
        });
    }
    let _ = rule;
    Ok(())
}

pub(super) fn braces_hint(node: &Node) -> String {
    match node.value {
        Value::Map(_) => {
            "Write the value after the colon; if it is a text that holds braces or a colon, put it in quotes.".to_owned()
        }
        Value::List(_) => "Write one value, without brackets and hyphens.".to_owned(),
        _ => "Write the value after the colon.".to_owned(),
    }
}

/// What a shape takes, as people say it.
pub(in crate::mapping) fn expects(shape: Shape) -> String {
    match shape {
        Shape::Words(words) | Shape::WordList(words) => {
            format!(
                "one of {}",
                names(words.iter().filter(|w| w.built).map(|w| w.word))
            )
        }
        Shape::Switch => "true or false".to_owned(),
        Shape::Code => "a code in quotes".to_owned(),
        Shape::TenantName => "a name of lower-case letters, digits and hyphens".to_owned(),
        Shape::Currency => "a currency such as AUD".to_owned(),
        Shape::Date => "a day such as 2026-07-01".to_owned(),
        Shape::Money => "an amount such as 0.05".to_owned(),
        Shape::Count => "a whole number".to_owned(),
        Shape::Interval => "a span of time such as 30m".to_owned(),
        Shape::Cron => "a cron expression in quotes".to_owned(),
        Shape::Zone => "a time zone such as Europe/London".to_owned(),
        Shape::TimeOfDay => "a time of day such as 07:00".to_owned(),
        Shape::Due(_) => "a due date such as +14d".to_owned(),
        Shape::SiteName => "a text in quotes such as \"{parent} - {name}\"".to_owned(),
        Shape::RuleList => "a list of rule files".to_owned(),
        Shape::EmailList => "a list of e-mail addresses".to_owned(),
        Shape::Route => "one system with a connection".to_owned(),
        Shape::Group(_) => "a group of keys".to_owned(),
        Shape::Either(words, ..) => {
            format!(
                "{} or a group of keys",
                names(words.iter().filter(|w| w.built).map(|w| w.word))
            )
        }
        Shape::Table(..) => "a table that ends in else".to_owned(),
        Shape::Tables => "tables by name".to_owned(),
        Shape::Accounts => "a list of rows that ends in else".to_owned(),
        Shape::PaymentsAccount => "a bank account".to_owned(),
        Shape::ByCurrency => "amounts by currency".to_owned(),
        Shape::Text => "text".to_owned(),
    }
}

/// What a key of words takes besides: `{ invoice_date: .. }`.
pub(super) fn forms(path: &str) -> String {
    let path: Vec<&str> = path.split('.').collect();
    let Some(Shape::Either(_, keys, forms)) = crate::mapping::keys::find(&path).map(|k| k.shape)
    else {
        return String::new();
    };
    let built = |name: &&str| keys.iter().any(|k| k.name == *name && k.built);
    let form = |names: &&[&str]| {
        let all: Vec<String> = names.iter().map(|n| format!("{n}: ..")).collect();
        format!(", {{ {} }}", all.join(", "))
    };
    let usable = forms.iter().filter(|f| f.iter().all(built));
    usable.map(form).collect()
}

pub(super) fn names<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

pub(super) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    quoted.join(" and ")
}
