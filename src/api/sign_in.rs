//! Signing in, refreshing, signing out, and oneself.

use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use diesel_async::AsyncConnection;

use crate::access::account::Credential;
use crate::access::extractors::{PasswordSession, SignedIn};
use crate::access::keys::Keys;
use crate::accounts::sign_in::model::{Credentials, Me, PasswordChange, RefreshRequest, Tokens};
use crate::accounts::sign_in::store::Refresh;
use crate::accounts::sign_in::throttle::{DAYS_KNOWN, Throttle};
use crate::accounts::sign_in::{password, store, token};
use crate::accounts::users;
use crate::audit::model::Action;
use crate::audit::subject::{Actor, Subject};
use crate::audit::trail::Trail;
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::client_address::client_address;
use crate::http::input::{Body, NoParams, Query};
use crate::http::response::{Cacheable, no_content, send};
use crate::registry::references;

/// Sign in
///
/// Answers with an access token of a few minutes and a refresh token. An unknown e-mail address, a wrong password and a
/// disabled account are answered alike.
#[utoipa::path(tag = "sign in", extensions(("x-price" = json!({ "units": 5 }))), request_body = Credentials, responses((status = 200, description = "Signed in", body = Tokens)))]
#[post("/auth/login")]
pub async fn log_in(
    request: HttpRequest,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    settings: web::Data<ServeSettings>,
    throttle: web::Data<Throttle>,
    trail: Trail,
    body: Body<Credentials>,
) -> Result<HttpResponse, ApiError> {
    let credentials = body.draft.checked()?;
    let address = client_address(&request);
    attempt(&throttle, &db, &credentials.email, address).await?;
    let mut conn = db.get().await?;
    let known = store::password_of(&mut conn, &credentials.email).await?;
    // The connection goes back while the hash is worked out.
    drop(conn);
    let matches = password::matches(credentials.password, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    let refused = || ApiError::bad_credentials("E-mail address and password do not match an active account.");
    let (user, proven) = known.filter(|_| matches).ok_or_else(refused)?;
    throttle.succeeded(&credentials.email, address);
    let first = token::refresh_token();
    let hash = token::refresh_hash(&keys, &first);
    let days = settings.session_days;
    let session = db
        .get()
        .await?
        .transaction(async |conn| {
            // Whoever changed the password or disabled the account meanwhile has ended the sessions that were there.
            if !store::still_holds(conn, user, &proven).await? {
                return Err(refused());
            }
            let session = store::begin_session(conn, user, days, hash).await?;
            let council = store::session_owner(conn, session).await?.and_then(|owner| owner.council_id);
            let actor = Actor::in_session(user, session, address);
            trail.record(conn, actor, Action::SessionBegin, Subject::session(session, council)).await?;
            Ok(session)
        })
        .await?;
    tokens(&keys, &settings, user, session, first)
}

/// Exchange a refresh token for new tokens
///
/// A refresh token is good for one use. Using one twice ends the session: somebody has a copy.
#[utoipa::path(tag = "sign in", request_body = RefreshRequest, responses((status = 200, description = "Refreshed", body = Tokens)))]
#[post("/auth/refresh")]
pub async fn refresh_tokens(
    request: HttpRequest,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    settings: web::Data<ServeSettings>,
    trail: Trail,
    body: Body<RefreshRequest>,
) -> Result<HttpResponse, ApiError> {
    let presented = token::refresh_hash(&keys, &body.draft.checked()?.refresh_token);
    let next = token::refresh_token();
    let next_hash = token::refresh_hash(&keys, &next);
    let address = client_address(&request);
    // A reuse is committed too: it ends the session.
    let owner = db
        .get()
        .await?
        .transaction(async |conn| {
            let session = match store::use_refresh_token(conn, &presented).await? {
                Refresh::Used { session } => session,
                Refresh::Reused { session, owner: Some(owner) } => {
                    let subject = Subject::session(session, owner.council_id);
                    trail.record(conn, Actor::unknown(address), Action::SessionEnd, subject).await?;
                    return Ok(None);
                }
                Refresh::Reused { owner: None, .. } | Refresh::Unknown => return Ok(None),
            };
            let Some(owner) = store::session_owner(conn, session).await? else { return Ok(None) };
            store::add_refresh_token(conn, session, next_hash).await?;
            let actor = Actor::in_session(owner.user_id, session, address);
            trail.record(conn, actor, Action::SessionRefresh, Subject::session(session, owner.council_id)).await?;
            Ok::<_, ApiError>(Some((owner.user_id, session)))
        })
        .await?;
    let (user, session) =
        owner.ok_or_else(|| ApiError::bad_credentials("The refresh token is not good any more. Sign in again."))?;
    tokens(&keys, &settings, user, session, next)
}

/// Sign out
///
/// Ends the session of the access token: that token and the session's refresh tokens are void at once.
#[utoipa::path(tag = "sign in", responses((status = 204, description = "Signed out")), security(("bearer" = [])))]
#[post("/auth/logout")]
pub async fn log_out(
    db: web::Data<Db>,
    caller: PasswordSession,
    trail: Trail,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let PasswordSession { account, session_id } = caller;
    db.get()
        .await?
        .transaction(async |conn| {
            store::end_session(conn, session_id).await?;
            let subject = Subject::session(session_id, account.council_id);
            trail.record(conn, &account, Action::SessionEnd, subject).await
        })
        .await?;
    Ok(no_content())
}

/// Who am I
///
/// The signed-in user, with the role and council by which this request is judged: with a key they may be less than the
/// user's own.
#[utoipa::path(tag = "sign in", responses(Cacheable, (status = 200, description = "The signed-in user", body = Me)), security(("bearer" = []), ("api_key" = [])))]
#[get("/me")]
pub async fn find_me(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: SignedIn,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let mut conn = db.get().await?;
    let user = users::store::find(&mut conn, caller.0.user_id).await?;
    // With a key both may be less than the user's own: what counts is what this caller may do.
    let council = match caller.0.council_id {
        Some(id) => references::councils_by_id(&mut conn, &[id]).await?.remove(&id),
        None => None,
    };
    let email = Some(user.email).filter(|_| !matches!(caller.0.credential, Credential::Key(_)));
    let me = Me { id: user.id, email, name: user.name, role: caller.0.role, council };
    send(&request, &me, Some(user.version), Some(user.updated_at), None)
}

/// Change my password
///
/// Ends every session of the account, this one included: sign in again with the new password.
#[utoipa::path(tag = "sign in", request_body = PasswordChange, responses((status = 204, description = "Changed")), security(("bearer" = [])))]
#[post("/me/password")]
pub async fn change_password(
    request: HttpRequest,
    db: web::Data<Db>,
    throttle: web::Data<Throttle>,
    caller: PasswordSession,
    trail: Trail,
    body: Body<PasswordChange>,
) -> Result<HttpResponse, ApiError> {
    let change = body.draft.checked()?;
    let user = users::store::find(&mut *db.get().await?, caller.account.user_id).await?;
    attempt(&throttle, &db, &user.email, client_address(&request)).await?;
    if !password::matches(change.current_password, user.password_hash.clone()).await? {
        return Err(ApiError::forbidden("The current password is not right."));
    }
    let hash = password::hash(change.new_password).await?;
    let proven = user.password_hash.unwrap_or_default();
    db.get()
        .await?
        .transaction(async |conn| {
            // An admin may have reset it meanwhile: the later word of the two is the admin's.
            if !store::still_holds(conn, user.id, &proven).await? {
                return Err(ApiError::bad_credentials("Your password was changed meanwhile. Sign in again."));
            }
            users::store::set_password(conn, user.id, &hash).await?;
            let now = users::store::show(conn, user.id).await?;
            trail.record(conn, &caller.account, Action::UserSetPassword, Subject::changed_once(&now)).await
        })
        .await?;
    Ok(no_content())
}

/// List the keys that verify access tokens
///
/// A JSON Web Key Set (RFC 7517) with the Ed25519 key (RFC 8037) that signs access tokens.
#[utoipa::path(tag = "service", responses(Cacheable, (status = 200, description = "The key set", body = serde_json::Value)))]
#[get("/.well-known/jwks.json")]
pub async fn find_keys(request: HttpRequest, keys: web::Data<Keys>) -> Result<HttpResponse, ApiError> {
    send(&request, &keys.jwks(), None, None, None)
}

fn tokens(
    keys: &Keys,
    settings: &ServeSettings,
    user: uuid::Uuid,
    session: uuid::Uuid,
    refresh_token: String,
) -> Result<HttpResponse, ApiError> {
    let lifetime = settings.access_token_seconds;
    let access_token = token::issue(keys, &settings.issuer, user, session, lifetime)?;
    let tokens = Tokens { access_token, token_type: "Bearer", expires_in: lifetime, refresh_token };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(tokens))
}

/// Count one attempt at a password; 429 when there were too many.
async fn attempt(throttle: &Throttle, db: &Db, email: &str, address: Option<IpAddr>) -> Result<(), ApiError> {
    let was_here = async || match address {
        Some(address) => store::has_signed_in_from(&mut *db.get().await?, email, address, DAYS_KNOWN).await,
        None => Ok(false),
    };
    throttle.attempt(email, address, was_here).await
}
