//! When somebody asks the process to end: the first time it is brought to where nothing is half done, the second time it
//! ends at once, which loses nothing.

use super::exit::Exit;
use crate::service::Ending;
use tokio::sync::watch;

/// Is asked for with the first signal; the second ends the process.
pub fn ending() -> Ending {
    let (tell, ending) = later();
    tell.listen();
    ending
}

/// The same, from when [`Signals::listen`] is called: until then a signal ends the process at once, as it should while a
/// person is asked something.
pub fn later() -> (Signals, Ending) {
    let (tell, asked) = watch::channel(false);
    (Signals(tell), Ending::when(asked))
}

/// Who tells that the process was asked to end.
#[derive(Debug)]
pub struct Signals(watch::Sender<bool>);

impl Signals {
    /// Listens for signals from now on.
    pub fn listen(&self) {
        let tell = self.0.clone();
        tokio::spawn(async move {
            asked_to_end().await;
            // Nobody listens any more when all has ended already.
            let _ = tell.send(true);
            asked_to_end().await;
            std::process::exit(i32::from(Exit::Attention.code()));
        });
    }
}

/// Ends with ctrl-c, or where there is one the signal TERM.
pub async fn asked_to_end() {
    // Without a handler the signal itself ends the process, which loses nothing.
    let ctrl_c = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut term) = signal(SignalKind::terminate()) else {
            return ctrl_c.await;
        };
        tokio::select! {
            () = ctrl_c => {}
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}
