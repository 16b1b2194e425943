//! Nothing secret and nothing of a customer is in a log; nothing secret is in an error, in `--json` or on the disk.

use super::kill::{ACCESS, CLIENT_SECRET, REFRESH, Rig};
use super::support::KEAP_KEY;
use serde_json::json;
use std::process::{Command, Output};

const NAME: &str = "Canaria Goldfinch";
const EMAIL: &str = "goldfinch@canary.example";
const SECRETS: [&str; 4] = [ACCESS, REFRESH, CLIENT_SECRET, KEAP_KEY];

async fn run(rig: &Rig, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossfoot"));
    command
        .args(["--workspace", rig.folder.path().to_str().unwrap()])
        .args(args)
        .env("CROSSFOOT_KEY", "09".repeat(32))
        .env("CROSSFOOT_SANDBOX_CLOCK", &rig.address)
        .env("CROSSFOOT_STATE", rig.state())
        .env("CROSSFOOT_LOG", "trace");
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_customer_is_in_any_log() {
    let rig = Rig::new(1).await;
    rig.plane
        .seed("keap", json!({"applications": [{"name": "acme",
            "contacts": [{"id": "1", "given_name": "Canaria", "family_name": "Goldfinch",
                "email_addresses": [{"field": "EMAIL1", "email": EMAIL}]}],
            "orders": [
                {"id": "1", "invoice_id": "7001", "contact_id": "1", "order_time": "2026-07-10T01:00:00Z",
                 "items": [{"type": "PRODUCT", "product_id": "1", "name": "Hire", "quantity": 1, "price": "100.00"}]},
                {"id": "2", "invoice_id": "7002", "contact_id": "1", "order_time": "2026-07-10T01:00:00Z",
                 "items": [{"type": "PRODUCT", "product_id": "1", "name": "Hire", "quantity": 1, "price": "33.33"},
                    {"type": "TAX", "name": "GST", "quantity": 1, "price": "9.99"}]}]}]}))
        .unwrap();
    let mut outputs = Vec::new();
    outputs.push(("sync", run(&rig, &["--json", "sync", "acme"]).await));
    // A refused token, a garbled answer and a server's error are where logs like to talk.
    rig.plane
        .faults(&json!([{"system": "keap", "fault": "malformed", "times": 9}]))
        .unwrap();
    outputs.push(("garbled", run(&rig, &["sync", "acme"]).await));
    rig.plane
        .faults(&json!([{"system": "keap", "fault": "revoked_token"}]))
        .unwrap();
    outputs.push(("revoked", run(&rig, &["sync", "acme"]).await));
    for verb in [
        vec!["--json", "status"],
        vec!["--json", "errors", "acme"],
        vec!["--json", "history", "acme"],
        vec!["--json", "explain", "acme", "7001"],
        vec!["--json", "config", "acme", "--why"],
    ] {
        outputs.push(("verb", run(&rig, &verb).await));
    }
    let first = &outputs[0].1;
    assert!(
        text(&first.stderr).contains("crossfoot"),
        "there is a log to look at: {}",
        text(&first.stderr)
    );
    for (what, out) in &outputs {
        let (said, log) = (text(&out.stdout), text(&out.stderr));
        for secret in SECRETS {
            assert!(
                !said.contains(secret) && !log.contains(secret),
                "{what} shows {secret}"
            );
        }
        for own in [NAME, EMAIL] {
            assert!(!log.contains(own), "{what} logs {own}");
        }
    }
    // On the disk secrets are sealed.
    for entry in std::fs::read_dir(rig.folder.path().join(".crossfoot")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in SECRETS {
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{secret} is on the disk"
            );
        }
    }
    assert_eq!(
        rig.plane.state("xero").unwrap()["organisations"][0]["invoices"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
