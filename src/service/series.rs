//! Where a ledger's own numbers have got to, against where the file lets a tenant's go on.
//!
//! Flows in: the file, and the ledger's papers of the last months as it lists them. Flows out: what is wrong, with the number that would
//! be right. Asked only where the file counts a kind, or where the source gives its papers no numbers. Bounded by pages.

use super::engine::Engine;
use super::not_done::NotDone;
use super::workspace::Loaded;
use crate::connectors::Ask;
use crate::mapping::series_key;
use crate::model::codes;
use crate::model::{AskKind, Diagnostic, Document, Kind, LedgerInvoice, SeriesPlace, Start};
use crate::pipeline::first::SeriesSeen;
use crate::pipeline::ports::{Books as _, GivenNumbers as _, Side};
use chrono::Duration;

/// Most pages of one kind.
const MAX_PAGES: usize = 200;
/// As far back as the last number of a series is looked for.
const DAYS: i64 = 400;

/// What the ledger's numbers say of the file's series.
///
/// # Errors
/// The ledger cannot be reached.
pub(super) async fn go_on(engine: &Engine, loaded: &Loaded) -> Result<Vec<Diagnostic>, NotDone> {
    let mut told = Vec::new();
    let mapping = &loaded.mapping;
    let (target, _) = engine.target(loaded)?;
    for (kind, series) in &mapping.numbers {
        if !target.facts.reads.answers(*kind, AskKind::Changed) {
            continue;
        }
        let (papers, whole) = listed(engine, loaded, *kind).await?;
        if !whole {
            told.push(Diagnostic::warning(
                mapping.place(series.at),
                codes::NUMBER_TAKEN.as_str(),
                format!(
                    "the ledger lists more of its papers than are looked at ({MAX_PAGES} pages): of the last {}s it is not known how they are numbered",
                    kind.name()
                ),
                "See in the ledger that its own numbers have not got to the next one of the series."
                    .to_owned(),
            ));
        }
        let next = series
            .value
            .after(given(engine, loaded, *kind, &series.value).await?);
        // What bears a stamp is counted by whoever made it.
        let theirs = papers.iter().filter(|p| p.mark.is_none());
        let theirs = theirs.filter_map(|p| SeriesPlace::read(&p.number));
        let theirs = theirs.filter(|p| p.series == next.series && p.place >= next.place);
        let Some(last) = theirs.max_by_key(|p| p.place) else {
            continue;
        };
        let proposed = last.at(last.place.saturating_add(1)).number();
        told.push(Diagnostic::error(
            mapping.place(series.at),
            codes::NUMBER_TAKEN.as_str(),
            format!(
                "the next {} would be numbered {}, and the ledger has got to {} already",
                kind.name(),
                next.number(),
                last.number()
            ),
            format!("Write `next: \"{proposed}\"`."),
        ));
    }
    told.extend(unnumbered(engine, loaded).await?);
    Ok(told)
}

/// A source that is described without a number gives its papers none: their ids would be their numbers.
async fn unnumbered(engine: &Engine, loaded: &Loaded) -> Result<Option<Diagnostic>, NotDone> {
    let (mapping, kind) = (&loaded.mapping, Kind::Invoice);
    let (source, _) = engine.source(loaded)?;
    let (target, _) = engine.target(loaded)?;
    let described = source.reads.origin(kind, "total").is_some();
    let numbered = !described || source.reads.origin(kind, "number").is_some();
    let counted = mapping.numbers.contains_key(&kind);
    if numbered || counted || !target.facts.numbers_ours(kind) {
        return Ok(None);
    }
    let mut seen = SeriesSeen::default();
    for paper in listed(engine, loaded, kind).await?.0 {
        seen.see(&paper.number, paper.date);
    }
    let next = seen.series().map_or_else(|| "1".to_owned(), |s| s.next);
    Ok(Some(Diagnostic::warning(
        mapping.place(mapping.from.at),
        codes::NUMBER_MISSING.as_str(),
        format!(
            "{} gives its invoices no numbers: in the ledger each would be numbered by its id",
            source.facts.title
        ),
        format!(
            "Have them counted from the ledger's next number on: `numbers: {{ invoices: {{ next: \"{next}\" }} }}` (`{}`).",
            series_key(kind)
        ),
    )))
}

/// The last of a series that was given in the ledger's book, where this workspace knows it.
async fn given(
    engine: &Engine,
    loaded: &Loaded,
    kind: Kind,
    series: &SeriesPlace,
) -> Result<Option<i64>, NotDone> {
    let store = engine.store();
    let tenant = &loaded.mapping.tenant;
    let Some(book) = store.book_at(tenant, Side::Ledger).await? else {
        return Ok(None);
    };
    Ok(store.last_given(&book, kind, &series.series).await?)
}

/// The ledger's papers of a kind that changed in the last months, and whether these are all.
async fn listed(
    engine: &Engine,
    loaded: &Loaded,
    kind: Kind,
) -> Result<(Vec<LedgerInvoice>, bool), NotDone> {
    let (target, session) = engine.target(loaded)?;
    let (mut out, mut cursor) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let ask = Ask::Changed {
            kind,
            cursor,
            since: Some(engine.now() - Duration::days(DAYS)),
            start: Start::Beginning,
        };
        let page = target.reads.read(&session, &ask).await?;
        cursor = Some(page.cursor.clone());
        let more = page.more;
        out.extend(page.records.into_iter().filter_map(|r| match r.document {
            Document::Paper(paper) => Some(*paper),
            _ => None,
        }));
        if !more {
            return Ok((out, true));
        }
    }
    Ok((out, false))
}
