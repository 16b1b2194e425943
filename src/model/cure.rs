//! Cures: what a person is told to do, kept as a template, and filled in at the door with the case at hand.
//!
//! Flows in: a text in which commands stand between backticks, as `crossfoot retry TENANT NUMBER`, and what is at hand.
//! Flows out: the same with the words in their places, quoted where a shell would read them otherwise, so that it can be
//! pasted. Only whole words of commands are places: the rest of a text is left alone.

use super::ids::TenantId;

/// The place of a tenant's name.
pub const TENANT: &str = "TENANT";
/// The place of a document's number, or of several.
pub const NUMBER: &str = "NUMBER";
/// The place of a payment's id at the source.
pub const PAYMENT: &str = "PAYMENT";

/// Most documents that one command names.
const MOST: usize = 20;
/// Verbs that take several documents; of the others a command names the first.
const OF_SEVERAL: [&str; 4] = ["approve", "resend", "retry", "unapprove"];

/// A word as a shell takes it for one.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A template with words in their places.
pub fn filled(template: &str, places: &[(&str, &[String])]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    for (n, part) in template.split('`').enumerate() {
        if n > 0 {
            out.push('`');
        }
        // Every second part stands between backticks.
        match n % 2 == 1 && part.starts_with("crossfoot ") {
            true => out.push_str(&command(part, places)),
            false => out.push_str(part),
        }
    }
    out
}

fn command(text: &str, places: &[(&str, &[String])]) -> String {
    let verb = text.split(' ').nth(1).unwrap_or_default();
    let most = if OF_SEVERAL.contains(&verb) { MOST } else { 1 };
    let word = |word: &str| match places.iter().find(|(place, _)| *place == word) {
        Some((_, [])) | None => word.to_owned(),
        Some((_, words)) => {
            let some: Vec<String> = words.iter().take(most).map(|w| quoted(w)).collect();
            some.join(" ")
        }
    };
    let words: Vec<String> = text.split(' ').map(word).collect();
    words.join(" ")
}

/// A cure for documents of a tenant.
pub fn at_hand(template: &str, tenant: &TenantId, numbers: &[String]) -> String {
    let tenant = [tenant.to_string()];
    filled(template, &[(TENANT, &tenant), (NUMBER, numbers)])
}

/// Of which kind a cure is: its commands by their verbs and options, whatever they are about.
pub fn shape(fix: &str) -> Vec<String> {
    let commands = fix.split('`').skip(1).step_by(2);
    let commands = commands.filter_map(|c| c.strip_prefix("crossfoot "));
    let kept = |c: &str| {
        let words = c.split(' ').enumerate();
        let words = words.filter(|(n, w)| *n == 0 || w.starts_with("--"));
        words.map(|(_, w)| w).collect::<Vec<_>>().join(" ")
    };
    commands.map(kept).collect()
}

/// A cure without the ways that name a word of a tenant's file: each stands between semicolons.
pub fn without(fix: &str, word: &str) -> String {
    let named = format!("`{word}`");
    let ways: Vec<&str> = fix
        .split("; ")
        .filter(|way| !way.contains(&named))
        .collect();
    ways.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_left_out_whole() {
        let fix = "do this; or set `a: b`, which helps; or `crossfoot retry TENANT NUMBER`";
        let left = "do this; or `crossfoot retry TENANT NUMBER`";
        assert_eq!(without(fix, "a: b"), left);
        assert_eq!(without(left, "a: b"), left);
    }

    #[test]
    fn cures_are_of_one_kind_by_what_they_do_and_not_by_what_it_is_done_to() {
        let of = |id: &str| {
            format!(
                "if it is {id}, `crossfoot settle acme {id} --payment {id} --why \"...\"`; else `crossfoot retry acme {id}`"
            )
        };
        assert_eq!(shape(&of("1")), ["settle --payment --why", "retry"]);
        assert_eq!(shape(&of("1")), shape(&of("2")));
        let with = "`crossfoot settle acme 1 --payment 1 --as 7 --why \"...\"`";
        assert_ne!(shape(&of("1")), shape(with));
    }

    #[test]
    fn only_the_words_of_commands_are_places() {
        let text = "see TENANT; then `crossfoot retry TENANT NUMBER`, or `NUMBER`";
        let tenant = TenantId::new("acme").unwrap();
        let one = at_hand(text, &tenant, &["10 41".to_owned()]);
        assert_eq!(
            one,
            "see TENANT; then `crossfoot retry acme '10 41'`, or `NUMBER`"
        );
        let two = at_hand(text, &tenant, &["1".to_owned(), "it's".to_owned()]);
        assert!(two.contains("`crossfoot retry acme 1 'it'\\''s'`"), "{two}");
        // A verb of one document is printed for the first: that one can be pasted.
        let numbers = ["1".to_owned(), "2".to_owned()];
        let one = at_hand("`crossfoot unlink TENANT NUMBER`", &tenant, &numbers);
        assert_eq!(one, "`crossfoot unlink acme 1`");
    }
}
