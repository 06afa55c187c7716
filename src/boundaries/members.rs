//! The boundaries of the councils that are members: what maps draw.

use diesel_async::AsyncPgConnection;

use super::model::MembersQuery;
use super::store::{self, Boundary};
use crate::auth::caller::Reach;
use crate::councils::model::{Council, MembershipStatus, MembershipTier};
use crate::councils::store::{self as councils, CouncilFilter};
use crate::error::ApiError;
use crate::geography::BoundingBox;

/// A council with its boundary.
pub type Member = (Council, Boundary);

/// The members that match a query and have a boundary, in one degree of simplification; those alone that reach into a box.
pub async fn members(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    query: &MembersQuery,
    level: i16,
    bounds: Option<BoundingBox>,
) -> Result<Vec<Member>, ApiError> {
    let filter = CouncilFilter {
        nations: query.nation.clone(),
        regions: query.region.clone(),
        tiers: query.membership.clone(),
        ..CouncilFilter::default()
    };
    let mut members = councils::all(conn, reach, &filter).await?;
    members.retain(|council| {
        let membership = &council.membership;
        membership.tier != MembershipTier::None && membership.status == Some(MembershipStatus::Active)
    });
    let codes: Vec<String> = members.iter().filter_map(|council| council.gss_code.clone()).collect();
    let mut boundaries = store::boundaries_of(conn, &codes, level).await?;
    boundaries.retain(|_, boundary| bounds.is_none_or(|bounds| bounds.touches(&boundary.bounds)));
    let with_boundary = members.into_iter().filter_map(|council| {
        let boundary = boundaries.remove(council.gss_code.as_deref()?)?;
        Some((council, boundary))
    });
    Ok(with_boundary.collect())
}
