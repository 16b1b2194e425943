//! CEL: an expression answers one value, so a rule that may change two fields is two expressions, and the host
//! does the assigning. Tables are a function of the host, `split` is of the language's strings extension.

use crate::by_hand::Hooks;
use crate::says;
use crate::values::{self, Build, Extent};

use cel::common::types::{CelBool, CelDouble, CelList, CelMap, CelMapKey, CelNull, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError, Program, Value, add_overload, extensions};
use crossfoot::model::{Invoice, Line, PaymentDraft, Reason, Verdict};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use std::collections::HashMap;
use std::sync::Arc;

const SELECT: &str =
    r#""do-not-sync" in invoice.tags ? "skip:tagged" : invoice.total < 0.0 ? "hold:negative" : """#;
const ACCOUNT: &str = r#"line.sku.contains("-")
    ? lookup("division", line.sku.split("-")[0]) + "-" + lookup("nature", line.sku.split("-")[1])
    : line.account"#;
const TAX: &str = r#""export" in invoice.tags ? "EXEMPTOUTPUT" : line.tax"#;
const OWED: &str = r#"line.amount > invoice.due ? "hold:more than is owed" : """#;
const REFERENCE: &str = r#"line.method + " for " + invoice.number"#;

/// Builds CEL's values.
pub struct Values;

impl Build for Values {
    type V = Box<dyn Val>;
    fn text(&self, text: &str) -> Self::V {
        Box::new(CelString::from(text.to_owned()))
    }
    fn number(&self, number: Decimal) -> Self::V {
        Box::new(CelDouble::from(number.to_f64().unwrap_or_default()))
    }
    fn flag(&self, flag: bool) -> Self::V {
        Box::new(CelBool::from(flag))
    }
    fn none(&self) -> Self::V {
        Box::new(CelNull)
    }
    fn list(&self, all: Vec<Self::V>) -> Self::V {
        Box::new(CelList::from(all))
    }
    fn object(&self, fields: Vec<(&str, Self::V)>) -> Self::V {
        let map: HashMap<CelMapKey<'static>, Self::V> = fields
            .into_iter()
            .map(|(k, v)| (CelMapKey::from(k.to_owned()), v))
            .collect();
        Box::new(CelMap::from(map))
    }
}

fn lookup<'a>(table: &CelString<'a>, key: &CelString<'a>) -> Result<CelString<'a>, ExecutionError> {
    let found = values::row(table.inner(), key.inner());
    found
        .map(CelString::from)
        .ok_or_else(|| ExecutionError::function_error("lookup", "the table has no such row"))
}

/// An environment with the host's function.
pub fn env() -> Arc<Env> {
    let mut env = Env::stdlib();
    let strings = env.add_extension(extensions::strings);
    let own = add_overload!(env, fn lookup: (CelString, CelString) -> Result<CelString>);
    if strings.is_err() || own.is_err() {
        panic!("{strings:?} {own:?}");
    }
    Arc::new(env)
}

/// What an expression sees: lent, not copied.
struct Seen<'a> {
    part: &'a dyn Val,
    invoice: &'a dyn Val,
}

impl VariableResolver for Seen<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        match name {
            "line" => Some(CowVal::Borrowed(self.part)),
            "invoice" => Some(CowVal::Borrowed(self.invoice)),
            _ => None,
        }
    }
}

/// The three hooks in CEL.
pub struct Cel {
    extent: Extent,
    env: Arc<Env>,
    select: Program,
    account: Program,
    tax: Program,
    owed: Program,
    reference: Program,
    invoice: Box<dyn Val>,
}

impl Cel {
    /// Compiles them.
    pub fn new(extent: Extent) -> Self {
        let env = env();
        let made = |source| match env.compile(source) {
            Ok(program) => program,
            Err(told) => panic!("{told}"),
        };
        Self {
            extent,
            select: made(SELECT),
            account: made(ACCOUNT),
            tax: made(TAX),
            owed: made(OWED),
            reference: made(REFERENCE),
            invoice: Box::new(CelNull),
            env,
        }
    }

    fn text(&self, program: &Program, part: &dyn Val, invoice: &dyn Val) -> Option<Arc<String>> {
        let seen = Seen { part, invoice };
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.set_variable_resolver(&seen);
        match program.execute(&context) {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn said(&self, program: &Program, part: &dyn Val, invoice: &dyn Val) -> Result<(), Verdict> {
        match self.text(program, part, invoice) {
            Some(text) => says::verdict(&text),
            None => panic!("no answer"),
        }
    }
}

impl Hooks for Cel {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        self.invoice = values::invoice(&Values, invoice, self.extent);
        self.said(&self.select, &CelNull, &*self.invoice)
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        let part = values::line(&Values, line, account, tax, self.extent);
        let found = self.text(&self.account, &*part, &*self.invoice);
        *account = Arc::unwrap_or_clone(found.ok_or_else(|| says::no_row(line))?);
        let found = self.text(&self.tax, &*part, &*self.invoice);
        *tax = Arc::unwrap_or_clone(found.ok_or_else(|| says::no_row(line))?);
        Ok(())
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        let part = values::draft(&Values, draft, self.extent);
        let posted = values::posted(&Values, number, due);
        self.said(&self.owed, &*part, &*posted)?;
        if let Some(text) = self.text(&self.reference, &*part, &*posted) {
            draft.reference = Arc::unwrap_or_clone(text);
        }
        Ok(())
    }
}
