//! Yen: a tea house in Kyoto. The currency has no cents; the ledger keeps two places all the same.

use crate::sandbox::demo::books::{Law, Stands};
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::json;

const ORDINARY: u64 = 16;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "sakura-tea",
        title: "Sakura Tea House",
        country: "JP",
        currency: "JPY",
        zone: "Asia/Tokyo",
        hour: 3,
        first_ids: (501, 601),
    };
    let law = Law {
        percent: 10,
        without_tax: Stands::Exempt,
        unmarked_taxed: true,
        leave_out_charges: false,
        places: 0,
        once: false,
    };
    let policy = Policy {
        rounding: Decimal::ONE,
        ..Policy::default()
    };
    let mut shop = Shop::new(place, law, policy, seed, today);
    for (name, sku, price) in [
        ("Sencha \u{714e}\u{8336}, 100 g", "SENCHA", "1280"),
        ("Matcha \u{62b9}\u{8336}, 40 g", "MATCHA", "2160"),
        ("Tea bowl", "BOWL", "8400"),
        // 10 % of 1,255 yen is 125.5: the shop cuts the half off, the ledger keeps it.
        ("Tea whisk", "WHISK", "1255"),
        ("Tea ceremony, seat", "CEREMONY", "4500"),
    ] {
        shop.product(name, sku, price, true);
    }
    shop.ledger.tax_rates = vec![
        json!({"TaxType": "TAX001", "Name": "Consumption tax 10%", "Rate": "10", "CanApplyTo": ["Revenue", "Liabilities"]}),
        json!({"TaxType": "TAX002", "Name": "No consumption tax", "Rate": "0"}),
    ];
    shop.customers(ORDINARY);
    for n in 0..34 {
        ordinary(&mut shop, n);
    }
    shop
}

fn ordinary(shop: &mut Shop, n: usize) {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(100);
    let case = match n % 8 {
        4 => "half a yen of tax, made up for by the rounding account",
        6 => "no tax stated",
        _ => "a currency without cents",
    };
    let mut order = Order::new(contact, day, case).taxed(Tax::ByLine);
    let lines: &[usize] = match n % 8 {
        4 => &[3],
        6 => &[4],
        _ => &[0, 2],
    };
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = if *at == 3 { 1 } else { shop.dice.from_to(1, 4) };
            order = order.with(&product, quantity);
        }
    }
    if n % 8 == 6 {
        order = order.taxed(Tax::None);
    }
    if n % 8 == 1 {
        order = order.plus("DISCOUNT", "Regular guest", Decimal::from(300));
    }
    let order = match n % 3 {
        0 => order,
        1 => shop.pay(order, 1),
        _ => shop.pay(order, 2),
    };
    shop.add(order);
}
