//! `crossfoot`: reads the command line, calls the verb, and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    crossfoot::cli::panics();
    // Another library may have put the same provider in already: that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    crossfoot::cli::log();
    crossfoot::cli::main(crossfoot::cli::asked())
}
