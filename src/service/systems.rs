//! The systems there are. The one list that names vendors.

use crate::connectors::auth::App;
use crate::connectors::{CallError, Session, Settings, Source, Target, registry};
use crate::model::{SourceFacts, TargetFacts};
use secrecy::SecretString;
use std::sync::Arc;

/// Every source and target that can be named in a tenant's file.
pub struct Systems {
    sources: Vec<Arc<dyn Source>>,
    targets: Vec<Arc<dyn Target>>,
}

impl Default for Systems {
    fn default() -> Self {
        Self {
            sources: registry::sources(),
            targets: registry::targets(),
        }
    }
}

impl Systems {
    /// What the sources can do.
    pub fn source_facts(&self) -> Vec<&SourceFacts> {
        self.sources.iter().map(|s| s.facts()).collect()
    }

    /// What the targets can do.
    pub fn target_facts(&self) -> Vec<&TargetFacts> {
        self.targets.iter().map(|t| t.facts()).collect()
    }

    /// A source by its word.
    pub fn source(&self, word: &str) -> Option<&dyn Source> {
        let found = self.sources.iter().find(|s| s.facts().system == word);
        found.map(AsRef::as_ref)
    }

    /// A target by its word.
    pub fn target(&self, word: &str) -> Option<&dyn Target> {
        let found = self.targets.iter().find(|t| t.facts().system == word);
        found.map(AsRef::as_ref)
    }

    /// Every word, once.
    pub fn words(&self) -> Vec<&'static str> {
        let mut all: Vec<_> = self.source_facts().iter().map(|f| f.system).collect();
        all.extend(self.target_facts().iter().map(|f| f.system));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether connecting to a system takes a sign-in or key at all: files take none.
    pub fn needs_secret(word: &str) -> bool {
        word != "files"
    }

    /// The OAuth client of a connection, where its settings name one.
    pub fn app(settings: &Settings, secret: Option<SecretString>) -> Option<App> {
        let client = settings.values.get("client_id")?;
        match settings.system.as_str() {
            "xero" => Some(crate::connectors::xero::app(settings, client, secret)),
            "keap" => secret.map(|s| crate::connectors::keap::app(settings, client, s)),
            _ => None,
        }
    }
}

/// One of the accounts that whoever signed in may give access to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OrganisationChoice {
    /// The system's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The setting that says which of several accounts a connection is for.
pub const ORGANISATION: &str = "organisation";

impl Systems {
    /// Whether a connection to a system must say which of several accounts it is for.
    pub fn has_choices(word: &str) -> bool {
        word == "xero"
    }

    /// The accounts that a connection that was just made may be for.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn choices(session: &Session) -> Result<Vec<OrganisationChoice>, CallError> {
        if !Self::has_choices(&session.settings.system) {
            return Ok(Vec::new());
        }
        let all = crate::connectors::xero::choices(session).await?;
        let choice = |c: crate::connectors::xero::Choice| OrganisationChoice {
            id: c.organisation,
            name: c.name,
        };
        Ok(all.into_iter().map(choice).collect())
    }

    /// Whether the credentials of a connection are good, and whose they are, in the system's own words.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn whose(session: &Session) -> Result<String, CallError> {
        match session.settings.system.as_str() {
            "keap" => crate::connectors::keap::check(session).await,
            _ => Ok(String::new()),
        }
    }

    /// Whether a system takes a key beside, or instead of, a sign-in.
    pub fn takes_key(word: &str) -> bool {
        word == "keap"
    }
}
