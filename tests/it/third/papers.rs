//! Quillbook's papers and the money on them: what it takes, what it makes of it, how it shows it.
//!
//! Flows in: a thing as it was sent. Flows out: whether it fits the manual ([`super::ledger`]), and the thing as the
//! books show it, sums and standing included.

use super::ledger::{Books, CONTACTS, INVOICES, NOTES, No, PAYMENTS, REFERENCE, no, only};
use super::things::{Thing, edition_of};
use chrono::{NaiveDate, SecondsFormat};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What lines, payments and papers refer to.
pub struct Rates {
    /// Items by id: code, name, account.
    pub items: BTreeMap<&'static str, (&'static str, &'static str, &'static str)>,
    /// Accounts by id: name, and whether it is a bank account.
    pub accounts: BTreeMap<&'static str, (&'static str, bool)>,
    /// Tax rates by code: per cent.
    pub rates: BTreeMap<&'static str, Decimal>,
}

impl Rates {
    /// What new books come with.
    pub fn new() -> Self {
        Self {
            items: BTreeMap::from([
                ("item-1", ("HIRE", "Hire of cranes", "acc-sales")),
                ("item-2", ("BOOK", "Manuals", "acc-books")),
            ]),
            accounts: BTreeMap::from([
                ("acc-bank", ("Everyday account", true)),
                ("acc-books", ("Sales of books", false)),
                ("acc-sales", ("Sales", false)),
            ]),
            rates: BTreeMap::from([("S15", Decimal::new(15, 0)), ("Z", Decimal::ZERO)]),
        }
    }

    fn is_bank(&self, account: &Value) -> bool {
        let known = account.as_str().and_then(|a| self.accounts.get(a));
        known.is_some_and(|(_, bank)| *bank)
    }
}

/// An amount as it was sent; nothing where it is none.
pub fn amount(value: &Value) -> Option<Decimal> {
    value.as_str().and_then(|t| t.parse().ok())
}

fn cents(d: Decimal) -> Decimal {
    d.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str().and_then(|t| t.parse().ok())
}

impl Books {
    pub(super) fn paper_fits(&self, noun: &str, said: &Value) -> Result<(), No> {
        let mut fields = vec![
            "mark",
            "contact",
            "date",
            "due",
            "currency",
            "amounts",
            "reference",
            "lines",
            "number",
        ];
        if noun == NOTES {
            fields.push("paid-from");
        }
        only(said, &fields)?;
        let contact = self.find(CONTACTS, said["contact"].as_str().unwrap_or_default());
        match contact {
            None => return no("no_contact", "a paper is for a contact that is there"),
            Some(c) if c.said["archived"] == json!(true) => {
                return no("archived", format!("contact {} is archived", c.id));
            }
            Some(_) => {}
        }
        if day(&said["date"]).is_none() || (said["due"].is_string() && day(&said["due"]).is_none())
        {
            return no("bad_date", "dates are written 2026-07-14");
        }
        if said["currency"] != json!("AUD") {
            return no("no_currency", "these books are kept in AUD");
        }
        if !["net", "gross", "bare"].contains(&said["amounts"].as_str().unwrap_or_default()) {
            return no("malformed", "amounts are net, gross or bare");
        }
        if said["reference"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .count()
            > REFERENCE
        {
            return no(
                "reference_too_long",
                format!("a reference has at most {REFERENCE} characters"),
            );
        }
        if noun == NOTES && !self.rates.is_bank(&said["paid-from"]) {
            return no("no_account", "a credit note is paid from a bank account");
        }
        let lines = said["lines"].as_array().cloned().unwrap_or_default();
        if lines.is_empty() {
            return no("no_lines", "a paper has lines");
        }
        lines.iter().try_for_each(|l| self.line_fits(l))
    }

    fn line_fits(&self, line: &Value) -> Result<(), No> {
        only(line, &["id", "item", "text", "quantity", "price", "rate"])?;
        let item = line["item"].as_str().unwrap_or_default();
        if !self.rates.items.contains_key(item) {
            return no(
                "no_item",
                format!("there is no item `{item}`, and a line names one"),
            );
        }
        let rate = line["rate"].as_str().unwrap_or_default();
        if !self.rates.rates.contains_key(rate) {
            return no("no_rate", format!("there is no rate `{rate}`"));
        }
        let (quantity, price) = (amount(&line["quantity"]), amount(&line["price"]));
        let fits = |d: Option<Decimal>, places| d.is_some_and(|d| d.normalize().scale() <= places);
        if !fits(quantity, 3) || !fits(price, 4) {
            return no("places", "a quantity has 3 decimals at most, a price 4");
        }
        Ok(())
    }

    pub(super) fn payment_fits(&self, said: &Value) -> Result<(), No> {
        only(
            said,
            &[
                "mark",
                "party",
                "invoice",
                "account",
                "date",
                "amount",
                "reference",
            ],
        )?;
        let Some(paper) = self.find(INVOICES, said["invoice"].as_str().unwrap_or_default()) else {
            return no("no_invoice", "a payment is for an invoice that is there");
        };
        if said["party"] != paper.said["contact"] {
            return no(
                "wrong_party",
                format!("invoice {} is another contact's", paper.id),
            );
        }
        if day(&said["date"]).is_none() || !self.rates.is_bank(&said["account"]) {
            return no("malformed", "a payment has a day and a bank account");
        }
        let paid = amount(&said["amount"]).unwrap_or_default();
        let owed = amount(&self.view(paper)["owed"]).unwrap_or_default();
        if paid <= Decimal::ZERO || paid > owed {
            return no("not_owed", format!("{owed} is owed, and not {paid}"));
        }
        Ok(())
    }

    pub(super) fn may_change(&self, paper: &Thing) -> Result<(), No> {
        if self.payments_on(&paper.id).next().is_some() || paper.said["void"] == json!(true) {
            return no("locked", format!("{} is paid on, or void", paper.number));
        }
        Ok(())
    }

    /// Payments on an invoice that are there.
    pub fn payments_on<'a>(&'a self, invoice: &'a str) -> impl Iterator<Item = &'a Thing> {
        let all = self.things.iter().filter(|t| t.noun == PAYMENTS && !t.gone);
        all.filter(move |p| p.text("invoice") == invoice)
    }

    /// The sum of a paper and its tax.
    fn sums(&self, said: &Value) -> (Decimal, Decimal) {
        let mut by_rate: BTreeMap<&str, Decimal> = BTreeMap::new();
        for line in said["lines"].as_array().into_iter().flatten() {
            let of = |field: &str| amount(&line[field]).unwrap_or_default();
            let rate = line["rate"].as_str().unwrap_or_default();
            *by_rate.entry(rate).or_default() += cents(of("quantity") * of("price"));
        }
        let (mut sum, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        for (rate, amount) in by_rate {
            let percent = self.rates.rates.get(rate).copied().unwrap_or_default();
            let hundred = Decimal::ONE_HUNDRED;
            let (net, made) = match said["amounts"].as_str() {
                Some("net") => (amount, cents(amount * percent / hundred)),
                Some("gross") => {
                    let made = cents(amount - amount * hundred / (hundred + percent));
                    (amount - made, made)
                }
                _ => (amount, Decimal::ZERO),
            };
            sum += net + made;
            tax += made;
        }
        (sum, tax)
    }

    /// A thing as the books show it.
    pub fn view(&self, thing: &Thing) -> Value {
        let mut out = thing.said.clone();
        out["kind"] = json!(thing.noun);
        out["id"] = json!(thing.id);
        out["edition"] = json!(edition_of(thing));
        out["changed"] = json!(thing.changed.to_rfc3339_opts(SecondsFormat::Secs, true));
        if !matches!(thing.noun, INVOICES | NOTES) {
            return out;
        }
        let (total, tax) = self.sums(&thing.said);
        let payments: Vec<Value> = match thing.noun {
            INVOICES => self.payments_on(&thing.id).map(|p| self.view(p)).collect(),
            _ => Vec::new(),
        };
        let paid: Decimal = match thing.noun {
            NOTES => total,
            _ => payments.iter().filter_map(|p| amount(&p["amount"])).sum(),
        };
        let contact = self.find(CONTACTS, thing.text("contact"));
        out["contact-name"] = json!(contact.map_or("", |c| c.text("name")));
        out["number"] = json!(thing.number);
        out["total"] = json!(total.to_string());
        out["tax"] = json!(tax.to_string());
        out["paid"] = json!(paid.to_string());
        out["owed"] = json!((total - paid).to_string());
        out["payments"] = json!(payments);
        out["void"] = json!(thing.said["void"] == json!(true));
        out
    }

    /// The one thing of a kind; for stories that make one.
    pub fn only_one(&self, noun: &str) -> Value {
        let all = self.some(noun, |_| true);
        assert_eq!(all.len(), 1, "{noun}: {all:#?}");
        all.into_iter().next().unwrap_or_default()
    }

    /// A person enters a credit note of their own, under a number of their own.
    pub fn person_note(&mut self, number: &str) {
        let line = json!({"item": "item-1", "text": "By hand", "quantity": "1", "price": "27.01", "rate": "S15"});
        let said = json!({
            "contact": "", "date": "2026-07-14", "currency": "AUD", "amounts": "net", "lines": [line],
            "paid-from": "acc-bank",
        });
        let made = self.put(NOTES, said);
        self.renumber(NOTES, made["id"].as_str().unwrap_or_default(), number);
    }

    /// A person enters a payment of their own.
    pub fn person_payment(&mut self, invoice: &str, amount: &str) {
        let party = self
            .find(INVOICES, invoice)
            .map_or("", |i| i.text("contact"))
            .to_owned();
        self.put(
            PAYMENTS,
            json!({
                "party": party, "invoice": invoice, "account": "acc-bank", "date": "2026-07-12", "amount": amount,
            }),
        );
    }

    /// A person gives a paper another number.
    pub fn renumber(&mut self, noun: &str, id: &str, number: &str) {
        self.touch(noun, id, |t| number.clone_into(&mut t.number));
    }

    /// A person changes a field.
    pub fn edit(&mut self, noun: &str, id: &str, field: &str, value: Value) {
        self.touch(noun, id, |t| t.said[field] = value);
    }

    /// How many there are of a kind.
    pub fn count(&self, noun: &str) -> usize {
        self.some(noun, |_| true).len()
    }
}
