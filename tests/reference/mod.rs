//! A second mind: the money laws written a second time (`mind.rs`), and held against what the program decides over twenty
//! thousand random documents. Nothing may differ. Laws that are broken on purpose in the second mind must be found.

pub mod chance;
mod documents;
#[rustfmt::skip]
mod mind;
mod nouns;
#[rustfmt::skip]
mod owed;
mod same;

use documents::{Case, Counts, cases};
use nouns::{LAWS, Law};
use same::Program;

const SEED: u64 = 20_261_129;
const DOCUMENTS: usize = 20_000;

#[test]
fn twenty_thousand_documents_come_to_the_same() {
    let mut counts = Counts::default();
    let mut differ = Vec::new();
    let mut kinds = std::collections::BTreeMap::<String, usize>::new();
    let mut program = Program::new();
    for case in cases(SEED, DOCUMENTS) {
        let (ours, theirs) = program.both(&case, None);
        counts.count(&case, &theirs);
        if ours != theirs {
            *kinds
                .entry(format!("{} / {}", ours.word(), theirs.word()))
                .or_default() += 1;
            differ.push(format!(
                "{case:#?}\nthe program: {ours:#?}\nthe second mind: {theirs:#?}"
            ));
        }
    }
    println!("{counts}");
    println!("the program / the second mind: {kinds:#?}");
    let first = differ.first().cloned().unwrap_or_default();
    assert!(
        differ.is_empty(),
        "{} of {DOCUMENTS} differ, such as\n{first}",
        differ.len()
    );
    assert_eq!(counts.rare(), Vec::<String>::new(), "too few to be sure of");
}

#[test]
fn each_law_that_is_broken_on_purpose_is_found() {
    let mut program = Program::new();
    let all: Vec<Case> = cases(SEED, DOCUMENTS).collect();
    let found = |law: &Law| {
        let differs = |case: &Case| {
            let (ours, theirs) = program.both(case, Some(*law));
            ours != theirs
        };
        all.iter().any(differs)
    };
    let mut found = found;
    let missed: Vec<&Law> = LAWS.iter().filter(|law| !found(law)).collect();
    assert_eq!(missed, Vec::<&Law>::new());
    assert!(LAWS.len() >= 8);
}

#[test]
fn the_second_mind_shares_nothing_with_the_program() {
    let laws = [include_str!("mind.rs"), include_str!("owed.rs")].concat();
    let all = [laws.as_str(), include_str!("nouns.rs")].concat();
    let uses = all.lines().filter(|l| l.trim_start().starts_with("use "));
    let uses: Vec<&str> = uses
        .filter(|l| !l.starts_with("use super::nouns::") && !l.starts_with("use super::owed::"))
        .collect();
    assert_eq!(
        uses,
        Vec::<&str>::new(),
        "it uses nothing but its own rooms"
    );
    for name in ["crossfoot", "crate::", "rust_decimal", "chrono", "mod "] {
        assert!(!all.contains(name), "{name}");
    }
    let says = |l: &&str| !l.trim().is_empty() && !l.trim().starts_with("//");
    let lines = laws.lines().filter(says).count();
    assert!(lines <= 400, "{lines} lines");
    assert!(laws.lines().all(|l| l.chars().count() <= 130));
}
