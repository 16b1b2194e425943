//! From a tenant's file to its mapping: read, check, layer, cross-check, build.
//!
//! Flows in: the file's text, the presets, the workspace's connections, the systems' facts. Flows out:
//! a mapping, unless there is an error, and every diagnostic at once, in the order of the files.

use super::build::build;
use super::check::check;
use super::config::{At, Mapping};
use super::connections::Connections;
use super::cross::Cross;
use super::keys::FILE;
use super::layers::{self, DEFAULTS, DEFAULTS_NAME, PRESET, TENANT};
use super::presets::Presets;
use super::scalars::shown;
use super::yaml::{Node, Source, Value, read};
use crate::model::{Diagnostic, Facts, Severity};
use std::sync::Arc;

/// What a mapping is compiled from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The file, as a person would name it: `mappings/acme.yaml`.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The presets it may build on.
    pub presets: &'a Presets,
    /// The workspace's connections; without them names of connections are not checked.
    pub connections: Option<&'a Connections>,
    /// What the systems can do.
    pub facts: &'a [&'a Facts],
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compiled {
    /// The mapping; absent when a diagnostic is an error.
    pub mapping: Option<Mapping>,
    /// Mistakes and doubts, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// What counts after layering, as far as it could be read.
    pub effective: Option<Effective>,
}

impl Compiled {
    /// Whether there is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|d| d.severity == Severity::Error)
    }
}

/// The layers as one tree, each value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The tree.
    pub root: Node,
    /// The files' names, by the number in a place.
    pub files: Vec<String>,
}

/// Compiles a tenant's file.
pub fn compile(input: &Input<'_>) -> Compiled {
    let tenant = Source {
        name: input.file,
        text: input.text,
        index: TENANT,
    };
    let (root, mut told) = read(tenant);
    let Some(root) = root else {
        return Compiled {
            diagnostics: told,
            ..Compiled::default()
        };
    };
    told.extend(check(tenant, &root));
    if root.entries().is_empty() {
        if root.value == Value::Map(Vec::new()) {
            told.push(nothing_written(tenant));
        }
        return Compiled {
            diagnostics: told,
            ..Compiled::default()
        };
    }
    let meant = meant(&root);
    let wanted = root.get("preset").filter(|n| n.text().is_some());
    let found = wanted.and_then(|n| input.presets.get(n.text()?));
    if let (Some(node), None) = (wanted, found) {
        told.push(unknown_preset(tenant, node, input.presets));
    }
    let preset = Source {
        name: found.map_or("no preset", |p| p.file.as_str()),
        text: found.map_or("", |p| p.text.as_str()),
        index: PRESET,
    };
    let mut merged = layers::defaults().clone();
    if found.is_some() {
        let (layer, of_preset) = preset_layer(preset);
        told.extend(of_preset);
        if let Some(layer) = layer {
            merged = layers::over(&merged, &layer);
        }
    }
    merged = layers::over(&merged, &root);
    let defaults = Source {
        name: DEFAULTS_NAME,
        text: "",
        index: DEFAULTS,
    };
    let sources = [defaults, preset, tenant];
    let cross = Cross {
        root: &merged,
        sources: &sources,
        facts: input.facts,
        connections: input.connections,
        meant: &meant,
        told: Vec::new(),
    };
    // Without its preset a file seems to lack what the preset would give.
    if wanted.is_some() == found.is_some() {
        told.extend(cross.check());
    }
    let back = brings_back(&merged, input.facts);
    let mut compiled = finish(merged, &sources, told);
    if let Some(mapping) = &mut compiled.mapping {
        mapping.back.payments = back;
    }
    compiled
}

/// Whether what people enter in the ledger comes back: of a tenant whose documents come from a ledger, `back` is the way they go.
pub(super) fn brings_back(root: &Node, facts: &[&Facts]) -> bool {
    let word = root.path(&["sync", "payments"]).and_then(Node::text);
    let from = root.get("from").and_then(|n| n.entries().first());
    let from = from.map(|(key, _)| key.text.as_str());
    let books = |f: &&&Facts| Some(&*f.system) == from && f.keeps_books();
    matches!(word, Some("back" | "both")) && !facts.iter().any(|f| books(&f))
}

fn finish(merged: Node, sources: &[Source<'_>; 3], mut told: Vec<Diagnostic>) -> Compiled {
    let [defaults, preset, tenant] = sources;
    told.sort_by(|a, b| {
        let own = |d: &Diagnostic| (d.place.file != tenant.name, d.place.line, d.place.column);
        own(a).cmp(&own(b))
    });
    told.dedup();
    let names = [defaults.name, preset.name, tenant.name];
    let mut compiled = Compiled {
        mapping: None,
        diagnostics: told,
        effective: None,
    };
    if !compiled.has_errors() {
        let files = names.iter().map(|n| Arc::from(*n)).collect();
        match build(&merged, files) {
            Ok(mapping) => compiled.mapping = Some(mapping),
            Err(unread) => compiled.diagnostics.push(tenant.error(
                At::default(),
                "mapping.unread",
                unread.to_string(),
                "Look at this key again; the checks should have told what is wrong with it.",
            )),
        }
    }
    compiled.effective = Some(Effective {
        root: merged,
        files: names.iter().map(|n| (*n).to_owned()).collect(),
    });
    compiled
}

/// The keys that mistyped ones of the file probably mean.
fn meant(root: &Node) -> Vec<&'static str> {
    let names = || FILE.iter().map(|k| k.name);
    let unknown = root.entries().iter().map(|(k, _)| k.text.as_str());
    unknown
        .filter(|given| !names().any(|n| n == *given))
        .filter_map(|given| super::nearest(given, names()))
        .collect()
}

fn nothing_written(tenant: Source<'_>) -> Diagnostic {
    let file = tenant.name.rsplit('/').next().unwrap_or_default();
    let name = file.strip_suffix(".yaml").unwrap_or("acme");
    let at = At {
        file: TENANT,
        ..At::default()
    };
    let fix = format!("Let `crossfoot new {name} --preset keap-xero` write one to start from.");
    tenant.error(at, "yaml.nothing", "The file says nothing", fix)
}

fn preset_layer(source: Source<'_>) -> (Option<Node>, Vec<Diagnostic>) {
    let (layer, mut told) = read(source);
    let Some(layer) = layer else {
        return (None, told);
    };
    told.extend(check(source, &layer));
    for name in ["tenant", "preset", "from", "to", "currency"] {
        if let Some((key, _)) = layer.entries().iter().find(|(k, _)| k.text == name) {
            told.push(source.error(
                key.at,
                "preset.key",
                format!("A preset cannot set `{name}`"),
                "Remove it: it belongs in the tenant's own file.",
            ));
        }
    }
    (Some(layer), told)
}

fn unknown_preset(tenant: Source<'_>, node: &Node, presets: &Presets) -> Diagnostic {
    let name = node.text().unwrap_or_default();
    let all: Vec<&str> = presets.names().collect();
    let fix = match super::nearest(name, all.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!("The presets are: {}.", all.join(", ")),
    };
    let what = format!("There is no preset `{}`", shown(name));
    tenant.error(node.at, "preset.unknown", what, fix)
}
