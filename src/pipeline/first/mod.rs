//! What a first sync meets in a ledger that was kept before it: papers that may be the very documents it would make, others who
//! book the same documents, and where the ledger's numbers have got to.
//!
//! Flows in: the documents that would be made, and the ledger's papers as the mirror has them, one after another in any order.
//! Flows out: a value each. Pure, and nothing is decided by it: it is told to a person before anything is posted.

mod doubles;
mod series;

pub use doubles::{Doubles, LikeBy, LikelyDouble, OtherWay, WantedPaper};
pub use series::{NumberSeries, SeriesSeen};
