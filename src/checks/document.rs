//! The document as such: the source's own sums, its currency, number, lines and status.

use crate::model::codes;
use crate::model::{Charset, Chart, Invoice, InvoiceDraft, Numbers, Reason, TargetFacts, TaxRule};

/// The field a connector sets when what the source says does not add up.
pub const MISMATCH: &str = "crossfoot.mismatch";

/// The field a connector sets when the source has not made an invoice of the document yet.
pub const NOT_INVOICED: &str = "crossfoot.not_invoiced";

/// The source agrees with itself and is done with the document, as far as its connector could tell.
///
/// # Errors
/// `source.not_invoiced`, `source.mismatch`.
pub fn source_adds_up(source: &Invoice) -> Result<(), Reason> {
    if let Some(what) = source.fields.get(NOT_INVOICED) {
        return Err(Reason::new(
            codes::SOURCE_NOT_INVOICED,
            what.clone(),
            "make its invoice in the source; it is then looked at again by itself, and goes once, under the invoice's number",
        ));
    }
    match source.fields.get(MISMATCH) {
        None => Ok(()),
        Some(what) => Err(Reason::new(
            codes::SOURCE_MISMATCH,
            what.clone(),
            "look at the document in the source: its lines, total and payments do not agree; correct it there, then `crossfoot retry TENANT NUMBER`",
        )),
    }
}

/// The ledger keeps books in the document's currency.
///
/// # Errors
/// `currency.not_enabled`.
pub fn currency(chart: &Chart, draft: &InvoiceDraft) -> Result<(), Reason> {
    let org = &chart.organisation;
    let code = draft.currency.code();
    if org.currency.code() == code || org.currencies.contains(code) {
        return Ok(());
    }
    Err(Reason::new(
        codes::CURRENCY_NOT_ENABLED,
        format!(
            "the document is in {code}, and {} keeps its books in {}",
            org.name, org.currency
        ),
        format!(
            "add {code} to the ledger's currencies, then `crossfoot retry TENANT NUMBER`; or correct `currency:`"
        ),
    ))
}

/// Where a ledger takes the tax as the source states it, the source states it.
///
/// # Errors
/// `tax.hold`.
pub fn stated_tax(facts: TargetFacts<'_>, source: &Invoice) -> Result<(), Reason> {
    let rated = source.lines.iter().find(|l| !l.tax_rate.is_empty());
    match rated.filter(|_| facts.tax == TaxRule::Stated && source.tax.is_none()) {
        None => Ok(()),
        Some(line) => Err(Reason::new(
            codes::TAX_HOLD,
            format!(
                "a line names the rate `{}`, and the source does not state the tax, which {} takes as one sum",
                line.tax_rate, facts.title
            ),
            "state the tax of the document in the source, then `crossfoot retry TENANT NUMBER`",
        )),
    }
}

/// The number is there, printable and short enough.
///
/// # Errors
/// `number.missing`, `number.too_long`, `number.invalid`.
pub fn number(facts: TargetFacts<'_>, draft: &InvoiceDraft) -> Result<(), Reason> {
    let (number, rule) = (&draft.number, draft.kind.mapped_by());
    if number.is_empty() {
        return Err(Reason::new(
            codes::NUMBER_MISSING,
            "the document has no number",
            format!(
                "set one in a `{rule}` rule; or have them counted: `numbers: {{ invoices: {{ next: \"...\" }} }}`, whose next number `crossfoot lint TENANT --live` proposes"
            ),
        ));
    }
    // A ledger that numbers documents itself is not sent ours.
    let Some(Numbers::Ours { longest, charset }) = facts.can(draft.kind).map(|c| &c.numbers) else {
        return Ok(());
    };
    if number.chars().count() > *longest {
        return Err(Reason::new(
            codes::NUMBER_TOO_LONG,
            format!(
                "the number has {} characters; {} takes {longest}",
                number.chars().count(),
                facts.title,
            ),
            format!("shorten it in a `{rule}` rule"),
        ));
    }
    if !number.chars().all(|c| charset.has(c)) {
        let taken = match charset {
            Charset::PrintableAscii => "printable ASCII",
            Charset::Printable => "printable",
        };
        return Err(Reason::new(
            codes::NUMBER_INVALID,
            format!("the number holds a character that is not {taken}"),
            format!("replace it in a `{rule}` rule"),
        ));
    }
    Ok(())
}

/// There is something to bill.
///
/// # Errors
/// `lines.none`, `lines.no_text`.
pub fn lines(draft: &InvoiceDraft) -> Result<(), Reason> {
    if draft.lines.is_empty() {
        return Err(Reason::new(
            codes::LINES_NONE,
            "the document has no lines",
            "add a line in the source, or skip such documents in a `select` rule",
        ));
    }
    if let Some(n) = draft
        .lines
        .iter()
        .position(|l| l.description.trim().is_empty())
    {
        return Err(Reason::new(
            codes::LINES_NO_TEXT,
            format!("line {} has no text", n + 1),
            "name the product in the source, or set `line.description` in a `map_line` rule",
        ));
    }
    Ok(())
}

/// The status is one the ledger makes documents in.
///
/// # Errors
/// `status.unknown`.
pub fn status(facts: TargetFacts<'_>, draft: &InvoiceDraft) -> Result<(), Reason> {
    let words = facts.status_words(draft.kind);
    if words.is_empty() || words.contains(&draft.status.as_str()) {
        return Ok(());
    }
    Err(Reason::new(
        codes::STATUS_UNKNOWN,
        format!(
            "the document would be made as `{}`; {} knows {}",
            draft.status,
            facts.title,
            words.join(", ")
        ),
        "correct what `status:` says of it, or the rule that set it",
    ))
}
