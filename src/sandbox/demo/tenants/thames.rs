//! UK VAT inside the prices, and payment plans: a kitchen maker in London.
//!
//! Keap has no field for it, so its orders state no tax at all; the tenant's file says that they are
//! inclusive, and the last instalment is the due date.

use crate::sandbox::demo::books::{Law, Stands};
use crate::sandbox::demo::order::Order;
use crate::sandbox::demo::shop::{Place, Policy, Shop};
use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

const ORDINARY: u64 = 24;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "thames-kitchens",
        title: "Thames Kitchens Ltd",
        country: "GB",
        currency: "GBP",
        zone: "Europe/London",
        hour: 10,
        first_ids: (4001, 4101),
    };
    let law = Law {
        percent: 20,
        without_tax: Stands::Inclusive,
        unmarked_taxed: false,
        leave_out_charges: false,
        places: 2,
        once: false,
    };
    let policy = Policy {
        skip_zero: false,
        ..Policy::default()
    };
    let mut shop = Shop::new(place, law, policy, seed, today);
    for (name, sku, price, taxable) in [
        ("Fitted kitchen, Surrey", "KIT-SUR", "6840.00", true),
        ("Oak worktop", "TOP-OAK", "412.50", true),
        ("Door handles, set", "HANDLE", "38.99", true),
        ("Design consultation", "DESIGN", "150.00", true),
        ("Kitchen planner (book)", "BOOK", "19.99", false),
    ] {
        shop.product(name, sku, price, taxable);
    }
    shop.customers(ORDINARY);
    for n in 0..42 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn ordinary(shop: &mut Shop, n: usize) {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(118);
    let planned = n.is_multiple_of(3);
    let case = match n % 3 {
        0 => "a payment plan",
        1 => "tax inside, taxed and untaxed lines",
        _ => "tax inside",
    };
    let mut order = Order::new(contact, day, case);
    let lines: &[usize] = match n % 3 {
        0 => &[0, 1],
        1 => &[2, 4],
        _ => &[1, 3],
    };
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = if *at == 0 { 1 } else { shop.dice.from_to(1, 5) };
            order = order.with(&product, quantity);
        }
    }
    let order = if planned {
        instalments(shop, order)
    } else {
        shop.pay(order, 1)
    };
    shop.add(order);
}

/// A deposit of 40 %, then two of 30 %; those that are past are paid.
fn instalments(shop: &Shop, mut order: Order) -> Order {
    let total = shop.law.source_total(&order);
    let shares = [40, 30, 30];
    let mut left = total;
    for (n, share) in shares.iter().enumerate() {
        let day = order.date + Duration::days(i64::try_from(n).unwrap_or(0) * 30);
        order.plan.push((day, Decimal::from(*share)));
        let part = (total * Decimal::from(*share) / Decimal::ONE_HUNDRED).round_dp(2);
        let amount = if n == 2 { left } else { part };
        left -= amount;
        if day <= shop.today {
            let after = (day - order.date).num_days();
            order = order.paid(after, amount, "Credit Card (Manual)");
        }
    }
    order
}

fn special(shop: &mut Shop) {
    let day = shop.day(60);
    let product = shop.products.get(3).cloned();
    let Some(product) = product else { return };
    let tip = Order::new(3, day, "a tip").with(&product, 1).plus(
        "TIP",
        "For the fitters",
        Decimal::new(2500, 2),
    );
    let tip = shop.pay(tip, 1);
    shop.add(tip);
    // Here a total of zero is sent: the file does not say to leave it out.
    let free = Order::new(5, day, "comes to zero, and is sent")
        .with(&product, 1)
        .at(Decimal::ZERO);
    shop.add(free);
    // 0.10 at 20 % inside is 0.0166..; three of them are a penny apart from the whole, and the total does not mind.
    let small = Order::new(6, day, "tax inside a few pence")
        .with(&product, 1)
        .at(Decimal::new(10, 2));
    let small = small.plus("OTHER", "Sample", Decimal::new(10, 2)).plus(
        "OTHER",
        "Sample",
        Decimal::new(10, 2),
    );
    let small = shop.pay(small, 1);
    shop.add(small);
    let refund = Order::new(8, day, "paid, then part given back").with(&product, 2);
    let total = shop.law.source_total(&refund);
    let refund = refund
        .paid(0, total, "Check")
        .refunded(9, Decimal::new(5000, 2));
    shop.add(refund);
}
