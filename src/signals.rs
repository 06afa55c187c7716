//! Ctrl-C and SIGTERM: asked once, the service finishes the requests under way; asked again, it waits for nothing more.
//! SIGHUP: files are read anew.

use std::io;

use actix_web::dev::ServerHandle;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

/// Listens from the moment it is made: a signal that comes before anybody waits is not lost.
#[cfg(unix)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listen.
    pub fn listen() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Wait until the program is asked to stop.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C, where there is no SIGTERM.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Listen.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Wait until the program is asked to stop.
    pub async fn next(&mut self) {
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

/// Stop a server when the program is asked to.
pub async fn stop(mut signals: Signals, server: ServerHandle) {
    signals.next().await;
    // Not awaited: the server's own future ends when all is done, and a second request to stop must be heard meanwhile.
    drop(server.stop(true));
    signals.next().await;
    server.stop(false).await;
}
