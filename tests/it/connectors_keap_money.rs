//! Keap's payments: the same money has the same id however it was read, or the order says that it is not certain.

use crate::support::World;
use chrono::Duration;
use crossfoot::connectors::keap::Keap;
use crossfoot::connectors::{Ask, Cursor, Page, Reads, Settings};
use crossfoot::model::{Document, Invoice, Kind, PaymentKind, SourceRecord, Start};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ORDER: &str = "101";
const MISMATCH: &str = "crossfoot.mismatch";

fn cents(n: i64) -> Decimal {
    Decimal::new(n, 2)
}

/// A payment as it is: the sizes of its rows in this order, in cents, and whether they count.
#[derive(Debug, Clone)]
struct Money {
    rows: Vec<(i64, bool)>,
    /// Paid back, of the first row.
    back: Option<i64>,
    /// Whether the refund is a payment of its own, or another row of this one.
    back_apart: bool,
}

/// What Keap's documents leave open about how it shows.
#[derive(Debug, Clone, Copy)]
struct Shown {
    minor: bool,
    net: bool,
    signed: bool,
}

struct Books {
    order: Value,
    bulk: Vec<Value>,
    own: Vec<Value>,
    /// Every effect on the ledger: id, way, amount.
    truth: BTreeMap<(String, PaymentKind), Decimal>,
}

fn number(n: Decimal) -> Value {
    Value::Number(n.to_string().parse().unwrap())
}

/// The books of some payments, as both lists show them.
fn books(all: &[Money], shown: Shown) -> Books {
    let (mut bulk, mut own, mut truth) = (Vec::new(), Vec::new(), BTreeMap::new());
    let (mut received, mut returned) = (0, 0);
    let mut row_id = 900;
    let day = "2026-07-02T00:00:00Z";
    let mut row = |payment: usize, amount: i64, status: &str, of: Option<i64>| {
        row_id += 1;
        let given = if shown.minor {
            Decimal::from(amount)
        } else {
            cents(amount)
        };
        own.push(
            json!({"id": row_id.to_string(), "payment_id": payment.to_string(), "amount": number(given),
            "invoice_id": "1101", "pay_time": day, "pay_status": status,
            "refund_invoice_payment_id": of.map_or(Value::Null, |o| json!(o.to_string()))}),
        );
        row_id
    };
    let mut listed = |payment: usize, amount: i64, status: &str| {
        bulk.push(
            json!({"id": payment.to_string(), "amount": number(cents(amount)), "status": status,
            "payment_time": day, "order_ids": [ORDER], "type": "Check"}),
        );
    };
    for (n, money) in all.iter().enumerate() {
        let payment = 501 + n;
        let mut first = None;
        for (amount, counts) in &money.rows {
            let status = if *counts { "APPROVED" } else { "FAILED" };
            let id = row(payment, *amount, status, None);
            if *counts {
                first.get_or_insert((id, *amount));
            }
        }
        let sum: i64 = money.rows.iter().filter(|r| r.1).map(|r| r.0).sum();
        received += sum;
        listed(payment, sum, if sum > 0 { "COMPLETED" } else { "PENDING" });
        if sum > 0 {
            let key = (format!("{payment}-{ORDER}"), PaymentKind::Payment);
            truth.insert(key, cents(sum));
        }
        let (Some((of, most)), Some(back)) = (first, money.back) else {
            continue;
        };
        let back = back.min(most);
        returned += back;
        let given = if shown.signed { -back } else { back };
        let as_payment = if money.back_apart {
            listed(601 + n, given, "COMPLETED");
            601 + n
        } else {
            payment
        };
        let id = row(as_payment, given, "REFUNDED", Some(of));
        truth.insert((id.to_string(), PaymentKind::Refund), cents(back));
    }
    let paid = if shown.net {
        received - returned
    } else {
        received
    };
    let money = |n: i64| json!({"amount": n, "currency_code": "AUD"});
    let order = json!({"id": ORDER, "invoice_id": "1101", "order_time": day, "modification_time": day,
        "total": money(100_000), "total_paid": money(paid), "refund_total": money(returned),
        "order_items": [{"id": "1", "item_type": "SERVICE", "name": "x", "quantity": 1, "price_per_unit": money(100_000)}]});
    Books {
        order,
        bulk,
        own,
        truth,
    }
}

fn read(order: &Value, bulk: &[Value], own: Option<&[Value]>) -> Invoice {
    let raw = json!({"order": order, "payments": bulk, "order_payments": own, "contact": null, "currency": "AUD", "zone": "UTC"});
    match Keap::new().read_again(&Settings::default(), &raw).unwrap() {
        Document::Invoice(i) => *i,
        other => panic!("{other:?}"),
    }
}

fn effects(invoice: &Invoice) -> BTreeMap<(String, PaymentKind), Decimal> {
    let settled = invoice.payments.iter().filter(|p| p.settled);
    let all: Vec<_> = settled
        .map(|p| ((p.id.clone(), p.kind), p.amount))
        .collect();
    let map: BTreeMap<_, _> = all.iter().cloned().collect();
    assert_eq!(map.len(), all.len(), "an id stands twice: {all:?}");
    map
}

fn sum(effects: &BTreeMap<(String, PaymentKind), Decimal>, kind: PaymentKind) -> Decimal {
    let of = effects.iter().filter(|((_, k), _)| *k == kind);
    of.map(|(_, amount)| *amount).sum()
}

fn some_money() -> impl Strategy<Value = Money> {
    let rows = prop::collection::vec((1i64..9_000, prop::bool::weighted(0.8)), 1..4);
    let back = prop::option::weighted(0.3, 1i64..5_000);
    (rows, back, any::<bool>()).prop_map(|(rows, back, back_apart)| Money {
        rows,
        back,
        back_apart,
    })
}

fn shown() -> impl Strategy<Value = Shown> {
    any::<(bool, bool, bool)>().prop_map(|(minor, net, signed)| Shown { minor, net, signed })
}

/// A list as it may come: in any order, with some of it left out, with some of it twice.
fn as_it_comes(list: &[Value], keep: u32, twice: u32, turn: usize) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    for (i, element) in list.iter().enumerate() {
        if keep >> (i % 32) & 1 == 1 {
            out.push(element.clone());
            if twice >> (i % 32) & 1 == 1 {
                out.push(element.clone());
            }
        }
    }
    let length = out.len().max(1);
    out.rotate_left(turn % length);
    if turn % 2 == 1 {
        out.reverse();
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn complete_lists_in_any_order_give_every_payment_its_own_id(all in prop::collection::vec(some_money(), 1..5), shown in shown(), turn in 0usize..24, twice in any::<u32>()) {
        let books = books(&all, shown);
        let bulk = as_it_comes(&books.bulk, u32::MAX, 0, turn / 2);
        let own = as_it_comes(&books.own, u32::MAX, twice, turn);
        let invoice = read(&books.order, &bulk, Some(&own));
        prop_assert_eq!(invoice.fields.get(MISMATCH), None);
        prop_assert_eq!(effects(&invoice), books.truth);
    }

    #[test]
    fn lists_that_lack_something_give_the_same_ids_or_nothing(all in prop::collection::vec(some_money(), 1..5), shown in shown(), turn in 0usize..24,
        keep in any::<(u32, u32)>(), twice in any::<u32>(), asked in any::<bool>()) {
        let books = books(&all, shown);
        let bulk = as_it_comes(&books.bulk, keep.0, 0, turn / 2);
        let own = as_it_comes(&books.own, keep.1, twice, turn);
        let invoice = read(&books.order, &bulk, asked.then_some(&own[..]));
        let found = effects(&invoice);
        if invoice.fields.contains_key(MISMATCH) {
            prop_assert!(invoice.payments.is_empty(), "what is not certain is no payment");
        }
        for (id, amount) in &found {
            let real = books.truth.get(id).copied().unwrap_or_default();
            prop_assert!(*amount <= real, "{:?} is {} and not {}", id, amount, real);
        }
        for kind in [PaymentKind::Payment, PaymentKind::Refund] {
            prop_assert!(sum(&found, kind) <= sum(&books.truth, kind));
        }
    }
}

fn one_payment(rows: &[(i64, bool)]) -> Books {
    let money = Money {
        rows: rows.to_vec(),
        back: None,
        back_apart: false,
    };
    books(
        &[money],
        Shown {
            minor: false,
            net: true,
            signed: true,
        },
    )
}

#[test]
fn both_lists_call_the_same_money_the_same_and_a_second_order_changes_nothing() {
    let books = one_payment(&[(6_000, true), (4_000, true), (9_999, false)]);
    let by_bulk = effects(&read(&books.order, &books.bulk, None));
    let by_own = effects(&read(&books.order, &[], Some(&books.own)));
    let by_both = effects(&read(&books.order, &books.bulk, Some(&books.own)));
    assert_eq!(by_bulk, books.truth);
    assert_eq!((&by_own, &by_both), (&books.truth, &books.truth));
    // Later the same payment is applied to another order as well.
    let mut shared = books.bulk.clone();
    shared[0]["order_ids"] = json!([ORDER, "102"]);
    shared[0]["amount"] = json!(250);
    let later = effects(&read(&books.order, &shared, Some(&books.own)));
    assert_eq!(later, books.truth);
}

fn told(order: &Value, bulk: &[Value], own: &[Value]) -> String {
    let invoice = read(order, bulk, Some(own));
    assert_eq!(invoice.payments, []);
    invoice.fields.get(MISMATCH).cloned().unwrap_or_default()
}

#[test]
fn what_cannot_be_told_apart_is_said() {
    let whole = one_payment(&[(10_000, true)]);
    // Under another name in the other list: known by the one of the bulk list, as long as that is enough.
    let mut renamed = whole.own.clone();
    renamed[0]["payment_id"] = json!("777");
    let seen = read(&whole.order, &whole.bulk, Some(&renamed));
    assert_eq!(effects(&seen), whole.truth);
    // A refund can only be read from the own list, where it would have to be posted again.
    let back = Money {
        rows: vec![(10_000, true)],
        back: Some(3_000),
        back_apart: true,
    };
    let paid_back = books(
        &[back],
        Shown {
            minor: false,
            net: true,
            signed: true,
        },
    );
    let mut renamed = paid_back.own.clone();
    renamed[0]["payment_id"] = json!("777");
    let mut nameless = paid_back.own.clone();
    nameless[0]["payment_id"] = json!("0");
    let mut no_row = paid_back.own.clone();
    no_row[1].as_object_mut().unwrap().remove("id");
    let mut twice = paid_back.own.clone();
    twice.push(twice[0].clone());
    twice[2]["note"] = json!("changed while the list was read");
    let mut less = paid_back.bulk.clone();
    less[0]["amount"] = json!(55);
    let bulk = &paid_back.bulk;
    let shown = [
        told(&paid_back.order, bulk, &renamed),
        told(&paid_back.order, bulk, &nameless),
        told(&paid_back.order, &[], &nameless),
        told(&paid_back.order, bulk, &no_row),
        told(&paid_back.order, bulk, &twice),
        told(&paid_back.order, &less, &paid_back.own),
        told(&paid_back.order, bulk, &paid_back.own[..1]),
    ]
    .join("\n");
    insta::assert_snapshot!(shown, @"
    it is not certain which money is which: the order's own list does not know payment 501, which Keap's list of payments has for it
    it is not certain which money is which: the order's own list does not know payment 501, which Keap's list of payments has for it
    it is not certain which money is which: a payment row of 100.00 does not say which payment it is of
    it is not certain which money is which: a refund of 30.00 has no id
    it is not certain which money is which: payment row 901 is listed twice, and the two differ
    it is not certain which money is which: payment 501 is 100.00 in the order's own list and 55.00 in Keap's list of payments
    payments come to 100.00 and refunds to 0.00, the order says 70.00 paid and 30.00 refunded
    ");
    // One row, marked as refunded: it came in and went back, or it is a refund of something that is not there.
    let mut alone = paid_back.own[..1].to_vec();
    alone[0]["pay_status"] = json!("REFUNDED");
    let mut nothing_left = paid_back.order.clone();
    nothing_left["total_paid"]["amount"] = json!(0);
    nothing_left["refund_total"]["amount"] = json!(10_000);
    let said = told(&nothing_left, &[], &alone);
    assert_eq!(
        said,
        "payments come to 100.00 and refunds to 0.00, the order says 0.00 paid and 100.00 refunded"
    );
    // Marked as refunded, of which the order knows nothing.
    let mut marked = whole.own.clone();
    marked[0]["pay_status"] = json!("REFUNDED");
    let said = told(&whole.order, &[], &marked);
    assert!(said.contains("marked as refunded"), "{said}");
}

fn changed(cursor: Option<Cursor>) -> Ask {
    Ask::Changed {
        kind: Kind::Invoice,
        cursor,
        since: None,
        start: Start::Beginning,
    }
}

async fn pull(world: &World, cursor: Option<Cursor>) -> Page {
    let page = Keap::new().read(&world.keap(), &changed(cursor)).await;
    let page = page.unwrap();
    assert!(!page.more && page.bad.is_empty(), "{page:?}");
    page
}

fn of<'a>(page: &'a Page, number: &str) -> &'a SourceRecord {
    page.records.iter().find(|r| r.number == number).unwrap()
}

fn invoice(record: &SourceRecord) -> &Invoice {
    match &record.document {
        Document::Invoice(i) => i,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_payment_taken_out_or_made_less_is_another_version_of_its_order() {
    let world = World::new();
    world.seed_keap(crate::connectors_keap::shop());
    let first = pull(&world, None).await;
    let whole = of(&first, "1101");
    assert_eq!(invoice(whole).paid, "124.30".parse().unwrap());

    world.clock.advance(Duration::minutes(30));
    world.seed_keap(json!({"patch": {"payments": [{"id": "501", "amount": "20.00"}]}}));
    let second = pull(&world, Some(first.cursor.clone())).await;
    let less = of(&second, "1101");
    let ids = effects(invoice(less));
    assert_eq!(
        ids[&("501-101".to_owned(), PaymentKind::Payment)],
        cents(2_000)
    );
    assert_eq!(ids.len(), 2);

    world.clock.advance(Duration::minutes(30));
    world.seed_keap(json!({"patch": {"payments": [{"id": "501", "remove": true}, {"id": "502", "pay_status": "VOIDED"}]}}));
    let third = pull(&world, Some(second.cursor.clone())).await;
    let none = of(&third, "1101");
    assert!(effects(invoice(none)).is_empty());
    assert_eq!(invoice(none).fields.get(MISMATCH), None);

    let versions = [whole.version(), less.version(), none.version()];
    assert!(versions[0] != versions[1] && versions[1] != versions[2] && versions[0] != versions[2]);
    assert_eq!((&whole.id, &less.id), (&none.id, &whole.id));
}

#[tokio::test]
async fn an_order_that_did_not_add_up_is_read_again_twice_and_then_left() {
    let world = World::new();
    world.seed_keap(crate::connectors_keap::shop());
    // A later one, so that the others do not come again with the overlap.
    world.clock.advance(Duration::minutes(10));
    world.seed_keap(
        json!({"orders": [{"id": "300", "contact_id": "2", "order_time": "2026-07-01T00:00:00Z",
        "items": [{"type": "SERVICE", "name": "x", "quantity": 1, "price": "10.00"}]}]}),
    );
    // The order's own list lags behind: the refund is not in it yet.
    let lag = |answer: &mut crossfoot::connectors::http::HttpResponse| {
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        let rows = body["invoice_order_payments"].as_array_mut().unwrap();
        rows.truncate(1);
        answer.body = body.to_string().into();
    };
    world.transport.after(move |request, answer| {
        if request.url.contains("/orders/103/payments") {
            lag(answer);
        }
    });
    let first = pull(&world, None).await;
    assert!(invoice(of(&first, "1103")).fields.contains_key(MISMATCH));
    let mut cursor = first.cursor.clone();
    let mut again = 0;
    for _ in 0..5 {
        world.clock.advance(Duration::minutes(30));
        let page = pull(&world, Some(cursor)).await;
        again += page.records.iter().filter(|r| r.number == "1103").count();
        cursor = page.cursor;
    }
    assert_eq!(again, 2);
    // With the lists complete again the next look finds it.
    world.transport.after(|_, _| {});
    world.clock.advance(Duration::minutes(30));
    let later = pull(&world, Some(first.cursor)).await;
    assert_eq!(invoice(of(&later, "1103")).fields.get(MISMATCH), None);
}

#[test]
fn an_order_that_is_called_paid_and_is_not_is_told() {
    let mut order = json!({"id": "1", "order_time": "2026-07-10T01:00:00Z", "modification_time": "2026-07-10T01:00:00Z",
        "total": {"amount": 10_000, "currency_code": "AUD"}, "total_paid": {"amount": 4_000, "currency_code": "AUD"},
        "order_items": [{"id": "1", "item_type": "SERVICE", "name": "x", "quantity": 1, "price_per_unit": {"amount": 10_000, "currency_code": "AUD"}}]});
    let bulk = [
        json!({"id": "9", "amount": "40.00", "payment_time": "2026-07-11T01:00:00Z", "status": "APPROVED", "order_ids": ["1"]}),
    ];
    let mapping = super::mapping::mapping(super::mapping::PLAIN);
    let said = |order: &Value| {
        let invoice = read(order, &bulk, None);
        assert_eq!(invoice.payments.len(), 1, "{:?}", invoice.fields);
        let said = crossfoot::checks::paid::agrees(&mapping, &invoice, invoice.stated_total());
        said.err().map(|r| r.what)
    };
    assert_eq!(said(&order), None);
    order["status"] = json!("PAID");
    let what = "the source says `paid`, and of 100.00 its payments come to 40.00";
    assert_eq!(said(&order).as_deref(), Some(what));
}
