//! The service's refusals: the codes, their messages, and the shape they come in.
//!
//! Flows in: what was found wrong. Flows out: `{"Fault": {"Error": [..], "type"}, "time"}`, or the part of it that a batch
//! carries. Several errors may come at once. Texts follow the company's language; the code never does.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use super::values;
use crate::sandbox::wire::Reply;

/// One error.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    code: &'static str,
    detail: String,
    element: Option<String>,
}

/// What a request is refused with: one error at least.
#[derive(Debug, Clone)]
pub(super) struct Refusal(Vec<Fault>);

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl Refusal {
    /// Nothing, when there are no errors.
    pub(super) fn of(faults: Vec<Fault>) -> Result<(), Self> {
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Self(faults)),
        }
    }

    /// The part that a batch carries.
    pub(super) fn body(&self, french: bool) -> Value {
        let errors = self.0.iter().map(|f| f.show(french));
        let kind = match self.0.iter().any(|f| f.code == "10000") {
            true => "SystemFault",
            false => "ValidationFault",
        };
        json!({"Error": errors.collect::<Vec<_>>(), "type": kind})
    }

    /// The answer.
    pub(super) fn reply(&self, french: bool, now: DateTime<Utc>) -> Reply {
        let mut body = json!({"Fault": self.body(french)});
        // Refused for its shape alone a request never reached the clock.
        let early = self.0.iter().all(|f| f.code == "2030");
        if let (Value::Object(map), false) = (&mut body, early) {
            map.insert("time".into(), json!(values::answered(now)));
        }
        let status = match self.0.first().map(|f| f.code) {
            Some("120") => StatusCode::UNAUTHORIZED,
            Some("10000") => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Reply::json(status, &body)
    }
}

/// The message of a code.
fn message(code: &str, french: bool) -> &'static str {
    match (code, french) {
        ("610", true) => "Objet introuvable",
        ("5010", true) => "Erreur d'objet obsolète",
        ("6000", true) => {
            "Une erreur de validation commerciale s'est produite lors du traitement de votre demande"
        }
        ("6140", true) => "Numéro de document en double",
        ("6240", true) => "Erreur : ce nom existe déjà",
        ("120", _) => "Authorization Failure",
        ("400", _) => "MalformedRequest",
        ("500", _) => "Unsupported Operation",
        ("600", _) => "Duplicate Request ID",
        ("610", _) => "Object Not Found",
        ("620", _) => "Txn ID Cannot Be Linked",
        ("800", _) => "Cannot delete object",
        ("1040", _) => "Batch size exceeds allowed limit",
        ("2010", _) => "Request has invalid or unsupported property",
        ("2020", _) => "Required param missing, need to supply the required value for the API",
        ("2030", _) => "Invalid ID",
        ("2050", _) => "String length is either shorter or longer than supported by specification",
        ("2080", _) => "Illegal number format",
        ("2170", _) => "Invalid Enumeration",
        ("2500", _) => "Invalid Reference Id",
        ("4000", _) => "Error parsing query",
        ("4001", _) => "Invalid query",
        ("5010", _) => "Stale Object Error",
        ("5020", _) => "Permission Denied Error",
        ("5030", _) => "Feature Not Supported Error",
        ("6070", _) => "Amount calculation incorrect in the request",
        ("6080", _) => "No Name Provided",
        ("6090", _) => "Discount Line missing required info.",
        ("6100", _) => "Invalid Line TaxCode in the request",
        ("6140", _) => "Duplicate Document Number Error",
        ("6190", _) => "Invalid Company Status",
        ("6210", _) => "Account Period Closed, Cannot Update Through Services API",
        ("6240", _) => "Duplicate Name Exists Error",
        ("6540", _) => "Deposited Transaction cannot be changed",
        ("10000", _) => "An application error has occurred while processing your request",
        _ => "A business validation error has occurred while processing your request",
    }
}

impl Fault {
    fn show(&self, french: bool) -> Value {
        let mut error = json!({"Message": message(self.code, french), "Detail": self.detail, "code": self.code});
        if let (Value::Object(map), Some(element)) = (&mut error, &self.element) {
            map.insert("element".into(), json!(element));
        }
        error
    }

    /// An error with a code of the table.
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let element = matches!(code, "610" | "5010" | "6000" | "6140").then(String::new);
        Self {
            code,
            detail: detail.into(),
            element,
        }
    }

    /// Names the field it is about.
    pub(super) fn at(mut self, element: impl Into<String>) -> Self {
        self.element = Some(element.into());
        self
    }

    /// 610: what is not there, gone, or at rest.
    pub(super) fn not_found() -> Self {
        Self::new(
            "610",
            "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, \
             customers, items, vendors or employees.",
        )
    }

    /// 2020.
    pub(super) fn missing(field: &str) -> Self {
        Self::new(
            "2020",
            format!("Required parameter {field} is missing in the request"),
        )
        .at(field)
    }

    /// 2500.
    pub(super) fn reference(list: &str, id: &str) -> Self {
        Self::new(
            "2500",
            format!("Invalid Reference Id : {list} element id {id} not found"),
        )
    }

    /// 5010.
    pub(super) fn stale(user: &str) -> Self {
        Self::new(
            "5010",
            format!(
                "Stale Object Error : You and {user} were working on this at the same time. {user} finished before you \
                 did, so your work was not saved."
            ),
        )
    }

    /// 6000, whose detail is what matters.
    pub(super) fn business(detail: impl std::fmt::Display) -> Self {
        Self::new("6000", format!("Business Validation Error: {detail}"))
    }

    /// 2010.
    pub(super) fn property(what: impl std::fmt::Display) -> Self {
        Self::new(
            "2010",
            format!("Property Name:{what} specified is unsupported or invalid"),
        )
    }
}
