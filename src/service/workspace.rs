//! A workspace folder: `connections.yaml`, `mappings/`, `rules/`, and `.crossfoot/` with the data.

use super::compiled::Stamp;
use crate::mapping::{
    Answer, Compiled, Connections, Effective, Input, Mapping, Presets, compile,
};
use crate::connectors::Registry;
use crate::model::{Diagnostic, Fingerprint, Place, Severity, TenantId};
use crate::rules::{Otherwise, RuleFile, RuleSet, Table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The most a rule file or a YAML file may hold, in bytes.
const MAX_FILE: u64 = 256 * 1024;

/// Why a workspace cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// It is none.
    #[error(
        "{0} is no workspace: it has no `mappings` folder. Make one with `crossfoot init {0}`, or name another with --workspace"
    )]
    NotOne(String),
    /// A file cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// No such tenant.
    #[error("there is no tenant `{name}` here: {file} does not exist{near}")]
    NoTenant {
        /// Which.
        name: String,
        /// The file it would be.
        file: String,
        /// What may be meant, as a sentence.
        near: String,
    },
    /// Files have mistakes.
    #[error("{} mistake(s) in the configuration", .0.iter().filter(|d| d.severity == Severity::Error).count())]
    Mistakes(Vec<Diagnostic>),
}

/// A workspace whose shared files have been read.
pub struct Workspace {
    root: PathBuf,
    /// Its connections.
    pub connections: Connections,
    /// Mistakes in `connections.yaml`.
    pub told: Vec<Diagnostic>,
    presets: Presets,
    systems: Registry,
    /// The files above, and the folder of presets, as they were.
    stamps: Vec<Stamp>,
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

/// The tables a rule may look things up in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsedTables {
    /// By name.
    pub tables: BTreeMap<String, Table>,
    /// Where each row is written, by table and key; `else` is a key too.
    pub places: BTreeMap<(String, String), Place>,
}

impl Workspace {
    /// Opens a folder, with the systems this library knows.
    ///
    /// # Errors
    /// [`WorkspaceError::NotOne`], [`WorkspaceError::Unreadable`].
    pub fn open(root: &Path) -> Result<Self, WorkspaceError> {
        Self::open_with(root, Registry::standard())
    }

    /// Opens a folder, with these systems: its files are read by what they can do.
    ///
    /// # Errors
    /// [`WorkspaceError::NotOne`], [`WorkspaceError::Unreadable`].
    pub fn open_with(root: &Path, systems: Registry) -> Result<Self, WorkspaceError> {
        if !root.join("mappings").is_dir() {
            return Err(WorkspaceError::NotOne(root.display().to_string()));
        }
        let path = root.join("connections.yaml");
        // Taken before the files are read: a change in between is seen later.
        let shared = yaml_files(&root.join("mappings/presets"))?.into_values();
        let shared = shared.chain([path.clone(), root.join("mappings/presets")]);
        let stamps = shared.map(Stamp::of).collect();
        let (connections, told) = if path.exists() {
            let text = read(&path)?;
            Connections::parse("connections.yaml", &text, &systems.words())
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
            presets,
            systems,
            stamps,
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
        Ok(names.filter_map(|name| TenantId::new(&name).ok()).collect())
    }

    /// A tenant by name.
    ///
    /// # Errors
    /// [`WorkspaceError::NoTenant`] with the name that may be meant.
    pub fn tenant(&self, name: &str) -> Result<TenantId, WorkspaceError> {
        let tenants = self.tenants()?;
        if let Some(t) = tenants.iter().find(|t| t.as_str() == name) {
            return Ok(t.clone());
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
        self.root.join(format!("mappings/{tenant}.yaml"))
    }

    /// Compiles a tenant's file alone.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`].
    pub fn compile(&self, tenant: &TenantId) -> Result<Compiled, WorkspaceError> {
        let file = format!("mappings/{tenant}.yaml");
        let text = read(&self.root.join(&file))?;
        Ok(self.compile_text(&file, &text))
    }

    /// Compiles a text as if it were a tenant's file.
    pub fn compile_text(&self, file: &str, text: &str) -> Compiled {
        compile(&Input {
            file,
            text,
            presets: &self.presets,
            connections: Some(&self.connections),
            facts: &self.systems.facts(),
        })
    }

    /// Reads and compiles everything of a tenant.
    ///
    /// # Errors
    /// [`WorkspaceError::Mistakes`] with every mistake at once.
    pub fn load(&self, tenant: &TenantId) -> Result<Loaded, WorkspaceError> {
        let mut told = self.told.clone();
        let compiled = self.compile(tenant)?;
        told.extend(compiled.diagnostics);
        let Some(mapping) = compiled.mapping else {
            return Err(WorkspaceError::Mistakes(told));
        };
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
        let config = config_hash(compiled.effective.as_ref(), &rule_files);
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

    /// Every mistake and doubt of a tenant's files at once; and the tenant, when there is no mistake.
    ///
    /// Rules are looked at even while the tenant's file has mistakes.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`].
    pub fn lint(
        &self,
        tenant: &TenantId,
    ) -> Result<(Vec<Diagnostic>, Option<Loaded>), WorkspaceError> {
        let mut told = match self.load(tenant) {
            Ok(loaded) => return Ok((loaded.warnings.clone(), Some(loaded))),
            Err(WorkspaceError::Mistakes(told)) => told,
            Err(other) => return Err(other),
        };
        let compiled = self.compile(tenant)?;
        if let (None, Some(effective)) = (compiled.mapping, compiled.effective) {
            told.extend(self.lint_rules(&effective));
        }
        Ok((told, None))
    }

    /// What tenants do to each other: those that post to one ledger from different sources, as far as one of them is
    /// among `asked`. Tenants with mistakes are passed over.
    ///
    /// # Errors
    /// [`WorkspaceError::Unreadable`].
    pub fn lint_together(&self, asked: &[TenantId]) -> Result<Vec<Diagnostic>, WorkspaceError> {
        let mut ledgers: BTreeMap<String, Vec<Mapping>> = BTreeMap::new();
        for tenant in self.tenants()? {
            if let Some(mapping) = self.compile(&tenant)?.mapping {
                let ledger = self.ledger_of(&mapping);
                ledgers.entry(ledger).or_default().push(mapping);
            }
        }
        let mut told = Vec::new();
        for sharing in ledgers.values() {
            for (n, second) in sharing.iter().enumerate() {
                let earlier = sharing.get(..n).unwrap_or_default();
                let other = earlier.iter().find(|first| {
                    let named = asked.contains(&first.tenant) || asked.contains(&second.tenant);
                    named && first.from.value.connection != second.from.value.connection
                });
                told.extend(other.map(|first| one_ledger(first, second)));
            }
        }
        Ok(told)
    }

    /// What tells a tenant's ledger from others: its organisation where the connections name one, else the connection.
    fn ledger_of(&self, mapping: &Mapping) -> String {
        let end = &mapping.to.value;
        let written = self.connections.get(end.connection.as_str());
        let organisation = written.and_then(|c| c.values.get("organisation"));
        match organisation.filter(|o| !o.is_empty()) {
            Some(id) => format!("{} {id}", end.system),
            None => format!("{} by {}", end.system, end.connection),
        }
    }

    /// The mistakes of the rules that an effective file names, as far as it could be read.
    fn lint_rules(&self, effective: &Effective) -> Vec<Diagnostic> {
        let named = effective.root.get("rules").map_or(&[][..], |n| n.items());
        let mut files = Vec::new();
        for name in named.iter().filter_map(|n| n.text()) {
            if let Ok(text) = self.rule(name) {
                files.push(RuleFile {
                    name: name.to_owned(),
                    text,
                    params: BTreeMap::new(),
                });
            }
        }
        let tables = effective
            .root
            .get("tables")
            .map_or(&[][..], |n| n.entries());
        let empty = || Table {
            rows: BTreeMap::new(),
            otherwise: Otherwise::Hold,
        };
        let tables = tables
            .iter()
            .map(|(k, _)| (k.text.clone(), empty()))
            .collect();
        match RuleSet::compile(&files, &tables) {
            Ok((_, told)) | Err(told) => told,
        }
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

    /// The text of a rule file, which must lie in the workspace.
    fn rule(&self, name: &str) -> Result<String, String> {
        let path = Path::new(name);
        let inside = path
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_)));
        if !inside {
            return Err("it must lie in the workspace".into());
        }
        read(&self.root.join(path)).map_err(|e| match e {
            WorkspaceError::Unreadable { why, .. } => why,
            other => other.to_string(),
        })
    }
}

/// Two tenants whose documents meet in one ledger.
fn one_ledger(first: &Mapping, second: &Mapping) -> Diagnostic {
    Diagnostic::warning(
        second.place(second.to.at),
        "workspace.one_ledger",
        format!(
            "`{}` and `{}` ({}) post to one ledger from different sources: where both have a document of one number, the second is held (number.taken)",
            second.tenant,
            first.tenant,
            first.place(first.to.at)
        ),
        "see that their numbers never meet: a range or a prefix in each source, or one set in a `map_invoice` rule; or give each an organisation of its own",
    )
}

/// Where each row of a file's tables is written, by table and key.
fn places(mapping: &Mapping) -> BTreeMap<(String, String), Place> {
    let mut out = BTreeMap::new();
    for (name, table) in &mapping.tables {
        let rows = table.rows().chain([("else", table.other())]);
        for (key, answer) in rows {
            let place = mapping.place(answer.at);
            out.insert((name.to_string(), key.to_owned()), place);
        }
    }
    out
}

fn tables(mapping: &Mapping) -> BTreeMap<String, Table> {
    let text = |a: &Answer| match a {
        Answer::Use(t) => Some(t.to_string()),
        Answer::Hold => None,
    };
    let table = |t: &crate::mapping::Table| Table {
        rows: t
            .rows()
            .filter_map(|(k, a)| text(&a.value).map(|v| (k.to_owned(), v)))
            .collect(),
        otherwise: text(&t.other().value).map_or(Otherwise::Hold, Otherwise::Use),
    };
    (mapping.tables.iter())
        .map(|(name, t)| (name.to_string(), table(t)))
        .collect()
}

/// Values without their places: moving a line is no change. Who is told decides nothing.
fn config_hash(effective: Option<&Effective>, rules: &[RuleFile]) -> Fingerprint {
    let mut text = String::new();
    let rows = effective.map(Effective::rows).unwrap_or_default();
    for row in rows.iter().filter(|r| !r.path.starts_with("notify.")) {
        text.push_str(&row.path);
        text.push('=');
        text.push_str(&row.value);
        text.push('\n');
    }
    for r in rules {
        text.push_str(&r.name);
        text.push('\n');
        text.push_str(&r.text);
    }
    Fingerprint::of(text.as_bytes())
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> WorkspaceError {
    WorkspaceError::Unreadable {
        path: path.display().to_string(),
        why: why.to_string(),
    }
}

fn read(path: &Path) -> Result<String, WorkspaceError> {
    let size = std::fs::metadata(path)
        .map_err(|e| unreadable(path, e))?
        .len();
    if size > MAX_FILE {
        let why = format!(
            "it has {size} bytes, and {MAX_FILE} are the most; split it, or move data into files of their own"
        );
        return Err(unreadable(path, why));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(path, e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        unreadable(
            path,
            format!("it is not UTF-8 text (byte {at}); save it as UTF-8"),
        )
    })
}

fn yaml_files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, WorkspaceError> {
    let mut out = BTreeMap::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(out),
        Err(e) => return Err(unreadable(folder, e)),
    };
    for entry in entries {
        let path = entry.map_err(|e| unreadable(folder, e))?.path();
        let stem = path.file_stem().and_then(|s| s.to_str());
        if path.extension().is_some_and(|e| e == "yaml")
            && path.is_file()
            && let Some(stem) = stem
        {
            out.insert(stem.to_owned(), path);
        }
    }
    Ok(out)
}

impl From<WorkspaceError> for Vec<Diagnostic> {
    fn from(e: WorkspaceError) -> Self {
        match e {
            WorkspaceError::Mistakes(told) => told,
            other => vec![Diagnostic::error(
                Place::default(),
                "workspace",
                other.to_string(),
                "",
            )],
        }
    }
}
