//! What people see on a screen of 80 columns and of 120, with and without colours: kept as pictures, and looked at.

use super::first_steps::timeless;
use super::town::Town;
use insta::assert_snapshot;

const WIDTHS: [usize; 2] = [80, 120];

/// Without colours.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split("␛[");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    out
}

/// Every line fits, but for one that is a command, to be copied whole.
#[track_caller]
pub fn fits(text: &str, columns: usize) {
    for line in text.lines() {
        let wide = line.chars().count();
        let command = line.trim().starts_with('`') || line.trim().starts_with("crossfoot");
        assert!(wide <= columns || command, "{wide} columns: {line}\n{text}");
    }
}

/// No command is broken: between backticks there is no end of a line.
#[track_caller]
pub fn whole(text: &str) {
    for line in text.lines() {
        assert!(line.matches('`').count() % 2 == 0, "broken: {line}\n{text}");
    }
}

#[test]
fn tables_fit_lines_break_between_words_and_commands_are_whole() {
    let town = Town::working();
    town.run(&["sync", "acme", "--only", "1041"]).code(0);
    town.minutes(1);
    let calls: [&[&str]; 8] = [
        &["plan", "acme"],
        &["sync", "acme"],
        &["errors"],
        &["explain", "acme", "1041"],
        &["explain", "acme", "1042"],
        &["history", "acme"],
        &["history", "acme", "--run", "last"],
        &["status"],
    ];
    // What a sync did is seen once; all others can be looked at again.
    let mut synced = None;
    for columns in WIDTHS {
        let mut screens = (String::new(), String::new());
        for call in calls {
            let shown = |color: &str| timeless(&town.screen(columns, color, call));
            let (without, with) = match call[0] {
                "sync" if synced.is_some() => continue,
                "sync" => {
                    let with = shown("always");
                    synced = Some(());
                    (plain(&with), with)
                }
                _ => (shown("never"), shown("always")),
            };
            assert_eq!(plain(&with), without, "colours change no more than colours");
            fits(&without, columns);
            whole(&without);
            let head = format!("$ crossfoot {}\n", call.join(" "));
            screens.0 += &format!("{head}{without}\n\n");
            screens.1 += &format!("{head}{with}\n\n");
        }
        assert_snapshot!(format!("screens_{columns}"), screens.0);
        assert_snapshot!(format!("screens_{columns}_colours"), screens.1);
    }
}

#[test]
fn the_demo_fits_a_screen() {
    let town = Town::working();
    for columns in WIDTHS {
        let with = town.screen(columns, "always", &["demo", "--once"]);
        let without = plain(&with);
        fits(&without, columns);
        whole(&without);
    }
}

#[test]
fn help_puts_the_verbs_own_options_first_and_shows_examples() {
    let town = Town::new();
    town.run(&["init", &town.dir()]).code(0);
    let help = town.screen(80, "never", &["history", "--help"]);
    assert_snapshot!("help_history", help);
    fits(&help, 80);
    let undo = town.run(&["undo", "last"]).code(2);
    assert!(undo.err.contains("`undo` is not built yet"), "{}", undo.err);
}
