//! Recruitment: who may join the network. For network officers only.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use diesel_async::AsyncPgConnection;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Admin, Moderator};
use crate::access::scope::Moderate;
use crate::audit::action::Action;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Edited, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written};
use crate::registry::recruitment::model::{NewRecruitment, Recruitment, RecruitmentQuery};
use crate::registry::recruitment::store;
use crate::registry::references;

/// List recruitment
///
/// For network officers. Councils and organisations that may join the network, with the stage of recruitment.
#[utoipa::path(tag = "recruitment", extensions(("x-price" = json!({ "units": 2 }))), params(RecruitmentQuery), responses(Cacheable, (status = 200, description = "Recruitment", body = Page<Recruitment>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/recruitment")]
pub async fn list_recruitment(
    db: web::Data<Db>,
    _: Moderator<Moderate>,
    pages: Pages,
    query: Query<RecruitmentQuery>,
) -> Result<Listing<Recruitment>, ApiError> {
    let order = query.sort.unwrap_or_default().order();
    let window = pages.window(query.limit, query.cursor.as_deref(), order)?;
    let slice = store::list(&mut *db.get().await?, &query.stage, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Get a recruitment record
///
/// For network officers.
#[utoipa::path(tag = "recruitment", params(("id" = String, Path, description = "Id of the record")), responses(Cacheable, (status = 200, description = "The record", body = Recruitment)), security(("bearer" = []), ("api_key" = [])))]
#[get("/recruitment/{id}")]
pub async fn find_recruitment(
    db: web::Data<Db>,
    _: Moderator<Moderate>,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<Recruitment>, ApiError> {
    let id = references::id(&id, "recruitment record")?;
    Ok(Record::whole(store::find(&mut *db.get().await?, id).await?))
}

/// Create a recruitment record
///
/// For network officers. Nobody else can see it or tell that it exists.
#[utoipa::path(tag = "recruitment", params(Idempotency), request_body = NewRecruitment, responses((status = 201, description = "The new record", body = Recruitment)), security(("bearer" = []), ("api_key" = [])))]
#[post("/recruitment")]
pub async fn create_recruitment(
    creation: Creation<Moderator<Moderate>>,
    body: Body<NewRecruitment>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::RecruitmentCreate, "/v1/recruitment", async |conn| {
            let resolved = store::resolve(conn, draft).await?;
            let id = store::create(conn, &resolved).await?;
            store::find(conn, id).await
        })
        .await
}

/// Change a recruitment record
///
/// For network officers. Send a merge patch (RFC 7396). Null clears a member.
#[utoipa::path(tag = "recruitment", params(("id" = String, Path, description = "Id of the record"), IfMatch), request_body(content = NewRecruitment, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated record", body = Recruitment)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/recruitment/{id}")]
pub async fn update_recruitment(
    edit: Edit<Moderator<Moderate>>,
    patch: Patch<NewRecruitment>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Recruitment| {
        let resolved = store::resolve(conn, patch.draft(current.into())?).await?;
        let is_changed = store::update(conn, current.id, current.version, &resolved).await?;
        Ok(is_changed.then_some(Action::RecruitmentUpdate))
    })
    .await
}

/// Delete a recruitment record
///
/// For network admins. It is deleted for good, because it was never public.
#[utoipa::path(tag = "recruitment", params(("id" = String, Path, description = "Id of the record"), IfMatch), responses((status = 204, description = "Deleted")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/recruitment/{id}")]
pub async fn delete_recruitment(edit: Edit<Admin<Moderate>>, _: Query<NoParams>) -> Result<HttpResponse, ApiError> {
    edit.withdraw(async |conn, record: &Recruitment| {
        Ok(store::delete(conn, record.id, record.version).await?.then_some(Action::RecruitmentDelete))
    })
    .await
}

impl Editable for Recruitment {
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        store::find(conn, references::id(segment, "recruitment record")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, self.id).await
    }
}
