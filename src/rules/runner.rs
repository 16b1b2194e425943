//! Running hooks: one runner a thread, with an engine of its own.
//!
//! Flows in: compiled rules, a context, a document or draft. Flows out: a ruling, or a machine fault.
//! An absent hook costs one test of a bit. Documents are shared, drafts are moved in and out: neither is
//! copied. Several files may have the same hook: they run in order, and the first that does not keep wins.

use super::api::{
    self, Answer, Call, CallRef, Candidates, ContactHandle, Doc, InvoiceHandle, LineHandle,
    PaidRef, PaymentHandle, PaymentRef, RejectRef, Say,
};
use super::cell::{Cell, Told};
use super::compile::{CompiledFile, RuleSet, configure, place};
use super::fault::{MachineFault, reason};
use super::hook::{Hook, HookKind};
use super::limits::{self, Meter};
use super::outcome::{Choice, RejectAnswer, Ruling};
use crate::model::{
    AccountRef, ContactDraft, Invoice, InvoiceDraft, LedgerContact, LedgerItem, LineDraft, Origin,
    Payment, PaymentDraft, Place, Reason, TraceStep, Verdict,
};
use chrono::NaiveDate;
use rhai::{Caches, Dynamic, Engine, EvalContext, Scope};
use rust_decimal::Decimal;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a rule may know besides the document: given through each call, so that a replay is exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The tenant's name.
    pub tenant: String,
    /// The run's id.
    pub run: String,
    /// Today, in the tenant's own calendar.
    pub today: NaiveDate,
    /// Whether to tell which line changed which field.
    pub trace: bool,
}

/// The ledger's invoice that a payment is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidDocument {
    /// Its number in the ledger.
    pub number: String,
    /// The ledger's own word for its status.
    pub status: String,
    /// Sum with tax.
    pub total: Decimal,
    /// What is still owed, as an amount.
    pub due: Decimal,
}

/// A refusal of the ledger, classified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Our stable code.
    pub code: String,
    /// Its class.
    pub class: String,
    /// What the ledger said.
    pub message: String,
}

/// What is kept for one rule file between calls.
struct Warm {
    caches: Caches,
    tag: Dynamic,
}

/// Runs hooks. Not shared by threads: each has its own.
pub struct Runner {
    engine: Engine,
    meter: Arc<Meter>,
    printed: Arc<Mutex<Vec<String>>>,
    rules: RuleSet,
    context: Option<Arc<Context>>,
    warm: Vec<Warm>,
    /// When set: the places of the answers that were given, for coverage.
    answers: Option<Vec<Place>>,
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

/// How a hook ended.
enum Ended {
    Keep,
    Said(Answer, usize),
    Broke(Reason),
}

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
            answers: None,
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

    /// Operations used by the last call.
    pub fn operations(&self) -> u64 {
        self.meter.used()
    }

    /// Whether a source document is wanted. `linked` says whether the ledger has it already.
    ///
    /// # Errors
    /// A machine fault, here and in every other hook.
    pub fn select(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        invoice: &Arc<Invoice>,
        linked: bool,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(Hook::Select) {
            return Ok(Ruling::keep());
        }
        self.look(rules, ctx, Hook::Select, || {
            [Some(Dynamic::from(Doc(Arc::clone(invoice), linked))), None]
        })
    }

    /// Whether a payment is wanted.
    ///
    /// # Errors
    /// A machine fault.
    pub fn select_payment(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        payment: &Payment,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(Hook::SelectPayment) {
            return Ok(Ruling::keep());
        }
        let payment = Arc::new(payment.clone());
        self.look(rules, ctx, Hook::SelectPayment, || {
            [
                Some(Dynamic::from(PaymentRef::Alone(Arc::clone(&payment)))),
                Some(Dynamic::from(Doc(Arc::clone(invoice), false))),
            ]
        })
    }

    /// Changes the contact that will be posted.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_contact(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut ContactDraft,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(Hook::MapContact) {
            return Ok(Ruling::keep());
        }
        let moved = std::mem::take(draft);
        self.change(
            rules,
            ctx,
            Hook::MapContact,
            draft,
            moved,
            |t| format!("contact.{}", t.field),
            |cell| [Some(Dynamic::from(ContactHandle(cell.clone()))), None],
        )
    }

    /// Which of the ledger's contacts a draft is.
    ///
    /// # Errors
    /// A machine fault.
    pub fn match_contact(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &ContactDraft,
        found: &[LedgerContact],
    ) -> Result<Choice, MachineFault> {
        if !rules.has(Hook::MatchContact) {
            return Ok(Choice::Absent);
        }
        let cell = Cell::new(draft.clone(), false, true);
        let candidates = Candidates::Contacts(found.into());
        self.choose(rules, ctx, Hook::MatchContact, found.len(), || {
            [
                Some(Dynamic::from(ContactHandle(cell.clone()))),
                Some(candidates.list()),
            ]
        })
    }

    /// Which of the ledger's items a line is.
    ///
    /// # Errors
    /// A machine fault.
    pub fn match_item(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &LineDraft,
        found: &[LedgerItem],
    ) -> Result<Choice, MachineFault> {
        if !rules.has(Hook::MatchItem) {
            return Ok(Choice::Absent);
        }
        let cell = Cell::new(draft.clone(), false, true);
        let candidates = Candidates::Items(found.into());
        self.choose(rules, ctx, Hook::MatchItem, found.len(), || {
            [
                Some(Dynamic::from(LineHandle(cell.clone(), None))),
                Some(candidates.list()),
            ]
        })
    }

    /// Changes one line. `number` is the line's place in the draft, from 1, for the trace.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_line(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut LineDraft,
        number: usize,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(Hook::MapLine) {
            return Ok(Ruling::keep());
        }
        let moved = std::mem::take(draft);
        self.change(
            rules,
            ctx,
            Hook::MapLine,
            draft,
            moved,
            |t| format!("line[{number}].{}", t.field),
            |cell| {
                [
                    Some(Dynamic::from(LineHandle(
                        cell.clone(),
                        Some(Arc::clone(invoice)),
                    ))),
                    Some(Dynamic::from(Doc(Arc::clone(invoice), false))),
                ]
            },
        )
    }

    /// Changes the invoice that will be posted, its lines included.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_invoice(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        self.map_document(Hook::MapInvoice, rules, ctx, draft, invoice)
    }

    /// Changes the credit note that will be posted, its lines included.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_credit_note(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        self.map_document(Hook::MapCreditNote, rules, ctx, draft, invoice)
    }

    fn map_document(
        &mut self,
        hook: Hook,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(hook) {
            return Ok(Ruling::keep());
        }
        let blank = blank_invoice(draft);
        let moved = std::mem::replace(draft, blank);
        let lines = ["account", "tax", "item", "description", "tracking"];
        let tell = |t: &Told| match lines.contains(&t.field) {
            true => format!("line[{}].{}", t.at + 1, t.field),
            false => format!("invoice.{}", t.field),
        };
        self.change(rules, ctx, hook, draft, moved, tell, |cell| {
            [
                Some(Dynamic::from(InvoiceHandle(
                    cell.clone(),
                    Arc::clone(invoice),
                ))),
                None,
            ]
        })
    }

    /// Changes the payment that will be posted.
    ///
    /// # Errors
    /// A machine fault; the draft is as it was.
    pub fn map_payment(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &mut PaymentDraft,
        posted: &PaidDocument,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(Hook::MapPayment) {
            return Ok(Ruling::keep());
        }
        let blank = blank_payment(draft);
        let moved = std::mem::replace(draft, blank);
        let posted = Arc::new(posted.clone());
        self.change(
            rules,
            ctx,
            Hook::MapPayment,
            draft,
            moved,
            |t| format!("payment.{}", t.field),
            |cell| {
                [
                    Some(Dynamic::from(PaymentHandle(cell.clone()))),
                    Some(Dynamic::from(PaidRef(Arc::clone(&posted)))),
                ]
            },
        )
    }

    /// A last look at the finished draft; nothing can be changed.
    ///
    /// # Errors
    /// A machine fault.
    pub fn check(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        draft: &InvoiceDraft,
        invoice: &Arc<Invoice>,
    ) -> Result<Ruling, MachineFault> {
        if !rules.has(Hook::Check) {
            return Ok(Ruling::keep());
        }
        let cell = Cell::new(draft.clone(), false, true);
        self.look(rules, ctx, Hook::Check, || {
            [
                Some(Dynamic::from(InvoiceHandle(
                    cell.clone(),
                    Arc::clone(invoice),
                ))),
                None,
            ]
        })
    }

    /// What to do when the ledger refused.
    ///
    /// # Errors
    /// A machine fault.
    pub fn on_reject(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        rejection: &Rejection,
        invoice: &Arc<Invoice>,
    ) -> Result<RejectAnswer, MachineFault> {
        if !rules.has(Hook::OnReject) {
            return Ok(RejectAnswer::Absent);
        }
        let rejection = Arc::new(rejection.clone());
        let ended = self.run(rules, ctx, Hook::OnReject, || {
            [
                Some(Dynamic::from(RejectRef(Arc::clone(&rejection)))),
                Some(Dynamic::from(Doc(Arc::clone(invoice), false))),
            ]
        })?;
        Ok(match ended {
            Ended::Keep => RejectAnswer::Absent,
            Ended::Broke(why) => RejectAnswer::Hold(why),
            Ended::Said(a, file) => match a.say {
                Say::RetryAfter(s) => RejectAnswer::RetryAfter(s),
                Say::Redate(d) => RejectAnswer::Redate(d),
                _ => match self.verdict(&a, file) {
                    Verdict::Refuse(why) => RejectAnswer::Fail(why),
                    Verdict::Hold(why) | Verdict::Skip(why) => RejectAnswer::Hold(why),
                    Verdict::Keep => RejectAnswer::Absent,
                },
            },
        })
    }

    /// A hook that changes nothing.
    fn look(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        hook: Hook,
        args: impl Fn() -> Args,
    ) -> Result<Ruling, MachineFault> {
        let ended = self.run(rules, ctx, hook, args)?;
        Ok(Ruling {
            verdict: self.ended(ended),
            changes: Vec::new(),
            printed: self.take_printed(),
        })
    }

    /// A hook that may change a draft: what it changed is dropped unless every file keeps.
    #[allow(clippy::too_many_arguments)]
    fn change<D>(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        hook: Hook,
        draft: &mut D,
        moved: D,
        tell: impl Fn(&Told) -> String,
        args: impl Fn(&Cell<D>) -> Args,
    ) -> Result<Ruling, MachineFault> {
        let cell = Cell::new(moved, ctx.trace, false);
        let outcome = self.run_telling(
            rules,
            ctx,
            hook,
            || args(&cell),
            |file| (file, cell.told_so_far()),
        );
        let keeps = matches!(outcome, Ok((Ended::Keep, _)));
        if !keeps {
            cell.undo();
        }
        cell.swap_with(draft);
        let (ended, marks) = outcome?;
        let changes = if keeps {
            steps(&self.rules, hook, cell.settle(), &marks, tell)
        } else {
            Vec::new()
        };
        Ok(Ruling {
            verdict: self.ended(ended),
            changes,
            printed: self.take_printed(),
        })
    }

    /// A match hook.
    fn choose(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        hook: Hook,
        found: usize,
        args: impl Fn() -> Args,
    ) -> Result<Choice, MachineFault> {
        let ended = self.run(rules, ctx, hook, args)?;
        Ok(match ended {
            Ended::Keep => Choice::Absent,
            Ended::Broke(why) => Choice::Verdict(Verdict::Hold(why)),
            Ended::Said(a, file) => match a.say {
                Say::Use(n) if n < found => Choice::Use(n),
                Say::Use(n) => {
                    let why = Reason::new(
                        "rule.bad_index",
                        format!("use({n}) names no candidate: there are {found}"),
                        "test `found.len` first; the first candidate is 0",
                    );
                    Choice::Verdict(Verdict::Hold(why.at(place(self.file_name(file), a.place))))
                }
                Say::Create => Choice::Create,
                Say::None => Choice::None,
                _ => Choice::Verdict(self.verdict(&a, file)),
            },
        })
    }

    fn ended(&self, ended: Ended) -> Verdict {
        match ended {
            Ended::Keep => Verdict::Keep,
            Ended::Broke(why) => Verdict::Hold(why),
            Ended::Said(a, file) => self.verdict(&a, file),
        }
    }

    fn file_name(&self, file: usize) -> &str {
        self.rules.0.files.get(file).map_or("", |f| &f.name)
    }

    fn verdict(&self, answer: &Answer, file: usize) -> Verdict {
        let at = place(self.file_name(file), answer.place);
        let why = |code: &str, why: &str, fix: &str| {
            let why: String = why.chars().take(500).collect();
            Reason::new(code, why, fix).at(at.clone())
        };
        match &answer.say {
            Say::Skip(w) => Verdict::Skip(why(
                "rule.skip",
                w,
                "nothing to do; change the rule if it is wanted after all",
            )),
            Say::Hold(w) => Verdict::Hold(why(
                "rule.hold",
                w,
                "correct the document, or change the rule, then retry",
            )),
            Say::Fail(w) => Verdict::Refuse(why(
                "rule.fail",
                w,
                "change the document, the mapping or the rule",
            )),
            _ => Verdict::Keep,
        }
    }

    fn take_printed(&self) -> Vec<String> {
        let mut kept = self.printed.lock().unwrap_or_else(|p| p.into_inner());
        std::mem::take(&mut *kept)
    }

    fn run(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        hook: Hook,
        args: impl Fn() -> Args,
    ) -> Result<Ended, MachineFault> {
        self.run_telling(rules, ctx, hook, args, |file| (file, 0))
            .map(|(ended, _)| ended)
    }

    /// Runs a hook of every file that has it. `mark` is asked after each that keeps.
    fn run_telling(
        &mut self,
        rules: &RuleSet,
        ctx: &Arc<Context>,
        hook: Hook,
        args: impl Fn() -> Args,
        mark: impl Fn(usize) -> (usize, usize),
    ) -> Result<(Ended, Vec<(usize, usize)>), MachineFault> {
        self.prepare(rules, ctx);
        let files = Arc::clone(&rules.0);
        let mut marks = Vec::new();
        for (n, file) in files.files.iter().enumerate() {
            if file.mask & hook.bit() == 0 {
                continue;
            }
            match self.one(n, file, hook, args())? {
                Ended::Keep => marks.push(mark(n)),
                other => return Ok((other, marks)),
            }
        }
        Ok((Ended::Keep, marks))
    }

    /// Keeps what was learnt of these rules; forgets what was learnt of others.
    fn prepare(&mut self, rules: &RuleSet, ctx: &Arc<Context>) {
        let same_rules = Arc::ptr_eq(&self.rules.0, &rules.0);
        let same_ctx = self.context.as_ref().is_some_and(|c| Arc::ptr_eq(c, ctx));
        if same_rules && same_ctx {
            return;
        }
        let tags = rules.0.files.iter().map(|f| {
            Dynamic::from(CallRef(Arc::new(Call {
                context: Arc::clone(ctx),
                tables: Arc::clone(&rules.0.tables),
                params: f.params.clone(),
                meter: Arc::clone(&self.meter),
            })))
        });
        if same_rules {
            for (warm, tag) in self.warm.iter_mut().zip(tags) {
                warm.tag = tag;
            }
        } else {
            self.warm = tags
                .map(|tag| Warm {
                    caches: Caches::new(),
                    tag,
                })
                .collect();
            self.rules = rules.clone();
        }
        self.context = Some(Arc::clone(ctx));
    }

    fn one(
        &mut self,
        n: usize,
        file: &CompiledFile,
        hook: Hook,
        args: Args,
    ) -> Result<Ended, MachineFault> {
        let Some(warm) = self.warm.get_mut(n) else {
            return Ok(Ended::Keep);
        };
        self.meter.begin();
        let mut global = self.engine.new_global_runtime_state();
        global.tag = warm.tag.clone();
        global.lib.push(file.ast.shared_lib().clone());
        let mut scope = Scope::new();
        let [mut first, mut second] = args;
        let (engine, caches) = (&self.engine, &mut warm.caches);
        let called = catch_unwind(AssertUnwindSafe(|| {
            let mut context = EvalContext::new(engine, &mut global, caches, &mut scope, None);
            match (&mut first, &mut second) {
                (Some(a), Some(b)) => context.call_fn_raw(hook.name(), false, false, &mut [a, b]),
                (Some(a), None) => context.call_fn_raw(hook.name(), false, false, &mut [a]),
                _ => Ok(Dynamic::UNIT),
            }
        }));
        let result = match called {
            Ok(result) => result,
            Err(payload) => {
                warm.caches = Caches::new();
                return Err(MachineFault::Panic {
                    file: file.name.to_string(),
                    hook: hook.name(),
                    what: panic_text(&*payload),
                });
            }
        };
        match result {
            Ok(value) => {
                if let (Some(noted), Some(a)) = (&mut self.answers, value.read_lock::<Answer>()) {
                    noted.push(place(&file.name, a.place));
                }
                Ok(answered(n, file, hook, value))
            }
            Err(err) => {
                let why = reason(
                    &file.name,
                    hook.name(),
                    &err,
                    &self.meter,
                    begins(file, hook),
                );
                Ok(Ended::Broke(why?))
            }
        }
    }
}

type Args = [Option<Dynamic>; 2];

/// Where the body of a hook begins.
fn begins(file: &CompiledFile, hook: Hook) -> rhai::Position {
    let f = file
        .ast
        .shared_lib()
        .get_script_fn(hook.name(), hook.params().len());
    f.map_or(rhai::Position::NONE, |f| f.body.start_position())
}

/// Checks what a hook returned against what it may answer.
fn answered(n: usize, file: &CompiledFile, hook: Hook, value: Dynamic) -> Ended {
    let may = match hook.kind() {
        HookKind::Verdict => "keep(), skip(why), hold(why) or fail(why)",
        HookKind::Match => {
            "use(i), create(), none(), or hold(why), skip(why), fail(why), or keep() for no opinion"
        }
        HookKind::Reject => {
            "retry_after(t), redate(d), hold(why), fail(why), or keep() for no opinion"
        }
    };
    let given = api::kind_of(&value);
    let Some(answer) = value.try_cast::<Answer>() else {
        let what = format!("`{}` must answer {may}; it answered {given}", hook.name());
        let fix =
            "end every path of the function with an answer, without a semicolon or with `return`";
        return Ended::Broke(
            Reason::new("rule.no_verdict", what, fix).at(place(&file.name, begins(file, hook))),
        );
    };
    let fits = match (&answer.say, hook.kind()) {
        (Say::Keep, _) => return Ended::Keep,
        (Say::Hold(_) | Say::Fail(_), _) => true,
        (Say::Skip(_), kind) => kind != HookKind::Reject,
        (Say::Use(_) | Say::Create | Say::None, kind) => kind == HookKind::Match,
        (Say::RetryAfter(_) | Say::Redate(_), kind) => kind == HookKind::Reject,
    };
    if fits {
        return Ended::Said(answer, n);
    }
    let what = format!("`{}` cannot give this answer", hook.name());
    Ended::Broke(
        Reason::new("rule.wrong_answer", what, format!("it may answer {may}"))
            .at(place(&file.name, answer.place)),
    )
}

/// The changes as steps of a trace. `marks` says up to which change each file went.
fn steps(
    rules: &RuleSet,
    hook: Hook,
    told: Vec<Told>,
    marks: &[(usize, usize)],
    tell: impl Fn(&Told) -> String,
) -> Vec<TraceStep> {
    told.into_iter()
        .enumerate()
        .map(|(n, t)| {
            let file = marks
                .iter()
                .find(|(_, upto)| n < *upto)
                .map_or(0, |(f, _)| *f);
            let name = rules.0.files.get(file).map_or("", |f| &*f.name);
            let origin = Origin::Rule {
                hook: hook.name().to_owned(),
                place: place(name, t.place),
            };
            TraceStep::new(tell(&t), t.value, origin)
        })
        .collect()
}

fn keep_printed(kept: &Mutex<Vec<String>>, text: &str) {
    let mut kept = kept.lock().unwrap_or_else(|p| p.into_inner());
    if kept.len() < limits::PRINTED_LINES {
        kept.push(text.chars().take(limits::PRINTED_CHARS).collect());
    }
}

fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").chars().take(200).collect()
}

fn blank_invoice(d: &InvoiceDraft) -> InvoiceDraft {
    InvoiceDraft {
        kind: d.kind,
        number: String::new(),
        reference: String::new(),
        date: d.date,
        due: None,
        status: String::new(),
        currency: d.currency,
        tax_mode: d.tax_mode,
        lines: Vec::new(),
        subtotal: Decimal::ZERO,
        total_tax: Decimal::ZERO,
        total: Decimal::ZERO,
    }
}

fn blank_payment(d: &PaymentDraft) -> PaymentDraft {
    PaymentDraft {
        source_payment: String::new(),
        kind: d.kind,
        date: d.date,
        amount: Decimal::ZERO,
        currency: d.currency,
        account: AccountRef::Code(String::new()),
        reference: String::new(),
        method: String::new(),
    }
}
