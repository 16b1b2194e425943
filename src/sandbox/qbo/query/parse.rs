//! A statement's parts.

use super::super::fault::{Fault, Refusal};
use super::words::{Word, cut, unexpected};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Select {
    Rows,
    Count,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    Less,
    More,
    AtMost,
    AtLeast,
    In,
    Like,
}

/// A value, and whether it stood in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: String,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) op: Op,
    pub(super) values: Vec<Literal>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) select: Select,
    pub(super) entity: String,
    pub(super) conditions: Vec<Condition>,
    /// Fields, and whether downwards.
    pub(super) order: Vec<(String, bool)>,
    pub(super) start: Option<u64>,
    pub(super) most: Option<u64>,
}

struct Reader {
    words: Vec<(usize, Word)>,
    at: usize,
}

const AFTER: &str = "<EOF> \n    <AND> ...\n    \"maxresults\" ...\n    \"order\" ...\n    \"orderby\" ...\n    \"startposition\" ...";

/// Reads a statement.
pub(super) fn read(statement: &str, latin1: bool) -> Result<Query, Refusal> {
    let mut r = Reader {
        words: cut(statement, latin1)?,
        at: 0,
    };
    r.keyword("select")?;
    let select = r.columns()?;
    r.keyword("from")?;
    let mut query = Query {
        select,
        entity: r.bare("<IDENTIFIER> ...")?,
        conditions: Vec::new(),
        order: Vec::new(),
        start: None,
        most: None,
    };
    if r.takes("where") {
        loop {
            query.conditions.push(r.condition()?);
            if !r.takes("and") {
                break;
            }
        }
    }
    if r.takes("orderby") || r.takes_two("order", "by") {
        loop {
            let field = r.bare("<IDENTIFIER> ...")?;
            let down = r.takes("desc");
            if !down {
                r.takes("asc");
            }
            query.order.push((field, down));
            if !r.mark(",") {
                break;
            }
        }
    }
    loop {
        if query.start.is_none() && r.takes("startposition") {
            query.start = Some(r.number()?);
        } else if query.most.is_none() && r.takes("maxresults") {
            query.most = Some(r.number()?);
        } else {
            break;
        }
    }
    match r.words.get(r.at) {
        None => Ok(query),
        Some(_) => Err(r.stop(AFTER).into()),
    }
}

impl Reader {
    fn stop(&self, expected: &str) -> Fault {
        let (column, shown) = match self.words.get(self.at) {
            Some((column, Word::Bare(word))) => (*column, format!("<IDENTIFIER> \"{word} \"")),
            Some((column, Word::Text(text))) => (*column, format!("<STRING> \"'{text}'\"")),
            Some((column, Word::Mark(mark))) => (*column, format!("\"{mark}\"")),
            None => (self.words.last().map_or(1, |(c, _)| c + 1), "<EOF>".into()),
        };
        unexpected(&shown, column, expected)
    }

    fn is(&self, at: usize, keyword: &str) -> bool {
        matches!(self.words.get(at), Some((_, Word::Bare(word))) if word.eq_ignore_ascii_case(keyword))
    }

    fn takes(&mut self, keyword: &str) -> bool {
        let found = self.is(self.at, keyword);
        self.at += usize::from(found);
        found
    }

    fn takes_two(&mut self, first: &str, second: &str) -> bool {
        let found = self.is(self.at, first) && self.is(self.at + 1, second);
        self.at += 2 * usize::from(found);
        found
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), Refusal> {
        match self.takes(keyword) {
            true => Ok(()),
            false => Err(self.stop(&format!("\"{keyword}\" ...")).into()),
        }
    }

    fn mark(&mut self, mark: &str) -> bool {
        let found = matches!(self.words.get(self.at), Some((_, Word::Mark(m))) if *m == mark);
        self.at += usize::from(found);
        found
    }

    fn bare(&mut self, expected: &str) -> Result<String, Refusal> {
        match self.words.get(self.at) {
            Some((_, Word::Bare(word))) => {
                self.at += 1;
                Ok(word.clone())
            }
            _ => Err(self.stop(expected).into()),
        }
    }

    fn number(&mut self) -> Result<u64, Refusal> {
        let stop = self.stop("<INTEGER> ...");
        self.bare("<INTEGER> ...")?.parse().map_err(|_| stop.into())
    }

    /// `*`, `count(*)`, or `*` with columns beside it; single columns are not to be had.
    fn columns(&mut self) -> Result<Select, Refusal> {
        if self.takes("count") {
            if !(self.mark("(") && self.mark("*") && self.mark(")")) {
                return Err(self.stop("\"(\" \"*\" \")\"").into());
            }
            return Ok(Select::Count);
        }
        if !self.mark("*") {
            return Err(self.stop("\"*\" ...\n    \"count\" ...").into());
        }
        while self.mark(",") {
            self.bare("<IDENTIFIER> ...")?;
        }
        Ok(Select::Rows)
    }

    fn condition(&mut self) -> Result<Condition, Refusal> {
        let field = self.bare("<IDENTIFIER> ...")?;
        let op =
            match self.words.get(self.at) {
                Some((_, Word::Mark("="))) => Op::Equal,
                Some((_, Word::Mark("<"))) => Op::Less,
                Some((_, Word::Mark(">"))) => Op::More,
                Some((_, Word::Mark("<="))) => Op::AtMost,
                Some((_, Word::Mark(">="))) => Op::AtLeast,
                _ if self.is(self.at, "in") => Op::In,
                _ if self.is(self.at, "like") => Op::Like,
                _ => return Err(self
                    .stop(
                        "\"=\" ...\n    \"<\" ...\n    \">\" ...\n    \"in\" ...\n    \"like\" ...",
                    )
                    .into()),
            };
        self.at += 1;
        let values = match op {
            Op::In => self.set()?,
            _ => vec![self.literal()?],
        };
        Ok(Condition { field, op, values })
    }

    fn set(&mut self) -> Result<Vec<Literal>, Refusal> {
        if !self.mark("(") {
            return Err(self.stop("\"(\" ...").into());
        }
        let mut all = vec![self.literal()?];
        while self.mark(",") {
            all.push(self.literal()?);
        }
        match self.mark(")") {
            true => Ok(all),
            false => Err(self.stop("\")\" ...\n    \",\" ...").into()),
        }
    }

    /// A quoted text; bare only `true`, `false` and numbers.
    fn literal(&mut self) -> Result<Literal, Refusal> {
        let text = match self.words.get(self.at) {
            Some((_, Word::Text(text))) => text.clone(),
            Some((_, Word::Bare(word)))
                if word.eq_ignore_ascii_case("true")
                    || word.eq_ignore_ascii_case("false")
                    || super::super::money::parse(word).is_some() =>
            {
                word.to_ascii_lowercase()
            }
            _ => {
                return Err(self
                    .stop("<STRING> ...\n    <BOOLEAN> ...\n    <NUMBER> ...")
                    .into());
            }
        };
        self.at += 1;
        Ok(Literal { text })
    }
}
