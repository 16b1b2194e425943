//! Every connector there is. A new one is added here and nowhere else.

use super::{Source, Target, keap::Keap, xero::Xero};
use std::sync::Arc;

/// Every source.
pub fn sources() -> Vec<Arc<dyn Source>> {
    vec![Arc::new(Keap::new())]
}

/// Every target.
pub fn targets() -> Vec<Arc<dyn Target>> {
    vec![Arc::new(Xero::new())]
}
