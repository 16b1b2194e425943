//! Sales tax of the United States: a tool hire in Oakland, Keap to QuickBooks Online.
//!
//! Lines say whether they are taxed and the document by which code; the tax is made once, on the sum. An order that was taxed
//! line by line may be a cent off, and is held then.

use crate::sandbox::demo::books::Law;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::qbo;
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use chrono::NaiveDate;
use rust_decimal::Decimal;

const ORDINARY: u64 = 16;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "redwood-tools",
        title: "Redwood Tool Hire",
        country: "US",
        currency: "USD",
        zone: "America/Los_Angeles",
        hour: 20,
        first_ids: (4101, 5101),
    };
    let law = Law {
        once: true,
        ..exclusive(8)
    };
    let mut shop = Shop::new(place, law, Policy::default(), seed, today);
    shop.ledger.is_company = true;
    for (name, sku, price, taxable) in [
        ("Post hole digger, day", "DIGGER", "61.49", true),
        ("Chain saw, day", "SAW", "38.13", true),
        ("Safety course", "COURSE", "95.00", false),
        // No item of the ledger has this code: its lines take the tenant's own.
        ("Work gloves", "GLOVES", "7.07", true),
    ] {
        shop.product(name, sku, price, taxable);
    }
    shop.ledger.items = vec![
        qbo::item("Post hole digger", "DIGGER", true),
        qbo::item("Chain saw", "SAW", true),
        qbo::item("Courses", "COURSE", false),
        qbo::item("Sales", "", true),
        qbo::item("Sales NT", "", false),
    ];
    shop.customers(ORDINARY);
    for n in 0..36 {
        ordinary(&mut shop, n);
    }
    let free = base(&mut shop, "comes to zero", &[2]).at(Decimal::ZERO);
    shop.add(free);
    shop
}

fn base(shop: &mut Shop, case: &'static str, lines: &[usize]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(100);
    let mut order = Order::new(contact, day, case).taxed(Tax::OnTotal);
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = shop.dice.from_to(1, 4);
            order = order.with(&product, quantity);
        }
    }
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let order = match n % 6 {
        0 => base(shop, "taxed and untaxed lines together", &[0, 2]),
        1 => base(shop, "a SKU that no item has", &[3, 1]),
        2 => base(shop, "taxed line by line", &[0, 1, 3]).taxed(Tax::ByLine),
        3 => base(shop, "untaxed alone", &[2]),
        _ => base(shop, "plain", &[0, 1]),
    };
    let order = match n % 4 {
        0 => order,
        3 => shop.pay(order, 2),
        _ => shop.pay(order, 1),
    };
    shop.add(order);
}
