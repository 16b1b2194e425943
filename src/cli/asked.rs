//! What a call asks: its arguments read, and the help of each verb with examples that can be typed.
//!
//! A verb of which the documents speak, and that is not there yet, is told as that.

use super::exit::Exit;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, FromArgMatches};
use std::ffi::OsString;

/// Examples of each verb: what is typed, and what it does.
pub(super) const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    (
        "demo",
        &[
            ("demo", "look at it, with fake vendors on this machine"),
            ("demo --once", "print the report and end"),
        ],
    ),
    ("init", &[("init books", "then `cd books`")]),
    (
        "new",
        &[(
            "new acme --preset keap-xero",
            "asks for what it cannot know",
        )],
    ),
    (
        "lint",
        &[
            ("lint", "every tenant, without asking any system"),
            (
                "lint acme --live",
                "against the ledger's own accounts and tax codes too",
            ),
        ],
    ),
    (
        "test",
        &[
            ("test", "every rule of the workspace, and the shipped ones"),
            (
                "test rules/acme.rhai --coverage",
                "and what no case reached",
            ),
        ],
    ),
    (
        "plan",
        &[
            ("plan acme", "what a sync would do"),
            ("plan acme --only 1041", "one invoice, with every field"),
        ],
    ),
    (
        "sync",
        &[
            (
                "sync acme --only 1041",
                "one invoice, before processing is switched on",
            ),
            ("sync acme", "all that is new"),
        ],
    ),
    ("run", &[("run", "every tenant at its times, until ctrl-c")]),
    (
        "serve",
        &[("serve", "the same, and what is sent is taken in")],
    ),
    (
        "hook",
        &[
            ("hook acme", "the address for documents, with a new secret"),
            ("hook acme --signed xero", "the key of a vendor's own hooks"),
        ],
    ),
    (
        "connector",
        &[
            ("connector list", "the systems there are"),
            ("connector lint", "those that the workspace describes"),
            (
                "connector test acme",
                "a tenant's source against the promises of every source",
            ),
            (
                "connector test acme --write",
                "writing too: until that has passed nothing is written",
            ),
        ],
    ),
    (
        "explain",
        &[
            (
                "explain acme 1041",
                "what became of it, and what set each field",
            ),
            ("explain 1041", "the same, of whichever tenant has it"),
            (
                "explain acme 1041 --source",
                "what the source says of it, as rules see it",
            ),
        ],
    ),
    (
        "history",
        &[
            ("history acme", "the last runs"),
            ("history acme --run last", "what the last one did"),
            ("history --day today", "today, of every tenant"),
        ],
    ),
    (
        "errors",
        &[("errors", "of every tenant"), ("errors acme", "of one")],
    ),
    ("status", &[("status", "what is connected, done and next")]),
    (
        "processing",
        &[("processing acme on", "it runs at its times from now on")],
    ),
    (
        "approve",
        &[
            ("approve acme 1041 1042", "these may go"),
            ("approve acme --all", "all that waits may"),
        ],
    ),
    ("unapprove", &[("unapprove acme 1041", "it waits again")]),
    (
        "retry",
        &[
            (
                "retry acme 1042",
                "read it again from the source, and decide",
            ),
            ("retry acme --all", "everything that is held or refused"),
        ],
    ),
    (
        "resend",
        &[
            ("resend acme", "show what the file would make otherwise now"),
            ("resend acme 1041 --changed-by accounts --yes", "send it"),
        ],
    ),
    (
        "settle",
        &[(
            "settle acme 1041 --payment 88-1 --as PAY-7 --why \"entered by hand\"",
            "that entry is this payment",
        )],
    ),
    (
        "unsettle",
        &[(
            "unsettle acme 1041 --why \"it was another\"",
            "take that back",
        )],
    ),
    (
        "send",
        &[(
            "send acme 1041 --payment 88-1 --why \"two cheques of one sum\"",
            "ours goes too",
        )],
    ),
    (
        "skip",
        &[(
            "skip acme 1041 --why \"a test order\"",
            "leave it out for good",
        )],
    ),
    (
        "unlink",
        &[("unlink acme 1041", "the link to the ledger's copy is void")],
    ),
    (
        "release",
        &[
            ("release acme", "let go what waits for the first review"),
            (
                "release acme --payments --from 2026-07-01",
                "payments of posted documents",
            ),
        ],
    ),
    (
        "connect",
        &[
            ("connect acme keap", "asks for a key"),
            ("connect acme xero", "opens the sign-in"),
        ],
    ),
    (
        "config",
        &[("config acme --why", "each value with the line it came from")],
    ),
    (
        "schema",
        &[
            ("schema", "for every tenant's file"),
            ("schema --connections --print", "of connections.yaml"),
            ("schema --later", "what is known and not built yet"),
        ],
    ),
    (
        "rules",
        &[
            ("rules list", "what is shipped"),
            ("rules eject skip_zero_total", "a copy to change"),
        ],
    ),
    (
        "sandbox",
        &[("sandbox --port 4600", "the fake vendors alone")],
    ),
    (
        "backup",
        &[("backup books-monday.backup", "while it is worked on")],
    ),
    (
        "restore",
        &[
            (
                "restore books-monday.backup --why \"the disk broke\"",
                "put it back",
            ),
            (
                "restore --here --why \"the old machine is off\"",
                "the work goes on in this copy",
            ),
        ],
    ),
    (
        "audit",
        &[("audit verify", "check the chain of the whole log")],
    ),
    (
        "completions",
        &[("completions bash", "to be sourced by the shell")],
    ),
];

/// Verbs of which README speaks and that are not there yet, with what there is meanwhile.
pub(super) const LATER: &[(&str, &str)] = &[
    (
        "undo",
        "take back what a run posted in the ledger by hand; then `crossfoot unlink TENANT NUMBER`",
    ),
    (
        "reconcile",
        "`crossfoot demo` shows how both books are added up; `crossfoot errors` tells what changed in the ledger",
    ),
    (
        "diff",
        "`crossfoot plan TENANT` tells what an edit of the file would change",
    ),
    ("worker", "`crossfoot run` is the one worker"),
    (
        "key",
        "a key is made at first use; CROSSFOOT_KEY_FILE says where it is kept",
    ),
    (
        "security-report",
        "docs/running.md says what is kept and how",
    ),
];

/// The command with the examples of each verb.
pub(super) fn command<C: CommandFactory>() -> Command {
    let mut all = C::command();
    for (verb, examples) in EXAMPLES {
        let mut text = String::from("Examples:");
        for (typed, does) in *examples {
            text.push_str(&format!("\n  crossfoot {typed}\n      {does}"));
        }
        all = all.mut_subcommand(verb, |c| c.after_help(text));
    }
    all
}

/// Reads the arguments of this call; ends the process where they are wrong, or ask for help.
pub fn asked<C: CommandFactory + FromArgMatches>() -> C {
    let given: Vec<OsString> = std::env::args_os().collect();
    let matches = match command::<C>().try_get_matches_from(given) {
        Ok(matches) => matches,
        Err(e) => {
            if let Some(told) = later(&e) {
                eprintln!("{told}");
                std::process::exit(i32::from(Exit::Wrong.code()));
            }
            e.exit()
        }
    };
    C::from_arg_matches(&matches).unwrap_or_else(|e| e.exit())
}

/// What is said of a verb to come.
fn later(e: &clap::Error) -> Option<String> {
    if e.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(verb)) = e.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let (verb, meanwhile) = LATER.iter().find(|(v, _)| v == verb)?;
    Some(format!(
        "error: `{verb}` is not built yet\n   = fix: {meanwhile}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    #[test]
    fn every_verb_has_examples_that_can_be_typed() {
        let all = command::<Cli>();
        let verbs: Vec<&str> = all.get_subcommands().map(Command::get_name).collect();
        let told: Vec<&str> = EXAMPLES.iter().map(|(v, _)| *v).collect();
        for verb in &verbs {
            assert!(told.contains(verb), "{verb} has no example");
        }
        for (verb, examples) in EXAMPLES {
            assert!(verbs.contains(verb), "{verb} is no verb");
            for (typed, _) in *examples {
                let words = quoted_words(typed);
                assert_eq!(words.first().map(String::as_str), Some(*verb));
                let call = std::iter::once("crossfoot".to_owned()).chain(words);
                let read = command::<Cli>().try_get_matches_from(call);
                assert!(read.is_ok(), "{typed}: {read:?}");
            }
        }
    }

    #[test]
    fn a_verb_to_come_is_told_as_that() {
        for (verb, _) in LATER {
            let e = command::<Cli>()
                .try_get_matches_from(["crossfoot", verb])
                .unwrap_err();
            let told = later(&e).expect(verb);
            assert!(told.contains("is not built yet"), "{told}");
        }
        let e = command::<Cli>()
            .try_get_matches_from(["crossfoot", "sinc"])
            .unwrap_err();
        assert_eq!(later(&e), None);
    }

    fn quoted_words(typed: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut inside = false;
        for c in typed.chars() {
            match c {
                '"' => inside = !inside,
                ' ' if !inside => words.push(String::new()),
                c => words.last_mut().unwrap().push(c),
            }
        }
        words
    }
}
