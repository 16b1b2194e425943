//! Lists that are not a record's own: shared out among records, looked into, and asked for what changed.

use super::{PLAIN, Shelf, invoice, numbers, read};
use crossfoot::connectors::CallError;
use crossfoot::connectors::manifest::parse;
use serde_json::{Value, json};

const OWN: &str =
    "      receipts: { get: \"/invoices/{record.id}/payments\", records: payments }\n";
const SHARED: &str = "      receipts: { get: /payments, query: { invoice: \"{key}\" }, records: payments, on: invoice_id, to: id, whole_from: 5 }\n";
const LINES: &str = "      map: { sku: sku, description: text,";

fn payment(id: &str, amount: &str, updated: &str) -> Value {
    json!({"id": id, "state": "settled", "received_on": "2026-07-03", "amount": amount, "method": "card", "updated_at": updated})
}

fn shelf(n: u32, changes: &[(&str, &str)]) -> Shelf {
    let mut all = vec![(OWN, SHARED)];
    all.extend(changes);
    let shelf = Shelf::new(&all);
    shelf.seed(
        (1..=n)
            .map(|i| invoice(i, &format!("2026-07-0{i}T00:00:00Z")))
            .collect(),
    );
    shelf.more(json!({"payments": {"b1": [payment("p1", "60.00", "2026-07-03T00:00:00Z")], "b2": [payment("p2", "10.00", "2026-07-03T00:00:00Z")]}}));
    shelf
}

fn asked(shelf: &Shelf, part: &str) -> Vec<String> {
    let sent = shelf.world.transport.sent();
    let urls = sent.into_iter().map(|r| r.url);
    urls.filter(|u| u.contains(part)).collect()
}

#[tokio::test]
async fn a_list_of_everybodys_is_read_once_for_many_and_by_key_for_few() {
    for (n, calls) in [(8, 1), (3, 3)] {
        let shelf = shelf(n, &[]);
        let page = shelf.walk(None).await.unwrap();
        assert_eq!(numbers(&page).len(), usize::try_from(n).unwrap());
        let amounts = ["BW-001", "BW-002", "BW-003"].map(|i| {
            read(&page, i)
                .payments
                .iter()
                .map(|p| p.amount.to_string())
                .collect::<Vec<_>>()
        });
        assert_eq!(amounts, [vec!["60.00"], vec!["10.00"], vec![]]);
        assert_eq!(asked(&shelf, "/v2/payments").len(), calls, "{n}");
    }
}

#[tokio::test]
async fn a_filter_that_is_not_heeded_and_an_element_that_comes_twice_are_told() {
    let few = shelf(3, &[]);
    few.switch("filter_ignored", json!(true));
    let told = few.walk(None).await.unwrap_err();
    assert!(
        matches!(told, CallError::Broken { .. }) && told.to_string().contains("not asked for"),
        "{told}"
    );
    let many = shelf(8, &[]);
    many.switch("shared_twice", json!(true));
    let told = many.walk(None).await.unwrap_err().to_string();
    assert!(told.contains("twice"), "{told}");
}

#[tokio::test]
async fn a_key_that_would_end_its_quotes_is_no_call_and_holds_its_record_alone() {
    let quoted = SHARED
        .replace("\"{key}\"", "\"id eq '{key}'\"")
        .replace("to: id", "to: po");
    let shelf = shelf(2, &[(SHARED, &quoted)]);
    let mut odd = invoice(3, "2026-07-01T00:00:00Z");
    odd["po"] = json!("x' or '1' eq '1");
    shelf.seed(vec![odd]);
    shelf.switch("filter_ignored", json!(false));
    let page = shelf.walk(None).await.unwrap();
    assert_eq!(numbers(&page), ["BW-001", "BW-002"]);
    assert!(page.bad[0].what.contains("quotes"), "{:?}", page.bad);
    assert!(
        asked(&shelf, "or")
            .iter()
            .all(|u| !u.contains("%27+or+%27"))
    );
}

#[tokio::test]
async fn what_is_looked_up_is_found_once_or_told() {
    let rates = format!(
        "{SHARED}      rates: {{ get: /rates, records: rates, on: code, to: items.*.rate }}\n"
    );
    let looked = format!("{LINES} tax_rate: {{ in: rates, by: rate, path: name }},");
    let shelf = shelf(0, &[(SHARED, &rates), (LINES, &looked)]);
    shelf.more(json!({"rates": [{"code": "s", "name": "Standard"}, {"code": "z", "name": "Zero"}, {"code": "d", "name": "One"}, {"code": "d", "name": "Two"}]}));
    let of = |n: u32, rate: Value| {
        let mut one = invoice(n, "2026-07-01T00:00:00Z");
        one["items"][0]["rate"] = rate;
        one
    };
    shelf.seed(vec![
        of(1, json!("s")),
        of(2, json!("gone")),
        of(3, json!("d")),
        of(4, Value::Null),
    ]);
    let page = shelf.walk(None).await.unwrap();
    assert_eq!(numbers(&page), ["BW-001", "BW-004"]);
    let named: Vec<String> = read(&page, "BW-001")
        .lines
        .iter()
        .map(|l| l.tax_rate.clone())
        .collect();
    assert_eq!(named, ["Standard", ""]);
    let told: Vec<&str> = page.bad.iter().map(|b| b.what.as_str()).collect();
    assert!(
        told.iter()
            .any(|t| t.contains("`rates` has none that is `gone`")),
        "{told:?}"
    );
    assert!(
        told.iter().any(|t| t.contains("several that are `d`")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_changed_payment_is_a_change_of_its_invoice_and_costs_what_it_shows() {
    let touched = "    touched_by:\n      receipts: { get: /payments, query: { updated_since: \"{since}\" }, records: payments, paging: none, parent: invoice_id }\n    fetch:\n";
    let shelf = shelf(8, &[("    fetch:\n", touched)]);
    let first = shelf.walk(None).await.unwrap();
    shelf.world.clock.advance(chrono::Duration::hours(1));
    let late = payment("p3", "5.00", "2026-07-15T02:30:00Z");
    shelf.more(
        json!({"payments": {"b7": [late], "b9": [payment("p9", "1.00", "2026-07-15T02:30:00Z")]}}),
    );
    let next = shelf.walk(Some(first.cursor)).await.unwrap();
    assert_eq!(
        numbers(&next),
        ["BW-007", "BW-008"],
        "the last one lies within the overlap"
    );
    assert_eq!(read(&next, "BW-007").payments.len(), 1);
    let gone: Vec<&str> = next.gone.iter().map(|(_, id)| id.0.as_str()).collect();
    assert_eq!(gone, ["b9"], "an invoice that is not there is told as gone");
    // Nothing changed since: its payments are asked for once, and no invoice is.
    shelf.world.clock.advance(chrono::Duration::hours(1));
    let before = asked(&shelf, "/invoices/b").len();
    let again = shelf.walk(Some(next.cursor)).await.unwrap();
    let more = asked(&shelf, "/invoices/b").len() - before;
    assert!(more <= 2, "what lies within the overlap alone: {more}");
    assert_eq!(numbers(&again), ["BW-007", "BW-008"]);
}

#[tokio::test]
async fn so_many_changes_elsewhere_that_everything_is_read_instead() {
    let touched = "    touched_by:\n      receipts: { get: /payments, query: { updated_since: \"{since}\" }, records: payments, paging: none, parent: invoice_id }\n    fetch:\n";
    let shelf = shelf(3, &[("    fetch:\n", touched)]);
    let first = shelf.walk(None).await.unwrap();
    let many: serde_json::Map<String, Value> = (0..1_100)
        .map(|n| {
            (
                format!("b{n}"),
                json!([payment(&format!("q{n}"), "1.00", "2026-07-15T02:30:00Z")]),
            )
        })
        .collect();
    shelf.more(json!({ "payments": many }));
    let next = shelf.walk(Some(first.cursor)).await.unwrap();
    assert_eq!(numbers(&next).len(), 3);
    assert_eq!(
        asked(&shelf, "/invoices/").len(),
        0,
        "none is asked for alone"
    );
}

#[tokio::test]
async fn two_calls_of_one_address_and_other_bodies_are_two_calls() {
    let posted = "      customer: { post: /people, body: { id: \"{record.customer_id}\" }, record: person }\n";
    let shelf = Shelf::new(&[(
        "      customer: { get: \"/customers/{record.customer_id}\", record: customer }\n",
        posted,
    )]);
    shelf.more(json!({"customers": {"c2": {"id": "c2", "name": "Another"}}}));
    let mut other = invoice(2, "2026-07-01T00:00:00Z");
    other["customer_id"] = json!("c2");
    shelf.seed(vec![invoice(1, "2026-07-01T00:00:00Z"), other]);
    let page = shelf.walk(None).await.unwrap();
    let names = ["BW-001", "BW-002"].map(|n| read(&page, n).contact.name);
    assert_eq!(names, ["Wren & Sons", "Another"]);
}

#[tokio::test]
async fn several_values_that_must_be_one_and_words_for_none_of_one_field() {
    let shelf = Shelf::new(&[
        (
            "      subtotal: net\n",
            "      subtotal: { path: net, none: [\"0.00\"] }\n      tax_included: { path: items.*.inside, same: yes }\n",
        ),
        (
            "unit_amount: price, amount: total,",
            "unit_amount: { path: price, less_percent: off },",
        ),
    ]);
    let of = |n: u32, inside: [Value; 2]| {
        let mut one = invoice(n, "2026-07-01T00:00:00Z");
        let [first, second] = inside;
        (one["items"][0]["inside"], one["items"][1]["inside"]) = (first, second);
        one
    };
    let mut none = of(1, [json!("0"), json!(0)]);
    none["net"] = json!("0.00");
    none["items"][0]["off"] = json!("12.5");
    shelf.seed(vec![none, of(2, [json!("1"), json!("0")])]);
    let page = shelf.walk(None).await.unwrap();
    let one = read(&page, "BW-001");
    assert_eq!((one.stated.subtotal, one.tax_included), (None, Some(false)));
    assert_eq!(one.lines[0].unit_amount.to_string(), "35");
    assert!(
        page.bad[0].what.contains("both `1` and `0`"),
        "{:?}",
        page.bad
    );
}

#[tokio::test]
async fn a_payment_of_the_head_the_last_of_a_list_and_texts_of_html() {
    let head = "    payments:\n      from: itself\n      only: \"paid_on != ()\"\n      map: { date: paid_on, amount: total }\n";
    let from = PLAIN.find("    payments:\n").unwrap();
    let shelf = Shelf::new(&[
        (&PLAIN[from..], head),
        (
            "      reference: po\n",
            "      reference: { path: po, html: yes }\n      title: items.last.text\n",
        ),
    ]);
    let mut paid = invoice(1, "2026-07-01T00:00:00Z");
    (paid["paid_on"], paid["state"]) = (json!("2026-07-09"), json!("paid"));
    paid["po"] = json!("R&amp;D &#8211; &lt;b&gt; &bogus; &#0; AT&T");
    shelf.seed(vec![paid, invoice(2, "2026-07-01T00:00:00Z")]);
    let page = shelf.walk(None).await.unwrap();
    let (one, two) = (read(&page, "BW-001"), read(&page, "BW-002"));
    assert_eq!((one.payments.len(), two.payments.len()), (1, 0));
    assert_eq!(one.payments[0].amount.to_string(), "110.00");
    assert_eq!(one.reference, "R&D \u{2013} <b> &bogus; &#0; AT&T");
    assert_eq!(one.title, "Rigging");
}

#[test]
fn half_a_look_up_and_a_scan_without_a_way_back_are_mistakes() {
    let plain = super::PLAIN;
    for (from, to, says) in [
        (
            OWN,
            "      receipts: { get: /payments, records: payments, on: invoice_id }\n",
            "no `to`",
        ),
        (
            OWN,
            "      receipts: { get: \"/payments/{key}\", records: payments, on: invoice_id, to: id }\n",
            "the path of",
        ),
        (
            OWN,
            "      receipts: { get: /payments, records: payments, on: invoice_id, to: id, whole_from: 5 }\n",
            "read whole in any case",
        ),
        (
            OWN,
            "      receipts: { get: \"/invoices/{key}/payments\", records: payments }\n",
            "cannot have",
        ),
        (
            LINES,
            "      map: { sku: sku, description: text, tax_rate: { in: rates, path: name },",
            "only one of",
        ),
        (
            LINES,
            "      map: { sku: sku, description: text, tax_rate: { in: rates, by: rate, path: name },",
            "no such list",
        ),
        (
            "    fetch:\n",
            "    touched_by:\n      receipts: { get: /payments, records: payments, paging: none, parent: id }\n    fetch:\n",
            "read whole each time",
        ),
        (
            "    one: { get: \"/invoices/{id}\", record: invoice }\n    fetch:\n",
            "    touched_by:\n      receipts: { get: /payments, query: { s: \"{since}\" }, paging: none, parent: id }\n    fetch:\n",
            "cannot be asked for",
        ),
        (
            "formats: { zone: UTC }",
            "formats: { zone: connection }",
            "an hour off",
        ),
    ] {
        assert!(plain.contains(from), "{from}");
        let (made, told) = parse(
            "mappings/connectors/bookwright.yaml",
            &plain.replacen(from, to, 1),
        );
        assert!(made.is_none(), "{to} is taken");
        let found = told.iter().find(|d| d.what.contains(says));
        let found = found.unwrap_or_else(|| panic!("{to}: {told:#?}"));
        assert!(found.place.line > 0 && !found.fix.is_empty());
    }
}
