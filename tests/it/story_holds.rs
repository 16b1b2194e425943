//! What is held and why, what the person then does, and that it goes after a retry. The text of each
//! reason is part of the story.

use super::bed::{
    Bed, amount, doc, end, file, gst, held, hire, item, lines, order, paid, retried, shop, synced,
    text, total, verified, with,
};
use super::support::HOST;
use crossfoot::model::{Became, DocState};
use crossfoot::pipeline::ports::Records as _;
use serde_json::{Value, json};

async fn begun(changes: &[(&str, &str)], orders: Vec<Value>) -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    (bed, engine)
}

/// Three lines whose tax, line by line, comes to a cent less than on the whole.
fn a_cent_off() -> Value {
    let part = |name: &str| json!({"type": "PRODUCT", "product_id": "1", "name": name, "quantity": 1, "price": "10.04"});
    with(
        order(1, 1041, "2026-07-10"),
        json!({"items": [part("Pad"), part("Cable"), part("Grip"), gst("3.01")]}),
    )
}

#[tokio::test]
async fn a_total_that_is_a_cent_off_is_held_until_keap_is_corrected() {
    let (bed, engine) = begun(&[], vec![a_cent_off()]).await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "total.mismatch",
        "33.13, the ledger would come to 33.12",
        "rounding line",
    )
    .await;
    assert_eq!(
        (bed.invoices(), bed.contacts()),
        (0, 0),
        "nothing at all went"
    );
    bed.minutes(10);
    let part = |name: &str| json!({"type": "PRODUCT", "product_id": "1", "name": name, "quantity": 1, "price": "10.00"});
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [part("Pad"), part("Cable"), part("Grip"), gst("3.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("33.00"));
}

#[tokio::test]
async fn or_a_rounding_line_takes_the_cent() {
    let (bed, engine) = begun(&[], vec![a_cent_off()]).await;
    synced(&engine).await;
    bed.tenant(&file(&[(
        "guard",
        "{ totals: { rounding_account: \"860\", at_most: 0.05 } }",
    )]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(total(&invoice), amount("33.13"));
    let last = lines(&invoice).pop().unwrap();
    assert_eq!((last.1.as_str(), last.3), ("860", amount("0.01")));
}

#[tokio::test]
async fn a_locked_period_holds_until_the_lock_is_moved() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-06-10")]).await;
    bed.xero(json!({"period_lock_date": "2026-06-30"}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "period.locked",
        "dated 2026-06-10, and the ledger is locked up to 2026-06-30",
        "first_open_day",
    )
    .await;
    retried(&engine).await;
    assert_eq!(bed.invoices(), 0, "still locked");
    bed.xero(json!({"period_lock_date": null}));
    retried(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn or_it_is_dated_the_first_open_day_or_refused() {
    let first = ("guard", "{ locked_period: first_open_day }");
    let (bed, engine) = begun(&[first], vec![order(1, 1041, "2026-06-10")]).await;
    bed.xero(json!({"period_lock_date": "2026-06-30"}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    let days = (
        super::bed::day(&invoice, "DateString"),
        super::bed::day(&invoice, "DueDateString"),
    );
    assert_eq!(days, ("2026-07-01".to_owned(), "2026-07-01".to_owned()));

    let fail = ("guard", "{ locked_period: fail }");
    let (bed, engine) = begun(&[fail], vec![order(1, 1041, "2026-06-10")]).await;
    bed.xero(json!({"period_lock_date": "2026-06-30"}));
    synced(&engine).await;
    assert_eq!(
        end(&engine, "1041").await,
        (DocState::Refused, "period.locked".to_owned())
    );
    assert_eq!(bed.invoices(), 0);
}

#[tokio::test]
async fn an_archived_account_holds_until_it_is_restored() {
    let old = ("accounts", "[{ else: \"299\" }]");
    let (bed, engine) = begun(&[old], vec![order(1, 1041, "2026-07-10")]).await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "account.archived",
        "299 Old Sales, which is archived",
        "restore it",
    )
    .await;
    bed.xero(json!({"accounts": [{"Code": "299", "Name": "Old Sales", "Type": "REVENUE", "TaxType": "OUTPUT", "Status": "ACTIVE"}]}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(lines(&bed.invoice("1041").unwrap())[0].1, "299");
}

#[tokio::test]
async fn an_archived_contact_holds_until_it_is_restored() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.xero(json!({"contacts": [{"Name": "Jo Harbour", "ContactStatus": "ARCHIVED"}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "contact.archived",
        "`Jo Harbour` is archived",
        "Restore the contact",
    )
    .await;
    bed.minutes(10);
    let id = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    bed.tamper(json!({"edit_contact": {"contact": id, "restore": true}}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 1, "no second one was made");
}

#[tokio::test]
async fn a_merged_contact_leads_to_the_one_that_is_left() {
    let (bed, engine) = begun(
        &[],
        vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-20")],
    )
    .await;
    synced(&engine).await;
    // The book-keeper merges our contact into another; the next invoice goes to that one.
    bed.minutes(10);
    bed.xero(json!({"contacts": [{"Name": "Harbour Holdings"}], "merges": [{"from": "Jo Harbour", "into": "Harbour Holdings"}]}));
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-14")]}));
    synced(&engine).await;
    verified(&engine, "1043").await;
    assert_eq!(
        text(&bed.invoice("1043").unwrap()["Contact"], "Name"),
        "Harbour Holdings"
    );
    assert_eq!(bed.contacts(), 2);
}

#[tokio::test]
async fn a_contact_somebody_made_meanwhile_is_found_within_the_same_sync() {
    let (bed, engine) = begun(
        &[],
        vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-10")],
    )
    .await;
    // After the list was read and before ours is made, a book-keeper makes the very same contact.
    let plane = bed.plane.clone();
    bed.transport.before(move |request| {
        if request.method == http::Method::PUT && request.url.contains("/Contacts") {
            plane
                .seed("xero", json!({"organisations": [{"name": super::bed::ORG, "contacts": [{"Name": "Jo Harbour"}]}]}))
                .unwrap();
        }
    });
    let done = synced(&engine).await;
    assert_eq!(bed.contacts(), 1);
    verified(&engine, "1041").await;
    verified(&engine, "1042").await;
    assert_eq!(bed.invoices(), 2);
    assert_eq!(
        done.run.counts.all(Became::Unchanged),
        0,
        "{:?}",
        done.run.counts
    );
}

#[tokio::test]
async fn two_customers_of_one_name_share_no_contact_without_a_word() {
    // Same name, other address: by e-mail they are two, and the ledger takes a name only once.
    let (bed, engine) = begun(&[], vec![]).await;
    let twin = |id: &str, email: &str| json!({"id": id, "given_name": "Alex", "family_name": "Wharf", "email_addresses": [{"field": "EMAIL1", "email": email}]});
    bed.keap(json!({
        "contacts": [twin("21", "a@wharf.example"), twin("22", "b@wharf.example")],
        "orders": [
            with(order(1, 1041, "2026-07-10"), json!({"contact_id": "21"})),
            with(order(2, 1042, "2026-07-11"), json!({"contact_id": "22"})),
        ],
    }));
    synced(&engine).await;
    // The first is made by us, with the number of the first: the second is proved another, and gets a name of its own.
    for (number, name) in [("1041", "Alex Wharf"), ("1042", "Alex Wharf (22)")] {
        verified(&engine, number).await;
        let contact = bed.invoice(number).unwrap()["Contact"].clone();
        assert_eq!(text(&contact, "Name"), name);
    }
    assert_eq!(bed.contacts(), 2);
    // A tenant who wants to be asked is.
    let strict = ("contacts", "{ namesakes: hold }");
    let (bed, engine) = begun(&[strict], vec![]).await;
    bed.keap(json!({
        "contacts": [twin("21", "a@wharf.example"), twin("22", "b@wharf.example")],
        "orders": [
            with(order(1, 1041, "2026-07-10"), json!({"contact_id": "21"})),
            with(order(2, 1042, "2026-07-11"), json!({"contact_id": "22"})),
        ],
    }));
    synced(&engine).await;
    verified(&engine, "1041").await;
    held(
        &engine,
        "1042",
        "contact.namesake",
        "`Alex Wharf <a@wharf.example>` has the name `Alex Wharf` already, and is customer 21",
        "namesakes: suffix",
    )
    .await;
    assert_eq!((bed.contacts(), bed.invoices()), (1, 1));
    bed.minutes(10);
    bed.keap_edit(json!({"contacts": [{"id": "22", "set": {"family_name": "Wharf the younger"}}], "orders": [{"id": "2", "set": {"title": "Hire again"}}]}));
    retried(&engine).await;
    verified(&engine, "1042").await;
    assert_eq!((bed.contacts(), bed.invoices()), (2, 2));
}

async fn by_name(given: &str, code: &str, what: &str) {
    let (bed, engine) = begun(&[], vec![]).await;
    bed.keap(json!({
        "contacts": [{"id": "9", "given_name": given, "family_name": "Long"}],
        "orders": [with(order(1, 1041, "2026-07-10"), json!({"contact_id": "9"}))],
    }));
    synced(&engine).await;
    held(&engine, "1041", code, what, "in the source").await;
    assert_eq!((bed.invoices(), bed.contacts()), (0, 0));
    bed.minutes(10);
    bed.keap_edit(json!({"contacts": [{"id": "9", "set": {"given_name": "Max"}}], "orders": [{"id": "1", "set": {"title": "Hire, corrected"}}]}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert!(bed.contact("Max Long").is_some());
}

#[tokio::test]
async fn a_name_of_300_characters_holds_until_it_is_shortened() {
    by_name(
        &"x".repeat(295),
        "contact.name_too_long",
        "has 300 characters",
    )
    .await;
}

#[tokio::test]
async fn markup_in_a_name_holds_until_it_is_taken_out() {
    by_name("<script>alert(1)</script>", "contact.name_invalid", "'<'").await;
}

#[tokio::test]
async fn another_currency_than_the_one_confirmed_holds() {
    let (bed, engine) = begun(&[("currency", "NZD")], vec![order(1, 1041, "2026-07-10")]).await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "currency.mismatch",
        "in AUD, but the source is said to work in NZD",
        "Correct the currency",
    )
    .await;
    bed.tenant(&file(&[]));
    synced(&engine).await;
    verified(&engine, "1041").await;
}

fn theirs(number: &str) -> Value {
    json!({"contacts": [{"Name": "Somebody Else"}], "invoices": [{
        "Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Somebody Else"}, "Date": "2026-07-01", "DueDate": "2026-07-20",
        "Status": "AUTHORISED", "LineItems": [{"Description": "Theirs", "Quantity": 1, "UnitAmount": "5.00", "AccountCode": "200", "TaxType": "EXEMPTOUTPUT"}],
    }]})
}

#[tokio::test]
async fn a_number_a_person_has_used_is_never_overwritten_and_goes_once_it_is_free() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(
        &[],
        vec![
            with(order(1, 1041, "2026-07-10"), bank),
            order(2, 1042, "2026-07-10"),
        ],
    )
    .await;
    bed.xero(theirs("1041"));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "number.taken",
        "already has a document numbered 1041",
        "renumber",
    )
    .await;
    verified(&engine, "1042").await;
    assert_eq!(
        total(&bed.invoice("1041").unwrap()),
        amount("5.00"),
        "theirs is untouched"
    );
    assert_eq!(
        (bed.invoices(), bed.payments()),
        (2, 0),
        "and no money went to it"
    );
    // The person gives theirs another number and presses retry.
    bed.minutes(30);
    bed.tamper(json!({"edit_invoice": {"invoice": "1041", "number": "OLD-7"}}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("110.00"));
    assert_eq!((bed.invoices(), bed.payments()), (3, 1));
}

#[tokio::test]
async fn or_our_number_is_changed_by_a_rule() {
    let (bed, engine) = begun(&[], vec![order(1, 1041, "2026-07-10")]).await;
    bed.xero(theirs("1041"));
    synced(&engine).await;
    held(&engine, "1041", "number.taken", "1041", "renumber").await;
    bed.rule(
        "acme.rhai",
        "fn map_invoice(invoice) {\n    invoice.number = `K-${invoice.number}`;\n    keep()\n}\n",
    );
    bed.tenant(&file(&[("rules", "[rules/acme.rhai]")]));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("K-1041").unwrap()), amount("110.00"));
    assert_eq!(bed.invoices(), 2);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_told_and_the_others_go() {
    let (bed, engine) = begun(
        &[],
        vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-10")],
    )
    .await;
    bed.transport.after(|request, answer| {
        if !request.url.starts_with(&format!("{HOST}/keap")) || !request.url.contains("/orders") {
            return;
        }
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return;
        };
        for o in body["orders"].as_array_mut().into_iter().flatten() {
            if o["id"] == json!("1") {
                o["total"] = json!({"amount": "a lot", "currency_code": "AUD"});
            }
        }
        answer.body = body.to_string().into();
    });
    let done = synced(&engine).await;
    assert!(
        done.lines
            .iter()
            .any(|l| l.action == Became::Unreadable && l.object.contains("order 1")),
        "{:?}",
        done.lines
    );
    verified(&engine, "1042").await;
    assert_eq!(bed.invoices(), 1);
    let bad = engine
        .store()
        .bad_records(&super::bed::tenant())
        .await
        .unwrap();
    assert_eq!(bad.len(), 1);
    assert!(
        bad[0].what.contains("`total`") && bad[0].fix.contains("open the order in Keap"),
        "{bad:?}"
    );
    // Corrected and saved in Keap, it is read again, and the mistake is no longer listed.
    bed.transport.after(|_, _| {});
    bed.minutes(10);
    bed.keap_edit(json!({"orders": [{"id": "1", "set": {"title": "Hire, corrected"}}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert!(
        engine
            .store()
            .bad_records(&super::bed::tenant())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_total_the_ledger_changed_is_held_and_no_money_goes_to_it() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = begun(&[], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    // The rate is changed in the ledger between the reading of its list and the posting.
    let plane = bed.plane.clone();
    bed.transport.before(move |request| {
        if request.method == http::Method::PUT && request.url.contains("/Invoices") {
            let rates = json!([{"TaxType": "OUTPUT", "Name": "GST on Income", "Rate": "12"}]);
            plane
                .seed(
                    "xero",
                    json!({"organisations": [{"name": super::bed::ORG, "tax_rates": rates}]}),
                )
                .unwrap();
        }
    });
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "posted.total_differs",
        "come to 110.00, but the ledger says 112",
        "compare",
    )
    .await;
    assert_eq!((bed.invoices(), bed.payments()), (1, 0));
}

#[tokio::test]
async fn documents_held_by_a_shared_contact_all_go_once_it_is_put_right() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let orders = vec![
        with(order(1, 1041, "2026-07-10"), bank),
        order(2, 1042, "2026-07-11"),
        order(3, 1043, "2026-07-12"),
    ];
    let (bed, engine) = begun(&[], orders).await;
    // An address that looks like one, and that the ledger refuses all the same.
    let address = |a: &str| json!({"email_addresses": [{"field": "EMAIL1", "email": a}]});
    bed.keap(json!({"patch": {"contacts": [{"id": "7", "set": address("jo.@harbour.example")}]}}));
    synced(&engine).await;
    for number in ["1041", "1042", "1043"] {
        let row = doc(&engine, number).await;
        let why = row.reason.unwrap();
        assert_eq!(
            (row.state, why.code.as_str()),
            (DocState::Refused, "xero.email_invalid"),
            "{number}"
        );
        assert!(why.fix.contains("Correct the contact's e-mail"), "{why}");
    }
    assert_eq!((bed.invoices(), bed.payments(), bed.contacts()), (0, 0, 0));
    // Put right in Keap, where one of the orders is saved again: the cause is gone, and so are all three.
    bed.minutes(30);
    bed.keap_edit(json!({
        "contacts": [{"id": "7", "set": address("jo@harbour.example")}],
        "orders": [{"id": "1", "set": {"title": "Hire, saved again"}}],
    }));
    synced(&engine).await;
    for number in ["1041", "1042", "1043"] {
        verified(&engine, number).await;
    }
    assert_eq!((bed.invoices(), bed.payments(), bed.contacts()), (3, 1, 1));
}

#[tokio::test]
async fn an_order_that_comes_to_less_than_nothing_is_no_invoice() {
    let bed = Bed::new(&file(&[]));
    let back = json!({"items": [hire("1"), item("DISCOUNT", "Two days too many", "150.00"), gst("10.00")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), back)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "total.negative",
        "comes to -40.00",
        "credit note in the ledger by hand",
    )
    .await;
    assert_eq!(bed.invoices(), 0);
}
