//! What set each field of a draft: the answer to "why is this 20-4100?".
//!
//! Flows in: each field as it is set, with what set it, lent. Flows out: steps in words, made when somebody reads them. A
//! decision takes some forty steps and few are ever read, so that taking one makes nothing: names are those of the program,
//! numbers and days are kept as they are, and all texts of a trace stand in one.

use super::diagnostic::Place;
use super::set::{SetBy, SetKey, SetName, SetValue};
use serde::{Deserialize, Serialize};

/// What set a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Origin {
    /// The source's own field.
    Source {
        /// Its name in the canonical document.
        field: String,
    },
    /// A key of a tenant's file, a preset or the built-in defaults.
    Mapping {
        /// The key's path: `accounts[3]`.
        key: String,
        /// Where it is written.
        place: Place,
    },
    /// A rule.
    Rule {
        /// The hook.
        hook: String,
        /// Where the rule is written.
        place: Place,
    },
    /// The ledger's own data: an item's account.
    Ledger {
        /// What it was.
        what: String,
    },
}

/// One field that was set, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// The field: `line[2].account`.
    pub field: String,
    /// Its new value.
    pub value: String,
    /// What set it.
    pub origin: Origin,
}

/// Where a text stands among a trace's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch(u32, u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    /// The payment whose field it is, where it is not the document's.
    payment: Option<Stretch>,
    name: SetName<Stretch>,
    value: SetValue<Stretch>,
    by: SetBy<Stretch>,
}

/// The steps of one decision, in order; a later step overrides an earlier one. Switched off it records nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    on: bool,
    steps: Vec<Step>,
    texts: String,
}

impl Trace {
    /// A trace that records.
    pub fn on() -> Self {
        Self {
            on: true,
            ..Self::default()
        }
    }

    /// A trace that records, with room for what most decisions say.
    pub fn roomy() -> Self {
        Self {
            on: true,
            steps: Vec::with_capacity(48),
            texts: String::with_capacity(2_048),
        }
    }

    /// A trace that records nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Whether it records: asked where a text would have to be made for it.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Says that the steps after so many are those of one payment, by its id: several are decided one after the other, and each
    /// has fields of its own.
    pub fn of_payment(&mut self, steps: usize, id: &str) {
        if steps < self.steps.len() {
            let whose = self.keep(id);
            for step in self.steps.iter_mut().skip(steps) {
                step.payment = Some(whose);
            }
        }
    }

    /// Records that a field was set.
    pub fn set<'t>(
        &mut self,
        name: impl Into<SetName<&'t str>>,
        value: impl Into<SetValue<&'t str>>,
        by: SetBy<&'t str>,
    ) {
        if !self.on {
            return;
        }
        let step = Step {
            payment: None,
            name: name.into().map(|t| self.keep(t)),
            value: value.into().map(|t| self.keep(t)),
            by: by.map(|t| self.keep(t)),
        };
        self.steps.push(step);
    }

    /// Takes the steps of another trace.
    pub fn extend(&mut self, other: &Trace) {
        for s in &other.steps {
            let text = |p| other.text(p);
            let before = self.len();
            self.set(s.name.map(text), s.value.map(text), s.by.map(text));
            if let Some(id) = s.payment {
                self.of_payment(before, other.text(id));
            }
        }
    }

    /// The steps, in words.
    pub fn steps(&self) -> Vec<TraceStep> {
        let text = |p| self.text(p);
        let steps = self.steps.iter().map(|s| TraceStep {
            field: match s.payment.map(text) {
                Some(id) => s.name.map(text).of_payment(id),
                None => s.name.map(text).to_string(),
            },
            value: s.value.map(text).to_string(),
            origin: Origin::from(s.by.map(text)),
        });
        steps.collect()
    }

    fn keep(&mut self, text: &str) -> Stretch {
        // A trace that were longer than can be said would tell nothing.
        let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let from = at(self.texts.len());
        self.texts.push_str(text);
        Stretch(from, at(self.texts.len()))
    }

    fn text(&self, Stretch(from, to): Stretch) -> &str {
        self.texts
            .get(from as usize..to as usize)
            .unwrap_or_default()
    }
}

impl From<SetBy<&str>> for Origin {
    fn from(by: SetBy<&str>) -> Self {
        let place = |file: &str, (line, column)| Place {
            file: file.to_owned(),
            line,
            column,
        };
        match by {
            SetBy::Source(line, field) => Origin::Source {
                field: match line {
                    Some(id) => format!("line[{id}].{field}"),
                    None => field.to_owned(),
                },
            },
            SetBy::Mapping(key, file, at) => Origin::Mapping {
                key: key.to_string(),
                place: place(file, at),
            },
            SetBy::Rule(hook, file, at) => Origin::Rule {
                hook: hook.to_owned(),
                place: place(file, at),
            },
            SetBy::Ledger(what) => Origin::Ledger {
                what: what.to_owned(),
            },
        }
    }
}

impl<'o> From<&'o Origin> for SetBy<&'o str> {
    fn from(origin: &'o Origin) -> Self {
        let at = |place: &Place| (place.line, place.column);
        match origin {
            Origin::Source { field } => SetBy::Source(None, field),
            Origin::Mapping { key, place } => {
                SetBy::Mapping(SetKey::Path("", key), &place.file, at(place))
            }
            Origin::Rule { hook, place } => SetBy::Rule(hook, &place.file, at(place)),
            Origin::Ledger { what } => SetBy::Ledger(what),
        }
    }
}
