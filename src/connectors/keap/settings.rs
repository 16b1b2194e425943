//! What a connection to Keap may say.

use crate::model::setting::{SettingKey, Takes, says};

/// The settings.
pub const SETTINGS: &[SettingKey] = &[
    SettingKey::new("client_id", Takes::Text, "", "The client id of your own app at keys.developer.keap.com; without one, a key signs in."),
    SettingKey::new("redirect", Takes::Address, "", "The address that Keap sends a person back to, as it is registered with the app."),
    SettingKey::new("zone", Takes::Zone, "", "The time zone of the business's days; left out, that of the Keap account counts.").of_reading(),
    SettingKey::new(
        "discounts",
        Takes::Words(&[
            says("auto", "Whichever makes the lines come to the total."),
            says("price", "The price of a line is what is left after its discount."),
            says("field", "The discount of a line is taken off its price."),
        ]),
        "auto",
        "How the discounts of lines are read.",
    ).of_reading(),
    SettingKey::new(
        "order_payment_unit",
        Takes::Words(&[
            says("auto", "Whichever agrees with what the order says is paid."),
            says("minor", "Cents."),
            says("major", "Dollars."),
        ]),
        "auto",
        "The unit of the payments that stand in an order.",
    ).of_reading(),
    SettingKey::new("page_size", Takes::Count, "500", "How many orders are asked for at once."),
    SettingKey::new("base", Takes::Address, "", "Where the API is, in place of Keap's own: for a sandbox."),
    SettingKey::new("identity", Takes::Address, "", "Where tokens are given, in place of Keap's own: for a sandbox."),
    SettingKey::new("login", Takes::Address, "", "Where a person signs in, in place of Keap's own: for a sandbox."),
];
