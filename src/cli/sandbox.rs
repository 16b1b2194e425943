//! `crossfoot sandbox`: the fake vendors on one port, until ctrl-c.

use super::exit::Exit;
use super::invocation::Invocation;
use crate::clock::{Clock as _, RealClock};
use crate::sandbox::plane::{Plane, PlaneOptions};
use crate::service::NotDone;
use crate::service::demo::systems;
use crate::service::webhooks;
use serde_json::Value;
use std::path::PathBuf;

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct SandboxArgs {
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

/// Serves them.
///
/// # Errors
/// The port is taken, or folder or seed cannot be used.
pub async fn run(cx: &Invocation, args: &SandboxArgs) -> Result<Exit, NotDone> {
    let mut options = PlaneOptions::new(systems, || RealClock.now());
    options.folder.clone_from(&args.folder);
    options.deliver = Some(webhooks()?);
    let plane = Plane::new(options).map_err(|e| NotDone::wrong(e.to_string(), ""))?;
    if let Some(path) = &args.seed {
        seed(&plane, path)?;
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await;
    let listener = listener.map_err(|e| {
        let fix = "name a free one with --port, or 0 for any";
        NotDone::wrong(format!("the port {} cannot be had: {e}", args.port), fix)
    })?;
    let address = listener
        .local_addr()
        .map_err(|e| NotDone::wrong(e.to_string(), ""))?;
    for system in plane.systems() {
        cx.out.line(format!("{system}: http://{address}/{system}"));
    }
    cx.out.line(format!("control: http://{address}/_sandbox/"));
    cx.out.line("ctrl-c ends it");
    let served = plane.serve(listener, super::signals::asked_to_end()).await;
    served.map_err(|e| NotDone::wrong(e.to_string(), ""))?;
    Ok(Exit::Fine)
}

fn seed(plane: &Plane, path: &std::path::Path) -> Result<(), NotDone> {
    let bad = |what: String| {
        let fix = "write it as `{\"keap\": {..}, \"xero\": {..}, \"qbo\": {..}}`; the sandboxes' pages tell the shapes";
        NotDone::wrong(what, fix).at(path.display().to_string())
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
