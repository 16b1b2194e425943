//! Calls a posted invoice with its payment: new orders of new customers, from an empty ledger.
//!
//! `cargo bench --bench calls [-- contacts=400 most=10000]`: 1,000, 3,000 and 10,000 orders, with the vendors' limits by the
//! minute and their clock, so that the larger runs are interrupted many times. The number of calls does not depend on the
//! machine: one run is enough. Every call counts, also those for the chart, the mirror of contacts, tokens.

#[path = "../tests/it/bed.rs"]
mod bed;
#[path = "common/book.rs"]
mod book;
#[path = "../tests/it/bookwright.rs"]
mod bookwright;
#[path = "common/mod.rs"]
mod common;
#[path = "../tests/it/support.rs"]
mod support;
#[path = "../tests/it/tallybook.rs"]
mod tallybook;

use common::{goal, option};
use crossfoot::model::{Became, Kind};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let most = option("most", 10_000);
    for invoices in [1_000, 3_000, 10_000] {
        if invoices <= most {
            first_run(invoices, option("contacts", 400)).await;
        }
    }
}

/// A first run of so many orders, each with its payment, by so many customers.
async fn first_run(invoices: usize, contacts: usize) {
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
    let (writes, other) = book::written(&kinds, "xero");
    let least = book::fewest(contacts) + 2 * book::fewest(invoices);
    println!("  xero: {writes} writes, {least} at least; {other} other calls");
    let over = writes as f64 / least as f64;
    goal("xero writes over the fewest there can be", over, 1.02, true);
    let name = "xero calls in a run that are no writes";
    goal(name, other as f64, 10.0, true);
    let calls = book::total(&kinds, "keap");
    println!("  keap: {calls} calls");
    let each = calls as f64 / invoices as f64;
    goal("keap calls an invoice with its payment", each, 0.03, true);
}
