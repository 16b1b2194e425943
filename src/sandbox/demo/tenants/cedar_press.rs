//! Paid invoices only, from an invoice id on: a printer in Oregon, where there is no sales tax.
//!
//! Order ids and invoice ids are a thousand apart: whoever starts from the wrong one is found out.

use crate::sandbox::demo::books::{Law, Stands};
use crate::sandbox::demo::order::Order;
use crate::sandbox::demo::shop::{Place, Policy, Shop};
use chrono::NaiveDate;
use rust_decimal::Decimal;

const ORDINARY: u64 = 20;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "cedar-press",
        title: "Cedar Press LLC",
        country: "US",
        currency: "USD",
        zone: "America/Los_Angeles",
        hour: 19,
        first_ids: (3031, 2031),
    };
    let law = Law {
        percent: 0,
        without_tax: Stands::Exempt,
        unmarked_taxed: false,
        leave_out_charges: false,
        places: 2,
        once: false,
    };
    let policy = Policy {
        only_paid: true,
        first_invoice: 2041,
        ..Policy::default()
    };
    let mut shop = Shop::new(place, law, policy, seed, today);
    for (name, sku, price) in [
        ("Business cards, 250", "CARDS", "48.00"),
        ("Letterpress invitation, 100", "INVITE", "365.00"),
        ("Poster, A2", "POSTER", "22.75"),
        ("Typesetting, hour", "TYPE", "85.00"),
    ] {
        shop.product(name, sku, price, false);
    }
    shop.customers(ORDINARY);
    for n in 0..46 {
        ordinary(&mut shop, n);
    }
    shop
}

fn ordinary(shop: &mut Shop, n: usize) {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(119);
    let case = match n % 12 {
        3 => "not paid yet",
        7 => "paid in part, so not yet",
        5 => "a finance charge, sent",
        _ => "paid",
    };
    let mut order = Order::new(contact, day, case);
    for _ in 0..(n % 2 + 1) {
        let at = usize::try_from(shop.dice.from_to(0, 3)).unwrap_or(0);
        if let Some(product) = shop.products.get(at).cloned() {
            let quantity = shop.dice.from_to(1, 5);
            order = order.with(&product, quantity);
        }
    }
    let order = match n % 12 {
        3 => order,
        7 => order.paid(1, Decimal::new(1000, 2), "Check"),
        5 => {
            let late = order.plus("FINANCE_CHARGE", "Late fee", Decimal::new(750, 2));
            shop.pay(late, 2)
        }
        _ => shop.pay(order, 1),
    };
    shop.add(order);
}
