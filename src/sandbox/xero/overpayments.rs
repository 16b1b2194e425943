//! Bank transactions, of which an overpayment is one kind.
//!
//! A RECEIVE-OVERPAYMENT puts money in the bank and a credit on the contact: one line on the receivables account,
//! without tax. The credit then lives under /Overpayments and is allocated from there.

use uuid::Uuid;

use super::books::{Doc, Kind};
use super::contacts;
use super::ctx::{Ctx, Saved};
use super::documents;
use super::fail::Fail;
use super::json::Obj;
use super::lines::{self, Found, Frame};
use super::money::LineAmounts;
use super::texts;
use super::views::{self, Level, View};

const TYPES: &[&str] = &[
    "RECEIVE",
    "RECEIVE-OVERPAYMENT",
    "RECEIVE-PREPAYMENT",
    "SPEND",
    "SPEND-OVERPAYMENT",
    "SPEND-PREPAYMENT",
    "RECEIVE-TRANSFER",
    "SPEND-TRANSFER",
];

/// The type of a bank transaction, as far as they are served.
fn type_of(el: &Obj<'_>) -> Result<&'static str, Fail> {
    let ty = el.choice("Type", TYPES, "Xero.API.Library.BankTransactionType")?;
    let supported = [
        "RECEIVE",
        "SPEND",
        "RECEIVE-OVERPAYMENT",
        "SPEND-OVERPAYMENT",
    ];
    let Some(ty) = ty.filter(|t| supported.contains(t)) else {
        return Err(Fail::say(if ty.is_none() {
            texts::TYPE_MISSING
        } else {
            texts::BANK_TYPE
        }));
    };
    Ok(ty)
}

/// How the amounts of the lines are to be read.
fn amounts_of(el: &Obj<'_>, over: bool) -> Result<LineAmounts, Fail> {
    let default = if over {
        LineAmounts::NoTax
    } else {
        LineAmounts::Exclusive
    };
    let word = el.choice(
        "LineAmountTypes",
        LineAmounts::WORDS,
        "Xero.API.Library..LineAmountType",
    )?;
    Ok(word.and_then(LineAmounts::from_word).unwrap_or(default))
}

/// Writes the overpayment that a bank transaction stands for; answers its id.
fn credit(ctx: &mut Ctx<'_>, doc: &Doc) -> Uuid {
    let credit = Doc {
        id: ctx.ids.next("overpayment"),
        kind: Kind::Overpayment,
        ..doc.clone()
    };
    let id = credit.id;
    ctx.org
        .note(credit.id, "Created", &credit.total.to_string(), ctx.now);
    documents::tell(ctx, &credit, true);
    ctx.org.put_doc(credit);
    id
}

/// Creates a bank transaction, and the overpayment it stands for.
pub(super) fn write(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<Saved, Fail> {
    if let Some(id) = el.guid("BankTransactionID")? {
        return remove(ctx, el, id);
    }
    let mut found = Found::default();
    let ty = type_of(el)?;
    let sent = el
        .obj("Contact")?
        .ok_or_else(|| Fail::say(texts::CONTACT_MISSING))?;
    let contact = contacts::of_document(ctx, &sent)?;
    let bank = bank(ctx, el, &mut found)?;
    let over = ty.ends_with("OVERPAYMENT");
    let amounts = amounts_of(el, over)?;
    let date = el.date("Date")?.unwrap_or(ctx.today());
    let frame = Frame {
        org: ctx.org,
        sw: ctx.sw,
        contact: &contact,
        sale: ty.starts_with("RECEIVE"),
        discounts: false,
        draft: false,
        overpayment: over,
        amounts,
        dp: ctx.dp,
    };
    let rows = el.list("LineItems")?.unwrap_or_default();
    if rows.is_empty() {
        found.error(texts::LINES_MISSING);
    }
    let lines = lines::build(&frame, &rows, &[], ctx.ids, &mut found)?;
    for text in ctx.org.locked(ctx.sw, date) {
        found.error(text);
    }
    let blank = ctx.blank((Kind::Bank, ""), contact.id, "AUTHORISED");
    let mut doc = Doc {
        ty,
        date,
        amounts,
        reference: el.text("Reference")?.unwrap_or_default(),
        lines,
        bank,
        reconciled: el.flag("IsReconciled")?.unwrap_or(false),
        ..blank
    };
    documents::total(&mut doc);
    if over && ctx.sw.is("overpayment_line", "ar_account") {
        check_line(ctx, &doc, &mut found);
    }
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    if over {
        doc.linked = Some(credit(ctx, &doc));
    }
    ctx.org
        .note(doc.id, "Created", &doc.total.to_string(), ctx.now);
    ctx.org.put_doc(doc.clone());
    Ok(saved(ctx, &doc))
}

fn saved(ctx: &Ctx<'_>, doc: &Doc) -> Saved {
    let view = View {
        org: ctx.org,
        level: Level::Full,
        dp: ctx.dp,
        now: ctx.now,
    };
    Saved {
        body: views::doc(view, doc),
        warnings: Vec::new(),
    }
}

fn bank(ctx: &Ctx<'_>, el: &Obj<'_>, found: &mut Found) -> Result<Option<Uuid>, Fail> {
    let known = match el.obj("BankAccount")? {
        Some(part) => match (part.guid("AccountID")?, part.text("Code")?) {
            (Some(id), _) => ctx.org.accounts.get(&id),
            (None, Some(code)) => ctx.org.account(&code),
            (None, None) => None,
        },
        None => None,
    };
    let account = known.filter(|a| a.kind == "BANK" && a.status == "ACTIVE");
    if account.is_none() {
        found.error(texts::BANK_ACCOUNT);
    }
    Ok(account.map(|a| a.id))
}

fn check_line(ctx: &Ctx<'_>, doc: &Doc, found: &mut Found) {
    let wanted = if doc.sale() { "DEBTORS" } else { "CREDITORS" };
    let [line] = doc.lines.as_slice() else {
        return found.error(texts::OVERPAYMENT_LINE);
    };
    let account = line.account.and_then(|id| ctx.org.accounts.get(&id));
    let right = account.is_some_and(|a| a.system.as_deref() == Some(wanted));
    if !right || !doc.tax.is_zero() {
        found.error(texts::OVERPAYMENT_LINE);
    }
}

/// The only change there is: DELETED, unless the credit has been used.
fn remove(ctx: &mut Ctx<'_>, el: &Obj<'_>, id: Uuid) -> Result<Saved, Fail> {
    let mut doc = ctx.org.banks.get(&id).cloned().ok_or(Fail::Missing)?;
    let wanted = el.choice(
        "Status",
        &["AUTHORISED", "DELETED", "VOIDED"],
        "Xero.API.Library.BankTransactionStatus",
    )?;
    let credit = doc
        .linked
        .and_then(|id| ctx.org.overpayments.get(&id))
        .cloned();
    let used = credit.as_ref().is_some_and(Doc::touched);
    if doc.status != "AUTHORISED" || wanted != Some("DELETED") || used {
        return Err(Fail::say(texts::NOT_MODIFIABLE));
    }
    let locked = ctx.org.locked(ctx.sw, doc.date);
    if !locked.is_empty() {
        return Err(Fail::Invalid(locked));
    }
    doc.status = "DELETED";
    doc.updated = ctx.later(doc.updated);
    if let Some(mut credit) = credit {
        credit.status = "VOIDED";
        credit.updated = ctx.later(credit.updated);
        documents::tell(ctx, &credit, false);
        ctx.org.put_doc(credit);
    }
    ctx.org.put_doc(doc.clone());
    Ok(saved(ctx, &doc))
}
