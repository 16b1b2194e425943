//! A customer as Intuit's form has it.
//!
//! Flows in: a contact's draft. Flows out: fields; of a change those that differ. Our mark goes into the notes when it is made,
//! and stays as people leave it. Refused: a name that is empty or too long, an address that is no longer an e-mail address.

use super::room::CONTACT;
use crate::connectors::Write;
use crate::connectors::json::cut;
use crate::connectors::stamp::stamp;
use crate::model::{Address, ContactDraft};
use serde_json::{Map, Value, json};

/// Most characters of a name.
const NAME: usize = 500;
/// Most characters of an e-mail address.
const EMAIL: usize = 100;

/// A text that fits, without the spaces around it.
pub(super) fn at_most(what: &str, value: &str, most: usize) -> Result<String, String> {
    let value = value.trim();
    match value.chars().count() > most {
        true => Err(format!("{what} has more than {most} characters")),
        false => Ok(value.to_owned()),
    }
}

/// A customer's fields.
///
/// # Errors
/// A sentence: what does not fit.
pub(super) fn contact(write: &Write, draft: &ContactDraft) -> Result<Map<String, Value>, String> {
    let name = at_most("the name", &draft.name, NAME)?;
    if name.is_empty() {
        return Err("the name is empty".to_owned());
    }
    let same = write.update.as_ref().map_or(&[][..], |of| &of.same);
    let sent = |field: &str| !same.iter().any(|s| s == field);
    let phone = |number: &str| {
        let number = number.trim();
        // Half a telephone number is worse than none.
        (number.chars().count() <= CONTACT.phone).then(|| number.to_owned())
    };
    let email = at_most("the e-mail address", &draft.email, EMAIL)?;
    let within = |field: &str, text: String| match text.is_empty() {
        true => Value::Null,
        false => json!({ field: text }),
    };
    let text = |text: String| match text.is_empty() {
        true => Value::Null,
        false => json!(text),
    };
    let free = |number: &str| within("FreeFormNumber", phone(number).unwrap_or_default());
    let person = |name: &str| text(cut(name.trim(), CONTACT.person));
    let all = [
        ("name", "DisplayName", text(name)),
        ("first_name", "GivenName", person(&draft.first_name)),
        ("last_name", "FamilyName", person(&draft.last_name)),
        ("email", "PrimaryEmailAddr", within("Address", email)),
        ("phone", "PrimaryPhone", free(&draft.phones.default)),
        ("mobile", "Mobile", free(&draft.phones.mobile)),
        ("billing", "BillAddr", address(&draft.billing)),
        ("service", "ShipAddr", address(&draft.service)),
    ];
    // What is not sent is left as it is.
    let told = all
        .into_iter()
        .filter(|(ours, _, value)| sent(ours) && !value.is_null());
    let mut out: Map<String, Value> = told
        .map(|(_, theirs, value)| (theirs.to_owned(), value))
        .collect();
    if write.update.is_none() {
        // The company's own where none is said, and fixed from the first document on.
        if let Some(currency) = draft.currency {
            out.insert("CurrencyRef".into(), json!({ "value": currency.code() }));
        }
        out.insert("Notes".into(), json!(stamp(&write.marker)));
    }
    Ok(out)
}

fn address(a: &Address) -> Value {
    if a.is_empty() {
        return Value::Null;
    }
    let mut lines: Vec<String> = (a.lines.iter())
        .map(|l| cut(l.trim(), CONTACT.line))
        .filter(|l| !l.is_empty())
        .collect();
    if lines.len() > CONTACT.lines {
        let rest = lines.split_off(CONTACT.lines - 1).join(", ");
        lines.push(cut(&rest, CONTACT.line));
    }
    let named = ["Line1", "Line2", "Line3", "Line4", "Line5"];
    let more = [
        ("City", cut(a.city.trim(), CONTACT.town)),
        ("CountrySubDivisionCode", cut(a.region.trim(), CONTACT.town)),
        ("PostalCode", cut(a.postal_code.trim(), CONTACT.code)),
        ("Country", cut(a.country.trim(), CONTACT.town)),
    ];
    let all = named.into_iter().zip(lines).chain(more);
    let told = all.filter(|(_, text)| !text.is_empty());
    Value::Object(told.map(|(f, text)| (f.to_owned(), json!(text))).collect())
}
