//! Withdrawing a record: the parameters of `DELETE`, the same for every resource.

use serde::Deserialize;
use utoipa::IntoParams;

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
