//! Where a bracket or a quote opens that is never closed.
//!
//! Flows in: a text in pieces. Flows out: the place where it opens. A closing brace that stands alone closes what begins at its
//! own indentation: that tells which of several is meant.

use super::pieces::{Habit, Piece, PieceKind};

/// What opens and is never closed.
pub(super) fn opened(text: &str, all: &[Piece]) -> Option<Habit> {
    if let Some(p) = all.iter().find(|p| p.open && p.kind == PieceKind::Text) {
        return Some(unclosed_text(text, p));
    }
    let mut open: Vec<&Piece> = Vec::new();
    for p in all.iter().filter(|p| p.kind == PieceKind::Sign) {
        match p.text(text) {
            "{" | "(" | "[" => open.push(p),
            close @ ("}" | ")" | "]") => {
                let last = open.pop()?;
                let fits = matches!(
                    (last.text(text), close),
                    ("{", "}") | ("(", ")") | ("[", "]")
                );
                let alone = p.whole(text).trim_start().starts_with('}');
                let stands = !alone || indent(text, last) <= indent(text, p);
                if !fits || !stands {
                    return Some(unclosed(text, last));
                }
            }
            _ => {}
        }
    }
    open.last().map(|p| unclosed(text, p))
}

fn indent(text: &str, p: &Piece) -> usize {
    let line = p.whole(text);
    line.len() - line.trim_start().len()
}

fn unclosed(text: &str, p: &Piece) -> Habit {
    let (open, close) = match p.text(text) {
        "{" => ("{", "}"),
        "(" => ("(", ")"),
        _ => ("[", "]"),
    };
    let whole = p.whole(text);
    // What stands after the sign that ends a line belongs behind the bracket.
    let end = whole.trim_end();
    let cut = match close {
        "}" => end.len(),
        _ => end.trim_end_matches([';', ' ', '{', '}', ',']).len(),
    };
    let (head, tail) = (whole.get(..cut), end.get(cut..));
    let gap = if close == "}" { " " } else { "" };
    let fixed = format!(
        "{}{gap}{close}{}",
        head.unwrap_or_default(),
        tail.unwrap_or_default()
    );
    Habit {
        line: p.line,
        column: p.column,
        code: "rhai.unclosed",
        what: format!("the `{open}` that opens here is never closed"),
        fix: format!("write: {}", fixed.trim()),
    }
}

fn unclosed_text(text: &str, p: &Piece) -> Habit {
    let whole = p.whole(text).trim_end();
    let quote = p.text(text).chars().next().unwrap_or('"');
    let cut = whole
        .trim_end_matches([')', ';', '}', ']', ' ', ',', '{'])
        .len();
    let cut = cut.max(p.from + 1);
    let fixed = format!(
        "{}{quote}{}",
        whole.get(..cut).unwrap_or_default(),
        whole.get(cut..).unwrap_or_default()
    );
    Habit {
        line: p.line,
        column: p.column,
        code: "rhai.unclosed",
        what: "the text that begins here is never closed".to_owned(),
        fix: format!("write: {}", fixed.trim()),
    }
}
