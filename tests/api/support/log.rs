//! Checks everything that is logged during the whole run for secrets. Ends the run if it finds one.
//!
//! Every secret of the service has a distinctive form, and every password of the tests is known. So a line can be
//! checked when it is written, whichever test created the secret.

use std::fmt::Write;
use std::sync::Once;

use log::kv::{Error, Key, Value, VisitSource};
use log::{LevelFilter, Log, Metadata, Record};

use super::PASSWORD;

/// Checks everything that is logged from now on.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Watch).expect("the tests' only logger");
        log::set_max_level(LevelFilter::Debug);
    });
}

/// The secret in a line, if there is one.
pub fn secret_in(line: &str) -> Option<&'static str> {
    let word = |start: &str, least: usize| {
        let is_long =
            |rest: &str| rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b)).count() >= least;
        line.match_indices(start).any(|(at, _)| is_long(&line[at + start.len()..]))
    };
    // A whole key, not its public prefix.
    let key = line.split("ccin_").skip(1).any(|rest| rest.bytes().take_while(u8::is_ascii_hexdigit).count() > 12);
    let known = [
        (key, "an API key"),
        (word("ccin_rt_", 10), "a refresh token"),
        (word("ccin_claim_", 10), "a claim token"),
        (line.contains("whsec_"), "the secret of a webhook"),
        (word("ccin_link_", 10), "a one-time link"),
        (word("eyJ", 60), "an access token"),
        (line.contains(PASSWORD) || line.contains("three words are"), "a password"),
        (line.contains("$argon2"), "a password's hash"),
        (line.contains("PRIVATE KEY"), "a private key"),
    ];
    known.into_iter().find(|(is_there, _)| *is_there).map(|(_, what)| what)
}

struct Watch;

struct Pairs<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Pairs<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        write!(self.0, " {key}={value}").map_err(Error::from)
    }
}

impl Log for Watch {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The tests' HTTP client logs its requests; the service does not.
        !["reqwest", "hyper"].iter().any(|client| metadata.target().starts_with(client))
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut line = format!("{} {}", record.target(), record.args());
        let _ = record.key_values().visit(&mut Pairs(&mut line));
        if let Some(what) = secret_in(&line) {
            eprintln!("the log holds {what}: {line}");
            std::process::abort();
        }
    }

    fn flush(&self) {}
}
