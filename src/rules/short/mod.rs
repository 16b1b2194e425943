//! The short way: a hook that is straight-line code runs without Rhai's evaluation.
//!
//! Flows in: a hook's statements as Rhai has parsed and optimised them; later a call with its arguments. Flows
//! out: the answer, or nothing. Nothing means that it is for Rhai to run the hook from its beginning: a value
//! was not of the kind that was expected, a key is missing, a text is long, or anything else is not plain.
//! So every mistake, with its words and its place, comes from Rhai alone, and what the short way does answer
//! Rhai would have answered too; tests hold the two against each other.
//!
//! Refused beforehand: loops, closures, functions of the file, lists and maps that are written out, whatever
//! [`words`] does not list. What is left ends after as many steps as it has nodes, so that with the bounds
//! below it can reach none of the limits of [`super::limits`].

mod build;
mod eval;
mod node;
mod size;
mod words;

pub(super) use eval::Locals;

use super::hook::Hook;
use node::ShortStep;
use rhai::AST;

/// A hook on the short way.
pub(super) struct Short {
    body: Vec<ShortStep>,
}

impl Short {
    /// Translates a hook of a file; `None` where it is not plain enough.
    pub(super) fn of(ast: &AST, hook: Hook) -> Option<Self> {
        build::hook(ast, hook).map(|body| Self { body })
    }
}
