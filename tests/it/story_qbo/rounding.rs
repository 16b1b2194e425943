//! Tax to the cent, in both ledgers: one makes it once for each rate, the other for each line.
//!
//! What a sale comes to is worked out a second time here, in whole cents, by nothing that the program uses. A source that
//! states the ledger's own figure is posted as it is; one that is a few cents off is held, or goes to the one rounding line
//! that the tenant's file names.

use super::Desk;
use crate::bed::{Bed, dec, end, file, gst, item, order, shop, synced, with};
use crate::reference::chance::Chance;
use crossfoot::model::DocState;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// A line: how many, and the price of one in cents.
type Line = (i64, i64);

struct Sale {
    number: u64,
    taxed: Vec<Line>,
    free: Vec<Line>,
    /// By how many cents the source states the tax otherwise than the ledger makes it.
    off: i64,
}

impl Sale {
    fn net(&self) -> i64 {
        let all = self.taxed.iter().chain(&self.free);
        all.map(|(n, cents)| n * cents).sum()
    }

    /// As the United States do it: on the sum of the taxed lines, once.
    fn tax_once(&self, percent: i64) -> i64 {
        nearest(self.taxed.iter().map(|(n, cents)| n * cents).sum::<i64>() * percent)
    }

    /// Line by line.
    fn tax_by_line(&self, percent: i64) -> i64 {
        self.taxed
            .iter()
            .map(|(n, cents)| nearest(n * cents * percent))
            .sum()
    }

    /// As the application tells it.
    fn told(&self, tax: i64) -> Value {
        let mut items: Vec<Value> = Vec::new();
        for (lines, product) in [(&self.taxed, "1"), (&self.free, "2")] {
            for (n, cents) in lines {
                items.push(json!({"type": "PRODUCT", "product_id": product, "quantity": n, "price": money(*cents)}));
            }
        }
        items.push(gst(&money(tax)));
        with(
            order(self.number, self.number, "2026-07-10"),
            json!({ "items": items }),
        )
    }
}

/// Hundredths of a cent to the nearest cent, the half up.
fn nearest(hundredths: i64) -> i64 {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest >= 50 { whole + 1 } else { whole }
}

fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn sales(seed: u64, count: u64) -> Vec<Sale> {
    let mut c = Chance::new(seed);
    let lines = |c: &mut Chance, least: i128, most: i128| -> Vec<Line> {
        let n = c.between(least, most);
        let one = |c: &mut Chance| {
            let (n, cents) = (c.between(1, 9), c.between(1, 29_999));
            (i64::try_from(n).unwrap(), i64::try_from(cents).unwrap())
        };
        (0..n).map(|_| one(c)).collect()
    };
    (0..count)
        .map(|n| Sale {
            number: 2000 + n,
            taxed: lines(&mut c, 1, 6),
            free: lines(&mut c, 0, 2),
            off: c.of(&[0, 0, 0, 1, -1, 5, -5]),
        })
        .collect()
}

const COUNT: u64 = 60;

#[tokio::test]
async fn in_the_united_states_tax_is_made_once_to_the_cent() {
    let sales = sales(8, COUNT);
    let rounding: usize = sales
        .iter()
        .filter(|s| s.tax_once(8) != s.tax_by_line(8))
        .count();
    assert!(
        rounding > 5,
        "the two ways must differ somewhere: {rounding}"
    );
    let orders = sales
        .iter()
        .map(|s| s.told((s.tax_once(8) + s.off).max(0)))
        .collect();
    let desk = Desk::states(shop(orders));
    let engine = desk.engine().await;
    synced(&engine).await;
    let posted = desk.rows("Invoice");
    for sale in &sales {
        let (state, code) = end(&engine, &sale.number.to_string()).await;
        let mine = posted
            .iter()
            .find(|i| i["DocNumber"] == json!(sale.number.to_string()));
        let tax = sale.tax_once(8);
        if (tax + sale.off).max(0) == tax {
            assert_eq!(state, DocState::Verified, "{}: {code}", sale.number);
            let mine = mine.unwrap();
            assert_eq!(
                dec(&mine["TotalAmt"]),
                Decimal::new(sale.net() + tax, 2),
                "{}",
                sale.number
            );
            assert_eq!(
                dec(&mine["TxnTaxDetail"]["TotalTax"]),
                Decimal::new(tax, 2),
                "{}",
                sale.number
            );
        } else {
            assert_eq!(
                (state, mine),
                (DocState::Held, None),
                "{}: {code}",
                sale.number
            );
            assert!(code.ends_with(".mismatch"), "{code}");
        }
    }
}

/// A line there takes its account from an item, so that there is no rounding line, and what is off is held.
#[tokio::test]
async fn a_rounding_account_means_nothing_where_items_give_accounts() {
    let sales: Vec<Sale> = sales(21, 20).into_iter().filter(|s| s.off != 0).collect();
    let orders = sales
        .iter()
        .map(|s| s.told((s.tax_once(8) + s.off).max(0)))
        .collect();
    let desk = Desk::states(shop(orders));
    let word = "guard: { totals: { rounding_account: \"860\", at_most: 0.05 } }\n";
    desk.bed.tenant(&(super::states() + word));
    let workspace = crossfoot::service::Workspace::open(desk.bed.folder.path()).unwrap();
    let refused = workspace.load(&crate::bed::tenant()).is_err();
    if refused {
        return;
    }
    let engine = desk.engine().await;
    synced(&engine).await;
    assert_eq!(desk.rows("Invoice").len(), 0);
}

#[tokio::test]
async fn line_by_line_what_is_off_goes_to_the_one_rounding_line() {
    for allowed in [true, false] {
        let sales = sales(10, COUNT);
        let orders = sales
            .iter()
            .map(|s| s.told((s.tax_by_line(10) + s.off).max(0)))
            .collect();
        let word = [(
            "guard",
            "{ totals: { rounding_account: \"860\", at_most: 0.05 } }",
        )];
        let bed = Bed::new(&file(if allowed { &word } else { &[] }));
        bed.keap(shop(orders));
        let engine = bed.engine().await;
        synced(&engine).await;
        for sale in &sales {
            let number = sale.number.to_string();
            let (state, code) = end(&engine, &number).await;
            let tax = sale.tax_by_line(10);
            let stated = (tax + sale.off).max(0);
            if stated != tax && !allowed {
                assert_eq!(state, DocState::Held, "{number}: {code}");
                assert!(bed.invoice(&number).is_none(), "{number}");
                continue;
            }
            assert_eq!(state, DocState::Verified, "{number}: {code}");
            let mine = bed.invoice(&number).unwrap();
            let lines = mine["LineItems"].as_array().unwrap();
            let rounding: Vec<_> = lines
                .iter()
                .filter(|l| l["AccountCode"] == json!("860"))
                .collect();
            assert_eq!(
                dec(&mine["Total"]),
                Decimal::new(sale.net() + stated, 2),
                "{number}"
            );
            assert_eq!(rounding.len(), usize::from(stated != tax), "{number}");
        }
    }
}

/// Anything else than products is said in words, and taxed or not as the order's own tax proves it.
#[tokio::test]
async fn five_cents_of_shipping_tax_are_no_rounding() {
    let items = json!([{"type": "PRODUCT", "product_id": "1", "quantity": 1, "price": "100.00"},
        item("SHIPPING", "Post", "0.63"), gst("8.05")]);
    let order = with(order(1, 1041, "2026-07-10"), json!({ "items": items }));
    let desk = Desk::states(shop(vec![order]));
    let engine = desk.engine().await;
    synced(&engine).await;
    assert_eq!(
        dec(&desk.only("Invoice")["TxnTaxDetail"]["TotalTax"]),
        Decimal::new(805, 2)
    );
}
