//! Paths into what a system answered: `a.b`, `a.0`, `a.last`, `a.*.b`.
//!
//! Flows in: text, then JSON. Flows out: what stands there. Refuses: empty names, brackets, filters. Pure.

use serde_json::Value;

/// Most names of one path.
const MOST: usize = 12;

/// One name of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum PathStep {
    Name(String),
    Each,
}

/// A path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordPath {
    steps: Vec<PathStep>,
}

impl RecordPath {
    /// Reads a path.
    ///
    /// # Errors
    /// A sentence: what is no path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for name in text.trim().split('.') {
            if name.is_empty() {
                return Err("a name between two dots is empty".to_owned());
            }
            if name.contains(['[', ']', '(', ')', '{', '}', '$', '?', '@']) {
                return Err("brackets and filters are not used in paths".to_owned());
            }
            steps.push(match name {
                "*" => PathStep::Each,
                name => PathStep::Name(name.to_owned()),
            });
        }
        if steps.len() > MOST {
            return Err(format!("a path has at most {MOST} names"));
        }
        Ok(Self { steps })
    }

    /// Its first name.
    pub fn first(&self) -> &str {
        match self.steps.first() {
            Some(PathStep::Name(name)) => name,
            _ => "",
        }
    }

    /// The same path without its first name.
    #[must_use]
    pub fn rest(&self) -> Self {
        Self {
            steps: self.steps.iter().skip(1).cloned().collect(),
        }
    }

    /// Everything that stands there, in order.
    pub fn all<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        let mut at = vec![value];
        for step in &self.steps {
            at = at.into_iter().flat_map(|v| step.of(v)).collect();
        }
        at
    }

    /// The first thing that stands there and is something.
    pub fn one<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.all(value).into_iter().find(|v| !v.is_null())
    }

    /// Takes away what stands there.
    pub fn remove(&self, value: &mut Value) {
        let Some((step, rest)) = self.steps.split_first() else {
            return;
        };
        let rest = Self {
            steps: rest.to_vec(),
        };
        match (step, value) {
            (PathStep::Name(name), Value::Object(map)) if rest.steps.is_empty() => {
                map.remove(name);
            }
            (PathStep::Name(name), Value::Object(map)) => {
                if let Some(inner) = map.get_mut(name) {
                    rest.remove(inner);
                }
            }
            (PathStep::Each, Value::Array(items)) => {
                items.iter_mut().for_each(|item| rest.remove(item));
            }
            _ => {}
        }
    }
}

impl std::fmt::Display for RecordPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = |s: &PathStep| match s {
            PathStep::Name(name) => name.clone(),
            PathStep::Each => "*".to_owned(),
        };
        let names: Vec<String> = self.steps.iter().map(name).collect();
        f.write_str(&names.join("."))
    }
}

impl PathStep {
    fn of<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (self, value) {
            (Self::Name(name), Value::Object(map)) => map.get(name).into_iter().collect(),
            (Self::Name(name), Value::Array(items)) if name == "last" => {
                items.last().into_iter().collect()
            }
            (Self::Name(name), Value::Array(items)) => {
                let at = name.parse::<usize>().ok();
                at.and_then(|n| items.get(n)).into_iter().collect()
            }
            (Self::Each, Value::Array(items)) => items.iter().collect(),
            (Self::Each, Value::Object(map)) => map.values().collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_finds_what_stands_there_and_nothing_else() {
        let value =
            json!({"a": {"b": 1, "n": null}, "list": [{"x": 1}, {"x": 2}], "f": {"1": "one"}});
        let all = |p: &str| RecordPath::parse(p).unwrap().all(&value).len();
        let counts = [
            all("a.b"),
            all("list.*.x"),
            all("list.1.x"),
            all("f.1"),
            all("a.b.c"),
            all("list.9"),
            all("list.last.x"),
        ];
        assert_eq!(counts, [1, 2, 1, 1, 0, 0, 1]);
        let last = RecordPath::parse("list.last.x").unwrap();
        assert_eq!(last.one(&value), Some(&json!(2)));
        assert_eq!(RecordPath::parse("a.n").unwrap().one(&value), None);
        for bad in ["", "a..b", "a[0]", "$.a", "a.(b)"] {
            assert!(RecordPath::parse(bad).is_err(), "{bad}");
        }
        let mut left = value.clone();
        RecordPath::parse("list.*.x").unwrap().remove(&mut left);
        assert_eq!(left["list"], json!([{}, {}]));
    }
}
