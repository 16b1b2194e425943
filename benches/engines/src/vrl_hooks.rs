//! VRL: the document's part is the target `.`, what it belongs to is the metadata `%`.
//!
//! The compiler is told what kinds the fields have, so that the scripts need no `string!(..)`.

use crate::by_hand::Hooks;
use crate::says;
use crate::values::{self, Build, Extent};
use crossfoot::model::{Invoice, Line, PaymentDraft, Reason, Verdict};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use vrl::compiler::runtime::{Runtime, Terminate};
use vrl::compiler::state::ExternalEnv;
use vrl::compiler::{
    CompileConfig, Program, TargetValueRef, TimeZone, compile_with_external, prelude::*,
};
use vrl::value::Secrets;

/// Steps of one call.
const STEPS: u32 = 50_000;

const SELECT: &str = r#"
if includes(%tags, "do-not-sync") { return "skip:tagged" }
if %total < 0 { return "hold:negative" }
null
"#;

const LINE: &str = r#"
if contains(.sku, "-") {
    parts = split(.sku, "-")
    .account = lookup!("division", parts[0]) + "-" + lookup!("nature", parts[1])
}
if includes(%tags, "export") { .tax = "EXEMPTOUTPUT" }
null
"#;

const PAYMENT: &str = r#"
if .amount > %due { return "hold:more than is owed" }
.reference = .method + " for " + %number
null
"#;

/// Builds VRL's values.
pub struct Values;

impl Build for Values {
    type V = Value;
    fn text(&self, text: &str) -> Value {
        Value::from(text)
    }
    fn number(&self, number: Decimal) -> Value {
        Value::from_f64_or_zero(number.to_f64().unwrap_or_default())
    }
    fn flag(&self, flag: bool) -> Value {
        Value::Boolean(flag)
    }
    fn none(&self) -> Value {
        Value::Null
    }
    fn list(&self, all: Vec<Value>) -> Value {
        Value::Array(all)
    }
    fn object(&self, fields: Vec<(&str, Value)>) -> Value {
        Value::Object(fields.into_iter().map(|(k, v)| (k.into(), v)).collect())
    }
}

/// `lookup(table, key)`.
#[derive(Debug, Clone, Copy)]
struct Lookup;

impl Function for Lookup {
    fn identifier(&self) -> &'static str {
        "lookup"
    }
    fn usage(&self) -> &'static str {
        "A row of a table."
    }
    fn category(&self) -> &'static str {
        "Enrichment"
    }
    fn return_kind(&self) -> u16 {
        kind::BYTES
    }
    fn parameters(&self) -> &'static [Parameter] {
        const PARAMETERS: &[Parameter] = &[
            Parameter::required("table", kind::BYTES, "The table."),
            Parameter::required("key", kind::ANY, "The key."),
        ];
        PARAMETERS
    }
    fn examples(&self) -> &'static [Example] {
        &[]
    }
    fn compile(
        &self,
        _: &state::TypeState,
        _: &mut FunctionCompileContext,
        arguments: ArgumentList,
    ) -> Compiled {
        Ok(LookupCall {
            table: arguments.required("table"),
            key: arguments.required("key"),
        }
        .as_expr())
    }
}

#[derive(Debug, Clone)]
struct LookupCall {
    table: Box<dyn Expression>,
    key: Box<dyn Expression>,
}

impl FunctionExpression for LookupCall {
    fn resolve(&self, ctx: &mut Context) -> Resolved {
        let (table, key) = (self.table.resolve(ctx)?, self.key.resolve(ctx)?);
        let found = match (table.to_str_lossy(), key.to_str_lossy()) {
            (Some(table), Some(key)) => values::row(&table, &key),
            _ => None,
        };
        found
            .map(Value::from)
            .ok_or_else(|| "the table has no such row".into())
    }
    fn type_def(&self, _: &state::TypeState) -> TypeDef {
        TypeDef::bytes().fallible()
    }
}

fn shape(fields: &[(&str, Kind)]) -> Kind {
    let known: BTreeMap<Field, Kind> = fields
        .iter()
        .map(|(k, v)| (Field::from(*k), v.clone()))
        .collect();
    Kind::object(known)
}

/// Compiles a script over these shapes.
pub fn compiled(source: &str, target: Kind, metadata: Kind) -> Result<Program, String> {
    let mut functions = vrl::stdlib::all();
    functions.push(Box::new(Lookup));
    let external = ExternalEnv::new_with_kind(target, metadata);
    let done = compile_with_external(source, &functions, &external, CompileConfig::default());
    match done {
        Ok(done) => Ok(done.program),
        Err(told) => Err(vrl::diagnostic::Formatter::new(source, told).to_string()),
    }
}

/// Runs a script with as many steps as a rule of ours may take. Of memory it has no limit.
pub fn run(
    program: &Program,
    runtime: &mut Runtime,
    value: &mut Value,
    metadata: &mut Value,
) -> Result<Value, Terminate> {
    runtime.clear();
    let mut secrets = Secrets::default();
    let mut target = TargetValueRef {
        value,
        metadata,
        secrets: &mut secrets,
    };
    let mut steps = 0_u32;
    let mut control = || {
        steps += 1;
        match steps > STEPS {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let zone = TimeZone::default();
    runtime.resolve_with_control(&mut target, program, &zone, &mut control)
}

/// The three hooks in VRL.
pub struct Vrl {
    extent: Extent,
    select: Program,
    line: Program,
    payment: Program,
    runtime: Runtime,
    invoice: Value,
}

impl Vrl {
    /// Compiles them.
    pub fn new(extent: Extent) -> Self {
        let (text, number) = (Kind::bytes(), Kind::float());
        let tags = Kind::array(Collection::empty().with_unknown(Kind::bytes()));
        let invoice = shape(&[("tags", tags), ("total", number.clone())]);
        let line = shape(&[
            ("sku", text.clone()),
            ("account", text.clone()),
            ("tax", text.clone()),
        ]);
        let payment = shape(&[
            ("amount", number.clone()),
            ("method", text.clone()),
            ("reference", text.clone()),
        ]);
        let posted = shape(&[("number", text), ("due", number)]);
        let made = |source, target, metadata| match compiled(source, target, metadata) {
            Ok(program) => program,
            Err(told) => panic!("{told}"),
        };
        Self {
            extent,
            select: made(SELECT, Kind::object(Collection::empty()), invoice.clone()),
            line: made(LINE, line, invoice),
            payment: made(PAYMENT, payment, posted),
            runtime: Runtime::default(),
            invoice: Value::Null,
        }
    }
}

fn said(answer: Result<Value, Terminate>) -> Result<(), Verdict> {
    match answer {
        Ok(value) => says::verdict(&value.to_str_lossy().unwrap_or_default()),
        Err(e) => panic!("{e}"),
    }
}

/// A field's text, where it was changed.
fn changed(object: &Value, field: &str, into: &mut String) {
    let text = object
        .as_object()
        .and_then(|o| o.get(field)?.to_str_lossy());
    if let Some(text) = text.filter(|t| **t != **into) {
        *into = text.into_owned();
    }
}

impl Hooks for Vrl {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        self.invoice = values::invoice(&Values, invoice, self.extent);
        let mut nothing = Value::Object(ObjectMap::new());
        said(run(
            &self.select,
            &mut self.runtime,
            &mut nothing,
            &mut self.invoice,
        ))
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        let mut value = values::line(&Values, line, account, tax, self.extent);
        run(&self.line, &mut self.runtime, &mut value, &mut self.invoice)
            .map_err(|_| says::no_row(line))?;
        changed(&value, "account", account);
        changed(&value, "tax", tax);
        Ok(())
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        let mut value = values::draft(&Values, draft, self.extent);
        let mut posted = values::posted(&Values, number, due);
        said(run(
            &self.payment,
            &mut self.runtime,
            &mut value,
            &mut posted,
        ))?;
        changed(&value, "reference", &mut draft.reference);
        Ok(())
    }
}
