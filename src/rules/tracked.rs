//! The tracking categories that rules name: what can be compared with the ledger before a rule has run.
//!
//! Flows in: rule files. Flows out: each category with its option, and where it is written. Only what is written as it
//! stands, `line.tracking = #{ "Region": "North" }`, is seen; what a rule makes up is not known before it runs. A file that
//! cannot be read is told by the lint.

use super::engine::parser;
use super::given::{RuleFile, place};
use crate::model::Tracked;
use rhai::{ASTNode, Expr, OptimizationLevel, Stmt};

/// Every tracking category that some rule files name.
pub fn tracked(files: &[RuleFile]) -> Vec<Tracked> {
    let mut found = Vec::new();
    for file in files {
        let mut engine = parser();
        engine.set_optimization_level(OptimizationLevel::None);
        let Ok(ast) = engine.compile(&file.text) else {
            continue;
        };
        ast.walk(&mut |path: &[ASTNode]| {
            if let Some(ASTNode::Stmt(Stmt::Assignment(a))) = path.last()
                && is_tracking(&a.1.lhs)
                && let Expr::Map(map, at) = &a.1.rhs
            {
                for (name, value) in &map.0 {
                    found.push(Tracked {
                        category: name.as_str().to_owned(),
                        option: match value {
                            Expr::StringConstant(text, _) => Some(text.to_string()),
                            _ => None,
                        },
                        place: place(&file.name, *at),
                    });
                }
            }
            true
        });
    }
    found
}

/// Whether a chain ends in the property that holds tracking.
fn is_tracking(lhs: &Expr) -> bool {
    match lhs {
        Expr::Dot(x, ..) | Expr::Index(x, ..) => is_tracking(&x.rhs),
        Expr::Property(names, _) => names.2.as_str() == "tracking",
        _ => false,
    }
}
