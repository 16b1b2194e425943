//! What applies to every verb.

use clap::{ArgAction, Args, ValueEnum};
use std::path::PathBuf;

/// What applies to every verb.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "For every verb")]
pub struct Global {
    /// The folder with `mappings/` and `rules/`
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub workspace: PathBuf,
    /// Print one JSON value instead of text
    #[arg(long, global = true, action = ArgAction::SetTrue)]
    pub json: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
