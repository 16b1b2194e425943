//! `crossfoot status [TENANT]`: what is connected, configured, done, in doubt and next.
//!
//! With `--json`: `{"tenants": [{"tenant", "configured", "source" | "ledger": {"system", "connection", "connected"},
//! "action_required": [TEXT, ..], "processing", "reviewed", "last_run", "next_run", "parked_until", "trigger",
//! "counts": {STATE: N}, "in_doubt": [{"kind", "document", "state", "since", "not_before"}], "mail": {"since", "why"} | null}]}`,
//! where `"mail"` says since when and why e-mail about the tenant does not go.

use super::history::when;
use super::text::{Line, count};
use super::{Context, Exit, Failure, out};
use crate::connectors::auth::{TokenStore as _, Who};
use crate::mapping::{End, Trigger};
use crate::model::{DocState, Severity, TenantId};
use crate::pipeline::ports::{Documents as _, Journal as _, Runs as _};
use crate::service::{
    Engine, Loaded, ORGANISATION, Systems, TimesSince, WorkspaceError, broken_note, mail_note,
    next_run, since,
};
use crate::store::{OpenAs, Store};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Whose.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The tenant; all of them without one
    pub tenant: Option<String>,
}

#[derive(Serialize)]
struct EndState {
    system: String,
    connection: String,
    connected: bool,
}

#[derive(Serialize)]
struct InDoubt {
    kind: String,
    document: String,
    state: String,
    since: Option<DateTime<Utc>>,
    not_before: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct State {
    tenant: TenantId,
    configured: bool,
    source: Option<EndState>,
    ledger: Option<EndState>,
    action_required: Vec<String>,
    processing: bool,
    reviewed: bool,
    trigger: Option<String>,
    last_run: Option<DateTime<Utc>>,
    next_run: Option<DateTime<Utc>>,
    parked_until: Option<DateTime<Utc>>,
    counts: BTreeMap<&'static str, u64>,
    in_doubt: Vec<InDoubt>,
    mail: Option<Mail>,
}

#[derive(Serialize)]
struct Mail {
    since: Option<DateTime<Utc>>,
    why: String,
}

/// Shows it.
///
/// # Errors
/// There is no such tenant, or the store cannot be read.
pub async fn run(cx: &Context, args: &Args) -> Result<Exit, Failure> {
    let names: Vec<String> = args.tenant.iter().cloned().collect();
    let tenants = cx.tenants(&names)?;
    let engine = cx.engine(OpenAs::Reader).await?;
    let mut all = Vec::new();
    for tenant in tenants {
        all.push(state(&engine, tenant).await?);
    }
    if all.is_empty() {
        cx.out
            .line("no tenants yet: make one with `crossfoot new NAME --preset keap-xero`");
    }
    for (n, state) in all.iter().enumerate() {
        if n > 0 {
            cx.out.gap();
        }
        show(cx, state, engine.now());
    }
    cx.out.json(&json!({"tenants": all}))?;
    Ok(Exit::Fine)
}

async fn state(engine: &Engine, tenant: TenantId) -> Result<State, Failure> {
    let store = engine.store();
    let kept = store.tenant(&tenant).await?;
    let counts = store.counts(&tenant).await?;
    let doubtful = store.doubtful(&tenant).await?;
    let mut state = State {
        configured: false,
        source: None,
        ledger: None,
        action_required: Vec::new(),
        processing: kept.processing,
        reviewed: kept.reviewed,
        trigger: None,
        last_run: kept.last_run,
        next_run: None,
        parked_until: kept.parked_until.filter(|t| *t > engine.now()),
        counts: counts.into_iter().map(|(s, n)| (s.as_str(), n)).collect(),
        in_doubt: doubtful
            .into_iter()
            .map(|w| InDoubt {
                kind: w.kind.to_string(),
                document: w.document.0,
                state: w.state.to_string(),
                since: w.first_sent,
                not_before: w.not_before,
            })
            .collect(),
        mail: mail(store, &tenant).await?,
        tenant,
    };
    match engine.workspace().load(&state.tenant) {
        Ok(loaded) => {
            let since = since(store, &state.tenant).await?;
            configured(engine, &mut state, &loaded, since).await;
        }
        Err(WorkspaceError::Mistakes(told)) => {
            let n = told.iter().filter(|d| d.severity == Severity::Error);
            let (n, t) = (
                count(n.count() as u64, "mistake", "mistakes"),
                &state.tenant,
            );
            let mut what = format!("correct the configuration: `crossfoot lint {t}` tells {n}");
            if let Some(since) = time(&store.note(&broken_note(t)).await?.unwrap_or_default()) {
                let since = when(since);
                what.push_str(&format!(
                    "; since {since} `crossfoot run` goes on with the version before, as long as it is not ended"
                ));
            }
            state.action_required.push(what);
        }
        Err(other) => state.action_required.push(other.to_string()),
    }
    Ok(state)
}

async fn configured(
    engine: &Engine,
    state: &mut State,
    loaded: &Loaded,
    since: Option<TimesSince>,
) {
    state.configured = true;
    let mapping = &loaded.mapping;
    let (from, to) = (&mapping.from.value, &mapping.to.value);
    let source = missing(engine, &state.tenant, from).await;
    let ledger = missing(engine, &state.tenant, to).await;
    state.source = Some(end(from, source.is_none()));
    state.ledger = Some(end(to, ledger.is_none()));
    state
        .action_required
        .extend([source, ledger].into_iter().flatten());
    let trigger = &mapping.sync.trigger.value;
    state.trigger = Some(words(trigger));
    if state.processing {
        let next = next_run(trigger, since.unwrap_or(TimesSince::On(engine.now())));
        state.next_run = next.max(next.and(state.parked_until));
    }
}

/// Since when and why letters do not go.
async fn mail(store: &Store, tenant: &TenantId) -> Result<Option<Mail>, Failure> {
    let note = store.note(&mail_note(tenant)).await?.unwrap_or_default();
    Ok(note.split_once(' ').map(|(since, why)| Mail {
        since: time(since),
        why: why.to_owned(),
    }))
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc())
}

fn end(end: &End, connected: bool) -> EndState {
    EndState {
        system: end.system.to_string(),
        connection: end.connection.to_string(),
        connected,
    }
}

/// A trigger in words.
pub fn words(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Manual => "only when told to".to_owned(),
        Trigger::Every(s) if s % 3600 == 0 => format!("every {} h", s / 3600),
        Trigger::Every(s) if s % 60 == 0 => format!("every {} min", s / 60),
        Trigger::Every(s) => format!("every {s} s"),
        Trigger::Cron { expression, zone } => format!("at {expression} ({zone})"),
    }
}

/// What is to be done before a connection can be used, if anything.
pub async fn missing(engine: &Engine, tenant: &TenantId, end: &End) -> Option<String> {
    let (system, name) = (end.system.as_ref(), &end.connection);
    let connect = format!("`crossfoot connect {tenant} {system}`");
    let settings = match engine.settings(name) {
        Ok(settings) => settings,
        Err(e) => return Some(e.to_string()),
    };
    if !Systems::needs_secret(system) {
        let folder = settings.values.get("folder")?;
        let there = std::path::Path::new(folder).is_dir();
        return (!there).then(|| format!("make the folder {folder}, from which {name} is read"));
    }
    let who = Who {
        tenant: tenant.clone(),
        connection: name.clone(),
    };
    match engine.tokens().load(&who).await {
        Err(why) => Some(format!(
            "{name} cannot be read: {why}; {connect} makes it anew"
        )),
        Ok(None) => Some(format!("{connect} makes the connection {name}")),
        Ok(Some(row)) => match row.reconnect {
            Some(why) => Some(format!("{connect} again: {why}")),
            None if Systems::has_choices(system) && settings.get(ORGANISATION, "").is_empty() => {
                Some(format!("{connect} and choose the organisation"))
            }
            None => None,
        },
    }
}

fn show(cx: &Context, state: &State, now: DateTime<Utc>) {
    let head = Line::new().bold(state.tenant.as_str());
    let processing = if state.processing { "on" } else { "off" };
    cx.out
        .line(head.plain(format!("  processing {processing}")));
    for what in &state.action_required {
        cx.out.line(
            Line::new()
                .plain("  ")
                .styled(out::RED, "ACTION REQUIRED")
                .plain(format!(": {what}")),
        );
    }
    if let (Some(s), Some(l)) = (&state.source, &state.ledger) {
        let shown = |e: &EndState| {
            let word = if e.connected {
                "connected"
            } else {
                "not connected"
            };
            format!("{} {} ({word})", e.system, e.connection)
        };
        cx.out.line(format!("  {} -> {}", shown(s), shown(l)));
    }
    let counts: Vec<String> = state
        .counts
        .iter()
        .map(|(s, n)| format!("{n} {s}"))
        .collect();
    if !counts.is_empty() {
        cx.out.line(format!("  documents: {}", counts.join(", ")));
    }
    if state.counts.contains_key(DocState::Checked.as_str()) {
        let t = &state.tenant;
        let what = if state.reviewed {
            format!("crossfoot approve {t} --all")
        } else {
            format!("crossfoot release {t}")
        };
        cx.out.line(format!(
            "  checked documents wait: look with `crossfoot plan {t}`, then `{what}`"
        ));
    }
    for d in &state.in_doubt {
        let since = d
            .since
            .map(|t| format!(" since {}", when(t)))
            .unwrap_or_default();
        let until = d
            .not_before
            .map(|t| format!(", looked up after {}", when(t)))
            .unwrap_or_default();
        let text = format!("  in doubt: {} of {}{since}{until}", d.kind, d.document);
        cx.out.line(Line::new().styled(out::YELLOW, text));
    }
    if let Some(mail) = &state.mail {
        let since = mail.since.map(when).unwrap_or_default();
        let text = format!(
            "  e-mail not sent since {since}, and tried again: {}",
            mail.why
        );
        cx.out.line(Line::new().styled(out::YELLOW, text));
    }
    let last = state.last_run.map_or_else(|| "never".to_owned(), when);
    cx.out.line(format!("  last run: {last}"));
    cx.out.line(format!("  next: {}", next(state, now)));
}

fn next(state: &State, now: DateTime<Utc>) -> String {
    if !state.action_required.is_empty() {
        return "what is required above".to_owned();
    }
    let t = &state.tenant;
    if !state.processing {
        return format!(
            "try one with `crossfoot sync {t} --only NUMBER`, then `crossfoot processing {t} on`"
        );
    }
    let trigger = state.trigger.as_deref().unwrap_or_default();
    match state.next_run {
        None => format!("runs {trigger}: `crossfoot sync {t}`"),
        Some(at) if at <= now => format!("due now ({trigger}), while `crossfoot run` runs"),
        Some(at) => format!("{} ({trigger}), while `crossfoot run` runs", when(at)),
    }
}
