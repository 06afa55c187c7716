//! A feature of a file, before its code is known.

use serde_json::{Map, Value};

use crate::registry::boundaries::shape::Rings;

/// A feature before its code is known.
pub(super) struct Feature {
    pub id: Option<Value>,
    pub properties: Map<String, Value>,
    /// The rings, or the fault found in them.
    pub rings: Result<Rings, String>,
}
