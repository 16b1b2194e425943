//! What plan says is what the sync after it does: numbers that are taken, what the ledger's form cannot say, payments that
//! will be held, and files that cannot be read are all in it; and nothing is made for a document that cannot go.

use super::bed::{
    Bed, amount, file, held, item, order, paid, shop, synced, tenant, total, verified, with,
};
use crossfoot::service::Engine;
use crossfoot::service::desk::plan::{PlanAction, PlanAnswer, PlannedDocument, plan};
use serde_json::{Value, json};

async fn begun(orders: Vec<Value>) -> (Bed, Engine) {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    (bed, engine)
}

async fn planned(engine: &Engine) -> PlanAnswer {
    let loaded = engine.workspace().load(&tenant()).unwrap();
    plan(engine, &loaded, None, &|_| {}).await.unwrap()
}

fn of<'a>(answer: &'a PlanAnswer, number: &str) -> &'a PlannedDocument {
    let found = answer.documents.iter().find(|d| d.number == number);
    found.unwrap_or_else(|| panic!("{number} is not in {answer:#?}"))
}

/// Requests that change something in the ledger.
fn changes(bed: &Bed) -> usize {
    let all = bed.transport.sent();
    all.iter()
        .filter(|r| r.url.contains("/xero/api") && r.method != http::Method::GET)
        .count()
}

/// A tenant whose invoices come from a file.
async fn from_files(name: &str, text: &str) -> (Bed, Engine) {
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
    std::fs::write(folder.join(name), text).unwrap();
    let engine = bed.engine().await;
    (bed, engine)
}

const HEAD: &str = "number,date,contact.id,contact.name,contact.email,line.description,line.quantity,line.unit_amount,total\n";

#[tokio::test]
async fn a_price_that_the_ledger_has_no_form_for_is_told_and_no_contact_is_made() {
    let rows = "1041,2026-07-10,7,Jo Harbour,jo@harbour.example,Hire,3,3.3333333,10.00\n1042,2026-07-10,8,Sam Quay,sam@quay.example,Hire,1,10.00,10.00\n";
    let (bed, engine) = from_files("a.csv", &format!("{HEAD}{rows}")).await;
    let told = planned(&engine).await;
    let first = of(&told, "1041");
    assert_eq!(first.action, PlanAction::Hold, "{first:#?}");
    let code = first.reason.as_ref().unwrap().code.clone();
    assert!(!first.new_contact && told.stuck());
    assert_eq!(of(&told, "1042").action, PlanAction::Create);
    synced(&engine).await;
    held(&engine, "1041", &code, "3.3333333", "").await;
    verified(&engine, "1042").await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 1));
    assert!(bed.contact("Jo Harbour").is_none());
}

/// A source that states no total does not know the tax that is added: the plan says what will be posted, and was.
#[tokio::test]
async fn what_is_planned_comes_to_what_is_posted() {
    let rows = "number,date,contact.id,contact.name,line.sku,line.description,line.unit_amount,line.tax_rate\n1041,2026-07-10,7,Jo Harbour,HIRE,Crane hire,1250.00,10%\n";
    let (bed, engine) = from_files("a.csv", rows).await;
    bed.tenant(&file(&[
        ("preset", "files-xero"),
        ("from", "{ files: files }"),
        ("tax", "{ codes: { \"10%\": OUTPUT, else: hold } }"),
    ]));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let comes_to = async |only: Option<&str>| {
        let told = plan(&engine, &loaded, only, &|_| {}).await.unwrap();
        let one = told.documents.first().map(|d| (d.action, d.total));
        (one, told.totals.first().map(|t| t.total))
    };
    let whole = amount("1375.00");
    let create = Some((PlanAction::Create, Some(whole)));
    assert_eq!(comes_to(None).await, (create, Some(whole)));
    synced(&engine).await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), whole);
    let unchanged = Some((PlanAction::Unchanged, Some(whole)));
    assert_eq!(comes_to(Some("1041")).await, (unchanged, Some(whole)));
}

#[tokio::test]
async fn what_cannot_be_read_is_in_the_plan() {
    let rows = "1041,2026-07-10,7,Jo Harbour,jo@harbour.example,Hire,one,10.00,10.00\n";
    let (_bed, engine) = from_files("a.csv", &format!("{HEAD}{rows}")).await;
    let told = planned(&engine).await;
    assert_eq!(told.documents.len(), 0);
    assert_eq!(told.unreadable.len(), 1, "{told:#?}");
    assert!(told.unreadable[0].at.contains("a.csv") && told.stuck());
}

#[tokio::test]
async fn a_number_that_is_taken_is_told_and_no_contact_is_made() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.xero(json!({"contacts": [{"Name": "Somebody"}], "invoices": [{"Type": "ACCREC", "InvoiceNumber": "1041", "Status": "AUTHORISED",
        "Contact": {"Name": "Somebody"}, "Date": "2026-07-01", "DueDate": "2026-07-30", "CurrencyCode": "AUD",
        "LineItems": [{"Description": "Other", "Quantity": "1", "UnitAmount": "5.00", "AccountCode": "200", "TaxType": "EXEMPTOUTPUT"}]}]}));
    let told = planned(&engine).await;
    let planned = of(&told, "1041");
    assert_eq!(planned.action, PlanAction::Hold, "{planned:#?}");
    let reason = planned.reason.clone().unwrap();
    assert_eq!(reason.code, "number.taken");
    assert!(reason.what.contains("Somebody"), "{reason}");
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "number.taken",
        "Somebody",
        "crossfoot retry TENANT NUMBER",
    )
    .await;
    assert_eq!((bed.contacts(), bed.invoices(), changes(&bed)), (1, 1, 0));
}

#[tokio::test]
async fn a_payment_that_the_look_will_hold_is_held_in_the_plan() {
    let (bed, engine) = begun(vec![order(1, 1041, "2026-07-10")]).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    // A bookkeeper enters the money by hand, and it comes in at the source too.
    let id = super::bed::text(&bed.invoice("1041").unwrap(), "InvoiceID");
    let by_hand = json!({"Invoice": {"InvoiceID": id}, "Account": {"Code": "090"}, "Date": "2026-07-12", "Amount": "50.00"});
    bed.person("PUT", "Payments", by_hand).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-12")]}]}));
    let told = planned(&engine).await;
    let payment = &of(&told, "1041").payments[0];
    assert_eq!(payment.state, "held", "{payment:?}");
    assert_eq!(payment.reason.as_ref().unwrap().code, "payment.other");
    assert!(told.stuck());
    synced(&engine).await;
    held(&engine, "1041", "payment.other", "", "").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn what_goes_is_planned_as_it_goes() {
    let freight =
        json!({"items": [item("PRODUCT", "Hire", "100.00"), item("SHIPPING", "Freight", "7.50")]});
    let (bed, engine) = begun(vec![
        order(1, 1041, "2026-07-10"),
        with(order(2, 1042, "2026-07-11"), freight),
    ])
    .await;
    let told = planned(&engine).await;
    for number in ["1041", "1042"] {
        assert_eq!(of(&told, number).action, PlanAction::Create);
        assert_eq!(of(&told, number).ledger_contact, "Jo Harbour");
    }
    assert_eq!(changes(&bed), 0);
    synced(&engine).await;
    for number in ["1041", "1042"] {
        verified(&engine, number).await;
    }
    assert_eq!((bed.contacts(), bed.invoices()), (1, 2));
}

/// What a plan says is a matter of what is there, and not of the moment: right after a sync, in the same second, there is nothing to do.
#[tokio::test]
async fn a_plan_in_the_moment_of_a_sync_says_what_a_later_one_says() {
    let (bed, engine) = begun(vec![order(1, 1041, "2026-07-10")]).await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    for _ in 0..2 {
        let told = plan(&engine, &loaded, None, &|_| {}).await.unwrap();
        assert_eq!(told.documents, [], "{:?}", told.totals);
        bed.minutes(1);
    }
}

/// What goes is named for what it is: where a customer's address alone changed, no payment is planned and none is made.
#[tokio::test]
async fn a_contact_that_goes_alone_is_no_payment() {
    let bed = Bed::new(&file(&[(
        "sync",
        "{ first_run: post, updates: { contacts: true } }",
    )]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    bed.keap_edit(json!({
        "contacts": [{"id": "7", "set": {"email_addresses": [{"field": "EMAIL1", "email": "jo@new.example"}]}}],
        "orders": [{"id": "1", "set": {"title": "Hire"}}],
    }));
    let before = bed.payments();
    let told = planned(&engine).await;
    let one = of(&told, "1041");
    assert_eq!(one.action, PlanAction::Contact, "{one:#?}");
    assert_eq!(one.total, Some(amount("110.00")), "{one:#?}");
    synced(&engine).await;
    assert_eq!(bed.payments(), before);
    let jo = bed.contact("Jo Harbour").unwrap();
    assert_eq!(jo["EmailAddress"], json!("jo@new.example"));
}
