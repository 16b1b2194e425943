//! How wide the place is where text is read, and lines broken to fit it.
//!
//! Flows in: a line, with its colours. Flows out: the same as lines that fit, broken between words. What stands between
//! backticks is never broken, since people copy it: where it is longer than the place is wide, it has a line to itself, and
//! the terminal goes on in the next. Text that goes into a file or to another program is not broken, unless `COLUMNS` says
//! how wide it will be read.

use dialoguer::console::{Term, measure_text_width};
use std::borrow::Cow;

/// No place is taken for narrower than this.
const LEAST: usize = 40;
/// The longest text between backticks that is kept together; a stray backtick must not join the rest of a page.
const LONGEST: usize = 400;
/// How much further in than its first line a broken line goes on.
const FURTHER: usize = 4;

/// How wide the place is where a stream is read; none for a file or another program.
pub fn width(of: &Term) -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let asked = || of.size_checked().map(|(_, columns)| usize::from(columns));
    let width: Option<usize> = told.or_else(asked);
    width.filter(|w| *w > 0).map(|w| w.max(LEAST))
}

/// How many columns a text takes; colours take none.
pub fn columns(text: &str) -> usize {
    measure_text_width(text)
}

/// The words of a line: what stands between two spaces, and what stands between two backticks.
fn words(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let mut end = rest.len();
        let mut at = 0;
        while let Some(found) = rest.get(at..).and_then(|r| r.find([' ', '`'])) {
            let here = at + found;
            if rest[here..].starts_with(' ') {
                end = here;
                break;
            }
            let inside = &rest[here + 1..];
            let close = inside.find('`').filter(|n| *n <= LONGEST);
            at = here + 1 + close.map_or(0, |n| n + 1);
        }
        out.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    out
}

/// A line as lines of at most so many columns.
pub fn fold(line: &str, width: usize) -> Vec<Cow<'_, str>> {
    if columns(line) <= width {
        return vec![Cow::Borrowed(line)];
    }
    let bare = line.trim_start_matches(' ');
    let lead = line.len() - bare.len();
    let further = (lead + FURTHER).min(width / 3);
    let mut out = Vec::new();
    let mut now = " ".repeat(lead);
    let (mut used, mut begun) = (lead, false);
    for word in words(bare) {
        let more = columns(word) + usize::from(begun);
        if begun && used + more > width {
            out.push(Cow::Owned(now.trim_end().to_owned()));
            now = " ".repeat(further);
            used = further;
            begun = false;
        }
        if begun {
            now.push(' ');
            used += 1;
        }
        now.push_str(word);
        used += columns(word);
        begun = true;
    }
    out.push(Cow::Owned(now));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_in_a_command() {
        let line =
            "  what to do: look with `crossfoot plan acme --workspace /srv/books`, then let it go";
        let told = fold(line, 44);
        assert_eq!(
            told,
            [
                "  what to do: look with",
                "      `crossfoot plan acme --workspace /srv/books`,",
                "      then let it go"
            ]
        );
        assert_eq!(fold("short", 44), ["short"]);
    }

    #[test]
    fn colours_take_no_room_and_a_stray_backtick_joins_nothing() {
        let red = "\u{1b}[31mheld\u{1b}[0m one two three";
        assert_eq!(fold(red, 18), [red]);
        let stray = format!("a ` stray {}", "word ".repeat(20));
        assert!(fold(&stray, 40).iter().all(|l| columns(l) <= 40));
    }

    #[test]
    fn nothing_is_lost() {
        let line =
            "the  table says `a b` hold, and so does 株式会社 with what stands after it and more";
        let told = fold(line, 40);
        let all: Vec<&str> = told.iter().flat_map(|l| l.split_whitespace()).collect();
        assert_eq!(all, line.split_whitespace().collect::<Vec<_>>());
        assert!(told.iter().all(|l| columns(l) <= 40), "{told:?}");
    }
}
