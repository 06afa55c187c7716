//! Updates the snapshot of this instance as the database changes.
//!
//! One task loads everything and then reads changes: on a notification of the database, after a write by this instance,
//! and at intervals as a heartbeat. If the database cannot be reached, reads continue to use the last snapshot.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::load;
use super::load::{Progress, Step};
use super::snapshot::Snapshot;
use crate::db::history::{History, epoch};
use crate::db::{Db, Listener};
use crate::error::ApiError;

/// The error for a closed connection.
const ENDED: &str = "the connection that listens for changes has ended";
/// Interval of the heartbeat, which polls the database without a notification.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// Delay before the next attempt after an error.
const RETRY_DELAY: Duration = Duration::from_millis(200);
/// How long a write waits until the snapshot includes it.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// The state of the read model.
#[derive(Clone, Debug)]
pub enum Status {
    /// The first load is in progress.
    Loading(Progress),
    /// The snapshot is up to date.
    Following,
    /// The database cannot be reached or read: the snapshot has the last known state.
    Degraded {
        /// The reason, for operators.
        why: String,
    },
}

/// The records in memory, and the task that updates them.
#[derive(Debug)]
pub struct ReadModel {
    current: ArcSwapOption<Snapshot>,
    status: Mutex<Status>,
    /// Time at which the snapshot was last known to be up to date, in microseconds since the Unix epoch.
    synced_at: AtomicU64,
    /// Number of the last requested round.
    asked: AtomicU64,
    /// Number of the last round whose result is in the snapshot.
    done: watch::Sender<u64>,
    wake: Notify,
    /// True if everything must be reloaded.
    is_stale: AtomicBool,
    history: History,
}

impl ReadModel {
    /// Start to follow a database, on the runtime of its connections. The task stops when the returned value has been
    /// dropped.
    pub fn follow(db: &Db) -> Arc<Self> {
        let model = Arc::new(Self {
            current: ArcSwapOption::empty(),
            status: Mutex::new(Status::Loading(Progress::default())),
            synced_at: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            done: watch::Sender::new(0),
            wake: Notify::new(),
            is_stale: AtomicBool::new(false),
            history: db.history().clone(),
        });
        db.spawn(run(Arc::downgrade(&model), db.clone()));
        model
    }

    /// The current snapshot; `None` until the first load is complete.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.current.load_full()
    }

    /// The current status.
    pub fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The error to return until the first load is complete.
    pub fn still_loading(&self) -> ApiError {
        let percent = match self.status() {
            Status::Loading(Progress { loaded, total }) => 100 * loaded / total.max(1),
            _ => 100,
        };
        ApiError::still_loading(percent)
    }

    /// When the snapshot was last known to be up to date.
    pub fn synced_at(&self) -> Option<DateTime<Utc>> {
        let micros = self.synced_at.load(Ordering::Relaxed);
        DateTime::from_timestamp_micros(micros.cast_signed()).filter(|_| micros > 0)
    }

    /// Wait until the snapshot includes everything committed before this call. False after a timeout.
    pub async fn settle(&self) -> bool {
        self.next_round(MAX_WAIT).await
    }

    /// Reload everything, as after restoring a database, and wait for it. False after a timeout.
    pub async fn reload(&self, longest: Duration) -> bool {
        self.is_stale.store(true, Ordering::SeqCst);
        self.next_round(longest).await
    }

    /// Wait until a round that starts after this call is complete.
    async fn next_round(&self, longest: Duration) -> bool {
        let wanted = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = self.done.subscribe();
        self.wake.notify_one();
        timeout(longest, done.wait_for(|done| *done >= wanted)).await.is_ok_and(|waited| waited.is_ok())
    }

    /// Wait until the snapshot includes a position. False after a timeout.
    pub async fn reach(&self, position: i64, longest: Duration) -> bool {
        let has_it = || self.current.load().as_ref().is_some_and(|snapshot| snapshot.position >= position);
        if has_it() {
            return true;
        }
        let mut done = self.done.subscribe();
        let waiting = async {
            while !has_it() {
                self.asked.fetch_add(1, Ordering::SeqCst);
                self.wake.notify_one();
                if done.changed().await.is_err() {
                    break;
                }
            }
        };
        timeout(longest, waiting).await.is_ok() && has_it()
    }

    /// Wait for the first load.
    pub async fn ready(&self, longest: Duration) -> bool {
        let mut done = self.done.subscribe();
        let is_there = || self.current.load().is_some();
        let waiting = async { while !is_there() && done.changed().await.is_ok() {} };
        timeout(longest, waiting).await.is_ok() && is_there()
    }

    fn set_status(&self, status: Status) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    fn publish(&self, snapshot: Snapshot) {
        self.history.note(snapshot.epoch);
        self.current.store(Some(Arc::new(snapshot)));
    }

    /// Record that the snapshot includes everything committed before round `asked`.
    fn confirm(&self, asked: u64) {
        self.synced_at.store(Utc::now().timestamp_micros().unsigned_abs(), Ordering::Relaxed);
        self.set_status(Status::Following);
        self.done.send_replace(asked);
    }
}

/// Follow until the read model has been dropped or the pool is closed.
async fn run(model: Weak<ReadModel>, db: Db) {
    while !db.is_closed() {
        let Err(error) = follow(&model, &db).await else { return };
        let Some(model) = model.upgrade() else { return };
        if !db.is_closed() && !matches!(model.status(), Status::Degraded { .. }) {
            log::warn!("the read model cannot follow the database, and serves its last state: {error}");
        }
        if model.current.load().is_some() {
            model.set_status(Status::Degraded { why: error.to_string() });
        }
        drop(model);
        sleep(RETRY_DELAY).await;
    }
}

/// Follow over one connection. Returns `Ok` only when the read model has been dropped.
async fn follow(model: &Weak<ReadModel>, db: &Db) -> Result<(), ApiError> {
    let mut connection = db.listen().await?;
    let epoch = epoch(&mut connection).await?;
    if let Some(model) = model.upgrade()
        && model.snapshot().is_some_and(|snapshot| snapshot.epoch != epoch)
    {
        // In another history, the same positions may stand for other changes.
        model.is_stale.store(true, Ordering::SeqCst);
    }
    loop {
        let Some(model) = model.upgrade() else { return Ok(()) };
        let asked = model.asked.load(Ordering::SeqCst);
        round(&model, &mut connection).await?;
        model.confirm(asked);
        tokio::select! {
            () = model.wake.notified() => {}
            // An error means that the connection has ended.
            heard = connection.changes.changed() => heard.map_err(|_| ApiError::unavailable(ENDED))?,
            () = sleep(HEARTBEAT) => {}
        }
    }
}

/// Run one round: read what has changed, and publish it.
async fn round(model: &ReadModel, connection: &mut Listener) -> Result<(), ApiError> {
    let current = model.snapshot().filter(|_| !model.is_stale.swap(false, Ordering::SeqCst));
    let step = match &current {
        Some(current) => load::catch_up(connection, current).await?,
        None => Step::Behind,
    };
    match step {
        Step::UpToDate => {}
        Step::Next(next) => model.publish(*next),
        Step::Behind => {
            let former = model.snapshot();
            let tell = |progress| {
                if former.is_none() {
                    model.set_status(Status::Loading(progress));
                }
            };
            // A failed load is retried in the next round.
            let loaded = load::load(connection, tell).await;
            let mut next = loaded.inspect_err(|_| model.is_stale.store(true, Ordering::SeqCst))?;
            next.stamps.loads += former.as_ref().map_or(0, |former| former.stamps.loads);
            model.publish(next);
        }
    }
    Ok(())
}
