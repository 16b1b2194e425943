//! Calendar days. There is no clock: today is `ctx.today`.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::trouble;
use crate::model::codes;
use chrono::{Datelike, Days, Months, NaiveDate};
use rhai::{INT, ImmutableString, NativeCallContext, Position};

/// Days and months are moved by at most this many.
const FURTHEST: u64 = 36_600;

fn out_of_range(place: Position) -> Box<rhai::EvalAltResult> {
    trouble(
        codes::RULE_DATE,
        "the date would be out of range",
        "add at most a hundred years",
        place,
    )
}

fn days(c: &NativeCallContext, d: NaiveDate, n: INT) -> Res<NaiveDate> {
    let by = Days::new(n.unsigned_abs().min(FURTHEST + 1));
    let moved = match n.unsigned_abs() {
        far if far > FURTHEST => None,
        _ if n < 0 => d.checked_sub_days(by),
        _ => d.checked_add_days(by),
    };
    moved.ok_or_else(|| out_of_range(c.call_position()))
}

fn months(c: &NativeCallContext, d: NaiveDate, n: INT) -> Res<NaiveDate> {
    let by = u32::try_from(n.unsigned_abs())
        .ok()
        .filter(|m| *m <= 1_200)
        .map(Months::new);
    let moved = by.and_then(|by| {
        if n < 0 {
            d.checked_sub_months(by)
        } else {
            d.checked_add_months(by)
        }
    });
    moved.ok_or_else(|| out_of_range(c.call_position()))
}

fn month_end(d: NaiveDate) -> NaiveDate {
    let first = d.with_day(1).unwrap_or(d);
    first
        .checked_add_months(Months::new(1))
        .and_then(|n| n.pred_opt())
        .unwrap_or(d)
}

fn parsed(c: &NativeCallContext, t: &str) -> Res<NaiveDate> {
    NaiveDate::parse_from_str(t, "%Y-%m-%d").map_err(|_| {
        trouble(
            codes::RULE_DATE,
            format!("\"{}\" is no date", t.chars().take(30).collect::<String>()),
            "write year-month-day: date(\"2026-07-01\")",
            c.call_position(),
        )
    })
}

/// Adds the functions of dates.
pub(crate) fn add(b: &mut Build) {
    use Ty::{Bool, Day, Number, Text};
    const D: (&str, Ty) = ("day", Day);
    b.named::<NaiveDate>(Day);
    b.get::<NaiveDate>(Day, "year", Number, "The year: 2026.", |d| {
        INT::from(d.year()).into()
    });
    b.get::<NaiveDate>(Day, "month", Number, "The month, 1 to 12.", |d| {
        INT::from(d.month()).into()
    });
    b.get::<NaiveDate>(Day, "day", Number, "The day of the month, 1 to 31.", |d| {
        INT::from(d.day()).into()
    });
    b.get::<NaiveDate>(
        Day,
        "weekday",
        Number,
        "The day of the week: Monday is 1, Sunday is 7.",
        |d| INT::from(d.weekday().number_from_monday()).into(),
    );
    b.get::<NaiveDate>(
        Day,
        "is_weekend",
        Bool,
        "Whether it is a Saturday or a Sunday.",
        |d| (d.weekday().number_from_monday() > 5).into(),
    );
    b.func(
        "date",
        &[("text", Text)],
        Day,
        "The day a text such as \"2026-07-01\" writes.",
    );
    b.func(
        "add_days",
        &[D, ("n", Number)],
        Day,
        "So many days later; earlier when negative.",
    );
    b.func(
        "add_months",
        &[D, ("n", Number)],
        Day,
        "So many months later; the last day of the month where there is no such day.",
    );
    b.func(
        "days_until",
        &[D, ("other", Day)],
        Number,
        "How many days later the other is.",
    );
    b.func("first_of_month", &[D], Day, "The first day of its month.");
    b.func("end_of_month", &[D], Day, "The last day of its month.");
    let Some(e) = b.engine() else { return };
    e.register_fn("date", |c: NativeCallContext, t: ImmutableString| {
        parsed(&c, &t)
    });
    e.register_fn("add_days", |c: NativeCallContext, d: NaiveDate, n: INT| {
        days(&c, d, n)
    });
    e.register_fn(
        "add_months",
        |c: NativeCallContext, d: NaiveDate, n: INT| months(&c, d, n),
    );
    e.register_fn("days_until", |d: NaiveDate, other: NaiveDate| -> INT {
        (other - d).num_days()
    });
    e.register_fn("first_of_month", |d: NaiveDate| d.with_day(1).unwrap_or(d));
    e.register_fn("end_of_month", month_end);
}
