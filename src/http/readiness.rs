//! Whether the database accepts writes. A monitor checks every second on its own connection, and refused writes are
//! noted as well. The answer is available at once, whatever the state of the pool.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;

use crate::db::Db;
use crate::error::Refusal;

/// Interval between two checks.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// How long the disk counts as full after a refused write, unless a write succeeds earlier. The disk itself cannot be
/// checked from here.
const DISK_FULL_FOR: Duration = Duration::from_secs(60);

/// The reason that writes are refused, if they are.
#[derive(Debug, Default)]
pub struct Writes(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// From the last check, or from a write that was refused since.
    obstacle: Option<Obstacle>,
    disk_full_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obstacle {
    Away,
    ReadOnly,
}

impl Writes {
    /// Start the monitor on the runtime of the connections. It stops when the returned value has been dropped.
    pub fn watch(db: &Db) -> Arc<Self> {
        let writes = Arc::new(Self::default());
        db.spawn(monitor(Arc::downgrade(&writes), db.clone()));
        writes
    }

    /// The reason that writes are refused; `None` while they are accepted.
    pub fn why_not(&self) -> Option<&'static str> {
        let known = self.known();
        match known.obstacle {
            Some(Obstacle::Away) => Some("The database cannot be reached, or does not answer."),
            Some(Obstacle::ReadOnly) => Some("The database is read-only."),
            None if known.disk_full_at.is_some_and(|at| at.elapsed() < DISK_FULL_FOR) => {
                Some("The disk of the database is full.")
            }
            None => None,
        }
    }

    /// Record that a write was refused.
    fn note(&self, refusal: Refusal) {
        let mut known = self.known();
        match refusal {
            Refusal::ReadOnly => known.obstacle = Some(Obstacle::ReadOnly),
            Refusal::DiskFull => known.disk_full_at = Some(Instant::now()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Check at intervals until the state has been dropped or the pool is closed.
async fn monitor(writes: Weak<Writes>, db: Db) {
    while !db.is_closed() {
        let obstacle = match db.takes_writes().await {
            Ok(true) => None,
            Ok(false) => Some(Obstacle::ReadOnly),
            Err(_) => Some(Obstacle::Away),
        };
        let Some(writes) = writes.upgrade() else { return };
        let former = std::mem::replace(&mut writes.known().obstacle, obstacle);
        if former == Some(Obstacle::ReadOnly) && obstacle.is_none() {
            // Connections opened in the meantime may still be read-only: a database's settings apply to new sessions.
            db.renew();
        }
        if former != obstacle {
            match writes.why_not() {
                Some(why) => log::warn!("writes are refused: {why}"),
                None => log::info!("writes are accepted again"),
            }
        }
        drop(writes);
        tokio::time::sleep(CHECK_INTERVAL).await;
    }
}

/// Middleware that updates the state from the responses to writes.
pub async fn learn(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let writes = request.app_data::<web::Data<Writes>>().cloned();
    let is_write = !request.method().is_safe();
    let answer = next.call(request).await?;
    if let Some(writes) = writes {
        let refusal = answer.response().extensions().get::<Refusal>().copied();
        match refusal {
            Some(refusal) => writes.note(refusal),
            None if is_write && answer.status().is_success() => writes.known().disk_full_at = None,
            None => {}
        }
    }
    Ok(answer)
}
