//! A machine whose clock is a day off: retries are recognised all the same, by it and by those whose clock is right.

use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::Place;
use crate::support::Client;
use crate::support::client::send;
use crate::support::database::Template;
use crate::support::program::Program;

/// Moves the clock of a program that it is loaded into.
const MOVED_CLOCK: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (!failed && clock == CLOCK_REALTIME) now->tv_sec += atol(getenv("MOVED_CLOCK"));
    return failed;
}
"#;

const EMAIL: &str = "a@b.example";
const PASSWORD: &str = "three words are long";

async fn signed_in(url: &str) -> Client {
    let anonymous = Client::new(url, None);
    let tokens = anonymous.post("/v1/auth/login", &json!({ "email": EMAIL, "password": PASSWORD })).await.expect(200);
    Client::new(url, tokens.json["access_token"].as_str().map(str::to_owned))
}

/// Enter a theme with its label as the key: the id.
async fn enter(client: &Client, label: &str) -> Value {
    let body = json!({ "label": label, "definition": "A theme of the tests." });
    let request = client.request(reqwest::Method::POST, "/v1/themes").header("Idempotency-Key", label).json(&body);
    send(request).await.expect(201).json["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_survives_a_clock_that_is_a_day_off() {
    let place = Place::new("clock", Template::Sample).await;
    let (source, library) = (place.scratch.path().join("clock.c"), place.scratch.path().join("clock.so"));
    std::fs::write(&source, MOVED_CLOCK).unwrap();
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
    if !built.is_ok_and(|status| status.success()) {
        println!("skipped: there is no C compiler here to move a program's clock with");
        return;
    }
    let [(name, url)] = place.variables();
    let create = ["user", "create", "--email", EMAIL, "--role", "network_admin", "--password-stdin"];
    Program::run(&place.folder(), &create, &[(name, url)], PASSWORD).expect(0);
    let (right, right_url) = Program::serve(&place.folder(), &[], &[(name, url)]);
    let at_right = signed_in(&right_url).await;
    for off in ["90000", "-90000"] {
        let moved = [(name, url), ("LD_PRELOAD", library.to_str().unwrap()), ("MOVED_CLOCK", off)];
        let (program, url) = Program::serve(&place.folder(), &[], &moved);
        let client = signed_in(&url).await;
        // The clock is off indeed.
        let today = Client::new(&url, None).get("/health/ready").await.expect(200).json["last_synced"].clone();
        let today = chrono::DateTime::parse_from_rfc3339(today.as_str().unwrap()).unwrap();
        assert!((today.to_utc() - chrono::Utc::now()).num_hours().abs() >= 24, "{today}");

        let first = enter(&client, &format!("Here first {off}")).await;
        assert_eq!(enter(&client, &format!("Here first {off}")).await, first);
        assert_eq!(enter(&at_right, &format!("Here first {off}")).await, first);
        let first = enter(&at_right, &format!("There first {off}")).await;
        // What this sweeps away must not be what is fresh.
        enter(&client, &format!("Another {off}")).await;
        assert_eq!(enter(&client, &format!("There first {off}")).await, first);
        assert_eq!(enter(&at_right, &format!("There first {off}")).await, first);
        program.stop(Signal::SIGTERM).expect(0);
    }
    right.stop(Signal::SIGTERM).expect(0);
}
