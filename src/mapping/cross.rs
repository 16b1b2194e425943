//! What the layers and the systems' facts make of one another: missing keys, keys that have no meaning for the route, words the
//! ledger does not know, pairs that contradict each other, rows never reached.
//!
//! Flows in: the merged tree, the texts it came from, facts and connections. Flows out: diagnostics at the lines that are to be
//! changed. It reads the tree alone, so that it can speak even while other mistakes keep the mapping from being built.

mod contradictions;
mod ends;
mod kinds;
mod silent;

use super::config::At;
use super::connections::Connections;
use super::layers::TENANT;
use super::scalars::shown;
use super::words::switch;
use super::yaml::{Node, Source};
use crate::model::{Diagnostic, Facts, Kind, LinesBy, Op, SourceFacts, TargetFacts, TaxRule};

pub(super) struct Cross<'a> {
    pub root: &'a Node,
    /// The texts, in the order of their numbers.
    pub sources: &'a [Source<'a>],
    /// What the systems there are can do.
    pub facts: &'a [&'a Facts],
    pub connections: Option<&'a Connections>,
    /// Keys that were probably meant by mistyped ones, and so are not missing.
    pub meant: &'a [&'a str],
    pub told: Vec<Diagnostic>,
}

impl<'a> Cross<'a> {
    pub(super) fn check(mut self) -> Vec<Diagnostic> {
        let from = self.end("from");
        let to = self.end("to");
        let source = from.and_then(|w| self.source_of(w));
        let target = to.and_then(|w| self.target_of(w));
        self.missing(target);
        self.same_book();
        self.way_of_payments(from.map(|(word, _)| word), target);
        self.way_of_contacts(from.map(|(word, _)| word));
        self.presets_route((from.map(|f| f.0), to.map(|t| t.0)));
        self.route(target);
        self.their_tax(target);
        if let Some(target) = target {
            self.statuses(target);
            self.kinds(source, target);
            self.edits_of_contacts(target);
            self.conflicts_of_papers(target);
            self.names_of_contacts(target);
            self.credit_notes(source, target);
            self.overpayments(target);
            self.by_hand(target);
        }
        self.contradictions();
        self.rows();
        self.silent(source);
        self.told
    }

    fn file(&self, at: At) -> Source<'a> {
        let own = self.sources.get(usize::from(at.file));
        own.or(self.sources.last()).copied().unwrap_or(Source {
            name: "",
            text: "",
            index: 0,
        })
    }

    fn error(&mut self, at: At, code: &str, what: impl Into<String>, fix: impl Into<String>) {
        self.told.push(self.file(at).error(at, code, what, fix));
    }

    fn warning(&mut self, at: At, code: &str, what: impl Into<String>, fix: impl Into<String>) {
        self.told.push(self.file(at).warning(at, code, what, fix));
    }

    fn text(&self, path: &[&str]) -> Option<&'a str> {
        self.root.path(path).and_then(Node::text)
    }

    fn at(&self, path: &[&str]) -> At {
        self.root.path(path).map_or(At::default(), |n| n.at)
    }

    fn is_off(&self, path: &[&str]) -> bool {
        self.text(path).and_then(switch) == Some(false)
    }

    fn by_tenant(&self, path: &[&str]) -> bool {
        self.root.path(path).is_some_and(|n| n.at.file == TENANT)
    }

    /// The system and connection of one end, checked against the connections.
    fn end(&mut self, side: &str) -> Option<(&'a str, At)> {
        let (key, value) = self.root.get(side)?.entries().first()?;
        let (system, name) = (key.text.as_str(), value.text()?);
        let known = self.facts.iter().any(|f| &*f.system == system);
        let Some(connections) = self.connections.filter(|_| known) else {
            return Some((system, key.at));
        };
        match connections.get(name) {
            Some(found) if found.system != system => {
                let what = format!(
                    "The connection `{name}` is for {}, not for {system}",
                    shown(&found.system)
                );
                let fix = format!(
                    "Name a connection for {system}, or change `system` at {}.",
                    found.place
                );
                self.error(value.at, "route.connection", what, fix);
            }
            Some(_) => {}
            None => {
                let names: Vec<&str> = connections
                    .by_name
                    .iter()
                    .filter(|(n, c)| c.system == system && !connections.is_anothers(n))
                    .map(|(n, _)| n.as_str())
                    .collect();
                let what = format!(
                    "There is no connection `{}` in connections.yaml",
                    shown(name)
                );
                let fix = match super::nearest(name, names.iter().copied()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!(
                        "Add `{}: {{ system: {system} }}` there; if it was renamed there, write its new name here.",
                        shown(name)
                    ),
                };
                self.error(value.at, "route.connection", what, fix);
            }
        }
        Some((system, key.at))
    }

    fn source_of(&mut self, (word, at): (&str, At)) -> Option<SourceFacts<'a>> {
        let all: Vec<_> = self.facts.iter().filter_map(|f| f.source()).collect();
        let found = all.iter().find(|s| s.system == word).copied();
        if found.is_none() {
            let known: Vec<&str> = all.iter().map(|s| s.system).collect();
            self.unknown_system(word, at, &known, "from");
        }
        found
    }

    fn target_of(&mut self, (word, at): (&str, At)) -> Option<TargetFacts<'a>> {
        let all: Vec<_> = self.facts.iter().filter_map(|f| f.target()).collect();
        let all: Vec<_> = all.into_iter().filter(takes_invoices).collect();
        let found = all.iter().find(|t| t.system == word).copied();
        if found.is_none() {
            let known: Vec<&str> = all.iter().map(|t| t.system).collect();
            self.unknown_system(word, at, &known, "to");
        }
        found
    }

    /// Where nothing but a person's eye makes a repeated request harmless, a person lets each document go.
    fn by_hand(&mut self, target: TargetFacts<'_>) {
        if target.by_hand && self.text(&["sync", "approval"]) != Some("manual") {
            let at = match self.root.path(&["sync", "approval"]) {
                Some(n) => n.at,
                None => self.at(&["to"]),
            };
            let what = format!(
                "Nothing makes a repeated request harmless at {}: a person lets each document go there",
                target.title
            );
            self.error(at, "route.by_hand", what, "Set `sync.approval: manual`.");
        }
    }

    fn unknown_system(&mut self, word: &str, at: At, known: &[&str], side: &str) {
        let other = self.facts.iter().any(|f| &*f.system == word);
        let what = if other {
            let cannot = if side == "from" { "come from" } else { "go to" };
            match side {
                "to" => format!(
                    "Documents cannot go to `{word}`: nothing says how invoices are written there so that a repeated request is harmless"
                ),
                _ => format!("Documents cannot {cannot} `{word}` in this version"),
            }
        } else {
            format!("There is no system `{}`", shown(word))
        };
        let near = super::nearest(word, known.iter().copied()).filter(|_| !other);
        let fix = match near {
            Some(near) => format!("Did you mean `{near}`?"),
            None if other && side == "to" => format!(
                "Name one of {}; a system that is described in YAML is written to once its description says `write:` with `safe_by:`.",
                known.join(", ")
            ),
            None => format!("The systems for `{side}` are: {}.", known.join(", ")),
        };
        self.error(at, "route.system", what, fix);
    }

    fn missing(&mut self, target: Option<TargetFacts<'_>>) {
        let lines = target.is_none_or(|t| t.line_accounts());
        let statuses = target.is_none_or(|t| !t.statuses.is_empty());
        let from = self.root.get("from").and_then(|n| n.entries().first());
        let from = from.map(|(key, _)| key.text.as_str());
        let only_back = self.text(&["sync", "payments"]) == Some("back")
            && !(self.facts.iter()).any(|f| Some(&*f.system) == from && f.keeps_books());
        let payments = !self.is_off(&["sync", "payments"])
            && !only_back
            && !self.is_off(&["sync", "invoices"]);
        let needed: [(&[&str], bool, &str); 7] = [
            (&["tenant"], true, "tenant: acme"),
            (&["from"], true, "from: { keap: acme }"),
            (&["to"], true, "to: { xero: acme-books }"),
            (&["currency"], true, "currency: AUD"),
            (&["accounts"], lines, "accounts: [ { else: \"200\" } ]"),
            (
                &["payments_account"],
                payments,
                "payments_account: { code: \"090\" }",
            ),
            (
                &["status", "invoices"],
                statuses,
                "status: { invoices: { else: AUTHORISED } }",
            ),
        ];
        let at = At {
            file: TENANT,
            column: 0,
            line: 0,
        };
        for (path, wanted, example) in needed {
            let meant = path.first().is_some_and(|p| self.meant.contains(p));
            if !wanted || meant || self.root.path(path).is_some() {
                continue;
            }
            let name = path.join(".");
            let (what, fix) = if name == "payments_account" {
                (
                    "`payments_account` is missing, and payments are sent".to_owned(),
                    format!(
                        "Add `{example}` with the code of the bank account, or set `sync.payments: off`."
                    ),
                )
            } else {
                (
                    format!("`{name}` is missing"),
                    format!("Add it, such as `{example}`."),
                )
            };
            self.error(at, "yaml.missing", what, fix);
        }
    }

    fn route(&mut self, target: Option<TargetFacts<'_>>) {
        let by_line = target.filter(|t| t.line_accounts());
        // The group is there by default; what counts is an item that somebody named.
        let named = |of| self.root.path(&["lines", of, "item"]);
        let named = (["taxable", "non_taxable"].into_iter().find_map(named))
            .filter(|n| n.text().is_some_and(|t| !t.is_empty()));
        if let (Some(t), Some(node)) = (by_line, named) {
            let key = self.root.entries().iter().find(|(k, _)| k.text == "lines");
            let written = key.filter(|(k, _)| k.at.file == node.at.file);
            self.error(
                written.map_or(node.at, |(k, _)| k.at),
                "route.no_meaning",
                format!(
                    "`lines` has no meaning for {}, where a line names its account itself",
                    t.title
                ),
                "Remove it, and use `accounts`.",
            );
        }
        let by_item = target.filter(|t| !t.line_accounts());
        if let (Some(t), Some(node)) = (by_item, self.root.get("accounts")) {
            let why = match t.lines_by {
                LinesBy::Nothing => "which has no accounts",
                _ => "where a line takes its account from its item",
            };
            self.error(
                node.at,
                "route.no_meaning",
                format!("`accounts` has no meaning for {}, {why}", t.title),
                "Remove it for this route.",
            );
        }
        let stated = target.filter(|t| t.tax == TaxRule::Stated);
        let codes = self.root.path(&["tax", "codes"]);
        if let (Some(t), Some(node)) = (stated, codes.filter(|n| n.at.file == TENANT)) {
            self.error(
                node.at,
                "route.no_meaning",
                format!(
                    "`tax.codes` has no meaning for {}, which takes the tax as the source states it",
                    t.title
                ),
                "Remove it for this route.",
            );
        }
    }

    fn statuses(&mut self, target: TargetFacts<'_>) {
        let Some(table) = self.root.path(&["status", "invoices"]) else {
            return;
        };
        let payments = !self.is_off(&["sync", "payments"]);
        let words = target.status_words(Kind::Invoice);
        if words.is_empty() {
            return self.error(
                table.at,
                "route.no_meaning",
                format!(
                    "`status.invoices` has no meaning for {}, which has no words for a status",
                    target.title
                ),
                "Remove it for this route.",
            );
        }
        for (key, value) in table.entries() {
            let Some(text) = value.text().filter(|t| *t != "hold") else {
                continue;
            };
            if !words.contains(&text) {
                let near = super::nearest(text, words.iter().copied());
                let choices = format!("Its words are: {}.", words.join(", "));
                let what = format!("{} has no invoice status `{}`", target.title, shown(text));
                let fix = near.map_or(choices.clone(), |n| {
                    format!("Did you mean `{n}`? {choices}")
                });
                self.error(value.at, "status.unknown", what, fix);
                continue;
            }
            let paid = matches!(key.text.as_str(), "paid" | "part_paid" | "else");
            if payments && paid && !target.is_payable(text) {
                let payable = target.statuses.iter().filter(|s| s.payable);
                let payable: Vec<&str> = payable.map(|s| s.word.as_str()).collect();
                self.warning(
                    value.at,
                    "contradiction.payments",
                    format!(
                        "Payments are sent, but {} takes none for an invoice that is {text}",
                        target.title
                    ),
                    format!(
                        "Use {} here, or set `sync.payments: off`; else such payments are held.",
                        payable.join(" or ")
                    ),
                );
            }
        }
    }

    fn overpayments(&mut self, target: TargetFacts<'_>) {
        let word = self.root.get("overpayment");
        let Some(word) = word.filter(|w| w.text() == Some("as_overpayment")) else {
            return;
        };
        if !target.takes_credits() {
            self.error(
                word.at,
                "route.overpayment",
                format!("{} takes no overpayments", target.title),
                "Write `overpayment: hold`, or skip.",
            );
        }
    }

    fn credit_notes(&mut self, source: Option<SourceFacts<'_>>, target: TargetFacts<'_>) {
        let Some(word) = self.root.get("refunds") else {
            return;
        };
        if word.text() != Some("credit_note") {
            return;
        }
        if !target.takes_notes() {
            self.error(
                word.at,
                "route.credit_note",
                format!("{} takes no credit notes", target.title),
                "Write `refunds: hold`, or skip.",
            );
        }
        if let Some(source) = source.filter(|s| !s.refunds && word.at.file == TENANT) {
            self.warning(
                word.at,
                "route.refunds",
                format!(
                    "{} does not tell refunds from payments, so this has no effect",
                    source.title
                ),
                "Remove it for this route.",
            );
        }
    }
}

/// Whether documents can go to a system at all: some take payments alone.
pub(super) fn takes_invoices(target: &TargetFacts<'_>) -> bool {
    target.does(Kind::Invoice, Op::Create)
}
