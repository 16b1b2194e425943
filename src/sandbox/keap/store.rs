//! What Keap holds: applications, and in each its contacts, companies, products, orders and payments.
//!
//! Flows in: rows made by the API and by the seed. Flows out: the same rows, and the totals of an order as the
//! vendor computes them. Money is exact decimals in major units. Nothing here knows HTTP.
//!
//! An order's `id` and its `invoice_id` are counted apart (invoices begin ten further on), and so are a payment
//! and its part in an order, so that whoever mixes them up gets a wrong document instead of a right one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::hooks::Hooks;
use super::switches::Switches;

pub(super) use super::time::Time;

/// The invoice id of an order of which no invoice was made: v2's schema does not promise one. It is never shown.
pub(super) const NOT_INVOICED: u64 = 0;

/// What an application accepts as manual payment types unless its seed says otherwise.
const PAYMENT_TYPES: [&str; 6] = [
    "Cash",
    "Check",
    "Credit Card (Manual)",
    "Money Order",
    "Adjustment",
    "Bank Transfer",
];

/// One application: Keap's word for a tenant.
#[derive(Debug, Clone, Default)]
pub(super) struct App {
    pub name: String,
    pub currency: String,
    pub time_zone: String,
    pub profile: Map<String, Value>,
    pub payment_types: Vec<String>,
    pub default_tax: String,
    pub tax_label: String,
    /// Field name in lower case -> (id, field name, label).
    pub order_fields: BTreeMap<String, (String, String, String)>,
    pub companies: BTreeMap<u64, Record>,
    pub contacts: BTreeMap<u64, Record>,
    pub products: BTreeMap<u64, Product>,
    pub orders: BTreeMap<u64, Order>,
    pub payments: BTreeMap<u64, Payment>,
    pub hooks: Hooks,
    /// Order -> its payments, in order; kept by [`App::book`].
    payments_of: BTreeMap<u64, Vec<u64>>,
    /// Every invoice number ever given; none is given twice.
    invoices: BTreeSet<u64>,
    counters: BTreeMap<&'static str, u64>,
}

/// A contact or a company: v2's own properties, kept as they came.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub id: u64,
    pub body: Map<String, Value>,
    pub created: Time,
    pub updated: Time,
}

#[derive(Debug, Clone)]
pub(super) struct Product {
    pub id: u64,
    pub name: String,
    pub sku: Option<String>,
    pub price: Decimal,
    pub taxable: bool,
    pub active: bool,
    pub shippable: bool,
    /// Further properties, as they came.
    pub rest: Map<String, Value>,
    pub created: Time,
    pub updated: Time,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub id: u64,
    pub kind: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub notes: Option<String>,
    pub quantity: i64,
    /// As given; a discount's sign does not matter.
    pub price: Decimal,
    pub cost: Option<Decimal>,
    pub product: Option<u64>,
    pub subscription_id: Option<String>,
    pub special: Option<Value>,
}

impl Item {
    pub(super) fn is_discount(&self) -> bool {
        self.kind.starts_with("DISCOUNT")
    }

    /// What the item adds to the order's total.
    pub(super) fn amount(&self) -> Decimal {
        let amount = self.price * Decimal::from(self.quantity);
        if self.is_discount() {
            -amount.abs()
        } else {
            amount
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct PlanItem {
    pub due: NaiveDate,
    pub amount: Decimal,
}

#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub auto_charge: bool,
    pub initial_amount: Option<Decimal>,
    pub initial_date: Option<NaiveDate>,
    pub start: NaiveDate,
    pub payments: i64,
    pub days_between: i64,
    pub items: Vec<PlanItem>,
}

#[derive(Debug, Clone)]
pub(super) struct Order {
    pub id: u64,
    pub invoice_id: u64,
    pub title: String,
    /// The state before money is looked at: DRAFT, SENT or VIEWED.
    pub status: String,
    pub contact: u64,
    pub order_type: String,
    pub source_type: String,
    pub order_time: Time,
    pub created: Time,
    pub modified: Time,
    pub items: Vec<Item>,
    pub plan: Option<Plan>,
    /// v2's `ShippingInformation`.
    pub shipping: Option<Map<String, Value>>,
    /// v2's further texts and flags: notes, terms, due_time, sent_time, custom_fields, external_*, ...
    pub rest: Map<String, Value>,
    /// What the demo's oracle expects of this order; the API never shows it.
    pub expect: Option<Value>,
}

/// A payment's part in one order; Keap's "invoice payment".
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub id: u64,
    pub order: u64,
    /// Always positive; `refund_of` says which way it goes.
    pub amount: Decimal,
    pub pay_status: String,
    pub skip_commission: bool,
    pub refund_of: Option<u64>,
    pub updated: Time,
}

#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub id: u64,
    pub kind: String,
    pub method: String,
    pub note: Option<String>,
    pub time: Time,
    pub updated: Time,
    pub contact: u64,
    pub refunded_by: Option<u64>,
    pub parts: Vec<Part>,
    /// `external_transaction_id`, `merchant_account_id`, `merchant_account_type`.
    pub rest: Map<String, Value>,
}

/// An order's money, as the vendor shows it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Totals {
    pub total: Decimal,
    pub paid: Decimal,
    /// What the order asks for; not the balance.
    pub due: Decimal,
    pub refunded: Decimal,
    /// What may still be paid.
    pub balance: Decimal,
}

impl App {
    /// An application with nothing in it.
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            currency: "USD".into(),
            time_zone: "UTC".into(),
            payment_types: PAYMENT_TYPES.iter().map(|t| (*t).to_owned()).collect(),
            tax_label: "Tax".into(),
            ..Self::default()
        }
    }

    /// The next number of a kind.
    pub(super) fn next(&mut self, kind: &'static str) -> u64 {
        let first = match kind {
            "invoice" => 11,
            "part" => 501,
            _ => 1,
        };
        let counter = self.counters.entry(kind).or_insert(first);
        let id = *counter;
        *counter += 1;
        id
    }

    /// Takes a number that the seed names; later ones come after it.
    pub(super) fn claim(&mut self, kind: &'static str, id: u64) {
        let counter = self.counters.entry(kind).or_insert(1);
        *counter = (*counter).max(id.saturating_add(1));
    }

    /// Takes an order in; its invoice number must be new (see [`App::has_invoice`]).
    pub(super) fn raise(&mut self, order: Order) {
        if order.invoice_id != NOT_INVOICED {
            self.invoices.insert(order.invoice_id);
        }
        self.orders.insert(order.id, order);
    }

    pub(super) fn has_invoice(&self, invoice_id: u64) -> bool {
        self.invoices.contains(&invoice_id)
    }

    /// Makes the invoice of an order that has none, under a number that is free; answers whether it could.
    pub(super) fn invoice(&mut self, order: u64, invoice_id: u64) -> bool {
        let open = self.orders.get_mut(&order);
        let Some(order) = open.filter(|o| o.invoice_id == NOT_INVOICED) else {
            return false;
        };
        let free = self.invoices.insert(invoice_id);
        if free {
            order.invoice_id = invoice_id;
        }
        free
    }

    /// Takes a payment out, as a person deletes one; answers the orders it was for.
    pub(super) fn remove_payment(&mut self, id: u64) -> Option<Vec<u64>> {
        let gone = self.payments.remove(&id)?;
        for list in self.payments_of.values_mut() {
            list.retain(|p| *p != id);
        }
        Some(gone.parts.iter().map(|p| p.order).collect())
    }

    /// Takes a payment in.
    pub(super) fn book(&mut self, payment: Payment) {
        for part in &payment.parts {
            let list = self.payments_of.entry(part.order).or_default();
            if !list.contains(&payment.id) {
                list.push(payment.id);
            }
        }
        self.payments.insert(payment.id, payment);
    }

    /// The parts of all payments in one order, in order of their booking.
    pub(super) fn parts_of(&self, order: u64) -> impl Iterator<Item = (&Payment, &Part)> {
        let ids = self.payments_of.get(&order).map_or(&[][..], Vec::as_slice);
        ids.iter()
            .filter_map(|id| self.payments.get(id))
            .flat_map(|payment| payment.parts.iter().map(move |part| (payment, part)))
            .filter(move |(_, part)| part.order == order)
    }

    pub(super) fn totals(&self, order: &Order, switches: &Switches) -> Totals {
        let total: Decimal = order.items.iter().map(Item::amount).sum();
        let (mut received, mut refunded) = (Decimal::ZERO, Decimal::ZERO);
        for (_, part) in self.parts_of(order.id) {
            match part.pay_status.as_str() {
                "MANUAL_PAID" | "APPROVED" | "PAYPAL_PAID" => received += part.amount,
                "REFUNDED" if part.refund_of.is_some() => refunded += part.amount,
                // The original of a refund that was marked itself still was received.
                "REFUNDED" => received += part.amount,
                _ => {}
            }
        }
        let paid = if switches.is("total_paid", "gross") {
            received
        } else {
            received - refunded
        };
        Totals {
            total,
            paid,
            due: total,
            refunded,
            balance: total - (received - refunded),
        }
    }

    /// The order's state, PAID as soon as nothing is open.
    pub(super) fn status(&self, order: &Order, totals: &Totals) -> String {
        let paid = totals.balance <= Decimal::ZERO
            && (totals.paid > Decimal::ZERO || totals.total.is_zero());
        if paid {
            "PAID".into()
        } else {
            order.status.clone()
        }
    }
}

impl Payment {
    pub(super) fn amount(&self) -> Decimal {
        self.parts.iter().map(|p| p.amount).sum()
    }

    pub(super) fn is_refund(&self) -> bool {
        self.parts.iter().any(|p| p.refund_of.is_some())
    }
}
