//! A person's word that a document, or a record that could not be read, is left out.
//!
//! Flows in: a number, or the name that `errors` prints of an unreadable record. Flows out: what was left out. What a document said before
//! it could not be read any more is left out with it.

use super::seen::meant;
use super::settle_ask::WordAsk;
use super::spoken::{SettleAnswer, answer, said, word};
use super::unread::leave;
use crate::model::WordKind;
use crate::pipeline::ports::Documents as _;
use crate::service::engine::Engine;
use crate::service::not_done::NotDone;
use crate::service::workspace::Loaded;

/// What was left out.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// What came of the word.
    pub answer: SettleAnswer,
    /// Whether there is a document to decide on with it.
    pub document: bool,
}

/// Leaves a document out for good; a posted one stays in the ledger as it is until the source changes it again. What could not be read
/// of that name is left out until it is changed there.
///
/// # Errors
/// There is no such document, it is in doubt, or a run has the flow.
pub async fn skip(engine: &Engine, loaded: &Loaded, ask: WordAsk<'_>) -> Result<LeftOut, NotDone> {
    let tenant = &loaded.mapping.tenant;
    let unread = leave(engine, tenant, ask).await?;
    let known = engine.store().document(tenant, ask.number).await?.is_some();
    if !known && !unread.is_empty() {
        let answer = SettleAnswer {
            tenant: tenant.clone(),
            number: ask.number.to_owned(),
            payment: None,
            word: "skip".to_owned(),
            entries: Vec::new(),
            unread,
            why: ask.why.to_owned(),
            run: None,
        };
        return Ok(LeftOut {
            answer,
            document: false,
        });
    }
    let m = meant(engine, loaded, ("skip", ask)).await?;
    let word = word(engine, &m, None, ask, WordKind::Skip, None, Vec::new());
    said(engine, &m, ask, "skip", &word, &[]).await?;
    let answer = SettleAnswer {
        unread,
        ..answer(&m, ask, "skip", Vec::new())
    };
    Ok(LeftOut {
        answer,
        document: true,
    })
}
