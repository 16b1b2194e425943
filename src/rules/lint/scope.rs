//! The variables a rule has declared, with what is known of their types.

use crate::rules::api::Ty;
use crate::rules::api::catalog::nearest;

/// Variables by name; inner ones hide outer ones.
#[derive(Debug, Default)]
pub(super) struct Vars(Vec<(String, Ty)>);

impl Vars {
    /// Declares a variable.
    pub(super) fn declare(&mut self, name: &str, ty: Ty) {
        self.0.push((name.to_owned(), ty));
    }

    /// The type of a variable.
    pub(super) fn get(&self, name: &str) -> Option<Ty> {
        self.0
            .iter()
            .rev()
            .find(|(n, _)| n == name)
            .map(|(_, t)| *t)
    }

    /// Notes that a variable was given a value of another type.
    pub(super) fn assign(&mut self, name: &str, ty: Ty) {
        if let Some((_, t)) = self.0.iter_mut().rev().find(|(n, _)| n == name)
            && *t != ty
        {
            *t = Ty::Any;
        }
    }

    /// How many there are, for leaving a block.
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    /// Leaves a block.
    pub(super) fn leave(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    /// The variable whose name is nearest.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(
            name,
            self.0
                .iter()
                .map(|(n, _)| n.as_str())
                .chain(["ctx", "params"]),
        )
    }
}
