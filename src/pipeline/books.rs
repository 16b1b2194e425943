//! Which books a tenant runs between: the connection its file names is a way to an account, and the account is what counts.
//!
//! Flows in: the two connections of a tenant's file with their settings, and the books it has run between so far. Flows
//! out: the word of each book, for ever the same, and what has changed about the way to it. A connection that was renamed
//! leads to the same book where its system and its organisation (or its folder) are the same, or where `was:` in
//! connections.yaml says so. Refused, in words: another organisation, another system, and a new name that nothing tells
//! from another account. Pure but for one question to the store.

use super::ports::{BookRow, InUse, Memory, Side, StoreError};
use super::tenant::SyncError;
use crate::connectors::Session;
use crate::model::cure::quoted;
use crate::model::{BookId, TenantId};

/// The setting that says which of several accounts of a sign-in a connection is for.
const ORGANISATION: &str = "organisation";
/// The setting that says whose account a connection was made for, where a sign-in is for one alone.
const ACCOUNT: &str = "account";
/// The setting that says where files lie.
const FOLDER: &str = "folder";
/// The setting by which a person says under which name a connection went before.
const WAS: &str = "was";

/// One end, as the tenant's file and connections.yaml name it.
struct FlowEnd<'a> {
    side: Side,
    session: &'a Session,
}

/// What tells an account from others at its system.
#[derive(PartialEq)]
enum AccountMark<'a> {
    /// An id of the system's own: another id is another account.
    Id(&'a str),
    /// A place: the same one is the same account, and another may be too.
    Place(&'a str),
    /// Nothing is known.
    Unknown,
}

impl FlowEnd<'_> {
    fn name(&self) -> &str {
        self.session.connection.as_str()
    }

    fn system(&self) -> &str {
        &self.session.settings.system
    }

    fn account(&self) -> AccountMark<'_> {
        let setting = |name| self.session.settings.get(name, "");
        let id = match setting(ORGANISATION) {
            "" => setting(ACCOUNT),
            id => id,
        };
        match (id, setting(FOLDER)) {
            ("", "") => AccountMark::Unknown,
            ("", folder) => AccountMark::Place(folder),
            (id, _) => AccountMark::Id(id),
        }
    }

    /// The book as it is to be kept.
    fn row(&self, book: BookId) -> BookRow {
        BookRow {
            book,
            side: self.side,
            system: self.system().to_owned(),
            connection: self.name().to_owned(),
            organisation: match self.account() {
                AccountMark::Id(text) | AccountMark::Place(text) => text.to_owned(),
                AccountMark::Unknown => String::new(),
            },
        }
    }

    /// Whether the account is the one the book is of; with `None` it cannot be told.
    fn same_account(&self, book: &BookRow) -> Option<bool> {
        match self.account() {
            AccountMark::Unknown if book.organisation.is_empty() => None,
            AccountMark::Unknown => Some(false),
            AccountMark::Id(_) | AccountMark::Place(_) if book.organisation.is_empty() => None,
            AccountMark::Id(id) => Some(id == book.organisation),
            AccountMark::Place(place) => (place == book.organisation).then_some(true),
        }
    }

    /// Whether this is the way to a book, and if not, why not and what to do.
    fn leads_to(&self, book: &BookRow) -> Result<(), String> {
        let same_name = book.connection.is_empty() || book.connection == self.name();
        let same_system = book.system.is_empty() || book.system == self.system();
        let said = || self.session.settings.get(WAS, "") == book.connection;
        match self.same_account(book) {
            _ if !same_system => Err(self.put_back(book)),
            Some(true) => Ok(()),
            Some(false) if same_name => Err(self.choose_again(book)),
            Some(false) => Err(self.put_back(book)),
            None if same_name || said() => Ok(()),
            None => Err(format!(
                "Where `{name}` is the same account under another name, say so in connections.yaml, in the entry `{name}`: \
                 `{WAS}: {was}`; else give it a tenant of its own, or put `{was}` back",
                name = self.name(),
                was = book.connection,
            )),
        }
    }

    fn choose_again(&self, book: &BookRow) -> String {
        let name = self.name();
        if book.organisation.is_empty() {
            return self.put_back(book);
        }
        if self.session.settings.get(ORGANISATION, "").is_empty() {
            return format!(
                "Give the other one a tenant of its own, with its own connection, and lead `{name}` back: `crossfoot connect {} {}`, \
                 signed in to the account {}",
                self.session.tenant,
                self.system(),
                book.organisation,
            );
        }
        format!(
            "Give the other one a tenant of its own, with its own connection, and lead `{name}` back: `crossfoot connect {tenant} \
             {system} --organisation {org}`, or `{ORGANISATION}: {org}` in connections.yaml where it stands there",
            tenant = self.session.tenant,
            system = self.system(),
            org = quoted(&book.organisation),
        )
    }

    fn put_back(&self, book: &BookRow) -> String {
        format!(
            "Give another account a tenant of its own, or put the old connection `{}` back",
            book.connection
        )
    }

    fn told(&self, system: &str, connection: &str, organisation: &str) -> String {
        let way = match self.side {
            Side::Source => "from",
            Side::Ledger => "to",
        };
        let words = [way, system, connection, organisation];
        let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
        words.join(" ")
    }
}

/// The books that a tenant's connections lead to.
///
/// # Errors
/// [`SyncError::Moved`] when one is truly another than before; the store's.
pub async fn in_use(
    memory: &dyn Memory,
    tenant: &TenantId,
    from: &Session,
    to: &Session,
) -> Result<InUse, SyncError> {
    let known = memory.books(tenant).await?;
    let source = FlowEnd {
        side: Side::Source,
        session: from,
    };
    let ledger = FlowEnd {
        side: Side::Ledger,
        session: to,
    };
    let mut news = Vec::new();
    let mut renamed = Vec::new();
    let mut words = Vec::new();
    for end in [&source, &ledger] {
        let book = known.iter().find(|b| b.side == end.side);
        let row = match book {
            None => end.row(BookId::from(&end.session.connection)),
            Some(book) => {
                end.leads_to(book)
                    .map_err(|cure| moved(tenant, end, book, cure))?;
                end.row(book.book.clone())
            }
        };
        if let Some(book) = book.filter(|b| !b.connection.is_empty())
            && book.connection != row.connection
        {
            renamed.push((row.connection.clone(), book.connection.clone()));
        }
        words.push(row.book.clone());
        if book != Some(&row) {
            news.push(row);
        }
    }
    let ledger = words.pop();
    let source = words.pop();
    match (source, ledger) {
        (Some(source), Some(ledger)) => Ok(InUse {
            source,
            ledger,
            news,
            renamed,
        }),
        _ => Err(SyncError::Store(StoreError::Database(
            "a tenant has two ends".to_owned(),
        ))),
    }
}

/// The books of a backward half: those of its tenant, turned round.
///
/// # Errors
/// The store's.
pub async fn turned(
    memory: &dyn Memory,
    half: &TenantId,
    forward: &InUse,
    (from, to): (&Session, &Session),
) -> Result<InUse, SyncError> {
    let known = memory.books(half).await?;
    let row = |side, session, book: &BookId| FlowEnd { side, session }.row(book.clone());
    let rows = [
        row(Side::Source, from, &forward.ledger),
        row(Side::Ledger, to, &forward.source),
    ];
    Ok(InUse {
        source: forward.ledger.clone(),
        ledger: forward.source.clone(),
        news: rows.into_iter().filter(|r| !known.contains(r)).collect(),
        renamed: Vec::new(),
    })
}

fn moved(tenant: &TenantId, end: &FlowEnd<'_>, book: &BookRow, cure: String) -> SyncError {
    let now = end.row(book.book.clone());
    SyncError::Moved {
        tenant: tenant.to_string(),
        before: end.told(&book.system, &book.connection, &book.organisation),
        now: end.told(&now.system, &now.connection, &now.organisation),
        cure,
    }
}
