//! What became of a source's documents, as a file for whoever makes them: written anew after each run, whole or not at all.
//!
//! Flows in: a tenant's documents with their links, and where the file is wanted. Flows out: CSV or JSON, in the place of the one
//! before. Refuses: a path out of the workspace, and one in a folder that is read, where it would be taken for an export.
//! Bounded by the documents of the tenant.

use super::engine::Engine;
use super::workspace::{Loaded, Workspace};
use crate::connectors::Session;
use crate::connectors::files::out::cell;
use crate::mapping::Connection;
use crate::model::cure::at_hand;
use crate::model::{Diagnostic, DocState, Key, TenantId};
use crate::pipeline::ports::{ByChunk as _, DocRow, Documents as _, StoreError};
use crate::pipeline::tenant::RunAsk;
use crate::store::Store;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

/// Documents whose links are asked for at once.
const AT_ONCE: usize = 500;

impl Engine {
    /// Writes down what became of a tenant's documents, where the connection they come from asks for it. Answers why not, where it
    /// cannot: the run stands all the same, and the next one writes it.
    pub(super) async fn tell_back(
        &self,
        loaded: &Loaded,
        from: &Session,
        ask: &RunAsk,
    ) -> Option<String> {
        let system = self.systems().get(&from.settings.system)?;
        let given = system.status_out(&from.settings).filter(|_| !ask.dry)?;
        let (workspace, tenant) = (self.workspace(), &loaded.mapping.tenant);
        let path = place(workspace.root(), given, &workspace.read_folders());
        let written = match path {
            Ok(path) => rows(&self.store, tenant)
                .await
                .and_then(|rows| write(&path, (tenant, &ask.run, self.now()), &rows)),
            Err(why) => Err(why),
        };
        written.err().map(|why| why.to_string())
    }
}

impl Workspace {
    /// The folders that connections read.
    fn read_folders(&self) -> Vec<PathBuf> {
        let folder = |c: &Connection| c.values.get("folder").map(|f| self.root().join(f));
        self.connections
            .by_name
            .values()
            .filter_map(folder)
            .collect()
    }

    /// What is wrong with where a connection wants what became of its documents to be written.
    pub(super) fn no_status_out(&self, connection: &Connection) -> Option<Diagnostic> {
        let system = self.systems().get(&connection.system)?;
        let settings = self.settings_of(connection);
        let given = system.status_out(&settings)?;
        let why = place(self.root(), given, &self.read_folders()).err()?;
        let at = connection.places.get("status_out");
        Some(Diagnostic::error(
            at.unwrap_or(&connection.place).clone(),
            "connections.status_out",
            why.to_string(),
            "write a path such as `status/acme.csv`, whose folder is in the workspace and is read by no connection",
        ))
    }
}

/// Why the file is not written.
#[derive(Debug, thiserror::Error)]
pub enum StatusOutError {
    /// The path is none that can be written.
    #[error("`status_out: {path}`: {why}")]
    Place {
        /// Which.
        path: String,
        /// Why not.
        why: &'static str,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk.
    #[error("{path} cannot be written: {why}")]
    Disk {
        /// Which.
        path: String,
        /// Why not.
        why: std::io::Error,
    },
}

/// One document of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusRow {
    /// The number people know it by.
    pub number: String,
    /// The source's id.
    pub id: String,
    /// Where it stands.
    pub state: String,
    /// Its day.
    pub date: Option<NaiveDate>,
    /// Who it is to.
    pub contact: String,
    /// Its currency.
    pub currency: String,
    /// What it comes to in the source.
    pub total: Option<Decimal>,
    /// What the ledger's copy came to when both were last agreed; none where the ledger has none.
    pub ledger_total: Option<Decimal>,
    /// The ledger's id of it.
    pub ledger_id: String,
    /// The ledger's number of it.
    pub ledger_number: String,
    /// The code of the reason.
    pub code: String,
    /// Why.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// When it last changed.
    pub changed_at: String,
    /// What it is: a number is unique within its kind alone.
    pub kind: &'static str,
}

/// The file as JSON.
#[derive(Serialize)]
struct StatusFile<'a> {
    tenant: &'a TenantId,
    run: &'a str,
    written_at: String,
    invoices: &'a [StatusRow],
}

/// What stands in the heads of the columns, in their order.
const COLUMNS: [&str; 15] = [
    "number",
    "id",
    "state",
    "date",
    "contact",
    "currency",
    "total",
    "ledger_total",
    "ledger_id",
    "ledger_number",
    "code",
    "why",
    "fix",
    "changed_at",
    "kind",
];

/// Where the file goes.
///
/// # Errors
/// [`StatusOutError::Place`].
pub fn place(root: &Path, given: &str, read: &[PathBuf]) -> Result<PathBuf, StatusOutError> {
    let wrong = |why| StatusOutError::Place {
        path: given.to_owned(),
        why,
    };
    let path = Path::new(given);
    let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
    if !plain || path.file_name().is_none() {
        return Err(wrong(
            "it must be a path from the workspace's own folder, and lie in it",
        ));
    }
    let lower = given.to_lowercase();
    if !lower.ends_with(".csv") && !lower.ends_with(".json") {
        return Err(wrong("its name must end in `.csv` or `.json`"));
    }
    let whole = root.join(path);
    let real = |p: &Path| std::fs::canonicalize(p).ok();
    let folder = whole.parent().and_then(real);
    let folder = folder.ok_or_else(|| wrong("its folder is not there: make it"))?;
    if real(root).is_none_or(|root| !folder.starts_with(root)) {
        return Err(wrong("a link leads out of the workspace there"));
    }
    if read.iter().filter_map(|p| real(p)).any(|r| r == folder) {
        return Err(wrong(
            "files of that folder are read as exports: name another folder",
        ));
    }
    let name = path.file_name().unwrap_or_default();
    Ok(folder.join(name))
}

/// What became of the documents of a tenant.
///
/// # Errors
/// [`StatusOutError::Store`].
pub async fn rows(store: &Store, tenant: &TenantId) -> Result<Vec<StatusRow>, StatusOutError> {
    let mut documents = store.all_documents(tenant, DocState::ALL).await?;
    documents.sort_by(|a, b| (a.date, &a.number, &a.key.id).cmp(&(b.date, &b.number, &b.key.id)));
    let mut all = Vec::with_capacity(documents.len());
    for some in documents.chunks(AT_ONCE) {
        let keys: BTreeSet<Key> = some.iter().map(|d| d.key.clone()).collect();
        let links = store.links(tenant, &keys).await?;
        for row in some {
            let link = links.get(&row.key);
            all.push(StatusRow {
                ledger_total: link.map(|l| l.amount),
                ledger_id: link.map_or_else(String::new, |l| l.other.id.0.clone()),
                ledger_number: link.map_or_else(String::new, |l| l.number.clone()),
                ..of(tenant, row)
            });
        }
    }
    Ok(all)
}

fn of(tenant: &TenantId, row: &DocRow) -> StatusRow {
    let reason = row.reason.as_ref();
    let number = &[row.name()];
    StatusRow {
        number: row.number.clone(),
        id: row.key.id.0.clone(),
        state: row.state.as_str().to_owned(),
        date: row.date,
        contact: row.contact.clone(),
        currency: row.currency.clone(),
        total: row.total,
        ledger_total: None,
        ledger_id: String::new(),
        ledger_number: String::new(),
        code: reason.map_or_else(String::new, |r| r.code.to_string()),
        why: reason.map_or_else(String::new, |r| r.what.clone()),
        fix: reason.map_or_else(String::new, |r| at_hand(&r.fix, tenant, number)),
        kind: row.key.kind.as_str(),
        changed_at: row.changed_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// Writes the file in the place of the one before.
///
/// # Errors
/// [`StatusOutError::Disk`]; the one before stays.
pub fn write(
    path: &Path,
    (tenant, run, now): (&TenantId, &str, DateTime<Utc>),
    rows: &[StatusRow],
) -> Result<(), StatusOutError> {
    let disk = |why| StatusOutError::Disk {
        path: path.display().to_string(),
        why,
    };
    let text = match path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("json"))
    {
        true => {
            let file = StatusFile {
                tenant,
                run,
                written_at: now.to_rfc3339_opts(SecondsFormat::Secs, true),
                invoices: rows,
            };
            serde_json::to_string_pretty(&file).map_err(|e| disk(e.into()))? + "\n"
        }
        false => table(rows),
    };
    // A name that begins with a dot is read by nobody, us included.
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .unwrap_or("status");
    let beside = path.with_file_name(format!(".{name}.part"));
    let written = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    written().map_err(disk)
}

fn table(rows: &[StatusRow]) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for r in rows {
        let date = r.date.map_or_else(String::new, |d| d.to_string());
        let there = r.ledger_total.map_or_else(String::new, |t| t.to_string());
        let total = r.total.map_or_else(String::new, |t| t.to_string());
        let cells: [&str; COLUMNS.len()] = [
            &r.number,
            &r.id,
            &r.state,
            &date,
            &r.contact,
            &r.currency,
            &total,
            &there,
            &r.ledger_id,
            &r.ledger_number,
            &r.code,
            &r.why,
            &r.fix,
            &r.changed_at,
            r.kind,
        ];
        let cells: Vec<String> = cells.into_iter().map(quoted).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell as CSV writes it, which a spreadsheet does not take for a formula.
fn quoted(text: &str) -> String {
    let text = cell(text);
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}
