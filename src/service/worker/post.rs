//! The letters about a tenant: which are due, and what came of them.

use super::jobs::LetterJob;
use super::{Worker, mail_note};
use crate::model::TenantId;
use crate::pipeline::ports::StoreError;
use crate::service::compiled::Look;
use crate::service::engine::EngineError;
use crate::service::event::{Event, Tell};
use crate::service::notify::{self, DueLetter, MailError};
use crate::service::rest::Rest;
use crate::service::retention;
use chrono::{DateTime, Utc};

impl Worker {
    /// What a tenant is owed beside its runs: a letter, unless the mail rests, and old history forgotten.
    pub(super) async fn tend(
        &mut self,
        tenant: &TenantId,
        look: &Look,
        trouble: Option<&str>,
    ) -> Result<(), StoreError> {
        let now = self.engine.now();
        if !self.mail_rests(tenant, now) && !self.jobs.letter_of(tenant) {
            let due = notify::due(&self.engine, tenant, &look.notify, trouble).await;
            if let Some(due) = plain(due)? {
                let sending = LetterJob {
                    mailer: self.mailer.clone(),
                    look: look.clone(),
                    due,
                    now,
                };
                self.jobs.wait(tenant.clone(), sending);
                self.send_letters();
            }
        }
        retention::tend(&self.engine, tenant, look.history_days).await?;
        Ok(())
    }

    /// Sends the letters for which there is room. One whose server rests by now is given up: it is due again later.
    pub(super) fn send_letters(&mut self) {
        while let Some((tenant, letter)) = self.jobs.next_letter() {
            if !self.mail_rests(&tenant, self.engine.now()) {
                self.jobs.letter(tenant, letter);
            }
        }
    }

    fn mail_rests(&self, tenant: &TenantId, now: DateTime<Utc>) -> bool {
        let rests = [
            self.mail_rests.server.as_ref(),
            self.mail_rests.tenants.get(tenant),
        ];
        rests.into_iter().flatten().any(|r| r.until > now)
    }

    /// Takes in what came of a letter.
    pub(super) async fn letter_came(
        &mut self,
        tenant: &TenantId,
        due: &DueLetter,
        sent: Result<(), MailError>,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        match sent {
            Ok(()) => {
                plain(notify::sent(&self.engine, tenant, due).await)?;
                self.mail_rests.server = None;
                self.mail_rests.tenants.remove(tenant);
                self.set_note(&mail_note(tenant), "").await
            }
            Err(e) => self.no_letter(tenant, &e, tell).await,
        }
    }

    async fn no_letter(
        &mut self,
        tenant: &TenantId,
        error: &MailError,
        tell: Tell<'_>,
    ) -> Result<(), StoreError> {
        let now = self.engine.now();
        let rests = &mut self.mail_rests;
        match error {
            // Letters that were under way together fail together: that is one failure.
            MailError::Server(_) if rests.server.is_some_and(|r| r.until > now) => {}
            MailError::Server(_) => rests.server = Some(Rest::after(rests.server, now)),
            MailError::Setting(_) => {
                let before = rests.tenants.get(tenant).copied();
                rests
                    .tenants
                    .insert(tenant.clone(), Rest::after(before, now));
            }
        }
        let why = error.to_string();
        tell(Event::NoLetter(tenant, &why));
        let name = mail_note(tenant);
        let before = self.engine.store().note(&name).await?.unwrap_or_default();
        let since = match before.split_once(' ') {
            Some((since, _)) => since.to_owned(),
            None => now.to_rfc3339(),
        };
        self.set_note(&name, &format!("{since} {why}")).await
    }
}

/// Letters fail for no other reason than the store.
pub(super) fn plain<T>(result: Result<T, EngineError>) -> Result<T, StoreError> {
    result.map_err(|e| match e {
        EngineError::Store(e) => e,
        other => StoreError::Database(other.to_string()),
    })
}
