//! `docs/connectors.md`, done as it is written.

use super::story::{bed_with, engine};
use crate::bed::{end, sync};
use crossfoot::model::DocState;
use std::fmt::Write as _;

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/connectors.md")).unwrap()
}

/// The blocks of the page with a word behind the language, one after another.
fn blocks(word: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for line in page().lines() {
        match line.strip_prefix("```") {
            Some("") => inside = false,
            Some(begins) => inside = begins == format!("yaml {word}"),
            None if inside => {
                let _ = writeln!(out, "{line}");
            }
            None => {}
        }
    }
    assert!(!out.is_empty(), "the page has no block `{word}`");
    out
}

#[tokio::test]
async fn a_connector_in_an_hour() {
    let bed = bed_with(
        &blocks("description"),
        &blocks("tenant"),
        &blocks("connections"),
    );
    let engine = engine(&bed).await;
    sync(&engine).await.unwrap();
    for number in ["BW-001", "BW-002"] {
        assert_eq!(
            end(&engine, number).await,
            (DocState::Verified, String::new())
        );
        assert!(bed.invoice(number).is_some());
    }
    assert_eq!((bed.invoices(), bed.payments()), (2, 1));
}
