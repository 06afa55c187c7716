//! The letter about records that are due, with a one-time link to answer.

use chrono::{Duration, Utc};
use diesel_async::AsyncPgConnection;

use super::events::Letters;
use super::store::write;
use super::text::{Part, Text};
use crate::accounts::due_links::model::DAYS;
use crate::accounts::due_links::token::LinkToken;
use crate::error::ApiError;
use crate::text::dates::in_words;

/// Path of the page where the recipient answers. The secret of the link follows it.
pub const STILL_TRUE: &str = "/still-true/";

/// What a letter asks about.
pub struct Asked {
    /// Title of each record, and why it needs a check.
    pub records: Vec<(String, String)>,
    /// Number of further records that need a check.
    pub more: usize,
}

impl Letters {
    /// Asks an editor of a council about records that are due.
    pub async fn still_true(
        &self,
        conn: &mut AsyncPgConnection,
        recipient: &str,
        asked: &Asked,
        token: &LinkToken,
    ) -> Result<(), ApiError> {
        let until = in_words(&(Utc::now() + Duration::days(DAYS)).date_naive().to_string());
        let (subject, says) = match asked.records.len() {
            1 => ("Still true? A record of your council is due".to_owned(), "This record of your council is due"),
            many => {
                (format!("Still true? {many} records of your council are due"), "These records of your council are due")
            }
        };
        let mut parts = vec![
            Part::Says(format!("{says}. Is each still true, has something changed, or has it ended?")),
            Part::Says("Answer here. You need no password:".into()),
            Part::Link(self.address(&format!("{STILL_TRUE}{}", token.reveal()))),
            Part::Says(format!(
                "The link is for you only, and is good until {until}. Do not pass this letter on: whoever has the link \
                 answers in your name."
            )),
        ];
        parts.extend(asked.records.iter().map(|(title, why)| Part::Says(format!("{title}. {why}."))));
        if asked.more > 0 {
            parts.push(Part::Says(format!("{} more are due. They come with a later letter.", asked.more)));
        }
        write(conn, &[recipient.to_owned()], &Text::new(&subject, parts), None).await
    }
}
