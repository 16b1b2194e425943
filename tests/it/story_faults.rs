//! Whatever the vendors and the network do: one document for each order, one payment for each payment,
//! none twice and none lost. The books of the fake vendor are the judge.

use super::bed::{Bed, dec, file, order, paid, shop, sync, verified, with};
use serde_json::{Value, json};

const ORDERS: u64 = 4;

fn orders() -> Value {
    let one = |n: u64| {
        let bank = json!({"payments": [paid("60.00", "2026-07-11"), paid("50.00", "2026-07-12")]});
        with(order(n, 1040 + n, "2026-07-10"), bank)
    };
    shop((1..=ORDERS).map(one).collect())
}

/// Runs until the books are complete, as the scheduler would: every half hour, for at most two days. Between
/// the runs time goes by, beyond the life of any key and any quarantine.
async fn comes_through(name: &str, faults: Value) {
    let bed = Bed::new(&file(&[]));
    bed.keap(orders());
    let engine = bed.engine().await;
    bed.fault(faults);
    let mut last = String::new();
    for run in 0..96 {
        last = match sync(&engine).await {
            Ok(done) if done.wake.is_none() => String::new(),
            Ok(done) => format!("wakes at {:?}", done.wake),
            Err(e) => e.to_string(),
        };
        if last.is_empty() && complete(&bed) {
            break;
        }
        if run == 3 {
            bed.heal().await;
        }
        bed.minutes(30);
    }
    assert_eq!(last, "", "{name}");
    bed.heal().await;
    bed.minutes(30);
    sync(&engine)
        .await
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    judge(name, &bed);
    for n in 1..=ORDERS {
        verified(&engine, &(1040 + n).to_string()).await;
    }
}

fn complete(bed: &Bed) -> bool {
    bed.payments() == usize::try_from(2 * ORDERS).unwrap()
}

/// The books hold each order once, paid in full, for one contact.
fn judge(name: &str, bed: &Bed) {
    let books = bed.books();
    let invoices = books["invoices"].as_array().unwrap();
    let mut numbers: Vec<_> = invoices
        .iter()
        .map(|i| i["InvoiceNumber"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    let wanted: Vec<_> = (1..=ORDERS).map(|n| (1040 + n).to_string()).collect();
    assert_eq!(numbers, wanted, "{name}");
    assert_eq!(bed.contacts(), 1, "{name}");
    for invoice in invoices {
        assert_eq!(
            (dec(&invoice["AmountPaid"]), dec(&invoice["AmountDue"])),
            (super::bed::amount("110"), super::bed::amount("0")),
            "{name}"
        );
    }
    assert_eq!(
        bed.payments(),
        usize::try_from(2 * ORDERS).unwrap(),
        "{name}"
    );
}

/// Every write of each kind, with the first and with all of its tries struck.
async fn on_every_write(fault: Value) {
    for path in ["Contacts", "Invoices", "Payments"] {
        for times in [1, 3] {
            let rule = json!([{"system": "xero", "method": "PUT", "path_contains": path, "times": times, "fault": fault}]);
            comes_through(&format!("{fault} {times} times on {path}"), rule).await;
        }
    }
}

#[tokio::test]
async fn five_hundred_before_anything_was_done() {
    on_every_write(json!("500_before")).await;
}

#[tokio::test]
async fn five_hundred_after_it_was_done() {
    on_every_write(json!("500_after")).await;
}

#[tokio::test]
async fn a_request_that_is_lost_on_its_way() {
    on_every_write(json!("drop_before")).await;
}

#[tokio::test]
async fn a_reply_that_is_lost_on_its_way() {
    on_every_write(json!("drop_after")).await;
}

#[tokio::test]
async fn a_reply_that_stops_halfway() {
    on_every_write(json!("truncated")).await;
}

#[tokio::test]
async fn a_reply_that_is_not_json() {
    on_every_write(json!("malformed")).await;
}

#[tokio::test]
async fn a_proxys_page_instead_of_a_reply() {
    on_every_write(json!("html_502")).await;
}

#[tokio::test]
async fn a_vendor_that_is_off() {
    on_every_write(json!("offline_503")).await;
}

#[tokio::test]
async fn too_many_requests_with_and_without_a_time() {
    on_every_write(json!({"429": {"retry_after": 20}})).await;
    on_every_write(json!("429")).await;
}

#[tokio::test]
async fn a_token_that_expired_early() {
    on_every_write(json!("expired_token")).await;
}

#[tokio::test]
async fn the_same_on_every_kind_of_read() {
    for fault in [
        "500_before",
        "drop_before",
        "drop_after",
        "truncated",
        "malformed",
        "html_502",
        "offline_503",
        "429",
        "expired_token",
        "duplicate_page",
    ] {
        for (system, path) in [
            ("keap", "/orders"),
            ("keap", "/contacts"),
            ("keap", "payments"),
            ("xero", "Contacts"),
            ("xero", "Accounts"),
            ("xero", "Organisation"),
        ] {
            let rule = json!([{"system": system, "method": "GET", "path_contains": path, "times": 2, "fault": fault}]);
            comes_through(&format!("{fault} on {system} {path}"), rule).await;
        }
    }
}

#[tokio::test]
async fn everything_at_random_at_once() {
    for seed in 1..=12 {
        let faults: Vec<Value> = [
            "500_before",
            "500_after",
            "drop_before",
            "drop_after",
            "truncated",
            "malformed",
            "429",
            "offline_503",
        ]
        .iter()
        .enumerate()
        .map(|(n, f)| json!({"probability": 0.06, "seed": seed * 100 + n, "fault": f}))
        .collect();
        comes_through(&format!("seed {seed}"), json!(faults)).await;
    }
}

#[tokio::test]
async fn a_minutes_limit_is_sat_out_within_the_run() {
    let bed = Bed::new(&file(&[]));
    bed.keap(orders());
    bed.plane
        .switch("xero", &json!({"minute_limit": 3}))
        .unwrap();
    let engine = bed.engine().await;
    let mut runs = 0;
    while !complete(&bed) && runs < 20 {
        let _ = sync(&engine).await;
        bed.minutes(1);
        runs += 1;
    }
    judge("a limit of three a minute", &bed);
}

#[tokio::test]
async fn a_days_limit_parks_the_tenant_until_it_is_over() {
    let bed = Bed::new(&file(&[]));
    bed.keap(orders());
    bed.plane.switch("xero", &json!({"day_limit": 12})).unwrap();
    bed.setting("xero", "calls_a_day", "12");
    let engine = bed.engine().await;
    let first = sync(&engine).await;
    assert!(first.is_err(), "nine of twelve calls are not enough");
    let before = bed.transport.sent().len();
    bed.minutes(30);
    let second = sync(&engine).await.unwrap_err().to_string();
    assert!(second.contains("daily limit"), "{second}");
    assert_eq!(
        bed.transport.sent().len(),
        before,
        "parked means not asking at all"
    );
    for _ in 0..6 {
        bed.minutes(24 * 60);
        let _ = sync(&engine).await;
    }
    judge("a limit of twelve a day", &bed);
}

#[tokio::test]
async fn a_connection_that_is_revoked_stops_and_goes_on_once_it_is_connected_again() {
    let bed = Bed::new(&file(&[]));
    bed.keap(orders());
    let engine = bed.engine().await;
    bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Invoices", "times": 1, "fault": "revoked_token"}]));
    let why = sync(&engine).await.unwrap_err().to_string();
    assert!(why.contains("connect"), "{why}");
    assert_eq!(bed.invoices(), 0);
    bed.minutes(30);
    assert!(sync(&engine).await.is_err(), "it stays so");
    // Connected again by the person.
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    bed.plane
        .seed("xero", json!({"tokens": [{"app": super::support::XERO_CLIENT, "tenants": [super::bed::ORG], "access": "xa2", "refresh": "xr2", "scopes": scopes}]}))
        .unwrap();
    let row = super::support::signed_in("xa2", "xr2", bed.now());
    let xero = crossfoot::model::ConnectionName::new("xero").unwrap();
    engine
        .keep_tokens(&super::bed::tenant(), &xero, &row)
        .await
        .unwrap();
    bed.minutes(20);
    sync(&engine).await.unwrap();
    judge("revoked and connected again", &bed);
}
