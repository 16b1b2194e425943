//! What Keap's documents leave open, each a named switch; tests run both values.
//!
//! Flows in: names and values from the control plane. Flows out: typed choices. Refuses unknown names and
//! values with a sentence that lists them.

use serde_json::{Map, Value, json};

struct Switch {
    name: &'static str,
    /// What it decides.
    about: &'static str,
    default: Choice,
    allowed: &'static [&'static str],
}

enum Choice {
    Word,
    Flag(bool),
    Number { default: u64, least: u64, most: u64 },
    Free,
}

const SWITCHES: &[Switch] = &[
    word(
        "order_payments_unit",
        &["major", "minor"],
        "the unit of `amount` in `/orders/{id}/payments`",
    ),
    word(
        "zero_tax",
        &["line", "none"],
        "whether a tax of zero shows as a TAX item of 0",
    ),
    word(
        "discounts",
        &["negative_price", "discount_field"],
        "where a discount line carries its amount",
    ),
    word(
        "page_token_at_end",
        &["absent", "empty"],
        "`next_page_token` on the last page",
    ),
    number(
        "default_page_size",
        100,
        1,
        1000,
        "rows of a page when `page_size` is absent or 0",
    ),
    word(
        "list_items",
        &["with", "without"],
        "whether rows of the order list carry `order_items`",
    ),
    word(
        "retry_after",
        &["absent", "seconds"],
        "`Retry-After` on 429",
    ),
    word(
        "form_429",
        &["gateway", "service"],
        "which of the two seen bodies a 429 has",
    ),
    word(
        "quota_expiry",
        &["milliseconds", "seconds"],
        "the unit of `x-keap-product-quota-expiry-time`",
    ),
    Switch {
        name: "payment_touches_order",
        about: "whether a payment moves the order's `modification_time`",
        default: Choice::Flag(true),
        allowed: &["true", "false"],
    },
    word(
        "refund_rows",
        &["negative", "positive"],
        "the sign of refund amounts",
    ),
    word(
        "total_paid",
        &["net", "gross"],
        "whether refunds lower `total_paid`",
    ),
    number(
        "delete_paid_order",
        409,
        400,
        409,
        "the status when an order with payments is deleted",
    ),
    word(
        "contact_list",
        &["all", "basic"],
        "the properties of contacts in a list without `fields`",
    ),
    word(
        "authorize",
        &["approve", "deny"],
        "what the person at the consent page does",
    ),
    Switch {
        name: "authorize_application",
        about: "which application that person picks, by its name; empty for the first",
        default: Choice::Free,
        allowed: &[],
    },
    word(
        "redirect_uris",
        &["https", "any"],
        "whether a sign-in may come back to plain loopback, as a rehearsal does",
    ),
    word("limits", &["on", "off"], "whether the limits on calls hold"),
    number(
        "spike_arrest",
        25,
        0,
        1_000_000,
        "OAuth calls a second; 0 for no limit",
    ),
];

const fn word(name: &'static str, allowed: &'static [&'static str], about: &'static str) -> Switch {
    Switch {
        name,
        about,
        default: Choice::Word,
        allowed,
    }
}

const fn number(
    name: &'static str,
    default: u64,
    least: u64,
    most: u64,
    about: &'static str,
) -> Switch {
    Switch {
        name,
        about,
        default: Choice::Number {
            default,
            least,
            most,
        },
        allowed: &[],
    }
}

/// The switches and their values.
#[derive(Debug, Clone)]
pub(super) struct Switches {
    values: Map<String, Value>,
}

impl Default for Switches {
    fn default() -> Self {
        let mut values = Map::new();
        for switch in SWITCHES {
            let value = match switch.default {
                Choice::Word => json!(switch.allowed.first().copied().unwrap_or("")),
                Choice::Flag(on) => json!(on),
                Choice::Number { default, .. } => json!(default),
                Choice::Free => json!(""),
            };
            values.insert(switch.name.to_owned(), value);
        }
        Self { values }
    }
}

impl Switches {
    pub(super) fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        let Some(switch) = SWITCHES.iter().find(|s| s.name == name) else {
            let known: Vec<&str> = SWITCHES.iter().map(|s| s.name).collect();
            return Err(format!(
                "Keap has no switch `{name}`; it has: {}",
                known.join(", ")
            ));
        };
        let fits = match switch.default {
            Choice::Word => value.as_str().is_some_and(|v| switch.allowed.contains(&v)),
            Choice::Flag(_) => value.is_boolean(),
            Choice::Number { least, most, .. } => {
                value.as_u64().is_some_and(|n| (least..=most).contains(&n))
            }
            Choice::Free => value.is_string(),
        };
        if !fits {
            let allowed = match switch.default {
                Choice::Number { least, most, .. } => format!("a number from {least} to {most}"),
                Choice::Free => "a text".to_owned(),
                _ => switch.allowed.join(" or "),
            };
            return Err(format!("the switch `{name}` takes {allowed}"));
        }
        self.values.insert(name.to_owned(), value.clone());
        Ok(())
    }

    /// All switches: value, choices, meaning.
    pub(super) fn show(&self) -> Value {
        let of = |s: &Switch| {
            let value = self.values.get(s.name).cloned().unwrap_or_default();
            let told = match s.default {
                Choice::Word => json!({"value": value, "values": s.allowed, "about": s.about}),
                Choice::Flag(on) => {
                    json!({"value": value, "values": [on, !on], "about": s.about})
                }
                Choice::Number { least, most, .. } => {
                    json!({"value": value, "least": least, "most": most, "about": s.about})
                }
                Choice::Free => json!({"value": value, "about": s.about}),
            };
            (s.name.to_owned(), told)
        };
        Value::Object(SWITCHES.iter().map(of).collect())
    }

    /// Whether a switch of words has this value.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.text(name) == value
    }

    pub(super) fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or("")
    }

    pub(super) fn on(&self, name: &str) -> bool {
        self.values
            .get(name)
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.values.get(name).and_then(Value::as_u64).unwrap_or(0)
    }
}
