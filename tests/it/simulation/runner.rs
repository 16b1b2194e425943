//! Runs one seed: two workers over one journal and one ledger, until all is settled.
//!
//! Flows in: a plan. Flows out: what was violated, the log and its hash. The executor polls whoever is due
//! first in true time, so both workers' awaits interleave; a crash drops a worker's future where it stands.
//! Bounded by six hours of calm after the faults and by [`MOST_STEPS`].

use super::super::support::{Canned, http_over, noon};
use super::check;
use super::doors::{SimJournal, SimTarget, facts, facts_of_keyless, facts_of_own};
use super::memory::MemoryJournal;
use super::plan::{CENTS, Plan, Ready, connection, library, renumbered, tenant};
use super::vendor::{self, KEY_LIFE, Ledger};
use super::world::{CALM, MIN, Ms, S, Shared, WorkerClock, World, beginning, lock};
use chrono::Duration;
use crossfoot::connectors::http::Http;
use crossfoot::connectors::{Session, Settings, TargetSide};
use crossfoot::model::{Kind, WriteState};
use crossfoot::pipeline::lease::LEASE_S;
use crossfoot::pipeline::ports::{Journal, StoreError};
use crossfoot::pipeline::post::{PostDone, PostError, post};
use futures::task::noop_waker;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// After the faults stop, everything must be settled within this.
const CALM_LASTS: Ms = 6 * 60 * MIN;
/// Steps after which a seed counts as spinning.
const MOST_STEPS: u32 = 200_000;

type Run = Pin<Box<dyn Future<Output = Result<PostDone, PostError>> + Send>>;

/// The connection no simulated call goes through.
pub fn no_http() -> Arc<Http> {
    static NONE: std::sync::OnceLock<Arc<Http>> = std::sync::OnceLock::new();
    let made = NONE.get_or_init(|| {
        let nobody = Arc::new(Canned(500, Vec::new(), bytes::Bytes::new()));
        let clock = Arc::new(crossfoot::clock::TestClock::at(noon()));
        http_over(nobody, clock)
    });
    Arc::clone(made)
}

/// One worker process.
pub struct Worker {
    who: usize,
    life: u32,
    same_name: bool,
    session: Session,
    journal: Arc<SimJournal>,
    target: Arc<SimTarget>,
    pub run: Option<Run>,
    pub start_at: Ms,
}

impl Worker {
    pub fn new(who: usize, plan: &Plan, shared: &Shared, memory: &Arc<MemoryJournal>) -> Self {
        let clock = WorkerClock {
            shared: shared.clone(),
            who,
        };
        let key_life = if plan.keys { KEY_LIFE / S } else { 0 };
        Self {
            who,
            life: 0,
            same_name: plan.same_name,
            session: Session {
                tenant: tenant(),
                connection: connection(),
                settings: Arc::new(Settings::default()),
                http: no_http(),
                clock: Arc::new(clock),
            },
            journal: Arc::new(SimJournal {
                inner: memory.clone(),
                shared: shared.clone(),
                who,
            }),
            target: Arc::new(SimTarget {
                journal: memory.clone(),
                shared: shared.clone(),
                who,
                facts: Arc::new(match (plan.own, plan.keys) {
                    (true, true) => facts_of_own(plan.batch, plan.find_numbers),
                    (true, false) => facts_of_keyless(plan.batch, plan.find_numbers),
                    (false, _) => facts(plan.batch, plan.find_numbers, key_life),
                }),
            }),
            run: None,
            start_at: 0,
        }
    }

    /// Starts a pass of the product's own posting loop.
    pub fn start(&mut self, hand_back: bool) {
        let (journal, target) = (self.journal.clone(), self.target.clone());
        let session = self.session.clone();
        let life = if self.same_name { 0 } else { self.life };
        let holder = format!("worker-{}-{life}", self.who);
        self.run = Some(Box::pin(async move {
            let ledger = TargetSide::of(&*target).expect("a ledger");
            let (done, result) = post(&*journal, ledger, &session, &holder, &|_| {}).await;
            result?;
            if hand_back {
                let now = session.clock.now();
                let lease = journal
                    .lease(&session.tenant, &holder, now, LEASE_S)
                    .await?;
                if let Some(lease) = lease {
                    journal.give_back(&lease).await?;
                }
            }
            Ok(done)
        }));
    }

    /// The process dies where it stands.
    pub fn die(&mut self) {
        self.run = None;
        self.life += 1;
    }

    /// Polls once; answers how the pass ended, if it did.
    pub fn poll(&mut self) -> Option<Result<PostDone, PostError>> {
        let run = self.run.as_mut()?;
        let waker = noop_waker();
        match run.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(done) => {
                self.run = None;
                Some(done)
            }
        }
    }
}

/// How a seed ended.
#[derive(Debug)]
pub struct Ending {
    pub violations: Vec<String>,
    pub log: Vec<String>,
    pub hash: u64,
    pub events: u64,
    pub held: usize,
}

/// What a person or the source does in the course of a seed.
#[derive(Debug, Clone, Copy)]
enum Outside {
    Change(usize, usize),
    Human(usize),
    /// A person enters a paper of another type under its number.
    Neighbour(usize),
    /// A person gives it another number.
    Renumbered(usize),
}

/// A seed being run.
pub struct Sim {
    pub plan: Plan,
    pub shared: Shared,
    pub memory: Arc<MemoryJournal>,
    pub workers: [Worker; 2],
    outside: Vec<(Ms, Outside)>,
    calm: bool,
    clock_at: Ms,
    pub touched: check::Touched,
}

impl Sim {
    /// Sets a seed up.
    pub fn new(seed: u64, plan: Plan, verbose: bool) -> Self {
        let ledger = match (plan.own, plan.keys) {
            (true, true) => Ledger::own(),
            (true, false) => Ledger::keyless(),
            (false, _) => Ledger::new(plan.unique, if plan.keys { KEY_LIFE } else { 0 }),
        };
        let mut world = World::new(seed, plan.weather, ledger, verbose);
        if plan.weather.clock_back > 0 {
            for who in 0..2 {
                world.workers[who].offset = world.dice.range(-10 * S, 10 * S);
            }
        }
        let shared: Shared = Arc::new(Mutex::new(world));
        let memory = Arc::new(MemoryJournal::default());
        let workers = [0, 1].map(|who| Worker::new(who, &plan, &shared, &memory));
        let mut outside = Vec::new();
        for (n, case) in plan.cases.iter().enumerate() {
            for (k, at) in case.updates.iter().enumerate() {
                outside.extend(at.map(|at| (at, Outside::Change(n, k))));
            }
            outside.extend(case.human.map(|at| (at, Outside::Human(n))));
            outside.extend(case.neighbour.map(|at| (at, Outside::Neighbour(n))));
            outside.extend(case.renumbered.map(|at| (at, Outside::Renumbered(n))));
        }
        let sim = Self {
            plan,
            shared,
            memory,
            workers,
            outside,
            calm: false,
            clock_at: MIN,
            touched: check::Touched::default(),
        };
        sim.journal_all();
        sim
    }

    fn add(&self, document: usize, ready: &Ready) {
        let document = super::plan::thing(Kind::Invoice, &format!("I{document}"));
        self.memory.add(&document, &ready.write, &ready.hash);
    }

    fn journal_all(&self) {
        let l = library();
        let mut contacts: Vec<usize> = self.plan.cases.iter().map(|c| c.contact).collect();
        contacts.dedup();
        for c in contacts {
            let all = if self.plan.own {
                &l.unnumbered
            } else {
                &l.contacts
            };
            self.add(c, &all[c]);
        }
        for (n, case) in self.plan.cases.iter().enumerate() {
            let of = if case.contact == n { &l.own } else { &l.shared };
            self.add(n, &of[n]);
            if case.updates[0].is_some() {
                continue;
            }
            for p in l.payments[n].iter().take(case.payments) {
                self.add(n, p);
            }
        }
    }

    /// The source changed an invoice: what the engine decides once it is linked. Later, if it is not yet.
    fn change(&mut self, n: usize, k: usize, now: Ms) {
        let id = super::plan::thing(Kind::Invoice, &format!("I{n}"));
        let linked = self.memory.read(|m| {
            let link = m.links.get(&id);
            link.map(|l| l.target_id.clone())
        });
        let first_done = k == 0
            || self.memory.read(|m| {
                m.rows
                    .iter()
                    .any(|r| r.row.key == library().updates[n][0].write.key)
            });
        let (Some(target), true) = (linked, first_done) else {
            self.outside.push((now + MIN, Outside::Change(n, k)));
            return;
        };
        let version = {
            let w = lock(&self.shared);
            let invoices = &w.ledger.invoices;
            let found = invoices.iter().find(|i| i.id == target);
            found.map_or(0, |i| i.version).to_string()
        };
        let mut ready = library().updates[n][k].clone();
        ready.write.needs.update_id = target;
        ready.write.needs.update_version = version;
        ready.write.needs.update_lines = vec!["0".into()];
        if k == 1 {
            let first = &library().updates[n][0].write.key;
            if self.memory.supersede(first) {
                self.touched.superseded.insert(n);
            } else if self.memory.unsettled(first) {
                self.touched.overlapping.insert(n);
            }
        }
        self.add(n, &ready);
        lock(&self.shared).note("changes", 0, 0, || format!("I{n} at its source, {}", k + 1));
        if k == 0 {
            for p in library().late_payments[n]
                .iter()
                .take(self.plan.cases[n].payments)
            {
                self.add(n, p);
            }
        }
    }

    fn human(&mut self, n: usize, now: Ms) {
        let mut w = lock(&self.shared);
        let number = format!("INV-{n}");
        let mut invoices = w.ledger.invoices.iter();
        let found = invoices.find(|i| i.called == number && !i.other_type);
        let Some(id) = found.map(|i| i.id.clone()) else {
            drop(w);
            if !self.calm {
                self.outside.push((now + MIN, Outside::Human(n)));
            }
            return;
        };
        let cents = super::plan::HUMAN.to_string();
        w.ledger.payment(&id, "by hand", &cents, "2026-07-02");
        w.note("by hand", 0, 0, || format!("a payment on {number}"));
        drop(w);
        self.touched.human.insert(n);
    }

    fn renumbered(&mut self, n: usize, now: Ms) {
        let mut w = lock(&self.shared);
        let done = (w.ledger).renumber(&format!("INV-{n}"), &renumbered(n), now);
        if done {
            w.note("by hand", 0, 0, || format!("INV-{n} has another number"));
        } else if !self.calm {
            drop(w);
            self.outside.push((now + MIN, Outside::Renumbered(n)));
        }
    }

    fn happens(&mut self, at: usize, now: Ms) {
        let (_, what) = self.outside.swap_remove(at);
        match what {
            Outside::Change(n, k) => self.change(n, k, now),
            Outside::Human(n) => self.human(n, now),
            Outside::Neighbour(n) => {
                let mut w = lock(&self.shared);
                w.ledger.neighbour(&format!("INV-{n}"), CENTS[0], now);
                w.note("by hand", 0, 0, || {
                    format!("a paper of another type INV-{n}")
                });
            }
            Outside::Renumbered(n) => self.renumbered(n, now),
        }
    }

    /// Puts the contact and the invoice into both books, so that only the payment is left to write.
    pub fn prepare_payment(&mut self) {
        self.calm = true;
        {
            let mut w = lock(&self.shared);
            w.workers[1].wake = Ms::MAX;
        }
        self.workers[0].start(true);
        let mut steps = 0;
        while self.memory.linked() < 2 && steps < MOST_STEPS {
            let mut w = lock(&self.shared);
            let wake = w.workers[0].wake;
            if let Some(at) = w.ledger.next_at().filter(|at| *at <= wake) {
                w.now = at;
                vendor::step(&mut w);
                continue;
            }
            w.now = w.now.max(wake);
            drop(w);
            self.workers[0].poll();
            steps += 1;
        }
        // The worker ends here, before it takes up the payment; another of the same name begins.
        self.workers[0].run = None;
        lock(&self.shared).workers[0].request = None;
    }

    /// Whether nothing more can happen.
    fn settled(&self) -> bool {
        if !self.calm || !self.outside.is_empty() || !lock(&self.shared).ledger.is_idle() {
            return false;
        }
        self.memory.read(check::all_settled)
    }

    fn clocks(&mut self) {
        self.clock_at += MIN;
        let mut w = lock(&self.shared);
        let odds = w.weather.clock_back;
        if !w.dice.hits(odds) {
            return;
        }
        // One machine, one clock: both workers' go back. Small steps lie within the margin of the windows, big
        // ones are seen.
        let back = if w.dice.hits(7_000) {
            w.dice.range(S, 10 * S)
        } else {
            w.dice.range(10 * MIN, 60 * MIN)
        };
        // A step that ends after the last time anybody wrote down cannot be told from no step: outside, see `mod.rs`.
        let latest = w.workers.iter().map(|k| k.offset).max().unwrap_or(0);
        let clock = beginning() + Duration::milliseconds(w.now + latest - back);
        let noticed = self
            .memory
            .seen()
            .is_none_or(|s| clock < s - Duration::seconds(6));
        // Nor can a process that stands still for as long as the clock goes back.
        let stands = (w.workers.iter().zip(&self.workers)).any(|(k, worker)| {
            worker.run.is_some() && k.wake > w.now + 10 * S && k.request.is_none()
        });
        if back > 10 * S && (stands || !noticed) {
            return;
        }
        for worker in &mut w.workers {
            worker.offset -= back;
        }
        w.note("clock", 0, back, || format!("goes back by {} s", back / S));
    }

    fn ended(&mut self, who: usize, done: Result<PostDone, PostError>) {
        let mut w = lock(&self.shared);
        let id = i64::try_from(who).unwrap_or(0);
        w.note("ends", id, 0, || format!("worker {who}: {done:?}"));
        let pause = match &done {
            Ok(posted) => {
                let wake = posted.wake.map(|t| {
                    (t - beginning() - Duration::milliseconds(w.workers[who].offset))
                        .num_milliseconds()
                });
                let poll = w.now + w.dice.range(30 * S, 240 * S);
                wake.map_or(poll, |t| t.min(poll).max(w.now + S)) - w.now
            }
            Err(PostError::Store(StoreError::LeaseLost { .. })) => w.dice.range(10 * S, 90 * S),
            Err(PostError::Call(_)) => w.dice.range(S, 90 * S),
            // A decision took a write back that was about to be sent: the journal refuses, nothing has left.
            Err(PostError::Store(StoreError::IllegalMove { write, to, .. }))
                if *to == WriteState::Claimed && self.memory.superseded(write) =>
            {
                S
            }
            Err(e) => {
                let what = format!("the journal or the loop failed: {e}");
                w.violation(what);
                MIN
            }
        };
        // In the calm nothing but time must pass.
        let pause = if self.calm { pause.max(20 * S) } else { pause };
        self.workers[who].start_at = w.now + pause;
    }

    fn turn(&mut self, who: usize) {
        let (crash, hand_back) = {
            let mut w = lock(&self.shared);
            let crash = w.weather.crash;
            (w.dice.hits(crash), w.dice.hits(5_000))
        };
        if self.workers[who].run.is_none() {
            self.workers[who].start(hand_back);
        } else if crash {
            let mut w = lock(&self.shared);
            let quick = w.dice.hits(6_000);
            let down = w.dice.range(10, if quick { 5 * S } else { 10 * MIN });
            let id = i64::try_from(who).unwrap_or(0);
            w.note("dies", id, 0, || {
                format!("worker {who}, for {} s", down / S)
            });
            w.workers[who].request = None;
            self.workers[who].start_at = w.now + down;
            drop(w);
            self.workers[who].die();
            return;
        }
        if let Some(done) = self.workers[who].poll() {
            self.ended(who, done);
        }
    }

    /// Does whatever is due next. Answers whether anything is left to do.
    fn step(&mut self) -> bool {
        let mut w = lock(&self.shared);
        let due = |who: usize| {
            let worker = &self.workers[who];
            if worker.run.is_some() {
                w.workers[who].wake
            } else {
                worker.start_at
            }
        };
        let mut next = (due(0), 0);
        next = next.min((due(1), 1));
        if let Some(at) = w.ledger.next_at() {
            next = next.min((at, 2));
        }
        let soonest = self.outside.iter().enumerate().min_by_key(|(_, o)| o.0);
        let soonest = soonest.map(|(i, o)| (i, o.0));
        if let Some((_, at)) = soonest {
            next = next.min((at, 3));
        }
        if !self.calm {
            next = next.min((self.plan.calm_at, 4)).min((self.clock_at, 5));
        }
        w.now = w.now.max(next.0);
        let now = w.now;
        if now > self.plan.calm_at + CALM_LASTS {
            return false;
        }
        match next.1 {
            2 => vendor::step(&mut w),
            3 => {
                drop(w);
                self.happens(soonest.map_or(0, |s| s.0), now);
            }
            4 => {
                w.weather = CALM;
                w.note("calm", 0, 0, || "no more faults".into());
                drop(w);
                self.calm = true;
            }
            5 => {
                drop(w);
                self.clocks();
            }
            who => {
                drop(w);
                self.turn(usize::from(who == 1));
            }
        }
        true
    }

    /// Runs to the end.
    pub fn run(mut self) -> Ending {
        let mut steps = 0;
        while !self.settled() && self.step() {
            steps += 1;
            if steps > MOST_STEPS {
                lock(&self.shared).violation("it spins".into());
                break;
            }
        }
        self.finish()
    }

    /// Checks the books and tells how it ended.
    pub fn finish(self) -> Ending {
        let held = self.memory.read(|m| {
            let held = m.rows.iter().filter(|k| k.row.state == WriteState::Held);
            held.count()
        });
        let mut w = lock(&self.shared);
        self.memory
            .read(|m| check::check(&self.plan, &self.touched, m, &mut w));
        Ending {
            violations: std::mem::take(&mut w.violations),
            log: std::mem::take(&mut w.log),
            hash: w.hash,
            events: w.events,
            held,
        }
    }
}

/// Runs a seed at a vendor with numbers of its own.
pub fn run_seed_at_own(seed: u64, verbose: bool) -> Ending {
    Sim::new(seed, Plan::at_own(seed), verbose).run()
}

/// Runs a seed at such a vendor that knows no keys either.
pub fn run_seed_at_keyless(seed: u64, verbose: bool) -> Ending {
    Sim::new(seed, Plan::at_keyless(seed), verbose).run()
}

/// Runs a seed.
pub fn run_seed(seed: u64, verbose: bool) -> Ending {
    Sim::new(seed, Plan::of(seed), verbose).run()
}
