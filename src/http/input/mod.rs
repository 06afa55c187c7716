//! From bytes to typed values: every rule of a body or query string stands in its JSON Schema, which is also what the
//! OpenAPI document says. All faults are found in one go, each with the nearest valid name.
//!
//! Design: a derive-based validator (garde) was the first plan. It sees a value only after serde has built it, and serde
//! stops at the first wrong type; it also repeats the document's rules by hand. Holding the raw JSON against the
//! document's own schema finds everything at once, and the two cannot disagree.

mod body;
mod bounds;
mod faults;
mod json;
mod period;
mod precondition;
mod query;
mod schemas;
mod sizes;

pub use body::{Body, Check, Draft, Patch};
pub use bounds::{bound_answer, bound_parameter};
pub use faults::Faults;
pub use json::parse as parse_json;
pub use period::check_period;
pub use precondition::{IF_MATCH, IfMatch};
pub use query::{NoParams, Query};
pub use schemas::Schemas;

pub use crate::error::MAX_BODY;
