//! Papers of several kinds that have one number: what is printed for one of them is about that one, and a plain number is asked about.

use super::kinds::{klipboard, order};
use super::shop::Shop;
use crate::bed::{doc, tenant};
use crossfoot::model::DocState;
use crossfoot::service::desk::errors::errors;
use crossfoot::service::desk::explain::explain;
use crossfoot::service::desk::retry::{at_once, retry};
use crossfoot::service::desk::settle::{self, WordAsk};
use crossfoot::service::desk::unlink::{self, UnlinkWhat};
use crossfoot::service::desk::word::Which;
use crossfoot::service::{Loaded, NotDone};
use serde_json::json;

const WHO: &str = "jo@acme.example";
const ORDER: &str = "purchase_order:PO-0002";
const INVOICE: &str = "invoice:PO-0002";

impl Shop {
    fn loaded(&self) -> Loaded {
        self.engine.workspace().load(&tenant()).unwrap()
    }

    /// Carries a printed command out: what it says, and nothing else.
    async fn carry_out(&self, command: &str) -> Result<Vec<String>, NotDone> {
        let words: Vec<&str> = command.split(' ').collect();
        let (verb, number) = match words.as_slice() {
            ["crossfoot", verb, "acme", number, ..] => (*verb, number.to_string()),
            other => panic!("{other:?}"),
        };
        let done = match verb {
            "retry" => {
                let numbers = [number];
                let which = Which::Numbers(&numbers);
                let word = retry(&self.engine, &tenant(), which, WHO).await?;
                assert_eq!(word.left, [], "{command}");
                word.done
            }
            "skip" => {
                let ask = WordAsk::document(&number, "as it is", WHO);
                let said = settle::skip(&self.engine, &self.loaded(), ask).await?;
                vec![said.answer.number]
            }
            other => panic!("{other}: {command}"),
        };
        let run = at_once("word", done.clone());
        self.engine
            .sync(&self.loaded(), &run, &|_| {})
            .await
            .unwrap();
        Ok(done)
    }
}

/// The commands of a text.
fn commands(text: &str) -> Vec<String> {
    let all = text.split('`').filter(|c| c.starts_with("crossfoot "));
    all.map(str::to_owned).collect()
}

/// An order that the source made void, beside the posted invoice of the same number.
async fn held_order() -> Shop {
    let shop = klipboard("", vec![order(2, "sent")]).await;
    shop.sync().await.unwrap();
    shop.enter(json!({"purchase-orders": [order(2, "void")]}));
    shop.later(30).await;
    shop.is_held(ORDER, "status.void").await;
    shop
}

#[tokio::test]
async fn the_cures_of_an_order_are_carried_out_literally_beside_an_invoice_of_its_number() {
    let shop = held_order().await;
    let told = errors(&shop.engine, vec![tenant()]).await.unwrap();
    let causes = &told.tenants[0].causes;
    assert_eq!(causes.len(), 1);
    assert_eq!(causes[0].documents, [ORDER]);
    assert_eq!(causes[0].each[0].number, ORDER);
    let cures = commands(&causes[0].fix);
    assert_eq!(
        cures.first().unwrap(),
        &format!("crossfoot retry acme {ORDER}")
    );
    let explained = explain(&shop.engine, &shop.loaded(), ORDER).await.unwrap();
    assert_eq!(commands(&explained.fix), cures);
    let next = explained.next.to_string();
    assert_eq!(commands(&next), [format!("crossfoot retry acme {ORDER}")]);
    assert_eq!(
        (explained.kind.name(), explained.shared),
        ("purchase order", true)
    );
    // As it is told: deleted in Xero by hand, then the command.
    let id = shop.order("PO-0002")["PurchaseOrderID"]
        .as_str()
        .unwrap()
        .to_owned();
    shop.bed.minutes(10);
    let path = format!("PurchaseOrders/{id}");
    let gone = json!({"Status": "DELETED"});
    shop.bed.person("POST", &path, gone).await;
    shop.bed.minutes(10);
    assert_eq!(shop.carry_out(&cures[0]).await.unwrap(), [ORDER]);
    assert_eq!(shop.end(ORDER).await.0, DocState::Skipped);
    shop.is_posted(INVOICE).await;
}

#[tokio::test]
async fn a_plain_number_of_several_papers_is_asked_about_and_nothing_is_done() {
    let shop = held_order().await;
    let before = (
        doc(&shop.engine, INVOICE).await,
        doc(&shop.engine, ORDER).await,
    );
    assert_eq!(
        (before.0.name(), before.1.name()),
        (INVOICE.to_owned(), ORDER.to_owned())
    );
    let each = |verb: &str, rest: &str| {
        [INVOICE, ORDER].map(|name| format!("crossfoot {verb} acme {name}{rest}"))
    };
    let plain = ["PO-0002".to_owned()];
    let word = retry(&shop.engine, &tenant(), Which::Numbers(&plain), WHO)
        .await
        .unwrap();
    assert_eq!(word.done, Vec::<String>::new());
    assert_eq!(commands(&word.left[0].why), each("retry", ""));
    assert!(
        word.left[0]
            .why
            .contains("invoice (verified), purchase order (held)"),
        "{}",
        word.left[0].why
    );
    let loaded = shop.loaded();
    let ask = WordAsk::document("PO-0002", "as it is", WHO);
    let why = settle::skip(&shop.engine, &loaded, ask).await.unwrap_err();
    let skips = each("skip", " --why 'as it is'");
    assert_eq!(commands(&why.fix), skips);
    let why = unlink::risk(&shop.engine, &loaded, "PO-0002")
        .await
        .unwrap_err();
    assert_eq!(commands(&why.fix), each("unlink", ""));
    let what = UnlinkWhat::Contact;
    let why = unlink::unlink(&shop.engine, &loaded, "PO-0002", what, WHO).await;
    let contacts = [INVOICE, ORDER].map(|n| format!("crossfoot unlink acme --contact {n}"));
    assert_eq!(commands(&why.unwrap_err().fix), contacts);
    let after = (
        doc(&shop.engine, INVOICE).await,
        doc(&shop.engine, ORDER).await,
    );
    assert_eq!(before, after);
    // The one that is meant is left out, and the invoice goes on.
    assert_eq!(shop.carry_out(&skips[1]).await.unwrap(), [ORDER]);
    assert_eq!(shop.end(ORDER).await.0, DocState::Skipped);
    shop.is_posted(INVOICE).await;
}
