//! Habits of other languages, and what a word processor makes of quotes: told where a rule cannot be parsed.
//!
//! Flows in: a rule's text and the line on which parsing failed. Flows out: the first habit on or before that line, with the
//! line as it is meant. Text and comments are passed over. It looks only where the parser has given up, so that what it
//! takes for a habit is never a rule that works.

mod brackets;
mod lines;
mod pieces;

use brackets::opened;
use lines::of_lines;
use pieces::{Habit, Piece, PieceKind, pieces, told};

/// Signs that other languages have, what they are called there, and what is written here.
const SIGNS: &[(&str, &str)] = &[
    ("!==", "!="),
    ("===", "=="),
    ("<>", "!="),
    (":=", "="),
    ("?:", "??"),
];

/// Words that other languages have, and what is written here.
const WORDS: &[(&str, &str)] = &[
    ("and", "&&"),
    ("AND", "&&"),
    ("or", "||"),
    ("OR", "||"),
    ("elseif", "else if"),
    ("elsif", "else if"),
    ("elif", "else if"),
    ("function", "fn"),
    ("func", "fn"),
    ("def", "fn"),
    ("var", "let"),
    ("null", "()"),
    ("nil", "()"),
    ("match", "switch"),
];

/// The first habit on or before a line.
pub(crate) fn habit(text: &str, failed: usize) -> Option<Habit> {
    let all = pieces(text);
    let upto = all.iter().filter(|p| p.line <= failed.max(1));
    let own = of_lines(text, &all, failed);
    let own = own.or_else(|| upto.clone().find_map(|p| of_piece(text, p)));
    let own = own.or_else(|| {
        upto.clone()
            .zip(upto.skip(1))
            .find_map(|(a, b)| of_two(text, a, b))
    });
    own.or_else(|| opened(text, &all))
}

/// A line of the text with a part of it written otherwise.
fn line_with(text: &str, p: &Piece, becomes: &str) -> String {
    let line = p.whole(text);
    let (before, after) = (line.get(..p.from), line.get(p.to..));
    format!(
        "{}{becomes}{}",
        before.unwrap_or_default(),
        after.unwrap_or_default()
    )
}

fn of_piece(text: &str, p: &Piece) -> Option<Habit> {
    let word = p.text(text);
    match p.kind {
        PieceKind::Odd => {
            let line = p.whole(text);
            let what = match word.chars().all(|c| c.is_whitespace() || c == '\u{200b}') {
                true => "a space stands here that is none to Rhai: it was pasted from a web page or a text".to_owned(),
                false => format!("`{word}` is a quote of a word processor, and no quote to Rhai"),
            };
            told(p, what, straight(line))
        }
        PieceKind::Single => {
            let inner = word.trim_matches('\'').replace('"', "\\\"");
            let what =
                "a text stands in double quotes; single quotes hold one character".to_owned();
            told(p, what, line_with(text, p, &format!("\"{inner}\"")))
        }
        PieceKind::Word => {
            let (_, here) = WORDS.iter().find(|(w, _)| *w == word)?;
            told(
                p,
                format!("`{word}` is written `{here}` in Rhai"),
                line_with(text, p, here),
            )
        }
        PieceKind::Sign => {
            let (_, here) = SIGNS.iter().find(|(s, _)| *s == word)?;
            told(
                p,
                format!("`{word}` is written `{here}` in Rhai"),
                line_with(text, p, here),
            )
        }
        PieceKind::Comment => {
            let what = "a comment begins with `//` in Rhai".to_owned();
            told(p, what, line_with(text, p, &word.replacen('#', "//", 1)))
        }
        PieceKind::Text => None,
    }
}

/// Habits of two pieces: `not x`, `l -> l.sku`, `f(x) -> bool`, `x++`, `if x = 1`.
fn of_two(text: &str, a: &Piece, b: &Piece) -> Option<Habit> {
    let (first, second) = (a.text(text), b.text(text));
    let line = a.whole(text);
    if first == "not" && a.kind == PieceKind::Word && a.line == b.line {
        let both = Piece {
            to: b.from,
            ..a.clone()
        };
        let what = "`not` is written `!` in Rhai".to_owned();
        return told(a, what, line_with(text, &both, "!"));
    }
    // A text with places in it, as Python (`f".."`) and C# (`$".."`) write one.
    let before = matches!(first, "f" | "F" | "$") && a.to == b.from && a.line == b.line;
    if before && b.kind == PieceKind::Text && second.starts_with('"') && !b.open {
        let both = Piece {
            to: b.to,
            ..a.clone()
        };
        let what = "a text with places in it stands in backticks, and each place is `${..}`";
        let filled = filled(second.trim_matches('"'));
        return told(a, what.to_owned(), line_with(text, &both, &filled));
    }
    let arrow = second == "->" || second == "=>";
    if arrow && a.kind == PieceKind::Word && a.line == b.line {
        let both = Piece {
            to: b.to,
            ..a.clone()
        };
        let what = format!("a function written in place begins `|{first}|`");
        return told(a, what, line_with(text, &both, &format!("|{first}|")));
    }
    if second == "->" && first == ")" && line.trim_start().starts_with("fn ") {
        let head = line.get(..b.from).unwrap_or_default().trim_end();
        let body = line
            .get(b.to..)
            .and_then(|rest| rest.find('{'))
            .map(|n| b.to + n);
        let rest = body.and_then(|n| line.get(n..)).unwrap_or("{");
        let what = "a function does not say what it gives".to_owned();
        return told(b, what, format!("{head} {rest}"));
    }
    if (second == "++" || second == "--") && a.kind == PieceKind::Word {
        let both = Piece {
            to: b.to,
            ..a.clone()
        };
        let sign = second.get(..1).unwrap_or("+");
        let what = format!("`{second}` is written `{sign}= 1` in Rhai");
        return told(
            b,
            what,
            line_with(text, &both, &format!("{first} {sign}= 1")),
        );
    }
    let condition = line.trim_start_matches(['}', ' ', '\t']);
    let asks = condition.starts_with("if ") || condition.starts_with("else if ");
    // Behind the condition `=` sets a value, as anywhere else; with `~` it is a sign of a pattern.
    let before = line.get(..b.from).unwrap_or_default();
    let after = line.get(b.from..).unwrap_or_default();
    let ends = before.contains('{') || (!after.contains('{') && after.trim_end().ends_with(';'));
    let pattern = before.ends_with('~') || after.starts_with("=~");
    if second == "=" && asks && a.line == b.line && !ends && !pattern {
        let what = "`=` sets a value; a comparison is written `==`".to_owned();
        return told(b, what, line_with(text, b, "=="));
    }
    None
}

/// A text with places `{..}` as Rhai writes it.
fn filled(inner: &str) -> String {
    // What stands twice is itself, and no place.
    let (open, close) = ('\u{1}', '\u{2}');
    let own = inner.replace("{{", &open.to_string());
    let own = own.replace("}}", &close.to_string());
    let own = own
        .replace('{', "${")
        .replace(open, "{")
        .replace(close, "}");
    format!("`{}`", own.replace("\\\"", "\""))
}

/// A line with straight quotes and plain spaces.
fn straight(line: &str) -> String {
    let plain = |c: char| match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '‘' | '’' | '‚' => Some('"'),
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' => Some(' '),
        '\u{200b}' | '\u{feff}' => None,
        c => Some(c),
    };
    line.chars().filter_map(plain).collect()
}
