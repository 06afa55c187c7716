//! Measures a scenario. The service and the baselines take turns in several rounds, so that a slow moment of the
//! machine affects all of them.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use crate::generate::tables::Failure;
use crate::load::{self, Client, Requests, Slice};
use crate::process::{self, Server};
use crate::scenarios::{Kind, Material};

const ROUNDS: u32 = 3;

/// The servers of a run.
pub struct Servers {
    /// The service.
    pub service: Server,
    /// The constant body.
    pub constant: Server,
    /// The plain program.
    pub plain: Server,
    /// The main process of PostgreSQL.
    pub postgres: u32,
}

/// The amount of load.
#[derive(Clone, Copy)]
pub struct Load {
    /// Connections.
    pub connections: usize,
    /// Total duration per server, for all slices together.
    pub duration: Duration,
}

/// The measurements of one server in one scenario.
#[derive(Default)]
pub struct Measured {
    slice: Slice,
    cpu: f64,
    database: f64,
}

impl Measured {
    /// Requests per second.
    pub fn rate(&self) -> f64 {
        self.slice.latencies.len() as f64 / self.slice.seconds
    }

    /// Mean size of a body, in bytes.
    pub fn body(&self) -> usize {
        self.slice.bytes as usize / self.slice.latencies.len().max(1)
    }

    /// This percentile of the latency, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.slice.latencies.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() * percent / 100).map_or(0.0, |took| f64::from(*took) / 1000.0)
    }

    /// CPU time of the server per request, in microseconds.
    pub fn cpu(&self) -> f64 {
        self.cpu * 1e6 / self.slice.latencies.len().max(1) as f64
    }

    /// CPU time of PostgreSQL per request, in microseconds.
    pub fn database(&self) -> f64 {
        self.database * 1e6 / self.slice.latencies.len().max(1) as f64
    }

    /// The number of errors and the first one, if there are any.
    pub fn fault(&self) -> Option<String> {
        let error = self.slice.error.as_ref()?;
        Some(format!("{} errors, the first: {}", self.slice.errors, error.trim()))
    }
}

/// One scenario, measured.
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// The service.
    pub service: Measured,
    /// The constant body of the same size.
    pub constant: Option<Measured>,
    /// The plain program.
    pub plain: Option<Measured>,
}

/// One server in one scenario.
struct Runner<'a> {
    server: &'a Server,
    postgres: u32,
    requests: Requests,
    next: Arc<AtomicUsize>,
    measured: Measured,
}

impl<'a> Runner<'a> {
    fn new(server: &'a Server, postgres: u32, first: usize, requests: Requests) -> Self {
        let next = Arc::new(AtomicUsize::new(first));
        Self { server, postgres, requests, next, measured: Measured::default() }
    }

    async fn run(&mut self, connections: usize, duration: Duration) -> Result<Slice, Failure> {
        Ok(load::drive(self.server.address, &self.requests, &self.next, connections, duration).await?)
    }

    async fn measure(&mut self, connections: usize, duration: Duration) -> Result<(), Failure> {
        let before = (process::seconds(self.server.pid()), process::seconds_of_family(self.postgres));
        let slice = self.run(connections, duration).await?;
        self.measured.cpu += process::seconds(self.server.pid()) - before.0;
        self.measured.database += process::seconds_of_family(self.postgres) - before.1;
        self.measured.slice.add(slice);
        Ok(())
    }
}

/// Measure a scenario. Its requests are numbered from `first`.
pub async fn measure(
    (name, kind): (&'static str, Kind),
    first: usize,
    servers: &Servers,
    material: &Arc<Material>,
    load: Load,
) -> Result<Row, Failure> {
    let runner = async |server| -> Result<Runner<'_>, Failure> {
        let etag = etag(server, material).await?;
        Ok(Runner::new(server, servers.postgres, first, kind.requests(Arc::clone(material), etag)))
    };
    let mut service = runner(&servers.service).await?;
    let warm_up = load.duration.div_f64(8.0);
    // The warm-up also finds the size of bodies.
    let warm = Measured { slice: service.run(load.connections, warm_up).await?, ..Measured::default() };
    let path = if kind == Kind::NotModified { "304".into() } else { warm.body().to_string() };
    let constant: Requests = Arc::new(move |_| format!("GET /{path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let mut constant = kind.has_constant().then(|| Runner::new(&servers.constant, servers.postgres, 0, constant));
    let mut plain = if kind.is_plain() { Some(runner(&servers.plain).await?) } else { None };
    for other in [&mut constant, &mut plain].into_iter().flatten() {
        other.run(load.connections, warm_up).await?;
    }
    for _ in 0..ROUNDS {
        for runner in [Some(&mut service), constant.as_mut(), plain.as_mut()].into_iter().flatten() {
            runner.measure(load.connections, load.duration / ROUNDS).await?;
        }
    }
    let measured = |runner: Option<Runner>| runner.map(|runner| runner.measured);
    Ok(Row { name, service: service.measured, constant: measured(constant), plain: measured(plain) })
}

/// This server's entity tag for the first record.
async fn etag(server: &Server, material: &Material) -> Result<String, Failure> {
    let mut client = Client::with_details(server.address).await?;
    let request = format!("GET /v1/initiatives/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", material.names.slugs[0]);
    let response = client.send(request.as_bytes()).await?;
    response.etag.ok_or_else(|| format!("{} {}", response.status, client.text()).into())
}
