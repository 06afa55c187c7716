//! API keys: create, list, change, rotate and revoke. Owners manage their own keys. Council editors manage those of
//! their council's users, and network admins all. Moderators can read all.

use actix_web::guard::GuardContext;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use chrono::Utc;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::{Edit, Editable};
use crate::access::account::{Account, Credential};
use crate::access::extractors::Known;
use crate::access::keys::Keys;
use crate::access::role::Role;
use crate::access::scope::{ManageKeys, Scopes};
use crate::accounts::api_keys::model::{
    ApiKey, ApiKeyQuery, ApiKeySort, ApiKeyUpdate, DAYS, IssuedKey, KeyUsage, NewApiKey, Rotation,
};
use crate::accounts::api_keys::store;
use crate::accounts::api_keys::store::{KeyAccess, KeyFilter};
use crate::accounts::api_keys::usage::Usage;
use crate::accounts::users;
use crate::audit::action::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::{Body, Draft, Edited, Faults, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Record, Written, issued, no_content};
use crate::registry::references;

/// Maximum number of valid keys for each user. Every key has its own quota, so unlimited keys would mean an unlimited
/// quota.
const MOST_KEYS: i64 = 50;

/// List API keys
///
/// You see your own keys. Council editors see the keys of all users of their council. Network officers see all keys.
/// The answer never includes secrets.
#[utoipa::path(tag = "API keys", extensions(("x-price" = json!({ "units": 2 }))), params(ApiKeyQuery), responses(Cacheable, (status = 200, description = "API keys", body = Page<ApiKey>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/api-keys")]
pub async fn list_api_keys(
    db: web::Data<Db>,
    caller: Known<ManageKeys>,
    pages: Pages,
    query: Query<ApiKeyQuery>,
) -> Result<Listing<ApiKey>, ApiError> {
    let order = query.sort.unwrap_or(ApiKeySort::CreatedDescending).order();
    let window = pages.window(query.limit, query.cursor.as_deref(), order)?;
    let filter = KeyFilter { owners: query.owner.clone(), statuses: query.status.clone() };
    let slice = store::list(&mut *db.get().await?, readable(&caller.0), &filter, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Create an API key
///
/// The answer shows the key only once, so store it now. Its scopes limit what the key can do. Each request is also
/// limited by the owner's current role and council.
///
/// If you use a key to create another, the new key can only have scopes of the first.
#[utoipa::path(tag = "API keys", request_body = NewApiKey, responses((status = 201, description = "The new key, with its secret", body = IssuedKey), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/api-keys")]
pub async fn create_api_key(
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    caller: Known<ManageKeys>,
    trail: Trail,
    body: Body<NewApiKey>,
) -> Result<HttpResponse, ApiError> {
    let mut draft = body.draft;
    let answer = db
        .transaction(async |conn| {
            let owner = owner_of(conn, &caller.0, draft.value.owner, &mut draft.faults).await?;
            bound_as_its_maker(conn, &caller.0, &mut draft).await?;
            let allowed = caller.0.scopes.and(Scopes::of(owner.1));
            for (index, scope) in draft.value.scopes.iter().enumerate().filter(|(_, scope)| !allowed.contains(**scope))
            {
                let detail =
                    format!("{} is a scope that the owner, or the key that you use, does not have", scope.word());
                draft.faults.add(format!("/scopes/{index}"), "not_yours", detail);
            }
            let new = draft.checked()?;
            if store::count_active(conn, owner.0).await? >= MOST_KEYS {
                return Err(ApiError::conflict(format!(
                    "The owner already has {MOST_KEYS} keys. Revoke one that is not in use."
                )));
            }
            let id = store::create(conn, owner.0, &new).await?;
            let made = store::issue(conn, &keys, id, Some(&caller.0)).await?;
            trail.record(conn, &caller.0, Action::ApiKeyCreate, Subject::entered(&made.api_key)).await?;
            Ok(made)
        })
        .await?;
    issued(&answer, Some(format!("/v1/api-keys/{}", answer.api_key.id)))
}

/// Get an API key
///
/// The list of keys gives the id. The secret is not shown again.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the key")), responses(Cacheable, Moves, (status = 200, description = "The key, without its secret", body = ApiKey)), security(("bearer" = []), ("api_key" = [])))]
#[get("/api-keys/{id}", guard = "names_a_key")]
pub async fn find_api_key(
    db: web::Data<Db>,
    caller: Known<ManageKeys>,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<ApiKey>, ApiError> {
    Ok(Record::whole(store::find(&mut *db.get().await?, readable(&caller.0), references::id(&id, "API key")?).await?))
}

/// Replace an API key's settings
///
/// Sets its name, origins and networks. You cannot change the scopes or the owner of a key. Create another key instead.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the key"), IfMatch), request_body = ApiKeyUpdate, responses((status = 200, description = "The updated key", body = ApiKey)), security(("bearer" = []), ("api_key" = [])))]
#[put("/api-keys/{id}", guard = "names_a_key")]
pub async fn replace_api_key(edit: Edit<Known<ManageKeys>>, body: Body<ApiKeyUpdate>) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change an API key's settings
///
/// Send a merge patch (RFC 7396) of its name, origins or networks. You cannot change the scopes or the owner of a key.
/// Create another key instead.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the key"), IfMatch), request_body(content = ApiKeyUpdate, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated key", body = ApiKey)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/api-keys/{id}", guard = "names_a_key")]
pub async fn update_api_key(edit: Edit<Known<ManageKeys>>, patch: Patch<ApiKeyUpdate>) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Revoke an API key
///
/// The key stops working at once and for good. It stays in the list as revoked.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the key"), IfMatch), responses((status = 204, description = "Revoked")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/api-keys/{id}", guard = "names_a_key")]
pub async fn revoke_api_key(edit: Edit<Known<ManageKeys>>, _: Query<NoParams>) -> Result<HttpResponse, ApiError> {
    edit.change(async |conn, key: &ApiKey| {
        Ok(store::revoke(conn, key.id, key.version).await?.then_some(Action::ApiKeyRevoke))
    })
    .await?;
    Ok(no_content())
}

/// Rotate an API key
///
/// Gives the key a new secret. The answer shows it only once. The old secret also works until the overlap ends.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the key")), request_body = Rotation, responses((status = 200, description = "The new secret", body = IssuedKey), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/api-keys/{id}/rotate")]
pub async fn rotate_api_key(
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    caller: Known<ManageKeys>,
    id: web::Path<String>,
    trail: Trail,
    body: Body<Rotation>,
) -> Result<HttpResponse, ApiError> {
    let rotation = body.draft.checked()?;
    let answer = db
        .transaction(async |conn| {
            let current = ApiKey::locate(conn, &caller.0, &id).await?;
            current.check_right(&caller.0)?;
            within(&caller.0, &current)?;
            unbound(conn, &caller.0, "cannot rotate keys").await?;
            if current.prefix.is_none() {
                return Err(ApiError::conflict(
                    "This key has no secret yet. The person who asked for it has not fetched it.",
                ));
            }
            if !store::retire_secrets(conn, current.id, rotation.overlap()).await? {
                return Err(ApiError::conflict("This key has expired or was revoked. Create another one."));
            }
            let rotated = store::issue(conn, &keys, current.id, Some(&caller.0)).await?;
            let subject = Subject::changed(&current, &rotated.api_key);
            trail.record(conn, &caller.0, Action::ApiKeyRotate, subject).await?;
            Ok(rotated)
        })
        .await?;
    issued(&answer, None)
}

/// Get the usage of an API key
///
/// Requests by day (UTC) and endpoint in the last 90 days. The figures include refused requests.
#[utoipa::path(tag = "API keys", params(("id" = Uuid, Path, description = "Id of the key")), responses(Cacheable, Moves, (status = 200, description = "Requests by day and endpoint, and the last use", body = KeyUsage)), security(("bearer" = []), ("api_key" = [])))]
#[get("/api-keys/{id}/usage")]
pub async fn find_api_key_usage(
    request: HttpRequest,
    db: web::Data<Db>,
    usage: web::Data<Usage>,
    caller: Known<ManageKeys>,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let key = store::find(&mut *db.get().await?, readable(&caller.0), references::id(&id, "API key")?).await?;
    // Save the counts of this instance first, so that the answer includes them.
    usage.write_down(&db).await?;
    Answer::json(&request).send_json(&store::usage(&mut *db.get().await?, key.id).await?)
}

impl Editable for ApiKey {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        store::find(conn, readable(account), references::id(segment, "API key")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, KeyAccess::All, self.id).await
    }

    fn check_right(&self, account: &Account) -> Result<(), ApiError> {
        match changeable(account).has(self) {
            true => Ok(()),
            false => Err(ApiError::forbidden("You do not have permission to change this key.")),
        }
    }
}

async fn change(edit: Edit<Known<ManageKeys>>, edited: impl Edited<ApiKeyUpdate>) -> Result<Written, ApiError> {
    edit.change(async |conn, key: &ApiKey| {
        within(&edit.account, key)?;
        unbound(conn, &edit.account, "cannot change keys").await?;
        let update = edited.draft(key.into())?.checked()?;
        Ok(store::update(conn, key.id, key.version, &update).await?.then_some(Action::ApiKeyUpdate))
    })
    .await
}

fn readable(account: &Account) -> KeyAccess {
    match account.role {
        Role::Moderator | Role::NetworkAdmin => KeyAccess::All,
        _ => changeable(account),
    }
}

fn changeable(account: &Account) -> KeyAccess {
    match (account.role, account.council_id) {
        (Role::NetworkAdmin, _) => KeyAccess::All,
        (Role::CouncilEditor, Some(council)) => KeyAccess::Council { user: account.user_id, council },
        _ => KeyAccess::Own(account.user_id),
    }
}

/// Refuses a caller who lacks a scope of the key. Otherwise the caller could gain that scope by a new secret or wider
/// limits.
fn within(account: &Account, key: &ApiKey) -> Result<(), ApiError> {
    let own = account.scopes.and(Scopes::of(account.role));
    match key.scopes.iter().find(|scope| !own.contains(**scope)) {
        Some(scope) => {
            Err(ApiError::forbidden(format!("The key has the scope {}, which you do not have.", scope.word())))
        }
        None => Ok(()),
    }
}

/// Refuses a key that is bound to origins or networks. It could otherwise create unbound keys or unbind itself.
async fn unbound(conn: &mut AsyncPgConnection, account: &Account, cannot: &str) -> Result<(), ApiError> {
    let Credential::Key(key) = account.credential else { return Ok(()) };
    let key = store::find(conn, KeyAccess::All, key).await?;
    match key.origins.is_empty() && key.networks.is_empty() {
        true => Ok(()),
        false => Err(ApiError::forbidden(format!("A key that is bound to origins or networks {cannot}."))),
    }
}

/// Limits keys that a key creates. They cannot outlive it. A key bound to origins or networks cannot create any.
async fn bound_as_its_maker(
    conn: &mut AsyncPgConnection,
    account: &Account,
    draft: &mut Draft<NewApiKey>,
) -> Result<(), ApiError> {
    let Credential::Key(maker) = account.credential else { return Ok(()) };
    unbound(conn, account, "cannot create keys").await?;
    let maker = store::find(conn, KeyAccess::All, maker).await?;
    let left = u16::try_from((maker.expires_at - Utc::now()).num_days()).unwrap_or_default();
    match draft.value.expires_in_days {
        _ if left == 0 => return Err(ApiError::forbidden("A key that expires within a day cannot create keys.")),
        Some(days) if days > left => {
            draft.faults.add(
                "/expires_in_days",
                "not_yours",
                "is longer than the remaining life of the key that you use",
            );
        }
        Some(_) => {}
        None => draft.value.expires_in_days = Some(left.min(DAYS)),
    }
    Ok(())
}

/// Id and role of the owner of a new key: an active user that the caller can name.
async fn owner_of(
    conn: &mut AsyncPgConnection,
    account: &Account,
    named: Option<Uuid>,
    faults: &mut Faults,
) -> Result<(Uuid, Role), ApiError> {
    let Some(id) = named.filter(|id| *id != account.user_id) else { return Ok((account.user_id, account.role)) };
    let user = users::store::find_active(conn, id).await?;
    let own = user.filter(|user| match changeable(account) {
        KeyAccess::All => true,
        KeyAccess::Council { council, .. } => user.council_id == Some(council),
        KeyAccess::Own(_) => false,
    });
    match own {
        Some(user) => Ok((user.id, user.role.0)),
        None => {
            faults.add("/owner", UNKNOWN, "is not an active user for whom you can create keys");
            Ok((account.user_id, account.role))
        }
    }
}

/// True for `/api-keys/{id}`; false for `/api-keys/requests` and `/api-keys/claim`, which take other methods.
fn names_a_key(context: &GuardContext<'_>) -> bool {
    !matches!(context.head().uri.path().rsplit('/').next(), Some("requests" | "claim"))
}
