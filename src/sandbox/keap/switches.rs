//! What Keap's documents leave open, each a named switch; tests run both values.
//!
//! Flows in: names and values from the control plane. Flows out: typed choices. Refuses unknown names and
//! values with a sentence that lists them.
//!
//! | switch | values (the first is the default) | the open question |
//! | --- | --- | --- |
//! | `order_payments_unit` | `major`, `minor` | unit of `amount` in `/orders/{id}/payments` |
//! | `zero_tax` | `line`, `none` | whether zero tax shows as a TAX item of 0 |
//! | `discounts` | `negative_price`, `discount_field` | where a discount line carries its amount |
//! | `page_token_at_end` | `absent`, `empty` | `next_page_token` on the last page |
//! | `default_page_size` | 100, any from 1 to 1000 | `page_size` absent or 0 |
//! | `list_items` | `with`, `without` | whether rows of the order list carry `order_items` |
//! | `retry_after` | `absent`, `seconds` | `Retry-After` on 429 |
//! | `form_429` | `gateway`, `service` | which of the two seen bodies a 429 has |
//! | `quota_expiry` | `milliseconds`, `seconds` | unit of `x-keap-product-quota-expiry-time` |
//! | `payment_touches_order` | true, false | whether a payment moves the order's `modification_time` |
//! | `refund_rows` | `negative`, `positive` | sign of refund amounts |
//! | `total_paid` | `net`, `gross` | whether refunds lower `total_paid` |
//! | `delete_paid_order` | 409, 400 | status when an order with payments is deleted |
//! | `contact_list` | `all`, `basic` | contact properties in a list without `fields` |
//! | `authorize` | `approve`, `deny` | what the person at the consent page does |
//! | `authorize_application` | "" (the first), a name | which application that person picks |
//! | `redirect_uris` | `https`, `any` | `any` lets a rehearsal come back to plain loopback |
//! | `limits` | `on`, `off` | all limits |
//! | `spike_arrest` | 25, any (0 = off) | OAuth calls a second |

use serde_json::{Map, Value, json};

struct Switch {
    name: &'static str,
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
    word("order_payments_unit", &["major", "minor"]),
    word("zero_tax", &["line", "none"]),
    word("discounts", &["negative_price", "discount_field"]),
    word("page_token_at_end", &["absent", "empty"]),
    number("default_page_size", 100, 1, 1000),
    word("list_items", &["with", "without"]),
    word("retry_after", &["absent", "seconds"]),
    word("form_429", &["gateway", "service"]),
    word("quota_expiry", &["milliseconds", "seconds"]),
    Switch {
        name: "payment_touches_order",
        default: Choice::Flag(true),
        allowed: &["true", "false"],
    },
    word("refund_rows", &["negative", "positive"]),
    word("total_paid", &["net", "gross"]),
    number("delete_paid_order", 409, 400, 409),
    word("contact_list", &["all", "basic"]),
    word("authorize", &["approve", "deny"]),
    Switch {
        name: "authorize_application",
        default: Choice::Free,
        allowed: &[],
    },
    word("redirect_uris", &["https", "any"]),
    word("limits", &["on", "off"]),
    number("spike_arrest", 25, 0, 1_000_000),
];

const fn word(name: &'static str, allowed: &'static [&'static str]) -> Switch {
    Switch {
        name,
        default: Choice::Word,
        allowed,
    }
}

const fn number(name: &'static str, default: u64, least: u64, most: u64) -> Switch {
    Switch {
        name,
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

    pub(super) fn show(&self) -> Value {
        Value::Object(self.values.clone())
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
