//! Letters about suggestions: to the council that decides, and to the author once it has.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::events::Letters;
use super::keepers::keepers;
use super::store::write;
use super::text::{Part, Text};
use crate::access::role::Role;
use crate::accounts::users::model::UserStatus;
use crate::db::enum_text::Word;
use crate::db::schema::users;
use crate::error::ApiError;
use crate::registry::suggestions::model::{Suggestion, SuggestionState};

impl Letters {
    /// Tells of a suggestion as it is now. `by`: the user who made it so, who hears of nothing.
    pub async fn about_suggestion(
        &self,
        conn: &mut AsyncPgConnection,
        suggestion: &Suggestion,
        by: Uuid,
    ) -> Result<(), ApiError> {
        let recipients = recipients(conn, suggestion, by).await?;
        match recipients.is_empty() {
            true => Ok(()),
            false => write(conn, &recipients, &self.suggestion_text(suggestion), None).await,
        }
    }

    fn suggestion_text(&self, suggestion: &Suggestion) -> Text {
        let title = &suggestion.initiative.title;
        let (subject, says) = match suggestion.state {
            SuggestionState::Open => {
                ("Suggestion", format!("Somebody suggests a change of “{title}”. You decide. The reason:"))
            }
            _ => ("Your suggestion", format!("What became of your suggestion for “{title}”: {}", suggestion.stands)),
        };
        let mut parts = vec![Part::Says(says)];
        match suggestion.state {
            SuggestionState::Open => {
                parts.push(Part::Quotes(suggestion.reason.clone()));
                parts.extend([Part::Says("The changes:".into()), Part::Quotes(suggestion.in_words.join("\n"))]);
            }
            _ => parts.extend(suggestion.reply.clone().map(Part::Quotes)),
        }
        parts.push(Part::Link(self.address(&format!("/v1/suggestions/{}", suggestion.id))));
        Text::new(&format!("{subject}: {title}"), parts)
    }
}

/// E-mail addresses of those who hear of it: who decides while it is open, the author once it is decided.
async fn recipients(conn: &mut AsyncPgConnection, suggestion: &Suggestion, by: Uuid) -> Result<Vec<String>, ApiError> {
    const THEIRS: [Role; 2] = [Role::Contributor, Role::CouncilEditor];
    const OFFICERS: [Role; 2] = [Role::Moderator, Role::NetworkAdmin];
    let found = match suggestion.state {
        SuggestionState::Open => keepers(conn, suggestion.steward(), &THEIRS, &OFFICERS, Some(by)).await?,
        SuggestionState::Withdrawn => Vec::new(),
        _ => {
            let author = users::table.find(suggestion.author.id).filter(users::id.ne(by));
            author.filter(users::status.eq(Word(UserStatus::Active))).select(users::email).load(conn).await?
        }
    };
    Ok(found)
}
