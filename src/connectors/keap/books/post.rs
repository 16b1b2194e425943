//! A write, sent, and what became of it.
//!
//! Flows in: stored bytes. Flows out: its outcome. An answer that does not say what was made is [`CallError::Uncertain`], never a
//! guess.

use super::codes;
use crate::connectors::json::{cut, text};
use crate::connectors::keap::call::post as send;
use crate::connectors::keap::payments::{id, minor};
use crate::connectors::{CallError, Encoded, Outcome, Posted, Refusal, RefusalClass, Session};
use crate::model::{Currency, Kind};
use rust_decimal::Decimal;
use serde_json::Value;

fn uncertain(why: impl Into<String>) -> CallError {
    CallError::Uncertain {
        system: "keap".to_owned(),
        why: why.into(),
        cached: false,
    }
}

/// Sends stored bytes.
pub async fn post(session: &Session, encoded: &Encoded) -> Result<Vec<Outcome>, CallError> {
    let class = match encoded.kind {
        Kind::Contact => "new_contacts",
        Kind::Invoice => "new_orders",
        _ => "new_payments",
    };
    let answer = send(session, class, &encoded.path, encoded.body.clone()).await?;
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match (answer.status, body) {
        (200 | 201, Some(body)) => Ok(vec![Outcome::Made(made(encoded.kind, &body)?)]),
        (200..=299, _) => Err(uncertain("an answer that does not say what was made")),
        (400 | 404 | 405 | 409 | 422, body) => {
            let said = body.map(|b| text(&b, "message")).unwrap_or_default();
            Ok(vec![Outcome::Refused(refusal(
                answer.status,
                encoded,
                &said,
            ))])
        }
        (status, _) => Err(uncertain(format!("it answers {status}"))),
    }
}

fn made(kind: Kind, body: &Value) -> Result<Posted, CallError> {
    let made = id(body, "id");
    if made.is_empty() {
        return Err(uncertain("an answer without the id of what was made"));
    }
    let (number, version, total) = match kind {
        Kind::Invoice => (
            id(body, "invoice_id"),
            text(body, "modification_time"),
            total(body)?,
        ),
        Kind::Contact => (String::new(), text(body, "update_time"), None),
        _ => (String::new(), String::new(), None),
    };
    Ok(Posted {
        id: made,
        number,
        version,
        total,
        applied: None,
        warnings: Vec::new(),
    })
}

fn total(order: &Value) -> Result<Option<Decimal>, CallError> {
    let code = order.get("total").map(|t| text(t, "currency_code"));
    let Some(currency) = code.and_then(|c| Currency::new(&c).ok()) else {
        return Ok(None);
    };
    minor(order, "total", currency).map_err(uncertain)
}

fn refusal(status: u16, encoded: &Encoded, said: &str) -> Refusal {
    let lower = said.to_lowercase();
    let payment = encoded.kind == Kind::Payment;
    let (class, code, fix) = match status {
        404 => (
            RefusalClass::State,
            codes::KEAP_GONE,
            "see in Keap what became of it, then `crossfoot retry TENANT NUMBER`",
        ),
        _ if payment && lower.contains("payment_method_type") => (
            RefusalClass::Mapping,
            codes::KEAP_PAYMENT_TYPE,
            "restore the type in Keap under E-Commerce > Settings > Orders, or name another one under `payments_account:`, then `crossfoot retry TENANT NUMBER`",
        ),
        _ if payment && lower.contains("balance") => (
            RefusalClass::State,
            codes::KEAP_BALANCE,
            "look at the payments of the order in Keap, then `crossfoot retry TENANT NUMBER`",
        ),
        _ => (
            RefusalClass::Data,
            codes::KEAP_DATA,
            "correct it in the source, or by a rule, then `crossfoot retry TENANT NUMBER`",
        ),
    };
    Refusal {
        class,
        code,
        what: match said.is_empty() {
            true => format!("Keap answers {status} and gives no reason"),
            false => cut(said, 500),
        },
        fix: fix.to_owned(),
    }
}
