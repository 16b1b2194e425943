//! History and notes: what happened to a document, and what callers wrote on it. Notes are never changed.

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::books::Note;
use super::ctx::{Ctx, Saved};
use super::fail::{Fail, no_method};
use super::json::{ms, utc_string};
use super::texts;
use crate::sandbox::wire::Reply;

/// Reads or adds notes.
pub(super) fn answer(ctx: &mut Ctx<'_>, id: Uuid) -> Result<Reply, Fail> {
    match ctx.call.method {
        Method::GET => {
            let shown = ctx.org.notes_of(id).map(show).collect();
            Ok(ctx.envelope("HistoryRecords", shown, None))
        }
        Method::PUT => Ok(ctx.batch("HistoryRecords", "ID", &mut |c, el| {
            let details = el.text("Details")?.unwrap_or_default();
            if details.is_empty() || details.chars().count() > 2500 {
                return Err(Fail::say(texts::HISTORY_TEXT));
            }
            c.org.note(id, "Note", &details, c.now);
            let body = c.org.notes_of(id).last().map(show).unwrap_or_default();
            Ok(Saved {
                body,
                warnings: Vec::new(),
            })
        })),
        _ => Ok(no_method()),
    }
}

fn show(note: &Note) -> Value {
    json!({
        "Changes": note.changes,
        "DateUTCString": utc_string(note.at),
        "DateUTC": ms(note.at),
        "User": note.user,
        "Details": note.details,
    })
}
