//! What is told to a person: where, what, and what to do.

use super::codes::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How bad it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It works, but is probably not meant.
    Warning,
    /// It does not work.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// A place in a file a person wrote.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default, JsonSchema,
)]
pub struct Place {
    /// The file, as the person would name it: `mappings/acme.yaml`.
    pub file: String,
    /// The line, from 1; 0 where there is none.
    pub line: u32,
    /// The column, from 1; 0 where there is none.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (l, 0) => write!(f, "{}:{l}", self.file),
            (l, c) => write!(f, "{}:{l}:{c}", self.file),
        }
    }
}

/// A mistake in something a person wrote, with its cure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// How bad.
    pub severity: Severity,
    /// A stable code: `yaml.unknown_key`.
    pub code: String,
    /// What is wrong, in one sentence.
    pub what: String,
    /// What to do; empty when the sentence says it all.
    pub fix: String,
    /// The line as the person wrote it, for showing; may be empty.
    pub snippet: String,
}

impl Diagnostic {
    /// An error.
    pub fn error(
        place: Place,
        code: &str,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            place,
            severity: Severity::Error,
            code: code.to_owned(),
            what: what.into(),
            fix: fix.into(),
            snippet: String::new(),
        }
    }

    /// A warning.
    pub fn warning(
        place: Place,
        code: &str,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(place, code, what, fix)
        }
    }

    /// With the line it is about, found in the whole text.
    pub fn with_snippet(mut self, text: &str) -> Self {
        if let Some(line) = (self.place.line as usize)
            .checked_sub(1)
            .and_then(|n| text.lines().nth(n))
        {
            self.snippet = line.chars().take(200).collect();
        }
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}", self.severity, self.code, self.what)?;
        writeln!(f, "  --> {}", self.place)?;
        if !self.snippet.is_empty() {
            writeln!(f, "   | {}", self.snippet)?;
            if self.place.column > 0 {
                let pad: String = self
                    .snippet
                    .chars()
                    .take(self.place.column.saturating_sub(1) as usize)
                    .map(|c| if c == '\t' { '\t' } else { ' ' })
                    .collect();
                writeln!(f, "   | {pad}^")?;
            }
        }
        if !self.fix.is_empty() {
            writeln!(f, "   = fix: {}", self.fix)?;
        }
        Ok(())
    }
}

/// Why a document was skipped, held or refused: a stable code, a sentence, and the next step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// A stable code: `total.mismatch`, `rule.hold`. Errors are grouped by it.
    pub code: String,
    /// What happened.
    pub what: String,
    /// What to do about it.
    pub fix: String,
    /// The line of YAML or Rhai that decided, if one did.
    pub place: Option<Place>,
}

impl Reason {
    /// A reason without a place.
    pub fn new(code: Code, what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            code: code.as_str().to_owned(),
            what: what.into(),
            fix: fix.into(),
            place: None,
        }
    }

    /// Whether it is the one of this code.
    pub fn is(&self, code: Code) -> bool {
        self.code == code.as_str()
    }

    /// Whether it is one of these codes.
    pub fn is_one_of(&self, codes: &[Code]) -> bool {
        codes.iter().any(|code| self.is(*code))
    }

    /// With the line that decided.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// With the payment that its cure is about.
    #[must_use]
    pub fn of_payment(mut self, id: &str) -> Self {
        self.fix = super::cure::filled(&self.fix, &[(super::cure::PAYMENT, &[id.to_owned()])]);
        self
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.what, self.code)
    }
}

/// What is to become of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "reason")]
pub enum Verdict {
    /// Go on.
    Keep,
    /// Not wanted: nothing is posted, nobody need act.
    Skip(Reason),
    /// A person must act, then it goes on.
    Hold(Reason),
    /// It cannot go on until the document, the mapping or a rule changes.
    Refuse(Reason),
}

impl Verdict {
    /// Whether to go on.
    pub fn is_keep(&self) -> bool {
        matches!(self, Verdict::Keep)
    }

    /// The reason, unless it keeps.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Verdict::Keep => None,
            Verdict::Skip(r) | Verdict::Hold(r) | Verdict::Refuse(r) => Some(r),
        }
    }

    /// The word for it: `keep`, `skip`, `hold`, `fail`.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Keep => "keep",
            Verdict::Skip(_) => "skip",
            Verdict::Hold(_) => "hold",
            Verdict::Refuse(_) => "fail",
        }
    }
}
