//! One hook of one file: the short way where there is one, else Rhai.

use super::answers::{answered, begins};
use super::{Ended, HookArgs, Runner};
use crate::rules::api::HookAnswer;
use crate::rules::cell::ChangeLog;
use crate::rules::compile::CompiledFile;
use crate::rules::fault::{MachineFault, reason};
use crate::rules::given::place;
use crate::rules::hook::Hook;
use rhai::{Caches, Dynamic, EvalAltResult, EvalContext, Scope};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Runner {
    pub(super) fn one(
        &mut self,
        n: usize,
        file: &CompiledFile,
        hook: Hook,
        log: &impl ChangeLog,
        args: &impl Fn() -> HookArgs,
    ) -> Result<Ended, MachineFault> {
        self.meter.begin();
        let called = catch_unwind(AssertUnwindSafe(|| {
            match self.short_way(n, file, hook, log, args) {
                Some(value) => Ok(value),
                None => self.by_rhai(n, file, hook, args()),
            }
        }));
        let result = match called {
            Ok(result) => result,
            Err(payload) => {
                if let Some(warm) = self.warm.get_mut(n) {
                    warm.caches = Caches::new();
                }
                return Err(MachineFault::Panic {
                    file: file.name.to_string(),
                    hook: hook.name(),
                    what: panic_text(&*payload),
                });
            }
        };
        match result {
            Ok(value) => {
                if let (Some(noted), Some(a)) = (&mut self.answers, value.read_lock::<HookAnswer>())
                {
                    noted.push(place(&file.name, a.place));
                }
                Ok(answered(n, file, hook, value))
            }
            Err(err) => {
                let begins = begins(file, hook);
                let why = reason(&file.name, hook.name(), &err, &self.meter, begins);
                Ok(Ended::Broke(why?))
            }
        }
    }

    /// The answer by the short way. Without one, nothing has happened.
    fn short_way(
        &mut self,
        n: usize,
        file: &CompiledFile,
        hook: Hook,
        log: &impl ChangeLog,
        args: &impl Fn() -> HookArgs,
    ) -> Option<Dynamic> {
        let (short, warm) = (file.short(hook)?, self.warm.get(n)?);
        let before = log.changes();
        self.locals.clear();
        self.locals.extend(args().into_iter().flatten());
        let value = short.run(&warm.call, &mut self.locals);
        // Nothing of a document is held on to.
        self.locals.clear();
        if value.is_none() {
            log.undo(before);
        }
        value
    }

    fn by_rhai(
        &mut self,
        n: usize,
        file: &CompiledFile,
        hook: Hook,
        args: HookArgs,
    ) -> Result<Dynamic, Box<EvalAltResult>> {
        let Some(warm) = self.warm.get_mut(n) else {
            return Ok(Dynamic::UNIT);
        };
        let mut global = self.engine.new_global_runtime_state();
        global.tag = Dynamic::from(warm.call.clone());
        global.lib.push(file.ast.shared_lib().clone());
        let mut scope = Scope::new();
        let [mut first, mut second, mut third] = args;
        let caches = &mut warm.caches;
        let mut context = EvalContext::new(&self.engine, &mut global, caches, &mut scope, None);
        let name = hook.name();
        match (&mut first, &mut second, &mut third) {
            (Some(a), Some(b), Some(c)) => context.call_fn_raw(name, false, false, &mut [a, b, c]),
            (Some(a), Some(b), None) => context.call_fn_raw(name, false, false, &mut [a, b]),
            (Some(a), None, None) => context.call_fn_raw(name, false, false, &mut [a]),
            _ => Ok(Dynamic::UNIT),
        }
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").chars().take(200).collect()
}
