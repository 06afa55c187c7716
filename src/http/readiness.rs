//! Whether the database takes writes, as far as is known: looked at every second on a connection that nobody waits for, and
//! learned from writers that were refused. So whoever asks is answered at once, whatever the pool of connections does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;

use crate::db::Db;
use crate::error::Refusal;

/// Time between two looks.
const PERIOD: Duration = Duration::from_secs(1);
/// For how long a disk counts as full after it last refused a write, if none succeeds before: it cannot be looked at from
/// here.
const FULL: Duration = Duration::from_secs(60);

/// Why writes are refused, if they are.
#[derive(Debug, Default)]
pub struct Writes(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By the last look, or by a writer that was refused since.
    obstacle: Option<Obstacle>,
    disk_full_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obstacle {
    Away,
    ReadOnly,
}

impl Writes {
    /// Begin to look, on the runtime that carries the connections. It ends with the last user of what is returned.
    pub fn watch(db: &Db) -> Arc<Self> {
        let writes = Arc::new(Self::default());
        db.spawn(look(Arc::downgrade(&writes), db.clone()));
        writes
    }

    /// Why writes are refused; `None` while they are taken.
    pub fn why_not(&self) -> Option<&'static str> {
        let known = self.known();
        match known.obstacle {
            Some(Obstacle::Away) => Some("The database cannot be reached, or does not answer."),
            Some(Obstacle::ReadOnly) => Some("The database is read-only."),
            None if known.disk_full_at.is_some_and(|at| at.elapsed() < FULL) => {
                Some("The disk of the database is full.")
            }
            None => None,
        }
    }

    /// Note that a writer was refused.
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

/// Look until nobody wants to know, or the pool is closed.
async fn look(writes: Weak<Writes>, db: Db) {
    while !db.is_closed() {
        let obstacle = match db.takes_writes().await {
            Ok(true) => None,
            Ok(false) => Some(Obstacle::ReadOnly),
            Err(_) => Some(Obstacle::Away),
        };
        let Some(writes) = writes.upgrade() else { return };
        let former = std::mem::replace(&mut writes.known().obstacle, obstacle);
        if former == Some(Obstacle::ReadOnly) && obstacle.is_none() {
            // Connections of that time may still be read-only: what a database sets for its sessions holds for new ones.
            db.renew();
        }
        if former != obstacle {
            match writes.why_not() {
                Some(why) => log::warn!("writes are refused: {why}"),
                None => log::info!("writes are taken again"),
            }
        }
        drop(writes);
        tokio::time::sleep(PERIOD).await;
    }
}

/// Learn from the answers to those who write.
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
