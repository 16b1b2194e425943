//! Faults: what shall go wrong, with which request, how often.
//!
//! Flows in: rules from `POST /_sandbox/faults` and each request on its way to a fake vendor. Flows out: the
//! one [`Fault`] that strikes it, if any; the first rule that fires wins. Chance is drawn from the rule's seed
//! and its own count of matching requests, so that a run can be repeated. Refuses unknown words; bounded by
//! 1,000 rules.
//!
//! A rule: `{"system", "method", "path_contains", "nth" | "probability" + "seed", "times", "fault"}`, all but
//! `fault` optional. `nth` counts matching requests from 1; `times` is how often it fires at most (1 unless
//! told; 0 = without end). `fault` is a word (`"500_after"`) or a word with its parameter
//! (`{"429": {"retry_after": 5}}`, `{"delay_ms": 1500}`).

use serde_json::{Value, json};

/// The most rules kept.
const MOST_RULES: usize = 1_000;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Too many requests; the vendor's own form where the system has one.
    TooMany {
        /// Seconds in `Retry-After`; absent when `None`.
        retry_after: Option<u64>,
    },
    /// 500; the vendor did nothing.
    Error500Before,
    /// 500; the vendor did it all the same.
    Error500After,
    /// The connection ends without an answer; the vendor did nothing.
    DropBefore,
    /// The connection ends without an answer; the vendor did it.
    DropAfter,
    /// The request waits this long before the vendor sees it.
    DelayMs(u64),
    /// The answer's body stops halfway and the connection ends.
    Truncated,
    /// The answer's body is not what its content type says.
    Malformed,
    /// A proxy's HTML page; the vendor did nothing.
    Html502,
    /// The vendor is off; it did nothing.
    Offline503,
    /// The access token is refused as expired, once.
    ExpiredToken,
    /// The access token is revoked for good, where the system can do that.
    RevokedToken,
    /// The answer of the last GET of the same path is given again.
    DuplicatePage,
    /// The vendor's clock is off by so many seconds.
    ClockSkewS(i64),
    /// The body comes in small pieces, this many milliseconds in all.
    SlowBodyMs(u64),
    /// The vendor refuses it with this answer of its own, and does nothing: what changed there in between is not played.
    Refused(u16, Value),
}

impl Fault {
    /// The word in the control plane.
    pub fn word(&self) -> &'static str {
        match self {
            Fault::TooMany { .. } => "429",
            Fault::Error500Before => "500_before",
            Fault::Error500After => "500_after",
            Fault::DropBefore => "drop_before",
            Fault::DropAfter => "drop_after",
            Fault::DelayMs(_) => "delay_ms",
            Fault::Truncated => "truncated",
            Fault::Malformed => "malformed",
            Fault::Html502 => "html_502",
            Fault::Offline503 => "offline_503",
            Fault::ExpiredToken => "expired_token",
            Fault::RevokedToken => "revoked_token",
            Fault::DuplicatePage => "duplicate_page",
            Fault::ClockSkewS(_) => "clock_skew_s",
            Fault::SlowBodyMs(_) => "slow_body",
            Fault::Refused(..) => "refused",
        }
    }

    fn parse(value: &Value) -> Result<Self, String> {
        let (word, parameter) = match value {
            Value::String(word) => (word.clone(), Value::Null),
            Value::Number(n) => (n.to_string(), Value::Null),
            Value::Object(m) if m.len() == 1 => m
                .iter()
                .next()
                .map(|(k, v)| (k.clone(), v.clone()))
                .unwrap_or_default(),
            _ => {
                return Err(
                    "`fault` is a word, or an object with one word and its parameter".into(),
                );
            }
        };
        let number = parameter.as_u64();
        let need = |unit: &str| {
            number.ok_or(format!(
                "`{word}` needs a number of {unit}: {{\"{word}\": 5}}"
            ))
        };
        Ok(match word.as_str() {
            "429" => Fault::TooMany {
                retry_after: number
                    .or_else(|| parameter.get("retry_after").and_then(Value::as_u64)),
            },
            "500_before" => Fault::Error500Before,
            "500_after" => Fault::Error500After,
            "drop_before" => Fault::DropBefore,
            "drop_after" => Fault::DropAfter,
            "delay_ms" => Fault::DelayMs(need("milliseconds")?.min(600_000)),
            "truncated" => Fault::Truncated,
            "malformed" => Fault::Malformed,
            "html_502" => Fault::Html502,
            "offline_503" => Fault::Offline503,
            "expired_token" => Fault::ExpiredToken,
            "revoked_token" => Fault::RevokedToken,
            "duplicate_page" => Fault::DuplicatePage,
            "clock_skew_s" => Fault::ClockSkewS(
                parameter
                    .as_i64()
                    .ok_or("`clock_skew_s` needs a number of seconds: {\"clock_skew_s\": -90}")?
                    .clamp(-400_000_000, 400_000_000),
            ),
            "slow_body" => Fault::SlowBodyMs(number.unwrap_or(5_000).min(600_000)),
            "refused" => {
                let status = parameter.get("status").and_then(Value::as_u64);
                let status = status.and_then(|s| u16::try_from(s).ok());
                let status = status.filter(|s| (400..500).contains(s));
                Fault::Refused(
                    status.ok_or("`refused` needs a `status` from 400 to 499, and a `body`")?,
                    parameter.get("body").cloned().unwrap_or(Value::Null),
                )
            }
            other => {
                return Err(format!(
                    "`{other}` is not a fault; the faults are 429, 500_before, 500_after, drop_before, drop_after, \
                     delay_ms, truncated, malformed, html_502, offline_503, expired_token, revoked_token, \
                     duplicate_page, clock_skew_s, slow_body and refused"
                ));
            }
        })
    }
}

#[derive(Debug, Clone)]
struct Rule {
    told: Value,
    system: Option<String>,
    method: Option<String>,
    path_contains: Option<String>,
    nth: Option<u64>,
    chance: Option<(f64, u64)>,
    times: u64,
    fault: Fault,
    seen: u64,
    fired: u64,
}

impl Rule {
    fn parse(told: &Value) -> Result<Self, String> {
        let Some(map) = told.as_object() else {
            return Err("a fault rule is an object".into());
        };
        const KEYS: [&str; 8] = [
            "system",
            "method",
            "path_contains",
            "nth",
            "probability",
            "seed",
            "times",
            "fault",
        ];
        if let Some(odd) = map.keys().find(|k| !KEYS.contains(&k.as_str())) {
            return Err(format!(
                "`{odd}` is not part of a fault rule; its parts are {}",
                KEYS.join(", ")
            ));
        }
        let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
        let chance = match map.get("probability") {
            None => None,
            Some(p) => {
                let p = p.as_f64().filter(|p| (0.0..=1.0).contains(p));
                Some((
                    p.ok_or("`probability` goes from 0 to 1")?,
                    map.get("seed").and_then(Value::as_u64).unwrap_or(0),
                ))
            }
        };
        Ok(Self {
            told: told.clone(),
            system: text("system"),
            method: text("method").map(|m| m.to_uppercase()),
            path_contains: text("path_contains"),
            nth: map.get("nth").and_then(Value::as_u64),
            chance,
            times: map
                .get("times")
                .and_then(Value::as_u64)
                .unwrap_or(if chance.is_some() { 0 } else { 1 }),
            fault: Fault::parse(map.get("fault").unwrap_or(&Value::Null))?,
            seen: 0,
            fired: 0,
        })
    }

    fn strikes(&mut self, system: &str, method: &str, path: &str) -> bool {
        let concerns = self.system.as_deref().is_none_or(|s| s == system)
            && self.method.as_deref().is_none_or(|m| m == method)
            && self
                .path_contains
                .as_deref()
                .is_none_or(|p| path.contains(p));
        if !concerns {
            return false;
        }
        self.seen += 1;
        if self.times != 0 && self.fired >= self.times {
            return false;
        }
        if self.nth.is_some_and(|n| self.seen < n) {
            return false;
        }
        if let Some((p, seed)) = self.chance
            && draw(seed, self.seen) >= p
        {
            return false;
        }
        self.fired += 1;
        true
    }
}

/// A number from 0 to 1 that depends on nothing but the seed and the count (splitmix64).
fn draw(seed: u64, count: u64) -> f64 {
    let mut z = seed
        .wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    (z >> 11) as f64 / (1_u64 << 53) as f64
}

/// The rules of one plane.
#[derive(Debug, Default)]
pub(super) struct Faults {
    rules: Vec<Rule>,
}

impl Faults {
    /// Adds one rule, a list, or `{"faults": [..]}`; all or none.
    pub(super) fn add(&mut self, told: &Value) -> Result<(), String> {
        let list = match told.get("faults").unwrap_or(told) {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        if self.rules.len() + list.len() > MOST_RULES {
            return Err(format!(
                "at most {MOST_RULES} fault rules are kept; DELETE clears them"
            ));
        }
        let parsed: Result<Vec<Rule>, String> = list.iter().map(Rule::parse).collect();
        self.rules.extend(parsed?);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(super) fn show(&self) -> Value {
        let list: Vec<Value> = self
            .rules
            .iter()
            .map(|r| json!({"rule": r.told, "seen": r.seen, "fired": r.fired}))
            .collect();
        json!({ "faults": list })
    }

    /// The fault that strikes this request. Every rule counts it; the first that fires wins.
    pub(super) fn strike(&mut self, system: &str, method: &str, path: &str) -> Option<Fault> {
        let mut struck = None;
        for rule in &mut self.rules {
            if struck.is_none() {
                if rule.strikes(system, method, path) {
                    struck = Some(rule.fault.clone());
                }
            } else {
                // A later rule must not lose count of a request that an earlier one took.
                let kept = rule.fired;
                rule.strikes(system, method, path);
                rule.fired = kept;
            }
        }
        struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_fires_from_the_nth_matching_request_and_only_so_often() {
        let mut faults = Faults::default();
        faults
            .add(&json!([{"method": "post", "path_contains": "Invoices", "nth": 2, "fault": "500_after"}]))
            .unwrap();
        let hit = |f: &mut Faults, m: &str| f.strike("xero", m, "/api.xro/2.0/Invoices").is_some();
        assert_eq!(
            [
                hit(&mut faults, "GET"),
                hit(&mut faults, "POST"),
                hit(&mut faults, "POST"),
                hit(&mut faults, "POST")
            ],
            [false, false, true, false]
        );
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let run = |seed: u64| {
            let mut faults = Faults::default();
            faults
                .add(&json!({"probability": 0.3, "seed": seed, "fault": "drop_after"}))
                .unwrap();
            (0..200)
                .map(|_| faults.strike("x", "GET", "/").is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let hits = run(7).iter().filter(|h| **h).count();
        assert!((30..90).contains(&hits), "{hits} of 200 at 0.3");
    }

    #[test]
    fn an_unknown_fault_is_refused_with_the_list() {
        let told = Faults::default()
            .add(&json!({"fault": "explode"}))
            .unwrap_err();
        assert!(
            told.contains("`explode` is not a fault") && told.contains("drop_after"),
            "{told}"
        );
    }
}
