//! The first start of an empty registry: loads the sample and creates the first admin.

use std::io::IsTerminal;
use std::path::Path;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use uuid::Uuid;

use super::first_password::FirstPassword;
use super::sample::{Loaded, SampleError};
use super::{banner, sample};
use crate::access::keys::Keys;
use crate::access::role::Role;
use crate::accounts::sign_in::password;
use crate::accounts::users;
use crate::accounts::users::model::NewUser;
use crate::api::routes::schemas;
use crate::audit::action::{Action, RecordKind};
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::db::open::Store;
use crate::error::ApiError;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Loads the sample and creates the first network admin in an empty private registry. A database that somebody else
/// runs gets no sample data.
pub async fn first_start(store: &Store, keys: &Keys) -> Result<banner::FirstStart, Failure> {
    if store.private().is_none() {
        return Ok(banner::FirstStart::default());
    }
    let mut conn = store.connect().await?;
    // When several processes start on one folder, the others wait for the first to finish. Closing the connection
    // releases the lock.
    conn.batch_execute("SET statement_timeout = 0; SELECT pg_advisory_lock(hashtextextended('first start', 0))")
        .await?;
    let loaded = if sample::is_empty(&mut conn).await? { Some(load_sample(store, keys).await?) } else { None };
    let admin = if users::store::is_empty(&mut conn).await? {
        let password = password::generate();
        let admin = NewUser { email: "admin@ccin.example".into(), role: Role::NetworkAdmin, ..NewUser::default() };
        let hash = password::hash(password.clone()).await?;
        // In the data folder, next to the signing key.
        let data_dir = store.private().and_then(|private| private.data_dir().parent()).unwrap_or(Path::new("."));
        // Before the account exists: an account with a lost password would be unusable.
        let password = FirstPassword::hand_over(password, data_dir, std::io::stdout().is_terminal())?;
        enter(&mut conn, keys, &admin, None, &hash).await?;
        Some((admin.email, password))
    } else {
        None
    };
    Ok(banner::FirstStart { loaded, admin })
}

/// Loads the sample and records the event.
pub async fn load_sample(store: &Store, keys: &Keys) -> Result<Loaded, Failure> {
    let mut conn = store.connect().await?;
    let loaded = conn.transaction(async |conn| {
        let loaded = sample::load(conn, &schemas()).await?;
        let subject = Subject::all(RecordKind::Registry);
        record(conn, keys, &Actor::COMMAND_LINE, Action::SampleLoad, subject).await?;
        Ok::<_, SampleError>(loaded)
    });
    Ok(loaded.await?)
}

/// Creates a user and records the event.
pub async fn enter(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    user: &NewUser,
    council: Option<Uuid>,
    hash: &str,
) -> Result<(), ApiError> {
    conn.transaction(async |conn| {
        let id = users::store::create(conn, &user.update(), council, Some(hash)).await?;
        let made = users::store::show(conn, id).await?;
        record(conn, keys, &Actor::COMMAND_LINE, Action::UserCreate, Subject::entered(&made)).await
    })
    .await
}
