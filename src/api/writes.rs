//! The steps of a write, in one transaction, the same for every resource.
//!
//! [`Edit`] serves every PUT, PATCH and DELETE: locate the record, check the caller's right and the precondition,
//! change the record, record the event, answer. [`Creation`] serves every POST that creates. A handler adds its own
//! step as a closure. [`Editable`] has what differs between resources.
//!
//! The event comes last, because all other writers wait from then on. The response waits until reads include the write
//! (`read_model::middleware`).

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;

use crate::access::account::Account;
use crate::access::extractors::{Grade, Graded};
use crate::access::scope::Needs;
use crate::audit::action::Action;
use crate::audit::subject::{Audited, Subject};
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::IfMatch;
use crate::http::response::{Record, Versioned, Written, no_content};

/// A kind of record that [`Edit`] changes.
#[expect(async_fn_in_trait, reason = "handlers stay on one thread")]
pub trait Editable: Versioned + Audited + Sized {
    /// The record that a path segment names, or several segments with slashes between them. 404 if the caller cannot
    /// see it.
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError>;

    /// The record as it is now, for the response.
    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError>;

    /// 403 if the caller can see the record but not change it.
    fn check_right(&self, _: &Account) -> Result<(), ApiError> {
        Ok(())
    }

    /// 403 if the caller may not act on the record in another way than by editing it, such as confirming it.
    fn check_act(&self, account: &Account) -> Result<(), ApiError> {
        self.check_right(account)
    }

    /// Another record that the change to `now` was carried over to: the action on it, and the record. It gets an event
    /// too.
    fn carried_over<'a>(&'a self, _now: &'a Self) -> Option<(Action, Subject<'a>)> {
        None
    }

    /// True if the change to `now` also changed other records. They get events of their own.
    fn changes_others(&self, _now: &Self) -> bool {
        false
    }
}

/// What a write needs besides its input: the caller `C` (an extractor), the record in the address, and a condition from
/// the headers.
pub struct Write<C, H> {
    /// The caller.
    pub account: Account,
    segment: String,
    condition: H,
    db: web::Data<Db>,
    trail: Trail,
    caller: PhantomData<C>,
}

/// A change of the record in the address, if it has the version that the caller edited. Operations with it list
/// [`IfMatch`] in their `params`.
pub type Edit<C> = Write<C, IfMatch>;

/// A creation, at most once for a key of the caller. Operations with it list [`Idempotency`] in their `params`.
pub type Creation<C> = Write<C, Idempotency>;

impl<C> Edit<C> {
    /// Changes the record. The answer is the record as it is now.
    ///
    /// `step` makes the change and returns the action for the audit trail, or `None` if the record no longer has the
    /// version that it was given. That gives 412.
    pub async fn change<R: Editable>(
        &self,
        step: impl AsyncFnOnce(&mut AsyncPgConnection, &R) -> Result<Option<Action>, ApiError>,
    ) -> Result<Written, ApiError> {
        self.carry_out(R::check_right, step).await
    }

    /// The same for an act that is no edit of the record's text: other callers can have the right to it.
    pub async fn act<R: Editable>(
        &self,
        step: impl AsyncFnOnce(&mut AsyncPgConnection, &R) -> Result<Option<Action>, ApiError>,
    ) -> Result<Written, ApiError> {
        self.carry_out(R::check_act, step).await
    }

    /// The same for a step of a workflow. `check` refuses what the record's state does not allow, before its version is
    /// compared: whoever comes second learns what is possible now.
    pub async fn take_step<R: Editable>(
        &self,
        check: impl FnOnce(&R) -> Result<(), ApiError>,
        step: impl AsyncFnOnce(&mut AsyncPgConnection, &R) -> Result<Option<Action>, ApiError>,
    ) -> Result<Written, ApiError> {
        self.carry_out(|record, account| R::check_right(record, account).and_then(|()| check(record)), step).await
    }

    async fn carry_out<R: Editable>(
        &self,
        check: impl FnOnce(&R, &Account) -> Result<(), ApiError>,
        step: impl AsyncFnOnce(&mut AsyncPgConnection, &R) -> Result<Option<Action>, ApiError>,
    ) -> Result<Written, ApiError> {
        self.db
            .transaction(async |conn| {
                let (before, action) = self.apply(conn, check, step).await?;
                let now = before.reload(conn, &self.account).await?;
                let written = Written::changed(&now)?;
                record_change(conn, &self.trail, &self.account, action, (&before, &now)).await?;
                Ok(written)
            })
            .await
    }

    /// Withdraws the record. `step` is as for [`Edit::change`].
    pub async fn withdraw<R: Editable>(
        &self,
        step: impl AsyncFnOnce(&mut AsyncPgConnection, &R) -> Result<Option<Action>, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        self.db
            .transaction(async |conn| {
                let (before, action) = self.apply(conn, R::check_right, step).await?;
                self.trail.record(conn, &self.account, action, Subject::gone(&before)).await
            })
            .await?;
        Ok(no_content())
    }

    /// The record before the change, and the action.
    async fn apply<R: Editable>(
        &self,
        conn: &mut AsyncPgConnection,
        check: impl FnOnce(&R, &Account) -> Result<(), ApiError>,
        step: impl AsyncFnOnce(&mut AsyncPgConnection, &R) -> Result<Option<Action>, ApiError>,
    ) -> Result<(R, Action), ApiError> {
        let current = R::locate(conn, &self.account, &self.segment).await?;
        check(&current, &self.account)?;
        self.condition.check(current.version(), || Record::etag(&current))?;
        match step(&mut *conn, &current).await? {
            Some(action) => Ok((current, action)),
            None => Err(ApiError::stale(&Record::etag(&current.reload(conn, &self.account).await?)?)),
        }
    }
}

/// Records the change of a record from `before` to `now`, and what it was carried over to. Call it at the end of the
/// transaction.
pub async fn record_change<R: Editable>(
    conn: &mut AsyncPgConnection,
    trail: &Trail,
    account: &Account,
    action: Action,
    (before, now): (&R, &R),
) -> Result<(), ApiError> {
    let subject = Subject::changed(before, now);
    let carried_over = before.carried_over(now);
    let recorded: Vec<_> = [Some(subject), carried_over.map(|(_, other)| other)].into_iter().flatten().collect();
    trail.record(conn, account, action, subject).await?;
    if let Some((action, other)) = carried_over {
        trail.record(conn, account, action, other).await?;
    }
    if before.changes_others(now) {
        let recorded: Vec<_> = recorded.iter().filter_map(|subject| subject.id).collect();
        trail.record_side_effects(conn, account, &recorded).await?;
    }
    Ok(())
}

impl<C> Creation<C> {
    /// The record in the address that the new one belongs to.
    pub fn segment(&self) -> &str {
        &self.segment
    }

    /// Creates a record below this address with `step`, which returns it. A repeated request gets the first answer
    /// again. `fingerprint` is that of the request's body.
    pub async fn create<R: Versioned + Audited>(
        &self,
        fingerprint: &[u8],
        action: Action,
        collection: &str,
        step: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<R, ApiError>,
    ) -> Result<Written, ApiError> {
        let Self { account, condition: key, trail, .. } = self;
        self.db
            .transaction(async |conn| {
                if let Some(first) = key.first_answer(conn, account.user_id, fingerprint).await? {
                    return Ok(first);
                }
                let made = step(&mut *conn).await?;
                let subject = Subject::entered(&made);
                let written = Written::created(format!("{collection}/{}", subject.segment()), &made)?;
                key.keep(conn, account.user_id, fingerprint, &written).await?;
                trail.record(conn, account, action, subject).await?;
                Ok(written)
            })
            .await
    }
}

impl<G: Grade, S: Needs, H> FromRequest for Write<Graded<G, S>, H>
where
    H: FromRequest<Error = ApiError, Future = Ready<Result<H, ApiError>>>,
{
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut write = || {
            Ok(Self {
                account: Graded::<G, S>::from_request(request, payload).into_inner()?.0,
                segment: web::Path::<Vec<String>>::extract(request).into_inner()?.join("/"),
                condition: H::from_request(request, payload).into_inner()?,
                db: web::Data::extract(request).into_inner()?,
                trail: Trail::extract(request).into_inner()?,
                caller: PhantomData,
            })
        };
        ready(write())
    }
}
