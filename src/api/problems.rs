//! Explanations of kinds of problem, at the address in the `type` of a problem document.

use actix_web::{HttpResponse, get, web};

use crate::error::ApiError;
use crate::error::problems::ALL;

/// Explain a kind of problem
///
/// The address in the `type` of a problem document. Explains the problem and what you can do about it, in plain text.
#[utoipa::path(tag = "service", params(("code" = String, Path, description = "Last part of the `type` of a problem document", example = "stale")),
    responses((status = 200, description = "Meaning of the problem and what you can do", content_type = "text/plain", body = String)))]
#[get("/problems/{code}")]
pub async fn explain_problem(code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let code = code.replace('-', "_");
    let kind = ALL.iter().find(|kind| kind.code == code).ok_or_else(|| ApiError::not_found("kind of problem"))?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=86400"))
        .body(format!("{} ({})\n\n{}\n", kind.title, kind.status, kind.help)))
}
