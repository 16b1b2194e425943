//! Chains: `invoice.lines[0].account`.
//!
//! Rhai keeps a chain leaning to the right: `a.b[0].c` is `a . (b [ (0 . c) ])`.

use super::super::api::{Ty, shared_catalog};
use super::expr::words;
use super::flow::Walk;
use super::written::quoted;
use rhai::{ASTFlags, BinaryExpr, Expr, Position};

/// The last link of a chain: the thing, and the property asked of it.
struct Last {
    on: Ty,
    name: Option<String>,
    at: Position,
}

impl Walk<'_> {
    pub(super) fn dotted(&mut self, x: &BinaryExpr, flags: ASTFlags, _p: Position) -> Ty {
        let on = self.expr(&x.lhs);
        self.link(on, true, &x.rhs, flags, &mut None)
    }

    pub(super) fn indexed(&mut self, x: &BinaryExpr, flags: ASTFlags, _p: Position) -> Ty {
        let on = self.expr(&x.lhs);
        self.link(on, false, &x.rhs, flags, &mut None)
    }

    /// One link: what is asked, of what, and how the chain goes on.
    fn link(
        &mut self,
        on: Ty,
        dot: bool,
        rhs: &Expr,
        flags: ASTFlags,
        last: &mut Option<Last>,
    ) -> Ty {
        let goes_on = !flags.intersects(ASTFlags::BREAK);
        let (asked, next) = match rhs {
            Expr::Dot(y, f, _) if goes_on => (&y.lhs, Some((true, &y.rhs, *f))),
            Expr::Index(y, f, _) if goes_on => (&y.lhs, Some((false, &y.rhs, *f))),
            other => (other, None),
        };
        let ty = if dot {
            self.asked(on, asked, last, next.is_none())
        } else {
            self.element(on, asked)
        };
        match next {
            Some((dot, rhs, f)) => self.link(ty, dot, rhs, f, last),
            None => ty,
        }
    }

    fn asked(&mut self, on: Ty, e: &Expr, last: &mut Option<Last>, end: bool) -> Ty {
        match e {
            Expr::Property(names, p) => {
                let name = names.2.as_str();
                if end && last.is_some() {
                    *last = Some(Last {
                        on,
                        name: Some(name.to_owned()),
                        at: *p,
                    });
                    return Ty::Any;
                }
                self.property(on, name, *p)
            }
            Expr::MethodCall(call, p) => self.method(on, call, *p),
            other => self.expr(other),
        }
    }

    fn element(&mut self, on: Ty, index: &Expr) -> Ty {
        let by = self.expr(index);
        match on {
            Ty::Fields | Ty::Map | Ty::Params | Ty::Any => Ty::Any,
            Ty::Text => Ty::Text,
            t if t.is_list() => {
                if !by.fits(Ty::Number) {
                    self.error(
                        index.position(),
                        "rule.type_mismatch",
                        format!("a list is indexed by a number, not by {}", words(by)),
                        "the first element is [0]",
                    );
                }
                t.element().unwrap_or(Ty::Any)
            }
            t => {
                self.error(
                    index.position(),
                    "rule.type_mismatch",
                    format!("{} takes no [..]", words(t)),
                    "ask for a property: `x.name`",
                );
                Ty::Any
            }
        }
    }

    fn property(&mut self, on: Ty, name: &str, p: Position) -> Ty {
        let catalog = shared_catalog();
        if let Some(found) = catalog.prop(on, name) {
            return found.ty;
        }
        if !on.has_known_properties() {
            return Ty::Any;
        }
        if on == Ty::Unit {
            self.error(
                p,
                "rule.missing_value",
                format!("`.{name}` is asked of `()`"),
                "test for it first: `if x != () { .. }`",
            );
            return Ty::Any;
        }
        let fix = match catalog.nearest_prop(on, name, false) {
            Some(near) => format!("did you mean `{near}`?"),
            None if catalog.funcs_named(name).next().is_some() => {
                format!("it is a function: write `{name}()`")
            }
            None => {
                let names: Vec<_> = catalog.props_of(on).map(|p| p.name).collect();
                format!("it has: {}", names.join(", "))
            }
        };
        self.error(
            p,
            "rule.unknown_property",
            format!("{} has no property `{name}`", words(on)),
            fix,
        );
        Ty::Any
    }

    /// `x.field = value`.
    pub(super) fn set_in(
        &mut self,
        x: &BinaryExpr,
        flags: ASTFlags,
        _p: Position,
        given: Ty,
        value: &Expr,
    ) {
        let on = self.expr(&x.lhs);
        let mut last = Some(Last {
            on: Ty::Any,
            name: None,
            at: Position::NONE,
        });
        self.link(on, true, &x.rhs, flags, &mut last);
        let Some(Last {
            on,
            name: Some(name),
            at,
        }) = last
        else {
            return;
        };
        let catalog = shared_catalog();
        let Some(prop) = catalog.prop(on, &name) else {
            self.property(on, &name, at);
            return;
        };
        if self.only_looks(on, &name, at) {
            return;
        }
        if !prop.settable {
            let can: Vec<_> = catalog
                .props_of(on)
                .filter(|p| p.settable)
                .map(|p| p.name)
                .collect();
            let fix = if can.is_empty() {
                "change the draft in a `map_` hook".to_owned()
            } else {
                format!("a rule may set: {}", can.join(", "))
            };
            self.error(
                at,
                "rule.cannot_set",
                format!("`{name}` of {} cannot be set", words(on)),
                fix,
            );
            return;
        }
        let takes = if prop.ty == Ty::Tracking {
            Ty::Map
        } else {
            prop.ty
        };
        let nothing = given == Ty::Unit && prop.optional;
        if !nothing && !given.fits(takes) {
            let fix = if takes == Ty::Text && given == Ty::Number {
                quoted(&self.file.text, value)
            } else {
                format!("give it {}", words(takes))
            };
            self.error(
                at,
                "rule.type_mismatch",
                format!("`{name}` takes {}, not {}", words(takes), words(given)),
                fix,
            );
        }
    }
}
