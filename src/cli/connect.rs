//! `crossfoot connect TENANT SYSTEM`: a sign-in in the browser, or a key.
//!
//! A key comes from `CROSSFOOT_<SYSTEM>_KEY`, a question on a terminal, or the first line of stdin; never from an
//! argument, which other users of the machine could read. It is tried before it is trusted. The secret of an OAuth
//! client comes from `CROSSFOOT_<SYSTEM>_CLIENT_SECRET` or a question. With `--json`: `{"tenant", "system", "connection",
//! "account", "organisation": {"id", "name"} | null}`.

use super::callback::{self, Answer, Callback};
use super::{Context, Exit, Failure};
use crate::connectors::auth::flow::{self, FlowError};
use crate::connectors::auth::{App, TokenRow, TokenStore as _, Who};
use crate::connectors::{CallError, Session};
use crate::mapping::End;
use crate::service::{Engine, Loaded, ORGANISATION, OrganisationChoice, Systems};
use crate::store::OpenAs;
use secrecy::SecretString;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::BufRead as _;
use url::Url;

/// Where a browser is sent back to, unless the connection says otherwise.
const REDIRECT: &str = "http://localhost:8910/callback";
/// The longest key or address that is read.
const MOST_SECRET: usize = 8192;

/// What to connect.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant
    pub tenant: String,
    /// The system, as the tenant's file names it: `keap`, `xero`
    pub system: String,
    /// The organisation, by its name or id, when there are several
    #[arg(long, value_name = "NAME")]
    pub organisation: Option<String>,
    /// The redirect address registered with the vendor
    #[arg(long, value_name = "URL")]
    pub redirect: Option<String>,
    /// Use a key, though the connection has a `client_id`
    #[arg(long)]
    pub key: bool,
}

struct Connecting<'a> {
    cx: &'a Context,
    args: &'a Args,
    engine: Engine,
    who: Who,
    end: End,
}

/// Connects.
///
/// # Errors
/// [`Failure`]; a key or sign-in that is refused is not kept.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
    let end = end_of(&loaded, &args.system)?;
    let who = Who {
        tenant: loaded.mapping.tenant.clone(),
        connection: end.connection.clone(),
    };
    if !Systems::needs_secret(&end.system) {
        cx.out.line(format!("{} needs no sign-in", end.connection));
        cx.out.json(
            &json!({"tenant": who.tenant, "system": end.system, "connection": end.connection,
            "account": "", "organisation": null}),
        )?;
        return Ok(Exit::Fine);
    }
    let connecting = Connecting {
        cx,
        args,
        engine,
        who,
        end,
    };
    connecting.run().await
}

fn end_of(loaded: &Loaded, system: &str) -> Result<End, Failure> {
    let (from, to) = (&loaded.mapping.from.value, &loaded.mapping.to.value);
    let named = |e: &&End| e.system.as_ref() == system || e.connection.as_str() == system;
    [from, to].into_iter().find(named).cloned().ok_or_else(|| {
        let fix = format!("its file names `{}` and `{}`", from.system, to.system);
        Failure::wrong(
            format!("{} has no end at {system}", loaded.mapping.tenant),
            fix,
        )
    })
}

impl Connecting<'_> {
    async fn run(&self) -> Result<Exit, Failure> {
        let settings = self.engine.settings(&self.end.connection)?;
        let client = !settings.get("client_id", "").is_empty();
        if Systems::takes_key(&self.end.system) && (self.args.key || !client) {
            self.key().await?;
        } else {
            if !client {
                let name = &self.end.connection;
                let fix = format!(
                    "write `{name}: {{ system: {}, client_id: .. }}`, with the id of your own app there",
                    self.end.system
                );
                return Err(Failure::wrong(
                    format!("the connection {name} has no `client_id`"),
                    fix,
                )
                .at("connections.yaml"));
            }
            self.sign_in().await?;
        }
        let organisation = self.organisation().await?;
        let account = self.whose().await?;
        let to = organisation
            .as_ref()
            .map_or(account.as_str(), |o| o.name.as_str());
        let to = if to.is_empty() {
            String::new()
        } else {
            format!(": {to}")
        };
        self.cx.out.line(format!(
            "connected {} to {}{to}",
            self.end.connection, self.end.system
        ));
        self.cx.out.json(&json!({"tenant": self.who.tenant, "system": self.end.system, "connection": self.end.connection,
            "account": account, "organisation": organisation}))?;
        Ok(Exit::Fine)
    }

    fn session(&self) -> Result<Session, Failure> {
        Ok(self
            .engine
            .session(&self.who.tenant, &self.who.connection)?)
    }

    fn variable(&self, what: &str) -> String {
        format!("CROSSFOOT_{}_{what}", self.end.system.to_uppercase())
    }

    // ---- keys ----

    async fn key(&self) -> Result<(), Failure> {
        let before = self.engine.tokens().load(&self.who).await.ok().flatten();
        let key = self.secret("KEY", "Key (it is not shown)")?;
        let Some(key) = key else {
            let fix = format!(
                "set {}, or give it as the first line of stdin",
                self.variable("KEY")
            );
            return Err(Failure::wrong("no key is given", fix));
        };
        self.engine
            .keep_key(&self.who.tenant, &self.who.connection, key)
            .await?;
        let tried = Systems::whose(&self.session()?).await;
        let Err(error) = tried else { return Ok(()) };
        if let CallError::Gone { .. } | CallError::Refused { .. } = error {
            self.take_back(before).await;
            let fix = "copy the key again; a service-account key is made under the account's own settings";
            return Err(Failure::wrong(
                format!("the key is not accepted: {error}"),
                fix,
            ));
        }
        Err(error.into())
    }

    /// A refused key does not take the place of a good one.
    async fn take_back(&self, before: Option<TokenRow>) {
        let tokens = self.engine.tokens();
        // What cannot be put back shows at the next call, and there too it says to connect again.
        if let Some(row) = before {
            let _ = tokens.connect(&self.who, &self.end.system, &row).await;
        } else if let Ok(Some(row)) = tokens.load(&self.who).await {
            let _ = tokens
                .spoil(&self.who, row.generation, "the key was not accepted")
                .await;
        }
    }

    /// A secret from the environment, a question, or stdin.
    fn secret(&self, what: &str, prompt: &str) -> Result<Option<SecretString>, Failure> {
        let given = match std::env::var(self.variable(what)) {
            Ok(given) => given,
            Err(_) if self.cx.out.can_ask() => dialoguer::Password::new()
                .with_prompt(prompt)
                .allow_empty_password(true)
                .interact()
                .map_err(|e| Failure::wrong(format!("no answer: {e}"), ""))?,
            Err(_) if what == "KEY" => line()?,
            Err(_) => String::new(),
        };
        let given = given.trim();
        Ok((!given.is_empty()).then(|| given.to_owned().into()))
    }

    // ---- sign-in ----

    async fn sign_in(&self) -> Result<(), Failure> {
        let connection = &self.who.connection;
        let kept = self
            .engine
            .app(connection)
            .await?
            .is_some_and(|a| a.client_secret.is_some());
        let given = std::env::var(self.variable("CLIENT_SECRET")).is_ok();
        if given || !kept {
            let prompt = "The app's secret (it is not shown; empty for an app without one)";
            if let Some(secret) = self.secret("CLIENT_SECRET", prompt)? {
                self.engine.keep_client_secret(connection, &secret).await?;
            }
        }
        let Some(app) = self.engine.app(connection).await? else {
            let fix = format!("set {}", self.variable("CLIENT_SECRET"));
            return Err(Failure::wrong(
                "this system's apps have a secret, and none is given",
                fix,
            ));
        };
        let row = self.dance(&app).await?;
        self.engine
            .keep_tokens(&self.who.tenant, connection, &row)
            .await?;
        Ok(())
    }

    async fn dance(&self, app: &App) -> Result<TokenRow, Failure> {
        let settings = self.engine.settings(&self.who.connection)?;
        let redirect = self.args.redirect.as_deref();
        let redirect = redirect.unwrap_or_else(|| settings.get("redirect", REDIRECT));
        let callback = Callback::at(redirect).await?;
        let mut entropy = [0_u8; 64];
        (self.engine.outside().fill)(&mut entropy);
        let started = flow::begin(app, redirect, &entropy, self.engine.now()).map_err(told)?;
        self.cx.out.aside("open this address, sign in, and agree:");
        self.cx.out.aside(&started.url);
        let answer = match callback {
            Some(callback) => callback.answer().await?,
            None => self.pasted()?,
        };
        let transport = self.engine.outside().transport.as_ref();
        let now = self.engine.now();
        let row = flow::finish(app, started, &answer.state, &answer.code, now, transport).await;
        row.map_err(told)
    }

    fn pasted(&self) -> Result<Answer, Failure> {
        self.cx
            .out
            .aside("then copy the whole address you are sent to, and give it here:");
        let text = line()?;
        let url = Url::parse(text.trim());
        callback::read(
            &url.map_err(|e| Failure::wrong(format!("this is no address: {e}"), "start again"))?,
        )
    }

    async fn whose(&self) -> Result<String, Failure> {
        Ok(Systems::whose(&self.session()?).await?)
    }

    // ---- organisation ----

    async fn organisation(&self) -> Result<Option<OrganisationChoice>, Failure> {
        if !Systems::has_choices(&self.end.system) {
            return Ok(None);
        }
        let choices = Systems::choices(&self.session()?).await?;
        let chosen = self.choose(&choices)?;
        let settings = BTreeMap::from([
            (ORGANISATION.to_owned(), chosen.id.clone()),
            ("organisation_name".to_owned(), chosen.name.clone()),
        ]);
        self.engine
            .keep_settings(&self.who.connection, settings)
            .await?;
        Ok(Some(chosen))
    }

    fn choose(&self, choices: &[OrganisationChoice]) -> Result<OrganisationChoice, Failure> {
        let names: Vec<&str> = choices.iter().map(|c| c.name.as_str()).collect();
        let workspace = self.engine.workspace();
        let written = workspace.connections.get(self.who.connection.as_str());
        let written = written
            .and_then(|c| c.values.get(ORGANISATION))
            .filter(|o| !o.is_empty());
        let wanted = self.args.organisation.as_ref().or(written);
        if let Some(wanted) = wanted {
            let is =
                |c: &&OrganisationChoice| c.id == *wanted || c.name.eq_ignore_ascii_case(wanted);
            let found: Vec<&OrganisationChoice> = choices.iter().filter(is).collect();
            if let [one] = found.as_slice() {
                return Ok((*one).clone());
            }
            let what = if found.is_empty() {
                "is not among those agreed to"
            } else {
                "names several"
            };
            let fix = format!(
                "those agreed to are: {}; sign in again and choose it, or name it by its id",
                names.join(", ")
            );
            return Err(Failure::wrong(
                format!("the organisation {wanted} {what}"),
                fix,
            ));
        }
        match choices {
            [] => Err(Failure::wrong(
                "no organisation was agreed to",
                "sign in again and choose one",
            )),
            [one] => Ok(one.clone()),
            _ if self.cx.out.can_ask() => {
                let n = dialoguer::Select::new()
                    .with_prompt("Which organisation")
                    .items(&names)
                    .default(0)
                    .interact();
                let n = n.map_err(|e| Failure::wrong(format!("no answer: {e}"), ""))?;
                choices
                    .get(n)
                    .cloned()
                    .ok_or_else(|| Failure::wrong("no answer", ""))
            }
            _ => {
                let fix = format!("add --organisation with one of: {}", names.join(", "));
                Err(Failure::wrong("there are several organisations", fix))
            }
        }
    }
}

/// The first line of stdin.
fn line() -> Result<String, Failure> {
    use std::io::Read as _;
    let mut text = String::new();
    let mut stdin = std::io::stdin().lock().take(MOST_SECRET as u64);
    stdin
        .read_line(&mut text)
        .map_err(|e| Failure::wrong(format!("stdin cannot be read: {e}"), ""))?;
    Ok(text)
}

fn told(e: FlowError) -> Failure {
    let what = e.to_string();
    match e {
        FlowError::State(_) | FlowError::InvalidGrant(_) => {
            Failure::new(Exit::Attention, what, "start again")
        }
        FlowError::Client(_) => Failure::wrong(
            what,
            "see that `client_id`, the app's secret and the redirect address are those registered with the vendor",
        ),
        FlowError::NotSent(_) | FlowError::Unknown(_) => {
            Failure::new(Exit::Unreachable, what, "start again later")
        }
    }
}
