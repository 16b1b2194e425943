//! `<division>-<nature>` codes by rule: a lift company in three states.
//!
//! A SKU such as `NSW-INSPECT` names both; two tables of the tenant's file and a rule of five lines
//! make `20-4100` of it.

use crate::sandbox::demo::codes;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use crate::sandbox::demo::xero;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

const ORDINARY: u64 = 20;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "southern-lifts",
        title: "Southern Lifts & Cranes",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Melbourne",
        hour: 2,
        first_ids: (71, 81),
    };
    let mut shop = Shop::new(place, exclusive(10), Policy::default(), seed, today);
    let natures = [
        ("INSPECT", "Safety inspection", "320.00"),
        ("REPAIR", "Repair, hour", "142.50"),
        ("PARTS", "Parts", "87.15"),
    ];
    for state in ["NSW", "QLD", "VIC"] {
        for (nature, name, price) in natures {
            shop.product(
                &format!("{name} ({state})"),
                &format!("{state}-{nature}"),
                price,
                true,
            );
        }
    }
    for (division, name) in [
        ("20", "New South Wales"),
        ("30", "Queensland"),
        ("40", "Victoria"),
    ] {
        for (nature, what) in [
            ("4100", "Inspections"),
            ("4200", "Repairs"),
            ("4300", "Parts"),
        ] {
            let account = xero::account(
                &format!("{division}-{nature}"),
                &format!("{what}, {name}"),
                "REVENUE",
                "OUTPUT",
            );
            shop.ledger.accounts.push(account);
        }
    }
    shop.customers(ORDINARY);
    for n in 0..42 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn base(shop: &mut Shop, case: &'static str) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(115);
    Order::new(contact, day, case).taxed(Tax::ByLine)
}

fn ordinary(shop: &mut Shop, n: usize) {
    let mut order = base(
        shop,
        if n % 4 == 3 {
            "two divisions on one invoice"
        } else {
            "plain"
        },
    );
    for _ in 0..(n % 3 + 1) {
        let at = usize::try_from(shop.dice.from_to(0, 8)).unwrap_or(0);
        if let Some(product) = shop.products.get(at).cloned() {
            let quantity = shop.dice.from_to(1, 8);
            order = order.with(&product, quantity);
        }
    }
    let order = match n % 4 {
        0 | 1 => shop.pay(order, 1),
        2 => {
            let total = shop.law.source_total(&order);
            let half = (total / Decimal::TWO).round_dp(2);
            shop.pay_of(order, half, 1)
        }
        _ => order,
    };
    shop.add(order);
}

fn special(shop: &mut Shop) {
    // The division's table has WA, but nobody has opened its accounts in the ledger.
    let wa = shop.product("Safety inspection (WA)", "WA-INSPECT", "340.00", true);
    let order = base(shop, "an account the ledger does not have")
        .with(&wa, 1)
        .held(codes::ACCOUNT_UNKNOWN);
    shop.add(order);
    // No row for TAS: the table's else says hold.
    let tas = shop.product("Safety inspection (TAS)", "TAS-INSPECT", "355.00", true);
    for _ in 0..2 {
        let order = base(shop, "a division the table does not know")
            .with(&tas, 1)
            .held(codes::LOOKUP_HOLD);
        shop.add(order);
    }
    let old = shop.products.first().cloned();
    if let Some(product) = old {
        let zero = base(shop, "comes to zero")
            .with(&product, 1)
            .at(Decimal::ZERO);
        shop.add(Order {
            date: zero.date + Days::new(0),
            ..zero
        });
    }
}
