//! Faults of a request. All are reported at once, up to a bound, so that the answer to bad input stays small.

use serde::Serialize;
use utoipa::ToSchema;

/// Code of a fault in a reference to a record that does not exist or that the caller may not see.
pub const UNKNOWN: &str = "unknown_reference";

/// Maximum number of faults in an answer. The answer counts the rest.
pub const MOST_FAULTS: usize = 50;
/// Longest pointer or parameter name that an answer repeats, in characters. The input may be a megabyte.
const LONGEST_PLACE: usize = 200;
/// Longest detail, in characters. The longest list of allowed words takes half of it.
const LONGEST_DETAIL: usize = 1000;

/// One fault in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Place in the body: a JSON pointer (RFC 6901), empty for the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/outcomes/0/value")]
    pub pointer: Option<String>,
    /// Name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    pub parameter: Option<String>,
    /// Stable, machine-readable code of the fault.
    #[schema(example = "too_long")]
    pub code: String,
    /// The fault and how to correct it, in plain English.
    #[schema(example = "has 171 characters; at most 160 are allowed")]
    pub detail: String,
}

impl Fault {
    /// A fault at a place in the body.
    pub fn at(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self { pointer: Some(pointer.into()), parameter: None, code: code.into(), detail: detail.into() }
    }

    /// A fault in a query parameter.
    pub fn parameter(name: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self { pointer: None, parameter: Some(name.into()), code: code.into(), detail: detail.into() }
    }

    /// Shortens texts that are too long to repeat in an answer.
    fn shortened(mut self) -> Self {
        for (text, most) in [
            (self.pointer.as_mut(), LONGEST_PLACE),
            (self.parameter.as_mut(), LONGEST_PLACE),
            (Some(&mut self.detail), LONGEST_DETAIL),
        ] {
            let Some(text) = text else { continue };
            if let Some((end, _)) = text.char_indices().nth(most) {
                text.truncate(end);
                text.push('…');
            }
        }
        self
    }
}

/// The faults of one request: the first [`MOST_FAULTS`], and the number of the rest.
#[derive(Clone, Debug, Default)]
pub struct FaultList {
    reported: Vec<Fault>,
    more: usize,
}

impl FaultList {
    /// Builds a list from all faults in `found`. Creates only the faults to report.
    pub fn of(found: impl ExactSizeIterator<Item = Fault>) -> Self {
        let all = found.len();
        let reported: Vec<Fault> = found.take(MOST_FAULTS).map(Fault::shortened).collect();
        Self { more: all - reported.len(), reported }
    }

    /// Adds a fault. Only counts it when the list is full.
    pub fn push(&mut self, fault: Fault) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.reported.push(fault.shortened());
        }
    }

    /// Adds the faults of another list.
    pub fn append(&mut self, other: Self) {
        self.more += other.more;
        other.reported.into_iter().for_each(|fault| self.push(fault));
    }

    /// The faults to report.
    pub fn reported(&self) -> &[Fault] {
        &self.reported
    }

    /// True when there are no faults.
    pub fn is_empty(&self) -> bool {
        self.reported.is_empty()
    }

    /// True when the list is full.
    pub fn is_full(&self) -> bool {
        self.reported.len() >= MOST_FAULTS
    }

    /// A sentence with the number of faulty things of this kind.
    pub fn count(&self, noun: &str) -> String {
        match (self.reported.len(), self.more) {
            (1, 0) => format!("1 {noun} is not valid; see errors."),
            (reported, 0) => format!("{reported} {noun}s are not valid; see errors."),
            (reported, more) => {
                format!("{reported} {noun}s are not valid, and {more} more; see errors for the first {reported}.")
            }
        }
    }
}

impl From<Vec<Fault>> for FaultList {
    fn from(found: Vec<Fault>) -> Self {
        Self::of(found.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reports_fifty_counts_the_rest_and_repeats_no_megabyte() {
        let fault = |place: usize| Fault::at(format!("/{place}"), "unknown_member", "is not a member of this body");
        assert_eq!(FaultList::from(vec![fault(0)]).count("member"), "1 member is not valid; see errors.");
        let mut list = FaultList::of((0..49).map(fault));
        list.append(FaultList::of((49..60).map(fault)));
        list.push(fault(60));
        assert_eq!(list.reported().len(), 50);
        assert_eq!(list.reported()[49].pointer.as_deref(), Some("/49"));
        assert_eq!(list.count("member"), "50 members are not valid, and 11 more; see errors for the first 50.");

        let list = FaultList::from(vec![Fault::at("ß".repeat(1 << 20), "x", "x".repeat(1 << 20))]);
        assert_eq!(list.reported()[0].pointer.as_ref().map(|place| place.chars().count()), Some(LONGEST_PLACE + 1));
        assert_eq!(list.reported()[0].detail.chars().count(), LONGEST_DETAIL + 1);
    }
}
