//! A workspace folder: `connections.yaml`, `mappings/`, `rules/`, and `.crossfoot/` with the data.

use super::described::described;
use super::files::{WorkspaceError, read, read_shared, yaml_files};
use super::stamp::Stamp;
use super::tables::{UsedTables, places, tables};
use crate::connectors::{Reads, Registry, System};
use crate::mapping::{Compiled, Connections, Effective, Input, Mapping, Presets, compile};
use crate::model::{Diagnostic, Fingerprint, Severity, TenantId};
use crate::rules::{RuleFile, RuleSet, Table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A workspace whose shared files have been read.
pub struct Workspace {
    root: PathBuf,
    /// Its connections.
    pub connections: Connections,
    /// Mistakes in `connections.yaml`.
    pub told: Vec<Diagnostic>,
    /// Mistakes in descriptions of systems.
    pub described: Vec<Diagnostic>,
    presets: Presets,
    systems: Registry,
    /// The files above, and the folder of presets, as they were.
    stamps: Vec<Stamp>,
    /// The connections that each tenant's file names.
    named: OnceLock<BTreeMap<TenantId, Vec<String>>>,
}

/// A tenant's files, read and compiled.
#[derive(Debug)]
pub struct Loaded {
    /// The compiled file.
    pub mapping: Mapping,
    /// The compiled rules.
    pub rules: RuleSet,
    /// The rule files as read.
    pub rule_files: Vec<RuleFile>,
    /// The file's tables, as rules see them.
    pub tables: BTreeMap<String, Table>,
    /// A hash of everything a decision depends on.
    pub config: Fingerprint,
    /// Doubts; no errors.
    pub warnings: Vec<Diagnostic>,
    /// The effective file.
    pub effective: Option<Effective>,
}

impl Workspace {
    /// Opens a folder, with the systems this library knows.
    ///
    /// # Errors
    /// [`WorkspaceError::NotOne`], [`WorkspaceError::Unreadable`].
    pub fn open(root: &Path) -> Result<Self, WorkspaceError> {
        Self::open_with(root, Registry::standard())
    }

    /// Opens a folder, with these systems and those that it describes: its files are read by what they can do.
    ///
    /// # Errors
    /// [`WorkspaceError::NotOne`], [`WorkspaceError::Unreadable`].
    pub fn open_with(root: &Path, systems: Registry) -> Result<Self, WorkspaceError> {
        let (systems, told) = described(root, systems)?;
        let workspace = Self::open_again(root, systems)?;
        Ok(Self {
            described: told,
            ..workspace
        })
    }

    /// Opens a folder again, with the systems it was opened with: a description that changed counts when the program starts
    /// again, so that no run reads by one and decides by another.
    ///
    /// # Errors
    /// [`WorkspaceError::NotOne`], [`WorkspaceError::Unreadable`].
    pub(super) fn open_again(root: &Path, systems: Registry) -> Result<Self, WorkspaceError> {
        if !root.join("mappings").is_dir() {
            return Err(WorkspaceError::NotOne(root.display().to_string()));
        }
        let path = root.join("connections.yaml");
        // Taken before the files are read: a change in between is seen later.
        let shared = yaml_files(&root.join("mappings/presets"))?.into_values();
        let shared = shared.chain([path.clone(), root.join("mappings/presets")]);
        let stamps = shared.map(Stamp::of).collect();
        let (connections, told) = if path.exists() {
            let text = read_shared(&path)?;
            Connections::parse("connections.yaml", &text, &systems.settings())
        } else {
            (Connections::default(), Vec::new())
        };
        let mut presets = Presets::embedded();
        for (name, path) in yaml_files(&root.join("mappings/presets"))? {
            let file = format!("mappings/presets/{name}.yaml");
            presets.shadow(&name, &file, &read(&path)?);
        }
        Ok(Self {
            root: root.to_owned(),
            connections,
            told,
            described: Vec::new(),
            presets,
            systems,
            stamps,
            named: OnceLock::new(),
        })
    }

    /// Whether its connections and presets still are what the files say.
    pub fn current(&self) -> bool {
        self.stamps.iter().all(Stamp::unchanged)
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.root.join(".crossfoot")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.data().join("crossfoot.db")
    }

    /// The systems there are.
    pub fn systems(&self) -> &Registry {
        &self.systems
    }

    /// The presets there are.
    pub fn presets(&self) -> &Presets {
        &self.presets
    }

    /// Its tenants, in order.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`].
    pub fn tenants(&self) -> Result<Vec<TenantId>, WorkspaceError> {
        let files = yaml_files(&self.root.join("mappings"))?;
        let names = files.into_keys();
        let named = names.filter_map(|name| TenantId::new(&name).ok());
        Ok(named.filter(|t| t.forward().is_none()).collect())
    }

    /// A tenant by name.
    ///
    /// # Errors
    /// [`WorkspaceError::NoTenant`] with the name that may be meant.
    pub fn tenant(&self, name: &str) -> Result<TenantId, WorkspaceError> {
        let tenants = self.tenants()?;
        let is = |t: &&TenantId| t.as_str() == name || t.back().as_str() == name;
        if let Some(t) = tenants.iter().find(is) {
            let own = t.as_str() == name;
            return Ok(if own { t.clone() } else { t.back() });
        }
        let near = crate::mapping::nearest(name, tenants.iter().map(TenantId::as_str));
        Err(WorkspaceError::NoTenant {
            name: name.to_owned(),
            file: format!("mappings/{name}.yaml"),
            near: near.map_or_else(String::new, |n| format!(". Did you mean `{n}`?")),
        })
    }

    /// Where a tenant's file lies.
    pub fn file_of(&self, tenant: &TenantId) -> PathBuf {
        self.root
            .join(format!("mappings/{}.yaml", tenant.of_file()))
    }

    /// Compiles a tenant's file alone.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`].
    pub fn compile(&self, tenant: &TenantId) -> Result<Compiled, WorkspaceError> {
        let file = format!("mappings/{tenant}.yaml");
        let text = read(&self.root.join(&file))?;
        let compiled = self.compile_text(&file, &text);
        let known = |(_, name): (&str, &str)| self.connections.get(name).is_some();
        if !self.connections.is_whole() || ends(&compiled).all(known) {
            return Ok(compiled);
        }
        // What another tenant's file names is not proposed in its place.
        let others = self.named().iter().filter(|(t, _)| *t != tenant);
        let taken = others.flat_map(|(_, names)| names.iter().cloned());
        let connections = self.connections.taken(taken.collect());
        Ok(self.compile_with(&connections, &file, &text))
    }

    /// The connections that each tenant's file names, read when they are first asked for.
    fn named(&self) -> &BTreeMap<TenantId, Vec<String>> {
        self.named.get_or_init(|| {
            let named = |tenant: TenantId| {
                let file = format!("mappings/{tenant}.yaml");
                let text = read(&self.root.join(&file)).ok()?;
                let compiled = self.compile_text(&file, &text);
                let names = ends(&compiled).map(|(_, name)| name.to_owned());
                Some((tenant, names.collect()))
            };
            let tenants = self.tenants().unwrap_or_default();
            tenants.into_iter().filter_map(named).collect()
        })
    }

    /// Compiles a text as if it were a tenant's file.
    pub fn compile_text(&self, file: &str, text: &str) -> Compiled {
        self.compile_with(&self.connections, file, text)
    }

    fn compile_with(&self, connections: &Connections, file: &str, text: &str) -> Compiled {
        compile(&Input {
            file,
            text,
            presets: &self.presets,
            connections: connections.is_whole().then_some(connections),
            facts: &self.systems.facts(),
        })
    }

    /// Reads and compiles everything of a tenant.
    ///
    /// # Errors
    /// [`WorkspaceError::Mistakes`] with every mistake at once.
    pub fn load(&self, tenant: &TenantId) -> Result<Loaded, WorkspaceError> {
        if let Some(forward) = tenant.forward() {
            return self.load_half(&forward);
        }
        let compiled = self.compile(tenant)?;
        // What its own description says wrongly is told alone: that there is no such system follows from it.
        let words = ends(&compiled).map(|(word, _)| word);
        if let Some(wrong) = words.into_iter().find_map(|w| self.systems.broken(w)) {
            return Err(WorkspaceError::Mistakes(wrong.to_vec()));
        }
        let mut told = match &compiled.mapping {
            // A mistake in a connection that others use keeps nobody else back.
            Some(mapping) => {
                let ends = [&mapping.from.value.connection, &mapping.to.value.connection];
                self.connections.told_of(&self.told, &ends)
            }
            None => [self.told.clone(), self.described.clone()].concat(),
        };
        told.extend(compiled.diagnostics);
        let Some(mut mapping) = compiled.mapping else {
            return Err(WorkspaceError::Mistakes(told));
        };
        told.extend(mapping.read_lists(|file| self.rule(file)));
        let mut rule_files = Vec::new();
        for rule in &mapping.rules {
            match self.rule(&rule.value) {
                Ok(text) => rule_files.push(RuleFile {
                    name: rule.value.to_string(),
                    text,
                    params: BTreeMap::new(),
                }),
                Err(why) => told.push(Diagnostic::error(
                    mapping.place(rule.at),
                    "rules.file",
                    format!("the rule file {} cannot be read: {why}", rule.value),
                    "write its path from the workspace's folder, such as `rules/acme.rhai`",
                )),
            }
        }
        let tables = tables(&mapping);
        let rules = match RuleSet::compile(&rule_files, &tables) {
            Ok((rules, warnings)) => {
                told.extend(warnings);
                rules
            }
            Err(mistakes) => {
                told.extend(mistakes);
                RuleSet::empty()
            }
        };
        if told.iter().any(|d| d.severity == Severity::Error) {
            return Err(WorkspaceError::Mistakes(told));
        }
        let read = self.reading_settings(mapping.from.value.connection.as_str());
        let config = config_hash(compiled.effective.as_ref(), &read, &mapping, &rule_files);
        Ok(Loaded {
            mapping,
            rules,
            rule_files,
            tables,
            config,
            warnings: told,
            effective: compiled.effective,
        })
    }

    /// The tables of the first tenant that uses a rule, by the rule's file; tenants with mistakes are passed over.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`].
    pub fn tables_by_rule(&self) -> Result<BTreeMap<String, UsedTables>, WorkspaceError> {
        let mut out = BTreeMap::new();
        for tenant in self.tenants()? {
            if let Some(mapping) = self.compile(&tenant)?.mapping {
                for rule in mapping.rule_files() {
                    let own = out.entry(rule.to_owned());
                    own.or_insert_with(|| UsedTables {
                        tables: tables(&mapping),
                        places: places(&mapping),
                    });
                }
            }
        }
        Ok(out)
    }

    /// What a connection says of how its records are read, as far as that is not what counts anyway.
    fn reading_settings(&self, connection: &str) -> BTreeMap<String, String> {
        let Some(found) = self.connections.get(connection) else {
            return BTreeMap::new();
        };
        let keys = self
            .systems
            .get(&found.system)
            .map_or(&[][..], System::settings);
        let of_reading = |path: &str, value: &str| {
            let name = path.split('.').next().unwrap_or(path);
            keys.iter()
                .any(|k| k.reads && k.name == name && k.default != value)
        };
        let said = found.values.iter().filter(|(k, v)| of_reading(k, v));
        let mut said: BTreeMap<_, _> = said.map(|(k, v)| (k.clone(), v.clone())).collect();
        let reads = self.systems.get(&found.system).and_then(System::reader);
        let written = reads.map(Reads::reading).filter(|r| !r.is_empty());
        said.extend(written.map(|r| ("description".to_owned(), r)));
        said
    }

    /// The text of a rule file or list, which must lie in the workspace: no link leads out of it.
    pub(super) fn rule(&self, name: &str) -> Result<String, String> {
        let path = Path::new(name);
        let inside = path
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_)));
        if !inside {
            return Err("it must lie in the workspace".into());
        }
        let real = |p: &Path| std::fs::canonicalize(p).ok();
        if let (Some(file), Some(root)) = (real(&self.root.join(path)), real(&self.root))
            && !file.starts_with(&root)
        {
            return Err("it is a link that leads out of the workspace".into());
        }
        read(&self.root.join(path)).map_err(|e| match e {
            WorkspaceError::Unreadable { why, .. } => why,
            other => other.to_string(),
        })
    }
}

/// The systems that a tenant's file names, each with its connection, as far as it could be read.
fn ends(compiled: &Compiled) -> impl Iterator<Item = (&str, &str)> {
    let roots = compiled.effective.iter().map(|e| &e.root);
    let ends = roots.flat_map(|root| ["from", "to"].map(|side| root.get(side)));
    let named = ends.flatten().filter_map(|end| end.entries().first());
    named.filter_map(|(word, name)| Some((word.text.as_str(), name.text()?)))
}

/// Values without their places: moving a line is no change. Who is told decides nothing. How the source's records are read
/// decides as much as what is made of them.
fn config_hash(
    effective: Option<&Effective>,
    read: &BTreeMap<String, String>,
    mapping: &Mapping,
    rules: &[RuleFile],
) -> Fingerprint {
    let mut text = String::new();
    let rows = effective.map(Effective::rows).unwrap_or_default();
    for row in rows.iter().filter(|r| !r.path.starts_with("notify.")) {
        text.push_str(&row.path);
        text.push('=');
        text.push_str(&row.value);
        text.push('\n');
    }
    for (path, value) in read {
        text.push_str(&format!("from.{path}={value}\n"));
    }
    for list in mapping.accounts.iter().filter_map(|r| r.skus.as_ref()) {
        for sku in list.skus() {
            text.push_str(&format!("{}: {sku}\n", list.file));
        }
    }
    for r in rules {
        text.push_str(&r.name);
        text.push('\n');
        text.push_str(&r.text);
    }
    Fingerprint::of(text.as_bytes())
}
