//! The smallest size, every way: one payment, two workers, one fault, one death at each await.
//!
//! Flows in: nothing. Flows out: the first schedule that breaks an invariant. Each schedule is four turns: one
//! worker goes so many awaits, time passes, the other goes so many, time passes, then both go on in turn. The
//! first may die where it stands. What is left is run calmly to its end, as any seed is.

use super::plan::Plan;
use super::runner::{Ending, Sim};
use super::vendor::{self, Fate};
use super::world::{Ms, S, lock};

/// What befalls the first request that leaves.
pub const FATES: [(&str, Fate, bool); 7] = [
    ("nothing", Fate { ..NONE }, false),
    ("lost", Fate { lost: true, ..NONE }, false),
    (
        "answer lost",
        Fate {
            answer_lost: true,
            ..NONE
        },
        false,
    ),
    (
        "429",
        Fate {
            too_many: true,
            ..NONE
        },
        false,
    ),
    (
        "500 before",
        Fate {
            fail_before: true,
            ..NONE
        },
        false,
    ),
    (
        "500 after",
        Fate {
            fail_after: true,
            ..NONE
        },
        false,
    ),
    (
        "late by 130 s",
        Fate {
            answer_lost: true,
            ..NONE
        },
        true,
    ),
];

const NONE: Fate = Fate {
    lost: false,
    answer_lost: false,
    too_many: false,
    fail_before: false,
    fail_after: false,
    cut: false,
    short: false,
};

/// How much time passes between turns: none, a lease, a window, a quarantine.
pub const GAPS: [Ms; 4] = [0, 125 * S, 300 * S, 1_000 * S];

/// One schedule.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    pub fate: usize,
    pub first: u32,
    pub dies: bool,
    pub gap: usize,
    pub second: u32,
    pub other_gap: usize,
}

/// What a schedule came to, and whether each worker could go as far as it was told.
pub struct Came {
    pub ending: Ending,
    pub first_went: u32,
    pub second_went: u32,
}

/// Everything that happens at the vendor until a time.
fn pass(sim: &mut Sim, ms: Ms) {
    let mut w = lock(&sim.shared);
    let until = w.now + ms;
    while w.ledger.next_at().is_some_and(|at| at <= until) {
        vendor::step(&mut w);
    }
    w.now = w.now.max(until);
}

/// One await of one worker, and the time it asks for. False when the pass has ended.
fn go(sim: &mut Sim, who: usize) -> bool {
    if sim.workers[who].poll().is_some() {
        let now = lock(&sim.shared).now;
        sim.workers[who].start_at = now + 20 * S;
        return false;
    }
    loop {
        let mut w = lock(&sim.shared);
        let wake = w.workers[who].wake;
        match w.ledger.next_at() {
            Some(at) if at <= wake => vendor::step(&mut w),
            _ => {
                w.now = w.now.max(wake);
                return true;
            }
        }
    }
}

/// Lets a worker go so many awaits. Answers how many it went.
fn turn(sim: &mut Sim, who: usize, most: u32) -> u32 {
    if sim.workers[who].run.is_none() {
        sim.workers[who].start(false);
    }
    (0..most).take_while(|_| go(sim, who)).count() as u32
}

/// Runs one schedule.
pub fn run(s: Schedule, verbose: bool) -> Came {
    let mut sim = Sim::new(1, Plan::smallest(), verbose);
    sim.prepare_payment();
    let (_, fate, late) = FATES[s.fate];
    lock(&sim.shared).next_fate = Some((fate, late));
    let first_went = turn(&mut sim, 0, s.first);
    if s.dies {
        sim.workers[0].die();
    }
    pass(&mut sim, GAPS[s.gap]);
    let second_went = turn(&mut sim, 1, s.second);
    pass(&mut sim, GAPS[s.other_gap]);
    // What was due while the others went on is due now.
    let ending = sim.run();
    Came {
        ending,
        first_went,
        second_went,
    }
}

/// Runs every schedule; answers how many there were and the first that broke something.
pub fn all(most: u32) -> (u64, Option<(Schedule, Vec<String>)>) {
    let mut count = 0;
    for fate in 0..FATES.len() {
        for dies in [false, true] {
            for first in 0..most {
                let (ran, wrong, went) = after(fate, dies, first, most);
                count += ran;
                if wrong.is_some() {
                    return (count, wrong);
                }
                // The first worker's pass had ended before: longer turns are the same turn.
                if went < first {
                    break;
                }
            }
        }
    }
    (count, None)
}

fn after(
    fate: usize,
    dies: bool,
    first: u32,
    most: u32,
) -> (u64, Option<(Schedule, Vec<String>)>, u32) {
    let (mut count, mut went) = (0, first);
    for gap in 0..GAPS.len() {
        for other_gap in 0..GAPS.len() {
            for second in 0..most {
                let s = Schedule {
                    fate,
                    first,
                    dies,
                    gap,
                    second,
                    other_gap,
                };
                let came = run(s, false);
                count += 1;
                went = came.first_went;
                if !came.ending.violations.is_empty() {
                    return (count, Some((s, came.ending.violations)), went);
                }
                if came.second_went < second {
                    break;
                }
            }
        }
    }
    (count, None, went)
}
