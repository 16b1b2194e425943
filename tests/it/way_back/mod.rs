//! The way back: documents that go into the application that sales usually come from.
//!
//! Flows in: what a story's source holds. Flows out: an engine over a workspace whose ledger is the fake Keap, and the account there
//! as a person sees it ([`Till`]).

mod bring;
mod contacts;
mod doubts;
mod half;
mod ledger;
mod qbo;
mod storm;
mod words;
mod xero;

use crate::bed::{Bed, sync};
use crossfoot::service::Engine;
use serde_json::{Value, json};

/// What the fake Keap holds, as a person sees it.
pub struct Till(pub Value);

impl Till {
    /// As it stands now.
    pub fn of(bed: &Bed) -> Self {
        let state = bed.plane.state("keap").unwrap();
        let all = state["applications"].as_array().unwrap();
        Self(
            all.iter()
                .find(|a| a["name"] == json!("acme"))
                .unwrap()
                .clone(),
        )
    }

    pub fn all(&self, what: &str) -> Vec<Value> {
        self.0[what].as_array().unwrap().clone()
    }

    pub fn counts(&self) -> [usize; 3] {
        ["contacts", "orders", "payments"].map(|of| self.all(of).len())
    }

    /// The only order of a title.
    pub fn order(&self, title: &str) -> Value {
        let mut of = self.all("orders");
        of.retain(|o| o["title"] == json!(title));
        assert_eq!(of.len(), 1, "{title}: {of:#?}");
        of.remove(0)
    }
}

/// Runs until nothing is in doubt, a minute at a time.
pub async fn until_done(bed: &Bed, engine: &Engine) {
    let mut last = String::new();
    for _ in 0..60 {
        last = match sync(engine).await {
            Ok(done) if done.wake.is_none() => return,
            Ok(done) => format!("it wakes at {:?}", done.wake),
            Err(e) => e.to_string(),
        };
        bed.minutes(1);
    }
    panic!("it is still in doubt: {last}");
}

/// The bodies that were sent to make something in Keap.
pub fn sent(bed: &Bed) -> Vec<(String, Value)> {
    let all = bed.transport.sent().into_iter();
    let posts = all.filter(|r| r.method == http::Method::POST && r.url.contains("/keap/crm"));
    posts
        .map(|r| (r.url.clone(), serde_json::from_slice(&r.body).unwrap()))
        .collect()
}
