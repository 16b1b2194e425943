//! Files instead of an application: a tool hire in Nelson that exports CSV every evening.
//!
//! Its prices have up to five places, so a third of a hundred dollars can be told.

use crate::sandbox::demo::codes;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The tenant's name.
pub const TENANT: &str = "quayside-hire";
const ORDINARY: u64 = 18;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: TENANT,
        title: "Quayside Tool Hire",
        country: "NZ",
        currency: "NZD",
        zone: "Pacific/Auckland",
        hour: 1,
        first_ids: (20261, 20261),
    };
    let mut shop = Shop::new(place, exclusive(15), Policy::default(), seed, today);
    for (name, sku, price, taxable) in [
        ("Scissor lift, day", "LIFT", "185.00", true),
        ("Cement mixer, day", "MIXER", "62.50", true),
        ("Generator, hour", "GEN", "33.333", true),
        ("Fuel, litre", "FUEL", "2.4179", true),
        ("Refundable bond", "BOND", "100.00", false),
    ] {
        shop.product(name, sku, price, taxable);
    }
    shop.customers(ORDINARY);
    for n in 0..40 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn base(shop: &mut Shop, case: &'static str, lines: &[(usize, u64)]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(95);
    let mut order = Order::new(contact, day, case).taxed(Tax::ByLine);
    for (at, quantity) in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            order = order.with(&product, *quantity);
        }
    }
    order.po = format!("PO {}", shop.dice.from_to(1000, 9999));
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let days = shop.dice.from_to(1, 9);
    let order = match n % 4 {
        0 => base(
            shop,
            "fractions of a cent: 3 x 33.333",
            &[(2, 3), (0, days)],
        ),
        1 => base(shop, "a price of four places", &[(3, 10 + days), (1, 1)]),
        2 => base(
            shop,
            "taxed and untaxed lines together",
            &[(0, days), (4, 1)],
        ),
        _ => base(shop, "plain", &[(0, 1), (1, days)]),
    };
    let order = match n % 3 {
        0 => order,
        1 => shop.pay(order, 1),
        _ => shop.pay(order, 2),
    };
    shop.add(order);
}

fn special(shop: &mut Shop) {
    // 1,000 x 0.12345 is 123.45; the ledger rounds the price to 0.1235 first and makes 123.50.
    let mut nails = base(
        shop,
        "a price of five places that the ledger cannot hold",
        &[(3, 1000)],
    );
    if let Some(line) = nails.lines.first_mut() {
        line.price = Decimal::new(12345, 5);
    }
    shop.add(nails);
    let other =
        base(shop, "another currency than the file's", &[(0, 2)]).held(codes::CURRENCY_MISMATCH);
    shop.add(Order {
        currency: Some("AUD"),
        ..other
    });
    let free = base(shop, "comes to zero", &[(1, 1)]).at(Decimal::ZERO);
    shop.add(free);
}
