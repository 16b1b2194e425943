//! A tax code on every line: a party hire in Melbourne, Keap to QuickBooks Online.
//!
//! GST is made once on the sum. Money paid back becomes a refund receipt, books are closed, and a vendor has a customer's name.

use crate::sandbox::demo::books::Law;
use crate::sandbox::demo::codes;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::qbo;
use crate::sandbox::demo::shop::{Place, Policy, Refunds, Shop, exclusive};
use chrono::{Duration, NaiveDate};
use serde_json::json;

const ORDINARY: u64 = 14;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "lorikeet-hire",
        title: "Lorikeet Party Hire",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Melbourne",
        hour: 2,
        first_ids: (7201, 7301),
    };
    let law = Law {
        once: true,
        ..exclusive(10)
    };
    let policy = Policy {
        refunds: Refunds::CreditNote,
        ..Policy::default()
    };
    let mut shop = Shop::new(place, law, policy, seed, today);
    shop.ledger.is_company = true;
    shop.ledger.lock = Some(today - Duration::days(121));
    for (name, sku, price, taxable) in [
        ("Marquee, day", "MARQUEE", "313.37", true),
        ("Trestle table", "TABLE", "9.05", true),
        ("Fresh flowers", "FLOWERS", "45.45", false),
    ] {
        shop.product(name, sku, price, taxable);
    }
    shop.ledger.items = vec![
        qbo::item("Marquees", "MARQUEE", true),
        qbo::item("Tables", "TABLE", true),
        qbo::item("Flowers", "FLOWERS", false),
        qbo::item("Sales", "", true),
        qbo::item("Sales NT", "", false),
    ];
    shop.customers(ORDINARY);
    for n in 0..30 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn base(shop: &mut Shop, case: &'static str, lines: &[usize]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(110);
    let mut order = Order::new(contact, day, case).taxed(Tax::OnTotal);
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = shop.dice.from_to(1, 9);
            order = order.with(&product, quantity);
        }
    }
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let order = match n % 4 {
        0 => base(shop, "taxed and untaxed lines together", &[0, 2]),
        1 => base(shop, "taxed line by line", &[1, 0]).taxed(Tax::ByLine),
        _ => base(shop, "plain", &[0, 1]),
    };
    let order = match n % 3 {
        0 => order,
        1 => shop.pay(order, 1),
        _ => shop.pay(order, 3),
    };
    shop.add(order);
}

fn special(shop: &mut Shop) {
    let order = base(shop, "paid, then all given back: a refund receipt", &[1]);
    let total = shop.law.source_total(&order);
    shop.add(order.paid(0, total, "Check").refunded(3, total));
    for back in [125, 131] {
        let order = base(shop, "in a locked period", &[0]);
        shop.add(Order {
            date: shop.today - Duration::days(back),
            ..order
        });
    }
    let both = shop.customer(|p| {
        (p.given, p.family, p.email) = (
            "Wren".into(),
            "Florist".into(),
            "wren@florist.example".into(),
        )
    });
    shop.ledger.vendors = vec![json!({"DisplayName": "Wren Florist"})];
    let order =
        base(shop, "a vendor has the customer's name", &[1]).held(codes::CONTACT_NAME_TAKEN);
    shop.add(Order {
        contact: both,
        ..order
    });
    // An apostrophe means something in the ledger's query language, and a curly one fails there.
    for family in ["O'Brien", "O\u{2019}Hara"] {
        let id = shop.customer(|p| (p.given, p.family) = ("Pat".into(), family.into()));
        let order = base(shop, "an apostrophe in a name", &[0]);
        let order = Order {
            contact: id,
            ..order
        };
        let order = shop.pay(order, 1);
        shop.add(order);
    }
}
