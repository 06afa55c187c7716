//! Withdrawing a record: the parameters of `DELETE`, and the answer afterwards, the same for every resource.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::ApiError;

/// Reason for withdrawing a record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Withdrawal {
    /// Reason, shown to the public in place of the record. One line of at most 300 characters.
    #[param(min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$", example = "Entered twice")]
    reason: Option<String>,
}

impl Withdrawal {
    /// The reason, if one was given.
    pub fn reason(self) -> Option<String> {
        self.reason
    }
}

/// What is left of a record: `withdrawn_at` and `withdrawn_reason` of its row. `None` without a row.
pub type Left = Option<(Option<DateTime<Utc>>, Option<String>)>;

/// The error for a record that cannot be read: 404, with the public reason if it was withdrawn.
pub fn missing(what: &'static str, left: Left) -> ApiError {
    match left {
        Some((Some(on), reason)) => ApiError::withdrawn(what, on, reason.as_deref()),
        _ => ApiError::not_found(what),
    }
}
