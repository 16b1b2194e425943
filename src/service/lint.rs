//! Every mistake and doubt of a workspace's files at once.

use super::files::WorkspaceError;
use super::workspace::{Loaded, Workspace};
use crate::connectors::Settings;
use crate::mapping::{Connection, Effective, End, Mapping, WhyRow, one_line_text};
use crate::model::{ConnectionName, Diagnostic, Kind, Place, Takes, TenantId};
use crate::rules::{Otherwise, RuleFile, RuleSet, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

impl Workspace {
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
                // Where the ledger counts by itself no number is taken that would hold the second one.
                let same = earlier.iter().find(|first| {
                    let named = asked.contains(&first.tenant) || asked.contains(&second.tenant);
                    named
                        && self.account_of(&first.from.value) == self.account_of(&second.from.value)
                });
                let same = same.filter(|_| self.counts_itself(second));
                told.extend(same.map(|first| one_route(first, second)));
            }
        }
        Ok(told)
    }

    /// What tells a tenant's ledger from others: its organisation where the connections name one, else the connection.
    fn ledger_of(&self, mapping: &Mapping) -> String {
        self.account_of(&mapping.to.value)
    }

    /// Whether a tenant's ledger gives documents its own numbers.
    fn counts_itself(&self, mapping: &Mapping) -> bool {
        let system = self.systems().get(&mapping.to.value.system);
        let facts = system.and_then(|s| s.facts().target());
        facts.is_some_and(|f| !f.numbers_ours(Kind::Invoice))
    }

    fn account_of(&self, end: &End) -> String {
        let written = self.connections.get(end.connection.as_str());
        let organisation = written.and_then(|c| c.values.get("organisation"));
        match organisation.filter(|o| !o.is_empty()) {
            Some(id) => format!("{} {id}", end.system),
            None => format!("{} by {}", end.system, end.connection),
        }
    }

    /// What is wrong with connections that a look into their folders shows: a folder that is not there, a word that the
    /// files themselves speak against. Each is told at the line of the connection that cures it. Only some connections, where
    /// they are named.
    pub async fn lint_connections(
        &self,
        named: Option<&BTreeSet<ConnectionName>>,
    ) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        for (name, connection) in &self.connections.by_name {
            if named.is_some_and(|n| !n.contains(name)) {
                continue;
            }
            let Some(system) = self.systems().get(&connection.system) else {
                continue;
            };
            let folders = system
                .settings()
                .iter()
                .filter(|s| s.takes == Takes::Folder);
            let missing: Vec<Diagnostic> = folders
                .filter_map(|s| no_folder(self.root(), connection, s.name))
                .collect();
            if !missing.is_empty() {
                told.extend(missing);
                continue;
            }
            told.extend(self.no_status_out(connection));
            let settings = self.settings_of(connection);
            if let Some(lack) = system.lacks(&settings) {
                told.push(Diagnostic::error(
                    connection.place.clone(),
                    "connections.missing",
                    format!("{}: {}", lack.at, lack.what),
                    lack.fix,
                ));
                continue;
            }
            for doubt in system.doubts(&settings).await {
                told.push(Diagnostic::error(
                    place_of(connection, &[&doubt.what, &doubt.fix]),
                    "connections.files",
                    format!("{}: {}", doubt.at, doubt.what),
                    doubt.fix,
                ));
            }
        }
        told
    }

    /// What a connection says, its folder from the workspace's own, wherever the command is typed.
    pub(super) fn settings_of(&self, connection: &Connection) -> Settings {
        let mut settings = Settings {
            system: connection.system.clone(),
            values: connection.values.clone(),
        };
        if let Some(folder) = settings.values.get_mut("folder")
            && Path::new(folder.as_str()).is_relative()
        {
            *folder = self.root().join(&folder).display().to_string();
        }
        settings
    }

    /// What the two connections of an effective file say, each value with its place.
    pub fn connection_rows(&self, effective: &Effective) -> Vec<WhyRow> {
        let mut rows = Vec::new();
        for side in ["from", "to"] {
            let end = effective.root.get(side).map_or(&[][..], |n| n.entries());
            let Some(name) = end.first().and_then(|(_, n)| n.text()) else {
                continue;
            };
            let Some(connection) = self.connections.get(name) else {
                continue;
            };
            let row = |(path, value): (&String, &String)| WhyRow {
                path: format!("connections.{name}.{path}"),
                value: one_line_text(value),
                place: connection
                    .places
                    .get(path)
                    .unwrap_or(&connection.place)
                    .clone(),
            };
            rows.extend(connection.values.iter().map(row));
        }
        rows
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
}

/// A folder that a connection needs and does not have.
fn no_folder(root: &Path, connection: &Connection, name: &str) -> Option<Diagnostic> {
    let Some(folder) = connection.values.get(name) else {
        return Some(Diagnostic::error(
            connection.place.clone(),
            "connections.folder",
            format!("the connection names no `{name}`"),
            format!("add `{name}:` with its path from the workspace's own folder"),
        ));
    };
    let there = root.join(folder).is_dir();
    let place = connection.places.get(name).unwrap_or(&connection.place);
    (!there).then(|| {
        Diagnostic::error(
            place.clone(),
            "connections.folder",
            format!("there is no folder `{folder}`"),
            "make it, or correct its path, which counts from the workspace's own folder",
        )
    })
}

/// Where the setting is written that a doubt names between backticks (`columns.number`, `dates: dd/mm/yyyy`), else its connection.
fn place_of(connection: &Connection, texts: &[&str]) -> Place {
    let quoted = texts.iter().flat_map(|t| t.split('`').skip(1).step_by(2));
    let mut named = quoted.filter_map(|word| {
        let path = word.split_once(": ").map_or(word, |(path, _)| path);
        let inside = format!("{path}.");
        let mut all = connection.places.iter();
        let own = connection.places.get(path);
        own.or_else(|| all.find(|(k, _)| k.starts_with(&inside)).map(|(_, p)| p))
    });
    named.next().unwrap_or(&connection.place).clone()
}

/// Two tenants that bring the same documents to the same place.
fn one_route(first: &Mapping, second: &Mapping) -> Diagnostic {
    Diagnostic::error(
        second.place(second.from.at),
        "route.twice",
        format!(
            "`{}` and `{}` ({}) bring the documents of one account to the same other one, which gives its own numbers: each would be made twice there",
            second.tenant,
            first.tenant,
            first.place(first.from.at)
        ),
        "Remove one of the two files; what it has posted stays known by its stamp.",
    )
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
