//! One payment of the source may be two entries of the ledger: a refund is a credit note and the payment on it, and what is too
//! much is a payment and a credit. Whatever becomes of it at the source while one of the two is there or in doubt, no second
//! paper is made for it, nothing stands open untold, and what is told to be done ends it.

use super::bed::{
    Bed, amount, carried, dec, doc, end, file, held, order, paid, retried, shop, sync, synced,
    tenant, text, verified, with,
};
use crossfoot::model::DocState;
use crossfoot::pipeline::ports::{Documents as _, PaymentNote};
use crossfoot::service::Engine;
use crossfoot::service::desk::settle::{WordAsk, look, send, settle, unsettle};
use serde_json::{Value, json};

const NOTES: (&str, &str) = ("refunds", "credit_note");
const WHO: &str = "jo@acme.example";

fn money(id: &str, sum: &str, day: &str) -> Value {
    with(paid(sum, day), json!({"id": id}))
}

fn back(id: &str, sum: &str) -> Value {
    let mut row = money(id, sum, "2026-07-13");
    row["refund_of"] = json!("80");
    row.as_object_mut().unwrap().remove("pay_status");
    row
}

/// An invoice of 110.00 that is posted with its payment.
async fn sold(words: &[(&str, &str)]) -> (Bed, Engine) {
    let bed = Bed::new(&file(words));
    let payments = json!([money("80", "110.00", "2026-07-11")]);
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({ "payments": payments }),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine)
}

fn adds(bed: &Bed, row: Value) {
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [row]}]}));
}

fn edits(bed: &Bed, row: Value) {
    bed.keap_edit(json!({"payments": [row]}));
}

async fn notes(engine: &Engine) -> Vec<PaymentNote> {
    let row = doc(engine, "1041").await;
    let note = engine.store().decision(&tenant(), &row.key).await.unwrap();
    note.unwrap().payments
}

/// Credit notes that stand: number, sum, open credit.
pub fn standing(bed: &Bed) -> Vec<(String, String, String)> {
    let all = bed.credit_notes();
    let stands = all.iter().filter(|n| n["Status"] != json!("VOIDED"));
    let sum = |v: &Value| dec(v).normalize().to_string();
    let one = |n: &Value| {
        let number = text(n, "CreditNoteNumber");
        (number, sum(&n["Total"]), sum(&n["RemainingCredit"]))
    };
    stands.map(one).collect()
}

pub async fn voids(bed: &Bed, number: &str) {
    let all = bed.credit_notes();
    let note = all.iter().find(|n| text(n, "CreditNoteNumber") == number);
    let path = format!(
        "CreditNotes/{}",
        text(note.expect("a note"), "CreditNoteID")
    );
    bed.person("POST", &path, json!({"Status": "VOIDED"})).await;
    bed.minutes(10);
}

pub async fn deletes_on(bed: &Bed, sum: &str, number: &str) {
    let books = bed.books();
    let on = |p: &Value| {
        let paper = [
            &p["Invoice"]["InvoiceNumber"],
            &p["CreditNote"]["CreditNoteNumber"],
        ];
        p["Status"] != json!("DELETED")
            && dec(&p["Amount"]) == amount(sum)
            && paper.iter().any(|n| **n == json!(number))
    };
    let all = books["payments"].as_array().unwrap();
    let one = all.iter().find(|p| on(p));
    let one = one.unwrap_or_else(|| panic!("no payment of {sum} on {number}: {all:#?}"));
    let path = format!("Payments/{}", text(one, "PaymentID"));
    bed.person("POST", &path, json!({"Status": "DELETED"}))
        .await;
    bed.minutes(10);
}

/// The law: one refund has one note; and while a note has open credit, the document is held, with a reason.
async fn law(bed: &Bed, engine: &Engine, at: &str) {
    let notes = standing(bed);
    assert!(notes.len() <= 1, "{at}: two papers for one: {notes:?}");
    let (state, code) = end(engine, "1041").await;
    if notes.iter().any(|(_, _, open)| open != "0") {
        assert_eq!(state, DocState::Held, "{at}: open credit untold: {notes:?}");
        assert!(!code.is_empty(), "{at}");
    }
}

/// How far the refund's entries are when the source changes it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Far {
    /// The note is posted, and its payment has not left.
    Half,
    /// The note is posted, and its payment may have left; it did not.
    PaymentLost,
    /// The note may have left; it did, or did not.
    NoteThere,
    NoteLost,
}

/// What the source, or the file, does then.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    Removes,
    Smaller,
    Larger,
    Anew,
    Skips,
}

async fn begins(far: Far) -> (Bed, Engine) {
    let (bed, engine) = sold(&[NOTES]).await;
    let rule = match far {
        Far::Half => json!({"path_contains": "Payments", "fault": {"429": {"retry_after": 300}}}),
        Far::PaymentLost => json!({"path_contains": "Payments", "fault": "drop_before"}),
        Far::NoteThere => json!({"path_contains": "CreditNotes", "fault": "drop_after"}),
        Far::NoteLost => json!({"path_contains": "CreditNotes", "fault": "drop_before"}),
    };
    let times = json!({"system": "xero", "method": "PUT", "times": 0});
    bed.fault(json!([with(times, rule)]));
    adds(&bed, back("90", "60.00"));
    let _ = sync(&engine).await;
    bed.heal().await;
    bed.minutes(6);
    (bed, engine)
}

fn does(bed: &Bed, what: Does) {
    match what {
        Does::Removes => edits(bed, json!({"id": "90", "remove": true})),
        Does::Smaller => edits(bed, json!({"id": "90", "amount": "40.00"})),
        Does::Larger => edits(bed, json!({"id": "90", "amount": "75.00"})),
        Does::Anew => {
            edits(bed, json!({"id": "90", "remove": true}));
            adds(bed, back("91", "60.00"));
        }
        Does::Skips => bed.tenant(&file(&[("refunds", "skip")])),
    }
}

/// What stands in the end: what the source says by then, paid out.
fn wanted(what: Does) -> Option<&'static str> {
    match what {
        Does::Removes | Does::Skips => None,
        Does::Smaller => Some("40"),
        Does::Larger => Some("75"),
        Does::Anew => Some("60"),
    }
}

async fn changed_halfway(far: Far, what: Does) {
    let at = format!("{far:?}, {what:?}");
    let (bed, engine) = begins(far).await;
    does(&bed, what);
    let _ = sync(&engine).await;
    law(&bed, &engine, &at).await;
    let (state, code) = end(&engine, "1041").await;
    let first = match far {
        Far::Half => "payment.half",
        _ => "payment.in_doubt",
    };
    assert_eq!((state, code.as_str()), (DocState::Held, first), "{at}");
    for _ in 0..3 {
        bed.minutes(20);
        let _ = sync(&engine).await;
        law(&bed, &engine, &at).await;
    }
    if far != Far::NoteLost {
        let told = doc(&engine, "1041").await.reason.unwrap();
        assert_eq!(told.code, "payment.half", "{at}: {told}");
        // Both entries are named, by number and sum.
        let (number, sum, _) = standing(&bed)[0].clone();
        assert_eq!(sum, "60", "{at}");
        assert!(
            told.what
                .contains(&format!("credit note {number} of 60.00")),
            "{at}: {told}"
        );
        assert!(told.what.contains("payment of 60.00"), "{at}: {told}");
        assert!(
            told.fix.contains(&format!("void the credit note {number}")),
            "{at}: {told}"
        );
        // Nothing was done about it: it stays as it is.
        retried(&engine).await;
        held(&engine, "1041", "payment.half", &number, "retry").await;
        law(&bed, &engine, &at).await;
        bed.minutes(10);
        voids(&bed, &number).await;
        retried(&engine).await;
    }
    verified(&engine, "1041").await;
    let end: Vec<(String, String)> = (standing(&bed).into_iter())
        .map(|(_, sum, open)| (sum, open))
        .collect();
    let want: Vec<(String, String)> = wanted(what)
        .map(|s| (s.into(), "0".into()))
        .into_iter()
        .collect();
    assert_eq!(end, want, "{at}");
    assert_eq!(bed.payments(), 1 + want.len(), "{at}");
    // It stays so.
    bed.minutes(40);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1 + want.len(), "{at}");
}

const DOES: [Does; 5] = [
    Does::Removes,
    Does::Smaller,
    Does::Larger,
    Does::Anew,
    Does::Skips,
];

#[tokio::test]
async fn a_refund_that_changes_while_its_note_is_there_and_its_payment_is_not() {
    for what in DOES {
        changed_halfway(Far::Half, what).await;
    }
}

#[tokio::test]
async fn a_refund_that_changes_while_what_pays_its_note_out_is_in_doubt() {
    for what in DOES {
        changed_halfway(Far::PaymentLost, what).await;
    }
}

#[tokio::test]
async fn a_refund_that_changes_while_its_note_is_in_doubt_and_is_there() {
    for what in DOES {
        changed_halfway(Far::NoteThere, what).await;
    }
}

#[tokio::test]
async fn a_refund_that_changes_while_its_note_is_in_doubt_and_is_not() {
    for what in DOES {
        changed_halfway(Far::NoteLost, what).await;
    }
}

#[tokio::test]
async fn a_refund_that_was_begun_and_did_not_change_is_finished() {
    for far in [Far::Half, Far::PaymentLost, Far::NoteThere, Far::NoteLost] {
        let (bed, engine) = begins(far).await;
        // An edit of the order that leaves the refund as it is, and one of the file.
        bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
        bed.tenant(&file(&[NOTES, ("overpayment", "hold")]));
        for _ in 0..4 {
            let _ = sync(&engine).await;
            assert!(standing(&bed).len() <= 1, "{far:?}");
            bed.minutes(20);
        }
        verified(&engine, "1041").await;
        let (_, sum, open) = standing(&bed)[0].clone();
        assert_eq!((sum.as_str(), open.as_str()), ("60", "0"), "{far:?}");
        assert_eq!(bed.payments(), 2, "{far:?}");
    }
}

#[tokio::test]
async fn a_change_that_is_taken_back_lets_the_half_go_on() {
    let (bed, engine) = begins(Far::Half).await;
    does(&bed, Does::Skips);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.half",
        "refunds",
        "refunds: credit_note",
    )
    .await;
    bed.tenant(&file(&[NOTES]));
    bed.minutes(10);
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((standing(&bed).len(), bed.payments()), (1, 2));
}

async fn refunded() -> (Bed, Engine, String) {
    let (bed, engine) = sold(&[NOTES]).await;
    adds(&bed, back("90", "60.00"));
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    let (number, ..) = standing(&bed)[0].clone();
    (bed, engine, number)
}

#[tokio::test]
async fn a_refund_that_is_gone_names_its_note_and_what_pays_it_out() {
    for half in [false, true] {
        let (bed, engine, number) = refunded().await;
        does(&bed, Does::Removes);
        synced(&engine).await;
        held(
            &engine,
            "1041",
            "payment.removed",
            &number,
            &format!("void the credit note {number}"),
        )
        .await;
        held(
            &engine,
            "1041",
            "payment.removed",
            "payment of 60.00",
            "delete the payment of 60.00",
        )
        .await;
        deletes_on(&bed, "60.00", &number).await;
        if half {
            // One half of the cure: the note stands open, and is told.
            retried(&engine).await;
            held(&engine, "1041", "payment.half", &number, "void").await;
            bed.minutes(10);
        }
        voids(&bed, &number).await;
        retried(&engine).await;
        verified(&engine, "1041").await;
        assert_eq!((standing(&bed), bed.payments()), (vec![], 1));
    }
}

#[tokio::test]
async fn a_refund_that_changed_is_made_anew_once_both_its_entries_are_out() {
    let (bed, engine, number) = refunded().await;
    does(&bed, Does::Smaller);
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        &number,
        &format!("void the credit note {number}"),
    )
    .await;
    deletes_on(&bed, "60.00", &number).await;
    retried(&engine).await;
    held(&engine, "1041", "payment.half", "is 40.00 now", &number).await;
    bed.minutes(10);
    voids(&bed, &number).await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    let now = (format!("{number}-2"), "40".to_owned(), "0".to_owned());
    assert_eq!((standing(&bed), bed.payments()), (vec![now], 2));
}

/// A note that people voided is not made anew by `retry`, and by `send` with what pays it out.
#[tokio::test]
async fn a_voided_note_is_made_anew_by_the_word_for_it_alone() {
    let (bed, engine, number) = refunded().await;
    deletes_on(&bed, "60.00", &number).await;
    voids(&bed, &number).await;
    bed.minutes(30);
    synced(&engine).await;
    held(&engine, "1041", "payment.deleted", "60.00", "send").await;
    retried(&engine).await;
    held(&engine, "1041", "payment.deleted", "60.00", "send").await;
    says_send(&engine, "90").await.unwrap();
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    let now = (format!("{number}-2"), "60".to_owned(), "0".to_owned());
    assert_eq!((standing(&bed), bed.payments()), (vec![now], 2));
}

/// The refund's own id, or the payment's, as it is told.
async fn named(engine: &Engine, own: &str) -> String {
    let all = notes(engine).await;
    let of = |n: &&PaymentNote| match own {
        "90" => !n.id.contains('-') || n.id.starts_with("90"),
        own => n.id.starts_with(own),
    };
    all.iter().find(of).expect("it is told").id.clone()
}

async fn says_send(engine: &Engine, own: &str) -> Result<(), String> {
    let id = named(engine, own).await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", &id, "another one", WHO);
    send(engine, &loaded, ask)
        .await
        .map(|_| ())
        .map_err(|e| e.what)
}

/// What a person put to our own note is settled with it, and ours does not go beside it.
#[tokio::test]
async fn what_a_person_paid_out_on_our_note_is_the_same() {
    let (bed, engine) = begins(Far::Half).await;
    let note = bed.credit_notes()[0].clone();
    let by_hand = json!({"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Account": {"Code": "090"},
        "Date": "2026-07-13", "Amount": 60.0});
    bed.person("PUT", "Payments", by_hand).await;
    bed.minutes(10);
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "60", "settle").await;
    let id = named(&engine, "90").await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", &id, "the same one", WHO);
    let looked = look(&engine, &loaded, ask)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    settle(&engine, ask, looked)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    assert_eq!((standing(&bed).len(), bed.payments()), (1, 2));
}

/// One half of what is to be done is done, and the file leaves the payment out: the other half is told.
#[tokio::test]
async fn a_payment_that_is_left_out_leaves_neither_of_its_entries_behind() {
    let (bed, engine) = split().await;
    edits(&bed, json!({"id": "80", "amount": "160.00"}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        "160.00",
        "credit of 40.00",
    )
    .await;
    bed.rule("no_cheques.rhai", NO_CHEQUES);
    let words = [
        ("overpayment", "as_overpayment"),
        ("rules", "[rules/no_cheques.rhai]"),
    ];
    bed.tenant(&file(&words));
    deletes_on(&bed, "110.00", "1041").await;
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.half",
        "credit of 40.00",
        "delete the credit of 40.00",
    )
    .await;
    bed.minutes(10);
    credit_out(&bed);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), credits(&bed)), (0, 0));
}

#[tokio::test]
async fn a_credit_that_was_deleted_alone_is_told_as_half_and_both_are_made_anew() {
    let (bed, engine) = split().await;
    edits(&bed, json!({"id": "80", "amount": "160.00"}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "payment.changed",
        "160.00",
        "credit of 40.00",
    )
    .await;
    credit_out(&bed);
    // Then the source is set back: of 150.00 only 110.00 is in the ledger.
    edits(&bed, json!({"id": "80", "amount": "150.00"}));
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "payment.half",
        "payment of 110.00",
        "delete the payment of 110.00",
    )
    .await;
    deletes_on(&bed, "110.00", "1041").await;
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), credits(&bed)), (1, 1));
}

/// A payment of 150.00 on an invoice of 110.00, both its entries posted.
async fn split() -> (Bed, Engine) {
    let bed = Bed::new(&file(&[("overpayment", "as_overpayment")]));
    permit(&bed);
    let payments = json!([money("80", "150.00", "2026-07-11")]);
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({ "payments": payments }),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    (bed, engine)
}

fn permit(bed: &Bed) {
    let scopes = crossfoot::connectors::xero::connect::SCOPES.join(" ");
    let scopes = format!("{scopes} accounting.banktransactions");
    let token = json!({"app": super::support::XERO_CLIENT, "tenants": [super::bed::ORG], "access": "xa1", "refresh": "xr1", "scopes": scopes});
    bed.plane
        .seed("xero", json!({ "tokens": [token] }))
        .unwrap();
}

fn credits(bed: &Bed) -> usize {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    all.iter().filter(|t| t["Status"] == "AUTHORISED").count()
}

/// A person deletes the credit in the ledger.
fn credit_out(bed: &Bed) {
    let books = bed.books();
    let all = books["bank_transactions"].as_array().unwrap();
    let one = all.iter().find(|t| t["Status"] == "AUTHORISED").unwrap();
    let path = format!(
        "/xero/api.xro/2.0/BankTransactions/{}",
        text(one, "BankTransactionID")
    );
    let mut headers = http::HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer xa1"),
        ("xero-tenant-id", bed.organisation.as_str()),
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    permit(bed);
    let body = json!({"Status": "DELETED"}).to_string().into();
    let answer = bed.plane.call(http::Method::POST, &path, headers, body);
    let reply = futures::executor::block_on(answer).reply().unwrap();
    assert!(reply.status.is_success(), "{:?}", reply.body);
    bed.minutes(10);
}

/// The payment is there and its credit was yet to go: an edit of the order finishes it.
#[tokio::test]
async fn a_credit_that_was_yet_to_go_goes() {
    let bed = Bed::new(&file(&[("overpayment", "as_overpayment")]));
    permit(&bed);
    bed.fault(
        json!([{"system": "xero", "method": "PUT", "path_contains": "BankTransactions", "times": 0,
        "fault": {"429": {"retry_after": 300}}}]),
    );
    let payments = json!([money("80", "150.00", "2026-07-11")]);
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({ "payments": payments }),
    )]));
    let engine = bed.engine().await;
    let _ = sync(&engine).await;
    assert_eq!((bed.payments(), credits(&bed)), (1, 0));
    bed.heal().await;
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hired"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((bed.payments(), credits(&bed)), (1, 1));
}

/// A payment that vanished while its credit is in doubt: nothing goes until that is known, and then both are named.
#[tokio::test]
async fn a_payment_that_is_gone_while_its_credit_is_in_doubt() {
    for (fault, there) in [("drop_after", true), ("drop_before", false)] {
        let bed = Bed::new(&file(&[("overpayment", "as_overpayment")]));
        permit(&bed);
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "BankTransactions", "times": 0, "fault": fault}]));
        let payments = json!([money("80", "150.00", "2026-07-11")]);
        bed.keap(shop(vec![with(
            order(1, 1041, "2026-07-10"),
            json!({ "payments": payments }),
        )]));
        let engine = bed.engine().await;
        let _ = sync(&engine).await;
        bed.heal().await;
        bed.minutes(6);
        edits(&bed, json!({"id": "80", "remove": true}));
        adds(&bed, money("81", "110.00", "2026-07-11"));
        let _ = sync(&engine).await;
        held(
            &engine,
            "1041",
            "payment.in_doubt",
            "credit of 40.00",
            "nothing",
        )
        .await;
        assert_eq!(bed.payments(), 1, "{fault}");
        for _ in 0..3 {
            bed.minutes(20);
            let _ = sync(&engine).await;
        }
        let credit = if there {
            "credit of 40.00"
        } else {
            "80-1 of 110.00"
        };
        held(&engine, "1041", "payment.removed", credit, "by hand").await;
        assert_eq!(
            (bed.payments(), credits(&bed)),
            (1, usize::from(there)),
            "{fault}"
        );
    }
}

/// A single payment that is removed and entered under another id while it is in doubt goes once.
#[tokio::test]
async fn a_payment_that_is_entered_anew_while_it_is_in_doubt_goes_once() {
    for (fault, code) in [("drop_after", "payment.removed"), ("drop_before", "")] {
        let (bed, engine) = super::bed::begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": "Payments", "times": 0, "fault": fault}]));
        adds(&bed, money("80", "50.00", "2026-07-11"));
        let _ = sync(&engine).await;
        bed.heal().await;
        bed.minutes(6);
        edits(&bed, json!({"id": "80", "remove": true}));
        adds(&bed, money("81", "50.00", "2026-07-11"));
        let _ = sync(&engine).await;
        held(&engine, "1041", "payment.in_doubt", "50.00", "nothing").await;
        for _ in 0..3 {
            bed.minutes(20);
            let _ = sync(&engine).await;
        }
        assert_eq!(bed.payments(), 1, "{fault}");
        assert_eq!(end(&engine, "1041").await.1, code, "{fault}");
    }
}

const NO_CHEQUES: &str = "/// Leaves out what was paid by cheque.\n/// @example { method: \"Check\" } => skip\n\
    fn select_payment(payment, invoice) {\n    if payment.method == \"Check\" { return skip(\"a cheque\"); }\n    keep()\n}\n";

/// A cheque of 60.00 that a rule leaves out, and a card payment of 50.00 that a person entered in parts.
#[tokio::test]
async fn what_a_rule_leaves_out_is_no_room_for_a_payment_that_was_entered_in_parts() {
    let words = [("rules", "[rules/no_cheques.rhai]")];
    let bed = Bed::new(&file(&words));
    bed.rule("no_cheques.rhai", NO_CHEQUES);
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    let invoice = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    for part in ["20.00", "30.00"] {
        let body = json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": part});
        bed.person("PUT", "Payments", body).await;
    }
    bed.minutes(30);
    let card = with(
        money("81", "50.00", "2026-07-12"),
        json!({"type": "Credit Card"}),
    );
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [money("80", "60.00", "2026-07-11"), card]}]}));
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50", "settle").await;
    assert_eq!(bed.payments(), 2, "it was not posted a second time");
}

#[tokio::test]
async fn a_word_that_a_payment_goes_is_about_the_sum_that_was_shown() {
    let (bed, engine) = super::bed::begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    let invoice = text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let body = json!({"Invoice": {"InvoiceID": invoice}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", body).await;
    bed.minutes(10);
    adds(&bed, money("80", "50.00", "2026-07-12"));
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "50", "send").await;
    says_send(&engine, "80").await.unwrap();
    edits(&bed, json!({"id": "80", "amount": "55.00"}));
    bed.minutes(10);
    carried(&engine, "1041").await;
    held(&engine, "1041", "payment.other", "50", "send").await;
    assert_eq!(bed.payments(), 1, "nobody was shown 55.00");
    says_send(&engine, "80").await.unwrap();
    carried(&engine, "1041").await;
    assert_eq!(bed.payments(), 2);
    verified(&engine, "1041").await;
}

/// What was deleted in the ledger is made anew by a word about its sum.
#[tokio::test]
async fn a_word_that_a_deleted_payment_goes_is_about_its_sum() {
    let (bed, engine) = sold(&[]).await;
    bed.deletes_payment().await;
    bed.minutes(30);
    synced(&engine).await;
    held(&engine, "1041", "payment.deleted", "110.00", "send").await;
    says_send(&engine, "80").await.unwrap();
    edits(&bed, json!({"id": "80", "amount": "100.00"}));
    bed.minutes(10);
    synced(&engine).await;
    assert_eq!(bed.payments(), 0, "nobody was shown 100.00");
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
}

#[tokio::test]
async fn what_the_ledger_never_got_is_not_credited() {
    let words = [("rules", "[rules/no_cheques.rhai]"), NOTES];
    let bed = Bed::new(&file(&words));
    bed.rule("no_cheques.rhai", NO_CHEQUES);
    let card = |row: Value| with(row, json!({"type": "Credit Card"}));
    let payments = json!([
        money("80", "110.00", "2026-07-11"),
        card(back("90", "60.00"))
    ]);
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({ "payments": payments }),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "refund.not_received",
        "no more than 0.00",
        "settle",
    )
    .await;
    assert_eq!((bed.payments(), standing(&bed)), (0, vec![]));
    // Its cure, carried out: the note is entered by hand, and it is the same.
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": "60.00", "AccountCode": "200"}]}]});
    bed.person("PUT", "CreditNotes", note).await;
    super::bed::pays_out(&bed, "60.00").await;
    bed.minutes(10);
    super::bed::settled(&engine, "1041").await;
    assert_ne!(end(&engine, "1041").await.0, DocState::Held);
}

/// A refund that was settled by hand and is gone takes nothing off what the document owes.
#[tokio::test]
async fn a_settled_refund_that_is_gone_is_a_refund() {
    let (bed, engine) = sold(&[("refunds", "hold")]).await;
    adds(&bed, back("90", "60.00"));
    synced(&engine).await;
    held(&engine, "1041", "refund.hold", "", "settle").await;
    let contact = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let note = json!({"CreditNotes": [{"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-7", "Contact": {"ContactID": contact}, "Date": "2026-07-14", "Status": "AUTHORISED",
        "LineAmountTypes": "NoTax", "LineItems": [{"Description": "back", "Quantity": 1, "UnitAmount": "60.00", "AccountCode": "200"}]}]});
    bed.person("PUT", "CreditNotes", note).await;
    super::bed::pays_out(&bed, "60.00").await;
    bed.minutes(10);
    let id = named(&engine, "90").await;
    super::bed::settled(&engine, "1041").await;
    bed.minutes(10);
    does(&bed, Does::Removes);
    synced(&engine).await;
    held(&engine, "1041", "payment.removed", "refund", "unsettle").await;
    held(&engine, "1041", "payment.removed", "CN-7", "unsettle").await;
    let row = doc(&engine, "1041").await.key;
    let note = engine
        .store()
        .decision(&tenant(), &row)
        .await
        .unwrap()
        .unwrap();
    let balance = note.balance.unwrap();
    assert_eq!((balance.source, balance.ledger), (amount("0"), amount("0")));
    super::bed::unpays(&bed, "CN-7").await;
    voids(&bed, "CN-7").await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ask = WordAsk::payment("1041", &id, "it is gone", WHO);
    unsettle(&engine, &loaded, ask)
        .await
        .unwrap_or_else(|e| panic!("{}", e.what));
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
}

/// The process dies around the n-th request of a kind of papers: before the bytes arrive, or after.
async fn dies(bed: &Bed, engine: Engine, path: &'static str, arrives: bool) -> Engine {
    let dead = std::sync::Arc::new(tokio::sync::Notify::new());
    let told = dead.clone();
    let is_it = move |r: &crossfoot::connectors::http::HttpRequest| {
        r.method == "PUT" && r.url.contains(path)
    };
    if !arrives {
        bed.fault(json!([{"system": "xero", "method": "PUT", "path_contains": path, "times": 0, "fault": "drop_before"}]));
    }
    bed.transport.before(move |r| {
        if is_it(r) {
            told.notify_one();
        }
    });
    tokio::select! {
        biased;
        () = dead.notified() => {}
        done = sync(&engine) => panic!("nothing was sent: {done:?}"),
    }
    bed.transport.before(|_| {});
    bed.heal().await;
    engine.store().close().await;
    drop(engine);
    bed.minutes(6);
    bed.engine_off().await
}

/// What is told is done by hand, whatever it is, until nothing is held.
async fn cured(bed: &Bed, engine: &Engine, at: &str) {
    for _ in 0..6 {
        let row = doc(engine, "1041").await;
        let Some(why) = row.reason.filter(|_| row.state == DocState::Held) else {
            return;
        };
        law(bed, engine, at).await;
        if why.code == "payment.in_doubt" {
            bed.minutes(20);
            let _ = sync(engine).await;
            continue;
        }
        let codes = ["payment.half", "payment.removed", "payment.changed"];
        assert!(codes.contains(&why.code.as_str()), "{at}: {why}");
        assert!(why.fix.contains("void the credit note"), "{at}: {why}");
        let (number, sum, open) = standing(bed)[0].clone();
        if open == "0" {
            assert!(why.fix.contains("delete the payment of"), "{at}: {why}");
            deletes_on(bed, &sum, &number).await;
        }
        voids(bed, &number).await;
        retried(engine).await;
    }
    panic!("{at}: {:?}", doc(engine, "1041").await.reason);
}

/// Whatever dies around either entry, and whatever the source does before anybody looks.
#[tokio::test]
async fn a_death_between_the_two_entries_and_a_change_at_the_source() {
    for (path, arrives) in [
        ("CreditNotes", true),
        ("CreditNotes", false),
        ("Payments", true),
        ("Payments", false),
    ] {
        for what in DOES {
            let at = format!("{path} {arrives}, {what:?}");
            let (bed, engine) = sold(&[NOTES]).await;
            adds(&bed, back("90", "60.00"));
            let engine = dies(&bed, engine, path, arrives).await;
            does(&bed, what);
            for _ in 0..3 {
                let _ = sync(&engine).await;
                law(&bed, &engine, &at).await;
                bed.minutes(20);
            }
            cured(&bed, &engine, &at).await;
            verified(&engine, "1041").await;
            let sums: Vec<(String, String)> = (standing(&bed).into_iter())
                .map(|(_, sum, open)| (sum, open))
                .collect();
            let want: Vec<(String, String)> = (wanted(what).into_iter())
                .map(|s| (s.to_owned(), "0".to_owned()))
                .collect();
            // What was there whole when the file began to skip refunds stays.
            let stays = what == Does::Skips && sums == [("60".to_owned(), "0".to_owned())];
            assert!(sums == want || stays, "{at}: {sums:?}");
            assert_eq!(bed.payments(), 1 + sums.len(), "{at}");
        }
    }
}

/// A note that people voided before what pays it out had left is not made anew by `retry` either.
#[tokio::test]
async fn a_note_that_was_voided_halfway_waits_for_the_word_for_it() {
    let (bed, engine) = begins(Far::Half).await;
    let (number, ..) = standing(&bed)[0].clone();
    voids(&bed, &number).await;
    bed.minutes(30);
    for _ in 0..2 {
        let _ = sync(&engine).await;
        held(&engine, "1041", "payment.deleted", "60.00", "send").await;
        retried(&engine).await;
        held(&engine, "1041", "payment.deleted", "60.00", "send").await;
        bed.minutes(10);
    }
    assert_eq!((standing(&bed), bed.payments()), (vec![], 1));
    says_send(&engine, "90").await.unwrap();
    carried(&engine, "1041").await;
    verified(&engine, "1041").await;
    let now = (format!("{number}-2"), "60".to_owned(), "0".to_owned());
    assert_eq!((standing(&bed), bed.payments()), (vec![now], 2));
}

/// What pays a note out is deleted alone: told with the note, and whatever a person says of it ends it.
#[tokio::test]
async fn a_payout_that_was_deleted_alone_is_told_with_its_note_and_each_word_ends_it() {
    for word in ["send", "settle", "unseen"] {
        let (bed, engine, number) = refunded().await;
        deletes_on(&bed, "60.00", &number).await;
        bed.minutes(30);
        synced(&engine).await;
        let stands = format!("the credit note {number} of 60.00 stands there, and is not paid out");
        held(
            &engine,
            "1041",
            "payment.deleted",
            &stands,
            "crossfoot send",
        )
        .await;
        let out = format!("the payment of 60.00 on {number} was posted");
        held(&engine, "1041", "payment.deleted", &out, "crossfoot settle").await;
        retried(&engine).await;
        held(
            &engine,
            "1041",
            "payment.deleted",
            &stands,
            "crossfoot send",
        )
        .await;
        let by_hand = WordAsk::payment("1041", "", "the bookkeeper said so", WHO);
        let id = named(&engine, "90").await;
        let ask = WordAsk {
            payment: Some(&id),
            unseen: word == "unseen",
            ..by_hand
        };
        match word {
            "send" => says_send(&engine, "90").await.unwrap(),
            _ => {
                let note = bed.credit_notes()[0].clone();
                let entry = json!({"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Account": {"Code": "090"},
                    "Date": "2026-07-13", "Amount": 60.0});
                if word == "settle" {
                    bed.person("PUT", "Payments", entry).await;
                    bed.minutes(10);
                }
                let loaded = engine.workspace().load(&tenant()).unwrap();
                let looked = look(&engine, &loaded, ask).await;
                let looked = looked.unwrap_or_else(|e| panic!("{word}: {}", e.what));
                let said = settle(&engine, ask, looked).await;
                said.unwrap_or_else(|e| panic!("{word}: {}", e.what));
            }
        }
        carried(&engine, "1041").await;
        for _ in 0..2 {
            verified(&engine, "1041").await;
            bed.minutes(31);
            synced(&engine).await;
        }
        let paid_out = if word == "unseen" {
            ("60", 1)
        } else {
            ("0", 2)
        };
        let (_, sum, open) = standing(&bed)[0].clone();
        assert_eq!(
            (sum.as_str(), open.as_str(), standing(&bed).len()),
            ("60", paid_out.0, 1),
            "{word}"
        );
        assert_eq!(bed.payments(), paid_out.1, "{word}");
    }
}
