//! Pairs that contradict each other, and rows that are never reached.

use super::Cross;
use crate::mapping::scalars::shown;
use crate::mapping::words::{NotifyWhen, switch};
use crate::mapping::yaml::Node;
use crate::model::TargetFacts;

impl Cross<'_> {
    pub(super) fn contradictions(&mut self) {
        let forward = self.text(&["sync", "payments"]) == Some("forward");
        if forward && self.is_off(&["sync", "invoices"]) && self.by_tenant(&["sync", "payments"]) {
            self.error(
                self.at(&["sync", "payments"]),
                "contradiction.payments",
                "Payments are to be sent, but invoices are off",
                "Set `sync.payments: off`, or send invoices as well.",
            );
        }
        let paid_only = self.text(&["sync", "invoices"]) == Some("when_paid");
        if paid_only && self.is_off(&["sync", "payments"]) {
            self.warning(
                self.at(&["sync", "invoices"]),
                "contradiction.when_paid",
                "Only paid invoices are sent, but without their payments, so the ledger will show them as owed",
                "Set `sync.payments: forward`, or send invoices when_raised.",
            );
        }
        let frozen = self.text(&["skip", "already_synced"]).and_then(switch) == Some(true);
        let updates = ["sync", "updates", "invoices"];
        if frozen && self.by_tenant(&updates) && self.text(&updates).and_then(switch) == Some(true)
        {
            self.error(
                self.at(&updates),
                "contradiction.updates",
                "Later edits are to be sent, but `skip.already_synced` leaves synced invoices alone",
                "Set one of the two to false.",
            );
        }
        self.conflicts(frozen);
        self.zero_totals();
        let nobody = self
            .root
            .path(&["notify", "email"])
            .is_none_or(|n| n.items().is_empty());
        if nobody && self.text(&["notify", "when"]) == Some("daily") {
            self.warning(
                self.at(&["notify", "when"]),
                "contradiction.notify",
                "Nobody is to be told: `notify.email` is empty",
                "Add `email: [jo@acme.example]`.",
            );
        }
        let daily = [("at", "07:00"), ("zone", ""), ("quiet_days", "skip")];
        let daily = daily.map(|(key, default)| (["notify", key], default));
        let when = self.text(&["notify", "when"]).and_then(NotifyWhen::parse);
        let none = when.is_some_and(|w| w != NotifyWhen::Daily);
        let idle = |(path, default): &([&str; 2], &str)| {
            none && self.by_tenant(path) && self.text(path) != Some(default)
        };
        if let Some((path, _)) = daily.iter().find(|row| idle(row)) {
            self.warning(
                self.at(path),
                "contradiction.notify",
                format!(
                    "`{}` is about a daily letter, and none is asked for",
                    path.join(".")
                ),
                "Write `when: daily`, or remove it.",
            );
        }
        self.currencies();
    }

    /// Which side counts is asked of edits that are sent, and of no others.
    fn conflicts(&mut self, frozen: bool) {
        let word = ["sync", "conflict"];
        let off =
            |of: &'static str| self.text(&["sync", "updates", of]).and_then(switch) == Some(false);
        // It decides about contacts as well.
        let unsent = (frozen || off("invoices")) && off("contacts");
        let decides = self.by_tenant(&word) && self.text(&word) != Some("hold");
        if unsent && decides {
            self.warning(
                self.at(&word),
                "contradiction.conflict",
                "It says which side counts where both changed a field, and later edits are not sent",
                "Set `sync.updates.invoices: true` and `skip.already_synced: false`, or `sync.updates.contacts: true`, or remove it.",
            );
        }
    }

    /// The word that lets the ledger's own tax count, where it makes none.
    pub(super) fn their_tax(&mut self, target: Option<TargetFacts<'_>>) {
        let totals = ["guard", "totals"];
        let none = target.filter(|t| !t.own_tax);
        if let (Some(t), Some("ledger")) = (none, self.text(&totals)) {
            self.error(
                self.at(&totals),
                "route.no_meaning",
                format!(
                    "`guard.totals: ledger` has no meaning for {}, which makes no tax by rules of its own",
                    t.title
                ),
                "Remove it for this route.",
            );
        }
    }

    fn zero_totals(&mut self) {
        let zero = ["guard", "zero_total"];
        let none_left = self.text(&["skip", "zero_total"]).and_then(switch) == Some(true);
        if none_left && self.by_tenant(&zero) && self.text(&zero) == Some("hold") {
            self.warning(
                self.at(&zero),
                "contradiction.zero_total",
                "Invoices that come to nothing are to be held, but `skip.zero_total` leaves them out before",
                "Set `skip.zero_total: false`, or remove this.",
            );
        }
    }

    fn currencies(&mut self) {
        let Some(currency) = self.text(&["currency"]) else {
            return;
        };
        let Some(totals) = self.root.path(&["guard", "per_run", "total"]) else {
            return;
        };
        if !totals.entries().is_empty() && totals.get(currency).is_none() {
            self.warning(
                totals.at,
                "contradiction.currency",
                format!(
                    "The source works in {}, for which `guard.per_run.total` sets no limit",
                    shown(currency)
                ),
                format!("Add `{}: 250000.00`.", shown(currency)),
            );
        }
    }

    /// Account rows that an earlier row always answers before.
    pub(super) fn rows(&mut self) {
        let Some(table) = self.root.get("accounts") else {
            return;
        };
        let rows = table.items();
        // Each row is compared with those above it, which is slow for long tables; those are generated.
        let read: Vec<Conditions<'_>> = rows.iter().take(500).map(Conditions::of).collect();
        for (n, (row, wanted)) in rows.iter().zip(&read).enumerate() {
            let above = read
                .iter()
                .take(n)
                .position(|earlier| earlier.covers(wanted));
            if let Some(first) = above {
                let line = rows.get(first).map_or(0, |r| r.at.line);
                self.warning(
                    row.at,
                    "accounts.unreachable",
                    format!("`accounts[{n}]` is never reached: `accounts[{first}]` on line {line} answers to every line it would"),
                    "Move it up, or remove it.",
                );
            }
        }
    }
}

/// A row's conditions; none for a row that never decides for others: `else` and `from_source`.
struct Conditions<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Conditions<'a> {
    fn of(row: &'a Node) -> Self {
        let from_source = row.get("use").and_then(Node::text) == Some("from_source");
        // One for tax alone leaves the account to those below.
        if row.get("else").is_some() || from_source || row.get("use").is_none() {
            return Self(Vec::new());
        }
        let says = ["use", "tax"];
        let entries = (row.entries().iter()).filter(|(k, _)| !says.contains(&k.text.as_str()));
        Self(
            entries
                .filter_map(|(k, v)| Some((k.text.as_str(), v.text()?)))
                .collect(),
        )
    }

    /// Whether every line that answers to `later` answers to this first.
    fn covers(&self, later: &Self) -> bool {
        let holds = |(key, wanted): &(&str, &str)| {
            later
                .0
                .iter()
                .any(|(k, given)| k == key && (wanted == given || within(wanted, given)))
        };
        !self.0.is_empty() && self.0.iter().all(holds)
    }
}

/// Whether a pattern answers to a text that is no pattern itself.
fn within(pattern: &str, text: &str) -> bool {
    let wild = ['*', '?'];
    pattern.contains(wild)
        && !text.contains(wild)
        && wildmatch::WildMatch::new(pattern).matches(text)
}
