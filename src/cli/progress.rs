//! How far a run is: a line that moves on a terminal; without one a plain line now and then; with `--json` nothing.
//!
//! The line names the tenant, what is done, and of how many where that is known; while a call waits, for what and until
//! when, in the machine's own time. It ticks, so that nobody takes a wait for a standstill.

use super::invocation::Invocation;
use super::text::safe;
use crate::service::{LimitTold, Progress, WaitWatch};
use chrono::{DateTime, Local};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Without a terminal a line is printed each time so many more are done.
const LINE_EVERY: usize = 1_000;
/// How often the line ticks.
const TICK: Duration = Duration::from_millis(120);

/// A run's progress.
pub struct Bar {
    bar: ProgressBar,
    /// Told that its waits are seen here.
    waits: Option<WaitWatch>,
    /// For plain lines: whose, and how many lines' worth were told of each phase.
    plain: Option<(String, [AtomicUsize; 3])>,
}

impl Bar {
    /// For a tenant, in the way this call is looked at.
    pub fn of(cx: &Invocation, tenant: &str, waits: WaitWatch) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let drawn = terminal && !cx.out.json;
        let target = match drawn {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_prefix(safe(tenant).into_owned());
        if drawn {
            draw(&bar, &waits);
        }
        Self {
            bar,
            waits: drawn.then_some(waits),
            plain: (!terminal && !cx.out.json).then(|| (tenant.to_owned(), Default::default())),
        }
    }

    /// Another tenant's turn has come.
    pub fn whose(&self, tenant: &str) {
        self.bar.set_prefix(safe(tenant).into_owned());
        self.bar.set_message("");
    }

    /// A step was made.
    pub fn step(&self, step: Progress) {
        let (phase, n) = match step {
            Progress::Pulled(n) => (0, n),
            Progress::Decided(n, _) => (1, n),
            Progress::Posted(n) => (2, n),
        };
        let said = said(step);
        let Some((tenant, told)) = &self.plain else {
            self.bar.set_message(said);
            return;
        };
        let lines = n / LINE_EVERY;
        let new = |t: &AtomicUsize| t.swap(lines, Ordering::Relaxed) < lines;
        if told.get(phase).is_some_and(new) {
            eprintln!("{}: {said}", safe(tenant));
        }
    }

    /// Takes it off the screen.
    pub fn done(&self) {
        self.bar.finish_and_clear();
        if let Some(waits) = &self.waits {
            waits.seen(false);
        }
    }
}

/// Draws it, and again at every tick.
fn draw(bar: &ProgressBar, waits: &WaitWatch) {
    let watch = waits.clone();
    let wait = move |_: &ProgressState, to: &mut dyn std::fmt::Write| {
        if let Some(wait) = watch.now() {
            let _ = to.write_str(&waited(&wait, wait.until.with_timezone(&Local)));
        }
    };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {msg}{wait}  {elapsed}") {
        bar.set_style(style.with_key("wait", wait));
    }
    bar.enable_steady_tick(TICK);
    waits.seen(true);
}

/// A step in words.
fn said(step: Progress) -> String {
    match step {
        Progress::Pulled(n) => format!("{n} read"),
        Progress::Decided(n, Some(of)) => format!("{n} of {of} decided"),
        Progress::Decided(n, None) => format!("{n} decided"),
        Progress::Posted(n) => format!("{n} posted"),
    }
}

/// A wait in words.
fn waited<Z: chrono::TimeZone>(wait: &LimitTold, until: DateTime<Z>) -> String
where
    Z::Offset: std::fmt::Display,
{
    let mut out = String::new();
    let at = until.format("%H:%M:%S");
    let _ = match &wait.limit {
        Some(limit) => write!(
            out,
            "; waits for {}'s limit of {limit}, on at {at}",
            wait.system
        ),
        None => write!(out, "; waits: {}, on at {at}", safe(&wait.why)),
    };
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_much_of_how_much_and_for_what_it_waits() {
        assert_eq!(said(Progress::Decided(50, Some(412))), "50 of 412 decided");
        assert_eq!(said(Progress::Decided(50, None)), "50 decided");
        let until: DateTime<chrono::Utc> = "2026-07-15T19:23:22Z".parse().unwrap();
        let mut wait = LimitTold {
            system: "Xero".into(),
            limit: Some("60 a minute".into()),
            why: "its limit of 60 a minute is used".into(),
            until,
        };
        let told = waited(&wait, until);
        assert_eq!(
            told,
            "; waits for Xero's limit of 60 a minute, on at 19:23:22"
        );
        wait.limit = None;
        wait.why = "xero could not be reached".into();
        assert_eq!(
            waited(&wait, until),
            "; waits: xero could not be reached, on at 19:23:22"
        );
    }
}
