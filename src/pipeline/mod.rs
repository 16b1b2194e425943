//! The flow: pull, decide, post. The loop a reader must read.
pub mod books;
pub mod compare;
pub mod decide;
pub mod ending;
pub mod flow;
pub mod gather;
mod judge;
pub mod lease;
pub mod papers;
pub mod plan;
pub mod plant;
pub mod ports;
pub mod post;
pub mod protocol;
mod refund;
pub mod resend;
pub mod tenant;
pub mod write;
