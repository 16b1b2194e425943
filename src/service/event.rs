//! What a worker tells whoever watches.

use super::engine::EngineError;
use super::files::WorkspaceError;
use crate::model::TenantId;
use crate::pipeline::ports::StoreError;
use crate::pipeline::tenant::Done;

/// Something that a person watching may want to see.
#[derive(Debug)]
pub enum Event<'a> {
    /// A run came to its end.
    Ran(&'a TenantId, &'a Done),
    /// A run could not begin, or stopped.
    Failed(&'a TenantId, EngineError),
    /// A run met a fault of the program.
    Fault(&'a TenantId),
    /// The tenant's files have mistakes; whether it goes on with the version before them.
    Mistaken(&'a TenantId, &'a WorkspaceError, bool),
    /// The mistakes are gone.
    Mended(&'a TenantId),
    /// What all tenants share cannot be read; what was read before goes on.
    Workspace(&'a WorkspaceError),
    /// The store cannot be read or written.
    Store(&'a StoreError),
    /// A letter was not sent.
    NoLetter(&'a TenantId, &'a str),
}

/// Where the worker tells what happens.
pub type Tell<'a> = &'a (dyn Fn(Event<'_>) + Send + Sync);
