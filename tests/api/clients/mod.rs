//! Clients that are generated from the document: they are built without a warning, compile, and are called against a service.
//!
//! `clients/tools` installs the generators below `target/clients`. Where it has not been run, these tests say so and pass; with
//! `CCIN_CLIENT_TESTS=required`, as `.ci/run` sets it, they fail then.

mod document;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use ccin_registry::access::role::Role;

use crate::support::TestApp;

const CLIENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

#[tokio::test(flavor = "multi_thread")]
async fn the_typescript_client_lists_pages_reads_writes_and_exports() {
    build_and_call("typescript").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_client_lists_pages_reads_writes_and_exports() {
    build_and_call("python").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_openapi_generator_for_typescript_does_the_same() {
    build_and_call("typescript-fetch").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_openapi_generator_for_python_does_the_same() {
    build_and_call("python-urllib3").await;
}

async fn build_and_call(name: &'static str) {
    // The parent of `target/tmp`, wherever it is.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a target folder");
    let tools = target.join("clients");
    if let Some(missing) = ["venv/requirements.txt", "node_modules"].iter().find(|part| !tools.join(part).exists()) {
        let why = format!("{} is missing: run clients/tools", tools.join(missing).display());
        assert_ne!(std::env::var("CCIN_CLIENT_TESTS").as_deref(), Ok("required"), "no tests of clients: {why}");
        // Past the capture of the test's output: whoever runs the tests is to read it.
        let _ = writeln!(std::io::stderr(), "SKIPPED the client {name}: {why}");
        return;
    }
    run("build", name, target, &[]).await;
    let app = TestApp::with_sample().await;
    let admin = app.signed_in(Role::NetworkAdmin, None).await;
    let said = run("call", name, target, &[("CCIN_SERVICE", &app.url), ("CCIN_TOKEN", admin.token())]).await;
    // A script that ends early would pass as well.
    assert!(said.ends_with("all calls are answered\n"), "{name}:\n{said}");
}

/// What a script of `clients` says, which has to end well.
async fn run(script: &str, name: &str, target: &Path, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(Path::new(CLIENTS).join(script));
    command.arg(name).env("CARGO_TARGET_DIR", target).envs(variables.iter().copied()).stdin(Stdio::null());
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("the script ends").expect("bash starts");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "clients/{script} {name}:\n{said}");
    said
}
