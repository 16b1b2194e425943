//! `crossfoot`: reads the command line, calls the verb, and ends with its exit code.

use std::process::ExitCode;

/// A run makes and drops many small things; this allocator does that in a sixth less time (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    crossfoot::cli::panics();
    // Another library may have put the same provider in already: that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    crossfoot::cli::log();
    crossfoot::cli::main(crossfoot::cli::asked())
}
