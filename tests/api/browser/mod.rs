//! The page and what other sites show of it, in a real browser: headless Chromium, driven by the scripts in
//! `web/tests`.
//!
//! Where the page is not in the build, or there is no Chromium, these tests say so and pass; with
//! `CCIN_BROWSER_TESTS=required`, as `.ci/run` sets it, they fail then. `CHROMIUM` names a browser that is not on the
//! path.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ccin_registry::formats::web::assets;
use serde_json::json;

use crate::review::pre_election::record_period;
use crate::still_true::Letter;
use crate::support::TestApp;
use crate::web::claims::enter_claims;

/// Where `build.rs` has the page built: what npm installed for that has the driver and axe.
const PAGE: &str = concat!(env!("OUT_DIR"), "/page/web");
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/tests");
/// Names of the browser in distributions. The first has no window, and needs a third less time.
const BROWSERS: [&str; 5] =
    ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_searched_filtered_and_read() {
    run("explore.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_used_by_keyboard_and_on_a_small_screen() {
    run("reach.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_barrier_that_axe_finds() {
    run("barriers.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_opens_on_its_places_on_every_screen() {
    run("map.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_read_without_scripts() {
    run("plain.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_holds_focus_paper_colours_and_a_lost_connection() {
    run("hold.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_show_initiatives() {
    run("embed.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_is_searched_and_read() {
    run("guide.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_are_tried_in_the_interactive_page() {
    run("docs.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_claims_and_the_notices_of_pre_election_periods_are_shown() {
    let app = TestApp::with_sample().await;
    enter_claims(&app, 230).await;
    run_in(&app, "claims.mjs").await;
    let admin = app.admin().await;
    record_period(&admin, json!({ "notice": "All councils take care." })).await;
    record_period(&admin, json!({ "notice": "Oldham takes care.", "council": "oldham" })).await;
    record_period(&admin, json!({ "notice": "Councils in Wales take care.", "nation": "wales" })).await;
    run_in(&app, "notices.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_answers_from_a_letter_on_a_telephone() {
    let app = TestApp::with_sample().await;
    let letter = Letter::to_editor(&app).await;
    run_with(&app, "still-true.mjs", &[("CCIN_LINK", &format!("/still-true/{}", letter.token))]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints times, which depend on the machine"]
async fn the_first_paint() {
    print!("{}", run("paint.mjs").await);
}

/// Run a script against a service with the sample.
async fn run(script: &str) -> String {
    run_in(&TestApp::with_sample().await, script).await
}

/// Run a script against this service. Returns what it printed, nothing if it was skipped.
async fn run_in(app: &TestApp, script: &str) -> String {
    run_with(app, script, &[]).await
}

/// The same with further variables.
async fn run_with(app: &TestApp, script: &str, variables: &[(&str, &str)]) -> String {
    let browser = match browser() {
        Ok(browser) => browser,
        Err(why) => {
            assert_ne!(std::env::var("CCIN_BROWSER_TESTS").as_deref(), Ok("required"), "no tests in a browser: {why}");
            // Past the capture of the test's output: whoever runs the tests is to read it.
            let _ = writeln!(std::io::stderr(), "SKIPPED in a browser, {script}: {why}");
            return String::new();
        }
    };
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"])
        .arg(Path::new(SCRIPTS).join(script))
        .env("CCIN_SERVICE", &app.url)
        .env("CCIN_PAGE", PAGE)
        .env("CCIN_TOKEN", app.admin().await.token())
        .env("CHROMIUM", browser)
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    // Every step of a script has an end, and so has the script.
    let output =
        tokio::task::spawn_blocking(move || node.output()).await.expect("the script ends").expect("node starts");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{script}:\n{said}");
    // A script without a test would pass as well.
    assert!(said.contains("pass ") && !said.contains("tests 0"), "{script}:\n{said}");
    said
}

/// The browser, when all is there that a test in it needs.
fn browser() -> Result<PathBuf, String> {
    assets::shell().map_err(|why| format!("the page is not in this build: {why}"))?;
    let on_path = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
    };
    on_path("node").ok_or("there is no node on the path")?;
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named
        .or_else(|| BROWSERS.into_iter().find_map(on_path))
        .ok_or_else(|| format!("there is none of {} on the path, and CHROMIUM names none", BROWSERS.join(", ")))
}
