//! Whose a number is: by the source's number or id, its order's, or the ledger's number.
//!
//! Flows in: a number, and one tenant or all. Flows out: the documents it may mean. Only the store is asked.

use crate::model::{Key, Kind, SourceId, TenantId};
use crate::pipeline::ports::{DocRow, Documents as _, PaperKeys, Papers as _, Written as _};
use crate::service::engine::Engine;
use crate::service::led;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;

/// The document of a number at one tenant: the source's first, else the ledger's.
///
/// # Errors
/// The store cannot be read.
pub async fn row_of(
    engine: &Engine,
    loaded: &Loaded,
    number: &str,
) -> Result<Option<DocRow>, NotDone> {
    let own = engine
        .store()
        .document(&loaded.mapping.tenant, number)
        .await?;
    match own {
        Some(row) => Ok(Some(row)),
        None => by_ledger(engine, loaded, number).await,
    }
}

/// How people are told of what they named: a contact is no document to them.
pub fn called(name: &str) -> String {
    match Kind::named_in(name) {
        (Some(kind), id) if kind.is_party() => format!("the {} {id}", kind.name()),
        _ => format!("document {name}"),
    }
}

/// Why a word on a number is not taken: several papers have it, of several kinds or of one, and a word on the wrong one moves money.
/// Each is named with its own command, which is made of its name.
///
/// # Errors
/// The store cannot be read.
pub async fn several(
    engine: &Engine,
    tenant: &TenantId,
    (row, given): (&DocRow, &str),
    command: &(dyn Fn(&str) -> String + Sync),
) -> Result<Option<NotDone>, NotDone> {
    let (kind, number) = Kind::named_in(given);
    if kind.is_none()
        && let Some(ask) = given_to_another(engine, tenant, (row, number), command).await?
    {
        return Ok(Some(ask));
    }
    let named = kind.is_some() && !row.twins || kind.is_some() && row.key.id.0 == number;
    if row.number != number || named || !(row.shared || row.twins) {
        return Ok(None);
    }
    let mut all = engine.store().numbered(tenant, number).await?;
    all.retain(|row| kind.is_none_or(|kind| kind == row.key.kind));
    let told = |row: &DocRow| {
        let whom = match row.twins {
            true => format!(", for \"{}\"", row.contact),
            false => String::new(),
        };
        format!("{} ({}{whom})", row.key.kind.name(), row.state)
    };
    let papers: Vec<String> = all.iter().map(told).collect();
    let ways: Vec<String> = (all.iter())
        .map(|row| format!("`{}`", command(&row.name())))
        .collect();
    Ok(Some(NotDone::wrong(
        format!("{number} is the number of several: {}", papers.join(", ")),
        format!("name the one that is meant: {}", ways.join("; or ")),
    )))
}

/// What one document is called in the source another may bear in the ledger, where papers are counted in a series of the tenant's own:
/// the number alone names neither.
async fn given_to_another(
    engine: &Engine,
    tenant: &TenantId,
    (row, number): (&DocRow, &str),
    command: &(dyn Fn(&str) -> String + Sync),
) -> Result<Option<NotDone>, NotDone> {
    let mut all = engine.store().given_it(tenant, number).await?;
    all.retain(|other| other.key != row.key);
    if all.is_empty() {
        return Ok(None);
    }
    let named = |row: &DocRow| match row.twins || row.number.is_empty() {
        true => format!("{}:{}", row.key.kind, row.key.id),
        false => row.key.kind.name_of(&row.number, true),
    };
    let papers = (all.iter()).map(|o| format!("what {} bears in the ledger", named(o)));
    let papers: Vec<String> = papers.collect();
    let ways = std::iter::once(row).chain(&all);
    let ways: Vec<String> = ways
        .map(|row| format!("`{}`", command(&named(row))))
        .collect();
    Ok(Some(NotDone::wrong(
        format!(
            "{number} leads to {}, for \"{}\", and is {}",
            named(row),
            row.contact,
            papers.join(" and ")
        ),
        format!("name the one that is meant: {}", ways.join("; or ")),
    )))
}

/// That a number names one document of a tenant, where several of one kind have it.
///
/// # Errors
/// It names none of them, or the store cannot be read.
pub async fn one_is_meant(
    engine: &Engine,
    tenant: &TenantId,
    number: &str,
    command: &(dyn Fn(&str) -> String + Sync),
) -> Result<(), NotDone> {
    let row = engine.store().document(tenant, number).await?;
    let Some(row) = row.filter(|row| row.twins) else {
        return Ok(());
    };
    match several(engine, tenant, (&row, number), command).await? {
        Some(ask) => Err(ask),
        None => Ok(()),
    }
}

/// The other papers that have a document's number, as commands name them.
///
/// # Errors
/// The store cannot be read.
pub async fn namesakes(
    engine: &Engine,
    tenant: &TenantId,
    row: &DocRow,
) -> Result<Vec<String>, NotDone> {
    if !row.shared && !row.twins {
        return Ok(Vec::new());
    }
    let all = engine.store().numbered(tenant, &row.number).await?;
    let others = all.iter().filter(|other| other.key != row.key);
    Ok(others.map(DocRow::name).collect())
}

/// The document whose paper in the ledger has this number; of a note that of its payment.
async fn by_ledger(
    engine: &Engine,
    loaded: &Loaded,
    number: &str,
) -> Result<Option<DocRow>, NotDone> {
    let (store, tenant) = (engine.store(), &loaded.mapping.tenant);
    let (Ok((_, from)), Ok((_, to))) = (engine.source(loaded), engine.target(loaded)) else {
        return Ok(None);
    };
    // Where it is not known which books these are, nothing is linked to them.
    let Ok(books) = led::books(store, tenant, &from, &to).await else {
        return Ok(None);
    };
    let numbers = [number.to_owned()];
    let keys = PaperKeys {
        numbers: &numbers,
        ..PaperKeys::default()
    };
    for kind in Kind::DOCUMENTS.into_iter().chain([Kind::CreditNote]) {
        for paper in store.papers(tenant, &books.ledger, kind, keys).await? {
            let there = Key::new(&books.ledger, kind, &SourceId(paper.id.clone()));
            if let Some(row) = document_of(engine, tenant, &there).await? {
                return Ok(Some(row));
            }
        }
    }
    Ok(None)
}

/// The document that a thing of the ledger stands for, or stands upon.
pub async fn document_of(
    engine: &Engine,
    tenant: &TenantId,
    there: &Key,
) -> Result<Option<DocRow>, NotDone> {
    let store = engine.store();
    let mut links = store.links_to(tenant, there).await?;
    for paper in links.clone().iter().filter_map(|l| l.upon.as_ref()) {
        links.extend(store.links_to(tenant, paper).await?);
    }
    for link in links.iter().filter(|l| l.thing.kind.is_document()) {
        let name = format!("{}:{}", link.thing.kind, link.thing.id);
        let row = store.document(tenant, &name).await?;
        if let Some(row) = row.filter(|r| r.key == link.thing) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The tenants that know a number, each with the number that its document goes by. One whose files have mistakes, which
/// are told elsewhere, knows none.
///
/// # Errors
/// The store cannot be read.
pub async fn holders(
    engine: &Engine,
    tenants: Vec<TenantId>,
    number: &str,
) -> Result<Vec<(Loaded, DocRow)>, NotDone> {
    let mut out = Vec::new();
    for tenant in tenants {
        let Ok(loaded) = engine.workspace().load(&tenant) else {
            continue;
        };
        if let Some(row) = row_of(engine, &loaded, number).await? {
            out.push((loaded, row));
        }
    }
    Ok(out)
}
