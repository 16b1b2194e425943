//! Making a connection: a key that is tried before it is trusted, or a sign-in, and the organisation it is for.
//!
//! Flows in: an end of a tenant's route; what a person gave. Flows out: a connection that is kept. Refuses a key that the
//! system does not accept (it does not take the place of a good one), an answer that does not belong to the sign-in, and
//! one that comes later than [`SIGN_IN_S`]. Nobody is asked here: whoever shows it does.

use super::engine::Engine;
use super::files::WorkspaceError;
use super::not_done::NotDone;
use super::workspace::Loaded;
use crate::connectors::auth::flow::{self, Started};
use crate::connectors::auth::{App, TokenRow, TokenStore as _, Who};
use crate::connectors::{CallError, ORGANISATION, ORGANISATION_NAME, Session, SetOfBooks, System};
use crate::mapping::{End, Overpayment};
use crate::model::{ConnectionName, Kind, TenantId};
use secrecy::SecretString;
use serde::Serialize;
use std::collections::BTreeMap;

/// How long a person has for a sign-in, in seconds.
pub const SIGN_IN_S: u64 = flow::STATE_LIFE_S.unsigned_abs();

/// A connection that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Connected {
    /// Whose.
    pub tenant: TenantId,
    /// At which system.
    pub system: String,
    /// Its name.
    pub connection: ConnectionName,
    /// Whose account it is, in the system's own words; may be empty.
    pub account: String,
    /// The organisation it is for, where there are several.
    pub organisation: Option<SetOfBooks>,
}

/// A sign-in that was begun.
pub struct StartedSignIn {
    /// The address a person opens.
    pub url: String,
    app: App,
    started: Started,
}

/// A connection on its way.
pub struct Connecting<'a> {
    engine: &'a Engine,
    who: Who,
    end: End,
    /// Whether money beyond what is owed is to be entered, which may need a permission of its own.
    overpaid: bool,
}

impl<'a> Connecting<'a> {
    /// To the end of a tenant's route that a system's or connection's name means.
    ///
    /// # Errors
    /// The tenant has no such end, or its connection does not say what nothing can be asked without.
    pub fn to(engine: &'a Engine, loaded: &Loaded, name: &str) -> Result<Self, NotDone> {
        let (from, to) = (&loaded.mapping.from.value, &loaded.mapping.to.value);
        let named = |e: &&End| e.system.as_ref() == name || e.connection.as_str() == name;
        let end = [from, to].into_iter().find(named).cloned();
        let end = end.ok_or_else(|| {
            let fix = format!("its file names `{}` and `{}`", from.system, to.system);
            let what = format!("{} has no end at {name}", loaded.mapping.tenant);
            NotDone::wrong(what, fix)
        })?;
        let who = Who {
            tenant: loaded.mapping.tenant.clone(),
            connection: end.connection.clone(),
        };
        let overpaid = loaded.mapping.overpayment.value == Overpayment::AsOverpayment;
        let connecting = Self {
            engine,
            who,
            end,
            overpaid,
        };
        // A person is asked for nothing that could not be tried.
        connecting.session()?;
        Ok(connecting)
    }

    /// The system's word.
    pub fn system(&self) -> &str {
        &self.end.system
    }

    /// The connection's name.
    pub fn connection(&self) -> &ConnectionName {
        &self.end.connection
    }

    /// What is told of it once it is made.
    pub fn connected(&self, account: String, organisation: Option<SetOfBooks>) -> Connected {
        Connected {
            tenant: self.who.tenant.clone(),
            system: self.end.system.to_string(),
            connection: self.end.connection.clone(),
            account,
            organisation,
        }
    }

    /// Whether it takes a key or a sign-in at all.
    pub fn needs_secret(&self) -> bool {
        self.signs_in().is_needed()
    }

    /// Whether a key will do.
    pub fn takes_key(&self) -> bool {
        self.signs_in().key
    }

    /// A setting of the connection; empty where there is none.
    ///
    /// # Errors
    /// There is no such connection.
    pub fn setting(&self, name: &str) -> Result<String, NotDone> {
        let settings = self.engine.settings(&self.end.connection)?;
        Ok(settings.get(name, "").to_owned())
    }

    // ---- keys ----

    /// Tries a key, and keeps it.
    ///
    /// # Errors
    /// The system does not accept it or cannot be reached.
    pub async fn keep_key(&self, key: SecretString) -> Result<(), NotDone> {
        let before = self.engine.tokens().load(&self.who).await.ok().flatten();
        self.engine
            .keep_key(&self.who.tenant, &self.who.connection, key)
            .await?;
        let tried = self.connector()?.whose(&self.session()?).await;
        let Err(error) = tried else { return Ok(()) };
        if let CallError::Gone { .. } | CallError::Refused { .. } = error {
            self.take_back(before).await;
            let fix = "copy the key again; a service-account key is made under the account's own settings";
            let what = format!("the key is not accepted: {error}");
            return Err(NotDone::wrong(what, fix));
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

    // ---- sign-in ----

    /// Whether the secret of the app is kept already.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn has_client_secret(&self) -> Result<bool, NotDone> {
        let app = self.engine.app(&self.who.connection).await?;
        Ok(app.is_some_and(|a| a.client_secret.is_some()))
    }

    /// Keeps the secret of the app.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn keep_client_secret(&self, secret: &SecretString) -> Result<(), NotDone> {
        let kept = (self.engine).keep_client_secret(&self.who.connection, secret);
        Ok(kept.await?)
    }

    /// The app that asks, if all of it is known.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn app(&self) -> Result<Option<App>, NotDone> {
        let mut app = self.engine.app(&self.who.connection).await?;
        let system = self.engine.systems.get(&self.end.system);
        if let (Some(app), Some(system)) = (&mut app, system.filter(|_| self.overpaid)) {
            let more = system.permissions(Kind::Overpayment).iter();
            app.scopes.extend(more.map(|s| (*s).to_owned()));
        }
        Ok(app)
    }

    /// Begins a sign-in that comes back to an address.
    ///
    /// # Errors
    /// An address is none.
    pub fn begin(&self, app: App, redirect: &str) -> Result<StartedSignIn, NotDone> {
        let mut entropy = [0_u8; 64];
        (self.engine.outside().fill)(&mut entropy);
        let started = flow::begin(&app, redirect, &entropy, self.engine.now())?;
        Ok(StartedSignIn {
            url: started.url.clone(),
            app,
            started,
        })
    }

    /// Ends a sign-in with what came back, and keeps it.
    ///
    /// # Errors
    /// It does not belong to the sign-in, came too late, or the vendor does not accept it.
    pub async fn finish(
        &self,
        sign_in: StartedSignIn,
        state: &str,
        code: &SecretString,
    ) -> Result<(), NotDone> {
        let transport = self.engine.outside().transport.as_ref();
        let (app, now) = (&sign_in.app, self.engine.now());
        let row = flow::finish(app, sign_in.started, state, code, now, transport).await?;
        let kept = (self.engine).keep_tokens(&self.who.tenant, &self.who.connection, &row);
        Ok(kept.await?)
    }

    /// Keeps the organisation that was chosen in the sign-in itself, where the address a person was sent back to names one.
    ///
    /// # Errors
    /// The store cannot be written, or the connection is for another one.
    pub async fn came_back(&self, told: &BTreeMap<String, String>) -> Result<(), NotDone> {
        let Some(id) = self.connector()?.came_back(told) else {
            return Ok(());
        };
        if let Some(written) = self.written_organisation().filter(|w| *w != id) {
            let fix = format!(
                "sign in again and choose {written}, or write `organisation: \"{id}\"` in connections.yaml"
            );
            let what =
                format!("the organisation {id} was chosen, and the connection is for {written}");
            return Err(NotDone::wrong(what, fix));
        }
        let chosen = SetOfBooks {
            id,
            name: String::new(),
        };
        self.keep_organisation(&chosen).await
    }

    fn signs_in(&self) -> crate::model::SignIn {
        self.engine.systems().signs_in(&self.end.system)
    }

    fn connector(&self) -> Result<&dyn System, NotDone> {
        let system = self.engine.systems().get(&self.end.system);
        system.ok_or_else(|| {
            if let Some(wrong) = self.engine.systems().broken(&self.end.system) {
                return WorkspaceError::Mistakes(wrong.to_vec()).into();
            }
            let known = self.engine.systems().words().join(", ");
            let what = format!("there is no system `{}`", self.end.system);
            NotDone::wrong(what, format!("the systems are: {known}"))
        })
    }

    fn session(&self) -> Result<Session, NotDone> {
        let session = (self.engine).session(&self.who.tenant, &self.who.connection);
        Ok(session?)
    }

    /// Whose account it is, in the system's own words.
    ///
    /// # Errors
    /// The system cannot be reached, or does not accept the connection.
    pub async fn whose(&self) -> Result<String, NotDone> {
        Ok(self.connector()?.whose(&self.session()?).await?)
    }

    // ---- organisation ----

    /// The organisations it may be for; none where a connection is for one alone.
    ///
    /// # Errors
    /// The system cannot be reached, or does not accept the connection.
    pub async fn organisations(&self) -> Result<Option<Vec<SetOfBooks>>, NotDone> {
        if !self.signs_in().several {
            return Ok(None);
        }
        Ok(Some(
            self.connector()?.organisations(&self.session()?).await?,
        ))
    }

    /// The organisation that `connections.yaml` names.
    pub fn written_organisation(&self) -> Option<String> {
        let workspace = self.engine.workspace();
        let written = workspace.connections.get(self.who.connection.as_str());
        let written = written.and_then(|c| c.values.get(ORGANISATION));
        written.filter(|o| !o.is_empty()).cloned()
    }

    /// Keeps whose account it is, so that another one under the same name is noticed.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn keep_account(&self, account: &str) -> Result<(), NotDone> {
        let settings = BTreeMap::from([("account".to_owned(), account.to_owned())]);
        let kept = (self.engine).keep_settings(&self.who.connection, settings);
        Ok(kept.await?)
    }

    /// Keeps the organisation it is for.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn keep_organisation(&self, chosen: &SetOfBooks) -> Result<(), NotDone> {
        let settings = BTreeMap::from([
            (ORGANISATION.to_owned(), chosen.id.clone()),
            (ORGANISATION_NAME.to_owned(), chosen.name.clone()),
        ]);
        let kept = (self.engine).keep_settings(&self.who.connection, settings);
        Ok(kept.await?)
    }
}
