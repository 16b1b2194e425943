//! Calls: whether there is such a function, and whether it takes what it is given.

use super::super::api::catalog::nearest;
use super::super::api::ops::advice;
use super::super::api::{Func, Ty, shared_catalog};
use super::expr::words;
use super::flow::Walk;
use rhai::{Expr, FnCallExpr, Position, Stmt};

/// Functions whose result is all they are for: a statement of one alone does nothing.
const PURE: [&str; 6] = [
    "replace",
    "trim",
    "to_upper",
    "to_lower",
    "round_money",
    "add_days",
];

impl Walk<'_> {
    /// A call written `f(a, b)`.
    pub(super) fn call(&mut self, call: &FnCallExpr, p: Position) -> Ty {
        if let Some(ty) = self.operator(call, p) {
            return ty;
        }
        // A function that takes variables from around it is written so inside Rhai.
        if call.name == "curry" {
            let captured = call.args.len().saturating_sub(1);
            if let Some(f) = call.args.first().and_then(anonymous) {
                self.closure(&f, captured, &[]);
            }
            return Ty::Function;
        }
        let first = call.args.first().map(|e| self.expr(e));
        if let ("lookup", Some(Expr::StringConstant(table, at))) =
            (call.name.as_str(), call.args.first())
        {
            self.table(table, *at);
        }
        self.called(call, first, call.args.get(1..).unwrap_or(&[]), p)
    }

    /// A call written `x.f(a, b)`.
    pub(super) fn method(&mut self, on: Ty, call: &FnCallExpr, p: Position) -> Ty {
        self.called(call, Some(on), &call.args, p)
    }

    fn called(&mut self, call: &FnCallExpr, first: Option<Ty>, rest: &[Expr], p: Position) -> Ty {
        let name = call.name.as_str();
        let mut given: Vec<Ty> = first.into_iter().collect();
        for e in rest {
            let over = first.and_then(Ty::element).unwrap_or(Ty::Any);
            given.push(self.argument(e, over));
        }
        if name == "keep" {
            self.keeps = true;
        }
        if self.list_changed(name, first, p) {
            return Ty::Unit;
        }
        if let Some(f) = self.functions.iter().find(|f| f.name == name) {
            if f.params.len() != given.len()
                && !self
                    .functions
                    .iter()
                    .any(|g| g.name == name && g.params.len() == given.len())
            {
                let what = format!(
                    "`{name}` takes {} parameters, not {}",
                    f.params.len(),
                    given.len()
                );
                self.error(
                    p,
                    "rule.parameters",
                    what,
                    "see where it is written in this file",
                );
            }
            // What a function of the file may do is not followed.
            self.keeps = true;
            return Ty::Any;
        }
        self.library(name, &given, p)
    }

    /// An argument; a function given to a list knows what the list holds.
    fn argument(&mut self, e: &Expr, over: Ty) -> Ty {
        let written = written(e);
        match written {
            Some((f, captured)) => {
                self.closure(&f, captured, &[over]);
                Ty::Function
            }
            None => self.expr(e),
        }
    }

    fn library(&mut self, name: &str, given: &[Ty], p: Position) -> Ty {
        let catalog = shared_catalog();
        let all: Vec<&Func> = catalog.funcs_named(name).collect();
        if all.is_empty() {
            let fix = match (
                advice(name),
                catalog.nearest_func(name),
                catalog.funcs_named(name).next(),
            ) {
                (Some(fix), ..) => fix.to_owned(),
                (None, Some(near), _) => format!("did you mean `{near}`?"),
                _ if given
                    .first()
                    .is_some_and(|t| catalog.prop(*t, name).is_some()) =>
                {
                    format!("it is a property: write `.{name}` without brackets")
                }
                _ => "see docs/rules-reference.md for the functions there are".to_owned(),
            };
            self.error(
                p,
                "rule.unknown_function",
                format!("there is no function `{name}`"),
                fix,
            );
            return Ty::Any;
        }
        let fits = |f: &&&Func| {
            f.params.len() == given.len()
                && f.params
                    .iter()
                    .zip(given)
                    .all(|((_, want), got)| got.fits(*want))
        };
        if let Some(f) = all.iter().find(fits) {
            if f.returns == Ty::Answer {
                self.may_answer(name, p);
            }
            return f.returns;
        }
        let signatures: Vec<_> = all.iter().map(|f| f.signature()).collect();
        let fix = format!("write it so: {}", signatures.join(" or "));
        if matches!(name, "skip" | "hold" | "review" | "fail") && given.is_empty() {
            self.error(
                p,
                "rule.no_reason",
                format!("{name}() needs a reason"),
                format!("say why: {name}(\"..\")"),
            );
        } else {
            let got: Vec<_> = given.iter().map(|t| words(*t)).collect();
            self.error(
                p,
                "rule.parameters",
                format!("`{name}` does not take ({})", got.join(", ")),
                fix,
            );
        }
        all.first().map_or(Ty::Any, |f| f.returns)
    }

    /// An answer that none of the hooks may give that come here.
    fn may_answer(&mut self, name: &str, p: Position) {
        let Some(first) = self.asked_by.first().copied() else {
            return;
        };
        if self
            .asked_by
            .iter()
            .any(|kind| kind.words().contains(&name))
        {
            return;
        }
        let who = match self.hook {
            Some(hook) => format!("`{}`", hook.name()),
            None => "a hook that calls this".to_owned(),
        };
        self.error(
            p,
            "rule.wrong_answer",
            format!("{who} cannot answer {name}()"),
            format!("it may answer {}", first.may()),
        );
    }

    fn table(&mut self, name: &str, p: Position) {
        if self.tables.contains_key(name) {
            return;
        }
        let names = self.tables.keys().map(String::as_str);
        let fix = match nearest(name, names) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!(
                "write it under `tables:` in the tenant's file: `{name}: {{ KEY: \"value\", else: hold }}`"
            ),
        };
        self.error(
            p,
            "rule.no_table",
            format!("there is no table `{name}`"),
            fix,
        );
    }

    /// Warns of a statement that only makes a new value.
    pub(super) fn dropped(&mut self, s: &Stmt) {
        let call = match s {
            Stmt::FnCall(call, _) => Some(&**call),
            Stmt::Expr(e) => last_call(e),
            _ => None,
        };
        let Some(call) = call else { return };
        let own = self.functions.iter().any(|f| f.name == call.name);
        if PURE.contains(&call.name.as_str()) && !own {
            let what = format!("`{}` gives a new value, and nothing takes it", call.name);
            self.warn(
                s.position(),
                "rule.result_lost",
                what,
                format!("write `x = x.{}(..)`", call.name),
            );
        }
    }
}

/// The call at the end of a chain.
fn last_call(e: &Expr) -> Option<&FnCallExpr> {
    match e {
        Expr::FnCall(call, _) | Expr::MethodCall(call, _) => Some(call),
        Expr::Dot(x, ..) | Expr::Index(x, ..) => last_call(&x.rhs),
        _ => None,
    }
}

/// The name of a function written in place, and how many variables it takes from around it.
fn written(e: &Expr) -> Option<(String, usize)> {
    match e {
        Expr::FnCall(c, _) if c.name == "curry" => {
            let f = c.args.first().and_then(anonymous)?;
            Some((f, c.args.len() - 1))
        }
        // Taking variables in is written by Rhai as a block of its own.
        Expr::Stmt(b) => match b.statements().last()? {
            Stmt::Expr(e) => written(e),
            Stmt::FnCall(c, _) if c.name == "curry" => {
                let f = c.args.first().and_then(anonymous)?;
                Some((f, c.args.len() - 1))
            }
            _ => None,
        },
        e => anonymous(e).map(|f| (f, 0)),
    }
}

/// The name of a function constant.
fn anonymous(e: &Expr) -> Option<String> {
    let Expr::DynamicConstant(v, _) = e else {
        return None;
    };
    let f = v.read_lock::<rhai::FnPtr>()?;
    Some(f.fn_name().to_owned())
}
