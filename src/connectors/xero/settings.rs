//! What a connection to Xero may say.

use crate::model::setting::{SettingKey, Takes};

/// The settings.
pub const SETTINGS: &[SettingKey] = &[
    SettingKey::new("client_id", Takes::Text, "", "The client id of your own app at developer.xero.com."),
    SettingKey::new("redirect", Takes::Address, "", "The address that Xero sends a person back to, as it is registered with the app."),
    SettingKey::new("organisation", Takes::Text, "", "The id of the organisation; left out, the one that was chosen by `crossfoot connect`."),
    SettingKey::new("organisation_name", Takes::Text, "", "Its name, as it is shown."),
    SettingKey::new("calls_a_day", Takes::Count, "", "The most calls a day; left out, what Xero allows."),
    SettingKey::new("look", Takes::Span, "30m", "How long what people do in the ledger may go unseen while nothing is written: a run that writes nothing asks for its changes at most this often."),
    SettingKey::new("base", Takes::Address, "", "Where the API is, in place of Xero's own: for a sandbox."),
    SettingKey::new("identity", Takes::Address, "", "Where tokens are given, in place of Xero's own: for a sandbox."),
    SettingKey::new("login", Takes::Address, "", "Where a person signs in, in place of Xero's own: for a sandbox."),
];
