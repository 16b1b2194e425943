//! Running steps.

use super::Short;
use super::build::is_plain;
use super::node::{ShortNode, ShortStep};
use super::size::TEXT;
use crate::rules::api::{ByType, CallRef, Get, Ways, print};
use rhai::{Dynamic, ImmutableString};
use std::any::TypeId;

/// Why a piece of code has no value.
enum NoValue {
    /// It is for Rhai to run.
    Rhai,
    /// The hook is left with this answer.
    Left(Dynamic),
}

type Got = Result<Dynamic, NoValue>;

/// Variables, kept from call to call for their memory alone.
pub(in crate::rules) type Locals = Vec<Dynamic>;

/// A value that is lent where it can be.
pub(super) enum Lent<'v> {
    Of(&'v Dynamic),
    Own(Dynamic),
}

impl std::ops::Deref for Lent<'_> {
    type Target = Dynamic;
    fn deref(&self) -> &Dynamic {
        match self {
            Lent::Of(v) => v,
            Lent::Own(v) => v,
        }
    }
}

impl Short {
    /// Runs the hook over arguments that lie in `locals`. `None` when Rhai must run it, from the beginning and
    /// with what was changed taken back.
    pub(in crate::rules) fn run(&self, call: &CallRef, locals: &mut Locals) -> Option<Dynamic> {
        match (Evaluation { call, locals }).block(&self.body) {
            Ok(value) | Err(NoValue::Left(value)) => Some(value),
            Err(NoValue::Rhai) => None,
        }
    }
}

struct Evaluation<'r> {
    call: &'r CallRef,
    locals: &'r mut Locals,
}

impl Evaluation<'_> {
    fn block(&mut self, steps: &[ShortStep]) -> Got {
        let mark = self.locals.len();
        let mut value = Dynamic::UNIT;
        for step in steps {
            value = self.step(step)?;
        }
        self.locals.truncate(mark);
        Ok(value)
    }

    fn step(&mut self, step: &ShortStep) -> Got {
        match step {
            ShortStep::Do(node) => return self.node(node),
            ShortStep::Nothing => {}
            ShortStep::Let(node) => {
                let value = self.node(node)?;
                self.locals.push(value);
            }
            ShortStep::Put(n, node) => {
                let value = self.node(node)?;
                *self.locals.get_mut(*n).ok_or(NoValue::Rhai)? = value;
            }
            ShortStep::Set {
                on,
                ways,
                value,
                at,
            } => {
                let value = self.node(value)?;
                let draft = self.locals.get(*on).ok_or(NoValue::Rhai)?;
                let set = by_type(ways, draft).ok_or(NoValue::Rhai)?;
                set(draft, &value, *at).ok_or(NoValue::Rhai)?;
            }
            ShortStep::If(x) => {
                let (condition, then, otherwise) = &**x;
                return match self.truth(condition)? {
                    true => self.block(then),
                    false => self.block(otherwise),
                };
            }
            ShortStep::Block(steps) => return self.block(steps),
            ShortStep::Return(None) => return Err(NoValue::Left(Dynamic::UNIT)),
            ShortStep::Return(Some(node)) => return Err(NoValue::Left(self.node(node)?)),
        }
        Ok(Dynamic::UNIT)
    }

    fn truth(&mut self, node: &ShortNode) -> Result<bool, NoValue> {
        self.lent(node)?.as_bool().map_err(|_| NoValue::Rhai)
    }

    /// A value, lent from where it lies when it lies somewhere.
    fn lent<'v>(&'v mut self, node: &'v ShortNode) -> Result<Lent<'v>, NoValue> {
        match node {
            ShortNode::Const(v) => Ok(Lent::Of(v)),
            ShortNode::Local(n) => self.locals.get(*n).map(Lent::Of).ok_or(NoValue::Rhai),
            other => self.node(other).map(Lent::Own),
        }
    }

    fn node(&mut self, node: &ShortNode) -> Got {
        match node {
            ShortNode::Const(v) => Ok(v.clone()),
            ShortNode::Local(n) => self.locals.get(*n).cloned().ok_or(NoValue::Rhai),
            ShortNode::Around(name) => self.call.variable(name).ok_or(NoValue::Rhai),
            ShortNode::Get(on, ways, name) => {
                let on = self.lent(on)?;
                got(&on, ways, name)
            }
            ShortNode::Has { on, ways, wanted } => {
                let wanted = self.node(wanted)?;
                let text = wanted
                    .as_immutable_string_ref()
                    .map_err(|_| NoValue::Rhai)?;
                let on = self.lent(on)?;
                let has = by_type(ways, &on).and_then(|has| has(&on, &text));
                has.map(Dynamic::from).ok_or(NoValue::Rhai)
            }
            ShortNode::Text(parts) => self.text(parts),
            ShortNode::Call(word, given, at) => {
                // No word takes more than three.
                let mut values = [Dynamic::UNIT, Dynamic::UNIT, Dynamic::UNIT];
                for (value, node) in values.iter_mut().zip(given) {
                    *value = self.node(node)?;
                }
                let said = word.say(self.call, &values, *at);
                said.filter(is_plain).ok_or(NoValue::Rhai)
            }
            ShortNode::Not(node) => self.truth(node).map(|t| (!t).into()),
            ShortNode::And(all) => {
                for node in all {
                    if !self.truth(node)? {
                        return Ok(Dynamic::FALSE);
                    }
                }
                Ok(Dynamic::TRUE)
            }
            ShortNode::Or(all) => {
                for node in all {
                    if self.truth(node)? {
                        return Ok(Dynamic::TRUE);
                    }
                }
                Ok(Dynamic::FALSE)
            }
            ShortNode::Coalesce(all) => {
                for node in all {
                    let value = self.node(node)?;
                    if !value.is_unit() {
                        return Ok(value);
                    }
                }
                Ok(Dynamic::UNIT)
            }
            ShortNode::Block(steps) => self.block(steps),
        }
    }

    fn text(&mut self, parts: &[ShortNode]) -> Got {
        let mut out = ImmutableString::new();
        for part in parts {
            let value = self.lent(part)?;
            match value.as_immutable_string_ref() {
                Ok(text) => out += text.as_str(),
                Err(_) => out += print(&value).as_str(),
            }
            if out.len() > TEXT {
                return Err(NoValue::Rhai);
            }
        }
        Ok(out.into())
    }
}

fn by_type<'w, F>(ways: &'w ByType<F>, value: &Dynamic) -> Option<&'w F> {
    let id: TypeId = value.type_id();
    ways.iter().find(|(t, _)| *t == id).map(|(_, way)| way)
}

/// A property of a value, or an entry by its name.
fn got(value: &Dynamic, ways: &ByType<Get>, name: &str) -> Got {
    let found = match by_type(ways, value) {
        Some(get) => get(value),
        None => by_type(Ways::shared().entries(), value).and_then(|entry| entry(value, name)),
    };
    found.filter(is_plain).ok_or(NoValue::Rhai)
}
