//! Serving: opening the store, the server on it, and how both end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::first_start::first_start;
use super::server::Server;
use super::signals::Signals;
use super::{banner, signals};
use crate::access::keys::Keys;
use crate::accounts::issuers::Issuers;
use crate::audit::store::check_key;
use crate::config::tls::Certificate;
use crate::config::{ServeSettings, StoreSettings};
use crate::db::open::Store;
use crate::http::limits::bucket::Clock;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Open the store with the key that its audit trail is sealed with.
///
/// `given_up` set to true ends what takes long.
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

/// Open the store with whatever key is there.
pub async fn open_with_any_key(
    store: &StoreSettings,
    serve: &ServeSettings,
    given_up: &Arc<AtomicBool>,
) -> Result<(Store, Keys), Failure> {
    let load = || Keys::load(serve.signing_key.as_ref(), &store.data_dir());
    // One that was set must be good before anything is begun. One of the data folder comes after the database: a key
    // without its database means that the database was lost.
    let set = serve.signing_key.is_some().then(load).transpose()?;
    let store = Store::open_unless(store, given_up).await?;
    let keys = set.map_or_else(load, Ok)?;
    Ok((store, keys))
}

/// Serve until asked to stop. Asked again, the program ends at once: whatever is under way is left.
pub async fn serve(store: StoreSettings, settings: ServeSettings) -> Result<(), Failure> {
    let signals = Signals::listen()?;
    let given_up = Arc::new(AtomicBool::new(false));
    let asked_again = async {
        signals.asked(2).await;
        // Before the store is let go, so that nothing waits for it.
        given_up.store(true, Ordering::Relaxed);
    };
    tokio::select! {
        served = serve_until_asked(store, settings, &signals, &given_up) => served,
        () = asked_again => {
            log::warn!("asked again to stop: what is under way is left");
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
    let certificate = certificate(&settings)?;
    let at_hangup = certificate.clone();
    // With nothing to read again it must be heard as well: it would end the service.
    signals::at_hangup(move || read_again(at_hangup.as_deref()))?;
    let opened = open_unless_asked(store_settings, settings.clone(), signals, given_up).await?;
    let Some((store, keys)) = opened else { return Ok(()) };
    if settings.follows_host() {
        log::warn!(
            "others than this machine can reach {}, and there is no --public-url (CCIN_PUBLIC_URL): links in answers follow the \
             Host header of each request, and no shared cache is allowed to keep them",
            settings.bind
        );
    }
    // The port first: a start that ends here must not have shown nobody the first password.
    let bind = settings.bind;
    let server = Server::build(store.db.clone(), keys.clone(), issuers, settings, Clock::running(), certificate)
        .map_err(|error| format!("cannot listen on {bind}: {error}. Choose another address with --bind."))?;
    // Whoever gives up during a long first start leaves no server behind either.
    let first = tokio::select! {
        first = first_start(&store, &keys) => first?,
        () = signals.asked(1) => return Ok(store.close().await?),
    };
    let (url, read_model, handle) = (server.url(), Arc::clone(&server.read_model), server.handle());
    let stopping = async {
        signals.asked(1).await;
        // Not awaited: the server's own future ends when all is done.
        drop(handle.stop(true));
        std::future::pending::<()>().await;
    };
    // Whoever asks meanwhile is told to come again.
    let first_screen = async {
        // A task of its own: a terminal that is stopped holds up whoever draws on it.
        let watched = Arc::clone(&read_model);
        let _ = tokio::spawn(async move { banner::until_ready(&watched).await }).await;
        // With what this start itself has written.
        read_model.settle().await;
        banner::show(&url, &store, &first, &read_model, began.elapsed());
        std::future::pending::<()>().await;
    };
    let served = tokio::select! {
        served = server.run() => served,
        () = stopping => Ok(()),
        () = first_screen => Ok(()),
    };
    let closed = store.close().await;
    served?;
    Ok(closed?)
}

/// Open the store, however long that takes; `None` when the program is asked to stop meanwhile.
async fn open_unless_asked(
    store: StoreSettings,
    serve: ServeSettings,
    signals: &Signals,
    given_up: &Arc<AtomicBool>,
) -> Result<Option<(Store, Keys)>, Failure> {
    /// For a private PostgreSQL that is just being started to be told to stop.
    const MOMENT: Duration = Duration::from_millis(500);
    let told = Arc::clone(given_up);
    // On its own: migrations block.
    let mut opening = tokio::spawn(async move { open(&store, &serve, &told).await });
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
        _ => Err("--tls-cert and --tls-key need each other".into()),
    }
}

fn read_again(certificate: Option<&Certificate>) {
    match certificate.map(Certificate::reload) {
        None => log::info!("SIGHUP changes nothing: the service has no certificate to read again"),
        Some(Ok(())) => log::info!("the certificate was read again"),
        Some(Err(error)) => log::error!("the certificate in use stays, the new one is no good: {error}"),
    }
}
