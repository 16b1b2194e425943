//! Every connector there is. A new one is added here and nowhere else.

use super::{Source, Target, files::Files, keap::Keap, xero::Xero};
use crate::model::codes::Family;
use std::sync::Arc;

/// Every source.
pub fn sources() -> Vec<Arc<dyn Source>> {
    vec![Arc::new(Keap::new()), Arc::new(Files::new())]
}

/// Every target.
pub fn targets() -> Vec<Arc<dyn Target>> {
    vec![Arc::new(Xero::new())]
}

/// The source a tenant's file names by its word.
pub fn source(system: &str) -> Option<Arc<dyn Source>> {
    sources().into_iter().find(|s| s.facts().system == system)
}

/// The target a tenant's file names by its word.
pub fn target(system: &str) -> Option<Arc<dyn Target>> {
    targets().into_iter().find(|t| t.facts().system == system)
}

/// The codes of what vendors refuse, a family a system.
pub fn codes() -> [Family; 1] {
    [super::xero::codes::XERO]
}
