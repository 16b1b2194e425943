//! What is fetched for a record: one thing or a list, each address once a call.

use super::call::{address, ask, broken};
use super::pages::{PageSpot, records};
use super::shape::{FetchSpec, Manifest, PagingSpec};
use super::template::TemplateValues;
use crate::connectors::{CallError, Session};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::Url;

/// Fetches, and remembers for as long as one question is answered.
pub(super) struct Fetcher<'a> {
    pub manifest: &'a Manifest,
    pub session: &'a Session,
    known: BTreeMap<String, Value>,
}

impl<'a> Fetcher<'a> {
    pub fn new(manifest: &'a Manifest, session: &'a Session) -> Self {
        Self {
            manifest,
            session,
            known: BTreeMap::new(),
        }
    }

    /// A record with all that belongs to it, as it is stored.
    pub async fn whole(&mut self, record: Value) -> Result<Value, CallError> {
        let mut raw = Map::new();
        raw.insert("record".to_owned(), record);
        let manifest = self.manifest;
        for spec in &manifest.invoices.fetch {
            let record = raw.get("record").cloned().unwrap_or_default();
            let found = self.fetched(spec, &record).await?;
            raw.insert(spec.name.clone(), found);
        }
        let mut raw = Value::Object(raw);
        for path in &manifest.invoices.drop {
            path.remove(&mut raw);
            if let Some(record) = raw.get_mut("record") {
                path.remove(record);
            }
        }
        Ok(raw)
    }

    async fn fetched(&mut self, spec: &FetchSpec, record: &Value) -> Result<Value, CallError> {
        let given = TemplateValues {
            record: Some(record),
            spot: None,
            ..TemplateValues::default()
        };
        let first = spec.list.as_ref().map(PageSpot::first).unwrap_or_default();
        let given = TemplateValues {
            spot: first.next.as_deref(),
            ..given
        };
        // Of a record that names none there is nothing to fetch: the fields that need it say so.
        let Ok(url) = address(self.manifest, self.session, &spec.call, &given) else {
            return Ok(Value::Null);
        };
        if let Some(known) = self.known.get(url.as_str()) {
            return Ok(known.clone());
        }
        let key = url.to_string();
        let found = match &spec.list {
            Some(paging) => {
                self.list(spec, paging, (url, first.clone()), record)
                    .await?
            }
            None => {
                let call = (&spec.call, url, &given);
                let heard = ask(self.manifest, self.session, &spec.name, call).await?;
                let at = |h: super::call::HeardAnswer| match &spec.at {
                    Some(path) => h.at(path).unwrap_or_default(),
                    None => h.body,
                };
                heard.map(at).unwrap_or_default()
            }
        };
        self.known.insert(key, found.clone());
        Ok(found)
    }

    async fn list(
        &self,
        spec: &FetchSpec,
        paging: &PagingSpec,
        (mut url, mut spot): (Url, PageSpot),
        record: &Value,
    ) -> Result<Value, CallError> {
        let wrong = |e| broken(self.manifest, format!("{}: {e}", spec.name));
        let mut all = Vec::new();
        loop {
            let next = spot.next.clone();
            let given = TemplateValues {
                record: Some(record),
                spot: next.as_deref(),
                ..TemplateValues::default()
            };
            let call = (&spec.call, url, &given);
            let Some(heard) = ask(self.manifest, self.session, &spec.name, call).await? else {
                return Ok(Value::Array(all));
            };
            let listed = records(&heard, spec.at.as_ref()).map_err(wrong)?;
            let more = spot.go_on(paging, &heard, &listed).map_err(wrong)?;
            all.extend(listed);
            if !more {
                return Ok(Value::Array(all));
            }
            let next = spot.next.clone();
            let given = TemplateValues {
                spot: next.as_deref(),
                ..given
            };
            url = match &spot.address {
                Some(next) => next
                    .parse()
                    .map_err(|_| wrong("its next address is none".into()))?,
                None => address(self.manifest, self.session, &spec.call, &given)
                    .map_err(|no| wrong(no.0))?,
            };
        }
    }
}
