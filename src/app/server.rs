//! The HTTP server, the same for `main` and for the tests.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::dev::{Server as ActixServer, ServerHandle};
use actix_web::http::{Method, header};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use futures_util::join;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::access::keys::Keys;
use crate::accounts::api_keys::usage::Usage;
use crate::accounts::issuers::Issuers;
use crate::accounts::sign_in::throttle::Throttle;
use crate::api::middleware::{Methods, fallback, frame};
use crate::api::{routes, service};
use crate::config::ServeSettings;
use crate::config::tls::Certificate;
use crate::db::Db;
use crate::db::tally::PERIOD;
use crate::http::client_address::from_here;
use crate::http::input::Schemas;
use crate::http::limits::bucket::QuotaClock;
use crate::http::limits::price::Prices;
use crate::http::limits::{Limits, concurrency, rate, request_size};
use crate::http::readiness::Writes;
use crate::http::sending::ClientConnection;
use crate::http::{chunked_upload, readiness, sending};
use crate::openapi::Document;
use crate::read_model::follower::ReadModel;
use crate::read_model::response_cache::ResponseCache;
use crate::read_model::unanswered::Unanswered;

/// A server that is bound, but not yet running.
pub struct Server {
    /// Address it listens on. With port 0 in the settings, this has the actual port.
    pub address: SocketAddr,
    /// The read model behind the answers.
    pub read_model: Arc<ReadModel>,
    /// Schemas of the bodies.
    pub schemas: Arc<Schemas>,
    /// The OpenAPI document.
    pub document: Arc<Document>,
    scheme: &'static str,
    server: ActixServer,
    tallies: Tallies,
}

impl Server {
    /// Binds the address. The clock drives the limits. Serves TLS if there is a certificate.
    pub fn build(
        db: Db,
        keys: Keys,
        issuers: Issuers,
        settings: ServeSettings,
        clock: QuotaClock,
        certificate: Option<Arc<Certificate>>,
    ) -> io::Result<Self> {
        let bind = settings.bind;
        let workers = settings.workers;
        let (document, schemas) = (routes::document(), routes::schemas());
        let known_schemas = web::Data::from(Arc::clone(&schemas));
        let prices = web::Data::new(Prices::new(&document.value));
        let methods = web::Data::new(Methods::new(&document.value, routes::pages()));
        let known_document = web::Data::from(Arc::clone(&document));
        let usage = web::Data::new(Usage::default());
        let unanswered = web::Data::new(Unanswered::default());
        let tallies = Tallies { usage: usage.clone(), unanswered: unanswered.clone(), db: db.clone() };
        let issuers = web::Data::new(issuers);
        let throttle = web::Data::new(Throttle::new(settings.login_attempts, clock.clone()));
        let limits = web::Data::new(Limits::new(&settings.limits, &clock));
        let read_model = ReadModel::follow(&db);
        let records = web::Data::from(Arc::clone(&read_model));
        let writes = web::Data::from(Writes::watch(&db));
        let response_cache = web::Data::new(ResponseCache::default());
        let (db, keys, settings) = (web::Data::new(db), web::Data::new(keys), web::Data::new(settings));
        let at_door = (limits.clone(), settings.clone());
        let mut server = HttpServer::new(move || {
            let app = App::new().configure(routes::mount_pages);
            let (app, _) = routes::mount(app.into_utoipa_app()).split_for_parts();
            app.app_data(db.clone())
                .app_data(records.clone())
                .app_data(writes.clone())
                .app_data(response_cache.clone())
                .app_data(keys.clone())
                .app_data(issuers.clone())
                .app_data(settings.clone())
                .app_data(throttle.clone())
                .app_data(usage.clone())
                .app_data(unanswered.clone())
                .app_data(limits.clone())
                .app_data(known_schemas.clone())
                .app_data(methods.clone())
                .app_data(prices.clone())
                .app_data(known_document.clone())
                .service(service::find_document)
                .service(service::find_strict_document)
                .service(service::docs_folder)
                .service(service::docs_script)
                .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")))
                .default_service(web::to(fallback))
                .wrap(from_fn(readiness::learn))
                .wrap(from_fn(rate::limit_pages))
                .wrap(from_fn(concurrency::shed))
                .wrap(from_fn(request_size::bounds))
                .wrap(Compress::default())
                .wrap(cors())
                .wrap(from_fn(frame))
                .wrap(from_fn(chunked_upload::hold))
                .wrap(from_fn(sending::send))
        })
        .on_connect(move |io, data| ClientConnection::note(io, data, &at_door.0, &at_door.1))
        .h1_write_buffer_size(sending::PIECE)
        .shutdown_timeout(30)
        .client_request_timeout(Duration::from_secs(10))
        // actix would stop at Ctrl-C without waiting for requests under way.
        .disable_signals();
        if let Some(workers) = workers {
            server = server.workers(workers.into());
        }
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let server = match certificate {
            Some(certificate) => {
                server.bind_rustls_0_23(bind, certificate.server_config().map_err(io::Error::other)?)?
            }
            None => server.bind(bind)?,
        };
        let address = server.addrs().first().copied().unwrap_or(bind);
        Ok(Self { address, read_model, schemas, document, scheme, server: server.run(), tallies })
    }

    /// URL of the service for a browser on this machine.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, from_here(self.address))
    }

    /// A handle to stop the server.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until stopped. Writes tallies to the database meanwhile, and once more at the end.
    pub async fn run(self) -> io::Result<()> {
        let tallies = self.tallies;
        let writing = async {
            loop {
                tokio::time::sleep(PERIOD).await;
                tallies.write_down().await;
            }
        };
        let served = tokio::select! {
            served = self.server => served,
            () = writing => Ok(()),
        };
        tallies.write_down().await;
        served
    }
}

/// Counts in memory, and the database they are written to.
struct Tallies {
    usage: web::Data<Usage>,
    unanswered: web::Data<Unanswered>,
    db: Db,
}

impl Tallies {
    async fn write_down(&self) {
        // Both at once: an unavailable store delays a stop once, not twice.
        let (usage, unanswered) = join!(self.usage.write_down(&self.db), self.unanswered.write_down(&self.db));
        for (what, written) in [("the usage of API keys", usage), ("searches that found nothing", unanswered)] {
            if let Err(error) = written {
                log::warn!("{what} could not be written to the database; will try again: {error}");
            }
        }
    }
}

/// Allows reads from any site, without the browser's credentials.
fn cors() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .disable_vary_header()
        .allowed_methods([Method::GET, Method::HEAD])
        .allow_any_header()
        .expose_headers([
            header::CONTENT_DISPOSITION,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            header::HeaderName::from_static("ratelimit"),
            header::HeaderName::from_static("ratelimit-policy"),
            header::HeaderName::from_static("registry-position"),
            header::HeaderName::from_static("last-synced"),
            header::HeaderName::from_static("x-request-id"),
        ])
        .max_age(86_400)
}
