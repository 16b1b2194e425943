//! Text that cannot harm a terminal.
//!
//! Flows in: anything, customers' names included. Flows out: the same text with control characters,
//! escape sequences, marks that turn the direction of reading and invisible characters shown as escapes
//! (`\u{1b}`). Letters of every script, emoji and their joiners stay as they are.

pub use crate::model::dangerous;
use anstyle::Style;
use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every dangerous character shown as an escape.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if dangerous(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// One line for a terminal: safe by the way it is made, since every piece passes [`safe`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SafeLine(String);

impl SafeLine {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds plain text.
    #[must_use]
    pub fn plain(mut self, text: impl AsRef<str>) -> Self {
        self.0.push_str(&safe(text.as_ref()));
        self
    }

    /// Adds text in a style.
    #[must_use]
    pub fn styled(mut self, style: Style, text: impl AsRef<str>) -> Self {
        let _ = write!(self.0, "{style}{}{style:#}", safe(text.as_ref()));
        self
    }

    /// Adds bold text.
    #[must_use]
    pub fn bold(self, text: impl AsRef<str>) -> Self {
        self.styled(Style::new().bold(), text)
    }

    /// Adds dim text.
    #[must_use]
    pub fn dim(self, text: impl AsRef<str>) -> Self {
        self.styled(Style::new().dimmed(), text)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> From<T> for SafeLine {
    fn from(text: T) -> Self {
        Self::new().plain(text)
    }
}

/// A JSON text in which dangerous characters are JSON escapes: it means the same and harms no terminal.
pub fn safe_json(json: &str) -> Cow<'_, str> {
    let harm = |c: char| dangerous(c) && c != '\n';
    if !json.chars().any(harm) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 32);
    for c in json.chars() {
        if harm(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// At most so many characters, the last an ellipsis where something was cut.
pub fn short(text: &str, most: usize) -> Cow<'_, str> {
    if text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    Cow::Owned(cut)
}

/// A word for one or many.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_typed_cannot_move_a_terminal() {
        let hostile = "Bob\u{1b}[2J\u{7}\r\n\u{202e}gnp.exe\u{9b}31m\u{feff}\u{e0041}";
        let shown = safe(hostile);
        assert!(!shown.chars().any(dangerous), "{shown}");
        assert_eq!(
            shown,
            "Bob\\u{1b}[2J\\u{7}\\r\\n\\u{202e}gnp.exe\\u{9b}31m\\u{feff}\\u{e0041}"
        );
        let fine = "Zoë 株式会社 עברית 👩‍🔧 <script>";
        assert_eq!(safe(fine), fine);
    }

    #[test]
    fn json_keeps_its_meaning() {
        let hostile = "a\u{202e}b\u{9b}\u{e0041}\u{1b}";
        let text = serde_json::to_string(hostile).unwrap();
        let shown = safe_json(&text);
        assert!(!shown.chars().any(dangerous), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), hostile);
    }

    #[test]
    fn a_line_is_safe_whatever_its_pieces() {
        let line = SafeLine::new().bold("\u{1b}]0;x\u{7}").plain("\u{202e}");
        assert!(line.as_str().contains("\\u{1b}]0;x\\u{7}"));
        assert!(line.as_str().ends_with("\\u{202e}"));
    }
}
