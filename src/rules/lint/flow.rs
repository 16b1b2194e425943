//! Statements: which paths a function has, and whether each ends in an answer.

use super::super::api::Ty;
use super::super::given::{RuleFile, Table, place};
use super::super::hook::{Hook, HookKind};
use super::functions::{Function, mentions};
use super::scope::Vars;
use crate::model::Diagnostic;
use rhai::{ASTFlags, FlowControl, Position, Stmt, StmtBlock};
use std::collections::{BTreeMap, BTreeSet};

/// How a piece of code ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockEnd {
    /// The type of its value.
    pub ty: Ty,
    /// Whether every path leaves by `return` (or never ends).
    pub leaves: bool,
}

impl BlockEnd {
    pub(super) const UNIT: BlockEnd = BlockEnd {
        ty: Ty::Unit,
        leaves: false,
    };
    const LEFT: BlockEnd = BlockEnd {
        ty: Ty::Any,
        leaves: true,
    };

    pub(super) fn of(ty: Ty) -> BlockEnd {
        BlockEnd { ty, leaves: false }
    }

    /// One or the other.
    pub(super) fn or(self, other: BlockEnd) -> BlockEnd {
        match (self.leaves, other.leaves) {
            (true, true) => BlockEnd::LEFT,
            (true, false) => other,
            (false, true) => self,
            _ => BlockEnd::of(either(self.ty, other.ty)),
        }
    }
}

/// The type of a value that may come from two places. Nothing on one side makes it nothing, so that a path
/// without an answer is seen.
pub(super) fn either(a: Ty, b: Ty) -> Ty {
    match (a, b) {
        _ if a == b => a,
        (Ty::Unit, _) | (_, Ty::Unit) => Ty::Unit,
        (Ty::Any, t) | (t, Ty::Any) => t,
        _ => Ty::Any,
    }
}

/// The kinds of the hooks that a function's answers may be those of: its own, else of those that call it, by way of others too.
fn asked_by(all: &[Function], hook: Option<Hook>, name: &str) -> Vec<HookKind> {
    if let Some(hook) = hook {
        return vec![hook.kind()];
    }
    let (mut reached, mut kinds) = (vec![name], Vec::new());
    let mut n = 0;
    while let Some(callee) = reached.get(n).copied() {
        n += 1;
        for f in all
            .iter()
            .filter(|f| !f.is_anonymous() && mentions(std::slice::from_ref(f), callee))
        {
            kinds.extend(Hook::parse(&f.name).map(Hook::kind));
            if !reached.contains(&f.name.as_str()) {
                reached.push(&f.name);
            }
        }
    }
    kinds
}

/// Goes through one function.
pub(super) struct Walk<'a> {
    pub file: &'a RuleFile,
    pub functions: &'a [Function],
    pub tables: &'a BTreeMap<String, Table>,
    pub hook: Option<Hook>,
    /// The kinds of the hooks that come here: itself where it is one.
    pub asked_by: Vec<HookKind>,
    /// The file's tokens, for what the tree has forgotten.
    pub tokens: &'a [(rhai::Token, Position)],
    pub vars: Vars,
    pub found: Vec<Diagnostic>,
    pub keeps: bool,
    /// Anonymous functions already gone through.
    pub seen: BTreeSet<String>,
    /// Whether a `return` here leaves the hook, or only a function within.
    inside: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        file: &'a RuleFile,
        functions: &'a [Function],
        tables: &'a BTreeMap<String, Table>,
        (hook, name): (Option<Hook>, &str),
        tokens: &'a [(rhai::Token, Position)],
    ) -> Self {
        Self {
            file,
            functions,
            tables,
            hook,
            asked_by: asked_by(functions, hook, name),
            tokens,
            vars: Vars::default(),
            found: Vec::new(),
            keeps: false,
            seen: BTreeSet::new(),
            inside: false,
        }
    }

    pub(super) fn error(&mut self, p: Position, code: &str, what: String, fix: impl Into<String>) {
        let d = Diagnostic::error(place(&self.file.name, p), code, what, fix);
        self.found.push(d.with_snippet(&self.file.text));
    }

    pub(super) fn warn(&mut self, p: Position, code: &str, what: String, fix: impl Into<String>) {
        let d = Diagnostic::warning(place(&self.file.name, p), code, what, fix);
        self.found.push(d.with_snippet(&self.file.text));
    }

    /// Goes through a function; says what it found and whether the function can keep.
    pub(super) fn function(mut self, f: &Function) -> (Vec<Diagnostic>, bool) {
        for (n, name) in f.params.iter().enumerate() {
            let ty = self
                .hook
                .and_then(|h| h.params().get(n))
                .map_or(Ty::Any, |(_, t)| *t);
            self.vars.declare(name, ty);
        }
        let end = self.block(&f.body);
        if self.hook.is_some() && !end.leaves {
            let p = last_position(&f.body).unwrap_or(f.start);
            self.must_answer(end.ty, p);
        }
        (self.found, self.keeps)
    }

    /// Goes through an anonymous function whose parameters are known.
    pub(super) fn closure(&mut self, name: &str, captured: usize, given: &[Ty]) {
        if !self.seen.insert(name.to_owned()) {
            return;
        }
        let functions = self.functions;
        let Some(f) = functions.iter().find(|f| f.name == name) else {
            return;
        };
        let outer = std::mem::take(&mut self.vars);
        for (n, param) in f.params.iter().enumerate() {
            let ty = match n.checked_sub(captured) {
                None => outer.get(param).unwrap_or(Ty::Any),
                Some(n) => given.get(n).copied().unwrap_or(Ty::Any),
            };
            self.vars.declare(param, ty);
        }
        let was = std::mem::replace(&mut self.inside, true);
        self.block(&f.body);
        self.inside = was;
        self.vars = outer;
    }

    fn must_answer(&mut self, ty: Ty, p: Position) {
        if matches!(ty, Ty::Answer | Ty::Any) {
            return;
        }
        let Some(hook) = self.hook else { return };
        let may = hook.kind().may();
        let what = match ty {
            Ty::Unit => format!("`{}` can end here without an answer", hook.name()),
            other => format!(
                "`{}` answers {} here, which is no answer of a hook",
                hook.name(),
                other.name()
            ),
        };
        self.error(
            p,
            "rule.no_verdict",
            what,
            format!("end every path with {may}"),
        );
    }

    /// A block; its own variables end with it.
    pub(super) fn block(&mut self, block: &[Stmt]) -> BlockEnd {
        let mark = self.vars.mark();
        let mut end = BlockEnd::UNIT;
        let n = block.iter().filter(|s| !s.is_noop()).count();
        for (i, s) in block.iter().filter(|s| !s.is_noop()).enumerate() {
            if end.leaves {
                self.warn(
                    s.position(),
                    "rule.unreachable",
                    "this is never reached".to_owned(),
                    "delete it, or move it before the `return`",
                );
                break;
            }
            end = self.stmt(s);
            if i + 1 < n {
                self.compares_within(s);
                self.dropped(s);
            }
            if i + 1 < n && !end.leaves && self.drops_answer(s) {
                self.error(
                    s.position(),
                    "rule.answer_lost",
                    "this answer goes nowhere: the function goes on after it".to_owned(),
                    "write `return` before it: `return hold(\"..\");`",
                );
            }
        }
        self.vars.leave(mark);
        end
    }

    /// Whether a statement makes an answer that nobody takes.
    fn drops_answer(&self, s: &Stmt) -> bool {
        match s {
            Stmt::FnCall(call, _) => self.is_answer(&call.name),
            Stmt::Expr(e) => match &**e {
                rhai::Expr::FnCall(call, _) => self.is_answer(&call.name),
                _ => false,
            },
            Stmt::If(f, _) => {
                self.ends_in_answer(f.body.statements())
                    || self.ends_in_answer(f.branch.statements())
            }
            Stmt::Block(b) => self.ends_in_answer(b.statements()),
            Stmt::For(f, ..) => self.ends_in_answer(f.2.body.statements()),
            Stmt::While(f, _) => self.ends_in_answer(f.body.statements()),
            Stmt::Switch(s, _) => s.1.expressions.iter().any(|e| match &e.rhs {
                rhai::Expr::FnCall(call, _) => self.is_answer(&call.name),
                rhai::Expr::Stmt(b) => self.ends_in_answer(b.statements()),
                _ => false,
            }),
            _ => false,
        }
    }

    fn ends_in_answer(&self, b: &[Stmt]) -> bool {
        b.iter().any(|s| self.drops_answer(s))
    }

    fn is_answer(&self, name: &str) -> bool {
        let c = super::super::api::shared_catalog();
        c.funcs_named(name).any(|f| f.returns == Ty::Answer)
            && !self.functions.iter().any(|f| f.name == name)
    }

    fn stmt(&mut self, s: &Stmt) -> BlockEnd {
        match s {
            Stmt::If(f, _) => self.branch(f),
            Stmt::Switch(s, p) => self.switch(s, *p),
            Stmt::While(f, _) => {
                let endless = matches!(f.expr, rhai::Expr::Unit(_));
                self.expr(&f.expr);
                self.loop_body(&f.body);
                // Such a loop ends by `return` or `break` only, and which is not followed.
                BlockEnd {
                    ty: if endless { Ty::Any } else { Ty::Unit },
                    leaves: false,
                }
            }
            Stmt::Do(f, ..) => {
                self.loop_body(&f.body);
                self.expr(&f.expr);
                BlockEnd::UNIT
            }
            Stmt::For(f, _) => {
                let over = self.expr(&f.2.expr);
                let mark = self.vars.mark();
                self.vars
                    .declare(&f.0.name, over.element().unwrap_or(Ty::Any));
                if let Some(counter) = &f.1 {
                    self.vars.declare(&counter.name, Ty::Number);
                }
                self.loop_body(&f.2.body);
                self.vars.leave(mark);
                BlockEnd::UNIT
            }
            Stmt::Var(v, ..) => {
                let ty = self.expr(&v.1);
                self.vars
                    .declare(&v.0.name, if ty == Ty::Unit { Ty::Any } else { ty });
                BlockEnd::UNIT
            }
            Stmt::Assignment(a) => {
                self.assignment(&a.0, &a.1);
                BlockEnd::UNIT
            }
            Stmt::FnCall(call, p) => BlockEnd::of(self.call(call, *p)),
            Stmt::Block(b) => self.block(b.statements()),
            Stmt::Expr(e) => match &**e {
                rhai::Expr::Stmt(b) => self.block(b.statements()),
                e => BlockEnd::of(self.expr(e)),
            },
            Stmt::Return(value, flags, p) => self.leaving(value.as_deref(), *flags, *p),
            Stmt::BreakLoop(value, ..) => {
                if let Some(e) = value {
                    self.expr(e);
                }
                BlockEnd::LEFT
            }
            Stmt::Noop(_) | Stmt::Share(_) => BlockEnd::UNIT,
            _ => BlockEnd::of(Ty::Any),
        }
    }

    fn loop_body(&mut self, b: &StmtBlock) {
        let end = self.block(b.statements());
        self.compares_last(b.statements());
        if !end.leaves && b.statements().last().is_some_and(|s| self.drops_answer(s)) {
            self.error(
                last_position(b.statements()).unwrap_or(b.position()),
                "rule.answer_lost",
                "this answer goes nowhere: the loop goes on after it".to_owned(),
                "write `return` before it",
            );
        }
    }

    fn branch(&mut self, f: &FlowControl) -> BlockEnd {
        self.condition(&f.expr);
        let yes = self.block(f.body.statements());
        let no = self.block(f.branch.statements());
        yes.or(no)
    }

    fn leaving(&mut self, value: Option<&rhai::Expr>, flags: ASTFlags, p: Position) -> BlockEnd {
        let ty = value.map_or(Ty::Unit, |e| self.expr(e));
        let throws = flags.intersects(ASTFlags::BREAK);
        if self.hook.is_some() && !self.inside && !throws {
            self.must_answer(ty, p);
        }
        BlockEnd::LEFT
    }
}

fn last_position(b: &[Stmt]) -> Option<Position> {
    b.iter().rev().find(|s| !s.is_noop()).map(Stmt::position)
}
