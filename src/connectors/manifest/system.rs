//! A described system as a [`System`] like any other: its facts are what its manifest says.

use super::call::{address, ask, broken};
use super::element::read;
use super::request::{NoCall, base};
use super::shape::Manifest;
use super::template::TemplateValues;
use super::walk;
use crate::connectors::json::as_text;
use crate::connectors::send::Carries;
use crate::connectors::{
    Ask, BadRecord, CallError, Description, Page, Reads, Session, Settings, System, Writes, claimed,
};
use crate::model::setting::{SettingKey, Takes};
use crate::model::{AskKind, Chart, Document, Facts, Kind, ReadFacts, SignIn};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a connection to a described system may say.
pub const SETTINGS: &[SettingKey] = &[
    SettingKey::new(
        "base",
        Takes::Address,
        "",
        "Where its API begins, in place of what its description says: a sandbox, or an address of one's own network. Nothing else is called then.",
    ),
    SettingKey::new(
        "account",
        Takes::Text,
        "",
        "The account's name in the address, where the description asks for it.",
    ),
    SettingKey::new(
        "zone",
        Takes::Zone,
        "",
        "In whose days a point in time counts: the business's own time zone.",
    )
    .of_reading(),
    SettingKey::new(
        "currency",
        Takes::Currency,
        "",
        "The currency of records that do not name one.",
    )
    .of_reading(),
];

/// A system that is described in YAML.
pub struct Described {
    facts: Facts,
    manifest: Manifest,
}

impl Described {
    /// With what its manifest says.
    pub fn new(manifest: Manifest) -> Self {
        let asks = BTreeSet::from([AskKind::Changed, AskKind::Typed]);
        let needs_key = manifest.carries != Carries::Nothing;
        Self {
            facts: Facts {
                system: manifest.word.as_str().into(),
                title: manifest.title.as_str().into(),
                reads: Some(ReadFacts {
                    kinds: BTreeMap::from([(Kind::Invoice, asks)]),
                    documents: true,
                    chart: false,
                    payments_inside: true,
                    incremental: manifest.invoices.since.is_some(),
                    refunds: true,
                    values: 1,
                    look_s: 0,
                }),
                ledger: None,
                writes: None,
                signs_in: SignIn {
                    account: false,
                    key: needs_key,
                    several: false,
                },
            },
            manifest,
        }
    }

    /// What describes it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

#[async_trait]
impl System for Described {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn reader(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn writer(&self) -> Option<&dyn Writes> {
        None
    }

    fn settings(&self) -> &'static [SettingKey] {
        SETTINGS
    }

    fn description(&self) -> Option<Description<'_>> {
        Some(Description {
            file: &self.manifest.file,
            published: self.manifest.published,
        })
    }

    async fn doubts(&self, settings: &Settings) -> Vec<BadRecord> {
        let doubt = |no: NoCall| BadRecord {
            at: self.manifest.title.clone(),
            what: no.0,
            fix: "correct the connection: `account` is the name in the address of its pages".into(),
            of: String::new(),
        };
        base(&self.manifest.base, settings)
            .err()
            .map(doubt)
            .into_iter()
            .collect()
    }

    async fn whose(&self, session: &Session) -> Result<String, CallError> {
        let manifest = &self.manifest;
        let Some((call, name)) = &manifest.check else {
            return Ok(String::new());
        };
        let given = TemplateValues::default();
        let url = address(manifest, session, call, &given).map_err(|no| broken(manifest, no.0))?;
        let heard = ask(manifest, session, "check", (call, url, &given)).await?;
        let heard = heard.ok_or_else(|| broken(manifest, "it does not know who we are"))?;
        let name = name.as_ref().and_then(|p| heard.at(p));
        Ok(name.map(|n| as_text(&n)).unwrap_or_default())
    }
}

#[async_trait]
impl Reads for Described {
    async fn read(&self, session: &Session, ask: &Ask) -> Result<Page, CallError> {
        claimed(&self.facts, ask)?;
        match ask {
            Ask::Changed { cursor, .. } => {
                walk::changed(&self.manifest, session, cursor.as_ref()).await
            }
            Ask::Typed { text, .. } => walk::typed(&self.manifest, session, text).await,
            other => Err(broken(
                &self.manifest,
                format!("{}s are not read from it", other.kind()),
            )),
        }
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken(&self.manifest, "it has no chart of accounts"))
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        let invoice = read(&self.manifest, settings, raw).map_err(|bad| bad.what)?;
        Ok(Document::Invoice(Box::new(invoice)))
    }

    fn reading(&self) -> String {
        self.manifest.print.clone()
    }

    fn origin(&self, field: &str) -> Option<String> {
        super::origin::origin(&self.manifest, field)
    }
}
