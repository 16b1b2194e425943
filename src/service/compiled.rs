//! Compiled tenants, kept while there is room: many may be known, few are compiled at once.
//!
//! Flows in: a workspace and a tenant's name. Flows out: the tenant ready to run, compiled anew when a file of
//! its own changed. Refuses what the workspace refuses; a tenant with mistakes is not kept. Bounded by a number
//! of tenants: the one that was not asked for the longest makes room. Whoever still runs a tenant that made room
//! keeps it until the run ends.

use super::workspace::{Loaded, Workspace, WorkspaceError};
use crate::model::TenantId;
use crate::rules::RuleFile;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Tenants kept unless told otherwise.
pub const KEPT: usize = 300;

/// A file as it was when it was read: when it was changed last, and its length in bytes.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    seen: Option<(SystemTime, u64)>,
}

impl Stamp {
    fn of(path: PathBuf) -> Self {
        let seen = seen(&path);
        Self { path, seen }
    }

    fn holds(&self) -> bool {
        self.seen.is_some() && seen(&self.path) == self.seen
    }
}

fn seen(path: &Path) -> Option<(SystemTime, u64)> {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

struct Kept {
    tenant: Arc<Loaded>,
    stamps: Box<[Stamp]>,
    asked: u64,
}

#[derive(Default)]
struct Shelf {
    kept: BTreeMap<TenantId, Kept>,
    asked: u64,
}

/// Keeps compiled tenants.
pub struct Compiled {
    limit: usize,
    shelf: Mutex<Shelf>,
}

impl Default for Compiled {
    fn default() -> Self {
        Self::new(KEPT)
    }
}

impl Compiled {
    /// Keeps at most so many tenants, and at least one.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            shelf: Mutex::default(),
        }
    }

    /// How many are kept now.
    pub fn len(&self) -> usize {
        self.lock().kept.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A tenant, compiled now or before. What only tools look at (the effective file, the rules' text) is left out.
    ///
    /// # Errors
    /// As [`Workspace::load`].
    pub fn get(
        &self,
        workspace: &Workspace,
        tenant: &TenantId,
    ) -> Result<Arc<Loaded>, WorkspaceError> {
        if let Some(found) = self.found(tenant) {
            return Ok(found);
        }
        // The stamp of the tenant's file is taken before it is read: a change in between is seen next time.
        let own = Stamp::of(workspace.file_of(tenant));
        let mut loaded = workspace.load(tenant)?;
        let rules = std::mem::take(&mut loaded.rule_files);
        let path_of = |r: &RuleFile| workspace.root().join(&r.name);
        let of_rules = rules.iter().map(|r| Stamp::of(path_of(r)));
        let stamps = of_rules.chain([own]).collect();
        // Which rules there are is known only now; one that changed since it was read must not be kept.
        let same = |r: &RuleFile| std::fs::read(path_of(r)).is_ok_and(|t| t == r.text.as_bytes());
        let current = rules.iter().all(same);
        loaded.effective = None;
        let loaded = Arc::new(loaded);
        if current {
            self.keep(tenant, Arc::clone(&loaded), stamps);
        }
        Ok(loaded)
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, tenant: &TenantId) -> Option<Arc<Loaded>> {
        let mut shelf = self.lock();
        shelf.asked += 1;
        let asked = shelf.asked;
        let kept = shelf.kept.get_mut(tenant)?;
        if !kept.stamps.iter().all(Stamp::holds) {
            shelf.kept.remove(tenant);
            return None;
        }
        kept.asked = asked;
        Some(Arc::clone(&kept.tenant))
    }

    fn keep(&self, name: &TenantId, tenant: Arc<Loaded>, stamps: Box<[Stamp]>) {
        let mut shelf = self.lock();
        while shelf.kept.len() >= self.limit && !shelf.kept.contains_key(name) {
            let oldest = shelf.kept.iter().min_by_key(|(_, k)| k.asked);
            let Some(oldest) = oldest.map(|(t, _)| t.clone()) else {
                break;
            };
            shelf.kept.remove(&oldest);
        }
        let asked = shelf.asked;
        let kept = Kept {
            tenant,
            stamps,
            asked,
        };
        shelf.kept.insert(name.clone(), kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, account: &str) -> String {
        format!(
            "tenant: {name}\npreset: keap-xero\nfrom: {{ keap: k }}\nto: {{ xero: x }}\ncurrency: AUD\n\
             accounts:\n  - {{ else: \"{account}\" }}\npayments_account: {{ code: \"090\" }}\n\
             tax: {{ codes: {{ taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }} }}\n"
        )
    }

    fn workspace(tenants: &[&str]) -> (tempfile::TempDir, Workspace, Vec<TenantId>) {
        let folder = tempfile::tempdir().unwrap();
        let mappings = folder.path().join("mappings");
        std::fs::create_dir_all(&mappings).unwrap();
        std::fs::write(
            folder.path().join("connections.yaml"),
            "k: { system: keap }\nx: { system: xero }\n",
        )
        .unwrap();
        for name in tenants {
            std::fs::write(mappings.join(format!("{name}.yaml")), file(name, "200")).unwrap();
        }
        let workspace = Workspace::open(folder.path()).unwrap();
        let ids = tenants.iter().map(|t| TenantId::new(t).unwrap()).collect();
        (folder, workspace, ids)
    }

    #[test]
    fn the_one_not_asked_for_the_longest_makes_room() {
        let (_folder, workspace, ids) = workspace(&["a", "b", "c"]);
        let compiled = Compiled::new(2);
        let a = compiled.get(&workspace, &ids[0]).unwrap();
        let b = compiled.get(&workspace, &ids[1]).unwrap();
        assert!(Arc::ptr_eq(&a, &compiled.get(&workspace, &ids[0]).unwrap()));
        compiled.get(&workspace, &ids[2]).unwrap();
        assert_eq!(compiled.len(), 2);
        assert!(Arc::ptr_eq(&a, &compiled.get(&workspace, &ids[0]).unwrap()));
        assert!(!Arc::ptr_eq(
            &b,
            &compiled.get(&workspace, &ids[1]).unwrap()
        ));
    }

    #[test]
    fn a_changed_file_is_compiled_anew_and_one_with_mistakes_is_not_kept() {
        let (folder, workspace, ids) = workspace(&["a"]);
        let path = folder.path().join("mappings/a.yaml");
        let compiled = Compiled::new(2);
        let before = compiled.get(&workspace, &ids[0]).unwrap();
        std::fs::write(&path, file("a", "20-4100")).unwrap();
        let after = compiled.get(&workspace, &ids[0]).unwrap();
        assert_ne!(before.config, after.config);
        std::fs::write(&path, "tenant: a\n").unwrap();
        assert!(compiled.get(&workspace, &ids[0]).is_err());
        assert!(compiled.is_empty());
    }
}
