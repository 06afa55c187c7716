//! The source as text: imports go down the layers and never in a circle, HTTP stays at the edge, nothing panics on
//! purpose, files stay short.

pub mod source;

use std::collections::BTreeMap;

use source::{Source, files};

/// The layers of `src/`, from top to bottom. Each imports from itself and from the layers below it.
const LAYERS: [&str; 18] = [
    "main",
    "app",
    "api",
    "formats",
    "read_model",
    "webhooks",
    "letters",
    "accounts",
    "audit",
    "registry",
    "openapi",
    "http",
    "access",
    "db",
    "geography",
    "error",
    "text",
    "config",
];

/// Layers without HTTP, and words that would show HTTP.
const WITHOUT_HTTP: [&str; 6] = ["registry", "db", "geography", "text", "config", "app::import"];
const HTTP: [&str; 4] = ["actix", "HttpRequest", "HttpResponse", "StatusCode"];

/// The longest that a file may be, in lines.
const LONGEST: usize = 400;

fn sources() -> Vec<Source> {
    let sources: Vec<Source> = files("src").iter().filter(|path| path.ends_with(".rs")).map(Source::read).collect();
    assert!(sources.len() > 60, "only {} files were found", sources.len());
    sources
}

/// The imports of each file: the modules that it names, with the line.
fn imports() -> BTreeMap<String, Vec<(usize, String)>> {
    let sources = sources();
    let modules: Vec<&[String]> =
        sources.iter().map(|source| &source.module[..]).filter(|path| !path.is_empty()).collect();
    let module_of = |path: &[String]| {
        let known = (1..=path.len()).rev().map(|end| &path[..end]).find(|start| modules.contains(start));
        known.map(|module| module.join("::"))
    };
    let read = |source: &Source| {
        let own = source.module.join("::");
        let named = source.imports.iter().filter_map(|(line, path)| Some((*line, module_of(path)?)));
        (own.clone(), named.filter(|(_, module)| *module != own).collect())
    };
    sources.iter().filter(|source| !source.module.is_empty()).map(read).collect()
}

#[test]
fn imports_go_down_the_layers() {
    let layer = |module: &str| module.split("::").next().unwrap_or_default().to_owned();
    let step = |module: &str| LAYERS.iter().position(|name| *name == layer(module));
    let mut faults = Vec::new();
    for (module, imports) in imports() {
        let Some(own) = step(&module) else {
            faults.push(format!("{module} is in no layer"));
            continue;
        };
        for (line, import) in imports.iter().filter(|(_, import)| step(import).is_none_or(|other| other < own)) {
            faults.push(format!("{module}, line {line}: imports {import}, which is in a higher layer"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    // What imports nothing that is left goes, until nothing more can go: what stays lies on a circle, or leads into
    // one.
    let mut left = imports();
    loop {
        let names: Vec<String> = left.keys().cloned().collect();
        let stays = |imports: &Vec<(usize, String)>| imports.iter().any(|(_, import)| names.contains(import));
        left.retain(|_, imports| stays(imports));
        if left.len() == names.len() {
            break;
        }
    }
    let circle: Vec<String> = left
        .iter()
        .flat_map(|(module, imports)| {
            imports.iter().map(move |(line, import)| format!("{module}, line {line}: {import}"))
        })
        .filter(|fault| left.keys().any(|module| fault.ends_with(&format!(": {module}"))))
        .collect();
    assert!(circle.is_empty(), "\n{}", circle.join("\n"));
}

#[test]
fn http_stays_at_the_edge() {
    let mut faults = Vec::new();
    for source in sources() {
        let module = source.module.join("::");
        let is_without = WITHOUT_HTTP.iter().any(|layer| module == *layer || module.starts_with(&format!("{layer}::")));
        for (line, text) in source.lines().filter(|_| is_without) {
            for word in HTTP.iter().filter(|word| text.contains(**word)) {
                faults.push(format!("{}:{line}: {word}", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// `src/api/writes.rs` has the steps, so that no handler forgets the right, the precondition or the event.
#[test]
fn every_put_patch_and_delete_takes_the_same_steps() {
    let mut steps = Vec::new();
    for source in sources().iter().filter(|source| source.path.starts_with("src/api/")) {
        let text: Vec<&str> = source.lines().map(|(_, line)| line).collect();
        let text = text.join("\n");
        for method in ["#[put(", "#[patch(", "#[delete("] {
            let handlers = text.match_indices(method).map(|(at, _)| &text[at..]);
            steps.extend(handlers.map(|handler| {
                let signature = handler.split(" {\n").next().unwrap_or_default();
                (
                    format!("{}: {}", source.path, signature.lines().next().unwrap_or_default()),
                    signature.contains("Edit<"),
                )
            }));
        }
    }
    let others: Vec<&String> = steps.iter().filter(|(_, is_edit)| !is_edit).map(|(handler, _)| handler).collect();
    assert!(others.is_empty(), "these take no Edit: {others:#?}");
    assert!(steps.len() > 10, "only {} handlers were found", steps.len());
}

/// The private PostgreSQL could be a crate of its own: it names nothing of ours, neither in code nor in comments.
#[test]
fn the_private_postgresql_knows_no_registry() {
    let mut faults = Vec::new();
    for path in files("src/db/embedded") {
        let text = std::fs::read_to_string(source::root().join(&path)).expect("a source file").to_lowercase();
        for (number, line) in text.lines().enumerate() {
            if ["ccin", "registry", "crate::"].iter().any(|word| line.contains(word)) {
                faults.push(format!("{path}:{}: {line}", number + 1));
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
