//! The boundaries of member councils, for maps.

use super::boundaries::Boundary;
use super::council_list::CouncilFilter;
use super::snapshot::Snapshot;
use crate::error::ApiError;
use crate::geography::BoundingBox;
use crate::registry::boundaries::model::MembersQuery;
use crate::registry::councils::lifetime::CouncilStatus;
use crate::registry::councils::model::Council;
use crate::registry::memberships::vocabulary::MembershipStatus;

/// A council with its boundary.
pub type Member = (Council, Boundary);

/// The members that match a query and have a boundary, by slug, at one level of simplification. With a box, only those
/// that intersect it. Computing the union for a county takes noticeable CPU time.
pub fn members(
    snapshot: &Snapshot,
    query: &MembersQuery,
    level: i16,
    bounds: Option<BoundingBox>,
) -> Result<Vec<Member>, ApiError> {
    let filter = CouncilFilter {
        nations: query.nation.clone(),
        regions: query.region.clone(),
        tiers: query.membership.clone(),
        stages: vec![CouncilStatus::Living],
        ..CouncilFilter::default()
    };
    let mut councils: Vec<&Council> =
        snapshot.select_councils(&filter).into_iter().map(|entry| &entry.record).collect();
    councils.sort_by_key(|council| &council.slug);
    let mut members = Vec::new();
    for council in councils {
        // Nothing says that a membership ended that is only not known since.
        let is_member = council.membership.status.is_some_and(|status| status != MembershipStatus::Ended);
        let Some(code) = council.gss_code.as_deref().filter(|_| is_member) else { continue };
        let Some(boundary) = snapshot.boundaries.boundary(code, level)? else { continue };
        if bounds.is_none_or(|bounds| bounds.touches(&boundary.bounds)) {
            members.push((council.clone(), boundary));
        }
    }
    Ok(members)
}
