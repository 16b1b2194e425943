//! Contacts of the ledger that come to the source once (`back.contacts: first_time`): found there, or made, and no news to either side.

use super::half::{half, half_doc};
use super::{Till, sent};
use crate::bed::{Bed, file, order, shop, sync, synced, tenant, text, verified, with};
use crossfoot::model::{Became, DocState, Kind};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::plan::{PlanAction, plan};
use serde_json::{Value, json};

const BACK: (&str, &str) = ("back", "{ contacts: first_time }");

fn people() -> Value {
    json!({"contacts": [
        {"Name": "Ann Wharf", "EmailAddress": "ann@wharf.example", "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "02 9000 0001"}]},
        {"Name": "Jo Harbour", "EmailAddress": "jo@harbour.example"},
        {"Name": "Nobody Known"}]})
}

async fn id_of(bed: &Bed, name: &str) -> String {
    text(&bed.contact(name).unwrap(), "ContactID")
}

fn named(bed: &Bed, name: &str) -> Vec<Value> {
    let mut all = Till::of(bed).all("contacts");
    all.retain(|c| c["given_name"] == json!(name));
    all
}

#[tokio::test]
async fn all_come_once_and_are_no_news_to_either_side() {
    for sync_word in ["{ first_run: post }", "{ first_run: post, contacts: all }"] {
        let bed = Bed::new(&file(&[BACK, ("sync", sync_word)]));
        bed.keap(shop(Vec::new()));
        bed.xero(people());
        let engine = bed.engine().await;
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let told = plan(&engine, &loaded, None, &|_| {}).await.unwrap();
        let back = told.back.expect("the half is planned");
        let ann = format!("contact:{}", id_of(&bed, "Ann Wharf").await);
        let planned = back.documents.iter().find(|d| d.number == ann).unwrap();
        assert_eq!(planned.action, PlanAction::Create, "{back:#?}");
        assert_eq!(sent(&bed).len(), 0);
        let done = synced(&engine).await;
        let back = done.back.expect("the half ran");
        assert_eq!(
            back.run.counts.of(Kind::Contact, Became::Created),
            1,
            "{:#?}",
            back.lines
        );
        // Jo is found there, and of whom nothing but the name is known is held: Keap takes no such contact.
        for (name, state) in [
            ("Ann Wharf", DocState::Verified),
            ("Jo Harbour", DocState::Verified),
            ("Nobody Known", DocState::Held),
        ] {
            let number = format!("contact:{}", id_of(&bed, name).await);
            assert_eq!(half_doc(&engine, &number).await.0, state, "{name}");
        }
        assert_eq!(Till::of(&bed).all("contacts").len(), 3);
        let made = named(&bed, "Ann Wharf");
        assert_eq!(made.len(), 1);
        assert_eq!(made[0]["phone_numbers"][0]["number"], json!("02 9000 0001"));
        // An order of hers is for the very contact that she came from.
        bed.minutes(40);
        let hers = with(
            order(1, 1041, "2026-07-10"),
            json!({"contact_id": made[0]["id"]}),
        );
        bed.keap(json!({"orders": [hers]}));
        bed.xero(json!({"contacts": [{"Name": "Later One", "EmailAddress": "later@one.example"}]}));
        for _ in 0..3 {
            let done = synced(&engine).await;
            let back = done.back.expect("the half ran");
            assert_eq!(back.run.counts.all(Became::Created), 0, "{:#?}", back.lines);
            bed.minutes(40);
        }
        verified(&engine, "1041").await;
        let billed = bed.invoice("1041").unwrap();
        assert_eq!(text(&billed["Contact"], "Name"), "Ann Wharf");
        // Who came up later stays there; Sam goes forward where all do.
        assert_eq!(Till::of(&bed).all("contacts").len(), 3);
        let all = if sync_word.contains("all") { 5 } else { 4 };
        assert_eq!(bed.contacts(), all, "{sync_word}");
    }
}

#[tokio::test]
async fn a_lost_answer_makes_none_twice() {
    let bed = Bed::new(&file(&[BACK]));
    bed.keap(shop(Vec::new()));
    bed.xero(people());
    bed.fault(json!([{"system": "keap", "method": "POST", "path_contains": "/contacts", "times": 1, "fault": "drop_after"}]));
    let engine = bed.engine().await;
    let _ = sync(&engine).await;
    bed.heal().await;
    for _ in 0..4 {
        bed.minutes(20);
        synced(&engine).await;
    }
    assert_eq!(named(&bed, "Ann Wharf").len(), 1);
    let number = format!("contact:{}", id_of(&bed, "Ann Wharf").await);
    let row = engine.store().document(&half(), &number).await.unwrap();
    assert_eq!(row.unwrap().state, DocState::Verified);
}
