//! Budgets: whatever the calls and however slow the network, the vendor never sees more than it allows.

use crate::support::noon;
use async_trait::async_trait;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use crossfoot::clock::{Clock, TestClock};
use crossfoot::connectors::budget::{
    Allowance, Budgets, DayCounter, Limits, MemoryDays, Urgency, Window,
};
use proptest::prelude::*;
use std::sync::Arc;

fn allowance(at_once: usize, windows: &[(i64, usize)], a_day: u64) -> Allowance {
    let windows = windows.iter().map(|(seconds, most)| Window {
        seconds: *seconds,
        most: *most,
    });
    Allowance {
        key: "vendor/org".to_owned(),
        limits: Limits {
            at_once,
            windows: windows.collect(),
            a_day,
        },
    }
}

fn budgets(clock: &Arc<TestClock>) -> Budgets {
    Budgets::new(clock.clone(), Arc::new(MemoryDays::default()))
}

async fn run(calls: &[(u16, u16, u16)], allowances: &[Allowance]) -> Vec<DateTime<Utc>> {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let mut arrived = Vec::new();
    for (pause, flight, answer) in calls {
        clock.advance(Duration::milliseconds(i64::from(*pause)));
        let permit = budgets
            .admit(allowances, Urgency::Recovery, Duration::hours(1))
            .await
            .unwrap();
        clock.advance(Duration::milliseconds(i64::from(*flight)));
        arrived.push(clock.now());
        clock.advance(Duration::milliseconds(i64::from(*answer)));
        drop(permit);
    }
    arrived
}

fn most_in_any_window(arrived: &[DateTime<Utc>], seconds: i64) -> usize {
    let length = Duration::seconds(seconds);
    arrived
        .iter()
        .map(|end| {
            arrived
                .iter()
                .filter(|t| **t <= *end && **t > *end - length)
                .count()
        })
        .max()
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_window_is_ever_exceeded(calls in prop::collection::vec((0u16..400, 0u16..3000, 0u16..3000), 1..120), most in 1usize..12, second in 1usize..4) {
        let allowance = allowance(0, &[(60, most), (1, second)], 0);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let arrived = runtime.block_on(run(&calls, &[allowance]));
        prop_assert_eq!(arrived.len(), calls.len());
        prop_assert!(most_in_any_window(&arrived, 60) <= most);
        prop_assert!(most_in_any_window(&arrived, 1) <= second);
    }
}

#[tokio::test]
async fn sixty_go_at_once_and_the_next_waits_a_minute() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let allowances = [allowance(5, &[(60, 60)], 0)];
    for _ in 0..60 {
        drop(
            budgets
                .admit(&allowances, Urgency::Routine, Duration::seconds(65))
                .await
                .unwrap(),
        );
    }
    assert_eq!(clock.now(), noon());
    drop(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::seconds(65))
            .await
            .unwrap(),
    );
    assert_eq!(clock.now(), noon() + Duration::seconds(60));
}

#[tokio::test]
async fn one_without_patience_is_told_when_to_come_back() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let allowances = [allowance(5, &[(60, 1)], 0)];
    drop(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::zero())
            .await
            .unwrap(),
    );
    let denied = budgets
        .admit(&allowances, Urgency::Routine, Duration::seconds(10))
        .await;
    let denied = denied.err().unwrap();
    assert_eq!(
        (denied.until, denied.park),
        (noon() + Duration::seconds(60), false)
    );
}

#[tokio::test]
async fn five_at_once_and_no_more() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = Arc::new(budgets(&clock));
    let allowances = [allowance(5, &[(60, 60)], 0)];
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(
            budgets
                .admit(&allowances, Urgency::Routine, Duration::zero())
                .await
                .unwrap(),
        );
    }
    let waiting = {
        let (budgets, allowances) = (budgets.clone(), allowances.clone());
        tokio::spawn(async move {
            budgets
                .admit(&allowances, Urgency::Routine, Duration::zero())
                .await
                .is_ok()
        })
    };
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    held.pop();
    assert!(waiting.await.unwrap());
}

#[tokio::test]
async fn a_part_of_the_day_is_kept_for_people_and_for_recovery() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let allowances = [allowance(0, &[], 100)];
    let mut made = Vec::new();
    for urgency in [Urgency::Routine, Urgency::Person, Urgency::Recovery] {
        let mut n = 0;
        while let Ok(permit) = budgets.admit(&allowances, urgency, Duration::zero()).await {
            drop(permit);
            n += 1;
        }
        made.push(n);
    }
    assert_eq!(made, [70, 20, 10]);
    let denied = budgets
        .admit(&allowances, Urgency::Recovery, Duration::zero())
        .await
        .err()
        .unwrap();
    assert!(denied.park);
    assert_eq!(denied.until.to_rfc3339(), "2026-07-16T00:00:00+00:00");
    clock.set(denied.until);
    assert!(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::zero())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn what_the_vendor_tells_counts() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let allowance = allowance(5, &[(60, 60)], 5000);
    let allowances = [allowance.clone()];
    drop(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::zero())
            .await
            .unwrap(),
    );
    budgets.learn_window(
        &allowance.key,
        Window {
            seconds: 60,
            most: 60,
        },
        1,
    );
    assert!(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::zero())
            .await
            .is_ok()
    );
    assert!(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::zero())
            .await
            .is_err()
    );
    clock.advance(Duration::seconds(61));
    budgets.learn_day(&allowance, 3).await;
    assert!(
        budgets
            .admit(&allowances, Urgency::Routine, Duration::zero())
            .await
            .err()
            .unwrap()
            .park
    );
    assert!(
        budgets
            .admit(&allowances, Urgency::Recovery, Duration::zero())
            .await
            .is_ok()
    );
    budgets.block(&allowance.key, clock.now() + Duration::hours(5), true);
    let denied = budgets
        .admit(&allowances, Urgency::Recovery, Duration::hours(9))
        .await
        .err()
        .unwrap();
    assert!(denied.park);
}

/// What others have let go of, told to each who asks once all have asked.
struct Others(Vec<(DateTime<Utc>, usize)>, tokio::sync::Barrier);

#[async_trait]
impl DayCounter for Others {
    async fn add(
        &self,
        _: &str,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
        calls: u64,
    ) -> Result<u64, String> {
        Ok(calls)
    }
    async fn recent(
        &self,
        _: &str,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, usize)>, String> {
        self.1.wait().await;
        Ok(self.0.clone())
    }
    async fn raise(&self, _: &str, _: NaiveDate, _: u64) -> Result<(), String> {
        Ok(())
    }
}

/// How many of so many callers at once are let go, where others have let go so many ten seconds ago.
async fn at_once(callers: usize, others: usize) -> usize {
    let clock = Arc::new(TestClock::at(noon()));
    let recent = vec![(noon() - Duration::seconds(10), others)];
    let days = Arc::new(Others(recent, tokio::sync::Barrier::new(callers)));
    let budgets = Arc::new(Budgets::new(clock, days));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let budgets = budgets.clone();
        all.spawn(async move {
            let allowances = [allowance(0, &[(60, 60)], 5000)];
            let permit = budgets.admit(&allowances, Urgency::Recovery, Duration::zero());
            permit.await.is_ok()
        });
    }
    let let_go = all.join_all().await;
    let_go.into_iter().filter(|went| *went).count()
}

#[tokio::test]
async fn what_others_have_let_go_counts_once_however_many_ask_at_the_same_time() {
    assert_eq!(at_once(10, 40).await, 10);
    assert_eq!(at_once(30, 40).await, 20, "and it counts");
    assert_eq!(at_once(2, usize::MAX).await, 0);
}

struct BrokenCounter;

#[async_trait]
impl DayCounter for BrokenCounter {
    async fn add(
        &self,
        _: &str,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
        _: u64,
    ) -> Result<u64, String> {
        Err("the disk is full".to_owned())
    }
    async fn recent(
        &self,
        _: &str,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> Result<Vec<(DateTime<Utc>, usize)>, String> {
        Ok(Vec::new())
    }
    async fn raise(&self, _: &str, _: NaiveDate, _: u64) -> Result<(), String> {
        Err("the disk is full".to_owned())
    }
}

#[tokio::test]
async fn nothing_is_called_that_cannot_be_counted() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = Budgets::new(clock, Arc::new(BrokenCounter));
    let allowances = [allowance(0, &[], 100)];
    let denied = budgets
        .admit(&allowances, Urgency::Routine, Duration::zero())
        .await
        .err()
        .unwrap();
    assert_eq!(denied.why, "the disk is full");
}

#[tokio::test]
async fn a_clock_put_back_does_not_open_the_window_nor_close_it_for_ever() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let allowances = [allowance(0, &[(60, 2)], 0)];
    for _ in 0..2 {
        drop(
            budgets
                .admit(&allowances, Urgency::Routine, Duration::zero())
                .await
                .unwrap(),
        );
    }
    clock.set(noon() - Duration::days(1));
    let denied = budgets
        .admit(&allowances, Urgency::Routine, Duration::zero())
        .await
        .err()
        .unwrap();
    assert_eq!(denied.until, clock.now() + Duration::seconds(60));
}

#[tokio::test]
async fn a_plan_that_gives_less_than_was_told_is_noticed_and_not_parked() {
    let clock = Arc::new(TestClock::at(noon()));
    let budgets = budgets(&clock);
    let plan = allowance(0, &[], 5000);
    let patience = Duration::seconds(1);
    // The vendor's first answer of the day: 999 calls are left, of a thousand and not of five.
    for left in [999, 998, 700, 301] {
        let permit = budgets
            .admit(std::slice::from_ref(&plan), Urgency::Routine, patience)
            .await
            .unwrap_or_else(|d| panic!("{left}: {}", d.why));
        drop(permit);
        budgets.learn_day(&plan, left).await;
    }
    // The last three hundred are kept for people and for recovery, as of any plan.
    budgets.learn_day(&plan, 299).await;
    let denied = budgets
        .admit(std::slice::from_ref(&plan), Urgency::Routine, patience)
        .await
        .err()
        .expect("the routine share is used");
    assert!(denied.park);
    let person = budgets
        .admit(std::slice::from_ref(&plan), Urgency::Person, patience)
        .await;
    assert!(person.is_ok());
}
