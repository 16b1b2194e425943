//! Rhai embedded plainly, as its book shows it: maps in, the changed map out, `call_fn` with a fresh scope.

use crate::by_hand::Hooks;
use crate::says;
use crate::values::{self, Build, Extent};
use crossfoot::model::{Invoice, Line, PaymentDraft, Reason, Verdict};
use rhai::{AST, Dynamic, Engine, EvalAltResult, FuncArgs, ImmutableString, Map, Scope};
use rust_decimal::Decimal;

const RULES: &str = r#"
fn select(invoice) {
    if "do-not-sync" in invoice.tags { return "skip:tagged"; }
    if invoice.total < 0 { return "hold:negative"; }
    ""
}
fn map_line(line, invoice) {
    if "-" in line.sku {
        let parts = line.sku.split("-");
        line.account = `${lookup("division", parts[0])}-${lookup("nature", parts[1])}`;
    }
    if "export" in invoice.tags { line.tax = "EXEMPTOUTPUT"; }
    line
}
fn map_payment(payment, invoice) {
    if payment.amount > invoice.due { return "hold:more than is owed"; }
    payment.reference = `${payment.method} for ${invoice.number}`;
    payment
}
"#;

/// Builds Rhai's values.
pub struct Values;

impl Build for Values {
    type V = Dynamic;
    fn text(&self, text: &str) -> Dynamic {
        text.into()
    }
    fn number(&self, number: Decimal) -> Dynamic {
        number.into()
    }
    fn flag(&self, flag: bool) -> Dynamic {
        flag.into()
    }
    fn none(&self) -> Dynamic {
        Dynamic::UNIT
    }
    fn list(&self, all: Vec<Dynamic>) -> Dynamic {
        all.into()
    }
    fn object(&self, fields: Vec<(&str, Dynamic)>) -> Dynamic {
        let map: Map = fields.into_iter().map(|(k, v)| (k.into(), v)).collect();
        map.into()
    }
}

fn lookup(table: ImmutableString, key: ImmutableString) -> Result<Dynamic, Box<EvalAltResult>> {
    let found = values::row(&table, &key).map(Dynamic::from);
    found.ok_or_else(|| "the table has no such row".into())
}

/// The three hooks in Rhai.
pub struct Plain {
    extent: Extent,
    engine: Engine,
    ast: AST,
    invoice: Dynamic,
}

impl Plain {
    /// Compiles them.
    pub fn new(extent: Extent) -> Self {
        let mut engine = Engine::new();
        engine
            .set_max_operations(50_000)
            .set_max_string_size(64 * 1024)
            .set_max_array_size(1_000)
            .set_max_map_size(1_000);
        engine.register_fn("lookup", lookup);
        let ast = match engine.compile(RULES) {
            Ok(ast) => ast,
            Err(e) => panic!("{e}"),
        };
        Self {
            extent,
            engine,
            ast,
            invoice: Dynamic::UNIT,
        }
    }

    fn call(&self, name: &str, args: impl FuncArgs) -> Result<Dynamic, Box<EvalAltResult>> {
        self.engine
            .call_fn(&mut Scope::new(), &self.ast, name, args)
    }
}

/// A field's text, where it was changed.
fn changed(object: &Dynamic, field: &str, into: &mut String) {
    let Ok(map) = object.as_map_ref() else { return };
    let Some(value) = map.get(field) else { return };
    if let Ok(text) = value.as_immutable_string_ref()
        && **text != **into
    {
        *into = text.to_string();
    }
}

fn said(answer: Result<Dynamic, Box<EvalAltResult>>) -> Result<Dynamic, Verdict> {
    match answer {
        Ok(answer) => {
            if let Ok(text) = answer.as_immutable_string_ref() {
                says::verdict(&text)?;
            }
            Ok(answer)
        }
        Err(e) => panic!("{e}"),
    }
}

impl Hooks for Plain {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        self.invoice = values::invoice(&Values, invoice, self.extent);
        said(self.call("select", (self.invoice.clone(),))).map(|_| ())
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        let part = values::line(&Values, line, account, tax, self.extent);
        let answer = self.call("map_line", (part, self.invoice.clone()));
        let answer = answer.map_err(|_| says::no_row(line))?;
        changed(&answer, "account", account);
        changed(&answer, "tax", tax);
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
        let answer = said(self.call("map_payment", (part, posted)))?;
        changed(&answer, "reference", &mut draft.reference);
        Ok(())
    }
}
