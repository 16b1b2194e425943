//! What an endpoint has at hand while it answers one call, and how a batch of elements is run.
//!
//! Flows in: the body, as `{"Invoices":[..]}` (any case), a bare object or a bare list. Flows out: the envelope with
//! one element per element sent. By default any refused element refuses the request (400) and nothing is kept; with
//! `summarizeErrors=false` the answer is 200 and each element says how it fared.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::books::Org;
use super::fail::{self, Fail};
use super::json::{self, Obj};
use super::money::LineAmounts;
use super::nouns::{Doc, Kind};
use super::switches::Switches;
use crate::sandbox::ids::Ids;
use crate::sandbox::wire::{Call, Reply};

/// The all-zero id that the vendor gives to an element it refused to create.
const ZERO: uuid::Uuid = uuid::Uuid::nil();

/// Something that webhooks tell of.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) category: &'static str,
    pub(super) kind: &'static str,
    pub(super) id: Uuid,
    pub(super) path: &'static str,
    pub(super) data: Option<(String, String)>,
}

/// One call at one organisation.
pub(super) struct Ctx<'a> {
    pub(super) org: &'a mut Org,
    pub(super) sw: &'a Switches,
    pub(super) ids: &'a mut Ids,
    pub(super) events: &'a mut Vec<Event>,
    pub(super) call: &'a Call,
    pub(super) now: DateTime<Utc>,
    pub(super) app: &'a str,
    pub(super) app_name: &'a str,
    /// Places of a unit amount: 2, or 4 with `unitdp=4`.
    pub(super) dp: u32,
}

/// An element that was saved.
pub(super) struct Saved {
    pub(super) body: Value,
    pub(super) warnings: Vec<String>,
}

/// A shorthand for endpoint functions over elements.
pub(super) type Write<'f> = &'f mut dyn FnMut(&mut Ctx<'_>, &Obj<'_>) -> Result<Saved, Fail>;

impl Ctx<'_> {
    /// A document of which only the frame is known: its kind and type, whose it is, and where it stands.
    pub(super) fn blank(
        &mut self,
        (kind, ty): (Kind, &'static str),
        contact: Uuid,
        status: &'static str,
    ) -> Doc {
        Doc {
            id: self.ids.next("document"),
            kind,
            ty,
            number: String::new(),
            reference: String::new(),
            contact,
            date: self.today(),
            due: None,
            expected: None,
            planned: None,
            status,
            amounts: LineAmounts::Exclusive,
            lines: Vec::new(),
            sub: Decimal::ZERO,
            tax: Decimal::ZERO,
            total: Decimal::ZERO,
            discount: Decimal::ZERO,
            currency: self.org.currency.clone(),
            rate: Decimal::ONE,
            url: None,
            branding: None,
            sent: false,
            paid: Decimal::ZERO,
            credited: Decimal::ZERO,
            fully_paid: None,
            bank: None,
            linked: None,
            reconciled: false,
            delivery: BTreeMap::new(),
            app: self.app.to_string(),
            updated: self.now,
        }
    }

    /// A query parameter whose name is matched without regard to case.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let mut pairs = self.call.query.iter();
        pairs
            .find(|(k, _)| k.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    /// Whether a query parameter says `true`.
    pub(super) fn asks(&self, name: &str) -> bool {
        self.query(name)
            .is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// When a thing that was changed `before` is changed now: later in any case, by a millisecond at least, so that two
    /// changes of one thing can be told apart whatever the clock does.
    pub(super) fn later(&self, before: DateTime<Utc>) -> DateTime<Utc> {
        self.now.max(before + Duration::milliseconds(1))
    }

    /// Today, for documents without a date.
    pub(super) fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// The success envelope around one list.
    pub(super) fn envelope(
        &mut self,
        plural: &str,
        list: Vec<Value>,
        pagination: Option<Value>,
    ) -> Reply {
        let mut body = self.head();
        if let Some(block) = pagination {
            body.insert("pagination".into(), block);
        }
        body.insert(plural.into(), Value::Array(list));
        Reply::json(StatusCode::OK, &Value::Object(body))
    }

    fn head(&mut self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("Id".into(), json!(self.ids.next("answer")));
        body.insert("Status".into(), json!("OK"));
        body.insert("ProviderName".into(), json!(self.app_name));
        body.insert(
            "DateTimeUTC".into(),
            json!(format!("/Date({})/", self.now.timestamp_millis())),
        );
        body
    }

    /// The body as JSON.
    pub(super) fn body(&self) -> Result<Value, Fail> {
        if self.call.body.is_empty() {
            return Err(no_data());
        }
        serde_json::from_slice(&self.call.body)
            .map_err(|e| Fail::Post(format!("JSON for post data was invalid, {e}")))
    }

    /// Runs a batch.
    pub(super) fn batch(&mut self, plural: &str, id_field: &str, write: Write<'_>) -> Reply {
        let body = match self.body() {
            Ok(body) => body,
            Err(fail) => return fail.reply(),
        };
        let elements = match elements(&body, plural) {
            Ok(found) if found.is_empty() => return no_data().reply(),
            Ok(found) if found.len() > most(plural) => {
                let text = format!(
                    "At most {} {plural} can be sent in one request",
                    most(plural)
                );
                return fail::plain(14, "PostDataInvalidException", &text);
            }
            Ok(found) => found,
            Err(fail) => return fail.reply(),
        };
        let one_by_one = self
            .query("summarizeErrors")
            .is_some_and(|v| v.eq_ignore_ascii_case("false"));
        let start = self.org.mark();
        let told = self.events.len();
        let (mut done, mut failed) = (Vec::new(), Vec::new());
        for element in &elements {
            let point = self.org.mark();
            let events = self.events.len();
            match write(self, element) {
                Ok(saved) => done.push(accepted(saved, one_by_one)),
                Err(Fail::Invalid(messages)) => {
                    self.org.rollback(&point);
                    self.events.truncate(events);
                    let echo = refused(element, id_field, &messages, one_by_one);
                    failed.push(echo.clone());
                    done.push(echo);
                }
                Err(whole) => {
                    self.org.rollback(&start);
                    self.events.truncate(told);
                    return whole.reply();
                }
            }
        }
        if !one_by_one && !failed.is_empty() {
            if self.sw.is("summarised_saves", "none") {
                self.org.rollback(&start);
                self.events.truncate(told);
            }
            return fail::validation(&failed);
        }
        self.envelope(plural, done, None)
    }
}

/// How many elements one request may carry. Beyond documents and settings the vendor only advises.
fn most(plural: &str) -> usize {
    match plural {
        "Accounts" | "TaxRates" => 1,
        "Items" => 500,
        _ => usize::MAX,
    }
}

fn no_data() -> Fail {
    Fail::Whole(Box::new(fail::plain(
        17,
        "NoDataProcessedException",
        "No data has been processed for this endpoint. This endpoint is expecting data to be specified in the request body.",
    )))
}

/// The elements of a body: under the envelope's key in any case, or bare.
pub(super) fn elements<'a>(body: &'a Value, plural: &str) -> Result<Vec<Obj<'a>>, Fail> {
    let Value::Object(map) = body else {
        return json::objects(body, plural);
    };
    match map.iter().find(|(k, _)| k.eq_ignore_ascii_case(plural)) {
        Some((key, list @ Value::Array(_))) => json::objects(list, key),
        Some((key, Value::Object(inner))) => {
            // `{"Invoices":{"Invoice":{..}}}`, the XML habit, and `{"Invoices":{..}}`.
            let one = Obj {
                map: inner,
                path: key.clone(),
            };
            let singular = plural.strip_suffix('s').unwrap_or(plural);
            match one.list(singular)? {
                Some(list) => Ok(list),
                None => Ok(vec![one]),
            }
        }
        Some((key, other)) => Err(Fail::Post(format!(
            "Error converting value {other} to a list. Path '{key}'"
        ))),
        None => json::objects(body, plural),
    }
}

fn accepted(saved: Saved, one_by_one: bool) -> Value {
    let mut body = saved.body;
    if let Value::Object(map) = &mut body {
        if !saved.warnings.is_empty() {
            map.insert("Warnings".into(), fail::messages_json(&saved.warnings));
        }
        if one_by_one {
            let word = if saved.warnings.is_empty() {
                "OK"
            } else {
                "WARNING"
            };
            map.insert("StatusAttributeString".into(), json!(word));
        }
    }
    body
}

/// What was sent, said back with what is wrong about it.
fn refused(element: &Obj<'_>, id_field: &str, messages: &[String], one_by_one: bool) -> Value {
    let mut echo = Map::new();
    let id = element
        .raw(id_field)
        .cloned()
        .unwrap_or_else(|| json!(ZERO));
    echo.insert(id_field.into(), id);
    for (key, value) in element.map {
        if key.eq_ignore_ascii_case(id_field) || key == "HasErrors" || key == "HasValidationErrors"
        {
            continue;
        }
        let text = value.as_str().filter(|_| key.ends_with("Date"));
        match text.and_then(json::parse_day) {
            Some(day) => {
                echo.insert(format!("{key}String"), json::day_string(day));
                echo.insert(key.clone(), json::ms_day(day))
            }
            None => echo.insert(key.clone(), value.clone()),
        };
    }
    echo.insert("HasErrors".into(), json!(true));
    if one_by_one {
        echo.insert("HasValidationErrors".into(), json!(true));
        echo.insert("StatusAttributeString".into(), json!("ERROR"));
    }
    echo.insert("ValidationErrors".into(), fail::messages_json(messages));
    Value::Object(echo)
}
