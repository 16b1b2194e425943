//! What is wrong with what is sent to the door is answered in words, and bars nothing that is right.

use super::bed::{TENANT, amount, total, verified};
use super::story_hooks::{Open, body, sale};
use crossfoot::service::Ending;
use crossfoot::service::door::serve;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn with(mut sale: Value, field: &str, value: Value) -> Value {
    sale[field] = value;
    sale
}

#[tokio::test]
async fn the_same_version_with_other_content_is_answered_and_told_until_a_newer_one_comes() {
    let open = Open::of_files().await;
    assert_eq!(open.sends(&sale("H1", 5, "100.00")).await.status, 202);
    let other = sale("H1", 5, "999.00");
    for _ in 0..2 {
        let answer = open.sends(&other).await;
        assert_eq!(answer.status, 409);
        let told = &body(&answer)["told"][0];
        assert_eq!(told["at"], "body:1");
        let what = told["what"].as_str().unwrap();
        assert!(
            what.contains("H1 was sent before in this very version (inbox-20260715.jsonl:1)"),
            "{what}"
        );
        assert_eq!(
            (&body(&answer)["accepted"], &body(&answer)["clashing"]),
            (&json!(0), &json!(1))
        );
    }
    // In one body with a good one, the good one goes.
    let answer = open
        .sends(&json!([sale("H1", 5, "998.00"), sale("H2", 1, "7.00")]))
        .await;
    assert_eq!(
        (answer.status.as_u16(), &body(&answer)["read"]),
        (202, &json!(["H2"]))
    );
    open.runs().await;
    assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount("100.00"));
    verified(&open.engine, "H2").await;
    let told = open.told().await;
    assert!(
        told.len() == 1 && told[0].contains("in this very version, which counts, and differs here"),
        "{told:?}"
    );
    // The cure: a greater version.
    assert_eq!(open.sends(&sale("H1", 6, "999.00")).await.status, 202);
    open.runs().await;
    assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount("999.00"));
    assert_eq!(open.told().await, [""; 0]);
    // What is late is older, and no clash.
    assert_eq!(open.sends(&other).await.status, 200);
}

#[tokio::test]
async fn a_version_that_has_no_order_is_refused_in_words() {
    let open = Open::of_files().await;
    for (version, words) in [
        (json!("v2"), "neither a time nor a number"),
        (json!("2026-13-01T00:00:00Z"), "neither a time nor a number"),
        (json!("123456789012345678901"), "more than 20 digits"),
        (Value::Null, "nothing says whether this is older or newer"),
    ] {
        let answer = open
            .sends(&with(sale("H1", 1, "1.00"), "changed", version))
            .await;
        let what = body(&answer)["told"][0]["what"]
            .as_str()
            .unwrap_or_default();
        assert!(what.contains(words) && what.contains("`changed`"), "{what}");
    }
    open.runs().await;
    assert_eq!(open.bed.invoices(), 0);
    // None of them bars one that has a version, nor does a time bar a later one in another form.
    for (changed, sum) in [
        ("2026-07-01T10:00:00Z", "100.00"),
        ("2026-07-01T22:00:00+10:00", "200.00"),
        ("2026-07-01 13:00:00", "300.00"),
    ] {
        let sent = with(sale("H1", 1, sum), "changed", json!(changed));
        assert_eq!(open.sends(&sent).await.status, 202);
        open.runs().await;
        assert_eq!(total(&open.bed.invoice("H1").unwrap()), amount(sum));
    }
    assert_eq!(open.told().await, [""; 0]);
}

#[tokio::test]
async fn a_day_that_no_business_has_is_told_with_its_place() {
    let open = Open::of_files().await;
    for day in ["9999-12-31", "1899-12-30", "2126-07-01"] {
        let answer = open
            .sends(&with(sale("H1", 1, "1.00"), "day", json!(day)))
            .await;
        let told = &body(&answer)["told"][0];
        let what = told["what"].as_str().unwrap_or_default();
        assert_eq!(told["at"], "body:1");
        assert!(what.contains(&format!("`day` is `{day}`")), "{what}");
    }
    open.runs().await;
    assert_eq!(open.bed.invoices(), 0);
}

#[tokio::test]
async fn what_cannot_be_read_does_not_grow_without_bound_and_bars_nothing() {
    let open = Open::of_files().await;
    let broken = |n: u32| with(sale(&format!("B{n}"), 1, "1.00"), "sum", json!("fifty"));
    let many: Vec<Value> = (0..600).map(broken).collect();
    let answer = open.sends(&json!(many)).await;
    assert_eq!(answer.status, 202);
    assert_eq!(
        (&body(&answer)["accepted"], &body(&answer)["not_kept"]),
        (&json!(500), &json!(100))
    );
    let size = || -> u64 {
        let folder = std::fs::read_dir(open.bed.folder.path().join("data")).unwrap();
        folder.map(|e| e.unwrap().metadata().unwrap().len()).sum()
    };
    let before = size();
    for n in 600..610 {
        let answer = open.sends(&broken(n)).await;
        assert_eq!(answer.status, 422);
        let fix = body(&answer)["told"][0]["fix"].as_str().unwrap();
        assert!(fix.contains("is not kept"), "{fix}");
    }
    assert_eq!(size(), before);
    // What was kept is the same again, and a good one goes.
    assert_eq!(open.sends(&broken(1)).await.status, 200);
    assert_eq!(open.sends(&sale("H1", 1, "7.00")).await.status, 202);
    open.runs().await;
    verified(&open.engine, "H1").await;
    assert_eq!(open.bed.invoices(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_wrong_secret_no_body_is_read() {
    let open = Open::of_files().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (end, asked) = tokio::sync::watch::channel(false);
    let served = tokio::spawn(serve(open.door(), listener, Ending::when(asked)));
    let wrong = "0".repeat(64);
    for address in [
        format!("/hooks/{TENANT}/{wrong}"),
        format!("/hooks/nobody/{}", open.secret),
        format!("/hooks/{TENANT}/xero"),
    ] {
        let mut stream = tokio::net::TcpStream::connect(at).await.unwrap();
        // A body is promised, and not a byte of it comes.
        let head =
            format!("POST {address} HTTP/1.1\r\nhost: door\r\ncontent-length: 1000000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut first = [0_u8; 12];
        let read = stream.read_exact(&mut first);
        let read = tokio::time::timeout(std::time::Duration::from_secs(5), read).await;
        read.expect("it waits for a body").unwrap();
        assert_eq!(&first, b"HTTP/1.1 404", "{address}");
    }
    assert_eq!(open.kept(), [""; 0]);
    end.send(true).unwrap();
    served.await.unwrap().unwrap();
}
