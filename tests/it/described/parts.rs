//! A list in parts: once for each branch, once for each stretch of time.

use super::{PLAIN, Shelf, invoice, numbers};
use crossfoot::connectors::manifest::parse;
use serde_json::json;

const GET: &str = "    get: /invoices\n";
const SINCE: &str = "    since: { field: updated_at, order: unknown, overlap: 10m }\n";
const ASKED: &str = "updated_since: \"{since}\",";

fn asked(shelf: &Shelf, part: &str) -> Vec<String> {
    let sent = shelf.world.transport.sent();
    let urls = sent.into_iter().map(|r| r.url);
    urls.filter(|u| u.contains(part)).collect()
}

fn branches(how: &str) -> Shelf {
    let each = format!("    for_each: {how}\n    get: \"/branches/{{each}}/invoices\"\n");
    let shelf = Shelf::new(&[(GET, &each)]);
    let mut all: Vec<_> = (1..=25)
        .map(|n| invoice(n, "2026-07-01T00:00:00Z"))
        .collect();
    for (n, one) in all.iter_mut().enumerate() {
        one["branch"] = json!(if n % 5 == 0 { "south" } else { "north" });
    }
    shelf.seed(all);
    shelf
}

#[tokio::test]
async fn each_branch_is_asked_for_its_own_list_to_its_end() {
    for how in [
        "[north, south]",
        "{ get: /branches, records: branches, id: code }",
    ] {
        let shelf = branches(how);
        let page = shelf.walk(None).await.unwrap();
        assert_eq!((numbers(&page).len(), page.bad.len()), (25, 0), "{how}");
        assert_eq!(
            asked(&shelf, "/branches/south/invoices").len(),
            2,
            "five, and an empty page"
        );
        assert_eq!(numbers(&shelf.typed("BW-001").await.unwrap()), ["BW-001"]);
        assert!(shelf.typed("BW-099").await.unwrap().records.is_empty());
    }
}

#[tokio::test]
async fn a_branch_of_which_fewer_come_than_there_are_is_told() {
    let each = "    for_each: [north, south]\n    get: \"/branches/{each}/invoices\"\n    total: meta.total\n";
    let shelf = Shelf::new(&[(GET, each)]);
    let mut one = invoice(1, "2026-07-01T00:00:00Z");
    one["branch"] = json!("south");
    shelf.seed(vec![one]);
    shelf.switch("total_lies", json!(true));
    let page = shelf.walk(None).await.unwrap();
    assert!(page.bad[0].what.contains("and gave"), "{:?}", page.bad);
    shelf.switch("total_lies", json!(false));
    let next = shelf.walk(Some(page.cursor)).await.unwrap();
    assert_eq!(
        (numbers(&next).len(), next.bad.len()),
        (1, 0),
        "everything is read again"
    );
}

#[tokio::test]
async fn stretches_of_time_follow_each_other_without_a_gap() {
    let windows = "    since: { field: updated_at, order: unknown, overlap: 10m, window: 30d, begins: 2026-01-01 }\n";
    let shelf = Shelf::new(&[
        (SINCE, windows),
        (
            ASKED,
            "updated_since: \"{since}\", updated_until: \"{until}\",",
        ),
    ]);
    let days = ["2026-01-05", "2026-01-31", "2026-03-20", "2026-07-14"];
    let all = days
        .iter()
        .zip(1..)
        .map(|(day, n)| invoice(n, &format!("{day}T00:00:00Z")));
    shelf.seed(all.collect());
    let page = shelf.walk(None).await.unwrap();
    assert_eq!((numbers(&page).len(), page.bad.len()), (4, 0));
    let mut ends: Vec<(String, String)> = Vec::new();
    for url in asked(&shelf, "updated_until") {
        let url = url::Url::parse(&url).unwrap();
        let of = |name: &str| {
            url.query_pairs()
                .find(|(k, _)| k == name)
                .unwrap()
                .1
                .into_owned()
        };
        let stretch = (of("updated_since"), of("updated_until"));
        if ends.last() != Some(&stretch) {
            ends.push(stretch);
        }
    }
    assert_eq!(ends[0].0, "2026-01-01T00:00:00Z");
    assert!(
        ends.windows(2).all(|two| two[1].0 < two[0].1),
        "each begins before the last one ends: {ends:?}"
    );
    assert_eq!(ends.len(), 7);
    // Later only what is new is asked for, in one stretch.
    let before = asked(&shelf, "updated_until").len();
    shelf.world.clock.advance(chrono::Duration::hours(1));
    shelf.walk(Some(page.cursor)).await.unwrap();
    assert!(asked(&shelf, "updated_until").len() - before <= 2);
}

#[test]
fn parts_that_are_half_said_are_mistakes() {
    for (from, to, says) in [
        (
            GET,
            "    for_each: [a]\n    get: /invoices\n",
            "need each other",
        ),
        (GET, "    get: \"/{each}/invoices\"\n", "need each other"),
        (
            GET,
            "    for_each: []\n    get: \"/{each}/invoices\"\n",
            "names nothing",
        ),
        (
            GET,
            "    for_each: { get: /branches, records: b }\n    get: \"/{each}/invoices\"\n",
            "no `id`",
        ),
        (
            SINCE,
            "    since: { field: updated_at, overlap: 10m, window: 30d }\n",
            "need each other",
        ),
        (
            SINCE,
            "    since: { field: updated_at, overlap: 10m, window: 30d, begins: 2026-01-01 }\n",
            "has an end",
        ),
        (
            SINCE,
            "    since: { field: updated_at, overlap: 10m, window: 1h, begins: 2026-01-01 }\n",
            "no stretch",
        ),
    ] {
        assert!(PLAIN.contains(from), "{from}");
        let (made, told) = parse(
            "mappings/connectors/bookwright.yaml",
            &PLAIN.replacen(from, to, 1),
        );
        assert!(made.is_none(), "{to} is taken");
        let found = told.iter().find(|d| d.what.contains(says));
        let found = found.unwrap_or_else(|| panic!("{to}: {told:#?}"));
        assert!(found.place.line > 0 && !found.fix.is_empty());
    }
}
