//! `crossfoot run`: every tenant at its times, and the e-mail afterwards.

use super::town::{Ended, TENANT, Town, ended};
use crate::mail::Sink;
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
