//! What is written: the answer never holds the record, only its id in a header.

use super::account::{Account, text};
use super::show::error;
use super::switches::Switches;
use crate::sandbox::wire::{Call, Reply};
use chrono::{DateTime, Utc};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// What a record must say, of a change too.
fn needed(list: &str) -> Option<&'static str> {
    match list {
        "job" => Some("status"),
        "company" | "material" | "taxrate" => Some("name"),
        "jobmaterial" => Some("quantity"),
        _ => None,
    }
}

fn done() -> Reply {
    Reply::json(StatusCode::OK, &json!({"errorCode": 0, "message": "OK"}))
}

/// A body of JSON, or of a form.
fn body(list: &str, call: &Call) -> Result<Value, Reply> {
    let read: Option<Value> = serde_json::from_slice(&call.body).ok();
    let form = || -> Value {
        let pairs = url::form_urlencoded::parse(&call.body);
        let all: Map<String, Value> = pairs.map(|(k, v)| (k.into_owned(), json!(v))).collect();
        Value::Object(all)
    };
    let given = read.filter(Value::is_object).unwrap_or_else(form);
    match needed(list).filter(|n| text(&given[*n]).is_empty()) {
        Some(field) => Err(error(
            StatusCode::BAD_REQUEST,
            &format!("{field} is mandatory"),
        )),
        None => Ok(given),
    }
}

/// A new record.
pub(super) fn create(
    account: &mut Account,
    list: &str,
    call: &Call,
    (switches, now): (&Switches, DateTime<Utc>),
) -> Result<Reply, Reply> {
    let given = body(list, call)?;
    let id = text(&given["uuid"]);
    if !id.is_empty() && account.find(list, &id).is_some() {
        match switches.word("create_twice") {
            "200_same_record" => return Ok(done().with("x-record-uuid", id)),
            "200_overwrites" => {}
            "400" => return Err(error(StatusCode::BAD_REQUEST, "uuid must be unique")),
            _ => {
                return Err(error(
                    StatusCode::CONFLICT,
                    "A record with this uuid exists",
                ));
            }
        }
    }
    let name = text(&given["name"]).to_lowercase();
    let taken = |r: &Value| text(&r["name"]).to_lowercase() == name && text(&r["uuid"]) != id;
    if list == "company" && account.rows(list).iter().any(taken) {
        return Err(error(
            StatusCode::BAD_REQUEST,
            "Company name must be unique",
        ));
    }
    if list == "jobmaterial" {
        let (shown, price) = (&given["displayed_amount"], &given["price"]);
        let amount = |v: &Value| text(v).parse::<Decimal>().ok();
        let inside = text(&given["displayed_amount_is_tax_inclusive"]) == "1";
        if !inside && amount(shown) != amount(price) {
            let expected = text(price);
            let what = format!("Provided displayed_amount is incorrect. Expected [{expected}]");
            return Err(error(StatusCode::BAD_REQUEST, &what));
        }
    }
    let id = account.enter(list, &given, now);
    Ok(done().with("x-record-uuid", id))
}

/// A change: of the fields that are sent, and no others.
pub(super) fn update(
    account: &mut Account,
    (list, id): (&str, &str),
    call: &Call,
    now: DateTime<Utc>,
) -> Result<Reply, Reply> {
    let mut given = body(list, call)?;
    if account.find(list, id).is_none() {
        return Err(error(StatusCode::NOT_FOUND, "Not Found"));
    }
    given["uuid"] = json!(id);
    account.enter(list, &given, now);
    Ok(done())
}

/// A deletion: the record stays, not active.
pub(super) fn delete(
    account: &mut Account,
    (list, id): (&str, &str),
    (switches, now): (&Switches, DateTime<Utc>),
) -> Result<Reply, Reply> {
    let missing = || error(StatusCode::NOT_FOUND, "Record has been deleted");
    let row = account.find(list, id).ok_or_else(missing)?;
    let active = match (row["active"] == 1, switches.word("delete_twice")) {
        (true, _) => 0,
        (false, "restores") => 1,
        (false, "200") => return Ok(done()),
        (false, _) => return Err(missing()),
    };
    account.enter(list, &json!({"uuid": id, "active": active}), now);
    Ok(done())
}
