//! What a kind of problem means, at the address that its `type` names.

use actix_web::{HttpResponse, get, web};

use crate::error::ApiError;
use crate::error::problems::ALL;

/// Explain a kind of problem
///
/// The page that the `type` of a problem document leads to.
#[utoipa::path(tag = "service", params(("code" = String, Path, description = "As in a problem's `type`", example = "stale")),
    responses((status = 200, description = "What the problem means and what to do", content_type = "text/plain", body = String)))]
#[get("/problems/{code}")]
pub async fn explain_problem(code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let code = code.replace('-', "_");
    let kind = ALL.iter().find(|kind| kind.code == code).ok_or_else(|| ApiError::not_found("kind of problem"))?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=86400"))
        .body(format!("{} ({})\n\n{}\n", kind.title, kind.status, kind.help)))
}
