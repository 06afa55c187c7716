//! Extractors: who may call an operation stands in its handler's signature, each grade built from the weaker one.
//!
//! [`identify`](crate::accounts::identify) finds out who is calling before any extractor runs. Extractors of one signature are polled together: one
//! that waited for the store would let a faulty body or a missing `If-Match` be refused before the caller is.
//!
//! What a caller needs to have besides, when it comes with a key, is the scope in angle brackets.
//!
//! | extractor | lets in |
//! |---|---|
//! | [`Anyone`] | everybody; with credentials that hold, or with none |
//! | [`Bounded`] | everybody; without an account, or by a key without the scope, for a small number of rows |
//! | [`SignedIn`] | every account |
//! | [`InPerson`] | every account that signed in with a password: no key, no token of others |
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

/// Everybody. A caller with credentials that do not hold is refused all the same.
#[derive(Clone, Copy, Debug)]
pub struct Anyone(pub Option<Account>);

impl Anyone {
    /// What this caller may see.
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

/// Everybody, as [`Anyone`]; but who has no account, or a key without the scope, takes no more than a small number of rows.
#[derive(Clone, Copy, Debug)]
pub struct Bounded<S>(pub Anyone, PhantomData<S>);

impl<S: Needs> Bounded<S> {
    /// True when more than the small number of rows is not for this caller.
    pub fn is_bounded(&self) -> bool {
        self.0.0.is_none_or(|account| !account.scopes.contains(S::SCOPE))
    }

    /// The refusal of more than this many rows: 401 without an account, else 403.
    pub fn refusal(&self, most: u32) -> ApiError {
        let word = S::SCOPE.word();
        let narrow =
            format!("There are more than {most} rows, which need an API key with the scope {word}, or signing in");
        match self.0.0 {
            None => ApiError::needs_key(format!(
                "{narrow}. Ask for a key with POST /v1/api-keys/requests, or take less by filters."
            )),
            Some(_) => ApiError::forbidden(format!(
                "{narrow}. Your key has not that scope: make or ask for one that has it (POST /v1/api-keys, POST \
                 /v1/api-keys/requests), or take less by filters."
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

/// An extractor that lets in the accounts that `test` allows.
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

/// Every account that signed in with a password, and its session.
#[derive(Clone, Copy, Debug)]
pub struct InPerson {
    /// Who.
    pub account: Account,
    /// The session.
    pub session_id: Uuid,
}

impl FromRequest for InPerson {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| match account.credential {
            Credential::Session(session_id) => Ok(Self { account, session_id }),
            Credential::Key(_) => Err(ApiError::forbidden("This is for people who have signed in, not for keys.")),
            Credential::Foreign => Err(ApiError::forbidden(
                "This is for sessions that began here with a password. Your token is another service's: sign out, or change \
                 the password, there.",
            )),
        })
    }
}

/// Some roles, as part of a handler's signature.
pub trait Grade: 'static {
    /// The roles.
    const ROLES: &[Role];
    /// Who they are, in words.
    const WHO: &str;
}

/// Accounts of a grade; a key needs a scope as well. [`Author`], [`CouncilKeeper`], [`Moderator`], [`Auditor`]
/// and [`Admin`] are its names.
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
/// Who writes initiatives.
pub type Author<S> = Graded<Authors, S>;
/// Who keeps a council's own profile.
pub type CouncilKeeper<S> = Graded<CouncilKeepers, S>;
/// Network officers.
pub type Moderator<S> = Graded<Moderators, S>;
/// Who reads the audit trail.
pub type Auditor<S> = Graded<Auditors, S>;
/// Network admins.
pub type Admin<S> = Graded<Admins, S>;

/// Grade of a [`Known`] account.
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
    const WHO: &str = "everybody who is known";
}

/// Grade of an [`Author`].
#[derive(Clone, Copy, Debug)]
pub struct Authors;
impl Grade for Authors {
    const ROLES: &[Role] = &[Role::Contributor, Role::CouncilEditor, Role::Moderator, Role::NetworkAdmin];
    const WHO: &str = "contributors, council editors and network officers";
}

/// Grade of a [`CouncilKeeper`].
#[derive(Clone, Copy, Debug)]
pub struct CouncilKeepers;
impl Grade for CouncilKeepers {
    const ROLES: &[Role] = &[Role::CouncilEditor, Role::Moderator, Role::NetworkAdmin];
    const WHO: &str = "council editors and network officers";
}

/// Grade of a [`Moderator`].
#[derive(Clone, Copy, Debug)]
pub struct Moderators;
impl Grade for Moderators {
    const ROLES: &[Role] = &[Role::Moderator, Role::NetworkAdmin];
    const WHO: &str = "moderators and network admins";
}

/// Grade of an [`Auditor`].
#[derive(Clone, Copy, Debug)]
pub struct Auditors;
impl Grade for Auditors {
    const ROLES: &[Role] = &[Role::CouncilEditor, Role::NetworkAdmin];
    const WHO: &str = "council editors and network admins";
}

/// Grade of an [`Admin`].
#[derive(Clone, Copy, Debug)]
pub struct Admins;
impl Grade for Admins {
    const ROLES: &[Role] = &[Role::NetworkAdmin];
    const WHO: &str = "network admins";
}
