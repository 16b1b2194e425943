//! What a word on a document is about: what the source said of it then, figure by figure, so that it can be told what of it
//! has changed since.
//!
//! Flows in: an invoice of the source. Flows out: its figures by the words people use for them. Pure. Not among them: its
//! payments, each of which has words of its own, and what else is known of its customer, whose telephone or address makes
//! no invoice another one; of a contact that goes by itself it is all there is.

use super::carry::source_hash;
use crate::model::{DocStatus, Fingerprint, Invoice, PersonsWord, money};
use serde::Serialize;
use std::collections::BTreeMap;

/// Figures whose values are shown; of the others only that they are not the same.
const SHOWN: [&str; 5] = ["number", "date", "due day", "currency", "total"];

fn hash(of: &impl Serialize) -> String {
    let text = serde_json::to_string(of).unwrap_or_default();
    Fingerprint::of(text.as_bytes()).0
}

/// What the source says of an invoice, figure by figure.
pub fn said_of(invoice: &Invoice) -> BTreeMap<String, String> {
    let i = invoice;
    let texts = (&i.title, &i.notes, &i.reference, &i.made_by, &i.fields);
    let standing = match i.status {
        DocStatus::Void => "cancelled",
        _ => "stands",
    };
    let all = [
        ("number", i.number.clone()),
        ("date", i.date.to_string()),
        (
            "due day",
            i.due.map_or("none".to_owned(), |d| d.to_string()),
        ),
        ("currency", i.currency.to_string()),
        ("total", money::show(i.reckoned)),
        ("customer", i.contact.id.clone()),
        ("lines", hash(&i.lines)),
        ("tax", hash(&(i.tax, i.tax_included))),
        ("texts", hash(&texts)),
        ("standing", standing.to_owned()),
    ];
    let whom = i.kind.is_party().then(|| ("details", hash(&i.contact)));
    let all = all.into_iter().chain(whom);
    all.map(|(k, v)| (k.to_owned(), v)).collect()
}

/// What of an invoice is not as it was when a word was said on it, as people are told it; empty where all of it is.
pub fn changed_since(word: &PersonsWord, invoice: &Invoice) -> Vec<String> {
    if word.source.is_empty() {
        // A word of an earlier version kept no more than a hash.
        let same = word.shown.contains(&source_hash(invoice).0);
        return if same {
            Vec::new()
        } else {
            vec!["something of it".to_owned()]
        };
    }
    let now = said_of(invoice);
    let was = |figure: &str| word.source.get(figure).map_or("", String::as_str);
    let told = |(figure, is): (&String, &String)| match SHOWN.contains(&figure.as_str()) {
        true => format!("{figure}: {} then, {is} now", was(figure)),
        false => figure.clone(),
    };
    let other = |(figure, is): &(&String, &String)| was(figure) != is.as_str();
    now.iter().filter(other).map(told).collect()
}
