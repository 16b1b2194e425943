//! Running hooks: one runner a thread, with an engine of its own.
//!
//! Flows in: compiled rules, a context, a document or draft. Flows out: a ruling, or a machine fault.
//! An absent hook costs one test of a bit. Documents are shared, drafts are moved in and out: neither is
//! copied. Several files may have the same hook: they run in order, and the first that does not keep wins.

mod about;
mod answers;
mod blank;
mod call;
mod hooks;

pub use about::{Context, DisputedField, PaidDocument, SideView};

use super::api::{self, Call, CallRef, HookAnswer};
use super::cell::ChangeLog;
use super::compile::RuleSet;
use super::engine::configure;
use super::fault::MachineFault;
use super::hook::Hook;
use super::limits::{self, Meter};
use super::short::Locals;
use crate::model::{Place, Reason};
use rhai::{Caches, Dynamic, Engine};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What is kept for one rule file between calls.
struct Warm {
    caches: Caches,
    call: CallRef,
}

/// Runs hooks. Not shared by threads: each has its own.
pub struct Runner {
    engine: Engine,
    meter: Arc<Meter>,
    printed: Arc<Mutex<Vec<String>>>,
    rules: RuleSet,
    context: Option<Arc<Context>>,
    warm: Vec<Warm>,
    locals: Locals,
    marks: Marks,
    /// When set: the places of the answers that were given, for coverage.
    answers: Option<Vec<Place>>,
    /// Why a file of the hook that is asked wants a person to approve first.
    review: Option<Reason>,
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

/// How a hook ended.
enum Ended {
    Keep,
    Said(HookAnswer, usize),
    Broke(Reason),
}

/// A hook that is asked.
#[derive(Clone, Copy)]
struct AskedHook<'a> {
    rules: &'a RuleSet,
    context: &'a Arc<Context>,
    hook: Hook,
}

impl AskedHook<'_> {
    /// Whether any file has the hook.
    fn by_any(&self) -> bool {
        self.rules.has(self.hook)
    }
}

/// What a hook is given.
type HookArgs = [Option<Dynamic>; 3];

/// Up to which change each file went; kept from hook to hook for its memory alone.
type Marks = Vec<(usize, usize)>;

impl Runner {
    /// A runner with the shipped limits.
    pub fn new() -> Self {
        Self::with_wall(limits::WALL)
    }

    /// A runner with another safety stop, for tests.
    pub fn with_wall(wall: Duration) -> Self {
        let meter = Arc::new(Meter::new(wall));
        let printed = Arc::new(Mutex::new(Vec::new()));
        let mut engine = Engine::new_raw();
        configure(&mut engine);
        api::install(&mut engine);
        let counting = Arc::clone(&meter);
        engine.on_progress(move |_| counting.charge(1).map(|_| Dynamic::UNIT));
        let keeping = Arc::clone(&printed);
        engine.on_print(move |text| keep_printed(&keeping, text));
        // Only `ctx` and `params` are looked for here; every variable a rule declares has an index.
        #[allow(deprecated)]
        engine.on_var(|name, index, ctx| {
            if index != 0 || !matches!(name, "ctx" | "params") {
                return Ok(None);
            }
            Ok(ctx
                .tag()
                .read_lock::<CallRef>()
                .and_then(|c| c.variable(name)))
        });
        Self {
            engine,
            meter,
            printed,
            rules: RuleSet::empty(),
            context: None,
            warm: Vec::new(),
            locals: Locals::new(),
            marks: Marks::new(),
            answers: None,
            review: None,
        }
    }

    /// Starts noting which answers are given.
    pub(super) fn note_answers(&mut self) {
        self.answers = Some(Vec::new());
    }

    /// The places of the answers given since.
    pub(super) fn noted_answers(&mut self) -> Vec<Place> {
        self.answers
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    fn take_printed(&self) -> Vec<String> {
        let mut kept = self.printed.lock().unwrap_or_else(|p| p.into_inner());
        std::mem::take(&mut *kept)
    }

    /// Runs a hook of every file that has it, up to the first that does not keep. `log` is what they change.
    fn run(
        &mut self,
        asked: AskedHook<'_>,
        log: &impl ChangeLog,
        args: impl Fn() -> HookArgs,
    ) -> Result<Ended, MachineFault> {
        self.prepare(asked.rules, asked.context);
        let files = Arc::clone(&asked.rules.0);
        self.marks.clear();
        for (n, file) in files.files.iter().enumerate() {
            if file.mask & asked.hook.bit() == 0 {
                continue;
            }
            let ended = self.one(n, file, asked.hook, log, &args)?;
            let review = self.review_of(&ended);
            match ended {
                Ended::Keep => self.marks.push((n, log.changes())),
                // It goes on, and waits at the end: what the other files say of it still counts.
                _ if review.is_some() => {
                    self.marks.push((n, log.changes()));
                    self.review = self.review.take().or(review);
                }
                other => return Ok(other),
            }
        }
        Ok(Ended::Keep)
    }

    /// Keeps what was learnt of these rules; forgets what was learnt of others.
    fn prepare(&mut self, rules: &RuleSet, ctx: &Arc<Context>) {
        let same_rules = Arc::ptr_eq(&self.rules.0, &rules.0);
        let same_ctx = self.context.as_ref().is_some_and(|c| Arc::ptr_eq(c, ctx));
        if same_rules && same_ctx {
            return;
        }
        let calls = rules.0.files.iter().map(|f| {
            CallRef(Arc::new(Call {
                context: Arc::clone(ctx),
                tables: Arc::clone(&rules.0.tables),
                params: f.params.clone(),
                meter: Arc::clone(&self.meter),
            }))
        });
        if same_rules {
            for (warm, call) in self.warm.iter_mut().zip(calls) {
                warm.call = call;
            }
        } else {
            let caches = Caches::new;
            let warm = calls.map(|call| Warm {
                caches: caches(),
                call,
            });
            self.warm = warm.collect();
            self.rules = rules.clone();
        }
        self.context = Some(Arc::clone(ctx));
    }
}

fn keep_printed(kept: &Mutex<Vec<String>>, text: &str) {
    let mut kept = kept.lock().unwrap_or_else(|p| p.into_inner());
    if kept.len() < limits::PRINTED_LINES {
        kept.push(text.chars().take(limits::PRINTED_CHARS).collect());
    }
}
