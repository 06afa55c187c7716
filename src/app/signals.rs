//! Signals. The first Ctrl-C or SIGTERM finishes the requests under way; the second waits for nothing. SIGHUP reloads
//! files.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Number of requests to stop. Counts from its creation, so that an early signal is not lost.
#[derive(Clone)]
pub struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Starts listening.
    pub fn listen() -> io::Result<Self> {
        let (count, counted) = watch::channel(0);
        let mut next = listen()?;
        tokio::spawn(async move {
            loop {
                next.heard().await;
                count.send_modify(|count| *count += 1);
            }
        });
        Ok(Self(counted))
    }

    /// Waits until the program was asked this many times to stop.
    pub async fn asked(&self, times: u32) {
        if self.0.clone().wait_for(|count| *count >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Next {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
fn listen() -> io::Result<Next> {
    Ok(Next { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
}

#[cfg(unix)]
impl Next {
    async fn heard(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C, on systems without SIGTERM.
#[cfg(not(unix))]
struct Next;

#[cfg(not(unix))]
fn listen() -> io::Result<Next> {
    Ok(Next)
}

#[cfg(not(unix))]
impl Next {
    async fn heard(&mut self) {
        // Without a console there is no Ctrl-C.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Runs an action at every SIGHUP, which would end the program otherwise.
#[cfg(unix)]
pub fn at_hangup(act: impl Fn() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            act();
        }
    }))
}

/// Does nothing on systems without SIGHUP.
#[cfg(not(unix))]
pub fn at_hangup(_: impl Fn() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Ok(tokio::spawn(std::future::pending()))
}
