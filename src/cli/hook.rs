//! `crossfoot hook TENANT`: makes the address to which documents of a tenant are sent, with a new secret, and shows it once.
//!
//! `--signed CONNECTION` keeps the key with which a connection's vendor signs its hooks: from `CROSSFOOT_<SYSTEM>_HOOK_KEY`, a
//! question on a terminal, or the first line of stdin. With `--json`: a [`HookMade`](crate::service::HookMade).

use super::connect::secret_of;
use super::exit::Exit;
use super::invocation::Invocation;
use crate::service::{NotDone, OpenAs};

/// Whose.
#[derive(Debug, clap::Args)]
pub struct HookAddressArgs {
    /// The tenant
    pub tenant: String,
    /// Keep the key with which the vendor of this connection signs its hooks
    #[arg(long, value_name = "CONNECTION")]
    pub signed: Option<String>,
}

/// Makes it.
///
/// # Errors
/// There is no such tenant or connection, or no key is given.
pub async fn run(cx: &Invocation, args: &HookAddressArgs) -> Result<Exit, NotDone> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
    let tenant = &loaded.mapping.tenant;
    let made = match &args.signed {
        None => engine.make_hook(tenant).await?,
        Some(name) => {
            let ends = [&loaded.mapping.from.value, &loaded.mapping.to.value];
            let end = ends.into_iter().find(|e| e.connection.as_str() == name);
            let Some(end) = end else {
                let fix = "name a connection of the tenant's file";
                return Err(NotDone::wrong(
                    format!("{tenant} has no connection {name}"),
                    fix,
                ));
            };
            if !engine.signs_hooks(&end.system) {
                let what = format!("hooks of {} are not signed", end.system);
                let fix = format!("`crossfoot hook {tenant}` makes an address with a secret");
                return Err(NotDone::wrong(what, fix));
            }
            let key = secret_of(cx, &end.system, "HOOK_KEY", "Signing key (it is not shown)")?;
            let key = key.ok_or_else(|| {
                NotDone::wrong(
                    "no key is given",
                    "copy it from the vendor's page of webhooks",
                )
            })?;
            engine.keep_hook_key(tenant, &end.connection, &key).await?
        }
    };
    cx.out.line(format!("POST {}", made.path));
    if args.signed.is_none() {
        cx.out.aside("the address is shown once; asked again, another takes its place. `crossfoot serve` listens to it");
    }
    cx.out.json(&made)?;
    Ok(Exit::Fine)
}
