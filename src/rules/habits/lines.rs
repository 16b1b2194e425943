//! Habits of a whole line: loops, questions and patterns as other languages write them.

use super::pieces::{Habit, Piece, PieceKind, told};

/// A line's pieces, and what it says.
struct OneLine<'a> {
    text: &'a str,
    pieces: Vec<&'a Piece>,
    line: &'a str,
}

/// The first habit of the line on which parsing failed, or of the one before.
pub(super) fn of_lines(text: &str, all: &[Piece], failed: usize) -> Option<Habit> {
    let failed = failed.max(1);
    [failed, failed.saturating_sub(1)]
        .into_iter()
        .find_map(|n| {
            let pieces: Vec<&Piece> = all.iter().filter(|p| p.line == n).collect();
            let line = pieces.first()?.whole(text);
            let of = OneLine { text, pieces, line };
            of.loops()
                .or_else(|| of.asks())
                .or_else(|| of.bare())
                .or_else(|| of.patterns())
                .or_else(|| of.numbers())
                .or_else(|| of.either())
        })
}

impl<'a> OneLine<'a> {
    fn word(&self, n: usize) -> &'a str {
        self.pieces.get(n).map_or("", |p| p.text(self.text))
    }

    fn find(&self, word: &str) -> Option<(usize, &'a Piece)> {
        let mut all = self.pieces.iter().enumerate();
        let (n, p) = all.find(|(_, p)| p.kind != PieceKind::Text && p.text(self.text) == word)?;
        Some((n, *p))
    }

    /// What stands between two places of the line.
    fn part(&self, from: usize, to: usize) -> &'a str {
        self.line.get(from..to).unwrap_or_default()
    }

    /// The line with a part of it written otherwise.
    fn with(&self, from: usize, to: usize, becomes: &str) -> String {
        let (before, after) = (self.line.get(..from), self.line.get(to..));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        format!("{before}{becomes}{after}")
    }

    /// `foreach x in xs`, `for x of xs`, `for (x in xs)`, `for (let i = 0; i < 3; i++)`.
    fn loops(&self) -> Option<Habit> {
        let first = *self.pieces.first()?;
        if self.word(0) == "foreach" {
            let what = "`foreach` is written `for` in Rhai".to_owned();
            return told(first, what, self.with(first.from, first.to, "for"));
        }
        if self.word(0) != "for" {
            return None;
        }
        if self.word(2) == "of" {
            let of = self.pieces.get(2)?;
            let what = "`of` is written `in` in Rhai".to_owned();
            return told(of, what, self.with(of.from, of.to, "in"));
        }
        let open = self.pieces.get(1).filter(|_| self.word(1) == "(")?;
        let (_, brace) = self.find("{")?;
        let head = self.part(open.to, brace.from).trim_end();
        let head = head.strip_suffix(')')?.trim();
        let what = "a loop has no brackets around what it goes over".to_owned();
        let begun = |head: &str| self.with(open.from, brace.from, &format!("{head} "));
        if head.contains(" in ") && !head.contains(';') {
            return told(open, what, begun(head));
        }
        let parts: Vec<&str> = head.split(';').map(str::trim).collect();
        let [start, end, _] = parts.as_slice() else {
            return None;
        };
        let start = ["let ", "var ", "int "]
            .iter()
            .fold(*start, |s, w| s.strip_prefix(w).unwrap_or(s));
        let (name, from) = start.split_once('=')?;
        let (_, upto) = end.split_once('<')?;
        let upto = match upto.strip_prefix('=') {
            Some(last) => format!("..={}", last.trim()),
            None => format!("..{}", upto.trim()),
        };
        let what = "a loop that counts goes over a range".to_owned();
        let head = format!("{} in {}{upto}", name.trim(), from.trim());
        told(open, what, begun(&head))
    }

    /// `if x then`, `unless x`, `x is null`.
    fn asks(&self) -> Option<Habit> {
        let asked = self.line.trim_start_matches(['}', ' ', '\t']);
        if let Some((n, then)) = self.find("then")
            && (asked.starts_with("if ") || asked.starts_with("else if "))
        {
            let to = self.pieces.get(n + 1).map_or(then.to, |p| p.from);
            let brace = match self.word(n + 1) {
                "{" => "",
                _ => "{ ",
            };
            let what = "what follows a condition stands in braces, without `then`".to_owned();
            return told(then, what, self.with(then.from, to, brace));
        }
        let first = *self.pieces.first()?;
        if self.word(0) == "unless" {
            let (_, brace) = self.find("{")?;
            let condition = self.part(first.to, brace.from).trim();
            let what = "`unless` is written `if !(..)` in Rhai".to_owned();
            let becomes = format!("if !({condition}) ");
            return told(first, what, self.with(first.from, brace.from, &becomes));
        }
        let (n, is) = self.find("is")?;
        let (not, at) = match self.word(n + 1) {
            "not" => ("!=", n + 2),
            _ => ("==", n + 1),
        };
        let nothing = self.pieces.get(at)?;
        let none = ["null", "nil", "None", "NULL", "undefined"];
        if !none.contains(&self.word(at)) {
            return None;
        }
        let what = format!(
            "`{}` is written `{not} ()` in Rhai",
            self.part(is.from, nothing.to)
        );
        told(
            is,
            what,
            self.with(is.from, nothing.to, &format!("{not} ()")),
        )
    }

    /// `if (x == 1) y = 2;`: what is done stands without braces.
    fn bare(&self) -> Option<Habit> {
        // A person's line is short; a long one is not gone through again and again.
        if self.pieces.len() > 200 {
            return None;
        }
        let first = *self.pieces.first()?;
        let from = match (self.word(0), self.word(1)) {
            ("if", _) => 1,
            ("else", "if") => 2,
            _ => return None,
        };
        if self.find("{").or_else(|| self.find("}")).is_some() {
            return None;
        }
        let n = (from..self.pieces.len()).find(|n| self.ends_condition(from, *n))?;
        let (begin, end) = (self.pieces.get(from)?, self.pieces.get(n)?);
        let (does, last) = (self.pieces.get(n + 1)?, self.pieces.last()?);
        let condition = match self.closes(from) == Some(n) {
            true => self.part(begin.to, end.from).trim(),
            false => self.part(begin.from, end.to),
        };
        let other = (n + 1..self.pieces.len()).find(|at| self.word(*at) == "else");
        let done = match other {
            Some(at) if self.word(at + 1) == "if" => return None,
            Some(at) => {
                let other = self.pieces.get(at)?;
                let (yes, no) = (
                    self.part(does.from, other.from).trim(),
                    self.part(self.pieces.get(at + 1)?.from, last.to),
                );
                format!("{{ {yes} }} else {{ {no} }}")
            }
            None => format!("{{ {} }}", self.part(does.from, last.to)),
        };
        let what = "what is done under a condition stands in braces".to_owned();
        let becomes = format!(" {condition} {done}");
        let word = self.pieces.get(from.checked_sub(1)?)?;
        told(first, what, self.with(word.to, last.to, &becomes))
    }

    /// Whether a condition ends with a piece: a word follows that no sign joins to it.
    fn ends_condition(&self, from: usize, n: usize) -> bool {
        let joins = [
            "and", "AND", "or", "OR", "not", "is", "in", "like", "LIKE", "then", "else",
        ];
        let (Some(p), Some(next)) = (self.pieces.get(n), self.pieces.get(n + 1)) else {
            return false;
        };
        if next.kind != PieceKind::Word || joins.contains(&self.word(n + 1)) {
            return false;
        }
        let ends = match p.kind {
            PieceKind::Text => true,
            PieceKind::Word => self.word(n + 1) == "return" && !joins.contains(&self.word(n)),
            _ => [")", "]"].contains(&self.word(n)),
        };
        ends && self.depth(from, n) == 0
    }

    /// How many brackets are open behind a piece.
    fn depth(&self, from: usize, n: usize) -> usize {
        (from..=n).fold(0_usize, |open, n| match self.word(n) {
            "(" | "[" => open + 1,
            ")" | "]" => open.saturating_sub(1),
            _ => open,
        })
    }

    /// Where the bracket closes that a piece opens.
    fn closes(&self, from: usize) -> Option<usize> {
        let opens = self.word(from) == "(";
        let mut all = from..self.pieces.len();
        all.find(|n| opens && self.depth(from, *n) == 0)
    }

    /// `x =~ "Q"`, `x like "Q%"`, `x in ("A", "B")`.
    fn patterns(&self) -> Option<Habit> {
        if let Some((n, like)) = self.find("like").or_else(|| self.find("LIKE")) {
            let pattern = *self.pieces.get(n + 1)?;
            let inner = pattern.text(self.text).trim_matches('"');
            let (begins, ends) = (inner.ends_with('%'), inner.starts_with('%'));
            let asks = match (begins, ends) {
                (true, true) => "contains",
                (true, false) => "starts_with",
                (false, true) => "ends_with",
                (false, false) => return None,
            };
            return self.asked(n, like, pattern, asks, inner.trim_matches('%'));
        }
        let tilde = self.find("=").filter(|(n, _)| self.word(n + 1) == "~");
        let tilde = tilde.or_else(|| self.find("~").filter(|(n, _)| self.word(n + 1) == "="));
        if let Some((n, sign)) = tilde {
            let pattern = *self.pieces.get(n + 2)?;
            let inner = pattern.text(self.text).trim_matches('"');
            let asked = self.asked(n, sign, pattern, "contains", inner);
            return asked.or_else(|| {
                // Of a pattern only its writer knows what text it stands for.
                Some(Habit {
                    line: sign.line,
                    column: sign.column,
                    code: "rhai.habit",
                    what: "there are no patterns here: a text is asked by `contains`".to_owned(),
                    fix: "ask for a part of the text: `x.contains(\"..\")`".to_owned(),
                })
            });
        }
        let (n, _) = self.find("in").filter(|(n, _)| self.word(n + 1) == "(")?;
        let open = *self.pieces.get(n + 1)?;
        let mut rest = self.pieces.iter().skip(n + 2);
        let close = rest.find(|p| p.text(self.text) == ")")?;
        let inner = self.part(open.to, close.from);
        if !inner.contains(',') || inner.contains('(') {
            return None;
        }
        let what = "a list stands in square brackets".to_owned();
        told(
            open,
            what,
            self.with(open.from, close.to, &format!("[{inner}]")),
        )
    }

    /// What a text is asked for by a function of its own: the text is what stands before, without a space.
    fn asked(&self, n: usize, sign: &Piece, of: &Piece, asks: &str, inner: &str) -> Option<Habit> {
        if of.kind != PieceKind::Text {
            return None;
        }
        let last = self.pieces.get(n.checked_sub(1)?)?;
        let mut from = last.from;
        for p in self.pieces.get(..n)?.iter().rev() {
            let part = p.kind == PieceKind::Word || p.text(self.text) == ".";
            if !part || (p.to != from && p.from != from) {
                break;
            }
            from = p.from;
        }
        let text = self.part(from, last.to);
        let what = format!(
            "`{}` is no operator: a text is asked by `{asks}`",
            self.part(sign.from, of.from).trim()
        );
        let becomes = format!("{text}.{asks}(\"{inner}\")");
        told(sign, what, self.with(from, of.to, &becomes))
    }

    /// `5,000`, `$5000`, `10%`.
    fn numbers(&self) -> Option<Habit> {
        let is_number = |p: &Piece| {
            let text = p.text(self.text);
            p.kind == PieceKind::Word
                && !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_digit())
        };
        for (n, p) in self.pieces.iter().enumerate() {
            let next = self.pieces.get(n + 1).filter(|q| q.from == p.to);
            if self.word(n) == "$" && next.is_some_and(|q| is_number(q)) {
                let what = "an amount has no sign of its currency".to_owned();
                return told(p, what, self.with(p.from, p.to, ""));
            }
            let part = n > 0 && self.word(n - 1) == ".";
            if !is_number(p) || part {
                continue;
            }
            let after = self
                .pieces
                .get(n + 2)
                .filter(|q| next.is_some_and(|c| c.to == q.from));
            let thousand = after.filter(|q| is_number(q) && q.to - q.from == 3);
            if let Some(q) = thousand.filter(|_| self.word(n + 1) == ",") {
                let number = format!("{}{}", p.text(self.text), q.text(self.text));
                let what = "a number has no commas".to_owned();
                return told(p, what, self.with(p.from, q.to, &number));
            }
            let ended = ["{", ")", ";", "}", ""].contains(&self.word(n + 2));
            if let Some(sign) = next.filter(|_| self.word(n + 1) == "%" && ended) {
                let hundredth = p.text(self.text).parse::<u32>().ok()?;
                let share = format!("{}.{:02}", hundredth / 100, hundredth % 100);
                let what = "a share is written as a part of one".to_owned();
                return told(p, what, self.with(p.from, sign.to, &share));
            }
        }
        None
    }

    /// `x = a ? b : c;`
    fn either(&self) -> Option<Habit> {
        let (n, asks) = self.find("?")?;
        if [".", "["].contains(&self.word(n + 1)) {
            return None;
        }
        let mut later = self.pieces.iter().skip(n);
        let colon = later.find(|p| p.kind == PieceKind::Sign && p.text(self.text) == ":")?;
        let (_, begins) = self.find("=").or_else(|| self.find("return"))?;
        let end = self.line.trim_end();
        let last = end.strip_suffix(';').unwrap_or(end).len();
        let condition = self.part(begins.to, asks.from).trim();
        let (yes, no) = (
            self.part(asks.to, colon.from).trim(),
            self.part(colon.to, last).trim(),
        );
        let what = "one of two values is chosen by `if .. else ..`".to_owned();
        let becomes = format!(" if {condition} {{ {yes} }} else {{ {no} }}");
        told(asks, what, self.with(begins.to, last, &becomes))
    }
}
