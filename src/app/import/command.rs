//! `ccin-registry import …`: for whoever runs the service.

use clap::Subcommand;
use diesel_async::AsyncPgConnection;

use super::arguments::{BoundariesFile, CouncilsFile};
use super::file::Failure;
use super::{boundaries, councils};
use crate::access::keys::Keys;
use crate::http::input::Schemas;

/// Files of others.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Import boundaries of councils by GSS code, all or nothing.
    ///
    /// FILE is GeoJSON or TopoJSON in WGS 84, as the Office for National Statistics publishes boundaries of districts or
    /// counties. A boundary replaces the one with the same code; others stay. What no council of the registry has the code of
    /// is kept until one has.
    Boundaries(BoundariesFile),
    /// Import councils from a CSV file; by default only say what would change.
    ///
    /// A row is matched to a council by its GSS code, then by its former codes, then by its slug. Empty cells change nothing;
    /// memberships, descriptions and slugs stay as they are, and so do councils that the file does not have.
    Councils(CouncilsFile),
}

impl ImportCommand {
    /// Do it; the answer is what to print.
    pub async fn run(self, conn: &mut AsyncPgConnection, keys: &Keys, schemas: &Schemas) -> Result<String, Failure> {
        match self {
            Self::Boundaries(wish) => boundaries::import(conn, keys, &wish).await,
            Self::Councils(wish) => councils::import(conn, keys, schemas, &wish).await,
        }
    }
}
