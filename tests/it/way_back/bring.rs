//! A storm over payments that go both ways between the fake Keap and the fake Xero: people enter money in either book while answers are
//! lost, the process dies and time goes by. At the end each payment is in both books, once.
//!
//! It is the program itself over the fake vendors, and not the model of them: what is shown is the whole path, with Keap as the one
//! that knows no keys.

use crate::bed::{Bed, order, shop, sync};
use serde_json::{Value, json};

/// A reproducible stream of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below
    }
}

fn file() -> String {
    crate::bed::PLAIN.replace("first_run: post", "first_run: post, payments: both")
        + "back: { payments_account: { code: \"Check\" } }\n"
}

/// What each book has, in cents: the sums, sorted.
fn sums(all: &[Value], of: impl Fn(&Value) -> Option<String>) -> Vec<String> {
    let mut out: Vec<String> = all.iter().filter_map(of).collect();
    out.sort();
    out
}

fn in_xero(bed: &Bed) -> Vec<String> {
    let books = bed.books();
    sums(books["payments"].as_array().unwrap(), |p| {
        (p["Status"] != json!("DELETED")).then(|| cents(&p["Amount"]))
    })
}

fn in_keap(bed: &Bed) -> Vec<String> {
    let state = bed.plane.state("keap").unwrap();
    let all = state["applications"].as_array().unwrap();
    let app = all.iter().find(|a| a["name"] == json!("acme")).unwrap();
    let all = app["payments"].as_array().unwrap();
    let parts = all.iter().flat_map(|p| p["parts"].as_array().unwrap());
    sums(&parts.cloned().collect::<Vec<_>>(), |p| {
        Some(cents(&p["amount"]))
    })
}

fn cents(amount: &Value) -> String {
    let text = amount.as_str().map_or(amount.to_string(), str::to_owned);
    let exact: rust_decimal::Decimal = text.parse().unwrap();
    format!("{exact:.2}")
}

/// Runs one seed. Answers what is wrong at its end.
pub async fn storm(seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let bed = Bed::new(&file());
    bed.keap(shop(vec![
        order(1, 1041, "2026-07-10"),
        order(2, 1042, "2026-07-10"),
    ]));
    let mut engine = bed.engine().await;
    let _ = sync(&engine).await;
    bed.minutes(20);
    let mut all = Vec::new();
    for step in 0..10_u64 {
        let at = dice.next(2) + 1;
        // No two are alike, so that none may be taken for another.
        let amount = 100 * (step + 1) + dice.next(90) + 1;
        match dice.next(6) {
            0 | 1 => {
                // Nothing goes wrong with what a person does by hand.
                bed.heal().await;
                let number = format!("{}", 1040 + at);
                let body = json!({"Invoice": {"InvoiceNumber": number}, "Account": {"Code": "090"}, "Date": "2026-07-12",
                    "Amount": format!("{}.{:02}", amount / 100, amount % 100)});
                bed.person("PUT", "Payments", body).await;
                all.push(amount);
            }
            2 => {
                let id = format!("{}", 9_000 + step);
                let text = format!("{}.{:02}", amount / 100, amount % 100);
                bed.keap_edit(json!({"orders": [{"id": at.to_string(), "add_payments": [
                    {"id": id, "amount": text, "type": "Check", "time": "2026-07-12T01:00:00Z"}]}]}));
                all.push(amount);
            }
            3 => {
                let fault = ["drop_after", "drop_before", "500_after"][dice.next(3) as usize];
                let (system, method) = [("keap", "POST"), ("xero", "PUT")][dice.next(2) as usize];
                bed.fault(json!([{"system": system, "method": method, "path_contains": "ayments", "fault": fault,
                    "times": dice.next(2) + 1}]));
            }
            4 => {
                drop(engine);
                engine = bed.engine().await;
            }
            _ => bed.minutes(i64::try_from(dice.next(40)).unwrap()),
        }
        let _ = sync(&engine).await;
        bed.minutes(i64::try_from(dice.next(12)).unwrap());
    }
    bed.heal().await;
    let mut wanted: Vec<String> = all
        .iter()
        .map(|a| format!("{}.{:02}", a / 100, a % 100))
        .collect();
    wanted.sort();
    for _ in 0..40 {
        let _ = sync(&engine).await;
        if in_keap(&bed) == wanted && in_xero(&bed) == wanted {
            break;
        }
        bed.minutes(5);
    }
    bed.minutes(45);
    let _ = sync(&engine).await;
    let mut wrong = Vec::new();
    for (book, is) in [("keap", in_keap(&bed)), ("xero", in_xero(&bed))] {
        if is != wanted {
            wrong.push(format!("{book} has {is:?}, and people entered {wanted:?}"));
        }
    }
    wrong
}

/// How many seeds, unless `CROSSFOOT_BRING_SEEDS` says otherwise.
pub const SEEDS: u64 = 4;

#[tokio::test]
async fn no_storm_doubles_or_loses_a_payment_that_goes_either_way() {
    let first = crate::simulation::from_env("CROSSFOOT_BRING_FIRST", 0);
    let seeds = crate::simulation::from_env("CROSSFOOT_BRING_SEEDS", SEEDS);
    let mut failed = Vec::new();
    for seed in first..first + seeds {
        let wrong = storm(seed).await;
        if !wrong.is_empty() {
            failed.push((seed, wrong));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
