//! The way back: a tour operator in Perth whose office enters its sales in Xero and whose people work in Keap.
//!
//! Invoices become orders with their tax as a line, and what came in manual payments. What nobody has approved waits, and a customer
//! of whom only the name is known is held: Keap takes no such contact.

use crate::sandbox::demo::codes;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use chrono::NaiveDate;
use rust_decimal::Decimal;

const ORDINARY: u64 = 14;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "banksia-tours",
        title: "Banksia Tours",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Perth",
        hour: 3,
        first_ids: (6101, 6201),
    };
    let mut shop = Shop::new(place, exclusive(10), Policy::default(), seed, today);
    shop.ledger.has_the_sales = true;
    for (name, sku, price, taxable) in [
        ("Whale watching, seat", "WHALE", "95.45", true),
        ("Canoe, day", "CANOE", "63.64", true),
        ("Picnic basket", "PICNIC", "27.35", false),
    ] {
        shop.product(name, sku, price, taxable);
    }
    shop.customers(ORDINARY);
    for person in &mut shop.people {
        person.company.clear();
    }
    for n in 0..30 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn base(shop: &mut Shop, case: &'static str, lines: &[usize]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(100);
    let mut order = Order::new(contact, day, case).taxed(Tax::ByLine);
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = shop.dice.from_to(1, 6);
            order = order.with(&product, quantity);
        }
    }
    order.po = format!("PO {}", shop.dice.from_to(100, 999));
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let order = match n % 5 {
        0 => base(shop, "back: taxed and untaxed lines together", &[0, 2]),
        1 => {
            let mut order = base(shop, "back: a day and a half", &[1, 0]);
            if let Some(line) = order.lines.first_mut() {
                line.quantity = Decimal::new(15, 1);
            }
            order
        }
        2 => base(shop, "back: something off", &[0, 1]).plus(
            "DISCOUNT",
            "Regular customer",
            Decimal::new(1250, 2),
        ),
        _ => base(shop, "back: plain", &[0, 1]),
    };
    let order = match n % 3 {
        0 => order,
        1 => shop.pay(order, 1),
        _ => shop.pay(order, 2),
    };
    shop.add(order);
}

fn special(shop: &mut Shop) {
    for _ in 0..2 {
        let order = base(shop, "back: not approved in the books", &[0]);
        shop.add(Order {
            status: "DRAFT",
            ..order
        });
    }
    let bare = shop.customer(|p| {
        (p.given, p.family) = ("Walk-in".into(), "Sales".into());
        p.email.clear();
    });
    let order = base(
        shop,
        "back: a customer of whom only the name is known",
        &[2],
    );
    shop.add(Order {
        contact: bare,
        ..order.held(codes::UNSAYABLE)
    });
}
