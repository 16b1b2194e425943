//! The number that a document takes of the tenant's own series.
//!
//! Flows in: the file's series, what the document was given, how far the series goes in our store and in the decisions of this chunk.
//! Flows out: the number that stays with it, or the next one. None is given here: that is done with the decision that lets it go.

use super::super::ports::DocRow;
use super::super::tenant::SyncError;
use super::ahead::Near;
use super::contacts::PlannedContacts;
use crate::model::{LedgerInvoice, LedgerView, SeriesNumber, SeriesPlace};

/// The document's number, where the file counts its kind, or counted it when the document was given one: no edit takes that away. What
/// was posted under the source's number keeps that.
pub(super) async fn fill(
    t: &Near<'_>,
    row: &DocRow,
    (paper, planned): (Option<&LedgerInvoice>, &PlannedContacts),
    view: &mut LedgerView,
) -> Result<(), SyncError> {
    let kind = row.key.kind;
    let series = t.mapping.numbers.get(&kind).map(|n| &n.value);
    let own = t.given(&row.key).await?;
    let uncounted = own.is_none() && (series.is_none() || view.link.is_some());
    if uncounted || !t.target.facts.numbers_ours(kind) {
        return Ok(());
    }
    // One that is there under our stamp has its number there, whatever this store knows of it.
    let there = paper
        .filter(|_| view.ours_is_there)
        .map(|p| p.number.clone());
    let given = there.or_else(|| own.as_ref().map(|own| own.number()));
    // The file may lead away from one that another paper took meanwhile; without its word nothing is numbered anew.
    let led_on = |file: &&SeriesPlace| own.as_ref().is_none_or(|own| file_leads_away(own, file));
    let next = match series.filter(led_on) {
        Some(series) => {
            let book = &t.books.ledger;
            let last = t.memory.last_given(book, kind, &series.series).await?;
            Some(series.after(last.max(planned.last_number(kind, &series.series))))
        }
        None => None,
    };
    view.numbering = Some(SeriesNumber {
        given,
        next,
        taken: Vec::new(),
        proposed: None,
    });
    Ok(())
}

/// Whether the file leads away from a number: it is of another series, or of this one before the file's first.
fn file_leads_away(own: &SeriesPlace, file: &SeriesPlace) -> bool {
    own.series != file.series || own.place < file.place
}

/// A number of the series is taken: it counts no more, and the one after the last that either book knows is proposed.
pub(super) async fn propose(
    t: &Near<'_>,
    row: &DocRow,
    number: &str,
    view: &mut LedgerView,
) -> Result<(), SyncError> {
    let kind = row.key.kind;
    let (Some(numbering), Some(series)) = (&mut view.numbering, t.mapping.numbers.get(&kind))
    else {
        return Ok(());
    };
    numbering.taken.push(number.to_owned());
    let (series, book) = (&series.value, &t.books.ledger);
    let there = t
        .memory
        .last_in_ledger(t.tenant(), book, kind, series)
        .await?;
    let given = t.memory.last_given(book, kind, &series.series).await?;
    let last = there.as_ref().map(|p| p.place).max(given);
    let width = there.map_or(series.width, |p| p.width.max(series.width));
    let wide = SeriesPlace {
        width,
        ..series.clone()
    };
    numbering.proposed = Some(wide.after(last).number());
    Ok(())
}
