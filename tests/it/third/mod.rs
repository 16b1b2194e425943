//! The proof that the house is right: a third ledger, whose habits are not Xero's, and no file of `src` knows of it.
//!
//! Flows in: a made-up vendor ([`ledger`], its manual at the head), its connector over the doors of the library
//! ([`connector`]). Flows out: the contract suite, the flow's stories ([`stories`], [`edits`], [`doubt`]) and the storm ([`storm`])
//! with it in the place of a ledger. What is different here, each from a fact and not from a name:
//!
//! | Fact | Here |
//! | --- | --- |
//! | who numbers | the ledger; ours is ignored, only the mark finds a paper again |
//! | a contact's number | none: the mark finds it |
//! | tax | once for each rate, on the summed net |
//! | a line | names an item, and the item the account |
//! | a change | names the version it is based on |
//! | a key | lives for a time that nobody states |
//! | a status | there are no words for it |
//! | money paid back | one paper, paid by being made |
//! | a payment | names its party |
//! | the mark | a field of 21 characters, in which no stamp has room |

mod bench;
mod connector;
mod doubt;
mod edits;
mod encode;
mod facts;
mod ledger;
mod papers;
mod read;
mod stories;
mod storm;
mod things;

use crate::contract;
use crate::support::World;
use async_trait::async_trait;
use connector::Quillbook;
use crossfoot::connectors::{Registry, Session, System, Write};
use crossfoot::model::Draft;
use std::path::{Path, PathBuf};

/// Quillbook's books in a world of their own.
struct OwnBooks {
    quillbook: Quillbook,
    world: World,
}

#[async_trait(?Send)]
impl contract::Ledger for OwnBooks {
    fn system(&self) -> &dyn System {
        &self.quillbook
    }

    fn session(&self) -> Session {
        self.world
            .session("books", crate::support::settings(connector::WORD, &[]))
    }

    async fn bank(&self) -> String {
        "acc-bank".into()
    }

    fn fit(&self, write: &mut Write) {
        write.contact_number.clear();
        if let Draft::Invoice(draft) = &mut write.draft {
            draft.status.clear();
            for line in &mut draft.lines {
                line.account.clear();
                "HIRE".clone_into(&mut line.item);
                "item-1".clone_into(&mut line.item_id);
                "S15".clone_into(&mut line.tax);
            }
        }
    }

    async fn other_type(&self, number: &str) -> bool {
        // A person's credit note may have any number.
        let mut books = self.quillbook.books();
        books.at(self.world.clock_now());
        books.person_note(number);
        true
    }
}

#[tokio::test]
async fn a_third_ledger_keeps_the_contract() {
    let of = OwnBooks {
        quillbook: Quillbook::new(),
        world: World::new(),
    };
    contract::ledger(&of).await;
}

#[test]
fn a_third_ledger_is_put_beside_the_others() {
    let registry = Registry::standard().with(std::sync::Arc::new(Quillbook::new()));
    assert_eq!(
        registry.words(),
        [
            "files",
            "invoiceasap",
            "keap",
            "kickserv",
            "klipboard",
            "qbo",
            "quillbook",
            "servicem8",
            "xero"
        ]
    );
    assert!(registry.target("quillbook").is_some());
    assert!(
        registry.source("quillbook").is_none(),
        "no documents come from it"
    );
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, out),
            false => out.push(path),
        }
    }
}

#[test]
fn no_file_of_the_library_knows_the_third_ledger() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["src", "mappings", "migrations"] {
        files(&root.join(folder), &mut all);
    }
    assert!(all.len() > 300, "{}", all.len());
    for path in all {
        let text = std::fs::read_to_string(&path)
            .unwrap_or_default()
            .to_lowercase();
        assert!(
            !text.contains(connector::WORD),
            "{} names it",
            path.display()
        );
    }
}
