//! Settings of letters: where they go, and whom they are from.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use lettre::message::Mailbox;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// Settings of the letters to people.
#[derive(Args, Clone, Debug)]
pub struct MailSettings {
    /// SMTP server for letters, such as smtps://user:password@mail.example.org or smtp+starttls://user:password@HOST.
    /// smtp://localhost is a relay on this machine. Default: letters are written to a folder, and nobody gets them.
    #[arg(long, env = "CCIN_SMTP_URL", hide_env_values = true, global = true, value_name = "URL")]
    pub smtp_url: Option<SecretString>,

    /// Sender of letters, such as "CCIN registry <registry@example.org>". Needed with --smtp-url.
    #[arg(long, env = "CCIN_MAIL_FROM", global = true, value_name = "ADDRESS", value_parser = mailbox)]
    pub mail_from: Option<Mailbox>,

    /// Folder for letters while no SMTP server is set. Default: the folder letters in the data folder.
    #[arg(long, env = "CCIN_LETTERS_DIR", global = true, value_name = "DIR")]
    pub letters_dir: Option<PathBuf>,
}

/// An SMTP address in the form that `lettre` reads. It can hold a password.
pub struct SmtpUrl(SecretString);

impl SmtpUrl {
    /// Checks the setting. The error never repeats it.
    pub fn read(setting: &SecretString) -> Result<Self, String> {
        const FORMS: &str = "use smtps://user:password@HOST, smtp+starttls://user:password@HOST or smtp://localhost";
        let text = setting.expose_secret().trim();
        let starttls = text.strip_prefix("smtp+starttls://").map(|rest| format!("smtp://{rest}"));
        let mut url = Url::parse(starttls.as_deref().unwrap_or(text)).map_err(|error| format!("{error}; {FORMS}"))?;
        if !matches!(url.scheme(), "smtp" | "smtps") || url.host_str().is_none_or(str::is_empty) {
            return Err(FORMS.into());
        }
        if url.password().is_none() != url.username().is_empty() {
            return Err("it needs both a user name and a password, or neither".into());
        }
        if starttls.is_some() {
            url.set_query(Some("tls=required"));
        }
        let is_encrypted = url.scheme() == "smtps" || url.query() == Some("tls=required");
        if url.password().is_some() && !is_encrypted && !url.host_str().is_some_and(is_here) {
            return Err(format!("the password would cross the network in the clear; {FORMS}"));
        }
        Ok(Self(String::from(url).into()))
    }

    /// The address, with the password.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// True for this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse().map_err(|error| format!("{error}; write it like CCIN registry <registry@example.org>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        SmtpUrl::read(&text.to_owned().into()).map(|url| url.expose().to_owned())
    }

    #[test]
    fn an_smtp_address_says_how_it_is_encrypted() {
        for (text, kept) in [
            ("smtp://localhost", "smtp://localhost"),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtp://relay.internal", "smtp://relay.internal"),
            ("smtp://user:secret@[::1]", "smtp://user:secret@[::1]"),
            ("smtps://user:s%40cret@mail.example.org", "smtps://user:s%40cret@mail.example.org"),
            ("smtp+starttls://user:secret@mail.example.org", "smtp://user:secret@mail.example.org?tls=required"),
            ("smtp://user:secret@mail.example.org?tls=required", "smtp://user:secret@mail.example.org?tls=required"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn a_wrong_smtp_address_is_refused_without_repeating_it() {
        for text in [
            "",
            "mail.example.org",
            "https://user:secret@mail.example.org",
            "smtp://",
            "smtps://user@mail.example.org",
            "smtps://:secret@mail.example.org",
            "smtp://user:secret@mail.example.org",
            "smtp://user:secret@mail.example.org?tls=opportunistic",
            "smtps://user:secret@mail.example.org:port",
        ] {
            let error = read(text).expect_err(text);
            assert!(!error.contains("secret") && !error.contains("mail.example.org"), "{text}: {error}");
        }
    }

    #[test]
    fn a_sender_has_an_address() {
        assert_eq!(mailbox("CCIN registry <registry@example.org>").unwrap().email.domain(), "example.org");
        assert!(mailbox("registry").is_err());
    }
}
