//! From bytes to typed values. Every rule of a body or query string is in its JSON Schema, which is the schema in the
//! OpenAPI document. All faults are found at once, each with the nearest valid name.
//!
//! Design: the first plan was a derive-based validator (garde). It sees a value only after serde has built it, and
//! serde stops at the first wrong type. It also repeats the document's rules by hand. Validating the raw JSON against
//! the document's own schema finds everything at once, and the two cannot disagree.

mod body;
mod bounds;
mod faults;
mod json;
mod period;
mod precondition;
mod query;
mod schemas;
mod sizes;

pub use body::{Body, Check, Draft, Edited, Form, Patch, forget};
pub use bounds::{bound_answer, bound_parameter};
pub use faults::Faults;
pub use json::parse as parse_json;
pub use period::check_period;
pub use precondition::{IF_MATCH, IfMatch};
pub use query::{Filters, NoParams, Query, SharedQuery, some_of};
pub use schemas::{Schemas, with_components};

pub use crate::error::MAX_BODY;
