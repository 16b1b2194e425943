//! A contact of a described source, as a document that goes by itself.
//!
//! Flows in: a stored record of the list of contacts. Flows out: a [`Contact`], made by the very reader that makes an invoice's, so
//! that a customer is the same however it is read; or what is wrong with which field. Pure.

use super::reading::{BadElement, ElementReader, id};
use super::shape::Manifest;
use super::value::ValueSpot;
use crate::connectors::files::read::party;
use crate::connectors::{BadRecord, Page, Session, Settings};
use crate::model::{Contact, Document, Record};
use serde_json::{Map, Value};

/// Reads a contact.
pub(super) fn said(
    manifest: &Manifest,
    settings: &Settings,
    raw: &Value,
) -> Result<Contact, BadElement> {
    let reader = ElementReader {
        manifest,
        settings,
        zone: None,
        currency: None,
    };
    let mut element = Map::new();
    for field in &manifest.invoices.map {
        let name = whole(&field.name);
        if let Some(value) = reader.value(field, &name, &ValueSpot::head(raw))? {
            element.insert(name, value);
        }
    }
    // What the list knows it by is what invoices name.
    element.insert("contact.id".to_owned(), id(manifest, raw).into());
    Ok(party(&Value::Object(element)))
}

/// A field's whole name: the contact's own are written without it.
fn whole(name: &str) -> String {
    match name.contains('.') {
        true => name.to_owned(),
        false => format!("contact.{name}"),
    }
}

/// A page of the list, each contact as the source says it.
pub(super) fn as_said(manifest: &Manifest, session: &Session, mut page: Page) -> Page {
    for r in std::mem::take(&mut page.records) {
        match said(manifest, &session.settings, &r.raw) {
            Ok(contact) => page.records.push(Record {
                number: contact.id.clone(),
                document: Document::Contact(contact),
                ..r
            }),
            Err(wrong) => page.bad.push(BadRecord {
                at: r.id.0.clone(),
                what: wrong.what,
                fix: wrong.fix,
                ..BadRecord::default()
            }),
        }
    }
    page
}
