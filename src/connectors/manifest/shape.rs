//! What a manifest says, read: plain data, every part of it owned.

use super::formats::Formats;
use super::path::RecordPath;
use super::request::CallSpec;
use super::write_shape::{RefusedFor, WriteSpec};
use crate::connectors::budget::Limits;
use crate::connectors::send::Carries;
use crate::mapping::At;
use crate::model::Kind;
use crate::rules::Condition;
use std::collections::BTreeMap;

/// A described system.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Its word.
    pub word: String,
    /// Its name for people.
    pub title: String,
    /// Whether the vendor publishes the API that is described.
    pub published: bool,
    /// The file it was read from.
    pub file: String,
    /// The hash of its text: another text reads otherwise.
    pub print: String,
    /// Where the API begins.
    pub base: String,
    /// The only hosts that are called.
    pub hosts: Vec<String>,
    /// Where the key goes.
    pub carries: Carries,
    /// How a person signs in, where that is so.
    pub oauth: Option<OAuthSpec>,
    /// Headers of every call.
    pub headers: BTreeMap<String, String>,
    /// What the vendor allows.
    pub limits: Limits,
    /// Who shares these limits.
    pub shared: SharedBy,
    /// How days, times and amounts are written.
    pub formats: Formats,
    /// What answers mean that are no answer, first match first.
    pub errors: Vec<AnswerRule>,
    /// A call that tells whose key it is, and where the name is.
    pub check: Option<(CallSpec, Option<RecordPath>)>,
    /// What its records are.
    pub kind: Kind,
    /// How records of that kind are read.
    pub invoices: KindRead,
    /// The same system, as its records of other kinds are read.
    pub others: Vec<Manifest>,
    /// How contacts are read, where they are a list of their own.
    pub contacts: Option<KindRead>,
    /// What is written.
    pub write: Option<WriteSpec>,
}

impl Manifest {
    /// The system as records of a kind are read.
    pub fn of(&self, kind: Kind) -> Option<&Manifest> {
        let mut all = std::iter::once(self).chain(&self.others);
        all.find(|m| m.kind == kind)
    }

    /// Every kind of records, each as it is read.
    pub fn kinds(&self) -> impl Iterator<Item = &Manifest> {
        std::iter::once(self).chain(&self.others)
    }
}

/// How a person signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthSpec {
    /// Where they agree.
    pub authorize: String,
    /// Where tokens are given.
    pub token: String,
    /// Whether the app's secret stands in the body of a call for tokens.
    pub in_body: bool,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Whether a code of its own proves who began.
    pub pkce: bool,
    /// How long the refresh token before the newest is taken, in seconds.
    pub grace_s: i64,
}

/// Who shares limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedBy {
    /// Each connection has its own.
    Connection,
    /// All connections of a tenant.
    Tenant,
    /// All of this workspace.
    Everyone,
}

/// What an answer means that is no answer.
#[derive(Debug, Clone)]
pub struct AnswerRule {
    /// From and until which status, both included.
    pub status: (u16, u16),
    /// A text that it holds, in small letters.
    pub text: Option<String>,
    /// A path that is there.
    pub field: Option<RecordPath>,
    /// What it means.
    pub class: AnswerClass,
    /// What a write is refused for.
    pub code: RefusedFor,
    /// How long to wait, in seconds.
    pub wait_s: Option<i64>,
    /// Whether the day's calls are used.
    pub day: bool,
    /// What it means, for people.
    pub says: String,
    /// What a person does.
    pub fix: String,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerClass {
    /// Nothing was done; later.
    Wait,
    /// It is not known.
    Uncertain,
    /// The call was refused for what it says.
    Refused,
    /// The connection is not let in.
    Gone,
    /// It makes no sense.
    Broken,
}

/// How a kind is read.
#[derive(Debug, Clone)]
pub struct KindRead {
    /// The call of the list.
    pub list: CallSpec,
    /// Where the records are; `None` for the whole answer.
    pub records: Option<RecordPath>,
    /// What the list is asked for once each.
    pub for_each: Option<EachSpec>,
    /// How the next page is asked for.
    pub paging: PagingSpec,
    /// How only what changed is asked for.
    pub since: Option<SinceSpec>,
    /// How often everything is read again, in seconds.
    pub full_scan_s: Option<i64>,
    /// Where the answer says how many records there are.
    pub total: Option<RecordPath>,
    /// What a record is known by.
    pub id: Vec<RecordPath>,
    /// What changes with a record.
    pub version: Vec<RecordPath>,
    /// Whether a record is deleted.
    pub deleted: Option<Condition>,
    /// The same, where what is deleted is read as well.
    pub was_deleted: Option<Condition>,
    /// Whether a record is an invoice.
    pub only: Option<Condition>,
    /// How one is asked for by its id, and where it is in the answer.
    pub one: Option<(CallSpec, Option<RecordPath>)>,
    /// Whether posted ones are asked for now and then, so that one that is there no more holds.
    pub looks_for_gone: bool,
    /// What is fetched for each.
    pub fetch: Vec<FetchSpec>,
    /// Lists of which a changed element is a change of its record.
    pub touched: Vec<TouchSpec>,
    /// What is never kept.
    pub drop: Vec<RecordPath>,
    /// Its fields.
    pub map: Vec<FieldSpec>,
    /// Its lines.
    pub lines: Vec<ListSpec>,
    /// Its payments.
    pub payments: Vec<ListSpec>,
}

/// What a list is asked for once each.
#[derive(Debug, Clone)]
pub enum EachSpec {
    /// These.
    Fixed(Vec<String>),
    /// What a list gives: the call, where the list is in the answer, its paging, and where an element has its id.
    Fetched(CallSpec, Option<RecordPath>, PagingSpec, RecordPath),
}

/// How the next page is asked for.
#[derive(Debug, Clone)]
pub struct PagingSpec {
    /// By what.
    pub by: PageBy,
    /// When it ends.
    pub until: PageUntil,
    /// Where the answer says whether there are more.
    pub more: Option<RecordPath>,
    /// Where the answer says how many pages there are.
    pub pages: Option<RecordPath>,
}

/// By what the next page is asked for.
#[derive(Debug, Clone)]
pub enum PageBy {
    /// There is one page.
    None,
    /// Its number, from a first one.
    Number(u64),
    /// How many records were read, from a first one.
    Offset(u64),
    /// A token, with that of the first page.
    Token(RecordPath, Option<String>),
    /// The next page's address.
    Next(RecordPath),
    /// The next page's address in the header Link.
    Link,
    /// The id of the last record.
    LastId(RecordPath),
}

/// When pages end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageUntil {
    /// With a page that has no records.
    Empty,
    /// Where no token or address comes.
    Absent,
    /// With a page of fewer records.
    Short(usize),
}

/// How only what changed is asked for.
#[derive(Debug, Clone)]
pub struct SinceSpec {
    /// Where a record has the time of its last change.
    pub field: Vec<RecordPath>,
    /// How far back is asked for again, in seconds.
    pub overlap_s: i64,
    /// How the time is written.
    pub written: String,
    /// Where everything begins, and how long a stretch of time is, in seconds, where the list shows no more at once.
    pub window: Option<(chrono::DateTime<chrono::Utc>, i64)>,
    /// Whether there is no filter, and the list is read until a whole page is older.
    pub stops: bool,
}

/// What is fetched for each record.
#[derive(Debug, Clone)]
pub struct FetchSpec {
    /// Its name in paths.
    pub name: String,
    /// The call.
    pub call: CallSpec,
    /// Where it is in the answer.
    pub at: Option<RecordPath>,
    /// How the next page of a list is asked for; `None` for one thing.
    pub list: Option<PagingSpec>,
    /// Which elements of a list count.
    pub only: Option<Condition>,
    /// How a list that is not a record's own is shared out among records.
    pub join: Option<JoinSpec>,
}

/// How the elements of a list find their records.
#[derive(Debug, Clone)]
pub struct JoinSpec {
    /// Where an element has what it is found by.
    pub on: RecordPath,
    /// Where a record has that.
    pub to: RecordPath,
    /// Whether a record takes one.
    pub one: bool,
    /// From how many records on the list is read whole, where few can be asked for one by one.
    pub whole_from: usize,
}

/// A list of which a changed element is a change of its record.
#[derive(Debug, Clone)]
pub struct TouchSpec {
    /// Its name.
    pub name: String,
    /// The call.
    pub call: CallSpec,
    /// Where the list is in the answer.
    pub records: Option<RecordPath>,
    /// How the next page is asked for.
    pub paging: PagingSpec,
    /// Where an element has its record's id.
    pub parent: RecordPath,
}

/// A field of the document.
#[derive(Debug, Clone)]
pub struct FieldSpec {
    /// Its name: `contact.name`.
    pub name: String,
    /// Where it is written.
    pub at: At,
    /// Its value.
    pub value: ValueSpec,
}

/// How a value is found.
#[derive(Debug, Clone, Default)]
pub struct ValueSpec {
    /// The first that is there counts.
    pub paths: Vec<RecordPath>,
    /// A fixed text.
    pub text: Option<String>,
    /// Whether the texts of all paths are joined.
    pub join: bool,
    /// Whether an amount is in cents; `None` as the formats say.
    pub minor: Option<bool>,
    /// Whether the sign is the other one.
    pub negate: bool,
    /// The source's words, each with ours.
    pub table: Option<BTreeMap<String, String>>,
    /// What stands between joined texts.
    pub with: String,
    /// Words that stand for nothing here, beside those of the formats.
    pub none: Vec<String>,
    /// Whether the text is written as HTML writes it.
    pub html: bool,
    /// Whether everything that stands there must be the same.
    pub same: bool,
    /// In which fetched list the paths are looked up, and where the element has what is looked for.
    pub look: Option<(String, RecordPath)>,
    /// Where something must be, so that there is a value.
    pub only_when: Option<RecordPath>,
    /// Where a percentage is that is taken off.
    pub less_percent: Option<RecordPath>,
}

/// A list of lines or payments.
#[derive(Debug, Clone)]
pub struct ListSpec {
    /// Where it is.
    pub from: RecordPath,
    /// Whether an element counts.
    pub only: Option<Condition>,
    /// Where the record says how many there are.
    pub count: Option<RecordPath>,
    /// Whether an id is one element's in the whole book.
    pub unique: bool,
    /// The fields of an element.
    pub map: Vec<FieldSpec>,
}
