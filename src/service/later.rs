//! What is known and not built yet: keys and words of a tenant's file, hooks of rules, words of a description.
//!
//! Flows in: the tables by which each is read. Flows out: one list. Whoever uses one of these is refused, and told so.

use crate::connectors::manifest::words::GROUPS;
use crate::mapping::later as of_files;
use crate::rules::Hook;
use serde::Serialize;

/// One thing that is known, and not built yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unbuilt {
    /// `key`, `word`, `hook` or `description`.
    pub what: &'static str,
    /// As it is written.
    pub name: String,
    /// What it will mean.
    pub meaning: String,
}

/// All of them.
pub fn later() -> Vec<Unbuilt> {
    let files = of_files().into_iter().map(|l| Unbuilt {
        what: if l.is_word { "word" } else { "key" },
        name: l.written,
        meaning: l.doc.to_owned(),
    });
    let hooks = Hook::LATER.iter().map(|(name, doc)| Unbuilt {
        what: "hook",
        name: (*name).to_owned(),
        meaning: (*doc).to_owned(),
    });
    let described = GROUPS.iter().flat_map(|(group, keys)| {
        let unbuilt = keys.iter().filter(|k| !k.built);
        unbuilt.map(move |k| Unbuilt {
            what: "description",
            name: format!("{} ({})", k.name, group.replace('`', "")),
            meaning: k.doc.to_owned(),
        })
    });
    files.chain(hooks).chain(described).collect()
}
