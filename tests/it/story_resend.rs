//! An edit of the file changes nothing that is posted: an update carries what changed at the source, and nothing else.

use super::bed::{
    Bed, amount, end, file, gst, held, hire, lines, order, paid, shop, synced, tenant, text, total,
    verified, with,
};
use crossfoot::model::DocState;
use crossfoot::service::desk::resend::edited;
use serde_json::json;

fn account(bed: &Bed, number: &str) -> Vec<(String, String)> {
    let all = lines(&bed.invoice(number).unwrap()).into_iter();
    all.map(|(_, account, tax, _)| (account, tax)).collect()
}

const OTHER: (&str, &str) = ("accounts", "[{ else: \"201\" }]");

#[tokio::test]
async fn a_part_payment_weeks_later_does_not_carry_an_edit_of_the_file() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    let before = bed.invoice("1041").unwrap();
    bed.tenant(&file(&[OTHER]));
    bed.minutes(60 * 24 * 7);
    synced(&engine).await;
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-17")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
    assert_eq!(account(&bed, "1041"), [("200".into(), "OUTPUT".into())]);
    // The rest, on a part-paid one: no false hold that it was changed in the source.
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("60.00", "2026-07-18")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(
        text(&bed.invoice("1041").unwrap(), "Reference"),
        text(&before, "Reference")
    );
}

#[tokio::test]
async fn an_update_carries_the_change_and_not_the_file() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[OTHER]));
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("3"), gst("30.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let after = bed.invoice("1041").unwrap();
    assert_eq!(total(&after), amount("330.00"));
    assert_eq!(account(&bed, "1041"), [("200".into(), "OUTPUT".into())]);
    // A line that is new at the source is as the file makes it now; what was there stays.
    bed.minutes(30);
    let book = json!({"type": "PRODUCT", "product_id": "2", "quantity": 1, "price": "30.00"});
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("3"), book, gst("30.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let now: Vec<String> = account(&bed, "1041").into_iter().map(|a| a.0).collect();
    assert_eq!(now, ["200", "201"]);
}

#[tokio::test]
async fn tax_that_was_none_does_not_become_some_because_money_came_in() {
    let none = with(order(1, 1041, "2026-07-10"), json!({"items": [hire("1")]}));
    let words = |how: &str| {
        format!(
            "{{ without_tax: {how}, codes: {{ taxable: OUTPUT, zero: EXEMPTOUTPUT, else: hold }} }}"
        )
    };
    let exempt = words("exempt");
    let bed = Bed::new(&file(&[("tax", &exempt)]));
    bed.keap(shop(vec![none]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("100.00"));
    let before = super::bed::dec(&bed.invoice("1041").unwrap()["TotalTax"]);
    let inclusive = words("inclusive");
    bed.tenant(&file(&[("tax", &inclusive)]));
    bed.minutes(60);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-17")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    let after = super::bed::dec(&bed.invoice("1041").unwrap()["TotalTax"]);
    assert_eq!((before, bed.payments()), (after, 1));
}

#[tokio::test]
async fn what_the_file_would_hold_now_stays_posted_and_takes_its_money() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.tenant(&file(&[("accounts", "[{ else: hold }]")]));
    bed.minutes(60);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("110.00", "2026-07-17")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(bed.payments(), 1);
}

#[tokio::test]
async fn a_held_posted_one_is_not_rewritten_after_an_edit_of_the_file() {
    let bed = Bed::new(&file(&[("overpayment", "hold")]));
    bed.keap(shop(vec![with(
        order(1, 1041, "2026-07-10"),
        json!({"payments": [paid("150.00", "2026-07-12")]}),
    )]));
    let engine = bed.engine().await;
    synced(&engine).await;
    assert_eq!(end(&engine, "1041").await.0, DocState::Held);
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[("overpayment", "hold"), OTHER]));
    bed.minutes(60);
    synced(&engine).await;
    assert_eq!(account(&bed, "1041"), [("200".into(), "OUTPUT".into())]);
}

#[tokio::test]
async fn a_rule_that_renames_customers_moves_no_posted_invoice() {
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![order(1, 1041, "2026-07-10")]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.rule(
        "names.rhai",
        "/// Names in capitals.\nfn map_contact(contact) { contact.name = contact.name.to_upper(); keep() }\n",
    );
    bed.tenant(&file(&[("rules", "[rules/names.rhai]")]));
    bed.minutes(60);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(total(&bed.invoice("1041").unwrap()), amount("220.00"));
    assert_eq!(bed.contacts(), 1);
    assert!(bed.contact("Jo Harbour").is_some());
}

#[tokio::test]
async fn a_locked_one_names_what_differs_and_the_stamp() {
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), bank)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "items": [hire("2"), gst("20.00")]}]}));
    synced(&engine).await;
    held(
        &engine,
        "1041",
        "update.locked",
        "line 1 quantity: the source says 2",
        "[sync:",
    )
    .await;
    held(
        &engine,
        "1041",
        "update.locked",
        "total: the source says 220",
        "crossfoot retry",
    )
    .await;
}

pub async fn resent(engine: &crossfoot::service::Engine, by: Option<&str>) -> Vec<String> {
    use crossfoot::service::desk::{resend, retry::at_once};
    let loaded = engine.workspace().load(&super::bed::tenant()).unwrap();
    let by = by.and_then(crossfoot::service::ChangedBy::parse);
    let mut answer = resend::would_resend(engine, &loaded, &[], by)
        .await
        .unwrap();
    let word = ("the file was wrong", "jo@acme.example");
    resend::resend(engine, &mut answer, word).await.unwrap();
    let numbers: Vec<String> = answer.documents.iter().map(|d| d.number.clone()).collect();
    if !numbers.is_empty() {
        let ask = at_once("resend", numbers.clone());
        engine.sync(&loaded, &ask, &|_| {}).await.unwrap();
    }
    numbers
}

#[tokio::test]
async fn a_person_has_posted_ones_sent_anew() {
    let bed = Bed::new(&file(&[]));
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    bed.keap(shop(vec![
        order(1, 1041, "2026-07-10"),
        with(order(2, 1042, "2026-07-11"), bank),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    let load = || engine.workspace().load(&super::bed::tenant()).unwrap();
    assert_eq!(
        edited(&engine, &load()).await.unwrap(),
        None,
        "there was no edit"
    );
    bed.tenant(&file(&[OTHER]));
    bed.minutes(30);
    let told = edited(&engine, &load()).await.unwrap().unwrap();
    assert_eq!((told.documents, told.by["accounts"]), (2, 2));
    synced(&engine).await;
    let told = edited(&engine, &load()).await.unwrap().unwrap();
    assert_eq!(told.documents, 2, "they stay, and are told");
    assert_eq!(account(&bed, "1041")[0].0, "200");
    assert_eq!(resent(&engine, Some("tax")).await, Vec::<String>::new());
    assert_eq!(resent(&engine, Some("accounts")).await, ["1041", "1042"]);
    verified(&engine, "1041").await;
    assert_eq!(account(&bed, "1041")[0].0, "201");
    let told = edited(&engine, &load()).await.unwrap();
    assert_eq!(told, None, "what was sent anew differs no more");
    // Done, the word is spent: another edit changes nothing again.
    bed.tenant(&file(&[]));
    bed.minutes(30);
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-17")]}]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!(account(&bed, "1041")[0].0, "201");
}

/// A paid one takes another account, and no other day: that is told, and what is verified stays so.
#[tokio::test]
async fn what_the_ledger_locks_is_left_out_of_a_resend_and_named() {
    use crossfoot::service::desk::resend::would_resend;
    let bed = Bed::new(&file(&[]));
    let bank = json!({"payments": [paid("110.00", "2026-07-12")]});
    bed.keap(shop(vec![
        order(1, 1041, "2026-07-10"),
        with(order(2, 1042, "2026-07-11"), bank),
    ]));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.rule(
        "day.rhai",
        "fn map_invoice(invoice) {\n    invoice.date = add_days(invoice.date, 1);\n    keep()\n}\n",
    );
    bed.tenant(&file(&[("rules", "[rules/day.rhai]")]));
    bed.minutes(30);
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let all = would_resend(&engine, &loaded, &[], None).await.unwrap();
    let numbers: Vec<&str> = all.documents.iter().map(|d| d.number.as_str()).collect();
    assert_eq!(numbers, ["1041"]);
    let locked = all.locked.first().unwrap();
    let told = (locked.number.as_str(), locked.status.as_str());
    assert_eq!((told, all.locked.len()), (("1042", "PAID"), 1));
    assert!(locked.fields.contains(&"date".to_owned()), "{locked:?}");
    assert_eq!(resent(&engine, None).await, ["1041"]);
    verified(&engine, "1041").await;
    verified(&engine, "1042").await;
    assert_eq!(
        super::bed::day(&bed.invoice("1041").unwrap(), "DateString"),
        "2026-07-11"
    );
    assert_eq!(
        super::bed::day(&bed.invoice("1042").unwrap(), "DateString"),
        "2026-07-11"
    );
    // The account of a paid one may still be another.
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[OTHER]));
    assert!(
        resent(&engine, Some("accounts"))
            .await
            .contains(&"1042".to_owned())
    );
}

/// The look at what an edit would change goes on where it was left, and reads what is posted some at a time.
#[tokio::test]
async fn the_count_of_an_edit_goes_on_where_it_was_left() {
    let many = (1..=230)
        .map(|n| order(n, 1040 + n, "2026-07-10"))
        .collect();
    let bed = Bed::new(&file(&[]));
    bed.keap(shop(many));
    let engine = bed.engine().await;
    synced(&engine).await;
    bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
    bed.tenant(&file(&[OTHER]));
    bed.minutes(30);
    let (tell, asked) = tokio::sync::watch::channel(true);
    let engine = engine.ending(crossfoot::service::Ending::when(asked));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let ended = edited(&engine, &loaded).await;
    assert!(ended.is_err(), "{ended:?}");
    tell.send(false).unwrap();
    let store = engine.store();
    // As a look that was ended after its first hundred leaves it.
    let some = store.posted_after(&tenant(), 0, 100).await.unwrap();
    let kept: Vec<_> = some
        .iter()
        .map(|(_, row)| (row.key.clone(), String::new()))
        .collect();
    store
        .keep_differing(&tenant(), &loaded.config, &kept, false)
        .await
        .unwrap();
    let place = store.looked_up_to(&tenant()).await.unwrap();
    assert_eq!(Some(place), some.last().map(|(at, _)| *at));
    let told = edited(&engine, &loaded).await.unwrap().unwrap();
    assert_eq!((told.documents, told.by["accounts"]), (130, 130));
    // Computed once: what is counted by now is answered without another look.
    let again = edited(&engine, &loaded).await.unwrap().unwrap();
    assert_eq!(again.documents, 130);
}

/// The tenant's file says the same as before, and the preset that it builds on says something else: an edit all the same.
#[tokio::test]
async fn a_change_of_the_preset_is_an_edit_of_the_file() {
    let bed = Bed::new(&file(&[]));
    let orders = vec![order(1, 1041, "2026-07-10"), order(2, 1042, "2026-07-11")];
    bed.keap(shop(orders));
    let engine = bed.engine().await;
    synced(&engine).await;
    let before = bed.invoice("1042");
    let due = |bed: &Bed| super::bed::day(&bed.invoice("1041").unwrap(), "DueDateString");
    assert_eq!(due(&bed), "2026-07-24");
    engine.store().close().await;
    drop(engine);
    let folder = bed.folder.path().join("mappings/presets");
    std::fs::create_dir_all(&folder).unwrap();
    let presets = crossfoot::mapping::Presets::embedded();
    let text = presets
        .get("keap-xero")
        .unwrap()
        .text
        .replace("+14d", "+30d");
    std::fs::write(folder.join("keap-xero.yaml"), text).unwrap();
    bed.minutes(30);
    let engine = bed.engine().await;
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = edited(&engine, &loaded).await.unwrap().unwrap();
    assert_eq!((told.documents, told.by["dates"]), (2, 2));
    // They stay, also when money comes in; what comes after is by the new preset.
    bed.keap_edit(json!({"orders": [{"id": "1", "add_payments": [paid("50.00", "2026-07-17")]}]}));
    bed.keap(json!({"orders": [order(3, 1043, "2026-07-12")]}));
    synced(&engine).await;
    verified(&engine, "1041").await;
    assert_eq!((due(&bed).as_str(), bed.payments()), ("2026-07-24", 1));
    assert_eq!(bed.invoice("1042"), before);
    let new = super::bed::day(&bed.invoice("1043").unwrap(), "DueDateString");
    assert_eq!(new, "2026-08-11");
}

/// A document that is made anew with money that cannot be changed there: what stands for it is told by plan and result, and each of
/// the two cures ends that.
#[tokio::test]
async fn what_stands_for_money_of_a_document_is_told_with_its_resend() {
    use super::bed::carried;
    use super::story_entries::{deletes_on, standing, voids};
    use crossfoot::service::desk::resend::would_resend;
    use crossfoot::service::desk::settle::{WordAsk, send, unsettle};
    for anew in [true, false] {
        let mut back = with(
            paid("110.00", "2026-07-13"),
            json!({"id": "90", "refund_of": "80"}),
        );
        back.as_object_mut().unwrap().remove("pay_status");
        let sale = with(paid("110.00", "2026-07-12"), json!({"id": "80"}));
        let bed = Bed::new(&file(&[("refunds", "credit_note")]));
        let row = json!({"payments": [sale, back]});
        bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), row)]));
        let engine = bed.engine().await;
        synced(&engine).await;
        verified(&engine, "1041").await;
        bed.xero(json!({"accounts": [{"Code": "201", "Name": "Other sales", "Type": "REVENUE"}]}));
        bed.tenant(&file(&[("refunds", "credit_note"), OTHER]));
        bed.minutes(30);
        let loaded = engine.workspace().load(&tenant()).unwrap();
        let plan = would_resend(&engine, &loaded, &[], None).await.unwrap();
        let entries = &plan.documents[0].entries;
        let told: Vec<&str> = entries.iter().map(|e| e.told.as_str()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let note = standing(&bed)[0].0.clone();
        assert!(
            told[0].contains(&format!("credit note {note} of 110.00")),
            "{told:?}"
        );
        assert!(
            told[0].contains("line 1 account is 200 and would be 201"),
            "{told:?}"
        );
        assert_eq!(resent(&engine, Some("accounts")).await, ["1041"]);
        assert_eq!(account(&bed, "1041")[0].0, "201");
        held(&engine, "1041", "resend.entry", &note, "crossfoot send").await;
        bed.minutes(30);
        synced(&engine).await;
        held(
            &engine,
            "1041",
            "resend.entry",
            "would be 201",
            "crossfoot unsettle",
        )
        .await;
        let row = super::bed::doc(&engine, "1041").await;
        let all = super::story_resummed::notes(&engine).await;
        let of = all.iter().find(|p| p.state == "held").unwrap().id.clone();
        let ask = WordAsk::payment("1041", &of, "as printed", "jo@acme.example");
        match anew {
            true => {
                // Not before it is out: the word would wait for nothing.
                assert!(
                    send(&engine, &loaded, ask).await.is_err(),
                    "{:?}",
                    row.reason
                );
                deletes_on(&bed, "110.00", &note).await;
                voids(&bed, &note).await;
                let said = send(&engine, &loaded, ask).await;
                said.unwrap_or_else(|e| panic!("{}", e.what));
            }
            false => {
                let said = unsettle(&engine, &loaded, ask).await;
                said.unwrap_or_else(|e| panic!("{}", e.what));
            }
        }
        carried(&engine, "1041").await;
        verified(&engine, "1041").await;
        let notes = bed.credit_notes();
        let stands = notes.iter().filter(|n| n["Status"] != json!("VOIDED"));
        let accounts: Vec<String> = stands.map(|n| lines(n)[0].1.clone()).collect();
        assert_eq!(accounts, [if anew { "201" } else { "200" }], "{anew}");
        bed.minutes(30);
        synced(&engine).await;
        verified(&engine, "1041").await;
    }
}

#[tokio::test]
async fn another_bank_account_is_told_of_each_entry_of_a_payment() {
    use crossfoot::service::desk::resend::would_resend;
    let words = [("overpayment", "as_overpayment")];
    let bed = Bed::new(&file(&words));
    super::story_overpayment::permit(&bed);
    let row = json!({"payments": [paid("150.00", "2026-07-12")]});
    bed.keap(shop(vec![with(order(1, 1041, "2026-07-10"), row)]));
    let engine = bed.engine().await;
    synced(&engine).await;
    verified(&engine, "1041").await;
    bed.xero(json!({"accounts": [{"Code": "091", "Name": "Savings", "Type": "BANK", "BankAccountNumber": "1"}]}));
    bed.tenant(&file(&[
        words[0],
        ("payments_account", "{ else: \"091\" }"),
    ]));
    let loaded = engine.workspace().load(&tenant()).unwrap();
    let told = edited(&engine, &loaded).await.unwrap().unwrap();
    assert_eq!((told.documents, told.by["accounts"]), (1, 1));
    let plan = would_resend(&engine, &loaded, &[], None).await.unwrap();
    let one = &plan.documents[0];
    assert!(one.changes.is_empty(), "{one:?}");
    let told: Vec<&str> = one.entries.iter().map(|e| e.told.as_str()).collect();
    assert_eq!(
        told,
        [
            "the payment of 110.00: bank account is 090 and would be 091",
            "the credit of 40.00: bank account is 090 and would be 091"
        ]
    );
    assert_eq!(resent(&engine, None).await, ["1041"]);
    held(
        &engine,
        "1041",
        "resend.entry",
        "the credit of 40.00",
        "delete",
    )
    .await;
    assert_eq!(bed.payments(), 1);
}
