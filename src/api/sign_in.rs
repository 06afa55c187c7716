//! Sign in, refresh, sign out, and the signed-in user's own account.

use std::net::IpAddr;

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use crate::access::account::Credential;
use crate::access::extractors::{PasswordSession, SignedIn};
use crate::access::keys::Keys;
use crate::accounts::sign_in::model::{Credentials, Me, PasswordChange, RefreshRequest, Tokens};
use crate::accounts::sign_in::store::Refresh;
use crate::accounts::sign_in::throttle::{DAYS_KNOWN, Throttle};
use crate::accounts::sign_in::{password, store, token};
use crate::accounts::users;
use crate::audit::action::Action;
use crate::audit::subject::{Actor, Subject};
use crate::audit::trail::Trail;
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::client_address::client_address;
use crate::http::input::{Body, NoParams, Query};
use crate::http::response::{Answer, Cacheable, no_content};
use crate::registry::references;

/// Sign in
///
/// You get an access token, which is valid for a few minutes, and a refresh token. An unknown e-mail address, a wrong
/// password and a disabled account get the same answer.
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
    // Release the connection during the slow hash.
    drop(conn);
    let matches = password::matches(credentials.password, known.as_ref().map(|(_, hash)| hash.clone())).await?;
    let refused = || ApiError::bad_credentials("The e-mail address and password do not match an active account.");
    let (user, proven) = known.filter(|_| matches).ok_or_else(refused)?;
    throttle.succeeded(&credentials.email, address);
    let first = token::refresh_token();
    let hash = token::refresh_hash(&keys, &first);
    let days = settings.session_days;
    let session = db
        .transaction(async |conn| {
            // A password change or a disabled account in the meantime ended all sessions. Do not begin another.
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
/// You can use a refresh token only once. If it is used twice, the session ends, because somebody could have a copy.
#[utoipa::path(tag = "sign in", request_body = RefreshRequest, responses((status = 200, description = "New tokens", body = Tokens)))]
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
    // Commit a reuse too: it ends the session.
    let owner = db
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
            Ok(Some((owner.user_id, session)))
        })
        .await?;
    let (user, session) =
        owner.ok_or_else(|| ApiError::bad_credentials("The refresh token is no longer valid. Sign in again."))?;
    tokens(&keys, &settings, user, session, next)
}

/// Sign out
///
/// Ends the session of the access token. That token and the session's refresh tokens stop working at once.
#[utoipa::path(tag = "sign in", responses((status = 204, description = "Signed out")), security(("bearer" = [])))]
#[post("/auth/logout")]
pub async fn log_out(
    db: web::Data<Db>,
    caller: PasswordSession,
    trail: Trail,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let PasswordSession { account, session_id } = caller;
    db.transaction(async |conn| {
        store::end_session(conn, session_id).await?;
        let subject = Subject::session(session_id, account.council_id);
        trail.record(conn, &account, Action::SessionEnd, subject).await
    })
    .await?;
    Ok(no_content())
}

/// Get my account
///
/// The signed-in user, with the role and council that apply to this request. With an API key they can be narrower than
/// the user's own.
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
    // With a key, role and council can be narrower than the user's own. Show those that apply.
    let council = match caller.0.council_id {
        Some(id) => references::councils_by_id(&mut conn, &[id]).await?.remove(&id),
        None => None,
    };
    let email = Some(user.email).filter(|_| !matches!(caller.0.credential, Credential::Key(_)));
    let me = Me { id: user.id, email, name: user.name, role: caller.0.role, council };
    Answer::json(&request).version(user.version).modified(user.updated_at).send_json(&me)
}

/// Change my password
///
/// Ends every session of your account, including this one. Sign in again with the new password.
#[utoipa::path(tag = "sign in", request_body = PasswordChange, responses((status = 204, description = "Password changed")), security(("bearer" = [])))]
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
        return Err(ApiError::forbidden("The current password is wrong."));
    }
    let hash = password::hash(change.new_password).await?;
    let proven = user.password_hash.unwrap_or_default();
    db.transaction(async |conn| {
        // An admin may have reset the password in the meantime. The admin's password stays.
        if !store::still_holds(conn, user.id, &proven).await? {
            return Err(ApiError::bad_credentials("Somebody changed your password in the meantime. Sign in again."));
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
    Answer::json(&request).send_json(&keys.jwks())
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

/// Counts one password attempt. Returns 429 after too many.
async fn attempt(throttle: &Throttle, db: &Db, email: &str, address: Option<IpAddr>) -> Result<(), ApiError> {
    let was_here = async || match address {
        Some(address) => store::has_signed_in_from(&mut *db.get().await?, email, address, DAYS_KNOWN).await,
        None => Ok(false),
    };
    throttle.attempt(email, address, was_here).await
}
