//! The bounds of the short way.

/// Nodes of one hook.
pub(super) const NODES: usize = 400;
/// Bytes of a text on the short way. Functions count their work by the length of what they are given.
pub(super) const TEXT: usize = 4_096;
/// Elements of a list on the short way.
pub(super) const LIST: usize = 64;
/// Bytes of a text in such a list.
pub(super) const ELEMENT: usize = 1_000;
