//! The flow: pull, decide, post. The loop a reader must read.
pub mod ports;
pub mod post;
pub mod protocol;
