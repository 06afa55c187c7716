//! The guide: its pages, the README, and what the service serves of them.

mod commands;
mod data_files;
mod links;
mod reference;
mod served;
mod shells;

use std::fs;

use crate::layering::source::{files, root};

/// Every page of `docs/`, as path from the root of the project and text.
fn pages() -> Vec<(String, String)> {
    let pages: Vec<_> = files("docs").into_iter().filter(|path| path.ends_with(".md")).map(read).collect();
    assert!(pages.len() > 25, "only {} pages were found", pages.len());
    pages
}

fn read(path: String) -> (String, String) {
    let text = fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    (path, text)
}

/// The longest that a page may be, in lines. Generated pages grow with the program.
const LONGEST: usize = 300;
/// The longest that the README may be, in bytes.
const LONGEST_README: usize = 8192;

#[test]
fn pages_and_the_readme_stay_short() {
    for (path, text) in pages() {
        let is_generated = text.contains("<!-- Generated from the program.");
        assert!(is_generated || text.lines().count() <= LONGEST, "{path} has {} lines", text.lines().count());
        assert_eq!(
            text.lines().filter(|line| line.starts_with("# ")).count() - comments(&text),
            1,
            "{path}: one title"
        );
    }
    let (_, readme) = read("README.md".into());
    assert!(
        readme.len() <= LONGEST_README,
        "README.md has {} bytes; move what is not a summary to docs/",
        readme.len()
    );
}

/// Lines of code that look like a title: comments of shells, Python and R.
fn comments(text: &str) -> usize {
    let mut is_code = false;
    let mut count = 0;
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        count += usize::from(is_code && line.starts_with("# "));
    }
    count
}
