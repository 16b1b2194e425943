//! The stamp by which a document of ours is found again: `[sync:MARKER]` inside a text field.

/// How every stamp begins.
pub const STAMP: &str = "[sync:";

/// What a stamp takes of a text field, in characters: itself with a marker of 20, and the space before it.
pub const ROOM: usize = STAMP.len() + 20 + 1 + 1;

/// The stamp of a marker.
pub fn stamp(marker: &str) -> String {
    format!("{STAMP}{marker}]")
}

/// A reference with its stamp, at most `most` characters: the text is cut, never the stamp.
pub fn stamped(reference: &str, marker: &str, most: usize) -> String {
    let stamp = stamp(marker);
    let reference = reference.trim();
    if reference.is_empty() {
        return stamp;
    }
    let room = most.saturating_sub(stamp.chars().count() + 1);
    let cut: String = reference.chars().take(room).collect();
    let cut = cut.trim_end();
    if cut.is_empty() {
        stamp
    } else {
        format!("{cut} {stamp}")
    }
}

/// The marker a text carries.
pub fn marker_of(text: &str) -> Option<&str> {
    let (_, rest) = text.rsplit_once(STAMP)?;
    let (marker, _) = rest.split_once(']')?;
    let ok = !marker.is_empty() && marker.bytes().all(|b| b.is_ascii_alphanumeric());
    ok.then_some(marker)
}

/// The text without its stamp.
pub fn unstamped(text: &str) -> &str {
    match (marker_of(text), text.rfind(STAMP)) {
        (Some(_), Some(at)) => text.get(..at).unwrap_or(text).trim_end(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_survives_a_long_reference() {
        let marker = "ABCDEFGHIJ2345672345";
        let long = "é".repeat(400);
        let out = stamped(&long, marker, 255);
        assert_eq!(out.chars().count(), 255);
        assert_eq!(marker_of(&out), Some(marker));
        assert_eq!(unstamped(&stamped("PO 7", marker, 255)), "PO 7");
        assert_eq!(unstamped("no stamp [sync:"), "no stamp [sync:");
        assert_eq!(marker_of("x [sync:a b]"), None);
    }
}
