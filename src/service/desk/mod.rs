//! The desk: the questions a person asks about a tenant's documents, and the words a person says on them.
//!
//! Flows in: an engine, a tenant, a number, who speaks. Flows out: answers as values that can be serialised, the same for
//! whoever shows them: the command line, a console, an API. Their JSON is what `docs/json.md` promises, and that page is
//! made from them ([`mod@reference`]). Refuses with a [`NotDone`](super::NotDone): where, what, and what to do. Nothing is shown
//! here, nobody is asked, and no text that people read is read back.
//!
//! | question | word |
//! | --- | --- |
//! | [`explain`]: of one number, what became of it and what set each field | [`approve`]: checked documents may go; or back |
//! | [`plan`]: what a sync would do | [`retry`]: held and refused ones are read and decided on again |
//! | [`status`]: how tenants stand | [`release`]: all that waits for the first review or the guard |
//! | [`errors`]: what waits for a person, by cause | [`unlink`]: a link means nothing any more |
//! | [`record`]: what the source says of one, as rules see it | |
//! | [`day`]: what was done on a day, of all tenants | |
//! | [`history`], [`runs`]: what runs did | [`processing`]: the tenant runs at its times, or does not |
//! | [`audit`]: whether the audit log holds | [`restore`]: a backup made or put back, and where the work goes on |
//! | [`world`]: whether the workspace is older than the world | |
//!
//! A word is one transaction a document (`retry` of everything: one in all); `unlink` takes the tenant's flow for
//! as long as it lasts, so that no run decides meanwhile.

pub mod approve;
pub mod audit;
mod chosen;
pub mod day;
pub mod drifts;
pub mod errors;
pub mod explain;
pub mod fields;
pub mod first;
pub mod found;
mod gone;
pub mod history;
mod leave;
pub mod locked;
mod looked;
pub mod next;
mod noted;
mod own;
pub mod payments;
pub mod plan;
mod plan_action;
pub mod processing;
pub mod record;
pub mod reference;
pub mod release;
mod renumbered;
pub mod required;
pub mod resend;
mod resend_said;
pub mod restore;
pub mod retry;
pub mod runs;
mod said;
pub mod seen;
mod send;
pub mod settle;
mod settle_ask;
mod spoken;
pub mod status;
pub mod unlink;
mod unread;
pub mod upcoming;
mod whose;
pub mod word;
pub mod world;
