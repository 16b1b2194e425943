//! What a store tells those who hold what a verb costs to what it says.

use super::Store;
use std::collections::BTreeMap;

impl Store {
    /// How often the database was handed something to do.
    #[doc(hidden)]
    pub fn handed(&self) -> u64 {
        self.asked.handed()
    }

    /// How many statements this store and its rehearsals have carried out: for those who count what something costs.
    #[doc(hidden)]
    pub fn asked(&self) -> u64 {
        self.asked.statements()
    }

    /// How often something was put on the disk for good.
    #[doc(hidden)]
    pub fn committed(&self) -> u64 {
        self.asked.kept()
    }

    /// How often each text was said since this was asked last.
    #[doc(hidden)]
    pub fn said(&self) -> BTreeMap<&'static str, u64> {
        self.asked.said()
    }
}
