//! A person's word carried out at once: by this process, or by the one that works on the workspace.

use super::exit::Exit;
use super::invocation::{Hands, Invocation};
use super::progress::Bar;
use super::ran::show;
use super::signals::{self, Signals};
use crate::service::desk::retry::at_once;
use crate::service::desk::runs::{RunAnswer, SyncAnswer};
use crate::service::{Engine, Loaded, NotDone};

/// Most documents that are carried out at once, each with a call or two to its source; more go at the next run.
const MOST: usize = 200;

/// A tenant of which a word is said, and who carries it out.
pub struct AtOnce {
    hands: Hands,
    signals: Signals,
    /// The tenant.
    pub loaded: Loaded,
}

impl AtOnce {
    /// For a tenant by its name.
    ///
    /// # Errors
    /// There is no such tenant, its files have mistakes, or the store cannot be opened.
    pub async fn of(cx: &Invocation, tenant: &str) -> Result<Self, NotDone> {
        let workspace = cx.workspace()?;
        let loaded = workspace.load(&workspace.tenant(tenant)?)?;
        // Whoever works there has the lock; a word is one transaction beside it.
        let (signals, ending) = signals::later();
        let hands = cx.hands().await?.ending(ending);
        Ok(Self {
            hands,
            signals,
            loaded,
        })
    }

    /// The engine to say the word with.
    pub fn engine(&self) -> &Engine {
        self.hands.engine()
    }

    /// Carries a word on some documents out, tells what came of it, and answers it with the exit code.
    pub async fn carry_out(
        &self,
        cx: &Invocation,
        verb: &str,
        numbers: &[String],
    ) -> (Option<RunAnswer>, Exit) {
        let tenant = &self.loaded.mapping.tenant;
        if numbers.is_empty() {
            return (None, Exit::Fine);
        }
        let done = match numbers.len() > MOST {
            true => Ok(None),
            false => {
                // Until the word was said a signal ends the process, as it does at a question.
                self.signals.listen();
                let ask = at_once(verb, numbers.to_vec());
                let bar = Bar::of(cx, tenant.as_str(), self.engine().waits());
                let watch = |step| bar.step(step);
                let done = self.hands.sync(&self.loaded, &ask, &watch, &|| {}).await;
                bar.done();
                done
            }
        };
        match done {
            Ok(None) => {
                cx.out
                    .line(format!("at the next `crossfoot sync {tenant}` they go"));
                (None, Exit::Fine)
            }
            Ok(Some(done)) => {
                let answer = SyncAnswer::of(tenant, done);
                show(cx, &answer);
                let exit = Exit::unless(answer.stuck());
                (Some(RunAnswer::ran(&answer)), exit)
            }
            Err(why) => {
                cx.out.line(format!(
                    "the word is kept, and is carried out at the next `crossfoot sync {tenant}`; not now: {}",
                    why.what
                ));
                (Some(RunAnswer::failed(tenant, &why)), Exit::from(&why))
            }
        }
    }
}
