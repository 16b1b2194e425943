//! Templates: a text with names in braces from a closed list, filled in where a request needs them.
//!
//! Flows in: text, then what is known of a call. Flows out: the text with the values, or nothing where a value is not there.
//! Refuses: names that are not in the list, braces that are not closed. What a value may do to the text around it is
//! decided where the text stands: [`super::request`] escapes it there, so that it changes neither host nor structure.

use super::path::RecordPath;
use super::written_values::{WRITTEN, WrittenValues};
use crate::connectors::Settings;
use crate::connectors::json::as_text;
use serde_json::Value;

/// A name that a template may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateName {
    /// The time from which on changes are asked for.
    Since,
    /// The time until which changes are asked for.
    Until,
    /// What the list is asked for once each.
    Each,
    /// The number of the page.
    Page,
    /// How many records were read.
    Offset,
    /// The token of the page.
    Token,
    /// The id of the last record of the page before.
    LastId,
    /// The id or number that is asked for.
    Id,
    /// What the elements of a list are found by, where few are asked for.
    Key,
    /// A part of the record for which something is fetched.
    Record(RecordPath),
    /// A setting of the connection.
    Setting(String),
    /// A part of what is written.
    Written(&'static str),
}

/// The names, as they are written.
const NAMES: [&str; 11] = [
    "since",
    "until",
    "each",
    "page",
    "offset",
    "token",
    "last_id",
    "id",
    "key",
    "record.",
    "setting.account",
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePiece {
    Text(String),
    Name(TemplateName),
}

/// A text with names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    pieces: Vec<TemplatePiece>,
}

/// What is known of a call.
#[derive(Debug, Clone, Copy, Default)]
pub struct TemplateValues<'a> {
    /// The time from which on changes are asked for, as it is written.
    pub since: Option<&'a str>,
    /// The time until which changes are asked for, as it is written.
    pub until: Option<&'a str>,
    /// What the list is asked for once each.
    pub each: Option<&'a str>,
    /// The page: its number, how many records were read, its token or the id before it.
    pub spot: Option<&'a str>,
    /// The id or number that is asked for.
    pub id: Option<&'a str>,
    /// What the elements of a list are found by.
    pub key: Option<&'a str>,
    /// The record.
    pub record: Option<&'a Value>,
    /// What the connection says.
    pub settings: Option<&'a Settings>,
    /// What is written.
    pub written: Option<&'a WrittenValues>,
}

impl TemplateValues<'_> {
    fn value(&self, name: &TemplateName) -> Option<String> {
        let text = match name {
            TemplateName::Since => self.since?.to_owned(),
            TemplateName::Until => self.until?.to_owned(),
            TemplateName::Each => self.each?.to_owned(),
            TemplateName::Page
            | TemplateName::Offset
            | TemplateName::Token
            | TemplateName::LastId => self.spot?.to_owned(),
            TemplateName::Id => self.id?.to_owned(),
            TemplateName::Key => self.key?.to_owned(),
            TemplateName::Record(path) => as_text(path.one(self.record?)?),
            TemplateName::Setting(name) => self.settings?.values.get(name)?.clone(),
            TemplateName::Written(name) => self.written?.text(name)?,
        };
        (!text.is_empty()).then_some(text)
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if before.contains('}') {
                break;
            }
            let closed = after.split_once('}');
            let (name, after) = closed.ok_or_else(|| {
                let fix = "Write the name between braces: \"{page}\".".to_owned();
                (format!("`{text}` has a brace that is never closed"), fix)
            })?;
            if !before.is_empty() {
                pieces.push(TemplatePiece::Text(before.to_owned()));
            }
            pieces.push(TemplatePiece::Name(template_name(name)?));
            rest = after;
        }
        if rest.contains('}') {
            let fix = "Write the name between braces: \"{page}\".".to_owned();
            return Err((
                format!("`{text}` closes a brace that was never opened"),
                fix,
            ));
        }
        if !rest.is_empty() {
            pieces.push(TemplatePiece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The names in it.
    pub fn names(&self) -> impl Iterator<Item = &TemplateName> {
        self.pieces.iter().filter_map(|p| match p {
            TemplatePiece::Name(name) => Some(name),
            TemplatePiece::Text(_) => None,
        })
    }

    /// The id in a text that was made of this, where it has that one name alone.
    pub fn id_of(&self, text: &str) -> Option<String> {
        let mut rest = text;
        let (mut before, mut after, mut seen) = (String::new(), String::new(), false);
        for piece in &self.pieces {
            match piece {
                TemplatePiece::Name(TemplateName::Id) if !seen => seen = true,
                TemplatePiece::Name(_) => return None,
                TemplatePiece::Text(t) if seen => after.push_str(t),
                TemplatePiece::Text(t) => before.push_str(t),
            }
        }
        rest = rest.strip_prefix(before.as_str())?;
        rest = rest.strip_suffix(after.as_str())?;
        (seen && !rest.is_empty()).then(|| rest.to_owned())
    }

    /// Whether a value would end the quotes between which it stands, as in a filter: `uuid eq '{id}'`.
    pub fn breaks_out(&self, given: &TemplateValues<'_>) -> bool {
        let mut open: Option<char> = None;
        for piece in &self.pieces {
            match (piece, open) {
                (TemplatePiece::Text(text), _) => {
                    for c in text.chars() {
                        open = match open {
                            Some(quote) if quote == c => None,
                            None if matches!(c, '\'' | '"' | '`') => Some(c),
                            open => open,
                        };
                    }
                }
                (TemplatePiece::Name(_), None) => {}
                (TemplatePiece::Name(name), Some(quote)) => {
                    let value = given.value(name).unwrap_or_default();
                    if value.contains(|c: char| c == quote || c == '\\' || c.is_control()) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// What stands there, where the text is one name of what is written and nothing else: a number, a truth value or a list
    /// stays one.
    pub fn whole(&self, given: &TemplateValues<'_>) -> Option<Value> {
        match self.pieces.as_slice() {
            [TemplatePiece::Name(TemplateName::Written(name))] => given.written?.value(name),
            _ => None,
        }
    }

    /// The text with its values, not escaped; nothing where one is not there.
    pub fn fill(&self, given: &TemplateValues<'_>) -> Option<String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                TemplatePiece::Text(text) => out.push_str(text),
                TemplatePiece::Name(name) => out.push_str(&given.value(name)?),
            }
        }
        Some(out)
    }
}

fn template_name(name: &str) -> Result<TemplateName, (String, String)> {
    let unknown = || {
        let near = crate::mapping::nearest(name, NAMES.into_iter().chain(WRITTEN));
        let fix = match near {
            Some(near) => format!("Did you mean `{{{near}}}`?"),
            None => format!(
                "The names are: {}, and a path after `record.`.",
                NAMES.join(", ")
            ),
        };
        (
            format!("`{{{name}}}` is no name that a template can have"),
            fix,
        )
    };
    Ok(match name {
        "since" => TemplateName::Since,
        "until" => TemplateName::Until,
        "each" => TemplateName::Each,
        "page" => TemplateName::Page,
        "offset" => TemplateName::Offset,
        "token" => TemplateName::Token,
        "last_id" => TemplateName::LastId,
        "id" => TemplateName::Id,
        "key" => TemplateName::Key,
        "setting.account" => TemplateName::Setting("account".to_owned()),
        other => {
            if let Some(name) = WRITTEN.into_iter().find(|w| *w == other) {
                return Ok(TemplateName::Written(name));
            }
            let path = other.strip_prefix("record.").ok_or_else(unknown)?;
            let path = RecordPath::parse(path).map_err(|why| {
                let fix = "Write the names with dots between them.".to_owned();
                (format!("`{{{name}}}`: {why}"), fix)
            })?;
            TemplateName::Record(path)
        }
    })
}
