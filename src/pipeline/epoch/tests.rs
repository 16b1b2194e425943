//! What the rules of epochs hold to, whatever the clock and the notes say.

use super::*;
use proptest::prelude::*;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::minutes(1_000_000 + minutes)
}

fn begun(minutes: i64) -> Epoch {
    Epoch {
        number: 2,
        began: Some((at(minutes), EpochCause::Behind)),
        what: "the database is an older one".into(),
        stopped: String::new(),
        known: None,
    }
}

fn beacon(epoch: i64, audit: i64, hash: &str) -> Beacon {
    Beacon {
        workspace: "w".into(),
        folder: "/books".into(),
        epoch,
        audit,
        hash: hash.into(),
        machine: "m".into(),
        at: at(0),
    }
}

fn end(epoch: i64, audit: i64, hash: Option<&str>, sent: bool) -> LogEnd {
    LogEnd {
        epoch,
        audit,
        hash: hash.map(str::to_owned),
        sent,
    }
}

fn cause(beacon: Option<&Beacon>, here: &LogEnd) -> Option<EpochCause> {
    judge_beacon(beacon, here).map(|p| p.cause)
}

#[test]
fn a_beacon_ahead_or_at_another_end_proves_it_and_one_behind_does_not() {
    let of = |b: Beacon, here: LogEnd| cause(Some(&b), &here);
    assert_eq!(of(beacon(1, 7, "h"), end(1, 7, Some("h"), true)), None);
    assert_eq!(of(beacon(1, 7, "h"), end(1, 9, Some("h"), true)), None);
    assert_eq!(of(beacon(1, 0, ""), end(1, 9, None, true)), None);
    assert_eq!(of(beacon(1, 7, "h"), end(2, 9, Some("h"), true)), None);
    let behind = Some(EpochCause::Behind);
    assert_eq!(of(beacon(1, 7, "h"), end(1, 6, None, true)), behind);
    assert_eq!(of(beacon(1, 7, "h"), end(1, 0, None, false)), behind);
    assert_eq!(of(beacon(2, 3, "h"), end(1, 9, Some("h"), true)), behind);
    let forked = Some(EpochCause::Forked);
    assert_eq!(of(beacon(1, 7, "h"), end(1, 7, Some("x"), true)), forked);
    assert_eq!(of(beacon(1, 7, "h"), end(1, 9, Some("x"), true)), forked);
    assert_eq!(cause(None, &end(1, 9, None, false)), None);
    let none = Some(EpochCause::NoBeacon);
    assert_eq!(cause(None, &end(1, 9, None, true)), none);
}

#[test]
fn what_is_written_after_the_wait_and_unknown_is_a_twins() {
    let says = |written: Option<i64>| judge_stamp(&begun(0), written.map(at));
    assert_eq!(says(None), StampSays::Known);
    assert_eq!(says(Some(15)), StampSays::Known);
    assert_eq!(says(Some(16)), StampSays::Twin);
    let first = Epoch::default();
    assert_eq!(judge_stamp(&first, Some(at(16))), StampSays::Older);
    let stopped = Epoch {
        stopped: twin("1041"),
        ..begun(0)
    };
    assert_eq!(judge_stamp(&stopped, Some(at(16))), StampSays::Known);
}

proptest! {
    /// Whatever the clock does, nothing is written before a whole wait has passed since the beginning, and always after.
    #[test]
    fn nothing_is_written_before_the_wait_is_over(began in -50_i64..50, now in -100_i64..100) {
        let epoch = begun(began);
        let open = gate(&epoch, at(now)) == Gate::Open;
        prop_assert_eq!(open, now >= began + 15);
        prop_assert_eq!(counts_anew(&epoch, at(now)), now < began);
        // A beginning that is counted from now is never passed at once.
        if counts_anew(&epoch, at(now)) {
            prop_assert!(!open);
        }
    }

    /// A stop holds whatever time it is, and what proves an epoch once proves no second one of the same time.
    #[test]
    fn a_stop_is_no_matter_of_time(began in -50_i64..50, now in -100_i64..100) {
        let stopped = Epoch { stopped: "a twin".into(), ..begun(began) };
        let is_stopped = matches!(gate(&stopped, at(now)), Gate::Stopped { .. });
        prop_assert!(is_stopped);
        prop_assert_eq!(judge_stamp(&begun(began), Some(at(began))), StampSays::Known);
    }

    /// The next epoch is above whatever was seen, so that of two copies the other one always notices.
    #[test]
    fn a_proof_tells_the_greatest_epoch_seen(here in 1_i64..9, there in 1_i64..9, audit in 0_i64..9, seen in 0_i64..9) {
        let proof = judge_beacon(Some(&beacon(there, seen, "h")), &end(here, audit, Some("x"), true));
        if let Some(proof) = proof {
            prop_assert_eq!(proof.seen, here.max(there));
        } else {
            prop_assert!(there <= here && seen == 0);
        }
    }
}
