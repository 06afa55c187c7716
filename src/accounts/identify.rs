//! Identifies the caller before any extractor runs: by an access token, by an API key, or as anonymous.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use chrono::Utc;

use super::api_keys::key::{ApiKey, holds_secret};
use super::api_keys::model::network;
use super::api_keys::usage::Usage;
use super::issuers::Issuers;
use super::sign_in::store::SessionOwner;
use super::sign_in::{store, token};
use crate::access::account::{Account, Credential, Identified, Standing};
use crate::access::keys::Keys;
use crate::access::scope::Scopes;
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::client_address::client_address;

const X_API_KEY: &str = "x-api-key";

/// Identifies the caller for the extractors. They decide whether it matters: sign-in, for example, ignores it.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let identified: Identified = account(request.request()).await;
    let key = match &identified {
        Ok(Some(Account { credential: Credential::Key(key), .. })) => Some(*key),
        _ => None,
    };
    request.extensions_mut().insert(identified);
    let response = next.call(request).await?;
    if let (Some(key), Some(usage)) = (key, response.request().app_data::<web::Data<Usage>>()) {
        // Count only our own methods and routes. Otherwise callers could put their own text into the statistics.
        if response.status() != StatusCode::METHOD_NOT_ALLOWED
            && let Some(route) = response.request().match_pattern().filter(|route| route.len() > "/v1/".len())
        {
            let endpoint = format!("{} {route}", response.request().method());
            usage.count((key, Utc::now().date_naive(), endpoint));
        }
    }
    Ok(response)
}

async fn account(request: &HttpRequest) -> Identified {
    refuse_secrets_in_address(request)?;
    let bearer = bearer(request);
    if request.headers().contains_key(X_API_KEY) {
        // Refuse both together, because the caller may have meant either.
        return match bearer {
            Ok(None) => by_key(request).await.map(Some),
            _ => Err(ApiError::bad_credentials("You sent two credentials. Send Authorization or X-API-Key, not both.")),
        };
    }
    match bearer? {
        Some(token) => by_token(request, &token).await.map(Some),
        None => Ok(None),
    }
}

async fn by_token(request: &HttpRequest, bearer: &str) -> Result<Account, ApiError> {
    let mounted = (
        request.app_data::<web::Data<Keys>>(),
        request.app_data::<web::Data<Issuers>>(),
        request.app_data::<web::Data<ServeSettings>>(),
        request.app_data::<web::Data<Db>>(),
    );
    let (Some(keys), Some(issuers), Some(settings), Some(db)) = mounted else {
        return Err(ApiError::internal("keys, issuers, settings or store are not mounted"));
    };
    if let Some(issuer) = issuers.of(bearer) {
        let subject = issuer.verify(bearer).await?;
        let owner = store::identity_owner(&mut *db.get().await?, issuer.name(), &subject).await?;
        let owner = owner.ok_or_else(|| issuer.refused(format!("no active user is mapped to {subject:?}")))?;
        return Ok(person(request, owner, Credential::External));
    }
    let claims = token::verify(keys, &settings.issuer, bearer)?;
    let mut conn = db.get().await?;
    let owner = store::session_owner(&mut conn, claims.sid)
        .await?
        .filter(|owner| owner.user_id == claims.sub)
        .ok_or_else(|| ApiError::bad_credentials("The session has ended. Sign in again."))?;
    Ok(person(request, owner, Credential::Session(claims.sid)))
}

/// The account of a person with a token: all scopes, and the current role and council.
fn person(request: &HttpRequest, owner: SessionOwner, credential: Credential) -> Account {
    Account {
        user_id: owner.user_id,
        credential,
        scopes: Scopes::ALL,
        address: client_address(request),
        role: owner.role.0,
        council_id: owner.council_id,
        standing: Standing { role: owner.role.0, council_id: owner.council_id, proof: owner.proof },
    }
}

/// The account of an API key. Before the whole key has been compared, every refusal is the same, so that only the
/// holder of a key learns why it was refused.
async fn by_key(request: &HttpRequest) -> Result<Account, ApiError> {
    let (Some(keys), Some(db)) = (request.app_data::<web::Data<Keys>>(), request.app_data::<web::Data<Db>>()) else {
        return Err(ApiError::internal("keys or store are not mounted"));
    };
    let refused = || ApiError::bad_credentials("The API key is unknown, expired or revoked.");
    let mut sent = request.headers().get_all(X_API_KEY);
    let key = sent.next().and_then(|value| ApiKey::parse(value.to_str().ok()?)).ok_or_else(|| {
        ApiError::bad_credentials("The API key is incomplete: a key is ccin_ and 72 hexadecimal digits.")
    })?;
    if sent.next().is_some() {
        return Err(ApiError::bad_credentials("You sent two X-API-Key headers. Send one."));
    }
    let found = store::key_owner(&mut *db.get().await?, key.prefix()).await?;
    let is_it = key.matches(keys, found.as_ref().map(|found| found.hash.as_slice()));
    let owner = found.filter(|_| is_it).ok_or_else(refused)?;
    let address = client_address(request);
    let origin = request.headers().get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if !owner.origins.is_empty() && !owner.origins.iter().any(|allowed| allowed.as_deref() == origin) {
        return Err(ApiError::bad_credentials("The API key is not valid for this web origin."));
    }
    let here = |allowed: &Option<String>| {
        allowed.as_deref().and_then(network).zip(address).is_some_and(|(network, address)| network.contains(&address))
    };
    if !owner.networks.is_empty() && !owner.networks.iter().any(here) {
        return Err(ApiError::bad_credentials("The API key is not valid for this network."));
    }
    // The secret keeps the lower of the owner's rights then and now. An earlier holder of it must not gain from the
    // owner's promotion or move to another council.
    let role = owner.role.0.min(owner.role_then.0);
    let council_id =
        owner.council_id.filter(|_| owner.role_then.0.is_officer() || owner.council_id == owner.council_then);
    let scopes: Scopes = owner.scopes.into_iter().flatten().map(|scope| scope.0).collect();
    Ok(Account {
        user_id: owner.user_id,
        credential: Credential::Key(owner.key_id),
        scopes: scopes.and(Scopes::of(role)),
        address,
        role,
        council_id,
        standing: Standing { role: owner.role.0, council_id: owner.council_id, proof: Some(owner.proof) },
    })
}

/// Refuses secrets in an address, because they end up in logs and browser histories. Neither our log nor the response
/// repeats them.
fn refuse_secrets_in_address(request: &HttpRequest) -> Result<(), ApiError> {
    let names = ["api_key", "apikey", "api-key", "x-api-key", "access_token", "token"];
    let is_secret = form_urlencoded::parse(request.query_string().as_bytes()).any(|(name, value)| {
        names.contains(&name.to_lowercase().as_str()) || holds_secret(&name) || holds_secret(&value)
    });
    if is_secret {
        return Err(ApiError::unreadable(
            "Do not put a credential in an address, because logs and browser histories store it. Use X-API-Key or \
             Authorization. Assume that the credential you sent has leaked, and rotate it.",
        ));
    }
    Ok(())
}

/// The token of `Authorization: Bearer …`. Other schemes and repeated headers are refused.
fn bearer(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let mut sent = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        return Err(ApiError::bad_credentials("You sent two Authorization headers. Send one."));
    }
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty())
        .map(|(_, token)| Some(token.trim().to_owned()))
        .ok_or_else(|| ApiError::bad_credentials("Send Authorization: Bearer, followed by an access token."))
}
