//! Requests for API keys: ask, grant or refuse, and fetch the key.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{Duration, Utc};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::access::extractors::{Anyone, Moderator};
use crate::access::keys::{Keys, new_secret};
use crate::access::role::Role;
use crate::access::scope::{ManageKeys, Scope};
use crate::accounts::api_keys::model::IssuedKey;
use crate::accounts::api_keys::store::KeyAccess;
use crate::accounts::key_requests::model::{
    Claim, Grant, KeyRequest, NewKeyRequest, Receipt, Refusal, RequestQuery, RequestSort, RequestStatus,
};
use crate::accounts::key_requests::store;
use crate::accounts::key_requests::store::{Bounds, Decision};
use crate::accounts::users::model::{UserStatus, UserUpdate};
use crate::accounts::{api_keys, users};
use crate::audit::action::{Action, RecordKind};
use crate::audit::subject::{Actor, Subject};
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::client_address::client_address;
use crate::http::input::{Body, NoParams, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Moves, Record, Written, issued};
use crate::letters;
use crate::letters::events::Letters;
use crate::registry::references;

/// Limits of undecided requests. Strangers cannot fill the database, and no address can use up the limit for all
/// others.
const BOUNDS: Bounds = Bounds { most: 1000, most_of_an_address: 20, days: 30 };
/// Days that a requester has to fetch a granted key.
const DAYS_TO_CLAIM: i64 = 7;

/// Ask for an API key
///
/// For researchers and others without an account. A network officer grants or refuses your request. You get the answer
/// by e-mail.
///
/// If you ask again before the decision, nothing changes. A request expires after 30 days. You can then ask again.
#[utoipa::path(tag = "API keys", extensions(("x-price" = json!({ "units": 20 }))), request_body = NewKeyRequest, responses((status = 202, description = "Request received", body = Receipt)))]
#[post("/api-keys/requests")]
pub async fn request_api_key(
    http: HttpRequest,
    db: web::Data<Db>,
    _: Anyone,
    trail: Trail,
    body: Body<NewKeyRequest>,
) -> Result<HttpResponse, ApiError> {
    let new = body.draft.checked()?;
    let address = client_address(&http);
    let actor = Actor::unknown(address);
    db.transaction(async |conn| match store::create(conn, &new, address, &BOUNDS).await? {
        Some(id) => {
            let entered = store::find(conn, id).await?;
            trail.record(conn, actor, Action::KeyRequestCreate, Subject::entered(&entered)).await
        }
        None => Ok(()),
    })
    .await?;
    let detail = "A network officer will look at your request. The answer goes to your e-mail address.".into();
    Ok(HttpResponse::Accepted().insert_header(("Cache-Control", "private, no-store")).json(Receipt { detail }))
}

/// List requests for API keys
///
/// For network officers.
#[utoipa::path(tag = "API keys", extensions(("x-price" = json!({ "units": 2 }))), params(RequestQuery), responses(Cacheable, (status = 200, description = "Requests", body = Page<KeyRequest>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/api-keys/requests")]
pub async fn list_key_requests(
    db: web::Data<Db>,
    caller: Moderator<ManageKeys>,
    trail: Trail,
    pages: Pages,
    query: Query<RequestQuery>,
) -> Result<Listing<KeyRequest>, ApiError> {
    let order = query.sort.unwrap_or(RequestSort::Created).order();
    let window = pages.window(query.limit, query.cursor.as_deref(), order)?;
    let slice = db
        .transaction(async |conn| {
            let slice = store::list(conn, &query.status, &window).await?;
            trail.record(conn, &caller.0, Action::KeyRequestList, Subject::all(RecordKind::KeyRequest)).await?;
            Ok(slice)
        })
        .await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Get a request for an API key
///
/// For network officers.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the request")), responses(Cacheable, Moves, (status = 200, description = "The request", body = KeyRequest)), security(("bearer" = []), ("api_key" = [])))]
#[get("/api-keys/requests/{id}")]
pub async fn find_key_request(
    db: web::Data<Db>,
    caller: Moderator<ManageKeys>,
    trail: Trail,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<KeyRequest>, ApiError> {
    let id = references::id(&id, "request for a key")?;
    db.transaction(async |conn| {
        let found = store::find(conn, id).await?;
        trail.record(conn, &caller.0, Action::KeyRequestRead, Subject::read(&found)).await?;
        Ok(Record::whole(found))
    })
    .await
}

/// Grant a request for an API key
///
/// For network officers. Creates the key for the user with that e-mail address, or for a new researcher. Writes a
/// letter with a one-time token. The requester has seven days to fetch the key with the token. The key has no
/// secret before that.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the request")), request_body = Grant, responses((status = 200, description = "The granted request", body = KeyRequest), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/api-keys/requests/{id}/grant")]
pub async fn grant_key_request(
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    caller: Moderator<ManageKeys>,
    trail: Trail,
    letters: Letters,
    id: web::Path<String>,
    body: Body<Grant>,
) -> Result<Written, ApiError> {
    let grant = body.draft.checked()?;
    let id = references::id(&id, "request for a key")?;
    let token = new_secret("ccin_claim_");
    let hash = claim_hash(&keys, &token);
    if let Some(scope) = grant.scopes.iter().map(|one| Scope::from(*one)).find(|one| !caller.0.scopes.contains(*one)) {
        return Err(ApiError::forbidden(format!("The key that you use does not have the scope {}.", scope.word())));
    }
    db.transaction(async |conn| {
        let request = store::find_pending(conn, id).await?;
        let known = known_owner(conn, &request).await?;
        let (owner, entered) = match known {
            Some(id) => (id, None),
            None => {
                let id = users::store::create(conn, &researcher(&request), None, None).await?;
                (id, Some(id))
            }
        };
        let key = api_keys::store::create(conn, owner, &grant.key(&request)).await?;
        let until = Utc::now() + Duration::days(DAYS_TO_CLAIM);
        let decision = Decision {
            status: RequestStatus::Granted,
            by: caller.0.user_id,
            reason: None,
            key: Some((key, hash, until)),
        };
        store::decide(conn, id, decision).await?;
        letters.key_granted(conn, &request, &token, DAYS_TO_CLAIM).await?;
        let made = api_keys::store::find(conn, KeyAccess::All, key).await?;
        let granted = store::find(conn, id).await?;
        let researcher = match entered {
            Some(id) => Some(users::store::show(conn, id).await?),
            None => None,
        };
        trail.record(conn, &caller.0, Action::KeyRequestGrant, Subject::changed(&request, &granted)).await?;
        trail.record(conn, &caller.0, Action::ApiKeyCreate, Subject::entered(&made)).await?;
        if let Some(researcher) = researcher {
            trail.record(conn, &caller.0, Action::UserCreate, Subject::entered(&researcher)).await?;
        }
        Written::changed(&granted)
    })
    .await
}

/// Refuse a request for an API key
///
/// For network officers. Writes a letter with your reason.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the request")), request_body = Refusal, responses((status = 200, description = "The refused request", body = KeyRequest), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/api-keys/requests/{id}/refuse")]
pub async fn refuse_key_request(
    db: web::Data<Db>,
    caller: Moderator<ManageKeys>,
    trail: Trail,
    letters: Letters,
    id: web::Path<String>,
    body: Body<Refusal>,
) -> Result<Written, ApiError> {
    let refusal = body.draft.checked()?;
    let id = references::id(&id, "request for a key")?;
    db.transaction(async |conn| {
        let request = store::find_pending(conn, id).await?;
        let reason = Some(&*refusal.reason);
        let decision = Decision { status: RequestStatus::Refused, by: caller.0.user_id, reason, key: None };
        store::decide(conn, id, decision).await?;
        letters.key_refused(conn, &request, &refusal.reason).await?;
        let refused = store::find(conn, id).await?;
        trail.record(conn, &caller.0, Action::KeyRequestRefuse, Subject::changed(&request, &refused)).await?;
        Written::changed(&refused)
    })
    .await
}

/// Fetch a granted API key
///
/// Send the one-time token from the letter. The answer shows the key only once, so store it now.
#[utoipa::path(tag = "API keys", request_body = Claim, responses((status = 200, description = "The key, with its secret", body = IssuedKey), (status = 404)))]
#[post("/api-keys/claim")]
pub async fn claim_api_key(
    http: HttpRequest,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    _: Anyone,
    trail: Trail,
    body: Body<Claim>,
) -> Result<HttpResponse, ApiError> {
    let claim = body.draft.checked()?;
    let hash = claim_hash(&keys, &claim.token);
    let actor = Actor::unknown(client_address(&http));
    let answer = db
        .transaction(async |conn| {
            let claimed = store::claim(conn, &hash).await?;
            let (request, key) = claimed.ok_or_else(|| ApiError::not_found("key for this token"))?;
            letters::store::mark_arrived(conn, request).await?;
            // Ends any secret that the key got in the meantime. A revoked key cannot be fetched.
            if !api_keys::store::retire_secrets(conn, key, Duration::zero()).await? {
                return Err(ApiError::not_found("key for this token"));
            }
            let fetched = api_keys::store::issue(conn, &keys, key, None).await?;
            trail.record(conn, actor, Action::ApiKeyClaim, Subject::changed_once(&fetched.api_key)).await?;
            Ok(fetched)
        })
        .await?;
    issued(&answer, None)
}

/// The user with the e-mail address of the request, who will own the key.
async fn known_owner(conn: &mut AsyncPgConnection, request: &KeyRequest) -> Result<Option<Uuid>, ApiError> {
    let Some(id) = users::store::find_by_email(conn, &request.email).await? else { return Ok(None) };
    let user = users::store::find(conn, id).await?;
    if user.status.0 == UserStatus::Disabled {
        return Err(ApiError::conflict("The account with this e-mail address is disabled."));
    }
    if user.role.0.is_officer() {
        return Err(ApiError::conflict(
            "The account with this e-mail address is a network officer's. Officers create their keys when signed in.",
        ));
    }
    Ok(Some(id))
}

/// Account to create for a requester who has none.
fn researcher(request: &KeyRequest) -> UserUpdate {
    UserUpdate {
        email: request.email.clone(),
        name: Some(request.name.as_str().into()),
        role: Role::Researcher,
        ..UserUpdate::default()
    }
}

fn claim_hash(keys: &Keys, token: &str) -> Vec<u8> {
    keys.mac("claim", token.as_bytes())
}
