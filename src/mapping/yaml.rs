//! YAML text as a tree of which every value knows its line and column.
//!
//! Flows in: the text of a file a person wrote. Flows out: a tree whose scalars are the text as it
//! was written (`0200` stays `0200`, quoted or not), or diagnostics. Refused, each with its place: tabs
//! for indentation, a key given twice, aliases, anchors and tags, several documents in one file,
//! control characters, and what is no YAML. Bounds: [`Bounds`], 24 levels, 4,096
//! characters a value. The events come from the parser inside the YAML crate, which bounds itself as well.

pub use super::node::{Bounds, MapKey, Node, Source, Value};

use super::config::At;
use super::syntax;
use crate::model::Diagnostic;
use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput};

/// Most levels of nesting.
pub const MAX_DEPTH: usize = 24;
/// Most characters of one value.
pub const MAX_TEXT: usize = 4_096;
/// Most mistakes told of one file.
const MAX_TOLD: usize = 100;

/// Reads a file that is written by hand. A tree is given whenever all of its values could be read, mistakes or not.
pub fn read(source: Source<'_>) -> (Option<Node>, Vec<Diagnostic>) {
    read_within(source, Bounds::BY_HAND)
}

/// Reads a file of a size.
pub fn read_within(source: Source<'_>, bounds: Bounds) -> (Option<Node>, Vec<Diagnostic>) {
    let mut told = syntax::first_look(source, bounds);
    if !told.is_empty() {
        return (None, told);
    }
    let mut options = Options::default();
    options.emit_comments = false;
    options.emit_unresolved_aliases = true;
    options.flow_nesting_limit = MAX_DEPTH + 8;
    options.block_nesting_limit = MAX_DEPTH + 8;
    let parser = Parser::with_options(StrInput::new(source.text), options);
    let mut tree = TreeReader {
        source,
        parser,
        told: &mut told,
        nodes: 0,
        most: bounds.values,
    };
    let root = tree.document();
    // Where an alias stood there is no value, of which nothing true could be said.
    let whole = !told.iter().any(|d| d.code == "yaml.alias");
    (root.filter(|_| whole), told)
}

/// Reading stops here; what stopped it has been told.
struct StopReading;

struct TreeReader<'a, 't> {
    source: Source<'a>,
    parser: Parser<'a, StrInput<'a>>,
    told: &'t mut Vec<Diagnostic>,
    nodes: usize,
    most: usize,
}

impl<'a> TreeReader<'a, '_> {
    fn document(&mut self) -> Option<Node> {
        let mut root = None;
        loop {
            let (event, span) = self.next().ok()??;
            let at = self.at(span);
            match event {
                Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(..) if root.is_some() => {
                    self.tell(
                        at,
                        "yaml.documents",
                        "This begins a second document; a file holds one",
                        "Remove the line `---`, or move what follows into a file of its own.",
                    );
                    return root;
                }
                Event::DocumentStart(..) => {}
                Event::StreamEnd => {
                    return Some(root.unwrap_or(Node {
                        at: self.source.at(1, 1),
                        value: Value::Map(Vec::new()),
                    }));
                }
                other => root = Some(self.node(other, span, 1).ok()?),
            }
        }
    }

    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, StopReading> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(next)) => Ok(Some(next)),
            Some(Err(error)) => {
                self.told.push(syntax::explain(self.source, &error));
                Err(StopReading)
            }
        }
    }

    fn must_next(&mut self) -> Result<(Event<'a>, Span), StopReading> {
        self.next()?.ok_or(StopReading)
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, StopReading> {
        let at = self.at(span);
        self.count(at, depth)?;
        self.extras(&event, at)?;
        let value = match event {
            Event::Scalar(text, style, ..) => self.scalar(&text, style, at),
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            _ => Value::Null,
        };
        Ok(Node { at, value })
    }

    fn count(&mut self, at: At, depth: usize) -> Result<(), StopReading> {
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return self.stop(
                at,
                "yaml.too_deep",
                format!("This is nested deeper than {MAX_DEPTH} levels"),
                "Nothing in a tenant's file is nested so deep: look for a bracket that is not closed.",
            );
        }
        if self.nodes > self.most {
            return self.stop(
                at,
                "yaml.too_many",
                format!("The file has more than {} values", self.most),
                "Keep long lists of rows out of the file, or match them with wildcards.",
            );
        }
        Ok(())
    }

    /// Anchors, aliases and tags: a file means what it says where it says it.
    fn extras(&mut self, event: &Event<'a>, at: At) -> Result<(), StopReading> {
        if matches!(event, Event::Alias(_) | Event::UnresolvedAlias(_)) {
            self.tell(
                at,
                "yaml.alias",
                "Aliases (`*name`) are not used here: each value stands where it counts",
                "Write the value itself. A text that begins with a star goes in quotes: \"*\".",
            );
        } else if event.anchor_id().is_some() {
            self.tell(
                at,
                "yaml.anchor",
                "Anchors (`&name`) are not used here",
                "Remove the anchor. A text that begins with an ampersand goes in quotes: \"&\".",
            );
        } else if event.tag().is_some() {
            self.tell(
                at,
                "yaml.tag",
                "Tags (`!name`) are not used here",
                "Remove the tag. A text that begins with an exclamation mark goes in quotes: \"!\".",
            );
        }
        if self.told.len() > MAX_TOLD {
            return Err(StopReading);
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, at: At) -> Value {
        let quoted = style != ScalarStyle::Plain;
        if !quoted && matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            return Value::Null;
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            self.tell(
                at,
                "yaml.control",
                "This text holds a control character, which cannot be seen",
                "Type the text again instead of pasting it.",
            );
        }
        if text.chars().count() > MAX_TEXT {
            self.tell(
                at,
                "yaml.too_long",
                format!("This text is longer than {MAX_TEXT} characters"),
                "Shorten it.",
            );
        }
        Value::Scalar {
            text: text.chars().take(MAX_TEXT).collect(),
            quoted,
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, StopReading> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.must_next()?;
            if event == Event::SequenceEnd {
                return Ok(Value::List(items));
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, StopReading> {
        let mut entries: Vec<(MapKey, Node)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        loop {
            let (event, span) = self.must_next()?;
            if event == Event::MappingEnd {
                return Ok(Value::Map(entries));
            }
            let key = self.key(event, span, depth)?;
            let (event, span) = self.must_next()?;
            let value = self.node(event, span, depth + 1)?;
            let Some(key) = key else { continue };
            if let Some(first) = seen.insert(key.text.clone(), key.at) {
                self.tell(
                    key.at,
                    "yaml.duplicate_key",
                    format!("`{}` was given already on line {}", key.text, first.line),
                    "Keep one of the two; which one counts is not guessed.",
                );
                seen.insert(key.text, first);
                continue;
            }
            entries.push((key, value));
        }
    }

    fn key(
        &mut self,
        event: Event<'a>,
        span: Span,
        depth: usize,
    ) -> Result<Option<MapKey>, StopReading> {
        let node = self.node(event, span, depth + 1)?;
        let at = node.at;
        match node.value {
            Value::Scalar { text, quoted } => Ok(Some(MapKey { text, quoted, at })),
            Value::Null => Ok(Some(MapKey {
                text: String::new(),
                quoted: false,
                at,
            })),
            Value::List(_) | Value::Map(_) => {
                self.tell(
                    at,
                    "yaml.key",
                    "A key must be text, not a group in braces or brackets",
                    "If it is meant as text, put quotes around all of it: \"{parent} - {name}\".",
                );
                Ok(None)
            }
        }
    }

    fn at(&self, span: Span) -> At {
        self.source.at(span.start.line(), span.start.col() + 1)
    }

    fn tell(&mut self, at: At, code: &str, what: impl Into<String>, fix: &str) {
        self.told.push(self.source.error(at, code, what, fix));
    }

    fn stop(&mut self, at: At, code: &str, what: String, fix: &str) -> Result<(), StopReading> {
        self.tell(at, code, what, fix);
        Err(StopReading)
    }
}
