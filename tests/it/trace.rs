//! A trace keeps what set a field as it was told, and says it in words when it is read.

use chrono::NaiveDate;
use crossfoot::model::{Origin, Place, SetBy, SetKey, SetName, Trace, TraceStep};
use rust_decimal::Decimal;

fn step(field: &str, value: &str, origin: &Origin) -> TraceStep {
    TraceStep {
        field: field.to_owned(),
        value: value.to_owned(),
        origin: origin.clone(),
    }
}

fn place(file: &str, line: u32, column: u32) -> Place {
    let file = file.to_owned();
    Place { file, line, column }
}

#[test]
fn a_trace_that_takes_anothers_steps_says_what_both_say() {
    let row = SetKey::Row("accounts", 3, None, "");
    let by = SetBy::Mapping(row, "mappings/acme.yaml", (7, 5));
    let mut one = Trace::on();
    one.set(SetName::OfLine("L-2", "account"), "20-4100", by);
    let mut other = Trace::on();
    let by = SetBy::Source(Some("L-2"), "quantity");
    other.set(SetName::OfLine("L-2", "quantity"), Decimal::new(250, 2), by);
    let by = SetBy::Rule("map_payment", "rules/acme.rhai", (3, 9));
    let name = SetName::<&str>::Of("payment", "date");
    other.set(name, NaiveDate::default(), by);
    one.extend(&other);
    let key = Origin::Mapping {
        key: "accounts[3]".into(),
        place: place("mappings/acme.yaml", 7, 5),
    };
    let field = Origin::Source {
        field: "line[L-2].quantity".into(),
    };
    let rule = Origin::Rule {
        hook: "map_payment".into(),
        place: place("rules/acme.rhai", 3, 9),
    };
    let said = [
        step("line[L-2].account", "20-4100", &key),
        step("line[L-2].quantity", "2.50", &field),
        step("payment.date", "1970-01-01", &rule),
    ];
    assert_eq!(one.steps(), said);
}

#[test]
fn what_set_a_field_is_the_same_after_it_was_taken() {
    let place = || place("mappings/acme.yaml", 4, 2);
    for origin in [
        Origin::Source {
            field: "title".into(),
        },
        Origin::Mapping {
            key: "skip.zero_total".into(),
            place: place(),
        },
        Origin::Rule {
            hook: "select".into(),
            place: place(),
        },
        Origin::Ledger {
            what: "as it was posted".into(),
        },
    ] {
        let mut trace = Trace::on();
        trace.set("invoice", "as it was posted", SetBy::from(&origin));
        assert_eq!(
            trace.steps(),
            [step("invoice", "as it was posted", &origin)]
        );
        let mut off = Trace::off();
        off.extend(&trace);
        assert!(off.steps().is_empty());
    }
}
