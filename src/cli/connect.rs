//! `crossfoot connect TENANT SYSTEM`: a sign-in in the browser, or a key.
//!
//! A key comes from `CROSSFOOT_<SYSTEM>_KEY`, a question on a terminal, or the first line of stdin; never from an
//! argument, which other users of the machine could read. It is tried before it is trusted. The secret of an OAuth
//! client comes from `CROSSFOOT_<SYSTEM>_CLIENT_SECRET` or a question. With `--json`: a
//! [`Connected`](crate::service::Connected).

use super::callback::{self, Callback, Redirected};
use super::exit::Exit;
use super::invocation::Invocation;
use crate::service::{Connecting, NotDone, OpenAs, SIGN_IN_S, SetOfBooks};
use secrecy::SecretString;
use std::io::BufRead as _;
use url::Url;

/// Where a browser is sent back to, unless the connection says otherwise.
const REDIRECT: &str = "http://localhost:8910/callback";
/// The longest key or address that is read.
const MOST_SECRET: usize = 8192;

/// What to connect.
#[derive(Debug, clap::Args)]
pub struct ConnectArgs {
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

/// The questions of one connection.
struct Asking<'a> {
    cx: &'a Invocation,
    args: &'a ConnectArgs,
    to: Connecting<'a>,
}

fn variable(system: &str, what: &str) -> String {
    format!("CROSSFOOT_{}_{what}", system.to_uppercase())
}

/// A secret from the environment, a question, or stdin.
pub(super) fn secret_of(
    cx: &Invocation,
    system: &str,
    what: &str,
    prompt: &str,
) -> Result<Option<SecretString>, NotDone> {
    let given = match std::env::var(variable(system, what)) {
        Ok(given) => given,
        Err(_) if cx.out.can_ask() => dialoguer::Password::new()
            .with_prompt(prompt)
            .allow_empty_password(true)
            .interact()
            .map_err(|e| NotDone::wrong(format!("no answer: {e}"), ""))?,
        Err(_) if what.ends_with("KEY") => line()?,
        Err(_) => String::new(),
    };
    let given = given.trim();
    Ok((!given.is_empty()).then(|| given.to_owned().into()))
}

/// Connects.
///
/// # Errors
/// [`NotDone`]; a key or sign-in that is refused is not kept.
pub async fn run(cx: &Invocation, args: &ConnectArgs) -> Result<Exit, NotDone> {
    let (engine, loaded) = cx.tenant(&args.tenant, OpenAs::Person).await?;
    let to = Connecting::to(&engine, &loaded, &args.system)?;
    if !to.needs_secret() {
        cx.out.line(format!("{} needs no sign-in", to.connection()));
        cx.out.json(&to.connected(String::new(), None))?;
        return Ok(Exit::Fine);
    }
    Asking { cx, args, to }.run().await
}

impl Asking<'_> {
    async fn run(&self) -> Result<Exit, NotDone> {
        let (name, system) = (self.to.connection(), self.to.system());
        let client = !self.to.setting("client_id")?.is_empty();
        if self.to.takes_key() && (self.args.key || !client) {
            self.key().await?;
        } else {
            if !client {
                let fix = format!(
                    "write `{name}: {{ system: {system}, client_id: .. }}`, with the id of your own app there"
                );
                let what = format!("the connection {name} has no `client_id`");
                return Err(NotDone::wrong(what, fix).at("connections.yaml"));
            }
            self.sign_in().await?;
        }
        let organisation = self.organisation().await?;
        let account = self.to.whose().await?;
        if organisation.is_none() && !account.is_empty() {
            self.to.keep_account(&account).await?;
        }
        let whose = organisation.as_ref().map_or(&account, |o| &o.name);
        let whose = if whose.is_empty() {
            String::new()
        } else {
            format!(": {whose}")
        };
        self.cx
            .out
            .line(format!("connected {name} to {system}{whose}"));
        self.cx
            .out
            .json(&self.to.connected(account, organisation))?;
        Ok(Exit::Fine)
    }

    fn variable(&self, what: &str) -> String {
        variable(self.to.system(), what)
    }

    async fn key(&self) -> Result<(), NotDone> {
        let key = self.secret("KEY", "Key (it is not shown)")?;
        let Some(key) = key else {
            let fix = format!(
                "set {}, or give it as the first line of stdin",
                self.variable("KEY")
            );
            return Err(NotDone::wrong("no key is given", fix));
        };
        self.to.keep_key(key).await
    }

    /// A secret from the environment, a question, or stdin.
    fn secret(&self, what: &str, prompt: &str) -> Result<Option<SecretString>, NotDone> {
        secret_of(self.cx, self.to.system(), what, prompt)
    }

    async fn sign_in(&self) -> Result<(), NotDone> {
        let kept = self.to.has_client_secret().await?;
        let given = std::env::var(self.variable("CLIENT_SECRET")).is_ok();
        if given || !kept {
            let prompt = "The app's secret (it is not shown; empty for an app without one)";
            if let Some(secret) = self.secret("CLIENT_SECRET", prompt)? {
                self.to.keep_client_secret(&secret).await?;
            }
        }
        let Some(app) = self.to.app().await? else {
            let fix = format!("set {}", self.variable("CLIENT_SECRET"));
            return Err(NotDone::wrong(
                "this system's apps have a secret, and none is given",
                fix,
            ));
        };
        let written = self.to.setting("redirect")?;
        let redirect = match &self.args.redirect {
            Some(given) => given.as_str(),
            None if written.is_empty() => REDIRECT,
            None => &written,
        };
        let callback = Callback::at(redirect).await?;
        let sign_in = self.to.begin(app, redirect)?;
        self.cx.out.aside("open this address, sign in, and agree:");
        self.cx.out.aside(&sign_in.url);
        let answer = match callback {
            Some(callback) => {
                let minutes = SIGN_IN_S / 60;
                let note =
                    format!("waiting for that, for {minutes} minutes at most; ctrl-c ends it");
                self.cx.out.aside(note);
                callback.answer().await?
            }
            None => self.pasted()?,
        };
        self.to.finish(sign_in, &answer.state, &answer.code).await?;
        self.to.came_back(&answer.more).await
    }

    fn pasted(&self) -> Result<Redirected, NotDone> {
        self.cx
            .out
            .aside("then copy the whole address you are sent to, and give it here:");
        let text = line()?;
        if text.trim().is_empty() {
            let fix = format!(
                "type `crossfoot connect {} {}` in a terminal, or give the address as the first line of stdin",
                self.args.tenant, self.args.system
            );
            let what = "no address was given: nothing stands on stdin";
            return Err(NotDone::attention(what, fix));
        }
        let url = Url::parse(text.trim());
        callback::read(
            &url.map_err(|e| NotDone::wrong(format!("this is no address: {e}"), "start again"))?,
        )
    }

    async fn organisation(&self) -> Result<Option<SetOfBooks>, NotDone> {
        let Some(choices) = self.to.organisations().await? else {
            return Ok(None);
        };
        let chosen = self.choose(&choices)?;
        self.to.keep_organisation(&chosen).await?;
        Ok(Some(chosen))
    }

    fn choose(&self, choices: &[SetOfBooks]) -> Result<SetOfBooks, NotDone> {
        let names: Vec<&str> = choices.iter().map(|c| c.name.as_str()).collect();
        let wanted = self.args.organisation.clone();
        if let Some(wanted) = wanted.or_else(|| self.to.written_organisation()) {
            return named(choices, &wanted, &names);
        }
        match choices {
            [] => Err(NotDone::wrong(
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
                let n = n.map_err(|e| NotDone::wrong(format!("no answer: {e}"), ""))?;
                choices
                    .get(n)
                    .cloned()
                    .ok_or_else(|| NotDone::wrong("no answer", ""))
            }
            _ => {
                let fix = format!("add --organisation with one of: {}", names.join(", "));
                Err(NotDone::wrong("there are several organisations", fix))
            }
        }
    }
}

/// The one organisation of a name or id.
fn named(choices: &[SetOfBooks], wanted: &str, names: &[&str]) -> Result<SetOfBooks, NotDone> {
    let is = |c: &&SetOfBooks| c.id == wanted || c.name.eq_ignore_ascii_case(wanted);
    let found: Vec<&SetOfBooks> = choices.iter().filter(is).collect();
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
    Err(NotDone::wrong(
        format!("the organisation {wanted} {what}"),
        fix,
    ))
}

/// The first line of stdin.
fn line() -> Result<String, NotDone> {
    use std::io::Read as _;
    let mut text = String::new();
    let mut stdin = std::io::stdin().lock().take(MOST_SECRET as u64);
    stdin
        .read_line(&mut text)
        .map_err(|e| NotDone::wrong(format!("stdin cannot be read: {e}"), ""))?;
    Ok(text)
}
