//! A printed cure, carried out to the letter.
//!
//! Flows in: what `errors` or `plan` printed for a cause. Flows out: its commands, as a person at a shell would paste them.
//! Refuses a cure with a placeholder in it: what is at hand must be in it. What a person must do elsewhere (in the ledger,
//! in the source, in a file) the story does; that the text names it, the story says.

use super::town::{Ended, Town};
use serde_json::Value;

/// A cause, as it was told.
#[derive(Debug, Clone)]
pub struct Told {
    pub code: String,
    pub what: String,
    pub fix: String,
    pub documents: Vec<String>,
}

/// What `errors TENANT` tells of a code now.
pub fn told(town: &Town, tenant: &str, code: &str) -> Option<Told> {
    let errors = town.run(&["errors", tenant, "--json"]).json();
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let causes = errors["tenants"][0]["causes"].as_array()?.clone();
    let cause = causes.into_iter().find(|c| c["code"] == code)?;
    let documents = cause["documents"].as_array()?;
    Some(Told {
        code: text(&cause["code"]),
        what: text(&cause["what"]),
        fix: text(&cause["fix"]),
        documents: documents.iter().map(text).collect(),
    })
}

/// The commands in a cure, each as its words. What stands in backticks and does not begin with the program's name is a
/// word of a file.
#[track_caller]
pub fn commands(fix: &str) -> Vec<Vec<String>> {
    let quoted = fix.split('`').skip(1).step_by(2);
    let mut out = Vec::new();
    for text in quoted {
        let mut words = text.split_whitespace();
        if words.next() != Some("crossfoot") {
            continue;
        }
        let words: Vec<String> = words.map(|w| w.trim_matches('"').to_owned()).collect();
        for word in &words {
            let placeholder = word.len() > 2
                && word.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c == '-');
            assert!(!placeholder, "{word} is a placeholder in: {fix}");
        }
        assert!(!words.is_empty(), "no verb in: {fix}");
        out.push(words);
    }
    out
}

impl Told {
    /// Runs its commands in order; each must be understood.
    #[track_caller]
    pub fn carried_out(&self, town: &Town) -> Vec<Ended> {
        let all = commands(&self.fix);
        assert!(!all.is_empty(), "{}: no command in: {}", self.code, self.fix);
        all.iter().map(|words| carry_out(town, words)).collect()
    }

    /// Runs the first of its commands with this verb.
    #[track_caller]
    pub fn said(&self, town: &Town, verb: &str) -> Ended {
        let all = commands(&self.fix);
        let words = all.iter().find(|w| w.first().map(String::as_str) == Some(verb));
        let words = words.unwrap_or_else(|| panic!("{}: no `{verb}` in: {}", self.code, self.fix));
        carry_out(town, words)
    }
}

#[track_caller]
fn carry_out(town: &Town, words: &[String]) -> Ended {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = town.run(&words);
    assert_ne!(ended.code, 2, "{words:?}\n{}\n{}", ended.out, ended.err);
    ended
}

#[test]
fn a_cure_names_what_is_at_hand() {
    let fix = "void it, then `crossfoot retry acme 1041`; or set `tax.unmarked`";
    assert_eq!(commands(fix), [["retry", "acme", "1041"]]);
    let blank = std::panic::catch_unwind(|| commands("`crossfoot retry TENANT NUMBER`"));
    assert!(blank.is_err());
}

#[test]
fn the_first_review_is_ended_by_the_printed_command() {
    use super::town::TENANT;
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    town.run(&["sync", "acme"]).code(1);
    let review = told(&town, "acme", "approval.first_run").unwrap();
    assert_eq!(review.documents, ["1041", "1044"]);
    assert!(!review.what.is_empty());
    review.carried_out(&town);
    review.said(&town, "release");
    town.run(&["sync", "acme"]).code(0);
    assert!(told(&town, "acme", "approval.first_run").is_none());
    assert_eq!(town.invoices(), ["1041", "1044"]);
}
