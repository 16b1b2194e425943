//! Writing invoices and credit notes: what may be created, what may be changed, and when.
//!
//! Flows in: one element. Flows out: the document in the books, with totals worked out by the vendor's rules. Refuses
//! what the vendor refuses: numbers in use, statuses that cannot follow, edits after a payment, locked periods.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::books::{Contact, Doc, Kind, Line};
use super::contacts;
use super::ctx::Ctx;
use super::document_commit::{commit, locks};
pub(super) use super::document_commit::{names, tell};
use super::fail::Fail;
use super::json::{Obj, parse_day};
use super::lines::{self, Found, Frame};
use super::money::{self, LineAmounts};
use super::status;
use super::texts;

const INVOICE_TYPES: &[&str] = &["ACCREC", "ACCPAY"];
const CREDIT_TYPES: &[&str] = &["ACCRECCREDIT", "ACCPAYCREDIT"];
const STATUSES: &[&str] = &[
    "DRAFT",
    "SUBMITTED",
    "DELETED",
    "AUTHORISED",
    "PAID",
    "VOIDED",
];

/// What a write has to say besides the document.
pub(super) struct Written {
    pub(super) doc: Doc,
    pub(super) warnings: Vec<String>,
}

/// Creates (PUT) or creates and updates (POST) one document. `path_id` is the id in the address, if any.
pub(super) fn write(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    kind: Kind,
    create_only: bool,
    path_id: Option<Uuid>,
) -> Result<Written, Fail> {
    let before = match (path_id, create_only) {
        (Some(id), _) => Some(ctx.org.docs(kind).get(&id).cloned().ok_or(Fail::Missing)?),
        (None, true) => None,
        (None, false) => target(ctx, el, kind)?,
    };
    let mut found = Found::default();
    let doc = match &before {
        Some(old) => change(ctx, el, old.clone(), &mut found)?,
        None => create(ctx, el, kind, &mut found)?,
    };
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    let doc = commit(ctx, doc, before.as_ref());
    Ok(Written {
        doc,
        warnings: found.warnings,
    })
}

/// Which document a POST is about: by id, else (receivables only) by number.
fn target(ctx: &Ctx<'_>, el: &Obj<'_>, kind: Kind) -> Result<Option<Doc>, Fail> {
    let (id_field, number_field, _, _) = names(kind);
    if let Some(id) = el.guid(id_field)? {
        return ctx
            .org
            .docs(kind)
            .get(&id)
            .cloned()
            .map(Some)
            .ok_or(Fail::Missing);
    }
    let receivable = el.text("Type")?.is_none_or(|t| t.starts_with("ACCREC"));
    let Some(number) = el
        .text(number_field)?
        .filter(|n| receivable && !n.is_empty())
    else {
        return Ok(None);
    };
    let holder = by_number(ctx, kind, &number);
    let dead = holder.is_some_and(|d| matches!(d.status, "VOIDED" | "DELETED"));
    if dead && ctx.sw.is("dead_number_reuse", "allow") {
        return Ok(None);
    }
    Ok(holder.cloned())
}

fn by_number<'c>(ctx: &'c Ctx<'_>, kind: Kind, number: &str) -> Option<&'c Doc> {
    let numbers = match kind {
        Kind::CreditNote => &ctx.org.credit_numbers,
        _ => &ctx.org.invoice_numbers,
    };
    ctx.org.docs(kind).get(numbers.get(&number.to_string())?)
}

fn create(ctx: &mut Ctx<'_>, el: &Obj<'_>, kind: Kind, found: &mut Found) -> Result<Doc, Fail> {
    let types = if kind == Kind::CreditNote {
        CREDIT_TYPES
    } else {
        INVOICE_TYPES
    };
    let ty = el.choice("Type", types, "Xero.API.Library.InvoiceType")?;
    let status = el
        .choice("Status", STATUSES, "Xero.API.Library.InvoiceStatus")?
        .unwrap_or("DRAFT");
    if !matches!(status, "DRAFT" | "SUBMITTED" | "AUTHORISED") {
        found.error(texts::CREATE_STATUS);
    }
    let Some(ty) = ty else {
        found.error(texts::TYPE_MISSING);
        return Err(Fail::Invalid(std::mem::take(&mut found.errors)));
    };
    let contact = contact_for(ctx, el, found)?;
    let Some(contact) = contact else {
        return Err(Fail::Invalid(std::mem::take(&mut found.errors)));
    };
    let mut doc = ctx.blank((kind, ty), contact.id, status);
    head(ctx, el, &mut doc, found)?;
    let sent = el.list("LineItems")?.unwrap_or_default();
    if sent.is_empty() {
        found.error(texts::LINES_MISSING);
    }
    set_lines(ctx, el, &mut doc, &contact, Some(&sent), found)?;
    approved_rules(ctx, &doc, None, found);
    number(ctx, el, &mut doc, found)?;
    locks(ctx, &[&doc], found);
    Ok(doc)
}

fn contact_for(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    found: &mut Found,
) -> Result<Option<Contact>, Fail> {
    let Some(sent) = el.obj("Contact")? else {
        found.error(texts::CONTACT_MISSING);
        return Ok(None);
    };
    match contacts::of_document(ctx, &sent) {
        Ok(contact) => Ok(Some(contact)),
        Err(Fail::Invalid(messages)) => {
            messages.into_iter().for_each(|m| found.error(m));
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// The fields above the lines.
pub(super) fn head(
    ctx: &Ctx<'_>,
    el: &Obj<'_>,
    doc: &mut Doc,
    found: &mut Found,
) -> Result<(), Fail> {
    doc.date = el.date("Date")?.unwrap_or(doc.date);
    doc.due = el.date("DueDate")?.or(doc.due);
    doc.expected = el.date("ExpectedPaymentDate")?.or(doc.expected);
    doc.planned = el.date("PlannedPaymentDate")?.or(doc.planned);
    if let Some(text) = el.text("Reference")? {
        if text.chars().count() > 255 {
            found.error(texts::too_long("Reference", 255));
        }
        // A bill has no reference of its own: its number is shown as one.
        if doc.ty != "ACCPAY" {
            doc.reference = text;
        }
    }
    let words = LineAmounts::WORDS;
    if let Some(word) = el.choice("LineAmountTypes", words, "Xero.API.Library..LineAmountType")? {
        doc.amounts = LineAmounts::from_word(word).unwrap_or(doc.amounts);
    }
    currency(ctx, el, doc, found)?;
    if let Some(url) = el.text("Url")? {
        if url.to_lowercase().contains("xero") || !(url.is_empty() || url.starts_with("http")) {
            found.error(texts::URL_XERO);
        }
        doc.url = Some(url).filter(|u| !u.is_empty());
    }
    doc.branding = el.guid("BrandingThemeID")?.or(doc.branding);
    if let Some(sent) = el.flag("SentToContact")? {
        if sent && !doc.sent && !matches!(doc.status, "AUTHORISED" | "PAID") {
            found.error(texts::SENT_TOO_EARLY);
        }
        doc.sent = sent;
    }
    Ok(())
}

fn currency(ctx: &Ctx<'_>, el: &Obj<'_>, doc: &mut Doc, found: &mut Found) -> Result<(), Fail> {
    if let Some(code) = el.text("CurrencyCode")?.filter(|c| !c.is_empty()) {
        if iso_currency::Currency::from_code(&code).is_none() {
            return Err(Fail::Post(format!(
                "Error converting value \"{code}\" to type 'Xero.API.Library.CurrencyCode'. Path '{}.CurrencyCode'",
                el.path
            )));
        }
        match ctx.org.currencies.get(&code) {
            None => found.error(texts::currency(&code)),
            Some(day_rate) if code != doc.currency => doc.rate = *day_rate,
            Some(_) => {}
        }
        doc.currency = code;
    }
    if let Some(rate) = el.dec("CurrencyRate")? {
        let too_long =
            money::round(rate, 6) != rate || rate >= Decimal::from(1_000_000_000_000_000_000_i64);
        if rate <= Decimal::ZERO || too_long {
            found.error(texts::RATE_INVALID);
        }
        if doc.currency != ctx.org.currency {
            doc.rate = rate;
        }
    }
    Ok(())
}

/// Lines and totals. Lines that are not sent stay, but are worked out again.
fn set_lines(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    doc: &mut Doc,
    contact: &Contact,
    sent: Option<&[Obj<'_>]>,
    found: &mut Found,
) -> Result<(), Fail> {
    let frame = Frame {
        org: ctx.org,
        sw: ctx.sw,
        contact,
        sale: doc.sale(),
        discounts: doc.ty == "ACCREC",
        draft: matches!(doc.status, "DRAFT" | "DELETED"),
        overpayment: false,
        amounts: doc.amounts,
        dp: ctx.dp,
    };
    match sent {
        Some(sent) => doc.lines = lines::build(&frame, sent, &doc.lines, ctx.ids, found)?,
        None => lines::again(&frame, &mut doc.lines, found),
    }
    total(doc);
    let given = el.dec("Total")?;
    if given.is_some_and(|t| t != doc.total) && ctx.sw.is("total_mismatch", "error") {
        found.error(texts::TOTAL_MISMATCH);
    }
    Ok(())
}

/// Sums a document's lines.
pub(super) fn total(doc: &mut Doc) {
    let pair = |line: &Line| (line.amount, line.tax);
    let sums = money::totals(doc.lines.iter().map(pair), doc.amounts);
    (doc.sub, doc.tax, doc.total) = (sums.sub, sums.tax, sums.total);
    doc.discount = doc.lines.iter().map(|l| l.gross - l.amount).sum();
}

/// What holds for a document that is no draft.
fn approved_rules(ctx: &Ctx<'_>, doc: &Doc, before: Option<&Doc>, found: &mut Found) {
    let live = matches!(doc.status, "SUBMITTED" | "AUTHORISED" | "PAID");
    if live && doc.due.is_none() && doc.kind == Kind::Invoice {
        found.error(texts::DUE_DATE_MISSING);
    }
    let approving = doc.status == "AUTHORISED" && before.is_none_or(|b| b.status != "AUTHORISED");
    let full = ctx
        .org
        .approve_limit
        .is_some_and(|most| ctx.org.approved >= most);
    if approving && full && doc.kind == Kind::Invoice {
        found.error(texts::PLAN_LIMIT);
    }
}

/// The document's number: unique among receivables, given by the vendor when missing.
fn number(ctx: &mut Ctx<'_>, el: &Obj<'_>, doc: &mut Doc, found: &mut Found) -> Result<(), Fail> {
    let (_, field, _, _) = names(doc.kind);
    let given = el.text(field)?.filter(|n| !n.is_empty());
    if let Some(number) = given {
        if number.chars().count() > 255 || !number.chars().all(|c| (' '..='~').contains(&c)) {
            found.error(texts::NUMBER_TEXT);
        }
        let holder = by_number(ctx, doc.kind, &number).filter(|h| h.id != doc.id);
        let free = holder.is_some_and(|h| matches!(h.status, "VOIDED" | "DELETED"))
            && ctx.sw.is("dead_number_reuse", "allow");
        if holder.is_some() && !free && doc.ty.starts_with("ACCREC") {
            let credit = doc.kind == Kind::CreditNote;
            found.error(if credit {
                texts::CREDIT_NUMBER_TAKEN
            } else {
                texts::NUMBER_TAKEN
            });
        }
        doc.number = number;
        return Ok(());
    }
    if !doc.number.is_empty() || !doc.ty.starts_with("ACCREC") {
        return Ok(());
    }
    let (at, prefix) = if doc.kind == Kind::CreditNote {
        (1, "CN")
    } else {
        (0, "INV")
    };
    loop {
        ctx.org.next_number[at] += 1;
        let number = format!("{prefix}-{:04}", ctx.org.next_number[at]);
        if by_number(ctx, doc.kind, &number).is_none() {
            doc.number = number;
            return Ok(());
        }
    }
}

fn change(ctx: &mut Ctx<'_>, el: &Obj<'_>, old: Doc, found: &mut Found) -> Result<Doc, Fail> {
    let wanted = el.choice("Status", STATUSES, "Xero.API.Library.InvoiceStatus")?;
    let refused = status::moves(&old, wanted);
    if !refused.is_empty() {
        return Err(Fail::Invalid(refused));
    }
    locks(ctx, &[&old], found);
    let mut doc = old.clone();
    if !old.touched() {
        doc.status = wanted.unwrap_or(old.status);
    }
    if matches!(doc.status, "VOIDED" | "DELETED") {
        return Ok(doc);
    }
    let contact = match el.obj("Contact")? {
        Some(_) => contact_for(ctx, el, found)?,
        None => ctx.org.contacts.get(&old.contact).cloned(),
    };
    let Some(contact) = contact else {
        return Err(Fail::Invalid(std::mem::take(&mut found.errors)));
    };
    doc.contact = contact.id;
    head(ctx, el, &mut doc, found)?;
    let sent = el.list("LineItems")?.filter(|l| !l.is_empty());
    set_lines(ctx, el, &mut doc, &contact, sent.as_deref(), found)?;
    number(ctx, el, &mut doc, found)?;
    approved_rules(ctx, &doc, Some(&old), found);
    if old.touched() && !status::harmless(&old, &doc) {
        found.errors = vec![texts::NOT_MODIFIABLE.into(), texts::HAS_PAYMENT.into()];
    }
    if doc.date != old.date || doc.status != old.status {
        locks(ctx, &[&doc], found);
    }
    Ok(doc)
}

/// Reads a day of a seed.
pub(super) fn seed_day(text: &str) -> Result<chrono::NaiveDate, String> {
    parse_day(text).ok_or_else(|| format!("`{text}` is not a date; write YYYY-MM-DD"))
}
