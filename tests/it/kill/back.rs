//! The same on the way back: Keap takes what is made, and knows no key. The journal, the quarantine and two looks are all that keeps a
//! request that was lost from being made twice, or not at all.

use super::{Rig, end_or_kill, tenant, wanted};
use crossfoot::pipeline::ports::Journal as _;
use crossfoot::store::{OpenAs, verify_audit};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const FILE: &str = r#"tenant: acme
from: { files: desk }
to: { keap: keap }
currency: AUD
sync: { first_run: post }
match:
  contacts: { by: [link, email, name], none: create, many: hold }
  items: { by: sku, use: account_and_item_code }
payments_account: { code: "Check" }
due: { else: +14d }
"#;

/// So many sales: each with a customer of its own or an old one, and most with a payment.
fn desk(rig: &Rig, sales: usize) {
    let sale = |n: usize| {
        let who = if n.is_multiple_of(3) { n - 2 } else { n };
        let payments = match n.is_multiple_of(4) {
            true => json!([]),
            false => {
                json!([{"id": format!("P{n}"), "date": "2026-07-12", "amount": "60.00", "method": "Check"}])
            }
        };
        json!({"id": n.to_string(), "number": format!("S-{n}"), "date": "2026-07-10", "tax": "10.00", "total": "110.00",
            "contact": {"id": who.to_string(), "name": format!("Person N{who}"), "email": format!("p{who}@example.com")},
            "lines": [{"sku": "HIRE", "name": "Hire", "quantity": "1", "unit_amount": "100.00"}], "payments": payments})
    };
    let all: Vec<Value> = (1..=sales).map(sale).collect();
    let folder = rig.folder.path().join("desk");
    std::fs::create_dir_all(&folder).unwrap();
    // In one step, as whoever writes such a file should.
    let (half, whole) = (folder.join("sales.tmp"), folder.join("sales.json"));
    std::fs::write(&half, json!({ "invoices": all }).to_string()).unwrap();
    std::fs::rename(half, whole).unwrap();
}

async fn rig(seed: u64) -> Rig {
    let rig = Rig::new(seed).await;
    std::fs::write(rig.folder.path().join("mappings/acme.yaml"), FILE).unwrap();
    let path = rig.folder.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let desk = "desk: { system: files, folder: desk, currency: AUD }\n";
    std::fs::write(&path, format!("{text}{desk}")).unwrap();
    rig
}

/// Runs the program to its own end, whatever it has to wait for.
async fn runs(rig: &Rig) {
    let mut child = rig.start(&["sync", "acme"]);
    let code = end_or_kill(&mut child, 60_000).await;
    let log = std::fs::read_to_string(rig.folder.path().join("sync.log")).unwrap();
    assert!(matches!(code, Some(0 | 1 | 3)), "{code:?}\n{log}");
}

fn account(rig: &Rig) -> Value {
    let state = rig.plane.state("keap").unwrap();
    let all = state["applications"].as_array().unwrap();
    all.iter()
        .find(|a| a["name"] == json!("acme"))
        .unwrap()
        .clone()
}

fn one_effect_each(rig: &Rig, sales: usize) {
    let account = account(rig);
    let once = |what: &str, all: Vec<String>| {
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for one in all {
            *count.entry(one).or_default() += 1;
        }
        count.retain(|_, n| *n > 1);
        assert!(count.is_empty(), "{what} that are there twice: {count:?}");
    };
    let of = |list: &str| account[list].as_array().unwrap().clone();
    let orders: Vec<String> = of("orders")
        .iter()
        .map(|o| o["title"].to_string())
        .collect();
    assert_eq!(orders.len(), sales, "every sale is there");
    once("orders", orders);
    let parts = of("payments");
    let parts = parts.iter().flat_map(|p| p["parts"].as_array().unwrap());
    let paid: Vec<String> = parts.map(|p| p["order_id"].to_string()).collect();
    let want = (1..=sales).filter(|n| !n.is_multiple_of(4)).count();
    assert_eq!(paid.len(), want, "every payment is there");
    once("payments", paid);
    let people: Vec<String> = (of("contacts").iter())
        .map(|c| c["email_addresses"][0]["email"].to_string())
        .collect();
    let want = (1..=sales).filter(|n| !n.is_multiple_of(3)).count();
    assert_eq!(people.len(), want, "every contact is there");
    once("contacts", people);
    for order in of("orders") {
        assert_eq!(order["total"], json!("110"), "{order}");
        assert_eq!(order["items"].as_array().unwrap().len(), 2, "{order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_every_sale_is_in_the_application_once() {
    let mut rig = rig(48).await;
    let (mut kills, mut sales, wanted) = (0, 0, wanted(15));
    while kills < wanted {
        sales += 15;
        desk(&rig, sales);
        for n in 0..8 {
            let after = 5 + rig.roll(20) * rig.roll(30);
            let mut child = rig.start(&["sync", "acme"]);
            match end_or_kill(&mut child, after).await {
                None => kills += 1,
                Some(_) => break,
            }
            // Within the quarantine, at its edge, between two looks.
            rig.advance([7, 61, 16 * 60][n % 3]);
            if kills >= wanted {
                break;
            }
        }
    }
    for _ in 0..6 {
        runs(&rig).await;
        rig.advance(16 * 60);
        runs(&rig).await;
        rig.advance(61);
    }
    let engine = rig.engine(OpenAs::Worker).await;
    let doubtful = engine.store().doubtful(&tenant(0)).await.unwrap();
    assert!(doubtful.is_empty(), "{doubtful:#?}");
    println!("{kills} kills, {sales} sales");
    one_effect_each(&rig, sales);
    assert!(matches!(verify_audit(engine.store()).await, Ok(Ok(_))));
}
