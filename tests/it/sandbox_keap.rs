//! The fake Keap behaves as the vendor's documents say: layers of refusal, paging, money, limits, tokens, hooks.
//! With CROSSFOOT_SPECS, every v2 answer in these stories is checked against the vendor's OpenAPI document.

mod schema;

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use crossfoot::sandbox::keap::{Keap, KeapOptions};
use crossfoot::sandbox::wire::{Call, Reply, System};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

const KEY: &str = "KeapAK-acme-1";

/// A Keap with one small application, and a caller with its key.
struct Shop {
    keap: Keap,
    now: DateTime<Utc>,
    token: String,
}

fn seed() -> Value {
    json!({"applications": [{
        "name": "acme", "currency": "AUD", "time_zone": "Australia/Sydney", "tax_label": "GST",
        "profile": {"name": "Acme Cranes", "email": "jo@acme.example"},
        "payment_types": ["Check", "Cash"],
        "keys": [{"key": KEY, "kind": "sak"}],
        "oauth_clients": [{"client_id": "cf", "client_secret": "s3cret", "redirect_uris": ["https://app.example/back"]}],
        "order_fields": [{"id": "7", "field_name": "_XeroId"}],
        "companies": [{"company_name": "Harbour Cranes", "address": {"line1": "1 Quay", "country_code": "AUS"}}],
        "contacts": [
            {"given_name": "Jo", "family_name": "Smith", "company": {"id": "1"},
             "email_addresses": [{"email": "jo@harbour.example", "field": "EMAIL1"}],
             "phone_numbers": [{"number": "0299990000", "field": "PHONE1"}],
             "addresses": [{"field": "BILLING", "line1": "1 Quay", "locality": "Sydney", "country_code": "AUS"}]},
            {"given_name": "Ann", "email_addresses": [{"email": "ann@x.example", "field": "EMAIL1"}]}],
        "products": [{"name": "Tilt tray", "sku": "TIL", "price": "100.00", "taxable": true},
                     {"name": "Tilt tray, old", "sku": "TIL", "price": "90.00", "taxable": false}],
        "orders": [
            {"title": "Crane hire", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z",
             "items": [{"sku": "TIL", "quantity": 2, "price": "99.95"}, {"type": "SHIPPING", "name": "Freight", "price": "20.00"},
                       {"type": "DISCOUNT", "name": "Friend", "price": "9.90"}, {"type": "TAX", "name": "GST", "price": "21.00"}],
             "payments": [{"amount": "100.00", "type": "Check", "time": "2026-07-03T02:00:00Z"},
                          {"amount": "30.00", "refund_of": "1", "time": "2026-07-04T02:00:00Z"}],
             "payment_plan": {"plan_start_date": "2026-07-01", "number_of_payments": 2, "days_between_payments": 30,
                              "items": [{"due_date": "2026-07-31", "amount_due": "116.00"}, {"due_date": "2026-07-01", "amount_due": "115.00"}]},
             "x_expect": {"end": "posted", "total": "231.00"}},
            {"title": "Warranty", "contact_id": "2", "order_time": "2026-07-02T00:00:00Z", "source_type": "QUICKBOOKS",
             "items": [{"type": "SERVICE", "name": "Visit", "price": "0"}, {"type": "TAX", "price": "0"}],
             "custom_fields": [{"id": "7", "content": "abc-1"}]},
            {"title": "Paid in full", "contact_id": "2", "order_time": "2026-07-03T00:00:00Z",
             "items": [{"type": "OTHER", "name": "Advice", "price": "50.00"}],
             "payments": [{"amount": "50.00", "pay_status": "APPROVED", "type": "Credit Card"}]}]
    }]})
}

impl Shop {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(switches: &[(&str, Value)]) -> Self {
        let switches = switches
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.clone()))
            .collect();
        let now = Utc.with_ymd_and_hms(2026, 7, 10, 9, 30, 0).unwrap();
        let mut keap = Keap::new(&KeapOptions { switches });
        keap.seed(&seed(), now).unwrap();
        Self {
            keap,
            now,
            token: KEY.to_owned(),
        }
    }

    fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Reply {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let call = Call {
            method,
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers: map,
            body: body.to_owned().into(),
            in_flight: 1,
            base: "http://127.0.0.1:4600/keap".into(),
        };
        self.keap.handle(&call, self.now)
    }

    /// A call with the key; each one a second after the one before, so that no limit is met by chance.
    fn call(&mut self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        self.now += Duration::seconds(1);
        let bearer = format!("Bearer {}", self.token);
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.send(
            method.clone(),
            &format!("/crm/rest/{path}"),
            &[("authorization", &bearer)],
            &text,
        );
        let value: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
        schema::check(&method, path, reply.status.as_u16(), &value);
        (reply.status.as_u16(), value)
    }

    fn get(&mut self, path: &str) -> Value {
        let (status, value) = self.call(Method::GET, path, &Value::Null);
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, &body)
    }

    fn refused(&mut self, method: Method, path: &str, body: Value) -> String {
        let (status, value) = self.call(method, path, &body);
        assert!(status >= 400, "{path}: {status} {value}");
        format!("{status} {}", value["message"].as_str().unwrap_or(""))
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|o| o["id"].as_str().unwrap())
        .collect()
}

#[test]
fn the_gateway_refuses_before_anything_is_looked_up() {
    let mut shop = Shop::new();
    for (headers, code) in [
        (vec![], "oauth.v2.InvalidAccessToken"),
        (
            vec![("authorization", "Basic x")],
            "oauth.v2.InvalidAccessToken",
        ),
        (
            vec![("authorization", "Bearer nobody")],
            "keymanagement.service.invalid_access_token",
        ),
        (
            vec![("x-keap-api-key", "nobody")],
            "keymanagement.service.invalid_access_token",
        ),
    ] {
        let reply = shop.send(Method::GET, "/crm/rest/v2/no/such/path", &headers, "");
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            (
                reply.status.as_u16(),
                body["fault"]["detail"]["errorcode"].as_str()
            ),
            (401, Some(code))
        );
        assert_eq!(
            reply.headers["x-keap-product-quota-limit"], "",
            "names without numbers"
        );
        assert_eq!(reply.headers["x-keap-tenant-id"], "");
    }
    for headers in [
        vec![("authorization", "Bearer KeapAK-acme-1")],
        vec![("x-keap-api-key", KEY)],
    ] {
        assert_eq!(
            shop.send(Method::GET, "/crm/rest/v2/orders", &headers, "")
                .status,
            200
        );
    }
    let (status, body) = shop.call(Method::GET, "v2/no/such/path", &Value::Null);
    assert_eq!((status, body["code"].as_u64()), (404, Some(404)));
    assert_eq!(shop.call(Method::PUT, "v2/orders", &Value::Null).0, 405);
    let (status, body) = shop.call(Method::GET, "v2/orders/999", &Value::Null);
    assert_eq!(
        (status, &body["details"][0]["resource"]),
        (404, &json!("999"))
    );
}

#[test]
fn an_order_adds_up_and_its_numbers_are_kept_apart() {
    let mut shop = Shop::new();
    let order = shop.get("v2/orders/1");
    assert_eq!(order["invoice_id"], "11", "not the order's id");
    assert_eq!(
        order["total"],
        json!({"amount": 23100, "currency_code": "AUD", "formatted_amount": "$231.00"})
    );
    assert_eq!(
        order["total_paid"]["amount"], 7000,
        "100.00 received, 30.00 given back"
    );
    assert_eq!(
        order["total_due"]["amount"], 23100,
        "what the order asks for, not what is open"
    );
    assert_eq!(order["refund_total"]["amount"], 3000);
    assert_eq!(order["order_items"][2]["price_per_unit"]["amount"], -990);
    assert_eq!(order["order_items"][0]["product"]["sku"], "TIL");
    let plan = &order["payment_plan"]["payment_plan_items"];
    assert_eq!(
        (&plan[0]["due_date"], &plan[1]["due_date"]),
        (&json!("2026-07-01"), &json!("2026-07-31"))
    );
    assert_eq!(
        (&plan[0]["status"], &plan[0]["amount_paid"]["amount"]),
        (&json!("UNPAID_MANUAL"), &json!(7000))
    );
    assert!(order.get("x_expect").is_none() && order["contact"]["email"] == "jo@harbour.example");
    assert_eq!(
        shop.keap.state()["applications"][0]["orders"][0]["x_expect"]["end"],
        "posted"
    );
    let warranty = shop.get("v2/orders/2");
    assert_eq!(
        (&warranty["status"], &warranty["total"]["amount"]),
        (&json!("PAID"), &json!(0))
    );
}

#[test]
fn what_the_documents_leave_open_has_two_answers() {
    let mut usual = Shop::new();
    let mut other = Shop::with(&[
        ("discounts", json!("discount_field")),
        ("zero_tax", json!("none")),
        ("order_payments_unit", json!("minor")),
        ("refund_rows", json!("positive")),
        ("total_paid", json!("gross")),
        ("page_token_at_end", json!("empty")),
        ("list_items", json!("without")),
        ("default_page_size", json!(2)),
        ("contact_list", json!("basic")),
    ]);
    let order = other.get("v2/orders/1");
    assert_eq!(
        (
            &order["order_items"][2]["price_per_unit"]["amount"],
            &order["order_items"][2]["discount"]["amount"]
        ),
        (&json!(0), &json!(990))
    );
    assert_eq!(
        (&order["total"]["amount"], &order["total_paid"]["amount"]),
        (&json!(23100), &json!(10000))
    );
    let lines = |shop: &mut Shop| {
        shop.get("v2/orders/2")["order_items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((lines(&mut usual), lines(&mut other)), (2, 1));
    let amounts = |shop: &mut Shop| {
        let list = shop.get("v2/orders/1/payments");
        let rows = list["invoice_order_payments"].as_array().unwrap();
        rows.iter()
            .map(|r| r["amount"].to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(amounts(&mut usual), ["100.0", "-30.0"]);
    assert_eq!(amounts(&mut other), ["10000", "3000"]);
    let list = usual.get("v2/orders");
    assert!(
        list.get("next_page_token").is_none() && list["orders"][0].get("order_items").is_some()
    );
    let list = other.get("v2/orders?filter=id%3D%3D1");
    assert!(list["next_page_token"] == "" && list["orders"][0].get("order_items").is_none());
    assert_eq!(ids(&other.get("v2/orders?page_size=0")["orders"]).len(), 2);
    assert!(
        usual.get("v2/contacts")["contacts"][0]
            .get("addresses")
            .is_some()
    );
    assert!(
        other.get("v2/contacts")["contacts"][0]
            .get("addresses")
            .is_none()
    );
    let told = other.keap.switch("discounts", &json!("maybe")).unwrap_err();
    assert!(told.contains("negative_price or discount_field"), "{told}");
    assert!(
        other
            .keap
            .switch("nothing", &json!(1))
            .unwrap_err()
            .contains("page_token_at_end")
    );
}

#[test]
fn filters_find_what_they_name_and_refuse_what_they_do_not_know() {
    let mut shop = Shop::new();
    for (filter, want) in [
        ("id%3C%3D2", vec!["1", "2"]),
        ("id!%3D2", vec!["1", "3"]),
        ("ids%3D%3D1,3", vec!["1", "3"]),
        ("invoice_id%3D%3D12", vec!["2"]),
        ("contact_id%3D%3D2%3Bpaid%3D%3Dtrue", vec!["2", "3"]),
        ("paid%3D%3Dfalse", vec!["1"]),
        ("product_id%3D%3D1", vec!["1"]),
        ("title%3D%3Dpaid*", vec!["3"]),
        ("title%3D%3Dpaid", vec![]),
        (
            "created_since_time%3D%3D2026-07-02T00:00:00.000Z",
            vec!["2", "3"],
        ),
        (
            "modified_until_time%3D%3D2026-07-02T10:00:00.000%2B10:00",
            vec!["1", "2"],
        ),
        ("_xeroid%3D%3Dabc*", vec!["2"]),
    ] {
        let list = shop.get(&format!("v2/orders?filter={filter}&unknown=1"));
        assert_eq!(ids(&list["orders"]), want, "{filter}");
    }
    for (query, told) in [
        ("filter=totl%3D%3D1", "400 Invalid filter field: totl"),
        (
            "filter=invoice_id%3E1",
            "400 Invalid filter operator for invoice_id: only == is allowed",
        ),
        (
            "filter=modified_since_time%3D%3D2026-07-02",
            "400 Invalid filter value for modified_since_time: 2026-07-02",
        ),
        ("filter=_Other%3D%3D1", "400 Invalid filter field: _Other"),
        (
            "order_by=total",
            "400 Invalid order_by field: total; allowed are id, order_time, modification_time",
        ),
        ("order_by=id%20up", "400 Invalid order_by direction: id up"),
        ("page_size=1001", "400 page_size must be between 0 and 1000"),
        ("page_token=zzz", "400 Invalid page token"),
    ] {
        assert_eq!(
            shop.refused(Method::GET, &format!("v2/orders?{query}"), Value::Null),
            told
        );
    }
    assert_eq!(
        ids(&shop.get("v2/orders?order_by=order_time+desc")["orders"]),
        ["3", "2", "1"]
    );
    assert_eq!(
        ids(&shop.get("v2/products?filter=sku%3D%3Dti*&order_by=name%20desc")["products"]),
        ["2", "1"]
    );
    assert_eq!(
        ids(&shop.get("v2/sales/payments?filter=order_id%3D%3D1%3Bamount%3E0")["payments"]),
        ["1"]
    );
    assert_eq!(
        shop.get("v2/sales/transactions?filter=transaction_method%3D%3DREFUND")["transactions"][0]
            ["amount"]
            .to_string(),
        "-30.0"
    );
    assert_eq!(
        ids(&shop.get("v2/contacts?filter=email%3D%3DJO@*&fields=given_name")["contacts"]),
        ["1"]
    );
    assert_eq!(
        shop.refused(
            Method::GET,
            "v2/contacts?filter=phone_number%3D%3D1",
            Value::Null
        ),
        "400 phone_fields is required when phone_number is supplied"
    );
    assert!(
        shop.get("v2/companies")["companies"][0]
            .get("address")
            .is_none()
    );
    assert_eq!(
        shop.get("v2/companies?fields=address")["companies"][0]["address"]["line1"],
        "1 Quay"
    );
}

#[test]
fn pages_lose_nothing_and_repeat_nothing_while_orders_arrive_and_go() {
    let mut shop = Shop::new();
    let new = |title: &str, at: &str| json!({"title": title, "contact_id": "1", "order_time": at, "items": []});
    let many: Vec<Value> = (0..20)
        .map(|n| new(&format!("n{n}"), &format!("2026-07-05T00:00:{n:02}Z")))
        .collect();
    let add = |shop: &mut Shop, orders: Vec<Value>| {
        let now = shop.now;
        shop.keap
            .seed(
                &json!({"applications": [{"name": "acme", "orders": orders}]}),
                now,
            )
            .unwrap();
    };
    add(&mut shop, many);
    let mut seen: Vec<String> = vec![];
    let mut path = "v2/orders?page_size=6&order_by=order_time%20desc".to_owned();
    loop {
        let list = shop.get(&path);
        seen.extend(ids(&list["orders"]).iter().map(|s| (*s).to_owned()));
        // Between two pages an order arrives at the front, and one that was shown goes.
        add(&mut shop, vec![new("late", "2026-07-09T00:00:00Z")]);
        shop.call(
            Method::DELETE,
            &format!("v2/orders/{}", seen.last().unwrap()),
            &Value::Null,
        );
        match list["next_page_token"].as_str() {
            Some(token) => path = format!("v2/orders?page_size=6&page_token={token}"),
            None => break,
        }
    }
    let want: Vec<String> = (4..=23)
        .rev()
        .chain([3, 2, 1])
        .map(|n| n.to_string())
        .collect();
    assert_eq!(seen, want);
    let token = shop.get("v2/orders?page_size=1")["next_page_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let told = shop.refused(
        Method::GET,
        &format!("v2/orders?page_token={token}&filter=id%3D%3D1"),
        Value::Null,
    );
    assert_eq!(told, "400 filter must not change while paging");
}

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
fn a_key_is_stopped_at_ten_a_second_and_two_hundred_and_forty_a_minute() {
    let mut shop = Shop::with(&[("retry_after", json!("seconds"))]);
    let bearer = format!("Bearer {KEY}");
    shop.now = Utc.with_ymd_and_hms(2026, 7, 10, 9, 30, 0).unwrap();
    let send = |shop: &mut Shop| {
        shop.send(
            Method::GET,
            "/crm/rest/v2/businessProfile",
            &[("authorization", &bearer)],
            "",
        )
    };
    for _ in 0..10 {
        assert_eq!(send(&mut shop).status, 200);
    }
    let reply = send(&mut shop);
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers["retry-after"].to_str().unwrap()
        ),
        (429, "1")
    );
    for second in 1..24 {
        shop.now += Duration::seconds(1);
        for _ in 0..10 {
            assert_eq!(send(&mut shop).status, 200, "second {second}");
        }
    }
    shop.now += Duration::seconds(1);
    let reply = send(&mut shop);
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers["retry-after"].to_str().unwrap()
        ),
        (429, "36")
    );
    let body: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(
        body["fault"]["detail"]["errorcode"],
        "policies.ratelimit.QuotaViolation"
    );
    let head = |name: &str| reply.headers[name].to_str().unwrap().to_owned();
    assert_eq!(
        (
            head("x-keap-product-throttle-limit"),
            head("x-keap-product-throttle-available"),
            head("x-keap-product-throttle-used")
        ),
        ("240".into(), "0".into(), "240".into())
    );
    assert_eq!(
        (
            head("x-keap-product-quota-limit"),
            head("x-keap-product-quota-used"),
            head("x-keap-product-quota-time-unit")
        ),
        ("30000".into(), "240".into(), "day".into())
    );
    assert_eq!(
        head("x-keap-product-quota-expiry-time"),
        "1783728000000",
        "midnight UTC in milliseconds"
    );
    assert_eq!(
        (
            head("x-keap-tenant-throttle-limit"),
            head("x-keap-tenant-throttle-time-unit"),
            head("x-keap-tenant-throttle-interval")
        ),
        ("10000|250000".into(), "minute|day".into(), "1|1".into())
    );
    assert_eq!(
        (
            head("x-keap-tenant-throttle-used"),
            head("x-keap-tenant-id")
        ),
        ("240|240".into(), "acme".into())
    );
    shop.keap.switch("form_429", &json!("service")).unwrap();
    let body: Value = serde_json::from_slice(&send(&mut shop).body).unwrap();
    assert_eq!(
        body,
        json!({"code": "429", "message": "Quota Exceeded", "status": "Request Throttled", "details": null})
    );
    shop.now += Duration::seconds(60);
    assert_eq!(send(&mut shop).status, 200, "a new minute");
}

fn form(shop: &mut Shop, basic: Option<&str>, body: &str) -> (u16, Value) {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    let header = basic.map(|b| {
        use base64::Engine as _;
        format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(b)
        )
    });
    if let Some(header) = &header {
        headers.push(("authorization", header));
    }
    let reply = shop.send(Method::POST, "/token", &headers, body);
    (
        reply.status.as_u16(),
        serde_json::from_slice(&reply.body).unwrap(),
    )
}

fn consent(shop: &mut Shop) -> url::Url {
    let path = "/app/oauth/authorize?client_id=cf&redirect_uri=https://app.example/back&response_type=code&scope=full&state=st";
    let reply = shop.send(Method::GET, path, &[], "");
    assert_eq!(reply.status, 302);
    reply.headers["location"].to_str().unwrap().parse().unwrap()
}

#[test]
fn a_refresh_token_works_once_and_its_two_requests_differ() {
    let mut shop = Shop::new();
    let back = consent(&mut shop);
    let query: std::collections::BTreeMap<_, _> = back.query_pairs().into_owned().collect();
    assert_eq!(query["state"], "st");
    let code = |secret: &str| {
        format!(
            "grant_type=authorization_code&client_id=cf&client_secret={secret}&redirect_uri=https%3A%2F%2Fapp.example%2Fback&code={}",
            query["code"]
        )
    };
    assert_eq!(form(&mut shop, None, &code("wrong")).0, 401);
    let (status, first) = form(&mut shop, None, &code("s3cret"));
    assert_eq!(
        (status, &first["scope"], &first["expires_in"]),
        (200, &json!("full|acme.infusionsoft.com"), &json!(86400))
    );
    assert_eq!(
        form(&mut shop, None, &code("s3cret")).0,
        400,
        "a code works once"
    );

    let refresh = |token: &Value| {
        format!(
            "grant_type=refresh_token&refresh_token={}",
            token.as_str().unwrap()
        )
    };
    let old_form = format!(
        "{}&client_id=cf&client_secret=s3cret",
        refresh(&first["refresh_token"])
    );
    assert_eq!(
        form(&mut shop, None, &old_form).0,
        401,
        "client and secret belong in the header here"
    );
    let (status, second) = form(
        &mut shop,
        Some("cf:s3cret"),
        &refresh(&first["refresh_token"]),
    );
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let (status, told) = form(
        &mut shop,
        Some("cf:s3cret"),
        &refresh(&first["refresh_token"]),
    );
    assert_eq!(
        (status, told),
        (
            400,
            json!({"error": "invalid_request", "error_description": "Invalid Refresh Token"})
        )
    );

    shop.token = second["access_token"].as_str().unwrap().to_owned();
    assert_eq!(shop.get("v2/oauth/connect/userinfo")["tenant_id"], "acme");
    let old_client = format!("/crm/rest/v1/orders?access_token={}", shop.token);
    assert_eq!(shop.send(Method::GET, &old_client, &[], "").status, 200);
    shop.now += Duration::hours(24);
    let (status, told) = shop.call(Method::GET, "v2/orders", &Value::Null);
    assert_eq!(
        (status, told["fault"]["detail"]["errorcode"].as_str()),
        (401, Some("keymanagement.service.access_token_expired"))
    );
    shop.now += Duration::days(44);
    assert_eq!(
        form(
            &mut shop,
            Some("cf:s3cret"),
            &refresh(&second["refresh_token"])
        )
        .0,
        400,
        "45 days are over"
    );
    shop.keap.switch("authorize", &json!("deny")).unwrap();
    assert!(
        consent(&mut shop)
            .query()
            .unwrap()
            .contains("error=access_denied")
    );
}

#[test]
fn one_oauth_client_shares_its_quota_over_all_its_applications() {
    let mut shop = Shop::with(&[("spike_arrest", json!(0))]);
    let now = shop.now;
    let app = |name: &str| json!({"name": name, "currency": "USD", "oauth_clients": [{"client_id": "big", "client_secret": "x", "access_token": format!("at-{name}")}]});
    shop.keap
        .seed(&json!({"applications": [app("one"), app("two")]}), now)
        .unwrap();
    let call = |shop: &mut Shop, app: &str| {
        shop.send(
            Method::GET,
            "/crm/rest/v2/businessProfile",
            &[("authorization", &format!("Bearer at-{app}"))],
            "",
        )
        .status
        .as_u16()
    };
    let calls: Vec<u16> = (0..1501)
        .map(|n| call(&mut shop, if n % 2 == 0 { "one" } else { "two" }))
        .collect();
    assert_eq!(
        (calls.iter().filter(|s| **s == 200).count(), calls[1500]),
        (1500, 429)
    );
    shop.keap.switch("spike_arrest", &json!(25)).unwrap();
    shop.now += Duration::minutes(1);
    let calls: Vec<u16> = (0..26).map(|_| call(&mut shop, "one")).collect();
    assert_eq!((calls[24], calls[25]), (200, 429));
}

#[test]
fn a_seed_is_taken_whole_or_not_at_all_and_edits_move_the_time() {
    let mut shop = Shop::new();
    let now = shop.now;
    let before = shop.keap.state();
    for (orders, told) in [
        (
            json!([{"contact_id": "1", "order_time": "2026-07-01T00:00:00Z"}, {"contact_id": "9", "order_time": "2026-07-01T00:00:00Z"}]),
            "seed.applications[0].orders[1]: the contact 9 is not there",
        ),
        (
            json!([{"contact_id": "1", "order_time": "2026-07-01T00:00:00Z", "itms": []}]),
            "seed.applications[0].orders[0].itms: is not known here",
        ),
        (
            json!([{"contact_id": "1", "order_time": "2026-07-01T00:00:00Z", "items": [{"price": "1.005"}]}]),
            "seed.applications[0].orders[0].items[0].price: must be an amount, no finer than AUD",
        ),
        (
            json!([{"id": "1", "contact_id": "1", "order_time": "2026-07-01T00:00:00Z"}]),
            "seed.applications[0].orders[0]: the order 1 or the invoice 14 is there already",
        ),
    ] {
        let got = shop
            .keap
            .seed(
                &json!({"applications": [{"name": "acme", "orders": orders}]}),
                now,
            )
            .unwrap_err();
        assert!(got.starts_with(told), "{got}");
    }
    assert_eq!(shop.keap.state(), before);
    let later = now + Duration::hours(1);
    let patch = json!({"orders": [{"id": "2", "set": {"title": "Charged after all"}, "add_items": [{"type": "FEE", "name": "Call-out", "price": "80.00"}],
                                   "add_payments": [{"amount": "30.00", "type": "Cash"}]}]});
    shop.keap
        .seed(
            &json!({"applications": [{"name": "acme", "patch": patch}]}),
            later,
        )
        .unwrap();
    let order =
        shop.get("v2/orders?filter=modified_since_time%3D%3D2026-07-10T10:30:00.000Z")["orders"][0]
            .clone();
    assert_eq!(
        (
            &order["id"],
            &order["total"]["amount"],
            &order["total_paid"]["amount"],
            &order["status"]
        ),
        (&json!("2"), &json!(8000), &json!(3000), &json!("DRAFT"))
    );
    let shared = json!({"payments": [{"type": "Check", "time": "2026-07-10T00:00:00Z", "parts": [{"order_id": "1", "amount": "10.00"}, {"order_id": "2", "amount": "50.00"}]}], "name": "acme"});
    shop.keap
        .seed(&json!({"applications": [shared]}), later)
        .unwrap();
    let payment =
        shop.get("v2/sales/payments?filter=order_id%3D%3D2&order_by=id%20desc")["payments"][0]
            .clone();
    assert_eq!(
        (payment["amount"].to_string(), &payment["order_ids"]),
        ("60.0".into(), &json!(["1", "2"]))
    );
    assert_eq!(shop.get("v2/orders/2")["status"], "PAID");
}

#[test]
fn old_clients_page_by_offset_and_read_plain_numbers() {
    let mut shop = Shop::new();
    let list = shop.get("v1/orders?limit=2&order=order_date&paid=True");
    assert_eq!(list["count"], 2);
    let list = shop.get("v1/orders?limit=2&order=order_date");
    let order = |n: usize| list["orders"][n]["id"].as_u64().unwrap();
    assert_eq!(
        (order(0), order(1), list["count"].as_u64()),
        (3, 2, Some(3))
    );
    assert_eq!(
        list["next"],
        "http://127.0.0.1:4600/keap/crm/rest/v1/orders?order=order_date&limit=2&offset=2"
    );
    let order = shop.get("v1/orders/1");
    assert_eq!(
        (
            order["total"].to_string(),
            order["order_items"][2]["price"].to_string()
        ),
        ("231.0".into(), "-9.9".into())
    );
    assert_eq!(order["order_date"], "2026-07-01T00:00:00.000+0000");
    assert_eq!(
        shop.get("v1/orders/1/payments")[1]["amount"].to_string(),
        "-30.0"
    );
    let (status, _) = shop.post(
        "v1/orders/1/payments",
        json!({"payment_amount": "120.00", "payment_method_type": "CHECK", "charge_now": false}),
    );
    assert_eq!(status, 201);
    assert_eq!(
        shop.get("v1/transactions")["transactions"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(
        shop.refused(Method::GET, "v1/orders/77", Value::Null),
        "404 The order with id 77 was not found"
    );
}

#[test]
fn a_hook_hears_nothing_before_the_handshake_and_goes_silent_after_410() {
    let mut shop = Shop::new();
    let (status, hook) = shop.post(
        "v1/hooks",
        json!({"eventKey": "invoice.payment.add", "hookUrl": "https://me.example/h/1"}),
    );
    assert_eq!((status, &hook["status"]), (200, &json!("Unverified")));
    let pay = |shop: &mut Shop| {
        shop.post("v2/orders/1/payments", json!({"payment_amount": 1.0, "payment_method_type": "Cash", "apply_to_commissions": false}))
    };
    pay(&mut shop);
    let due = |shop: &mut Shop| {
        let now = shop.now;
        shop.keap.outbound(now)
    };
    let received = |shop: &mut Shop, id: &str, status: Value, headers: Value| {
        let body = json!({"id": id, "status": status, "headers": headers}).to_string();
        shop.send(
            Method::from_bytes(b"SANDBOX").unwrap(),
            "/_delivered",
            &[],
            &body,
        );
    };
    let sent = due(&mut shop);
    assert_eq!(sent.len(), 1, "the handshake alone");
    let id = |o: &crossfoot::sandbox::wire::Outbound| {
        o.headers["x-sandbox-delivery"].to_str().unwrap().to_owned()
    };
    received(
        &mut shop,
        &id(&sent[0]),
        json!(200),
        json!({"x-hook-secret": "wrong"}),
    );
    assert_eq!(shop.get("v1/hooks/1")["status"], "Unverified");
    shop.post("v1/hooks/1/verify", Value::Null);
    let sent = due(&mut shop);
    let secret = sent[0].headers["x-hook-secret"]
        .to_str()
        .unwrap()
        .to_owned();
    received(
        &mut shop,
        &id(&sent[0]),
        json!(200),
        json!({"x-hook-secret": secret}),
    );
    assert_eq!(shop.get("v1/hooks/1")["status"], "Verified");

    pay(&mut shop);
    assert!(due(&mut shop).is_empty(), "not before half a minute");
    for (wait, status) in [(30, json!(500)), (30, Value::Null), (300, json!(410))] {
        shop.now += Duration::seconds(wait);
        let sent = due(&mut shop);
        assert_eq!(sent.len(), 1, "after {wait} s");
        assert!(
            String::from_utf8_lossy(&sent[0].body)
                .contains("\"event_key\":\"invoice.payment.add\"")
        );
        received(&mut shop, &id(&sent[0]), status, json!({}));
    }
    assert_eq!(shop.get("v1/hooks/1")["status"], "Inactive");
    assert_eq!(
        shop.refused(
            Method::POST,
            "v1/hooks",
            json!({"eventKey": "no.such", "hookUrl": "https://x"})
        ),
        "400 Invalid event key: no.such"
    );
}

#[test]
fn a_fault_speaks_keaps_own_language() {
    let mut shop = Shop::new();
    let sandbox = Method::from_bytes(b"SANDBOX").unwrap();
    let bearer = format!("Bearer {KEY}");
    let reply = shop.send(
        sandbox.clone(),
        "/_fault/429?retry_after=9",
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers["retry-after"].to_str().unwrap()
        ),
        (429, "9")
    );
    assert!(reply.headers.contains_key("x-sandbox-form"));
    let reply = shop.send(
        sandbox,
        "/_fault/revoked_token",
        &[("authorization", &bearer)],
        "",
    );
    assert_eq!(reply.status, 401);
    assert_eq!(
        shop.call(Method::GET, "v2/orders", &Value::Null).0,
        401,
        "the key is gone for good"
    );
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

/// `CROSSFOOT_SERVE=127.0.0.1:4600 cargo test --test it serve_ -- --ignored`, then the stories of `tests/sdk`
/// can be run against it; it ends after CROSSFOOT_SERVE_SECONDS (60).
#[tokio::test]
#[ignore = "serves the fake Keap on a port for the vendor's own client"]
async fn serve_the_fake_keap_for_the_sdk_story() {
    use crossfoot::sandbox::plane::{Plane, PlaneOptions};
    let address = std::env::var("CROSSFOOT_SERVE").unwrap_or_else(|_| "127.0.0.1:4600".into());
    let seconds = std::env::var("CROSSFOOT_SERVE_SECONDS").map_or(60, |s| s.parse().unwrap());
    let systems = || -> Vec<Box<dyn System>> { vec![Box::new(Keap::new(&KeapOptions::default()))] };
    let plane = Plane::new(PlaneOptions::new(systems, Utc::now)).unwrap();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let end = tokio::time::sleep(std::time::Duration::from_secs(seconds));
    plane.serve(listener, end).await.unwrap();
}
