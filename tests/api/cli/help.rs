//! The help of every command names every setting.

use ccin_registry::app::cli::Cli;
use clap::{Command, CommandFactory};

use crate::support::program::Program;
use crate::support::scratch::Scratch;

/// Every setting: its flag and its variable.
const SETTINGS: [(&str, &str); 34] = [
    ("--database-url", "DATABASE_URL"),
    ("--data-dir", "CCIN_DATA_DIR"),
    ("--postgres-bin", "CCIN_POSTGRES_BIN"),
    ("--postgres-user", "CCIN_POSTGRES_USER"),
    ("--no-download", "CCIN_NO_DOWNLOAD"),
    ("--database-connections", "CCIN_DATABASE_CONNECTIONS"),
    ("--bind", "CCIN_BIND"),
    ("--public-url", "CCIN_PUBLIC_URL"),
    ("--trusted-proxies", "CCIN_TRUSTED_PROXIES"),
    ("--tls-cert", "CCIN_TLS_CERT"),
    ("--tls-key", "CCIN_TLS_KEY"),
    ("--security-contact", "CCIN_SECURITY_CONTACT"),
    ("--workers", "CCIN_WORKERS"),
    ("--signing-key", "CCIN_SIGNING_KEY"),
    ("--issuer", "CCIN_ISSUER"),
    ("--oidc-issuers", "CCIN_OIDC_ISSUERS"),
    ("--access-token-seconds", "CCIN_ACCESS_TOKEN_SECONDS"),
    ("--session-days", "CCIN_SESSION_DAYS"),
    ("--login-attempts", "CCIN_LOGIN_ATTEMPTS"),
    ("--smtp-url", "CCIN_SMTP_URL"),
    ("--mail-from", "CCIN_MAIL_FROM"),
    ("--letters-dir", "CCIN_LETTERS_DIR"),
    ("--webhooks-anywhere", "CCIN_WEBHOOKS_ANYWHERE"),
    ("--limit-anonymous", "CCIN_LIMIT_ANONYMOUS"),
    ("--limit-member", "CCIN_LIMIT_MEMBER"),
    ("--limit-officer", "CCIN_LIMIT_OFFICER"),
    ("--limit-bad-credentials", "CCIN_LIMIT_BAD_CREDENTIALS"),
    ("--requests-in-work", "CCIN_REQUESTS_IN_WORK"),
    ("--connections-of-an-address", "CCIN_CONNECTIONS_OF_AN_ADDRESS"),
    ("--body-seconds", "CCIN_BODY_SECONDS"),
    ("--reader-seconds", "CCIN_READER_SECONDS"),
    ("--export-rows", "CCIN_EXPORT_ROWS"),
    ("--exports-at-a-time", "CCIN_EXPORTS_AT_A_TIME"),
    ("--export-stall-seconds", "CCIN_EXPORT_STALL_SECONDS"),
];

#[test]
fn the_help_of_every_command_names_every_setting_and_its_variable() {
    let scratch = Scratch::new("help");
    let mut commands = Vec::new();
    collect(&Cli::command(), &[], &mut commands);
    let names: Vec<String> = commands.iter().map(|(path, _)| path.join(" ")).collect();
    assert_eq!(
        names,
        [
            "",
            "serve",
            "migrate",
            "health",
            "openapi",
            "sample",
            "sample load",
            "user",
            "user create",
            "user disable",
            "user set-password",
            "import",
            "import boundaries",
            "import councils",
            "audit",
            "audit verify",
            "audit adopt-key"
        ]
    );
    for (path, own) in commands {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = Program::run(scratch.path(), &arguments, &[], "").expect(0).stdout;
        // Wherever the lines are broken.
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        for (flag, variable) in SETTINGS {
            assert!(help.contains(&format!("{flag} ")), "{path:?} --help lacks {flag}");
            let named = [format!("[env: {variable}]"), format!("[env: {variable}=")];
            assert!(named.iter().any(|named| help.contains(named)), "{path:?} --help lacks {variable}");
        }
        for flag in own {
            assert!(help.contains(&flag), "{path:?} --help lacks {flag}");
        }
    }
}

#[test]
fn the_settings_are_these_and_each_has_a_variable_and_a_description() {
    let command = Cli::command();
    let found: Vec<(String, String)> = command
        .get_arguments()
        .filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
        .map(|argument| {
            let flag = argument.get_long().expect("a flag");
            let variable = argument.get_env().unwrap_or_else(|| panic!("--{flag} has no variable"));
            assert!(argument.get_help().is_some_and(|help| help.to_string().len() > 20), "--{flag} says too little");
            assert!(argument.is_global_set(), "--{flag} is not for every command");
            (format!("--{flag}"), variable.to_string_lossy().into_owned())
        })
        .collect();
    let expected: Vec<(String, String)> = SETTINGS.iter().map(|(f, v)| (f.to_string(), v.to_string())).collect();
    assert_eq!(found, expected);
}

/// Every command with the flags of its own.
fn collect(command: &Command, path: &[String], found: &mut Vec<(Vec<String>, Vec<String>)>) {
    let own = command.get_arguments().filter_map(|argument| argument.get_long()).map(|flag| format!("--{flag}"));
    found.push((path.to_vec(), own.collect()));
    for inner in command.get_subcommands() {
        let path: Vec<String> = path.iter().cloned().chain([inner.get_name().to_owned()]).collect();
        collect(inner, &path, found);
    }
}
