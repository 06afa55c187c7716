//! Reading source files as text: their module, their lines without comments and tests, and what of ours they import.

use std::fs;
use std::path::PathBuf;

/// A source file.
pub struct Source {
    /// Its path from the root of the project.
    pub path: String,
    /// Its module, such as `councils`, `store`.
    pub module: Vec<String>,
    /// Every path of ours that it names, with the line.
    pub imports: Vec<(usize, Vec<String>)>,
    text: String,
}

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files in a folder of the project and the folders within, as paths from its root.
pub fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a folder").flatten() {
        let path = format!("{folder}/{}", entry.file_name().to_str().expect("UTF-8"));
        if entry.path().is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

impl Source {
    /// Read a file below `src`.
    pub fn read(path: &String) -> Self {
        let whole = fs::read_to_string(root().join(path)).expect("a source file");
        // A test module stands last. Lines stay where they are, so that their numbers are right.
        let code = whole.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let text: String = code
            .lines()
            .map(|line| {
                let is_comment = line.trim_start().starts_with("//");
                if is_comment {
                    "\n".to_owned()
                } else {
                    format!("{}\n", line.split(" // ").next().unwrap_or_default())
                }
            })
            .collect();
        let module = path.trim_start_matches("src/").trim_end_matches(".rs").split('/');
        let module: Vec<String> = module.filter(|name| !["mod", "lib"].contains(name)).map(str::to_owned).collect();
        let mut source = Self { path: path.clone(), module, imports: Vec::new(), text };
        source.imports = source.find_imports();
        source
    }

    /// The lines that count, with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn find_imports(&self) -> Vec<(usize, Vec<String>)> {
        let folder_of = |module: &[String]| match self.path.ends_with("/mod.rs") {
            true => module.to_vec(),
            false => module[..module.len().saturating_sub(1)].to_vec(),
        };
        let mut found = Vec::new();
        for (word, base) in
            [("crate::", Vec::new()), ("super::", folder_of(&self.module)), ("ccin_registry::", Vec::new())]
        {
            for (at, _) in self.text.match_indices(word) {
                let before = self.text[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || "_$:".contains(c)) {
                    continue;
                }
                // From a `mod.rs` the folder above is one further up.
                let base = if word == "super::" && self.path.ends_with("/mod.rs") {
                    base[..base.len().saturating_sub(1)].to_vec()
                } else {
                    base.clone()
                };
                let line = self.text[..at].lines().count().max(1);
                let mut paths = Vec::new();
                tree(&mut self.text[at + word.len()..].trim_start(), &base, &mut paths);
                found.extend(paths.into_iter().map(|path| (line, path)));
            }
        }
        found
    }
}

/// Reads one path or tree of paths (`a::{b, c::d}`) and leaves `text` behind it.
fn tree(text: &mut &str, base: &[String], found: &mut Vec<Vec<String>>) {
    if let Some(inner) = text.strip_prefix('{') {
        *text = inner.trim_start();
        while !text.starts_with('}') && !text.is_empty() {
            tree(text, base, found);
            *text = text.trim_start().trim_start_matches(',').trim_start();
        }
        *text = text.strip_prefix('}').unwrap_or_default();
        return;
    }
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let mut path = base.to_vec();
    if !["self", ""].contains(&name) {
        path.push(name.to_owned());
    }
    *text = rest;
    // A turbofish or a star ends the path.
    if let Some(further) = rest.strip_prefix("::")
        && !further.starts_with(['<', '*'])
    {
        *text = further;
        tree(text, &path, found);
        return;
    }
    let renamed =
        text.strip_prefix(" as ").map(|rest| rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
    // A star stays behind the path, and a new name too.
    *text = renamed.unwrap_or_else(|| text.strip_prefix("::*").unwrap_or(text));
    found.push(path);
}

#[test]
fn paths_are_read_from_trees() {
    let mut found = Vec::new();
    tree(&mut "a::{self, b::{C as D, e::*}}", &[], &mut found);
    tree(&mut "f::<G>(1)", &[], &mut found);
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a", "a::b::C", "a::b::e", "f"]);
}
