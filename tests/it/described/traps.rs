//! The traps that users of other manifests paid for: each is right, or loudly held, and none is silent.

use super::{Shelf, invoice, numbers, read};
use crossfoot::connectors::CallError;
use serde_json::json;

fn stamps(n: u32) -> String {
    format!("2026-07-{:02}T0{}:00:00Z", 1 + n % 9, n % 7)
}

fn shop(shelf: &Shelf, n: u32) {
    shelf.seed((1..=n).map(|i| invoice(i, &stamps(i))).collect());
}

const PAGE: &str = "query: { updated_since: \"{since}\", page: \"{page}\", per_page: \"10\" }";
const BY_PAGE: &str = "paging: { page: 1 }";

/// The same list by another way of paging.
fn by(paging: &str, query: &str) -> Shelf {
    let query = format!("query: {{ updated_since: \"{{since}}\", {query}per_page: \"10\" }}");
    Shelf::new(&[
        (PAGE, &query),
        (BY_PAGE, &format!("paging: {{ {paging} }}")),
    ])
}

fn why(e: &CallError) -> String {
    assert!(matches!(e, CallError::Broken { .. }), "{e:?}");
    e.to_string()
}

#[tokio::test]
async fn every_way_of_paging_reads_all_of_a_list_whose_pages_are_short() {
    let ways = [
        by("page: 1", "page: \"{page}\", "),
        by("offset: 0", "offset: \"{offset}\", "),
        by("token: meta.token", "token: \"{token}\", "),
        by(
            "token: meta.token, first: t0, more: meta.more",
            "token: \"{token}\", ",
        ),
        by("next: meta.next", ""),
        by("link: next", ""),
        by("last_id: id", "after: \"{last_id}\", "),
        by("page: 1, pages: meta.pages", "page: \"{page}\", "),
        by("page: 1, until: short, size: 10", "page: \"{page}\", "),
    ];
    for (n, shelf) in ways.iter().enumerate() {
        shop(shelf, 34);
        let page = shelf.walk(None).await.unwrap();
        assert_eq!(
            (numbers(&page).len(), page.bad.len()),
            (34, 0),
            "way {n}: {:?}",
            page.bad
        );
        // A page that is shorter than asked for is not the last one. Page numbers know no such pages.
        if (1..=6).contains(&n) {
            shelf.switch("short_pages", json!(true));
            let page = shelf.walk(None).await.unwrap();
            assert_eq!(
                (numbers(&page).len(), page.bad.len()),
                (34, 0),
                "way {n}, short pages"
            );
        }
    }
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error_and_no_endless_walk() {
    for shelf in [
        by("token: meta.token", "token: \"{token}\", "),
        by("next: meta.next", ""),
        by("link: next", ""),
    ] {
        shop(&shelf, 34);
        shelf.switch("repeated_token", json!(true));
        let told = why(&shelf.walk(None).await.unwrap_err());
        assert!(told.contains("twice"), "{told}");
        // Once it behaves again, the walk ends well.
        shelf.switch("repeated_token", json!(false));
        assert_eq!(numbers(&shelf.walk(None).await.unwrap()).len(), 34);
    }
}

#[tokio::test]
async fn a_list_without_an_order_is_read_whole_or_told() {
    // Counted pages of a list that turns under them: records are left out, and what the vendor says there are shows it.
    let shelf = Shelf::new(&[("    id: id\n", "    total: meta.total\n    id: id\n")]);
    shop(&shelf, 34);
    shelf.switch("order", json!("random"));
    let page = shelf.walk(None).await.unwrap();
    let all = numbers(&page).len();
    assert!(
        all == 34
            || page
                .bad
                .iter()
                .any(|b| b.what.contains("says that it has 34")),
        "{all} {:?}",
        page.bad
    );
    // Without a total a record that comes twice shows it.
    let shelf = Shelf::new(&[]);
    shop(&shelf, 34);
    shelf.switch("order", json!("random"));
    let page = shelf.walk(None).await.unwrap();
    let all = numbers(&page).len();
    assert!(
        all == 34 || page.bad.iter().any(|b| b.what.contains("twice")),
        "{all} {:?}",
        page.bad
    );
    // The next walk reads everything again, and once the list keeps still nothing is missing and nothing is told any more.
    shelf.switch("order", json!("kept"));
    let next = shelf.walk(Some(page.cursor)).await.unwrap();
    assert_eq!((numbers(&next).len(), next.bad.len()), (34, 0));
    let first = shelf.page(None).await.unwrap();
    assert!(first.whole, "what was told before is told no more");
}

#[tokio::test]
async fn fewer_records_than_the_vendor_says_are_told() {
    let shelf = Shelf::new(&[("    id: id\n", "    total: meta.total\n    id: id\n")]);
    shop(&shelf, 12);
    shelf.switch("total_lies", json!(true));
    let page = shelf.walk(None).await.unwrap();
    assert_eq!(numbers(&page).len(), 12);
    assert!(
        page.bad[0].what.contains("13 invoices, and gave 12"),
        "{:?}",
        page.bad
    );
    shelf.switch("total_lies", json!(false));
    assert_eq!(shelf.walk(Some(page.cursor)).await.unwrap().bad, []);
}

#[tokio::test]
async fn two_edits_in_one_second_are_both_read() {
    let shelf = Shelf::new(&[]);
    shelf.seed(vec![invoice(1, "2026-07-15T01:00:00Z")]);
    let first = shelf.walk(None).await.unwrap();
    assert_eq!(numbers(&first), ["BW-001"]);
    // The second edit of that second came after the list was read.
    shelf.seed(vec![invoice(2, "2026-07-15T01:00:00Z")]);
    let next = shelf.walk(Some(first.cursor)).await.unwrap();
    assert!(
        numbers(&next).contains(&"BW-002".to_owned()),
        "{:?}",
        numbers(&next)
    );
}

#[tokio::test]
async fn a_vendors_clock_that_runs_ahead_hides_nothing() {
    let shelf = Shelf::new(&[]);
    // It is 02:00 on the 15th here.
    shelf.seed(vec![invoice(1, "2026-07-15T09:00:00Z")]);
    let first = shelf.walk(None).await.unwrap();
    shelf.seed(vec![invoice(2, "2026-07-15T02:30:00Z")]);
    shelf.world.clock.advance(chrono::Duration::hours(1));
    let next = shelf.walk(Some(first.cursor)).await.unwrap();
    assert!(
        numbers(&next).contains(&"BW-002".to_owned()),
        "{:?}",
        numbers(&next)
    );
}

#[tokio::test]
async fn what_has_no_stamp_is_found_by_the_full_scan() {
    let shelf = Shelf::new(&[]);
    shop(&shelf, 3);
    let first = shelf.walk(None).await.unwrap();
    shelf.seed(vec![invoice(9, "")]);
    let next = shelf.walk(Some(first.cursor)).await.unwrap();
    assert!(
        !numbers(&next).contains(&"BW-009".to_owned()),
        "no filter shows it"
    );
    shelf.world.clock.advance(chrono::Duration::hours(25));
    let night = shelf.walk(Some(next.cursor)).await.unwrap();
    assert!(
        numbers(&night).contains(&"BW-009".to_owned()),
        "{:?}",
        numbers(&night)
    );
}

#[tokio::test]
async fn a_list_that_is_cut_short_is_no_list() {
    let shelf = Shelf::new(&[(
        "      from: items\n",
        "      from: items\n      count: item_count\n",
    )]);
    let mut long = invoice(1, &stamps(1));
    let line = long["items"][0].clone();
    long["items"].as_array_mut().unwrap().push(line);
    long["item_count"] = json!(3);
    shelf.seed(vec![long, invoice(2, &stamps(2))]);
    shelf.switch("truncated", json!(true));
    let page = shelf.walk(None).await.unwrap();
    assert_eq!(numbers(&page), ["BW-002"]);
    assert!(page.bad[0].what.contains("2 of 3"), "{:?}", page.bad);
}

#[tokio::test]
async fn an_error_inside_a_good_status_is_an_error() {
    let shelf = Shelf::new(&[]);
    shop(&shelf, 3);
    for (answer, says) in [
        ("error_200", "answers with an error"),
        ("empty_200", "has no `invoices`"),
        ("page", "not JSON"),
        ("away", "301"),
    ] {
        shelf.switch("answers", json!(answer));
        let told = why(&shelf.walk(None).await.unwrap_err());
        assert!(told.contains(says), "{answer}: {told}");
    }
}

#[tokio::test]
async fn a_next_address_of_another_host_is_not_called() {
    for shelf in [by("next: meta.next", ""), by("link: next", "")] {
        shop(&shelf, 34);
        shelf.switch("next_elsewhere", json!(true));
        let told = why(&shelf.walk(None).await.unwrap_err());
        assert!(told.contains("elsewhere.example"), "{told}");
        let sent = shelf.world.transport.sent();
        assert!(
            sent.iter().all(|r| !r.url.contains("elsewhere")),
            "nothing left for it"
        );
    }
}

#[tokio::test]
async fn deleted_records_and_what_is_an_invoice_no_more_are_told_as_gone() {
    let shelf = Shelf::new(&[]);
    shop(&shelf, 3);
    let first = shelf.walk(None).await.unwrap();
    let mut deleted = invoice(1, "2026-07-15T01:30:00Z");
    deleted["state"] = json!("deleted");
    let mut quote = invoice(2, "2026-07-15T01:31:00Z");
    quote["state"] = json!("quote");
    let mut odd = invoice(3, "2026-07-15T01:32:00Z");
    odd["state"] = json!("pending approval");
    shelf.seed(vec![deleted, quote, odd]);
    let next = shelf.walk(Some(first.cursor)).await.unwrap();
    let mut gone: Vec<&str> = next.gone.iter().map(|(_, id)| id.0.as_str()).collect();
    gone.sort_unstable();
    assert_eq!(gone, ["b1", "b2"]);
    // A word that the table does not name is told with the line of the description.
    assert_eq!(next.records.len(), 0);
    assert!(
        next.bad[0].what.contains("pending approval"),
        "{:?}",
        next.bad
    );
    assert!(
        next.bad[0]
            .fix
            .contains("mappings/connectors/bookwright.yaml:"),
        "{:?}",
        next.bad
    );
}

#[tokio::test]
async fn times_without_a_zone_are_those_of_the_stated_one_and_words_for_none_are_nothing() {
    let local = [
        (
            "formats: { zone: UTC }",
            "formats: { zone: Australia/Sydney, none: [\"0000-00-00\", \"\"] }",
        ),
        ("overlap: 10m", "overlap: 2h, as: local"),
    ];
    let shelf = Shelf::new(&local);
    let mut one = invoice(1, "2026-07-15 11:30:00");
    one["due_on"] = json!("0000-00-00");
    // Half past ten in the evening of the 30th, by its own clock.
    one["issued_on"] = json!("2026-06-30 22:30:00");
    let mut two = invoice(2, "2026-07-15 11:31:00");
    // An hour and a half after midnight in Sydney, whatever day it is in London.
    two["issued_on"] = json!("2026-06-30T15:30:00Z");
    let mut three = invoice(3, "2026-07-15 11:32:00");
    three["issued_on"] = json!("soon");
    shelf.seed(vec![one, two, three]);
    let page = shelf.walk(None).await.unwrap();
    let days = ["BW-001", "BW-002"].map(|n| read(&page, n).date.to_string());
    assert_eq!(days, ["2026-06-30", "2026-07-01"]);
    assert_eq!(read(&page, "BW-001").due, None);
    assert!(page.bad[0].what.contains("`soon`"), "{:?}", page.bad);
    assert_eq!(
        read(&page, "BW-001").modified_at.to_rfc3339(),
        "2026-07-15T01:30:00+00:00"
    );
    // What changed is asked for by the vendor's own clock, two hours back.
    shelf.walk(Some(page.cursor)).await.unwrap();
    let sent = shelf.world.transport.sent();
    let asked = sent
        .iter()
        .rev()
        .find(|r| r.url.contains("updated_since"))
        .unwrap();
    assert!(
        asked.url.contains("updated_since=2026-07-15+09%3A32%3A00"),
        "{}",
        asked.url
    );
}

#[tokio::test]
async fn a_busy_vendor_is_waited_for() {
    let shelf = Shelf::new(&[]);
    shop(&shelf, 3);
    shelf.switch("answers", json!("busy"));
    let began = shelf.world.clock_now();
    assert_eq!(numbers(&shelf.walk(None).await.unwrap()).len(), 3);
    assert!(shelf.world.clock_now() - began >= chrono::Duration::seconds(3));
}
