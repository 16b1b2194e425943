//! A described system as a [`System`] like any other: its facts are what its manifest says.

use super::build_write::of_contacts;
use super::call::{address, ask, broken};
use super::dialect::ManifestDialect;
use super::element::read;
use super::lacks::lacks;
use super::ledger::DescribedLedger;
use super::people::{as_said, said};
use super::shape::Manifest;
use super::template::TemplateValues;
use super::write_shape::SafeBy;
use super::{encode, one, post, walk, write_facts};
use crate::connectors::auth::{App, ClientAuth};
use crate::connectors::budget::Allowance;
use crate::connectors::files::payment_id;
use crate::connectors::json::as_text;
use crate::connectors::send::{Carries, Dialect as _};
use crate::connectors::{
    Ask, BadRecord, CallError, Description, Encoded, Outcome, Page, Reads, Session, Settings,
    System, Write, Writes, claimed, writable,
};
use crate::model::setting::{SettingKey, Takes};
use crate::model::{AskKind, Chart, Document, Facts, Kind, ReadFacts, SignIn};
use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use url::Url;

/// Posted documents of which a run asks at once whether they are still there.
const GONE_AT_ONCE: usize = 5;

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

/// Whether the ids of its payments are each one payment's in the whole book.
fn payments_once(manifest: &Manifest) -> bool {
    let mut lists = manifest
        .kinds()
        .flat_map(|m| &m.invoices.payments)
        .peekable();
    lists.peek().is_some() && lists.all(|l| l.unique)
}

/// A system that is described in YAML.
pub struct Described {
    facts: Facts,
    manifest: Manifest,
    ledger: Option<DescribedLedger>,
    people: Option<Manifest>,
}

/// What a connection may say besides, where a person signs in.
const SIGNED_IN: &[SettingKey] = &[
    SettingKey::new(
        "client_id",
        Takes::Text,
        "",
        "The client id of your own app there.",
    ),
    SettingKey::new(
        "redirect",
        Takes::Address,
        "",
        "The address that a person is sent back to, as it is registered with the app.",
    ),
    SettingKey::new(
        "identity",
        Takes::Address,
        "",
        "Where tokens are given, in place of what its description says: for a sandbox.",
    ),
    SettingKey::new(
        "login",
        Takes::Address,
        "",
        "Where a person signs in, in place of what its description says: for a sandbox.",
    ),
];

impl Described {
    /// With what its manifest says.
    pub fn new(manifest: Manifest) -> Self {
        let asks = |of: &Manifest| {
            let gone = of.invoices.looks_for_gone.then_some(AskKind::Gone);
            let own = [AskKind::Changed, AskKind::Typed].into_iter().chain(gone);
            (of.kind, own.collect::<BTreeSet<_>>())
        };
        let people = manifest.contacts.as_ref().map(|_| {
            let own = [AskKind::Changed, AskKind::Typed];
            (Kind::Contact, own.into_iter().collect())
        });
        let looks = manifest.kinds().any(|m| m.invoices.looks_for_gone);
        let signs_in = manifest.oauth.is_some();
        let needs_key = manifest.carries != Carries::Nothing && !signs_in;
        let (ledger, writes) = write_facts::ledger(&manifest).unzip();
        let facts = Facts {
            system: manifest.word.as_str().into(),
            title: manifest.title.as_str().into(),
            reads: Some(ReadFacts {
                kinds: manifest.kinds().map(asks).chain(people).collect(),
                documents: true,
                chart: false,
                payments_inside: true,
                payments_once: payments_once(&manifest),
                incremental: manifest.invoices.since.is_some(),
                refunds: true,
                rates: true,
                values: if looks { GONE_AT_ONCE } else { 1 },
                look_s: 0,
            }),
            ledger,
            writes,
            signs_in: SignIn {
                account: signs_in,
                key: needs_key,
                several: false,
            },
        };
        let ledger = facts.writes.is_some();
        Self {
            ledger: ledger.then(|| DescribedLedger::new(facts.clone(), &manifest)),
            facts,
            people: of_contacts(&manifest),
            manifest,
        }
    }

    /// By which manifest a kind is read.
    fn of(&self, kind: Kind) -> Option<&Manifest> {
        match kind {
            Kind::Contact => self.people.as_ref(),
            kind => self.manifest.of(kind),
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

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        ManifestDialect(&self.manifest).allowances(session)
    }

    fn reader(&self) -> Option<&dyn Reads> {
        Some(self)
    }

    fn ledger(&self) -> Option<&dyn Reads> {
        match &self.ledger {
            Some(ledger) => Some(ledger),
            None => self.reader(),
        }
    }

    fn writer(&self) -> Option<&dyn Writes> {
        let writes = self.facts.writes.is_some();
        writes.then_some(self as &dyn Writes)
    }

    fn settings(&self) -> &'static [SettingKey] {
        static BOTH: LazyLock<Vec<SettingKey>> =
            LazyLock::new(|| SETTINGS.iter().chain(SIGNED_IN).copied().collect());
        match self.manifest.oauth {
            Some(_) => &BOTH,
            None => SETTINGS,
        }
    }

    fn client(&self, settings: &Settings, secret: Option<SecretString>) -> Option<App> {
        let spec = self.manifest.oauth.as_ref()?;
        // A sandbox has the same paths on another address.
        let moved = |own: &str, key: &str| match settings.values.get(key) {
            None => own.to_owned(),
            Some(base) => {
                let path = Url::parse(own).map(|u| u.path().to_owned());
                format!("{}{}", base.trim_end_matches('/'), path.unwrap_or_default())
            }
        };
        let auth = match spec.in_body {
            true => ClientAuth::Body,
            false => ClientAuth::Basic,
        };
        Some(App {
            system: self.manifest.word.clone(),
            authorize_url: moved(&spec.authorize, "login"),
            token_url: moved(&spec.token, "identity"),
            client_id: settings.values.get("client_id")?.clone(),
            client_secret: secret,
            code_auth: auth,
            refresh_auth: auth,
            pkce: spec.pkce,
            scopes: spec.scopes.clone(),
            grace_s: spec.grace_s,
        })
    }

    fn description(&self) -> Option<Description<'_>> {
        Some(Description {
            file: &self.manifest.file,
            print: &self.manifest.print,
            published: self.manifest.published,
        })
    }

    fn lacks(&self, settings: &Settings) -> Option<BadRecord> {
        lacks(&self.manifest, settings)
    }

    async fn doubts(&self, settings: &Settings) -> Vec<BadRecord> {
        let mut all = Vec::new();
        if self.manifest.formats.own_zone && settings.get("zone", "").is_empty() {
            all.push(BadRecord {
                at: self.manifest.title.clone(),
                what: "its times are days of the account's own zone, which the connection does not say"
                    .into(),
                fix: "set `zone` on the connection to that of the account".into(), ..BadRecord::default() });
        }
        if self.facts.writes.is_some() && settings.get("currency", "").is_empty() {
            all.push(BadRecord {
                at: self.manifest.title.clone(),
                what: "the currency of its books is not known".into(),
                fix: "set `currency` on the connection".into(),
                ..BadRecord::default()
            });
        }
        all
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
        let manifest = self.of(ask.kind()).unwrap_or(&self.manifest);
        let page = match ask {
            Ask::Changed { cursor, .. } => walk::changed(manifest, session, cursor.as_ref()).await,
            Ask::Gone { ids, .. } => one::gone(manifest, session, ids).await,
            Ask::Typed { text, .. } => one::typed(manifest, session, text).await,
            other => Err(broken(
                &self.manifest,
                format!("{}s are not read from it", other.kind()),
            )),
        }?;
        Ok(match ask.kind() {
            Kind::Contact => as_said(manifest, session, page),
            _ => page,
        })
    }

    async fn chart(&self, _: &Session) -> Result<Chart, CallError> {
        Err(broken(&self.manifest, "it has no chart of accounts"))
    }

    fn read_again(&self, settings: &Settings, raw: &Value) -> Result<Document, String> {
        let kind = raw.get("kind").and_then(Value::as_str);
        let kind = kind.and_then(Kind::parse).unwrap_or(Kind::Invoice);
        let manifest = self.of(kind);
        let manifest = manifest.ok_or_else(|| format!("{kind}s are not read from it any more"))?;
        if kind == Kind::Contact {
            let contact = said(manifest, settings, raw).map_err(|bad| bad.what)?;
            return Ok(Document::Contact(contact));
        }
        let invoice = read(manifest, settings, raw).map_err(|bad| bad.what)?;
        Ok(Document::Invoice(Box::new(invoice)))
    }

    fn reading(&self) -> String {
        self.manifest.print.clone()
    }

    fn payment_read_as(&self, document: &str) -> String {
        payment_id(document, "{}", false)
    }

    fn origin(&self, called: Kind, field: &str) -> Option<String> {
        super::origin::origin(self.manifest.of(called)?, field)
    }
}

#[async_trait]
impl Writes for Described {
    fn encode(&self, writes: &[Write]) -> Result<Encoded, String> {
        writable(&self.facts, writes)?;
        encode::encode(&self.manifest, writes)
    }

    fn sayable(&self, write: &Write) -> Result<(), String> {
        let known = write.with_some_ids("1");
        encode::encode(&self.manifest, &[known]).map(drop)
    }

    fn repeats(&self, kind: Kind) -> bool {
        let spec = self.manifest.write.as_ref().and_then(|w| w.of(kind));
        spec.is_some_and(|s| !matches!(s.safe_by, SafeBy::Stamp | SafeBy::ByHand))
    }

    fn loses(&self, kind: Kind) -> BTreeSet<String> {
        let spec = self.manifest.write.as_ref().and_then(|w| w.of(kind));
        spec.map(|s| s.loses.clone()).unwrap_or_default()
    }

    fn removal(&self, write: &Write, id: &str) -> Result<Option<Encoded>, String> {
        encode::removal(&self.manifest, write, id)
    }

    async fn remove(&self, session: &Session, encoded: &Encoded) -> Result<bool, CallError> {
        post::remove(&self.manifest, session, encoded).await
    }

    async fn post(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError> {
        post::post(&self.manifest, session, encoded, key).await
    }
}
