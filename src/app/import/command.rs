//! `ccin-registry import …`, for operators.

use clap::Subcommand;
use diesel_async::AsyncPgConnection;

use super::arguments::{BoundariesFile, CouncilsFile};
use super::file::Failure;
use super::{boundaries, councils};
use crate::access::keys::Keys;
use crate::http::input::Schemas;

/// Imports from files.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Import boundaries of councils by GSS code. Imports everything or nothing.
    ///
    /// FILE is GeoJSON or TopoJSON in WGS 84, as published by the Office for National Statistics for districts or
    /// counties. A boundary replaces the one with the same code. Other boundaries stay. A boundary whose code matches
    /// no council is stored until a council has that code.
    Boundaries(BoundariesFile),
    /// Import councils from a CSV file. By default, only shows what would change.
    ///
    /// Each row is matched to a council by GSS code, then by former codes, then by slug. Empty cells change nothing.
    /// Memberships, descriptions and slugs stay as they are. Councils that are not in the file stay too.
    Councils(CouncilsFile),
}

impl ImportCommand {
    /// Runs the import. Returns the text to print.
    pub async fn run(self, conn: &mut AsyncPgConnection, keys: &Keys, schemas: &Schemas) -> Result<String, Failure> {
        match self {
            Self::Boundaries(args) => boundaries::import(conn, keys, &args).await,
            Self::Councils(args) => councils::import(conn, keys, schemas, &args).await,
        }
    }
}
