//! The properties once more, for rules that run without Rhai's evaluation: by name, and by the Rust type of
//! the value that has them. Built from the same lines that register them with the engine.

use super::catalog::Ty;
use super::convert::to_value;
use super::draftish::Draftish;
use crate::rules::cell::Swap;
use rhai::{Dynamic, Position, Variant};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads a property. `None` when it is for Rhai to say what is wrong.
pub(crate) type Get = Arc<dyn Fn(&Dynamic) -> Option<Dynamic> + Send + Sync>;
/// Sets a property of a draft. `None` as above, and nothing is changed.
pub(crate) type Set = Arc<dyn Fn(&Dynamic, &Dynamic, Position) -> Option<()> + Send + Sync>;
/// Reads an entry by its name.
pub(crate) type ByName = Arc<dyn Fn(&Dynamic, &str) -> Option<Dynamic> + Send + Sync>;
/// Whether a list of texts has a text, without making the list.
pub(crate) type Has = Arc<dyn Fn(&Dynamic, &str) -> Option<bool> + Send + Sync>;
/// One of these for each type that has it.
pub(crate) type ByType<F> = [(TypeId, F)];

/// A longer list is made and searched by Rhai, which counts the work.
const SEARCHED: usize = 64;
/// Bytes of one of its texts: all of them together stay below what a list may hold.
const SEARCHED_TEXT: usize = 1_000;

/// How properties are reached.
#[derive(Default, Clone)]
pub(crate) struct Ways {
    gets: BTreeMap<&'static str, Vec<(TypeId, Get)>>,
    sets: BTreeMap<&'static str, Vec<(TypeId, Set)>>,
    entries: Vec<(TypeId, ByName)>,
    has: BTreeMap<&'static str, Vec<(TypeId, Has)>>,
}

impl Ways {
    /// Who has a property of this name.
    pub(crate) fn gets(&self, name: &str) -> &ByType<Get> {
        self.gets.get(name).map_or(&[], Vec::as_slice)
    }

    /// Who lets a property of this name be set.
    pub(crate) fn sets(&self, name: &str) -> &ByType<Set> {
        self.sets.get(name).map_or(&[], Vec::as_slice)
    }

    /// Who has a list of texts of this name that can be searched where it lies.
    pub(crate) fn has(&self, name: &str) -> &ByType<Has> {
        self.has.get(name).map_or(&[], Vec::as_slice)
    }

    /// Who has entries by name, which are no properties: custom fields, parameters.
    pub(crate) fn entries(&self) -> &ByType<ByName> {
        &self.entries
    }

    pub(super) fn get<H: Variant + Clone>(&mut self, name: &'static str, get: fn(&H) -> Dynamic) {
        let way: Get = Arc::new(move |v| v.read_lock::<H>().map(|h| get(&h)));
        let all = self.gets.entry(name).or_default();
        all.push((TypeId::of::<H>(), way));
    }

    pub(super) fn look<H: Draftish>(
        &mut self,
        name: &'static str,
        get: fn(&H::D, usize) -> Dynamic,
    ) {
        let way: Get = Arc::new(move |v| {
            let h = v.read_lock::<H>()?;
            Some(get(&h.cell().lock().draft, h.at()))
        });
        let all = self.gets.entry(name).or_default();
        all.push((TypeId::of::<H>(), way));
    }

    pub(super) fn set<H: Draftish>(&mut self, name: &'static str, ty: Ty, swap: Swap<H::D>) {
        let way: Set = Arc::new(move |v, new, place| {
            let h = v.read_lock::<H>()?;
            let value = to_value(ty, name, new.clone(), place).ok()?;
            let mut held = h.cell().lock();
            held.set(h.at(), name, swap, value, place).ok()
        });
        let all = self.sets.entry(name).or_default();
        all.push((TypeId::of::<H>(), way));
    }

    pub(super) fn texts<H: Variant + Clone>(
        &mut self,
        name: &'static str,
        list: fn(&H) -> &[String],
    ) {
        let way: Has = Arc::new(move |v, wanted| {
            let h = v.read_lock::<H>()?;
            let list = list(&h);
            let short = list.len() <= SEARCHED && list.iter().all(|t| t.len() <= SEARCHED_TEXT);
            short.then(|| list.iter().any(|t| t == wanted))
        });
        let all = self.has.entry(name).or_default();
        all.push((TypeId::of::<H>(), way));
    }

    pub(super) fn entry<H: Variant + Clone>(&mut self, get: fn(&H, &str) -> Option<Dynamic>) {
        let way: ByName = Arc::new(move |v, name| get(&*v.read_lock::<H>()?, name));
        self.entries.push((TypeId::of::<H>(), way));
    }
}
