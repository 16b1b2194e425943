//! The numbers of seeded rows.

use super::super::store::App;
use super::read::At;

/// The number the row names, or the next one.
pub(super) fn number(app: &mut App, kind: &'static str, row: &At) -> Result<u64, String> {
    match row.id("id")? {
        Some(id) => {
            app.claim(kind, id);
            Ok(id)
        }
        None => Ok(app.next(kind)),
    }
}
