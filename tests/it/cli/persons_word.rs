//! What waits for a person, and the person's word.

use super::town::{ORG, TENANT, Town};
use crate::support::KEAP_KEY;
use serde_json::json;

fn state(town: &Town, number: &str) -> String {
    let told = town.run(&["explain", "acme", number, "--json"]);
    told.json()["state"].as_str().unwrap().to_owned()
}

#[test]
fn documents_go_when_they_are_approved() {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: post, approval: manual"));
    town.run(&["sync", "acme"]).code(1);
    assert!(town.invoices().is_empty());
    assert_eq!(state(&town, "1041"), "checked");
    // The other word names the one that lets them go, for each as it can be pasted.
    let told = town.run(&["release", "acme"]).code(1).out;
    assert!(
        told.contains("crossfoot approve acme 1041 --workspace"),
        "{told}"
    );

    let answer = town
        .run(&["approve", "acme", "1041", "1042", "7777", "--json"])
        .code(1)
        .json();
    assert_eq!(answer["done"], json!(["1041"]));
    assert_eq!(answer["left"].as_array().unwrap().len(), 2);
    assert_eq!(state(&town, "1041"), "approved");
    town.run(&["unapprove", "acme", "1041"]).code(0);
    assert_eq!(state(&town, "1041"), "checked");
    town.run(&["sync", "acme"]).code(0);
    assert!(town.invoices().is_empty());

    town.run(&["approve", "acme", "--all"]).code(0);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn the_first_run_waits_to_be_released() {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    town.run(&["sync", "acme"]).code(1);
    assert!(town.invoices().is_empty());
    let status = town.run(&["status", "acme"]).code(0);
    assert!(
        status.out.contains("crossfoot release acme"),
        "{}",
        status.out
    );
    let released = town.run(&["release", "acme", "--json"]).code(0).json();
    assert_eq!(released["done"].as_array().unwrap().len(), 2);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn a_release_of_nothing_leaves_the_first_review_to_come() {
    let town = Town::working();
    town.tenant(&TENANT.replace("first_run: post", "first_run: review"));
    // Nothing was read, then one alone was sent: neither waits, so neither was reviewed.
    for before in [&["plan", "acme"][..], &["sync", "acme", "--only", "1041"]] {
        town.run(before);
        let told = town.run(&["release", "acme"]).code(0).out;
        assert!(told.contains("nothing waits to be released"), "{told}");
    }
    town.run(&["sync", "acme"]).code(1);
    assert_eq!(town.invoices(), ["1041"]);
    assert_eq!(state(&town, "1044"), "checked");
    // What it shows goes by the word, and what comes later by itself.
    town.run(&["release", "acme"]).code(0);
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn payments_that_an_edit_lets_go_are_shown_everywhere_and_released_as_one() {
    let town = Town::working();
    let off = TENANT.replace("first_run: post", "first_run: post, payments: off");
    town.tenant(&off);
    town.run(&["sync", "acme"]).code(1);
    town.tenant(TENANT);
    let one = "1 payment over AUD 50.00, the oldest of 2026-07-11";
    let cure = "crossfoot release acme --payments";
    let plan = town.run(&["plan", "acme"]).code(1).out;
    assert!(plan.contains(one) && plan.contains(cure), "{plan}");
    town.run(&["sync", "acme"]).code(1);
    for verb in ["plan", "errors", "status"] {
        let told = town.run(&[verb, "acme"]).out;
        assert!(told.contains(one) && told.contains(cure), "{verb}: {told}");
    }
    let paid = |town: &Town| {
        town.run(&["explain", "acme", "1041", "--json"]).json()["payments"][0]["state"].clone()
    };
    assert_eq!(paid(&town), json!("waits"));
    let later = ["release", "acme", "--payments", "--from", "2026-07-12"];
    let none = town.run(&later).code(1).out;
    assert!(
        none.contains("no payments wait that") && none.contains(one),
        "{none}"
    );
    let went = town.run(&["release", "acme", "--payments"]).code(0).out;
    assert!(went.contains(&format!("released: {one}")), "{went}");
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(paid(&town), json!("posted"));
    let told = town.run(&["errors", "acme"]).out;
    assert!(!told.contains(cure), "{told}");
}

/// Both ends under another name: the cure that is printed leads to the same account, and all goes on.
#[test]
fn a_renamed_connection_is_led_to_its_account_again() {
    let town = Town::working();
    town.run(&["sync", "acme"]).code(1);
    let posted = town.invoices();
    let path = town.path().join("connections.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let renamed = text
        .replace("keap: {", "shop: {")
        .replace("xero: {", "books: {");
    std::fs::write(&path, renamed).unwrap();
    let ends = TENANT
        .replace("keap: keap", "keap: shop")
        .replace("xero: xero", "xero: books");
    town.tenant(&ends);
    let told = town.run(&["sync", "acme"]).code(2).err;
    let cure = "crossfoot connect acme keap";
    assert!(told.contains("= fix:") && told.contains(cure), "{told}");
    town.with("CROSSFOOT_KEAP_KEY", KEAP_KEY, &["connect", "acme", "keap"])
        .code(0);
    let told = town.run(&["sync", "acme"]).code(2).err;
    assert!(told.contains("crossfoot connect acme xero"), "{told}");
    town.sign_in(&["--organisation", ORG]).code(0);
    let done = town.run(&["sync", "acme"]).out;
    assert!(
        done.contains("it was keap") && done.contains("it was xero"),
        "{done}"
    );
    assert_eq!(town.invoices(), posted);
    assert_eq!(state(&town, "1041"), "verified");
}

#[test]
fn everything_stuck_is_retried_at_once() {
    let town = Town::working();
    town.run(&["sync", "acme"]).code(1);
    let retried = town
        .run(&["retry", "acme", "--all", "--json"])
        .code(1)
        .json();
    assert_eq!(retried["done"], json!(["1042"]));
    let posted = town.run(&["retry", "acme", "1041"]).code(1);
    assert!(
        posted.out.contains("only held and refused"),
        "{}",
        posted.out
    );
    // It was read again and decided on at once: nothing was changed, so it is held for the same reason.
    let held = retried["run"]["run"]["counts"]["held"].clone();
    assert_eq!(held, json!(1), "{retried:#}");
    town.run(&["sync", "acme"]).code(0);
    assert_eq!(state(&town, "1042"), "held");
}

#[test]
fn a_link_goes_by_a_persons_word_alone() {
    let town = Town::working();
    town.run(&["sync", "acme"]).code(1);
    // Nobody is there to ask, and the ledger still has it open.
    let open = town.run(&["unlink", "acme", "1044"]).code(2);
    assert!(
        open.err.contains("the ledger still has 1044 as AUTHORISED") && open.err.contains("--yes"),
        "{}",
        open.err
    );
    assert_eq!(state(&town, "1044"), "verified");
    let void = json!({"name": ORG, "tamper": {"void_invoice": {"invoice": "1044"}}});
    town.plane
        .seed("xero", json!({"organisations": [void]}))
        .unwrap();
    let done = town.run(&["unlink", "acme", "1044"]).code(0);
    insta::assert_snapshot!(town.tidy(&done.out), @"1 link of document 1044 taken away; at the next `crossfoot sync acme --workspace DIR` the document is decided on anew, and posted as a new one");
    assert_eq!(state(&town, "1044"), "seen");
    let again = town.run(&["unlink", "acme", "1044"]).code(1);
    assert!(again.err.contains("is not linked"), "{}", again.err);

    let contact = town
        .run(&["unlink", "acme", "--contact", "1041", "--json"])
        .code(0)
        .json();
    assert_eq!(
        contact,
        json!({"tenant": "acme", "number": "1041", "what": "contact", "links": 1})
    );
    town.run(&["unlink", "acme", "7777"]).code(2);
    town.run(&["unlink", "acme"]).code(2);

    town.plane
        .switch("xero", &json!({"dead_number_reuse": "allow"}))
        .unwrap();
    // What is held is decided on again too, since its contact may be another one now.
    town.run(&["sync", "acme"]).code(1);
    assert_eq!(state(&town, "1044"), "verified");
    assert_eq!(town.invoices(), ["1041", "1044", "1044"]);
    town.run(&["audit", "verify"]).code(0);
}

#[test]
fn what_was_never_read_is_explained_too() {
    let town = Town::settled();
    let told = town
        .run(&["explain", "acme", "1043", "--json"])
        .code(0)
        .json();
    assert_eq!(
        (&told["rehearsed"], &told["state"]),
        (&json!(true), &json!("skipped"))
    );
    assert_eq!(told["reason"]["code"], json!("skip.zero_total"));

    // What lies before the start is never selected, and that is said with the line that says so.
    town.tenant(&TENANT.replace(
        "first_run: post",
        "first_run: post, start: { invoice_date: 2026-07-12 }",
    ));
    let told = town
        .run(&["explain", "acme", "1041", "--json"])
        .code(0)
        .json();
    assert_eq!(told["state"], json!("skipped"));
    assert_eq!(
        told["reason"]["place"]["file"],
        json!("mappings/acme.yaml"),
        "{told:#}"
    );

    // Nothing of it was kept, and no copy of the store is left.
    let status = town.run(&["status", "--json"]).code(0).json();
    assert_eq!(status["tenants"][0]["counts"], json!({}));
    let mut left = std::fs::read_dir(town.path().join(".crossfoot")).unwrap();
    assert!(left.all(|e| {
        !e.unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("rehearsal")
    }));
}

#[test]
fn an_order_without_an_invoice_is_explained_to_a_bookkeeper() {
    let town = Town::working();
    town.plane
        .seed("keap", json!({"applications": [{"name": "acme", "orders": [{
            "id": "55", "not_invoiced": true, "title": "Hire", "contact_id": "7", "order_time": "2026-07-10T01:00:00Z",
            "items": [{"type": "PRODUCT", "product_id": "1", "quantity": 1, "price": "100.00"},
                {"type": "TAX", "name": "GST", "quantity": 1, "price": "10.00"}]}]}]}))
        .unwrap();
    let before = town.run(&["explain", "acme", "order-55"]).code(1);
    insta::assert_snapshot!(before.out, @"
    order-55  2026-07-10  AUD 110.00  Jo Harbour
    state: held: Keap has not made an invoice of order 55 yet: it has no invoice number [source.not_invoiced]
    next: it has not been read by a sync yet: this is what the next one would decide
       = fix: make its invoice in the source; it is then looked at again by itself, and goes once, under the invoice's number
    ");
    town.run(&["sync", "acme"]).code(1);
    // By its order's number as well, as long as no invoice has that number.
    let after = town.run(&["explain", "acme", "55"]).code(1);
    insta::assert_snapshot!(town.tidy(&after.out), @"
    order-55  2026-07-10  AUD 110.00  Jo Harbour
    state: held: Keap has not made an invoice of order 55 yet: it has no invoice number [source.not_invoiced]
    next: it waits for a person; then `crossfoot retry acme order-55 --workspace DIR`
       = fix: make its invoice in the source; it is then looked at again by itself, and goes once, under the invoice's number
    ");
    let errors = town.run(&["errors", "acme", "--json"]).code(1).json();
    assert!(errors.to_string().contains("order-55"), "{errors:#}");
    assert_eq!(town.invoices(), ["1041", "1044"]);
}

#[test]
fn a_plan_tells_what_an_update_changes() {
    let town = Town::working();
    town.tenant(&TENANT.replace(
        "first_run: post",
        "first_run: post, updates: { invoices: true }",
    ));
    town.run(&["sync", "acme"]).code(1);
    town.plane
        .set_clock(&json!({"advance_seconds": 3600}))
        .unwrap();
    let patch = json!({"name": "acme", "patch": {"orders": [{"id": "4", "set": {"title": "Hire, extended"}}]}});
    town.plane
        .seed("keap", json!({"applications": [patch]}))
        .unwrap();
    let plan = town.run(&["plan", "acme", "--json"]).json();
    let documents = plan["documents"].as_array().unwrap();
    let one = documents
        .iter()
        .find(|d| d["number"] == json!("1044"))
        .unwrap();
    assert_eq!(one["action"], json!("update"), "{plan:#}");
    let changes = one["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:#?}");
    assert_eq!(changes[0]["field"], json!("reference"));
    assert_eq!(changes[0]["was"], json!("Hire"));
    assert_eq!(changes[0]["becomes"], json!("Hire, extended"));
}

#[test]
fn a_word_that_could_not_be_carried_out_does_not_end_as_if_it_had() {
    let town = Town::working();
    town.tenant(&TENANT.replace("090", "099"));
    town.run(&["sync", "acme"]).code(1);
    town.tenant(TENANT);
    let gone =
        json!([{"system": "xero", "path_contains": "/", "times": 0, "fault": "drop_before"}]);
    town.plane.faults(&gone).unwrap();
    let ended = town.run(&["retry", "acme", "1041"]).code(3);
    assert!(ended.out.contains("the word is kept"), "{}", ended.out);
}
