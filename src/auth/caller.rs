//! Extractors: who may call an operation stands in its handler's signature, each grade built from the weaker one.
//!
//! [`identify`] finds out who is calling before any extractor runs. Extractors of one signature are polled together: one
//! that waited for the store would let a faulty body or a missing `If-Match` be refused before the caller is.
//!
//! | extractor | lets in |
//! |---|---|
//! | [`Anyone`] | everybody; with credentials that hold, or with none |
//! | [`SignedIn`] | every account |
//! | [`Author`] | contributor, council editor (own council), moderator, network admin |
//! | [`CouncilKeeper`] | council editor (own council), moderator, network admin |
//! | [`Moderator`] | moderator, network admin |
//! | [`Admin`] | network admin |

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use uuid::Uuid;

use super::keys::Keys;
use super::{store, token};
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::ApiError;
use crate::initiatives::model::Visibility;
use crate::users::model::Role;

/// A signed-in user, with the rights as they stand at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The user.
    pub user_id: Uuid,
    /// The session that the access token belongs to.
    pub session_id: Uuid,
    /// What the user may do.
    pub role: Role,
    /// The council that the user is bound to.
    pub council_id: Option<Uuid>,
}

/// What a caller may see. Every query of records takes one, so that an unscoped query is hard to write.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The narrowest visibility that the caller reads everywhere.
    pub level: Visibility,
    /// The council all of whose records the caller reads, drafts included.
    pub council: Option<Uuid>,
}

impl Reach {
    /// What everybody sees.
    pub const PUBLIC: Self = Self { level: Visibility::Public, council: None };
    /// Everything: for the service itself.
    pub const ALL: Self = Self { level: Visibility::Private, council: None };

    /// True for network officers, who see prospects and withdrawn drafts as well.
    pub fn is_officer(self) -> bool {
        self.level == Visibility::Private
    }
}

/// Everybody. A caller with credentials that do not hold is refused all the same.
#[derive(Clone, Copy, Debug)]
pub struct Anyone(pub Option<Account>);

impl Anyone {
    /// What this caller may see.
    pub fn reach(&self) -> Reach {
        self.0.map_or(Reach::PUBLIC, |account| account.reach())
    }
}

impl Account {
    /// What this user may see.
    pub fn reach(&self) -> Reach {
        let level = match self.role {
            Role::MemberViewer => Visibility::Members,
            Role::Contributor | Role::CouncilEditor => Visibility::Officers,
            Role::Moderator | Role::NetworkAdmin => Visibility::Private,
        };
        Reach { level, council: self.council_id }
    }

    /// The council that bounds what this user may change; `None` for network officers, who may change any.
    pub fn bound_to(&self) -> Option<Uuid> {
        match self.role {
            Role::Moderator | Role::NetworkAdmin => None,
            // A viewer is bound to no record at all: the nil id matches nothing.
            _ => Some(self.council_id.unwrap_or_default()),
        }
    }

    fn at_least(self, allowed: &[Role], who: &str) -> Result<Self, ApiError> {
        if allowed.contains(&self.role) { Ok(self) } else { Err(ApiError::forbidden(format!("This is for {who}."))) }
    }
}

/// What [`identify`] found out: an account, nobody, or credentials that do not hold.
type Identified = Result<Option<Account>, ApiError>;

/// Find out who is calling, for the extractors. Whether it matters is theirs to say: nobody reads it when signing in.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let identified: Identified = account(request.request()).await;
    request.extensions_mut().insert(identified);
    next.call(request).await
}

async fn account(request: &HttpRequest) -> Identified {
    if request.headers().contains_key("x-api-key") {
        return Err(ApiError::bad_credentials("API keys are not given out yet; sign in instead."));
    }
    let Some(bearer) = bearer(request)? else { return Ok(None) };
    let mounted = (
        request.app_data::<web::Data<Keys>>(),
        request.app_data::<web::Data<ServeSettings>>(),
        request.app_data::<web::Data<Db>>(),
    );
    let (Some(keys), Some(settings), Some(db)) = mounted else {
        return Err(ApiError::internal("keys, settings or store are not mounted"));
    };
    let claims = token::verify(keys, &settings.issuer, &bearer)?;
    let mut conn = db.get().await?;
    let owner = store::session_owner(&mut conn, claims.sid)
        .await?
        .filter(|owner| owner.user_id == claims.sub)
        .ok_or_else(|| ApiError::bad_credentials("The session has ended. Sign in again."))?;
    Ok(Some(Account {
        user_id: owner.user_id,
        session_id: claims.sid,
        role: owner.role.0,
        council_id: owner.council_id,
    }))
}

/// The token of `Authorization: Bearer …`; any other scheme, or two headers, are refused.
fn bearer(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let mut sent = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        return Err(ApiError::bad_credentials("There are two Authorization headers; send one."));
    }
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
        .map(|(_, token)| Some(token.trim().to_owned()))
        .ok_or_else(|| ApiError::bad_credentials("Send Authorization: Bearer and an access token."))
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

/// Who writes initiatives.
#[derive(Clone, Copy, Debug)]
pub struct Author(pub Account);

impl FromRequest for Author {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| {
            let allowed = [Role::Contributor, Role::CouncilEditor, Role::Moderator, Role::NetworkAdmin];
            account.at_least(&allowed, "contributors, council editors and network officers").map(Self)
        })
    }
}

/// Who keeps a council's own profile.
#[derive(Clone, Copy, Debug)]
pub struct CouncilKeeper(pub Account);

impl FromRequest for CouncilKeeper {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| {
            let allowed = [Role::CouncilEditor, Role::Moderator, Role::NetworkAdmin];
            account.at_least(&allowed, "council editors and network officers").map(Self)
        })
    }
}

/// Network officers.
#[derive(Clone, Copy, Debug)]
pub struct Moderator(pub Account);

impl FromRequest for Moderator {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| {
            account.at_least(&[Role::Moderator, Role::NetworkAdmin], "moderators and network admins").map(Self)
        })
    }
}

/// Network admins.
#[derive(Clone, Copy, Debug)]
pub struct Admin(pub Account);

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        graded(request, |account| account.at_least(&[Role::NetworkAdmin], "network admins").map(Self))
    }
}
