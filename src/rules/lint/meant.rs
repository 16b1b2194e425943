//! What a rule says that can be parsed and is not meant so: a test for a value that is always there, a word that the source
//! does not know, `${..}` between plain quotes, a list that is changed where only a copy is.

use super::super::api::{Ty, shared_catalog};
use super::super::hook::Hook;
use super::flow::Walk;
use crate::model::{DocStatus, Kind, LineKind};
use rhai::{Expr, Position, Stmt};

/// A property at the end of a chain.
struct Asked {
    on: Ty,
    name: String,
    ty: Ty,
    optional: bool,
}

impl Walk<'_> {
    /// `x == y` as a statement of its own, of which nothing comes: `=` was meant.
    pub(super) fn compares_alone(&mut self, s: &Stmt) {
        let (call, p) = match s {
            Stmt::FnCall(call, p) => (call, *p),
            Stmt::Expr(e) => match &**e {
                Expr::FnCall(call, p) => (call, *p),
                _ => return,
            },
            _ => return,
        };
        if call.name != "==" {
            return;
        }
        let line = self.line(p);
        // The line may hold a true comparison as well: the one at this place is meant.
        let column = p.position().unwrap_or(1).saturating_sub(1);
        let from = line
            .char_indices()
            .nth(column.saturating_sub(self.indent(p)))
            .map_or(line.len(), |(n, _)| n);
        let (head, tail) = line.split_at(from);
        let fix = match (tail.strip_prefix("=="), line.matches("==").count()) {
            (Some(value), _) => format!("write: {head}={value}"),
            (None, 1) => format!("write: {}", line.replacen("==", "=", 1).trim()),
            (None, _) => "write one `=` to set the value".to_owned(),
        };
        let what = "`==` compares, and nothing comes of it here; a value is set by `=`".to_owned();
        self.warn(p, "rule.no_effect", what, fix);
    }

    /// The same at the end of a block whose value nobody takes: `if x { y == z; }` with more after it.
    pub(super) fn compares_within(&mut self, s: &Stmt) {
        match s {
            Stmt::If(f, _) => {
                self.compares_last(f.body.statements());
                self.compares_last(f.branch.statements());
            }
            Stmt::Block(b) => self.compares_last(b.statements()),
            s => self.compares_alone(s),
        }
    }

    /// The same of the last statement of such a block; those before it are told where the block is gone through.
    pub(super) fn compares_last(&mut self, block: &[Stmt]) {
        if let Some(last) = block.iter().rev().find(|s| !s.is_noop()) {
            self.compares_within(last);
        }
    }

    /// What a chain of properties asks for, as far as the list of properties tells.
    fn chain(&self, e: &Expr) -> Option<Asked> {
        let Expr::Dot(x, ..) = e else { return None };
        let on = match &x.lhs {
            Expr::Variable(v, ..) => self.vars.get(&v.1)?,
            other => self.chain(other)?.ty,
        };
        links(on, &x.rhs)
    }

    /// `x == ()` where `x` is never `()`.
    pub(super) fn never_missing(&mut self, e: &Expr, p: Position) {
        let Some(asked) = self.chain(e).filter(|a| !a.optional) else {
            return;
        };
        let what = format!(
            "`{}` of {} is never `()`: where the source has none it is empty",
            asked.name,
            asked.on.name()
        );
        let line = self.line(p);
        let fix = match asked.ty {
            Ty::Text if line.matches("= ()").count() == 1 => {
                format!("write: {}", line.replace("= ()", "= \"\""))
            }
            Ty::Text => "compare it with \"\"".to_owned(),
            _ => "take the test out".to_owned(),
        };
        self.warn(p, "rule.never_missing", what, fix);
    }

    /// A status or kind of the source compared with a word that it never is.
    pub(super) fn known_word(&mut self, e: &Expr, other: &Expr) {
        let Expr::StringConstant(word, at) = other else {
            return;
        };
        let Some(asked) = self.chain(e) else { return };
        let words: Vec<&str> = match (asked.on, asked.name.as_str()) {
            (Ty::Invoice, "status") => DocStatus::ALL.map(DocStatus::as_str).to_vec(),
            (Ty::Invoice, "kind") => Kind::DOCUMENTS.map(Kind::as_str).to_vec(),
            (Ty::Line | Ty::LineDraft, "kind") => LineKind::ALL.map(LineKind::as_str).to_vec(),
            _ => return,
        };
        if words.contains(&word.as_str()) {
            return;
        }
        let near = super::super::api::catalog::nearest(&word.to_lowercase(), words.iter().copied());
        let all = words.join(", ");
        let fix = match near {
            Some(near) => format!("write `\"{near}\"`; its words are: {all}"),
            None => format!("its words are: {all}"),
        };
        let what = format!(
            "the {} of {} is never \"{word}\"",
            asked.name,
            asked.on.name()
        );
        self.error(*at, "rule.unknown_word", what, fix);
    }

    /// A text between plain quotes with `${..}` in it.
    pub(super) fn filled_in(&mut self, text: &str, p: Position) {
        if !text.contains("${") {
            return;
        }
        let line = self.line(p);
        let column = p.position().unwrap_or(1).saturating_sub(1);
        let indent = self.indent(p);
        let quote = line.char_indices().nth(column.saturating_sub(indent));
        let Some((from, '"')) = quote else { return };
        let inner = line.get(from + 1..).unwrap_or_default();
        let Some(end) = inner.find('"') else { return };
        let head = line.get(..from).unwrap_or_default();
        let (middle, tail) = (inner.get(..end), inner.get(end + 1..));
        let fixed = format!(
            "{head}`{}`{}",
            middle.unwrap_or_default(),
            tail.unwrap_or_default()
        );
        self.warn(
            p,
            "rule.not_filled_in",
            "`${..}` is filled in between backticks only; between quotes it stays as it is written"
                .to_owned(),
            format!("write: {fixed}"),
        );
    }

    /// A list of the document that is changed: it is a copy. Answers whether it was told.
    pub(super) fn list_changed(&mut self, name: &str, on: Option<Ty>, p: Position) -> bool {
        let changes = [
            "push", "insert", "append", "remove", "pop", "shift", "clear", "truncate",
        ];
        let of = match on {
            Some(Ty::Lines | Ty::LineDrafts) => "lines",
            Some(Ty::Payments) => "payments",
            Some(Ty::Plan) => "instalments",
            _ => return false,
        };
        if !changes.contains(&name) {
            return false;
        }
        self.error(
            p,
            "rule.list_fixed",
            format!("`{name}` changes a copy: a rule neither makes {of} nor takes them away"),
            "take this line out; hold(why) where one is missing, or leave the document out with skip(why)",
        );
        true
    }

    /// A draft that is changed where a hook only looks. Answers whether it was told.
    pub(super) fn only_looks(&mut self, on: Ty, name: &str, p: Position) -> bool {
        let (hook, draft) = match self.hook {
            Some(h @ (Hook::Check | Hook::OnConflict)) => (h, Hook::MapInvoice),
            Some(h @ Hook::MatchContact) => (h, Hook::MapContact),
            Some(h @ Hook::MatchItem) => (h, Hook::MapLine),
            _ => return false,
        };
        if !matches!(on, Ty::InvoiceDraft | Ty::LineDraft | Ty::ContactDraft) {
            return false;
        }
        self.error(
            p,
            "rule.cannot_set",
            format!(
                "`{}` looks at the draft and changes nothing: `{name}` cannot be set",
                hook.name()
            ),
            format!("move this line into `fn {}`", draft.signature()),
        );
        true
    }

    fn line(&self, p: Position) -> String {
        let n = p.line().unwrap_or(1).saturating_sub(1);
        self.file
            .text
            .lines()
            .nth(n)
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    fn indent(&self, p: Position) -> usize {
        let n = p.line().unwrap_or(1).saturating_sub(1);
        let line = self.file.text.lines().nth(n).unwrap_or_default();
        line.chars().take_while(|c| c.is_whitespace()).count()
    }
}

fn links(on: Ty, e: &Expr) -> Option<Asked> {
    match e {
        Expr::Property(names, _) => {
            let name = names.2.as_str();
            let prop = shared_catalog().prop(on, name)?;
            Some(Asked {
                on,
                name: name.to_owned(),
                ty: prop.ty,
                optional: prop.optional,
            })
        }
        Expr::Dot(y, ..) => links(links(on, &y.lhs)?.ty, &y.rhs),
        _ => None,
    }
}
