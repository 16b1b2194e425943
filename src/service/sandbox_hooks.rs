//! Webhooks of the fake vendors, sent over the network as their own are.

use super::not_done::NotDone;
use crate::connectors::http::{HttpRequest, ReqwestTransport, Transport};
use crate::sandbox::plane::Deliver;
use crate::sandbox::wire::Outbound;
use async_trait::async_trait;
use http::{HeaderMap, Method};
use std::sync::Arc;
use std::time::Duration;

/// How long a receiver of a webhook may take, in seconds: Xero's own patience.
const WEBHOOK_S: u64 = 5;

struct Webhooks(ReqwestTransport);

/// Sends webhooks over the network.
///
/// # Errors
/// Calls cannot be made.
pub fn webhooks() -> Result<Arc<dyn Deliver>, NotDone> {
    Ok(Arc::new(Webhooks(ReqwestTransport::default())))
}

#[async_trait]
impl Deliver for Webhooks {
    async fn deliver(&self, webhook: &Outbound) -> Option<(u16, HeaderMap)> {
        let request = HttpRequest {
            method: Method::POST,
            url: webhook.url.clone(),
            headers: webhook.headers.clone(),
            body: webhook.body.clone(),
            deadline: Duration::from_secs(WEBHOOK_S),
        };
        let answer = self.0.send(request).await.ok()?;
        Some((answer.status, answer.headers))
    }
}
