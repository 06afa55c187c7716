//! Resolves the names in a body to ids: councils, themes, principles and the parent. Every unknown name is a fault.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::lead::{LeadKind, led_by};
use super::model::{NewInitiative, ParticipantRole};
use super::names::{Named, organisations};
use crate::access::account::Account;
use crate::access::reach::Reach;
use crate::db::schema::initiatives;
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::{Draft, Faults};
use crate::registry::references::Names;
use crate::registry::stewards::Basis;
use crate::registry::{references, stewards};
use crate::text::Reference;

/// An initiative ready to be written, with its references resolved to ids.
pub struct Resolved {
    /// The body.
    pub new: NewInitiative,
    /// Kind of lead.
    pub lead_kind: LeadKind,
    /// `None` if no council leads.
    pub lead_council: Option<Uuid>,
    /// The council that looks after the record; `None` for the network.
    pub steward: Option<Uuid>,
    /// The successor of the lead council that an admin has chosen.
    pub steward_decided: Option<Uuid>,
    /// Council in whose area it happens, if no council leads.
    pub place_of: Option<Uuid>,
    /// True if a user of the lead council wrote the body.
    pub is_own: bool,
    /// Each council once, with its role.
    pub participants: Vec<(Uuid, ParticipantRole)>,
    /// Initiative that this one is a component of.
    pub parent: Option<Uuid>,
    /// The primary theme first, each once.
    pub themes: Vec<Uuid>,
    /// Each principle once, in the given order.
    pub principles: Vec<Uuid>,
    /// Name of the organisation that leads: as entered, or that of its record.
    pub lead_name: Option<String>,
    /// Organisations by the names that the body has for them.
    pub organisations: Names,
}

impl Resolved {
    /// The record that a reference to an organisation leads to.
    pub fn organisation(&self, reference: Option<&Reference>) -> Option<Uuid> {
        references::means(&self.organisations, reference?)
    }
}

/// Resolves every reference. Reports all faults together, the draft's own included. `own` is the id of the record that
/// is being changed.
///
/// A caller who is bound to a council can name only that council as the lead.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    account: Option<&Account>,
    draft: Draft<NewInitiative>,
    own: Option<Uuid>,
) -> Result<Resolved, ApiError> {
    let Draft { value: new, mut faults } = draft;
    let reach = account.map_or(Reach::ALL, Account::reach);
    let named = Named::of(conn, &new, own).await?;
    let council = |reference: &Reference, pointer: String, faults: &mut Faults| {
        references::pick(&named.councils, reference, "council", |detail| faults.add(pointer, UNKNOWN, detail))
    };

    let (lead_kind, named_lead) = led_by(new.lead.as_ref(), new.lead_council.as_ref());
    let lead_pointer = if new.lead_council.is_some() { "/lead_council" } else { "/lead/ref" };
    let lead_council = named_lead.and_then(|lead| council(lead, lead_pointer.into(), &mut faults));
    let place_of = new.place_of.as_ref().and_then(|place| council(place, "/place_of".into(), &mut faults));
    let bound = account.and_then(Account::bound_to);
    let (steward, steward_decided) = match lead_council {
        Some(lead) if named.abolished.contains(&lead) => {
            let decided = match own {
                Some(own) => decided(conn, own, lead).await?,
                None => None,
            };
            let basis = Basis { lead, decided, point: new.location.map(Into::into) };
            (stewards::of(conn, basis).await?, decided)
        }
        lead => (lead, None),
    };
    let is_known = lead_council.is_some() || lead_kind != LeadKind::Council;
    if bound.is_some_and(|own| is_known && steward != Some(own)) {
        let pointer = if new.lead_council.is_some() { "/lead_council" } else { "/lead" };
        let detail = "is not your council; you can edit only initiatives that your own council leads or looks after";
        faults.add(pointer, "not_yours", detail);
    }

    let mut participants: Vec<(Uuid, ParticipantRole)> = Vec::new();
    for (index, participant) in new.participants.iter().enumerate() {
        let pointer = format!("/participants/{index}/council");
        let Some(id) = council(&participant.council, pointer.clone(), &mut faults) else { continue };
        if Some(id) == lead_council {
            faults.add(pointer, "repeated", "is already the lead council");
        } else if participants.iter().any(|(other, _)| *other == id) {
            faults.add(pointer, "repeated", "names the same council twice");
        } else {
            participants.push((id, participant.role));
        }
    }

    let themes = theme_ids(&named, &new.themes, &mut faults);
    let mut principles = Vec::new();
    for (index, used) in new.principles.iter().enumerate() {
        let pointer = format!("/principles/{index}/principle");
        let id = references::pick(&named.principles, &used.principle, "CCIN principle", |detail| {
            faults.add(&*pointer, UNKNOWN, detail);
        });
        match id {
            Some(id) if principles.contains(&id) => faults.add(pointer, "repeated", "names the same principle twice"),
            Some(id) => principles.push(id),
            None => {}
        }
    }

    for (pointer, reference) in organisations(&new) {
        references::pick(&named.organisations, reference, "organisation", |detail| {
            faults.add(pointer, UNKNOWN, detail);
        });
    }

    let parent = match (&new.parent, own) {
        (Some(parent), _) => parent_id(conn, reach, parent, own, &mut faults).await?,
        (None, Some(own)) => unseen_parent(conn, reach, own).await?,
        (None, None) => None,
    };
    faults.finish()?;
    let is_own = bound.is_some();
    let entered = new.lead.as_ref().and_then(|lead| lead.name.as_deref()).map(str::to_owned);
    let lead_name = entered.or(named.lead_name).filter(|_| lead_kind == LeadKind::Organisation);
    let organisations = named.organisations;
    Ok(Resolved {
        new,
        lead_kind,
        lead_council,
        steward,
        steward_decided,
        place_of,
        is_own,
        participants,
        parent,
        themes,
        principles,
        lead_name,
        organisations,
    })
}

/// The successor that an admin has chosen for a record, if the record still has this lead.
async fn decided(conn: &mut AsyncPgConnection, id: Uuid, lead: Uuid) -> Result<Option<Uuid>, ApiError> {
    let same = initiatives::table.find(id).filter(initiatives::lead_council_id.eq(lead));
    let found: Option<Option<Uuid>> = same.select(initiatives::steward_decided_id).first(conn).await.optional()?;
    Ok(found.flatten())
}

fn theme_ids(named: &Named, references: &[Reference], faults: &mut Faults) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for (index, reference) in references.iter().enumerate() {
        let pointer = format!("/themes/{index}");
        let id = references::pick(&named.themes, reference, "theme", |detail| faults.add(&*pointer, UNKNOWN, detail));
        match id {
            Some(id) if ids.contains(&id) => faults.add(pointer, "repeated", "names the same theme twice"),
            Some(id) if named.deprecated.contains(&id) => {
                faults.add(pointer, "deprecated", "is a deprecated theme; use the one that replaces it");
            }
            Some(id) => ids.push(id),
            None => {}
        }
    }
    ids
}

/// The parent of a record, if the caller cannot see it. A caller cannot name such a parent, so leaving it out of the
/// body does not remove it.
async fn unseen_parent(conn: &mut AsyncPgConnection, reach: Reach, own: Uuid) -> Result<Option<Uuid>, ApiError> {
    let parent: Option<Uuid> = initiatives::table.find(own).select(initiatives::parent_id).first(conn).await?;
    match parent {
        Some(parent) if !references::sees(conn, reach, parent).await? => Ok(Some(parent)),
        _ => Ok(None),
    }
}

/// Serialises changes of components: two concurrent changes could form a chain that neither sees.
pub async fn lock_components(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    Ok(crate::db::lock(conn, "components").await?)
}

/// Resolves the parent. There is only one level: a parent has no parent, and a record with components cannot have one.
async fn parent_id(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    reference: &Reference,
    own: Option<Uuid>,
    faults: &mut Faults,
) -> Result<Option<Uuid>, ApiError> {
    lock_components(conn).await?;
    let Some(id) = references::initiative(conn, reach, reference, "/parent", faults).await? else { return Ok(None) };
    if own == Some(id) {
        faults.add("/parent", "circular", "is the initiative itself");
        return Ok(None);
    }
    // Locked: if the parent became narrower meanwhile, this component would stay visible to more people.
    let grandparent: Option<Uuid> =
        initiatives::table.find(id).select(initiatives::parent_id).for_share().first(conn).await?;
    if grandparent.is_some() {
        faults.add("/parent", "too_deep", "is a component itself; use the initiative that it belongs to");
    }
    if let Some(own) = own {
        let components =
            initiatives::table.filter(initiatives::parent_id.eq(own)).filter(initiatives::withdrawn_at.is_null());
        if select(exists(components)).get_result::<bool>(conn).await? {
            faults.add("/parent", "too_deep", "is not allowed: this initiative has components of its own");
        }
    }
    Ok(Some(id))
}
