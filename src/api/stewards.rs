//! Who looks after an initiative of a council that was split, if a network admin has to choose.

use actix_web::put;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::writes::Edit;
use crate::access::extractors::Admin;
use crate::access::reach::Reach;
use crate::access::scope::Moderate;
use crate::audit::action::Action;
use crate::error::ApiError;
use crate::http::input::{Body, Check, Draft, IfMatch};
use crate::http::response::Written;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::write;
use crate::registry::{references, stewards};
use crate::text::Reference;

/// The council that is to look after an initiative.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StewardChoice {
    /// A living council that followed the lead council: slug, id or GSS code. Null: take the choice back.
    #[schema(required, example = "cumberland")]
    pub council: Option<Reference>,
}

impl Check for StewardChoice {}

/// Choose who looks after an initiative
///
/// For network admins. Use it if the lead council was abolished, several councils followed it, and the initiative's own
/// location does not decide. Until you choose, the network looks after the initiative. `lead_council` does not change.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body = StewardChoice, responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[put("/initiatives/{initiative}/steward")]
pub async fn choose_steward(edit: Edit<Admin<Moderate>>, body: Body<StewardChoice>) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Initiative| {
        let (lead, chosen) = choice(conn, current, body.draft).await?;
        Ok(write::choose_steward(conn, current, lead, chosen).await?.then_some(Action::InitiativeUpdate))
    })
    .await
}

/// The lead council and the chosen one. 409 if there is nothing to choose.
async fn choice(
    conn: &mut AsyncPgConnection,
    current: &Initiative,
    draft: Draft<StewardChoice>,
) -> Result<(Uuid, Option<Uuid>), ApiError> {
    let Draft { value, mut faults } = draft;
    let Some(lead) = &current.lead_council else {
        return Err(ApiError::conflict("No council leads this initiative, so the network looks after it."));
    };
    let heirs = stewards::heirs(conn, lead.id).await?;
    let heirs = references::councils_by_id(conn, &Vec::from_iter(heirs)).await?;
    if heirs.len() < 2 {
        let found = match heirs.values().next() {
            Some(only) => format!("{} looks after the initiatives of {}. There is no choice.", only.name, lead.name),
            None => format!("No living council follows {}. Record the change of councils first.", lead.name),
        };
        return Err(ApiError::conflict(found));
    }
    let chosen = match &value.council {
        Some(named) => references::council(conn, Reach::PUBLIC, named, "/council", &mut faults).await?,
        None => None,
    };
    if chosen.is_some_and(|id| !heirs.contains_key(&id)) {
        let mut slugs: Vec<&str> = heirs.values().map(|council| &*council.slug).collect();
        slugs.sort_unstable();
        let detail = format!("does not follow {}; choose one of {}", lead.slug, slugs.join(", "));
        faults.add("/council", "not_allowed", detail);
    }
    faults.finish()?;
    Ok((lead.id, chosen))
}
