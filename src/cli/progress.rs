//! How far a run is: a bar that moves on a terminal; without one a plain line now and then; with `--json` nothing.

use super::Context;
use crate::pipeline::tenant::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Without a terminal a line is printed each time so many more are done.
const LINE_EVERY: usize = 1_000;

/// A run's progress.
pub struct Bar {
    bar: ProgressBar,
    /// For plain lines: whose, and how many lines' worth were told of each phase.
    plain: Option<(String, [AtomicUsize; 3])>,
}

impl Bar {
    /// For a tenant; drawn only when `show` and stderr is a terminal.
    pub fn new(tenant: &str, show: bool) -> Self {
        let target = if show {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar.set_prefix(tenant.to_owned());
        Self { bar, plain: None }
    }

    /// For a tenant, in the way this call is looked at.
    pub fn of(cx: &Context, tenant: &str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let mut bar = Self::new(tenant, terminal && !cx.out.json);
        if !terminal && !cx.out.json {
            bar.plain = Some((tenant.to_owned(), Default::default()));
        }
        bar
    }

    /// A step was made.
    pub fn step(&self, step: Progress) {
        let (phase, n, word) = match step {
            Progress::Pulled(n) => (0, n, "read"),
            Progress::Decided(n) => (1, n, "decided"),
            Progress::Posted(n) => (2, n, "posted"),
        };
        let Some((tenant, told)) = &self.plain else {
            self.bar.set_message(format!("{n} {word}"));
            self.bar.tick();
            return;
        };
        let lines = n / LINE_EVERY;
        let new = |t: &AtomicUsize| t.swap(lines, Ordering::Relaxed) < lines;
        if told.get(phase).is_some_and(new) {
            eprintln!("{tenant}: {n} {word}");
        }
    }

    /// Takes it off the screen.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}
