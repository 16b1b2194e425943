//! Payments: what they pay of invoices, what credits they use, what stays unapplied.
//!
//! A part that names a paper of another customer is not applied: the money stays unapplied, as the vendor leaves it. Every
//! paper that a payment touches gets a new version, and a link while it is paid by it.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Key, Link, Part, Row};
use super::fault::{Fault, Refusal};
use super::kinds::Kind;
use super::money;
use super::refs;
use super::sales;
use super::values::{self, Fields};
use super::work::{Cx, Effect};

/// Completes a payment, or says what is wrong with it.
pub(super) fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<Vec<Effect>, Refusal> {
    let mut faults = Vec::new();
    let customer = values::reference(&row.fields, "CustomerRef");
    if customer.is_none() {
        faults.push(Fault::missing("CustomerRef"));
    }
    let total = values::dec(&row.fields, "TotalAmt");
    match total {
        None => faults.push(Fault::missing("TotalAmt")),
        Some(total) if total < Decimal::ZERO => {
            faults.push(Fault::business("You must set a transaction amount."))
        }
        Some(_) => {}
    }
    refs::check(
        co,
        cx,
        &row.fields,
        old.map(|o| &o.fields),
        refs::PAPER,
        &mut faults,
    );
    let party = customer
        .as_deref()
        .and_then(|id| refs::row(co, cx, Kind::Customer, id));
    sales::currency(co, &mut row.fields, party, &mut faults);
    Refusal::of(faults)?;
    let total = money::cents(total.unwrap_or_default());
    row.parts = parts(co, cx, row, old)?;
    let sum = |kind: Kind| -> Decimal {
        row.parts
            .iter()
            .filter(|p| p.on.0 == kind)
            .map(|p| p.amount)
            .sum()
    };
    let free = total + sum(Kind::CreditMemo) - sum(Kind::Invoice);
    if free < Decimal::ZERO {
        return Err(Fault::business(
            "The amount that is applied is more than the amount of the payment.",
        )
        .into());
    }
    row.sums.total = total;
    row.sums.open = free;
    row.fields.remove("TotalAmt");
    row.fields.remove("UnappliedAmt");
    row.fields.insert("Line".into(), shown(&row.parts));
    values::default(&mut row.fields, "TxnDate", || {
        values::day_text(values::today(cx.now))
    });
    values::default(&mut row.fields, "ProcessPayment", || json!(false));
    if let Some(account) = sales::undeposited(co) {
        values::default(&mut row.fields, "DepositToAccountRef", || {
            values::to(account)
        });
    }
    Ok(effects(row, old))
}

/// The lines, as they are shown.
pub(super) fn shown(parts: &[Part]) -> Value {
    let line = |p: &Part| {
        json!({
            "Amount": money::amount(p.amount),
            "LinkedTxn": [{"TxnId": p.on.1.to_string(), "TxnType": p.on.0.word()}],
        })
    };
    Value::Array(parts.iter().map(line).collect())
}

fn parts(co: &Company, cx: &Cx<'_>, row: &Row, old: Option<&Row>) -> Result<Vec<Part>, Refusal> {
    let mut all: Vec<Part> = Vec::new();
    for line in values::list(&row.fields, "Line")
        .iter()
        .filter_map(Value::as_object)
    {
        let amount =
            money::cents(values::dec(line, "Amount").ok_or_else(|| Fault::missing("Line.Amount"))?);
        for link in values::list(line, "LinkedTxn")
            .iter()
            .filter_map(Value::as_object)
        {
            let Some(on) = linked(co, cx, row, link)? else {
                continue;
            };
            match all.iter_mut().find(|p| p.on == on) {
                Some(part) => part.amount += amount,
                None => all.push(Part { on, amount }),
            }
        }
    }
    all.retain(|p| !p.amount.is_zero());
    for part in &mut all {
        let mine: Decimal = old.map_or(Decimal::ZERO, |o| paid(o, part.on));
        let open = co.row(part.on).map_or(Decimal::ZERO, |r| r.sums.open) + mine;
        if part.amount > open && cx.sw.is("overapplied", "unapplied") {
            part.amount = open;
        } else if part.amount > open || part.amount < Decimal::ZERO {
            return Err(Fault::business(
                "The amount that is applied is more than what is open on the transaction.",
            )
            .into());
        }
    }
    all.retain(|p| !p.amount.is_zero());
    Ok(all)
}

/// What a line links to, when it counts.
fn linked(co: &Company, cx: &Cx<'_>, row: &Row, link: &Fields) -> Result<Option<Key>, Refusal> {
    let id = values::text(link, "TxnId").ok_or_else(|| Fault::missing("Line.LinkedTxn.TxnId"))?;
    let word =
        values::text(link, "TxnType").ok_or_else(|| Fault::missing("Line.LinkedTxn.TxnType"))?;
    let kind = match word.as_str() {
        "Invoice" => Kind::Invoice,
        "CreditMemo" => Kind::CreditMemo,
        _ => {
            let detail =
                format!("The Txn ID (identified by {id}) you're trying to use can't be linked.");
            return Err(Fault::new("620", detail).into());
        }
    };
    let Some(paper) = refs::row(co, cx, kind, &id) else {
        return Err(Fault::business(format_args!(
            "The entity {word} {id} that you are trying to link does not exist. {word} {id}"
        ))
        .into());
    };
    let payer = values::reference(&row.fields, "CustomerRef");
    let owner = values::reference(&paper.fields, "CustomerRef");
    let parent = owner.as_deref().and_then(|id| co.find(Kind::Customer, id));
    let parent = parent.and_then(|c| values::reference(&c.fields, "ParentRef"));
    if payer != owner && (parent.is_none() || payer != parent) {
        return Ok(None);
    }
    if values::reference(&row.fields, "CurrencyRef")
        != values::reference(&paper.fields, "CurrencyRef")
    {
        return Err(Fault::business("A payment and what it pays must have one currency.").into());
    }
    Ok(Some(paper.key))
}

fn paid(row: &Row, on: Key) -> Decimal {
    let mine = row.parts.iter().filter(|p| p.on == on);
    mine.map(|p| p.amount).sum()
}

/// What a change of a payment does to the papers it paid or pays.
pub(super) fn effects(row: &Row, old: Option<&Row>) -> Vec<Effect> {
    let before = old.map_or(&[][..], |o| &o.parts);
    let mut keys: Vec<Key> = before.iter().chain(&row.parts).map(|p| p.on).collect();
    keys.sort_unstable();
    keys.dedup();
    let link = || Link {
        id: row.id(),
        kind: "Payment".into(),
    };
    let mut all = Vec::new();
    for on in keys {
        let was = old.map_or(Decimal::ZERO, |o| paid(o, on));
        let is = paid(row, on);
        if was != is {
            all.push(Effect {
                on,
                open: was - is,
                link: if was.is_zero() {
                    vec![link()]
                } else {
                    Vec::new()
                },
                unlink: if is.is_zero() {
                    vec![link()]
                } else {
                    Vec::new()
                },
                status: None,
            });
        }
    }
    all
}
