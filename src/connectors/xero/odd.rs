//! What has a value that no condition of Xero's can hold: found by a piece of it, and compared here.
//!
//! Flows in: a kind, a field and a value. Flows out: the records of that very value. Bounded by what has the piece.

use super::Xero;
use super::find::List;
use super::list::{encoded, piece, quoted};
use super::read::broken;
use crate::connectors::json::text;
use crate::connectors::{CallError, Page, Session};
use crate::model::{Kind, folded};

impl Xero {
    /// What has a value that no condition can hold, such as a text with a quotation mark: all that has the longest
    /// piece of it that one can, page by page, compared here.
    pub(super) async fn by_piece(
        &self,
        session: &Session,
        kind: Kind,
        field: &'static str,
        value: &str,
        all: &mut Page,
    ) -> Result<(), CallError> {
        let query = match (kind, piece(value)) {
            (_, "") => String::new(),
            (Kind::Contact, piece) => format!("&searchTerm={}", encoded(piece)),
            (_, piece) => {
                let has = format!("{field}!=null AND {field}.Contains({})", quoted(piece));
                format!("&where={}", encoded(&has))
            }
        };
        let mut page = 1;
        loop {
            let list = List {
                kind,
                query: &query,
                since: None,
                page,
            };
            let found = self.list_of(session, &list).await?;
            if let Some(bad) = found.bad.first() {
                return Err(broken(bad.what.clone()));
            }
            for record in found.records {
                let is = folded(&text(&record.raw, field)) == folded(value);
                if is && !all.records.iter().any(|r| r.id == record.id) {
                    all.records.push(record);
                }
            }
            if !found.more {
                return Ok(());
            }
            page += 1;
        }
    }
}
