//! What a connection of a system may say in the workspace's file of connections: data that each connector declares.
//!
//! Flows in: nothing. Flows out: names, what each takes, what counts without it, and a sentence: from these the reader,
//! its suggestions, the schema for editors and the reference page are made. No setting is a secret.

/// A word that a setting takes, or a name inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingWord {
    /// As it is written.
    pub word: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Any text of one line.
    Text,
    /// One of some words, letters of either case.
    Words(&'static [SettingWord]),
    /// A time zone: `Europe/London`.
    Zone,
    /// A currency of ISO 4217.
    Currency,
    /// A whole number greater than zero.
    Count,
    /// A span of time: `30m`, `6h`.
    Span,
    /// An address that begins with `https://` (or `http://`, on one's own machine).
    Address,
    /// A folder that is there, from the workspace's own.
    Folder,
    /// A list of texts.
    Texts,
    /// A text for each of some names, or several of which the first that is there counts. A name with dots may be written as
    /// groups.
    Names(&'static [SettingWord]),
    /// A group of settings of its own.
    Group(&'static [SettingKey]),
    /// A list of such groups.
    Rows(&'static [SettingKey]),
    /// Somebody else's words, each with one of ours; of any text where there are no words of ours.
    Table(&'static [SettingWord]),
}

/// What stands between several texts of one name: no name of a column has it.
pub const BETWEEN: char = '\n';

/// The seconds of a span such as `30m` or `6h`.
pub fn seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number: i64 = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    number.checked_mul(unit).filter(|s| *s > 0)
}

/// A setting of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingKey {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What counts when it is left out; empty where nothing does.
    pub default: &'static str,
    /// What it means, in one sentence.
    pub doc: &'static str,
    /// Whether it says how a record is read: with another value the same record says something else.
    pub reads: bool,
}

impl SettingKey {
    /// A setting.
    pub const fn new(
        name: &'static str,
        takes: Takes,
        default: &'static str,
        doc: &'static str,
    ) -> Self {
        Self {
            name,
            takes,
            default,
            doc,
            reads: false,
        }
    }

    /// The same, as one that says how records are read.
    #[must_use]
    pub const fn of_reading(mut self) -> Self {
        self.reads = true;
        self
    }
}

/// A word with its meaning.
pub const fn says(word: &'static str, doc: &'static str) -> SettingWord {
    SettingWord { word, doc }
}

/// A system, as the file of connections knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemSettings<'a> {
    /// Its word.
    pub system: &'a str,
    /// Its name for people.
    pub title: &'a str,
    /// What its connections may say, beside what every connection may.
    pub settings: &'static [SettingKey],
}
