//! A described system: home services in Melbourne whose jobs are in Kickserv.
//!
//! Kickserv says of no line whether it is taxed: the tax of the whole job proves it.

use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The tenant's name.
pub const TENANT: &str = "wattle-services";
const ORDINARY: u64 = 16;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: TENANT,
        title: "Wattle Home Services",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Melbourne",
        hour: 1,
        first_ids: (3101, 3101),
    };
    let mut shop = Shop::new(place, exclusive(10), Policy::default(), seed, today);
    for (name, sku, price) in [
        ("Labour:Hours", "LABOUR", "92.50"),
        ("Labour:Call-out", "CALL", "65.00"),
        ("Parts:Tap", "TAP", "38.95"),
        ("Parts:Hot water unit", "UNIT", "1249.00"),
    ] {
        shop.product(name, sku, price, true);
    }
    shop.customers(ORDINARY);
    for n in 0..30 {
        ordinary(&mut shop, n);
    }
    let free = base(&mut shop, "a warranty visit comes to zero", &[(1, 1)]).at(Decimal::ZERO);
    shop.add(free);
    let mut export = base(&mut shop, "a job without tax", &[(0, 3), (2, 2)]);
    export.tax = Tax::Zero;
    shop.add(export);
    shop
}

fn base(shop: &mut Shop, case: &'static str, lines: &[(usize, u64)]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(100);
    let mut order = Order::new(contact, day, case).taxed(Tax::ByLine);
    for (at, quantity) in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            order = order.with(&product, *quantity);
        }
    }
    order.po = format!("PO {}", shop.dice.from_to(100, 999));
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let hours = shop.dice.from_to(1, 6);
    let order = match n % 3 {
        0 => base(shop, "hours and a call-out", &[(1, 1), (0, hours)]),
        1 => base(shop, "parts of three lines", &[(1, 1), (2, hours), (0, 2)]),
        _ => base(shop, "plain", &[(3, 1), (0, hours)]),
    };
    let total = shop.law.source_total(&order);
    let order = match n % 4 {
        0 => order,
        1 => shop.pay_of(order, (total / Decimal::TWO).round_dp(2), 1),
        2 => shop.pay(order, 1),
        _ => shop.pay(order, 2),
    };
    shop.add(order);
}
