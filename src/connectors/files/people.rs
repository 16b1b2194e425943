//! Who an invoice is for.

use super::cells::Row;
use crate::model::{Address, Contact};

fn address(head: &Row<'_>, of: &str) -> Address {
    let part = |name: &str| head.text(&format!("{of}.{name}"));
    Address {
        lines: [part("line1"), part("line2")]
            .into_iter()
            .filter(|l| !l.is_empty())
            .collect(),
        city: part("city"),
        region: part("region"),
        postal_code: part("postal_code"),
        country: part("country"),
    }
}

/// The customer. Without an id of its own a customer is known by its name.
pub(super) fn contact(head: &Row<'_>) -> Contact {
    let part = |name: &str| head.text(&format!("contact.{name}"));
    let person = format!("{} {}", part("first_name"), part("last_name"));
    let names = [
        part("name"),
        person.trim().to_owned(),
        part("company"),
        part("email"),
    ];
    let name = names
        .into_iter()
        .find(|n| !n.is_empty())
        .unwrap_or_default();
    let id = part("id");
    let parent = part("parent");
    Contact {
        // Without an id of its own a customer is known by its name.
        id: if id.is_empty() { name.clone() } else { id },
        name,
        first_name: part("first_name"),
        last_name: part("last_name"),
        company: part("company"),
        email: part("email"),
        phone: part("phone"),
        mobile: part("mobile"),
        tax_number: part("tax_number"),
        billing: address(head, "billing"),
        service: address(head, "service"),
        parent: (!parent.is_empty()).then(|| {
            Box::new(Contact {
                id: parent.clone(),
                name: parent.clone(),
                ..Contact::default()
            })
        }),
        ..Contact::default()
    }
}
