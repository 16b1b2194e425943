//! (being built)
use super::compile::{RuleFile, Table, parser};
use crate::model::Diagnostic;
use std::collections::BTreeMap;
/// Mistakes of rule files.
pub fn lint(files: &[RuleFile], _tables: &BTreeMap<String, Table>) -> Vec<Diagnostic> {
    let engine = parser();
    files
        .iter()
        .filter_map(|f| {
            engine
                .compile(&f.text)
                .err()
                .map(|e| super::fault::cannot_parse(f, &e))
        })
        .collect()
}
