//! How a row is shown: in the types of the vendor's description, or in those that live accounts were seen to send.

use super::switches::Switches;
use crate::sandbox::wire::Reply;
use http::StatusCode;
use serde_json::{Value, json};

/// A refusal.
pub(super) fn error(status: StatusCode, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"errorCode": status.as_u16(), "message": message}),
    )
}

/// A row as it is answered.
pub(super) fn row(list: &str, row: &Value, switches: &Switches) -> Value {
    let mut row = row.clone();
    if !switches.live() {
        return row;
    }
    if let Some(row) = row.as_object_mut() {
        match list {
            "job" => {
                row.remove("invoice_sent");
                row.remove("invoice_sent_stamp");
                let quoted = row.get("quote_sent") == Some(&json!(1));
                row.insert("quote_sent".to_owned(), json!(quoted));
                row.insert("customfield_site_code".to_owned(), json!(""));
            }
            "jobmaterial" | "jobpayment" => {
                let active = row
                    .get("active")
                    .map(ToString::to_string)
                    .unwrap_or_default();
                row.insert("active".to_owned(), json!(active));
            }
            "material" => {
                for field in ["price", "cost", "quantity_in_stock"] {
                    let number = row.get(field).and_then(Value::as_str);
                    if let Some(number) = number.and_then(|n| serde_json::from_str::<Value>(n).ok())
                    {
                        row.insert(field.to_owned(), number);
                    }
                }
            }
            _ => {}
        }
    }
    row
}
