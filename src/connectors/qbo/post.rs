//! A write, sent, and what became of each of its elements.
//!
//! Flows in: stored bytes and their key, which goes as `requestid`. Flows out: outcomes in the order sent. An answer that does
//! not account for every element, each found by its name and by its own mark or id, is [`CallError::Uncertain`], never a
//! guess. An answer that was given once is given again for its `requestid`, also for what was deleted since: one that tells
//! of something made a while ago is linked only after a read.

use super::Qbo;
use super::codes;
use super::encode::{bid, entity};
use super::faults;
use super::query::{pattern, same, select};
use super::read::{PARTIES, broken, made, parse, refused, uncertain, updated};
use crate::connectors::json::{amount, cut, list, text};
use crate::connectors::stamp::marker_of;
use crate::connectors::{CallError, Encoded, Outcome, Posted, Refusal, RefusalClass, Session};
use crate::model::{Kind, PartyList};
use chrono::Duration;
use serde_json::Value;

/// A first answer is given within a flight and two clocks' difference of what it tells of.
const FRESH_S: i64 = 120;

impl Qbo {
    /// Sends stored bytes.
    pub(super) async fn write(
        &self,
        session: &Session,
        encoded: &Encoded,
        key: &str,
    ) -> Result<Vec<Outcome>, CallError> {
        let batch = encoded.path == "/batch";
        let class = match encoded.kind {
            _ if batch => "batches",
            Kind::Contact => "customers",
            Kind::Invoice => "invoices",
            Kind::CreditNote => "refunds",
            _ => "payments",
        };
        let path = format!("{}?requestid={key}", encoded.path);
        let answer = self
            .put(session, class, &path, encoded.body.clone(), false)
            .await?;
        let body = match parse(&answer.body) {
            Ok(body) => body,
            Err(why) if answer.status == 200 => return Err(uncertain(why, false)),
            Err(_) => Value::Null,
        };
        let told = faults::told(&body);
        match (answer.status, batch) {
            (200, _) if told.is_empty() => {}
            _ if faults::is_inside(&told) => {
                return Err(uncertain("an error inside QuickBooks Online", true));
            }
            // One document's refusal is its own; of several it is the whole call's.
            (200 | 400..=499, false) => {
                let refusal = self.explained(session, encoded, &told, 0).await;
                return Ok(vec![Outcome::Refused(refusal)]);
            }
            (400..=499, true) => {
                return Err(refused(faults::classify(
                    &told,
                    encoded.kind,
                    encoded.update,
                )));
            }
            (other, _) => return Err(uncertain(format!("it answers {other}"), false)),
        }
        let elements = elements(encoded, &body, batch)?;
        let mut all = Vec::with_capacity(elements.len());
        for (place, element) in elements.into_iter().enumerate() {
            all.push(self.outcome(session, encoded, place, element).await?);
        }
        Ok(all)
    }

    async fn outcome(
        &self,
        session: &Session,
        encoded: &Encoded,
        place: usize,
        element: &Value,
    ) -> Result<Outcome, CallError> {
        let told = faults::told(element);
        if faults::is_inside(&told) {
            return Err(uncertain("an error inside QuickBooks Online", true));
        }
        if !told.is_empty() {
            let refusal = self.explained(session, encoded, &told, place).await;
            return Ok(Outcome::Refused(refusal));
        }
        let entity = entity(encoded.kind).map_err(broken)?;
        let row = element
            .get(entity)
            .ok_or_else(|| uncertain(format!("element {} has no `{entity}`", place + 1), false))?;
        is_ours(encoded, place, row)?;
        let now = session.clock.now();
        let at = match encoded.update {
            true => updated(row),
            false => made(row),
        };
        let old = at.is_none_or(|at| now - at > Duration::seconds(FRESH_S));
        // A change that changes nothing leaves the time as it was, and is read as well.
        if !old {
            return posted(encoded.kind, row).map(Outcome::Made);
        }
        let id = text(row, "Id");
        match self.one(session, entity, &id).await {
            Ok(Some(row)) => posted(encoded.kind, &row).map(Outcome::Made),
            Ok(None) => Ok(Outcome::Refused(deleted_since(entity, &id))),
            // What it tells is known, and not whether it still holds: nothing is linked.
            Err(e) => Err(uncertain(
                format!("an old answer could not be proved: {e}"),
                false,
            )),
        }
    }

    /// What a refusal means; of a name that is taken, by whom.
    async fn explained(
        &self,
        session: &Session,
        encoded: &Encoded,
        told: &[faults::OneFault],
        place: usize,
    ) -> Refusal {
        let mut refusal = faults::classify(told, encoded.kind, encoded.update);
        if refusal.code == codes::QBO_NAME_TAKEN
            && let Some(name) = name_of(encoded, place)
            && let Ok(Some(by)) = self.taken_by(session, &name).await
        {
            refusal.what = format!("{} The name is taken by {by}.", refusal.what);
        }
        refusal
    }

    /// Who bears a name: its kind, name and id.
    async fn taken_by(&self, session: &Session, name: &str) -> Result<Option<String>, CallError> {
        let ask = |(entity, _): &(&str, PartyList)| {
            select(entity, &[format!("DisplayName LIKE {}", pattern(name))], 1)
        };
        let statements: Vec<String> = PARTIES.iter().map(ask).collect();
        let entities = PARTIES.map(|(entity, _)| entity);
        let lists = self
            .ask_all(session, "names", &statements, &entities)
            .await?;
        let mut all = PARTIES.iter().zip(&lists);
        Ok(all.find_map(|((_, list), rows)| {
            let found = rows.iter().find(|r| same(&text(r, "DisplayName"), name))?;
            let shown = cut(&text(found, "DisplayName"), 100);
            let what = list.word();
            Some(format!("the {what} `{shown}`, id {}", text(found, "Id")))
        }))
    }
}

/// The elements of an answer, in the order sent.
fn elements<'a>(
    encoded: &Encoded,
    body: &'a Value,
    batch: bool,
) -> Result<Vec<&'a Value>, CallError> {
    if !batch {
        return Ok(vec![body]);
    }
    let told = list(body, "BatchItemResponse");
    if told.len() != encoded.markers.len() {
        let why = format!(
            "{} documents were sent and {} answered",
            encoded.markers.len(),
            told.len()
        );
        return Err(uncertain(why, false));
    }
    let mut out = Vec::with_capacity(told.len());
    for place in 0..encoded.markers.len() {
        let own = bid(place);
        let mut alike = told.iter().filter(|t| text(t, "bId") == own);
        match (alike.next(), alike.next()) {
            (Some(one), None) => out.push(one),
            _ => {
                let why = format!(
                    "the answer does not show what became of document {}",
                    place + 1
                );
                return Err(uncertain(why, false));
            }
        }
    }
    Ok(out)
}

/// What was sent of one element.
fn sent(encoded: &Encoded, place: usize) -> Option<Value> {
    let body = parse(encoded.body.as_bytes()).ok()?;
    if encoded.path != "/batch" {
        return Some(body);
    }
    let item = list(&body, "BatchItemRequest").get(place)?;
    item.get(entity(encoded.kind).ok()?).cloned()
}

fn name_of(encoded: &Encoded, place: usize) -> Option<String> {
    let name = text(&sent(encoded, place)?, "DisplayName");
    (!name.is_empty()).then_some(name)
}

/// What is answered is what was sent: by its id where it was changed, by its mark where it was made.
fn is_ours(encoded: &Encoded, place: usize, row: &Value) -> Result<(), CallError> {
    let sent = sent(encoded, place).unwrap_or(Value::Null);
    let id = text(row, "Id");
    let field = match encoded.kind {
        Kind::Contact => "Notes",
        _ => "PrivateNote",
    };
    let memo = text(row, field);
    let same = match encoded.update {
        true => id == text(&sent, "Id"),
        false => marker_of(&memo) == encoded.markers.get(place).map(String::as_str),
    };
    match same && !id.is_empty() {
        true => Ok(()),
        false => Err(uncertain(
            format!("document {} is answered as another one", place + 1),
            false,
        )),
    }
}

fn posted(kind: Kind, row: &Value) -> Result<Posted, CallError> {
    let total = match kind {
        Kind::Contact => None,
        _ => Some(amount(row, "TotalAmt").map_err(|e| uncertain(e, false))?),
    };
    let left = amount(row, "UnappliedAmt").unwrap_or_default();
    Ok(Posted {
        id: text(row, "Id"),
        number: text(row, "DocNumber"),
        version: text(row, "SyncToken"),
        total,
        applied: total.filter(|_| kind == Kind::Payment).map(|t| t - left),
        warnings: Vec::new(),
    })
}

fn deleted_since(entity: &str, id: &str) -> Refusal {
    Refusal {
        class: RefusalClass::State,
        code: codes::QBO_DELETED_SINCE,
        what: format!("{entity} {id} was made by an earlier request, and is no longer there"),
        fix: "if it shall stay deleted, `crossfoot skip TENANT NUMBER --why \"...\"`; else `crossfoot retry TENANT NUMBER` makes it anew"
            .to_owned(),
    }
}
