//! A thousand hostile values in everything that a template can hold: none changes the host, the path's shape or the structure of a body.

use super::books::{WAYS, described};
use chrono::NaiveDate;
use crossfoot::connectors::manifest::{Described, parse};
use crossfoot::connectors::{Encoded, System as _, UpdateOf, Write};
use crossfoot::model::{
    AccountRef, ContactDraft, Currency, Draft, InvoiceDraft, Kind, LineDraft, PaymentDraft,
    PaymentKind, TaxMode,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

fn system(way: &str) -> Described {
    let (made, told) = parse("mappings/connectors/tallybook.yaml", &described(way));
    assert!(told.is_empty(), "{told:#?}");
    Described::new(made.unwrap())
}

fn write(draft: Draft) -> Write {
    Write {
        marker: "ABCDEFGHIJ2345672345".to_owned(),
        draft,
        contact_id: "c1".to_owned(),
        contact_number: String::new(),
        document_id: "i1".to_owned(),
        of_credit_note: false,
        update: None,
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 10).unwrap()
}

/// One of each kind, with a text wherever a text can stand.
fn writes(text: &str, id: &str) -> Vec<Write> {
    let t = || text.to_owned();
    let contact = ContactDraft {
        name: t(),
        email: t(),
        ..ContactDraft::default()
    };
    let line = LineDraft {
        description: t(),
        quantity: 1.into(),
        unit_amount: 10.into(),
        amount: 10.into(),
        ..LineDraft::default()
    };
    let currency = Currency::new("AUD").unwrap();
    let invoice = InvoiceDraft {
        kind: Kind::Invoice,
        number: "INV-1".to_owned(),
        reference: t(),
        date: day(),
        due: None,
        status: String::new(),
        currency,
        tax_mode: TaxMode::Exclusive,
        lines: vec![line],
        subtotal: 10.into(),
        total_tax: 0.into(),
        total: 10.into(),
        paid_from: None,
    };
    let payment = PaymentDraft {
        source_payment: "p".to_owned(),
        kind: PaymentKind::Payment,
        date: day(),
        amount: 10.into(),
        currency,
        account: AccountRef::Id(t()),
        reference: t(),
        method: t(),
    };
    let changed = Write {
        update: Some(UpdateOf {
            id: id.to_owned(),
            version: "1".to_owned(),
            line_ids: vec![],
            status: String::new(),
            same: vec![],
            only: None,
        }),
        ..write(Draft::Contact(contact.clone()))
    };
    vec![
        write(Draft::Contact(contact)),
        changed,
        Write {
            contact_id: id.to_owned(),
            ..write(Draft::Invoice(invoice))
        },
        Write {
            document_id: id.to_owned(),
            ..write(Draft::Payment(payment))
        },
    ]
}

/// The structure of a body: its keys and kinds of values, without what texts say.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let all: Vec<String> = map
                .iter()
                .map(|(k, v)| format!("{k}:{}", shape(v)))
                .collect();
            format!("{{{}}}", all.join(","))
        }
        Value::Array(all) => format!("[{}]", all.iter().map(shape).collect::<Vec<_>>().join(",")),
        Value::String(_) => "text".to_owned(),
        Value::Number(_) => "number".to_owned(),
        other => other.to_string(),
    }
}

fn of(encoded: &Encoded) -> (usize, String, String) {
    let segments = encoded
        .path
        .split(['?', '#'])
        .next()
        .unwrap()
        .split('/')
        .count();
    let body: Value = serde_json::from_str(&encoded.body).unwrap();
    (segments, encoded.method.clone(), shape(&body))
}

#[test]
fn no_value_changes_the_host_the_path_or_the_structure_of_a_body() {
    let hostile = prop_oneof![
        Just("..".to_owned()),
        Just("../../admin".to_owned()),
        Just("\"},\"admin\":{\"x\":\"".to_owned()),
        Just("{{stamp}}".to_owned()),
        Just("{id}".to_owned()),
        Just("a?b=c#d".to_owned()),
        Just("//evil.example/".to_owned()),
        Just("@evil.example".to_owned()),
        Just("%2e%2e%2f".to_owned()),
        Just("\u{202e}gnp.exe".to_owned()),
        "[\\x00-\\x7f]{1,30}",
        "\\PC{1,30}",
        any::<String>(),
    ];
    for way in WAYS {
        let system = system(way);
        let writer = system.writer().unwrap();
        let plain: Vec<_> = (writes("plain", "id1").iter())
            .map(|w| of(&writer.encode(std::slice::from_ref(w)).unwrap()))
            .collect();
        let mut runner = TestRunner::new(Config::with_cases(1_000));
        runner
            .run(&(hostile.clone(), hostile.clone()), |(text, id)| {
                prop_assume!(!text.trim().is_empty() && !id.trim().is_empty());
                for (n, w) in writes(&text, &id).iter().enumerate() {
                    // What cannot be said is refused, in words.
                    let Ok(encoded) = writer.encode(std::slice::from_ref(w)) else {
                        continue;
                    };
                    prop_assert_eq!(&of(&encoded), &plain[n], "{:?}", encoded);
                    prop_assert!(encoded.path.starts_with('/'));
                    // Wherever the connection leads, the request stays there.
                    let url = url::Url::parse(&format!(
                        "https://api.tallybook.example/v1{}",
                        encoded.path
                    ))
                    .unwrap();
                    prop_assert_eq!(url.host_str(), Some("api.tallybook.example"));
                    prop_assert!(url.path().starts_with("/v1/"), "{}", url);
                    let segments = url.path().split('/').count();
                    prop_assert_eq!(segments, plain[n].0 + 1, "{}", url);
                }
                Ok(())
            })
            .unwrap();
    }
}
