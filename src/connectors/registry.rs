//! Every connector, by its system's word. A new one is a line here.

use super::files::Files;
use super::keap::Keap;
use super::xero::Xero;
use super::{Source, Target};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What documents can be read from.
pub fn sources() -> BTreeMap<&'static str, Arc<dyn Source>> {
    let all: [Arc<dyn Source>; 2] = [Arc::new(Keap::new()), Arc::new(Files::new())];
    all.into_iter().map(|s| (s.facts().system, s)).collect()
}

/// What documents can be written to.
pub fn targets() -> BTreeMap<&'static str, Arc<dyn Target>> {
    let all: [Arc<dyn Target>; 1] = [Arc::new(Xero::new())];
    all.into_iter().map(|t| (t.facts().system, t)).collect()
}
