//! A hook's statements and expressions, as the short way keeps them.

use super::words::ShortWord;
use crate::rules::api::{ByType, Get, Has, Set};
use rhai::{Dynamic, ImmutableString, Position};

/// A statement.
pub(super) enum ShortStep {
    /// Its value is the block's, when it is the last.
    Do(ShortNode),
    /// Nothing, which ends a block without a value.
    Nothing,
    /// A new variable, on top of those there are.
    Let(ShortNode),
    /// A variable's new value.
    Put(usize, ShortNode),
    /// A field of the draft that a variable holds.
    Set {
        on: usize,
        ways: &'static ByType<Set>,
        value: ShortNode,
        at: Position,
    },
    /// One or the other.
    If(Box<(ShortNode, Vec<ShortStep>, Vec<ShortStep>)>),
    /// A block of its own.
    Block(Vec<ShortStep>),
    /// Leaves the hook.
    Return(Option<ShortNode>),
}

/// An expression.
pub(super) enum ShortNode {
    Const(Dynamic),
    Local(usize),
    /// `ctx` or `params`.
    Around(&'static str),
    Get(Box<ShortNode>, &'static ByType<Get>, ImmutableString),
    /// Whether a list of texts of a document has a text.
    Has {
        on: Box<ShortNode>,
        ways: &'static ByType<Has>,
        wanted: Box<ShortNode>,
    },
    /// A text with values in it.
    Text(Vec<ShortNode>),
    Call(ShortWord, Vec<ShortNode>, Position),
    Not(Box<ShortNode>),
    And(Vec<ShortNode>),
    Or(Vec<ShortNode>),
    Coalesce(Vec<ShortNode>),
    Block(Vec<ShortStep>),
}
