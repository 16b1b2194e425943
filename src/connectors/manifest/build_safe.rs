//! `safe_by`: what makes that a request which is lost or repeated makes one record.

use super::reader::ManifestReader;
use super::words;
use super::write_shape::{KeySpec, MarkAt, SafeBy};
use crate::mapping::yaml::Node;

/// The least that a key must live, in seconds: the same request may be 130 s under way, leaves within 40 s of being asked for, and
/// goes again some seconds later. A shorter one is over before it helps.
pub(super) const LEAST_LIFE_S: i64 = 240;

/// What a kind says of it, and where a record of the kind carries our mark; nothing where it says none.
pub(super) fn safe_by(
    told: &mut ManifestReader<'_>,
    node: &Node,
    of: &str,
) -> Option<(SafeBy, MarkAt)> {
    let Some(n) = node.get("safe_by") else {
        let what = format!(
            "`{of}` says no `safe_by`: a lost request could make a second record, so that nothing is written"
        );
        let fix = "Add `safe_by:` with what the vendor promises: our_id, upsert_by, key, unique, stamp or by_hand; or leave `write` out, and the system is only read.";
        told.wrong(node.at, "safe_by", what, fix);
        return None;
    };
    told.keys(n, "safe_by", words::SAFE_BY);
    let ways = ["our_id", "upsert_by", "key", "unique", "by_hand"];
    let said: Vec<&str> = ways.into_iter().filter(|w| n.get(w).is_some()).collect();
    if said.len() > 1 {
        let what = format!("`safe_by` says {} at once", said.join(" and "));
        told.wrong(n.at, "safe_by", what, "Write the strongest of them.");
        return None;
    }
    let stamp = n.get("stamp").and_then(|s| told.path(s, "stamp"));
    let stamped = stamp.clone().map(MarkAt::Path);
    match said.first().copied() {
        Some("our_id") => {
            is_yes(told, n, "our_id")?;
            Some((SafeBy::OurId, stamped.unwrap_or(MarkAt::Id)))
        }
        Some("upsert_by") => {
            let path = n.get("upsert_by").and_then(|p| told.path(p, "upsert_by"))?;
            Some((SafeBy::Upsert, stamped.unwrap_or(MarkAt::Path(path))))
        }
        Some("key") => {
            let key = n.get("key").and_then(|k| key(told, k));
            Some((SafeBy::Key(key?), needs_stamp(told, n, stamped)?))
        }
        Some("unique") => {
            let word = n
                .get("unique")
                .and_then(|u| told.word(u, "unique", &["number"]));
            word?;
            Some((SafeBy::Unique, needs_stamp(told, n, stamped)?))
        }
        Some(_) => {
            is_yes(told, n, "by_hand")?;
            Some((SafeBy::ByHand, needs_stamp(told, n, stamped)?))
        }
        None => Some((SafeBy::Stamp, needs_stamp(told, n, stamped)?)),
    }
}

fn is_yes(told: &mut ManifestReader<'_>, node: &Node, key: &str) -> Option<()> {
    let n = node.get(key)?;
    if told.switch(n, key)? {
        return Some(());
    }
    let fix = format!("Write `{key}: yes`, or another way.");
    told.wrong(n.at, "safe_by", format!("`{key}: no` says nothing"), fix);
    None
}

/// Whatever a vendor promises, what may have left is looked for in the end.
fn needs_stamp(
    told: &mut ManifestReader<'_>,
    node: &Node,
    stamped: Option<MarkAt>,
) -> Option<MarkAt> {
    if stamped.is_none() {
        let fix =
            "Add `stamp:`, the path of a field that people leave alone and that holds `{stamp}`.";
        let what = "`safe_by` says not by what a record of ours is found again";
        told.wrong(node.at, "safe_by", what, fix);
    }
    stamped
}

fn key(told: &mut ManifestReader<'_>, node: &Node) -> Option<KeySpec> {
    told.keys(node, "key", words::SAFE_KEY);
    let place = told.need(node, "in", "key");
    let place = place.and_then(|n| told.word(n, "in", &["header", "body"]));
    let name = told.need(node, "name", "key");
    let name = name.and_then(|n| told.text(n, "name"));
    let lives = told.need(node, "lives", "key")?;
    let lives_s = match lives.text() {
        Some("unknown") => None,
        _ => Some(told.span(lives, "lives")?),
    };
    if let Some(s) = lives_s.filter(|s| *s < LEAST_LIFE_S) {
        let what = format!(
            "a key that lives {s} s is over before a lost request can go again: a request may be 130 s under way"
        );
        let fix = format!(
            "Where the vendor promises {LEAST_LIFE_S} s or more say so; else leave `key` out, and what is lost is looked for by its `stamp`."
        );
        told.wrong(lives.at, "lives", what, fix);
        return None;
    }
    let in_header = place? == "header";
    let name = name?;
    let taken = [
        "authorization",
        "host",
        "cookie",
        "content-length",
        "content-type",
        "accept",
    ];
    let bad = http::HeaderName::from_bytes(name.as_bytes()).is_err()
        || taken.contains(&name.to_ascii_lowercase().as_str());
    if in_header && bad {
        let what = format!("`{name}` is no header that a key can stand in");
        told.wrong(
            node.at,
            "header",
            what,
            "Write the header's name as the vendor's pages do.",
        );
        return None;
    }
    Some(KeySpec {
        in_header,
        name: name.to_owned(),
        lives_s,
    })
}

/// Whether a change says that the vendor refuses one of another version than the newest.
pub(super) fn version_check(told: &mut ManifestReader<'_>, node: &Node) -> bool {
    let said = node.get("safe_by");
    let word = said.and_then(|n| told.word(n, "change.safe_by", &["version_check"]));
    word.is_some()
}
