//! Contacts as the vendor writes them: in full, in lists, in summaries, as a name within a document.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::books::{Contact, Kind, Org};
use super::contact_fields::{ADDRESS, ADDRESS_TYPES, PHONE, PHONE_TYPES, Slots};
use super::json::{midnight, ms, num};

/// How much of a contact to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// By id, paged, and after a write.
    Full,
    /// An unpaged list.
    List,
    /// `summaryOnly=true`.
    Brief,
    /// Within a document of an unpaged list.
    Name,
}

/// A contact as the vendor writes it.
pub(super) fn show(
    org: &Org,
    contact: &Contact,
    level: Level,
    now: chrono::DateTime<chrono::Utc>,
) -> Value {
    let mut out = Map::new();
    out.insert("ContactID".into(), json!(contact.id));
    if level == Level::Name {
        out.insert("Name".into(), json!(contact.name));
        for empty in ["Addresses", "Phones", "ContactGroups", "ContactPersons"] {
            out.insert(empty.into(), json!([]));
        }
        out.insert("HasValidationErrors".into(), json!(false));
        return Value::Object(out);
    }
    if let Some(number) = &contact.number {
        out.insert("ContactNumber".into(), json!(number));
    }
    if let Some(number) = &contact.account_number {
        out.insert("AccountNumber".into(), json!(number));
    }
    out.insert("ContactStatus".into(), json!(contact.status));
    out.insert("Name".into(), json!(contact.name));
    out.insert("EmailAddress".into(), json!(contact.email));
    let basic = [
        "FirstName",
        "LastName",
        "CompanyNumber",
        "TaxNumber",
        "BankAccountDetails",
    ];
    for (name, text) in &contact.fields {
        if level == Level::Full || basic.contains(name) {
            out.insert((*name).into(), json!(text));
        }
    }
    if level != Level::Brief {
        out.insert(
            "BankAccountDetails".into(),
            json!(
                contact
                    .fields
                    .get("BankAccountDetails")
                    .cloned()
                    .unwrap_or_default()
            ),
        );
        out.insert(
            "Addresses".into(),
            show_slots(&contact.addresses, "AddressType", ADDRESS_TYPES, ADDRESS),
        );
        out.insert(
            "Phones".into(),
            show_slots(&contact.phones, "PhoneType", PHONE_TYPES, PHONE),
        );
        out.insert("ContactGroups".into(), json!([]));
        out.insert("IsSupplier".into(), json!(contact.is_supplier));
        out.insert("IsCustomer".into(), json!(contact.is_customer));
        out.insert("HasAttachments".into(), json!(false));
    }
    out.insert("UpdatedDateUTC".into(), ms(contact.updated));
    if level == Level::Full {
        details(org, contact, now, &mut out);
    }
    out.insert("HasValidationErrors".into(), json!(false));
    Value::Object(out)
}

fn details(
    org: &Org,
    contact: &Contact,
    now: chrono::DateTime<chrono::Utc>,
    out: &mut Map<String, Value>,
) {
    out.insert(
        "ContactPersons".into(),
        Value::Array(contact.persons.clone()),
    );
    out.insert("SalesTrackingCategories".into(), json!([]));
    out.insert("PurchasesTrackingCategories".into(), json!([]));
    if let Some(to) = contact.merged_to {
        out.insert("MergedToContactID".into(), json!(to));
    }
    if let Some(terms) = &contact.terms {
        out.insert("PaymentTerms".into(), terms.clone());
    }
    if let Some(discount) = contact.discount {
        out.insert("Discount".into(), num(discount, 2));
    }
    if let Some(balances) = balances(org, contact.id, now) {
        out.insert("Balances".into(), balances);
    }
}

fn show_slots(
    slots: &Slots,
    type_field: &str,
    types: &[&'static str],
    fields: &[(&'static str, usize)],
) -> Value {
    let one = |kind: &&'static str| {
        let slot = slots.get(kind);
        let mut out = Map::new();
        out.insert(type_field.into(), json!(kind));
        for (name, _) in fields {
            let text = slot.and_then(|s| s.get(name)).cloned();
            let optional = name.starts_with("AddressLine") || *name == "AttentionTo";
            if text.is_some() || !optional {
                out.insert((*name).into(), json!(text.unwrap_or_default()));
            }
        }
        Value::Object(out)
    };
    Value::Array(types.iter().map(one).collect())
}

fn balances(org: &Org, id: Uuid, now: chrono::DateTime<chrono::Utc>) -> Option<Value> {
    let mut sums = [[Decimal::ZERO; 2]; 2];
    let mut any = false;
    for ((_, doc), kind) in org
        .contact_docs
        .range((id, Uuid::nil())..=(id, Uuid::max()))
    {
        let Some(doc) = org
            .invoices
            .get(doc)
            .filter(|d| *kind == Kind::Invoice && d.status == "AUTHORISED")
        else {
            continue;
        };
        any = true;
        let [outstanding, overdue] = &mut sums[usize::from(!doc.sale())];
        *outstanding += doc.open();
        if doc.due.is_some_and(|due| midnight(due) < now) {
            *overdue += doc.open();
        }
    }
    let show = |[outstanding, overdue]: [Decimal; 2]| json!({"Outstanding": num(outstanding, 2), "Overdue": num(overdue, 2)});
    any.then(|| json!({"AccountsReceivable": show(sums[0]), "AccountsPayable": show(sums[1])}))
}
