//! The command line: one file a verb.
//!
//! Flows in: arguments, the environment, a workspace folder. Flows out: text for people on stdout, or with
//! `--json` one JSON value; errors on stderr; an [`Exit`]. Refuses to print what could move a terminal:
//! every text passes [`text::safe`], and is broken to fit the place where it is read (`screen`, `table`). Nothing is decided here, and nothing is read from store, systems or flow: a verb
//! asks the service, most of them its desk, gets a value, and shows it. What is printed with `--json` is that value.
//!
//! The environment: `CROSSFOOT_LOG` (what is logged to stderr; `warn`), `CROSSFOOT_KEY_FILE` or
//! `CROSSFOOT_KEY` (the key of stored secrets), `CROSSFOOT_<SYSTEM>_KEY` and `CROSSFOOT_<SYSTEM>_CLIENT_SECRET`
//! (for `connect`), `CROSSFOOT_STATE` (where each workspace leaves word of how far it has come), `CROSSFOOT_SMTP` and `CROSSFOOT_MAIL_FROM` (e-mail), `CROSSFOOT_SANDBOX_CLOCK` (rehearsals).

mod approve;
mod asked;
mod at_once;
mod audit;
mod backup;
mod callback;
mod completions;
mod config;
mod connect;
mod connector;
pub mod demo;
mod errors;
mod exit;
mod explain;
mod global;
mod history;
mod hook;
mod init;
mod invocation;
mod lint;
mod new;
mod out;
mod plan;
mod plan_first;
mod plan_sums;
mod processing;
mod progress;
mod ran;
mod resend;
mod restore;
mod rules;
mod run;
mod sandbox;
mod schema;
mod screen;
mod serve;
mod settle;
mod signals;
mod status;
mod sync;
mod table;
mod test;
pub mod text;
mod unlink;
mod waiting;
mod words;
mod world;

pub use asked::asked;
pub use exit::Exit;
pub use global::{Color, Global};
pub use invocation::Invocation;
pub use out::Printer;
pub use progress::Bar;
pub use table::TextTable;

use crate::service::NotDone;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Keeps a business's sales system and its ledger in agreement.
#[derive(Debug, Parser)]
#[command(name = "crossfoot", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 fine; 1 something was held, refused or disagrees; \
2 the call or the configuration is wrong; 3 a system could not be reached."
)]
pub struct Cli {
    /// What applies to every verb.
    #[command(flatten)]
    pub global: Global,
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Start the fake vendors and the sample tenants, run their first sync, and compare both books
    Demo(demo::DemoArgs),
    /// Make a workspace folder
    Init(init::InitArgs),
    /// Make a tenant's file, by questions or flags
    New(new::NewArgs),
    /// Tell every mistake in YAML, rules and connections, with its place and cure
    Lint(lint::LintArgs),
    /// Run the specs and examples of rules
    Test(test::TestArgs),
    /// Show what a sync would do; writes nothing
    Plan(plan::PlanArgs),
    /// Read, decide and post
    Sync(sync::SyncArgs),
    /// Run every tenant whose processing is on at its times, until ctrl-c
    Run(run::RunArgs),
    /// Run, and take in what is sent: documents in JSON, and vendors' hooks
    Serve(serve::ServeArgs),
    /// Make the address to which documents of a tenant are sent
    Hook(hook::HookAddressArgs),
    /// Say of one number what became of it, what set each field, and what to do
    Explain(explain::ExplainArgs),
    /// Show the last runs, or what one run did
    History(history::HistoryArgs),
    /// Show what waits for a person, grouped by its cause
    Errors(errors::ErrorsArgs),
    /// Show what is connected, configured, done and next
    Status(status::StatusArgs),
    /// Switch a tenant's processing on or off
    Processing(processing::ProcessingArgs),
    /// Let checked documents go
    Approve(approve::ApproveArgs),
    /// Send approved documents back
    Unapprove(approve::UnapproveArgs),
    /// Decide again on held and refused documents
    Retry(approve::RetryArgs),
    /// Show posted documents that the file or a rule would make otherwise now, and send them
    Resend(resend::ResendArgs),
    /// Say that something was entered in the ledger by hand: it is the same one
    Settle(settle::SettleArgs),
    /// Take back that something was settled by hand
    Unsettle(settle::UnsettleArgs),
    /// Send a document or a payment although another is there: it is another one
    Send(settle::SendArgs),
    /// Leave a document out for good
    Skip(settle::SkipArgs),
    /// Say that the link to what the ledger had of a document, or of its contact, is void
    Unlink(unlink::UnlinkArgs),
    /// Let go all that waits for the first review or the guard
    Release(approve::ReleaseArgs),
    /// Connect a tenant to a system: a sign-in, or a key
    Connect(connect::ConnectArgs),
    /// List, lint and try systems, those described in YAML too
    Connector(connector::ConnectorArgs),
    /// Show the effective file, with where each value came from
    Config(config::ConfigArgs),
    /// Write the JSON Schema for editors
    Schema(schema::SchemaArgs),
    /// List, show or copy the shipped rules
    Rules(rules::RulesArgs),
    /// Serve the fake vendors on one port
    Sandbox(sandbox::SandboxArgs),
    /// Write all that the database knows to one file, while it is worked on
    Backup(backup::BackupArgs),
    /// Put a backup back, or say that the work goes on in this copy
    Restore(restore::RestoreArgs),
    /// Check the audit log's chain
    Audit(audit::AuditArgs),
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
}

/// Makes a panic say that it is a fault of the program, and what to do.
pub fn panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(String::new, |l| format!(" ({}:{})", l.file(), l.line()));
        eprintln!(
            "error: this is a fault in Crossfoot, not in your files{place}\n   = fix: run it again: what was sent is \
             journaled, and nothing is posted twice. If it comes again, report it with this line; it holds no data of yours."
        );
        tracing::debug!("{info}");
    }));
}

/// Sends the log to stderr, as much of it as `CROSSFOOT_LOG` asks for.
pub fn log() {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::prelude::*;
    let wanted = std::env::var("CROSSFOOT_LOG").ok();
    let wanted = wanted.and_then(|text| text.parse::<Targets>().ok());
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_filter(wanted);
    // In a test another one may be there already.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// Runs a verb to its end and answers the process's exit code.
pub fn main(cli: Cli) -> ExitCode {
    let out = Printer::new(cli.global.json, cli.global.color).of(&cli.global.workspace);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(4 * 1024 * 1024)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(e) => {
            let failure = NotDone::wrong(format!("the program cannot start: {e}"), "");
            return out.failed(&failure).into();
        }
    };
    let context = Invocation::new(cli.global, out);
    // On a thread of the pool, so that deep work has the stack that was asked for.
    let verb = runtime.block_on(async {
        let out = context.out.clone();
        match tokio::spawn(async move { run(context, cli.verb).await }).await {
            Ok(Ok(exit)) => exit,
            Ok(Err(failure)) => out.failed(&failure),
            // The hook has told it.
            Err(_) => Exit::Fault,
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    verb.into()
}

async fn run(cx: Invocation, verb: Verb) -> Result<Exit, NotDone> {
    match verb {
        Verb::Demo(args) => demo::run(&cx, &args).await,
        Verb::Init(args) => init::run(&cx, &args),
        Verb::New(args) => new::run(&cx, args),
        Verb::Lint(args) => lint::run(&cx, &args).await,
        Verb::Test(args) => test::run(&cx, &args).await,
        Verb::Plan(args) => plan::run(&cx, &args).await,
        Verb::Sync(args) => sync::run(&cx, &args).await,
        Verb::Run(args) => run::run(&cx, &args).await,
        Verb::Serve(args) => serve::run(&cx, &args).await,
        Verb::Hook(args) => hook::run(&cx, &args).await,
        Verb::Explain(args) => explain::run(&cx, &args).await,
        Verb::History(args) => history::run(&cx, &args).await,
        Verb::Errors(args) => errors::run(&cx, &args).await,
        Verb::Status(args) => status::run(&cx, &args).await,
        Verb::Processing(args) => processing::run(&cx, &args).await,
        Verb::Approve(args) => approve::approve(&cx, &args).await,
        Verb::Unapprove(args) => approve::unapprove(&cx, &args).await,
        Verb::Retry(args) => approve::retry(&cx, &args).await,
        Verb::Resend(args) => resend::run(&cx, &args).await,
        Verb::Settle(args) => settle::settle(&cx, &args).await,
        Verb::Unsettle(args) => settle::unsettle(&cx, &args).await,
        Verb::Send(args) => settle::send(&cx, &args).await,
        Verb::Skip(args) => settle::skip(&cx, &args).await,
        Verb::Unlink(args) => unlink::run(&cx, &args).await,
        Verb::Release(args) => approve::release(&cx, &args).await,
        Verb::Connect(args) => connect::run(&cx, &args).await,
        Verb::Connector(args) => connector::run(&cx, &args).await,
        Verb::Config(args) => config::run(&cx, &args),
        Verb::Schema(args) => schema::run(&cx, &args).await,
        Verb::Rules(args) => rules::run(&cx, &args),
        Verb::Sandbox(args) => sandbox::run(&cx, &args).await,
        Verb::Backup(args) => backup::run(&cx, &args).await,
        Verb::Restore(args) => restore::run(&cx, &args).await,
        Verb::Audit(args) => audit::run(&cx, &args).await,
        Verb::Completions(args) => completions::run(&cx, &args, &mut asked::command::<Cli>()),
    }
}
