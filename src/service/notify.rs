//! The e-mail about a tenant: when it is due, and what it has told already.
//!
//! Flows in: a tenant's `notify`, its runs, what keeps documents back. Flows out: a letter, and after it went the
//! note of what it told, so that no process tells it again. What could not be sent is still untold, and so is tried
//! again. With `issues` a letter tells of the runs in which something was skipped, held, refused, left in doubt, could
//! not be read or stopped; a reason to stop that stays the same is told once a day. With `daily` one goes from
//! `notify.at` on, about all runs since the last. Bounded by `MOST_RUNS`, and by what waits: all of
//! it is counted, and a letter tells the causes.

mod html;
mod letter;
mod mailer;
mod telling;

pub use letter::{Letter, compose};
pub use mailer::{MailError, Mailer};
pub use telling::LetterFacts;

use super::engine::{Engine, EngineError};
use super::report::causes;
use crate::mapping::{Notify, NotifyWhen, QuietDays};
use crate::model::{Became, DocState, Fingerprint, Kind, TenantId};
use crate::pipeline::ports::{Documents as _, Journal as _, LoosePayments as _, RunRow, Runs as _};
use chrono::{DateTime, Days, Duration, NaiveDateTime, TimeZone as _, Utc};
use serde::{Deserialize, Serialize};

/// The most runs looked at.
const MOST_RUNS: usize = 2_000;

/// What was told so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// Runs that ended later are untold.
    through: DateTime<Utc>,
    /// When a day's letter was last sent, or found to be empty.
    day: DateTime<Utc>,
    /// The last reason to stop that was told, without its numbers, and when.
    stop: String,
    stop_at: DateTime<Utc>,
}

/// A letter that is to be sent now, and what is kept once it went.
#[derive(Debug)]
pub struct DueLetter {
    /// The letter.
    pub letter: Letter,
    /// The same for the same letter, whichever process makes it.
    pub name: String,
    mark: Mark,
}

fn note(tenant: &TenantId) -> String {
    format!("letter:{tenant}")
}

/// Whether anybody is to be told anything.
pub fn wanted(notify: &Notify) -> bool {
    !notify.email.is_empty() && notify.when.value != NotifyWhen::Off
}

/// Begins to remember what is told: of what was done before that no letter tells.
///
/// # Errors
/// [`EngineError`].
pub async fn begin(engine: &Engine, tenant: &TenantId) -> Result<(), EngineError> {
    if mark(engine, tenant).await?.is_none() {
        let before = engine.now() - Duration::seconds(1);
        let mark = Mark {
            through: before,
            day: before,
            stop: String::new(),
            stop_at: before,
        };
        keep(engine, tenant, &mark).await?;
    }
    Ok(())
}

async fn mark(engine: &Engine, tenant: &TenantId) -> Result<Option<Mark>, EngineError> {
    let kept = engine.store().note(&note(tenant)).await?;
    Ok(kept.and_then(|t| serde_json::from_str(&t).ok()))
}

async fn keep(engine: &Engine, tenant: &TenantId, mark: &Mark) -> Result<(), EngineError> {
    let text = serde_json::to_string(mark).unwrap_or_default();
    Ok(engine.store().keep_note(&note(tenant), &text).await?)
}

/// Remembers that a letter went.
///
/// # Errors
/// [`EngineError`].
pub async fn sent(engine: &Engine, tenant: &TenantId, due: &DueLetter) -> Result<(), EngineError> {
    keep(engine, tenant, &due.mark).await
}

/// The letter that is to be sent now, if any.
///
/// # Errors
/// [`EngineError`].
pub async fn due(
    engine: &Engine,
    tenant: &TenantId,
    notify: &Notify,
    trouble: Option<&str>,
) -> Result<Option<DueLetter>, EngineError> {
    let Some(mark) = mark(engine, tenant).await?.filter(|_| wanted(notify)) else {
        return Ok(None);
    };
    let asked = LetterAsk {
        engine,
        tenant,
        notify,
        trouble,
    };
    if notify.when.value == NotifyWhen::Daily {
        asked.of_the_day(mark).await
    } else {
        asked.of_issues(mark).await
    }
}

struct LetterAsk<'a> {
    engine: &'a Engine,
    tenant: &'a TenantId,
    notify: &'a Notify,
    trouble: Option<&'a str>,
}

impl LetterAsk<'_> {
    async fn of_the_day(&self, mut mark: Mark) -> Result<Option<DueLetter>, EngineError> {
        let now = self.engine.now();
        if mark.day >= last_slot(self.notify, now) {
            return Ok(None);
        }
        let runs = self.untold(&mark, MOST_RUNS).await?;
        let mut quiet = self.trouble.is_none();
        for run in &runs {
            quiet &= !eventful(run) && !self.unreadable(run).await?;
        }
        mark.day = now;
        if let Some(ended) = runs.iter().filter_map(|r| r.ended).max() {
            mark.through = ended;
        }
        if quiet && self.notify.quiet_days == QuietDays::Skip {
            keep(self.engine, self.tenant, &mark).await?;
            return Ok(None);
        }
        self.letter(&runs, mark).await.map(Some)
    }

    async fn of_issues(&self, mut mark: Mark) -> Result<Option<DueLetter>, EngineError> {
        let newest = self.untold(&mark, 1).await?;
        if newest.is_empty() && self.trouble.is_none() {
            return Ok(None);
        }
        let before = mark.clone();
        let most = if newest.is_empty() { 0 } else { MOST_RUNS };
        let runs = self.untold(&mark, most).await?;
        if let Some(ended) = runs.iter().filter_map(|r| r.ended).max() {
            mark.through = ended;
        }
        let mut with_issue = Vec::new();
        let mut about_documents = false;
        for run in runs {
            let documents = issue(&run) || self.unreadable(&run).await?;
            about_documents |= documents;
            if documents || run.failed().is_some() {
                with_issue.push(run);
            }
        }
        let stops = with_issue.iter().find_map(|r| r.failed());
        let stop = self.trouble.or(stops).map(without_numbers);
        let now = self.engine.now();
        let again = stop.as_ref() == Some(&mark.stop) && now - mark.stop_at < Duration::days(1);
        if !about_documents && (stop.is_none() || again) {
            if mark != before {
                keep(self.engine, self.tenant, &mark).await?;
            }
            return Ok(None);
        }
        if let Some(stop) = stop {
            mark.stop = stop;
            mark.stop_at = now;
        }
        self.letter(&with_issue, mark).await.map(Some)
    }

    /// The runs that no letter has told, newest first.
    async fn untold(&self, mark: &Mark, most: usize) -> Result<Vec<RunRow>, EngineError> {
        let mut runs = self.engine.store().runs(self.tenant, most).await?;
        runs.retain(|r| r.ended.is_some_and(|e| e > mark.through));
        Ok(runs)
    }

    async fn unreadable(&self, run: &RunRow) -> Result<bool, EngineError> {
        let lines = self.engine.store().run_lines(self.tenant, &run.id).await?;
        // What a person should know of, and that is counted nowhere.
        Ok(lines.iter().any(|l| l.action == Became::Unreadable))
    }

    async fn letter(&self, runs: &[RunRow], mark: Mark) -> Result<DueLetter, EngineError> {
        let (store, tenant) = (self.engine.store(), self.tenant);
        let stuck = [DocState::Held, DocState::Refused];
        let stuck = store.all_documents(tenant, &stuck).await?;
        let checked = [DocState::Checked];
        let checked = store.all_documents(tenant, &checked).await?;
        let waiting = store.payments_to_release(tenant).await?;
        let letter = compose(&LetterFacts {
            tenant: tenant.as_str(),
            runs,
            trouble: self.trouble,
            causes: &causes(tenant, &stuck),
            checked: checked.len(),
            payments: waiting.iter().map(|g| g.count + g.refunds).sum(),
            held: store.waiting(tenant).await?,
            doubtful: store.doubtful(tenant).await?.len(),
        });
        let days = (mark.day.date_naive(), mark.stop_at.date_naive());
        let about = format!("{tenant} {} {days:?}", mark.through);
        Ok(DueLetter {
            letter,
            name: Fingerprint::of(about.as_bytes()).to_string(),
            mark,
        })
    }
}

/// Whether something was skipped, held, refused, left in doubt, or could not be decided.
fn issue(run: &RunRow) -> bool {
    let issues = [
        Became::Skipped,
        Became::Held,
        Became::Refused,
        Became::InDoubt,
        Became::Fault,
    ];
    issues.iter().any(|b| run.counts.all(*b) > 0)
}

/// Whether anything happened at all.
fn eventful(run: &RunRow) -> bool {
    let done = |(_, became, n): (Kind, Became, u64)| n > 0 && became != Became::Unchanged;
    run.failed().is_some() || run.counts.iter().any(done)
}

/// Times and amounts differ from run to run when the reason is the same.
fn without_numbers(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The last time at which a day's letter was due.
fn last_slot(notify: &Notify, now: DateTime<Utc>) -> DateTime<Utc> {
    let local = now.with_timezone(&notify.zone);
    let today = at_local(notify, local.date_naive().and_time(notify.at));
    if today <= now {
        return today;
    }
    let yesterday = local.date_naive() - Days::new(1);
    at_local(notify, yesterday.and_time(notify.at))
}

/// A time of day that comes twice is the first of the two; one that the clocks leave out is an hour later.
fn at_local(notify: &Notify, time: NaiveDateTime) -> DateTime<Utc> {
    let of = |t: NaiveDateTime| notify.zone.from_local_datetime(&t).earliest();
    let found = of(time).or_else(|| of(time + Duration::hours(1)));
    found.map_or_else(|| time.and_utc(), |t| t.to_utc())
}
