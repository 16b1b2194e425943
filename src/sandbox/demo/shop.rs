//! A sample tenant's shop: its customers, products, orders, and the ledger it posts to.
//!
//! Flows in: what a tenant's page makes up. Flows out: the same with numbers given in the order of
//! dates, and each order's end worked out from how it was made.

use super::books::{Law, Stands};
use super::codes::{self, Code};
use super::dice::Dice;
use super::expect::{End, Expectations, Expected, PaymentEnd, Posted};
use super::order::{Order, Payment, Product};
use super::people::{self, Person};
use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;
use serde_json::Value;

/// What a tenant does with money paid back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunds {
    /// A credit note for all of it; part of it is held.
    CreditNote,
    /// Held.
    Hold,
}

/// What a tenant's file says, as far as it decides an end.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Whether an invoice whose total is zero is left out.
    pub skip_zero: bool,
    /// Only invoices that are paid in full.
    pub only_paid: bool,
    /// The first invoice id that is wanted.
    pub first_invoice: u64,
    /// The most a rounding line may be; zero where totals must be exact.
    pub rounding: Decimal,
    /// Whether a document in a locked period is dated the first open day; else it is held.
    pub redate: bool,
    /// Money paid back.
    pub refunds: Refunds,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            skip_zero: true,
            only_paid: false,
            first_invoice: 0,
            rounding: Decimal::ZERO,
            redate: false,
            refunds: Refunds::Hold,
        }
    }
}

/// What the ledger holds before the first sync, in the ledger's own shapes.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Whether it is a company of the fake QuickBooks Online, and not an organisation of the fake Xero.
    pub is_company: bool,
    /// Whether the sales are entered in it, and go from there to the application.
    pub has_the_sales: bool,
    /// Accounts beside the standard chart.
    pub accounts: Vec<Value>,
    /// Tax rates beside the country's.
    pub tax_rates: Vec<Value>,
    /// Items.
    pub items: Vec<Value>,
    /// Contacts.
    pub contacts: Vec<Value>,
    /// Parties from whom the shop buys.
    pub vendors: Vec<Value>,
    /// Contacts merged into others, by name.
    pub merges: Vec<(String, String)>,
    /// Nothing on or before this day can be posted.
    pub lock: Option<NaiveDate>,
}

/// Who and where a shop is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The tenant's name, which is also its application's in the source.
    pub tenant: &'static str,
    /// The business's name, which is also its organisation's in the ledger.
    pub title: &'static str,
    /// Its country, two letters.
    pub country: &'static str,
    /// Its currency.
    pub currency: &'static str,
    /// Its time zone.
    pub zone: &'static str,
    /// An hour in UTC that is the same day there.
    pub hour: u32,
    /// The first order id and the first invoice id; they run apart.
    pub first_ids: (u64, u64),
}

/// A shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Who and where.
    pub place: Place,
    /// Its stream of numbers.
    pub dice: Dice,
    /// The day the demo takes for today.
    pub today: NaiveDate,
    /// How it stands to tax.
    pub law: Law,
    /// What its file says.
    pub policy: Policy,
    /// Customers.
    pub people: Vec<Person>,
    /// Products.
    pub products: Vec<Product>,
    /// Orders.
    pub orders: Vec<Order>,
    /// The ledger before the first sync.
    pub ledger: Ledger,
}

impl Shop {
    /// An empty shop.
    pub fn new(place: Place, law: Law, policy: Policy, seed: u64, today: NaiveDate) -> Self {
        Self {
            place,
            dice: Dice::new(seed, place.tenant),
            today,
            law,
            policy,
            people: Vec::new(),
            products: Vec::new(),
            orders: Vec::new(),
            ledger: Ledger::default(),
        }
    }

    /// Adds a product.
    pub fn product(&mut self, name: &str, sku: &str, price: &str, taxable: bool) -> Product {
        let product = Product {
            id: self.products.len() as u64 + 1,
            name: name.to_owned(),
            sku: sku.to_owned(),
            price: price.parse().unwrap_or_default(),
            taxable,
        };
        self.products.push(product.clone());
        product
    }

    /// Adds so many ordinary customers.
    pub fn customers(&mut self, how_many: u64) {
        for _ in 0..how_many {
            let id = self.people.len() as u64 + 1;
            let person = people::customer(&mut self.dice, id, self.place.country);
            self.people.push(person);
        }
    }

    /// Adds a customer who is special in some way; answers their id.
    pub fn customer(&mut self, change: impl FnOnce(&mut Person)) -> u64 {
        let id = self.people.len() as u64 + 1;
        let mut person = people::customer(&mut self.dice, id, self.place.country);
        person.company.clear();
        change(&mut person);
        self.people.push(person);
        id
    }

    /// An ordinary customer's id.
    pub fn somebody(&mut self, ordinary: u64) -> u64 {
        self.dice.from_to(1, ordinary.max(1))
    }

    /// A day so many days ago, at most, and three at least.
    pub fn day(&mut self, within: u64) -> NaiveDate {
        let back = i64::try_from(self.dice.from_to(3, within)).unwrap_or(3);
        self.today - Duration::days(back)
    }

    /// Pays all of an order, in one to three payments.
    pub fn pay(&mut self, order: Order, parts: u64) -> Order {
        let total = self.law.source_total(&order);
        self.pay_of(order, total, parts)
    }

    /// Pays an amount of an order, in so many payments.
    pub fn pay_of(&mut self, mut order: Order, amount: Decimal, parts: u64) -> Order {
        let methods = ["Credit Card (Manual)", "Check", "Cash", "Bank Transfer"];
        let mut left = amount;
        let open = (self.today - order.date).num_days();
        for n in 1..=parts {
            let share = (amount / Decimal::from(parts)).round_dp(self.law.places.min(2));
            let now = if n == parts { left } else { share };
            left -= now;
            let day = i64::try_from(n * self.dice.from_to(0, 9))
                .unwrap_or(0)
                .min(open);
            let earliest = order
                .payments
                .last()
                .map_or(0, |p| (p.date - order.date).num_days());
            let method = self.dice.pick(&methods);
            order = order.paid(day.max(earliest), now, method);
        }
        order
    }

    /// Adds an order.
    pub fn add(&mut self, order: Order) {
        self.orders.push(order);
    }

    /// Gives every order its numbers, in the order of dates, leaving out one here and there as deleted orders do.
    pub fn number(&mut self) {
        self.orders.sort_by_key(|o| o.date);
        let (mut order_id, mut invoice_id) = self.place.first_ids;
        let mut payment_id = 1;
        for (n, order) in self.orders.iter_mut().enumerate() {
            if n % 17 == 16 {
                order_id += 1;
            }
            order.ids = (order_id, invoice_id);
            order_id += 1;
            invoice_id += 1;
            order.payments.sort_by_key(|p| p.date);
            for payment in &mut order.payments {
                payment.id = payment_id;
                payment_id += 1;
            }
        }
    }

    /// What must become of every order.
    pub fn expectations(&self) -> Expectations {
        let orders: Vec<Expected> = self.orders.iter().map(|o| self.expected(o)).collect();
        let taken = self.orders.iter().filter(|o| o.number_is_taken);
        Expectations {
            tenant: self.place.tenant.to_owned(),
            before: taken
                .map(|o| (o.ids.1.to_string(), super::expect::PERSONS_OWN))
                .collect(),
            orders,
        }
    }

    fn expected(&self, order: &Order) -> Expected {
        Expected {
            number: order.ids.1.to_string(),
            order: order.ids.0.to_string(),
            case: order.case,
            end: self.end(order),
            number_is_taken: order.number_is_taken,
        }
    }

    fn end(&self, order: &Order) -> End {
        if order.ids.1 < self.policy.first_invoice {
            return End::Skipped(codes::BEFORE_START);
        }
        let source = self.law.source_total(order);
        if self.policy.only_paid && received(order) < source {
            return End::Skipped(codes::NOT_PAID);
        }
        if let Some(code) = self.early(order, source) {
            return code;
        }
        let left_out = self.law.left_out(order);
        let (mut total, tax) = self.law.ledger(order);
        let off = source - left_out - total;
        if off.abs() > self.policy.rounding {
            return End::Held(codes::TOTAL_MISMATCH);
        }
        total += off;
        let locked = self.ledger.lock.is_some_and(|lock| order.date <= lock);
        if locked && !self.policy.redate {
            return End::Held(codes::PERIOD_LOCKED);
        }
        End::Posted(self.money(
            order,
            Posted {
                total,
                tax,
                left_out,
                ..Posted::default()
            },
        ))
    }

    fn early(&self, order: &Order, source: Decimal) -> Option<End> {
        if order.currency.is_some_and(|c| c != self.place.currency) {
            return Some(End::Held(codes::CURRENCY_MISMATCH));
        }
        if order.made_by == "QUICKBOOKS" {
            return Some(End::Skipped(codes::MADE_BY_OTHER));
        }
        if source.is_zero() && self.policy.skip_zero {
            return Some(End::Skipped(codes::ZERO_TOTAL));
        }
        if self.ledger.has_the_sales && order.status == "DRAFT" {
            return Some(End::Skipped(codes::NOT_APPROVED));
        }
        order.held.map(End::Held)
    }

    /// Follows an order's payments through the ledger, one after the other.
    fn money(&self, order: &Order, mut end: Posted) -> Posted {
        for payment in &order.payments {
            let loose = |held, code: Code| PaymentEnd {
                payment: payment.id.to_string(),
                amount: payment.amount,
                held,
                code,
            };
            if !payment.settled {
                end.loose.push(loose(false, codes::NOT_SETTLED));
            } else if payment.refunds.is_some() {
                match self.policy.refunds {
                    Refunds::Hold => end.loose.push(loose(true, codes::REFUND_HOLD)),
                    Refunds::CreditNote if payment.amount == end.total => {
                        end.credited += payment.amount
                    }
                    Refunds::CreditNote => end.loose.push(loose(true, codes::REFUND_PARTIAL)),
                }
            } else if payment.amount > end.total - end.paid {
                end.loose.push(loose(true, codes::OVERPAYMENT));
            } else {
                end.paid += payment.amount;
                end.payments += 1;
            }
        }
        end
    }
}

fn received(order: &Order) -> Decimal {
    let settled = order.payments.iter().filter(|p| p.settled);
    settled.fold(Decimal::ZERO, |sum, p: &Payment| {
        if p.refunds.is_some() {
            sum - p.amount
        } else {
            sum + p.amount
        }
    })
}

/// An exclusive tax of so many per cent, charged on what the source marks and on everything it does not.
pub fn exclusive(percent: i128) -> Law {
    Law {
        percent,
        without_tax: Stands::Exclusive,
        unmarked_taxed: true,
        leave_out_charges: false,
        places: 2,
        once: false,
    }
}
