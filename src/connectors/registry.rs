//! The systems there are: a connector is named in [`Registry::standard`] and nowhere else, and a system from outside
//! the library is put beside them with [`Registry::with`].
//!
//! Flows in: the systems. Flows out: their facts, which a tenant's file is checked against, and one by its word.
//! Refused: nothing; of two systems with one word the later takes the place of the earlier, also where it is described wrongly:
//! then there is none of that word, and what is wrong is kept in its place.

use super::manifest::shipped;
use super::{SourceSide, System, TargetSide, files::Files, keap::Keap, qbo::Qbo, xero::Xero};
use crate::model::codes::CodeFamily;
use crate::model::{Diagnostic, Facts, SignIn, SystemSettings};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Systems, in the order in which they are named to people.
#[derive(Clone, Default)]
pub struct Registry {
    systems: Vec<Arc<dyn System>>,
    /// What is wrong with the descriptions of those that cannot be used, by their words.
    broken: BTreeMap<String, Vec<Diagnostic>>,
}

impl Registry {
    /// No system at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The systems this library knows: those with a connector of their own, and those whose descriptions it ships.
    pub fn standard() -> Self {
        let mut all = Self::empty()
            .with(Arc::new(Keap::new()))
            .with(Arc::new(Files::new()))
            .with(Arc::new(Xero::new()))
            .with(Arc::new(Qbo::new()));
        for described in shipped() {
            all = all.with(Arc::new(described));
        }
        all
    }

    /// Whether a word is that of a system with a connector of its own.
    pub fn is_built_in(&self, word: &str) -> bool {
        self.get(word).is_some_and(|s| s.description().is_none())
    }

    /// These, and one more.
    #[must_use]
    pub fn with(mut self, system: Arc<dyn System>) -> Self {
        let word = Arc::clone(&system.facts().system);
        self.systems.retain(|s| s.facts().system != word);
        self.broken.remove(&*word);
        self.systems.push(system);
        self
    }

    /// These, without one whose description is wrong: none of the same word counts in its place.
    #[must_use]
    pub fn without(mut self, word: &str, wrong: Vec<Diagnostic>) -> Self {
        self.systems.retain(|s| &*s.facts().system != word);
        self.broken.insert(word.to_owned(), wrong);
        self
    }

    /// What is wrong with the description of a system that cannot be used, if that is why there is none of that word.
    pub fn broken(&self, word: &str) -> Option<&[Diagnostic]> {
        self.broken.get(word).map(Vec::as_slice)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &dyn System> {
        self.systems.iter().map(AsRef::as_ref)
    }

    /// What they can do.
    pub fn facts(&self) -> Vec<&Facts> {
        self.all().map(System::facts).collect()
    }

    /// Their words, sorted.
    pub fn words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = self.all().map(|s| &*s.facts().system).collect();
        words.sort_unstable();
        words
    }

    /// What their connections may say, in the order of their words.
    pub fn settings(&self) -> Vec<SystemSettings<'_>> {
        let mut all = Vec::with_capacity(self.systems.len());
        for system in &self.systems {
            let facts = system.facts();
            all.push(SystemSettings {
                system: &facts.system,
                title: &facts.title,
                settings: system.settings(),
            });
        }
        all.sort_unstable_by_key(|s| s.system);
        all
    }

    /// One by its word.
    pub fn get(&self, word: &str) -> Option<&dyn System> {
        self.all().find(|s| &*s.facts().system == word)
    }

    /// How a connection to a system is made; to one that is not known, by signing in.
    pub fn signs_in(&self, word: &str) -> SignIn {
        let unknown = SignIn {
            account: true,
            ..SignIn::default()
        };
        self.get(word).map_or(unknown, |s| s.facts().signs_in)
    }

    /// One that documents can come from, by its word.
    pub fn source(&self, word: &str) -> Option<SourceSide<'_>> {
        self.get(word).and_then(SourceSide::of)
    }

    /// One that documents can go to, by its word.
    pub fn target(&self, word: &str) -> Option<TargetSide<'_>> {
        self.get(word).and_then(TargetSide::of)
    }
}

/// The codes of what vendors refuse, a family a system.
pub fn codes() -> [CodeFamily; 4] {
    [
        super::xero::codes::XERO,
        super::qbo::codes::QBO,
        super::keap::books::codes::KEAP,
        super::manifest::codes::CONNECTOR,
    ]
}
