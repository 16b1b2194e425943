//! Pages: where the next one is, and whether there is one. Pure.
//!
//! Refuses: a token, address or page that was there before, an answer in which the list is not where it is said to be.

use super::call::HeardAnswer;
use super::path::RecordPath;
use super::shape::{PageBy, PageUntil, PagingSpec};
use crate::connectors::json::as_text;
use crate::model::Fingerprint;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Where a walk through pages stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct PageSpot {
    /// The number, count, token or id of the next page; `None` for the first one by a token.
    pub next: Option<String>,
    /// The next page's whole address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Pages read.
    pub pages: u64,
    /// Records read.
    pub read: u64,
    /// Short hashes of the tokens and pages that were there.
    pub seen: BTreeSet<String>,
}

/// Most pages of one walk.
const MOST_PAGES: u64 = 200_000;

impl PageSpot {
    /// The first page.
    pub fn first(paging: &PagingSpec) -> Self {
        let next = match &paging.by {
            PageBy::Number(n) | PageBy::Offset(n) => Some(n.to_string()),
            PageBy::Token(_, first) => first.clone(),
            PageBy::None | PageBy::Next(_) | PageBy::Link | PageBy::LastId(_) => None,
        };
        Self {
            next,
            ..Self::default()
        }
    }

    /// Goes on behind a page; answers whether there is another one.
    ///
    /// # Errors
    /// A sentence: the pages make no sense.
    pub fn go_on(
        &mut self,
        paging: &PagingSpec,
        heard: &HeardAnswer,
        records: &[Value],
    ) -> Result<bool, String> {
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        self.pages += 1;
        self.read += count;
        if !records.is_empty() {
            let text = serde_json::to_string(records).unwrap_or_default();
            self.note("page", &text, "it gave the same page twice")?;
        }
        if self.pages >= MOST_PAGES {
            return Err("its pages do not end".to_owned());
        }
        if let Some(more) = paging.more.as_ref().and_then(|p| heard.at(p)) {
            match as_text(&more).as_str() {
                "false" | "0" => return Ok(false),
                "true" | "1" if count == 0 => {
                    return Err("it says that there is more, and gives an empty page".to_owned());
                }
                _ => {}
            }
        }
        if let Some(pages) = paging.pages.as_ref().and_then(|p| heard.at(p)) {
            let all = as_text(&pages).parse::<u64>();
            let all = all.map_err(|_| "its number of pages is no number".to_owned())?;
            if self.pages < all && count == 0 {
                return Err(format!("page {} of {all} is empty", self.pages));
            }
            if self.pages >= all {
                return Ok(false);
            }
        }
        let ended = match paging.until {
            PageUntil::Empty => count == 0,
            PageUntil::Short(size) => records.len() < size,
            PageUntil::Absent => false,
        };
        if ended {
            return Ok(false);
        }
        self.follow(paging, heard, records)
    }

    fn follow(
        &mut self,
        paging: &PagingSpec,
        heard: &HeardAnswer,
        records: &[Value],
    ) -> Result<bool, String> {
        match &paging.by {
            PageBy::None => Ok(false),
            PageBy::Number(first) => {
                self.next = Some((first + self.pages).to_string());
                Ok(true)
            }
            PageBy::Offset(first) => {
                self.next = Some((first + self.read).to_string());
                Ok(true)
            }
            PageBy::Token(path, _) => {
                let token = heard.at(path).map(|v| as_text(&v)).unwrap_or_default();
                if token.is_empty() {
                    return Ok(false);
                }
                self.note("token", &token, "it gave the same token twice")?;
                self.next = Some(token);
                Ok(true)
            }
            PageBy::Next(path) => {
                let next = heard.at(path).map(|v| as_text(&v)).unwrap_or_default();
                self.go_to(heard, &next)
            }
            PageBy::Link => {
                let link = heard.headers.get("link").map(String::as_str);
                let next = link.and_then(next_of_link).unwrap_or_default();
                self.go_to(heard, &next)
            }
            PageBy::LastId(path) => self.after(path, records),
        }
    }

    fn after(&mut self, path: &RecordPath, records: &[Value]) -> Result<bool, String> {
        let Some(last) = records.last() else {
            return Ok(false);
        };
        let id = path.one(last).map(as_text).unwrap_or_default();
        if id.is_empty() {
            return Err(format!("the last record of a page has no `{path}`"));
        }
        self.note("token", &id, "two pages end with the same record")?;
        self.next = Some(id);
        Ok(true)
    }

    fn go_to(&mut self, heard: &HeardAnswer, next: &str) -> Result<bool, String> {
        if next.is_empty() {
            return Ok(false);
        }
        let url = heard.url.join(next);
        let url = url.map_err(|_| "the address of its next page is no address".to_owned())?;
        self.note("token", url.as_str(), "it gave the same next address twice")?;
        self.address = Some(url.into());
        Ok(true)
    }

    fn note(&mut self, what: &str, text: &str, wrong: &str) -> Result<(), String> {
        let hash: String = Fingerprint::of(text.as_bytes())
            .0
            .chars()
            .take(12)
            .collect();
        let new = self
            .seen
            .insert(format!("{}{hash}", what.get(..1).unwrap_or_default()));
        new.then_some(())
            .ok_or_else(|| format!("{wrong}, so that its list would never end"))
    }
}

/// The address of a header Link whose relation is `next` (RFC 8288).
fn next_of_link(link: &str) -> Option<String> {
    link.split(',').find_map(|one| {
        let (address, params) = one.trim().strip_prefix('<')?.split_once('>')?;
        let next = params
            .split(';')
            .any(|p| matches!(p.trim(), "rel=next" | "rel=\"next\""));
        next.then(|| address.to_owned())
    })
}

/// The records of an answer.
///
/// # Errors
/// A sentence: there is no list where one is said to be. An answer that holds something else is never an empty list.
pub(super) fn records(heard: &HeardAnswer, at: Option<&RecordPath>) -> Result<Vec<Value>, String> {
    let Some(path) = at else {
        return match &heard.body {
            Value::Array(items) => Ok(items.clone()),
            _ => Err("the answer is no list".to_owned()),
        };
    };
    let found = path.all(&heard.body);
    match found.as_slice() {
        [Value::Array(items)] => Ok(items.clone()),
        [] => Err(format!("the answer has no `{path}`")),
        [Value::Null] => Err(format!("`{path}` is nothing, and no empty list")),
        [_] => Err(format!("`{path}` is no list")),
        many => Ok(many.iter().map(|v| (*v).clone()).collect()),
    }
}
