//! What was found about an element while it was read.

/// What was found wrong, and what was let pass.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Found {
    pub(super) fn error(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.errors.contains(&text) {
            self.errors.push(text);
        }
    }
}
