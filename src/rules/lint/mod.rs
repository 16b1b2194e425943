//! Mistakes in rule files, found before any rule runs, all at once.
//!
//! Flows in: rule files and the names of lookup tables. Flows out: diagnostics with file, line, column,
//! what is wrong and what to do. Types are followed as far as they are known: a hook's parameters are,
//! and so is everything read from them; what is not known is left to the checks at run time.

mod calls;
mod chain;
mod expr;
mod flow;
mod functions;
mod meant;
mod scope;
mod switches;
mod written;

use super::api::catalog::nearest;
use super::api::ops;
use super::engine::parser;
use super::fault::cannot_parse;
use super::given::{RuleFile, Table, place};
use super::hook::Hook;
use super::limits;
use crate::model::{Diagnostic, Place};
use flow::Walk;
use functions::Function;
use rhai::{AST, OptimizationLevel};
use std::collections::BTreeMap;

/// Everything found in some rule files, in the order of files and lines.
pub fn lint(files: &[RuleFile], tables: &BTreeMap<String, Table>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if files.len() > limits::FILES {
        let at = Place {
            file: "rules".to_owned(),
            ..Place::default()
        };
        found.push(Diagnostic::error(
            at,
            "rule.too_many_files",
            format!(
                "{} rule files, at most {} are read",
                files.len(),
                limits::FILES
            ),
            "put rules that belong together into one file",
        ));
        return found;
    }
    let mut last_word: BTreeMap<Hook, String> = BTreeMap::new();
    for file in files {
        let (mut of_file, decided) = one(file, tables, &last_word);
        of_file.sort();
        of_file.dedup();
        found.extend(of_file);
        for hook in decided {
            last_word.entry(hook).or_insert_with(|| file.name.clone());
        }
    }
    found
}

/// One file, and the hooks for which it always has the last word.
fn one(
    file: &RuleFile,
    tables: &BTreeMap<String, Table>,
    last_word: &BTreeMap<Hook, String>,
) -> (Vec<Diagnostic>, Vec<Hook>) {
    if file.text.len() > limits::SOURCE_BYTES {
        let at = Place {
            file: file.name.clone(),
            ..Place::default()
        };
        let what = format!(
            "the file has {} KB, at most {} KB are read",
            file.text.len() / 1024,
            limits::SOURCE_BYTES / 1024
        );
        return (
            vec![Diagnostic::error(
                at,
                "rule.too_large",
                what,
                "move data into a lookup table of the tenant's file",
            )],
            vec![],
        );
    }
    let mut engine = parser();
    engine.set_optimization_level(OptimizationLevel::None);
    let tokens = ops::listen(&mut engine);
    let ast = match engine.compile(&file.text) {
        Ok(ast) => ast,
        Err(err) => return (vec![cannot_parse(file, &err)], vec![]),
    };
    let mut lint = LintedFile {
        file,
        found: Vec::new(),
    };
    lint.top_level(&ast);
    let mut decided = Vec::new();
    let functions = functions::functions(&ast);
    let tokens = tokens.lock().map(|t| t.clone()).unwrap_or_default();
    for f in functions.iter().filter(|f| !f.is_anonymous()) {
        let hook = lint.function(f, &functions);
        let walk = Walk::new(file, &functions, tables, (hook, &f.name), &tokens);
        let (found, keeps) = walk.function(f);
        lint.found.extend(found);
        if let Some(hook) = hook {
            if let Some(earlier) = last_word.get(&hook) {
                let what = format!(
                    "`{}` is never asked: {earlier} stands before it and always has the last word",
                    hook.name()
                );
                lint.warn(
                    lint.name_at(&f.name),
                    "rule.unreachable",
                    what,
                    "let the earlier rule keep() where it has nothing to say",
                );
            }
            if !keeps {
                decided.push(hook);
            }
        }
    }
    lint.found.extend(super::spec::mistakes(file));
    (lint.found, decided)
}

struct LintedFile<'a> {
    file: &'a RuleFile,
    found: Vec<Diagnostic>,
}

impl LintedFile<'_> {
    fn error(&mut self, at: Place, code: &str, what: String, fix: impl Into<String>) {
        self.found
            .push(Diagnostic::error(at, code, what, fix).with_snippet(&self.file.text));
    }

    fn warn(&mut self, at: Place, code: &str, what: String, fix: impl Into<String>) {
        self.found
            .push(Diagnostic::warning(at, code, what, fix).with_snippet(&self.file.text));
    }

    /// Where a function's name is written.
    fn name_at(&self, name: &str) -> Place {
        let at = function_line(&self.file.text, name);
        let (line, column) = at.unwrap_or((0, 0));
        Place {
            file: self.file.name.clone(),
            line,
            column,
        }
    }

    fn top_level(&mut self, ast: &AST) {
        let first = ast.statements().iter().find(|s| !s.is_noop());
        if let Some(s) = first {
            self.error(
                place(&self.file.name, s.position()),
                "rule.outside",
                "a rule file holds functions only; this stands outside of them and would never run"
                    .to_owned(),
                "move it into a function: `fn rate() { 0.1 }`",
            );
        }
    }

    /// Says whether a function is a hook, and complains when it only nearly is.
    fn function(&mut self, f: &Function, all: &[Function]) -> Option<Hook> {
        let at = self.name_at(&f.name);
        if let Some(hook) = Hook::parse(&f.name) {
            if f.params.len() == hook.params().len() {
                return Some(hook);
            }
            let what = format!(
                "`{}` is a hook with {}, not {}",
                f.name,
                counted(hook.params().len()),
                f.params.len()
            );
            self.error(
                at,
                "rule.hook_parameters",
                what,
                format!("write `fn {}`", hook.signature()),
            );
            return None;
        }
        if Hook::LATER.iter().any(|(name, _)| *name == f.name.as_str()) {
            let what = format!(
                "the hook `{}` belongs to a flow that this version does not run",
                f.name
            );
            self.error(at, "rule.hook_not_built", what, "take it out until then");
            return None;
        }
        let called = functions::mentions(all, &f.name);
        if called {
            return None;
        }
        match nearest(&f.name, Hook::ALL.iter().map(|h| h.name())) {
            Some(near) => self.error(
                at,
                "rule.hook_name",
                format!("`{}` is no hook, and nothing calls it", f.name),
                format!("did you mean `{near}`?"),
            ),
            None => self.warn(
                at,
                "rule.unused_function",
                format!("nothing calls `{}`", f.name),
                format!("a hook is one of: {}", Hook::ALL.map(Hook::name).join(", ")),
            ),
        }
        None
    }
}

fn counted(n: usize) -> String {
    if n == 1 {
        "1 parameter".to_owned()
    } else {
        format!("{n} parameters")
    }
}

/// The line and column of a function's name in a text.
pub(super) fn function_line(text: &str, name: &str) -> Option<(u32, u32)> {
    for (n, line) in text.lines().enumerate() {
        let Some(at) = line.find("fn ") else { continue };
        let before = line.get(..at).unwrap_or("").trim();
        if !(before.is_empty() || before == "private") {
            continue;
        }
        let rest = line.get(at + 3..).unwrap_or("");
        let trimmed = rest.trim_start();
        let Some(after) = trimmed.strip_prefix(name) else {
            continue;
        };
        if after.trim_start().starts_with('(') {
            let column = line.len() - trimmed.len();
            let column = line.get(..column).map_or(0, |s| s.chars().count());
            return Some((
                u32::try_from(n).unwrap_or(0) + 1,
                u32::try_from(column).unwrap_or(0) + 1,
            ));
        }
    }
    None
}
