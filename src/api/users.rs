//! Users. Network admins manage them. Moderators can read them.

use actix_web::{HttpResponse, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::{Account, Credential};
use crate::access::extractors::{Admin, Moderator};
use crate::access::reach::Reach;
use crate::access::role::Role;
use crate::access::scope::ManageUsers;
use crate::accounts::sign_in::password;
use crate::accounts::users::model::{
    MovedUsers, NewPassword, NewUser, User, UserMove, UserQuery, UserSort, UserStatus, UserUpdate,
};
use crate::accounts::users::store;
use crate::audit::action::{Action, RecordKind};
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Draft, Edited, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written, issued, no_content};
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::references;
use crate::registry::references::Resource;

/// List users
///
/// For network officers.
#[utoipa::path(tag = "users", extensions(("x-price" = json!({ "units": 2 }))), params(UserQuery), responses(Cacheable, (status = 200, description = "Users", body = Page<User>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/users")]
pub async fn list_users(
    db: web::Data<Db>,
    snapshot: CurrentSnapshot,
    caller: Moderator<ManageUsers>,
    trail: Trail,
    pages: Pages,
    query: Query<UserQuery>,
) -> Result<Listing<User>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), query.sort.unwrap_or(UserSort::Email).order())?;
    let mut faults = Vec::new();
    let councils = snapshot.any_council("council", &query.council, &mut faults);
    if !faults.is_empty() {
        return Err(ApiError::bad_query(faults));
    }
    let filter = store::UserFilter { roles: query.role.clone(), status: query.status, councils };
    let slice = db
        .transaction(async |conn| {
            let slice = store::list(conn, &filter, &window).await?;
            trail.record(conn, &caller.0, Action::UserList, Subject::all(RecordKind::User)).await?;
            Ok(slice)
        })
        .await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Get a user
///
/// For network officers.
#[utoipa::path(tag = "users", params(("id" = Uuid, Path, description = "Id of the user")), responses(Cacheable, (status = 200, description = "The user", body = User)), security(("bearer" = []), ("api_key" = [])))]
#[get("/users/{id}")]
pub async fn find_user(
    db: web::Data<Db>,
    caller: Moderator<ManageUsers>,
    trail: Trail,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<User>, ApiError> {
    let id = references::id(&id, "user")?;
    db.transaction(async |conn| {
        let user = store::show(conn, id).await?;
        trail.record(conn, &caller.0, Action::UserRead, Subject::read(&user)).await?;
        Ok(Record::whole(user))
    })
    .await
}

/// Create a user
///
/// For network admins. The user signs in with the password that you set here, and should then change it.
#[utoipa::path(tag = "users", params(Idempotency), request_body = NewUser, responses((status = 201, description = "The new user", body = User)), security(("bearer" = []), ("api_key" = [])))]
#[post("/users")]
pub async fn create_user(
    db: web::Data<Db>,
    creation: Creation<Admin<ManageUsers>>,
    body: Body<NewUser>,
) -> Result<Written, ApiError> {
    let (mut draft, fingerprint) = body.into_parts();
    let council = council_of(&mut *db.get().await?, draft.value.council.as_ref(), &mut draft.faults).await?;
    let user = draft.checked()?;
    officers_in_person(&creation.account, &[user.role])?;
    let hash = password::hash(user.initial_password.clone()).await?;
    creation
        .create(&fingerprint, Action::UserCreate, "/v1/users", async |conn| {
            let id = store::create(conn, &user.update(), council, Some(&hash)).await?;
            store::show(conn, id).await
        })
        .await
}

/// Replace a user
///
/// For network admins. Members that you leave out are cleared.
#[utoipa::path(tag = "users", params(("id" = Uuid, Path, description = "Id of the user"), IfMatch), request_body = UserUpdate, responses((status = 200, description = "The updated user", body = User)), security(("bearer" = []), ("api_key" = [])))]
#[put("/users/{id}")]
pub async fn replace_user(edit: Edit<Admin<ManageUsers>>, body: Body<UserUpdate>) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change a user
///
/// For network admins. Send a merge patch (RFC 7396). If you set `status` to `disabled`, every session of the user ends
/// at once.
#[utoipa::path(tag = "users", params(("id" = Uuid, Path, description = "Id of the user"), IfMatch), request_body(content = UserUpdate, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated user", body = User)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/users/{id}")]
pub async fn update_user(edit: Edit<Admin<ManageUsers>>, patch: Patch<UserUpdate>) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Set a user's password
///
/// For network admins. Ends every session of the user at once.
#[utoipa::path(tag = "users", params(("id" = Uuid, Path, description = "Id of the user")), request_body = NewPassword, responses((status = 204, description = "Password set")), security(("bearer" = []), ("api_key" = [])))]
#[post("/users/{id}/password")]
pub async fn set_user_password(
    db: web::Data<Db>,
    caller: Admin<ManageUsers>,
    id: web::Path<String>,
    trail: Trail,
    body: Body<NewPassword>,
) -> Result<HttpResponse, ApiError> {
    let new = body.draft.checked()?;
    let user = store::find(&mut *db.get().await?, references::id(&id, "user")?).await?;
    officers_in_person(&caller.0, &[user.role.0])?;
    let hash = password::hash(new.password).await?;
    db.transaction(async |conn| {
        store::set_password(conn, user.id, &hash).await?;
        let now = store::show(conn, user.id).await?;
        trail.record(conn, &caller.0, Action::UserSetPassword, Subject::changed_once(&now)).await
    })
    .await?;
    Ok(no_content())
}

/// Move a council's users to another council
///
/// For network admins. For the day on which a council ends and another follows it. Each user keeps the role. A key that
/// a user has from the former council no longer reaches drafts of either council. Create a new one.
#[utoipa::path(tag = "users", params(("council" = String, Path, description = "Slug, id or GSS code of the council that the users leave", example = "cumbria")), request_body = UserMove, responses((status = 200, description = "The users who were moved", body = MovedUsers)), security(("bearer" = []), ("api_key" = [])))]
#[post("/councils/{council}/move-users")]
pub async fn move_users(
    db: web::Data<Db>,
    caller: Admin<ManageUsers>,
    council: web::Path<String>,
    trail: Trail,
    body: Body<UserMove>,
) -> Result<HttpResponse, ApiError> {
    let Draft { value, mut faults } = body.draft;
    let users = db
        .transaction(async |conn| {
            let from = references::require_id(conn, Resource::Council, &council).await?;
            let to = references::council(conn, Reach::ALL, &value.to, "/to", &mut faults).await?;
            if to == Some(from) {
                faults.add("/to", "repeated", "is the council that the users leave");
            }
            faults.finish()?;
            let moved = store::move_all(conn, from, to.unwrap_or(from)).await?;
            for (before, now) in &moved {
                trail.record(conn, &caller.0, Action::UserUpdate, Subject::changed(before, now)).await?;
            }
            Ok(moved.into_iter().map(|(_, now)| now).collect())
        })
        .await?;
    issued(&MovedUsers { users }, None)
}

impl Editable for User {
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        store::show(conn, references::id(segment, "user")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::show(conn, self.id).await
    }
}

async fn change(edit: Edit<Admin<ManageUsers>>, edited: impl Edited<UserUpdate>) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &User| {
        let mut draft = edited.draft(current.into())?;
        let council = council_of(conn, draft.value.council.as_ref(), &mut draft.faults).await?;
        let update = draft.checked()?;
        officers_in_person(&edit.account, &[current.role, update.role])?;
        let stays_admin = update.role == Role::NetworkAdmin && update.status == UserStatus::Active;
        if !stays_admin && store::active_admins(conn).await? == [current.id] {
            return Err(ApiError::conflict(
                "This is the last active network admin. Appoint another network admin first.",
            ));
        }
        let disables = update.status == UserStatus::Disabled && current.status != UserStatus::Disabled;
        let action = if disables { Action::UserDisable } else { Action::UserUpdate };
        Ok(store::update(conn, current.id, current.version, &update, council).await?.then_some(action))
    })
    .await
}

/// Refuses API keys that manage network officers. A key with one scope could otherwise create an account with every
/// permission.
fn officers_in_person(account: &Account, roles: &[Role]) -> Result<(), ApiError> {
    match account.credential {
        Credential::Key(_) if roles.iter().any(|role| role.is_officer()) => {
            Err(ApiError::forbidden("API keys cannot manage the accounts of network officers. Sign in instead."))
        }
        _ => Ok(()),
    }
}

async fn council_of(
    conn: &mut AsyncPgConnection,
    council: Option<&crate::text::Reference>,
    faults: &mut crate::http::input::Faults,
) -> Result<Option<Uuid>, ApiError> {
    match council {
        Some(council) => references::council(conn, Reach::ALL, council, "/council", faults).await,
        None => Ok(None),
    }
}
