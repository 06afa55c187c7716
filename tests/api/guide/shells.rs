//! The shell blocks of the README and of the first lesson, pasted into bash and zsh, the shells of Linux and macOS.
//!
//! Where one of them is missing, the test says so and passes; with `CCIN_SHELL_TESTS=required`, as `.ci/run` sets it, it
//! fails then.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use ccin_registry::access::role::Role;
use serde_json::json;

use super::{pages, read};
use crate::support::scratch::Scratch;
use crate::support::{PASSWORD, TestApp};

/// The shells without settings of the person who runs the tests, and as at a terminal: zsh knows no comments there.
const SHELLS: [(&str, &[&str]); 2] = [("bash", &["--norc", "--noprofile", "-i"]), ("zsh", &["-f", "-i"])];
/// What a shell says of what it does not understand.
const COMPLAINTS: [&str; 9] = [
    "command not found",
    "parse error",
    "syntax error",
    "unmatched",
    "no matches found",
    "bad option",
    "invalid option",
    "event not found",
    "unexpected EOF",
];
/// Where the blocks expect the service.
const HERE: &str = "http://127.0.0.1:8080";

/// The shell blocks of a page.
fn blocks(text: &str) -> Vec<&str> {
    text.split("```sh\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0)).collect()
}

/// Pastes the blocks of a page into a shell, one after another, and returns what the shell shows. `None` if the machine
/// does not have it.
async fn paste(page: &str, (shell, arguments): (&'static str, &'static [&'static str])) -> Option<String> {
    if Command::new(shell).arg("--version").output().is_err() {
        assert_ne!(std::env::var("CCIN_SHELL_TESTS").as_deref(), Ok("required"), "there is no {shell} on the path");
        // Past the capture of the test's output: whoever runs the tests is to read it.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED in {shell}, the blocks of {page}: there is no {shell} on the path");
        return None;
    }
    let app = TestApp::with_sample().await;
    let user = json!({ "email": "admin@ccin.example", "role": Role::NetworkAdmin, "initial_password": PASSWORD });
    app.admin().await.post("/v1/users", &user).await.expect(201);
    let scratch = Scratch::new("shells");
    stand_in_for_cargo(scratch.path());
    let (_, text) = read(page.to_owned());
    let mut typed = String::new();
    for block in blocks(&text) {
        typed.push_str(&block.replace(HERE, &app.url));
        // What follows a question is its answer, whether it was pasted with it or is typed.
        if block.contains("read -") {
            typed.push_str(&format!("{PASSWORD}\n"));
        }
        typed.push_str("printf '\\n@@%s@@\\n' $?\n");
    }
    let path = format!("{}:{}", scratch.path().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(shell);
    command.args(arguments).env_clear().env("PATH", path).env("TERM", "dumb").env("LANG", "C.UTF-8");
    command.env("HOME", scratch.path()).current_dir(scratch.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("the shell starts");
        child.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    });
    let output = output.await.expect("it ends");
    Some([output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat())
}

/// A program that says how cargo was called, in place of a build.
fn stand_in_for_cargo(folder: &Path) {
    let file = folder.join("cargo");
    fs::write(&file, "#!/bin/sh\necho \"cargo was called with: $*.\"\n").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a program");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocks_of_the_readme_and_of_the_first_lesson_work_in_bash_and_zsh() {
    for (page, said) in [
        (
            "README.md",
            &[
                "cargo was called with: run.",
                "cargo was called with: test.",
                "\"name\":\"Glasgow City Council\"",
                "did you mean theme?",
                "\"slug\":\"repair-cafe-in-the-town-hall\"",
            ][..],
        ),
        (
            "docs/tutorials/first-record.md",
            &["cargo was called with: run.", "\"state\":\"published\"", "\"delivery_status\":\"scaled\""],
        ),
    ] {
        for shell in SHELLS {
            let Some(shown) = paste(page, shell).await else { continue };
            let (shell, (_, text)) = (shell.0, read(page.to_owned()));
            for complaint in COMPLAINTS {
                assert!(!shown.contains(complaint), "{page} in {shell}: {complaint}\n{shown}");
            }
            let count = blocks(&text).len();
            assert!(count > 5, "{page} has {count} blocks");
            assert_eq!(shown.matches("\n@@0@@").count(), count, "{page} in {shell}:\n{shown}");
            for part in said {
                assert!(shown.contains(part), "{page} in {shell}: {part}\n{shown}");
            }
            assert!(!shown.contains(PASSWORD), "the password is shown: {page} in {shell}\n{shown}");
        }
    }
}

#[test]
fn no_block_has_what_a_shell_at_a_terminal_does_not_take() {
    for (page, text) in pages().into_iter().chain(["README.md", "CONTRIBUTING.md"].map(|page| read(page.into()))) {
        for block in blocks(&text) {
            for line in block.lines() {
                // zsh takes comments in scripts only.
                assert!(!line.starts_with('#') && !line.contains(" # "), "{page}: {line}");
                // In zsh, -p reads from a coprocess.
                assert!(!line.contains("read -r -p") && !line.contains("read -p"), "{page}: {line}");
            }
            // Pasted with more lines behind it, a question takes them as its answer.
            assert!(!block.contains("read -") || block.lines().count() == 1, "{page}: {block}");
        }
    }
}
