//! A person's word that a tenant runs at its times, or does not: the switch that is kept in the store, not in the file.

use super::required::{Required, missing};
use crate::model::TenantId;
use crate::pipeline::ports::{Runs as _, TenantSwitch};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::schedule::{TimesSince, keep_since};
use crate::service::workspace::Loaded;
use schemars::JsonSchema;
use serde::Serialize;

/// How the switch stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProcessingAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// Whether processing is on.
    pub processing: bool,
    /// What must be done before it can run.
    #[serde(skip)]
    pub required: Vec<Required>,
}

/// Switches it on. Only what was loaded can be: what cannot run is not switched on.
///
/// # Errors
/// The store cannot be used.
pub async fn switch_on(
    engine: &Engine,
    loaded: &Loaded,
    actor: &str,
) -> Result<ProcessingAnswer, NotDone> {
    let tenant = &loaded.mapping.tenant;
    set(engine, tenant, true, actor).await?;
    let mut required = Vec::new();
    for end in [&loaded.mapping.from.value, &loaded.mapping.to.value] {
        required.extend(missing(engine, tenant, end).await);
    }
    Ok(ProcessingAnswer {
        tenant: tenant.clone(),
        processing: true,
        required,
    })
}

/// Switches it off.
///
/// # Errors
/// The store cannot be used.
pub async fn switch_off(
    engine: &Engine,
    tenant: &TenantId,
    actor: &str,
) -> Result<ProcessingAnswer, NotDone> {
    set(engine, tenant, false, actor).await?;
    Ok(ProcessingAnswer {
        tenant: tenant.clone(),
        processing: false,
        required: Vec::new(),
    })
}

async fn set(engine: &Engine, tenant: &TenantId, on: bool, actor: &str) -> Result<(), NotDone> {
    let (store, now) = (engine.store(), engine.now());
    // One switch is for both halves of a tenant.
    let tenant = &tenant.of_file();
    if on && !store.tenant(tenant).await?.processing {
        // What it missed while it was off is not made up for.
        keep_since(store, tenant, TimesSince::On(now)).await?;
    }
    let switch = &TenantSwitch::Processing(on);
    store.switch(tenant, switch, actor, now).await?;
    Ok(())
}
