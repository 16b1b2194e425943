//! Running cases.

use super::super::compile::RuleSet;
use super::super::given::{Param, RuleFile, Table};
use super::super::hook::Hook;
use super::super::limits;
use super::super::outcome::Ruling;
use super::super::runner::{Context, Runner};
use super::coverage::{Unreached, left};
use super::disputed::disputed;
use super::expect::{Came, differs};
use super::{Case, Setting, document as doc, example, read};
use crate::model::{Diagnostic, Kind, Origin, Place, Trace};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How one case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// The hook it asks.
    pub hook: &'static str,
    /// What went wrong; `None` when it passed.
    pub failed: Option<String>,
    /// What the rule printed.
    pub printed: Vec<String>,
}

/// How the cases of one rule file went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// One result a case, in the order written: examples first.
    pub results: Vec<CaseResult>,
    /// Mistakes in the rule or its spec. With an error among them no case has run.
    pub diagnostics: Vec<Diagnostic>,
    /// How many answers and changes the rule can make.
    pub points: usize,
    /// Those that no case reached.
    pub unreached: Vec<Unreached>,
}

impl Report {
    /// Whether every case passed and nothing is wrong.
    pub fn passed(&self) -> bool {
        self.results.iter().all(|r| r.failed.is_none())
            && !self
                .diagnostics
                .iter()
                .any(|d| d.severity == crate::model::Severity::Error)
    }
}

/// Runs the examples of a rule file and the cases of its spec (its file name and text).
pub fn run(file: &RuleFile, spec: Option<(&str, &str)>) -> Report {
    run_with(file, spec, &BTreeMap::new())
}

/// The same with the tables of a tenant that uses the rule, where the spec gives none of that name.
pub fn run_with(
    file: &RuleFile,
    spec: Option<(&str, &str)>,
    tables: &BTreeMap<String, Table>,
) -> Report {
    let mut report = Report::default();
    let (mut cases, found) = example::examples(file);
    report.diagnostics.extend(found);
    let mut setting = Setting::default();
    if let Some((name, text)) = spec {
        match read::read(name, text) {
            Ok((s, more)) => {
                setting = s;
                cases.extend(more);
            }
            Err(found) => report.diagnostics.extend(found),
        }
    }
    for (name, table) in tables {
        let own = setting.tables.entry(name.clone());
        own.or_insert_with(|| table.clone());
    }
    let mut bench = Bench {
        file,
        setting,
        runner: Runner::with_wall(limits::WALL),
        rules: BTreeMap::new(),
        reached: BTreeSet::new(),
    };
    bench.runner.note_answers();
    if let Err(found) = bench.rules_for(&Value::Null) {
        report.diagnostics.extend(found);
        return report;
    }
    for case in &cases {
        report.results.push(bench.case(case));
    }
    let (points, unreached) = left(file, &bench.reached);
    report.points = points;
    report.unreached = unreached;
    report
}

struct Bench<'a> {
    file: &'a RuleFile,
    setting: Setting,
    runner: Runner,
    rules: BTreeMap<String, RuleSet>,
    reached: BTreeSet<(u32, u32)>,
}

impl Bench<'_> {
    /// The rules compiled with a case's parameters.
    fn rules_for(&mut self, params: &Value) -> Result<RuleSet, Vec<Diagnostic>> {
        let key = params.to_string();
        if let Some(set) = self.rules.get(&key) {
            return Ok(set.clone());
        }
        let mut file = self.file.clone();
        for given in [&self.setting.params, params] {
            for (k, v) in given.as_object().into_iter().flatten() {
                file.params.insert(k.clone(), param(v));
            }
        }
        let (set, warnings) = RuleSet::compile(&[file], &self.setting.tables)?;
        let _ = warnings;
        self.rules.insert(key, set.clone());
        Ok(set)
    }

    fn case(&mut self, case: &Case) -> CaseResult {
        let mut printed = Vec::new();
        let failed = match self.rules_for(&case.params) {
            Err(found) => Some(
                found
                    .iter()
                    .map(|d| d.what.clone())
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
            Ok(rules) => match self.ask(&rules, case, &mut printed) {
                Err(what) => Some(what),
                Ok(came) => differs(&case.expect, &came),
            },
        };
        for p in self.runner.noted_answers() {
            self.reached.insert((p.line, p.column));
        }
        CaseResult {
            name: case.name.clone(),
            place: case.place.clone(),
            hook: case.hook.name(),
            failed,
            printed,
        }
    }

    fn changed(&mut self, changes: &Trace) {
        for s in changes.steps() {
            if let Origin::Rule { place, .. } = &s.origin {
                self.reached.insert((place.line, place.column));
            }
        }
    }

    fn ask(
        &mut self,
        rules: &RuleSet,
        case: &Case,
        printed: &mut Vec<String>,
    ) -> Result<Came, String> {
        let ctx = Arc::new(Context {
            tenant: "spec".into(),
            run: "spec".into(),
            today: self.setting.today,
            trace: true,
        });
        if !rules.has(case.hook) {
            return Err(format!("the rule has no `{}`", case.hook.name()));
        }
        let r = &mut self.runner;
        let fault = |e: super::super::MachineFault| e.to_string();
        let (given, with) = (&case.given, &case.with);
        let (ruling, draft) = match case.hook {
            Hook::Select => {
                let (own, rest) = doc::split(given, &["in_ledger"]);
                let linked = own.get("in_ledger").and_then(Value::as_bool) == Some(true);
                let invoice = Arc::new(doc::invoice(&rest)?);
                (
                    r.select(rules, &ctx, &invoice, linked).map_err(fault)?,
                    Value::Null,
                )
            }
            Hook::SelectPayment => {
                let (payment, invoice) = (doc::payment(given)?, Arc::new(doc::invoice(with)?));
                (
                    r.select_payment(rules, &ctx, &payment, &invoice)
                        .map_err(fault)?,
                    Value::Null,
                )
            }
            Hook::MapContact => {
                let mut draft = doc::contact_draft(given)?;
                let ruling = r.map_contact(rules, &ctx, &mut draft).map_err(fault)?;
                (ruling, json(&draft)?)
            }
            Hook::MapLine => {
                let (mut draft, line) = doc::line_draft(given)?;
                let mut invoice = doc::invoice(with)?;
                if invoice.lines.is_empty() {
                    invoice.lines.push(line);
                }
                let ruling = r
                    .map_line(rules, &ctx, &mut draft, 1, &Arc::new(invoice))
                    .map_err(fault)?;
                (ruling, json(&draft)?)
            }
            Hook::MapPayment => {
                let mut draft = doc::payment_draft(given)?;
                let ruling = r
                    .map_payment(rules, &ctx, &mut draft, doc::posted(with)?)
                    .map_err(fault)?;
                (ruling, json(&draft)?)
            }
            Hook::MatchContact | Hook::MatchItem | Hook::OnConflict => {
                return chosen(r, rules, &ctx, case, printed);
            }
            // Every other is about a whole document.
            _ => document(r, rules, &ctx, case)?,
        };
        *printed = ruling.printed.clone();
        self.changed(&ruling.changes);
        Ok(Came::of_ruling(&ruling, draft))
    }
}

/// A case of a hook that chooses among what the ledger has.
fn matched(
    r: &mut Runner,
    rules: &RuleSet,
    ctx: &Arc<Context>,
    case: &Case,
) -> Result<Came, String> {
    let (given, with) = (&case.given, &case.with);
    let choice = if case.hook == Hook::MatchContact {
        let (draft, found) = (doc::contact_draft(given)?, doc::contacts_found(with)?);
        r.match_contact(rules, ctx, &draft, &found)
    } else {
        let (draft, found) = (doc::line_draft(given)?.0, doc::items_found(with)?);
        r.match_item(rules, ctx, &draft, &found)
    };
    let choice = choice.map_err(|e| e.to_string())?;
    Ok(Came::of_choice(&choice))
}

/// A case of a hook that chooses.
fn chosen(
    r: &mut Runner,
    rules: &RuleSet,
    ctx: &Arc<Context>,
    case: &Case,
    printed: &mut Vec<String>,
) -> Result<Came, String> {
    match case.hook {
        Hook::OnConflict => sided(r, rules, ctx, case, printed),
        _ => matched(r, rules, ctx, case),
    }
}

/// A case of a hook that says which side counts.
fn sided(
    r: &mut Runner,
    rules: &RuleSet,
    ctx: &Arc<Context>,
    case: &Case,
    printed: &mut Vec<String>,
) -> Result<Came, String> {
    let (disputed, invoice) = disputed(&case.given, &case.with)?;
    let ruling = r.on_conflict(rules, ctx, &disputed, &Arc::new(invoice));
    let ruling = ruling.map_err(|e| e.to_string())?;
    *printed = ruling.printed;
    Ok(Came::of_side(&ruling.kept))
}

/// A case of a hook that is asked about a whole document.
fn document(
    r: &mut Runner,
    rules: &RuleSet,
    ctx: &Arc<Context>,
    case: &Case,
) -> Result<(Ruling, Value), String> {
    let fault = |e: super::super::MachineFault| e.to_string();
    let given = &case.given;
    let mapped = Kind::ALL
        .into_iter()
        .find(|k| Hook::maps(*k) == case.hook && (k.is_document() || *k == Kind::CreditNote));
    let (mut draft, mut invoice) = doc::invoice_draft(given, mapped.unwrap_or(Kind::Invoice))?;
    invoice.kind = mapped.filter(|k| k.is_document()).unwrap_or(invoice.kind);
    let invoice = Arc::new(invoice);
    let ruling = match mapped {
        Some(kind) => r.map_draft(rules, ctx, kind, &mut draft, &invoice),
        None => r.check(rules, ctx, &draft, &invoice),
    };
    Ok((ruling.map_err(fault)?, json(&draft)?))
}

fn json<T: serde::Serialize>(draft: &T) -> Result<Value, String> {
    serde_json::to_value(draft).map_err(|e| e.to_string())
}

/// A value of a spec as a parameter.
fn param(v: &Value) -> Param {
    match v {
        Value::Bool(b) => Param::Bool(*b),
        Value::Number(_) => crate::model::money::decimal(v)
            .map_or_else(|| Param::Text(v.to_string()), Param::Number),
        Value::String(s) => Param::Text(s.clone()),
        Value::Array(a) => Param::List(a.iter().map(param).collect()),
        Value::Object(o) => Param::Map(o.iter().map(|(k, v)| (k.clone(), param(v))).collect()),
        Value::Null => Param::Text(String::new()),
    }
}
