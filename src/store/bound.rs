//! What is bound to statements, and statements that go to the database together.
//!
//! Flows in: values, and statements of a transaction whose answers nobody waits for. Flows out: what the driver takes. The
//! database works in a thread of its own: to hand it one statement and to take its answer costs as much as carrying out most
//! of them, so what only changes something goes with the next that asks.

use sqlx::Arguments as _;
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;

/// A value as the database takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// A number.
    Int(i64),
    /// Bytes.
    Blob(Vec<u8>),
}

/// What can be bound to a statement.
pub trait Bind {
    /// As the database takes it.
    fn bound(self) -> Bound;
}

impl Bind for &str {
    fn bound(self) -> Bound {
        Bound::Text(self.to_owned())
    }
}

impl Bind for String {
    fn bound(self) -> Bound {
        Bound::Text(self)
    }
}

impl Bind for &String {
    fn bound(self) -> Bound {
        Bound::Text(self.clone())
    }
}

impl Bind for i64 {
    fn bound(self) -> Bound {
        Bound::Int(self)
    }
}

impl Bind for Vec<u8> {
    fn bound(self) -> Bound {
        Bound::Blob(self)
    }
}

impl Bind for &[u8] {
    fn bound(self) -> Bound {
        Bound::Blob(self.to_vec())
    }
}

impl<T: Bind> Bind for Option<T> {
    fn bound(self) -> Bound {
        self.map_or(Bound::Null, Bind::bound)
    }
}

/// Values as the driver takes them.
pub fn arguments(values: Vec<Bound>) -> Result<SqliteArguments, BoxDynError> {
    let mut all = SqliteArguments::default();
    for value in values {
        match value {
            Bound::Null => all.add(None::<i64>)?,
            Bound::Text(text) => all.add(text)?,
            Bound::Int(number) => all.add(number)?,
            Bound::Blob(bytes) => all.add(bytes)?,
        }
    }
    Ok(all)
}

/// Most values that statements of one hop take together: the driver finds the place of each by looking through all.
const MOST: usize = 60;

/// Statements that go to the database together.
#[derive(Debug, Default)]
pub struct Hop {
    text: String,
    values: Vec<Bound>,
}

impl Hop {
    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a statement with so many values still goes with those that wait.
    pub fn takes(&self, values: usize) -> bool {
        self.is_empty() || self.values.len() + values <= MOST
    }

    /// One statement more, whose values go on counting where those before it end.
    pub fn add(&mut self, text: &str, values: Vec<Bound>) {
        if !self.is_empty() {
            self.text.push_str(";\n");
        }
        let last = counted_on(text, self.values.len(), &mut self.text);
        // One that is not bound would be looked for among those of the next statement.
        debug_assert_eq!(last, values.len(), "{text}");
        self.values.extend(values);
    }

    /// All of them, as one text and its values; none waits any more.
    pub fn take(&mut self) -> (String, Vec<Bound>) {
        let all = std::mem::take(self);
        (all.text, all.values)
    }
}

/// A statement whose first value is no longer `$1`. Answers which was its last.
fn counted_on(text: &str, by: usize, out: &mut String) -> usize {
    let mut last = 0;
    let mut parts = text.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        out.push('$');
        match number.parse::<usize>() {
            Ok(n) => {
                last = last.max(n);
                out.push_str(&(n + by).to_string());
            }
            Err(_) => out.push_str(number),
        }
        out.push_str(rest);
    }
    last
}

#[cfg(test)]
mod tests {
    use super::{Bind as _, Bound, Hop};

    #[test]
    fn values_go_on_counting_over_the_statements_of_a_hop() {
        let mut hop = Hop::default();
        assert!(hop.is_empty() && hop.takes(1_000));
        hop.add("first $1, '$.x', $2", vec!["x".bound(), 2.bound()]);
        let twelve = vec![None::<i64>.bound(); 12];
        hop.add("then $1, $12", twelve.clone());
        let (text, values) = hop.take();
        assert_eq!(text, "first $1, '$.x', $2;\nthen $3, $14");
        let first = vec![Bound::Text("x".into()), Bound::Int(2)];
        assert_eq!(values, [first, twelve].concat());
        assert!(hop.is_empty());
    }

    #[test]
    fn a_hop_takes_no_more_values_than_are_found_quickly() {
        let mut hop = Hop::default();
        hop.add("a $50", vec![Bound::Null; 50]);
        assert!(hop.takes(10) && !hop.takes(11));
    }
}
