//! `crossfoot run`: every tenant at its times, and the e-mail afterwards.

use super::town::{Ended, TENANT, Town, ended};
use crate::mail::Sink;
use serde_json::json;
use std::process::{Child, Command};

/// Ends a process as ctrl-c does.
pub fn end(child: Child) -> Ended {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    ended(child)
}

#[test]
fn it_runs_at_its_times_and_writes_to_those_who_want_to_know() {
    let town = Town::working();
    town.tenant(&format!(
        "{TENANT}notify: {{ email: [jo@acme.example], when: issues }}\n"
    ));
    let sink = Sink::new();
    let mail = [
        ("CROSSFOOT_SMTP", sink.url()),
        ("CROSSFOOT_MAIL_FROM", "books@acme.example".to_owned()),
    ];
    let mail: Vec<(&str, &str)> = mail.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let worker = town.start(&mail, &["run", "acme"]);
    let letter = sink.next();
    // The sandbox's clock stands and is moved by whoever sleeps, so that half hours pass at once.
    loop {
        let history = town.run(&["history", "acme", "--json"]).code(0).json();
        if history["runs"].as_array().unwrap().len() >= 3 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let ended = end(worker).code(0);
    assert!(ended.out.contains("2 created"), "{}", ended.out);
    assert_eq!(town.invoices(), ["1041", "1044"]);

    assert!(letter.contains("To: jo@acme.example"), "{letter}");
    assert!(letter.contains("1042"), "{letter}");
    assert!(letter.contains("created"), "{letter}");
    assert!(letter.contains("crossfoot errors acme"), "{letter}");
    // Mail is read by others on its way: no customer, no amount.
    for private in ["Harbour", "harbour.example", "Eve", "Parts", "220"] {
        assert!(!letter.contains(private), "{private} in {letter}");
    }
    // Later runs met nothing new: one letter is enough.
    assert!(sink.none_left());
}

#[test]
fn a_run_that_a_person_began_sends_the_letter_where_the_file_asks_for_it() {
    let town = Town::working();
    let wanting = |more: &str| {
        town.tenant(&format!(
            "{TENANT}notify: {{ email: [jo@acme.example]{more} }}\n"
        ));
    };
    wanting("");
    let sink = Sink::new();
    let from = "books@acme.example";
    let sync = |url: &str| {
        let child = town.start(
            &[("CROSSFOOT_SMTP", url), ("CROSSFOOT_MAIL_FROM", from)],
            &["sync", "acme"],
        );
        ended(child)
    };
    sync(&sink.url());
    assert!(sink.none_left(), "nobody asked for it");

    wanting(", manual: true");
    town.keap(json!({"orders": [{"id": "5", "invoice_id": "1045", "title": "Parts", "contact_id": "7", "order_time": "2026-07-10T01:00:00Z",
        "items": [{"type": "PRODUCT", "product_id": "2", "name": "Parts", "quantity": 1, "price": "30.00"}], "payments": []}]}));
    town.minutes(30);
    // The server is away: the run is as it was, and it is told.
    let away = sync(&format!("smtp://127.0.0.1:{}", Sink::free()));
    assert!(away.err.contains("no letter went"), "{}", away.err);
    town.minutes(30);
    let told = sync(&sink.url());
    assert!(!told.err.contains("no letter went"), "{}", told.err);
    let letter = sink.next();
    assert!(letter.contains("1045"), "{letter}");
    assert!(letter.contains("crossfoot errors acme"), "{letter}");
    // Both as text and as a page.
    for kind in ["text/plain", "text/html"] {
        assert!(letter.contains(kind), "{kind} in {letter}");
    }
    town.minutes(30);
    sync(&sink.url());
    assert!(sink.none_left(), "it is told once");
}

/// Asks for the status until it says something, or for half a minute at most.
fn status_says(town: &Town, what: &str) -> String {
    let mut last = String::new();
    for _ in 0..600 {
        last = town.run(&["status", "acme"]).code(0).out;
        if last.contains(what) {
            return last;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the status never says {what}:\n{last}");
}

#[test]
fn the_status_says_when_mail_does_not_go_and_when_it_goes_again() {
    let town = Town::working();
    town.tenant(&format!("{TENANT}notify: {{ email: [jo@acme.example] }}\n"));
    let port = Sink::free();
    let url = format!("smtp://jo:mail-canary@127.0.0.1:{port}");
    let mail = [
        ("CROSSFOOT_SMTP", url.as_str()),
        ("CROSSFOOT_MAIL_FROM", "books@acme.example"),
    ];
    let worker = town.start(&mail, &["run"]);
    let status = status_says(&town, "e-mail not sent since 2026-07-15");
    assert!(!status.contains("ACTION REQUIRED"), "{status}");
    let sink = Sink::on(port);
    assert!(sink.next().contains("1042"));
    let json = loop {
        let json = town.run(&["status", "acme", "--json"]).code(0).json();
        if json["tenants"][0]["mail"].is_null() {
            break json;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert_eq!(json["tenants"][0]["configured"], serde_json::json!(true));
    let ended = end(worker).code(0);
    assert!(
        ended
            .err
            .contains("the e-mail was not sent, and is tried again"),
        "{}",
        ended.err
    );
    for text in [&ended.out, &ended.err, &status] {
        assert!(!text.contains("mail-canary"), "{text}");
    }
    assert!(!super::town::holds(&town.path(), "mail-canary"));
}

#[test]
fn a_broken_edit_is_said_and_the_version_before_it_goes_on() {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: post, trigger: { every: 1d }"));
    let worker = town.start(&[], &["run", "--json"]);
    while town.invoices().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    town.tenant(&TENANT.replace("accounts:", "acounts:"));
    let status = status_says(&town, "goes on with the version before");
    assert!(
        status.contains("ACTION REQUIRED: correct the configuration"),
        "{status}"
    );
    town.tenant(TENANT);
    let status = status_says(&town, "(connected)");
    assert!(!status.contains("ACTION REQUIRED"), "{status}");
    let ended = end(worker).code(0);
    assert!(
        ended
            .err
            .contains("acme goes on as it was before these mistakes"),
        "{}",
        ended.err
    );
    // Each line is one JSON value with the same keys.
    assert!(!ended.out.is_empty());
    for line in ended.out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["tenant", "run", "error"], "{line}");
    }
}

#[test]
fn a_port_that_is_in_use_is_told_with_another_to_take() {
    let town = Town::working();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = town.run(&["serve", "--listen", &address]);
    assert_ne!(ended.code, 0);
    assert!(
        ended.err.contains(&format!("{address} cannot be had")),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("`--listen 127.0.0.1:8421`"),
        "{}",
        ended.err
    );
}
