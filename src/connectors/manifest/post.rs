//! A write, sent, and what became of it.
//!
//! Flows in: stored bytes and a key. Flows out: its outcome. An answer that a row of `errors` knows means what the row says; one that
//! does not say what was made is [`CallError::Uncertain`], never a guess. Refuses: addresses that the manifest does not reach, before
//! anything leaves. Bounded by: the budgets and the deadline of [`Http`](crate::connectors::http::Http).

use super::codes;
use super::dialect::ManifestDialect;
use super::path::RecordPath;
use super::request::{base, reachable};
use super::shape::{AnswerClass, AnswerRule, KindRead, Manifest};
use super::write_shape::{KindWrite, RefusedFor, SafeBy, WriteCall};
use crate::connectors::http::HttpResponse;
use crate::connectors::json::cut;
use crate::connectors::send::HttpAsk;
use crate::connectors::{CallError, Encoded, Outcome, Posted, Refusal, RefusalClass, Session};
use crate::model::codes::UPDATE_CONFLICT;
use crate::model::{Code, Kind};
use bytes::Bytes;
use http::Method;
use serde_json::Value;
use url::Url;

fn uncertain(manifest: &Manifest, why: impl Into<String>) -> CallError {
    CallError::Uncertain {
        system: manifest.word.clone(),
        why: why.into(),
        cached: false,
    }
}

/// The word for a kind's calls.
fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "new_contacts",
        Kind::Payment => "new_payments",
        _ => "new_invoices",
    }
}

/// Sends stored bytes.
pub(super) async fn post(
    manifest: &Manifest,
    session: &Session,
    encoded: &Encoded,
    key: &str,
) -> Result<Vec<Outcome>, CallError> {
    let not_sent = |why: String| CallError::NotSent {
        system: manifest.word.clone(),
        why,
    };
    let spec = manifest.write.as_ref().and_then(|w| w.of(encoded.kind));
    let spec = spec.ok_or_else(|| not_sent(format!("{}s are not written", encoded.kind)))?;
    let answer = send(manifest, session, (spec, encoded), key).await?;
    let call = match (&spec.change, encoded.update) {
        (Some(change), true) => &change.call,
        _ => &spec.create,
    };
    let heard = WriteAnswer {
        manifest,
        spec,
        call,
        encoded,
        answer: &answer,
    };
    let dialect = ManifestDialect(manifest);
    if let Some(rule) = dialect.rule(&answer) {
        return match rule.class {
            AnswerClass::Refused => Ok(vec![Outcome::Refused(heard.refusal(Some(rule)))]),
            // Of a write it is not known then what was done.
            AnswerClass::Broken => Err(uncertain(manifest, said(rule, &answer))),
            _ => Err(dialect.error(rule, &answer, session.clock.now())),
        };
    }
    match answer.status {
        200..=299 => heard.made().map(|made| vec![Outcome::Made(made)]),
        403 => Err(CallError::Gone {
            system: manifest.word.clone(),
            why: format!("it answers 403 to {}", class(encoded.kind)),
            fix: "look at what the connection's key may do there".to_owned(),
        }),
        400 | 404 | 405 | 409 | 410 | 412 | 415 | 422 => {
            Ok(vec![Outcome::Refused(heard.refusal(None))])
        }
        status => Err(uncertain(manifest, format!("it answers {status}"))),
    }
}

/// Takes a record away again. Answers whether it says that it did.
pub(super) async fn remove(
    manifest: &Manifest,
    session: &Session,
    encoded: &Encoded,
) -> Result<bool, CallError> {
    let spec = manifest.write.as_ref().and_then(|w| w.of(encoded.kind));
    let Some(spec) = spec else { return Ok(false) };
    let answer = send(manifest, session, (spec, encoded), "").await?;
    let refused = ManifestDialect(manifest).rule(&answer).is_some();
    Ok(!refused && (200..300).contains(&answer.status))
}

async fn send(
    manifest: &Manifest,
    session: &Session,
    (spec, encoded): (&KindWrite, &Encoded),
    key: &str,
) -> Result<HttpResponse, CallError> {
    let not_sent = |why: String| CallError::NotSent {
        system: manifest.word.clone(),
        why,
    };
    let base = base(&manifest.base, &session.settings).map_err(|no| not_sent(no.0))?;
    let place = format!("{}{}", base.as_str().trim_end_matches('/'), encoded.path);
    let url = Url::parse(&place).map_err(|e| not_sent(e.to_string()))?;
    reachable(&url, &manifest.hosts, &session.settings).map_err(|no| not_sent(no.0))?;
    let method = Method::from_bytes(encoded.method.as_bytes());
    let method = method.map_err(|e| not_sent(e.to_string()))?;
    let dialect = ManifestDialect(manifest);
    let mut headers = vec![("accept", "application/json".to_owned())];
    let all = manifest.headers.iter().map(|(k, v)| (k.as_str(), v));
    let own = encoded.headers.iter().map(|(k, v)| (k.as_str(), v));
    headers.extend(all.chain(own).map(|(k, v)| (k, v.clone())));
    let mut body = encoded.body.clone();
    if !body.is_empty() {
        headers.push(("content-type", "application/json".to_owned()));
    }
    if let SafeBy::Key(spec) = &spec.safe_by
        && !key.is_empty()
    {
        match spec.in_header {
            true => headers.push((spec.name.as_str(), key.to_owned())),
            // The body is as it was stored but for the key, which is stored beside it.
            false => body = with_key(&body, &spec.name, key),
        }
    }
    let ask = HttpAsk {
        dialect: &dialect,
        class: class(encoded.kind),
        method,
        url: url.to_string(),
        headers,
        body: Bytes::from(body),
        read: false,
    };
    session.http.call(session, &ask).await
}

/// A body with the key as its first field.
fn with_key(body: &str, name: &str, key: &str) -> String {
    let field = format!("{}:{}", Value::from(name), Value::from(key));
    match body.strip_prefix('{') {
        Some("}") => format!("{{{field}}}"),
        Some(rest) => format!("{{{field},{rest}"),
        None => body.to_owned(),
    }
}

fn said(rule: &AnswerRule, answer: &HttpResponse) -> String {
    match rule.says.as_str() {
        "" => format!("it answers {}", answer.status),
        says => says.to_owned(),
    }
}

/// An answer to a write.
struct WriteAnswer<'a> {
    manifest: &'a Manifest,
    spec: &'a KindWrite,
    call: &'a WriteCall,
    encoded: &'a Encoded,
    answer: &'a HttpResponse,
}

impl WriteAnswer<'_> {
    fn read(&self) -> Option<&KindRead> {
        match self.encoded.kind {
            Kind::Contact => self.manifest.contacts.as_ref(),
            Kind::Invoice => Some(&self.manifest.invoices),
            _ => None,
        }
    }

    /// The id that the answer has, or that was ours.
    fn id(&self, body: Option<&Value>, record: Option<&Value>) -> Option<String> {
        let formats = &self.manifest.formats;
        let text = |v: &Value| Some(formats.text(v)).filter(|t| !t.is_empty());
        if let Some(path) = &self.call.id_from {
            return match path.first() {
                "header" => {
                    let name = path.rest().to_string();
                    Some(self.answer.header(&name).trim().to_owned()).filter(|t| !t.is_empty())
                }
                _ => body.and_then(|b| path.one(b)).and_then(text),
            };
        }
        let own = |r: &Value| {
            let paths = self.read().map(|k| k.id.as_slice()).unwrap_or_default();
            paths.iter().find_map(|p| p.one(r)).and_then(text)
        };
        if let Some(id) = record.and_then(own) {
            return Some(id);
        }
        if self.encoded.update {
            return self.call.call.id_in(&self.encoded.path);
        }
        let mark = self.encoded.markers.first()?;
        let ours = self.spec.safe_by == SafeBy::OurId;
        super::ours::our_id(mark).filter(|_| ours)
    }

    fn made(&self) -> Result<Posted, CallError> {
        let body: Option<Value> = serde_json::from_slice(&self.answer.body).ok();
        let at = self.call.record.as_ref();
        let record = at.and_then(|p| p.one(body.as_ref()?));
        if at.is_some() && record.is_none() {
            let why = "an answer that does not say what was made";
            return Err(uncertain(self.manifest, why));
        }
        let id = self.id(body.as_ref(), record);
        let id = id
            .ok_or_else(|| uncertain(self.manifest, "an answer without the id of what was made"))?;
        let formats = &self.manifest.formats;
        let value = |paths: &[RecordPath]| {
            let record = record?;
            paths.iter().find_map(|p| p.one(record)).cloned()
        };
        let mapped = |name: &str| {
            let field = self.read()?.map.iter().find(|f| f.name == name)?;
            let plain = field.value.table.is_none() && field.value.look.is_none();
            value(&field.value.paths).filter(|_| plain)
        };
        let version = self.read().and_then(|k| value(&k.version));
        let invoice = self.encoded.kind == Kind::Invoice;
        let total = mapped("total").filter(|_| invoice);
        let total = total.map(|v| formats.amount(&v));
        let total = total.transpose().map_err(|e| uncertain(self.manifest, e))?;
        Ok(Posted {
            id,
            number: mapped("number")
                .map(|v| formats.text(&v))
                .unwrap_or_default(),
            version: version.map(|v| formats.text(&v)).unwrap_or_default(),
            total: total.flatten().map(|t| match formats.minor {
                true => t / rust_decimal::Decimal::ONE_HUNDRED,
                false => t,
            }),
            applied: None,
            warnings: Vec::new(),
        })
    }

    fn refusal(&self, rule: Option<&AnswerRule>) -> Refusal {
        let text = String::from_utf8_lossy(&self.answer.body);
        let its_own = cut(text.trim(), 500);
        let title = &self.manifest.title;
        let why = match (
            rule.map(|r| r.says.as_str()).unwrap_or_default(),
            its_own.as_str(),
        ) {
            ("", "") => format!("{title} answers {} and gives no reason", self.answer.status),
            ("", own) => format!("{title} answers {}: {own}", self.answer.status),
            (says, "") => says.to_owned(),
            (says, own) => format!("{says} ({own})"),
        };
        let code = match rule {
            Some(rule) => rule.code,
            None => match self.answer.status {
                404 | 410 => RefusedFor::State,
                412 => RefusedFor::Stale,
                _ => RefusedFor::Data,
            },
        };
        let (class, code, fix) = meant(code);
        Refusal {
            class,
            code,
            what: why,
            fix: match rule.map(|r| r.fix.as_str()).unwrap_or_default() {
                "" => fix.to_owned(),
                own => own.to_owned(),
            },
        }
    }
}

fn meant(code: RefusedFor) -> (RefusalClass, Code, &'static str) {
    match code {
        RefusedFor::Duplicate => (
            RefusalClass::Duplicate,
            codes::CONNECTOR_DUPLICATE,
            "see there what has the number, name or id: where it is the same document, link it or cancel it there, then `crossfoot retry TENANT NUMBER`",
        ),
        RefusedFor::Stale => (
            RefusalClass::Stale,
            UPDATE_CONFLICT,
            "`crossfoot retry TENANT NUMBER` reads it again",
        ),
        RefusedFor::State => (
            RefusalClass::State,
            codes::CONNECTOR_STATE,
            "see there what became of it, then `crossfoot retry TENANT NUMBER`",
        ),
        RefusedFor::Locked => (
            RefusalClass::Policy,
            codes::CONNECTOR_LOCKED,
            "open the period there, or give the document another day by a rule, then `crossfoot retry TENANT NUMBER`",
        ),
        RefusedFor::Mapping => (
            RefusalClass::Mapping,
            codes::CONNECTOR_MAPPING,
            "name in the tenant's file one that it knows, then `crossfoot retry TENANT NUMBER`",
        ),
        RefusedFor::Data => (
            RefusalClass::Data,
            codes::CONNECTOR_DATA,
            "correct it in the source, or by a rule, then `crossfoot retry TENANT NUMBER`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::with_key;

    #[test]
    fn a_key_in_the_body_leaves_the_rest_as_it_was_stored() {
        assert_eq!(with_key("{}", "k", "v"), r#"{"k":"v"}"#);
        assert_eq!(with_key(r#"{"a":1.50}"#, "k", "v"), r#"{"k":"v","a":1.50}"#);
    }
}
