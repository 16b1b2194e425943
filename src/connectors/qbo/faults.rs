//! What Intuit's faults mean: its numbers, each with its class, a stable code and the remedy.
//!
//! Flows in: a body with a fault, in either of the two shapes (the service's has capitals, the gateway's has none, and may be
//! XML). Flows out: one [`Refusal`] that keeps all that was said. The texts follow the company's language: the number alone
//! counts. Of several errors the most telling one gives the class: the order of `CATALOGUE` is that order.

use super::codes;
use crate::connectors::json::{cut, list, text};
use crate::connectors::{Refusal, RefusalClass};
use crate::model::codes::UPDATE_CONFLICT;
use crate::model::{Code, Kind};
use serde_json::Value;

use RefusalClass::{Data, Duplicate, Key, Mapping, Plan, Policy, Stale, State};

/// A number of Intuit's, and what it means.
type Meaning = (&'static str, RefusalClass, Code, &'static str);

const RETRY: &str = "correct what QuickBooks Online says, in the source or in the tenant's file; then `crossfoot retry TENANT NUMBER`";
const REFER: &str = "see in QuickBooks Online what became of the customer, item, account or tax code that is named; restore it, or correct the tenant's file; then `crossfoot retry TENANT NUMBER`";
const CODES: &str = "choose another tax code in the tenant's `tax.codes`; `crossfoot lint TENANT --live` lists the ledger's own";
const CLOSED: &str = "move the closing date in QuickBooks Online under Settings > Account and settings > Advanced, or set `guard.locked_period: first_open_day` in the tenant's file; then `crossfoot retry TENANT NUMBER`";

/// Every known number, the most telling first.
#[rustfmt::skip]
const CATALOGUE: &[Meaning] = &[
    ("600", Key, codes::QBO_KEY_REUSED, "see in QuickBooks Online whether the document is there, then `crossfoot retry TENANT NUMBER`; please report it, for this is a fault of Crossfoot"),
    ("5010", Stale, UPDATE_CONFLICT, "compare the two, then `crossfoot retry TENANT NUMBER`"),
    ("6140", Duplicate, codes::QBO_NUMBER_TAKEN, "look for the number in QuickBooks Online; give one of the two another number, then `crossfoot retry TENANT NUMBER`"),
    ("6240", Duplicate, codes::QBO_NAME_TAKEN, "rename one of the two, in QuickBooks Online or at the source; then `crossfoot retry TENANT NUMBER`"),
    ("6190", Plan, codes::QBO_SUBSCRIPTION, "put the subscription right in QuickBooks Online; then `crossfoot retry TENANT NUMBER`"),
    ("5020", Plan, codes::QBO_SUBSCRIPTION, "the edition of QuickBooks Online does not permit this: use another one, or leave it out in the tenant's file"),
    ("5030", Plan, codes::QBO_SUBSCRIPTION, "the edition of QuickBooks Online does not have this: use another one, or leave it out in the tenant's file"),
    ("6210", Policy, codes::QBO_PERIOD_CLOSED, CLOSED),
    ("6540", State, codes::QBO_DEPOSITED, "take the payment off the bank deposit in QuickBooks Online; then `crossfoot retry TENANT NUMBER`"),
    ("620", State, codes::QBO_NOT_LINKED, "open the document in QuickBooks Online and correct it in one of the two systems; then `crossfoot retry TENANT NUMBER`"),
    ("800", State, codes::QBO_RULE, RETRY),
    ("2500", Mapping, codes::QBO_REFERENCE, REFER),
    ("610", Mapping, codes::QBO_INACTIVE, "make the customer, item or account active again in QuickBooks Online, or name another one; then `crossfoot retry TENANT NUMBER`"),
    ("6100", Mapping, codes::QBO_TAX_CODE, CODES),
    ("6070", Data, codes::QBO_LINE_AMOUNT, "correct the line's quantity or price in the source; then `crossfoot retry TENANT NUMBER`"),
    ("6000", Data, codes::QBO_RULE, RETRY),
    ("6080", Data, codes::QBO_DATA, "give the contact a name in the source; then `crossfoot retry TENANT NUMBER`"),
    ("6090", Data, codes::QBO_DATA, RETRY),
    ("2010", Data, codes::QBO_DATA, RETRY),
    ("2020", Data, codes::QBO_DATA, RETRY),
    ("2030", Data, codes::QBO_DATA, RETRY),
    ("2050", Data, codes::QBO_DATA, RETRY),
    ("2080", Data, codes::QBO_DATA, RETRY),
    ("2170", Data, codes::QBO_DATA, RETRY),
    ("1040", Data, codes::QBO_DATA, RETRY),
];

/// One error of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneFault {
    /// Intuit's number, without the noughts before it.
    pub number: String,
    /// Its words.
    pub words: String,
}

/// The errors of a fault, in whichever of the two shapes it comes; none where there is no fault.
pub fn told(body: &Value) -> Vec<OneFault> {
    let either = |value: &Value, names: [&str; 2]| {
        let found = names.into_iter().find_map(|n| value.get(n)).cloned();
        found.unwrap_or(Value::Null)
    };
    let fault = either(body, ["Fault", "fault"]);
    let errors = either(&fault, ["Error", "error"]);
    let all = errors.as_array().map_or(&[][..], Vec::as_slice);
    let one = |e: &Value| {
        let part = |names: [&str; 2]| {
            let found = names.into_iter().map(|n| text(e, n));
            found
                .into_iter()
                .find(|t| !t.is_empty())
                .unwrap_or_default()
        };
        let (what, detail) = (part(["Message", "message"]), part(["Detail", "detail"]));
        let words = match detail.starts_with(&what) || what.is_empty() {
            true => detail,
            false if detail.is_empty() => what,
            false => format!("{what}: {detail}"),
        };
        let element = text(e, "element");
        let words = match element.is_empty() {
            true => words,
            false => format!("{words} ({element})"),
        };
        OneFault {
            number: text(e, "code").trim_start_matches('0').to_owned(),
            words: cut(words.trim(), 500),
        }
    };
    all.iter().take(20).map(one).collect()
}

/// The numbers in a body that may be no JSON at all.
pub fn codes_of(body: &[u8]) -> Vec<String> {
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        return told(&json).into_iter().map(|t| t.number).collect();
    }
    // `<Error code="3001">`, as the gateway answers whatever was asked for.
    let text = String::from_utf8_lossy(body);
    let mut rest = text.as_ref();
    let mut out = Vec::new();
    while let Some((_, after)) = rest.split_once("code=\"") {
        let (number, after) = after.split_once('"').unwrap_or((after, ""));
        out.push(cut(number.trim_start_matches('0'), 10));
        rest = after;
    }
    out
}

/// Whether nobody knows what became of the request: an error inside, and not a word about what was sent.
pub fn is_inside(told: &[OneFault]) -> bool {
    let number = |t: &OneFault| t.number.parse::<u32>().ok();
    told.iter().filter_map(number).any(|n| n >= 10_000)
}

/// What the errors of a fault mean for a write of a kind, one that changes or one that makes.
pub fn classify(told: &[OneFault], kind: Kind, update: bool) -> Refusal {
    let known = CATALOGUE
        .iter()
        .find(|(number, ..)| told.iter().any(|t| t.number == *number));
    let words: Vec<&str> = told.iter().map(|t| t.words.as_str()).collect();
    let what = match words.join(" | ") {
        none if none.is_empty() => "QuickBooks Online gives no reason".to_owned(),
        some => some,
    };
    let Some((number, class, code, fix)) = known else {
        return Refusal {
            class: RefusalClass::Unknown,
            code: codes::QBO_UNKNOWN,
            what,
            fix: RETRY.to_owned(),
        };
    };
    // What is changed is itself what is not there any more.
    let class = match (*number, update, kind) {
        ("610", true, _) => State,
        // No paper's name can be taken.
        ("6240", _, k) if k != Kind::Contact => Data,
        _ => *class,
    };
    Refusal {
        class,
        code: *code,
        what,
        fix: (*fix).to_owned(),
    }
}

/// Whether a fault says that a thing is not there: gone, or no id of its kind.
pub fn is_absent(told: &[OneFault]) -> bool {
    !told.is_empty()
        && told
            .iter()
            .all(|t| matches!(t.number.as_str(), "610" | "2030"))
}

/// The rows of a query's answer.
pub(super) fn rows<'a>(body: &'a Value, entity: &str) -> &'a [Value] {
    body.get("QueryResponse")
        .map_or(&[], |rows| list(rows, entity))
}
