//! The pieces of a condition.

use crate::sandbox::xero::json;
use rust_decimal::Decimal;

/// A piece of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Number(Decimal),
    Mark(&'static str),
}

const MARKS: &[&str] = &[
    "==", "!=", "<=", ">=", "<>", "&&", "||", "=", "<", ">", "(", ")", ",", ".",
];

/// The pieces of a condition.
pub(super) fn tokens(text: &str, escapes: bool) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' {
            let (inner, used) = quoted(rest, escapes)?;
            out.push(Token::Text(inner));
            used
        } else if first.is_ascii_digit() || first == '-' {
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| !(c.is_ascii_digit() || *c == '.'));
            let end = end.map_or(rest.len(), |(i, _)| i);
            let raw = rest.get(..end).unwrap_or_default();
            let number = json::decimal(raw).ok_or_else(|| format!("`{raw}` is not a number"))?;
            out.push(Token::Number(number));
            end
        } else if first.is_alphabetic() || first == '_' {
            let end = rest
                .char_indices()
                .find(|(_, c)| !(c.is_alphanumeric() || *c == '_'));
            let end = end.map_or(rest.len(), |(i, _)| i);
            out.push(Token::Word(rest.get(..end).unwrap_or_default().to_string()));
            end
        } else {
            let mark = MARKS.iter().find(|m| rest.starts_with(**m));
            let mark = mark.ok_or_else(|| format!("Syntax error at '{first}'"))?;
            out.push(Token::Mark(mark));
            mark.len()
        };
        rest = rest.get(taken..).unwrap_or_default().trim_start();
    }
    Ok(out)
}

/// A double-quoted string; with `escapes` a backslash or a doubled quote keeps a quote.
fn quoted(text: &str, escapes: bool) -> Result<(String, usize), String> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' if escapes => {
                if let Some((_, next)) = chars.next() {
                    out.push(next);
                }
            }
            '"' if escapes && chars.peek().is_some_and(|(_, n)| *n == '"') => {
                chars.next();
                out.push('"');
            }
            '"' if chars.peek().is_some_and(|(_, n)| *n == '"') => {
                return Err("Syntax error".into());
            }
            '"' => return Ok((out, i + 1)),
            other => out.push(other),
        }
    }
    Err("Unterminated string literal".into())
}
