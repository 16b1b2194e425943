//! The words of a statement.

use super::super::fault::{Fault, Refusal};

/// One word, and the column it starts at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// A name, a keyword, a number: everything without quotes.
    Bare(String),
    /// A literal in single quotes, unescaped.
    Text(String),
    /// An operator or a mark.
    Mark(&'static str),
}

/// 4001, a statement that is well formed and asks for what there is not.
pub(super) fn invalid(detail: impl std::fmt::Display) -> Fault {
    Fault::new("4001", format!("QueryValidationError: {detail}"))
}

const MARKS: &[&str] = &["<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", ",", "*"];

/// 4000, the vendor's parser stopping at a word.
pub(super) fn unexpected(found: &str, column: usize, expected: &str) -> Fault {
    Fault::new(
        "4000",
        format!(
            "QueryParserError: Encountered \" {found} \"\" at line 1, column {column}.\nWas expecting one of:\n    {expected}\n    "
        ),
    )
}

fn lexical(column: usize, found: char, after: &str) -> Fault {
    let code = u32::from(found);
    let shown = match found.is_ascii() {
        true => found.to_string(),
        false => format!("\\u{code:04x}"),
    };
    Fault::new(
        "4000",
        format!(
            "QueryParserError: Invalid content. Lexical error at line 1, column {column}.  Encountered: \"{shown}\" ({code}), \
             after : \"{after}\""
        ),
    )
}

/// Cuts a statement into words. A literal ends at the next quote that no backslash stands before.
pub(super) fn cut(statement: &str, latin1: bool) -> Result<Vec<(usize, Word)>, Refusal> {
    let chars: Vec<char> = statement.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let column = at + 1;
        if c.is_whitespace() {
            at += 1;
        } else if c == '\'' {
            let (text, end) = literal(&chars, at, latin1)?;
            words.push((column, Word::Text(text)));
            at = end;
        } else if let Some(mark) = MARKS.iter().find(|m| starts(&chars, at, m)) {
            words.push((column, Word::Mark(mark)));
            at += mark.len();
        } else if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | ':') {
            let end = chars.iter().skip(at).position(|c| {
                !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | ':'))
            });
            let end = end.map_or(chars.len(), |n| at + n);
            words.push((
                column,
                Word::Bare(chars.get(at..end).unwrap_or_default().iter().collect()),
            ));
            at = end;
        } else {
            return Err(lexical(column, c, "").into());
        }
    }
    Ok(words)
}

fn starts(chars: &[char], at: usize, mark: &str) -> bool {
    mark.chars()
        .enumerate()
        .all(|(n, m)| chars.get(at + n) == Some(&m))
}

fn literal(chars: &[char], from: usize, latin1: bool) -> Result<(String, usize), Refusal> {
    let mut text = String::new();
    let mut at = from + 1;
    while let Some(&c) = chars.get(at) {
        match (c, chars.get(at + 1)) {
            ('\\', Some(next @ ('\'' | '\\'))) => {
                text.push(*next);
                at += 2;
            }
            ('\'', _) => return Ok((text, at + 1)),
            _ if latin1 && u32::from(c) > 0xff => {
                return Err(lexical(at + 1, c, &format!("'{text}")).into());
            }
            _ => {
                text.push(c);
                at += 1;
            }
        }
    }
    Err(Fault::new(
        "4000",
        format!(
            "QueryParserError: Invalid content. Lexical error at line 1, column {}.  Encountered: <EOF> after : \"'{text}\"",
            chars.len() + 1
        ),
    )
    .into())
}
