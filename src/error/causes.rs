//! Formats an error and its causes on one line.

use std::error::Error;

/// An error and its causes, outermost first. The errors of clients and drivers alone say only "db error" or "error
/// sending request".
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
