//! Which answers and changes of a rule no case reached.

use super::super::api::{Ty, shared_catalog};
use super::super::engine::parser;
use super::super::given::{RuleFile, place};
use crate::model::Place;
use rhai::{ASTNode, Expr, OptimizationLevel, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// An answer or a change that no case reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreached {
    /// Where it is written.
    pub place: Place,
    /// The line as written.
    pub line: String,
}

/// Every answer and every change a rule file can make, by place.
pub(super) fn points(file: &RuleFile) -> BTreeMap<(u32, u32), Place> {
    let mut engine = parser();
    engine.set_optimization_level(OptimizationLevel::None);
    let Ok(ast) = engine.compile(&file.text) else {
        return BTreeMap::new();
    };
    let mut found = BTreeMap::new();
    let mut add = |p: rhai::Position| {
        let at = place(&file.name, p);
        found.insert((at.line, at.column), at);
    };
    let answers = |name: &str| {
        shared_catalog()
            .funcs_named(name)
            .any(|f| f.returns == Ty::Answer)
    };
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::FnCall(c, p)) | ASTNode::Expr(Expr::FnCall(c, p)))
                if answers(&c.name) =>
            {
                add(*p)
            }
            Some(ASTNode::Stmt(Stmt::Assignment(a))) => {
                if let Expr::Dot(..) = a.1.lhs {
                    add(set_at(&a.1.lhs));
                }
            }
            _ => {}
        }
        true
    });
    found
}

/// Where the last property of a chain is written.
fn set_at(e: &Expr) -> rhai::Position {
    match e {
        Expr::Dot(x, ..) | Expr::Index(x, ..) => set_at(&x.rhs),
        other => other.position(),
    }
}

/// What is left when the reached places are taken out.
pub(super) fn left(file: &RuleFile, reached: &BTreeSet<(u32, u32)>) -> (usize, Vec<Unreached>) {
    let all = points(file);
    let n = all.len();
    let missing = all
        .into_iter()
        .filter(|(k, _)| !reached.contains(k))
        .map(|(_, place)| {
            let line = file
                .text
                .lines()
                .nth((place.line as usize).saturating_sub(1))
                .unwrap_or_default();
            Unreached {
                line: line.trim().chars().take(200).collect(),
                place,
            }
        });
    (n, missing.collect())
}
