//! The protocol's windows and what each answer means, case by case.

use super::*;
use crate::model::{
    BookId, Currency, Fingerprint, Key, Kind, PaymentDraft, PaymentKind, WriteState,
};
use crate::pipeline::write::Needs;

fn at(s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + s, 0).unwrap()
}
const KEYED: Windows = Windows {
    promise: Promise::Keyed {
        life_s: 360,
        resend_s: 180,
        key_chars: 40,
    },
    quarantine_s: 900,
    looks: 1,
    looks_apart_s: 0,
};
const UNSTATED: Windows = Windows {
    promise: Promise::Unstated { key_chars: 50 },
    quarantine_s: 900,
    looks: 2,
    looks_apart_s: 60,
};
const NO_KEY: Windows = Windows {
    promise: Promise::None,
    ..UNSTATED
};
fn book(word: &str) -> BookId {
    BookId::stored(word)
}
fn row() -> WriteRow {
    WriteRow {
        id: 1,
        key: "t/c/payment/9/create".into(),
        marker: "ABCDEFGHIJKLMNOPQRST".into(),
        kind: Kind::Payment,
        of: Key::new(&book("c"), Kind::Payment, &"9".into()),
        document: Key::new(&book("c"), Kind::Invoice, &"7".into()),
        version: Fingerprint::of(b""),
        to: book("b"),
        run: String::new(),
        state: WriteState::Sent,
        draft: Draft::Payment(PaymentDraft {
            source_payment: "9".into(),
            kind: PaymentKind::Payment,
            date: chrono::NaiveDate::from_ymd_opt(2026, 7, 1).unwrap(),
            amount: Decimal::new(1000, 2),
            currency: Currency::new("AUD").unwrap(),
            account: crate::model::AccountRef::Code("090".into()),
            reference: String::new(),
            method: String::new(),
        }),
        draft_hash: Fingerprint::of(b""),
        needs: Needs::default(),
        attempt: 1,
        batch: Some(1),
        first_sent: Some(at(0)),
        last_sent: Some(at(100)),
        not_before: None,
        key_spent: false,
        wanted: true,
        reason: None,
    }
}

#[test]
fn the_key_helps_for_three_minutes_then_nothing_for_a_quarter_of_an_hour_then_a_look_up() {
    let w = row();
    assert_eq!(next(&w, KEYED, at(180), false), Next::Resend);
    assert_eq!(next(&w, KEYED, at(181), false), Next::Wait(at(1000)));
    assert_eq!(next(&w, KEYED, at(999), false), Next::Wait(at(1000)));
    assert_eq!(next(&w, KEYED, at(1000), false), Next::LookUp);
}

#[test]
fn where_nobody_states_a_keys_life_it_is_looked_for_first_and_then_goes_under_the_same_key() {
    let mut w = row();
    assert_eq!(next(&w, UNSTATED, at(101), false), Next::LookUp);
    assert_eq!(on_absent(&w, UNSTATED, at(102)), None);
    // A month later, the same: it is looked for anew, and goes under the same key.
    assert_eq!(next(&w, UNSTATED, at(2_600_000), false), Next::LookUp);
    assert_eq!(on_absent(&w, UNSTATED, at(2_600_000)), None);
    // With a key that is spent two looks come first.
    w.key_spent = true;
    assert!(matches!(
        on_absent(&w, UNSTATED, at(2_600_000)),
        Some(Settle::NotFound { .. })
    ));
}

#[test]
fn a_new_attempt_wants_two_look_ups_a_minute_apart_after_the_quarantine() {
    for (windows, key_spent) in [(UNSTATED, true), (NO_KEY, false), (NO_KEY, true)] {
        let mut w = row();
        w.key_spent = key_spent;
        assert_eq!(next(&w, windows, at(110), false), Next::Wait(at(1000)));
        assert_eq!(next(&w, windows, at(1000), false), Next::LookUp);
        let waits = Settle::NotFound {
            not_before: Some(at(1060)),
        };
        assert_eq!(on_absent(&w, windows, at(1000)), Some(waits));
        w.needs = w.looked_for(at(1000));
        assert_eq!(next(&w, windows, at(1060), false), Next::LookUp);
        let anew = Settle::Again { not_before: None };
        assert_eq!(on_absent(&w, windows, at(1060)), Some(anew));
    }
}

#[test]
fn a_clock_that_went_back_spends_the_key_of_unstated_life_too() {
    let mut w = row();
    w.needs = w.looked_for(at(110));
    assert_eq!(next(&w, UNSTATED, at(120), true), Next::Wait(at(1000)));
    assert!(times_are_false(&w, at(50), false));
    // Looked for before it was sent again says nothing of that.
    w.last_sent = Some(at(115));
    assert_eq!(next(&w, UNSTATED, at(120), false), Next::LookUp);
}

#[test]
fn a_clock_that_went_back_spends_the_key() {
    let w = row();
    assert_eq!(next(&w, KEYED, at(50), true), Next::Wait(at(1000)));
    assert_eq!(next(&w, KEYED, at(-50), false), Next::Wait(at(1000)));
}

#[test]
fn a_kept_error_spends_the_key() {
    let mut w = row();
    w.key_spent = true;
    assert_eq!(next(&w, KEYED, at(110), false), Next::Wait(at(1000)));
}

#[test]
fn somebody_elses_payment_is_never_taken_for_ours() {
    let w = row();
    assert!(matches!(
        judge_payment(&w, (Decimal::new(1000, 2), Decimal::ZERO), (&[], &[])),
        Seen::Other(_)
    ));
    assert_eq!(
        judge_payment(&w, (Decimal::ZERO, Decimal::ZERO), (&[], &[])),
        Seen::Absent
    );
}

#[test]
fn absence_before_the_quarantine_proves_nothing() {
    assert!(matches!(
        on_look_up(Seen::Absent, false, None),
        Settle::InDoubt { .. }
    ));
    assert!(matches!(
        on_look_up(Seen::Absent, true, None),
        Settle::Again { .. }
    ));
}

/// Four tries of one run are over within a ninth of the time that the same key may go, whatever the ledger promises.
#[test]
fn tries_after_a_lost_answer_fit_into_the_life_of_the_key() {
    for resend_s in [1, 36, 72, 180, 3_600, 86_400] {
        let promise = Promise::Keyed {
            life_s: resend_s * 2,
            resend_s,
            key_chars: 40,
        };
        let pause = Windows { promise, ..KEYED }.pause_s();
        assert!((1..=5).contains(&pause), "{resend_s}: {pause}");
        assert!(
            resend_s < 36 || pause * 4 * 9 <= resend_s,
            "{resend_s}: {pause}"
        );
    }
    assert_eq!((KEYED.pause_s(), NO_KEY.pause_s()), (5, 5));
}
