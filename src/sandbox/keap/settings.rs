//! What an application says of itself: business profile, configuration, and who the token belongs to.
//!
//! Flows in: three GETs. Flows out: `GetBusinessProfileResponse`, `GetSettingsResponse`, `GetUserInfoResponse`.
//! Refuses configuration fields that the schema does not list.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::errors::{Answer, Fail};
use super::store::App;
use crate::sandbox::wire::{Call, Reply};

const FIELDS: [&str; 12] = [
    "AFFILIATE",
    "APPOINTMENT",
    "CONTACT",
    "ECOMMERCE",
    "EMAIL",
    "FORMS",
    "FULFILLMENT",
    "INVOICE",
    "NOTE",
    "OPPORTUNITY",
    "TASK",
    "TEMPLATE",
];

pub(super) fn business_profile(app: &App) -> Reply {
    let mut shown = Map::new();
    shown.insert("name".into(), json!(app.name));
    shown.insert("currency_code".into(), json!(app.currency));
    shown.insert("time_zone".into(), json!(app.time_zone));
    shown.insert("language_tag".into(), json!("en-US"));
    shown.extend(app.profile.clone());
    Reply::json(StatusCode::OK, &Value::Object(shown))
}

pub(super) fn configuration(app: &App, call: &Call) -> Answer {
    let company = app
        .profile
        .get("name")
        .cloned()
        .unwrap_or_else(|| json!(app.name));
    let mut shown =
        json!({"application": {"company": {"name": company}, "time_zone": app.time_zone}});
    for field in fields(call) {
        match field.as_str() {
            "ECOMMERCE" => {
                shown["ecommerce"] = json!({
                    "currency": app.currency,
                    "default_tax": app.default_tax,
                    "payment_types": app.payment_types.join(","),
                    "track_cost_per_unit": true,
                    "track_inventory": false,
                });
            }
            "INVOICE" => shown["invoice"] = json!({"tax_label": app.tax_label}),
            known if FIELDS.contains(&known) => shown[known.to_lowercase()] = json!({}),
            other => return Err(Fail::bad(format!("Invalid fields value: {other}"))),
        }
    }
    Ok(Reply::json(StatusCode::OK, &shown))
}

/// The `fields` parameter, repeated or with commas.
pub(super) fn fields(call: &Call) -> Vec<String> {
    call.query
        .iter()
        .filter(|(name, _)| name == "fields")
        .flat_map(|(_, value)| value.split(','))
        .map(|v| v.trim().to_owned())
        .filter(|v| !v.is_empty())
        .collect()
}

pub(super) fn user_info(app: &App) -> Reply {
    Reply::json(
        StatusCode::OK,
        &json!({
            "email": app.profile.get("email").cloned().unwrap_or_else(|| json!(format!("owner@{}.example", app.name))),
            "sub": format!("{}-owner", app.name),
            "id": "1",
            "keap_id": format!("owner@{}", app.name),
            "family_name": "Owner",
            "given_name": "The",
            "is_admin": true,
            "tenant_id": app.name,
        }),
    )
}
