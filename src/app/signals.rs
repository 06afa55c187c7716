//! Ctrl-C and SIGTERM: asked once, the service finishes the requests under way; asked again, it waits for nothing more.
//! SIGHUP: files are read anew.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often the program was asked to stop. Counts from the moment it is made: a signal that comes before anybody waits is
/// not lost.
#[derive(Clone)]
pub struct Signals(watch::Receiver<u32>);

impl Signals {
    /// Listen.
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

    /// Wait until the program was asked so many times to stop.
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

/// Ctrl-C, where there is no SIGTERM.
#[cfg(not(unix))]
struct Next;

#[cfg(not(unix))]
fn listen() -> io::Result<Next> {
    Ok(Next)
}

#[cfg(not(unix))]
impl Next {
    async fn heard(&mut self) {
        // Without a console nobody can ask.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Do something whenever the program is asked to read its files anew: at SIGHUP, which would end it otherwise.
#[cfg(unix)]
pub fn at_hangup(act: impl Fn() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            act();
        }
    }))
}

/// Where there is no SIGHUP, nobody asks.
#[cfg(not(unix))]
pub fn at_hangup(_: impl Fn() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Ok(tokio::spawn(std::future::pending()))
}
