//! How far a run is: a bar that moves on a terminal; without one nothing, so that logs stay short.

use crate::pipeline::flow::Step;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run's progress.
pub struct Bar(ProgressBar);

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
        Self(bar)
    }

    /// A step was made.
    pub fn step(&self, step: Step) {
        let text = match step {
            Step::Pulled(n) => format!("{n} read"),
            Step::Decided(n) => format!("{n} decided"),
            Step::Posted(n) => format!("{n} posted"),
        };
        self.0.set_message(text);
        self.0.tick();
    }

    /// Takes it off the screen.
    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}
