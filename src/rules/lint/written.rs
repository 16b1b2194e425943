//! A number as a rule writes it: a code such as 0201 is read as 201, and is another code then.

use rhai::{Expr, Position};

/// The digits that stand at a place of a text, with the points and dashes under and between them.
pub(super) fn number_at(text: &str, at: Position) -> Option<&str> {
    let line = text.lines().nth(at.line()?.checked_sub(1)?)?;
    let column = at.position()?.checked_sub(1)?;
    let (start, _) = line.char_indices().nth(column)?;
    let rest = line.get(start..)?;
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let number = rest.get(..rest.find(part).unwrap_or(rest.len()))?;
    (number.starts_with(|c: char| c.is_ascii_digit())).then_some(number)
}

/// How to write a number as text.
pub(super) fn quoted(text: &str, e: &Expr) -> String {
    let number = match e {
        Expr::IntegerConstant(n, at) => Some((n.to_string(), at)),
        Expr::DynamicConstant(v, at) => v.as_decimal().ok().map(|d| (d.to_string(), at)),
        _ => None,
    };
    match number {
        Some((n, at)) => in_quotes(number_at(text, *at).unwrap_or(&n)),
        None => "turn the text into a number with to_number(text)".to_owned(),
    }
}

/// The cure of a number that is to be text.
pub(super) fn in_quotes(number: &str) -> String {
    format!("write the number in quotes: \"{number}\"")
}
