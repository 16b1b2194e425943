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
mod words;

pub(super) use eval::Locals;

use super::api::{ByType, Get, Has, Set};
use super::hook::Hook;
use rhai::{AST, Dynamic, ImmutableString, Position};
use words::Word;

/// Nodes of one hook.
const NODES: usize = 400;
/// Bytes of a text on the short way. Functions count their work by the length of what they are given.
const TEXT: usize = 4_096;
/// Elements of a list on the short way.
const LIST: usize = 64;
/// Bytes of a text in such a list.
const ELEMENT: usize = 1_000;

/// A hook on the short way.
pub(super) struct Short {
    body: Vec<Step>,
}

impl Short {
    /// Translates a hook of a file; `None` where it is not plain enough.
    pub(super) fn of(ast: &AST, hook: Hook) -> Option<Self> {
        build::hook(ast, hook).map(|body| Self { body })
    }
}

/// A statement.
enum Step {
    /// Its value is the block's, when it is the last.
    Do(Node),
    /// Nothing, which ends a block without a value.
    Nothing,
    /// A new variable, on top of those there are.
    Let(Node),
    /// A variable's new value.
    Put(usize, Node),
    /// A field of the draft that a variable holds.
    Set {
        on: usize,
        ways: &'static ByType<Set>,
        value: Node,
        at: Position,
    },
    /// One or the other.
    If(Box<(Node, Vec<Step>, Vec<Step>)>),
    /// A block of its own.
    Block(Vec<Step>),
    /// Leaves the hook.
    Return(Option<Node>),
}

/// An expression.
enum Node {
    Const(Dynamic),
    Local(usize),
    /// `ctx` or `params`.
    Around(&'static str),
    Get(Box<Node>, &'static ByType<Get>, ImmutableString),
    /// Whether a list of texts of a document has a text.
    Has {
        on: Box<Node>,
        ways: &'static ByType<Has>,
        wanted: Box<Node>,
    },
    /// A text with values in it.
    Text(Vec<Node>),
    Call(Word, Vec<Node>, Position),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Coalesce(Vec<Node>),
    Block(Vec<Step>),
}
