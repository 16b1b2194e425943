//! What is written: orders, payments, products, contacts, and how strictly.

use super::*;
use proptest::prelude::*;

#[test]
fn an_order_is_made_in_major_units_and_shown_in_minor_ones() {
    let mut shop = Shop::new();
    let order = json!({
        "contact_id": "1", "order_title": "From the ledger", "order_time": "2026-07-09T00:00:00Z", "order_type": "OFFLINE",
        "due_time": "2026-07-23T00:00:00Z", "external_create_user": "crossfoot",
        "order_items": [{"product_id": "1", "quantity": 3}, {"item_type": "OTHER", "name": "1.5 x 80.00", "quantity": 1, "price_per_unit": 120.05},
                        {"item_type": "DISCOUNT", "name": "Off", "quantity": 1, "price_per_unit": -5.05}]});
    let (status, made) = shop.post("v2/orders", order.clone());
    assert_eq!(
        (status, &made["total"]["amount"], &made["source_type"]),
        (201, &json!(41500), &json!("API"))
    );
    assert_eq!(made["modification_time"], made["creation_time"]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut other = order.clone();
        change(&mut other);
        other
    };
    for (body, told) in [
        (
            with(&|o| o["order_items"][0]["colour"] = json!("red")),
            "400 Unrecognized property: order_items[0].colour",
        ),
        (
            with(&|o| o["totl"] = json!(1)),
            "400 Unrecognized property: totl",
        ),
        (
            with(&|o| o["contact_id"] = json!("77")),
            "400 contact_id 77 is not a contact",
        ),
        (
            with(&|o| o["contact_id"] = json!(1)),
            "400 contact_id must be a string",
        ),
        (
            with(&|o| o["order_time"] = json!("2026-07-09")),
            "400 order_time must be an ISO-8601 date-time (e.g. 2024-05-21T23:00:00Z)",
        ),
        (
            with(&|o| o["order_type"] = Value::Null),
            "400 order_type is required",
        ),
        (
            with(&|o| o["order_items"][0]["quantity"] = json!(0)),
            "400 quantity must be greater than or equal to 1",
        ),
        (
            with(&|o| o["order_items"][0]["quantity"] = json!(1.5)),
            "400 order_items[0].quantity must be an integer",
        ),
        (
            with(&|o| o["order_items"][1]["name"] = json!(" ")),
            "400 name must not be blank",
        ),
        (
            with(&|o| o["order_items"][1]["price_per_unit"] = json!(0.005)),
            "400 price_per_unit has more decimals than the currency",
        ),
        (
            with(&|o| o["order_items"] = json!([{"quantity": 1}])),
            "400 product_id is required for item_type PRODUCT",
        ),
    ] {
        assert_eq!(shop.refused(Method::POST, "v2/orders", body), told);
    }
    let id = made["id"].as_str().unwrap().to_owned();
    let (status, edited) = shop.call(
        Method::PATCH,
        &format!("v2/orders/{id}?update_mask=notes"),
        &json!({"notes": "n", "order_title": "x"}),
    );
    assert_eq!(
        (status, &edited["notes"], &edited["title"]),
        (200, &json!("n"), &json!("From the ledger"))
    );
    let (status, item) = shop.post(
        &format!("v2/orders/{id}/items"),
        json!({"item_type": "TAX", "quantity": 1, "price_per_unit": 10}),
    );
    assert_eq!(
        (status, &item["price_per_unit"]["amount"]),
        (201, &json!(1000))
    );
    assert_eq!(shop.get("v2/products/1")["price"]["amount"], 10000);
    let (status, product) = shop.post(
        "v2/products",
        json!({"name": "Hook", "price": 1250, "short_description": "h"}),
    );
    assert_eq!(
        (status, &product["price"]["formatted_amount"]),
        (201, &json!("$12.50"))
    );
    assert_eq!(
        shop.refused(
            Method::POST,
            "v2/products",
            json!({"name": "Hook", "price": 12.5, "short_description": "h"})
        ),
        "400 price must be an integer"
    );
}

#[test]
fn a_payment_never_exceeds_what_is_open() {
    let mut shop = Shop::new();
    let pay = |amount: f64| json!({"payment_amount": amount, "payment_method_type": "Check", "apply_to_commissions": true});
    let before = shop.get("v2/orders/1")["modification_time"].clone();
    assert_eq!(
        shop.refused(Method::POST, "v2/orders/1/payments", pay(161.01)),
        "400 payment_amount must not exceed the current balance of the order"
    );
    let mut odd = pay(1.0);
    odd["payment_method_type"] = json!("Bitcoin");
    assert_eq!(
        shop.refused(Method::POST, "v2/orders/1/payments", odd.clone()),
        "400 payment_method_type Bitcoin is not a manual payment type of the application"
    );
    odd["payment_method_id"] = json!("4");
    assert!(
        shop.refused(Method::POST, "v2/orders/1/payments", odd)
            .starts_with("400 payment_method_id 4")
    );
    let (status, made) = shop.post("v2/orders/1/payments", pay(161.0));
    assert_eq!(
        (
            status,
            made["payment_amount"].to_string(),
            &made["invoice_id"]
        ),
        (201, "161.0".into(), &json!("11"))
    );
    let order = shop.get("v2/orders/1");
    assert_eq!(
        (&order["status"], &order["total_paid"]["amount"]),
        (&json!("PAID"), &json!(23100))
    );
    assert_ne!(order["modification_time"], before);
    let rows = shop.get("v2/orders/1/payments");
    let sum: i64 = rows["invoice_order_payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["amount"].as_f64().unwrap() as i64)
        .sum();
    assert_eq!(sum, 231, "the parts add up to total_paid");
    let (status, _) = shop.call(
        Method::PATCH,
        "v2/orders/1/payments/4",
        &json!({"payment_amount": 160.0}),
    );
    assert_eq!(status, 200);
    assert_eq!(shop.get("v2/orders/1")["total_paid"]["amount"], 23000);
    assert_eq!(
        shop.refused(
            Method::PATCH,
            "v2/orders/3/payments/3",
            json!({"payment_amount": 1.0})
        ),
        "400 payment_amount and payment_time can only be modified for manually recorded payments"
    );
    assert_eq!(
        shop.call(Method::DELETE, "v2/orders/1", &Value::Null).0,
        409
    );
    assert_eq!(
        shop.call(Method::DELETE, "v2/orders/2", &Value::Null).0,
        204
    );
}

#[test]
fn a_contact_needs_a_way_to_be_reached_and_a_duplicate_is_updated() {
    let mut shop = Shop::new();
    assert_eq!(
        shop.refused(Method::POST, "v2/contacts", json!({"given_name": "X"})),
        "400 At least one email address, phone number or address is required"
    );
    let address = |a: Value| json!({"addresses": [a]});
    assert_eq!(
        shop.refused(
            Method::POST,
            "v2/contacts",
            address(json!({"region": "NSW"}))
        ),
        "400 country_code is required when a region is given"
    );
    assert_eq!(
        shop.refused(
            Method::POST,
            "v2/contacts",
            address(json!({"country_code": "AU"}))
        ),
        "400 country_code AU is not an ISO 3166-1 alpha-3 code"
    );
    let jo = json!({"given_name": "Joanna", "email_addresses": [{"email": "JO@harbour.example", "field": "EMAIL1"}]});
    let (status, same) = shop.post("v2/contacts?duplicate_option=Email", jo.clone());
    assert_eq!(
        (
            status,
            &same["id"],
            &same["given_name"],
            &same["family_name"]
        ),
        (200, &json!("1"), &json!("Joanna"), &json!("Smith"))
    );
    let (status, new) = shop.post(
        "v2/contacts?duplicate_option=EmailAndName",
        json!({"given_name": "Zoe", "email_addresses": jo["email_addresses"]}),
    );
    assert_eq!((status, &new["id"]), (201, &json!("3")));
    let (_, cut) = shop.call(
        Method::PATCH,
        "v2/contacts/1?update_mask=phone_numbers",
        &json!({"phone_numbers": [], "given_name": "No"}),
    );
    assert_eq!(
        (&cut["phone_numbers"], &cut["given_name"]),
        (&json!([]), &json!("Joanna"))
    );
    assert_eq!(
        shop.get("v2/contacts/1?fields=company")["company"]["company_name"],
        "Harbour Cranes"
    );
    let (status, made) = shop.post("v2/companies", json!({"company_name": "New Co"}));
    assert_eq!((status, &made["id"]), (201, &json!("2")));
    assert_eq!(shop.get("v2/businessProfile")["currency_code"], "AUD");
    let settings =
        shop.get("v2/settings/applications:getConfiguration?fields=ECOMMERCE&fields=INVOICE");
    assert_eq!(
        (
            &settings["ecommerce"]["payment_types"],
            &settings["invoice"]["tax_label"]
        ),
        (&json!("Check,Cash"), &json!("GST"))
    );
    assert_eq!(shop.get("v2/oauth/connect/userinfo")["tenant_id"], "acme");
}

#[test]
fn the_schema_check_has_teeth_and_the_bodies_know_every_property_of_the_document() {
    let Some(document) = schema::document() else {
        return;
    };
    for wrong in [
        json!({"orders": [{"id": 1}]}),
        json!({"orders": [{"idd": "1"}]}),
        json!({"orders": [{"order_time": "2026-07-01"}]}),
    ] {
        let caught =
            std::panic::catch_unwind(|| schema::check(&Method::GET, "v2/orders", 200, &wrong));
        assert!(caught.is_err(), "{wrong} went through");
    }
    let mut shop = Shop::new();
    for (path, schema) in [
        ("v2/orders", "RestCreateOrderRequest"),
        ("v2/orders/1/items", "CreateOrderItemRequest"),
        ("v2/orders/1/payments", "RestCreatePaymentRequest"),
        ("v2/products", "CreateProductRequest_Detail"),
        ("v2/contacts", "CreateUpdateContactRequest"),
        ("v2/companies", "CreateCompanyRequest"),
    ] {
        let properties = document["components"]["schemas"][schema]["properties"]
            .as_object()
            .unwrap();
        let body: serde_json::Map<String, Value> = properties
            .keys()
            .map(|k| (k.clone(), Value::Null))
            .collect();
        let told = shop.refused(Method::POST, path, Value::Object(body));
        assert!(!told.contains("Unrecognized"), "{schema}: {told}");
    }
}

/// JSON of any shape, small, with the property names that Keap knows among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let names = "order_items|quantity|price_per_unit|contact_id|order_time|addresses|email_addresses|payment_amount|[a-z]{1,3}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|f| json!(f)),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("79228162514264337593543950335")),
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(names, inner, 0..5)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_answered(body in any_json(), filter in "(id|ids|paid|title|created_since_time|_XeroId)?[=<>!]{0,3}\\PC{0,10}(;\\PC{0,6})?", token in "[A-Za-z0-9_-]{0,20}") {
        let mut shop = Shop::with(&[("limits", json!("off"))]);
        let text = |v: &str| url::form_urlencoded::byte_serialize(v.as_bytes()).collect::<String>();
        for list in ["v2/orders", "v2/sales/payments", "v2/contacts", "v2/products", "v2/companies", "v1/orders"] {
            let (status, _) = shop.call(Method::GET, &format!("{list}?filter={}", text(&filter)), &Value::Null);
            prop_assert!(status == 200 || status == 400);
            shop.call(Method::GET, &format!("{list}?page_token={token}&offset={token}&page_size={token}"), &Value::Null);
        }
        for path in ["v2/orders", "v2/contacts", "v2/products", "v2/companies", "v2/orders/1/payments", "v2/orders/1/items", "v1/hooks", "v1/orders/1/payments"] {
            let (status, told) = shop.call(Method::POST, path, &body);
            prop_assert!((200..=400).contains(&status), "{path}: {status} {told}");
        }
        shop.call(Method::PATCH, "v2/orders/1", &body);
        let now = shop.now;
        shop.keap.seed(&json!({"applications": [{"name": "acme", "orders": [body]}]}), now).ok();
        shop.keap.state();
    }
}
