//! v2's `filter`, `order_by` and page tokens.
//!
//! Flows in: the query of a list call and the list's table of fields. Flows out: typed clauses and a page of
//! rows. Clauses are joined by `;`; `==` everywhere, comparisons where the table says so, a trailing `*` on text.
//! A page token holds the last row's place in the order, never an offset, so that rows that are added between
//! two pages move nothing; it also holds filter and order, and a call that changes them is refused.
//! Refuses unknown fields, operators a field does not have, and dates without a time and an offset.
//! Bounded: 1,000 rows a page, 50 clauses.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::errors::Fail;
use super::money;
use super::switches::Switches;
use crate::sandbox::wire::Call;

const MOST_CLAUSES: usize = 50;

/// What a filter field holds, and so which operators it has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// `==`
    Id,
    /// `== <= < >= >`, and `!=`
    IdCompared,
    /// `==` with a comma list
    Ids,
    Flag,
    Time,
    /// `==`, a `*` at the end
    Text,
    AmountCompared,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone)]
enum Want {
    Id(u64),
    Ids(Vec<u64>),
    Flag(bool),
    Time(DateTime<Utc>),
    Text(String),
    Amount(Decimal),
}

/// One clause, its value already read.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub field: String,
    op: Op,
    want: Want,
}

impl Clause {
    fn holds(&self, order: Ordering) -> bool {
        match self.op {
            Op::Eq => order.is_eq(),
            Op::Ne => order.is_ne(),
            Op::Lt => order.is_lt(),
            Op::Le => order.is_le(),
            Op::Gt => order.is_gt(),
            Op::Ge => order.is_ge(),
        }
    }

    pub(super) fn id(&self, have: u64) -> bool {
        match &self.want {
            Want::Id(want) => self.holds(have.cmp(want)),
            Want::Ids(want) => want.contains(&have),
            _ => false,
        }
    }

    pub(super) fn any_id(&self, have: impl IntoIterator<Item = u64>) -> bool {
        have.into_iter().any(|id| self.id(id))
    }

    pub(super) fn flag(&self, have: bool) -> bool {
        matches!(self.want, Want::Flag(want) if want == have)
    }

    /// At or after the wanted time.
    pub(super) fn since(&self, have: DateTime<Utc>) -> bool {
        matches!(self.want, Want::Time(want) if have >= want)
    }

    /// At or before the wanted time.
    pub(super) fn until(&self, have: DateTime<Utc>) -> bool {
        matches!(self.want, Want::Time(want) if have <= want)
    }

    pub(super) fn amount(&self, have: Decimal) -> bool {
        matches!(self.want, Want::Amount(want) if self.holds(have.cmp(&want)))
    }

    /// Without case; a `*` at the end matches any rest.
    pub(super) fn text(&self, have: Option<&str>) -> bool {
        let (Want::Text(want), Some(have)) = (&self.want, have) else {
            return false;
        };
        let (want, have) = (want.to_lowercase(), have.to_lowercase());
        match want.strip_suffix('*') {
            Some(start) => have.starts_with(start),
            None => have == want,
        }
    }

    /// The wanted text itself.
    pub(super) fn wanted(&self) -> &str {
        match &self.want {
            Want::Text(text) => text,
            _ => "",
        }
    }
}

/// Where a row stands in its list's order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Number(i128),
    Amount(Decimal),
    Text(String),
}

impl Place {
    pub(super) fn time(at: DateTime<Utc>) -> Self {
        Place::Number(i128::from(at.timestamp_micros()))
    }

    fn write(&self) -> String {
        match self {
            Place::Number(n) => format!("n{n}"),
            Place::Amount(d) => format!("d{d}"),
            Place::Text(t) => format!("t{t}"),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let rest = text.get(1..)?;
        match text.get(..1)? {
            "n" => rest.parse().ok().map(Place::Number),
            "d" => rest.parse().ok().map(Place::Amount),
            "t" => Some(Place::Text(rest.to_owned())),
            _ => None,
        }
    }
}

/// What a list allows.
pub(super) struct ListRules {
    pub fields: &'static [(&'static str, Kind)],
    pub orders: &'static [&'static str],
    /// Whether a field that starts with `_` may be a custom field.
    pub custom: bool,
}

/// A list call, read.
pub(super) struct ListQuery {
    pub clauses: Vec<Clause>,
    pub order: String,
    descending: bool,
    size: usize,
    after: Option<(Place, u64)>,
    filter_text: String,
    order_text: String,
}

impl ListQuery {
    pub(super) fn read(call: &Call, rules: &ListRules, switches: &Switches) -> Result<Self, Fail> {
        let token = match call.param("page_token").filter(|t| !t.is_empty()) {
            Some(text) => Some(Token::read(text).ok_or_else(|| Fail::bad("Invalid page token"))?),
            None => None,
        };
        let told = |name: &str, kept: Option<&str>| -> Result<String, Fail> {
            match (call.param(name).filter(|t| !t.is_empty()), kept) {
                (Some(now), Some(then)) if now != then => {
                    Err(Fail::bad(format!("{name} must not change while paging")))
                }
                (Some(now), _) => Ok(now.to_owned()),
                (None, then) => Ok(then.unwrap_or("").to_owned()),
            }
        };
        let filter_text = told("filter", token.as_ref().map(|t| t.filter.as_str()))?;
        let order_text = told("order_by", token.as_ref().map(|t| t.order.as_str()))?;
        let (order, descending) = read_order(&order_text, rules)?;
        Ok(Self {
            clauses: read_filter(&filter_text, rules)?,
            order,
            descending,
            size: read_size(call, switches)?,
            after: token.map(|t| (t.place, t.id)),
            filter_text,
            order_text,
        })
    }

    /// The rows of this page, and the token of the next one.
    pub(super) fn page<'a, T>(
        &self,
        rows: impl Iterator<Item = &'a T>,
        place: impl Fn(&T) -> (Place, u64),
    ) -> (Vec<&'a T>, Option<String>) {
        let directed =
            |a: &(Place, u64), b: &(Place, u64)| if self.descending { b.cmp(a) } else { a.cmp(b) };
        let mut kept: Vec<((Place, u64), &T)> = rows
            .map(|row| (place(row), row))
            .filter(|(at, _)| {
                self.after
                    .as_ref()
                    .is_none_or(|after| directed(at, after).is_gt())
            })
            .collect();
        kept.sort_by(|(a, _), (b, _)| directed(a, b));
        let more = kept.len() > self.size;
        kept.truncate(self.size);
        let next = match kept.last() {
            Some(((place, id), _)) if more => Some(
                Token {
                    filter: self.filter_text.clone(),
                    order: self.order_text.clone(),
                    place: place.clone(),
                    id: *id,
                }
                .write(),
            ),
            _ => None,
        };
        (kept.into_iter().map(|(_, row)| row).collect(), next)
    }
}

/// Puts rows and token into the list's answer.
pub(super) fn list_answer(
    name: &str,
    rows: Vec<Value>,
    next: Option<String>,
    switches: &Switches,
) -> Value {
    let mut answer = json!({ name: rows });
    match next {
        Some(token) => answer["next_page_token"] = Value::String(token),
        None if switches.is("page_token_at_end", "empty") => answer["next_page_token"] = json!(""),
        None => {}
    }
    answer
}

struct Token {
    filter: String,
    order: String,
    place: Place,
    id: u64,
}

impl Token {
    fn write(&self) -> String {
        let json = json!([self.filter, self.order, self.place.write(), self.id]);
        URL_SAFE_NO_PAD.encode(json.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let json: Value = serde_json::from_slice(&bytes).ok()?;
        Some(Self {
            filter: json.get(0)?.as_str()?.to_owned(),
            order: json.get(1)?.as_str()?.to_owned(),
            place: Place::parse(json.get(2)?.as_str()?)?,
            id: json.get(3)?.as_u64()?,
        })
    }
}

fn read_size(call: &Call, switches: &Switches) -> Result<usize, Fail> {
    let Some(text) = call.param("page_size").filter(|t| !t.is_empty()) else {
        return Ok(default_size(switches));
    };
    match text.parse::<usize>() {
        Ok(0) => Ok(default_size(switches)),
        Ok(n) if n <= 1000 => Ok(n),
        _ => Err(Fail::bad("page_size must be between 0 and 1000")),
    }
}

fn default_size(switches: &Switches) -> usize {
    usize::try_from(switches.number("default_page_size")).unwrap_or(100)
}

fn read_order(text: &str, rules: &ListRules) -> Result<(String, bool), Fail> {
    if text.is_empty() {
        return Ok((String::new(), false));
    }
    let mut words = text.split_whitespace();
    let field = words.next().unwrap_or("");
    let descending = match words.next().map(str::to_lowercase).as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(Fail::bad(format!("Invalid order_by direction: {text}"))),
    };
    if words.next().is_some() || !rules.orders.contains(&field) {
        return Err(Fail::bad(format!(
            "Invalid order_by field: {text}; allowed are {}",
            rules.orders.join(", ")
        )));
    }
    Ok((field.to_owned(), descending))
}

fn read_filter(text: &str, rules: &ListRules) -> Result<Vec<Clause>, Fail> {
    let parts: Vec<&str> = text.split(';').filter(|p| !p.trim().is_empty()).collect();
    if parts.len() > MOST_CLAUSES {
        return Err(Fail::bad("Invalid filter: too many clauses"));
    }
    parts
        .into_iter()
        .map(|part| read_clause(part.trim(), rules))
        .collect()
}

fn read_clause(text: &str, rules: &ListRules) -> Result<Clause, Fail> {
    let start = text.find(['=', '<', '>', '!']);
    let (field, rest) =
        text.split_at(start.ok_or_else(|| Fail::bad(format!("Invalid filter: {text}")))?);
    const OPS: [(&str, Op); 6] = [
        ("==", Op::Eq),
        ("!=", Op::Ne),
        ("<=", Op::Le),
        (">=", Op::Ge),
        ("<", Op::Lt),
        (">", Op::Gt),
    ];
    let Some((op, value)) = OPS
        .iter()
        .find_map(|(sign, op)| rest.strip_prefix(sign).map(|v| (*op, v.trim())))
    else {
        return Err(Fail::bad(format!("Invalid filter operator: {text}")));
    };
    let field = field.trim();
    let kind = match rules.fields.iter().find(|(name, _)| *name == field) {
        Some((_, kind)) => *kind,
        None if rules.custom && field.starts_with('_') => Kind::Text,
        None => return Err(Fail::bad(format!("Invalid filter field: {field}"))),
    };
    let compared = matches!(kind, Kind::IdCompared | Kind::AmountCompared);
    if op != Op::Eq && !compared {
        return Err(Fail::bad(format!(
            "Invalid filter operator for {field}: only == is allowed"
        )));
    }
    let want = read_want(kind, value)
        .ok_or_else(|| Fail::bad(format!("Invalid filter value for {field}: {value}")))?;
    Ok(Clause {
        field: field.to_owned(),
        op,
        want,
    })
}

fn read_want(kind: Kind, value: &str) -> Option<Want> {
    Some(match kind {
        Kind::Id | Kind::IdCompared => Want::Id(value.parse().ok()?),
        Kind::Ids => Want::Ids(
            value
                .split(',')
                .map(|v| v.trim().parse().ok())
                .collect::<Option<_>>()?,
        ),
        Kind::Flag => Want::Flag(value.to_lowercase().parse().ok()?),
        Kind::Time => Want::Time(
            DateTime::parse_from_rfc3339(value)
                .ok()?
                .with_timezone(&Utc),
        ),
        Kind::Text => Want::Text(value.to_owned()),
        Kind::AmountCompared => Want::Amount(money::read(&Value::String(value.to_owned()))?),
    })
}
