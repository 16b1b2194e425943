//! The plain one: a bicycle shop in Sydney, GST on top, Keap to Xero.
//!
//! Its hard cases are people (names taken, merged, archived, in other scripts), payments (parts, too
//! much, given back, not yet through) and periods.

use crate::sandbox::demo::codes;
use crate::sandbox::demo::order::{Order, Tax};
use crate::sandbox::demo::shop::{Place, Policy, Shop, exclusive};
use crate::sandbox::demo::xero;
use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;

const ORDINARY: u64 = 34;

/// The shop.
pub fn shop(seed: u64, more: usize, today: NaiveDate) -> Shop {
    let place = Place {
        tenant: "harbour-lane",
        title: "Harbour Lane Cycles Pty Ltd",
        country: "AU",
        currency: "AUD",
        zone: "Australia/Sydney",
        hour: 2,
        first_ids: (1001, 1041),
    };
    let mut shop = Shop::new(place, exclusive(10), Policy::default(), seed, today);
    shop.ledger.lock = Some(today - Duration::days(130));
    goods(&mut shop);
    shop.customers(ORDINARY);
    for n in 0..44 {
        ordinary(&mut shop, n);
    }
    taxes(&mut shop);
    payments(&mut shop);
    people(&mut shop);
    periods(&mut shop);
    for n in 0..more {
        ordinary(&mut shop, n);
    }
    shop
}

fn goods(shop: &mut Shop) {
    for (name, sku, price, taxable) in [
        ("Commuter bicycle", "BIKE-COM", "749.00", true),
        ("Child's bicycle", "BIKE-KID", "289.50", true),
        ("Helmet", "HELMET", "64.95", true),
        ("Inner tube", "TUBE", "9.90", true),
        ("Full service", "SERVICE", "119.00", true),
        ("Basic maths of gearing (book)", "BOOK", "24.00", false),
        ("Lock", "LOCK", "42.35", true),
    ] {
        shop.product(name, sku, price, taxable);
    }
}

/// An order as most are: one to three lines, GST, paid or not yet.
fn ordinary(shop: &mut Shop, n: usize) {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(120);
    let mut order = Order::new(contact, day, "plain").taxed(Tax::ByLine);
    for _ in 0..shop.dice.from_to(1, 3) {
        let at = usize::try_from(shop.dice.from_to(0, 6)).unwrap_or(0);
        if let Some(product) = shop.products.get(at).cloned() {
            let quantity = shop.dice.from_to(1, 4);
            order = order.with(&product, quantity);
        }
    }
    if n.is_multiple_of(3) {
        order.made_by = "CHECKOUT_FORM";
    }
    if n.is_multiple_of(5) {
        order = order.plus("SHIPPING", "Courier", Decimal::new(1450, 2));
    }
    let order = match n % 4 {
        0 => order,
        3 => shop.pay(order, 2),
        _ => shop.pay(order, 1),
    };
    shop.add(order);
}

fn one(shop: &mut Shop, case: &'static str) -> Order {
    let contact = shop.somebody(ORDINARY);
    let day = shop.day(90);
    let helmet = shop.products.get(2).cloned();
    let order = Order::new(contact, day, case).taxed(Tax::ByLine);
    helmet.map_or(order.clone(), |p| order.with(&p, 2))
}

fn taxes(shop: &mut Shop) {
    let zero = one(shop, "a TAX line of zero: an export").taxed(Tax::Zero);
    let zero = shop.pay(zero, 1);
    shop.add(zero);
    let zero = one(shop, "a TAX line of zero: an export").taxed(Tax::Zero);
    shop.add(zero);
    let none = one(shop, "no TAX line at all").taxed(Tax::None);
    shop.add(none);
    let off =
        one(shop, "a discount as a line").plus("DISCOUNT", "Club member", Decimal::new(1299, 2));
    let off = shop.pay(off, 1);
    shop.add(off);
    // 3 x 1.004 of tax: each line says 1.00, the whole says 3.01.
    for _ in 0..2 {
        let mut cent =
            one(shop, "tax on the whole is a cent more than line by line").taxed(Tax::OnTotal);
        cent.lines.clear();
        for part in ["Brake pad", "Cable", "Grip"] {
            cent = cent.plus("OTHER", part, Decimal::new(1004, 2));
        }
        shop.add(cent);
    }
    let free = one(shop, "comes to zero: a warranty job").at(Decimal::ZERO);
    shop.add(free);
    let mut free = one(shop, "comes to zero: all of it given away");
    free = free.plus("DISCOUNT", "With our apologies", Decimal::new(12990, 2));
    shop.add(free);
    let draft = one(shop, "a draft");
    shop.add(Order {
        status: "DRAFT",
        ..draft
    });
}

fn payments(shop: &mut Shop) {
    let half = one(shop, "paid in part");
    let half = half.paid(2, Decimal::new(5000, 2), "Cash");
    shop.add(half);
    let three = one(shop, "paid in three parts");
    let three = shop.pay(three, 3);
    shop.add(three);
    let over = one(shop, "paid twice by mistake");
    let total = shop.law.source_total(&over);
    let over = over.paid(1, total, "Check").paid(3, total, "Bank Transfer");
    shop.add(over);
    let over = one(shop, "overpaid in one go").paid(1, total + Decimal::from(20), "Check");
    shop.add(over);
    let back = one(shop, "paid, then all given back")
        .paid(0, total, "Credit Card (Manual)")
        .refunded(2, total);
    shop.add(back);
    let back = one(shop, "paid, then part given back")
        .paid(0, total, "Cash")
        .refunded(1, Decimal::new(3000, 2));
    shop.add(back);
    let mut pending =
        one(shop, "a payment that is not through yet").paid(1, total, "Credit Card (Manual)");
    for payment in &mut pending.payments {
        payment.settled = false;
    }
    shop.add(pending);
}

fn for_person(shop: &mut Shop, contact: u64, case: &'static str) -> Order {
    Order {
        contact,
        ..one(shop, case)
    }
}

fn people(shop: &mut Shop) {
    for (case, given, family) in [
        (
            "a name from right to left",
            "\u{5e0}\u{5d5}\u{5e2}\u{5d4}",
            "\u{5d0}\u{5d1}\u{5e8}\u{5d4}\u{5dd}",
        ),
        (
            "a name from right to left",
            "\u{645}\u{631}\u{64a}\u{645}",
            "\u{62d}\u{62f}\u{627}\u{62f}",
        ),
        ("an emoji in a name", "Billie \u{1f6b2}", "Wheeler"),
        ("letters with marks", "Zo\u{eb}", "Bj\u{f6}rk-\u{141}ukasz"),
    ] {
        let id = shop.customer(|p| (p.given, p.family) = (given.into(), family.into()));
        let order = for_person(shop, id, case);
        let order = shop.pay(order, 1);
        shop.add(order);
    }
    let long = shop.customer(|p| p.given = "Maximiliana ".repeat(25));
    let order = for_person(shop, long, "a name of 300 characters").held(codes::NAME_TOO_LONG);
    shop.add(order);
    let tag = shop.customer(|p| p.given = "<script>alert(1)</script>".into());
    let order = for_person(shop, tag, "markup in a name").held(codes::NAME_INVALID);
    shop.add(order);
    let none = shop.customer(|p| p.email.clear());
    let order = for_person(shop, none, "no e-mail address");
    shop.add(order);
    twins(shop);
    known_to_the_ledger(shop);
    let mut loop_ = one(shop, "made by another integration");
    loop_.made_by = "QUICKBOOKS";
    shop.add(loop_.clone());
    loop_.date -= Duration::days(1);
    shop.add(loop_);
    let taken = one(shop, "a person has used its number").held(codes::NUMBER_TAKEN);
    shop.add(Order {
        number_is_taken: true,
        ..taken
    });
}

fn twins(shop: &mut Shop) {
    for mail in ["robin.lee@one.example", "robin.lee@two.example"] {
        let id = shop.customer(|p| {
            (p.given, p.family, p.email) = ("Robin".into(), "Lee".into(), mail.into())
        });
        let order = for_person(shop, id, "two customers of one name");
        shop.add(order);
    }
    for given in ["Dana", "Sam"] {
        let id = shop.customer(|p| {
            (p.given, p.family, p.email) =
                (given.into(), "Hart".into(), "harts@home.example".into())
        });
        let order = for_person(shop, id, "two customers of one e-mail address");
        shop.add(order);
    }
}

fn known_to_the_ledger(shop: &mut Shop) {
    let gone = shop.customer(|p| {
        (p.given, p.family, p.email) = ("Vera".into(), "Stone".into(), "vera@gone.example".into())
    });
    shop.ledger
        .contacts
        .push(xero::contact("Vera Stone", "vera@gone.example", "ARCHIVED"));
    let order = for_person(shop, gone, "archived in the ledger").held(codes::CONTACT_ARCHIVED);
    shop.add(order);

    let merged = shop.customer(|p| {
        (p.given, p.family, p.email) = ("Kit".into(), "Marsh".into(), "kit@marsh.example".into())
    });
    shop.ledger.contacts.push(xero::contact(
        "Marsh & Daughters",
        "kit@marsh.example",
        "ACTIVE",
    ));
    shop.ledger
        .contacts
        .push(xero::contact("Kit Marsh", "kit@marsh.example", "ACTIVE"));
    shop.ledger
        .merges
        .push(("Kit Marsh".into(), "Marsh & Daughters".into()));
    let order = for_person(shop, merged, "merged with another in the ledger");
    shop.add(order);

    let many = shop.customer(|p| {
        (p.given, p.family, p.email) = (
            "Jules".into(),
            "Okoro".into(),
            "office@okoro.example".into(),
        )
    });
    shop.ledger.contacts.push(xero::contact(
        "Okoro Imports",
        "office@okoro.example",
        "ACTIVE",
    ));
    shop.ledger.contacts.push(xero::contact(
        "Okoro Rentals",
        "office@okoro.example",
        "ACTIVE",
    ));
    let order = for_person(shop, many, "two of the ledger's contacts answer")
        .held(codes::CONTACT_AMBIGUOUS);
    shop.add(order);
}

fn periods(shop: &mut Shop) {
    for back in [131, 145] {
        let order = one(shop, "in a locked period");
        shop.add(Order {
            date: shop.today - Duration::days(back),
            ..order
        });
    }
}
