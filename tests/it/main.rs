//! One test binary; one module a behaviour.
mod simulation;
mod storm;
