//! The part of a trial of writing that changes what was made, and takes it away again.

use super::not_done::NotDone;
use super::trial_drafts::TrialDrafts;
use super::trial_writes::Trying;
use crate::connectors::{CallError, Outcome, UpdateOf, Write};
use crate::model::{Document, Draft, Kind, LedgerContact, Record};

/// An id that nothing has.
const NOBODY: &str = "00000000-0000-4000-8000-00000000dead";

impl Trying<'_> {
    /// A change is taken; one that is based on an older version, and one of what is not there, are told.
    pub(super) async fn changed(
        &mut self,
        write: Write,
        (id, version): (&str, &str),
        same: &[String],
    ) -> Result<(), NotDone> {
        let kind = write.draft.kind();
        let of = |id: &str, version: &str| Write {
            update: Some(UpdateOf {
                id: id.to_owned(),
                version: version.to_owned(),
                line_ids: Vec::new(),
                status: String::new(),
                same: same.to_vec(),
                only: None,
            }),
            ..write.clone()
        };
        let first = self.change(&of(id, version)).await?;
        let holds = matches!(first, Ok(()));
        let seen = first.err().unwrap_or_else(|| "changed".to_owned());
        self.tell("a change is taken", holds, seen);
        if self.facts.can(kind).is_some_and(|c| c.versioned) {
            let again = self.change(&of(id, version)).await?;
            let seen = again
                .clone()
                .err()
                .unwrap_or_else(|| "it was taken".to_owned());
            self.tell(
                "a change of an older version is refused",
                again.is_err(),
                seen,
            );
        }
        let nobody = self.change(&of(NOBODY, version)).await?;
        let seen = nobody
            .clone()
            .err()
            .unwrap_or_else(|| "it was taken".to_owned());
        self.tell(
            "a change of what is not there is told",
            nobody.is_err(),
            seen,
        );
        Ok(())
    }

    /// A change of a contact, as a run sends it: what the source changed and nothing else. What it does not say must stay, or
    /// what people added there would go with it.
    pub(super) async fn contact_changed(
        &mut self,
        drafts: &TrialDrafts,
        id: &str,
        was: &LedgerContact,
    ) -> Result<(), NotDone> {
        let write = drafts.contact();
        let mut changed = write.clone();
        let mut same = Vec::new();
        if let (Draft::Contact(d), Draft::Contact(sent)) = (&mut changed.draft, &write.draft) {
            d.email = drafts.other_email();
            same = d.same_fields(sent);
        }
        self.changed(changed, (id, &was.version), &same).await?;
        let Some(Document::LedgerContact(c)) =
            self.one(Kind::Contact, id).await?.map(|r| r.document)
        else {
            return Ok(());
        };
        let pairs = [
            ("name", &c.name, &was.name),
            ("phone", &c.phone, &was.phone),
            ("mobile", &c.mobile, &was.mobile),
        ];
        let other = pairs.into_iter().filter(|(_, is, was)| is != was);
        let mut lost: Vec<String> = other
            .map(|(field, is, was)| format!("{field}: `{is}` and not `{was}`"))
            .collect();
        if c.mark != was.mark {
            lost.push("our stamp is gone".to_owned());
        }
        let seen = match lost.is_empty() {
            true => "kept".to_owned(),
            false => format!(
                "{}: it replaces the whole record. Write a call that changes single fields (`patch`), or leave `change` out of `contacts`",
                lost.join("; ")
            ),
        };
        self.tell(
            "a change of a contact keeps what it does not say",
            lost.is_empty(),
            seen,
        );
        Ok(())
    }

    /// Changes; what it was refused for is the error.
    async fn change(&mut self, write: &Write) -> Result<Result<(), String>, NotDone> {
        let encoded = match self.writer.encode(std::slice::from_ref(write)) {
            Ok(encoded) => encoded,
            Err(why) => return Ok(Err(why)),
        };
        let key = self.key();
        Ok(match self.writer.post(self.session, &encoded, &key).await {
            Ok(all) => match all.into_iter().next() {
                Some(Outcome::Refused(why)) => Err(why.what),
                _ => Ok(()),
            },
            Err(e @ CallError::Uncertain { .. }) => {
                self.tell("a change is answered", false, e.to_string());
                Ok(())
            }
            Err(e) => return Err(e.into()),
        })
    }

    /// Takes away what was made, the last first; answers what is left there.
    pub(super) async fn take_away(&mut self) -> Result<Vec<String>, NotDone> {
        let mut left = Vec::new();
        for (write, id, name) in std::mem::take(&mut self.made).into_iter().rev() {
            let removal = self.writer.removal(&write, &id);
            let removal = removal.map_err(|why| NotDone::wrong(why, "correct `remove`"))?;
            let Some(encoded) = removal else {
                left.push(name);
                continue;
            };
            let done = self.writer.remove(self.session, &encoded).await?;
            let kind = write.draft.kind();
            let there = match kind {
                Kind::Payment => false,
                _ => self.one(kind, &id).await?.is_some_and(|r| still(&r)),
            };
            self.tell("what is removed is gone", done && !there, name.clone());
            if !done || there {
                left.push(name);
            }
        }
        Ok(left)
    }
}

/// Whether a record still counts.
fn still(record: &Record) -> bool {
    match &record.document {
        Document::LedgerContact(c) => !c.archived,
        Document::Paper(p) => !p.standing.is_over(),
        _ => true,
    }
}
