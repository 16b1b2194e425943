//! Creating and updating: the gates, the merge, the kind's own rules, the commit.
//!
//! Flows in: a body. Flows out: what was done, or a refusal; a refused write leaves nothing. Order: subscription, shape, the
//! row and its SyncToken, the books' closing date, the kind's rules, the number. An update that changes nothing keeps the
//! version.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::books::{Company, Key, Row, number};
use super::fault::{Fault, Refusal};
use super::kinds::{Family, Kind, Space};
use super::values::{self, Fields};
use super::view::{self, Balances};
use super::work::{Cx, Effect, Event, Outcome, What};
use super::{lists, merge, numbers, parties, payments, purchases, sales, schema};

/// Creates, or updates where the body names an id.
pub(super) fn save(
    co: &mut Company,
    cx: &Cx<'_>,
    kind: Kind,
    body: &Fields,
) -> Result<Outcome, Refusal> {
    open(co)?;
    Refusal::of(schema::check(kind, body))?;
    match values::text(body, "Id") {
        Some(_) => update(co, cx, kind, body),
        None if values::flag(body, "sparse") == Some(true) => Err(Fault::missing("Id").into()),
        None => create(co, cx, kind, body, None),
    }
}

/// Whether the company can be written to.
pub(super) fn open(co: &Company) -> Result<(), Refusal> {
    match co.ended {
        true => Err(Fault::new(
            "6190",
            "Subscription period has ended or been canceled, or there was a billing problem: You can't add data to \
             QuickBooks Online Plus because your trial or subscription period ended",
        )
        .into()),
        false => Ok(()),
    }
}

/// 500: what cannot be done with a kind.
pub(super) fn unsupported(what: &str, kind: Kind) -> Refusal {
    Fault::new(
        "500",
        format!("Operation {what} of {} is not supported.", kind.word()),
    )
    .into()
}

/// Creates a row; with an id where a seed wants it so.
pub(super) fn create(
    co: &mut Company,
    cx: &Cx<'_>,
    kind: Kind,
    body: &Fields,
    id: Option<u64>,
) -> Result<Outcome, Refusal> {
    let seeding = cx.person && id.is_some();
    if matches!(kind.family(), Family::Setting | Family::File)
        || (matches!(kind, Kind::TaxCode | Kind::TaxRate) && !seeding)
    {
        return Err(unsupported("create", kind));
    }
    let id = id.unwrap_or_else(|| co.coming(kind));
    let mut row = Row::new((kind, id), cx.now);
    row.fields = merge::new(kind, body);
    let effects = settle(co, cx, &mut row, None)?;
    Ok(commit(co, cx, row, None, effects))
}

fn update(co: &mut Company, cx: &Cx<'_>, kind: Kind, body: &Fields) -> Result<Outcome, Refusal> {
    if matches!(kind.family(), Family::Tax | Family::File) && !cx.person {
        return Err(unsupported("update", kind));
    }
    let old = target(co, cx, kind, body)?;
    let mut row = old.clone();
    row.fields = merge::update(&old, body);
    let effects = settle(co, cx, &mut row, Some(&old))?;
    // What a reader sees decides: a name beside a reference is no change.
    let nothing = Balances::default();
    if view::show(co, &row, &nothing) == view::show(co, &old, &nothing) {
        return Ok(Outcome {
            key: row.key,
            events: Vec::new(),
        });
    }
    Ok(commit(co, cx, row, Some(old), effects))
}

/// The row that a body names, at the version it names.
pub(super) fn target(co: &Company, cx: &Cx<'_>, kind: Kind, body: &Fields) -> Result<Row, Refusal> {
    let id = values::text(body, "Id").ok_or_else(|| Fault::missing("Id"))?;
    let row = co.row(key_of(kind, &id)?).ok_or_else(Fault::not_found)?;
    if !cx.person {
        let token = values::text(body, "SyncToken").ok_or_else(|| Fault::missing("SyncToken"))?;
        if token != row.token.to_string() {
            return Err(Fault::stale(&co.user).into());
        }
        if row.deposited {
            return Err(Fault::new(
                "6540",
                "This transaction has been deposited. If you want to change or delete it, you must first edit the \
                 deposit it appears on and remove it.",
            )
            .into());
        }
    }
    Ok(row.clone())
}

/// The key of an id as it was sent.
pub(super) fn key_of(kind: Kind, id: &str) -> Result<Key, Refusal> {
    let number = number(kind, id).filter(|n| *n > 0 || kind.family() == Family::Setting);
    match number {
        Some(number) => Ok((kind, number)),
        None if id.parse::<u64>().is_ok() => Err(Fault::not_found().into()),
        None => {
            let detail = format!("Id should be a valid number. Supplied value:{id}");
            Err(Fault::new("2030", detail).at("Id").into())
        }
    }
}

/// The kind's own rules, and those that hold for all transactions.
fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<Vec<Effect>, Refusal> {
    let mut effects = Vec::new();
    match row.kind().family() {
        Family::Party => parties::settle(co, cx, row, old)?,
        Family::List => lists::settle(co, cx, row, old)?,
        Family::Sale => effects = sales::settle(co, cx, row, old)?,
        Family::Payment => effects = payments::settle(co, cx, row, old)?,
        Family::Purchase => purchases::settle(co, cx, row, old)?,
        Family::Journal => purchases::journal(co, cx, row, old)?,
        Family::Tax | Family::Setting | Family::File => {}
    }
    if row.kind().is_transaction() {
        closed(co, cx, row.kind(), [day(row), old.and_then(day)])?;
        if let Some(fault) = numbers::settle(co, cx, row, old) {
            return Err(fault.into());
        }
    }
    Ok(effects)
}

pub(super) fn day(row: &Row) -> Option<NaiveDate> {
    values::day(&row.fields, "TxnDate")
}

/// 6210: what is dated in books that are closed, or was.
pub(super) fn closed(
    co: &Company,
    cx: &Cx<'_>,
    kind: Kind,
    days: [Option<NaiveDate>; 2],
) -> Result<(), Refusal> {
    let until = co.preference("AccountingInfoPrefs", "BookCloseDate");
    let until = until.and_then(|d| values::parse_day(&d));
    let posts = !matches!(kind, Kind::Estimate | Kind::PurchaseOrder);
    let within = days
        .into_iter()
        .flatten()
        .any(|d| until.is_some_and(|u| d <= u));
    match posts && within && !cx.person {
        true => Err(Fault::new(
            "6210",
            "The account period has closed and the account books cannot be updated through through the QBO Services \
             API. Please use the QBO website to make these changes.",
        )
        .into()),
        false => Ok(()),
    }
}

/// Keeps a row and what it does to others.
pub(super) fn commit(
    co: &mut Company,
    cx: &Cx<'_>,
    mut row: Row,
    old: Option<Row>,
    effects: Vec<Effect>,
) -> Outcome {
    for field in ["BillAddr", "ShipAddr"] {
        if let Some(Value::Object(address)) = row.fields.get_mut(field)
            && !address.contains_key("Id")
        {
            address.insert("Id".into(), json!(co.draw(Space::Addresses).to_string()));
        }
    }
    let key = row.key;
    let what = match &old {
        None => What::Created,
        Some(old) if row.void && !old.void => What::Voided,
        Some(_) => What::Updated,
    };
    if old.is_some() {
        row.touch(cx.now);
    }
    let renamed =
        old.is_some_and(|o| o.text("FullyQualifiedName") != row.text("FullyQualifiedName"));
    co.put(row);
    if renamed {
        below(co, key);
    }
    let mut events = vec![Event { key, what }];
    for effect in effects {
        events.extend(apply(co, cx, effect));
    }
    Outcome { key, events }
}

/// Full names of what stands below a row that was renamed.
fn below(co: &mut Company, key: Key) {
    let Some(parent) = co.row(key).map(|r| r.text("FullyQualifiedName")) else {
        return;
    };
    let id = key.1.to_string();
    let child = |r: &&Row| values::reference(&r.fields, "ParentRef").is_some_and(|p| p == id);
    let children: Vec<Row> = co.all(key.0).filter(child).cloned().collect();
    for mut row in children.into_iter().filter(|r| r.key != key) {
        let own = if key.0 == Kind::Customer {
            row.text("DisplayName")
        } else {
            row.text("Name")
        };
        let full = format!("{parent}:{own}");
        if row.text("FullyQualifiedName") == full {
            continue;
        }
        row.fields.insert("FullyQualifiedName".into(), json!(full));
        let key = row.key;
        co.put(row);
        below(co, key);
    }
}

/// Does to another transaction what a write does to it: its version rises with that.
pub(super) fn apply(co: &mut Company, cx: &Cx<'_>, effect: Effect) -> Option<Event> {
    let mut row = co.row(effect.on)?.clone();
    row.sums.open += effect.open;
    row.links.retain(|l| !effect.unlink.contains(l));
    for link in effect.link {
        if !row.links.contains(&link) {
            row.links.push(link);
        }
    }
    if let Some(status) = effect.status {
        row.fields.insert("TxnStatus".into(), json!(status));
    }
    row.touch(cx.now);
    co.put(row);
    Some(Event {
        key: effect.on,
        what: What::Updated,
    })
}
