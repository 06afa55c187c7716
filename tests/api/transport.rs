//! What browsers are told, where to report a weakness, and TLS without a proxy.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use nix::sys::signal::Signal;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::cli::Place;
use crate::support::TestApp;
use crate::support::database::Template;
use crate::support::program::Program;
use crate::support::scratch::eventually;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_to_be_strict() {
    let app = TestApp::with_sample().await;
    for path in ["/", "/v1/councils/oldham", "/v1/nothing", "/nowhere", "/health", "/openapi.json", "/problems/stale"] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    for path in ["/docs", "/docs/", "/docs/swagger-ui.css", "/docs/nothing"] {
        let policy = app.anonymous().get(path).await;
        let policy = policy.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
    // What the policy forbids is not there.
    let page = app.anonymous().get("/docs/").await.expect(200);
    assert!(!page.text.contains("<script>") && !page.text.contains("//unpkg"), "{}", page.text);

    let app = TestApp::with_flags(&["--public-url", "https://registry.example.org"]).await;
    let answer = app.anonymous().get("/v1/nothing").await.expect(404);
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weakness_is_reported_to_the_contact_that_is_set() {
    let app = TestApp::with_flags(&[]).await;
    let answer = app.anonymous().get("/.well-known/security.txt").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert!(answer.text.starts_with("Contact: https://www.councils.coop/\n"), "{}", answer.text);
    assert!(!answer.text.contains("Canonical"), "{}", answer.text);
    let expires = answer.text.lines().find_map(|line| line.strip_prefix("Expires: ")).unwrap();
    let expires: DateTime<Utc> = expires.parse().unwrap();
    assert!(expires > Utc::now() + Days::new(90) && expires < Utc::now() + Days::new(365), "{expires}");
    app.anonymous().get("/.well-known/security.txt?x=1").await.expect(200);

    let flags = ["--public-url", "https://registry.example.org/", "--security-contact", "mailto:security@example.org"];
    let answer = TestApp::with_flags(&flags).await.anonymous().get("/.well-known/security.txt").await.expect(200);
    assert!(answer.text.contains("Contact: mailto:security@example.org\n"), "{}", answer.text);
    let canonical = "\nCanonical: https://registry.example.org/.well-known/security.txt\n";
    assert!(answer.text.contains(canonical), "{}", answer.text);
}

/// Write a new certificate for 127.0.0.1 and its key; returns the certificate.
fn new_certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("a file");
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
    made.cert.der().clone()
}

/// What a client that trusts this certificate alone gets, or why it gets nothing.
fn ask(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::from(address.ip())).expect("a connection");
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(b"GET /v1/councils?limit=1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_served_and_a_new_certificate_is_taken_at_sighup_if_it_is_good() {
    let place = Place::new("tls", Template::Sample).await;
    let folder = place.folder();
    let files = place.scratch.path().to_owned();
    let (cert, key) = (files.join("cert.pem"), files.join("key.pem"));
    let flags = ["--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let half = Program::run(&folder, &flags[..2], &place.variables(), "").expect(1);
    assert!(half.stderr.contains("--tls-key"), "{}", half.stderr);
    let missing = Program::run(&folder, &flags, &place.variables(), "").expect(1);
    assert!(missing.stderr.contains("cert.pem"), "{}", missing.stderr);

    let first = new_certificate(&files);
    let variables: Vec<_> = place.variables().into_iter().chain([("RUST_LOG", "info")]).collect();
    let (program, url) = Program::serve(&folder, &flags, &variables);
    let bind = url.strip_prefix("https://").expect("https");
    let address: SocketAddr = bind.parse().unwrap();
    let answer = ask(address, &first).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=63072000"), "{answer}");
    assert!(answer.contains("https://127.0.0.1:1/v1/councils?limit=1&cursor="), "links lead by TLS: {answer}");
    let health = [&["health", "--bind", bind], &flags[..]].concat();
    Program::run(&folder, &health, &[], "").expect(0);

    let second = new_certificate(&files);
    assert!(ask(address, &second).is_err(), "it was taken unasked");
    program.signal(Signal::SIGHUP);
    eventually("the new certificate is served", || ask(address, &second).is_ok());
    assert!(ask(address, &first).is_err());

    // A certificate that belongs to another key.
    std::fs::write(&key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    program.signal(Signal::SIGHUP);
    eventually("the bad one is refused", || program.log().contains("the current one stays in use"));
    ask(address, &second).unwrap();
    program.stop(Signal::SIGTERM).expect(0);
}
