//! The `where` and `order` languages.
//!
//! Flows in: `Status=="AUTHORISED" AND Date>=DateTime(2020, 01, 01)`. Flows out: a condition over records, or the
//! refusal (ErrorNumber 16). Text compares without regard to case and accents. Nesting is bounded.

mod tokens;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use uuid::Uuid;

use super::json;
use tokens::{Token, tokens};

/// A record's field, as the filter sees it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field {
    Text(String),
    Id(Uuid),
    Number(Decimal),
    Time(DateTime<Utc>),
    Flag(bool),
    Null,
}

impl Field {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn maybe(text: Option<&String>) -> Self {
        text.map_or(Self::Null, |t| Self::Text(t.clone()))
    }

    pub(super) fn day(day: NaiveDate) -> Self {
        Self::Time(json::midnight(day))
    }
}

/// A condition.
#[derive(Debug, Clone)]
pub(super) enum Cond {
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Compare(String, Op, Field),
    Call(String, String, String),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

const DEEPEST: usize = 32;

/// Reads a condition.
///
/// With `escapes` a text may hold a double quote; the vendor itself takes none, and a backslash is a backslash to it.
pub(super) fn parse(text: &str, escapes: bool) -> Result<Cond, String> {
    let mut reader = Reader {
        tokens: tokens(text, escapes)?,
        at: 0,
    };
    let cond = reader.any(0)?;
    match reader.peek() {
        None => Ok(cond),
        Some(rest) => Err(format!("Syntax error near {rest:?}")),
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn eat(&mut self, mark: &str) -> bool {
        let hit = matches!(self.peek(), Some(Token::Mark(m)) if *m == mark);
        if hit {
            self.at += 1;
        }
        hit
    }

    fn need(&mut self, mark: &str) -> Result<(), String> {
        if self.eat(mark) {
            Ok(())
        } else {
            Err(format!("'{mark}' expected"))
        }
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let hit = matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        if hit {
            self.at += 1;
        }
        hit
    }

    fn any(&mut self, depth: usize) -> Result<Cond, String> {
        let mut parts = vec![self.all(depth)?];
        while self.eat("||") || self.eat_word("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Cond::Any(parts)
        })
    }

    fn all(&mut self, depth: usize) -> Result<Cond, String> {
        let mut parts = vec![self.one(depth)?];
        while self.eat("&&") || self.eat_word("AND") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 {
            parts.remove(0)
        } else {
            Cond::All(parts)
        })
    }

    fn one(&mut self, depth: usize) -> Result<Cond, String> {
        if depth > DEEPEST {
            return Err("The filter is nested too deeply".into());
        }
        if self.eat("(") {
            let inner = self.any(depth + 1)?;
            self.need(")")?;
            return Ok(inner);
        }
        let Some(Token::Word(mut path)) = self.next() else {
            return Err("A field name was expected".into());
        };
        while self.eat(".") {
            let Some(Token::Word(part)) = self.next() else {
                return Err("A field name was expected after '.'".into());
            };
            if self.eat("(") {
                if let Some(cond) = self.call(&path, &part)? {
                    return Ok(cond);
                }
                continue;
            }
            path = format!("{path}.{part}");
        }
        let op = self.op()?;
        Ok(Cond::Compare(path.to_lowercase(), op, self.value()?))
    }

    /// `.Contains("x")` and its like; `.ToLower()`, `.Value` and the rest change nothing here.
    fn call(&mut self, path: &str, name: &str) -> Result<Option<Cond>, String> {
        if self.eat(")") {
            return Ok(None);
        }
        let Some(Token::Text(needle)) = self.next() else {
            return Err(format!("{name} takes a string"));
        };
        self.need(")")?;
        let name = name.to_lowercase();
        if !["contains", "startswith", "endswith"].contains(&name.as_str()) {
            return Err(format!("No applicable method '{name}' exists"));
        }
        // A trailing comparison with true is how some clients spell it.
        if self.eat("==") || self.eat("=") {
            self.eat_word("true");
        }
        Ok(Some(Cond::Call(path.to_lowercase(), name, fold(&needle))))
    }

    fn op(&mut self) -> Result<Op, String> {
        let Some(Token::Mark(mark)) = self.next() else {
            return Err("A comparison was expected".into());
        };
        Ok(match mark {
            "==" | "=" => Op::Eq,
            "!=" | "<>" => Op::Ne,
            "<" => Op::Lt,
            "<=" => Op::Le,
            ">" => Op::Gt,
            ">=" => Op::Ge,
            other => return Err(format!("'{other}' is no comparison")),
        })
    }

    fn value(&mut self) -> Result<Field, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Field::Text(text)),
            Some(Token::Number(n)) => Ok(Field::Number(n)),
            Some(Token::Word(word)) => self.word(&word),
            _ => Err("A value was expected".into()),
        }
    }

    fn word(&mut self, word: &str) -> Result<Field, String> {
        match word.to_lowercase().as_str() {
            "true" => Ok(Field::Flag(true)),
            "false" => Ok(Field::Flag(false)),
            "null" => Ok(Field::Null),
            "guid" => {
                if self.eat(".") {
                    self.next();
                }
                self.need("(")?;
                let Some(Token::Text(text)) = self.next() else {
                    return Err("Guid takes a string".into());
                };
                self.need(")")?;
                Uuid::parse_str(&text)
                    .map(Field::Id)
                    .map_err(|_| format!("'{text}' is no guid"))
            }
            "datetime" => self.datetime(),
            other => Err(format!("No property or field '{other}' exists")),
        }
    }

    fn datetime(&mut self) -> Result<Field, String> {
        if self.eat(".") {
            self.next();
        }
        self.need("(")?;
        let bad = || {
            "DateTime takes (year, month, day) or (year, month, day, hour, minute, second)"
                .to_string()
        };
        if let Some(Token::Text(text)) = self.peek().cloned() {
            self.next();
            self.need(")")?;
            return since(&text).map(Field::Time).ok_or_else(bad);
        }
        let mut parts: Vec<u32> = Vec::new();
        while let Some(Token::Number(n)) = self.next() {
            parts.push(n.to_string().parse().map_err(|_| bad())?);
            if self.eat(")") {
                break;
            }
            self.need(",")?;
        }
        let part = |i: usize| parts.get(i).copied();
        let (Some(y), Some(m), Some(d)) = (part(0), part(1), part(2)) else {
            return Err(bad());
        };
        let day = i32::try_from(y)
            .ok()
            .and_then(|y| NaiveDate::from_ymd_opt(y, m, d));
        let clock = |i| part(i).unwrap_or(0);
        let time = day.and_then(|d| d.and_hms_opt(clock(3), clock(4), clock(5)));
        time.map(|t| Field::Time(t.and_utc())).ok_or_else(bad)
    }
}

/// An instant in the forms that headers and filters use.
pub(super) fn since(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if let Ok(at) = DateTime::parse_from_rfc2822(text) {
        return Some(at.to_utc());
    }
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(at) = chrono::NaiveDateTime::parse_from_str(text, form) {
            return Some(at.and_utc());
        }
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .map(json::midnight)
}

/// Text without case and without the accents of Latin letters.
pub(super) fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ō' | 'ø' => 'o',
        'š' | 'ś' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}

/// Whether a record meets a condition; `read` gives its fields, `None` for one that does not exist.
pub(super) fn meets(cond: &Cond, read: &dyn Fn(&str) -> Option<Field>) -> bool {
    match cond {
        Cond::All(parts) => parts.iter().all(|p| meets(p, read)),
        Cond::Any(parts) => parts.iter().any(|p| meets(p, read)),
        Cond::Call(path, name, needle) => match read(path) {
            Some(Field::Text(text)) => match name.as_str() {
                "contains" => fold(&text).contains(needle),
                "startswith" => fold(&text).starts_with(needle),
                _ => fold(&text).ends_with(needle),
            },
            _ => false,
        },
        // A field that does not exist holds when the switch lets it pass.
        Cond::Compare(path, op, value) => {
            read(path).is_none_or(|field| compare(&field, *op, value))
        }
    }
}

/// The fields a condition names.
pub(super) fn fields(cond: &Cond, into: &mut Vec<String>) {
    match cond {
        Cond::All(parts) | Cond::Any(parts) => parts.iter().for_each(|p| fields(p, into)),
        Cond::Compare(path, ..) | Cond::Call(path, ..) => into.push(path.clone()),
    }
}

fn compare(field: &Field, op: Op, value: &Field) -> bool {
    let empty = |f: &Field| matches!(f, Field::Null) || matches!(f, Field::Text(t) if t.is_empty());
    let order = match (field, value) {
        (f, Field::Null) => return (op == Op::Eq) == empty(f),
        (Field::Text(a), Field::Text(b)) => fold(a).cmp(&fold(b)),
        (Field::Id(a), Field::Id(b)) => a.cmp(b),
        (Field::Id(a), Field::Text(b)) => match Uuid::parse_str(b) {
            Ok(b) => a.cmp(&b),
            Err(_) => return op == Op::Ne,
        },
        (Field::Number(a), Field::Number(b)) => a.cmp(b),
        (Field::Time(a), Field::Time(b)) => a.cmp(b),
        (Field::Flag(a), Field::Flag(b)) => a.cmp(b),
        _ => return op == Op::Ne,
    };
    match op {
        Op::Eq => order == Ordering::Equal,
        Op::Ne => order != Ordering::Equal,
        Op::Lt => order == Ordering::Less,
        Op::Le => order != Ordering::Greater,
        Op::Gt => order == Ordering::Greater,
        Op::Ge => order != Ordering::Less,
    }
}

/// How two fields of the same record type order.
pub(super) fn order(a: &Field, b: &Field) -> Ordering {
    match (a, b) {
        (Field::Text(a), Field::Text(b)) => fold(a).cmp(&fold(b)),
        (Field::Id(a), Field::Id(b)) => a.cmp(b),
        (Field::Number(a), Field::Number(b)) => a.cmp(b),
        (Field::Time(a), Field::Time(b)) => a.cmp(b),
        (Field::Flag(a), Field::Flag(b)) => a.cmp(b),
        (Field::Null, Field::Null) => Ordering::Equal,
        (Field::Null, _) => Ordering::Less,
        (_, Field::Null) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
