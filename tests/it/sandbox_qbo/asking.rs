//! The query language, the change feed, and lists that lag behind.

use super::{World, bill, d, dec, line, payment};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

fn ids(rows: &Value, kind: &str) -> Vec<String> {
    let rows = rows[kind].as_array().cloned().unwrap_or_default();
    rows.iter()
        .map(|r| r["Id"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn pages_end_with_an_empty_answer() {
    let mut w = World::us();
    for n in 0..5 {
        w.customer(&format!("C{n}"));
    }
    let page = w.ask("SELECT * FROM Customer MAXRESULTS 2 STARTPOSITION 5");
    assert_eq!(
        (&page["startPosition"], &page["maxResults"]),
        (&json!(5), &json!(1))
    );
    assert_eq!(
        w.ask("SELECT * FROM Customer STARTPOSITION 6 MAXRESULTS 2"),
        json!({})
    );
    assert_eq!(w.ask("select count(*) from customer")["totalCount"], 5);
    w.level("page_default", 3);
    assert_eq!(w.ask("select * from Customer")["maxResults"], 3);
}

#[test]
fn a_statement_may_be_posted() {
    let mut w = World::us();
    w.customer("Ann");
    let a = w.call(
        Method::POST,
        "query?minorversion=75",
        "select * from Customer where DisplayName = 'Ann'",
    );
    assert_eq!(a.body["QueryResponse"]["maxResults"], 1, "{}", a.text);
}

#[test]
fn operators_compare_by_the_fields_type() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let mut made = Vec::new();
    for (day, amount) in [
        ("2026-01-05", "9.00"),
        ("2026-02-05", "100.00"),
        ("2026-03-05", "20.00"),
    ] {
        let mut sent = bill(&ann, &[line(amount, "NON")]);
        sent["TxnDate"] = json!(day);
        made.push(w.put("invoice", sent)["Id"].as_str().unwrap().to_string());
        w.wait(10);
    }
    let mut ask = |filter: &str| {
        ids(
            &w.ask(&format!("select * from Invoice where {filter}")),
            "Invoice",
        )
    };
    assert_eq!(ask("TotalAmt > '9.5'"), [made[2].as_str(), &made[1]]);
    assert_eq!(
        ask("TotalAmt >= 9 and TotalAmt < 100 orderby TotalAmt"),
        [made[0].as_str(), &made[2]]
    );
    assert_eq!(
        ask("TxnDate <= '2026-02-05' ORDER BY TxnDate DESC"),
        [made[1].as_str(), &made[0]]
    );
    assert_eq!(
        ask(&format!(
            "CustomerRef = '{}' maxresults 1",
            ann.as_str().unwrap()
        )),
        [made[2].as_str()]
    );
    assert_eq!(
        ask(&format!("Id in ('{}', '999')", made[0])),
        [made[0].as_str()]
    );
    assert_eq!(
        ask("Metadata.LastUpdatedTime > '2026-07-01T12:00:05-07:00'"),
        [made[2].as_str(), &made[1]]
    );
    assert_eq!(ask("DocNumber like '%003'"), [made[2].as_str()]);
    assert!(ask("Balance = '0'").is_empty());
}

#[test]
fn what_the_grammar_has_not_is_refused() {
    let mut w = World::us();
    w.customer("Ann");
    for (statement, code) in [
        ("select * from Custmoer", "4001"),
        ("select * from Customer startposition 0", "4001"),
        ("select * from Customer maxresults 1001", "4001"),
        ("select * from Customer where Nonsense = '1'", "4001"),
        ("select * from Invoice where PrivateNote = 'x'", "4001"),
        ("select * from Payment where DocNumber = 'x'", "4001"),
        ("select * from Invoice where TxnDate = 'soon'", "4001"),
        ("select Id from Customer", "4000"),
        ("select * from Customer where Id = '1' or Id = '2'", "4000"),
        ("select * from Customer where Id != '1'", "4000"),
        ("select * from Customer where DisplayName = Ann", "4000"),
        (
            "select * from Customer where DisplayName = 'O''Neill'",
            "4000",
        ),
        ("select * from Customer where DisplayName = 'open", "4000"),
        ("select * from Customer group by Id", "4000"),
        ("", "4000"),
    ] {
        let a = w.asked(statement);
        assert_eq!(
            (a.status, a.code().as_str()),
            (400, code),
            "{statement}: {}",
            a.text
        );
    }
}

#[test]
fn a_dash_that_is_no_latin_letter_breaks_the_language_unless_it_is_left_out() {
    let mut w = World::us();
    let id = w.customer("Amy\u{2019}s \u{2013} Birds");
    let a = w.asked("select * from Customer where DisplayName = 'Amy\u{2019}s'");
    assert_eq!(a.code(), "4000");
    assert!(
        a.detail()
            .contains("Encountered: \"\\u2019\" (8217), after : \"'Amy\""),
        "{}",
        a.detail()
    );
    let found = w.ask("select * from Customer where DisplayName like 'Amy%s % Birds'");
    assert_eq!(found["Customer"][0]["Id"], id);
    assert_eq!(
        w.ask("select count(*) from Customer where DisplayName like 'AMY%'")["totalCount"],
        1
    );
    w.switch("query_case", "kept");
    assert_eq!(
        w.ask("select count(*) from Customer where DisplayName like 'AMY%'")["totalCount"],
        0
    );
    w.switch("query_non_latin1", "read");
    assert_eq!(
        w.ask("select count(*) from Customer where DisplayName = 'Amy\u{2019}s \u{2013} Birds'")["totalCount"],
        1
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Any Latin name is found by itself, its quotes and backslashes escaped; the next statement is not disturbed.
    #[test]
    fn an_escaped_name_is_found(name in "[ -9;-~\u{a1}-\u{ff}]{1,30}") {
        let name = name.trim().to_string();
        prop_assume!(!name.is_empty() && !name.ends_with(" (deleted)"));
        let mut w = World::us();
        let id = w.customer(&name);
        let escaped = name.replace('\\', "\\\\").replace('\'', "\\'");
        let found = w.ask(&format!("select * from Customer where DisplayName = '{escaped}'"));
        prop_assert_eq!(&found["Customer"][0]["Id"], &id);
    }
}

#[test]
fn a_list_may_show_an_older_version_than_the_read_by_id() {
    let mut w = World::us();
    w.level("list_lag_seconds", 60);
    let ann = w.customer("Ann");
    let inv = w.put("invoice", bill(&ann, &[line("5.00", "NON")]))["Id"].clone();
    w.wait(100);
    w.put(
        "payment",
        payment(&ann, "5.00", &[("Invoice", &inv, "5.00")]),
    );
    let listed = w.ask("select * from Invoice")["Invoice"][0].clone();
    assert_eq!(
        (&listed["SyncToken"], dec(&listed["Balance"])),
        (&json!("0"), d("5"))
    );
    assert_eq!(w.read("Invoice", &inv)["SyncToken"], "1");
    w.wait(60);
    assert_eq!(
        w.ask("select * from Invoice")["Invoice"][0]["SyncToken"],
        "1"
    );
}

#[test]
fn changes_are_told_with_what_was_deleted() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let old = w.put("invoice", bill(&ann, &[line("1.00", "NON")]))["Id"].clone();
    w.later(3600);
    let new = w.put("invoice", bill(&ann, &[line("2.00", "NON")]))["Id"].clone();
    w.put(
        "invoice?operation=delete",
        json!({"Id": old, "SyncToken": "0"}),
    );
    let since = "2026-07-01T19:30:00Z";
    let a = w.get(&format!(
        "cdc?entities=Invoice,Payment&changedSince={since}"
    ));
    let lists = &a.body["CDCResponse"][0]["QueryResponse"];
    assert_eq!(ids(&lists[0], "Invoice").len(), 2, "{}", a.text);
    let gone = lists[0]["Invoice"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["Id"] == old)
        .unwrap();
    assert_eq!(gone["status"], "Deleted");
    assert!(ids(&lists[0], "Invoice").contains(&new.as_str().unwrap().to_string()));
    assert_eq!(lists[1], json!({}));
    for (query, code) in [
        ("entities=TaxCode&changedSince=2026-07-01", "4001"),
        ("entities=Invoice", "2020"),
    ] {
        assert_eq!(w.get(&format!("cdc?{query}")).code(), code, "{query}");
    }
}

#[test]
fn changes_go_thirty_days_and_a_thousand_objects_back() {
    let mut w = World::us();
    w.customer("Old");
    w.later(31 * 24 * 3600);
    w.customer("New");
    let path = "cdc?entities=Customer&changedSince=2026-06-01";
    let count =
        |a: &super::Answer| ids(&a.body["CDCResponse"][0]["QueryResponse"][0], "Customer").len();
    assert_eq!(count(&w.get(path)), 1);
    w.switch("cdc_window", "serve");
    assert_eq!(count(&w.get(path)), 2);
    w.level("cdc_objects", 1);
    assert_eq!(count(&w.get(path)), 1);
    w.switch("cdc_window", "refuse");
    assert_eq!(w.get(path).code(), "5030");
}
