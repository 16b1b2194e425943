//! Names of time zones: those of the IANA list, and which of them is meant by what people write.
//!
//! Flows in: a text. Flows out: the zone, or a cure that names places. An abbreviation is never taken for another one that
//! looks like it, and an offset never for a zone: those of the list that bear one count the other way about.

use super::scalars::{BadValue, bad, shown};

/// Abbreviations that people write, and the places that keep that time.
const SHORT: [(&str, &str); 24] = [
    ("ACDT", "Australia/Adelaide"),
    ("ACST", "Australia/Adelaide` or `Australia/Darwin"),
    ("AEDT", "Australia/Sydney"),
    ("AEST", "Australia/Sydney` or `Australia/Brisbane"),
    ("AET", "Australia/Sydney"),
    ("AWST", "Australia/Perth"),
    ("BST", "Europe/London"),
    ("CDT", "America/Chicago"),
    ("CEST", "Europe/Berlin"),
    ("CST", "America/Chicago"),
    ("EDT", "America/New_York"),
    ("ET", "America/New_York"),
    ("HKT", "Asia/Hong_Kong"),
    ("IST", "Asia/Kolkata` or `Europe/Dublin"),
    ("JST", "Asia/Tokyo"),
    ("MDT", "America/Denver"),
    ("MYT", "Asia/Kuala_Lumpur"),
    ("NZDT", "Pacific/Auckland"),
    ("NZST", "Pacific/Auckland"),
    ("PDT", "America/Los_Angeles"),
    ("PHT", "Asia/Manila"),
    ("PST", "America/Los_Angeles"),
    ("SAST", "Africa/Johannesburg"),
    ("SGT", "Asia/Singapore"),
];

/// Offsets in minutes, and a place that keeps that time in winter.
const OFFSETS: [(i32, &str); 16] = [
    (-480, "America/Los_Angeles"),
    (-420, "America/Denver"),
    (-360, "America/Chicago"),
    (-300, "America/New_York"),
    (-240, "America/Halifax"),
    (0, "Europe/London"),
    (60, "Europe/Berlin"),
    (120, "Africa/Johannesburg"),
    (180, "Asia/Riyadh"),
    (240, "Asia/Dubai"),
    (330, "Asia/Kolkata"),
    (480, "Australia/Perth` or `Asia/Singapore"),
    (540, "Asia/Tokyo"),
    (570, "Australia/Adelaide` or `Australia/Darwin"),
    (600, "Australia/Sydney` or `Australia/Brisbane"),
    (720, "Pacific/Auckland"),
];

/// A time zone.
pub(super) fn zone(text: &str) -> Result<chrono_tz::Tz, BadValue> {
    text.parse::<chrono_tz::Tz>().or_else(|_| {
        bad(
            format!("`{}` is no time zone", shown(text)),
            cure(text.trim()),
        )
    })
}

fn cure(text: &str) -> String {
    let named = |place: &str| format!("Did you mean `{place}`?");
    let short = SHORT.iter().find(|(s, _)| s.eq_ignore_ascii_case(text));
    if let Some((_, place)) = short {
        return named(place);
    }
    if let Some(minutes) = offset(text) {
        let place = OFFSETS.iter().find(|(m, _)| *m == minutes);
        let place = place.map_or("Europe/London", |(_, place)| place);
        return format!(
            "Write the name of a place that keeps that time, such as `{place}`: an offset knows no summer time."
        );
    }
    // Names of one word are offsets and abbreviations: of two that look alike, neither is the other.
    let places = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name());
    let places = places.filter(|n| n.contains('/') && !n.starts_with("Etc/"));
    // A city without its continent is what people write.
    let city = |z: &&str| {
        let own = z.rsplit('/').next().unwrap_or_default();
        own.eq_ignore_ascii_case(&text.replace(' ', "_"))
    };
    let near = (places.clone().find(city)).or_else(|| super::nearest(text, places));
    near.map_or_else(
        || "Write its name from the IANA list, such as Europe/London.".to_owned(),
        named,
    )
}

/// The minutes of `GMT+10`, `UTC-5:30` or `+10:00`.
fn offset(text: &str) -> Option<i32> {
    let upper = text.to_ascii_uppercase().replace(' ', "");
    let rest = (upper.strip_prefix("GMT"))
        .or_else(|| upper.strip_prefix("UTC"))
        .unwrap_or(&upper);
    let (sign, rest) = match rest.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, rest.strip_prefix('-')?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((h, m)) => (h, m),
        None if rest.len() == 4 => (rest.get(..2)?, rest.get(2..)?),
        None => (rest, "0"),
    };
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    Some(sign * (i32::from(hours) * 60 + i32::from(minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, NaiveDate, Offset as _, TimeZone as _};

    /// The names that a cure gives.
    fn places(text: &str) -> Vec<chrono_tz::Tz> {
        let Err(bad) = zone(text) else { return vec![] };
        let parts = bad.fix.split('`').skip(1).step_by(2);
        parts.filter_map(|p| p.parse().ok()).collect()
    }

    fn winter_and_summer(zone: chrono_tz::Tz) -> [Duration; 2] {
        [1, 7].map(|month| {
            let noon =
                NaiveDate::from_ymd_opt(2026, month, 1).and_then(|d| d.and_hms_opt(12, 0, 0));
            let at = zone.offset_from_utc_datetime(&noon.unwrap_or_default());
            Duration::seconds(at.fix().local_minus_utc().into())
        })
    }

    #[test]
    fn an_offset_never_becomes_one_the_other_way_about() {
        for (minutes, _) in OFFSETS {
            let (sign, m) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
            for text in [
                format!("GMT{sign}{}:{:02}", m / 60, m % 60),
                format!("utc {sign}{:02}{:02}", m / 60, m % 60),
            ] {
                let found = places(&text);
                assert!(minutes == 0 || !found.is_empty(), "{text}");
                for zone in found {
                    let keeps = winter_and_summer(zone);
                    assert!(
                        keeps.contains(&Duration::minutes(minutes.into())),
                        "{text}: {zone}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_abbreviation_is_no_other_one() {
        for (short, place) in SHORT {
            let found = places(short);
            assert!(!found.is_empty(), "{short}: {place}");
            assert!(found.iter().all(|z| z.name().contains('/')), "{short}");
        }
        assert_eq!(
            places("AEST").first().map(|z| z.name()),
            Some("Australia/Sydney")
        );
        assert_eq!(
            places("Melbourne").first().map(|z| z.name()),
            Some("Australia/Melbourne")
        );
    }
}
