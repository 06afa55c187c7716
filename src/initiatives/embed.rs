//! `include`: related records in full, read once for a whole page and then handed out.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::model::{Initiative, InitiativeRef};
use super::query::InitiativeInclude as Include;
use super::store;
use crate::auth::caller::Reach;
use crate::councils::model::Council;
use crate::error::ApiError;
use crate::{councils, themes};

/// Embed what was asked for in every record of a page.
pub async fn embed(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    include: &[Include],
    page: &mut [Initiative],
) -> Result<(), ApiError> {
    let wants = |one| include.contains(&one);
    if wants(Include::LeadCouncil) || wants(Include::Participants) {
        embed_councils(conn, reach, include, page).await?;
    }
    if wants(Include::Themes) {
        let ids: Vec<Uuid> = page.iter().flat_map(|one| &one.themes).map(|used| used.theme.id).collect();
        let themes = themes::store::load(conn, &ids).await?;
        for one in &mut *page {
            let of = |id: Uuid| themes.iter().find(|theme| theme.id == id).cloned();
            one.embedded.themes = Some(one.themes.iter().filter_map(|used| of(used.theme.id)).collect());
        }
    }
    if wants(Include::Parent) {
        let ids: Vec<Uuid> = page.iter().filter_map(|one| one.parent.as_ref()).map(|parent| parent.id).collect();
        let parents = by_id(store::load(conn, reach, &ids).await?);
        for one in &mut *page {
            one.embedded.parent = one.parent.as_ref().and_then(|parent| parents.get(&parent.id)).cloned().map(Box::new);
        }
    }
    if wants(Include::Components) {
        let ids: Vec<Uuid> = page.iter().flat_map(|one| &one.components).map(|component| component.id).collect();
        let components = by_id(store::load(conn, reach, &ids).await?);
        for one in &mut *page {
            let of = |component: &InitiativeRef| components.get(&component.id).cloned();
            one.embedded.components = Some(one.components.iter().filter_map(of).collect());
        }
    }
    Ok(())
}

async fn embed_councils(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    include: &[Include],
    page: &mut [Initiative],
) -> Result<(), ApiError> {
    let leads = page.iter().filter_map(|one| one.lead_council.as_ref()).map(|council| council.id);
    let participants = page.iter().flat_map(|one| &one.participants).map(|one| one.council.id);
    let ids: Vec<Uuid> = leads.chain(participants).collect();
    let found: HashMap<Uuid, Council> =
        councils::store::load(conn, reach, &ids).await?.into_iter().map(|council| (council.id, council)).collect();
    for one in page {
        if include.contains(&Include::LeadCouncil) {
            one.embedded.lead_council = one.lead_council.as_ref().and_then(|lead| found.get(&lead.id)).cloned();
        }
        if include.contains(&Include::Participants) {
            one.embedded.participants =
                Some(one.participants.iter().filter_map(|one| found.get(&one.council.id)).cloned().collect());
        }
    }
    Ok(())
}

fn by_id(initiatives: Vec<Initiative>) -> HashMap<Uuid, Initiative> {
    initiatives.into_iter().map(|one| (one.id, one)).collect()
}
