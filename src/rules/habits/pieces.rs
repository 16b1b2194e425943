//! A rule's text in pieces, as far as that can be told of a text that cannot be parsed: words, signs, texts, comments.
//!
//! Comments of Rhai are passed over. A text that is never closed ends with its line.

/// A habit: where, what, and the cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Habit {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The code.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Letters and digits.
    Word,
    /// Anything else.
    Sign,
    /// A text in double quotes or backticks.
    Text,
    /// A text of several characters in single quotes.
    Single,
    /// A comment of another language: `# ...` at the beginning of a line.
    Comment,
    /// A character that only looks like a quote or a space.
    Odd,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub kind: PieceKind,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// Where its line begins in the text, in bytes.
    pub begins: usize,
    /// Where it begins in its line, in bytes.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Whether it is a text that is never closed.
    pub open: bool,
}

impl Piece {
    /// As it is written.
    pub(super) fn text<'a>(&self, text: &'a str) -> &'a str {
        self.whole(text).get(self.from..self.to).unwrap_or_default()
    }

    /// The line it stands in.
    pub(super) fn whole<'a>(&self, text: &'a str) -> &'a str {
        let rest = text.get(self.begins..).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }
}

/// A habit at a piece, whose cure is a line.
pub(super) fn told(p: &Piece, what: String, fix: String) -> Option<Habit> {
    Some(Habit {
        line: p.line,
        column: p.column,
        code: "rhai.habit",
        what,
        fix: format!("write: {}", fix.trim()),
    })
}

/// Signs of more than one character, the longest first.
const LONG: [&str; 19] = [
    "!==", "===", "..=", "==", "!=", "<=", ">=", "&&", "||", "->", "=>", "<>", ":=", "++", "--",
    "+=", "-=", "??", "?:",
];

/// Only looks like a quote or a space.
pub(super) fn odd(c: char) -> bool {
    matches!(
        c,
        '“' | '”'
            | '„'
            | '‟'
            | '«'
            | '»'
            | '‘'
            | '’'
            | '‚'
            | '\u{a0}'
            | '\u{2007}'
            | '\u{202f}'
            | '\u{3000}'
            | '\u{200b}'
            | '\u{feff}'
    )
}

/// The pieces of a text, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let (mut comment, mut backtick) = (0_usize, false);
    let mut next = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        let begins = next;
        next += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        let (mut at, mut column) = (0, 1);
        while let Some(rest) = line.get(at..).filter(|r| !r.is_empty()) {
            if comment == 0 && !backtick && rest.starts_with("//") {
                break;
            }
            let len = if comment > 0 {
                skip_comment(rest, &mut comment)
            } else if backtick {
                let end = rest.find('`').map(|e| e + 1);
                backtick = end.is_none();
                end.unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                comment = 1;
                2
            } else {
                let (kind, len, open) = one(rest, column == 1 || blank(line, at));
                // A text between backticks may go on in the next line.
                backtick = open && rest.starts_with('`');
                if !rest.starts_with([' ', '\t']) {
                    out.push(Piece {
                        kind,
                        line: n + 1,
                        column,
                        begins,
                        from: at,
                        to: at + len,
                        open: open && !backtick,
                    });
                }
                len
            };
            column += rest.get(..len).map_or(1, |t| t.chars().count());
            at += len;
        }
    }
    out
}

/// Whether nothing but spaces stands before a place of a line; of a long line only what could be an indentation is looked at.
fn blank(line: &str, at: usize) -> bool {
    at < 200 && line.get(..at).is_some_and(|b| b.trim().is_empty())
}

/// How much of a line belongs to the comment that it stands in.
fn skip_comment(rest: &str, depth: &mut usize) -> usize {
    match (rest.find("*/"), rest.find("/*")) {
        (Some(end), Some(more)) if more < end => {
            *depth += 1;
            more + 2
        }
        (Some(end), _) => {
            *depth -= 1;
            end + 2
        }
        (None, Some(more)) => {
            *depth += 1;
            more + 2
        }
        (None, None) => rest.len(),
    }
}

/// The piece that a rest of a line begins with: what it is, how long, whether it is never closed.
fn one(rest: &str, first_in_line: bool) -> (PieceKind, usize, bool) {
    let first = rest.chars().next().unwrap_or(' ');
    let word = |c: char| c.is_alphanumeric() || c == '_';
    match first {
        '"' | '`' => {
            let (len, open) = closed(rest, first);
            (PieceKind::Text, len, open)
        }
        '\'' => {
            let (len, open) = closed(rest, first);
            match rest.get(..len).map_or(0, |t| t.chars().count()) {
                4.. if !open && !rest.starts_with("'\\") => (PieceKind::Single, len, false),
                _ => (PieceKind::Text, len, open),
            }
        }
        '#' if first_in_line && !rest.starts_with("#{") => (PieceKind::Comment, rest.len(), false),
        c if odd(c) => (PieceKind::Odd, c.len_utf8(), false),
        c if word(c) => {
            let end = rest.find(|c: char| !word(c)).unwrap_or(rest.len());
            (PieceKind::Word, end, false)
        }
        c => {
            let long = LONG.iter().find(|s| rest.starts_with(**s));
            (
                PieceKind::Sign,
                long.map_or(c.len_utf8(), |s| s.len()),
                false,
            )
        }
    }
}

/// How long a text in quotes is, and whether it is never closed.
fn closed(rest: &str, quote: char) -> (usize, bool) {
    let mut escaped = false;
    for (n, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return (n + c.len_utf8(), false),
            _ => {}
        }
    }
    (rest.len(), true)
}
