//! A manifest's text to what it says.
//!
//! Flows in: a file's name and text. Flows out: a [`Manifest`], or every mistake at once, each with its place and its cure.
//! Refused: what is not in the tables of words, what is not built yet, hosts and addresses that lead nowhere public, what
//! contradicts itself ([`super::cross`]). Bounded as a tenant's file. Pure.

use super::build_auth::auth;
use super::build_call::call;
use super::build_kind::{contacts_read, kind};
use super::build_ways::{errors, formats, limits};
use super::build_write::write;
use super::cross::{cross, cross_writes};
use super::reader::ManifestReader;
use super::request::is_private;
use super::shape::{KindRead, Manifest};
use super::words;
use crate::mapping::yaml::{Node, Source, Value, read};
use crate::model::{Diagnostic, Fingerprint, Kind, Severity};
use std::collections::BTreeMap;
use url::Url;

/// Reads a manifest.
pub fn parse(file: &str, text: &str) -> (Option<Manifest>, Vec<Diagnostic>) {
    let source = Source {
        name: file,
        text,
        index: 0,
    };
    let (root, all) = read(source);
    let mut told = ManifestReader { source, all };
    let made = root.and_then(|root| whole(&mut told, &root, file));
    let wrong = told.all.iter().any(|d| d.severity == Severity::Error);
    let print = Fingerprint::of(text.as_bytes()).0;
    let made = made.filter(|_| !wrong);
    // What other kinds take from how invoices are read is looked at once for each of them.
    let mut all: Vec<Diagnostic> = Vec::with_capacity(told.all.len());
    for d in told.all {
        if !all.contains(&d) {
            all.push(d);
        }
    }
    (made.map(|m| printed(m, &print)), all)
}

/// With the hash of its text.
fn printed(of: Manifest, print: &str) -> Manifest {
    let others = of.others.into_iter().map(|m| printed(m, print)).collect();
    Manifest {
        print: print.to_owned(),
        others,
        ..of
    }
}

/// The kinds that are read beside invoices, by their words under `read`.
const OTHERS: [(&str, Kind); 2] = [
    ("estimates", Kind::Estimate),
    ("purchase_orders", Kind::PurchaseOrder),
];

/// How records of a kind are read, where it is said, with what it takes from how invoices are read.
fn read_of(
    told: &mut ManifestReader<'_>,
    read: &Node,
    word: &'static str,
) -> Option<(Node, KindRead)> {
    let own = read.get(word)?;
    let like = own.get("like");
    let like = like.and_then(|n| told.word(n, "like", &["invoices"]));
    let node = match like.and_then(|w| read.get(w)) {
        Some(other) => over(own, other),
        None => own.clone(),
    };
    let made = kind(told, &node, word)?;
    Some((node, made))
}

/// A group over another: what it does not say is as it is there, and so is what it leaves out of its fields.
fn over(own: &Node, other: &Node) -> Node {
    let Value::Map(mut all) = own.value.clone() else {
        return own.clone();
    };
    for (key, node) in other.entries() {
        let said = all.iter_mut().find(|(k, _)| k.text == key.text);
        match said {
            Some((_, mine)) if key.text == "map" => *mine = over(mine, node),
            Some(_) => {}
            None => all.push((key.clone(), node.clone())),
        }
    }
    Node {
        at: own.at,
        value: Value::Map(all),
    }
}

/// The system as its records of other kinds are read.
fn as_read(
    told: &mut ManifestReader<'_>,
    made: &Manifest,
    others: Vec<(Kind, Node, KindRead)>,
) -> Vec<Manifest> {
    let mut all = Vec::new();
    for (kind, node, invoices) in others {
        let one = Manifest {
            kind,
            invoices,
            others: Vec::new(),
            contacts: None,
            write: None,
            ..made.clone()
        };
        cross(told, &node, &one);
        all.push(one);
    }
    all
}

/// Whether the vendor publishes its contract; that it does not is a doubt of its own.
fn contract<'n>(told: &mut ManifestReader<'_>, root: &'n Node) -> Option<&'n str> {
    let contract = told.need(root, "contract", "the file");
    let word = contract.and_then(|n| told.word(n, "contract", &["published", "assumed"]));
    if let (Some("assumed"), Some(n)) = (word, root.get("contract")) {
        let what = "this contract is assumed: the vendor publishes none";
        let fix = "Try it with `crossfoot connector test TENANT` before it is relied on.";
        let doubt = told.source.warning(n.at, "manifest.assumed", what, fix);
        told.all.push(doubt);
    }
    word
}

fn whole(told: &mut ManifestReader<'_>, root: &Node, file: &str) -> Option<Manifest> {
    told.keys(root, "the file", words::FILE);
    let word = word(told, root, file);
    let title = told.need(root, "title", "the file");
    let title = title.and_then(|n| told.text(n, "title"));
    let contract = contract(told, root);
    let base = told.need(root, "base", "the file");
    let base = base.and_then(|n| address(told, n));
    let hosts = hosts(told, root, base.as_deref());
    let auth = told
        .need(root, "auth", "the file")
        .and_then(|n| auth(told, n, &hosts));
    let headers = headers(told, root);
    let (limits, shared) = limits(told, root);
    let formats = formats(told, root);
    let errors = errors(told, root);
    let check = root.get("check").and_then(|n| check(told, n));
    let read = told.need(root, "read", "the file");
    let invoices = read.and_then(|n| {
        told.keys(n, "read", words::READ);
        told.need(n, "invoices", "read")?;
        read_of(told, n, "invoices")
    });
    let others: Vec<(Kind, Node, KindRead)> = (OTHERS.iter())
        .filter_map(|(word, kind)| {
            let (node, made) = read_of(told, read?, word)?;
            Some((*kind, node, made))
        })
        .collect();
    let contacts = root.path(&["read", "contacts"]);
    let contacts = contacts.and_then(|n| contacts_read(told, n));
    let write = root.get("write").and_then(|n| write(told, n));
    let (node, invoices) = invoices?;
    let mut made = Manifest {
        word: word?,
        title: title?.to_owned(),
        published: contract? == "published",
        file: file.to_owned(),
        print: String::new(),
        base: base?,
        hosts,
        carries: auth.as_ref()?.0.clone(),
        oauth: auth?.1,
        headers,
        limits,
        shared,
        formats,
        errors,
        check,
        kind: Kind::Invoice,
        invoices,
        others: Vec::new(),
        contacts,
        write,
    };
    cross(told, &node, &made);
    cross_writes(told, root, &made);
    made.others = as_read(told, &made, others);
    Some(made)
}

/// Whether a text can be a system's word.
pub fn is_word(word: &str) -> bool {
    let letters = word
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    letters && word.len() <= 40 && word.starts_with(|c: char| c.is_ascii_lowercase())
}

fn word(told: &mut ManifestReader<'_>, root: &Node, file: &str) -> Option<String> {
    let node = told.need(root, "connector", "the file")?;
    let word = told.text(node, "connector")?;
    if !is_word(word) {
        let fix = "Use 1 to 40 lower-case letters, digits and hyphens, a letter first.";
        told.wrong(
            node.at,
            "name",
            format!("`{word}` cannot name a system"),
            fix,
        );
        return None;
    }
    let stem = file
        .rsplit('/')
        .next()
        .and_then(|f| f.strip_suffix(".yaml"));
    if let Some(stem) = stem.filter(|s| *s != word) {
        let what = format!("the system is called `{word}`, and its file `{stem}.yaml`");
        told.wrong(
            node.at,
            "name",
            what,
            format!("Write `connector: {stem}`, or rename the file."),
        );
    }
    Some(word.to_owned())
}

fn address(told: &mut ManifestReader<'_>, node: &Node) -> Option<String> {
    let text = told.text(node, "base")?;
    let plain = text.replace("{setting.account}", "account");
    let fix = "Write it with https and without parameters, such as https://api.example.com/v2.";
    let url = Url::parse(&plain).ok().filter(|u| u.has_host());
    let Some(url) = url else {
        told.wrong(
            node.at,
            "address",
            format!("`base` is `{text}`, which is no address"),
            fix,
        );
        return None;
    };
    let named = !url.username().is_empty() || url.password().is_some();
    if url.scheme() != "https" || url.query().is_some() || url.fragment().is_some() || named {
        told.wrong(
            node.at,
            "address",
            format!("`base` is `{text}`, which is no plain https address"),
            fix,
        );
    } else if url.port().is_some() || is_private(&url) {
        let what = format!(
            "`base` leads to {}, which is no public host",
            url.host_str()?
        );
        let fix = "Write the vendor's own host here; an address of your network is said with `base` on the connection.";
        told.wrong(node.at, "private", what, fix);
    }
    let host = text.split('/').nth(2).unwrap_or_default();
    if plain.contains(['{', '}']) || host.contains(['{', '}']) {
        let fix = "Only `{setting.account}` may stand there, as a part of the path.";
        told.wrong(node.at, "template", format!("`base` is `{text}`"), fix);
        return None;
    }
    Some(text.to_owned())
}

fn hosts(told: &mut ManifestReader<'_>, root: &Node, base: Option<&str>) -> Vec<String> {
    let own = base.and_then(|b| Url::parse(b).ok());
    let own = own.and_then(|u| u.host_str().map(str::to_owned));
    let Some(node) = root.get("hosts") else {
        return own.into_iter().collect();
    };
    let mut all = Vec::new();
    for item in node.items() {
        let Some(text) = told.text(item, "hosts") else {
            continue;
        };
        let url = Url::parse(&format!("https://{text}/")).ok();
        match url.filter(|u| u.host_str() == Some(text)) {
            Some(url) if is_private(&url) => {
                let fix = "Remove it: a manifest reaches public hosts only.";
                told.wrong(
                    item.at,
                    "private",
                    format!("`{text}` is no public host"),
                    fix,
                );
            }
            Some(_) => all.push(text.to_owned()),
            None => {
                let fix = "Write a host alone, in small letters: api.example.com.";
                told.wrong(item.at, "host", format!("`{text}` is no host"), fix);
            }
        }
    }
    if let Some(own) = own.filter(|o| !all.contains(o)) {
        let fix = format!("Add `{own}` to the list.");
        told.wrong(
            node.at,
            "host",
            format!("`hosts` does not name {own}, where `base` leads"),
            fix,
        );
    }
    all
}

fn headers(told: &mut ManifestReader<'_>, root: &Node) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (key, value) in root.get("headers").map(Node::entries).unwrap_or_default() {
        let Some(text) = told.text(value, "headers") else {
            continue;
        };
        let name = key.text.to_ascii_lowercase();
        if ["authorization", "host", "cookie", "content-length"].contains(&name.as_str()) {
            let fix = "A key is said with `auth`, and kept by `crossfoot connect`.";
            told.wrong(
                key.at,
                "header",
                format!("the header `{}` is not set here", key.text),
                fix,
            );
        } else if http::HeaderName::from_bytes(name.as_bytes()).is_err() || !text.is_ascii() {
            let what = format!("`{}` is no header", key.text);
            told.wrong(key.at, "header", what, "Write a name and a plain text.");
        } else {
            all.insert(name, text.to_owned());
        }
    }
    all
}

fn check(
    told: &mut ManifestReader<'_>,
    node: &Node,
) -> Option<(super::request::CallSpec, Option<super::path::RecordPath>)> {
    told.keys(node, "check", words::CHECK);
    told.need(node, "get", "check")?;
    let path = call(told, node, "check")?;
    let name = node.get("name").and_then(|n| told.path(n, "check.name"));
    Some((path, name))
}
