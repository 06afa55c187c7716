//! The way of a letter out: to an SMTP server or, while none is set, to a folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::store::Due;
use crate::access::keys::write_private;
use crate::config::mail::{MailSettings, SmtpUrl};
use crate::error::causes::chain;

/// Longest time for a letter to be handed over. It is shorter than the first delay between two attempts, so no other
/// instance takes a letter that is still under way.
const LONGEST: Duration = Duration::from_secs(45);
/// Sender while letters are written to a folder.
const NOBODY: &str = "CCIN registry <ccin-registry@localhost>";

/// Hands letters over.
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Why a letter was not handed over.
#[derive(Debug)]
pub enum Failure {
    /// It never can be.
    Unsendable(String),
    /// The next attempt can succeed.
    NotNow(String),
}

impl Mailer {
    /// A mailer with these settings. Connects to nothing yet. The error repeats no password.
    pub fn new(settings: &MailSettings, data_dir: &Path) -> Result<Self, String> {
        let Some(url) = &settings.smtp_url else {
            let nobody = || NOBODY.parse().map_err(|error| format!("{NOBODY}: {error}"));
            let from = settings.mail_from.clone().map_or_else(nobody, Ok)?;
            let folder = settings.letters_dir.clone().unwrap_or_else(|| data_dir.join("letters"));
            return Ok(Self { from, way: Way::Folder(folder) });
        };
        let wrong = |error: String| format!("--smtp-url (CCIN_SMTP_URL) cannot be used: {error}");
        let from = settings.mail_from.clone();
        let from =
            from.ok_or("--smtp-url (CCIN_SMTP_URL) needs --mail-from (CCIN_MAIL_FROM), the sender of letters")?;
        let url = SmtpUrl::read(url).map_err(wrong)?;
        let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose());
        let smtp = smtp.map_err(|error| wrong(chain(&error)))?.timeout(Some(LONGEST)).build();
        Ok(Self { from, way: Way::Smtp(smtp) })
    }

    /// The folder that letters are written to, if they go to no SMTP server.
    pub fn folder(&self) -> Option<&Path> {
        match &self.way {
            Way::Smtp(_) => None,
            Way::Folder(folder) => Some(folder),
        }
    }

    /// Hands a letter over.
    pub async fn send(&self, letter: &Due) -> Result<(), Failure> {
        let message = self.message(letter).map_err(Failure::Unsendable)?;
        match &self.way {
            Way::Smtp(smtp) => match tokio::time::timeout(LONGEST, smtp.send(message)).await {
                Ok(sent) => sent.map(drop).map_err(|error| Failure::NotNow(chain(&error))),
                Err(_) => Err(Failure::NotNow(format!("the server did not take it within {LONGEST:?}"))),
            },
            Way::Folder(folder) => {
                let path = folder.join(format!("{}.eml", letter.id));
                keep(&path, &message.formatted())
                    .map_err(|error| Failure::NotNow(format!("{}: {error}", path.display())))
            }
        }
    }

    /// The message. Its id is the same at each attempt, so that a reader's program shows a letter once.
    fn message(&self, letter: &Due) -> Result<Message, String> {
        const AUTOMATIC: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
        let to: Address =
            letter.recipient.parse().map_err(|error| format!("the e-mail address cannot be used: {error}"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&letter.subject)
            .date(letter.created_at.into())
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            // Answering machines do not answer it (RFC 3834, section 5).
            .raw_header(HeaderValue::new(AUTOMATIC, "auto-generated".into()));
        let message = match &letter.html {
            Some(html) => message.multipart(MultiPart::alternative_plain_html(letter.plain.clone(), html.clone())),
            None => message.singlepart(SinglePart::plain(letter.plain.clone())),
        };
        message.map_err(|error| error.to_string())
    }
}

/// Writes a letter to a file for its owner only: it can hold a one-time token.
fn keep(path: &Path, message: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    write_private(path, message)
}
