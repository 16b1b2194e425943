//! What Xero's documents and users say of it, in the whole flow: signs and quantities, currencies, tracking, quotation
//! marks, locked periods, what may be changed of a paid invoice, and edits in the second of a post.

use super::bed::{
    Bed, amount, dec, doc, file, gst, held, hire, order, paid, retried, shop, synced, text, total,
    verified, with,
};
use serde_json::{Value, json};

const UPDATES: (&str, &str) = ("sync", "{ first_run: post, updates: { invoices: true } }");
const RULES: (&str, &str) = ("rules", "[rules/acme.rhai]");

async fn posted(changes: &[(&str, &str)], orders: Vec<Value>) -> (Bed, crossfoot::service::Engine) {
    let bed = Bed::new(&file(changes));
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

/// What `lint --live` says, each with its place.
async fn live(engine: &crossfoot::service::Engine) -> Vec<String> {
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let told = crossfoot::service::against_ledger(engine, &loaded)
        .await
        .unwrap();
    told.iter()
        .map(|d| format!("{}: {} [{}]", d.place, d.what, d.code))
        .collect()
}

fn named(name: &str) -> Value {
    json!({"type": "PRODUCT", "product_id": "1", "name": name, "quantity": 1, "price": "100.00"})
}

/// Lines of one invoice from a file: name, quantity, price, each without tax.
async fn from_file(rows: &[(&str, &str, &str)], total: &str) -> (Bed, crossfoot::service::Engine) {
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
    let head = "number,date,contact.name,total,line.description,line.quantity,line.unit_amount,line.taxable\n";
    let row = |(text, quantity, price): &(&str, &str, &str)| {
        format!("1041,2026-07-10,Jo Harbour,{total},{text},{quantity},{price},no\n")
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    std::fs::write(folder.join("a.csv"), format!("{head}{}", rows.concat())).unwrap();
    let engine = bed.engine().await;
    synced(&engine).await;
    (bed, engine)
}

#[tokio::test]
async fn a_quantity_below_zero_gives_its_sign_to_the_price() {
    let rows = [
        ("Crane hire", "3", "100.00"),
        ("Crane returned", "-2", "30.00"),
    ];
    let (bed, engine) = from_file(&rows, "240.00").await;
    verified(&engine, "1041").await;
    let invoice = bed.invoice("1041").unwrap();
    assert_eq!(total(&invoice), amount("240.00"));
    let line = &invoice["LineItems"][1];
    assert_eq!(
        (dec(&line["Quantity"]), dec(&line["UnitAmount"])),
        (amount("2"), amount("-30"))
    );
    // What was posted is as it was drafted: nothing is sent again.
    bed.minutes(10);
    retried(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn of_nothing_times_a_price_the_price_is_kept_in_the_text() {
    let rows = [("Crane hire", "1", "100.00"), ("Manual", "0", "49.50")];
    let (bed, engine) = from_file(&rows, "100.00").await;
    verified(&engine, "1041").await;
    let line = &bed.invoice("1041").unwrap()["LineItems"][1];
    assert_eq!(
        (dec(&line["Quantity"]), dec(&line["UnitAmount"])),
        (amount("1"), amount("0"))
    );
    assert_eq!(text(line, "Description"), "Manual (0 x 49.50)");
}

#[tokio::test]
async fn a_currency_added_afterwards_lets_the_document_go() {
    let bed = Bed::new(&file(&[("currency", "EUR")]));
    bed.keap(json!({"currency": "EUR"}));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "currency.not_enabled",
        "EUR",
        "add EUR to the ledger's currencies",
    )
    .await;
    bed.xero(json!({"currencies": [{"code": "EUR", "rate": "0.60"}]}));
    bed.minutes(10);
    retried(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(text(&bed.invoice("1041").unwrap(), "CurrencyCode"), "EUR");
}

#[tokio::test]
async fn tracking_that_the_ledger_does_not_have_holds_until_it_has() {
    let bed = Bed::new(&file(&[RULES]));
    bed.rule(
        "acme.rhai",
        "fn map_line(line, invoice) {\n    line.tracking = #{ \"Region\": \"North\" };\n    keep()\n}\n",
    );
    bed.xero(json!({"tracking_categories": [{"Name": "Regions", "Options": [{"Name": "North"}]}]}));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "tracking.unknown",
        "is \"Regions\" meant?",
        "add it to the ledger",
    )
    .await;
    // The same is told before any document comes, at the line of the rule.
    let told = live(&engine).await;
    assert!(
        told.iter()
            .any(|t| t.starts_with("rules/acme.rhai:2") && t.contains("Region")),
        "{told:?}"
    );
    bed.xero(json!({"tracking_categories": [{"Name": "Region", "Options": [{"Name": "South"}]}]}));
    bed.minutes(10);
    retried(&engine).await;
    held(
        &engine,
        "1041",
        "tracking.unknown",
        "Region: North",
        "retry",
    )
    .await;
    bed.xero(json!({"tracking_categories": [{"Name": "Region", "Options": [{"Name": "North"}]}]}));
    assert_eq!(live(&engine).await, [""; 0]);
    bed.minutes(10);
    retried(&engine).await;
    verified(&engine, "1041").await;
    let line = &bed.invoice("1041").unwrap()["LineItems"][0];
    assert_eq!(line["Tracking"][0]["Option"], "North", "{line}");
}

#[tokio::test]
async fn texts_of_a_paid_invoice_are_sent_and_money_is_not() {
    let bank = json!({"items": [named("Crane hire"), gst("10.00")], "payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = posted(&[UPDATES], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    verified(&engine, "1041").await;
    bed.minutes(30);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "items": [named("Crane hire, Saturday"), gst("10.00")]}]}),
    );
    synced(&engine).await;
    verified(&engine, "1041").await;
    let after = bed.invoice("1041").unwrap();
    let line = &after["LineItems"][0];
    assert!(text(line, "Description").contains("Saturday"), "{line}");
    assert_eq!(
        (text(&after, "Status").as_str(), total(&after)),
        ("PAID", amount("110.00"))
    );
    assert_eq!((bed.invoices(), bed.payments()), (1, 1));
    // What it comes to is another matter.
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.locked", "1041", "by hand").await;
}

#[tokio::test]
async fn in_a_locked_period_nothing_of_a_paid_invoice_is_sent() {
    let bank = json!({"items": [named("Crane hire"), gst("10.00")], "payments": [paid("110.00", "2026-07-12")]});
    let (bed, engine) = posted(&[UPDATES], vec![with(order(1, 1041, "2026-07-10"), bank)]).await;
    bed.xero(json!({"period_lock_date": "2026-07-31"}));
    bed.minutes(30);
    bed.keap_edit(
        json!({"orders": [{"id": "1", "items": [named("Crane hire, Saturday"), gst("10.00")]}]}),
    );
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "period.locked",
        "2026-07-31",
        "lock date moved",
    )
    .await;
    bed.xero(json!({"period_lock_date": null}));
    retried(&engine).await;
    verified(&engine, "1041").await;
    let line = &bed.invoice("1041").unwrap()["LineItems"][0];
    assert!(text(line, "Description").contains("Saturday"), "{line}");
}

#[tokio::test]
async fn a_draft_goes_into_a_locked_period_and_an_approved_invoice_does_not() {
    for (status, goes) in [("DRAFT", true), ("SUBMITTED", true), ("AUTHORISED", false)] {
        let word = format!("{{ invoices: {{ else: {status} }} }}");
        let bed = Bed::new(&file(&[("status", word.as_str())]));
        bed.xero(json!({"period_lock_date": "2026-07-31"}));
        bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
        let engine = bed.engine().await;
        synced(&engine).await;
        if goes {
            verified(&engine, "1041").await;
            assert_eq!(text(&bed.invoice("1041").unwrap(), "Status"), status);
        } else {
            held(
                &engine,
                "1041",
                "period.locked",
                "2026-07-31",
                "first_open_day",
            )
            .await;
        }
    }
}

#[tokio::test]
async fn an_edit_in_the_ledger_in_the_second_of_our_post_is_not_overwritten_unasked() {
    let (bed, engine) = posted(&[UPDATES], vec![order(1, 1041, "2026-07-10")]).await;
    // The clock of the story stands still: it is the very millisecond of the post.
    bed.tamper(json!({"invoice_total": {"invoice": "1041", "by": "7.00"}}));
    let theirs = total(&bed.invoice("1041").unwrap());
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(&engine, "1041", "update.conflict", "changed both", "retry").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), theirs);
}

#[tokio::test]
async fn a_customer_with_a_quotation_mark_is_found_and_not_made_twice() {
    let bed = Bed::new(&file(&[]));
    let mut shop = shop(vec![order(1, 1041, "2026-07-10")]);
    shop["contacts"][0] = json!({"id": "7", "given_name": "Jo \"Crane\"", "family_name": "Harbour", "email_addresses": [{"field": "EMAIL1", "email": "jo@harbour.example"}]});
    bed.xero(json!({"contacts": [{"Name": "Jo \"Crane\" Harbour", "EmailAddress": "jo@harbour.example"}]}));
    bed.keap(shop);
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.contacts(), 1);
}

#[tokio::test]
async fn a_text_that_is_cut_is_told_with_the_cut() {
    let bed = Bed::new(&file(&[RULES]));
    bed.rule(
        "acme.rhai",
        "fn map_invoice(invoice) {\n    let long = \"0123456789\";\n    long += long; long += long; long += long; long += long; long += long;\n    invoice.reference = long;\n    keep()\n}\n",
    );
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let key = doc(&engine, "1041").await.key;
    let tenant = super::bed::tenant();
    use crossfoot::pipeline::ports::Documents as _;
    let note = engine
        .store()
        .decision(&tenant, &key)
        .await
        .unwrap()
        .unwrap();
    let told: Vec<String> = note.warnings.iter().map(ToString::to_string).collect();
    assert!(
        told.iter()
            .any(|t| t.contains("the reference has 320 characters and is cut at 227")),
        "{told:?}"
    );
    // What was cut differs from nothing: it is not sent again.
    bed.minutes(10);
    retried(&engine).await;
    verified(&engine, "1041").await;
}

#[tokio::test]
async fn a_lock_is_told_beforehand_only_where_it_binds() {
    for (status, told) in [("DRAFT", false), ("AUTHORISED", true)] {
        let word = format!("{{ invoices: {{ else: {status} }} }}");
        let sync = ("sync", "{ first_run: post, start: beginning }");
        let bed = Bed::new(&file(&[sync, ("status", word.as_str())]));
        bed.xero(json!({"period_lock_date": "2026-07-31"}));
        let engine = bed.engine().await;
        let all = live(&engine).await;
        let says = all.iter().any(|t| t.contains("[period.locked]"));
        assert_eq!(says, told, "{status}: {all:?}");
    }
}

#[tokio::test]
async fn a_contacts_text_that_is_cut_is_told_with_the_cut_when_it_is_sent() {
    let bed = Bed::new(&file(&[RULES]));
    bed.rule(
        "acme.rhai",
        "fn map_contact(contact) {\n    let long = \"0123456789\";\n    long += long; long += long; long += long; long += long; long += long;\n    contact.first_name = long;\n    contact.billing.city = long;\n    contact.billing.lines = [\"1\", \"2\", \"3\", long, long];\n    contact.phone = \"0123456789 0123456789 0123456789 0123456789 0123456789\";\n    keep()\n}\n",
    );
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    let told = warnings(&engine, "1041").await;
    for says in [
        "the contact's given name has 320 characters and is cut at 255",
        "the town of the contact's billing address has 320 characters and is cut at 255",
        "the street of the contact's billing address has 642 characters and is cut at 500",
        "the contact's telephone number has 54 characters, the ledger takes 50: it is left out",
    ] {
        assert!(told.iter().any(|t| t.contains(says)), "{says}: {told:?}");
    }
    // Of a contact that is there, nothing is sent, and nothing is told.
    bed.minutes(30);
    bed.keap(json!({"orders": [order(2, 1042, "2026-07-11")]}));
    synced(&engine).await;
    verified(&engine, "1042").await;
    let told = warnings(&engine, "1042").await;
    assert!(!told.iter().any(|t| t.contains("text.cut")), "{told:?}");
}

async fn warnings(engine: &crossfoot::service::Engine, number: &str) -> Vec<String> {
    use crossfoot::pipeline::ports::Documents as _;
    let key = doc(engine, number).await.key;
    let note = engine.store().decision(&super::bed::tenant(), &key).await;
    let told = note.unwrap().unwrap().warnings.into_iter();
    told.map(|r| r.to_string()).collect()
}
