//! Sales forms: invoices, credit memos, receipts, refunds, estimates.
//!
//! Flows in: the row as it was sent, and as it stood. Flows out: the row with its lines, tax, sums and defaults, and what it
//! does to other papers: an estimate that becomes an invoice is closed. What was applied to a form stays applied.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::{Company, Link, Row};
use super::fault::{Fault, Refusal};
use super::kinds::Kind;
use super::lines;
use super::merge;
use super::money;
use super::refs;
use super::sale_tax;
use super::values::{self, Fields};
use super::work::{Cx, Effect};

/// Completes a form, or says what is wrong with it.
pub(super) fn settle(
    co: &Company,
    cx: &Cx<'_>,
    row: &mut Row,
    old: Option<&Row>,
) -> Result<Vec<Effect>, Refusal> {
    let mut faults = Vec::new();
    let kind = row.kind();
    let before = old.map(|o| &o.fields);
    let customer = values::reference(&row.fields, "CustomerRef");
    if customer.is_none() && !matches!(kind, Kind::SalesReceipt | Kind::RefundReceipt) {
        faults.push(Fault::missing("CustomerRef"));
    }
    if kind == Kind::RefundReceipt
        && values::reference(&row.fields, "DepositToAccountRef").is_none()
    {
        faults.push(Fault::missing("DepositToAccountRef"));
    }
    refs::check(co, cx, &row.fields, before, refs::PAPER, &mut faults);
    let customer = customer.and_then(|id| refs::row(co, cx, Kind::Customer, &id));
    currency(co, &mut row.fields, customer, &mut faults);
    addresses(row, customer, old.is_none());
    if !untouched(row, old) {
        figures(co, cx, row, old, &mut faults);
    }
    if values::text(&row.fields, "EmailStatus").as_deref() == Some("NeedToSend")
        && values::object(&row.fields, "BillEmail").is_none()
    {
        faults.push(Fault::missing("BillEmail"));
    }
    Refusal::of(faults)?;
    let applied = old.map_or(Decimal::ZERO, |o| o.sums.total - o.sums.open);
    row.sums.open = match kind {
        Kind::Invoice | Kind::CreditMemo => row.sums.total - applied,
        _ => Decimal::ZERO,
    };
    if row.sums.open < Decimal::ZERO {
        return Err(Fault::business(
            "The amount that is applied to this transaction is more than its total.",
        )
        .into());
    }
    if !applied.is_zero()
        && old.is_some_and(|o| o.text_of("CustomerRef") != row.text_of("CustomerRef"))
    {
        return Err(Fault::business(
            "The customer of a transaction with payments cannot be changed.",
        )
        .into());
    }
    defaults(co, cx, row, customer);
    estimates(co, cx, row)
}

/// Whether a change leaves all that the sums come from: then they stay, also where a total was given.
fn untouched(row: &Row, old: Option<&Row>) -> bool {
    let mut all = merge::TAXED.iter().chain(&["TxnTaxDetail"]);
    old.is_some_and(|o| all.all(|f| o.fields.get(*f) == row.fields.get(*f)))
}

/// Works out lines, tax and total.
fn figures(co: &Company, cx: &Cx<'_>, row: &mut Row, old: Option<&Row>, faults: &mut Vec<Fault>) {
    let mut sheet = lines::read(co, cx, row, old, faults);
    let totals = sale_tax::settle(co, cx, row, &mut sheet, faults);
    if totals.total < Decimal::ZERO {
        faults.push(Fault::business("The total amount must be 0 or greater."));
    }
    let lines = sheet.lines(discount_account(co));
    row.fields.insert("Line".into(), lines);
    row.sums.tax = totals.tax;
    row.sums.total = totals.total;
}

impl Row {
    /// What one of its references points at.
    fn text_of(&self, name: &str) -> String {
        values::reference(&self.fields, name).unwrap_or_default()
    }
}

fn discount_account(co: &Company) -> Option<String> {
    let wanted = co.preference("SalesFormsPrefs", "DefaultDiscountAccount");
    wanted.filter(|id| co.find(Kind::Account, id).is_some())
}

/// One currency a form: its customer's, which must be said where the company deals in several.
pub(super) fn currency(
    co: &Company,
    fields: &mut Fields,
    party: Option<&Row>,
    faults: &mut Vec<Fault>,
) {
    let theirs = party.and_then(|c| values::reference(&c.fields, "CurrencyRef"));
    let sent = values::reference(fields, "CurrencyRef");
    let several = co.prefers("CurrencyPrefs", "MultiCurrencyEnabled");
    if several && sent.is_none() {
        faults.push(Fault::missing("CurrencyRef"));
    }
    let code = sent
        .clone()
        .or_else(|| theirs.clone())
        .unwrap_or_else(|| co.home.clone());
    if theirs.is_some_and(|t| t != code) {
        faults.push(Fault::business(
            "The currency of the transaction is not the currency of its customer or vendor.",
        ));
    }
    let Some(found) = co.currency(&code).filter(|_| several || code == co.home) else {
        faults.push(Fault::business(format_args!(
            "The currency {code} is not set up in your company."
        )));
        return;
    };
    fields.insert(
        "CurrencyRef".into(),
        values::named(code, found.name.clone()),
    );
    if several {
        values::default(fields, "ExchangeRate", || money::plain(found.rate));
    } else {
        fields.remove("ExchangeRate");
    }
}

/// A new form that names no address has its customer's.
fn addresses(row: &mut Row, customer: Option<&Row>, new: bool) {
    let Some(customer) = customer.filter(|_| new) else {
        return;
    };
    let bill = values::raw(&customer.fields, "BillAddr");
    let ship = values::raw(&customer.fields, "ShipAddr").or(bill);
    for (field, value) in [("BillAddr", bill), ("ShipAddr", ship)] {
        if let Some(value) = value {
            values::default(&mut row.fields, field, || value.clone());
        }
    }
}

fn defaults(co: &Company, cx: &Cx<'_>, row: &mut Row, customer: Option<&Row>) {
    let kind = row.kind();
    let fields = &mut row.fields;
    values::default(fields, "TxnDate", || {
        values::day_text(values::today(cx.now))
    });
    if kind == Kind::Invoice {
        for word in [
            "AllowIPNPayment",
            "AllowOnlinePayment",
            "AllowOnlineCreditCardPayment",
            "AllowOnlineACHPayment",
        ] {
            values::default(fields, word, || json!(false));
        }
        due(co, fields, customer);
    }
    if kind == Kind::Estimate {
        values::default(fields, "TxnStatus", || json!("Pending"));
    }
    if matches!(kind, Kind::SalesReceipt)
        && let Some(account) = undeposited(co)
    {
        values::default(fields, "DepositToAccountRef", || values::to(account));
    }
    values::default(fields, "ApplyTaxAfterDiscount", || json!(false));
    values::default(fields, "PrintStatus", || json!("NeedToPrint"));
    values::default(fields, "EmailStatus", || json!("NotSet"));
    custom_fields(co, fields);
}

/// The account that money waits in until it is taken to the bank.
pub(super) fn undeposited(co: &Company) -> Option<String> {
    let mut accounts = co.all(Kind::Account);
    let found = accounts.find(|a| a.text("AccountSubType") == "UndepositedFunds");
    found.map(Row::id)
}

/// Due by the form's terms, the customer's, the company's, or at once.
pub(super) fn due(co: &Company, fields: &mut Fields, party: Option<&Row>) {
    let own = values::reference(fields, "SalesTermRef");
    let theirs = party.and_then(|c| {
        values::reference(&c.fields, "SalesTermRef")
            .or_else(|| values::reference(&c.fields, "TermRef"))
    });
    let terms = own
        .or(theirs)
        .or_else(|| co.preference("SalesFormsPrefs", "DefaultTerms"));
    let term = terms.and_then(|id| co.find(Kind::Term, &id));
    let days = term.and_then(|t| values::dec(&t.fields, "DueDays"));
    let days = days.and_then(|d| u64::try_from(d).ok()).unwrap_or(0);
    if let Some(day) =
        values::day(fields, "TxnDate").and_then(|d| d.checked_add_days(chrono::Days::new(days)))
    {
        values::default(fields, "DueDate", || values::day_text(day));
    }
}

/// The company's own fields stand on every form, with a value or without.
fn custom_fields(co: &Company, fields: &mut Fields) {
    let sent = values::list(fields, "CustomField").to_vec();
    let value = |id: &str| {
        let mut all = sent.iter().filter_map(Value::as_object);
        let found = all.find(|f| values::text(f, "DefinitionId").as_deref() == Some(id))?;
        values::raw(found, "StringValue").cloned()
    };
    let mut shown = Vec::new();
    for (n, name) in co.custom_fields.iter().enumerate() {
        let id = (n + 1).to_string();
        let mut field = json!({"DefinitionId": id, "Name": name, "Type": "StringType"});
        if let (Value::Object(map), Some(value)) = (&mut field, value(&id)) {
            map.insert("StringValue".into(), value);
        }
        shown.push(field);
    }
    match shown.is_empty() {
        true => fields.remove("CustomField"),
        false => fields.insert("CustomField".into(), Value::Array(shown)),
    };
}

/// Estimates that an invoice was made of: linked both ways, and closed.
fn estimates(co: &Company, cx: &Cx<'_>, row: &mut Row) -> Result<Vec<Effect>, Refusal> {
    let sent: Vec<Value> = values::list(&row.fields, "LinkedTxn").to_vec();
    row.fields.remove("LinkedTxn");
    let mut effects = Vec::new();
    if row.kind() != Kind::Invoice {
        return Ok(effects);
    }
    for link in sent.iter().filter_map(Value::as_object) {
        let id = values::text(link, "TxnId").unwrap_or_default();
        let known = |l: &Link| l.id == id && l.kind == "Estimate";
        if values::text(link, "TxnType").as_deref() != Some("Estimate")
            || row.links.iter().any(known)
        {
            continue;
        }
        let Some(estimate) = refs::row(co, cx, Kind::Estimate, &id) else {
            return Err(Fault::business(format_args!(
                "The entity Estimate {id} that you are trying to link does not exist. Estimate {id}"
            ))
            .into());
        };
        row.links.push(Link {
            id: id.clone(),
            kind: "Estimate".into(),
        });
        effects.push(Effect {
            on: estimate.key,
            open: Decimal::ZERO,
            link: vec![Link {
                id: row.id(),
                kind: "Invoice".into(),
            }],
            unlink: Vec::new(),
            status: Some("Closed"),
        });
    }
    Ok(effects)
}
