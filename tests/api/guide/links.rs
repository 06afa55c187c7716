//! Every link and anchor in the pages and the README leads somewhere, on a code forge and on the site.

use std::path::{Component, Path, PathBuf};

use ccin_registry::formats::guide::contents::SECTIONS;
use ccin_registry::formats::guide::render::render;

use super::{pages, read};
use crate::layering::source::root;

/// Where the links and pictures of a page lead, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        let spans = line.split('`').step_by(2).collect::<Vec<_>>().join("");
        if !is_code {
            let targets = spans.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            found.extend(targets.map(|(target, _)| target.to_owned()));
        }
    }
    found
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => assert!(plain.pop(), "{} leaves the project", path.display()),
            part => plain.push(part),
        }
        plain
    })
}

#[test]
fn every_link_and_anchor_leads_somewhere() {
    let mut faults = Vec::new();
    let mut count = 0;
    for (path, text) in pages().into_iter().chain([read("README.md".into())]) {
        for link in links(&text) {
            count += 1;
            if link.starts_with("https://") {
                continue;
            }
            let (target, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let file = match target {
                "" => PathBuf::from(&path),
                _ => plain(&Path::new(&path).parent().unwrap_or(Path::new("")).join(target)),
            };
            if !root().join(&file).exists() {
                faults.push(format!("{path}: {link} leads nowhere"));
            } else if path.starts_with("docs/") && !file.starts_with("docs") {
                faults.push(format!("{path}: {link} leads out of docs/, where the site has nothing"));
            } else if !anchor.is_empty() {
                let (_, text) = read(file.to_string_lossy().into_owned());
                if !render(&text).headings.iter().any(|heading| heading.id == anchor) {
                    faults.push(format!("{path}: {link} names no heading"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(count > 80, "only {count} links were found");
}

#[test]
fn the_index_and_the_contents_name_every_page() {
    let (_, index) = read("docs/README.md".into());
    let listed: Vec<String> = links(&index);
    let mut contents: Vec<String> =
        SECTIONS.iter().flat_map(|section| section.pages).map(|page| format!("docs/{}.md", page.path)).collect();
    contents.sort();
    let mut found: Vec<String> = pages().into_iter().map(|(path, _)| path).collect();
    found.sort();
    assert_eq!(contents, found, "src/formats/guide/contents.rs lists other pages than docs/ has");
    for path in found.iter().filter(|path| *path != "docs/README.md") {
        assert!(listed.iter().any(|link| format!("docs/{link}") == *path), "docs/README.md does not link to {path}");
    }
}

#[test]
fn the_readme_maps_docs_and_source_and_names_the_two_commands() {
    let (_, readme) = read("README.md".into());
    for part in [
        "cargo run",
        "cargo test",
        "docs/README.md",
        "docs/tutorials",
        "docs/how-to",
        "docs/reference",
        "docs/explanation",
    ] {
        assert!(readme.contains(part), "README.md does not name {part}");
    }
    // Paths in its tables exist.
    let cells = readme.lines().filter(|line| line.starts_with('|')).flat_map(|line| line.split('`').skip(1).step_by(2));
    let paths: Vec<&str> = cells.filter(|cell| cell.contains('/') && !cell.contains(' ')).collect();
    assert!(paths.len() >= 10, "{paths:?}");
    for path in paths {
        assert!(root().join(path).exists(), "README.md names {path}, which is not there");
    }
}
