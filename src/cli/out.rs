//! Where verbs print: text for people, one JSON value for programs, never both.

use super::exit::Exit;
use super::global::Color;
use super::screen::{fold, width};
use super::table::TextTable;
use super::text::{SafeLine, safe, safe_json};
use crate::model::cure::quoted;
use crate::model::{Diagnostic, Severity};
use crate::service::NotDone;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use dialoguer::console::Term;
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};

/// Where verbs print.
#[derive(Debug, Clone)]
pub struct Printer {
    /// Whether one JSON value is wanted.
    pub json: bool,
    pub(super) choice: ColorChoice,
    /// What a command that is shown needs to be pasted: the workspace's folder, where it is not the current one.
    pub(super) workspace: Option<String>,
    /// How wide stdout and stderr are read; none where that is a file or another program.
    widths: (Option<usize>, Option<usize>),
}

/// The colour of errors.
pub const RED: Style = AnsiColor::Red.on_default().bold();
/// The colour of doubts.
pub const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
/// The colour of what is well.
pub const GREEN: Style = AnsiColor::Green.on_default();

impl Printer {
    /// For one call.
    pub fn new(json: bool, color: Color) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Self {
            json,
            choice,
            workspace: None,
            widths: (width(&Term::stdout()), width(&Term::stderr())),
        }
    }

    /// The same, for a workspace that must be named in each command that is shown.
    #[must_use]
    pub fn of(mut self, workspace: &std::path::Path) -> Self {
        let named = workspace != std::path::Path::new(".");
        self.workspace = named.then(|| quoted(&workspace.display().to_string()));
        self
    }

    /// A text with its commands as they can be pasted here.
    fn pasted<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.workspace {
            Some(folder) if text.contains("`crossfoot ") => Cow::Owned(named(text, folder)),
            _ => Cow::Borrowed(text),
        }
    }

    /// The same, for people, whatever is wanted on stdout.
    #[must_use]
    pub fn for_people(&self) -> Self {
        Self {
            json: false,
            ..self.clone()
        }
    }

    /// Whether a person sits at stdout.
    pub fn terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Whether questions can be asked.
    pub fn can_ask(&self) -> bool {
        !self.json && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// A person's yes or no to a question, no unless they say otherwise. To be asked only where [`Printer::can_ask`].
    ///
    /// # Errors
    /// The terminal went away.
    pub fn asked(&self, question: &str) -> Result<bool, NotDone> {
        dialoguer::Confirm::new()
            .with_prompt(safe(question).to_string())
            .default(false)
            .interact()
            .map_err(|e| NotDone::wrong(format!("no answer: {e}"), "add --yes"))
    }

    /// Prints a line for people; nothing when JSON is wanted.
    pub fn line(&self, line: impl Into<SafeLine>) {
        if !self.json {
            self.folded(line.into().as_str(), self.widths.0);
        }
    }

    /// Prints a line on stdout, in as many as it needs. A reader that went away is no error of ours.
    fn folded(&self, line: &str, width: Option<usize>) {
        let mut to = AutoStream::new(std::io::stdout(), self.choice);
        for line in fold(&self.pasted(line), width.unwrap_or(usize::MAX)) {
            let _ = writeln!(to, "{line}");
        }
    }

    /// Prints an empty line.
    pub fn gap(&self) {
        self.line("");
    }

    /// Prints a line on stderr, whatever is wanted on stdout: for what is no result.
    pub fn aside(&self, line: impl Into<SafeLine>) {
        self.beside(line.into().as_str(), self.widths.1);
    }

    fn beside(&self, line: &str, width: Option<usize>) {
        let mut to = AutoStream::new(std::io::stderr(), self.choice);
        for line in fold(&self.pasted(line), width.unwrap_or(usize::MAX)) {
            let _ = writeln!(to, "{line}");
        }
    }

    /// Prints text as it is: what was made by us for a file or another program.
    pub fn raw(&self, text: &str) {
        let mut to = std::io::stdout();
        let _ = to.write_all(text.as_bytes());
        let _ = to.flush();
    }

    /// Prints the one JSON value, when it is wanted.
    ///
    /// # Errors
    /// Never in practice: every shape here can be written.
    pub fn json(&self, value: &impl Serialize) -> Result<(), NotDone> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(value)
            .map_err(|e| NotDone::wrong(format!("the answer cannot be written: {e}"), ""))?;
        let text = match &self.workspace {
            Some(folder) => {
                let folder = serde_json::to_string(folder).unwrap_or_default();
                let inside = folder.trim_matches('"');
                named(&text, inside)
            }
            None => text,
        };
        self.raw(&format!("{}\n", safe_json(&text)));
        Ok(())
    }

    /// Prints a table.
    pub fn table(&self, table: &TextTable) {
        if self.json || table.is_empty() {
            return;
        }
        for line in table.lines(self.widths.0) {
            // Its cells are safe already.
            let mut to = AutoStream::new(std::io::stdout(), self.choice);
            let _ = writeln!(to, "{line}");
        }
    }

    /// Prints a diagnostic, as it is for people: on stdout.
    pub fn diagnostic(&self, d: &Diagnostic) {
        if self.json {
            return;
        }
        for line in diagnostic(d) {
            let width = self.widths.0.filter(|_| !line.snippet);
            self.folded(line.text.as_str(), width);
        }
    }

    /// How wide stdout is read; none for a file or another program.
    pub fn width(&self) -> Option<usize> {
        self.widths.0
    }

    /// Tells a failure and answers its exit code.
    pub fn failed(&self, failure: &NotDone) -> Exit {
        let exit = Exit::from(failure);
        for d in &failure.mistakes {
            for line in diagnostic(d) {
                let width = self.widths.1.filter(|_| !line.snippet);
                self.beside(line.text.as_str(), width);
            }
        }
        self.aside(
            SafeLine::new()
                .styled(RED, "error")
                .plain(format!(": {}", failure.what)),
        );
        if !failure.place.is_empty() {
            self.aside(format!("  --> {}", failure.place));
        }
        if !failure.fix.is_empty() {
            self.aside(format!("   = fix: {}", failure.fix));
        }
        if self.json {
            let _ = self.json(&json!({"error": failure, "exit": exit.code()}));
        }
        exit
    }
}

/// A text whose commands, between backticks, name a workspace.
fn named(text: &str, folder: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    for (n, part) in text.split('`').enumerate() {
        if n > 0 {
            out.push('`');
        }
        out.push_str(part);
        if n % 2 == 1 && part.starts_with("crossfoot ") {
            out.push_str(" --workspace ");
            out.push_str(folder);
        }
    }
    out
}

/// A line of a diagnostic.
struct Passage {
    text: SafeLine,
    /// Whether it shows a file's own line, or points into it: such a line is as long as it is.
    snippet: bool,
}

/// A diagnostic as lines, the first in the colour of its severity.
fn diagnostic(d: &Diagnostic) -> Vec<Passage> {
    let style = match d.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
    };
    let word = format!("{}[{}]", d.severity, d.code);
    let text = d.to_string();
    let mut lines = text.lines();
    let rest = lines.next().and_then(|first| first.strip_prefix(&word));
    let head = SafeLine::new().styled(style, &word);
    let mut out = vec![Passage {
        text: head.plain(rest.unwrap_or_default()),
        snippet: false,
    }];
    out.extend(lines.map(|l| {
        let digits = l.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        Passage {
            // A tab in a snippet is shown as one space, and so is the one in front of its caret.
            text: SafeLine::from(l.replace('\t', " ")),
            snippet: digits.starts_with('|'),
        }
    }));
    out
}
