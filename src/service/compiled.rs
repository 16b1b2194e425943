//! Compiled tenants, kept while there is room: many may be known, few are compiled at once.
//!
//! Flows in: a workspace and a tenant's name. Flows out: the tenant ready to run, compiled anew when a file of
//! its own changed; of a tenant whose files were spoilt since, the last good version and the mistakes. Refuses a
//! tenant that never was in order. Bounded by a number of tenants: the one that was not asked for the longest makes
//! room. Of every tenant known only its times, its letters and the stamps of its files are kept besides. Whoever
//! still runs a tenant that made room keeps it until the run ends.

use super::files::WorkspaceError;
use super::stamp::Stamp;
use super::workspace::{Loaded, Workspace};
use crate::mapping::{Notify, Trigger};
use crate::model::TenantId;
use crate::rules::RuleFile;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tenants kept unless told otherwise.
pub const KEPT: usize = 300;

/// What is kept of every tenant that was in order once: small.
struct Known {
    stamps: Box<[Stamp]>,
    trigger: Trigger,
    notify: Arc<Notify>,
    history_days: u32,
    broken: Option<Arc<WorkspaceError>>,
}

struct Kept {
    tenant: Arc<Loaded>,
    asked: u64,
}

#[derive(Default)]
struct Shelf {
    known: BTreeMap<TenantId, Known>,
    kept: BTreeMap<TenantId, Kept>,
    asked: u64,
}

/// What a worker must know of a tenant to see whether it is due.
#[derive(Debug, Clone)]
pub struct Look {
    /// When it runs.
    pub trigger: Trigger,
    /// Who is told, and when.
    pub notify: Arc<Notify>,
    /// How many days of history are kept.
    pub history_days: u32,
    /// The mistakes of its files as they are now, while the version before them goes on.
    pub broken: Option<Arc<WorkspaceError>>,
}

/// Keeps compiled tenants.
pub struct TenantCache {
    limit: usize,
    shelf: Mutex<Shelf>,
}

impl Default for TenantCache {
    fn default() -> Self {
        Self::new(KEPT)
    }
}

impl TenantCache {
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

    /// What is to be known of a tenant before it is run. Nothing is compiled while its files are as they were.
    ///
    /// # Errors
    /// As [`Workspace::load`], for a tenant that never was in order.
    pub fn look(&self, workspace: &Workspace, tenant: &TenantId) -> Result<Look, WorkspaceError> {
        if let Some(fresh) = self.refresh(workspace, tenant)? {
            return Ok(Look {
                trigger: fresh.mapping.sync.trigger.value.clone(),
                notify: Arc::new(fresh.mapping.notify.clone()),
                history_days: fresh.mapping.sync.history_days.value,
                broken: None,
            });
        }
        match self.lock().known.get(tenant) {
            Some(known) => Ok(Look {
                trigger: known.trigger.clone(),
                notify: Arc::clone(&known.notify),
                history_days: known.history_days,
                broken: known.broken.clone(),
            }),
            // Forgotten in between: it is read again at the next look.
            None => Err(WorkspaceError::Mistakes(Vec::new())),
        }
    }

    /// A tenant, compiled now or before. What only tools look at (the effective file, the rules' text) is left out.
    ///
    /// # Errors
    /// As [`Workspace::load`], for a tenant of which no good version is kept.
    pub fn get(
        &self,
        workspace: &Workspace,
        tenant: &TenantId,
    ) -> Result<Arc<Loaded>, WorkspaceError> {
        if let Some(fresh) = self.refresh(workspace, tenant)? {
            return Ok(fresh);
        }
        if let Some(found) = self.found(tenant) {
            return Ok(found);
        }
        self.compile(workspace, tenant)
    }

    /// Forgets all tenants but these.
    pub fn retain(&self, tenants: &[TenantId]) {
        let mut shelf = self.lock();
        shelf.known.retain(|t, _| tenants.contains(t));
        shelf.kept.retain(|t, _| tenants.contains(t));
    }

    /// All tenants are compiled anew when they are asked for next: what they share has changed.
    pub fn outdate(&self) {
        for known in self.lock().known.values_mut() {
            known.stamps = Box::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Compiles a tenant whose files changed; `None` when they did not, or when they are broken now.
    fn refresh(
        &self,
        workspace: &Workspace,
        tenant: &TenantId,
    ) -> Result<Option<Arc<Loaded>>, WorkspaceError> {
        // A broken one is read again each time: the file that was mended may be one it did not name before.
        let as_it_was = |k: &Known| {
            k.broken.is_none() && !k.stamps.is_empty() && k.stamps.iter().all(Stamp::holds)
        };
        if self.lock().known.get(tenant).is_some_and(as_it_was) {
            return Ok(None);
        }
        let error = match self.compile(workspace, tenant) {
            Ok(loaded) => return Ok(Some(loaded)),
            Err(e) => e,
        };
        match self.lock().known.get_mut(tenant) {
            Some(known) => {
                known.broken = Some(Arc::new(error));
                Ok(None)
            }
            None => Err(error),
        }
    }

    fn compile(
        &self,
        workspace: &Workspace,
        tenant: &TenantId,
    ) -> Result<Arc<Loaded>, WorkspaceError> {
        // The stamp of the tenant's file is taken before it is read: a change in between is seen next time.
        let own = Stamp::of(workspace.file_of(tenant));
        let mut loaded = workspace.load(tenant)?;
        let rules = std::mem::take(&mut loaded.rule_files);
        let path_of = |r: &RuleFile| workspace.root().join(&r.name);
        let of_rules = rules.iter().map(|r| Stamp::of(path_of(r)));
        let lists = loaded
            .mapping
            .list_files()
            .map(|f| workspace.root().join(f));
        let stamps = of_rules.chain(lists.map(Stamp::of)).chain([own]).collect();
        // Which rules there are is known only now; one that changed since it was read must not be kept.
        let same = |r: &RuleFile| std::fs::read(path_of(r)).is_ok_and(|t| t == r.text.as_bytes());
        let mut again = loaded.mapping.clone();
        let lists = again.list_files().next().is_none()
            || again.read_lists(|file| workspace.rule(file)).is_empty()
                && again.accounts == loaded.mapping.accounts;
        let current = lists && rules.iter().all(same);
        loaded.effective = None;
        let loaded = Arc::new(loaded);
        if current {
            self.keep(tenant, Arc::clone(&loaded), stamps);
        }
        Ok(loaded)
    }

    fn found(&self, tenant: &TenantId) -> Option<Arc<Loaded>> {
        let mut shelf = self.lock();
        shelf.asked += 1;
        let asked = shelf.asked;
        let kept = shelf.kept.get_mut(tenant)?;
        kept.asked = asked;
        Some(Arc::clone(&kept.tenant))
    }

    fn keep(&self, name: &TenantId, tenant: Arc<Loaded>, stamps: Box<[Stamp]>) {
        let mut shelf = self.lock();
        while shelf.kept.len() >= self.limit && !shelf.kept.contains_key(name) {
            let Some(oldest) = shelf.oldest() else { break };
            shelf.kept.remove(&oldest);
        }
        shelf.asked += 1;
        let asked = shelf.asked;
        let known = Known {
            stamps,
            trigger: tenant.mapping.sync.trigger.value.clone(),
            notify: Arc::new(tenant.mapping.notify.clone()),
            history_days: tenant.mapping.sync.history_days.value,
            broken: None,
        };
        shelf.known.insert(name.clone(), known);
        shelf.kept.insert(name.clone(), Kept { tenant, asked });
    }
}

impl Shelf {
    /// Who makes room: one whose files are in order, since it can be compiled again.
    fn oldest(&self) -> Option<TenantId> {
        let broken = |t| self.known.get(t).is_some_and(|k| k.broken.is_some());
        let oldest = self.kept.iter().min_by_key(|(t, k)| (broken(*t), k.asked));
        oldest.map(|(t, _)| t.clone())
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
        let compiled = TenantCache::new(2);
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
        // Whether it is due can be seen without compiling it.
        compiled.look(&workspace, &ids[2]).unwrap();
        assert!(compiled.found(&ids[2]).is_none());
    }

    #[test]
    fn a_broken_edit_keeps_the_last_good_version_until_it_is_mended() {
        let (folder, workspace, ids) = workspace(&["a", "b"]);
        let path = folder.path().join("mappings/a.yaml");
        let compiled = TenantCache::new(1);
        let before = compiled.get(&workspace, &ids[0]).unwrap();
        std::fs::write(&path, "tenant: a\n").unwrap();
        let look = compiled.look(&workspace, &ids[0]).unwrap();
        assert!(look.broken.unwrap().to_string().contains("mistake"));
        let still = compiled.get(&workspace, &ids[0]).unwrap();
        assert!(Arc::ptr_eq(&before, &still));

        std::fs::write(&path, file("a", "20-4100")).unwrap();
        let after = compiled.get(&workspace, &ids[0]).unwrap();
        assert_ne!(before.config, after.config);
        assert!(compiled.look(&workspace, &ids[0]).unwrap().broken.is_none());

        // One that never was in order has no version to go on with.
        std::fs::write(folder.path().join("mappings/b.yaml"), "tenant: b\n").unwrap();
        assert!(compiled.look(&workspace, &ids[1]).is_err());
        assert!(compiled.get(&workspace, &ids[1]).is_err());
    }

    #[test]
    fn a_mended_rule_is_seen_though_it_was_not_named_before() {
        let (folder, workspace, ids) = workspace(&["a"]);
        let compiled = TenantCache::new(1);
        compiled.get(&workspace, &ids[0]).unwrap();
        std::fs::create_dir_all(folder.path().join("rules")).unwrap();
        let rule = folder.path().join("rules/a.rhai");
        std::fs::write(&rule, "fn select(invoice) { keep( }").unwrap();
        let named = file("a", "200") + "rules: [rules/a.rhai]\n";
        std::fs::write(folder.path().join("mappings/a.yaml"), named).unwrap();
        assert!(compiled.look(&workspace, &ids[0]).unwrap().broken.is_some());
        std::fs::write(&rule, "fn select(invoice) { keep() }").unwrap();
        assert!(compiled.look(&workspace, &ids[0]).unwrap().broken.is_none());
        std::fs::write(&rule, "fn select(invoice) { hold(\"no\") }").unwrap();
        let before = compiled.get(&workspace, &ids[0]).unwrap();
        assert!(Arc::ptr_eq(
            &before,
            &compiled.get(&workspace, &ids[0]).unwrap()
        ));
    }
}
