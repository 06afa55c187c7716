//! Settings that cannot work are refused at the start, in words that name the setting and what to write instead, and
//! before anything is made.

use std::fs;
use std::path::Path;

use nix::sys::signal::Signal;

use super::Place;
use crate::support::Client;
use crate::support::database::Template;
use crate::support::program::{Ended, Program};
use crate::support::scratch::Scratch;

/// The files of a case, the name of the faulty one, and what is said of it.
type Case<'a> = (Option<&'a str>, Option<&'a str>, &'a str, &'a [&'a str]);

/// Starts with these variables, and expects a refusal that makes nothing in the data folder.
fn refused(folder: &Path, variables: &[(&str, &str)], code: i32) -> String {
    let Ended { stderr, .. } = Program::run(folder, &[], variables, "").expect(code);
    assert!(!folder.exists(), "something was made: {stderr}");
    stderr
}

#[test]
fn a_public_address_without_a_scheme_is_refused() {
    let scratch = Scratch::new("public-url");
    let folder = scratch.path().join("home");
    for url in ["registry.example.org", "registry.example.org:8443", "", "https://registry.example.org/?x=1"] {
        let said = refused(&folder, &[("CCIN_PUBLIC_URL", url)], 2);
        for part in ["--public-url", "https://registry.example.org"] {
            assert!(said.contains(part), "{url}: {said}");
        }
    }
}

#[test]
fn an_address_for_letters_that_cannot_be_used_is_refused_and_not_repeated() {
    let scratch = Scratch::new("smtp-url");
    let folder = scratch.path().join("home");
    let from = ("CCIN_MAIL_FROM", "registry@example.org");
    for (url, part) in [
        ("https://registry:secret@mail.example.org", "smtps://user:password@HOST"),
        ("smtp://registry:secret@mail.example.org", "in the clear"),
        ("smtps://registry@mail.example.org", "user name and a password"),
    ] {
        let said = refused(&folder, &[("CCIN_SMTP_URL", url), from], 1);
        assert!(said.contains("--smtp-url") && said.contains(part), "{url}: {said}");
        assert!(!said.contains("secret") && !said.contains("mail.example.org"), "{url}: {said}");
    }
    let said = refused(&folder, &[("CCIN_SMTP_URL", "smtp://localhost")], 1);
    assert!(said.contains("--mail-from"), "{said}");
    let said = refused(&folder, &[("CCIN_MAIL_FROM", "registry")], 2);
    assert!(said.contains("--mail-from") && said.contains("registry@example.org"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_to_listen_on_is_resolved() {
    let place = Place::new("bind", Template::Sample).await;
    let [database] = place.variables();
    let variables = [database, ("CCIN_BIND", "localhost:0")];
    let program = Program::start(&place.folder(), &[], &variables, "");
    crate::support::scratch::eventually("it is ready", || program.screen().contains("Ready in"));
    let screen = program.screen();
    let url = super::line(&screen, "API ").and_then(|api| api.strip_suffix("/v1/initiatives")).expect("an address");
    Client::new(url, None).get("/v1/councils/oldham").await.expect(200);
    program.stop(Signal::SIGTERM).expect(0);

    let scratch = Scratch::new("bind-refused");
    let folder = scratch.path().join("home");
    for (bind, part) in [
        ("localhost", "localhost:8080"),
        ("8326", "127.0.0.1:8080"),
        (":8326", "0.0.0.0:8326"),
        ("http://localhost:8326", "localhost:8080"),
        ("no-such-host.invalid:8326", "no-such-host.invalid has no address"),
    ] {
        let said = refused(&folder, &[("CCIN_BIND", bind)], 2);
        assert!(said.contains("--bind") && said.contains(part), "{bind}: {said}");
    }
    // An address of another machine: of the network for documentation (RFC 5737).
    let said = refused(&folder, &[("CCIN_BIND", "192.0.2.1:8326")], 1);
    assert!(said.contains("cannot listen on 192.0.2.1:8326") && said.contains("--bind"), "{said}");
}

#[test]
fn a_database_url_that_is_none_says_what_one_looks_like() {
    let scratch = Scratch::new("database-url");
    let folder = scratch.path().join("home");
    for url in
        ["foo", "", "mysql://registry@localhost/registry", "localhost:5432/registry", "postgres://localhost:port/x"]
    {
        let said = refused(&folder, &[("DATABASE_URL", url)], 1);
        for part in ["DATABASE_URL", "--database-url", "postgres://user:password@host/database"] {
            assert!(said.contains(part), "{url}: {said}");
        }
    }
}

#[test]
fn each_fault_of_tls_files_is_named_with_its_file() {
    let scratch = Scratch::new("tls-files");
    let (folder, files) = (scratch.path().join("home"), scratch.path());
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let other = rcgen::KeyPair::generate().expect("a key").serialize_pem();
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let garbled = "-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n";
    // What each file has; it is missing where there is `None`.
    let cases: [Case<'_>; 9] = [
        (None, Some(&key), "cert.pem", &["cannot be read", "No such file"]),
        (Some(&certificate), None, "key.pem", &["cannot be read", "No such file"]),
        (Some("nothing"), Some(&key), "cert.pem", &["has no certificate in PEM form"]),
        (Some(garbled), Some(&key), "cert.pem", &["is not valid PEM"]),
        (Some(&certificate), Some("nothing"), "key.pem", &["has no private key in PEM form"]),
        (Some(&certificate), Some(&certificate), "key.pem", &["has no private key", "swapped?"]),
        (Some(&key), Some(&certificate), "cert.pem", &["has no certificate", "swapped?"]),
        (Some(&certificate), Some(&encrypted), "key.pem", &["is encrypted", "openssl pkey"]),
        (Some(&certificate), Some(&other), "key.pem", &["does not belong to the certificate in", "cert.pem"]),
    ];
    let paths = ["cert.pem", "key.pem"].map(|name| files.join(name));
    let [cert, private] = &paths;
    let variables = [("CCIN_TLS_CERT", cert.to_str().unwrap()), ("CCIN_TLS_KEY", private.to_str().unwrap())];
    for (cert_text, key_text, file, parts) in cases {
        for (path, text) in paths.iter().zip([cert_text, key_text]) {
            let _ = fs::remove_file(path);
            if let Some(text) = text {
                fs::write(path, text).unwrap();
            }
        }
        let said = refused(&folder, &variables, 1);
        for part in parts.iter().chain([&file]) {
            assert!(said.contains(part), "{part:?} of {file}: {said}");
        }
        assert!(!said.contains("BEGIN"), "{said}");
    }
    // A folder stands for what cannot be read: the tests may run as root, who can read any file.
    fs::remove_file(cert).unwrap();
    fs::create_dir(cert).unwrap();
    let said = refused(&folder, &variables, 1);
    assert!(said.contains("cert.pem cannot be read") && said.contains("directory"), "{said}");
}
