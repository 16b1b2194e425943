//! `switch`: Rhai compares a case by a hash of its value, so that a case of another kind never fits and
//! nothing says so. The cases' values are gone from the tree; they are read from the text again.

use super::super::api::Ty;
use super::expr::words;
use super::flow::{End, Walk};
use rhai::{Position, SwitchCasesCollection, Token};

/// A value that a case is written with.
struct Case {
    ty: Ty,
    shown: String,
    at: Position,
}

impl Walk<'_> {
    pub(super) fn switch(&mut self, s: &(rhai::Expr, SwitchCasesCollection), p: Position) -> End {
        let on = self.expr(&s.0);
        for case in self.cases(p) {
            let known = matches!(on, Ty::Text | Ty::Number | Ty::Bool);
            if known && case.ty != on {
                let fix = if on == Ty::Text && case.ty == Ty::Number {
                    format!("write the number in quotes: \"{}\"", case.shown)
                } else {
                    "write cases of the same kind".to_owned()
                };
                self.error(
                    case.at,
                    "rule.type_mismatch",
                    format!(
                        "this case is {}, and the value is {}: it never fits",
                        words(case.ty),
                        words(on)
                    ),
                    fix,
                );
            } else if on == Ty::Number && case.shown.contains('.') {
                self.warn(
                    case.at,
                    "rule.exact_case",
                    "a case fits a number only when it is written with the same digits".to_owned(),
                    "use `if` with == for amounts",
                );
            }
        }
        let mut ends = Vec::new();
        for (n, e) in s.1.expressions.iter().enumerate() {
            self.expr_condition(&e.lhs);
            let end = match &e.rhs {
                rhai::Expr::Stmt(b) => self.block(b.statements()),
                other => End::of(self.expr(other)),
            };
            let _ = n;
            ends.push(end);
        }
        if s.1.def_case.is_none() {
            ends.push(End::UNIT);
        }
        ends.into_iter().reduce(End::or).unwrap_or(End::UNIT)
    }

    fn expr_condition(&mut self, e: &rhai::Expr) {
        if !matches!(e, rhai::Expr::BoolConstant(true, _)) {
            self.condition(e);
        }
    }

    /// The literals before `=>` of the switch at a position.
    fn cases(&self, p: Position) -> Vec<Case> {
        let tokens = self.tokens.iter().skip_while(|(_, at)| *at != p);
        let (mut depth, mut found, mut pending) = (0usize, Vec::new(), Vec::new());
        let (mut begun, mut guarded) = (false, false);
        for (token, at) in tokens {
            match token {
                Token::LeftBrace | Token::MapStart => {
                    depth += 1;
                    begun = true;
                }
                Token::LeftParen | Token::LeftBracket => depth += 1,
                Token::RightBrace | Token::RightParen | Token::RightBracket => {
                    depth = depth.saturating_sub(1);
                    if begun && depth == 0 {
                        break;
                    }
                }
                Token::EOF => break,
                Token::DoubleArrow if depth == 1 && begun => {
                    found.append(&mut pending);
                    guarded = false;
                }
                Token::Comma if depth == 1 => pending.clear(),
                Token::If if depth == 1 => guarded = true,
                t if depth == 1 && begun && !guarded => {
                    let (ty, shown) = match t {
                        Token::StringConstant(s) => (Ty::Text, s.to_string()),
                        Token::CharConstant(c) => (Ty::Text, c.to_string()),
                        Token::IntegerConstant(n) => (Ty::Number, n.to_string()),
                        Token::DecimalConstant(d) => (Ty::Number, d.0.to_string()),
                        Token::True | Token::False => (Ty::Bool, String::new()),
                        _ => continue,
                    };
                    pending.push(Case { ty, shown, at: *at });
                }
                _ => {}
            }
        }
        found
    }
}
