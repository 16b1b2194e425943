//! What surrounds a call: tenant, run, today, the rule's parameters, the lookup tables, the ledger's
//! candidates, the posted invoice, the refusal. All of it is given through the call itself.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::{text, trouble};
use crate::model::codes;
use crate::model::{LedgerContact, LedgerItem};
use crate::rules::given::{Otherwise, Table};
use crate::rules::limits::Meter;
use crate::rules::runner::{Context, PaidDocument};
use rhai::{Array, Dynamic, EvalAltResult, ImmutableString, NativeCallContext, Position};
use std::collections::BTreeMap;
use std::sync::Arc;
use wildmatch::WildMatch;

/// Everything a native function may need of the call it runs in.
pub(crate) struct Call {
    /// Tenant, run, today.
    pub context: Arc<Context>,
    /// The lookup tables of the tenant.
    pub tables: Arc<BTreeMap<String, Table>>,
    /// The parameters of the rule file.
    pub params: ParamsRef,
    /// Counts operations.
    pub meter: Arc<Meter>,
}

/// The call, as it travels through Rhai.
#[derive(Clone)]
pub(crate) struct CallRef(pub Arc<Call>);

impl CallRef {
    /// What a variable that no rule declares stands for.
    pub(crate) fn variable(&self, name: &str) -> Option<Dynamic> {
        match name {
            "ctx" => Some(Dynamic::from(CtxRef(Arc::clone(&self.0.context)))),
            "params" => Some(Dynamic::from(self.0.params.clone())),
            _ => None,
        }
    }
}

/// The call a native function runs in.
pub(crate) fn call_of(ctx: &NativeCallContext) -> Option<CallRef> {
    ctx.tag()?.read_lock::<CallRef>().map(|c| c.clone())
}

/// Counts the work of a native function, a byte or an element being a sixty-fourth of an operation.
///
/// # Errors
/// When the call has used up its operations or its time.
pub(crate) fn charge(ctx: &NativeCallContext, size: usize) -> Res<()> {
    let cost = size as u64 / 64;
    if cost == 0 {
        return Ok(());
    }
    let Some(call) = call_of(ctx) else {
        return Ok(());
    };
    match call.0.meter.charge(cost) {
        None => Ok(()),
        Some(_) => Err(Box::new(EvalAltResult::ErrorTerminated(
            Dynamic::UNIT,
            ctx.call_position(),
        ))),
    }
}

/// Tenant, run, today.
#[derive(Clone)]
struct CtxRef(Arc<Context>);

/// The rule's parameters.
#[derive(Clone)]
pub(crate) struct ParamsRef {
    /// The rule file.
    pub file: Arc<str>,
    /// By name.
    pub values: Arc<BTreeMap<String, Dynamic>>,
}

/// The ledger's candidates.
#[derive(Clone)]
pub(crate) enum FoundList {
    /// Contacts.
    Contacts(Arc<[LedgerContact]>),
    /// Items.
    Items(Arc<[LedgerItem]>),
}

impl FoundList {
    /// As a list for a script.
    pub(crate) fn list(&self) -> Dynamic {
        let all: Array = match self {
            FoundList::Contacts(c) => (0..c.len())
                .map(|n| Dynamic::from(FoundContact(Arc::clone(c), n)))
                .collect(),
            FoundList::Items(c) => (0..c.len())
                .map(|n| Dynamic::from(FoundItem(Arc::clone(c), n)))
                .collect(),
        };
        all.into()
    }
}

#[derive(Clone)]
struct FoundContact(Arc<[LedgerContact]>, usize);
#[derive(Clone)]
struct FoundItem(Arc<[LedgerItem]>, usize);
/// The posted invoice of a payment.
#[derive(Clone)]
pub(crate) struct PaidRef(pub Arc<PaidDocument>);

/// Adds the surroundings.
pub(crate) fn add(b: &mut Build) {
    context(b);
    candidates(b);
    posted(b);
    lookups(b);
}

fn context(b: &mut Build) {
    b.named::<CtxRef>(Ty::Ctx);
    b.get::<CtxRef>(Ty::Ctx, "tenant", Ty::Text, "The tenant's name.", |c| {
        text(&c.0.tenant).into()
    });
    b.get::<CtxRef>(Ty::Ctx, "run", Ty::Text, "The run's id.", |c| {
        text(&c.0.run).into()
    });
    b.get::<CtxRef>(
        Ty::Ctx,
        "today",
        Ty::Day,
        "Today, in the tenant's own calendar.",
        |c| Dynamic::from(c.0.today),
    );
    b.named::<ParamsRef>(Ty::Params);
    b.entry::<ParamsRef>(|p, name| p.values.get(name).cloned());
    b.func(
        "contains",
        &[("params", Ty::Params), ("name", Ty::Text)],
        Ty::Bool,
        "Whether the tenant's file gives the parameter; also `name in params`.",
    );
    let Some(e) = b.engine() else { return };
    e.register_fn("contains", |p: &mut ParamsRef, name: ImmutableString| {
        p.values.contains_key(name.as_str())
    });
    e.register_indexer_get(
        |c: NativeCallContext, p: &mut ParamsRef, name: ImmutableString| -> Res<Dynamic> {
            p.values.get(name.as_str()).cloned().ok_or_else(|| {
                trouble(
                    codes::RULE_NO_PARAMETER,
                    format!("the rule {} was given no parameter `{name}`", p.file),
                    format!(
                        "give it one in the tenant's file: `rules: [{{ use: {}, {name}: .. }}]`",
                        p.file
                    ),
                    c.call_position(),
                )
            })
        },
    );
}

fn candidates(b: &mut Build) {
    use Ty::*;
    type C = FoundContact;
    b.named::<C>(LedgerContact);
    let on = LedgerContact;
    macro_rules! found {
        ($h:ty, $on:expr, $($name:literal $field:ident $doc:literal),+ $(,)?) => { $(
            b.get::<$h>($on, $name, Text, $doc, |c| c.0.get(c.1).map(|c| text(&c.$field)).unwrap_or_default().into());
        )+ };
    }
    found!(C, on,
        "id" id "The ledger's id.",
        "name" name "Its name.",
        "email" email "Its e-mail address.",
        "number" number "The number an integration gave it, or empty.",
        "phone" phone "Its telephone number.",
        "mobile" mobile "Its mobile number.",
    );
    b.get::<C>(
        on,
        "archived",
        Bool,
        "Whether it is archived: no document may use it.",
        |c| c.0.get(c.1).is_some_and(|c| c.archived).into(),
    );
    b.named::<FoundItem>(LedgerItem);
    found!(FoundItem, LedgerItem,
        "id" id "The ledger's id.",
        "code" code "Its code.",
        "name" name "Its name.",
        "account" account "The account its sales go to, or empty.",
        "tax" tax "The tax code of its sales, or empty.",
    );
}

fn posted(b: &mut Build) {
    use Ty::*;
    let on = Ty::PaidDocument;
    b.named::<PaidRef>(on);
    b.get::<PaidRef>(on, "number", Text, "Its number in the ledger.", |p| {
        text(&p.0.number).into()
    });
    b.get::<PaidRef>(
        on,
        "status",
        Text,
        "The ledger's own word for its status.",
        |p| text(&p.0.status).into(),
    );
    b.get::<PaidRef>(on, "total", Number, "Sum with tax.", |p| p.0.total.into());
    b.get::<PaidRef>(
        on,
        "due",
        Number,
        "What is still owed, as an amount.",
        |p| p.0.due.into(),
    );
}

fn lookups(b: &mut Build) {
    b.func("lookup", &[("table", Ty::Text), ("key", Ty::Text)], Ty::Text,
        "The value of a key in a table of the tenant's file. A missing key takes the table's `else:`, and holds where that says `hold`.");
    b.func(
        "matches",
        &[("text", Ty::Text), ("pattern", Ty::Text)],
        Ty::Bool,
        "Whether the whole text fits a pattern: `*` is any run of characters, `?` any one.",
    );
    let Some(e) = b.engine() else { return };
    e.register_fn(
        "lookup",
        |c: NativeCallContext,
         table: ImmutableString,
         key: ImmutableString|
         -> Res<ImmutableString> {
            let place = c.call_position();
            let Some(call) = call_of(&c) else {
                return Ok(ImmutableString::new());
            };
            look_up(&call.0.tables, &table, &key, place)
        },
    );
    e.register_fn(
        "matches",
        |c: NativeCallContext, t: ImmutableString, pattern: ImmutableString| -> Res<bool> {
            if pattern.len() > 256 {
                return Err(trouble(
                    codes::RULE_PATTERN,
                    "a pattern has at most 256 characters",
                    "shorten it",
                    c.call_position(),
                ));
            }
            charge(&c, t.len().saturating_mul(pattern.len()) / 8)?;
            Ok(WildMatch::new(&pattern).matches(&t))
        },
    );
}

/// The value of a key in a table of the tenant's file.
///
/// # Errors
/// When there is no such table, or no such row and the table holds then.
pub(crate) fn look_up(
    tables: &BTreeMap<String, Table>,
    table: &str,
    key: &str,
    place: Position,
) -> Res<ImmutableString> {
    let Some(found) = tables.get(table) else {
        let known: Vec<_> = tables.keys().map(String::as_str).collect();
        return Err(trouble(
            codes::RULE_NO_TABLE,
            format!("there is no table `{table}`"),
            format!(
                "the tenant's file has these tables: {}",
                if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                }
            ),
            place,
        ));
    };
    match (found.rows.get(key), &found.otherwise) {
        (Some(v), _) | (None, Otherwise::Use(v)) => Ok(text(v)),
        (None, Otherwise::Hold) => Err(trouble(
            codes::RULE_LOOKUP,
            format!(
                "the table `{table}` has no row for \"{}\"",
                key.chars().take(60).collect::<String>()
            ),
            format!(
                "add the row under `tables: {table}:` in the tenant's file, or give its `else:` a value"
            ),
            place,
        )),
    }
}
