//! What a source calls a payment, apart from the document that it stands on.
//!
//! Flows in: a document. Flows out: of each of its payments that is kept by a name within the document, what the source calls it. Pure.

use super::super::back::written_as;
use super::super::tenant::Tenant;
use crate::model::Invoice;
use chrono::NaiveDate;

/// What the source calls the payments of a document, each with the id that it is kept by; none where that is the same.
pub(super) fn called(t: &Tenant<'_>, invoice: &Invoice) -> Vec<(String, String)> {
    let template = t.source.reads.payment_read_as(&invoice.id.0);
    // Where the document comes last it is a part of what is told, and many documents share a payment.
    if !template.ends_with("{}") {
        return Vec::new();
    }
    let all = invoice.payments.iter();
    all.filter_map(|p| Some((own_id(&template, &p.id)?, p.id.clone())))
        .collect()
}

/// What the source calls a payment that is kept by a name within its document; nothing where the name is made of its day.
fn own_id(template: &str, id: &str) -> Option<String> {
    let own = written_as(template, id).filter(|own| own != id)?;
    let made = own.split('/').next()?.parse::<NaiveDate>().is_ok() && own.contains('/');
    (!made).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::own_id;

    #[test]
    fn a_payment_has_an_id_of_its_own_where_the_source_gave_it_one() {
        let own = |id| own_id("12/{}", id);
        assert_eq!(own("12/55"), Some("55".to_owned()));
        assert_eq!(own("12/55/back"), Some("55/back".to_owned()));
        assert_eq!(own("12/2026-07-10"), Some("2026-07-10".to_owned()));
        // These are known by their day and amount.
        assert_eq!(own("12/2026-07-10/30"), None);
        assert_eq!(own("12/2026-07-10/30/2"), None);
        // Where an id is known over the whole book there is nothing to look for.
        assert_eq!(own_id("{}", "55"), None);
    }
}
