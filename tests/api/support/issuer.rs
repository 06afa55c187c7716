//! A token issuer that a test runs on a free port. It counts requests for its keys, and misbehaves on demand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ccin_registry::accounts::issuers::Timing;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Audience of the tokens.
pub const AUDIENCE: &str = "api://registry-tests";
/// Protects nothing: signs tokens in these tests.
const RSA: &[u8] = include_bytes!("rsa-key-for-tests.pem");
/// Protects nothing: signs tokens in these tests.
const P256: &[u8] = include_bytes!("p256-key-for-tests.pem");

/// A key of the issuer.
#[derive(Clone)]
pub struct Key {
    /// Its id in headers and in the key set.
    pub kid: &'static str,
    /// The algorithm to sign with.
    pub algorithm: Algorithm,
    /// Key to sign with.
    pub encoding: EncodingKey,
    /// Key to verify with, as in the key set.
    pub jwk: Value,
}

impl Key {
    /// RSA of 2048 bits; does not state its algorithm in the key set.
    pub fn rsa(kid: &'static str) -> Self {
        let encoding = EncodingKey::from_rsa_pem(RSA).expect("a key");
        let mut key = Self::new(kid, Algorithm::RS256, encoding);
        key.jwk.as_object_mut().expect("an object").remove("alg");
        key
    }

    /// Elliptic curve P-256.
    pub fn p256(kid: &'static str) -> Self {
        Self::new(kid, Algorithm::ES256, EncodingKey::from_ec_pem(P256).expect("a key"))
    }

    /// Ed25519, a new key each time.
    pub fn ed25519(kid: &'static str) -> Self {
        let key = SigningKey::from_bytes(&rand::random());
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        let encoding = EncodingKey::from_ed_der(key.to_pkcs8_der().expect("a key").as_bytes());
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x });
        Self { kid, algorithm: Algorithm::EdDSA, encoding, jwk }
    }

    fn new(kid: &'static str, algorithm: Algorithm, encoding: EncodingKey) -> Self {
        let jwk = Jwk::from_encoding_key(&encoding, algorithm).expect("a public key");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = json!(kid);
        jwk["use"] = json!("sig");
        Self { kid, algorithm, encoding, jwk }
    }
}

/// Behaviour of the issuer when its keys are requested.
#[derive(Clone)]
pub enum Manner {
    /// Responds with its keys.
    Serve,
    /// Responds with this status, these further header lines and this body.
    Say(u16, String, String),
    /// Accepts the request and never responds.
    Hang,
}

struct State {
    keys: Vec<Value>,
    manner: Manner,
    named: String,
    fetches: usize,
}

/// A running issuer. It stops with the runtime of its test.
pub struct Issuer {
    /// Its name and address.
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Issuer {
    /// Serves these keys on a free port.
    pub async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State { keys: Vec::new(), manner: Manner::Serve, named: url.clone(), fetches: 0 };
        let issuer = Self { url: url.clone(), state: Arc::new(Mutex::new(state)) };
        issuer.publish(keys);
        let state = Arc::clone(&issuer.state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&state), url.clone()));
            }
        });
        issuer
    }

    /// Serves these keys from now on.
    pub fn publish(&self, keys: &[&Key]) {
        self.with(|state| state.keys = keys.iter().map(|key| key.jwk.clone()).collect());
    }

    /// Serves this key set from now on, valid or not.
    pub fn publish_raw(&self, keys: Vec<Value>) {
        self.with(|state| state.keys = keys);
    }

    /// Behaves like this from now on.
    pub fn behave(&self, manner: Manner) {
        self.with(|state| state.manner = manner);
    }

    /// States this name in its discovery document.
    pub fn call_itself(&self, name: &str) {
        self.with(|state| state.named = name.into());
    }

    /// Number of requests for its keys.
    pub fn fetches(&self) -> usize {
        self.with(|state| state.fetches)
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The setting that registers it, with the address of its keys.
    pub fn setting(&self) -> String {
        format!("issuer={0},audience={AUDIENCE},jwks={0}/keys", self.url)
    }

    /// A token for an hour, with the changes of `alter` to its header and claims.
    pub fn token_but(&self, key: &Key, subject: &str, alter: impl FnOnce(&mut Header, &mut Value)) -> String {
        let mut header = Header::new(key.algorithm);
        header.kid = Some(key.kid.into());
        let now = chrono::Utc::now().timestamp();
        let mut claims = json!({
            "iss": self.url, "aud": AUDIENCE, "sub": subject, "oid": format!("oid-{subject}"),
            "iat": now, "nbf": now, "exp": now + 3600
        });
        alter(&mut header, &mut claims);
        encode(&header, &claims, &key.encoding).expect("a token")
    }

    /// A token for an hour.
    pub fn token(&self, key: &Key, subject: &str) -> String {
        self.token_but(key, subject, |_, _| {})
    }
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>, url: String) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (manner, keys, named) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.fetches += usize::from(path == "/keys");
        (state.manner.clone(), json!({ "keys": state.keys }), state.named.clone())
    };
    let discovery = json!({ "issuer": named, "jwks_uri": format!("{url}/keys") });
    let (status, headers, body) = match (path, manner) {
        ("/.well-known/openid-configuration", _) => (200, String::new(), discovery.to_string()),
        ("/keys", Manner::Serve) => (200, String::new(), keys.to_string()),
        ("/keys", Manner::Say(status, headers, body)) => (status, headers, body),
        ("/keys", Manner::Hang) => {
            // Wait until the other side gives up.
            let _ = stream.read_u8().await;
            return;
        }
        _ => (404, String::new(), String::new()),
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}");
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// A clock that moves only when a test moves it.
#[derive(Clone)]
pub struct Stopped(Arc<Mutex<Instant>>);

impl Stopped {
    /// A clock at this time.
    pub fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    /// Moves the clock.
    pub fn pass(&self, seconds: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += Duration::from_secs(seconds);
    }

    /// The timing of a service with this clock and this timeout for keys.
    pub fn pace(&self, patience: Duration) -> Timing {
        let clock = Self::clone(self);
        Timing { clock: Arc::new(move || *clock.0.lock().unwrap_or_else(PoisonError::into_inner)), timeout: patience }
    }
}
