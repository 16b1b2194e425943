//! QuickJS: functions that change the object they are given, as our rules do. Numbers are binary floats.
//!
//! Memory, stack and steps are bounded as the runtime allows; the handler that counts steps is asked every few
//! thousand instructions.

use crate::by_hand::Hooks;
use crate::says;
use crate::values::{self, Build, Extent, TABLES};
use crossfoot::model::{Invoice, Line, PaymentDraft, Reason, Verdict};
use rquickjs::{Array, Context, Ctx, Function, IntoJs, Object, Persistent, Runtime, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const RULES: &str = r#"
function lookup(table, key) {
    const found = tables[table][key];
    if (found === undefined) throw new Error(`the table ${table} has no row for "${key}"`);
    return found;
}
function select(invoice) {
    if (invoice.tags.includes("do-not-sync")) return "skip:tagged";
    if (invoice.total < 0) return "hold:negative";
}
function map_line(line, invoice) {
    if (line.sku.includes("-")) {
        const parts = line.sku.split("-");
        line.account = `${lookup("division", parts[0])}-${lookup("nature", parts[1])}`;
    }
    if (invoice.tags.includes("export")) line.tax = "EXEMPTOUTPUT";
}
function map_payment(payment, invoice) {
    if (payment.amount > invoice.due) return "hold:more than is owed";
    payment.reference = `${payment.method} for ${invoice.number}`;
}
"#;

/// How often the runtime may ask before a call is stopped.
const ASKED: u32 = 100;

/// Builds QuickJS's values.
pub struct Values<'js>(pub Ctx<'js>);

impl<'js> Build for Values<'js> {
    type V = Value<'js>;
    fn text(&self, text: &str) -> Value<'js> {
        sure(text.into_js(&self.0))
    }
    fn number(&self, number: Decimal) -> Value<'js> {
        Value::new_float(self.0.clone(), number.to_f64().unwrap_or_default())
    }
    fn flag(&self, flag: bool) -> Value<'js> {
        Value::new_bool(self.0.clone(), flag)
    }
    fn none(&self) -> Value<'js> {
        Value::new_null(self.0.clone())
    }
    fn list(&self, all: Vec<Value<'js>>) -> Value<'js> {
        let list = sure(Array::new(self.0.clone()));
        for (n, v) in all.into_iter().enumerate() {
            sure(list.set(n, v));
        }
        list.into_value()
    }
    fn object(&self, fields: Vec<(&str, Value<'js>)>) -> Value<'js> {
        let object = sure(Object::new(self.0.clone()));
        for (k, v) in fields {
            sure(object.set(k, v));
        }
        object.into_value()
    }
}

fn sure<T>(result: rquickjs::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(e) => panic!("{e}"),
    }
}

/// A runtime with limits; the counter is set to zero before every call.
pub fn runtime() -> (Runtime, Arc<AtomicU32>) {
    let runtime = sure(Runtime::new());
    runtime.set_memory_limit(16 * 1024 * 1024);
    runtime.set_max_stack_size(256 * 1024);
    let asked = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&asked);
    let stop = move || counting.fetch_add(1, Ordering::Relaxed) >= ASKED;
    runtime.set_interrupt_handler(Some(Box::new(stop)));
    (runtime, asked)
}

type Kept = Persistent<Function<'static>>;

/// The three hooks in JavaScript.
pub struct Js {
    extent: Extent,
    select: Kept,
    line: Kept,
    payment: Kept,
    invoice: Option<Persistent<Value<'static>>>,
    asked: Arc<AtomicU32>,
    context: Context,
    _runtime: Runtime,
}

impl Js {
    /// Compiles them.
    pub fn new(extent: Extent) -> Self {
        let (runtime, asked) = runtime();
        let context = sure(Context::full(&runtime));
        let (select, line, payment) = context.with(|ctx| {
            let values = Values(ctx.clone());
            let tables = TABLES.iter().map(|(name, rows)| {
                let rows = rows.iter().map(|(k, v)| (*k, values.text(v)));
                (*name, values.object(rows.collect()))
            });
            let tables = values.object(tables.collect());
            sure(ctx.globals().set("tables", tables));
            sure(ctx.eval::<(), _>(RULES));
            let kept = |name: &str| {
                let function: Function = sure(ctx.globals().get(name));
                Persistent::save(&ctx, function)
            };
            (kept("select"), kept("map_line"), kept("map_payment"))
        });
        Self {
            extent,
            select,
            line,
            payment,
            invoice: None,
            asked,
            context,
            _runtime: runtime,
        }
    }
}

fn call<'js>(
    ctx: &Ctx<'js>,
    function: &Kept,
    first: Value<'js>,
    second: Value<'js>,
) -> rquickjs::Result<Value<'js>> {
    let function = function.clone().restore(ctx)?;
    function.call((first, second))
}

fn said(answer: rquickjs::Result<Value<'_>>) -> Result<(), Verdict> {
    let answer = sure(answer);
    match answer.as_string() {
        Some(text) => says::verdict(&sure(text.to_string())),
        None => Ok(()),
    }
}

/// A field's text, where it was changed.
fn changed(object: &Value<'_>, field: &str, into: &mut String) {
    let text = object.as_object().map(|o| o.get::<_, String>(field));
    if let Some(Ok(text)) = text
        && text != *into
    {
        *into = text;
    }
}

impl Hooks for Js {
    fn select(&mut self, invoice: &Invoice) -> Result<(), Verdict> {
        self.asked.store(0, Ordering::Relaxed);
        self.context.with(|ctx| {
            let values = Values(ctx.clone());
            let shown = values::invoice(&values, invoice, self.extent);
            self.invoice = Some(Persistent::save(&ctx, shown.clone()));
            said(call(&ctx, &self.select, shown, values.none()))
        })
    }

    fn map_line(
        &mut self,
        line: &Line,
        _: &Invoice,
        account: &mut String,
        tax: &mut String,
    ) -> Result<(), Reason> {
        self.asked.store(0, Ordering::Relaxed);
        self.context.with(|ctx| {
            let values = Values(ctx.clone());
            let part = values::line(&values, line, account, tax, self.extent);
            let invoice = match &self.invoice {
                Some(kept) => sure(kept.clone().restore(&ctx)),
                None => values.none(),
            };
            if call(&ctx, &self.line, part.clone(), invoice).is_err() {
                // What was thrown is taken out of the runtime.
                ctx.catch();
                return Err(says::no_row(line));
            }
            changed(&part, "account", account);
            changed(&part, "tax", tax);
            Ok(())
        })
    }

    fn map_payment(
        &mut self,
        draft: &mut PaymentDraft,
        number: &str,
        due: Decimal,
    ) -> Result<(), Verdict> {
        self.asked.store(0, Ordering::Relaxed);
        self.context.with(|ctx| {
            let values = Values(ctx.clone());
            let part = values::draft(&values, draft, self.extent);
            let posted = values::posted(&values, number, due);
            said(call(&ctx, &self.payment, part.clone(), posted))?;
            changed(&part, "reference", &mut draft.reference);
            Ok(())
        })
    }
}
