//! The source as text: imports run one way, HTTP stays at the edge, nothing panics on purpose, files stay short.

mod source;

use source::{Source, files};

/// Which files may import what of ours: the first rule whose pattern fits a file holds for it. `*` stands for a name, `**`
/// for a path. A right also covers what lies below it; a file may always import its own folder's `mod.rs` and itself.
///
/// From the edge inwards: program → routes → handlers → stores → models → words.
const RULES: &[(&str, &[&str])] = &[
    // The program around the service.
    ("main", &["cli"]),
    (
        "cli",
        &["auth::*", "config", "db", "error", "input", "openapi", "refs", "sample", "screen", "server", "users::*"],
    ),
    ("screen", &["db::opened", "sample", "server"]),
    (
        "server",
        &["auth::keys", "auth::throttle", "config", "db::Db", "input", "middleware", "openapi", "routes", "service"],
    ),
    ("sample::**", &["auth::caller::Reach", "db::schema", "error", "input", "*::model", "*::store", "initiatives::*"]),
    ("routes", &["auth::caller::identify", "*::handlers", "problems", "service", "vocabularies"]),
    ("openapi", &["error::Problem", "problems", "routes"]),
    ("service", &["db::Db", "error", "input", "openapi", "page", "reply"]),
    // Handlers know HTTP, the caller and the stores of every resource.
    (
        "*::handlers",
        &[
            "auth::*",
            "config",
            "db::Db",
            "db::word",
            "error",
            "idempotency",
            "initiatives::*",
            "input",
            "page",
            "refs",
            "reply",
            "text",
            "withdrawal",
            "*::model",
            "*::store",
        ],
    ),
    ("vocabularies", &["auth::caller", "db", "error", "input", "page", "reply"]),
    // Models know the rules of what is sent and answered. Of the database, only the name of their table.
    (
        "*::model",
        &["db::schema", "input", "page::Order", "reply::Resource", "text", "*::model", "initiatives::evidence"],
    ),
    ("initiatives::evidence", &["input", "text"]),
    ("withdrawal", &["input", "text"]),
    // Stores know the database.
    ("refs", STORE),
    ("auth::store", STORE),
    ("councils::store", STORE),
    ("themes::store", STORE),
    // Disabling a user ends every session.
    ("users::store", &["auth::store", "db", "error", "page", "refs", "*::model"]),
    // The one resource that shows others within itself.
    ("initiatives::embed", &["auth::caller::Reach", "error", "initiatives::*", "*::model", "*::store"]),
    ("initiatives::*", STORE),
    // Who is calling.
    ("auth::caller", &["auth::*", "config", "db::Db", "error", "initiatives::model", "users::model"]),
    ("auth::keys", &["config"]),
    ("auth::token", &["auth::keys", "error"]),
    ("auth::*", &["error"]),
    // Answers.
    ("page", &["auth::keys", "config", "error", "reply"]),
    ("idempotency", &["auth::keys", "db::schema", "error", "reply"]),
    ("reply", &["error"]),
    ("middleware", &["error"]),
    // Leaves: words that all others are made of.
    ("input::**", &["error", "input", "text"]),
    ("error", &["input::MAX_BODY", "problems"]),
    ("problems", &["error"]),
    ("text", &["input::Faults"]),
    ("config", &[]),
    ("db::opened", &["config", "db"]),
    ("db::**", &["db"]),
];

const STORE: &[&str] = &[
    "auth::caller::Reach",
    "auth::caller::Account",
    "db::schema",
    "db::word",
    "error",
    "initiatives::children",
    "initiatives::evidence",
    "initiatives::filter",
    "initiatives::resolve",
    "input::Draft",
    "input::Faults",
    "page::Order",
    "page::Slice",
    "page::Window",
    "refs",
    "text",
    "*::model",
];

/// Files that know nothing of HTTP: a mention of any of these words is a fault.
const WITHOUT_HTTP: &[&str] = &[
    "*::model",
    "*::store",
    "initiatives::evidence",
    "initiatives::children",
    "initiatives::embed",
    "initiatives::filter",
    "initiatives::resolve",
    "initiatives::write",
    "refs",
    "text",
    "withdrawal",
    "config",
    "db::**",
    "sample::**",
];
const HTTP: [&str; 5] = ["actix", "HttpRequest", "HttpResponse", "StatusCode", "handlers"];

/// The longest that a file may be, in lines.
const LONGEST: usize = 400;

/// True when a path of ours is covered by a pattern.
fn fits(pattern: &str, path: &[String]) -> bool {
    let mut parts = pattern.split("::");
    let mut names = path.iter();
    loop {
        match (parts.next(), names.next()) {
            (None, None) | (Some("**"), _) => return true,
            (Some("*"), Some(_)) => {}
            (Some(part), Some(name)) if part == name => {}
            _ => return false,
        }
    }
}

/// True when a path, or something that it lies in, is covered by a pattern.
fn covers(pattern: &str, path: &[String]) -> bool {
    (1..=path.len()).any(|length| fits(pattern, &path[..length]))
}

fn sources() -> Vec<Source> {
    let sources: Vec<Source> = files("src").iter().filter(|path| path.ends_with(".rs")).map(Source::read).collect();
    assert!(sources.len() > 60, "only {} files were found", sources.len());
    sources
}

#[test]
fn imports_run_one_way() {
    let mut faults = Vec::new();
    let mut held = vec![false; RULES.len()];
    // What lib.rs and the mod.rs of a folder say is who belongs to them.
    let is_table = |source: &Source| source.module.is_empty() || source.imports.is_empty();
    for source in sources().iter().filter(|source| !is_table(source)) {
        let Some(rule) = RULES.iter().position(|(files, _)| fits(files, &source.module)) else {
            faults.push(format!("{}: no rule says what it may import", source.path));
            continue;
        };
        held[rule] = true;
        for (line, import) in &source.imports {
            let is_own = import.starts_with(&source.module) || *import == source.module[..source.module.len() - 1];
            if import.iter().any(|name| name == "handlers") && source.module != ["routes"] {
                faults.push(format!("{}:{line}: only the routes know handlers", source.path));
            }
            if !is_own && !RULES[rule].1.iter().any(|right| covers(right, import)) {
                faults.push(format!("{}:{line}: {} must not import {}", source.path, RULES[rule].0, import.join("::")));
            }
        }
    }
    for ((files, rights), held) in RULES.iter().zip(held) {
        if !held && !rights.is_empty() {
            faults.push(format!("the rule for {files} holds for no file"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn http_stays_at_the_edge() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| WITHOUT_HTTP.iter().any(|files| fits(files, &source.module))) {
        for (line, text) in source.lines() {
            for word in HTTP.iter().filter(|word| text.contains(**word)) {
                faults.push(format!("{}:{line}: {word}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn nothing_unwraps_outside_of_tests() {
    let mut faults = Vec::new();
    for source in sources() {
        for (line, text) in source.lines() {
            if text.contains(".unwrap()") {
                faults.push(format!("{}:{line}: {}", source.path, text.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut faults = Vec::new();
    for path in files("src").into_iter().chain(files("tests")) {
        let is_ours = path.ends_with(".rs") && path != "src/db/schema.rs";
        let count = std::fs::read_to_string(source::root().join(&path)).unwrap_or_default().lines().count();
        if is_ours && count > LONGEST {
            faults.push(format!("{path}: {count} lines"));
        }
    }
    assert!(faults.is_empty(), "longer than {LONGEST} lines:\n{}", faults.join("\n"));
}
