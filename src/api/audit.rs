//! Reading the audit trail. No operation writes it directly: each action records itself.

use actix_web::{get, web};

use crate::access::extractors::Auditor;
use crate::access::scope::AuditRead;
use crate::audit::model::{AuditEvent, AuditQuery, ORDER};
use crate::audit::store;
use crate::audit::store::ReadScope;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::input::Query;
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::Cacheable;

/// List audit events
///
/// Every write, and every time somebody read contact details, newest first. Network admins see all events. Council
/// editors see events about their own council, its initiatives and its users, without client addresses.
#[utoipa::path(tag = "audit", extensions(("x-price" = json!({ "units": 2 }))), params(AuditQuery), responses(Cacheable, (status = 200, description = "Audit events", body = Page<AuditEvent>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/audit")]
pub async fn list_audit_events(
    db: web::Data<Db>,
    caller: Auditor<AuditRead>,
    pages: Pages,
    query: Query<AuditQuery>,
) -> Result<Listing<AuditEvent>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), ORDER)?;
    let scope = ReadScope { council: caller.0.bound_to() };
    let slice = store::list(&mut *db.get().await?, scope, &query, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}
