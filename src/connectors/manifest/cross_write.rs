//! What a manifest says of writing in one place and takes back in another, or leaves open where silence would make a second record.

use super::cross_uses::uses;
use super::reader::ManifestReader;
use super::request::BodySpec;
use super::request::CallSpec;
use super::shape::{AnswerClass, Manifest};
use super::template::{Template, TemplateName};
use super::write_shape::{KindWrite, MarkAt, RefusedFor, SafeBy};
use crate::mapping::yaml::Node;
use crate::model::Kind;

/// Names by which a record of ours is known again.
pub(super) const MARKS: [&str; 4] = ["stamp", "mark", "our_id", "stamped_reference"];

/// One kind of what is written, and where that stands.
pub(super) struct KindAt<'a> {
    pub made: &'a Manifest,
    pub of: &'a KindWrite,
    pub node: &'a Node,
    pub kind: Kind,
    pub word: &'static str,
}

/// Whether some templates hold a name of what is written.
pub(super) fn said(templates: &[&Template], name: &str) -> bool {
    let is = |n: &TemplateName| matches!(n, TemplateName::Written(w) if *w == name);
    templates.iter().any(|t| t.names().any(is))
}

impl KindAt<'_> {
    fn body(&self) -> Vec<&Template> {
        self.of.body_templates()
    }

    fn create(&self) -> Vec<&Template> {
        let mut all = self.of.create.templates();
        all.extend(self.body());
        all
    }

    pub(super) fn wrong(&self, told: &mut ManifestReader<'_>, code: &str, what: String, fix: &str) {
        told.wrong(self.node.at, code, what, fix);
    }

    /// What is made carries the mark that it is found by.
    pub(super) fn marked(&self, told: &mut ManifestReader<'_>) {
        let carries = match self.of.mark {
            MarkAt::Id => said(&self.create(), "our_id"),
            MarkAt::Path(_) => MARKS.iter().any(|m| said(&self.create(), m)),
        };
        if !carries {
            let (what, fix) = match self.of.mark {
                MarkAt::Id => (
                    "its id is said to be ours, and no request says it",
                    "Say where it goes: `id: \"{our_id}\"`.",
                ),
                MarkAt::Path(_) => (
                    "no request says our stamp, by which a record is found again",
                    "Say where it goes: `note: \"{stamp}\"`.",
                ),
            };
            self.wrong(told, "stamp", format!("`{}`: {what}", self.word), fix);
        }
        if self.kind == Kind::Payment
            && self.of.mark == MarkAt::Id
            && !said(&self.create(), "our_id")
        {
            self.wrong(
                told,
                "stamp",
                "a payment's id is not ours".to_owned(),
                "Add `stamp:`.",
            );
        }
    }

    fn refuses(&self, code: RefusedFor) -> bool {
        let is = |class| class == AnswerClass::Refused;
        self.made
            .errors
            .iter()
            .any(|r| is(r.class) && r.code == code)
    }

    /// What is promised can be kept with what else is said.
    pub(super) fn safe(&self, told: &mut ManifestReader<'_>) {
        match &self.of.safe_by {
            SafeBy::Unique => {
                if self.kind != Kind::Invoice || !said(&self.body(), "number") {
                    let what = format!(
                        "`{}` is safe by its number, and its body says no `{{number}}`",
                        self.word
                    );
                    self.wrong(
                        told,
                        "safe_by",
                        what,
                        "Only invoices have a number of ours: `number: \"{number}\"`.",
                    );
                }
                if !self.refuses(RefusedFor::Duplicate) {
                    let fix = "Add a row to `errors`: `{ status: 409, class: refused, code: duplicate }`, with what tells it from other refusals.";
                    let what =
                        "no row of `errors` says how a number that is taken is refused".to_owned();
                    self.wrong(told, "safe_by", what, fix);
                }
            }
            SafeBy::Key(key) if !key.in_header && !matches!(self.of.body, BodySpec::Group(_)) => {
                let what = "the key goes into the body, and that is no group of fields".to_owned();
                let fix = "Write the body as fields, or `in: header`.";
                self.wrong(told, "body", what, fix);
            }
            _ => {}
        }
        let Some(change) = &self.of.change else {
            return;
        };
        let mut all = change.call.templates();
        all.extend(self.body());
        let version = said(&all, "version");
        let known = match self.kind {
            Kind::Contact => self
                .made
                .contacts
                .as_ref()
                .is_some_and(|k| !k.version.is_empty()),
            _ => !self.made.invoices.version.is_empty(),
        };
        let Some(n) = self
            .node
            .get("change")
            .filter(|_| change.versioned || version)
        else {
            return;
        };
        if !(change.versioned && version && known && self.refuses(RefusedFor::Stale)) {
            let fix = "Say all four: `safe_by: version_check`, `headers: { If-Match: \"{version}\" }` or a field of the body, `version:` where the kind is read, and a row of `errors` with `code: stale`.";
            told.wrong(
                n.at,
                "version",
                "a change that is checked by its version lacks a part of that",
                fix,
            );
        }
    }

    /// Calls name the one that they are about, and the answer the one that was made.
    pub(super) fn called(&self, told: &mut ManifestReader<'_>) {
        let by_id = |call: &CallSpec| uses(call, |n| *n == TemplateName::Id);
        let others = [
            ("change", self.of.change.as_ref().map(|c| &c.call)),
            ("remove", self.of.remove.as_ref()),
        ];
        for (word, call) in others {
            let Some(call) = call else { continue };
            if !by_id(&call.call) {
                let at = self.node.get(word).map_or(self.node.at, |n| n.at);
                let fix = format!(
                    "Write the id where it goes: `{word}: {{ put: \"/{}/{{id}}\" }}`.",
                    self.word
                );
                told.wrong(
                    at,
                    "template",
                    format!("`{word}` is about no particular record"),
                    fix,
                );
            }
        }
        let create = &self.of.create;
        let known = create.record.is_some() && self.kind != Kind::Payment;
        if create.id_from.is_none() && !known && self.of.safe_by != SafeBy::OurId {
            let at = self.node.get("create").map_or(self.node.at, |n| n.at);
            let fix = "Add `record:`, where the answer has the record, or `id_from:`, a path or `header.x-..`.";
            told.wrong(
                at,
                "missing",
                "the answer to `create` does not say what was made",
                fix,
            );
        }
    }

    /// What counts is said.
    pub(super) fn says(&self, told: &mut ManifestReader<'_>) {
        let create = self.create();
        let line = self.of.line.as_ref().map(|b| {
            let mut out = Vec::new();
            b.collect(&mut out);
            out
        });
        let line = line.unwrap_or_default();
        let mut lacks: Vec<&str> = Vec::new();
        let mut need = |names: &'static [&'static str], of: &[&Template]| {
            if !names.iter().any(|n| said(of, n)) {
                lacks.extend(names.first());
            }
        };
        match self.kind {
            Kind::Contact => need(
                &["contact.name", "contact.last_name", "contact.company"],
                &create,
            ),
            Kind::Payment => {
                need(&["invoice.id"], &create);
                need(&["amount"], &create);
                need(&["date"], &create);
            }
            _ => {
                need(&["contact.id"], &create);
                need(&["date"], &create);
                need(&["lines"], &create);
                need(&["description"], &line);
                need(&["unit_amount", "amount"], &line);
                if self.of.tax_line.is_none() {
                    need(&["tax"], &create);
                }
            }
        }
        if !lacks.is_empty() {
            let names: Vec<String> = lacks.iter().map(|n| format!("`{{{n}}}`")).collect();
            let what = format!("`{}` never says {}", self.word, names.join(", "));
            let fix = "Say it in `body` (of a line in `line`); tax goes as `{tax}`, or as a line of its own with `tax_line`.";
            self.wrong(told, "body", what, fix);
        }
    }
}
