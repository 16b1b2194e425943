//! A keyed table that can take back what was done to it.
//!
//! A request may fail at its third element after two were written; the vendor then keeps nothing. Every
//! table therefore remembers what each write replaced, until the request is settled.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

/// Rows by key, in the key's order.
#[derive(Debug, Clone)]
pub(super) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    undo: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            undo: Vec::new(),
        }
    }
}

impl<K: Ord + Clone, V> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub(super) fn put(&mut self, key: K, row: V) {
        let before = self.rows.insert(key.clone(), row);
        self.undo.push((key, before));
    }

    pub(super) fn remove(&mut self, key: &K) {
        if let Some(before) = self.rows.remove(key) {
            self.undo.push((key.clone(), Some(before)));
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.rows.values()
    }

    pub(super) fn range<R: RangeBounds<K>>(&self, range: R) -> impl Iterator<Item = (&K, &V)> {
        self.rows.range(range)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Taking back writes.
pub(super) trait Undo {
    /// How much has been written since the last settlement.
    fn mark(&self) -> usize;
    /// Takes back all writes after a mark.
    fn rollback(&mut self, mark: usize);
    /// Forgets how to take anything back.
    fn settle(&mut self);
}

impl<K: Ord + Clone, V> Undo for Table<K, V> {
    fn mark(&self) -> usize {
        self.undo.len()
    }

    fn rollback(&mut self, mark: usize) {
        while self.undo.len() > mark {
            match self.undo.pop() {
                Some((key, Some(before))) => {
                    self.rows.insert(key, before);
                }
                Some((key, None)) => {
                    self.rows.remove(&key);
                }
                None => return,
            }
        }
    }

    fn settle(&mut self) {
        self.undo.clear();
    }
}
