//! Ctrl-C: the first asks politely, the second ends the process.

use std::time::Duration;

use tokio::sync::watch;

use crate::error::Error;

/// The exit code of a process that SIGINT has ended.
const KILLED: i32 = 130;

/// Whether the user has pressed Ctrl-C since the program began.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                if sender.send_replace(true) {
                    std::process::exit(KILLED);
                }
            }
            // Where signals cannot be had nobody is ever interrupted.
            sender.closed().await;
        });
        Self(receiver)
    }

    /// Ends when Ctrl-C is pressed, or was pressed before.
    pub(crate) async fn wait(&self) {
        if self.0.clone().wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Sleeps, unless the user wants to stop.
    pub(crate) async fn pause(&self, duration: Duration) -> Result<(), Error> {
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            () = self.wait() => Err(Error::Interrupted),
        }
    }

    /// Does something unless the user wants to stop first.
    pub(crate) async fn or<T, E: Into<Error>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
        tokio::select! {
            result = work => result.map_err(Into::into),
            () = self.wait() => Err(Error::Interrupted),
        }
    }
}
