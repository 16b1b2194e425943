//! Whether the process was asked to end: a run then stops where nothing is half done.
//!
//! Flows in: a signal, from outside. Flows out: an answer, asked for between two pages, two chunks of decisions and two
//! requests, and before a wait. What is left is in the journal, and the next run goes on from there.

use tokio::sync::watch;

/// Whether the process was asked to end.
#[derive(Debug, Clone)]
pub struct Ending(Option<watch::Receiver<bool>>);

impl Ending {
    /// Nobody asks.
    pub fn never() -> Self {
        Self(None)
    }

    /// Asked for as soon as this becomes true.
    pub fn when(asked: watch::Receiver<bool>) -> Self {
        Self(Some(asked))
    }

    /// Whether it was asked for.
    pub fn is_asked(&self) -> bool {
        self.0.as_ref().is_some_and(|asked| *asked.borrow())
    }

    /// Waits until it is.
    pub async fn asked(&self) {
        if let Some(asked) = &self.0
            && asked.clone().wait_for(|asked| *asked).await.is_ok()
        {
            return;
        }
        // Whoever could ask is gone, or never was.
        std::future::pending().await
    }
}
