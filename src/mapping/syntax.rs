//! What is no YAML, told in words that help: a first look over the text, and the parser's errors.

use super::habits::{closed, key_and_value, odd_quote, odd_sign, opened, straight};
use super::node::{Bounds, Source};
use crate::model::Diagnostic;
use serde_yaml::granit_parser::{ErrorKind, ScanError};

/// Most lines with a tab that are told one by one.
const TABS_TOLD: usize = 5;

/// What can be told before the text is parsed: size, and tabs that indent.
pub(super) fn first_look(source: Source<'_>, bounds: Bounds) -> Vec<Diagnostic> {
    let most = bounds.bytes;
    if source.text.len() > most {
        let mut told = Diagnostic::error(
            source.place(super::config::At::default()),
            "yaml.too_large",
            format!(
                "The file has {} bytes; {most} are the most it may have",
                source.text.len()
            ),
            "Keep data out of the file: long lists of rows can be matched with wildcards.",
        );
        told.place.line = 0;
        return vec![told];
    }
    let tabbed = source.text.lines().enumerate().filter_map(|(n, line)| {
        let indent = line.find(|c: char| c != ' ' && c != '\t')?;
        let column = line.get(..indent)?.find('\t')?;
        Some((n + 1, column + 1))
    });
    let tabbed = tabbed.take(TABS_TOLD).map(|(n, column)| {
        let line = source.text.lines().nth(n - 1).unwrap_or_default();
        source.error(
            source.at(n, column),
            "yaml.tab",
            "This line is indented with a tab, which YAML does not allow",
            format!(
                "Use two spaces for each level. Write: {}",
                line.replace('\t', "  ")
            ),
        )
    });
    let mut told: Vec<Diagnostic> = tabbed.collect();
    told.extend(odd_signs(source));
    told
}

/// Quotes of word processors, and spaces of web pages.
fn odd_signs(source: Source<'_>) -> impl Iterator<Item = Diagnostic> {
    let lines = source.text.lines().enumerate();
    let odd = lines.filter_map(|(n, line)| Some((n + 1, line, odd_sign(line)?)));
    odd.take(TABS_TOLD).map(move |(n, line, (at, c))| {
        let column = line.get(..at).map_or(0, |b| b.chars().count()) + 1;
        let (code, what) = match odd_quote(c) {
            true => (
                "yaml.quotes",
                format!("`{c}` is a quote of a word processor, which YAML takes for a letter"),
            ),
            false => (
                "yaml.space",
                "A space stands here that is none to YAML: it was pasted from a web page or a text"
                    .to_owned(),
            ),
        };
        let fix = format!("Write: {}", straight(line));
        source.error(source.at(n, column), code, what, fix)
    })
}

/// The parser's error with its cure.
pub(super) fn explain(source: Source<'_>, error: &ScanError) -> Diagnostic {
    let marker = error.marker();
    let line = source.text.lines().nth(marker.line().saturating_sub(1));
    if let Some(told) = never_closed(source, error).or_else(|| other_parting(source, error)) {
        return told;
    }
    let (what, fix) = cure(error.kind());
    let (what, fix) = match line {
        Some(line) if bare_braces(line) => (
            "A text that begins with a brace is read as a group of keys".to_owned(),
            "Put quotes around all of the text: \"{parent} - {name}\".",
        ),
        _ => (what, fix),
    };
    let at = source.at(marker.line(), marker.col() + 1);
    source.error(at, "yaml.syntax", what, fix)
}

/// A quote or a bracket that is never closed, told where it opens.
fn never_closed(source: Source<'_>, error: &ScanError) -> Option<Diagnostic> {
    // What opens on the line of the error, or in what the parser took for one text, is met later.
    let all = source.text.lines().count();
    let (n, column, sign) = opened(source.text, all)?;
    if n > error.marker().line() {
        return None;
    }
    let line = source.text.lines().nth(n - 1).unwrap_or_default();
    let fix = format!("Write: {}", closed(line, column, sign));
    let what = format!("The `{sign}` that opens here is never closed");
    Some(source.error(source.at(n, column), "yaml.unclosed", what, fix))
}

/// `currency = AUD` and `currency:AUD`.
fn other_parting(source: Source<'_>, error: &ScanError) -> Option<Diagnostic> {
    // The parser finds out on the line itself, or on the next.
    let last = error.marker().line();
    let lines = source
        .text
        .lines()
        .enumerate()
        .take(last)
        .skip(last.saturating_sub(2));
    let (n, line) = { lines }.find_map(|(n, line)| Some((n + 1, key_and_value(line)?)))?;
    let what = "A key is parted from its value by a colon and a space";
    Some(source.error(
        source.at(n, 1),
        "yaml.parted",
        what,
        format!("Write: {line}"),
    ))
}

/// What a kind of error says, and its cure: colons, quotes, brackets.
fn cure(kind: &ErrorKind) -> (String, &'static str) {
    use ErrorKind as K;
    match kind {
        K::MappingValueNotAllowed
        | K::MappingKeyNotAllowed
        | K::InvalidMappingValueWhitespace
        | K::InvalidColonPlacement => (
            "A colon followed by a space cannot stand inside a value here".into(),
            "Put quotes around a value that holds a colon, for example \"Acme: Plumbing\"; or begin a new line for the second key.",
        ),
        K::UnclosedQuotedScalar | K::InvalidQuotedScalarIndent => (
            "A quoted text that begins before this place is never closed".into(),
            "Add the closing quote.",
        ),
        K::UnclosedFlowCollection { open } => (
            format!("A `{open}` that begins before this place is never closed"),
            "Add the closing bracket.",
        ),
        K::UnexpectedEofFlowMapping
        | K::UnexpectedEofImplicitFlowMapping
        | K::ExpectedFlowMappingSeparator => (
            "A `{` that begins before this place is never closed, or a comma is missing".into(),
            "Write it as `{ key: value, key: value }`.",
        ),
        K::UnexpectedEofFlowSequence | K::ExpectedFlowSequenceSeparator => (
            "A `[` that begins before this place is never closed, or a comma is missing".into(),
            "Write it as `[ one, two ]`.",
        ),
        K::MisplacedFlowCollectionEnd => (
            "A bracket is closed here that was never opened".into(),
            "Remove it, or add the opening bracket.",
        ),
        K::MismatchedFlowCollectionEnd { open, close } => (
            format!("`{open}` is closed by `{close}`"),
            "Close each bracket with its own kind.",
        ),
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => (
            "Something follows the closing quote".into(),
            "Put all of the value inside the quotes; a quote inside single quotes is written twice ('').",
        ),
        K::UnknownQuotedScalarEscape | K::InvalidQuotedScalarHexEscape => (
            "A backslash inside double quotes begins an escape, and this one is not known".into(),
            "Use single quotes, in which a backslash is only a backslash.",
        ),
        other => cure_of_layout(other),
    }
}

/// The same of keys, indentation and signs with a meaning of their own.
fn cure_of_layout(kind: &ErrorKind) -> (String, &'static str) {
    use ErrorKind as K;
    match kind {
        K::SimpleKeyExpected | K::InvalidSimpleKey | K::ExpectedBlockMappingKey => (
            "A key was expected here, as `name: value`".into(),
            "Put `: ` with a space after the key, and give every key of one group the same indentation.",
        ),
        K::InvalidIndentation | K::ExpectedBlockSequenceEntry | K::BlockSequenceEntryNotAllowed => {
            (
                "The indentation does not fit what stands above".into(),
                "Give every key of one group, and every `-` of one list, the same indentation.",
            )
        }
        K::TabNotAllowed | K::TabInBlockIndentation | K::TabInIndentation | K::TabInPlainScalar => {
            (
                "A tab stands here, where YAML allows only spaces".into(),
                "Replace it by spaces.",
            )
        }
        K::UnexpectedCharacter { character } => (
            format!("A value cannot begin with `{character}`"),
            "Put quotes around the value.",
        ),
        K::UnknownAnchor => (
            "An alias (`*name`) names nothing".into(),
            "A text that begins with a star goes in quotes: \"*\".",
        ),
        K::MissingAnchorOrAliasName => (
            "A star or an ampersand at the beginning of a value has a meaning of its own in YAML"
                .into(),
            "Put quotes around the value, for example \"CRANE-*\" or \"*\".",
        ),
        K::RecursionLimitExceeded => (
            "This is nested too deep".into(),
            "Nothing in a tenant's file is nested so deep: look for a bracket that is not closed.",
        ),
        other => (
            format!("This is not YAML: {other}"),
            "Look at the indentation, the quotes and the brackets of this line and the one before.",
        ),
    }
}

/// Whether a value of the line begins with a brace that was probably meant as text.
fn bare_braces(line: &str) -> bool {
    ["{{", ": {parent}", ": {name}"]
        .iter()
        .any(|braces| line.contains(braces))
}
