//! One file against the table of keys: every mistake at once, each with its place and its cure.
//!
//! Flows in: the tree of one file. Flows out: diagnostics. It judges a file by itself; what several
//! layers or the systems' facts make of it is judged in `cross`.

mod lists;
mod says;
mod tables;

pub(in crate::mapping) use says::expects;
pub(in crate::mapping) use tables::is_method_table;

use crate::mapping::config::At;
use crate::mapping::habits;
use crate::mapping::keys::{self, KnownKey, Shape, join};
use crate::mapping::scalars::{self, BadValue, shown};
use crate::mapping::words::{Word, switch};
use crate::mapping::yaml::{MapKey, Node, Source, Value};
use crate::mapping::zones;
use crate::model::{Diagnostic, TenantId};
use says::{braces_hint, due, forms, list, names};

/// Most mistakes told of one file.
const MAX_TOLD: usize = 200;

/// Checks a file.
pub(in crate::mapping) fn check(source: Source<'_>, root: &Node) -> Vec<Diagnostic> {
    let mut checker = Checker {
        source,
        told: Vec::new(),
    };
    match root.value {
        Value::Map(_) => checker.group(root, keys::FILE, ""),
        _ => checker.error(
            root.at,
            "yaml.not_a_group",
            "A tenant's file is a group of keys, such as `tenant: acme`",
            "Write `key: value` lines, with a space after each colon.",
        ),
    }
    checker.told
}

struct Checker<'a> {
    source: Source<'a>,
    told: Vec<Diagnostic>,
}

/// What a word that only says "on" or "off" means, where that is plain. Beside `off` a plain yes is the word that counts
/// anyway or the only one that there is; `off` where this version knows no other. Of other words none is a yes.
fn switched_on(text: &str, words: &'static [Word], path: &str) -> Option<String> {
    let on = switch(text).or_else(|| habits::switched(text))?;
    let has = |word: &str| words.iter().any(|w| w.built && w.word == word);
    if !on {
        let never = path.ends_with(".trigger") && has("manual");
        return never.then(|| "manual".to_owned());
    }
    if !has("off") {
        return None;
    }
    let built = |w: &&Word| w.built && w.word != "off";
    if words.iter().any(|w| w.word == "hold") {
        // How strictly is looked is no yes.
        return None;
    }
    let parts: Vec<&str> = path.split('.').collect();
    let known = keys::find(&parts);
    let first = words.iter().find(built).map(|w| w.word.to_owned());
    let usual = known.map(|k| k.default);
    let usual = usual.and_then(|d| words.iter().filter(built).find(|w| w.word == d));
    if let Some(word) = usual {
        return Some(word.word.to_owned());
    }
    if let (None, Some(Shape::Either(_, keys, _))) = (&first, known.map(|k| k.shape)) {
        let all = keys.iter().filter(|k| k.built && !k.default.is_empty());
        let all: Vec<String> = all.map(|k| format!("{}: {}", k.name, k.default)).collect();
        return (!all.is_empty()).then(|| format!("{{ {} }}", all.join(", ")));
    }
    match words.iter().filter(built).count() {
        0 | 1 => Some(first.unwrap_or_else(|| "off".to_owned())),
        _ => None,
    }
}

impl Checker<'_> {
    fn error(&mut self, at: At, code: &str, what: impl Into<String>, fix: impl Into<String>) {
        if self.told.len() >= MAX_TOLD {
            return;
        }
        self.told.push(self.source.error(at, code, what, fix));
    }

    fn bad(&mut self, at: At, path: &str, bad: BadValue) {
        let what = format!("{}, in `{path}`", bad.what);
        self.error(at, "yaml.value", what, bad.fix);
    }

    fn group(&mut self, node: &Node, keys: &'static [KnownKey], path: &str) {
        for (key, value) in node.entries() {
            match keys.iter().find(|k| k.name == key.text) {
                Some(known) => self.value(value, known, &join(path, known.name), key.at),
                None => self.unknown(key, value, keys, path),
            }
        }
    }

    fn unknown(&mut self, key: &MapKey, value: &Node, keys: &[KnownKey], path: &str) {
        let group = if path.is_empty() {
            "a tenant's file".to_owned()
        } else {
            format!("`{path}`")
        };
        let what = format!("`{}` is not a key of {group}", shown(&key.text));
        let elsewhere = keys::paths_of(&key.text);
        let letters = (path == "notify").then(|| says::letters_under(value));
        let fix = match crate::mapping::nearest(&key.text, keys.iter().map(|k| k.name)) {
            // `lines` has a key of that name too, which takes an item.
            _ if path == "tax" && ["taxable", "zero"].contains(&key.text.as_str()) => {
                format!("It is written as `tax.codes.{}`.", key.text)
            }
            Some(near) => format!("Did you mean `{near}`?"),
            None => letters
                .flatten()
                .unwrap_or_else(|| match elsewhere.as_slice() {
                    [one] if *one != key.text => format!("It is written as `{one}`."),
                    _ => format!("The keys here are: {}.", names(keys.iter().map(|k| k.name))),
                }),
        };
        self.error(key.at, "yaml.unknown_key", what, fix);
    }

    /// A key's value. `key_at` is where the key stands, for values that are missing.
    fn value(&mut self, node: &Node, key: &'static KnownKey, path: &str, key_at: At) {
        if !key.built {
            if node.text().and_then(switch) != Some(false) {
                self.not_built(key_at, format!("`{path}` is not built yet in this version"));
            }
            return;
        }
        if node.value == Value::Null {
            return self.nothing(key, path, key_at);
        }
        match key.shape {
            Shape::Group(keys) => self.keys_of(node, keys, path),
            Shape::Either(words, keys, forms) => self.either(node, words, keys, forms, path),
            Shape::Table(words, rows) => self.table(node, words, rows, path),
            Shape::Tables => self.tables(node, path),
            Shape::Accounts => self.accounts(node, path),
            Shape::PaymentsAccount => self.payments_account(node, path),
            Shape::Route => self.route(node, path),
            Shape::ByCurrency => self.by_currency(node, path),
            Shape::WordList(words) => self.word_list(node, words, path),
            Shape::RuleList => self.list(node, path, scalars::rule_file),
            Shape::EmailList => self.list(node, path, scalars::email),
            _ => self.scalar(node, key, path),
        }
    }

    fn nothing(&mut self, key: &KnownKey, path: &str, at: At) {
        let example = match key.default {
            "" => String::new(),
            default => format!(", such as `{}: {default}`", key.name),
        };
        self.error(
            at,
            "yaml.no_value",
            format!("`{path}` has no value"),
            format!("Write its value{example}, or remove the key."),
        );
    }

    fn not_built(&mut self, at: At, what: String) {
        self.error(
            at,
            "mapping.not_built",
            what,
            "Remove it: it would have no effect, and nothing is ignored in silence.",
        );
    }

    fn keys_of(&mut self, node: &Node, keys: &'static [KnownKey], path: &str) {
        if let Value::Map(_) = node.value {
            if node.entries().is_empty() {
                self.says_nothing(node, keys, path);
            }
            return self.group(node, keys, path);
        }
        let fix = match node.text() {
            Some(text) if text.contains(':') => {
                "Put a space after the colon: `key: value`.".to_owned()
            }
            Some(text) if path == "notify" => says::letters_to(text),
            _ if path == "notify" => says::LETTERS.to_owned(),
            _ => format!(
                "Write a group of keys below it: {}.",
                names(keys.iter().map(|k| k.name))
            ),
        };
        self.error(
            node.at,
            "yaml.type",
            format!("`{path}` takes a group of keys, not {}", node.what()),
            fix,
        );
    }

    /// A group with nothing in it changes nothing, and whoever wrote it meant something.
    fn says_nothing(&mut self, node: &Node, keys: &'static [KnownKey], path: &str) {
        let fix = match path {
            "notify" => says::LETTERS.to_owned(),
            _ => format!(
                "Write what is meant, or remove it; its keys are: {}.",
                names(keys.iter().map(|k| k.name))
            ),
        };
        if self.told.len() < MAX_TOLD {
            let what = format!("`{path}` says nothing");
            self.told
                .push(self.source.warning(node.at, "yaml.empty", what, fix));
        }
    }

    fn scalar(&mut self, node: &Node, key: &'static KnownKey, path: &str) {
        let Value::Scalar { text, quoted } = &node.value else {
            return self.error(
                node.at,
                "yaml.type",
                format!("`{path}` takes {}, not {}", expects(key.shape), node.what()),
                braces_hint(node),
            );
        };
        let result = match key.shape {
            Shape::Words(words) => return self.word(node.at, text, words, path),
            Shape::Switch => switch(text).map(drop).ok_or_else(|| BadValue {
                what: format!("`{}` is neither on nor off", shown(text)),
                fix: match habits::switched(text) {
                    Some(on) => format!("Write `{on}`."),
                    None => "Write true or false.".to_owned(),
                },
            }),
            Shape::Code => return self.code(node.at, text, *quoted, path),
            Shape::Text if text.trim().is_empty() => Err(BadValue {
                what: "The text is empty".to_owned(),
                fix: "Write it, or remove the key.".to_owned(),
            }),
            Shape::TenantName => self.tenant(text),
            Shape::Currency => scalars::currency(text).map(drop),
            Shape::Date => scalars::date(text).map(drop),
            Shape::Money => scalars::amount(text).map(drop),
            Shape::Count => scalars::count(text).map(drop),
            Shape::Interval => scalars::interval(text).map(drop),
            Shape::Cron => scalars::cron(text),
            Shape::Zone => zones::zone(text).map(drop),
            Shape::TimeOfDay => scalars::time_of_day(text).map(drop),
            Shape::SiteName => scalars::site_name(text).map(drop),
            Shape::Due(words) => due(text, words),
            _ => Ok(()),
        };
        if let Err(bad) = result {
            self.bad(node.at, path, bad);
        }
    }

    fn tenant(&self, text: &str) -> Result<(), BadValue> {
        if let Err(why) = TenantId::new(text) {
            return Err(BadValue {
                what: format!("`{}` cannot name a tenant", shown(&why.given)),
                fix: "Use 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends.".to_owned(),
            });
        }
        let file = self.source.name.rsplit('/').next().unwrap_or_default();
        let stem = file.strip_suffix(".yaml").or(file.strip_suffix(".yml"));
        match stem {
            Some(stem) if stem != text => Err(BadValue {
                what: format!("The tenant is called `{text}`, but its file `{file}`"),
                fix: format!("Call the file {text}.yaml, or write `tenant: {stem}`."),
            }),
            _ => Ok(()),
        }
    }

    fn word(&mut self, at: At, text: &str, words: &'static [Word], path: &str) {
        let Some(found) = scalars::word(text, words) else {
            let built = words.iter().filter(|w| w.built).map(|w| w.word);
            let lower = text.to_lowercase();
            let near = crate::mapping::nearest(&lower, words.iter().map(|w| w.word));
            let near = near.filter(|_| switch(text).is_none());
            let choices = format!("The choices are: {}{}.", names(built), forms(path));
            let fix = match (near, switched_on(text, words, path)) {
                (_, Some(word)) => format!("Write `{word}`. {choices}"),
                (None, None) if path == "sync.start" => {
                    says::start(text).map_or(choices, |s| format!("Write `{s}`."))
                }
                (Some(n), None) => format!("Did you mean `{n}`? {choices}"),
                (None, None) => choices,
            };
            let what = format!("`{}` is not one of the choices for `{path}`", shown(text));
            return self.error(at, "yaml.choice", what, fix);
        };
        if !found.built {
            let what = format!("`{path}: {}` is not built yet in this version", found.word);
            let built = words.iter().filter(|w| w.built).map(|w| w.word);
            let fix = format!("This version knows: {}.", names(built));
            self.error(at, "mapping.not_built", what, fix);
        }
    }

    fn code(&mut self, at: At, text: &str, quoted: bool, path: &str) {
        if text.trim().is_empty() {
            return self.bad(
                at,
                path,
                BadValue {
                    what: "The code is empty".to_owned(),
                    fix: "Write it in quotes, or remove the key.".to_owned(),
                },
            );
        }
        if text != text.trim() {
            self.bad(
                at,
                path,
                BadValue {
                    what: format!("`{}` begins or ends with a space", shown(text)),
                    fix: format!("Write \"{}\".", shown(text.trim())),
                },
            );
        }
        if !quoted && self.told.len() < MAX_TOLD && scalars::reads_as_other(text) {
            let last = path.rsplit('.').next().unwrap_or(path);
            self.told.push(self.source.warning(
                at,
                "yaml.unquoted_code",
                format!("The code {} stands without quotes; it is kept as the text \"{}\", but other programs read it as something else", shown(text), shown(text)),
                format!("Write `{last}: \"{}\"`.", shown(text)),
            ));
        }
    }
    fn either(
        &mut self,
        node: &Node,
        words: &'static [Word],
        keys: &'static [KnownKey],
        forms: &[&[&str]],
        path: &str,
    ) {
        match &node.value {
            Value::Scalar { text, .. } if text.contains(':') && !text.contains(' ') => {
                self.keys_of(node, keys, path);
            }
            Value::Scalar { text, .. } => self.word(node.at, text, words, path),
            Value::Map(_) => {
                self.group(node, keys, path);
                self.form(node, keys, forms, path);
            }
            _ => self.keys_of(node, keys, path),
        }
    }

    /// Whether exactly the keys of one form are given; keys that are unknown were told already.
    fn form(&mut self, node: &Node, keys: &[KnownKey], forms: &[&[&str]], path: &str) {
        let mut given: Vec<&str> = (node.entries().iter())
            .map(|(k, _)| k.text.as_str())
            .filter(|k| keys.iter().any(|known| known.name == *k))
            .collect();
        given.sort_unstable();
        let fits = |form: &[&str]| {
            let mut form = form.to_vec();
            form.sort_unstable();
            form == given
        };
        if forms.is_empty() || given.len() < node.entries().len() || forms.iter().any(|f| fits(f)) {
            return;
        }
        let ways: Vec<String> = forms
            .iter()
            .map(|f| format!("`{{ {} }}`", f.join(", ")))
            .collect();
        let what = if given.is_empty() {
            format!("`{path}` says nothing")
        } else {
            format!("`{path}` cannot be read from {} together", list(&given))
        };
        let what = what.replace(
            " together",
            if given.len() > 1 {
                " together"
            } else {
                " alone"
            },
        );
        self.error(
            node.at,
            "yaml.form",
            what,
            format!("Write one of: {}.", ways.join(", ")),
        );
    }
}
