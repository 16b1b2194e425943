//! The words of the language: one table of keys a group, from which the reader, its suggestions and its refusals are made.

/// A key of a manifest.
#[derive(Debug, Clone, Copy)]
pub struct ManifestKey {
    /// As it is written.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// Whether this version can do it.
    pub built: bool,
}

/// The groups of words, each with what it stands in and its words, in the order of a file.
pub const GROUPS: &[(&str, &[ManifestKey])] = &[
    ("The file", FILE),
    ("`auth`", AUTH),
    ("`auth.oauth2`", OAUTH2),
    ("`limits`", LIMITS),
    ("`formats`", FORMATS),
    ("A row of `errors`", ERROR),
    ("`check`", CHECK),
    ("`read`", READ),
    ("A kind under `read`", KIND),
    ("`for_each`, where a list gives them", EACH),
    ("`paging`", PAGING),
    ("`since`", SINCE),
    ("`one`", REQUEST),
    ("An entry of `fetch`", FETCH),
    ("An entry of `touched_by`", TOUCH),
    ("`lines` and `payments`", LIST),
    ("A field's value, where it is a group", VALUE),
    ("A kind under `read`: `contacts`", CONTACTS),
    ("`write`", WRITE),
    ("A kind under `write`", WRITE_KIND),
    ("`safe_by`", SAFE_BY),
    ("`safe_by.key`", SAFE_KEY),
    ("`create`, `change` and `remove`", WRITE_CALL),
    ("`find`", FIND),
];

const fn key(name: &'static str, doc: &'static str) -> ManifestKey {
    ManifestKey {
        name,
        doc,
        built: true,
    }
}

const fn later(name: &'static str, doc: &'static str) -> ManifestKey {
    ManifestKey {
        name,
        doc,
        built: false,
    }
}

/// The whole file.
pub const FILE: &[ManifestKey] = &[
    key("connector", "The system's word; the file is called the same."),
    key("title", "The name people know it by."),
    key("contract", "`published`, where the vendor publishes its API; else `assumed`."),
    key("base", "Where the API begins: an address with https; `{setting.account}` may be a part of its path."),
    key("hosts", "The only hosts that are called; without it the one of `base`."),
    key("auth", "Where the key goes: `none`, `bearer`, or a group."),
    key("headers", "Headers of every call."),
    key("limits", "What the vendor allows."),
    key("formats", "How days, times and amounts are written."),
    key("errors", "What answers mean that are no answer."),
    key("check", "A call that tells whose key it is."),
    key("read", "What is read, by kind."),
    key("write", "What is written, by kind; without it the system is only read."),
];

/// `auth`.
pub const AUTH: &[ManifestKey] = &[
    key("header", "The name of the header that holds the key."),
    key("basic", "HTTP Basic: the key is `user:password` (pair), the user (user), or both (both)."),
    key("query", "The name of the address's parameter that holds the key."),
    key("oauth2", "A person signs in and agrees, and tokens are renewed."),
    later("login", "A request that gives a token for a name and a password."),
];

/// `auth.oauth2`.
pub const OAUTH2: &[ManifestKey] = &[
    key("authorize", "The address at which a person agrees."),
    key("token", "The address at which tokens are given and renewed."),
    key("client", "Where the app's id and secret stand in a call for tokens: `basic` (a header) or `body`."),
    key("scopes", "What is asked for, a list."),
    key("pkce", "`yes`: the app proves with a code of its own that it is the one that began."),
    key("grace", "How long the refresh token before the newest is still taken, `60s`; without it none is: where the answer to a renewal is lost, a person signs in again."),
];

/// `limits`.
pub const LIMITS: &[ManifestKey] = &[
    key("per_second", "Calls in any second."),
    key("per_minute", "Calls in any minute."),
    key("per_day", "Calls a day."),
    key("at_once", "Calls under way at the same time."),
    key("shared_by", "Who shares them: `connection`, `tenant` or `everyone`."),
];

/// `formats`.
pub const FORMATS: &[ManifestKey] = &[
    key("days", "The form of days: `yyyy-mm-dd`, `dd/mm/yyyy`, ..., `unix` or `unix_ms`."),
    key("zone", "The zone of times that name none, and the business's own where its connection says no other; `connection`, where each account has its own."),
    key("none", "Words that stand for no day and no value."),
    key("amounts", "`major` (12.50) or `minor` (1250)."),
    key("decimal", "The sign before the decimals of amounts in text: `point` or `comma`."),
];

/// A row of `errors`.
pub const ERROR: &[ManifestKey] = &[
    key("status", "The status, or `4xx`, `5xx`; any without it."),
    key("text", "A text that the answer holds."),
    key("field", "A path that is there in the answer."),
    key("class", "`wait`, `uncertain`, `refused`, `gone` or `broken`."),
    key("code", "What a write is refused for: `duplicate` (something of the same number, name or id is there), `stale` (it was changed there since), `state` (what it is for is closed, or not there), `locked` (a closed period), `mapping` (an account or code that it does not know) or `data`."),
    key("wait", "How long, where the answer does not say: `30s`."),
    key("until", "`next_day`: the day's calls are used."),
    key("says", "What it means, for people."),
    key("fix", "What a person does."),
];

/// `check`.
pub const CHECK: &[ManifestKey] = &[
    key("get", "The path."),
    key("query", "Parameters of the address."),
    key("name", "The path of the name in the answer."),
];

/// `read`.
pub const READ: &[ManifestKey] = &[
    key("invoices", "Invoices, with their lines and payments."),
    key("contacts", "Contacts as a list of their own: for those that go without an invoice, and for writing them."),
    later("items", "Items."),
    key("estimates", "Estimates, with their lines."),
    key("purchase_orders", "Purchase orders to suppliers, with their lines."),
];

/// A kind under `read`.
pub const KIND: &[ManifestKey] = &[
    key("like", "`invoices`: what is not said here is read as it is said there, field by field."),
    key("get", "The path of the list."),
    key("post", "The path of the list, where it is asked for with a body."),
    key("query", "Parameters of the address; one without a value is left out."),
    key("body", "The JSON body of a `post`."),
    key("for_each", "What the list is asked for once each, with `{each}`: `[north, south]`, or a list that gives them."),
    key("records", "Where the records are in the answer; without it the answer is the list."),
    key("paging", "How the next page is asked for; `none` where there is one page."),
    key("since", "How only what changed is asked for."),
    key("full_scan", "How often everything is read again: `nightly`, `12h`."),
    key("total", "Where the answer says how many records there are."),
    key("id", "What the system knows the record by."),
    key("version", "What changes when the record changes."),
    key("deleted", "A condition: the record is deleted."),
    key("only", "A condition: the record is one of the kind. What falls out of it after it was posted holds; an estimate of which an invoice is made does not."),
    key("one", "How one record is asked for by its id."),
    key("fetch", "What is fetched for each record, by name."),
    key("touched_by", "Lists of which a changed element is a change of its record, by name."),
    key("drop", "Paths that are never kept: passwords, login links."),
    key("map", "The path of each field."),
    key("lines", "Its lines: one list, or several."),
    key("payments", "Its payments: one list, or several."),
    key("vanished", "`hold`, as where `one` is said: posted ones are asked for by their ids, some with each run, and one that is absent or deleted holds; or `ignore`."),
    later("checks", "Checks beside those that every document passes."),
];

/// `paging`.
pub const PAGING: &[ManifestKey] = &[
    key("page", "Pages have numbers: that of the first. The request says `{page}`."),
    key("offset", "Records are counted: the first one. The request says `{offset}`."),
    key("token", "Where the answer has the token of the next page. The request says `{token}`."),
    key("first", "The token of the first page."),
    key("next", "Where the answer has the next page's address."),
    key("link", "`next`: the header Link has it."),
    key("last_id", "The next page begins after a record: where its id is. The request says `{last_id}`."),
    key("until", "When it ends: `empty` (a page without records), `absent` (no token), or `short`, where the vendor documents that."),
    key("size", "Records of a full page, for `until: short`."),
    key("more", "Where the answer says whether there are more pages."),
    key("pages", "Where the answer says how many pages there are."),
];

/// `for_each`, where a list gives them.
pub const EACH: &[ManifestKey] = &[
    key("get", "The path."),
    key("query", "Parameters of the address."),
    key("records", "Where the list is in the answer."),
    key("paging", "How the next page is asked for."),
    key("id", "Where an element has what `{each}` stands for."),
];

/// `since`.
pub const SINCE: &[ManifestKey] = &[
    key("field", "Where a record has the time of its last change."),
    key("order", "`by_change`, where the list is in that order; else `unknown`."),
    key("overlap", "How far back is asked for again: `10m`."),
    key("stop", "`older_page`: there is no filter; the list shows the newest first, and is read until a whole page is older."),
    key("as", "How the time is written: `iso`, `iso_ms`, `iso_offset`, `local`, `local_iso`, `day`, `unix` or `unix_ms`."),
    key("window", "The longest stretch of time that the list shows at once: `30d`. The request says `{since}` and `{until}`."),
    key("begins", "The day on which everything begins, for `window`: `2015-01-01`."),
];

/// `one`.
pub const REQUEST: &[ManifestKey] = &[
    key("get", "The path."),
    key("post", "The path, where it is asked for with a body."),
    key("query", "Parameters of the address."),
    key("body", "The JSON body of a `post`."),
    key("absent", "The status, beside 404, that says that there is no such thing: `400`."),
    key("record", "Where the one record is in the answer."),
];

/// What is fetched for a record, beside the words of a request.
pub const FETCH: &[ManifestKey] = &[
    key("get", "The path."),
    key("post", "The path, where it is asked for with a body."),
    key("query", "Parameters of the address."),
    key("body", "The JSON body of a `post`."),
    key("absent", "The status, beside 404, that says that there is no such thing: `400`."),
    key("record", "Where the one thing is in the answer."),
    key("records", "Where the list is in the answer."),
    key("paging", "How the next page of a list is asked for."),
    key("on", "Where an element has what it is found by: the list is read whole, and each record takes its own."),
    key("to", "Where the record has that; it may be inside what is fetched before."),
    key("one", "`yes`: a record takes one element, and two are told."),
    key("only", "A condition over one element: the others are left out."),
    key("whole_from", "From so many records on the list is read whole; fewer are asked for one by one, with `{key}`."),
];

/// A list of which a changed element is a change of its record.
pub const TOUCH: &[ManifestKey] = &[
    key("get", "The path."),
    key("post", "The path, where it is asked for with a body."),
    key("query", "Parameters of the address; `{since}` as in the list of records."),
    key("body", "The JSON body of a `post`."),
    key("records", "Where the list is in the answer."),
    key("paging", "How the next page is asked for."),
    key("parent", "Where an element has the id of its record."),
];

/// A list of lines or payments.
pub const LIST: &[ManifestKey] = &[
    key("from", "Where the list is: in the record, or by the name of what is fetched; a group counts as a list of one, and `itself` is the record."),
    key("only", "A condition over one of its elements."),
    key("count", "Where the record says how many there are: fewer are not read as all."),
    key("changes_touch_parent", "`yes`, where a change of these changes the record's own time; else `no` or `unknown`."),
    key("unique", "Of payments: `yes`, where an id is one payment's in the whole book; else two records may share one, as a cheque that pays both."),
    key("map", "The path of each field."),
];

/// A field's value.
pub const VALUE: &[ManifestKey] = &[
    key("path", "A path, or a list of which the first that is there counts."),
    key("text", "A fixed text."),
    key("join", "Paths whose texts are joined; those that are not there are left out."),
    key("with", "What stands between joined texts; a space where nothing is said."),
    key("none", "Words that stand for nothing here, beside those of `formats`."),
    key("html", "`yes`: the text is written as HTML writes it, `R&amp;D`."),
    key("same", "`yes`: everything that stands at the path must be the same, or the record is held."),
    key("in", "The name of a fetched list, in which the path is looked up."),
    key("by", "Where the element has what the list's elements are found by."),
    key("only_when", "A path: where nothing stands there, there is no value."),
    key("less_percent", "A path with a percentage that is taken off."),
    key("minor", "`yes`: the amount is in cents; `no`: it is not."),
    key("negate", "`yes`: the sign is the other one."),
    key("table", "The source's words, each with ours: `{ field: state, Done: unpaid, else: hold }`."),
];

/// Contacts under `read`, as far as their words are others than an invoice's.
pub const CONTACTS: &[ManifestKey] = &[
    key("get", "The path of the list."),
    key("post", "The path of the list, where it is asked for with a body."),
    key("query", "Parameters of the address; one without a value is left out."),
    key("body", "The JSON body of a `post`."),
    key("records", "Where the records are in the answer; without it the answer is the list."),
    key("paging", "How the next page is asked for; `none` where there is one page."),
    key("since", "How only what changed is asked for."),
    key("full_scan", "How often everything is read again: `nightly`, `12h`."),
    key("total", "Where the answer says how many records there are."),
    key("id", "What the system knows the contact by."),
    key("version", "What changes when the contact changes."),
    key("deleted", "A condition: the contact is deleted, and no document may name it."),
    key("only", "A condition: the record is a customer."),
    key("one", "How one contact is asked for by its id."),
    key("fetch", "What is fetched for each contact, by name."),
    key("drop", "Paths that are never kept: passwords, login links."),
    key("map", "The path of each field: name, email, phone, mobile; addresses by their whole names, such as `billing.line1`. What a contact is told by invoices is told here too, or it would change with each of them."),
];

/// `write`.
pub const WRITE: &[ManifestKey] = &[
    key("contacts", "Whom invoices are to."),
    key("invoices", "Invoices with their lines."),
    key("payments", "Money received on an invoice."),
    key("accounts", "Where money received is put: the system's own words, a list; payments say the one that the tenant's file names as `{account}`."),
    later("credit_notes", "Credit notes."),
    later("items", "Items."),
    later("purchase_orders", "Purchase orders."),
];

/// A kind under `write`.
pub const WRITE_KIND: &[ManifestKey] = &[
    key("safe_by", "What makes that a request which is lost or repeated makes one record; without it nothing of the kind is written."),
    key("create", "How one is made."),
    key("change", "How one is changed; without it nothing is changed there."),
    key("remove", "How one is taken away again: the trial takes away with it what it has made."),
    key("body", "The JSON body of both; a name in braces is filled in, and what has no value is left out."),
    key("line", "One element of `{lines}`."),
    key("tax_line", "The element of `{lines}` that states the tax, where the system has no field for it and the body no `{tax}`."),
    key("amounts", "`text` (`\"12.50\"`) or `number` (`12.50`): how amounts stand in the body where nothing else stands in the same text."),
    key("price_places", "How many decimals a price may have; 4 where nothing is said."),
    key("quantity_places", "How many decimals a quantity may have; 4 where nothing is said."),
    key("find", "How those that carry our mark are asked for; without it the list of what changed is read."),
    key("loses", "Fields that come back otherwise than they were sent, a list: the trial does not compare them."),
    later("void", "How one is cancelled, and kept."),
];

/// `safe_by`: one of the first six, with where our mark stands.
pub const SAFE_BY: &[ManifestKey] = &[
    key("our_id", "`yes`: the id is ours (`{our_id}`), and a second create with it makes nothing."),
    key("upsert_by", "A field of ours that is unique there: a second create with it changes the first. Our mark stands in it."),
    key("key", "A key that goes with the request: sent twice it makes one record."),
    key("unique", "`number`: a second one of the same number is refused."),
    key("by_hand", "`yes`: nothing else helps, and a person lets each go: the tenant's file says `sync.approval: manual`."),
    key("stamp", "The path at which a record carries our stamp (`{stamp}`); alone, what may have left is only looked for, once it can no longer be under way."),
];

/// `safe_by.key`.
pub const SAFE_KEY: &[ManifestKey] = &[
    key("in", "`header` or `body`."),
    key("name", "The name of the header, or of the field."),
    key("lives", "How long the vendor promises to know it: `30m`; `unknown` where it does not say."),
];

/// `create`, `change` and `remove`.
pub const WRITE_CALL: &[ManifestKey] = &[
    key("post", "The path."),
    key("put", "The path."),
    key("patch", "The path."),
    key("delete", "The path, of `remove`."),
    key("query", "Parameters of the address."),
    key("headers", "Headers of this call: `{ If-Match: \"{version}\" }`."),
    key("body", "The body of this call, where it is another one; `none` for none."),
    key("record", "Where the answer has the record."),
    key("id_from", "Where the answer, or `header.x-..`, has its id."),
    key("safe_by", "Of `change`: `version_check`, where the vendor refuses a change of another `{version}` than the newest."),
];

/// `find`.
pub const FIND: &[ManifestKey] = &[
    key("get", "The path."),
    key("query", "Parameters of the address, with `{stamp}`, `{our_id}` or `{mark}`."),
    key("records", "Where the list is in the answer."),
];
