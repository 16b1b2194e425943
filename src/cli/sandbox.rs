//! `crossfoot sandbox`: the fake vendors on one port, until ctrl-c.

use super::{Context, Exit, Failure};
use crate::clock::{Clock as _, RealClock};
use crate::connectors::http::{HttpRequest, ReqwestTransport, Transport};
use crate::sandbox::plane::{Deliver, Plane, PlaneOptions};
use crate::sandbox::wire::{Outbound, System};
use crate::sandbox::{keap, xero};
use async_trait::async_trait;
use http::{HeaderMap, Method};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The port on this machine; 0 for any that is free
    #[arg(long, default_value_t = 4600)]
    pub port: u16,
    /// Keep the state in this folder; it survives a kill
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Put in this data first: `{"keap": {..}, "xero": {..}}`
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
}

/// Makes the fake vendors.
pub fn systems() -> Vec<Box<dyn System>> {
    vec![
        Box::new(keap::Keap::default()),
        Box::new(xero::Xero::default()),
    ]
}

/// Serves them.
///
/// # Errors
/// The port is taken, or folder or seed cannot be used.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let mut options = PlaneOptions::new(systems, || RealClock.now());
    options.folder.clone_from(&args.folder);
    let transport = ReqwestTransport::new().map_err(|e| Failure::wrong(e.to_string(), ""))?;
    options.deliver = Some(Arc::new(Webhooks(transport)));
    let plane = Plane::new(options).map_err(|e| Failure::wrong(e.to_string(), ""))?;
    if let Some(path) = &args.seed {
        seed(&plane, path)?;
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await;
    let listener = listener.map_err(|e| {
        let fix = "name a free one with --port, or 0 for any";
        Failure::wrong(format!("the port {} cannot be had: {e}", args.port), fix)
    })?;
    let address = listener
        .local_addr()
        .map_err(|e| Failure::wrong(e.to_string(), ""))?;
    for system in plane.systems() {
        cx.out.line(format!("{system}: http://{address}/{system}"));
    }
    cx.out.line(format!("control: http://{address}/_sandbox/"));
    cx.out.line("ctrl-c ends it");
    let served = plane.serve(listener, super::signals::asked_to_end()).await;
    served.map_err(|e| Failure::wrong(e.to_string(), ""))?;
    Ok(Exit::Fine)
}

fn seed(plane: &Plane, path: &std::path::Path) -> Result<(), Failure> {
    let bad = |what: String| {
        let fix =
            "write it as `{\"keap\": {..}, \"xero\": {..}}`; the sandboxes' pages tell the shapes";
        Failure::wrong(what, fix).at(path.display().to_string())
    };
    let text = std::fs::read_to_string(path).map_err(|e| bad(e.to_string()))?;
    let all: Value = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
    let Value::Object(all) = all else {
        return Err(bad("the seed is not an object".into()));
    };
    for (system, data) in all {
        plane
            .seed(&system, data)
            .map_err(|e| bad(format!("{system}: {e}")))?;
    }
    Ok(())
}

struct Webhooks(ReqwestTransport);

/// How long a receiver of a webhook may take, in seconds: Xero's own patience.
const WEBHOOK_S: u64 = 5;

#[async_trait]
impl Deliver for Webhooks {
    async fn deliver(&self, webhook: &Outbound) -> Option<(u16, HeaderMap)> {
        let request = HttpRequest {
            method: Method::POST,
            url: webhook.url.clone(),
            headers: webhook.headers.clone(),
            body: webhook.body.clone(),
            deadline: std::time::Duration::from_secs(WEBHOOK_S),
        };
        let answer = self.0.send(request).await.ok()?;
        Some((answer.status, answer.headers))
    }
}
