//! What a connection to QuickBooks Online may say.

use crate::model::setting::{SettingKey, Takes};

/// The settings.
pub const SETTINGS: &[SettingKey] = &[
    SettingKey::new("client_id", Takes::Text, "", "The client id of your own app at developer.intuit.com."),
    SettingKey::new("redirect", Takes::Address, "", "The address that Intuit sends a person back to, as it is registered with the app."),
    SettingKey::new("organisation", Takes::Text, "", "The realm id of the company; left out, the one that was chosen when `crossfoot connect` was run."),
    SettingKey::new("organisation_name", Takes::Text, "", "Its name, as it is shown."),
    SettingKey::new("look", Takes::Span, "6h", "How long what people do in the ledger may go unseen while nothing is written: a run that writes nothing asks for its changes at most this often. Intuit meters reads."),
    SettingKey::new("base", Takes::Address, "", "Where the API is, in place of Intuit's own: `https://sandbox-quickbooks.api.intuit.com` for a development company."),
    SettingKey::new("identity", Takes::Address, "", "Where tokens are given, in place of Intuit's own: for a sandbox."),
    SettingKey::new("login", Takes::Address, "", "Where a person signs in, in place of Intuit's own: for a sandbox."),
];
