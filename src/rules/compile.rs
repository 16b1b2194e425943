//! Compiling a tenant's rule files.
//!
//! Flows in: files as text with their parameters, lookup tables. Flows out: a [`RuleSet`], or every
//! mistake at once with file, line, column and cure. A file holds functions and nothing else.

use super::api::ParamsRef;
use super::engine::parser;
use super::given::{RuleFile, Table};
use super::hook::Hook;
use super::short::Short;
use super::sums;
use crate::model::{Diagnostic, Severity};
use rhai::{AST, OptimizationLevel};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A tenant's compiled rules. Small, and shared by threads; each thread has its own [`super::Runner`].
#[derive(Clone)]
pub struct RuleSet(pub(super) Arc<CompiledRules>);

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.files.iter().map(|f| &f.name))
            .finish()
    }
}

pub(super) struct CompiledRules {
    pub files: Vec<CompiledFile>,
    pub mask: u32,
    /// The hooks of lines that look at what a line comes to.
    pub sums: u32,
    pub tables: Arc<BTreeMap<String, Table>>,
}

pub(super) struct CompiledFile {
    pub name: Arc<str>,
    pub ast: AST,
    pub mask: u32,
    pub sums: u32,
    pub params: ParamsRef,
    /// The hooks that are plain enough for the short way, with their bits.
    pub short: Vec<(u32, Short)>,
}

impl CompiledFile {
    /// The short way of a hook.
    pub(super) fn short(&self, hook: Hook) -> Option<&Short> {
        let mut all = self.short.iter();
        all.find(|(bit, _)| *bit == hook.bit()).map(|(_, s)| s)
    }
}

impl RuleSet {
    /// Compiles rule files; the order of the files is the order in which they have their say.
    ///
    /// # Errors
    /// Every mistake found, when one of them keeps the rules from running.
    pub fn compile(
        files: &[RuleFile],
        tables: &BTreeMap<String, Table>,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::compile_at(files, tables, OptimizationLevel::Simple)
    }

    /// Compiles without Rhai's optimiser and without the short way, to show that neither changes an answer.
    ///
    /// # Errors
    /// As [`RuleSet::compile`].
    pub fn compile_plainly(
        files: &[RuleFile],
        tables: &BTreeMap<String, Table>,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        Self::compile_at(files, tables, OptimizationLevel::None)
    }

    fn compile_at(
        files: &[RuleFile],
        tables: &BTreeMap<String, Table>,
        level: OptimizationLevel,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let found = super::lint::lint(files, tables);
        if found.iter().any(|d| d.severity == Severity::Error) {
            return Err(found);
        }
        let mut engine = parser();
        engine.set_optimization_level(level);
        let mut compiled = Vec::new();
        for file in files {
            let ast = engine
                .compile(&file.text)
                .map_err(|e| vec![super::fault::cannot_parse(file, &e)])?;
            compiled.push(one(file, ast, level != OptimizationLevel::None));
        }
        let mask = compiled.iter().fold(0, |m, f| m | f.mask);
        let sums = compiled.iter().fold(0, |m, f| m | f.sums);
        let tables = Arc::new(tables.clone());
        let set = CompiledRules {
            files: compiled,
            mask,
            sums,
            tables,
        };
        Ok((Self(Arc::new(set)), found))
    }

    /// No rules at all.
    pub fn empty() -> Self {
        Self(Arc::new(CompiledRules {
            files: Vec::new(),
            mask: 0,
            sums: 0,
            tables: Arc::default(),
        }))
    }

    /// The hooks that need not be run by Rhai's evaluation, each with its file; for tests and for curiosity.
    pub fn plain_hooks(&self) -> Vec<(String, Hook)> {
        let all = self.0.files.iter().flat_map(|f| {
            let plain = Hook::ALL.into_iter().filter(|h| f.short(*h).is_some());
            plain.map(|h| (f.name.to_string(), h))
        });
        all.collect()
    }

    /// Whether any file has the hook; a test of one bit.
    pub fn has(&self, hook: Hook) -> bool {
        self.0.mask & hook.bit() != 0
    }

    /// Whether any file has the hook, and it may look at what a line comes to.
    pub fn reads_sums(&self, hook: Hook) -> bool {
        self.0.sums & hook.bit() != 0
    }
}

fn one(file: &RuleFile, ast: AST, short: bool) -> CompiledFile {
    let mask = ast
        .iter_functions()
        .filter_map(|f| Hook::parse(f.name).filter(|h| h.params().len() == f.params.len()))
        .fold(0, |m, h| m | h.bit());
    let name: Arc<str> = file.name.as_str().into();
    let plain = Hook::ALL.iter().filter(|h| short && mask & h.bit() != 0);
    let short = plain.filter_map(|h| Some((h.bit(), Short::of(&ast, *h)?)));
    let short = short.collect();
    let of_lines = [Hook::MatchItem, Hook::MapLine].into_iter();
    let sums = of_lines.filter(|h| mask & h.bit() != 0 && sums::reads(&ast, *h));
    let sums = sums.fold(0, |m, h| m | h.bit());
    let values = file.params.iter().map(|(k, v)| (k.clone(), v.dynamic()));
    CompiledFile {
        params: ParamsRef {
            file: Arc::clone(&name),
            values: Arc::new(values.collect()),
        },
        name,
        ast,
        mask,
        sums,
        short,
    }
}
