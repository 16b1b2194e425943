//! One operation on one entity, as a call or an item of a batch asks for it; and how it is answered.

use serde_json::{Value, json};

use super::auto;
use super::books::Company;
use super::change;
use super::ends;
use super::fault::{Fault, Refusal};
use super::files;
use super::kinds::Kind;
use super::values::{self, Fields};
use super::view;
use super::work::{Cx, Event, Outcome, What};

/// Does what is asked: `create`, `update`, `delete`, `void`, or nothing said, which is one of the first two.
pub(super) fn perform(
    co: &mut Company,
    cx: &Cx<'_>,
    kind: Kind,
    operation: &str,
    body: &Fields,
) -> Result<Outcome, Refusal> {
    if kind == Kind::Attachable {
        return match operation {
            "delete" => files::delete(co, cx, body),
            _ => Err(change::unsupported(operation, kind)),
        };
    }
    match operation {
        "create" | "" | "update" if cx.includes("void") => match kind {
            Kind::Payment | Kind::SalesReceipt => ends::void(co, cx, kind, body),
            _ => Err(change::unsupported("void", kind)),
        },
        "update" if values::raw(body, "Id").is_none() => Err(Fault::missing("Id").into()),
        "create" | "" | "update" => {
            let mut done = change::save(co, cx, kind, body)?;
            let made = |e: &Event| e.key == done.key && e.what == What::Created;
            if done.events.iter().any(made) {
                let more = auto::after(co, cx, done.key);
                done.events.extend(more);
            }
            Ok(done)
        }
        "delete" => ends::delete(co, cx, kind, body),
        "void" if kind == Kind::Invoice || cx.person => ends::void(co, cx, kind, body),
        other => Err(change::unsupported(other, kind)),
    }
}

/// What an operation is answered with: the entity as it is now, or that it is gone.
pub(super) fn told(co: &Company, done: &Outcome) -> Value {
    let kind = done.key.0;
    let gone = done
        .events
        .iter()
        .any(|e| e.key == done.key && e.what == What::Deleted);
    let shown = match co.row(done.key) {
        Some(row) if !gone => view::read(co, row),
        _ => view::deleted(done.key),
    };
    json!({kind.word(): shown})
}

/// The words of an `include`.
pub(super) fn words(text: Option<&str>) -> Vec<String> {
    let words = text.unwrap_or_default().split(',').map(str::trim);
    words
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

/// The entity within an item: its kind and its body.
pub(super) fn entity(item: &Fields) -> Option<(Kind, &Fields)> {
    let found = item
        .iter()
        .find_map(|(name, value)| Some((Kind::from_word(name)?, value)))?;
    values::says(found.1).then_some(())?;
    Some((found.0, found.1.as_object()?))
}
