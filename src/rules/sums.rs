//! Which hooks look at what a line comes to, so that it is worked out for those alone: nearly every rule asks of a line what it
//! is, and not how much.
//!
//! Flows in: a rule file's tree. Flows out: whether a hook of it may read a line's sums, by itself or through a function of the
//! file. In doubt it may: a hook that calls another hook is not followed.

use super::hook::Hook;
use rhai::{AST, ASTNode, Expr, Stmt};

/// The fields of a line that are sums.
const SUMS: [&str; 2] = ["amount", "tax_amount"];

/// Whether a hook may read what a line comes to.
pub(super) fn reads(ast: &AST, hook: Hook) -> bool {
    let mut own = ast.clone();
    own.retain_functions(|_, _, name, _| Hook::parse(name).is_none_or(|h| h == hook));
    let mut found = false;
    own.walk(&mut |path: &[ASTNode]| {
        found |= match path.last() {
            Some(ASTNode::Expr(Expr::Property(p, _))) => SUMS.contains(&p.2.as_str()),
            Some(ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)))
            | Some(ASTNode::Stmt(Stmt::FnCall(call, _))) => {
                Hook::parse(call.name.as_str()).is_some()
            }
            // A function can be given by its name.
            Some(ASTNode::Expr(Expr::Variable(v, ..))) => Hook::parse(v.1.as_str()).is_some(),
            _ => false,
        };
        !found
    });
    found
}
