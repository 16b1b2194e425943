//! An id of our own, for systems that let the caller choose the id of what is made: the mark itself, as a UUID of version 8, from
//! which it is read again.
//!
//! Flows in: a mark. Flows out: the id, and from an id the mark. Refuses: what is no mark of twenty letters; an id that is not made
//! so is nobody's of ours. Pure.

use crate::connectors::stamp::marker_of;
use uuid::Uuid;

/// The letters of a mark, each five bits.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The letters a mark has.
const LONG: usize = 20;
/// What tells our ids from other people's UUIDs of this version: 22 bits.
const OURS: u128 = 0x2C_F007;

/// The id of a mark; `None` for what is no mark.
pub(super) fn our_id(mark: &str) -> Option<String> {
    let mut bits: u128 = OURS;
    if mark.len() != LONG {
        return None;
    }
    for letter in mark.bytes() {
        let at = LETTERS.iter().position(|l| *l == letter)?;
        bits = (bits << 5) | u128::try_from(at).ok()?;
    }
    // 48 bits, the version, 12 bits, the variant, 62 bits.
    let (high, mid, low) = (bits >> 74, (bits >> 62) & 0xFFF, bits & ((1 << 62) - 1));
    let whole = (high << 80) | (0x8 << 76) | (mid << 64) | (0b10 << 62) | low;
    Some(Uuid::from_u128(whole).to_string())
}

/// The mark that an id is made of.
pub(super) fn mark_of_id(id: &str) -> Option<String> {
    let whole = Uuid::parse_str(id).ok()?.as_u128();
    if (whole >> 76) & 0xF != 0x8 || (whole >> 62) & 0b11 != 0b10 {
        return None;
    }
    let (high, mid, low) = (whole >> 80, (whole >> 64) & 0xFFF, whole & ((1 << 62) - 1));
    let bits = (high << 74) | (mid << 62) | low;
    if bits >> 100 != OURS {
        return None;
    }
    let mut out = String::with_capacity(LONG);
    for n in (0..LONG).rev() {
        let at = usize::try_from((bits >> (5 * n)) & 0x1F).ok()?;
        out.push(char::from(*LETTERS.get(at)?));
    }
    Some(out)
}

/// The mark that a text carries: in a stamp, or as an id of ours.
pub(super) fn mark_in(text: &str) -> Option<String> {
    let stamped = marker_of(text).map(str::to_owned);
    stamped.or_else(|| mark_of_id(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_of_ours_is_its_mark_and_no_other_uuid_is_one(mark in "[A-Z2-7]{20}", other in any::<u128>()) {
            let id = our_id(&mark).unwrap();
            prop_assert_eq!(id.len(), 36);
            prop_assert_eq!(mark_of_id(&id), Some(mark.clone()));
            prop_assert_eq!(mark_of_id(&id.to_uppercase()), Some(mark));
            let other = Uuid::from_u128(other).to_string();
            if let Some(mark) = mark_of_id(&other) {
                prop_assert_eq!(our_id(&mark), Some(other));
            }
        }
    }

    #[test]
    fn what_is_no_mark_makes_no_id() {
        for bad in ["", "SHORT", "abcdefghij2345672345", "ABCDEFGHIJ234567234é"] {
            assert_eq!(our_id(bad), None, "{bad}");
        }
        assert_eq!(mark_of_id("c56a4180-65aa-42ec-a945-5fd21dec0538"), None);
    }
}
