//! Words that persons said since a backup was made are lost with what came after it. What such a word kept back is not made
//! without another one: it is held and named, until the word is said again or a person has it go.

use super::bed::{
    Bed, carried, doc, end, file, held, order, paid, shop, synced, tenant, text, verified, with,
};
use super::scenes::{kept, put_back, quiet};
use crossfoot::model::DocState;
use crossfoot::service::desk::retry::retry;
use crossfoot::service::desk::settle::{WordAsk, look, settle, skip, unsettle};
use crossfoot::service::desk::word::Which;
use crossfoot::service::{Engine, Loaded};
use serde_json::json;
use tempfile::TempDir;

const WHO: &str = "jo@acme.example";
const WHY: &str = "entered by hand";
const HOLDS: (&str, &str) = ("refunds", "hold");
const MAKES: (&str, &str) = ("refunds", "credit_note");

fn loaded(engine: &Engine) -> Loaded {
    engine.workspace().load(&tenant()).unwrap()
}

/// An invoice of 110.00 that is posted with its payment; a backup; then money is paid back, which the file has a person book.
async fn paid_back(sum: &str) -> (Bed, Engine, TempDir, String) {
    let bed = Bed::new(&file(&[HOLDS]));
    let sale = with(paid("110.00", "2026-07-11"), json!({"id": "80"}));
    let row = with(order(1, 1041, "2026-07-10"), json!({"payments": [sale]}));
    bed.keap(shop(vec![row]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    let (engine, copy) = kept(&bed, engine).await;
    let mut back = with(
        paid(sum, "2026-07-13"),
        json!({"id": "90", "refund_of": "80"}),
    );
    back.as_object_mut().unwrap().remove("pay_status");
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [back]}]}));
    synced(&engine).await;
    held(&engine, "1041", "refund.hold", "", "crossfoot settle").await;
    let all = super::story_resummed::notes(&engine).await;
    let refund = all.iter().find(|p| p.state == "held").unwrap().id.clone();
    (bed, engine, copy, refund)
}

/// A person enters a credit note in the ledger, and pays it out.
async fn enters_note(bed: &Bed, sum: &str) -> String {
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": sum, "AccountCode": "200"}]}]});
    bed.minutes(10);
    let made = bed.person("PUT", "CreditNotes", note).await;
    let id = text(&made["CreditNotes"][0], "CreditNoteID");
    let out = json!({"CreditNote": {"CreditNoteID": id}, "Account": {"Code": "090"}, "Date": "2026-07-14", "Amount": sum});
    bed.person("PUT", "Payments", out).await;
    bed.minutes(10);
    id
}

async fn settles(engine: &Engine, ask: WordAsk<'_>) {
    let looked = look(engine, &loaded(engine), ask).await;
    let looked = looked.unwrap_or_else(|e| panic!("{}", e.what));
    let said = settle(engine, ask, looked).await;
    said.unwrap_or_else(|e| panic!("{}", e.what));
    carried(engine, ask.number).await;
}

/// The backup is put back, and whatever may go has gone.
async fn goes_back(bed: &Bed, engine: Engine, copy: &TempDir) -> Engine {
    let engine = put_back(bed, engine, copy).await;
    quiet(bed, &engine).await;
    bed.minutes(20);
    synced(&engine).await;
    engine
}

/// What stands of credit notes.
fn notes(bed: &Bed) -> usize {
    super::story_entries::standing(bed).len()
}

async fn lost(engine: &Engine, what: &str, fix: &str) {
    held(engine, "1041", "word.lost", what, fix).await;
}

#[tokio::test]
async fn a_refund_that_was_settled_unseen_is_not_made_after_a_backup_is_put_back() {
    let (bed, engine, copy, refund) = paid_back("110.00").await;
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &refund, WHY, WHO)
    };
    settles(&engine, ask).await;
    verified(&engine, "1041").await;
    // From now on they are made: what was settled is not.
    bed.tenant(&file(&[MAKES]));
    bed.minutes(30);
    synced(&engine).await;
    assert_eq!(notes(&bed), 0);
    let engine = goes_back(&bed, engine, &copy).await;
    assert_eq!(notes(&bed), 0, "{:?}", end(&engine, "1041").await);
    lost(&engine, "settled by hand", "--unseen").await;
    // A retry of all that is held is no word on it.
    super::bed::retried(&engine).await;
    lost(&engine, WHO, "crossfoot retry TENANT NUMBER").await;
    // Said again it is as it was.
    settles(&engine, ask).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(notes(&bed), 0);
}

#[tokio::test]
async fn a_refund_that_was_settled_with_a_note_of_another_sum_is_not_made_beside_it() {
    let (bed, engine, copy, refund) = paid_back("40.00").await;
    let note = enters_note(&bed, "44.00").await;
    let ask = WordAsk {
        entry: Some(&note),
        ..WordAsk::payment("1041", &refund, WHY, WHO)
    };
    settles(&engine, ask).await;
    bed.tenant(&file(&[MAKES]));
    bed.minutes(30);
    let engine = goes_back(&bed, engine, &copy).await;
    assert_eq!(notes(&bed), 1, "{:?}", end(&engine, "1041").await);
    lost(&engine, "44.00", &format!("--as {note}")).await;
    settles(&engine, ask).await;
    assert_eq!(notes(&bed), 1);
}

#[tokio::test]
async fn a_person_has_it_go_all_the_same() {
    let (bed, engine, copy, refund) = paid_back("110.00").await;
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &refund, WHY, WHO)
    };
    settles(&engine, ask).await;
    bed.tenant(&file(&[MAKES]));
    bed.minutes(30);
    let engine = goes_back(&bed, engine, &copy).await;
    lost(&engine, "settled by hand", "crossfoot retry").await;
    let one = ["1041".to_owned()];
    let said = retry(&engine, &tenant(), Which::Numbers(&one), WHO).await;
    assert_eq!(said.unwrap().done, one);
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!(notes(&bed), 1);
    // The same backup once more: what was said of it since counts, and it is not held again.
    let engine = goes_back(&bed, engine, &copy).await;
    assert_ne!(end(&engine, "1041").await.1, "word.lost");
    assert_eq!(notes(&bed), 1);
}

#[tokio::test]
async fn a_word_that_was_taken_back_before_is_not_missed() {
    let (bed, engine, copy, refund) = paid_back("110.00").await;
    let ask = WordAsk {
        unseen: true,
        ..WordAsk::payment("1041", &refund, WHY, WHO)
    };
    settles(&engine, ask).await;
    let back = unsettle(&engine, &loaded(&engine), ask).await;
    back.unwrap_or_else(|e| panic!("{}", e.what));
    let engine = goes_back(&bed, engine, &copy).await;
    held(&engine, "1041", "refund.hold", "", "crossfoot settle").await;
}

#[tokio::test]
async fn a_document_that_was_left_out_or_settled_is_not_made_after_a_backup_is_put_back() {
    for unseen in [false, true] {
        let bed = Bed::new(&file(&[("accounts", "[{ else: hold }]")]));
        let engine = bed.engine().await;
        let (engine, copy) = kept(&bed, engine).await;
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        synced(&engine).await;
        assert_eq!(end(&engine, "1041").await.0, DocState::Held);
        let ask = WordAsk::document("1041", WHY, WHO);
        match unseen {
            true => settles(&engine, WordAsk { unseen, ..ask }).await,
            false => {
                let said = skip(&engine, &loaded(&engine), ask).await;
                said.unwrap_or_else(|e| panic!("{}", e.what));
                carried(&engine, "1041").await;
            }
        }
        bed.tenant(&file(&[]));
        bed.minutes(30);
        synced(&engine).await;
        assert_eq!(bed.invoices(), 0);
        let engine = goes_back(&bed, engine, &copy).await;
        assert_eq!(bed.invoices(), 0, "{:?}", end(&engine, "1041").await);
        let (what, fix) = match unseen {
            true => ("settled by hand", "crossfoot settle TENANT NUMBER --unseen"),
            false => ("left out", "crossfoot skip TENANT NUMBER"),
        };
        lost(&engine, what, fix).await;
        let one = ["1041".to_owned()];
        let said = retry(&engine, &tenant(), Which::Numbers(&one), WHO).await;
        said.unwrap();
        carried(&engine, "1041").await;
        verified(&engine, "1041").await;
        assert_eq!(bed.invoices(), 1);
        assert!(doc(&engine, "1041").await.reason.is_none());
    }
}

/// What is there of what the machine remembers beside the workspace.
#[tokio::test]
async fn where_the_machine_remembers_no_word_what_looks_like_the_refund_holds_it_all_the_same() {
    let (bed, engine, copy, refund) = paid_back("110.00").await;
    enters_note(&bed, "110.00").await;
    settles(&engine, WordAsk::payment("1041", &refund, WHY, WHO)).await;
    bed.tenant(&file(&[MAKES]));
    bed.minutes(30);
    let state = bed.folder.path().join(".state");
    for entry in std::fs::read_dir(&state).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|x| x == "words") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let engine = goes_back(&bed, engine, &copy).await;
    assert_eq!(notes(&bed), 1, "{:?}", end(&engine, "1041").await);
    held(&engine, "1041", "refund.other", "110", "crossfoot settle").await;
}

/// What was changed in the ledger since a backup is what a resend is told to change: not what the backup knew.
#[tokio::test]
async fn a_resend_after_a_backup_was_put_back_reads_the_ledgers_copy_first() {
    use crossfoot::service::desk::resend::would_resend;
    let other = |code: &str| format!("[{{ else: \"{code}\" }}]");
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    bed.xero(
        json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"},
        {"Code": "202", "Name": "More sales", "Type": "REVENUE"}]}),
    );
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    let (engine, copy) = kept(&bed, engine).await;
    bed.tenant(&file(&[("accounts", &other("201"))]));
    assert_eq!(super::story_resend::resent(&engine, None).await, ["1041"]);
    bed.minutes(30);
    let engine = goes_back(&bed, engine, &copy).await;
    // It is there as the file makes it.
    let told = would_resend(&engine, &loaded(&engine), &[], None)
        .await
        .unwrap();
    assert!(told.documents.is_empty(), "{:?}", told.documents);
    bed.tenant(&file(&[("accounts", &other("202"))]));
    let told = would_resend(&engine, &loaded(&engine), &[], None)
        .await
        .unwrap();
    let change = &told.documents[0].changes[0];
    assert_eq!(
        (change.was.as_str(), change.becomes.as_str()),
        ("201", "202")
    );
}
