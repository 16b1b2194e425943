//! The answers a hook can give. An answer remembers the line that gave it.

use super::builder::{Build, Res};
use super::catalog::Ty;
use super::convert::{trouble, whole};
use chrono::NaiveDate;
use rhai::{Dynamic, ImmutableString, NativeCallContext, Position};

/// An answer of a hook.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// What it says.
    pub say: Say,
    /// The line that said it.
    pub place: Position,
}

/// What an answer says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Say {
    Keep,
    Skip(ImmutableString),
    Hold(ImmutableString),
    Fail(ImmutableString),
    Use(usize),
    Create,
    None,
    RetryAfter(u64),
    Redate(NaiveDate),
}

fn because(
    ctx: &NativeCallContext,
    why: ImmutableString,
    word: &str,
    say: fn(ImmutableString) -> Say,
) -> Res<Answer> {
    if why.trim().is_empty() {
        return Err(trouble(
            "rule.no_reason",
            format!("{word}(..) was given an empty reason"),
            "say why, so that whoever reads it need not open the rule",
            ctx.call_position(),
        ));
    }
    Ok(Answer {
        say: say(why),
        place: ctx.call_position(),
    })
}

/// Seconds from a whole number or a text such as `15m`.
fn seconds(v: &Dynamic, place: Position) -> Res<u64> {
    let wrong = || {
        trouble(
            "rule.bad_time",
            "retry_after(..) takes seconds, or a text such as \"15m\", at most 7 days",
            "write retry_after(900) or retry_after(\"15m\")",
            place,
        )
    };
    let parsed = match whole(v) {
        Some(n) => u64::try_from(n).ok(),
        None => v.as_immutable_string_ref().ok().and_then(|s| {
            let s = s.trim();
            let unit = s.chars().last()?;
            let each = match unit {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => 86_400,
                _ => return None,
            };
            let n: u64 = s.strip_suffix(unit)?.trim().parse().ok()?;
            n.checked_mul(each)
        }),
    };
    parsed.filter(|n| *n <= 7 * 86_400).ok_or_else(wrong)
}

/// Adds the answers.
pub(crate) fn add(b: &mut Build) {
    b.named::<Answer>(Ty::Answer);
    b.func("keep", &[], Ty::Answer, "Go on.");
    b.func(
        "skip",
        &[("why", Ty::Text)],
        Ty::Answer,
        "Not wanted: nothing is posted and nobody need act.",
    );
    b.func(
        "hold",
        &[("why", Ty::Text)],
        Ty::Answer,
        "A person must act first.",
    );
    b.func(
        "fail",
        &[("why", Ty::Text)],
        Ty::Answer,
        "It cannot go on until the document, the mapping or a rule changes.",
    );
    b.func(
        "use",
        &[("index", Ty::Number)],
        Ty::Answer,
        "In a match hook: the candidate with this index, from 0.",
    );
    b.func(
        "create",
        &[],
        Ty::Answer,
        "In a match hook: make a new one.",
    );
    b.func(
        "none",
        &[],
        Ty::Answer,
        "In a match hook: none of them, and make none.",
    );
    b.func(
        "retry_after",
        &[("time", Ty::Any)],
        Ty::Answer,
        "In `on_reject`: try again after so many seconds, or after a text such as \"15m\".",
    );
    b.func(
        "redate",
        &[("day", Ty::Day)],
        Ty::Answer,
        "In `on_reject`: post it with this date.",
    );
    let Some(e) = b.engine() else { return };
    let plain = |say: Say| {
        move |ctx: NativeCallContext| Answer {
            say: say.clone(),
            place: ctx.call_position(),
        }
    };
    e.register_fn("keep", plain(Say::Keep));
    e.register_fn("create", plain(Say::Create));
    e.register_fn("none", plain(Say::None));
    e.register_fn("skip", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "skip", Say::Skip)
    });
    e.register_fn("hold", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "hold", Say::Hold)
    });
    e.register_fn("fail", |c: NativeCallContext, w: ImmutableString| {
        because(&c, w, "fail", Say::Fail)
    });
    e.register_fn("use", |c: NativeCallContext, i: Dynamic| -> Res<Answer> {
        let place = c.call_position();
        let at = whole(&i).and_then(|i| usize::try_from(i).ok());
        let at = at.ok_or_else(|| {
            trouble(
                "rule.bad_index",
                "use(..) takes the index of a candidate, from 0",
                "write use(0) for the first",
                place,
            )
        })?;
        Ok(Answer {
            say: Say::Use(at),
            place,
        })
    });
    e.register_fn(
        "retry_after",
        |c: NativeCallContext, t: Dynamic| -> Res<Answer> {
            let place = c.call_position();
            Ok(Answer {
                say: Say::RetryAfter(seconds(&t, place)?),
                place,
            })
        },
    );
    e.register_fn("redate", |c: NativeCallContext, d: NaiveDate| Answer {
        say: Say::Redate(d),
        place: c.call_position(),
    });
}
