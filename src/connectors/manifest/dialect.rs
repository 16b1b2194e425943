//! What is peculiar to a described system about limits and refusals, and what its answers mean.

use super::shape::{AnswerClass, AnswerRule, Manifest, SharedBy};
use crate::connectors::budget::Allowance;
use crate::connectors::http::HttpResponse;
use crate::connectors::send::{Carries, Dialect, Learned, Limited};
use crate::connectors::{CallError, Session};
use chrono::{DateTime, Duration, NaiveTime, Utc};
use serde_json::Value;

/// How long to wait where nobody says, in seconds.
const WAIT_S: i64 = 60;
/// The longest wait that an answer may ask for, in seconds.
const LONGEST_S: i64 = 90_000;

/// The dialect of a manifest.
pub(super) struct ManifestDialect<'a>(pub &'a Manifest);

impl ManifestDialect<'_> {
    fn key(&self, session: &Session) -> String {
        let word = &self.0.word;
        match self.0.shared {
            SharedBy::Connection => format!("{word}/connection/{}", session.connection),
            SharedBy::Tenant => format!("{word}/tenant/{}", session.tenant),
            SharedBy::Everyone => format!("{word}/everyone"),
        }
    }

    /// The first rule that an answer fits.
    pub fn rule(&self, answer: &HttpResponse) -> Option<&AnswerRule> {
        let body = || -> Option<Value> { serde_json::from_slice(&answer.body).ok() };
        let said = || String::from_utf8_lossy(&answer.body).to_lowercase();
        self.0.errors.iter().find(|r| {
            let status = (r.status.0..=r.status.1).contains(&answer.status);
            let text = || r.text.as_ref().is_none_or(|t| said().contains(t.as_str()));
            let there = |p: &super::path::RecordPath| body().is_some_and(|b| p.one(&b).is_some());
            status && text() && r.field.as_ref().is_none_or(there)
        })
    }

    /// What a rule says about an answer to a read.
    pub fn error(&self, rule: &AnswerRule, answer: &HttpResponse, now: DateTime<Utc>) -> CallError {
        let system = self.0.word.clone();
        let why = match rule.says.as_str() {
            "" => format!("it answers {}", answer.status),
            says => says.to_owned(),
        };
        match rule.class {
            AnswerClass::Wait => CallError::Wait {
                system,
                until: until(Some(rule), answer, now),
                why,
                park: rule.day,
            },
            AnswerClass::Uncertain => CallError::Uncertain {
                system,
                why,
                cached: false,
            },
            AnswerClass::Gone => CallError::Gone {
                system,
                why,
                fix: match rule.fix.as_str() {
                    "" => "look at the connection's key there".to_owned(),
                    fix => fix.to_owned(),
                },
            },
            // Of a read there is no document that could be refused: it is the call that makes no sense there.
            AnswerClass::Refused | AnswerClass::Broken => CallError::Broken {
                system,
                why: match rule.fix.as_str() {
                    "" => why,
                    fix => format!("{why}; {fix}"),
                },
            },
        }
    }
}

fn until(rule: Option<&AnswerRule>, answer: &HttpResponse, now: DateTime<Utc>) -> DateTime<Utc> {
    let asked = answer.header("retry-after").trim().parse::<i64>().ok();
    let told = asked.or(rule.and_then(|r| r.wait_s));
    if told.is_none() && rule.is_some_and(|r| r.day) {
        let next = now.date_naive().succ_opt().unwrap_or(now.date_naive());
        return next.and_time(NaiveTime::MIN).and_utc();
    }
    now + Duration::seconds(told.unwrap_or(WAIT_S).clamp(1, LONGEST_S))
}

impl Dialect for ManifestDialect<'_> {
    fn system(&self) -> &str {
        &self.0.word
    }

    fn carries(&self) -> Carries {
        self.0.carries.clone()
    }

    fn allowances(&self, session: &Session) -> Vec<Allowance> {
        vec![Allowance {
            key: self.key(session),
            limits: self.0.limits.clone(),
        }]
    }

    fn learn(&self, _: &Session, _: &HttpResponse) -> Vec<Learned> {
        Vec::new()
    }

    fn limited(&self, session: &Session, answer: &HttpResponse, now: DateTime<Utc>) -> Limited {
        let rule = self.rule(answer).filter(|r| r.class == AnswerClass::Wait);
        let until = until(rule, answer, now);
        let day = rule.is_some_and(|r| r.day);
        Limited {
            key: self.key(session),
            until,
            why: match day {
                true => "the day's calls are used".to_owned(),
                false => "too many calls".to_owned(),
            },
            park: day || until - now > Duration::seconds(900),
        }
    }

    fn hopeless(&self, _: &HttpResponse) -> Option<(String, String)> {
        None
    }

    fn closes(&self, _: u16) -> bool {
        // Which refusal closes a connection is a rule of the manifest, and looked at with the whole answer.
        false
    }

    fn keeps(&self, _: u16) -> bool {
        false
    }

    fn correlation(&self) -> &'static str {
        "x-request-id"
    }
}
