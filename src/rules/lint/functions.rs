//! The functions of a file, each with its statements.
//!
//! Rhai shows a function's statements only while it walks the whole tree, without saying whose they are;
//! so each is given to the innermost function whose braces it stands between.

use rhai::{AST, ASTNode, Expr, ImmutableString, Position, Stmt};

/// A function.
#[derive(Debug)]
pub(super) struct Function {
    pub name: ImmutableString,
    pub params: Vec<ImmutableString>,
    pub body: Vec<Stmt>,
    pub start: Position,
    end: Position,
}

impl Function {
    /// Whether a position is inside. A function written as one expression has no end of its own.
    fn holds(&self, p: Position) -> bool {
        if self.end.is_none() {
            return p == self.start;
        }
        self.start <= p && p <= self.end
    }

    /// Whether it was written as `|x| ..`.
    pub(super) fn is_anonymous(&self) -> bool {
        self.name.starts_with("anon$")
    }
}

/// Every function, in the order of the file.
pub(super) fn functions(ast: &AST) -> Vec<Function> {
    let mut all: Vec<Function> = ast
        .iter_fn_def()
        .map(|f| Function {
            name: f.name.clone(),
            params: f.params.iter().cloned().collect(),
            body: Vec::new(),
            start: f.body.start_position(),
            end: f.body.end_position(),
        })
        .collect();
    all.sort_by_key(|f| f.start);
    let mut statements = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(s)] = path {
            statements.push((*s).clone());
        }
        true
    });
    for s in statements {
        let p = s.position();
        // The later a function starts, the further inside it is.
        let owner = all.iter_mut().rev().find(|f| f.holds(p));
        if let Some(f) = owner {
            f.body.push(s);
        }
    }
    all
}

/// Whether any function mentions a name, as a call or as a value.
pub(super) fn mentions(all: &[Function], name: &str) -> bool {
    all.iter().flat_map(|f| &f.body).any(|s| {
        let mut found = false;
        let mut path = Vec::new();
        s.walk(&mut path, &mut |path: &[ASTNode]| {
            found |= match path.last() {
                Some(ASTNode::Stmt(Stmt::FnCall(c, _))) => c.name == name,
                Some(ASTNode::Expr(Expr::FnCall(c, _) | Expr::MethodCall(c, _))) => c.name == name,
                Some(ASTNode::Expr(Expr::Variable(v, ..))) => v.1 == name,
                _ => false,
            };
            !found
        });
        found
    })
}
