//! The generated parts of the reference pages are what the program says.
//!
//! To write them again: `CCIN_WRITE_DOCS=1 cargo test --test api guide::reference`.

use std::fmt::Write as _;
use std::fs;

use ccin_registry::api::routes::document;
use ccin_registry::app::cli::Cli;
use ccin_registry::error::problems;
use ccin_registry::http::limits::price::Price;
use clap::{Arg, Command, CommandFactory};
use serde_json::Value;

use super::read;
use crate::layering::source::root;

const BEGIN: &str = "<!-- Generated from the program. To write it again: CCIN_WRITE_DOCS=1 cargo test --test api guide::reference -->\n";
const END: &str = "<!-- End of the generated part. -->";

/// Settings by what they are about. A new setting belongs into one of these.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Data", &["database-url", "data-dir", "postgres-bin", "postgres-user", "no-download", "database-connections"]),
    (
        "Address and TLS",
        &["bind", "public-url", "trusted-proxies", "tls-cert", "tls-key", "security-contact", "workers"],
    ),
    ("Sign-in", &["signing-key", "issuer", "oidc-issuers", "access-token-seconds", "session-days", "login-attempts"]),
    ("Letters and webhooks", &["smtp-url", "mail-from", "letters-dir", "webhooks-anywhere"]),
    (
        "Limits",
        &[
            "limit-anonymous",
            "limit-member",
            "limit-officer",
            "limit-bad-credentials",
            "requests-in-work",
            "connections-of-an-address",
            "body-seconds",
            "reader-seconds",
            "export-rows",
            "exports-at-a-time",
            "export-stall-seconds",
        ],
    ),
];

/// Compare the generated part of a page, or write it.
fn check(page: &str, generated: &str) {
    let path = format!("docs/reference/{page}.md");
    let (_, text) = read(path.clone());
    let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{path} has no line {BEGIN}"));
    let (found, after) = rest.split_once(END).unwrap_or_else(|| panic!("{path} has no line {END}"));
    let wanted = format!("\n{}\n\n", generated.trim());
    if std::env::var_os("CCIN_WRITE_DOCS").is_some() {
        fs::write(root().join(&path), format!("{before}{BEGIN}{wanted}{END}{after}")).expect("docs/ can be written to");
        return;
    }
    assert!(
        found == wanted,
        "{path} differs from the program. Write it again and look at the difference before you commit it:\n\
         CCIN_WRITE_DOCS=1 cargo test --test api guide::reference"
    );
}

/// A text for one cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|").replace('<', "\\<")
}

fn help(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let help = cell(&help);
    let help = if help.is_empty() || help.ends_with('.') { help } else { help + "." };
    let values: Vec<_> = argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    let is_flag = !argument.get_action().takes_values();
    if values.is_empty() || is_flag { help } else { format!("{help} One of {}.", values.join(", ")) }
}

fn default(argument: &Arg) -> String {
    let values: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    match (values.is_empty(), argument.get_action().takes_values()) {
        (false, true) => format!("`{}`", values.join(", ")),
        (true, true) if argument.is_required_set() => "required".into(),
        (true, true) if help(argument).to_lowercase().contains("default:") => "see right".into(),
        (true, true) => "none".into(),
        (_, false) if argument.is_required_set() => "required".into(),
        (_, false) => "off".into(),
    }
}

#[test]
fn settings_are_those_of_the_program() {
    let command = Cli::command();
    let known: Vec<&Arg> = command.get_arguments().filter(|argument| argument.get_env().is_some()).collect();
    let mut text = String::new();
    for (title, flags) in GROUPS {
        let _ = write!(text, "## {title}\n\n| setting | default | what it does |\n|---|---|---|\n");
        for flag in flags {
            let argument = known.iter().find(|argument| argument.get_long() == Some(flag));
            let argument = argument.unwrap_or_else(|| panic!("there is no setting --{flag}"));
            let variable = argument.get_env().unwrap_or_default().to_string_lossy();
            let _ = writeln!(text, "| `{variable}`, `--{flag}` | {} | {} |", default(argument), help(argument));
        }
        text.push('\n');
    }
    for argument in &known {
        let flag = argument.get_long().unwrap_or_default();
        assert!(GROUPS.iter().any(|(_, flags)| flags.contains(&flag)), "--{flag} belongs to none of GROUPS");
    }
    check("settings", &text);
}

#[test]
fn commands_are_those_of_the_program() {
    let mut command = Cli::command();
    command.build();
    let mut text = String::from("## Commands\n\n| command | what it does |\n|---|---|\n");
    let mut details = String::new();
    collect(&command, "", &mut text, &mut details);
    check("command-line", &format!("{text}\n{details}"));
}

/// A row for every command that does something, and a section for it.
fn collect(command: &Command, path: &str, rows: &mut String, details: &mut String) {
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        let path = format!("{path} {}", inner.get_name());
        let path = path.trim();
        if inner.get_subcommands().any(|inner| inner.get_name() != "help") {
            collect(inner, path, rows, details);
            continue;
        }
        let about = inner.get_about().map(ToString::to_string).unwrap_or_default();
        let long = inner.get_long_about().map_or(about.clone(), ToString::to_string);
        let anchor = path.replace(' ', "-");
        let _ = writeln!(rows, "| [`{path}`](#{anchor}) | {} |", cell(&about));
        let own: Vec<&Arg> = inner
            .get_arguments()
            .filter(|argument| !argument.is_global_set() && !["help", "version"].contains(&argument.get_id().as_str()))
            .collect();
        let usage = own.iter().map(|argument| usage(argument)).collect::<Vec<_>>().join(" ");
        let _ = write!(details, "## {path}\n\n");
        for paragraph in long.split("\n\n") {
            let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            let stop = if paragraph.ends_with('.') { "" } else { "." };
            let _ = write!(details, "{paragraph}{stop}\n\n");
        }
        let _ = write!(details, "```text\n{}\n```\n\n", format!("ccin-registry {path} {usage}").trim());
        if !own.is_empty() {
            details.push_str("| argument | default | what it means |\n|---|---|---|\n");
            for argument in own {
                let _ = writeln!(details, "| `{}` | {} | {} |", name(argument), default(argument), help(argument));
            }
            details.push('\n');
        }
    }
}

/// `--source <TEXT>`, `--apply` or `<FILE>`.
fn name(argument: &Arg) -> String {
    let values = argument.get_value_names().unwrap_or_default().iter().map(|name| format!("<{name}>"));
    let value = if argument.get_action().takes_values() { values.collect::<Vec<_>>().join(" ") } else { String::new() };
    argument.get_long().map_or(value.clone(), |flag| format!("--{flag} {value}").trim().to_owned())
}

fn usage(argument: &Arg) -> String {
    if argument.is_required_set() { name(argument) } else { format!("[{}]", name(argument)) }
}

#[test]
fn operations_are_those_of_the_document() {
    let document = &ccin_registry::api::routes::document().value;
    let mut text = String::new();
    for tag in document["tags"].as_array().expect("tags") {
        let (name, about) = (tag["name"].as_str().expect("a name"), tag["description"].as_str().unwrap_or_default());
        let title: String = name[..1].to_uppercase() + &name[1..];
        let _ = write!(
            text,
            "## {title}\n\n{about}\n\n| operation | what it does | account | units |\n|---|---|---|---|\n"
        );
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                if operation["tags"][0] == tag["name"] {
                    let summary = cell(operation["summary"].as_str().unwrap_or_default());
                    let method = method.to_uppercase();
                    let (account, units) = (account(operation), units(operation));
                    let _ = writeln!(text, "| `{method} {path}` | {summary} | {account} | {units} |");
                }
            }
        }
        text.push('\n');
    }
    check("operations", &text);
}

fn account(operation: &Value) -> &'static str {
    match operation["security"].as_array().map(Vec::as_slice) {
        None | Some([]) => "no",
        Some([only]) if only.get("bearer").is_some() => "token",
        Some(_) => "yes",
    }
}

fn units(operation: &Value) -> String {
    let said = operation["description"].as_str().unwrap_or_default();
    let price = said.split("\n\n").find_map(|part| part.strip_prefix("Costs ")?.strip_suffix('.'));
    price.map_or("none".into(), |price| price.replace(" units of the quota", "").replace(" unit of the quota", ""))
}

#[test]
fn errors_are_those_of_the_catalogue() {
    let mut text = String::from("| status | code | title |\n|---|---|---|\n");
    for kind in problems::ALL {
        let _ = writeln!(text, "| {} | [`{}`](#{}) | {} |", kind.status, kind.code, kind.code, kind.title);
    }
    for kind in problems::ALL {
        let _ =
            write!(text, "\n## {}\n\n{}: {}. {}\n", kind.code, kind.status, kind.title, kind.help.replace('<', "\\<"));
    }
    check("errors", &text);
}

#[test]
fn rate_limits_are_those_of_the_program() {
    let command = Cli::command();
    let quota = |flag: &str| {
        let argument = command.get_arguments().find(|argument| argument.get_long() == Some(flag)).expect("a setting");
        let variable = argument.get_env().unwrap_or_default().to_string_lossy().into_owned();
        (argument.get_default_values()[0].to_string_lossy().into_owned(), variable)
    };
    let mut text = String::from("## Quotas\n\n| caller | units a minute | setting |\n|---|---|---|\n");
    for (who, flag) in [
        ("without an account, for each address", "limit-anonymous"),
        ("each member, and each API key of a member", "limit-member"),
        ("each network officer, and each API key of one", "limit-officer"),
    ] {
        let (units, variable) = quota(flag);
        let _ = writeln!(text, "| {who} | {units} | `{variable}` |");
    }
    let document = &document().value;
    text.push_str("\n## What a request costs\n\n| request | units |\n|---|---|\n");
    for (what, path, method, query) in [
        ("one record, or a change of one; a page", "/v1/councils/{council}", "get", ""),
        ("suggestions while somebody types", "/v1/suggest", "get", "q=hou"),
        ("a page of a list", "/v1/initiatives", "get", ""),
        ("a list with `q`, `covers` or `include`", "/v1/initiatives", "get", "q=x"),
        ("search and facets", "/v1/search", "get", "q=x"),
        ("a whole list", "/v1/initiatives.{format}", "get", ""),
        ("changes or OGC features with a `limit` above 200", "/v1/changes", "get", "limit=1000"),
        ("signing in", "/v1/auth/login", "post", ""),
        ("asking for an API key", "/v1/api-keys/requests", "post", ""),
    ] {
        let _ = writeln!(text, "| {what} | {} |", Price::of(&document["paths"][path][method]).units(query, false));
    }
    text.push_str("\n[Operations](operations.md) lists the price of each operation.\n");
    check("rate-limits", &text);
}
