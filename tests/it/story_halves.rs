//! What a person is told to do has steps, and people stop between them, or say another word first. Each half is told as what it
//! is, and leads on; no word is answered with what does not happen.

use super::bed::{
    Bed, carried, doc, end, file, held, order, paid, shop, synced, tenant, text, verified, with,
};
use super::story_entries::{deletes_on, standing, voids};
use super::story_overpayment::permit;
use super::story_resend::resent;
use super::story_resummed::notes;
use crossfoot::model::{DocState, WordKind};
use crossfoot::pipeline::ports::Documents as _;
use crossfoot::service::desk::day::{WhichDay, day};
use crossfoot::service::desk::explain::{Explanation, explain};
use crossfoot::service::desk::retry::retry;
use crossfoot::service::desk::settle::{WordAsk, look, send, settle, skip};
use crossfoot::service::desk::word::Which;
use crossfoot::service::{Engine, Loaded};
use serde_json::{Value, json};

const WHO: &str = "jo@acme.example";
const NOTES: (&str, &str) = ("refunds", "credit_note");
const OTHER: (&str, &str) = ("accounts", "[{ else: \"201\" }]");

fn loaded(engine: &Engine) -> Loaded {
    engine.workspace().load(&tenant()).unwrap()
}

fn money(id: &str, sum: &str) -> Value {
    with(paid(sum, "2026-07-12"), json!({ "id": id }))
}

fn back(id: &str, sum: &str) -> Value {
    let mut back = with(
        paid(sum, "2026-07-13"),
        json!({"id": id, "refund_of": "80"}),
    );
    back.as_object_mut().unwrap().remove("pay_status");
    back
}

async fn sold(words: &[(&str, &str)], payments: Value) -> (Bed, Engine) {
    let bed = Bed::new(&file(words));
    permit(&bed);
    let row = json!({ "payments": payments });
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), row)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

/// The payment or refund that is held.
async fn stuck(engine: &Engine) -> String {
    let all = notes(engine).await;
    all.iter().find(|p| p.state == "held").unwrap().id.clone()
}

async fn sends(engine: &Engine, of: &str) -> Result<(), String> {
    let ask = WordAsk::payment("1041", of, "as printed", WHO);
    let said = send(engine, &loaded(engine), ask).await;
    said.map(|_| ()).map_err(|e| e.what)
}

/// What pays a note out was deleted, and the note still stands: the old one is not paid out anew.
#[tokio::test]
async fn half_of_what_ends_a_resend_is_not_told_as_a_deleted_payment() {
    let (bed, engine) = sold(
        &[NOTES],
        json!([money("80", "110.00"), back("90", "110.00")]),
    )
    .await;
    verified(&engine, "1041").await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[NOTES, OTHER]));
    bed.minutes(30);
    let note = standing(&bed)[0].0.clone();
    assert_eq!(resent(&engine, Some("accounts")).await, ["1041"]);
    let of = stuck(&engine).await;
    deletes_on(&bed, "110.00", &note).await;
    bed.minutes(30);
    synced(&engine).await;
    let fix = format!("void the credit note {note} of 110.00 in the ledger by hand, then");
    held(&engine, "1041", "resend.entry", &note, &fix).await;
    let fix = doc(&engine, "1041").await.reason.unwrap().fix;
    assert!(!fix.contains("delete"), "{fix}");
    // The old note is paid out by no word.
    let said = sends(&engine, &of).await;
    assert!(said.is_err(), "the old note stands still");
    voids(&bed, &note).await;
    sends(&engine, &of).await.unwrap();
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    let all = standing(&bed);
    assert_eq!((all.len(), all[0].2.as_str()), (1, "0"), "{all:?}");
}

/// The same of a payment of which a part is a credit.
#[tokio::test]
async fn half_of_what_ends_a_resend_of_a_payment_and_its_credit() {
    let words = [("overpayment", "as_overpayment")];
    let (bed, engine) = sold(&words, json!([money("80", "150.00")])).await;
    verified(&engine, "1041").await;
    bed.xero(json!({"accounts": [{"Code": "091", "Name": "Savings", "Type": "BANK", "BankAccountNumber": "1"}]}));
    bed.tenant(&file(&[
        words[0],
        ("payments_account", "{ else: \"091\" }"),
    ]));
    bed.minutes(30);
    assert_eq!(resent(&engine, None).await, ["1041"]);
    held(&engine, "1041", "resend.entry", "credit of 40", "delete").await;
    let of = stuck(&engine).await;
    deletes_on(&bed, "110.00", "1041").await;
    bed.minutes(30);
    synced(&engine).await;
    held(&engine, "1041", "resend.entry", "40.00", "delete").await;
    let said = sends(&engine, &of).await;
    assert!(said.is_err(), "its credit stands still");
    assert_eq!(bed.payments(), 0);
}

/// An edit of the file that was taken back ends what it asked for.
#[tokio::test]
async fn what_a_later_edit_makes_right_again_is_held_no_more() {
    let (bed, engine) = sold(
        &[NOTES],
        json!([money("80", "110.00"), back("90", "110.00")]),
    )
    .await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[NOTES, OTHER]));
    bed.minutes(30);
    resent(&engine, Some("accounts")).await;
    let of = stuck(&engine).await;
    // A person settles what is held, as the ledger has it: that is answered with what does end it.
    let ask = WordAsk::payment("1041", &of, "leave it", WHO);
    let looked = look(&engine, &loaded(&engine), ask).await.map(|_| ());
    let told = looked.unwrap_err();
    assert!(
        told.fix.contains("crossfoot unsettle acme 1041"),
        "{}",
        told.fix
    );
    bed.tenant(&file(&[NOTES]));
    bed.minutes(30);
    assert_eq!(resent(&engine, Some("accounts")).await, ["1041"]);
    verified(&engine, "1041").await;
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(standing(&bed).len(), 1);
}

/// A document that a person left as it is stays so, whatever else of it is put right and retried.
#[tokio::test]
async fn a_retry_of_what_is_held_takes_no_other_word_back() {
    let (bed, engine) = sold(&[], json!([money("80", "40.00")])).await;
    let id = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let theirs = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.minutes(10);
    bed.person("PUT", "Payments", theirs).await;
    bed.minutes(31);
    synced(&engine).await;
    held(&engine, "1041", "ledger.balance", "50.00", "crossfoot skip").await;
    let ask = WordAsk::document("1041", "it is right", WHO);
    skip(&engine, &loaded(&engine), ask)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    carried(&engine, "1041").await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Skipped);
    bed.minutes(10);
    bed.keap_edit(json!({"payments": [{"id": "80", "remove": true}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.removed",
        "40.00",
        "crossfoot retry",
    )
    .await;
    // As it is printed.
    deletes_on(&bed, "40.00", "1041").await;
    let one = ["1041".to_owned()];
    retry(&engine, &tenant(), Which::Numbers(&one), WHO)
        .await
        .unwrap();
    carried(&engine, "1041").await;
    let row = doc(&engine, "1041").await;
    let words = engine.store().words(&tenant(), &row.key).await.unwrap();
    assert!(
        words.of_document(WordKind::Skip).is_some(),
        "{:?}",
        row.reason
    );
    assert_eq!(end(&engine, "1041").await.0, DocState::Skipped);
    // At rest, a retry takes it back.
    retry(&engine, &tenant(), Which::Numbers(&one), WHO)
        .await
        .unwrap();
    carried(&engine, "1041").await;
    held(&engine, "1041", "ledger.balance", "50.00", "").await;
}

/// A note that is not paid out is no proof that money went.
#[tokio::test]
async fn a_note_that_is_not_paid_out_does_not_settle_a_refund() {
    let (bed, engine) = sold(
        &[("refunds", "hold")],
        json!([money("80", "110.00"), back("90", "40.00")]),
    )
    .await;
    held(&engine, "1041", "refund.hold", "", "crossfoot settle").await;
    let of = stuck(&engine).await;
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": "40.00", "AccountCode": "200"}]}]});
    bed.minutes(10);
    let made = bed.person("PUT", "CreditNotes", note).await;
    let id = text(&made["CreditNotes"][0], "CreditNoteID");
    bed.minutes(10);
    for entry in [None, Some(id.as_str())] {
        let ask = WordAsk {
            entry,
            ..WordAsk::payment("1041", &of, "it is this one", WHO)
        };
        let looked = look(&engine, &loaded(&engine), ask).await.map(|_| ());
        let told = looked.unwrap_err();
        assert!(
            told.what.contains("40.00 of it is not paid out"),
            "{}",
            told.what
        );
    }
    let out = json!({"CreditNote": {"CreditNoteID": id}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": "40.00"});
    bed.person("PUT", "Payments", out).await;
    bed.minutes(10);
    let ask = WordAsk::payment("1041", &of, "it is this one", WHO);
    let looked = look(&engine, &loaded(&engine), ask)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    settle(&engine, ask, looked)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
}

/// What a source says of its money in two ways is told as that: nothing is told to be taken out of the ledger.
#[tokio::test]
async fn a_source_that_contradicts_itself_has_no_payment_told_as_removed() {
    let bed = Bed::new(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
    ]));
    let path = bed.folder.path().join("connections.yaml");
    let more = "files: { system: files, folder: data, currency: AUD }\n";
    let all = std::fs::read_to_string(&path).unwrap() + more;
    std::fs::write(&path, all).unwrap();
    let folder = bed.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    let head = "number,date,contact.id,contact.name,line.sku,line.description,line.unit_amount,tax,total,paid,payment.id,payment.date,payment.amount\n";
    let row = "1041,2026-07-10,7,Jo Harbour,HIRE,Crane hire,100.00,10.00,110.00,110.00,,,\n";
    let put = |payment: &str| {
        std::fs::write(folder.join("a.csv"), format!("{head}{row}{payment}")).unwrap()
    };
    put("1041,,,,,,,,,,CHQ9,2026-07-11,110.00\n");
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    put("");
    synced(&engine).await;
    let (state, code) = end(&engine, "1041").await;
    assert_eq!((state, code.as_str()), (DocState::Held, "source.mismatch"));
    let all = notes(&engine).await;
    assert_eq!(all.len(), 1, "{all:?}");
    let told = all[0].reason.as_ref().map(|r| r.code.clone());
    assert_eq!(told.as_deref(), Some("payment.waits"), "{all:?}");
}

async fn explained(engine: &Engine) -> Explanation {
    explain(engine, &loaded(engine), "1041").await.unwrap()
}

/// What a person calls our paper in the ledger by now is told beside its own number.
#[tokio::test]
async fn a_paper_that_people_renumber_is_told_by_both_numbers() {
    let (bed, engine) = sold(&[], json!([])).await;
    let path = bed.path_of("1041");
    bed.minutes(10);
    bed.person("POST", &path, json!({"InvoiceNumber": "B-77"}))
        .await;
    bed.minutes(31);
    synced(&engine).await;
    let copy = explained(&engine).await.ledger.unwrap();
    assert_eq!(
        (copy.number.as_str(), copy.now.as_deref()),
        ("1041", Some("B-77"))
    );
    let told = day(&engine, vec![tenant()], WhichDay::Today).await.unwrap();
    let lines = &told.tenants[0].lines;
    let of = lines.iter().find(|l| l.document == "1041");
    assert_eq!(of.unwrap().numbered.as_deref(), Some("B-77"), "{lines:?}");
}

/// What comes next after an edit of the file is what does: once a sync has looked, nothing.
#[tokio::test]
async fn an_edit_that_was_looked_at_is_not_told_as_news() {
    let (bed, engine) = sold(&[], json!([])).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[OTHER]));
    bed.minutes(30);
    synced(&engine).await;
    let told = explained(&engine).await;
    assert!(!told.outdated, "{}", told.next);
    bed.minutes(30);
    synced(&engine).await;
    assert!(told.next.to_string().contains("nothing"), "{}", told.next);
}
