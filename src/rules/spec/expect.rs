//! Comparing what a rule answered with what a case expects.

use crate::model::{Reason, Verdict, codes, money};
use crate::rules::{Choice, KeptSide, Ruling};
use serde_json::Value;

/// What came of a case: the answer in a word, the reason's text and code, and the draft.
pub(super) struct Came {
    pub word: String,
    pub why: String,
    pub code: String,
    pub place: String,
    pub draft: Value,
}

impl Came {
    /// What a hook said: that a person must approve first counts as an answer of its own.
    pub(super) fn of_ruling(ruling: &Ruling, draft: Value) -> Self {
        match &ruling.review {
            Some(why) if ruling.verdict.is_keep() => Self {
                word: "review".to_owned(),
                ..Self::of_verdict(&Verdict::Hold(why.clone()), draft)
            },
            _ => Self::of_verdict(&ruling.verdict, draft),
        }
    }

    pub(super) fn of_verdict(v: &Verdict, draft: Value) -> Self {
        let r = v.reason();
        Self {
            word: v.word().to_owned(),
            why: r.map(|r| r.what.clone()).unwrap_or_default(),
            code: r.map(|r| r.code.clone()).unwrap_or_default(),
            place: r
                .and_then(|r| r.place.clone())
                .map(|p| p.to_string())
                .unwrap_or_default(),
            draft,
        }
    }

    pub(super) fn of_choice(c: &Choice) -> Self {
        let word = match c {
            Choice::Verdict(v) => return Self::of_verdict(v, Value::Null),
            Choice::Absent => "keep".to_owned(),
            Choice::Use(n) => format!("use {n}"),
            Choice::Create => "create".to_owned(),
            Choice::None => "none".to_owned(),
        };
        Self {
            word,
            ..Self::of_verdict(&Verdict::Keep, Value::Null)
        }
    }

    pub(super) fn of_side(kept: &KeptSide) -> Self {
        let held = |why: Reason| Self::of_verdict(&Verdict::Hold(why), Value::Null);
        let word = match kept {
            KeptSide::Unsaid => "keep",
            KeptSide::Source(_) => "keep_source",
            KeptSide::Ledger(_) => "keep_ledger",
            KeptSide::Held(why, at) => {
                return held(Reason::new(codes::UPDATE_CONFLICT, why, "").at(at.clone()));
            }
            KeptSide::Broke(why) => return held(why.clone()),
        };
        Self {
            word: word.to_owned(),
            ..Self::of_verdict(&Verdict::Keep, Value::Null)
        }
    }

    fn told(&self) -> String {
        let mut t = self.word.clone();
        if !self.why.is_empty() {
            t = format!("{t}: {} [{}] at {}", self.why, self.code, self.place);
        }
        t
    }
}

/// What differs, or `None`.
pub(super) fn differs(expect: &Value, came: &Came) -> Option<String> {
    match expect {
        Value::String(word) if *word == came.word => None,
        Value::String(word) => Some(format!("expected {word}, got {}", came.told())),
        Value::Object(map) => {
            let verdict = map.get("verdict").and_then(Value::as_str).unwrap_or("keep");
            if verdict != came.word {
                return Some(format!("expected {verdict}, got {}", came.told()));
            }
            map.iter().find_map(|(key, want)| match key.as_str() {
                "verdict" => None,
                "why" => contains(want, &came.why, "why"),
                "code" => same(want, &Value::String(came.code.clone()))
                    .then_some(())
                    .map_or_else(
                        || Some(format!("expected the code {want}, got {}", came.code)),
                        |()| None,
                    ),
                field => field_differs(field, want, &came.draft),
            })
        }
        other => Some(format!("`expect` is a word or a map, not {other}")),
    }
}

fn contains(want: &Value, got: &str, what: &str) -> Option<String> {
    let want = want.as_str().unwrap_or_default();
    (!got.contains(want)).then(|| format!("expected {what} to contain \"{want}\", got \"{got}\""))
}

fn field_differs(field: &str, want: &Value, draft: &Value) -> Option<String> {
    let path = match field {
        "phone" => "phones.default",
        "mobile" => "phones.mobile",
        f => f,
    };
    let mut at = draft;
    for step in path.split('.') {
        let next = match step.parse::<usize>() {
            Ok(n) => at.get(n),
            Err(_) => at.get(step),
        };
        match next {
            Some(v) => at = v,
            None => return Some(format!("the draft has no `{field}`")),
        }
    }
    // An account of a payment is written by its kind; its text is what a case means.
    let at = match at {
        Value::Object(o) if path == "account" => o.values().next().unwrap_or(at),
        other => other,
    };
    (!same(want, at)).then(|| format!("expected `{field}` to be {want}, got {at}"))
}

fn same(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Array(b)) => {
            // Tracking is written as a map and kept as pairs.
            a.len() == b.len()
                && b.iter().all(|p| {
                    p.get(0)
                        .and_then(Value::as_str)
                        .and_then(|k| a.get(k))
                        .is_some_and(|v| p.get(1) == Some(v))
                })
        }
        (Value::Number(_), _) => {
            money::decimal(want).is_some() && money::decimal(want) == money::decimal(got)
        }
        _ => want == got,
    }
}
