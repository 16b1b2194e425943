//! A draft while rules hold it: shared handles, and a log that can take every change back.
//!
//! Rhai passes values, so a script is given a handle to a cell; an assignment reaches the draft inside.
//! The draft is moved in before the call and out after it, never copied.

use rhai::Position;
use std::sync::{Arc, Mutex, MutexGuard};

/// Swaps a field's value: takes the new one, gives the old one back.
pub(crate) type Swap<D> = fn(&mut D, usize, FieldValue) -> Result<FieldValue, &'static str>;

/// The value of a field that may be set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FieldValue {
    /// Text.
    Text(String),
    /// A number.
    Number(rust_decimal::Decimal),
    /// A day, or none.
    Day(Option<chrono::NaiveDate>),
    /// Names with values.
    Pairs(Vec<(String, String)>),
    /// Texts.
    Texts(Vec<String>),
    /// An account by code, id or name.
    Account(crate::model::AccountRef),
}

impl FieldValue {
    /// How a trace shows it.
    pub(crate) fn shown(&self) -> String {
        match self {
            FieldValue::Text(t) => t.clone(),
            FieldValue::Number(n) => n.to_string(),
            FieldValue::Day(d) => d.map(|d| d.to_string()).unwrap_or_default(),
            FieldValue::Pairs(p) => {
                let all: Vec<_> = p.iter().map(|(k, v)| format!("{k}: {v}")).collect();
                all.join(", ")
            }
            FieldValue::Texts(t) => t.join(", "),
            FieldValue::Account(a) => a.to_string(),
        }
    }
}

/// One change, with what it takes to undo it.
struct FieldChange<D> {
    at: usize,
    field: &'static str,
    swap: Swap<D>,
    old: FieldValue,
    shown: Option<String>,
    place: Position,
}

/// A change as a trace tells it.
pub(crate) struct ToldChange {
    /// Which element, where the draft has several.
    pub at: usize,
    /// The field.
    pub field: &'static str,
    /// The value it was given.
    pub value: String,
    /// The line that gave it.
    pub place: Position,
}

/// A draft and its changes.
pub(crate) struct Held<D> {
    /// The draft.
    pub draft: D,
    changes: Vec<FieldChange<D>>,
    tracing: bool,
    /// Whether the hook may change it at all.
    frozen: bool,
}

impl<D> Held<D> {
    /// Sets a field.
    ///
    /// # Errors
    /// What the field takes, when the value is not of that kind.
    pub(crate) fn set(
        &mut self,
        at: usize,
        field: &'static str,
        swap: Swap<D>,
        new: FieldValue,
        place: Position,
    ) -> Result<(), &'static str> {
        if self.frozen {
            return Err("nothing here: this hook may look but not change");
        }
        let shown = self.tracing.then(|| new.shown());
        let old = swap(&mut self.draft, at, new)?;
        self.changes.push(FieldChange {
            at,
            field,
            swap,
            old,
            shown,
            place,
        });
        Ok(())
    }

    fn undo(&mut self, to: usize) {
        while self.changes.len() > to {
            let Some(c) = self.changes.pop() else { break };
            // The old value came out of this very field, so it goes back in.
            let _ = (c.swap)(&mut self.draft, c.at, c.old);
        }
    }
}

/// What a hook changes, as far as it can be counted and taken back.
pub(crate) trait ChangeLog {
    /// How many changes there are so far.
    fn changes(&self) -> usize;
    /// Takes the changes back, but for the first so many.
    fn undo(&self, to: usize);
}

/// Of hooks that change nothing.
pub(crate) struct Unchanged;

impl ChangeLog for Unchanged {
    fn changes(&self) -> usize {
        0
    }
    fn undo(&self, _: usize) {}
}

impl<D> ChangeLog for Cell<D> {
    fn changes(&self) -> usize {
        self.lock().changes.len()
    }
    fn undo(&self, to: usize) {
        self.lock().undo(to);
    }
}

/// A shared draft.
pub(crate) struct Cell<D>(Arc<Mutex<Held<D>>>);

impl<D> Clone for Cell<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D> Cell<D> {
    /// Takes a draft in.
    pub(crate) fn new(draft: D, tracing: bool, frozen: bool) -> Self {
        Self(Arc::new(Mutex::new(Held {
            draft,
            changes: Vec::new(),
            tracing,
            frozen,
        })))
    }

    /// The draft, for the length of a look.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Held<D>> {
        self.0.lock().unwrap_or_else(|p| p.into_inner())
    }

    /// The changes made, in order, when tracing; forgets them.
    pub(crate) fn settle(&self) -> Vec<ToldChange> {
        let mut held = self.lock();
        let changes = std::mem::take(&mut held.changes);
        let told = changes.into_iter().filter_map(|c| {
            Some(ToldChange {
                at: c.at,
                field: c.field,
                value: c.shown?,
                place: c.place,
            })
        });
        told.collect()
    }

    /// Moves the draft out, another in.
    pub(crate) fn swap_with(&self, other: &mut D) {
        std::mem::swap(&mut self.lock().draft, other);
    }
}
