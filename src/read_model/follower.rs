//! Keeps the snapshot of this instance at the state of the database.
//!
//! One task loads everything, then reads what has changed: when the database says so, when a handler of this instance has
//! written, and once in a while to learn that the database is still there. While it is away, readers go on with the last
//! snapshot.

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
use crate::db::{Db, History, Listener, epoch};
use crate::error::ApiError;

/// What is said of a connection that has ended.
const ENDED: &str = "the connection that hears of changes has ended";
/// How often the database is asked when nothing is known to have changed.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// How long to wait before a database that was away is asked again.
const RETRY: Duration = Duration::from_millis(200);
/// How long a writer waits for the write to be seen.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The state of the read model.
#[derive(Clone, Debug)]
pub enum Status {
    /// Everything is being read for the first time.
    Loading(Progress),
    /// The snapshot is that of the database.
    Following,
    /// The database is away, or was not understood: the snapshot is as of its last change.
    Degraded {
        /// Why, for operators.
        why: String,
    },
}

/// The records in memory, and the task that keeps them up to date.
#[derive(Debug)]
pub struct ReadModel {
    current: ArcSwapOption<Snapshot>,
    status: Mutex<Status>,
    /// Microseconds since the epoch at which the snapshot was last known to be the database's state.
    synced_at: AtomicU64,
    /// How many rounds were asked for.
    asked: AtomicU64,
    /// Up to which of them the answer is in the snapshot.
    done: watch::Sender<u64>,
    wake: Notify,
    /// True when everything is to be read anew.
    is_stale: AtomicBool,
    history: History,
}

impl ReadModel {
    /// Begin to follow a database, on the runtime that carries its connections. The task ends with the last user of what is
    /// returned.
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

    /// The records as they are known now; `None` until everything was read.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.current.load_full()
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a caller is told until everything was read.
    pub fn still_loading(&self) -> ApiError {
        let percent = match self.status() {
            Status::Loading(Progress { loaded, total }) => 100 * loaded / total.max(1),
            _ => 100,
        };
        ApiError::still_loading(percent)
    }

    /// When the snapshot was last known to be the state of the database.
    pub fn synced_at(&self) -> Option<DateTime<Utc>> {
        let micros = self.synced_at.load(Ordering::Relaxed);
        DateTime::from_timestamp_micros(micros.cast_signed()).filter(|_| micros > 0)
    }

    /// Wait until what was committed before this call is in the snapshot; false when that takes too long.
    pub async fn settle(&self) -> bool {
        self.next_round(LONGEST_WAIT).await
    }

    /// Read everything anew, as after a database was restored, and wait until that is done; false when it takes too long.
    pub async fn reload(&self, longest: Duration) -> bool {
        self.is_stale.store(true, Ordering::SeqCst);
        self.next_round(longest).await
    }

    /// Wait until a round that begins after this call is done.
    async fn next_round(&self, longest: Duration) -> bool {
        let wanted = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut done = self.done.subscribe();
        self.wake.notify_one();
        timeout(longest, done.wait_for(|done| *done >= wanted)).await.is_ok_and(|waited| waited.is_ok())
    }

    /// Wait until the snapshot has a position; false when that takes longer than a while.
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

    /// Wait until everything was read.
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

    /// Note that the snapshot holds all that was committed before round `asked`.
    fn confirm(&self, asked: u64) {
        self.synced_at.store(Utc::now().timestamp_micros().unsigned_abs(), Ordering::Relaxed);
        self.set_status(Status::Following);
        self.done.send_replace(asked);
    }
}

/// Follow until nobody reads any more, or the pool is closed.
async fn run(model: Weak<ReadModel>, db: Db) {
    while !db.is_closed() {
        let Err(error) = follow(&model, &db).await else { return };
        let Some(model) = model.upgrade() else { return };
        if !db.is_closed() && !matches!(model.status(), Status::Degraded { .. }) {
            log::warn!("the read model does not follow the database, and answers as of its last state: {error}");
        }
        if model.current.load().is_some() {
            model.set_status(Status::Degraded { why: error.to_string() });
        }
        drop(model);
        sleep(RETRY).await;
    }
}

/// Follow over one connection; ends well only when nobody reads any more.
async fn follow(model: &Weak<ReadModel>, db: &Db) -> Result<(), ApiError> {
    let mut connection = db.listen().await?;
    let epoch = epoch(&mut connection).await?;
    if let Some(model) = model.upgrade()
        && model.snapshot().is_some_and(|snapshot| snapshot.epoch != epoch)
    {
        // The same numbers may stand for other changes there.
        model.is_stale.store(true, Ordering::SeqCst);
    }
    loop {
        let Some(model) = model.upgrade() else { return Ok(()) };
        let asked = model.asked.load(Ordering::SeqCst);
        round(&model, &mut connection).await?;
        model.confirm(asked);
        tokio::select! {
            () = model.wake.notified() => {}
            // Ends with the connection.
            heard = connection.changes.changed() => heard.map_err(|_| ApiError::unavailable(ENDED))?,
            () = sleep(HEARTBEAT) => {}
        }
    }
}

/// Read what there is to read, and publish it.
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
            // A load that failed is tried again in the next round.
            let loaded = load::load(connection, tell).await;
            let mut next = loaded.inspect_err(|_| model.is_stale.store(true, Ordering::SeqCst))?;
            next.stamps.loads += former.as_ref().map_or(0, |former| former.stamps.loads);
            model.publish(next);
        }
    }
    Ok(())
}
