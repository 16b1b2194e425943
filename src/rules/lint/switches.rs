//! `switch`: Rhai compares a case by a hash of its value, so that a case of another kind never fits and
//! nothing says so; nor does the case 100 fit an amount of 100.00. The cases' values are gone from the
//! tree; they are read from the tokens.

use super::super::api::Ty;
use super::expr::words;
use super::flow::{BlockEnd, Walk};
use super::written::{in_quotes, number_at};
use rhai::{Position, SwitchCasesCollection, Token};

/// A value that a case is written with.
struct SwitchCase {
    ty: Ty,
    shown: String,
    at: Position,
}

impl Walk<'_> {
    pub(super) fn switch(
        &mut self,
        s: &(rhai::Expr, SwitchCasesCollection),
        p: Position,
    ) -> BlockEnd {
        let on = self.expr(&s.0);
        for case in self.cases(p) {
            let known = matches!(on, Ty::Text | Ty::Number | Ty::Bool);
            if known && case.ty != on {
                let fix = if on == Ty::Text && case.ty == Ty::Number {
                    let written = number_at(&self.file.text, case.at);
                    in_quotes(written.unwrap_or(&case.shown))
                } else {
                    "write cases of the same kind".to_owned()
                };
                let what = format!(
                    "this case is {}, and the value is {}: it never fits",
                    words(case.ty),
                    words(on)
                );
                self.error(case.at, "rule.type_mismatch", what, fix);
            } else if case.ty == Ty::Number {
                self.error(
                    case.at,
                    "rule.number_case",
                    format!(
                        "a case does not compare numbers: {} would miss an amount of {}.00",
                        case.shown, case.shown
                    ),
                    "use `if x == 100`, or a range as the case: `100..=100`",
                );
            }
        }
        let mut ends = Vec::new();
        for (n, e) in s.1.expressions.iter().enumerate() {
            self.expr_condition(&e.lhs);
            let end = match &e.rhs {
                rhai::Expr::Stmt(b) => self.block(b.statements()),
                other => BlockEnd::of(self.expr(other)),
            };
            let _ = n;
            ends.push(end);
        }
        if s.1.def_case.is_none() {
            ends.push(BlockEnd::UNIT);
        }
        ends.into_iter()
            .reduce(BlockEnd::or)
            .unwrap_or(BlockEnd::UNIT)
    }

    fn expr_condition(&mut self, e: &rhai::Expr) {
        if !matches!(e, rhai::Expr::BoolConstant(true, _)) {
            self.condition(e);
        }
    }

    /// The literals before `=>` of the switch at a position.
    fn cases(&self, p: Position) -> Vec<SwitchCase> {
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
                // The ends of a range are compared as numbers; they are no cases of their own.
                Token::ExclusiveRange | Token::InclusiveRange if depth == 1 => {
                    pending.clear();
                    guarded = true;
                }
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
                    pending.push(SwitchCase { ty, shown, at: *at });
                }
                _ => {}
            }
        }
        found
    }
}
