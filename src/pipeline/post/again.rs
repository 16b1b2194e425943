//! Whether a request that an earlier call left may go again as it was: the same key and the same body make one effect, but not one
//! that is still wanted.

use super::super::plant;
use super::super::protocol::Seen;
use super::super::write::WriteRow;
use super::done::PostError;
use super::look::on_paper;
use super::posting::Posting;
use crate::model::Kind;

impl Posting<'_> {
    /// Why a request that an earlier call left may not go again as it was: what was decided since has no use for a part of it, or
    /// people have put something to a document that a payment of it is for. Then only a look tells what became of it, once
    /// it cannot come through any more.
    pub(super) async fn may_go_again(
        &mut self,
        rows: &[WriteRow],
    ) -> Result<Option<&'static str>, PostError> {
        if rows.iter().any(|r| !r.wanted) {
            return Ok(Some("the source has changed since it left"));
        }
        match self.beside_others(rows).await? {
            true => Ok(Some(
                "people have put something to its document since it left",
            )),
            false => Ok(None),
        }
    }

    /// Whether people have put to the document of a payment what keeps it from going once more. Of what this run has made
    /// nothing is asked: nobody has had the time.
    async fn beside_others(&mut self, rows: &[WriteRow]) -> Result<bool, PostError> {
        if plant::blind() {
            return Ok(false);
        }
        let payments = |r: &&WriteRow| {
            r.kind == Kind::Payment && !self.seen.made.contains(&r.needs.document_id)
        };
        let (notes, invoices): (Vec<&WriteRow>, Vec<&WriteRow>) =
            (rows.iter().filter(payments)).partition(|r| r.needs.of_credit_note);
        for (kind, some) in [(Kind::Invoice, invoices), (Kind::CreditNote, notes)] {
            let found = self.paid_papers(&some, kind).await?;
            let other = |r: &&WriteRow| matches!(on_paper(r, &found), Seen::Other(_));
            if some.iter().any(other) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
