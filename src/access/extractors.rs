//! Extractors for callers. A handler's signature states who can call the operation.
//!
//! [`identify`](crate::accounts::identify) identifies the caller before any extractor runs. The extractors of one
//! signature are polled together. If these had to wait for the database, a faulty body or a missing `If-Match` could be
//! refused before the caller is.
//!
//! The scope in angle brackets is an extra requirement for callers with an API key.
//!
//! | extractor | lets in |
//! |---|---|
//! | [`Anyone`] | everybody, with valid credentials or none |
//! | [`Bounded`] | everybody; a small number of rows only without an account, or with a key that lacks the scope |
//! | [`SignedIn`] | every account |
//! | [`PasswordSession`] | every account that signed in with a password: no key, no token of another issuer |
//! | [`Known`] | every account; a key needs the scope |
//! | [`Author`] | contributor, council editor (own council), moderator, network admin |
//! | [`CouncilKeeper`] | council editor (own council), moderator, network admin |
//! | [`Moderator`] | moderator, network admin |
//! | [`Auditor`] | council editor (own council), network admin |
//! | [`Admin`] | network admin |

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use uuid::Uuid;

use super::account::{Account, Credential, Identified};
use super::reach::Reach;
use super::role::Role;
use super::scope::Needs;
use crate::error::ApiError;

/// Everybody. Invalid credentials are still refused.
#[derive(Clone, Copy, Debug)]
pub struct Anyone(pub Option<Account>);

impl Anyone {
    /// Records that this caller can see.
    pub fn reach(&self) -> Reach {
        self.0.map_or(Reach::PUBLIC, |account| account.reach())
    }
}

fn identified(request: &HttpRequest) -> Identified {
    let found = request.extensions_mut().remove::<Identified>();
    found.unwrap_or_else(|| Err(ApiError::internal("the caller was not identified, or asked for twice")))
}

impl FromRequest for Anyone {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identified(request).map(Self))
    }
}

/// Everybody, like [`Anyone`]. Callers without an account, or with a key that lacks the scope, get a small number of
/// rows only.
#[derive(Clone, Copy, Debug)]
pub struct Bounded<S>(pub Anyone, PhantomData<S>);

impl<S: Needs> Bounded<S> {
    /// True when this caller gets only a small number of rows.
    pub fn is_bounded(&self) -> bool {
        self.0.0.is_none_or(|account| !account.scopes.contains(S::SCOPE))
    }

    /// The error for more than this many rows: 401 without an account, otherwise 403.
    pub fn refusal(&self, most: u32) -> ApiError {
        let word = S::SCOPE.word();
        let narrow =
            format!("There are more than {most} rows. For these, sign in or use an API key with the scope {word}");
        match self.0.0 {
            None => ApiError::needs_key(format!(
                "{narrow}. You can request a key (POST /v1/api-keys/requests), or use filters to get fewer rows."
            )),
            Some(_) => ApiError::forbidden(format!(
                "{narrow}. Your key does not have this scope. You can create or request a key with it (POST /v1/api-keys, \
                 POST /v1/api-keys/requests), or use filters to get fewer rows."
            )),
        }
    }
}

impl<S: Needs> FromRequest for Bounded<S> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identified(request).map(|account| Self(Anyone(account), PhantomData)))
    }
}

/// Lets in the accounts that `test` allows.
fn graded<T>(request: &HttpRequest, test: fn(Account) -> Result<T, ApiError>) -> Ready<Result<T, ApiError>> {
    ready(identified(request).and_then(|account| account.ok_or_else(ApiError::unauthenticated)).and_then(test))
}

/// Every account.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn(pub Account);

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| Ok(Self(account)))
    }
}

/// Every account that signed in with a password, with its session.
#[derive(Clone, Copy, Debug)]
pub struct PasswordSession {
    /// The account.
    pub account: Account,
    /// Id of the session.
    pub session_id: Uuid,
}

impl FromRequest for PasswordSession {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| match account.credential {
            Credential::Session(session_id) => Ok(Self { account, session_id }),
            Credential::Key(_) => Err(ApiError::forbidden("To do this, sign in with a password. API keys cannot.")),
            Credential::External | Credential::Link(_) => Err(ApiError::forbidden(
                "To do this, sign in here with a password. Your token is from another service: sign out, or change the \
                 password, there.",
            )),
        })
    }
}

/// A set of roles, as a type parameter of a handler's extractor.
pub trait Grade: 'static {
    /// Roles in the set.
    const ROLES: &[Role];
    /// Name of the roles, for messages.
    const WHO: &str;
}

/// Accounts with one of a grade's roles. A key needs the scope as well. Handlers use the aliases [`Author`],
/// [`CouncilKeeper`], [`Moderator`], [`Auditor`] and [`Admin`].
#[derive(Clone, Copy, Debug)]
pub struct Graded<G, S>(pub Account, PhantomData<(G, S)>);

impl<G: Grade, S: Needs> FromRequest for Graded<G, S> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| Ok(Self(account.at_least::<S>(G::ROLES, G::WHO)?, PhantomData)))
    }
}

/// Every account.
pub type Known<S> = Graded<Everyone, S>;
/// Accounts that can write initiatives.
pub type Author<S> = Graded<Authors, S>;
/// Accounts that can edit a council's profile.
pub type CouncilKeeper<S> = Graded<CouncilKeepers, S>;
/// Network officers.
pub type Moderator<S> = Graded<Moderators, S>;
/// Accounts that can read the audit trail.
pub type Auditor<S> = Graded<Auditors, S>;
/// Accounts that can manage webhooks.
pub type WebhookKeeper<S> = Graded<Auditors, S>;
/// Network admins.
pub type Admin<S> = Graded<Admins, S>;

/// Roles of a [`Known`] account.
#[derive(Clone, Copy, Debug)]
pub struct Everyone;
impl Grade for Everyone {
    const ROLES: &[Role] = &[
        Role::Researcher,
        Role::MemberViewer,
        Role::Contributor,
        Role::CouncilEditor,
        Role::Moderator,
        Role::NetworkAdmin,
    ];
    const WHO: &str = "people with an account";
}

/// Roles of an [`Author`].
#[derive(Clone, Copy, Debug)]
pub struct Authors;
impl Grade for Authors {
    const ROLES: &[Role] = &[Role::Contributor, Role::CouncilEditor, Role::Moderator, Role::NetworkAdmin];
    const WHO: &str = "contributors, council editors and network officers";
}

/// Roles of a [`CouncilKeeper`].
#[derive(Clone, Copy, Debug)]
pub struct CouncilKeepers;
impl Grade for CouncilKeepers {
    const ROLES: &[Role] = &[Role::CouncilEditor, Role::Moderator, Role::NetworkAdmin];
    const WHO: &str = "council editors and network officers";
}

/// Roles of a [`Moderator`].
#[derive(Clone, Copy, Debug)]
pub struct Moderators;
impl Grade for Moderators {
    const ROLES: &[Role] = &[Role::Moderator, Role::NetworkAdmin];
    const WHO: &str = "moderators and network admins";
}

/// Roles of an [`Auditor`] and of a [`WebhookKeeper`].
#[derive(Clone, Copy, Debug)]
pub struct Auditors;
impl Grade for Auditors {
    const ROLES: &[Role] = &[Role::CouncilEditor, Role::NetworkAdmin];
    const WHO: &str = "council editors and network admins";
}

/// Role of an [`Admin`].
#[derive(Clone, Copy, Debug)]
pub struct Admins;
impl Grade for Admins {
    const ROLES: &[Role] = &[Role::NetworkAdmin];
    const WHO: &str = "network admins";
}
