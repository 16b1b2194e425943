//! What came of a person's word on documents: those it was done for, and those that were left, each with why.

use super::found::several;
use super::runs::RunAnswer;
use crate::model::cure::{at_hand, quoted};
use crate::model::{DocState, TenantId};
use crate::pipeline::ports::{DocRow, Documents as _};
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt;

/// Why a document was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftBecause {
    /// The store does not know it.
    NotRead,
    /// It does not wait for approval.
    DoesNotWait(DocState),
    /// It is not ready to sync.
    NotReady(DocState),
    /// It is neither held nor refused.
    NotStuck(DocState),
    /// It waits for an approval of its own.
    OwnWord,
    /// A run has decided on it since it was looked at.
    Decided,
    /// A part of it may have left already.
    UnderWay,
}

impl fmt::Display for LeftBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead => f.write_str(
                "it has not been read yet; `crossfoot sync TENANT --only NUMBER` reads it",
            ),
            Self::DoesNotWait(state) => write!(f, "it is {state}, and does not wait for approval"),
            Self::NotReady(state) => write!(f, "it is {state}, not ready to sync"),
            Self::NotStuck(state) => {
                write!(
                    f,
                    "it is {state}: only held and refused documents are retried"
                )
            }
            Self::Decided => f.write_str(
                "a run has just decided on it; `crossfoot explain TENANT NUMBER` shows it as it is now",
            ),
            Self::UnderWay => f.write_str(
                "a part of it is on its way; `crossfoot explain TENANT NUMBER` shows what became of it",
            ),
            Self::OwnWord => {
                f.write_str("it waits for a word of its own: `crossfoot approve TENANT NUMBER`")
            }
        }
    }
}

/// A document that was left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftDocument {
    /// Its number, as it was given.
    pub number: String,
    /// Why, with what ends it.
    pub why: String,
}

/// What came of a person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WordAnswer {
    /// Whose.
    pub tenant: TenantId,
    /// The numbers of the documents it was done for.
    pub done: Vec<String>,
    /// Those that were left as they are.
    pub left: Vec<LeftDocument>,
    /// The run that carried it out, where it was carried out at once.
    pub run: Option<RunAnswer>,
}

impl WordAnswer {
    /// Nothing yet.
    pub fn new(tenant: &TenantId) -> Self {
        Self {
            tenant: tenant.clone(),
            done: Vec::new(),
            left: Vec::new(),
            run: None,
        }
    }

    /// A document was left.
    pub fn left(&mut self, number: &str, why: LeftBecause) {
        self.left.push(LeftDocument {
            number: number.to_owned(),
            why: at_hand(&why.to_string(), &self.tenant, &[number.to_owned()]),
        });
    }
}

/// Which documents a person means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// Every one that the word can be about.
    All,
    /// Those of these numbers.
    Numbers(&'a [String]),
}

/// The documents that are meant; numbers that are not there are left with a reason.
pub async fn meant(
    engine: &Engine,
    (verb, which): (&str, Which<'_>),
    states: &[DocState],
    word: &mut WordAnswer,
) -> Result<Vec<DocRow>, NotDone> {
    let store = engine.store();
    let numbers = match which {
        Which::All => return Ok(store.all_documents(&word.tenant, states).await?),
        Which::Numbers(numbers) => numbers,
    };
    let mut out = Vec::new();
    let tenant = word.tenant.clone();
    let command = |name: &str| format!("crossfoot {verb} {tenant} {}", quoted(name));
    for number in numbers {
        let Some(row) = store.document(&tenant, number).await? else {
            word.left(number, LeftBecause::NotRead);
            continue;
        };
        match several(engine, &tenant, (&row, number), &command).await? {
            None => out.push(row),
            Some(ask) => word.left.push(LeftDocument {
                number: number.clone(),
                why: format!("{}; {}", ask.what, ask.fix),
            }),
        }
    }
    Ok(out)
}
