//! `$filter`: conditions joined by `and`, each a field, one of eq, ne, gt and lt, and a text in quotes or a number.

use super::account::text;
use rust_decimal::Decimal;
use serde_json::Value;

/// Most conditions of one filter.
const MOST: usize = 10;

#[derive(Debug, Clone)]
struct Test {
    field: String,
    operator: String,
    value: String,
    quoted: bool,
}

/// A filter.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    tests: Vec<Test>,
}

impl Filter {
    /// Reads one.
    ///
    /// # Errors
    /// What is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut tests = Vec::new();
        let mut rest = text.trim();
        loop {
            let mut words = rest.splitn(3, ' ');
            let (Some(field), Some(operator), Some(after)) =
                (words.next(), words.next(), words.next())
            else {
                return Err("Invalid filter".to_owned());
            };
            if !["eq", "ne", "gt", "lt"].contains(&operator) {
                return Err(format!("Invalid operator {operator}"));
            }
            let (value, quoted, after) = match after.strip_prefix('\'') {
                Some(inside) => {
                    let (value, after) = inside.split_once('\'').ok_or("Invalid filter")?;
                    (value.to_owned(), true, after)
                }
                None => {
                    let (value, after) = after.split_once(' ').unwrap_or((after, ""));
                    value
                        .parse::<Decimal>()
                        .map_err(|_| "Invalid filter value".to_owned())?;
                    (value.to_owned(), false, after)
                }
            };
            tests.push(Test {
                field: field.to_owned(),
                operator: operator.to_owned(),
                value,
                quoted,
            });
            rest = after.trim();
            if rest.is_empty() {
                break;
            }
            rest = rest.strip_prefix("and ").ok_or("Invalid filter")?.trim();
        }
        match tests.len() > MOST {
            true => Err(format!("A filter has at most {MOST} conditions")),
            false => Ok(Self { tests }),
        }
    }

    /// A field that no row has; none where there are no rows.
    pub fn unknown(&self, rows: &[Value]) -> Option<&str> {
        let first = rows.first()?;
        let field = self.tests.iter().find(|t| first.get(&t.field).is_none())?;
        Some(&field.field)
    }

    /// Whether it holds for a row.
    pub fn holds(&self, row: &Value) -> bool {
        self.tests.iter().all(|t| {
            let is = text(&row[&t.field]);
            let order = match (t.quoted, is.parse::<Decimal>(), t.value.parse::<Decimal>()) {
                (false, Ok(is), Ok(value)) => is.cmp(&value),
                _ => is.as_str().cmp(t.value.as_str()),
            };
            match t.operator.as_str() {
                "eq" => order.is_eq(),
                "ne" => order.is_ne(),
                "gt" => order.is_gt(),
                _ => order.is_lt(),
            }
        })
    }
}
