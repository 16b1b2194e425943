//! A run that another process does for us: `crossfoot run` has the workspace, and a verb asks it.
//!
//! Flows in: what is asked of a run. Flows out: the run as it is kept, from whichever process did it. The wish lies in the
//! store for as long as its asker waits, and no longer: who gave up finds nothing done behind their back. Where the
//! worker ends before it answers, the asker learns that nobody works here now, and can do it itself. Bounded by one small
//! question every `TAKE_MS` on the one side and every `ASK_MS` on the other.

use super::engine::{Engine, EngineError, SyncAsk};
use super::event::{Event, Tell};
use super::left::left;
use super::not_done::{Grade, NotDone};
use super::workspace::Loaded;
use crate::clock::{Clock as _, RealClock};
use crate::model::TenantId;
use crate::pipeline::ending::Ending;
use crate::pipeline::ports::Runs as _;
use crate::pipeline::tenant::Done;
use crate::store::{Wish, Wished};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How often the worker looks for wishes, in milliseconds.
const TAKE_MS: u64 = 300;
/// How often an asker looks for its answer, in milliseconds.
const ASK_MS: u64 = 150;
/// Every how many looks an asker sees whether anybody works here at all.
const LOOKS: u32 = 10;
/// For how long a wish counts after its asker was seen last, in seconds of this machine: whether somebody sits there and
/// waits has nothing to do with the time of the business.
const WAITS_S: i64 = 30;

/// What came of a wish, as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum WishAnswer {
    /// A run, kept under this id.
    Ran {
        run: String,
        wake: Option<DateTime<Utc>>,
        /// Why the file of what became of the documents was not written.
        #[serde(default)]
        not_written: Option<String>,
        /// The run of its backward half, where one went with it.
        #[serde(default)]
        back: Option<String>,
    },
    /// None, or one that stopped.
    Not(WishFault),
}

/// Why there was no run: a [`NotDone`] whose mistakes in files the asker has seen by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct WishFault {
    grade: Grade,
    place: String,
    what: String,
    fix: String,
}

impl From<NotDone> for WishFault {
    fn from(e: NotDone) -> Self {
        Self {
            grade: e.grade,
            place: e.place,
            what: e.what,
            fix: e.fix,
        }
    }
}

impl From<WishFault> for NotDone {
    fn from(e: WishFault) -> Self {
        NotDone::new(e.grade, e.what, e.fix).at(e.place)
    }
}

/// Has a run done by the process that works on the workspace, and says so once that has it. `None` where that process is gone: whoever asks may do it now.
///
/// # Errors
/// Why there was no run, or the store cannot be used.
pub async fn ask(
    engine: &Engine,
    tenant: &TenantId,
    ask: &SyncAsk,
    taken: &(dyn Fn() + Sync),
) -> Result<Option<Done>, NotDone> {
    let store = engine.store();
    let until = || RealClock.now() + Duration::seconds(WAITS_S);
    let id = engine.new_id();
    store.wish(&id, tenant, ask, until()).await?;
    let mut told = false;
    for look in 1_u32.. {
        tokio::select! {
            biased;
            () = engine.ending.asked() => {
                store.withdraw(&id).await?;
                return Err(gone(tenant, told));
            }
            () = tokio::time::sleep(std::time::Duration::from_millis(ASK_MS)) => {}
        }
        match store.wished::<WishAnswer>(&id, until()).await? {
            Some(Wished::Done(answer)) => {
                if !told {
                    taken();
                }
                store.withdraw(&id).await?;
                return answered(engine, tenant, answer).await.map(Some);
            }
            Some(Wished::Taken) if !told => {
                told = true;
                taken();
            }
            Some(Wished::Taken | Wished::Waits) => {}
            // The worker saw nobody wait, as after a long sleep of this machine.
            None => store.wish(&id, tenant, ask, until()).await?,
        }
        if look % LOOKS == 0 && !store.is_worked_on()? {
            store.withdraw(&id).await?;
            return Ok(None);
        }
    }
    Ok(None)
}

/// Why an asker that was asked to end has no answer.
fn gone(tenant: &TenantId, taken: bool) -> NotDone {
    let what = match taken {
        true => {
            "it was asked to end before it was answered; the process at work here goes on with it"
        }
        false => "it was asked to end before it was answered, and the wish is taken back",
    };
    let fix = format!("`crossfoot history {tenant}` shows what was done");
    NotDone::attention(what, fix).at(tenant.to_string())
}

async fn answered(engine: &Engine, tenant: &TenantId, answer: WishAnswer) -> Result<Done, NotDone> {
    let (run, wake, not_written, back) = match answer {
        WishAnswer::Ran {
            run,
            wake,
            not_written,
            back,
        } => (run, wake, not_written, back),
        WishAnswer::Not(why) => return Err(why.into()),
    };
    let back = match back {
        Some(run) => Some(Box::new(kept(engine, &tenant.back(), &run).await?)),
        None => None,
    };
    let done = kept(engine, tenant, &run).await?;
    Ok(Done {
        wake,
        back,
        not_written,
        ..done
    })
}

/// A run as it is kept.
async fn kept(engine: &Engine, tenant: &TenantId, run: &str) -> Result<Done, NotDone> {
    let store = engine.store();
    let lines = store.run_lines(tenant, run).await?;
    let Some(run) = store.run(tenant, run).await? else {
        let fix = format!("see `crossfoot history {tenant}`");
        return Err(NotDone::wrong("the run is no longer in the history", fix));
    };
    Ok(Done {
        run,
        lines,
        ..Done::default()
    })
}

/// Does what other verbs ask for, until the process ends. Each wish is a task of its own, so that one tenant's long run
/// bars no other tenant's wish.
pub async fn serve(
    engine: Arc<Engine>,
    ending: Ending,
    tell: Arc<dyn Fn(Event<'_>) + Send + Sync>,
) {
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = ending.asked() => break,
            () = tokio::time::sleep(std::time::Duration::from_millis(TAKE_MS)) => {}
        }
        while tasks.try_join_next().is_some() {}
        // A store that cannot be read is told by the worker's rounds.
        while let Ok(Some(wish)) = engine.store().take_wish(RealClock.now()).await {
            let (engine, tell) = (Arc::clone(&engine), Arc::clone(&tell));
            tasks.spawn(async move { grant(&engine, wish, tell.as_ref()).await });
        }
    }
    // What is under way is brought to where nothing is half done, and answered.
    while tasks.join_next().await.is_some() {}
}

async fn grant(engine: &Engine, wish: Wish<SyncAsk>, tell: Tell<'_>) {
    let answer = match run(engine, &wish).await {
        Ok((tenant, done)) => {
            tell(Event::Ran(&tenant, &done));
            WishAnswer::Ran {
                run: done.run.id,
                wake: done.wake,
                not_written: done.not_written,
                back: done.back.map(|b| b.run.id),
            }
        }
        Err(e) => WishAnswer::Not(not_done(engine, &wish.tenant, e).await.into()),
    };
    if let Err(e) = engine.store().answer_wish(&wish.id, &answer).await {
        tell(Event::Store(&e));
    }
}

async fn not_done(engine: &Engine, tenant: &str, e: EngineError) -> NotDone {
    match engine.workspace().tenant(tenant) {
        Ok(tenant) if e.is_ended() => left(engine, &tenant).await,
        _ => e.into(),
    }
}

async fn run(engine: &Engine, wish: &Wish<SyncAsk>) -> Result<(TenantId, Done), EngineError> {
    let workspace = engine.workspace();
    let tenant = workspace.tenant(&wish.tenant)?;
    let loaded: Loaded = workspace.load(&tenant)?;
    let done = engine.sync(&loaded, &wish.ask, &|_| {}).await?;
    Ok((tenant, done))
}
