//! Parents and components of initiatives, with what decides who can see them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::answer::InitiativeRef;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::Word;
use crate::db::schema::initiatives;
use crate::error::ApiError;

/// A parent or component, with the fields that decide who can see it.
#[derive(Clone, Debug)]
pub struct Related {
    /// Short form of the initiative.
    pub reference: InitiativeRef,
    /// Its effective visibility.
    pub level: Visibility,
    /// The council that looks after it.
    pub steward: Option<Uuid>,
}

impl Related {
    /// True when a caller with this reach can see it.
    pub fn is_seen(&self, reach: Reach) -> bool {
        reach.includes(self.level, self.steward)
    }
}

/// A related initiative, as a query returns it.
type RelatedRow = (InitiativeRef, Word<Visibility>, Option<Uuid>);
/// Its columns.
const RELATED: (ReferenceColumns, initiatives::effective_visibility, initiatives::steward_id) = (
    (initiatives::id, initiatives::slug, initiatives::title),
    initiatives::effective_visibility,
    initiatives::steward_id,
);
type ReferenceColumns = (initiatives::id, initiatives::slug, initiatives::title);

impl From<RelatedRow> for Related {
    fn from((reference, level, steward): RelatedRow) -> Self {
        Self { reference, level: level.0, steward }
    }
}

/// Components of some initiatives, by the id of the parent, ordered by title.
pub async fn load_components(
    mut conn: &AsyncPgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Related>>, ApiError> {
    use initiatives as one;
    let parent = one::parent_id.assume_not_null();
    let own = one::table.filter(one::withdrawn_at.is_null()).filter(parent.eq_any(ids)).order((one::title, one::id));
    let rows: Vec<(Uuid, RelatedRow)> = own.select((parent, RELATED)).load(&mut conn).await?;
    let mut components: HashMap<Uuid, Vec<Related>> = HashMap::new();
    for (parent, one) in rows {
        components.entry(parent).or_default().push(one.into());
    }
    Ok(components)
}

/// Parents by id.
pub async fn load_parents(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Related>, ApiError> {
    use initiatives as one;
    let own = one::table.filter(one::withdrawn_at.is_null()).filter(one::id.eq_any(ids));
    let rows: Vec<RelatedRow> = own.select(RELATED).load(&mut conn).await?;
    Ok(rows.into_iter().map(|parent| (parent.0.id, parent.into())).collect())
}
