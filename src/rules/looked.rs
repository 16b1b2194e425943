//! The fields of its own that a rule looks for in an invoice: what can be compared with the source before a rule has run.
//!
//! Flows in: rule files. Flows out: each name, and where it is written. Only what is written as it stands,
//! `invoice.fields["PO"]` or `invoice.fields.PO`, is seen. A file that cannot be read is told by the lint.

use super::engine::parser;
use super::given::{RuleFile, place};
use crate::model::Place;
use rhai::{ASTNode, BinaryExpr, Expr, OptimizationLevel};

/// A field that a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookedField {
    /// Where.
    pub place: Place,
    /// Its name.
    pub name: String,
}

/// Every field that some rule files look for in an invoice.
pub fn looked_for(files: &[RuleFile]) -> Vec<LookedField> {
    let mut found = Vec::new();
    for file in files {
        let mut engine = parser();
        engine.set_optimization_level(OptimizationLevel::None);
        let Ok(ast) = engine.compile(&file.text) else {
            continue;
        };
        ast.walk(&mut |path: &[ASTNode]| {
            if let Some(ASTNode::Expr(Expr::Dot(x, ..))) = path.last()
                && let Expr::Variable(v, _, at) = &x.lhs
                && matches!(v.1.as_str(), "invoice" | "document")
                && let Some(name) = field(&x.rhs)
            {
                found.push(LookedField {
                    place: place(&file.name, *at),
                    name,
                });
            }
            true
        });
    }
    found.sort();
    found.dedup();
    found
}

/// The name in `fields["NAME"]` or `fields.NAME`.
fn field(e: &Expr) -> Option<String> {
    let of = |x: &BinaryExpr| match &x.lhs {
        Expr::Property(names, _) => names.2.as_str() == "fields",
        _ => false,
    };
    match e {
        Expr::Index(x, ..) if of(x) => match &x.rhs {
            Expr::StringConstant(name, _) => Some(name.to_string()),
            _ => None,
        },
        Expr::Dot(x, ..) if of(x) => match &x.rhs {
            Expr::Property(names, _) => Some(names.2.to_string()),
            _ => None,
        },
        _ => None,
    }
}
