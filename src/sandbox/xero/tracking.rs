//! Tracking categories: what a line can carry beside its account. Two of them at most are in use at a time.
//!
//! Flows in: seeds and `PUT /TrackingCategories`, lines as they are sent. Flows out: the list, and of a line's tracking
//! what the organisation knows: what it does not know is dropped without a word, unless the switch says otherwise.

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::{Category, Org};
use super::ctx::{Ctx, Saved};
use super::fail::{Fail, no_method};
use super::json::Obj;
use super::switches::Switches;
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::Reply;

/// Of a line's tracking what the organisation knows.
pub(super) fn known(org: &Org, sw: &Switches, sent: &[Value]) -> Vec<Value> {
    let one = |value: &Value| {
        let of = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
        let is = |id: Uuid, field: &str| of(field) == id.to_string();
        let category = (org.tracking.iter()).find(|c| {
            let named = c.name.eq_ignore_ascii_case(of("Name"));
            c.status == "ACTIVE" && (named || is(c.id, "TrackingCategoryID"))
        });
        let found = category.and_then(|c| {
            let option = c.options.iter().find(|(id, name)| {
                name.eq_ignore_ascii_case(of("Option")) || is(*id, "TrackingOptionID")
            });
            option.map(|o| (c, o))
        });
        match found {
            Some((c, (id, name))) => Some(json!({
                "Name": c.name, "Option": name, "TrackingCategoryID": c.id, "TrackingOptionID": id,
            })),
            None => sw.is("unknown_tracking", "echo").then(|| value.clone()),
        }
    };
    sent.iter().filter_map(one).collect()
}

fn show(c: &Category) -> Value {
    let option = |(id, name): &(Uuid, String)| json!({"TrackingOptionID": id, "Name": name, "Status": "ACTIVE"});
    json!({
        "Name": c.name,
        "Status": c.status,
        "TrackingCategoryID": c.id,
        "Options": c.options.iter().map(option).collect::<Vec<_>>(),
    })
}

/// A category as it is sent: by a name that is there already its options are added to.
pub(super) fn write(org: &mut Org, ids: &mut Ids, el: &Obj<'_>) -> Result<Value, Fail> {
    let name = el.text("Name")?.unwrap_or_default();
    if name.is_empty() {
        return Err(Fail::say("The tracking category name must be specified."));
    }
    let at = org.tracking.iter().position(|c| c.name == name);
    let at = at.unwrap_or_else(|| {
        org.tracking.push(Category {
            id: ids.next("tracking"),
            name: name.clone(),
            status: "ACTIVE".into(),
            options: Vec::new(),
        });
        org.tracking.len().saturating_sub(1)
    });
    let options = el.list("Options")?.unwrap_or_default();
    let Some(category) = org.tracking.get_mut(at) else {
        return Err(Fail::Missing);
    };
    if let Some(status) = el.text("Status")? {
        category.status = status;
    }
    for option in options {
        let name = option.text("Name")?.unwrap_or_default();
        if !name.is_empty() && !category.options.iter().any(|(_, n)| *n == name) {
            category.options.push((ids.next("option"), name));
        }
    }
    Ok(show(category))
}

/// Answers `/TrackingCategories`: archived ones only when they are asked for.
pub(super) fn answer(ctx: &mut Ctx<'_>, rest: &[&str]) -> Result<Reply, Fail> {
    match (ctx.call.method.clone(), rest) {
        (Method::GET, []) => {
            let all = ctx.asks("includeArchived");
            let shown = (ctx.org.tracking.iter())
                .filter(|c| all || c.status == "ACTIVE")
                .map(show)
                .collect();
            Ok(ctx.envelope("TrackingCategories", shown, None))
        }
        (Method::PUT, []) => {
            Ok(
                ctx.batch("TrackingCategories", "TrackingCategoryID", &mut |c, el| {
                    Ok(Saved {
                        body: write(c.org, c.ids, el)?,
                        warnings: Vec::new(),
                    })
                }),
            )
        }
        _ => Ok(no_method()),
    }
}
