//! From Rhai's tree to steps. `None` wherever the tree holds something the short way does not know.

use super::node::{ShortNode, ShortStep};
use super::size::{ELEMENT, LIST, NODES, TEXT};
use super::words::ShortWord;
use crate::rules::api::{ByType, Has, Ways};
use crate::rules::hook::Hook;
use crate::rules::limits::VARIABLES;
use rhai::{AST, ASTFlags, ASTNode, Dynamic, Expr, FnCallExpr, ImmutableString, Position, Stmt};

/// Translates a hook.
pub(super) fn hook(ast: &AST, hook: Hook) -> Option<Vec<ShortStep>> {
    let mut params = Vec::new();
    let mut own = Vec::new();
    for f in ast.iter_fn_def() {
        if f.name == hook.name() && f.params.len() == hook.params().len() {
            params = f.params.iter().map(|p| (p.clone(), false)).collect();
        } else {
            own.push(f.name.clone());
        }
    }
    let mut build = Translation {
        vars: params,
        own,
        nodes: 0,
    };
    build.steps(&statements(ast, hook)?)
}

/// The statements of a hook. Rhai shows them only while it walks a tree, so the tree is cut to the hook.
fn statements(ast: &AST, hook: Hook) -> Option<Vec<Stmt>> {
    let mut alone = ast.clone();
    alone.retain_functions(|_, _, name, params| {
        name == hook.name() && params == hook.params().len()
    });
    if alone.iter_fn_def().count() != 1 {
        return None;
    }
    let mut found = Vec::new();
    alone.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(s)] = path {
            found.push((*s).clone());
        }
        true
    });
    Some(found)
}

struct Translation {
    /// The variables in sight, in the order they were declared, and whether they are constants.
    vars: Vec<(ImmutableString, bool)>,
    /// The other functions of the file, which go before the library's.
    own: Vec<ImmutableString>,
    nodes: usize,
}

impl Translation {
    fn steps(&mut self, block: &[Stmt]) -> Option<Vec<ShortStep>> {
        let mark = self.vars.len();
        let steps = block.iter().map(|s| self.step(s)).collect();
        self.vars.truncate(mark);
        steps
    }

    fn step(&mut self, s: &Stmt) -> Option<ShortStep> {
        self.nodes += 1;
        Some(match s {
            Stmt::Noop(_) => ShortStep::Nothing,
            Stmt::Expr(e) => ShortStep::Do(self.node(e)?),
            Stmt::FnCall(call, at) => ShortStep::Do(self.call(None, call, *at)?),
            Stmt::Block(b) => ShortStep::Block(self.steps(b.statements())?),
            Stmt::Return(value, flags, _) if !flags.intersects(ASTFlags::BREAK) => match value {
                Some(e) => ShortStep::Return(Some(self.node(e)?)),
                None => ShortStep::Return(None),
            },
            Stmt::If(x, _) => {
                let condition = self.node(&x.expr)?;
                let body = self.steps(x.body.statements())?;
                ShortStep::If(Box::new((
                    condition,
                    body,
                    self.steps(x.branch.statements())?,
                )))
            }
            Stmt::Var(x, flags, _) if !flags.intersects(ASTFlags::EXPORTED) => {
                let value = self.node(&x.1)?;
                let fixed = flags.intersects(ASTFlags::CONSTANT);
                self.vars.push((x.0.name.clone(), fixed));
                if self.vars.len() > VARIABLES {
                    return None;
                }
                ShortStep::Let(value)
            }
            Stmt::Assignment(x) if !x.0.is_op_assignment() => {
                self.assignment(&x.1.lhs, &x.1.rhs)?
            }
            _ => return None,
        })
    }

    fn assignment(&mut self, to: &Expr, value: &Expr) -> Option<ShortStep> {
        let value = self.node(value)?;
        match to {
            Expr::Variable(v, ..) => Some(ShortStep::Put(self.changeable(&v.1)?, value)),
            Expr::Dot(x, flags, _) if flags.is_empty() => {
                let (Expr::Variable(v, ..), Expr::Property(p, at)) = (&x.lhs, &x.rhs) else {
                    return None;
                };
                Some(ShortStep::Set {
                    on: self.changeable(&v.1)?,
                    ways: Ways::shared().sets(&p.2),
                    value,
                    at: *at,
                })
            }
            _ => None,
        }
    }

    fn local(&self, name: &str) -> Option<usize> {
        self.vars.iter().rposition(|(v, _)| v == name)
    }

    /// A variable that may be assigned to.
    fn changeable(&self, name: &str) -> Option<usize> {
        let n = self.local(name)?;
        self.vars
            .get(n)
            .is_some_and(|(_, fixed)| !fixed)
            .then_some(n)
    }

    fn nodes(&mut self, all: &[Expr]) -> Option<Vec<ShortNode>> {
        all.iter().map(|e| self.node(e)).collect()
    }

    fn node(&mut self, e: &Expr) -> Option<ShortNode> {
        self.nodes += 1;
        if self.nodes > NODES {
            return None;
        }
        Some(match e {
            Expr::BoolConstant(..)
            | Expr::IntegerConstant(..)
            | Expr::StringConstant(..)
            | Expr::Unit(_) => ShortNode::Const(e.get_literal_value(None).filter(is_plain)?),
            Expr::DynamicConstant(v, _) if v.is_decimal() => ShortNode::Const((**v).clone()),
            Expr::InterpolatedString(parts, _) => ShortNode::Text(self.nodes(parts)?),
            Expr::Variable(v, ..) if v.2.is_empty() => self.variable(&v.1)?,
            Expr::FnCall(call, at) => self.call(None, call, *at)?,
            Expr::Dot(x, flags, _) if flags.is_empty() => {
                let on = self.node(&x.lhs)?;
                self.dotted(on, &x.rhs)?
            }
            Expr::And(all, _) => ShortNode::And(self.nodes(all)?),
            Expr::Or(all, _) => ShortNode::Or(self.nodes(all)?),
            Expr::Coalesce(all, _) => ShortNode::Coalesce(self.nodes(all)?),
            Expr::Stmt(b) => ShortNode::Block(self.steps(b.statements())?),
            _ => return None,
        })
    }

    fn variable(&self, name: &str) -> Option<ShortNode> {
        match (self.local(name), name) {
            (Some(n), _) => Some(ShortNode::Local(n)),
            (None, "ctx") => Some(ShortNode::Around("ctx")),
            (None, "params") => Some(ShortNode::Around("params")),
            _ => None,
        }
    }

    /// What follows a dot: a property, a call, or one of them with more behind it.
    fn dotted(&mut self, on: ShortNode, rest: &Expr) -> Option<ShortNode> {
        self.nodes += 1;
        match rest {
            Expr::Property(p, _) => Some(ShortNode::Get(
                Box::new(on),
                Ways::shared().gets(&p.2),
                p.2.clone(),
            )),
            Expr::MethodCall(call, at) => self.call(Some(on), call, *at),
            Expr::Dot(x, flags, _) if flags.is_empty() => {
                let on = self.dotted(on, &x.lhs)?;
                self.dotted(on, &x.rhs)
            }
            _ => None,
        }
    }

    fn call(
        &mut self,
        on: Option<ShortNode>,
        call: &FnCallExpr,
        at: Position,
    ) -> Option<ShortNode> {
        if call.is_qualified() || call.capture_parent_scope || self.own.contains(&call.name) {
            return None;
        }
        let mut given: Vec<ShortNode> = on.into_iter().collect();
        for e in &*call.args {
            given.push(self.node(e)?);
        }
        if call.name == "contains"
            && let [ShortNode::Get(_, _, name), _] = given.as_slice()
        {
            let ways = Ways::shared().has(name);
            if !ways.is_empty() {
                return searched(given, ways);
            }
        }
        if call.name == "!" && given.len() == 1 {
            return given.pop().map(|n| ShortNode::Not(Box::new(n)));
        }
        Some(ShortNode::Call(
            ShortWord::of(&call.name, given.len())?,
            given,
            at,
        ))
    }
}

/// A search of a list where it lies.
fn searched(mut given: Vec<ShortNode>, ways: &'static ByType<Has>) -> Option<ShortNode> {
    let (wanted, list) = (given.pop()?, given.pop()?);
    let ShortNode::Get(on, ..) = list else {
        return None;
    };
    let wanted = Box::new(wanted);
    Some(ShortNode::Has { on, ways, wanted })
}

/// Whether a value is plain: a text or a list is short.
pub(super) fn is_plain(v: &Dynamic) -> bool {
    if let Ok(s) = v.as_immutable_string_ref() {
        return s.len() <= TEXT;
    }
    match v.as_array_ref() {
        Ok(a) => a.len() <= LIST && a.iter().all(is_small),
        Err(_) => !v.is_map(),
    }
}

/// Whether an element may be in a plain list: all texts together stay below what a list may hold.
fn is_small(v: &Dynamic) -> bool {
    match v.as_immutable_string_ref() {
        Ok(s) => s.len() <= ELEMENT,
        Err(_) => !v.is_array() && !v.is_map(),
    }
}
