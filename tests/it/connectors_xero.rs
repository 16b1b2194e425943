//! Xero: what is written, what comes back, and what is made of it.

use crate::support::{World, http_over, noon};
use chrono::{DateTime, NaiveDate, Utc};
use crossfoot::clock::TestClock;
use crossfoot::connectors::xero::errors::classify;
use crossfoot::connectors::xero::{Xero, choices};
use crossfoot::connectors::{
    Ask, CallError, Cursor, Encoded, Outcome, Posted, Reads, RefusalClass, UpdateOf, Write, Writes,
};
use crossfoot::model::{
    AccountRef, Address, ContactDraft, Currency, Draft, InvoiceDraft, Kind, LineDraft,
    PaymentDraft, PaymentKind, Phones, Standing, Start, TaxMode,
};
use rust_decimal::Decimal;
use serde_json::json;
use std::sync::Arc;

/// The contacts that changed since a time, or since a cursor.
pub fn contacts_changed(since: Option<DateTime<Utc>>, cursor: Option<Cursor>) -> Ask {
    Ask::Changed {
        kind: Kind::Contact,
        cursor,
        since,
        start: Start::Beginning,
    }
}

pub fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn marker(n: usize) -> String {
    format!("MARKER{n:014}").chars().take(20).collect()
}

pub fn write(n: usize, draft: Draft) -> Write {
    Write {
        marker: marker(n),
        draft,
        contact_id: String::new(),
        contact_number: String::new(),
        document_id: String::new(),
        of_credit_note: false,
        update: None,
    }
}

pub fn contact(n: usize, name: &str) -> Write {
    let draft = ContactDraft {
        name: name.to_owned(),
        first_name: "Jo".to_owned(),
        last_name: "O'Neill".to_owned(),
        email: "jo@example.com".to_owned(),
        phones: Phones {
            default: "02 5550 1234".to_owned(),
            mobile: "0400 555 123".to_owned(),
        },
        billing: Address {
            lines: vec!["Level 2".to_owned(), "1 Quay St".to_owned()],
            city: "Sydney".to_owned(),
            region: "NSW".to_owned(),
            postal_code: "2000".to_owned(),
            country: "Australia".to_owned(),
        },
        ..ContactDraft::default()
    };
    Write {
        contact_number: format!("keap-{n}"),
        ..write(n, Draft::Contact(draft))
    }
}

pub fn line(description: &str, quantity: &str, unit: &str) -> LineDraft {
    LineDraft {
        description: description.to_owned(),
        quantity: d(quantity),
        unit_amount: d(unit),
        account: "200".to_owned(),
        tax: "OUTPUT".to_owned(),
        ..LineDraft::default()
    }
}

pub fn invoice(n: usize, contact: &str, number: &str, lines: Vec<LineDraft>) -> Write {
    let draft = InvoiceDraft {
        kind: Kind::Invoice,
        number: number.to_owned(),
        reference: "PO 7".to_owned(),
        date: day("2026-07-14"),
        due: Some(day("2026-07-28")),
        status: "AUTHORISED".to_owned(),
        currency: Currency::new("AUD").unwrap(),
        tax_mode: TaxMode::Exclusive,
        lines,
        subtotal: d("0"),
        total_tax: d("0"),
        total: d("0"),
        paid_from: None,
    };
    Write {
        contact_id: contact.to_owned(),
        ..write(n, Draft::Invoice(draft))
    }
}

pub fn payment(n: usize, document: &str, amount: &str, account: &str) -> Write {
    let draft = PaymentDraft {
        source_payment: n.to_string(),
        kind: PaymentKind::Payment,
        date: day("2026-07-15"),
        amount: d(amount),
        currency: Currency::new("AUD").unwrap(),
        account: AccountRef::Id(account.to_owned()),
        reference: "Card".to_owned(),
        method: "Card".to_owned(),
    };
    Write {
        document_id: document.to_owned(),
        ..write(n, Draft::Payment(draft))
    }
}

pub fn made(outcome: &Outcome) -> &Posted {
    match outcome {
        Outcome::Made(posted) => posted,
        Outcome::Refused(why) => panic!("refused: {why:?}"),
    }
}

pub async fn post(world: &World, writes: &[Write], key: &str) -> Result<Vec<Outcome>, CallError> {
    let xero = Xero::new();
    let encoded = xero.encode(writes).unwrap();
    xero.post(&world.xero(), &encoded, key).await
}

pub async fn a_bank(world: &World) -> String {
    let chart = Xero::new().chart(&world.xero()).await.unwrap();
    let bank = chart.accounts.iter().find(|a| a.bank && a.active).unwrap();
    bank.id.clone()
}

const SOMEONE: &str = "5b96e86b-418e-48e8-8949-308c14aec278";

#[tokio::test]
async fn an_invoice_goes_over_with_its_contact_and_its_payment_and_is_found_again() {
    let world = World::new();
    let xero = Xero::new();
    let made_contact = post(&world, &[contact(1, "Jo O'Neill & Söhne")], "k1")
        .await
        .unwrap();
    let contact_id = made(&made_contact[0]).id.clone();
    let lines = vec![
        line("A", "1", "25.06"),
        line("B", "1", "25.61"),
        line("C", "1", "25.63"),
    ];
    let writes = [
        invoice(2, &contact_id, "1041", lines),
        invoice(
            3,
            &contact_id,
            "1042",
            vec![line("Half an hour", "0.5", "99.9999")],
        ),
    ];
    let outcomes = post(&world, &writes, "k2").await.unwrap();
    let first = made(&outcomes[0]).clone();
    assert_eq!(first.number, "1041");
    assert_eq!(first.total, Some(d("83.93")));
    let bank = a_bank(&world).await;
    let paid = post(&world, &[payment(4, &first.id, "83.93", &bank)], "k3")
        .await
        .unwrap();
    assert_eq!(made(&paid[0]).total, Some(d("83.93")));

    let numbers = vec!["1041".to_owned(), "1042".to_owned(), "9".to_owned()];
    let ask = Ask::Numbers {
        kind: Kind::Invoice,
        numbers,
    };
    let found = xero.read(&world.xero(), &ask).await.unwrap().papers();
    assert_eq!(found.len(), 2);
    let again = found.iter().find(|i| i.id == first.id).unwrap();
    assert_eq!(again.standing, Standing::Settled);
    assert!(again.is_marked(&marker(2)));
    assert_eq!(again.status, "PAID");
    assert_eq!(again.reference, format!("PO 7 [sync:{}]", marker(2)));
    assert!(!again.editable && !again.payable);
    assert_eq!(again.line_ids().len(), 3);
    let open = found.iter().find(|i| i.number == "1042").unwrap();
    assert_eq!(open.standing, Standing::Open);
    assert!(open.editable && open.payable);

    let ask = Ask::id(Kind::Invoice, &first.id);
    let found = xero.read(&world.xero(), &ask).await.unwrap().papers();
    let payments = &found[0].payments;
    assert_eq!(payments[0].mark, Some(marker(4)));
    assert_eq!(payments[0].amount, d("83.93"));
    assert_eq!(payments[0].reference, format!("Card [sync:{}]", marker(4)));

    let ask = Ask::ContactNumbers {
        numbers: vec!["keap-1".to_owned()],
    };
    let mut found = xero.read(&world.xero(), &ask).await.unwrap().contacts();
    let ask = Ask::Names {
        names: vec!["harbour cranes".to_owned(), "O\"Dd \\ one".to_owned()],
    };
    found.extend(xero.read(&world.xero(), &ask).await.unwrap().contacts());
    let mut names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
    names.sort();
    assert_eq!(names, ["Harbour Cranes", "Jo O'Neill & Söhne"]);
    let jo = found.iter().find(|c| c.number == "keap-1").unwrap();
    assert_eq!(
        (jo.phone.as_str(), jo.mobile.as_str()),
        ("02 5550 1234", "0400 555 123")
    );
}

#[tokio::test]
async fn of_a_batch_the_bad_ones_are_refused_each_with_its_reason_and_the_good_ones_made() {
    let world = World::new();
    let contact_id = made(&post(&world, &[contact(1, "Jo")], "k1").await.unwrap()[0])
        .id
        .clone();
    let mut wrong_account = line("x", "1", "10");
    wrong_account.account = "999".to_owned();
    let writes = [
        invoice(2, &contact_id, "A", vec![line("x", "1", "10")]),
        invoice(3, &contact_id, "B", vec![wrong_account]),
        invoice(4, &contact_id, "C", vec![line("x", "1", "10")]),
    ];
    let outcomes = post(&world, &writes, "k2").await.unwrap();
    assert!(matches!(&outcomes[0], Outcome::Made(_)));
    let Outcome::Refused(why) = &outcomes[1] else {
        panic!()
    };
    assert_eq!(
        (why.class, why.code.as_str()),
        (RefusalClass::Mapping, "xero.account_invalid")
    );
    assert!(matches!(&outcomes[2], Outcome::Made(_)));
    // The same numbers under another key: nothing is overwritten.
    let outcomes = post(&world, &writes[..1], "k3").await.unwrap();
    let Outcome::Refused(why) = &outcomes[0] else {
        panic!()
    };
    assert_eq!(
        (why.class, why.code.as_str()),
        (RefusalClass::Duplicate, "xero.invoice_number_taken")
    );
}

#[tokio::test]
async fn a_contact_whose_name_is_taken_is_told_and_never_made_twice() {
    let world = World::new();
    let outcomes = post(&world, &[contact(1, "HARBOUR  cranes")], "k1")
        .await
        .unwrap();
    let Outcome::Refused(why) = &outcomes[0] else {
        panic!()
    };
    assert_eq!(why.code.as_str(), "xero.contact_name_taken");
}

#[tokio::test]
async fn an_update_keeps_its_lines() {
    let world = World::new();
    let xero = Xero::new();
    let contact_id = made(&post(&world, &[contact(1, "Jo")], "k1").await.unwrap()[0])
        .id
        .clone();
    let first = invoice(
        2,
        &contact_id,
        "A",
        vec![line("x", "1", "10"), line("y", "1", "20")],
    );
    let posted = made(&post(&world, &[first], "k2").await.unwrap()[0]).clone();
    let ask = Ask::id(Kind::Invoice, &posted.id);
    let before = xero
        .read(&world.xero(), &ask)
        .await
        .unwrap()
        .papers()
        .remove(0);
    world.clock.advance(chrono::Duration::seconds(5));
    let mut change = invoice(
        3,
        &contact_id,
        "A",
        vec![line("x", "1", "11"), line("y", "1", "20")],
    );
    change.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        only: None,
        id: posted.id.clone(),
        version: before.version.clone(),
        line_ids: before.line_ids(),
    });
    let updated = made(&post(&world, &[change], "k3").await.unwrap()[0]).clone();
    let after = xero
        .read(&world.xero(), &ask)
        .await
        .unwrap()
        .papers()
        .remove(0);
    assert_eq!(after.line_ids(), before.line_ids());
    assert_eq!(after.total, d("34.1"));
    assert_ne!(after.version, before.version);
    assert_eq!(after.version, updated.version);
}

#[tokio::test]
async fn a_refused_update_says_why() {
    let world = World::new();
    let contact_id = made(&post(&world, &[contact(1, "Jo")], "k1").await.unwrap()[0])
        .id
        .clone();
    let first = invoice(2, &contact_id, "A", vec![line("x", "1", "10")]);
    let posted = made(&post(&world, &[first], "k2").await.unwrap()[0]).clone();
    let bank = a_bank(&world).await;
    post(&world, &[payment(4, &posted.id, "5", &bank)], "k4")
        .await
        .unwrap();
    let mut change = invoice(3, &contact_id, "A", vec![line("x", "1", "11")]);
    change.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        only: None,
        id: posted.id,
        version: String::new(),
        line_ids: vec![],
    });
    let outcomes = post(&world, &[change], "k5").await.unwrap();
    let Outcome::Refused(why) = &outcomes[0] else {
        panic!()
    };
    assert_eq!(
        (why.class, why.code.as_str()),
        (RefusalClass::State, "xero.has_payment")
    );
}

#[tokio::test]
async fn a_credit_note_is_made_and_paid_back() {
    let world = World::new();
    let contact_id = made(&post(&world, &[contact(1, "Jo")], "k1").await.unwrap()[0])
        .id
        .clone();
    let mut note = invoice(2, &contact_id, "CN-1", vec![line("x", "1", "10")]);
    if let Draft::Invoice(draft) = &mut note.draft {
        draft.kind = Kind::CreditNote;
    }
    let posted = made(&post(&world, &[note], "k2").await.unwrap()[0]).clone();
    assert_eq!(posted.number, "CN-1");
    let bank = a_bank(&world).await;
    let mut refund = payment(3, &posted.id, "11", &bank);
    refund.of_credit_note = true;
    made(&post(&world, &[refund], "k3").await.unwrap()[0]);
    let numbers = vec!["CN-1".to_owned()];
    let ask = Ask::Numbers {
        kind: Kind::CreditNote,
        numbers,
    };
    let found = Xero::new().read(&world.xero(), &ask).await.unwrap();
    assert_eq!(found.papers()[0].amount_due, d("0"));
}

#[tokio::test]
async fn a_lost_answer_is_uncertain_and_the_same_key_brings_it_back() {
    let world = World::new();
    world.fault(json!({"system": "xero", "method": "PUT", "fault": "drop_after"}));
    let writes = [contact(1, "Jo")];
    let lost = post(&world, &writes, "k1").await;
    assert!(
        matches!(lost, Err(CallError::Uncertain { cached: false, .. })),
        "{lost:?}"
    );
    let calls = world.calls();
    assert_eq!(calls, 1, "a write is never sent again by the connector");
    made(&post(&world, &writes, "k1").await.unwrap()[0]);
    let numbers = vec!["keap-1".to_owned()];
    let ask = Ask::ContactNumbers { numbers };
    let found = Xero::new().read(&world.xero(), &ask).await.unwrap();
    assert_eq!(found.records.len(), 1);
}

#[tokio::test]
async fn every_way_to_lose_an_answer_is_told_apart() {
    for (fault, wanted) in [
        (json!("500_before"), "uncertain, kept"),
        (json!("500_after"), "uncertain, kept"),
        (json!("drop_before"), "uncertain"),
        (json!("truncated"), "uncertain"),
        (json!("malformed"), "uncertain"),
        (json!("html_502"), "uncertain"),
        (json!("offline_503"), "uncertain"),
        (json!({"429": {"retry_after": 7}}), "wait"),
    ] {
        let world = World::new();
        world.fault(json!({"system": "xero", "method": "PUT", "fault": fault}));
        let said = match post(&world, &[contact(1, "Jo")], "k1").await {
            Err(CallError::Uncertain { cached: true, .. }) => "uncertain, kept",
            Err(CallError::Uncertain { cached: false, .. }) => "uncertain",
            Err(CallError::Wait {
                park: false, until, ..
            }) => {
                assert_eq!(until, noon() + chrono::Duration::seconds(7));
                "wait"
            }
            other => panic!("{fault}: {other:?}"),
        };
        assert_eq!(said, wanted, "{fault}");
    }
}

#[tokio::test]
async fn the_chart_has_all_that_is_no_document_in_six_calls() {
    let world = World::new();
    world.seed_xero(json!({
        "items": [{"Code": "TIL", "Name": "Tilt", "SalesDetails": {"AccountCode": "200", "TaxType": "OUTPUT"}}],
        "accounts": [{"Code": "0200", "Name": "Old", "Type": "REVENUE", "Status": "ARCHIVED"}],
        "period_lock_date": "2026-06-30",
        "currencies": ["EUR"],
        "tracking_categories": [{"Name": "Region", "Options": [{"Name": "North"}]}, {"Name": "Old", "Status": "ARCHIVED"}],
    }));
    let chart = Xero::new().chart(&world.xero()).await.unwrap();
    assert_eq!(world.calls(), 6);
    // No bank account is kept in EUR.
    assert_eq!(
        chart.organisation.currencies,
        ["AUD", "EUR"].map(str::to_owned).into()
    );
    assert_eq!(
        (chart.tracking.len(), chart.tracking[0].options.as_slice()),
        (1, ["North".to_owned()].as_slice())
    );
    assert_eq!(chart.organisation.currency.code(), "AUD");
    assert_eq!(chart.organisation.period_lock, Some(day("2026-06-30")));
    assert!(!chart.account("0200").unwrap().active);
    assert!(chart.account("200").unwrap().active);
    assert_eq!(chart.tax_rate("OUTPUT").unwrap().percent, d("10"));
    assert_eq!(chart.items[0].account, "200");
}

#[tokio::test]
async fn contacts_come_page_by_page_and_later_only_what_changed() {
    let world = World::new();
    let many: Vec<_> = (0..1200)
        .map(|i| json!({"Name": format!("Client {i}")}))
        .collect();
    world.seed_xero(json!({"contacts": many}));
    world.seed_xero(json!({"contacts": [{"Name": "Gone", "ContactStatus": "ARCHIVED"}]}));
    // A list goes on from a little before it was read: these are older than that.
    world.clock.advance(chrono::Duration::minutes(10));
    let xero = Xero::new();
    let first = xero
        .read(&world.xero(), &contacts_changed(None, None))
        .await
        .unwrap();
    assert_eq!((first.records.len(), first.more), (1000, true));
    let second = xero
        .read(
            &world.xero(),
            &contacts_changed(None, Some(first.cursor.clone())),
        )
        .await
        .unwrap();
    assert_eq!((second.records.len(), second.more), (202, false));
    let later = second.cursor.clone();
    let all = first.contacts().into_iter().chain(second.contacts());
    assert!(all.filter(|c| c.archived).count() == 1);
    world.clock.advance(chrono::Duration::minutes(10));
    let since = Some(noon() + chrono::Duration::minutes(5));
    post(&world, &[contact(1, "New")], "k1").await.unwrap();
    let changed = xero
        .read(&world.xero(), &contacts_changed(since, None))
        .await
        .unwrap();
    assert_eq!(changed.records.len(), 1);
    // Where the last page ended is where the list goes on.
    let again = xero
        .read(&world.xero(), &contacts_changed(None, Some(later)))
        .await
        .unwrap();
    let names: Vec<String> = again.contacts().into_iter().map(|c| c.name).collect();
    assert!(names.contains(&"New".to_owned()), "{names:?}");
}

#[tokio::test]
async fn organisations_can_be_chosen_from() {
    let world = World::new();
    let all = choices(&world.xero()).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (all[0].name.as_str(), &all[0].id),
        ("Acme Cranes Pty", &world.organisation)
    );
}

#[test]
fn the_bytes_of_a_request_are_these() {
    let xero = Xero::new();
    let mut with_all = invoice(
        2,
        SOMEONE,
        "1041",
        vec![line("Tilt tray \"hire\"", "1.5", "80.1234")],
    );
    if let Draft::Invoice(draft) = &mut with_all.draft {
        draft.lines[0].item = "TIL".to_owned();
        draft.lines[0].account = "0200".to_owned();
        draft.lines[0].tracking = vec![("Region".to_owned(), "North".to_owned())];
        draft.tax_mode = TaxMode::Inclusive;
    }
    let shown = |e: &Encoded| format!("{} {}\n{}", e.method, e.path, e.body);
    insta::assert_snapshot!(shown(&xero.encode(&[with_all.clone()]).unwrap()), @r#"
    PUT /api.xro/2.0/Invoices?summarizeErrors=false&unitdp=4
    {"Invoices":[{"Type":"ACCREC","InvoiceNumber":"1041","Reference":"PO 7 [sync:MARKER00000000000002]","Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"Date":"2026-07-14","DueDate":"2026-07-28","Status":"AUTHORISED","LineAmountTypes":"Inclusive","CurrencyCode":"AUD","LineItems":[{"Description":"Tilt tray \"hire\"","Quantity":1.5,"UnitAmount":80.1234,"ItemCode":"TIL","AccountCode":"0200","TaxType":"OUTPUT","Tracking":[{"Name":"Region","Option":"North"}]}]}]}
    "#);
    with_all.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        only: None,
        id: SOMEONE.to_owned(),
        version: String::new(),
        line_ids: vec!["52208ff9-528a-4985-a9ad-b2b1d4210e38".to_owned()],
    });
    insta::assert_snapshot!(shown(&xero.encode(&[with_all]).unwrap()), @r#"
    POST /api.xro/2.0/Invoices/5b96e86b-418e-48e8-8949-308c14aec278?unitdp=4
    {"Invoices":[{"Type":"ACCREC","InvoiceID":"5b96e86b-418e-48e8-8949-308c14aec278","InvoiceNumber":"1041","Reference":"PO 7 [sync:MARKER00000000000002]","Contact":{"ContactID":"5b96e86b-418e-48e8-8949-308c14aec278"},"Date":"2026-07-14","DueDate":"2026-07-28","Status":"AUTHORISED","LineAmountTypes":"Inclusive","CurrencyCode":"AUD","LineItems":[{"LineItemID":"52208ff9-528a-4985-a9ad-b2b1d4210e38","Description":"Tilt tray \"hire\"","Quantity":1.5,"UnitAmount":80.1234,"ItemCode":"TIL","AccountCode":"0200","TaxType":"OUTPUT","Tracking":[{"Name":"Region","Option":"North"}]}]}]}
    "#);
    insta::assert_snapshot!(shown(&xero.encode(&[contact(1, "Jo")]).unwrap()), @r#"
    PUT /api.xro/2.0/Contacts?summarizeErrors=false
    {"Contacts":[{"ContactNumber":"keap-1","Name":"Jo","FirstName":"Jo","LastName":"O'Neill","EmailAddress":"jo@example.com","Addresses":[{"AddressType":"POBOX","AddressLine1":"Level 2","AddressLine2":"1 Quay St","City":"Sydney","Region":"NSW","PostalCode":"2000","Country":"Australia"}],"Phones":[{"PhoneType":"DEFAULT","PhoneNumber":"02 5550 1234"},{"PhoneType":"MOBILE","PhoneNumber":"0400 555 123"}]}]}
    "#);
    insta::assert_snapshot!(shown(&xero.encode(&[payment(4, SOMEONE, "83.90", "090")]).unwrap()), @r#"
    PUT /api.xro/2.0/Payments?summarizeErrors=false
    {"Payments":[{"Invoice":{"InvoiceID":"5b96e86b-418e-48e8-8949-308c14aec278"},"Account":{"AccountID":"090"},"Date":"2026-07-15","Amount":83.9,"Reference":"Card [sync:MARKER00000000000004]"}]}
    "#);
}

#[test]
fn what_xero_could_not_hold_is_said_before_it_is_sent() {
    let xero = Xero::new();
    let said = |w: &[Write]| xero.encode(w).unwrap_err();
    let fine = invoice(1, SOMEONE, "1", vec![line("x", "1", "10.12345")]);
    assert_eq!(
        said(&[fine]),
        "document 1: line 1: the unit amount 10.12345 has more than the 4 decimals Xero keeps"
    );
    let unknown = invoice(1, "../Users", "1", vec![line("x", "1", "1")]);
    assert_eq!(
        said(&[unknown]),
        "document 1: `../Users` is not a ContactID"
    );
    assert_eq!(
        said(&[contact(1, &"x".repeat(300))]),
        "document 1: the name has more than 255 characters"
    );
    assert_eq!(said(&[]), "there is nothing to write");
    let many: Vec<Write> = (0..51).map(|i| contact(i, "x")).collect();
    assert_eq!(said(&many), "51 documents in one request; Xero takes 50");
    assert_eq!(
        said(&[contact(1, "x"), payment(2, SOMEONE, "1", "1")]),
        "one request holds one kind of document"
    );
}

#[test]
fn every_message_of_the_catalogue_is_known() {
    use RefusalClass::{Data, Duplicate, Key, Mapping, Plan, Policy, State, User};
    for (message, class, code) in [
        (
            "Invoice # must be unique.",
            Duplicate,
            "xero.invoice_number_taken",
        ),
        (
            "The contact name Buzz Lightyear is already assigned to another contact. The contact name must be unique across all active contacts.",
            Duplicate,
            "xero.contact_name_taken",
        ),
        (
            "Another contact has this contact number. Please enter a different contact number.",
            Duplicate,
            "xero.contact_number_taken",
        ),
        (
            "The Account Number already exists. Please enter a different Account Number.",
            Duplicate,
            "xero.account_number_taken",
        ),
        (
            "The specified contact details matched an archived contact. Archived contacts cannot currently be edited via the API.",
            User,
            "xero.contact_archived",
        ),
        (
            "Account code '999' is not a valid code for this document.",
            Mapping,
            "xero.account_invalid",
        ),
        (
            "Account code '0200' has been archived, or has been deleted.",
            Mapping,
            "xero.account_archived",
        ),
        (
            "The TaxType code 'OUTPUT' cannot be used with account code '090'.",
            Mapping,
            "xero.tax_not_for_account",
        ),
        (
            "The TaxType code GST does not exist or cannot be used for this type of transaction.",
            Mapping,
            "xero.tax_unknown",
        ),
        (
            "The document date cannot be before the period lock date, currently set at 31 Jul 2013",
            Policy,
            "xero.period_locked",
        ),
        (
            "The document date cannot be before the end of year lock date, currently set at 31-Jul-2013",
            Policy,
            "xero.period_locked",
        ),
        (
            "Invoice not of valid status for modification",
            State,
            "xero.not_editable",
        ),
        (
            "This document cannot be edited as it has a payment or credit note allocated to it.",
            State,
            "xero.has_payment",
        ),
        (
            "Payment amount exceeds the amount outstanding on this document",
            State,
            "xero.payment_exceeds",
        ),
        (
            "Payments can only be made against Authorised documents",
            State,
            "xero.not_payable",
        ),
        (
            "Organisation is not subscribed to currency EUR",
            Plan,
            "xero.currency_not_subscribed",
        ),
        ("Email address must be valid.", Data, "xero.email_invalid"),
        (
            "Idempotency Key: k1 is used with a different request.",
            Key,
            "xero.key_reused",
        ),
        (
            "You have reached the limit of invoices you can approve",
            Plan,
            "xero.invoice_limit",
        ),
    ] {
        let known = classify(&[message.to_owned()]);
        assert_eq!(
            (known.class, known.code.as_str()),
            (class, code),
            "{message}"
        );
        assert_eq!(known.what, message);
        assert!(!known.fix.is_empty());
    }
    let new = classify(&["Something new.".to_owned()]);
    assert_eq!(
        (new.class, new.what.as_str()),
        (RefusalClass::Unknown, "Something new.")
    );
    // What a customer is called is not taken for a reason.
    let named = classify(&[
        "The contact name Lock Date Ltd is already assigned to another contact. x".to_owned(),
    ]);
    assert_eq!(named.code.as_str(), "xero.contact_name_taken");
}

#[tokio::test]
async fn a_key_used_for_something_else_is_told_as_our_fault() {
    let world = World::new();
    post(&world, &[contact(1, "Jo")], "k1").await.unwrap();
    let again = post(&world, &[contact(2, "Joe")], "k1").await;
    let Err(CallError::Refused { refusal, .. }) = again else {
        panic!("{again:?}")
    };
    assert_eq!(refusal.class, RefusalClass::Key);
}

#[tokio::test]
async fn a_missing_permission_and_a_foreign_organisation_end_the_connection() {
    let world = World::new();
    world.plane.seed("xero", json!({"tokens": [{"app": crate::support::XERO_CLIENT, "tenants": ["Acme Cranes Pty"],
        "access": "thin", "refresh": "thin-r", "scopes": "offline_access accounting.contacts.read"}]})).unwrap();
    world.tokens.connect(
        crate::support::who("xero"),
        crate::support::signed_in("thin", "thin-r", noon()),
    );
    let refused = post(&world, &[contact(1, "Jo")], "k1").await;
    assert!(
        matches!(&refused, Err(CallError::Gone { fix, .. }) if fix.contains("permissions")),
        "{refused:?}"
    );
    assert_eq!(world.calls(), 1, "no new token would help");
    let world = World::new();
    let mut session = world.xero();
    let mut settings = (*session.settings).clone();
    settings
        .values
        .insert("organisation".to_owned(), SOMEONE.to_owned());
    session.settings = Arc::new(settings);
    let refused = Xero::new().chart(&session).await;
    assert!(
        matches!(refused, Err(CallError::Gone { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_account_for_what_was_sent_is_uncertain() {
    let xero = Xero::new();
    let encoded = xero.encode(&[contact(1, "Jo"), contact(2, "Al")]).unwrap();
    let jo = json!({"ContactID": SOMEONE, "ContactNumber": "keap-1", "Name": "Jo"});
    let al = json!({"ContactID": SOMEONE, "ContactNumber": "keap-2", "Name": "Al"});
    let world = World::new();
    let clock = Arc::new(TestClock::at(noon()));
    for (body, good) in [
        (json!({"Contacts": [jo, al]}), true),
        // The order is only a hint.
        (json!({"Contacts": [al, jo]}), true),
        (json!({"Contacts": [jo]}), false),
        (json!({"Contacts": [jo, jo]}), false),
        (
            json!({"Contacts": [jo, {"ContactID": SOMEONE, "Name": "Al"}]}),
            false,
        ),
        (
            json!({"Contacts": [jo, {"ContactNumber": "keap-2"}]}),
            false,
        ),
        (json!({"Contacts": "none"}), false),
        (json!([]), false),
    ] {
        let canned = crate::support::Canned(200, vec![], body.to_string().into());
        let mut session = world.xero();
        session.http = http_over(Arc::new(canned), clock.clone());
        let outcome = xero.post(&session, &encoded, "k").await;
        match outcome {
            Ok(all) => assert!(good && all.len() == 2, "{body}"),
            Err(CallError::Uncertain { .. }) => assert!(!good, "{body}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_no_condition_can_name_is_found_all_the_same() {
    let world = World::new();
    let odd = [
        "The \"Best\" Shop",
        "The Best Shop",
        "Back\\slash Ltd",
        "\"\"",
    ];
    for (n, name) in (1..).zip(odd) {
        post(&world, &[contact(n, name)], &format!("k{n}"))
            .await
            .unwrap();
    }
    let xero = Xero::new();
    for name in odd {
        let ask = Ask::Names {
            names: vec![name.to_lowercase()],
        };
        let found = xero.read(&world.xero(), &ask).await.unwrap().contacts();
        let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, [name]);
    }
    let ids = xero
        .read(&world.xero(), &contacts_changed(None, None))
        .await
        .unwrap();
    let id = ids.contacts()[0].id.clone();
    for (n, number) in [(11, "6\" pipe, A"), (12, "A\\B, 1"), (13, "pipe, A")] {
        let one = invoice(n, &id, number, vec![line("x", "1", "10")]);
        post(&world, &[one], &format!("n{n}")).await.unwrap();
        let ask = Ask::Numbers {
            kind: Kind::Invoice,
            numbers: vec![number.to_owned()],
        };
        let found = xero.read(&world.xero(), &ask).await.unwrap().papers();
        let numbers: Vec<&str> = found.iter().map(|p| p.number.as_str()).collect();
        assert_eq!(numbers, [number]);
    }
}

#[tokio::test]
async fn a_version_is_as_fine_as_xero_tells_it() {
    let world = World::new();
    let made_contact = post(&world, &[contact(1, "Jo")], "k1").await.unwrap();
    let id = made(&made_contact[0]).id.clone();
    let first = invoice(2, &id, "A", vec![line("x", "1", "10")]);
    let posted = made(&post(&world, &[first], "k2").await.unwrap()[0]).clone();
    // The same millisecond by the clock of the test.
    let mut again = invoice(3, &id, "A", vec![line("y", "1", "10")]);
    again.update = Some(UpdateOf {
        status: String::new(),
        same: vec![],
        only: None,
        id: posted.id.clone(),
        version: posted.version.clone(),
        line_ids: vec![],
    });
    let edited = made(&post(&world, &[again], "k3").await.unwrap()[0]).clone();
    assert_ne!(edited.version, posted.version);
}
