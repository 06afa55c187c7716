//! The sample registry: real practice of the co-operative councils, as data files in the project.
//!
//! Each file is an array of request bodies. They pass through the same schemas, checks and stores as in the API. Facts
//! and figures come from the sources that each record names. The sentences are the project's own.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use crate::app::import::councils::rows;
use crate::app::import::file::FileFaults;
use crate::db::forget_plans;
use crate::error::ApiError;
use crate::http::input::{Check, Draft, Schemas};
use crate::registry::council_changes::model::NewCouncilChange;
use crate::registry::councils::model::NewCouncil;
use crate::registry::initiatives::model::NewInitiative;
use crate::registry::memberships::model::NewMembership;
use crate::registry::organisations::model::NewOrganisation;
use crate::registry::themes::model::NewTheme;
use crate::registry::{council_changes, councils, initiatives, memberships, organisations, themes};

/// Councils of the network, and others with records.
pub const COUNCILS: &str = include_str!("data/councils.json");
/// Reference data: every other principal council of the United Kingdom, so that being listed means nothing. From
/// mySociety (CC BY 4.0), the Office for National Statistics and GOV.UK (OGL v3), in the columns of `import councils`.
pub const LOCAL_AUTHORITIES: &str = include_str!("data/local_authorities.csv");
/// Councils that were abolished since 2019, and those that are to come.
pub const OTHER_COUNCILS: &str = include_str!("data/other_councils.csv");
/// Changes of councils since 2019, as far as sources name them.
pub const COUNCIL_CHANGES: &str = include_str!("data/council_changes.json");
/// Memberships of the network. A source that shows one is an observation.
pub const MEMBERSHIPS: &str = include_str!("data/memberships.json");
/// Affiliates of the network, and other bodies that several records name. Kinds are those that sources or names state.
pub const ORGANISATIONS: &str = include_str!("data/organisations.json");
/// Themes.
pub const THEMES: &str = include_str!("data/themes.json");
/// Initiatives: a file for each council of 2013, others, policy labs and later case studies. A parent comes before its
/// components.
pub const INITIATIVES: [(&str, &str); 10] = [
    ("birmingham", include_str!("data/initiatives/birmingham.json")),
    ("lambeth", include_str!("data/initiatives/lambeth.json")),
    ("norwich", include_str!("data/initiatives/norwich.json")),
    ("oldham", include_str!("data/initiatives/oldham.json")),
    ("plymouth", include_str!("data/initiatives/plymouth.json")),
    ("sunderland", include_str!("data/initiatives/sunderland.json")),
    ("york", include_str!("data/initiatives/york.json")),
    ("others", include_str!("data/initiatives/others.json")),
    ("policy-labs", include_str!("data/initiatives/policy-labs.json")),
    ("later-case-studies", include_str!("data/initiatives/later-case-studies.json")),
];

/// Numbers of loaded records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Councils.
    pub councils: usize,
    /// Memberships.
    pub memberships: usize,
    /// Organisations.
    pub organisations: usize,
    /// Themes.
    pub themes: usize,
    /// Initiatives.
    pub initiatives: usize,
}

/// Reason why the sample was not loaded. On an error nothing is loaded.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The database already has records.
    #[error("the registry already has councils, themes or initiatives; the sample needs an empty registry")]
    NotEmpty,
    /// A file breaks a rule: a mistake in the project.
    #[error("the sample file {file}, record {index}: {error}")]
    Record {
        /// Name of the file.
        file: String,
        /// Index of the record in the file, from 0.
        index: usize,
        /// The fault.
        error: Box<ApiError>,
    },
    /// The store failed.
    #[error("the sample was not loaded: {0}")]
    Store(#[from] ApiError),
}

impl From<diesel::result::Error> for SampleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Loads and publishes the sample in an empty registry. Loads everything or nothing.
pub async fn load(conn: &mut AsyncPgConnection, schemas: &Schemas) -> Result<Loaded, SampleError> {
    conn.transaction(async |conn| {
        if !is_empty(conn).await? {
            return Err(SampleError::NotEmpty);
        }
        let mut loaded = Loaded { councils: 0, memberships: 0, organisations: 0, themes: 0, initiatives: 0 };
        for (index, draft) in drafts::<NewCouncil>("councils", COUNCILS, schemas)?.into_iter().enumerate() {
            let mistake = |error| SampleError::Record { file: "councils".into(), index, error: Box::new(error) };
            let council = draft.checked().map_err(mistake)?;
            councils::store::create(conn, &council).await.map_err(mistake)?;
            loaded.councils += 1;
        }
        for (file, text) in [("local_authorities", LOCAL_AUTHORITIES), ("other_councils", OTHER_COUNCILS)] {
            for (index, draft) in rows(file, text, schemas)?.into_iter().enumerate() {
                let mistake = |error| SampleError::Record { file: file.into(), index, error: Box::new(error) };
                let council = draft.checked().map_err(mistake)?;
                councils::store::create_known(conn, &council).await.map_err(mistake)?;
                loaded.councils += 1;
            }
        }
        let changes = drafts::<NewCouncilChange>("council_changes", COUNCIL_CHANGES, schemas)?;
        for (index, draft) in changes.into_iter().enumerate() {
            let mistake = |error| SampleError::Record { file: "council_changes".into(), index, error: Box::new(error) };
            let change = council_changes::store::resolve(conn, draft).await.map_err(mistake)?;
            council_changes::store::create(conn, &change).await.map_err(mistake)?;
        }
        let bodies = drafts::<NewOrganisation>("organisations", ORGANISATIONS, schemas)?;
        for (index, draft) in bodies.into_iter().enumerate() {
            let mistake = |error| SampleError::Record { file: "organisations".into(), index, error: Box::new(error) };
            let organisation = organisations::store::resolve(conn, draft, None, None).await.map_err(mistake)?;
            organisations::store::create(conn, &organisation, None).await.map_err(mistake)?;
            loaded.organisations += 1;
        }
        for (index, draft) in drafts::<NewMembership>("memberships", MEMBERSHIPS, schemas)?.into_iter().enumerate() {
            let mistake = |error| SampleError::Record { file: "memberships".into(), index, error: Box::new(error) };
            let membership = memberships::store::resolve(conn, draft, None).await.map_err(mistake)?;
            memberships::store::create(conn, &membership).await.map_err(mistake)?;
            loaded.memberships += 1;
        }
        for (index, draft) in drafts::<NewTheme>("themes", THEMES, schemas)?.into_iter().enumerate() {
            let mistake = |error| SampleError::Record { file: "themes".into(), index, error: Box::new(error) };
            let theme = themes::store::resolve(conn, draft, None).await.map_err(mistake)?;
            themes::store::create(conn, &theme).await.map_err(mistake)?;
            loaded.themes += 1;
        }
        for (file, text) in INITIATIVES {
            for (index, draft) in drafts::<NewInitiative>(file, text, schemas)?.into_iter().enumerate() {
                let mistake = |error| SampleError::Record { file: file.into(), index, error: Box::new(error) };
                add_initiative(conn, draft).await.map_err(mistake)?;
                loaded.initiatives += 1;
            }
            forget_plans(conn).await?;
        }
        Ok(loaded)
    })
    .await
}

/// True when the registry has no councils, themes or initiatives.
pub async fn is_empty(conn: &mut AsyncPgConnection) -> Result<bool, ApiError> {
    use diesel::dsl::{exists, select};
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    // Every record ever created has left its slug.
    let anything = crate::db::schema::slugs::table.select(crate::db::schema::slugs::slug);
    Ok(!select(exists(anything)).get_result::<bool>(conn).await?)
}

async fn add_initiative(conn: &mut AsyncPgConnection, draft: Draft<NewInitiative>) -> Result<(), ApiError> {
    let resolved = initiatives::resolve::resolve(conn, None, draft, None).await?;
    let id = initiatives::write::create(conn, &resolved, None).await?;
    initiatives::write::publish_new(conn, id).await
}

/// Councils in a CSV file with the columns of `import councils`.
fn rows(file: &str, text: &str, schemas: &Schemas) -> Result<Vec<Draft<NewCouncil>>, SampleError> {
    let mistake = |index, error| SampleError::Record { file: file.into(), index, error: Box::new(error) };
    let mut faults = FileFaults::default();
    let rows = rows::rows(text, &mut faults).map_err(|error| mistake(0, ApiError::internal(error)))?;
    if !faults.is_empty() {
        return Err(mistake(0, ApiError::internal("a line cannot be read")));
    }
    let drafts = rows
        .rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| Draft::new(row.body().into(), schemas).map_err(|error| mistake(index, error)));
    drafts.collect()
}

fn drafts<T: ToSchema + DeserializeOwned + Check>(
    file: &str,
    text: &str,
    schemas: &Schemas,
) -> Result<Vec<Draft<T>>, SampleError> {
    let mistake = |index, error| SampleError::Record { file: file.into(), index, error: Box::new(error) };
    let records: Vec<Value> = serde_json::from_str(text).map_err(|error| mistake(0, ApiError::internal(error)))?;
    records
        .into_iter()
        .enumerate()
        .map(|(index, record)| Draft::new(record, schemas).map_err(|error| mistake(index, error)))
        .collect()
}
