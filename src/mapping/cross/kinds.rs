//! Kinds of documents that a tenant wants, and whether both ends of its route have them.

use super::Cross;
use crate::mapping::build::COUNTED;
use crate::mapping::config::At;
use crate::mapping::layers::TENANT;
use crate::mapping::scalars::shown;
use crate::mapping::yaml::Node;
use crate::model::{AskKind, Kind, Numbers, Op, SeriesPlace, SourceFacts, TargetFacts};

/// A word of the file that wants a kind of document.
struct WantedKind {
    /// The key that wants it.
    path: [&'static str; 2],
    /// What it is at the source.
    from: Kind,
    /// What it is in the ledger.
    to: Kind,
    /// The table of its statuses, where it has one of its own.
    status: Option<[&'static str; 2]>,
    /// The word under which none of its own goes.
    off: &'static str,
}

const ESTIMATES: [&str; 2] = ["sync", "estimates"];
const CONTACTS: [&str; 2] = ["sync", "contacts"];

impl Cross<'_> {
    /// Each kind that the file wants is one that the source tells of and that the ledger takes.
    pub(super) fn kinds(&mut self, source: Option<SourceFacts<'_>>, target: TargetFacts<'_>) {
        let quotes = self.text(&ESTIMATES) == Some("as_quote");
        let all = [
            WantedKind {
                path: ESTIMATES,
                from: Kind::Estimate,
                to: if quotes {
                    Kind::Estimate
                } else {
                    Kind::Invoice
                },
                status: quotes.then_some(["status", "estimates"]),
                off: "off",
            },
            WantedKind {
                path: ["sync", "purchase_orders"],
                from: Kind::PurchaseOrder,
                to: Kind::PurchaseOrder,
                status: Some(["status", "purchase_orders"]),
                off: "off",
            },
            WantedKind {
                path: CONTACTS,
                from: Kind::Contact,
                to: Kind::Contact,
                status: None,
                off: "with_invoice",
            },
        ];
        for wanted in all {
            let word = self.text(&wanted.path);
            let alone = wanted.path != CONTACTS || word == Some("all");
            if word.is_none() || self.is_off(&wanted.path) || !alone {
                continue;
            }
            if let Some(source) = source {
                self.told_of(&wanted, source);
            }
            self.taken(&wanted, target);
            if let Some(path) = wanted.status {
                self.words_of(wanted.to, path, target);
            }
        }
        self.wanted_status(target);
        self.numbered(target);
    }

    /// The source tells of them.
    fn told_of(&mut self, wanted: &WantedKind, source: SourceFacts<'_>) {
        if source.answers(wanted.from, AskKind::Changed) {
            return;
        }
        let [group, key] = wanted.path;
        let what = format!("{} tells of no {}s", source.title, wanted.from.name());
        let fix = format!("Set `{group}.{key}: {}`.", wanted.off);
        self.error(self.at(&wanted.path), "route.kind", what, fix);
    }

    /// The ledger takes them.
    fn taken(&mut self, wanted: &WantedKind, target: TargetFacts<'_>) {
        let as_draft = wanted.from != wanted.to;
        let draft = !as_draft || target.unbinding(wanted.to).is_some();
        if target.does(wanted.to, Op::Create) && draft {
            return;
        }
        let [group, key] = wanted.path;
        let what = match as_draft {
            true => format!("{} has no invoice that binds nobody yet", target.title),
            false => format!("{} takes no {}s", target.title, wanted.to.name()),
        };
        let fix = format!("Set `{group}.{key}: {}`.", wanted.off);
        self.error(self.at(&wanted.path), "route.kind", what, fix);
    }

    /// The words of a status table are the ledger's.
    fn words_of(&mut self, kind: Kind, path: [&str; 2], target: TargetFacts<'_>) {
        let words = target.status_words(kind);
        let Some(table) = self.root.path(&path).filter(|_| !words.is_empty()) else {
            return;
        };
        let rows: Vec<(String, At)> = (table.entries().iter())
            .filter_map(|(_, value)| Some((value.text()?.to_owned(), value.at)))
            .filter(|(text, _)| text != "hold" && !words.contains(&text.as_str()))
            .collect();
        for (text, at) in rows {
            let choices = format!("Its words are: {}.", words.join(", "));
            let near = crate::mapping::nearest(&text, words.iter().copied());
            let what = format!(
                "{} has no {} status `{}`",
                target.title,
                kind.name(),
                shown(&text)
            );
            let fix = near.map_or(choices.clone(), |n| {
                format!("Did you mean `{n}`? {choices}")
            });
            self.error(at, "status.unknown", what, fix);
        }
    }

    /// A series goes on from a number that ends in a count, in a ledger that takes our numbers.
    fn numbered(&mut self, target: TargetFacts<'_>) {
        for (key, kind) in COUNTED {
            let Some(group) = self.root.path(&["numbers", key]) else {
                continue;
            };
            let next = group.get("next").and_then(Node::text);
            let Some(next) = next.filter(|t| !t.is_empty()) else {
                if group.at.file == TENANT {
                    let fix = "Add `next: \"...\"`: `crossfoot lint TENANT --live` proposes it.";
                    let what = format!("`numbers.{key}` does not say where the numbers go on");
                    self.error(group.at, "yaml.missing", what, fix);
                }
                continue;
            };
            let at = group.get("next").map_or(group.at, |n| n.at);
            if SeriesPlace::read(next).is_none() {
                let counted = next.trim_end().ends_with(|c: char| c.is_ascii_digit());
                let (what, fix) = match counted {
                    true => (
                        "ends in more digits than can be counted on",
                        "Let 18 digits at most stand at its end, with another character before them: `\"INV-1043\"`.",
                    ),
                    false => (
                        "does not end in a count",
                        "Write the whole number, with its digits at the end: `\"INV-1043\"`.",
                    ),
                };
                let what = format!("`{}` {what}", shown(next));
                self.error(at, "yaml.number", what, fix);
            } else if target.does(kind, Op::Create) && !target.numbers_ours(kind) {
                let what = format!(
                    "`numbers.{key}` has no meaning for {}, which numbers its {}s itself",
                    target.title,
                    kind.name()
                );
                self.error(at, "route.no_meaning", what, "Remove it for this route.");
            } else if let Some(room) = numbers_room(target, kind)
                && next.trim().chars().count() > room
            {
                let what = format!(
                    "a number of this series has {} characters; {} takes {room}",
                    next.trim().chars().count(),
                    target.title
                );
                let fix = "Shorten what stands before the count.";
                self.error(at, "yaml.number", what, fix);
            }
        }
    }

    /// What an order is made as is said, and never guessed.
    fn wanted_status(&mut self, target: TargetFacts<'_>) {
        let path = ["sync", "purchase_orders"];
        let on = self.text(&path).is_some() && !self.is_off(&path);
        let words = target.status_words(Kind::PurchaseOrder);
        let table = self.root.path(&["status", "purchase_orders"]);
        let takes = target.does(Kind::PurchaseOrder, Op::Create);
        if !on || !takes || words.is_empty() || table.is_some() {
            return;
        }
        let last = words.last().copied().unwrap_or_default();
        self.error(
            self.at(&path),
            "yaml.missing",
            "`status.purchase_orders` is missing, and purchase orders are sent",
            format!("Add it, such as `status: {{ purchase_orders: {{ else: {last} }} }}`."),
        );
    }
}

/// How many characters a number of ours may have in the ledger.
fn numbers_room(target: TargetFacts<'_>, kind: Kind) -> Option<usize> {
    match target.can(kind).map(|can| &can.numbers) {
        Some(Numbers::Ours { longest, .. }) => Some(*longest),
        _ => None,
    }
}
