//! Opens the store, runs the server on it, and stops both.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::first_start::first_start;
use super::server::Server;
use super::signals::Signals;
use super::{banner, due_letters, quarters, scheduled, signals, vesting};
use crate::access::keys::Keys;
use crate::accounts::issuers::Issuers;
use crate::audit::store::check_key;
use crate::config::tls::Certificate;
use crate::config::{ServeSettings, StoreSettings};
use crate::db::open::Store;
use crate::http::client_address::from_here;
use crate::http::limits::bucket::QuotaClock;
use crate::letters::events::Letters;
use crate::letters::mailer::Mailer;
use crate::letters::sender;
use crate::webhooks::sender::{Courier, LONGEST};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Opens the store with the key that seals its audit trail.
///
/// Setting `given_up` to true interrupts long work.
pub async fn open(
    store: &StoreSettings,
    serve: &ServeSettings,
    given_up: &Arc<AtomicBool>,
) -> Result<(Store, Keys), Failure> {
    let (store, keys) = open_with_any_key(store, serve, given_up).await?;
    let checked = check_key(&mut store.connect().await?, &keys).await;
    if let Err(error) = checked {
        store.close().await?;
        return Err(error);
    }
    Ok((store, keys))
}

/// Opens the store with any available key.
pub async fn open_with_any_key(
    store: &StoreSettings,
    serve: &ServeSettings,
    given_up: &Arc<AtomicBool>,
) -> Result<(Store, Keys), Failure> {
    let load = || Keys::load(serve.signing_key.as_ref(), &store.data_dir());
    // A key in the settings must be valid before anything starts. A key in the data folder comes after the database: a
    // key without its database means that the database was lost.
    let set = serve.signing_key.is_some().then(load).transpose()?;
    let store = Store::open_unless(store, given_up).await?;
    let keys = set.map_or_else(load, Ok)?;
    Ok((store, keys))
}

/// Serves until asked to stop. A second request to stop ends the program at once, and abandons work under way.
pub async fn serve(store: StoreSettings, settings: ServeSettings) -> Result<(), Failure> {
    let signals = Signals::listen()?;
    let given_up = Arc::new(AtomicBool::new(false));
    let asked_again = async {
        signals.asked(2).await;
        // Before closing the store, so that nothing waits for it.
        given_up.store(true, Ordering::Relaxed);
    };
    tokio::select! {
        served = serve_until_asked(store, settings, &signals, &given_up) => served,
        () = asked_again => {
            log::warn!("second request to stop: abandoning work under way");
            Ok(())
        }
    }
}

async fn serve_until_asked(
    store_settings: StoreSettings,
    settings: ServeSettings,
    signals: &Signals,
    given_up: &Arc<AtomicBool>,
) -> Result<(), Failure> {
    let began = Instant::now();
    let issuers = Issuers::new(&settings)?;
    let (letters, mailer) = (Letters::new(&settings), Mailer::new(&settings.mail, &store_settings.data_dir())?);
    let certificate = certificate(&settings)?;
    let at_hangup = certificate.clone();
    // Needed even without a certificate: an unhandled SIGHUP would end the service.
    signals::at_hangup(move || read_again(at_hangup.as_deref()))?;
    // Before the database is made: a start that fails here leaves nothing behind. Another program can still take the
    // port before it is bound for good.
    let bind = settings.bind;
    let cannot_listen = |error| format!("cannot listen on {bind}: {error}. Choose another address with --bind.");
    drop(TcpListener::bind(bind).map_err(cannot_listen)?);
    let opened = open_unless_asked(store_settings, settings.clone(), signals, given_up).await?;
    let Some((store, keys)) = opened else { return Ok(()) };
    if settings.follows_host() {
        log::warn!(
            "other machines can reach {}, but --public-url (CCIN_PUBLIC_URL) is not set: links in answers follow the \
             Host header of each request, and shared caches must not store answers",
            settings.bind
        );
    }
    if settings.public_url.is_none() && settings.mail.smtp_url.is_some() {
        log::warn!(
            "letters are sent, but --public-url (CCIN_PUBLIC_URL) is not set: their links lead to {}",
            from_here(settings.bind)
        );
    }
    let address = settings.public_url.clone();
    let courier = Courier::new(keys.clone(), &settings, LONGEST)?;
    // Bind first: a start that fails here must not show the first password, which is shown only once.
    let server = Server::build(store.db.clone(), keys.clone(), issuers, settings, QuotaClock::running(), certificate)
        .map_err(cannot_listen)?;
    // Stopping during a long first start must also leave no server behind.
    let first = tokio::select! {
        first = first_start(&store, &keys) => first?,
        () = signals.asked(1) => return Ok(store.close().await?),
    };
    let (url, read_model, handle) = (server.url(), Arc::clone(&server.read_model), server.handle());
    let (schemas, document) = (Arc::clone(&server.schemas), Arc::clone(&server.document));
    let stopping = async {
        signals.asked(1).await;
        // Not awaited: the server's own future ends when the work is finished.
        drop(handle.stop(true));
        std::future::pending::<()>().await;
    };
    // Requests that arrive before the records are in memory get 503 with `Retry-After`.
    let first_screen = async {
        // A separate task: drawing on a stopped terminal blocks.
        let watched = Arc::clone(&read_model);
        let _ = tokio::spawn(async move { banner::until_ready(&watched).await }).await;
        // Includes the changes that this start made itself.
        read_model.settle().await;
        banner::show(&url, &store, &first, &read_model, began.elapsed());
        std::future::pending::<()>().await;
    };
    let served = tokio::select! {
        served = server.run() => served,
        () = stopping => Ok(()),
        () = first_screen => Ok(()),
        () = vesting::watch(&store.db, &keys) => Ok(()),
        () = quarters::watch(&store.db, &keys, &read_model, &document, address) => Ok(()),
        () = due_letters::watch(&store.db, &keys, &read_model, &letters) => Ok(()),
        () = scheduled::watch(&store.db, &keys, &schemas, &letters) => Ok(()),
        () = sender::watch(&store.db, &mailer) => Ok(()),
        () = courier.watch(&store.db) => Ok(()),
    };
    let closed = store.close().await;
    served?;
    Ok(closed?)
}

/// Opens the store, however long that takes. `None` when the program is asked to stop meanwhile.
async fn open_unless_asked(
    store: StoreSettings,
    serve: ServeSettings,
    signals: &Signals,
    given_up: &Arc<AtomicBool>,
) -> Result<Option<(Store, Keys)>, Failure> {
    /// Time to tell a starting private PostgreSQL to stop.
    const MOMENT: Duration = Duration::from_millis(500);
    let interrupt = Arc::clone(given_up);
    // A separate task, because migrations block.
    let mut opening = tokio::spawn(async move { open(&store, &serve, &interrupt).await });
    tokio::select! {
        opened = &mut opening => Ok(Some(opened??)),
        () = signals.asked(1) => {
            given_up.store(true, Ordering::Relaxed);
            let _ = tokio::time::timeout(MOMENT, opening).await;
            Ok(None)
        }
    }
}

fn certificate(settings: &ServeSettings) -> Result<Option<Arc<Certificate>>, Failure> {
    match (&settings.tls_cert, &settings.tls_key) {
        (Some(certificate), Some(key)) => Ok(Some(Arc::new(Certificate::load(certificate, key)?))),
        (None, None) => Ok(None),
        _ => Err("set both --tls-cert and --tls-key, or neither".into()),
    }
}

fn read_again(certificate: Option<&Certificate>) {
    match certificate.map(Certificate::reload) {
        None => log::info!("SIGHUP ignored: the service has no certificate to reload"),
        Some(Ok(())) => log::info!("the certificate was reloaded"),
        Some(Err(error)) => log::error!("the new certificate is not valid, so the current one stays in use: {error}"),
    }
}
