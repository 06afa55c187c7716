//! How many requests are in work at a time: above it, a quick no keeps the service quick for those within.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{ResponseError, web};

use super::Limits;
use crate::error::ApiError;

/// Refuse what is too much. In work is a request until its answer begins: sending a stored answer to a slow reader costs no
/// work. The health of the service may be asked all the same, or a supervisor would end it when it is needed most.
pub async fn shed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limits = request.app_data::<web::Data<Limits>>().filter(|_| request.path() != "/health").cloned();
    let permit = limits.as_ref().map(|limits| limits.in_work.try_acquire());
    if let Some(Err(_)) = permit {
        return Ok(request.into_response(ApiError::overloaded().error_response()));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}
