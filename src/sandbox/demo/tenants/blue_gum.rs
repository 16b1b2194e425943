//! Accounts by SKU: a garden centre whose ledger items carry the accounts.

use crate::sandbox::demo::codes;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use crate::sandbox::demo::xero;
use chrono::NaiveDate;
use rust_decimal::Decimal;

const ORDINARY: u64 = 26;

/// The shop.
pub fn shop(seed: u64, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "blue-gum",
        title: "Blue Gum Garden Supplies",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Sydney",
        hour: 2,
        first_ids: (301, 311),
    };
    let mut shop = Shop::new(place, exclusive(10), Policy::default(), seed, today);
    goods(&mut shop);
    ledger(&mut shop);
    shop.customers(ORDINARY);
    for n in 0..44 {
        ordinary(&mut shop, n);
    }
    special(&mut shop);
    shop
}

fn goods(shop: &mut Shop) {
    for (name, sku, price, taxable) in [
        // Two products of one SKU: both take the account of the one item.
        ("Potting mix, 25 l", "SOIL", "13.95", true),
        ("Potting mix, 50 l", "SOIL", "24.50", true),
        ("Seedlings, tray of 8", "SEEDLING", "6.85", true),
        ("Secateurs", "TOOL-SEC", "38.00", true),
        ("Garden design, hour", "DESIGN", "95.00", true),
        // No item of the ledger has this code.
        ("Terracotta pot", "POT-TC", "17.25", true),
        ("Vegetable starter", "VEG", "3.30", false),
        // The archived account, and one for expenses.
        ("Clearance stock", "OLD-STOCK", "5.00", true),
        ("Staff lunch voucher", "STAFF-LUNCH", "15.00", true),
    ] {
        shop.product(name, sku, price, taxable);
    }
}

fn ledger(shop: &mut Shop) {
    shop.ledger.accounts = vec![
        xero::account("0205", "Discounts given", "REVENUE", "OUTPUT"),
        xero::account("210", "Sales: soil and mulch", "REVENUE", "OUTPUT"),
        xero::account("211", "Sales: plants", "REVENUE", "OUTPUT"),
        xero::account("212", "Sales: tools", "REVENUE", "OUTPUT"),
    ];
    shop.ledger.items = vec![
        xero::item("SOIL", "Soil and mulch", "210", "20.00"),
        xero::item("SEEDLING", "Seedlings", "211", "6.85"),
        xero::item("VEG", "Vegetable starters", "211", "3.30"),
        xero::item("TOOL-SEC", "Secateurs", "212", "38.00"),
        // An item without a sales account leaves the line to the accounts table.
        xero::item("DESIGN", "Garden design", "", "95.00"),
    ];
}

fn base(shop: &mut Shop, case: &'static str, lines: &[usize]) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(110);
    let mut order = Order::new(contact, day, case).taxed(Tax::ByLine);
    for at in lines {
        if let Some(product) = shop.products.get(*at).cloned() {
            let quantity = shop.dice.from_to(1, 6);
            order = order.with(&product, quantity);
        }
    }
    order
}

fn ordinary(shop: &mut Shop, n: usize) {
    let mut order = match n % 5 {
        0 => base(shop, "two products of one SKU", &[0, 1]),
        1 => base(shop, "a SKU that no item has", &[5, 2]),
        2 => base(shop, "an item without a sales account", &[4]),
        3 => base(shop, "taxed and untaxed lines together", &[6, 3]),
        _ => base(shop, "plain", &[2, 3]),
    };
    if n % 6 == 1 {
        order = order.plus("SHIPPING", "Delivery", Decimal::new(2500, 2));
    }
    if n % 7 == 2 {
        order = order.plus("DISCOUNT", "Trade discount", Decimal::new(350, 2));
    }
    let order = match n % 3 {
        0 => order,
        _ => shop.pay(order, 1),
    };
    shop.add(order);
}

fn special(shop: &mut Shop) {
    let old = base(shop, "an archived account", &[7]).held(codes::ACCOUNT_ARCHIVED);
    shop.add(old);
    let staff =
        base(shop, "a sales tax on an account for expenses", &[8]).held(codes::TAX_INCOMPATIBLE);
    shop.add(staff);
    // This tenant recognises contacts by link and e-mail alone, so a name in use is a clash.
    let same = shop.customer(|p| {
        (p.given, p.family, p.email) = ("Alex".into(), "Fern".into(), "alex@new.example".into())
    });
    shop.ledger
        .contacts
        .push(xero::contact("Alex Fern", "alex@old.example", "ACTIVE"));
    let order = base(shop, "another contact has the name", &[3]).held(codes::CONTACT_CLASH);
    shop.add(Order {
        contact: same,
        ..order
    });
    let free = base(shop, "comes to zero", &[2]).at(Decimal::ZERO);
    shop.add(free);
}
