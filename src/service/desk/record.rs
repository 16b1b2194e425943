//! What the source says of a document, as rules see it.
//!
//! Flows in: a tenant and a number. Flows out: a [`RecordTold`]: each property with the expression that reads it in a rule,
//! custom fields under their own names. A number the store does not know is read from the source there and then, in a
//! rehearsal; nothing is kept of it.

use super::found::{one_is_meant, row_of};
use crate::model::cure::quoted;
use crate::model::{Invoice, TenantId};
use crate::pipeline::ports::{DocRow, Documents as _, Written as _};
use crate::pipeline::reading::SourceSaid;
use crate::rules::shown::{SeenValue, seen};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// One property of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordValue {
    /// As it is written in a rule: `invoice.fields["Division"]`.
    pub path: String,
    /// What it gives there: text in quotes, `()` where there is nothing.
    pub value: String,
    /// Whether that is nothing, or empty.
    pub empty: bool,
}

/// What the source says of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordTold {
    /// Whose.
    pub tenant: TenantId,
    /// The number people know it by.
    pub number: String,
    /// Each property, as rules see it.
    pub values: Vec<RecordValue>,
}

/// Tells what the source says of a number.
///
/// # Errors
/// Neither store nor source know the number, it cannot be read, or store or systems fail.
pub async fn record(engine: &Engine, loaded: &Loaded, number: &str) -> Result<RecordTold, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let command = |name: &str| format!("crossfoot explain {tenant} {} --source", quoted(name));
    one_is_meant(engine, tenant, number, &command).await?;
    if let Some(row) = row_of(engine, loaded, number).await? {
        return told(engine, loaded, &row).await;
    }
    let only = Some(number.to_owned());
    let (copy, _) = engine.rehearse(loaded, only, &|_| {}).await?;
    let row = copy
        .store()
        .document(&loaded.mapping.tenant, number)
        .await?;
    let told = match row {
        Some(row) => told(&copy, loaded, &row).await,
        None => Err(NotDone::attention("it was not found", "").at(number)),
    };
    copy.close().await;
    told
}

async fn told(engine: &Engine, loaded: &Loaded, row: &DocRow) -> Result<RecordTold, NotDone> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let said = engine.reading(loaded)?.newest(store, tenant, row).await?;
    let invoice: Arc<Invoice> = match said {
        SourceSaid::Invoice { invoice, .. } => Arc::from(invoice),
        SourceSaid::Nothing => {
            let fix = "save the document in the source once more, so that it is read again";
            let what = format!("the store has no record of {}", row.number);
            return Err(NotDone::attention(what, fix));
        }
        SourceSaid::Unread(why) => {
            let fix = "set right what connections.yaml says of the source, or the document there";
            let what = format!(
                "what the source said of {} cannot be read: {why}",
                row.number
            );
            return Err(NotDone::attention(what, fix));
        }
    };
    let linked = store.link(tenant, &row.key).await?.is_some();
    let values = seen(&invoice, linked).into_iter().map(|v| {
        let SeenValue { path, value, empty } = v;
        RecordValue { path, value, empty }
    });
    Ok(RecordTold {
        tenant: tenant.clone(),
        number: row.number.clone(),
        values: values.collect(),
    })
}
