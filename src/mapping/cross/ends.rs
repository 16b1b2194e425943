//! What the two ends of a route make of one another: one book at both, and payments that go the other way.

use super::Cross;
use crate::mapping::words::{BackContacts, Clash, switch};
use crate::model::{Kind, Op, TargetFacts};

impl Cross<'_> {
    /// A book is not its own source: what is written there would be read again, without an end.
    pub(super) fn same_book(&mut self) {
        let end = |side| {
            let (key, value) = self.root.get(side)?.entries().first()?;
            Some((key.text.as_str(), value.text()?, value.at))
        };
        let (Some((from, one, _)), Some((to, other, at))) = (end("from"), end("to")) else {
            return;
        };
        let organisation = |name| {
            let found = self.connections?.get(name)?;
            let all = found.values.get("organisation");
            all.filter(|o| !o.is_empty()).cloned()
        };
        let leads = organisation(one);
        let same = one == other || (leads.is_some() && leads == organisation(other));
        if from == to && same {
            self.error(
                at,
                "route.same",
                format!(
                    "Documents would come from `{one}` and go to `{other}`, which are one book"
                ),
                "Name another system, or another connection, at one end.",
            );
        }
    }

    /// A preset that is made for a route is of no use on another one.
    pub(super) fn presets_route(&mut self, (from, to): (Option<&str>, Option<&str>)) {
        let (Some(name), Some(from), Some(to)) = (self.text(&["preset"]), from, to) else {
            return;
        };
        let word = |of: &str| self.facts.iter().any(|f| *f.system == *of);
        let mut dashes = name.match_indices('-').map(|(at, _)| name.split_at(at));
        let made_for = dashes.find_map(|(a, b)| {
            let b = b.strip_prefix('-')?;
            (word(a) && word(b)).then_some((a, b))
        });
        // What is no system at all, or no route, is told already.
        let route = word(from) && word(to) && from != to;
        let Some((a, b)) = made_for.filter(|made| route && *made != (from, to)) else {
            return;
        };
        let what = format!(
            "The preset `{name}` is made for {a} and {b}, and documents go from {from} to {to}"
        );
        let fix = format!(
            "Name the preset of this route, such as `{from}-{to}` where there is one; `crossfoot new --preset` lists them."
        );
        self.warning(self.at(&["preset"]), "preset.route", what, fix);
    }

    /// What people enter in the ledger comes back where the source takes payments, and where the file says under what it keeps
    /// them. Of a tenant whose documents come from a ledger, all go one way.
    pub(super) fn way_of_payments(&mut self, from: Option<&str>, to: Option<TargetFacts<'_>>) {
        let path = ["sync", "payments"];
        let word = self.text(&path);
        let facts = self.facts.iter().find(|f| Some(&*f.system) == from);
        let Some(source) = facts.filter(|_| matches!(word, Some("back" | "both"))) else {
            return;
        };
        let at = self.at(&path);
        if source.keeps_books() {
            if word == Some("both") {
                let what = format!(
                    "Documents come from {}, which is a ledger: their payments go one way",
                    source.title
                );
                let fix = "Write `sync.payments: back`.";
                self.error(at, "route.no_meaning", what, fix);
            }
            return;
        }
        let takes = |t: TargetFacts<'_>| t.does(Kind::Payment, Op::Create);
        if !source.target().is_some_and(takes) {
            let what = format!(
                "Payments are to come back from the ledger, and {} takes none",
                source.title
            );
            let fix =
                "Set `sync.payments: forward`, and enter there by hand what came in elsewhere.";
            self.error(at, "route.no_meaning", what, fix);
            return;
        }
        if to.is_some_and(|t| t.payment_names_party) {
            let what = "Payments are to come back from a ledger that keeps them apart from its documents, one for several of these and with credits: that is not built yet";
            let fix = "Set `sync.payments: forward`, or bring that ledger's invoices and payments by a tenant of its own, with the preset of that way.";
            self.error(at, "route.not_built", what, fix);
            return;
        }
        if self.root.path(&["back", "payments_account"]).is_none() {
            let what = format!(
                "`back.payments_account` is missing, and payments come back to {}",
                source.title
            );
            let fix = "Add `back: { payments_account: { code: \"Check\" } }`, with what the source keeps such a payment under, or set `sync.payments: forward`.";
            self.error(at, "yaml.missing", what, fix);
        }
    }

    /// Contacts of the ledger come to a source that takes contacts.
    pub(super) fn way_of_contacts(&mut self, from: Option<&str>) {
        let path = ["back", "contacts"];
        let word = self.text(&path).and_then(BackContacts::parse);
        let facts = self.facts.iter().find(|f| Some(&*f.system) == from);
        let Some(source) = facts.filter(|_| word.is_some_and(|w| w != BackContacts::Off)) else {
            return;
        };
        let takes = |t: TargetFacts<'_>| t.does(Kind::Contact, Op::Create);
        if !source.keeps_books() && source.target().is_some_and(takes) {
            return;
        }
        let what = format!(
            "Contacts are to come from the ledger, and {} takes none",
            source.title
        );
        let fix = "Set `back.contacts: off`.";
        self.error(self.at(&path), "route.no_meaning", what, fix);
    }

    /// A ledger that keeps names apart refuses the second of a name, whatever the file says.
    pub(super) fn names_of_contacts(&mut self, target: TargetFacts<'_>) {
        let path = ["contacts", "unique", "name"];
        let word = self.text(&path).and_then(Clash::parse);
        if target.contact_names_apart && word.is_some_and(|w| w != Clash::Hold) {
            let what = format!(
                "New contacts of a name that another has are to be made, and {} takes none",
                target.title
            );
            let fix = "Set `contacts.unique.name: hold`; `contacts.namesakes: suffix` makes them under a name of their own.";
            self.error(self.at(&path), "route.no_meaning", what, fix);
        }
    }

    /// Which side counts is asked where the ledger lets a document be changed, and nowhere else.
    pub(super) fn conflicts_of_papers(&mut self, target: TargetFacts<'_>) {
        let path = ["sync", "conflict"];
        let decides = self.by_tenant(&path) && self.text(&path) != Some("hold");
        let changed = |kind| target.does(kind, Op::Change);
        if decides && !changed(Kind::Invoice) && !changed(Kind::Contact) {
            let what = format!(
                "It says which side counts where both changed a field, and {} lets no document be changed",
                target.title
            );
            let fix = "Remove it: an edit of the source is held, and a person decides.";
            self.warning(self.at(&path), "route.no_meaning", what, fix);
        }
    }

    /// Later edits go only where the ledger lets a contact be changed.
    pub(super) fn edits_of_contacts(&mut self, target: TargetFacts<'_>) {
        let path = ["sync", "updates", "contacts"];
        let wanted = self.by_tenant(&path) && self.text(&path).and_then(switch) == Some(true);
        if wanted && !target.does(Kind::Contact, Op::Change) {
            let what = format!(
                "Edits of contacts are to be sent, and {} lets none be changed",
                target.title
            );
            let fix = "Set `sync.updates.contacts: false`.";
            self.warning(self.at(&path), "route.no_meaning", what, fix);
        }
    }
}
