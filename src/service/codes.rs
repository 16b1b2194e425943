//! The page of all codes: `docs/codes.md`, made from the tables.
//!
//! Flows in: the table that knows no vendor, and those of the connectors. Flows out: Markdown.

use crate::connectors::registry;
use crate::model::codes::{CodeEntry, CodeFamily, FAMILIES};
use std::fmt::Write as _;

const HEAD: &str = "# Reasons and their codes

This page is made from the program's own tables. When a document or a payment is skipped, held or refused, or waits,
`crossfoot explain` and `crossfoot errors` say what happened, what to do in the case at hand, and a code in brackets, which
stands here with what it means, why it comes, and what to do in general. A code never changes.

| a document is | which means |
| --- | --- |
| skipped | It is not wanted. Nobody need act. |
| held | A person must act, then `crossfoot retry TENANT NUMBER`. |
| refused | It cannot go until the document, the tenant's file or a rule changes. |
| checked | It is ready and waits for a person's word. |

What was corrected in the source, in the tenant's file or in a rule is decided on again by the next sync; `retry` is the word
for what was put right elsewhere, most often in the ledger.

Mistakes in the files themselves are no reasons and are not listed: `crossfoot lint` tells each with its line and its cure.
";

/// Every family, those that know no vendor first.
pub fn families() -> Vec<CodeFamily> {
    FAMILIES.into_iter().chain(registry::codes()).collect()
}

/// The page as Markdown: `docs/codes.md`.
pub fn page() -> String {
    let mut page = String::from(HEAD);
    for family in families() {
        let _ = write!(page, "\n## {}\n", family.title);
        if !family.intro.is_empty() {
            let _ = write!(page, "\n{}\n", family.intro);
        }
        family.entries.iter().for_each(|e| entry(e, &mut page));
    }
    page
}

fn entry(e: &CodeEntry, page: &mut String) {
    let _ = write!(
        page,
        "\n### `{}`\n\n{}\n\n- Why: {}\n- Fix: {}\n",
        e.code, e.what, e.why, e.fix
    );
}
