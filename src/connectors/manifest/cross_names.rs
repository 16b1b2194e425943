//! What is written, looked at: each kind by itself ([`super::cross_write`]), which names its templates may hold, and what of it must be
//! read again.

use super::cross_uses::uses;
use super::cross_write::{KindAt, MARKS, said};
use super::reader::ManifestReader;
use super::shape::{ListSpec, Manifest};
use super::template::{Template, TemplateName};
use super::write_shape::{WriteCall, WriteSpec};
use super::written_values::OF_LINES;
use crate::mapping::yaml::Node;
use crate::model::Kind;

/// Looks at what is written.
pub(super) fn written(told: &mut ManifestReader<'_>, root: &Node, made: &Manifest) {
    let (Some(spec), Some(node)) = (&made.write, root.get("write")) else {
        return;
    };
    for (kind, word) in [
        (Kind::Contact, "contacts"),
        (Kind::Invoice, "invoices"),
        (Kind::Payment, "payments"),
    ] {
        let (Some(of), Some(n)) = (spec.of(kind), node.get(word)) else {
            continue;
        };
        let at = KindAt {
            made,
            of,
            node: n,
            kind,
            word,
        };
        at.marked(told);
        at.safe(told);
        at.called(told);
        at.says(told);
        at.names(told);
    }
    read_back(told, node, (made, spec));
}

/// A template of a call that writes, and where it stands.
struct WrittenAt<'a> {
    template: &'a Template,
    in_line: bool,
    by_id: bool,
}

impl KindAt<'_> {
    /// Whether a name is one of this kind's.
    fn knows(&self, name: &str) -> bool {
        match self.kind {
            Kind::Contact => {
                !is_of_papers(name) && !OF_LINES.contains(&name) && name != "contact.id"
            }
            Kind::Payment => {
                let own = [
                    "date",
                    "currency",
                    "amount",
                    "method",
                    "account",
                    "reference",
                    "invoice.id",
                    "contact.id",
                ];
                own.contains(&name) || MARKS.contains(&name)
            }
            _ => {
                let foreign = ["amount", "method", "account", "invoice.id"];
                let whom = name.starts_with("contact.") && name != "contact.id";
                let place = name.starts_with("billing.") || name.starts_with("service.");
                !foreign.contains(&name) && !OF_LINES.contains(&name) && !whom && !place
            }
        }
    }

    fn templates<'s>(&'s self) -> Vec<WrittenAt<'s>> {
        let mut all: Vec<WrittenAt<'s>> = Vec::new();
        let mut enter = |templates: Vec<&'s Template>, in_line: bool, by_id: bool| {
            all.extend(templates.into_iter().map(|template| WrittenAt {
                template,
                in_line,
                by_id,
            }));
        };
        let own = self.of.change.as_ref().and_then(|c| c.body.as_ref());
        let bodies = [Some(&self.of.body), own].map(|b| (b, false));
        let lines = [self.of.line.as_ref(), self.of.tax_line.as_ref()].map(|b| (b, true));
        for (body, in_line) in bodies.into_iter().chain(lines) {
            let mut out = Vec::new();
            if let Some(body) = body {
                body.collect(&mut out);
            }
            enter(out, in_line, false);
        }
        let calls: [(Option<&WriteCall>, bool); 3] = [
            (Some(&self.of.create), false),
            (self.of.change.as_ref().map(|c| &c.call), true),
            (self.of.remove.as_ref(), true),
        ];
        for (call, by_id) in calls {
            enter(
                call.map(WriteCall::templates).unwrap_or_default(),
                false,
                by_id,
            );
        }
        all
    }

    /// No template holds a name that it cannot have.
    fn names(&self, told: &mut ManifestReader<'_>) {
        if let Some((find, _)) = &self.of.find {
            let marks =
                |n: &TemplateName| matches!(n, TemplateName::Written(w) if MARKS.contains(w));
            let only = find.templates().iter().all(|t| t.names().all(marks));
            if !only || !uses(find, marks) {
                let at = self.node.get("find").map_or(self.node.at, |n| n.at);
                let fix = "Ask with one of them: `query: { note: \"{stamp}\" }`.";
                let what = "`find` asks by something else than `{stamp}`, `{mark}` or `{our_id}`";
                told.wrong(at, "template", what, fix);
            }
        }
        let in_line =
            |name: &str| OF_LINES.contains(&name) || ["amount", "tax", "account"].contains(&name);
        let bad = self.templates().iter().any(|at| {
            let may = |n: &TemplateName| match n {
                TemplateName::Written(w) if at.in_line => in_line(w),
                TemplateName::Written("version") => true,
                TemplateName::Written(w) => self.knows(w),
                TemplateName::Id => at.by_id,
                _ => false,
            };
            at.template.names().any(|n| !may(n))
        });
        if bad {
            let what = format!(
                "a template of `{}` holds a name that it cannot have there",
                self.word
            );
            self.wrong(told, "template", what, "docs/connectors.md lists the names of each kind; what belongs to a line goes under `line`.");
        }
    }
}

/// Names that only papers and payments know.
fn is_of_papers(name: &str) -> bool {
    let own = [
        "number",
        "reference",
        "date",
        "due",
        "currency",
        "subtotal",
        "tax",
        "tax_included",
        "total",
        "lines",
        "amount",
        "method",
        "account",
        "invoice.id",
        "stamped_reference",
    ];
    own.contains(&name)
}

/// What is written must be read: everything that is in doubt rests on it.
fn read_back(told: &mut ManifestReader<'_>, node: &Node, (made, spec): (&Manifest, &WriteSpec)) {
    const ACCOUNTS: &str =
        "Add `accounts:` under `write`, the system's own words: `accounts: [Cash, Card]`.";
    let has = |name: &str| made.invoices.map.iter().any(|f| f.name == name);
    let (invoices, payments) = (spec.invoices.as_ref(), spec.payments.as_ref());
    let papers = invoices.is_some() || payments.is_some();
    let numbered = invoices.is_some_and(|k| said(&k.body_templates(), "number"));
    let one = made.contacts.as_ref().is_some_and(|k| k.one.is_some());
    let named = |l: &ListSpec| l.map.iter().any(|f| f.name == "id");
    let lists = &made.invoices.payments;
    let paid = !lists.is_empty() && lists.iter().all(named);
    let no_accounts = spec.accounts.is_empty();
    let lacks = [
        (
            papers && made.invoices.one.is_none(),
            "what is written cannot be asked for again",
            "Add `one:` under `read.invoices`.",
        ),
        (
            invoices.is_some() && spec.contacts.is_none(),
            "an invoice is to a contact, and none are written",
            "Add `contacts:` under `write`.",
        ),
        (
            no_accounts && payments.is_some(),
            "nothing says where money received may be put",
            ACCOUNTS,
        ),
        (
            invoices.is_some() && !has("contact.id"),
            "`read.invoices` does not say whom an invoice is to by its id",
            "Map `contact.id`.",
        ),
        (
            numbered && !has("number"),
            "the number is sent, and never read back",
            "Map `number` under `read.invoices`.",
        ),
        (
            spec.contacts.is_some() && !one,
            "contacts that are written must be read as a list of their own",
            "Add `contacts:` under `read`, with `one:`.",
        ),
        (
            payments.is_some() && !paid,
            "payments that are written must be read, each with its `id`",
            "Add `payments:` under `read.invoices`, and map `id`.",
        ),
    ];
    for (_, what, fix) in lacks.into_iter().filter(|(is, ..)| *is) {
        told.wrong(node.at, "read_back", what, fix);
    }
}
