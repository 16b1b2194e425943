//! Calls a posted invoice with its payment: new orders of new customers, from an empty ledger.
//!
//! `cargo bench --bench calls [-- invoices=1000 contacts=400]`. The number of calls does not depend on the
//! machine: one run is enough. Every call counts, also those for the chart, the mirror of contacts, tokens.

#[path = "../tests/it/bed.rs"]
mod bed;
#[path = "common/book.rs"]
mod book;
#[path = "common/mod.rs"]
mod common;
#[path = "../tests/it/support.rs"]
mod support;

use common::{goal, option};
use crossfoot::model::{Became, Kind};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (invoices, contacts) = (option("invoices", 1_000), option("contacts", 400));
    let bed = book::bed(invoices, contacts);
    let engine = bed.engine().await;
    let done = book::sync(&engine).await;
    println!("calls: {invoices} new invoices with their payments, {contacts} new contacts");
    println!("  {:?}", done.run.counts);
    assert_eq!(
        done.run.counts.of(Kind::Invoice, Became::Created),
        invoices as u64
    );
    assert_eq!(bed.invoices(), invoices);
    assert_eq!(bed.payments(), invoices);
    let kinds = book::kinds(&bed, 0);
    book::show(&kinds);
    for (system, bound) in [("xero", 0.07), ("keap", 0.03)] {
        let calls = book::total(&kinds, system);
        println!("  {system}: {calls} calls");
        let each = calls as f64 / invoices as f64;
        goal(
            &format!("{system} calls an invoice with its payment"),
            each,
            bound,
            true,
        );
    }
}
