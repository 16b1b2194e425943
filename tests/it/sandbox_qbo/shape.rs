//! Every answer has the published shape: no field that the vendor's XSD does not name, none of another type.
//!
//! Asked of each answer that any of these tests gets. Without CROSSFOOT_SPECS nothing is checked, which is said once; with
//! CROSSFOOT_NO_SKIP that is a failure.

use serde_json::{Map, Value};
use std::sync::OnceLock;

fn types() -> Option<&'static Map<String, Value>> {
    static TYPES: OnceLock<Option<Map<String, Value>>> = OnceLock::new();
    let read = || {
        let Ok(folder) = std::env::var("CROSSFOOT_SPECS") else {
            assert!(
                std::env::var("CROSSFOOT_NO_SKIP").is_err(),
                "CROSSFOOT_SPECS is not set"
            );
            println!(
                "skipped: answers are not checked against the published fields (CROSSFOOT_SPECS is not set)"
            );
            return None;
        };
        let text =
            std::fs::read_to_string(std::path::Path::new(&folder).join("qbo/fields.json")).unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        Some(all["types"].as_object().unwrap().clone())
    };
    TYPES.get_or_init(read).as_ref()
}

/// Checks what an answer holds: entities by name, in lists, below queries, batches and changes.
pub fn check(body: &Value) {
    let Some(types) = types() else { return };
    let Some(map) = body.as_object() else { return };
    for (name, value) in map {
        let inner = value
            .as_array()
            .map_or_else(|| vec![value.clone()], Clone::clone);
        match name.as_str() {
            "QueryResponse" | "BatchItemResponse" | "CDCResponse" => inner.iter().for_each(check),
            "Fault" | "TaxRateDetails" => {}
            kind => {
                // The tax service answers with a name under a kind.
                let entities = inner.iter().filter(|e| !e.is_string());
                if let Some(shape) = types.get(kind) {
                    entities.for_each(|entity| object(types, kind, shape, entity));
                }
            }
        }
    }
}

fn object(types: &Map<String, Value>, at: &str, shape: &Value, value: &Value) {
    let Some(map) = value.as_object() else {
        panic!("{at} is no object: {value}")
    };
    for (name, value) in map {
        let field = shape
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["name"] == *name);
        let Some(field) = field else {
            panic!("{at} has a field `{name}` that its shape has not: {value}")
        };
        let at = format!("{at}.{name}");
        match (field["many"].as_bool() == Some(true), value) {
            (true, Value::Array(list)) => {
                list.iter().for_each(|one| single(types, &at, field, one))
            }
            (true, _) => panic!("{at} is no list: {value}"),
            (false, _) => single(types, &at, field, value),
        }
    }
}

fn single(types: &Map<String, Value>, at: &str, field: &Value, value: &Value) {
    let kind = field["type"].as_str().unwrap();
    let day = |s: &str| chrono::NaiveDate::parse_from_str(s, "%Y-%m-%d").is_ok();
    let right = match kind {
        "xs:string" | "id" => value.is_string(),
        "xs:decimal" | "xs:int" | "xs:integer" | "xs:positiveInteger" => value.is_number(),
        "xs:boolean" => value.is_boolean(),
        "xs:date" => value.as_str().is_some_and(day),
        "xs:dateTime" => value
            .as_str()
            .is_some_and(|s| chrono::DateTime::parse_from_rfc3339(s).is_ok()),
        // The text of a reference is its value.
        "ReferenceType" | "MemoRef" => {
            let keys = |m: &Map<String, Value>| {
                m.keys()
                    .all(|k| ["value", "name", "type"].contains(&k.as_str()))
            };
            value
                .as_object()
                .is_some_and(|m| m.contains_key("value") && keys(m))
        }
        other => {
            if let Some(shape) = types.get(other) {
                object(types, at, shape, value);
            }
            true
        }
    };
    assert!(right, "{at} is no {kind}: {value}");
}

#[test]
fn a_field_that_is_not_published_is_found_out() {
    if types().is_none() {
        return;
    }
    check(&serde_json::json!({"Customer": {"Id": "1", "Active": true}, "time": "now"}));
    for wrong in [
        serde_json::json!({"Invoice": {"Colour": "red"}}),
        serde_json::json!({"QueryResponse": {"Item": [{"Id": 1}]}}),
    ] {
        let told = std::panic::catch_unwind(|| check(&wrong));
        assert!(told.is_err(), "{wrong}");
    }
}
