//! The flow: pull, decide, post. The loop a reader must read.
pub mod compare;
pub mod decide;
pub mod flow;
mod judge;
pub mod ports;
pub mod post;
pub mod protocol;
mod refund;
pub mod view;
pub mod writes;
