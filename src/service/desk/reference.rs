//! The part of `docs/json.md` that tells of the desk's answers, made from their types: each key with its doc comment.
//!
//! A test compares it with the page, so that a key cannot be added, renamed or taken away without the page saying so.

use super::audit::AuditAnswer;
use super::day::DayAnswer;
use super::errors::ErrorsAnswer;
use super::explain::{ExplainedEverywhere, Explanation};
use super::history::HistoryAnswer;
use super::plan::PlanAnswer;
use super::processing::ProcessingAnswer;
use super::record::RecordTold;
use super::release::ReleasedPayments;
use super::resend::ResendAnswer;
use super::restore::{BackupAnswer, RestoreAnswer};
use super::runs::{RunAnswer, SyncAnswer};
use super::settle::SettleAnswer;
use super::status::StatusAnswer;
use super::unlink::UnlinkAnswer;
use super::word::WordAnswer;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// How deep a shape goes; none of ours comes near.
const DEEPEST: usize = 16;
/// Types that stand in many answers: their keys are told once, at the end.
const SHARED: [&str; 6] = [
    "Reason",
    "Place",
    "PaymentTold",
    "RunTold",
    "LineTold",
    "Explanation",
];

/// One answer on the page.
struct Part {
    /// The verbs that print it.
    verbs: &'static str,
    /// What the keys alone do not say.
    note: &'static str,
    /// The names of its shapes, and whether the keys that come and go are in them.
    shapes: &'static [(&'static str, bool)],
    schema: fn() -> Schema,
}

const PARTS: [Part; 19] = [
    Part {
        verbs: "plan",
        note: "Exit code 1 when something would be held or refused.",
        shapes: &[("plan", true)],
        schema: of::<PlanAnswer>,
    },
    Part {
        verbs: "sync",
        note: "Exit code 1 when this run held or refused something, left it in doubt, or nothing may be written.",
        shapes: &[("sync", true)],
        schema: of::<SyncAnswer>,
    },
    Part {
        verbs: "run",
        note: "One value a line: a run, or why there was none.",
        shapes: &[("run", true)],
        schema: of::<RunAnswer>,
    },
    Part {
        verbs: "explain",
        note: "Exit code 1 when the document is held or refused, 2 when the source does not have it either.",
        shapes: &[("explain", true)],
        schema: of::<Explanation>,
    },
    Part {
        verbs: "explain without a tenant",
        note: "Exit code 1 when one of the documents is held or refused, 2 when no tenant knows the number.",
        shapes: &[("explain NUMBER", true)],
        schema: of::<ExplainedEverywhere>,
    },
    Part {
        verbs: "explain --source",
        note: "",
        shapes: &[("explain --source", true)],
        schema: of::<RecordTold>,
    },
    Part {
        verbs: "history",
        note: "`lines` are there with `--run`.",
        shapes: &[("history", false), ("history --run", true)],
        schema: of::<HistoryAnswer>,
    },
    Part {
        verbs: "history --day",
        note: "",
        shapes: &[("history --day", true)],
        schema: of::<DayAnswer>,
    },
    Part {
        verbs: "errors",
        note: "Exit code 1 when there is anything.",
        shapes: &[("errors", true)],
        schema: of::<ErrorsAnswer>,
    },
    Part {
        verbs: "status",
        note: "",
        shapes: &[("status", true)],
        schema: of::<StatusAnswer>,
    },
    Part {
        verbs: "processing",
        note: "",
        shapes: &[("processing", true)],
        schema: of::<ProcessingAnswer>,
    },
    Part {
        verbs: "approve, unapprove, retry, release",
        note: "Exit code 1 when something was left.",
        shapes: &[("approve", true)],
        schema: of::<WordAnswer>,
    },
    Part {
        verbs: "resend",
        note: "Exit code 1 when something would be sent and nobody has said yes, or the run that carries it out held something.",
        shapes: &[("resend", true)],
        schema: of::<ResendAnswer>,
    },
    Part {
        verbs: "settle, unsettle, send, skip",
        note: "Exit code 1 when no entry or several could be meant, a write is in doubt, or the run that carries it out held something.",
        shapes: &[("settle", true)],
        schema: of::<SettleAnswer>,
    },
    Part {
        verbs: "release --payments",
        note: "Exit code 1 when some wait still.",
        shapes: &[("release --payments", true)],
        schema: of::<ReleasedPayments>,
    },
    Part {
        verbs: "unlink",
        note: "Exit code 1 when nothing is linked or a write is in doubt, 2 when the ledger may still hold the document open and `--yes` is missing.",
        shapes: &[("unlink", true)],
        schema: of::<UnlinkAnswer>,
    },
    Part {
        verbs: "audit",
        note: "Exit code 1 when the log does not hold, its end is missing, or the database is damaged.",
        shapes: &[("audit verify", true)],
        schema: of::<AuditAnswer>,
    },
    Part {
        verbs: "backup",
        note: "",
        shapes: &[("backup", true)],
        schema: of::<BackupAnswer>,
    },
    Part {
        verbs: "restore",
        note: "Exit code 1 when a process works on the workspace.",
        shapes: &[("restore", true)],
        schema: of::<RestoreAnswer>,
    },
];

fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// The part of the page.
pub fn reference() -> String {
    let mut page = String::new();
    let mut shared: Map<String, Value> = Map::new();
    for part in &PARTS {
        let _ = write!(page, "## {}\n\n", part.verbs);
        if !part.note.is_empty() {
            let _ = write!(page, "{}\n\n", part.note);
        }
        let root = (part.schema)().to_value();
        let types = Types::of(&root);
        for (name, whole) in part.shapes {
            let mut shape = String::new();
            types.shape(&root, *whole, 0, &mut shape);
            let _ = write!(page, "```json {name}\n{shape}\n```\n\n");
        }
        page.push_str("| key | meaning |\n| --- | --- |\n");
        types.keys(&root, "", 0, &mut page);
        page.push('\n');
        for name in SHARED {
            if let Some(found) = types.named(name) {
                let own = || with_types(found, &root);
                shared.entry(name.to_owned()).or_insert_with(own);
            }
        }
    }
    page.push_str("## Keys that stand in many answers\n");
    for (name, told) in SHARED.iter().filter_map(|n| Some((n, shared.get(*n)?))) {
        let _ = write!(page, "\n{}:\n\n", title(name));
        page.push_str("| key | meaning |\n| --- | --- |\n");
        Types::of(told).keys(told, "", 0, &mut page);
    }
    page
}

/// A type's schema beside all the types it may name.
fn with_types(found: &Value, root: &Value) -> Value {
    let mut own = found.clone();
    if let (Some(own), Some(all)) = (own.as_object_mut(), root.get("$defs")) {
        own.insert("$defs".to_owned(), all.clone());
    }
    own
}

/// What people call a shared type.
fn title(name: &str) -> &'static str {
    match name {
        "Reason" => "A reason",
        "Place" => "A place in a file",
        "PaymentTold" => "A payment",
        "RunTold" => "A run",
        "Explanation" => "An explanation",
        _ => "A line of a run's log",
    }
}

/// The types that a schema names.
struct Types<'a>(Option<&'a Map<String, Value>>);

impl<'a> Types<'a> {
    fn of(root: &'a Value) -> Self {
        Self(root.get("$defs").and_then(Value::as_object))
    }

    fn named(&self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    /// The schema of what is there when something is there, and the name of its type.
    fn behind(&self, schema: &'a Value) -> (&'a Value, &'a str) {
        let some = |v: &&Value| v.get("type").and_then(Value::as_str) != Some("null");
        let either = schema.get("anyOf").and_then(Value::as_array);
        let schema = either.and_then(|e| e.iter().find(some)).unwrap_or(schema);
        let name = schema.get("$ref").and_then(Value::as_str);
        let name = name.and_then(|r| r.rsplit('/').next()).unwrap_or_default();
        (self.named(name).unwrap_or(schema), name)
    }

    /// The shape of a value, as the page shows it.
    fn shape(&self, schema: &'a Value, whole: bool, depth: usize, out: &mut String) {
        let (found, _) = self.behind(schema);
        if depth > DEEPEST {
            return;
        }
        if let Some(keys) = found.get("properties").and_then(Value::as_object) {
            let always = found.get("required").and_then(Value::as_array);
            let always = |k: &str| always.is_some_and(|a| a.iter().any(|v| v.as_str() == Some(k)));
            let shown = keys.iter().filter(|(k, _)| whole || always(k));
            for (n, (key, of)) in shown.enumerate() {
                let _ = write!(out, "{}\"{key}\": ", if n == 0 { "{" } else { ", " });
                self.shape(of, whole, depth + 1, out);
            }
            out.push('}');
        } else if let Some(each) = found.get("items") {
            out.push('[');
            self.shape(each, whole, depth + 1, out);
            out.push(']');
        } else if let Some(each) = found.get("additionalProperties") {
            let key = schema.get("x-key").and_then(Value::as_str);
            let _ = write!(out, "{{\"{}\": ", key.unwrap_or("KEY"));
            self.shape(each, whole, depth + 1, out);
            out.push('}');
        } else {
            out.push_str(match word(found) {
                "boolean" => "true",
                "integer" => "0",
                _ => "\"\"",
            });
        }
    }

    /// A row for each key, those of shared types left out.
    fn keys(&self, schema: &'a Value, path: &str, depth: usize, page: &mut String) {
        let (found, _) = self.behind(schema);
        let keys = found.get("properties").and_then(Value::as_object);
        for (key, of) in keys.into_iter().flatten().filter(|_| depth <= DEEPEST) {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            let meant = of.get("description").and_then(Value::as_str);
            let meant = meant.unwrap_or_default().replace('\n', " ");
            let _ = writeln!(page, "| `{path}` | {meant} |");
            let (mut inner, mut name) = self.behind(of);
            let mut path = path;
            if let Some(each) = inner.get("items") {
                (inner, name) = self.behind(each);
                path.push_str("[]");
            }
            if !SHARED.contains(&name) {
                self.keys(inner, &path, depth + 1, page);
            }
        }
    }
}

/// The type of a plain value.
fn word(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(one)) => one,
        Some(Value::Array(several)) => several.iter().find_map(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}
