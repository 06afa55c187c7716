//! An error in one line, with what is behind it.

use std::error::Error;

/// An error and its causes, outermost first: by themselves those of clients and drivers say no more than "db error" or "error
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
