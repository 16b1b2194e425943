//! The number that a document takes of the tenant's own series.
//!
//! Flows in: the file's series, what the document was given, how far the series goes in our store and in the decisions of this chunk.
//! Flows out: the number that stays with it, or the next one. None is given here: that is done with the decision that lets it go.

use super::super::ports::DocRow;
use super::super::tenant::SyncError;
use super::ahead::Near;
use super::contacts::PlannedContacts;
use crate::model::{Kind, LedgerInvoice, LedgerView, SeriesNumber, SeriesPlace};

/// Numbers of the series that are passed by for one document, at most: more in a row are no chance.
const PASSED_BY: usize = 200;

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
            let next = series.after(last.max(planned.last_number(kind, &series.series)));
            Some(free(t, kind, next, planned).await?)
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

/// The next number that nobody of ours bears, and no paper that is over. A rule may have given a later one of the series to a paper
/// of ours, an older backup may know less than the books, and one that is over keeps its number: each of these is passed by, for it
/// will never be free. What somebody else's paper bears stays in the way: a person is to say where the numbers go on.
async fn free(
    t: &Near<'_>,
    kind: Kind,
    mut next: SeriesPlace,
    planned: &PlannedContacts,
) -> Result<SeriesPlace, SyncError> {
    let as_what = t.mapping.kept_as(kind);
    for _ in 0..PASSED_BY {
        let number = next.number();
        let spent = |p: &LedgerInvoice| p.mark.is_some() || p.standing.is_over();
        let found = t.under_number(as_what, &number).await?;
        let others = found.iter().any(|p| !spent(p));
        if others || found.is_empty() && !planned.is_numbered(as_what, &number) {
            break;
        }
        next = next.at(next.place.saturating_add(1));
    }
    Ok(next)
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
