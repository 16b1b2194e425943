//! A small harness: contenders take turns within a round, and a ratio is taken within each round.
//!
//! Flows in: contenders (a name and something to run so many times), a number of rounds. Flows out: a table
//! of medians with the ratio to the first contender and its spread. What the machine does meanwhile slows
//! every contender of a round alike, so a ratio of one round holds where two times of two runs do not.
//! Nothing is asserted about time; outputs are compared before anything is timed.

#![allow(dead_code)]

use std::time::{Duration, Instant};

/// One of those that are compared.
pub struct Contender<'a> {
    /// Its name in the table.
    pub name: String,
    /// Does the work so many times.
    pub run: Box<dyn FnMut(u32) + 'a>,
}

impl<'a> Contender<'a> {
    /// A contender that does `once` so many times.
    pub fn new(name: &str, mut once: impl FnMut() + 'a) -> Self {
        Self {
            name: name.to_owned(),
            run: Box::new(move |n| (0..n).for_each(|_| once())),
        }
    }
}

/// What was seen of one contender.
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Median time of one unit of work, in nanoseconds.
    pub nanos: f64,
    /// Time over the first contender's, a value a round, in order.
    pub ratios: Vec<f64>,
}

impl Seen {
    /// The median ratio.
    pub fn ratio(&self) -> f64 {
        quantile(&self.ratios, 0.5)
    }
}

/// Time spent in `work`.
#[allow(
    clippy::disallowed_methods,
    reason = "measuring is what a benchmark is for"
)]
pub fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// The value at a share of a sorted list.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// A list in order.
pub fn sorted(mut all: Vec<f64>) -> Vec<f64> {
    all.sort_by(f64::total_cmp);
    all
}

/// A whole number given on the command line as `name=value`, or the default.
pub fn option(name: &str, default: usize) -> usize {
    let mut args = std::env::args();
    let found = args.find_map(|a| a.strip_prefix(&format!("{name}="))?.parse().ok());
    found.unwrap_or(default)
}

/// Runs every contender once a round, beginning with another one each round. `slice` is how long a turn is
/// to last; how often the work is done in a turn is found out beforehand, for each contender by itself.
pub fn race(rounds: usize, slice: Duration, contenders: &mut [Contender<'_>]) -> Vec<Seen> {
    let counts: Vec<u32> = contenders.iter_mut().map(|c| calibrate(c, slice)).collect();
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..rounds {
        for step in 0..contenders.len() {
            let at = (round + step) % contenders.len();
            let count = counts[at];
            let took = timed(|| (contenders[at].run)(count));
            times[at].push(took.as_nanos() as f64 / f64::from(count));
        }
    }
    let first = times[0].clone();
    let seen = contenders.iter().zip(&times).map(|(c, own)| Seen {
        name: c.name.clone(),
        nanos: quantile(&sorted(own.clone()), 0.5),
        ratios: sorted(own.iter().zip(&first).map(|(a, b)| a / b).collect()),
    });
    seen.collect()
}

fn calibrate(contender: &mut Contender<'_>, slice: Duration) -> u32 {
    let mut count = 1_u32;
    loop {
        let took = timed(|| (contender.run)(count));
        if took >= slice || count >= 1 << 20 {
            let want = f64::from(count) * slice.as_secs_f64() / took.as_secs_f64().max(1e-9);
            return (want.round() as u32).max(1);
        }
        count *= 2;
    }
}

/// Prints a table: time of one unit, times the first contender's, the spread of that ratio over the rounds
/// (from the tenth to the ninetieth of a hundred), and the share of the first contender's speed.
pub fn table(title: &str, seen: &[Seen]) {
    println!("\n{title}");
    println!(
        "  {:<34} {:>11} {:>8} {:>15} {:>7}",
        "", "median", "times", "10 to 90 %", "speed"
    );
    for s in seen {
        println!(
            "  {:<34} {:>8.2} us {:>8.2} {:>7.2} - {:<5.2} {:>7.2}",
            s.name,
            s.nanos / 1000.0,
            s.ratio(),
            quantile(&s.ratios, 0.1),
            quantile(&s.ratios, 0.9),
            1.0 / s.ratio(),
        );
    }
}

/// Prints a claim with what was measured: plain words, no verdict by exit code.
pub fn goal(what: &str, measured: f64, bound: f64, at_most: bool) {
    let met = if at_most {
        measured <= bound
    } else {
        measured >= bound
    };
    let word = if at_most { "at most" } else { "at least" };
    let end = if met { "met" } else { "NOT MET" };
    println!("  goal: {what} {word} {bound}: measured {measured:.3}, {end}");
}
