//! The first screen of `serve` on the terminal.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::first_password::FirstPassword;
use super::sample::Loaded;
use crate::db::open::Store;
use crate::read_model::follower::{ReadModel, Status};
use crate::read_model::load::Progress;

/// Results of the first start.
#[derive(Default)]
pub struct FirstStart {
    /// Sample registry that was loaded, if any.
    pub loaded: Option<Loaded>,
    /// E-mail address and password of the new admin, if one was created.
    pub admin: Option<(String, FirstPassword)>,
}

/// One line that summarises the loaded sample.
pub fn loaded(loaded: &Loaded) -> String {
    let Loaded { councils, memberships, organisations, themes, initiatives } = loaded;
    format!(
        "The sample registry is loaded: {councils} councils, {memberships} memberships, {organisations} organisations, \
         {themes} themes, {initiatives} initiatives."
    )
}

/// Waits until the records are in memory. A terminal shows a progress bar when this takes more than a moment.
pub async fn until_ready(read_model: &ReadModel) {
    const MOMENT: Duration = Duration::from_millis(500);
    if read_model.ready(MOMENT).await {
        return;
    }
    let style = ProgressStyle::with_template("  Reading {pos} of {len} initiatives {wide_bar} {eta}");
    // Draws nothing when standard error is not a terminal.
    let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    while !read_model.ready(MOMENT / 5).await {
        if let Status::Loading(Progress { loaded, total }) = read_model.status() {
            bar.set_length(total);
            bar.set_position(loaded);
        }
    }
    bar.finish_and_clear();
}

/// Prints the addresses of the service to standard output. Logs go to standard error.
pub fn show(url: &str, store: &Store, first: &FirstStart, read_model: &ReadModel, took: Duration) {
    let mut text = String::from("\n  CCIN registry\n\n");
    let mut line = |label: &str, what: &str| text.push_str(&format!("  {label:<10}{what}\n"));
    line("Page", &format!("{url}/"));
    line("API", &format!("{url}/v1/initiatives"));
    line("Docs", &format!("{url}/docs/"));
    match store.private() {
        Some(private) => {
            line("Data", &format!("{} (private PostgreSQL {})", private.data_dir().display(), private.version()));
        }
        None => line("Data", "the database in DATABASE_URL"),
    }
    if let Some(snapshot) = read_model.snapshot() {
        let mebibytes = snapshot.size().div_ceil(1 << 20);
        line("Memory", &format!("{} initiatives in {mebibytes} MiB", snapshot.len()));
    }
    if let Some(sample) = &first.loaded {
        line("Sample", &loaded(sample));
    }
    match &first.admin {
        Some((email, FirstPassword::Shown(password))) => {
            line("Sign in", &format!("{email}, password {password}"));
            line("", "This password is shown once. Change it: POST /v1/me/password");
        }
        Some((email, FirstPassword::Kept(path))) => {
            line("Sign in", &format!("{email}, with the password in {}", path.display()));
            line("", "Only you can read that file. Change the password: POST /v1/me/password; then delete the file");
        }
        None => line("Sign in", "POST /v1/auth/login; lost the password? ccin-registry user set-password --help"),
    }
    line("Try", &format!("curl '{url}/v1/initiatives?council=oldham&fields=title,summary'"));
    text.push_str(&format!("\n  Ready in {:.1} s. Ctrl-C stops.\n\n", took.as_secs_f64()));
    // On a separate thread: a closed or unread standard output must not stop the service.
    std::thread::spawn(move || {
        let _ = std::io::stdout().write_all(text.as_bytes());
        let _ = std::io::stdout().flush();
    });
}
