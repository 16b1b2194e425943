//! A first draft of a description, from an OpenAPI document (3.0 or 3.1, JSON).
//!
//! Flows in: a name and the document. Flows out: YAML that lints, in which everything that was guessed says so. Refused: a
//! document without a list that could be one of invoices. Nothing of the document is trusted: names that no path can have are left
//! out, references are followed [`DEEPEST`] levels and no further. Pure.

use super::path::RecordPath;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// Levels of references that are followed.
const DEEPEST: usize = 8;

/// A field, and the names under which systems have it, the likeliest first.
const HEAD: &[(&str, &[&str])] = &[
    (
        "number",
        &[
            "invoice_number",
            "number",
            "invoice_no",
            "doc_number",
            "reference_number",
        ],
    ),
    (
        "date",
        &[
            "invoice_date",
            "issue_date",
            "issued_on",
            "date",
            "issued_at",
            "created_at",
        ],
    ),
    ("due", &["due_date", "due_on", "due", "due_at"]),
    ("reference", &["reference", "po_number", "purchase_order"]),
    ("currency", &["currency", "currency_code"]),
    ("subtotal", &["subtotal", "sub_total", "net", "net_amount"]),
    (
        "tax",
        &["tax_total", "tax_amount", "total_tax", "tax", "vat_total"],
    ),
    ("total", &["total", "total_amount", "grand_total", "amount"]),
    (
        "contact.id",
        &[
            "customer_id",
            "client_id",
            "contact_id",
            "customer.id",
            "client.id",
            "contact.id",
        ],
    ),
    (
        "contact.name",
        &[
            "customer_name",
            "client_name",
            "contact_name",
            "customer.name",
            "client.name",
            "contact.name",
        ],
    ),
    (
        "contact.email",
        &[
            "customer_email",
            "client_email",
            "customer.email",
            "client.email",
            "contact.email",
        ],
    ),
];
const LINE: &[(&str, &[&str])] = &[
    ("sku", &["sku", "item_code", "product_code", "code"]),
    ("description", &["description", "name", "title", "text"]),
    ("quantity", &["quantity", "qty"]),
    (
        "unit_amount",
        &["unit_price", "unit_amount", "price", "rate"],
    ),
    ("amount", &["amount", "total", "line_total"]),
];
const LISTS: &[&str] = &["invoice", "sale", "order", "bill", "job"];
const LINES: &[&str] = &[
    "line_items",
    "lines",
    "items",
    "invoice_lines",
    "invoice_items",
];
const SINCE: &[&str] = &[
    "updated_since",
    "modified_since",
    "updated_after",
    "modified_after",
    "since",
];
const STAMPS: &[&str] = &[
    "updated_at",
    "modified_at",
    "updated_on",
    "last_modified",
    "modified",
];

/// Makes the draft.
///
/// # Errors
/// A sentence: the document is none, or has no list of invoices.
pub fn draft(name: &str, document: &Value) -> Result<String, String> {
    let paths = document.get("paths").and_then(Value::as_object);
    let paths = paths.ok_or("this is no OpenAPI document: it has no `paths`")?;
    let (path, get) = list_path(paths).ok_or("no path of the document gives a list of invoices")?;
    let reader = DraftReader { document };
    let (records, item) = reader.list(get, path);
    let mut out = String::new();
    reader.head(name, &mut out);
    let stamp = reader.own(item, STAMPS);
    let records = records.as_deref();
    reader.asked(get, path, (records, stamp.as_deref()), &mut out);
    let id = reader.own(item, &["id", "uuid", "guid"]);
    let _ = writeln!(out, "    id: {}", said(id.as_deref(), "id"));
    if let Some(one) = paths.keys().find(|p| is_one_of(p, path)) {
        let shown = one.rsplit_once('/').map_or("", |(before, _)| before);
        let _ = writeln!(
            out,
            "    one: {{ get: \"{shown}/{{id}}\" }}   # guess: where the record is in the answer"
        );
    }
    out.push_str("    map:\n");
    for (field, names) in HEAD {
        let found = reader.own(item, names);
        let needed = matches!(*field, "number" | "date" | "total" | "contact.name");
        if found.is_some() || needed {
            let or = names.first().copied().unwrap_or_default();
            let _ = writeln!(out, "      {field}: {}", said(found.as_deref(), or));
        }
    }
    let lines = reader.own(item, LINES);
    let of_line = reader.element(item, lines.as_deref());
    let _ = writeln!(
        out,
        "    lines:\n      from: {}\n      map:",
        said(lines.as_deref(), "line_items")
    );
    for (field, names) in LINE {
        let found = reader.own(of_line, names);
        if found.is_some() || matches!(*field, "description" | "unit_amount") {
            let or = names.first().copied().unwrap_or_default();
            let _ = writeln!(out, "        {field}: {}", said(found.as_deref(), or));
        }
    }
    Ok(out)
}

/// A path of the document, or one that stands for what it does not say.
fn said(found: Option<&str>, or: &str) -> String {
    match found {
        Some(path) => format!("{path}   # guess, by its name"),
        None => format!("{or}   # guess: the document has nothing like it"),
    }
}

/// The likeliest list: a GET without a parameter in its path.
fn list_path(paths: &Map<String, Value>) -> Option<(&str, &Value)> {
    let plain = |p: &str| p.starts_with('/') && !p.contains(['{', '?', '#', '%', '\\', '"']);
    let last = |p: &str| p.rsplit('/').next().unwrap_or_default().to_lowercase();
    LISTS.iter().find_map(|word| {
        let mut all = paths
            .iter()
            .filter(|(p, _)| plain(p) && last(p).contains(word));
        all.find_map(|(p, ways)| Some((p.as_str(), ways.get("get")?)))
    })
}

fn is_one_of(path: &str, list: &str) -> bool {
    let rest = path.strip_prefix(list).and_then(|r| r.strip_prefix('/'));
    rest.is_some_and(|r| r.starts_with('{') && r.ends_with('}') && !r.contains('/'))
}

struct DraftReader<'a> {
    document: &'a Value,
}

impl<'a> DraftReader<'a> {
    fn head(&self, name: &str, out: &mut String) {
        let title = self
            .document
            .pointer("/info/title")
            .and_then(Value::as_str)
            .unwrap_or(name);
        let title: String = title
            .chars()
            .filter(|c| c.is_alphanumeric() || *c == ' ')
            .take(60)
            .collect();
        let title = if title.trim().is_empty() {
            name
        } else {
            title.trim()
        };
        let server = self
            .document
            .pointer("/servers/0/url")
            .and_then(Value::as_str);
        let plain = |u: &&str| u.starts_with("https://") && !u.contains(['{', '"', '?', '#', ' ']);
        let base = server.filter(plain).map(|u| u.trim_end_matches('/'));
        let _ = writeln!(
            out,
            "# A draft from an OpenAPI document. Look at every line that says `guess`."
        );
        let _ = writeln!(
            out,
            "connector: {name}\ntitle: {title}\ncontract: published"
        );
        let base = match base {
            Some(base) => base.to_owned(),
            None => format!("https://api.{name}.example   # guess: the document names no server"),
        };
        let _ = writeln!(out, "base: {base}\nauth: {}", self.auth());
        out.push_str("formats: { zone: UTC }   # guess: the zone of times that name none\n");
    }

    fn auth(&self) -> String {
        let schemes = self.document.pointer("/components/securitySchemes");
        let first = schemes
            .and_then(Value::as_object)
            .and_then(|s| s.values().next());
        let of = |key: &str| {
            first
                .and_then(|s| s.get(key))
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let plain = |n: &str| {
            !n.is_empty()
                && n.chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        match (of("type"), of("scheme"), of("in"), of("name")) {
            ("http", "basic", ..) => "{ basic: pair }".to_owned(),
            ("apiKey", _, "header", name) if plain(name) => format!("{{ header: {name} }}"),
            ("apiKey", _, "query", name) if plain(name) => format!("{{ query: {name} }}"),
            ("http", "bearer", ..) => "bearer".to_owned(),
            _ => "bearer   # guess".to_owned(),
        }
    }

    /// How the list is asked for.
    fn asked(
        &self,
        get: &'a Value,
        path: &str,
        (records, stamp): (Option<&str>, Option<&str>),
        out: &mut String,
    ) {
        let given: Vec<&str> = get
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|p| self.followed(p).get("name")?.as_str())
            .filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
            .collect();
        let has = |names: &[&str]| {
            names
                .iter()
                .find_map(|n| given.iter().find(|g| g == &n).copied())
        };
        let _ = writeln!(out, "read:\n  invoices:\n    get: {path}");
        let since = has(SINCE);
        let mut query: Vec<String> = since
            .iter()
            .map(|s| format!("{s}: \"{{since}}\""))
            .collect();
        let paging = match (has(&["page", "page_number"]), has(&["offset", "skip"])) {
            (Some(page), _) => {
                query.push(format!("{page}: \"{{page}}\""));
                "{ page: 1 }   # guess: pages are counted from 1, and end with an empty one"
            }
            (None, Some(offset)) => {
                query.push(format!("{offset}: \"{{offset}}\""));
                "{ offset: 0 }   # guess: records are counted, and the list ends with an empty page"
            }
            (None, None) => "none   # guess: the document names no parameter for pages",
        };
        if !query.is_empty() {
            let _ = writeln!(out, "    query: {{ {} }}", query.join(", "));
        }
        if let Some(records) = records {
            let _ = writeln!(out, "    records: {records}");
        }
        let _ = writeln!(out, "    paging: {paging}");
        if since.is_some() {
            let _ = writeln!(
                out,
                "    since: {{ field: {}, order: unknown, overlap: 10m }}   # guess\n    full_scan: nightly",
                stamp.unwrap_or("updated_at")
            );
        }
    }

    /// Where the list is in the answer, and what one record looks like.
    fn list(&self, get: &'a Value, path: &str) -> (Option<String>, &'a Value) {
        let schema = get.pointer("/responses/200/content/application~1json/schema");
        let schema = self.followed(schema.unwrap_or(&Value::Null));
        if schema.get("items").is_some() {
            return (None, self.followed(&schema["items"]));
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        let properties = schema.get("properties").and_then(Value::as_object);
        let lists: Vec<(&String, &Value)> = properties
            .into_iter()
            .flatten()
            .map(|(name, s)| (name, self.followed(s)))
            .filter(|(name, s)| s.get("items").is_some() && RecordPath::parse(name).is_ok())
            .collect();
        let found = lists
            .iter()
            .find(|(name, _)| *name == last)
            .or(lists.first());
        match found {
            Some((name, s)) => (Some((*name).clone()), self.followed(&s["items"])),
            None => (None, &Value::Null),
        }
    }

    /// The path of the first name that a schema has.
    fn own(&self, schema: &'a Value, names: &[&str]) -> Option<String> {
        let there = |path: &str| {
            let steps = path.split('.').try_fold(self.followed(schema), |at, step| {
                at.get("properties")?.get(step).map(|s| self.followed(s))
            });
            steps.is_some()
        };
        names.iter().find(|n| there(n)).map(|n| (*n).to_owned())
    }

    fn element(&self, schema: &'a Value, list: Option<&str>) -> &'a Value {
        let list = list.and_then(|l| schema.get("properties")?.get(l));
        let list = list.map(|l| self.followed(l)).and_then(|l| l.get("items"));
        list.map_or(&Value::Null, |l| self.followed(l))
    }

    /// A schema, its references followed.
    fn followed(&self, schema: &'a Value) -> &'a Value {
        let mut at = schema;
        for _ in 0..DEEPEST {
            let Some(name) = at.get("$ref").and_then(Value::as_str) else {
                return at;
            };
            let inside = name
                .strip_prefix('#')
                .and_then(|p| self.document.pointer(p));
            at = inside.unwrap_or(&Value::Null);
        }
        at
    }
}
