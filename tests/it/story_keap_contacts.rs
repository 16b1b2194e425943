//! Whom an order of Keap's is for: what one order says of its delivery or its company never becomes another's.

use super::bed::{Bed, file, order, paid, shop, synced, text, verified, with};
use crossfoot::model::{Became, Kind};
use serde_json::{Value, json};

/// The name that an invoice in the ledger bears.
fn billed(bed: &Bed, number: &str) -> String {
    text(&bed.invoice(number).unwrap()["Contact"], "Name")
}

fn to_company(company: &str) -> Value {
    json!({"shipping": {"company": company, "invoice_to_company": true}})
}

#[tokio::test]
async fn an_order_invoiced_to_a_company_renames_nobody() {
    let bed = Bed::new(&file(&[]));
    let day = "2026-07-10";
    let mut data = shop(vec![order(1, 1041, day)]);
    data["companies"] = json!([{"id": "31", "company_name": "NSW Lifts"}]);
    let kim = json!({"id": "9", "given_name": "Kim", "family_name": "Ng", "company": {"id": "31"},
        "email_addresses": [{"field": "EMAIL1", "email": "kim@lifts.example"}]});
    data["contacts"].as_array_mut().unwrap().push(kim);
    bed.keap(data);
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    let kims = |changes: Value| with(changes, json!({"contact_id": "9"}));
    bed.keap(json!({"orders": [
        with(order(2, 1042, day), to_company("Harbour Holdings")),
        with(order(3, 1043, day), to_company("Quay Estates")),
        kims(order(4, 1044, day)),
        // The contact's own company, named or not.
        kims(with(order(5, 1045, day), to_company(""))),
        kims(with(order(6, 1046, day), to_company("NSW  LIFTS"))),
    ]}));
    synced(&engine).await;
    let all = [
        ("1041", "Jo Harbour"),
        ("1042", "Harbour Holdings"),
        ("1043", "Quay Estates"),
        ("1044", "Kim Ng"),
        ("1045", "NSW Lifts"),
        ("1046", "NSW Lifts"),
    ];
    // Whichever order is touched, each invoice keeps the name it bears.
    for touched in ["none", "1", "2", "3", "4", "5"] {
        if touched != "none" {
            bed.minutes(30);
            bed.keap_edit(json!({"orders": [{"id": touched, "set": {"notes": "again"}}]}));
            let run = synced(&engine).await.run;
            assert_eq!(
                run.counts.of(Kind::Invoice, Became::Updated),
                0,
                "{:?}",
                run.counts
            );
        }
        for (number, name) in all {
            verified(&engine, number).await;
            assert_eq!(billed(&bed, number), name, "{number} after {touched}");
        }
        assert_eq!(bed.contacts(), 5);
    }
    // The person is found by their address, and nobody else is.
    let with_address = |name: &str| text(&bed.contact(name).unwrap(), "EmailAddress");
    assert_eq!(with_address("Jo Harbour"), "jo@harbour.example");
    assert_eq!(with_address("Harbour Holdings"), "");
}

/// The street of the ledger's one contact.
fn street(bed: &Bed) -> String {
    let contact = bed.contact("Jo Harbour").unwrap();
    let all = contact["Addresses"].as_array().unwrap();
    let street = all.iter().find(|a| a["AddressType"] == json!("STREET"));
    street.map_or(String::new(), |a| text(a, "AddressLine1"))
}

#[tokio::test]
async fn where_orders_are_shipped_to_overwrites_no_address_of_the_customer() {
    let to = |line: &str| json!({"shipping": {"address": {"line1": line, "locality": "Sydney", "postal_code": "2000"}}});
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![
        with(order(1, 1041, "2026-07-10"), to("1 North St")),
        with(order(2, 1042, "2026-07-10"), to("2 South St")),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!((bed.contacts(), street(&bed)), (1, String::new()));
    // A bookkeeper enters the street, and payments come in on both orders in turn.
    let id = text(&bed.contact("Jo Harbour").unwrap(), "ContactID");
    let correct = json!({"Addresses": [{"AddressType": "STREET", "AddressLine1": "9 Correct St"}]});
    bed.person("POST", &format!("Contacts/{id}"), correct).await;
    for (n, touched) in ["2", "1", "2"].into_iter().enumerate() {
        bed.minutes(30);
        let more = [paid("10.00", &format!("2026-07-1{}", n + 1))];
        bed.keap_edit(json!({"orders": [{"id": touched, "add_payments": more}]}));
        let run = synced(&engine).await.run;
        assert_eq!(
            run.counts.of(Kind::Invoice, Became::Updated),
            0,
            "{:?}",
            run.counts
        );
        assert_eq!(street(&bed), "9 Correct St");
    }
    assert_eq!(bed.payments(), 3);

    // The customer's own address is another matter: it is sent when it changes in Keap.
    bed.minutes(30);
    bed.keap(json!({"patch": {"contacts": [{"id": "7", "set": {"addresses": [
        {"field": "SHIPPING", "line1": "3 West St", "locality": "Sydney", "country_code": "AUS"}]}}],
        "orders": [{"id": "1", "set": {"notes": "moved"}}]}}));
    synced(&engine).await;
    assert_eq!(street(&bed), "3 West St");
}

#[tokio::test]
async fn a_company_is_one_customer_whoever_of_its_people_orders() {
    let day = "2026-07-10";
    for (second, minutes) in [("same run", 0), ("later", 30)] {
        let bed = Bed::new(&file(&[]));
        let person = |id: &str, name: &str| json!({"id": id, "given_name": name, "family_name": "Ng", "company": {"id": "31"}});
        let of = |id: &str, n: u32, number: u32| {
            let order = with(order(n.into(), number.into(), day), to_company(""));
            with(order, json!({"contact_id": id}))
        };
        let mut data = shop(vec![of("9", 1, 1041)]);
        data["companies"] = json!([{"id": "31", "company_name": "NSW Lifts"}]);
        data["contacts"] = json!([person("9", "Kim"), person("10", "Lou")]);
        bed.keap(data);
        let engine = bed.engine().await;
        if minutes > 0 {
            synced(&engine).await;
            bed.minutes(minutes);
        }
        bed.keap(json!({"orders": [of("10", 2, 1042)]}));
        synced(&engine).await;
        for number in ["1041", "1042"] {
            verified(&engine, number).await;
            assert_eq!(billed(&bed, number), "NSW Lifts", "{second}");
        }
        assert_eq!(bed.contacts(), 1, "{second}");
    }
}
