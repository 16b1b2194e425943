//! Where verbs print: text for people, one JSON value for programs, never both.

use super::exit::Exit;
use super::global::Color;
use super::text::{SafeLine, safe, safe_json};
use crate::model::cure::quoted;
use crate::model::{Diagnostic, Severity};
use crate::service::NotDone;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
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
            let mut to = AutoStream::new(std::io::stdout(), self.choice);
            // A reader that went away is no error of ours.
            let _ = writeln!(to, "{}", self.pasted(line.into().as_str()));
        }
    }

    /// Prints an empty line.
    pub fn gap(&self) {
        self.line("");
    }

    /// Prints a line on stderr, whatever is wanted on stdout: for what is no result.
    pub fn aside(&self, line: impl Into<SafeLine>) {
        let mut to = AutoStream::new(std::io::stderr(), self.choice);
        let _ = writeln!(to, "{}", self.pasted(line.into().as_str()));
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
        if self.json || table.rows.is_empty() {
            return;
        }
        for line in table.lines(self.terminal()) {
            // Its cells are safe already.
            let mut to = AutoStream::new(std::io::stdout(), self.choice);
            let _ = writeln!(to, "{line}");
        }
    }

    /// Prints a diagnostic, as it is for people: on stdout.
    pub fn diagnostic(&self, d: &Diagnostic) {
        for line in diagnostic(d) {
            self.line(line);
        }
    }

    /// Tells a failure and answers its exit code.
    pub fn failed(&self, failure: &NotDone) -> Exit {
        let exit = Exit::from(failure);
        for d in &failure.mistakes {
            for line in diagnostic(d) {
                self.aside(line);
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

/// A diagnostic as lines, the first in the colour of its severity.
fn diagnostic(d: &Diagnostic) -> Vec<SafeLine> {
    let style = match d.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
    };
    let word = format!("{}[{}]", d.severity, d.code);
    let text = d.to_string();
    let mut lines = text.lines();
    let rest = lines.next().and_then(|first| first.strip_prefix(&word));
    let head = SafeLine::new().styled(style, &word);
    let mut out = vec![head.plain(rest.unwrap_or_default())];
    // A tab in a snippet is shown as one space, and so is the one in front of its caret.
    out.extend(lines.map(|l| SafeLine::from(l.replace('\t', " "))));
    out
}

/// Rows and columns of text.
#[derive(Debug, Clone, Default)]
pub struct TextTable {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl TextTable {
    /// With these heads.
    pub fn new(heads: &[&str]) -> Self {
        Self {
            heads: heads.iter().map(|h| (*h).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Numbers stand to the right in these columns.
    #[must_use]
    pub fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row; its cells are made safe.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells = cells.into_iter().map(|c| safe(c.as_ref()).into_owned());
        self.rows.push(cells.collect());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn lines(&self, fit: bool) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        table.set_content_arrangement(if fit {
            comfy_table::ContentArrangement::Dynamic
        } else {
            comfy_table::ContentArrangement::Disabled
        });
        table.set_header(&self.heads);
        for row in &self.rows {
            table.add_row(row);
        }
        for (n, column) in table.column_iter_mut().enumerate() {
            column.set_padding((if n == 0 { 0 } else { 1 }, 1));
            if self.right.contains(&n) {
                column.set_cell_alignment(comfy_table::CellAlignment::Right);
            }
        }
        table.lines().map(|l| l.trim_end().to_owned()).collect()
    }
}
