//! What every handle to a draft has.

use crate::rules::cell::Cell;

/// A handle to a draft or to one element of it.
pub(crate) trait Draftish: Clone + Send + Sync + 'static {
    /// The draft.
    type D: Send + 'static;
    /// Its cell.
    fn cell(&self) -> &Cell<Self::D>;
    /// Which element.
    fn at(&self) -> usize;
}
