//! What the guards can be told to let through: a marina with a cafe.
//!
//! A cent of rounding goes to an account of its own, late fees are left out, money paid back becomes a
//! credit note, and what falls into a locked period is dated the first open day.

use crate::sandbox::demo::books::{Law, Stands};
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Refunds, Shop};
use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

const ORDINARY: u64 = 18;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "tidewater",
        title: "Tidewater Marina",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Brisbane",
        hour: 2,
        first_ids: (9001, 9001),
    };
    let law = Law {
        percent: 10,
        without_tax: Stands::Exclusive,
        unmarked_taxed: false,
        leave_out_charges: true,
        places: 2,
        once: false,
    };
    let policy = Policy {
        rounding: Decimal::new(5, 2),
        redate: true,
        refunds: Refunds::CreditNote,
        ..Policy::default()
    };
    let mut shop = Shop::new(place, law, policy, seed, today);
    shop.ledger.lock = Some(today - Duration::days(121));
    for (name, sku, price, taxable) in [
        ("Mooring, night", "MOOR", "63.64", true),
        ("Pump-out", "PUMP", "18.18", true),
        ("Breakfast", "CAFE-BRK", "21.36", true),
        ("Fresh fish, kg", "CAFE-FISH", "34.00", false),
    ] {
        shop.product(name, sku, price, taxable);
    }
    shop.customers(ORDINARY);
    for n in 0..34 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn base(shop: &mut Shop, case: &'static str, lines: &[usize]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(112);
    let mut order = Order::new(contact, day, case).taxed(Tax::ByLine);
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = shop.dice.from_to(1, 5);
            order = order.with(&product, quantity);
        }
    }
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let order = match n % 6 {
        0 => base(
            shop,
            "tax on the whole, made up for by the rounding account",
            &[0, 1, 2],
        )
        .taxed(Tax::OnTotal),
        1 => base(shop, "a late fee that is left out", &[0]).plus(
            "FINANCE_CHARGE",
            "Late fee",
            Decimal::new(1500, 2),
        ),
        2 => base(shop, "a tip", &[2, 3]).plus("TIP", "Tip", Decimal::new(400, 2)),
        _ => base(shop, "plain", &[0, 1]),
    };
    // A late fee that is left out of the ledger is left out of what is paid there.
    let order = match n % 6 {
        1 => order,
        5 => shop.pay(order, 2),
        _ => shop.pay(order, 1),
    };
    shop.add(order);
}

fn special(shop: &mut Shop) {
    for back in [122, 125, 131] {
        let order = base(shop, "in a locked period, dated the first open day", &[0]);
        shop.add(Order {
            date: shop.today - Duration::days(back),
            ..order
        });
    }
    for _ in 0..2 {
        let order = base(shop, "paid, then all given back: a credit note", &[0, 2]);
        let total = shop.law.source_total(&order);
        let order = order
            .paid(0, total, "Credit Card (Manual)")
            .refunded(3, total);
        shop.add(order);
    }
    let order = base(
        shop,
        "paid, then part given back, of lines with two accounts",
        &[0, 2],
    );
    let total = shop.law.source_total(&order);
    let order = order
        .paid(0, total, "Cash")
        .refunded(2, Decimal::new(500, 2));
    shop.add(order);
    let free = base(shop, "comes to zero", &[1]).at(Decimal::ZERO);
    shop.add(free);
}
