//! Creating, full and sparse updates, deletions, voids; SyncTokens; numbers; the closing date.

use super::{World, bill, d, dec, line, number, payment};
use serde_json::{Value, json};

#[test]
fn an_invoice_gets_what_the_vendor_adds() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let made = w.put("invoice", bill(&ann, &[line("100.00", "NON")]));
    assert_eq!(made["DocNumber"], "1001");
    assert_eq!(made["DueDate"], "2026-07-31");
    assert_eq!(made["Balance"].to_string(), "100.00");
    assert_eq!(made["TxnTaxDetail"]["TotalTax"].to_string(), "0");
    assert_eq!(made["CustomerRef"]["name"], "Ann");
    assert_eq!(made["Line"][0]["Id"], "1");
    assert_eq!(made["Line"][1]["DetailType"], "SubTotalLineDetail");
    assert!(made["Line"][1].get("Id").is_none());
    assert_eq!(made["MetaData"]["CreateTime"], "2026-07-01T12:00:00-07:00");
}

#[test]
fn a_sparse_update_leaves_what_it_does_not_name_and_a_full_one_clears_it() {
    let mut w = World::us();
    let made = w.put(
        "customer",
        json!({"DisplayName": "Ann", "Notes": "old", "PrimaryPhone": {"FreeFormNumber": "1"}}),
    );
    let id = &made["Id"];
    let sparse = w.put(
        "customer",
        json!({"Id": id, "SyncToken": "0", "sparse": true, "Notes": "new"}),
    );
    assert_eq!(
        (&sparse["Notes"], &sparse["SyncToken"]),
        (&json!("new"), &json!("1"))
    );
    assert_eq!(sparse["PrimaryPhone"]["FreeFormNumber"], "1");
    let full = w.put(
        "customer",
        json!({"Id": id, "SyncToken": "1", "DisplayName": "Ann"}),
    );
    assert!(
        full.get("Notes").is_none() && full.get("PrimaryPhone").is_none(),
        "{full}"
    );
    assert_eq!(full["Active"], true);
}

#[test]
fn an_update_of_one_field_changes_no_other() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let mut sent = bill(&ann, &[line("10.00", "TAX"), line("5.00", "NON")]);
    sent["TxnTaxDetail"] = json!({"TxnTaxCodeRef": {"value": "2"}});
    sent["PrivateNote"] = json!("stamp");
    let made = w.put("invoice", sent);
    let mut changed = w.put(
        "invoice",
        json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "PONumber": "7"}),
    );
    changed.as_object_mut().unwrap().remove("PONumber");
    changed["SyncToken"] = json!("0");
    assert_eq!(changed, made);
}

#[test]
fn nothing_changed_keeps_the_version() {
    let mut w = World::us();
    let made = w.put("customer", json!({"DisplayName": "Ann"}));
    w.wait(60);
    let again = w.put(
        "customer",
        json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "DisplayName": "Ann"}),
    );
    assert_eq!(again, made);
}

#[test]
fn a_stale_token_is_refused_and_a_missing_one_too() {
    let mut w = World::us();
    let id = w.customer("Ann");
    w.put(
        "customer",
        json!({"Id": id, "SyncToken": "0", "sparse": true, "Notes": "1"}),
    );
    w.refused(
        "customer",
        json!({"Id": id, "SyncToken": "0", "sparse": true, "Notes": "2"}),
        "5010",
    );
    w.refused(
        "customer",
        json!({"Id": id, "sparse": true, "Notes": "2"}),
        "2020",
    );
    w.refused(
        "customer",
        json!({"Id": "99", "SyncToken": "0", "DisplayName": "B"}),
        "610",
    );
    w.refused(
        "customer",
        json!({"Id": "x", "SyncToken": "0", "DisplayName": "B"}),
        "2030",
    );
}

#[test]
fn lines_that_are_sent_take_the_place_of_all() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let made = w.put(
        "invoice",
        bill(&ann, &[line("10.00", "NON"), line("5.00", "NON")]),
    );
    let kept = made["Line"][1].clone();
    let changed = w.put(
        "invoice",
        json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "Line": [kept, line("7.00", "NON")]}),
    );
    let ids: Vec<&Value> = changed["Line"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|l| l.get("Id"))
        .collect();
    assert_eq!(ids, ["2", "3"]);
    assert_eq!(dec(&changed["TotalAmt"]), d("12"));
}

#[test]
fn what_is_deleted_is_gone_and_what_is_void_has_nothing_on_it() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let one = w.put("invoice", bill(&ann, &[line("10.00", "NON")]));
    let told = w.put(
        "invoice?operation=delete",
        json!({"Id": one["Id"], "SyncToken": "0"}),
    );
    assert_eq!(
        told,
        json!({"domain": "QBO", "status": "Deleted", "Id": one["Id"]})
    );
    let gone = w.get(&format!("invoice/{}", one["Id"].as_str().unwrap()));
    assert_eq!((gone.status, gone.code().as_str()), (400, "610"));
    let mut sent = bill(
        &ann,
        &[
            json!({"Amount": number("10.00"), "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "UnitPrice": number("2.5"), "Qty": 4}}),
        ],
    );
    sent["PrivateNote"] = json!("stamp");
    let two = w.put("invoice", sent);
    let void = w.put(
        "invoice?operation=void",
        json!({"Id": two["Id"], "SyncToken": "0"}),
    );
    assert_eq!(
        (void["TotalAmt"].to_string(), void["Balance"].to_string()),
        ("0".into(), "0".into())
    );
    assert_eq!(void["PrivateNote"], "Voided\nstamp");
    assert_eq!(void["Line"][0]["SalesItemLineDetail"]["Qty"], 0);
    assert!(
        void["Line"][0]["SalesItemLineDetail"]
            .get("UnitPrice")
            .is_none()
    );
    assert_eq!(void["SyncToken"], "1");
    // A void paper keeps its number; a deleted one gave it back.
    let again = |number: &Value| json!({"DocNumber": number, "CustomerRef": {"value": ann}, "Line": [line("1.00", "NON")]});
    w.refused("invoice", again(&two["DocNumber"]), "6140");
    w.put("invoice", again(&one["DocNumber"]));
    w.refused(
        "customer?operation=delete",
        json!({"Id": ann, "SyncToken": "0"}),
        "500",
    );
}

#[test]
fn numbers_are_given_kept_and_never_twice() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let with = |number: &str| json!({"DocNumber": number, "CustomerRef": {"value": ann}, "Line": [line("1.00", "NON")]});
    let first = w.put("invoice", with("K-1"));
    let told = w.refused("invoice", with("K-1"), "6140");
    let tail = format!(
        "DocNumber=K-1 is assigned to TxnType=Invoice with TxnId={}",
        first["Id"].as_str().unwrap()
    );
    assert!(told.ends_with(&tail), "{told}");
    w.put("invoice?include=allowduplicatedocnum", with("K-1"));
    w.put("creditmemo", with("K-1"));
    w.switch("doc_number_space", "sales");
    w.put("salesreceipt", with("2000"));
    w.refused("invoice", with("2000"), "6140");
    w.refused("invoice", with(&"9".repeat(22)), "2050");
    assert_eq!(
        w.put("invoice", bill(&ann, &[line("1.00", "NON")]))["DocNumber"],
        "2001"
    );
    w.patch(json!({"preferences": {"SalesFormsPrefs": {"CustomTxnNumbers": true}}}));
    assert!(
        w.put("invoice", bill(&ann, &[line("1.00", "NON")]))
            .get("DocNumber")
            .is_none()
    );
    assert_eq!(w.put("invoice", with("AUTO_GENERATE"))["DocNumber"], "2002");
    w.switch("texts", "french");
    assert!(
        w.refused("invoice", with("K-1"), "6140")
            .contains("TxnType=Facture")
    );
}

#[test]
fn closed_books_stay_as_they_are() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let on = |day: &str| json!({"TxnDate": day, "CustomerRef": {"value": ann}, "Line": [line("1.00", "NON")]});
    let old = w.put("invoice", on("2026-05-31"));
    w.patch(json!({"close_date": "2026-05-31"}));
    w.refused("invoice", on("2026-05-31"), "6210");
    w.put("invoice", on("2026-06-01"));
    let (id, zero) = (&old["Id"], "0");
    w.refused(
        "invoice",
        json!({"Id": id, "SyncToken": zero, "sparse": true, "TxnDate": "2026-06-02"}),
        "6210",
    );
    w.refused(
        "invoice?operation=void",
        json!({"Id": id, "SyncToken": zero}),
        "6210",
    );
    w.refused(
        "invoice?operation=delete",
        json!({"Id": id, "SyncToken": zero}),
        "6210",
    );
    w.put("estimate", on("2026-05-01"));
    w.patch(json!({"close_date": null}));
    w.put(
        "invoice?operation=void",
        json!({"Id": id, "SyncToken": zero}),
    );
}

#[test]
fn an_estimate_becomes_an_invoice_and_is_closed() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let estimate = w.put("estimate", bill(&ann, &[line("9.00", "NON")]));
    assert_eq!(estimate["TxnStatus"], "Pending");
    let mut sent = bill(&ann, &[line("9.00", "NON")]);
    sent["LinkedTxn"] = json!([{"TxnId": estimate["Id"], "TxnType": "Estimate"}]);
    let made = w.put("invoice", sent.clone());
    let closed = w.read("Estimate", &estimate["Id"]);
    assert_eq!(closed["TxnStatus"], "Closed");
    assert_eq!(
        closed["LinkedTxn"],
        json!([{"TxnId": made["Id"], "TxnType": "Invoice"}])
    );
    sent["LinkedTxn"][0]["TxnId"] = json!("999");
    w.refused("invoice", sent, "6000");
}

#[test]
fn lines_are_checked() {
    let mut w = World::us();
    let ann = w.customer("Ann");
    let of = |detail: Value, amount: &str| {
        json!({"CustomerRef": {"value": ann}, "Line": [{"Amount": number(amount), "DetailType": "SalesItemLineDetail",
               "SalesItemLineDetail": detail}]})
    };
    let told = w.refused("invoice", of(json!({"ItemRef": {"value": "1"}, "UnitPrice": number("14.50"), "Qty": number("128.350")}), "1861.07"), "6070");
    assert!(told.ends_with("Supplied value:1,861.07"), "{told}");
    w.put("invoice", of(json!({"ItemRef": {"value": "1"}, "UnitPrice": number("14.50"), "Qty": number("128.350")}), "1861.08"));
    w.refused(
        "invoice",
        of(json!({"ItemRef": {"value": "77"}}), "1.00"),
        "2500",
    );
    w.refused("invoice", of(json!({"UnitPrice": 1}), "1.00"), "2020");
    w.refused(
        "invoice",
        json!({"CustomerRef": {"value": ann}, "Line": []}),
        "2020",
    );
    w.refused(
        "invoice",
        json!({"CustomerRef": {"value": "88"}, "Line": [line("1.00", "NON")]}),
        "2500",
    );
    w.refused("invoice", bill(&ann, &[line("-1.00", "NON")]), "6000");
    w.refused("invoice", bill(&ann, &[line("1.00", "2")]), "6100");
    w.refused(
        "invoice",
        bill(&ann, &[json!({"DetailType": "DiscountLineDetail"})]),
        "6090",
    );
    let item = w.put(
        "item",
        json!({"Name": "Rest", "IncomeAccountRef": {"value": "1"}}),
    );
    w.put(
        "item",
        json!({"Id": item["Id"], "SyncToken": "0", "sparse": true, "Active": false}),
    );
    w.refused(
        "invoice",
        of(json!({"ItemRef": {"value": item["Id"]}}), "1.00"),
        "610",
    );
}

#[test]
fn a_form_says_two_faults_at_once() {
    let mut w = World::us();
    let a = w.post(
        "invoice",
        &json!({"DocNumber": "9".repeat(22), "CustomerMemo": {"value": "x".repeat(1016)},
        "Line": [line("1.00", "NON")]}),
    );
    let errors = a.body["Fault"]["Error"].as_array().unwrap();
    assert_eq!(errors.len(), 2, "{}", a.text);
    assert!(
        errors[1]["Detail"]
            .as_str()
            .unwrap()
            .ends_with("Max:1,000 supported. Supplied length:1,016")
    );
    assert_eq!(errors[1]["element"], "Customer Memo");
}

#[test]
fn purchases_and_journals_are_kept() {
    let mut w = World::us();
    let vendor = w.put("vendor", json!({"DisplayName": "Paper Ltd"}))["Id"].clone();
    let row = json!({"Amount": number("12.50"), "DetailType": "AccountBasedExpenseLineDetail",
                     "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}}});
    let made = w.put(
        "bill",
        json!({"VendorRef": {"value": vendor}, "Line": [row]}),
    );
    assert_eq!(
        (dec(&made["Balance"]), &made["APAccountRef"]["value"]),
        (d("12.5"), &json!("33"))
    );
    assert_eq!(dec(&w.read("Vendor", &vendor)["Balance"]), d("12.5"));
    let order = json!({"VendorRef": {"value": vendor}, "Line": [{"Amount": 5, "DetailType": "ItemBasedExpenseLineDetail",
                       "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "1"}}}]});
    assert_eq!(w.put("purchaseorder", order.clone())["POStatus"], "Open");
    w.patch(json!({"edition": "Simple Start"}));
    w.refused("purchaseorder", order, "5020");
    let side = |kind: &str, amount: &str| {
        json!({"Amount": number(amount), "DetailType": "JournalEntryLineDetail",
               "JournalEntryLineDetail": {"PostingType": kind, "AccountRef": {"value": "35"}}})
    };
    w.put(
        "journalentry",
        json!({"Line": [side("Debit", "5.00"), side("Credit", "5.00")]}),
    );
    w.refused(
        "journalentry",
        json!({"Line": [side("Debit", "5.00"), side("Credit", "4.00")]}),
        "6000",
    );
}

#[test]
fn one_currency_a_form() {
    let mut w =
        World::of(json!({"country": "US", "currencies": [{"code": "EUR", "rate": "1.10"}]}));
    let made = w.put(
        "customer",
        json!({"DisplayName": "Ann", "CurrencyRef": {"value": "EUR"}}),
    );
    let ann = &made["Id"];
    w.refused("invoice", bill(ann, &[line("10.00", "NON")]), "2020");
    let with = |code: &str| {
        let mut sent = bill(ann, &[line("10.00", "NON")]);
        sent["CurrencyRef"] = json!({"value": code});
        sent
    };
    w.refused("invoice", with("USD"), "6000");
    let paper = w.put("invoice", with("EUR"));
    assert_eq!(
        (dec(&paper["ExchangeRate"]), dec(&paper["HomeTotalAmt"])),
        (d("1.1"), d("11"))
    );
    w.refused(
        "customer",
        json!({"Id": ann, "SyncToken": "0", "sparse": true, "CurrencyRef": {"value": "USD"}}),
        "6000",
    );
    let mut sent = payment(ann, "10.00", &[("Invoice", &paper["Id"], "10.00")]);
    sent["CurrencyRef"] = json!({"value": "EUR"});
    w.put("payment", sent);
}

/// One of every kind that an app writes.
fn one_of_each(w: &mut World) -> Vec<(&'static str, Value)> {
    let ann = w.put("customer", json!({"DisplayName": "Ann", "BillAddr": {"Line1": "1 Main St", "CountrySubDivisionCode": "CA"}}));
    let vendor = w.put("vendor", json!({"DisplayName": "Paper Ltd"}));
    let id = ann["Id"].clone();
    let mut taxed = bill(
        &id,
        &[
            line("10.00", "TAX"),
            line("5.00", "NON"),
            json!({"DetailType": "DescriptionOnly", "Description": "-"}),
            json!({"Amount": 1, "DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": false}}),
        ],
    );
    taxed["TxnTaxDetail"] = json!({"TxnTaxCodeRef": {"value": "3"}});
    let mut refund = taxed.clone();
    refund["DepositToAccountRef"] = json!({"value": "35"});
    let expense = json!({"Amount": number("12.50"), "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}}});
    let order = json!({"Amount": 5, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "1"}}});
    let side = |kind: &str| {
        json!({"Amount": 5, "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {"PostingType": kind, "AccountRef": {"value": "35"}}})
    };
    let invoice = w.put("invoice", taxed.clone());
    let mut all = vec![("customer", ann), ("vendor", vendor.clone())];
    let buys = |row: Value| json!({"VendorRef": {"value": vendor["Id"]}, "Line": [row]});
    for (path, sent) in [
        (
            "payment",
            payment(&id, "7.00", &[("Invoice", &invoice["Id"], "5.00")]),
        ),
        ("creditmemo", taxed.clone()),
        ("salesreceipt", taxed.clone()),
        ("refundreceipt", refund),
        ("estimate", taxed),
        ("bill", buys(expense)),
        ("purchaseorder", buys(order)),
        (
            "journalentry",
            json!({"Line": [side("Debit"), side("Credit")]}),
        ),
        ("employee", json!({"GivenName": "Emily"})),
        (
            "item",
            json!({"Name": "Tee", "UnitPrice": number("2.50"), "IncomeAccountRef": {"value": "1"}}),
        ),
        (
            "account",
            json!({"Name": "Repairs", "AccountType": "Income"}),
        ),
        ("class", json!({"Name": "North"})),
        ("department", json!({"Name": "Shop"})),
        ("term", json!({"Name": "Net 7", "DueDays": 7})),
        ("paymentmethod", json!({"Name": "Wire"})),
    ] {
        all.push((path, w.put(path, sent)));
    }
    all.push(("invoice", w.read("Invoice", &invoice["Id"])));
    all
}

#[test]
fn what_was_read_can_be_written_back_and_changes_nothing() {
    let mut w = World::us();
    for (path, made) in one_of_each(&mut w) {
        w.wait(1);
        // As it is by now: what came after it moved balances.
        let read = w.get(&format!("{path}/{}", made["Id"].as_str().unwrap()));
        let made = read
            .body
            .as_object()
            .unwrap()
            .iter()
            .next()
            .unwrap()
            .1
            .clone();
        let again = w.put(path, made.clone());
        assert_eq!(again, made, "{path}");
        let mut noted = made.clone();
        noted["sparse"] = json!(true);
        assert_eq!(w.put(path, noted), made, "{path}, sparse");
    }
}

#[test]
fn every_kind_is_found_by_its_id_and_told_as_changed() {
    let mut w = World::us();
    let all = one_of_each(&mut w);
    for (path, made) in &all {
        let found = w.ask(&format!(
            "select * from {path} where Id = '{}'",
            made["Id"].as_str().unwrap()
        ));
        let (_, rows) = found.as_object().unwrap().iter().next().unwrap();
        assert_eq!(rows[0]["SyncToken"], made["SyncToken"], "{path}");
    }
    let words: Vec<&str> = all.iter().map(|(path, _)| *path).collect();
    let a = w.get(&format!(
        "cdc?entities={}&changedSince=2026-07-01",
        words.join(",")
    ));
    let lists = a.body["CDCResponse"][0]["QueryResponse"]
        .as_array()
        .unwrap();
    assert!(
        lists.len() == words.len() && lists.iter().all(|l| l["maxResults"].as_u64() >= Some(1)),
        "{}",
        a.text
    );
}

#[test]
fn preferences_are_changed_word_by_word() {
    let mut w = World::us();
    let before = w.get("preferences").body["Preferences"].clone();
    let sent = json!({"Id": "1", "SyncToken": "0", "sparse": true, "SalesFormsPrefs": {"CustomTxnNumbers": true}});
    let after = w.put("preferences", sent);
    assert_eq!(after["SalesFormsPrefs"]["CustomTxnNumbers"], true);
    assert_eq!(
        after["SalesFormsPrefs"]["AllowDiscount"],
        before["SalesFormsPrefs"]["AllowDiscount"]
    );
    w.refused(
        "invoice?operation=update",
        json!({"CustomerRef": {"value": "1"}}),
        "2020",
    );
}
