//! What a description needs of a connection before anything can be called: an address that leads somewhere, and the account in it.
//!
//! Flows in: a manifest and what a connection says. Flows out: the first thing that is not said, with its cure. Pure.

use super::cross_uses::uses;
use super::request::{CallSpec, base};
use super::shape::{EachSpec, KindRead, Manifest};
use super::template::TemplateName;
use super::write_shape::{KindWrite, WriteCall};
use crate::connectors::{BadRecord, Settings};
use crate::model::Kind;
use url::Url;

/// Ends of names that no address on the internet has, kept for pages that explain: a description whose makers publish none is
/// written with one.
const NOWHERE: [&str; 6] = [
    ".example",
    ".invalid",
    ".test",
    "example.com",
    "example.org",
    "example.net",
];

/// What a connection does not say, and without which nothing can be asked.
pub(super) fn lacks(manifest: &Manifest, settings: &Settings) -> Option<BadRecord> {
    let lack = |what: String, fix: &str| BadRecord {
        at: manifest.title.clone(),
        what,
        fix: fix.to_owned(),
        ..BadRecord::default()
    };
    if settings.get("base", "").is_empty() && leads_nowhere(&manifest.base) {
        return Some(lack(
            "the connection has no `base`, and nobody publishes where its API begins".to_owned(),
            "add `base` to the connection: the address that its makers gave you",
        ));
    }
    const ACCOUNT: &str =
        "add `account` to the connection: the account's name in the address of its pages";
    if let Err(no) = base(&manifest.base, settings) {
        return Some(lack(no.0, ACCOUNT));
    }
    let account = |n: &TemplateName| matches!(n, TemplateName::Setting(s) if s == "account");
    let asks = calls(manifest).into_iter().any(|call| uses(call, account));
    (asks && settings.get("account", "").is_empty()).then(|| {
        let what = "the connection has no `account`, and its calls hold it";
        lack(what.to_owned(), ACCOUNT)
    })
}

fn leads_nowhere(base: &str) -> bool {
    let url = Url::parse(base).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let under = |end: &str| match end.strip_prefix('.') {
        Some(_) => host.ends_with(end),
        None => host == end || host.ends_with(&format!(".{end}")),
    };
    NOWHERE.into_iter().any(under)
}

/// Every call that a description makes.
fn calls(manifest: &Manifest) -> Vec<&CallSpec> {
    let mut all: Vec<&CallSpec> = manifest.check.iter().map(|(call, _)| call).collect();
    let contacts = manifest.kinds().filter_map(|m| m.contacts.as_ref());
    let read = manifest.kinds().map(|m| &m.invoices).chain(contacts);
    read.for_each(|kind| all.extend(reads(kind)));
    let kinds = [Kind::Contact, Kind::Invoice, Kind::Payment];
    let write = manifest.write.iter();
    let written = write.flat_map(|w| kinds.into_iter().filter_map(|kind| w.of(kind)));
    written.for_each(|kind| all.extend(writes(kind)));
    all
}

fn reads(kind: &KindRead) -> Vec<&CallSpec> {
    let mut all = vec![&kind.list];
    all.extend(kind.one.iter().map(|(call, _)| call));
    all.extend(kind.fetch.iter().map(|f| &f.call));
    all.extend(kind.touched.iter().map(|t| &t.call));
    if let Some(EachSpec::Fetched(call, ..)) = &kind.for_each {
        all.push(call);
    }
    all
}

fn writes(kind: &KindWrite) -> Vec<&CallSpec> {
    let change = kind.change.as_ref().map(|c| &c.call);
    let own: [Option<&WriteCall>; 3] = [Some(&kind.create), change, kind.remove.as_ref()];
    let mut all: Vec<&CallSpec> = own.into_iter().flatten().map(|w| &w.call).collect();
    all.extend(kind.find.iter().map(|(call, _)| call));
    all
}
