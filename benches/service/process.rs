//! Starts processes, and reads their CPU time and memory from the system (Linux; 0 elsewhere).

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};

/// Clock ticks per second in /proc: 100 on all Linux systems in use.
const TICKS: f64 = 100.0;

/// A server of this run. Dropping it kills the process.
pub struct Server {
    child: Child,
    /// The address that it listens on.
    pub address: SocketAddr,
    began: Instant,
}

impl Server {
    /// Start a program with a free port for `--bind`. Its standard error goes to the file.
    pub fn start(mut command: Command, bind: &str, errors: &Path) -> io::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        command.args([bind, &address.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(errors)?);
        let began = Instant::now();
        Ok(Self { child: command.spawn()?, address, began })
    }

    /// Poll until the server answers 200. Returns the time since its start.
    pub async fn until_ready(&mut self, path: &str) -> io::Result<Duration> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        while self.began.elapsed() < Duration::from_secs(300) {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("a server ended at its start: {status}")));
            }
            if let Ok(mut client) = super::load::Client::connect(self.address).await
                && let Ok(response) = client.send(request.as_bytes()).await
                && response.status == 200
            {
                return Ok(self.began.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        Err(io::Error::other("a server is not ready after five minutes"))
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A memory value from `/proc/PID/status`, such as `VmRSS`, in MiB.
    pub fn mebibytes(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kibibytes: f64 = line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0.0);
        kibibytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has no state worth saving.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of a process, in seconds.
pub fn seconds(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |stat| stat.own)
}

/// CPU time of a process and its children, including ended ones, in seconds: PostgreSQL with its backends.
pub fn seconds_of_family(pid: u32) -> f64 {
    let children = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| {
        let stat = stat(entry.file_name().to_str()?.parse().ok()?)?;
        (stat.parent == pid).then_some(stat.own)
    });
    children.sum::<f64>() + stat(pid).map_or(0.0, |stat| stat.own + stat.ended)
}

struct Stat {
    parent: u32,
    own: f64,
    /// CPU time of children that have ended.
    ended: f64,
}

/// Reads `/proc/PID/stat`. Fields are counted after the name of the program, which may contain spaces.
fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<f64> = text.rsplit_once(')')?.1.split_whitespace().map(|x| x.parse().unwrap_or(0.0)).collect();
    let seconds = |first: usize| Some((fields.get(first)? + fields.get(first + 1)?) / TICKS);
    Some(Stat { parent: *fields.get(1)? as u32, own: seconds(11)?, ended: seconds(13)? })
}
