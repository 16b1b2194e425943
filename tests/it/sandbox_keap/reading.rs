//! What is read: totals, switches, filters, pages.

use super::*;

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
