//! Expressions: what type each has, as far as that is known, and what is wrong with it.

use super::super::api::Ty;
use super::super::api::ops::advice;
use super::flow::{Walk, either};
use super::written::quoted;
use rhai::{BinaryExpr, Dynamic, Expr, FnCallExpr, OpAssignment, Position};

/// How a type takes part in comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Unknown,
    Nothing,
    Text,
    Number,
    Bool,
    Day,
    Other,
}

fn family(ty: Ty) -> Family {
    match ty {
        Ty::Any => Family::Unknown,
        Ty::Unit => Family::Nothing,
        Ty::Text => Family::Text,
        Ty::Number => Family::Number,
        Ty::Bool => Family::Bool,
        Ty::Day => Family::Day,
        _ => Family::Other,
    }
}

/// The type of a constant.
fn constant(v: &Dynamic) -> Ty {
    if v.is_string() || v.is_char() {
        Ty::Text
    } else if v.is_int() || v.is_decimal() {
        Ty::Number
    } else if v.is_array() {
        Ty::List
    } else if v.is_map() {
        Ty::Map
    } else if v.is_fnptr() {
        Ty::Function
    } else if v.is_bool() {
        Ty::Bool
    } else {
        Ty::Any
    }
}

impl Walk<'_> {
    /// Goes through an expression and says what type it has.
    pub(super) fn expr(&mut self, e: &Expr) -> Ty {
        match e {
            Expr::DynamicConstant(v, _) => constant(v),
            Expr::BoolConstant(..) => Ty::Bool,
            Expr::IntegerConstant(..) => Ty::Number,
            Expr::CharConstant(..) => Ty::Text,
            Expr::StringConstant(text, p) => {
                self.filled_in(text, *p);
                Ty::Text
            }
            Expr::InterpolatedString(parts, _) => {
                for p in parts {
                    self.expr(p);
                }
                Ty::Text
            }
            Expr::Array(items, _) => {
                let types: Vec<_> = items.iter().map(|i| self.expr(i)).collect();
                match types.iter().all(|t| *t == Ty::Text) && !types.is_empty() {
                    true => Ty::Texts,
                    false => Ty::List,
                }
            }
            Expr::Map(m, _) => {
                for (_, value) in &m.0 {
                    self.expr(value);
                }
                Ty::Map
            }
            Expr::Unit(_) => Ty::Unit,
            Expr::Variable(v, _, p) => self.variable(&v.1, *p),
            Expr::Stmt(b) => self.block(b.statements()).ty,
            Expr::FnCall(call, p) => self.call(call, *p),
            Expr::MethodCall(call, p) => self.call(call, *p),
            Expr::Dot(x, flags, p) => self.dotted(x, *flags, *p),
            Expr::Index(x, flags, p) => self.indexed(x, *flags, *p),
            Expr::And(all, _) | Expr::Or(all, _) => {
                for e in all.iter() {
                    self.condition(e);
                }
                Ty::Bool
            }
            Expr::Coalesce(all, _) => {
                let types: Vec<_> = all.iter().map(|e| self.expr(e)).collect();
                let known = types.into_iter().filter(|t| *t != Ty::Unit);
                known.reduce(either).unwrap_or(Ty::Any)
            }
            _ => Ty::Any,
        }
    }

    /// An expression that must be true or false.
    pub(super) fn condition(&mut self, e: &Expr) {
        let ty = self.expr(e);
        if !matches!(ty, Ty::Bool | Ty::Any) {
            self.error(
                e.position(),
                "rule.type_mismatch",
                format!("a condition is true or false; this is {}", ty.name()),
                "compare it with something: `x != ()`, `x > 0`, `!text.is_empty`",
            );
        }
    }

    fn variable(&mut self, name: &str, p: Position) -> Ty {
        match name {
            "ctx" => return self.vars.get(name).unwrap_or(Ty::Ctx),
            "params" => return self.vars.get(name).unwrap_or(Ty::Params),
            _ => {}
        }
        if let Some(ty) = self.vars.get(name) {
            return ty;
        }
        if self.functions.iter().any(|f| f.name == name) {
            return Ty::Function;
        }
        let fix = match (advice(name), self.vars.nearest(name)) {
            (Some(fix), _) => fix.to_owned(),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => {
                "declare it with `let`; a function sees its parameters, `ctx` and `params` only"
                    .to_owned()
            }
        };
        self.error(
            p,
            "rule.unknown_variable",
            format!("there is no variable `{name}` here"),
            fix,
        );
        Ty::Any
    }

    /// An operator; `None` when the call is none.
    pub(super) fn operator(&mut self, call: &FnCallExpr, p: Position) -> Option<Ty> {
        let name = call.name.as_str();
        if let ("!", [e]) = (name, call.args.as_slice()) {
            self.condition(e);
            return Some(Ty::Bool);
        }
        if let ("-" | "+", [e]) = (name, call.args.as_slice()) {
            return Some(self.expr(e));
        }
        let [left, right] = call.args.as_slice() else {
            return None;
        };
        match name {
            "==" | "!=" | "<" | "<=" | ">" | ">=" => {
                let (a, b) = (self.expr(left), self.expr(right));
                self.compared(name, (a, left), (b, right), p);
                Some(Ty::Bool)
            }
            "+" | "-" | "*" | "%" => {
                let (a, b) = (self.expr(left), self.expr(right));
                Some(self.reckoned(name, a, b, p))
            }
            "/" => {
                let (a, b) = (self.expr(left), self.expr(right));
                if matches!(
                    (left, right),
                    (Expr::IntegerConstant(..), Expr::IntegerConstant(..))
                ) {
                    self.error(
                        p,
                        "rule.whole_division",
                        "this divides whole numbers, which would lose what is left over".to_owned(),
                        "use div(a, b, places), or write one of them with a point: 3.0",
                    );
                    return Some(Ty::Number);
                }
                Some(self.reckoned(name, a, b, p))
            }
            ".." | "..=" => {
                self.expr(left);
                self.expr(right);
                Some(Ty::Any)
            }
            _ => None,
        }
    }

    fn compared(
        &mut self,
        sign: &str,
        (a, left): (Ty, &Expr),
        (b, right): (Ty, &Expr),
        p: Position,
    ) {
        let (fa, fb) = (family(a), family(b));
        if fa == Family::Unknown || fb == Family::Unknown {
            return;
        }
        self.known_word(left, right);
        self.known_word(right, left);
        if fa == Family::Nothing || fb == Family::Nothing {
            if !matches!(sign, "==" | "!=") {
                self.error(
                    p,
                    "rule.type_mismatch",
                    "`()` is neither more nor less than anything".to_owned(),
                    "test with == or !=",
                );
            }
            let other = if fa == Family::Nothing { right } else { left };
            self.never_missing(other, p);
            return;
        }
        if fa != fb {
            let what = format!(
                "{} is compared with {}, which is never equal",
                words(a),
                words(b)
            );
            let fix = match (fa, fb) {
                (Family::Text, Family::Number) => quoted(&self.file.text, right),
                (Family::Number, Family::Text) => quoted(&self.file.text, left),
                (Family::Day, Family::Text) | (Family::Text, Family::Day) => {
                    "write date(\"2026-07-01\")".to_owned()
                }
                _ => "compare values of the same kind".to_owned(),
            };
            self.error(p, "rule.type_mismatch", what, fix);
        } else if fa == Family::Other {
            let what = format!("{} cannot be compared as a whole", words(a));
            self.error(
                p,
                "rule.type_mismatch",
                what,
                "compare one of its properties, such as `.id` or `.len`",
            );
        } else if fa == Family::Bool && !matches!(sign, "==" | "!=") {
            self.error(
                p,
                "rule.type_mismatch",
                "true and false have no order".to_owned(),
                "test with == or !=",
            );
        }
    }

    fn reckoned(&mut self, sign: &str, a: Ty, b: Ty, p: Position) -> Ty {
        let (fa, fb) = (family(a), family(b));
        match (sign, fa, fb) {
            (_, Family::Unknown, Family::Unknown) => Ty::Any,
            ("+", Family::Text, Family::Text | Family::Unknown)
            | ("+", Family::Unknown, Family::Text) => Ty::Text,
            (_, Family::Number, Family::Number | Family::Unknown)
            | (_, Family::Unknown, Family::Number) => Ty::Number,
            ("+", Family::Text, _) | ("+", _, Family::Text) => {
                let what = format!("{} cannot be joined to {} with +", words(b), words(a));
                self.error(
                    p,
                    "rule.type_mismatch",
                    what,
                    "write it inside a text: `Order ${x}`",
                );
                Ty::Text
            }
            ("+" | "-", Family::Day, _) => {
                self.error(
                    p,
                    "rule.type_mismatch",
                    "a date is not moved with + or -".to_owned(),
                    "use day.add_days(14) or day.add_months(1)",
                );
                Ty::Day
            }
            _ => {
                let what = format!("`{sign}` takes numbers, not {} and {}", words(a), words(b));
                self.error(
                    p,
                    "rule.type_mismatch",
                    what,
                    "to_number(text) reads a number from a text",
                );
                Ty::Any
            }
        }
    }

    /// `x = value`, `x.field = value`, `x += value`.
    pub(super) fn assignment(&mut self, op: &OpAssignment, x: &BinaryExpr) {
        let value = self.expr(&x.rhs);
        let given = match op.get_op_assignment_info() {
            None => value,
            Some((.., sign)) => {
                let before = self.expr(&x.lhs);
                self.reckoned(sign, before, value, op.position())
            }
        };
        match &x.lhs {
            Expr::Variable(v, ..) => {
                if self.vars.get(&v.1).is_none() {
                    self.variable(&v.1, x.lhs.position());
                }
                self.vars.assign(&v.1, given);
            }
            Expr::Dot(d, flags, p) => self.set_in(d, *flags, *p, given, &x.rhs),
            other => {
                self.expr(other);
            }
        }
    }
}

/// A type in a sentence.
pub(super) fn words(ty: Ty) -> String {
    match ty {
        Ty::Text => "text".to_owned(),
        Ty::Number => "a number".to_owned(),
        Ty::Bool => "true or false".to_owned(),
        Ty::Day => "a date".to_owned(),
        Ty::Unit => "`()`".to_owned(),
        Ty::Any => "an unknown value".to_owned(),
        t if t.is_list() => "a list".to_owned(),
        t => t.name().to_owned(),
    }
}
