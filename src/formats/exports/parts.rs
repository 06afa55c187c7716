//! Passes on what a thread writes, for writers that cannot wait like a task.

use std::io::{self, Write};

use tokio::sync::mpsc;

/// Passes written bytes to the task that receives them. Fails with `BrokenPipe` when nobody does any more, so the thread
/// ends too. Not for async threads: it blocks until there is room.
pub struct Parts(pub mpsc::Sender<Vec<u8>>);

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.blocking_send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
