//! ZEN twice: its expressions, called one by one, and its decision graphs, which are what the engine is sold as.
//!
//! Numbers are decimals here too. Tables are objects that the expressions index; a row that is missing is `null`.

use crate::by_hand::Hooks;
use crate::says;
use crate::values::{self, Build, Extent, TABLES};
use crossfoot::model::{Invoice, Line, PaymentDraft, Reason, Verdict};
use rust_decimal::Decimal;
use serde_json::json;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use zen_engine::Decision;
use zen_engine::model::GraphContent;
use zen_expression::expression::Standard;
use zen_expression::variable::{Variable, VariableMap};
use zen_expression::vm::VM;
use zen_expression::{Expression, Scope, compile_expression};

const SELECT: &str =
    r#""do-not-sync" in invoice.tags ? "skip:tagged" : invoice.total < 0 ? "hold:negative" : """#;
// `+` makes the text "null" of a missing row, so that the rows are tested by hand.
const ACCOUNT: &str = r#"contains(line.sku, "-")
    ? (division[split(line.sku, "-")[0]] == null or nature[split(line.sku, "-")[1]] == null
        ? null
        : division[split(line.sku, "-")[0]] + "-" + nature[split(line.sku, "-")[1]])
    : line.account"#;
const TAX: &str = r#""export" in invoice.tags ? "EXEMPTOUTPUT" : line.tax"#;
const OWED: &str = r#"line.amount > invoice.due ? "hold:more than is owed" : """#;
const REFERENCE: &str = r#"line.method + " for " + invoice.number"#;

/// Builds ZEN's values.
pub struct Values;

impl Build for Values {
    type V = Variable;
    fn text(&self, text: &str) -> Variable {
        Variable::String(text.into())
    }
    fn number(&self, number: Decimal) -> Variable {
        Variable::Number(number)
    }
    fn flag(&self, flag: bool) -> Variable {
        Variable::Bool(flag)
    }
    fn none(&self) -> Variable {
        Variable::Null
    }
    fn list(&self, all: Vec<Variable>) -> Variable {
        Variable::from_array(all)
    }
    fn object(&self, fields: Vec<(&str, Variable)>) -> Variable {
        let mut map = VariableMap::with_capacity(fields.len());
        for (k, v) in fields {
            map.insert(k.into(), v);
        }
        Variable::from_object(map)
    }
}

fn table(name: &str) -> Variable {
    let rows = TABLES.iter().find(|(n, _)| *n == name);
    let rows = rows.map(|(_, rows)| *rows).unwrap_or_default();
    Values.object(rows.iter().map(|(k, v)| (*k, Values.text(v))).collect())
}

fn compiled(source: &str) -> Expression<Standard> {
    match compile_expression(source) {
        Ok(expression) => expression,
        Err(told) => panic!("{source}: {told}"),
    }
}

/// The three hooks as expressions.
pub struct ZenExpressions {
    extent: Extent,
    select: Expression<Standard>,
    account: Expression<Standard>,
    tax: Expression<Standard>,
    owed: Expression<Standard>,
    reference: Expression<Standard>,
    scope: Scope,
    vm: VM,
}

impl ZenExpressions {
    /// Compiles them.
    pub fn new(extent: Extent) -> Self {
        let mut scope = Scope::new(Variable::empty_object());
        for (name, _) in TABLES {
            scope.set_local(name.into(), table(name));
        }
        Self {
            extent,
            select: compiled(SELECT),
            account: compiled(ACCOUNT),
            tax: compiled(TAX),
            owed: compiled(OWED),
            reference: compiled(REFERENCE),
            scope,
            vm: VM::new(),
        }
    }

    fn eval(vm: &mut VM, scope: &Scope, expression: &Expression<Standard>) -> Option<Variable> {
        expression.evaluate_with_scope(scope, vm).ok()
    }
}

fn said(answer: Option<Variable>) -> Result<(), Verdict> {
    match answer.as_ref().and_then(Variable::as_str) {
        Some(text) => says::verdict(text),
        None => panic!("no answer"),
    }
}

fn set(answer: Option<&Variable>, into: &mut String, line: &Line) -> Result<(), Reason> {
    let text = answer.and_then(Variable::as_str);
    let text = text.ok_or_else(|| says::no_row(line))?;
    if text != into {
        *into = text.to_owned();
    }
    Ok(())
}

impl Hooks for ZenExpressions {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        let invoice = values::invoice(&Values, invoice, self.extent);
        self.scope.set_local("invoice".into(), invoice);
        said(Self::eval(&mut self.vm, &self.scope, &self.select))
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        let part = values::line(&Values, line, account, tax, self.extent);
        self.scope.set_local("line".into(), part);
        let found = Self::eval(&mut self.vm, &self.scope, &self.account);
        set(found.as_ref(), account, line)?;
        let found = Self::eval(&mut self.vm, &self.scope, &self.tax);
        set(found.as_ref(), tax, line)
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        let part = values::draft(&Values, draft, self.extent);
        let posted = values::posted(&Values, number, due);
        self.scope.set_local("line".into(), part);
        self.scope.set_local("invoice".into(), posted);
        said(Self::eval(&mut self.vm, &self.scope, &self.owed))?;
        let text = Self::eval(&mut self.vm, &self.scope, &self.reference);
        if let Some(text) = text.as_ref().and_then(Variable::as_str) {
            draft.reference = text.to_owned();
        }
        Ok(())
    }
}

/// The three hooks as decision graphs: an input, a node of expressions, an output.
pub struct ZenGraphs {
    extent: Extent,
    select: Decision,
    line: Decision,
    payment: Decision,
    invoice: Variable,
    division: Variable,
    nature: Variable,
}

fn graph(expressions: &[(&str, &str)]) -> Decision {
    let listed: Vec<_> = expressions
        .iter()
        .map(|(key, value)| json!({"id": key, "key": key, "value": value}))
        .collect();
    let text = json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "rule", "name": "rule", "type": "expressionNode", "content": {"expressions": listed}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "a", "sourceId": "in", "targetId": "rule", "type": "edge"},
            {"id": "b", "sourceId": "rule", "targetId": "out", "type": "edge"},
        ],
    });
    let content: GraphContent = match serde_json::from_value(text) {
        Ok(content) => content,
        Err(e) => panic!("{e}"),
    };
    let mut decision = Decision::from(Arc::new(content));
    decision.compile();
    decision
}

/// Nothing in these graphs waits for anything.
fn at_once<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(out) => out,
        Poll::Pending => panic!("a decision graph waits"),
    }
}

impl ZenGraphs {
    /// Compiles them.
    pub fn new(extent: Extent) -> Self {
        Self {
            extent,
            select: graph(&[("say", SELECT)]),
            line: graph(&[("account", ACCOUNT), ("tax", TAX)]),
            payment: graph(&[("say", OWED), ("reference", REFERENCE)]),
            invoice: Variable::Null,
            division: table("division"),
            nature: table("nature"),
        }
    }

    fn eval(decision: &Decision, fields: Vec<(&str, Variable)>) -> Option<Variable> {
        let context = Values.object(fields);
        at_once(decision.evaluate(context)).ok().map(|r| r.result)
    }
}

fn field(answer: Option<&Variable>, name: &str) -> Option<Variable> {
    answer?.dot(name)
}

impl Hooks for ZenGraphs {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        self.invoice = values::invoice(&Values, invoice, self.extent);
        let seen = vec![("invoice", self.invoice.shallow_clone())];
        said(field(Self::eval(&self.select, seen).as_ref(), "say"))
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        let seen = vec![
            (
                "line",
                values::line(&Values, line, account, tax, self.extent),
            ),
            ("invoice", self.invoice.shallow_clone()),
            ("division", self.division.shallow_clone()),
            ("nature", self.nature.shallow_clone()),
        ];
        let answer = Self::eval(&self.line, seen);
        set(field(answer.as_ref(), "account").as_ref(), account, line)?;
        set(field(answer.as_ref(), "tax").as_ref(), tax, line)
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        let seen = vec![
            ("line", values::draft(&Values, draft, self.extent)),
            ("invoice", values::posted(&Values, number, due)),
        ];
        let answer = Self::eval(&self.payment, seen);
        said(field(answer.as_ref(), "say"))?;
        let text = field(answer.as_ref(), "reference");
        if let Some(text) = text.as_ref().and_then(Variable::as_str) {
            draft.reference = text.to_owned();
        }
        Ok(())
    }
}

/// What an expression answers, for people.
pub fn shown(source: &str) -> String {
    match compile_expression(source) {
        Err(e) => format!("does not compile: {e}"),
        Ok(expression) => match expression.evaluate(Variable::empty_object()) {
            Ok(value) => value.to_value().to_string(),
            Err(e) => format!("error: {e}"),
        },
    }
}
