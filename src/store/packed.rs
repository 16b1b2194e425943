//! What is kept of values: their JSON, compressed, and that of kinds of which there are many with what they have in common.
//!
//! Flows in: values. Flows out: bytes, and the values again. A value by itself is short and says the same words as every other of
//! its kind: the names of fields, the shipped presets' keys. A dictionary has these once for all of a kind, so that a draft takes a third
//! of what it takes compressed alone.
//!
//! A dictionary that was released is never changed, as no migration is: what was packed with it could not be read. Another one
//! gets a file and a number of its own. `dictionaries/README.md` says how they are made.

use super::plain::{corrupt, json, read_json};
use crate::pipeline::ports::StoreError;
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Serialize, de::DeserializeOwned};
use std::cell::RefCell;
use std::io::{Read, Write};
use std::sync::LazyLock;
use zstd_safe::{CCtx, CDict, DCtx, DDict};

/// The kinds that have a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Like {
    /// What a source said.
    Record,
    /// What explains a decision.
    Decision,
    /// The ledger's facts that a decision used.
    Facts,
    /// What is written, or was agreed.
    Draft,
    /// What a write needs.
    Needs,
    /// A mirrored paper.
    Paper,
}

/// The dictionaries, by number. Each begins at one: none is changed once it was released.
const DICTIONARIES: [&[u8]; 6] = [
    include_bytes!("../../dictionaries/record.1"),
    include_bytes!("../../dictionaries/decision.1"),
    include_bytes!("../../dictionaries/facts.1"),
    include_bytes!("../../dictionaries/draft.1"),
    include_bytes!("../../dictionaries/needs.1"),
    include_bytes!("../../dictionaries/paper.1"),
];

impl Like {
    /// The dictionary that is packed with today.
    const fn dictionary(self) -> u8 {
        match self {
            Self::Record => 0,
            Self::Decision => 1,
            Self::Facts => 2,
            Self::Draft => 3,
            Self::Needs => 4,
            Self::Paper => 5,
        }
    }
}

/// The low bits of the first byte of what is packed with a dictionary, whose number the other five are. No value that is compressed alone
/// begins so: to DEFLATE these are a kind of block that there is not.
const WITH_DICTIONARY: u8 = 0b111;
const NUMBER_AT: u8 = 3;

/// What every frame begins with, and which is left out.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// How hard it is tried.
const LEVEL: i32 = 3;

/// No value is longer: a length that says so was not written here.
const MOST: usize = 1 << 30;

/// What one block of a frame comes to at most, and how many bytes of the frame one takes at least.
const BLOCK: usize = 128 * 1024;
const BLOCK_TAKES: usize = 4;

/// A dictionary, made ready for both ways.
struct Ready {
    there: CDict<'static>,
    back: DDict<'static>,
}

static READY: LazyLock<Vec<Option<Ready>>> = LazyLock::new(|| {
    let one = |bytes: &&[u8]| {
        Some(Ready {
            there: CDict::try_create(bytes, LEVEL)?,
            back: DDict::try_create(bytes)?,
        })
    };
    DICTIONARIES.iter().map(one).collect()
});

thread_local! {
    /// What is worked with: made once a thread, since it is larger than most of what goes through it.
    static THERE: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    static BACK: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

fn ready(number: u8) -> Option<&'static Ready> {
    READY.get(usize::from(number))?.as_ref()
}

fn failed(what: &str) -> impl Fn(usize) -> StoreError {
    move |code| corrupt(what, zstd_safe::get_error_name(code))
}

fn no_room(what: &str) -> StoreError {
    corrupt(what, "there is no memory to compress it")
}

/// JSON, compressed alone.
pub fn pack<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    let mut out = DeflateEncoder::new(Vec::new(), Compression::fast());
    out.write_all(json(value)?.as_bytes())
        .and_then(|()| out.finish())
        .map_err(|e| corrupt("a value being compressed", e))
}

/// JSON, compressed with what values of its kind have in common.
pub fn pack_like<T: Serialize>(like: Like, value: &T) -> Result<Vec<u8>, StoreError> {
    pack_text(like, &json(value)?)
}

/// The same of JSON that is made already.
pub fn pack_text(like: Like, text: &str) -> Result<Vec<u8>, StoreError> {
    const WHAT: &str = "a value being compressed";
    let number = like.dictionary();
    let dictionary = ready(number).ok_or_else(|| no_room(WHAT))?;
    let mut frame = Vec::with_capacity(zstd_safe::compress_bound(text.len()));
    THERE.with_borrow_mut(|with| {
        if with.is_none() {
            *with = CCtx::try_create();
        }
        let with = with.as_mut().ok_or_else(|| no_room(WHAT))?;
        let done = with.compress_using_cdict(&mut frame, text.as_bytes(), &dictionary.there);
        done.map_err(failed(WHAT))
    })?;
    let frame = frame.strip_prefix(&MAGIC).unwrap_or(&frame);
    let mut out = Vec::with_capacity(frame.len() + 1);
    out.push(WITH_DICTIONARY | (number << NUMBER_AT));
    out.extend_from_slice(frame);
    Ok(out)
}

fn unpack_frame(what: &str, first: u8, rest: &[u8]) -> Result<Vec<u8>, StoreError> {
    let none = || {
        corrupt(
            what,
            "it is packed in a way that this version does not know",
        )
    };
    let dictionary = ready(first >> NUMBER_AT).ok_or_else(none)?;
    let frame = [&MAGIC, rest].concat();
    let length = zstd_safe::get_frame_content_size(&frame).ok().flatten();
    // A damaged row may state any length: no more is reserved for it than its bytes can come to.
    let most = (frame.len() / BLOCK_TAKES + 1).saturating_mul(BLOCK);
    let length = length.and_then(|l| usize::try_from(l).ok());
    let length = length.filter(|l| *l <= MOST.min(most)).ok_or_else(none)?;
    let mut text = Vec::new();
    text.try_reserve_exact(length)
        .map_err(|e| corrupt(what, e))?;
    BACK.with_borrow_mut(|with| {
        if with.is_none() {
            *with = DCtx::try_create();
        }
        let with = with.as_mut().ok_or_else(|| no_room(what))?;
        let done = with.decompress_using_ddict(&mut text, &frame, &dictionary.back);
        done.map_err(failed(what))
    })?;
    Ok(text)
}

/// What was packed, whichever way.
pub fn unpack_text(what: &str, bytes: &[u8]) -> Result<String, StoreError> {
    match bytes {
        [first, rest @ ..] if first & WITH_DICTIONARY == WITH_DICTIONARY => {
            let text = unpack_frame(what, *first, rest)?;
            String::from_utf8(text).map_err(|e| corrupt(what, e))
        }
        bytes => {
            let mut text = String::new();
            DeflateDecoder::new(bytes)
                .read_to_string(&mut text)
                .map_err(|e| corrupt(what, e))?;
            Ok(text)
        }
    }
}

/// The value that was packed.
pub fn unpack<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, StoreError> {
    read_json(what, &unpack_text(what, bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fingerprint;
    use proptest::prelude::*;

    const ALL: [Like; 6] = [
        Like::Record,
        Like::Decision,
        Like::Facts,
        Like::Draft,
        Like::Needs,
        Like::Paper,
    ];

    proptest! {
        #[test]
        fn what_is_packed_comes_back(text in ".{0,400}", which in 0..ALL.len()) {
            let packed = pack_like(ALL[which], &text).expect("packed");
            prop_assert_eq!(unpack::<String>("a text", &packed).expect("unpacked"), text.clone());
            let alone = pack(&text).expect("packed");
            prop_assert_ne!(alone[0] & WITH_DICTIONARY, WITH_DICTIONARY);
            prop_assert_eq!(unpack::<String>("a text", &alone).expect("unpacked"), text);
        }

        #[test]
        fn what_is_broken_is_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), number in 0..32_u8) {
            let mut broken = bytes;
            broken.insert(0, WITH_DICTIONARY | (number << NUMBER_AT));
            let _ = unpack_text("a text", &broken);
        }
    }

    #[test]
    fn a_value_of_many_keeps_its_place_when_it_is_long() {
        let long: Vec<String> = (0..200_000).map(|n| format!("line {n}")).collect();
        let packed = pack_like(Like::Record, &long).expect("packed");
        assert_eq!(
            unpack::<Vec<String>>("a list", &packed).expect("unpacked"),
            long
        );
    }

    /// The bytes of a row that was damaged in its header alone.
    #[test]
    fn a_length_that_its_bytes_cannot_come_to_is_refused_before_room_is_made_for_it() {
        let text = "a".repeat(70_000);
        let packed = pack_text(Like::Record, &text).expect("packed");
        let states = u32::try_from(text.len()).expect("a length").to_le_bytes();
        let at = packed
            .windows(4)
            .position(|w| w == states)
            .expect("a length");
        let mut broken = packed.clone();
        broken[at..at + 4].copy_from_slice(&(900_u32 << 20).to_le_bytes());
        let refused = unpack_text("a text", &broken).expect_err("refused");
        assert!(refused.to_string().contains("does not know"), "{refused}");
        assert_eq!(unpack_text("a text", &packed).expect("unpacked"), text);
    }

    /// Whoever changes a dictionary makes unreadable what is packed with it.
    #[test]
    fn no_dictionary_is_changed_once_it_was_released() {
        let hashes: Vec<String> = (DICTIONARIES.iter())
            .map(|d| Fingerprint::of(d).0.chars().take(16).collect())
            .collect();
        let made = [
            "a03df3a36469d9bd",
            "276a34d0acca91ef",
            "0f4085ae6edaaa1c",
            "79ad5c6e6389738d",
            "fe1a327847c93265",
            "5bacb1a0a612e29d",
        ];
        assert_eq!(hashes, made, "add a dictionary instead");
    }
}
