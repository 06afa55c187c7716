//! Revisions: the texts of an initiative and their way through the review.
//!
//! An initiative keeps its id, slug and address throughout. Readers see the published revision, while a newer one is
//! written and reviewed. `workflow.rs` has the table of actions: from which states each is allowed, and to whom.

pub mod comments;
pub mod credits;
pub mod diff;
pub mod model;
pub mod past;
pub mod past_filter;
pub mod publish;
pub mod queue;
pub mod read;
pub mod store;
pub mod text;
pub mod workflow;
