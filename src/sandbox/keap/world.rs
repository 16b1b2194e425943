//! All applications with their credentials.

use std::collections::BTreeMap;

use super::auth::Auth;
use super::store::App;

/// What a seed changes, whole or not at all.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) apps: BTreeMap<String, App>,
    pub(super) auth: Auth,
}
