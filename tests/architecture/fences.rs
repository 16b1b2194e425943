//! The fences: circles, lengths, vendors' names, vendors' habits, names with two meanings.
//!
//! Each has a list of what stood on the wrong side when it was put up (`exceptions.rs`). A list only shrinks: what is not
//! in it fails, what is in it without need fails, and a list longer than its stated length fails.

use crate::circles::{among, circles};
use crate::exceptions::*;
use crate::source::{code, file, files, functions, types};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The longest file, in lines.
const FILE: usize = 400;
/// The longest function, in lines from its `fn` to its closing brace.
const FUNCTION: usize = 70;
/// Rooms that know no vendor and no vendor's habits.
const NEUTRAL: [&str; 6] = ["model", "mapping", "rules", "checks", "pipeline", "store"];

/// What the fences want to know of a file.
struct Seen {
    path: String,
    lines: usize,
    code: Vec<String>,
    functions: Vec<(String, usize)>,
    types: Vec<String>,
}

impl Seen {
    fn neutral(&self) -> bool {
        NEUTRAL.contains(&crate::room_of(&self.path))
    }
}

/// The files of a circle, and its arrows.
type Circle = (BTreeSet<String>, String);

/// Every file, and every circle with its arrows: read once for all fences.
fn seen() -> &'static (Vec<Seen>, Vec<Circle>) {
    static SEEN: OnceLock<(Vec<Seen>, Vec<Circle>)> = OnceLock::new();
    SEEN.get_or_init(|| {
        let files = files();
        let seen = files.iter().map(|f| Seen {
            path: f.path.clone(),
            lines: f.text.lines().count(),
            code: code(f),
            functions: functions(f),
            types: types(f),
        });
        let circle = |c: BTreeSet<String>| {
            let arrows = among(&files, &c).join("\n");
            (c, arrows)
        };
        (
            seen.collect(),
            circles(&files).into_iter().map(circle).collect(),
        )
    })
}

/// What stands on the wrong side, against the list of what may.
fn fence(found: &BTreeSet<String>, may: &[String], at_most: usize) {
    let listed: BTreeSet<String> = may.iter().cloned().collect();
    let mut broken = Vec::new();
    broken.extend(found.difference(&listed).map(|f| format!("new: {f}")));
    let idle = listed.difference(found);
    broken.extend(idle.map(|l| format!("no longer needed, take it out: {l}")));
    if may.len() > at_most {
        broken.push(format!("{} exceptions, at most {at_most}", may.len()));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

#[test]
fn no_files_stand_in_a_circle() {
    let mut broken = Vec::new();
    let mut idle: BTreeSet<(usize, &str)> = BTreeSet::new();
    for (n, list) in CIRCLES.iter().enumerate() {
        idle.extend(list.iter().map(|path| (n, *path)));
    }
    for (circle, arrows) in &seen().1 {
        let within = |list: &&[&str]| circle.iter().all(|path| list.contains(&&**path));
        match CIRCLES.iter().position(within) {
            Some(n) => idle.retain(|(list, path)| *list != n || !circle.contains(*path)),
            None => broken.push(format!("a circle:\n{arrows}")),
        }
    }
    let idle = idle
        .iter()
        .map(|(_, path)| format!("stands in no circle, take it out: {path}"));
    broken.extend(idle);
    let listed: usize = CIRCLES.iter().map(|list| list.len()).sum();
    if listed > IN_CIRCLES_AT_MOST {
        broken.push(format!("{listed} files, at most {IN_CIRCLES_AT_MOST}"));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_long() {
    let long = seen().0.iter().filter(|f| f.lines > FILE);
    let found = long.map(|f| f.path.clone()).collect();
    fence(&found, &owned(LONG_FILES), LONG_FILES_AT_MOST);
}

#[test]
fn no_function_is_long() {
    let mut found = BTreeSet::new();
    for file in &seen().0 {
        let long = file.functions.iter().filter(|(_, lines)| *lines > FUNCTION);
        found.extend(long.map(|(name, _)| format!("{} {name}", file.path)));
    }
    fence(&found, &owned(LONG_FUNCTIONS), LONG_FUNCTIONS_AT_MOST);
}

#[test]
fn no_vendors_name_reaches_the_rooms_that_know_none() {
    let mut found = BTreeSet::new();
    for file in seen().0.iter().filter(|f| f.neutral()) {
        let code = file.code.join("\n").to_lowercase();
        let named = crate::VENDORS.iter().filter(|v| code.contains(**v));
        found.extend(named.map(|v| format!("{} names {v}", file.path)));
    }
    fence(&found, &owned(VENDOR_NAMES), VENDOR_NAMES_AT_MOST);
}

#[test]
fn no_vendors_habit_is_a_law_of_the_neutral_rooms() {
    let mut found = BTreeSet::new();
    for file in seen().0.iter().filter(|f| f.neutral()) {
        for fact in HABITS {
            if file.code.iter().any(|line| line.contains(fact.word)) {
                found.insert(format!("{}: {}", file.path, fact.word));
            }
        }
    }
    let stand = |fact: &Habit| {
        let at = |place: &&str| format!("{place}: {}", fact.word);
        fact.places.iter().map(at).collect::<Vec<_>>()
    };
    let listed: Vec<String> = HABITS.iter().flat_map(stand).collect();
    fence(&found, &listed, HABITS_AT_MOST);
    for fact in HABITS {
        assert!(
            !fact.why.is_empty() && !fact.until.is_empty(),
            "{}",
            fact.word
        );
    }
}

#[test]
fn a_type_name_has_one_meaning() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in (seen().0.iter()).filter(|f| crate::room_of(&f.path) != "sandbox") {
        for name in &file.types {
            places
                .entry(name.clone())
                .or_default()
                .push(file.path.clone());
        }
    }
    places.retain(|_, at| at.len() > 1);
    let listed: BTreeMap<&str, Vec<&str>> = NAMES.iter().map(|(n, at)| (*n, at.to_vec())).collect();
    let mut broken = Vec::new();
    for (name, at) in &places {
        let may = listed.get(&**name).cloned().unwrap_or_default();
        if at.iter().any(|path| !may.contains(&&**path)) {
            broken.push(format!("{name} is defined in {}", at.join(", ")));
        }
    }
    for (name, may) in listed {
        let at = places.get(name).cloned().unwrap_or_default();
        let idle = may.iter().filter(|path| !at.iter().any(|p| p == *path));
        broken.extend(idle.map(|path| format!("no longer needed, take it out: {name} in {path}")));
    }
    if NAMES.len() > NAMES_AT_MOST {
        broken.push(format!("{} names, at most {NAMES_AT_MOST}", NAMES.len()));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// The fences see what they shall see.
#[test]
fn a_fence_sees_through_doors_and_past_comments() {
    let files = [
        file("src/lib.rs", "pub mod a; pub mod b;"),
        file(
            "src/a/mod.rs",
            "pub mod one; mod two; pub use two::Two; pub use one::*;",
        ),
        file("src/a/one.rs", "use super::Two; pub struct One(Two);"),
        file(
            "src/a/two.rs",
            "pub struct Two; fn f() { println!(\"{}\", crate::b::g()) }",
        ),
        file(
            "src/b.rs",
            "#[cfg(test)] use crate::nothing; use crate::a; pub fn g() -> a::One { todo!() }",
        ),
    ];
    let ring = ["src/a/one.rs", "src/a/two.rs", "src/b.rs"];
    let ring: BTreeSet<String> = ring.iter().map(ToString::to_string).collect();
    assert_eq!(circles(&files), [ring]);

    let text = "/// Acme\nfn f() { // Acme\n    g(\"}\", '{', \"Acme\") }\n#[cfg(test)]\nmod tests { fn acme() {} }\n";
    let one = file("src/c.rs", text);
    assert_eq!(
        functions(&one),
        [("f".to_string(), 2), ("acme".to_string(), 1)]
    );
    let seen: Vec<usize> = (0..5).filter(|n| code(&one)[*n].contains("cme")).collect();
    assert_eq!(seen, [2]);
}
