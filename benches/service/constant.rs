//! Baseline: a constant body, the fastest that this actix set-up can be. The path gives its size in bytes, or is
//! `/304`.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

/// The largest body, in bytes.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Serve until killed.
pub async fn serve(bind: SocketAddr, workers: usize) -> io::Result<()> {
    // One copy of the body per worker, so that workers do not contend for its reference count.
    let server =
        HttpServer::new(|| App::new().app_data(Bytes::from(vec![b'x'; MAX_BODY])).default_service(web::to(answer)));
    server.client_request_timeout(Duration::from_secs(10)).disable_signals().workers(workers).bind(bind)?.run().await
}

async fn answer(request: HttpRequest) -> HttpResponse {
    let size = &request.path()[1..];
    if size == "304" {
        return HttpResponse::NotModified().insert_header((header::ETAG, "\"1\"")).finish();
    }
    let size = size.parse().unwrap_or(0).min(MAX_BODY);
    let body = request.app_data::<Bytes>().map(|all| all.slice(..size)).unwrap_or_default();
    HttpResponse::Ok().content_type("application/json").body(body)
}
