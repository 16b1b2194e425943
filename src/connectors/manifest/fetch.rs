//! What is fetched for a record: one thing, a list of its own, or its share of a list of everybody's.
//!
//! Flows in: a record. Flows out: the record with all that belongs to it, as it is stored, or what is wrong with it.
//! A list of everybody's is read whole once where many records are asked for, and by `{key}` where few are.
//! Refuses: a filter that the system does not heed, an element that comes twice while a list is read whole, lists of more
//! than [`MOST_SHARED`] elements. Bounded by: each call once for as long as one question is answered.

use super::call::{address, ask, broken};
use super::pages::{PageSpot, records};
use super::reading::all_at;
use super::request::NoCall;
use super::shape::{FetchSpec, JoinSpec, Manifest, PagingSpec};
use super::template::TemplateValues;
use crate::connectors::{CallError, Session};
use crate::model::Fingerprint;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// Most elements of a list that is shared out among records.
const MOST_SHARED: usize = 200_000;

/// The elements of a list, by what they are found by.
type SharedRows = BTreeMap<String, Vec<Value>>;

/// Fetches, and remembers for as long as one question is answered.
pub(super) struct Fetcher<'a> {
    pub manifest: &'a Manifest,
    pub session: &'a Session,
    /// How many records there are to fetch for, as far as is known.
    pub many: usize,
    known: BTreeMap<String, Value>,
    whole: BTreeMap<String, SharedRows>,
}

/// A record with all that belongs to it, or what is wrong with that.
pub(super) type WholeRecord = Result<Value, String>;

impl<'a> Fetcher<'a> {
    pub fn new(manifest: &'a Manifest, session: &'a Session) -> Self {
        Self {
            manifest,
            session,
            many: 1,
            known: BTreeMap::new(),
            whole: BTreeMap::new(),
        }
    }

    /// A record with all that belongs to it, as it is stored.
    pub async fn whole(&mut self, record: Value) -> Result<WholeRecord, CallError> {
        let manifest = self.manifest;
        let mut raw = serde_json::json!({ "record": record });
        for spec in &manifest.invoices.fetch {
            let found = match &spec.join {
                Some(join) => match self.joined(spec, join, &raw).await? {
                    Ok(found) => found,
                    Err(wrong) => return Ok(Err(wrong)),
                },
                None => {
                    let record = raw.get("record").cloned().unwrap_or_default();
                    self.fetched(spec, &record).await?
                }
            };
            if let Some(raw) = raw.as_object_mut() {
                raw.insert(spec.name.clone(), found);
            }
        }
        for path in &manifest.invoices.drop {
            path.remove(&mut raw);
            if let Some(record) = raw.get_mut("record") {
                path.remove(record);
            }
        }
        Ok(Ok(raw))
    }

    async fn fetched(&mut self, spec: &FetchSpec, record: &Value) -> Result<Value, CallError> {
        let first = spec.list.as_ref().map(PageSpot::first).unwrap_or_default();
        let given = TemplateValues {
            record: Some(record),
            spot: first.next.as_deref(),
            ..TemplateValues::default()
        };
        // Of a record that names none there is nothing to fetch: the fields that need it say so.
        let Ok(url) = address(self.manifest, self.session, &spec.call, &given) else {
            return Ok(Value::Null);
        };
        let key = call_key(spec, &url, &given);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let found = match &spec.list {
            Some(paging) => {
                let at = (url, first.clone());
                let mut all = self.list(spec, paging, at, &given).await?;
                if let Some(all) = &mut all {
                    self.keep(spec, all)?;
                }
                all.map(Value::Array)
            }
            None => {
                let call = (&spec.call, url, &given);
                let heard = ask(self.manifest, self.session, &spec.name, call).await?;
                heard.map(|h| match &spec.at {
                    Some(path) => h.at(path).unwrap_or_default(),
                    None => h.body,
                })
            }
        };
        // A list of a record that has none is an empty one.
        let none = match spec.list {
            Some(_) => Value::Array(Vec::new()),
            None => Value::Null,
        };
        let found = found.unwrap_or(none);
        self.known.insert(key, found.clone());
        Ok(found)
    }

    /// A record's share of a list.
    async fn joined(
        &mut self,
        spec: &FetchSpec,
        join: &JoinSpec,
        raw: &Value,
    ) -> Result<Result<Value, String>, CallError> {
        let manifest = self.manifest;
        let wanted = all_at(manifest, &join.to, raw).into_iter();
        let wanted: BTreeSet<String> = wanted.map(|v| manifest.formats.text(v)).collect();
        let mut mine = Vec::new();
        for key in wanted.iter().filter(|k| !k.is_empty()) {
            let shared = match self.many >= join.whole_from {
                true => self.everybodys(spec, join).await?.get(key).cloned(),
                false => match self.of_key(spec, join, key).await? {
                    Ok(found) => Some(found),
                    Err(no) => return Ok(Err(format!("`{}`: {}", spec.name, no.0))),
                },
            };
            mine.extend(shared.unwrap_or_default());
        }
        Ok(match (join.one, mine.len()) {
            (false, _) => Ok(Value::Array(mine)),
            (true, 0 | 1) => Ok(mine.pop().unwrap_or_default()),
            (true, many) => Err(format!(
                "{many} elements of `{}` are found for it, where one is meant",
                spec.name
            )),
        })
    }

    /// The whole list, by what its elements are found by.
    async fn everybodys(
        &mut self,
        spec: &FetchSpec,
        join: &JoinSpec,
    ) -> Result<&SharedRows, CallError> {
        if !self.whole.contains_key(&spec.name) {
            let all = self.asked(spec, &TemplateValues::default()).await?;
            let (mut shared, mut seen) = (SharedRows::new(), BTreeSet::new());
            for element in all {
                if !seen.insert(Fingerprint::of(element.to_string().as_bytes()).0) {
                    let why = format!(
                        "{}: it gave an element twice while its list was read; another one may have been left out",
                        spec.name
                    );
                    return Err(broken(self.manifest, why));
                }
                if self.counts(spec, &element)? {
                    let key = self.found_by(join, &element);
                    shared.entry(key).or_default().push(element);
                }
            }
            self.whole.insert(spec.name.clone(), shared);
        }
        let found = self.whole.get(&spec.name);
        found.ok_or_else(|| broken(self.manifest, "a list is not there"))
    }

    /// The elements of one key, asked for alone.
    async fn of_key(
        &mut self,
        spec: &FetchSpec,
        join: &JoinSpec,
        key: &str,
    ) -> Result<Result<Vec<Value>, NoCall>, CallError> {
        let given = TemplateValues {
            key: Some(key),
            ..TemplateValues::default()
        };
        if let Err(no) = address(self.manifest, self.session, &spec.call, &given) {
            return Ok(Err(no));
        }
        let mut all = self.asked(spec, &given).await?;
        if all.iter().any(|e| self.found_by(join, e) != key) {
            let why = format!("{}: it gives what was not asked for", spec.name);
            return Err(broken(self.manifest, why));
        }
        self.keep(spec, &mut all)?;
        Ok(Ok(all))
    }

    /// All elements of a list that is no record's own; two lists that ask alike are read once.
    async fn asked(
        &mut self,
        spec: &FetchSpec,
        given: &TemplateValues<'_>,
    ) -> Result<Vec<Value>, CallError> {
        let Some(paging) = &spec.list else {
            return Ok(Vec::new());
        };
        let first = PageSpot::first(paging);
        let given = TemplateValues {
            spot: first.next.as_deref(),
            ..*given
        };
        let url = address(self.manifest, self.session, &spec.call, &given);
        let url = url.map_err(|no| broken(self.manifest, no.0))?;
        let key = call_key(spec, &url, &given);
        if let Some(Value::Array(known)) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let at = (url, first.clone());
        let all = self.list(spec, paging, at, &given).await?;
        let all = all.ok_or_else(|| {
            broken(
                self.manifest,
                format!("its list of {} is not there (404)", spec.name),
            )
        })?;
        self.known.insert(key, Value::Array(all.clone()));
        Ok(all)
    }

    fn found_by(&self, join: &JoinSpec, element: &Value) -> String {
        let found = join.on.one(element);
        found
            .map(|v| self.manifest.formats.text(v))
            .unwrap_or_default()
    }

    /// Leaves out the elements that do not count.
    fn keep(&self, spec: &FetchSpec, all: &mut Vec<Value>) -> Result<(), CallError> {
        let mut wrong = None;
        all.retain(|e| match self.counts(spec, e) {
            Ok(counts) => counts,
            Err(why) => {
                wrong = Some(why);
                true
            }
        });
        wrong.map_or(Ok(()), Err)
    }

    fn counts(&self, spec: &FetchSpec, element: &Value) -> Result<bool, CallError> {
        let Some(only) = &spec.only else {
            return Ok(true);
        };
        let held = only.holds(element);
        held.map_err(|why| broken(self.manifest, format!("{}: {why}", spec.name)))
    }

    async fn list(
        &self,
        spec: &FetchSpec,
        paging: &PagingSpec,
        (mut url, mut spot): (Url, PageSpot),
        given: &TemplateValues<'_>,
    ) -> Result<Option<Vec<Value>>, CallError> {
        let wrong = |e| broken(self.manifest, format!("{}: {e}", spec.name));
        let mut all = Vec::new();
        loop {
            let next = spot.next.clone();
            let given = TemplateValues {
                spot: next.as_deref(),
                ..*given
            };
            let call = (&spec.call, url, &given);
            let Some(heard) = ask(self.manifest, self.session, &spec.name, call).await? else {
                return match all.is_empty() {
                    true => Ok(None),
                    false => Err(wrong("its next page is not there (404)".into())),
                };
            };
            let listed = records(&heard, spec.at.as_ref()).map_err(wrong)?;
            let more = spot.go_on(paging, &heard, &listed).map_err(wrong)?;
            all.extend(listed);
            if all.len() > MOST_SHARED {
                return Err(wrong(format!("it has more than {MOST_SHARED} elements")));
            }
            if !more {
                return Ok(Some(all));
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

/// What tells one call from another: the address, and what it says in its body.
fn call_key(spec: &FetchSpec, url: &Url, given: &TemplateValues<'_>) -> String {
    let path = spec.at.as_ref().map(ToString::to_string);
    let said = String::from_utf8_lossy(&spec.call.bytes(given)).into_owned();
    format!("{url}\n{said}\n{}", path.unwrap_or_default())
}
