//! Payments: money against one document, never more than is outstanding, never changed but only reversed.
//!
//! Flows in: payment elements. Flows out: payments, and their documents set to PAID or back to AUTHORISED.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::books::{Account, Doc, Kind, Payment};
use super::ctx::{Ctx, Saved};
use super::documents;
use super::fail::Fail;
use super::json::Obj;
use super::lines::Found;
use super::money;
use super::texts;
use super::views::{self, Level, View, beyond};

/// Creates a payment, or reverses one when the element names it with Status DELETED.
pub(super) fn write(
    ctx: &mut Ctx<'_>,
    el: &Obj<'_>,
    path_id: Option<Uuid>,
    create_only: bool,
) -> Result<Saved, Fail> {
    let named = match path_id {
        Some(id) => Some(id),
        None if create_only => None,
        None => el.guid("PaymentID")?,
    };
    let payment = match named {
        Some(id) => {
            let payment = ctx.org.payments.get(&id).cloned().ok_or(Fail::Missing)?;
            reverse(ctx, el, payment)?
        }
        None => create(ctx, el)?,
    };
    let view = View {
        org: ctx.org,
        level: Level::Full,
        dp: ctx.dp,
        now: ctx.now,
    };
    Ok(Saved {
        body: views::payment(view, &payment),
        warnings: Vec::new(),
    })
}

fn create(ctx: &mut Ctx<'_>, el: &Obj<'_>) -> Result<Payment, Fail> {
    let mut found = Found::default();
    let doc = target(ctx, el, &mut found)?;
    let account = account(ctx, el, &mut found)?;
    let amount = el.dec("Amount")?.map(money::cents).unwrap_or_default();
    let date = el.date("Date")?.unwrap_or(ctx.today());
    if let Some(doc) = &doc {
        check_amount(doc, amount, &mut found);
    }
    for text in ctx.org.locked(ctx.sw, date) {
        found.error(text);
    }
    let rate = el.dec("CurrencyRate")?;
    let reference = el.text("Reference")?.unwrap_or_default();
    let reconciled = el.flag("IsReconciled")?.unwrap_or(false);
    let (Some(mut doc), Some(account)) = (doc, account) else {
        return Err(Fail::Invalid(found.errors));
    };
    if !found.errors.is_empty() {
        return Err(Fail::Invalid(found.errors));
    }
    let rate = rate.filter(|r| *r > Decimal::ZERO).unwrap_or(doc.rate);
    let payment = Payment {
        id: ctx.ids.next("payment"),
        target: (doc.kind, doc.id),
        account: account.id,
        date,
        amount,
        bank_amount: bank_amount(ctx, &account, &doc, amount, rate),
        rate,
        reference,
        reconciled,
        status: "AUTHORISED",
        kind: kind_of(&doc),
        updated: ctx.now,
    };
    doc.paid += amount;
    doc.settle(date, true);
    after(ctx, doc, "Paid", &payment);
    ctx.org.doc_payments.put((payment.target.1, payment.id), ());
    ctx.org.payments.put(payment.id, payment.clone());
    Ok(payment)
}

fn after(ctx: &mut Ctx<'_>, mut doc: Doc, words: &str, payment: &Payment) {
    doc.updated = ctx.later(doc.updated);
    ctx.org
        .note(doc.id, words, &payment.amount.to_string(), ctx.now);
    ctx.org
        .note(payment.id, words, &payment.amount.to_string(), ctx.now);
    documents::tell(ctx, &doc, false);
    ctx.org.put_doc(doc);
}

/// Amounts in another currency than the bank's are carried over at the payment's rate.
fn bank_amount(
    ctx: &Ctx<'_>,
    account: &Account,
    doc: &Doc,
    amount: Decimal,
    rate: Decimal,
) -> Decimal {
    let of_bank = account.currency.as_ref().unwrap_or(&ctx.org.currency);
    if *of_bank == doc.currency {
        return amount;
    }
    amount.checked_div(rate).map_or(amount, money::cents)
}

fn kind_of(doc: &Doc) -> &'static str {
    match doc.ty {
        "ACCPAY" => "ACCPAYPAYMENT",
        "ACCRECCREDIT" => "ARCREDITPAYMENT",
        "ACCPAYCREDIT" => "APCREDITPAYMENT",
        "RECEIVE-OVERPAYMENT" => "AROVERPAYMENTPAYMENT",
        "SPEND-OVERPAYMENT" => "APOVERPAYMENTPAYMENT",
        _ => "ACCRECPAYMENT",
    }
}

/// The one document a payment names.
fn target(ctx: &Ctx<'_>, el: &Obj<'_>, found: &mut Found) -> Result<Option<Doc>, Fail> {
    let mut named = Vec::new();
    if let Some(part) = el.obj("Invoice")? {
        let number = part.text("InvoiceNumber")?;
        named.push(find(ctx, Kind::Invoice, part.guid("InvoiceID")?, number));
    } else if let Some(number) = el.text("InvoiceNumber")? {
        named.push(find(ctx, Kind::Invoice, None, Some(number)));
    }
    if let Some(part) = el.obj("CreditNote")? {
        let number = part.text("CreditNoteNumber")?;
        named.push(find(
            ctx,
            Kind::CreditNote,
            part.guid("CreditNoteID")?,
            number,
        ));
    } else if let Some(number) = el.text("CreditNoteNumber")? {
        named.push(find(ctx, Kind::CreditNote, None, Some(number)));
    }
    if let Some(part) = el.obj("Overpayment")? {
        named.push(find(
            ctx,
            Kind::Overpayment,
            part.guid("OverpaymentID")?,
            None,
        ));
    }
    if named.len() != 1 {
        found.error(texts::PAYMENT_TARGET);
        return Ok(None);
    }
    let doc = named.pop().flatten();
    if doc.is_none() {
        found.error(texts::PAYMENT_INVOICE_UNKNOWN);
    }
    Ok(doc)
}

fn find(ctx: &Ctx<'_>, kind: Kind, id: Option<Uuid>, number: Option<String>) -> Option<Doc> {
    let numbers = match kind {
        Kind::CreditNote => &ctx.org.credit_numbers,
        _ => &ctx.org.invoice_numbers,
    };
    let id = id.or_else(|| numbers.get(&number?).copied())?;
    ctx.org.docs(kind).get(&id).cloned()
}

fn account(ctx: &Ctx<'_>, el: &Obj<'_>, found: &mut Found) -> Result<Option<Account>, Fail> {
    let named = el.obj("Account")?;
    let (id, code) = match &named {
        Some(part) => (part.guid("AccountID")?, part.text("Code")?),
        None => (None, el.text("Code")?),
    };
    let known = match (id, code) {
        (Some(id), _) => ctx.org.accounts.get(&id),
        (None, Some(code)) => ctx.org.account(&code),
        (None, None) => None,
    };
    let Some(account) = known.filter(|a| a.status == "ACTIVE") else {
        found.error(texts::PAYMENT_ACCOUNT);
        return Ok(None);
    };
    if account.kind != "BANK" && !account.payments {
        found.error(texts::PAYMENT_ACCOUNT_TYPE);
    }
    Ok(Some(account.clone()))
}

/// The document shows no change of its own.
fn untouched(ctx: &mut Ctx<'_>, payment: &Payment, id: Uuid, before: DateTime<Utc>) {
    if let Some(mut doc) = ctx.org.docs(payment.target.0).get(&id).cloned() {
        doc.updated = before;
        ctx.org.put_doc(doc);
    }
}

fn check_amount(doc: &Doc, amount: Decimal, found: &mut Found) {
    if doc.status != "AUTHORISED" {
        found.error(texts::PAYMENT_NOT_AUTHORISED);
        found.error(texts::PAYMENT_EXCEEDS);
        return;
    }
    if amount <= Decimal::ZERO {
        found.error(texts::PAYMENT_AMOUNT);
    } else if beyond(amount, doc.open()) {
        found.error(texts::PAYMENT_EXCEEDS);
    }
}

fn reverse(ctx: &mut Ctx<'_>, el: &Obj<'_>, mut payment: Payment) -> Result<Payment, Fail> {
    let wanted = el.choice(
        "Status",
        &["AUTHORISED", "DELETED"],
        "Xero.API.Library.PaymentStatus",
    )?;
    if payment.status == "DELETED" {
        return Err(Fail::say(texts::PAYMENT_DEAD));
    }
    if wanted != Some("DELETED") {
        return Err(Fail::say(texts::PAYMENT_ONLY_DELETE));
    }
    if payment.reconciled {
        return Err(Fail::say(texts::PAYMENT_RECONCILED));
    }
    let locked = ctx.org.locked(ctx.sw, payment.date);
    if !locked.is_empty() {
        return Err(Fail::Invalid(locked));
    }
    payment.status = "DELETED";
    payment.updated = ctx.later(payment.updated);
    if let Some(mut doc) = ctx
        .org
        .docs(payment.target.0)
        .get(&payment.target.1)
        .cloned()
    {
        doc.paid -= payment.amount;
        doc.settle(payment.date, ctx.sw.is("payment_delete", "reopen"));
        let (id, before) = (doc.id, doc.updated);
        after(ctx, doc, "Payment deleted", &payment);
        if ctx.sw.is("payment_delete_touches", "payment") {
            untouched(ctx, &payment, id, before);
        }
    }
    ctx.org.payments.put(payment.id, payment.clone());
    Ok(payment)
}
