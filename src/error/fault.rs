//! What is wrong with a request: every fault at once, up to a bound, so that the answer to bad input stays small.

use serde::Serialize;
use utoipa::ToSchema;

/// Code of a fault that names a record which is not here, or not for this caller.
pub const UNKNOWN: &str = "unknown_reference";

/// Most faults that an answer tells. Who has more mends these first; the answer says how many more there are.
pub const MOST_FAULTS: usize = 50;
/// Longest pointer or name of a parameter that is repeated in an answer, in characters: what was sent may be a megabyte.
const LONGEST_PLACE: usize = 200;
/// Longest detail, in characters. The longest list of allowed words takes half of it.
const LONGEST_DETAIL: usize = 1000;

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// Where in the body: a JSON pointer (RFC 6901), empty for the body as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/outcomes/0/value")]
    pub pointer: Option<String>,
    /// Which query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    pub parameter: Option<String>,
    /// Stable and machine readable.
    #[schema(example = "too_long")]
    pub code: String,
    /// What is wrong and what would be right, in plain English.
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

    /// With no text longer than an answer repeats.
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

/// The faults of one request: the first [`MOST_FAULTS`], and how many more there are.
#[derive(Clone, Debug, Default)]
pub struct FaultList {
    told: Vec<Fault>,
    more: usize,
}

impl FaultList {
    /// As many faults as `found` has; only those that are told are made.
    pub fn of(found: impl ExactSizeIterator<Item = Fault>) -> Self {
        let all = found.len();
        let told: Vec<Fault> = found.take(MOST_FAULTS).map(Fault::shortened).collect();
        Self { more: all - told.len(), told }
    }

    /// Add a fault: told, or counted.
    pub fn push(&mut self, fault: Fault) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.told.push(fault.shortened());
        }
    }

    /// Add what another search found.
    pub fn append(&mut self, other: Self) {
        self.more += other.more;
        other.told.into_iter().for_each(|fault| self.push(fault));
    }

    /// Those that are told.
    pub fn told(&self) -> &[Fault] {
        &self.told
    }

    /// True when nothing was found.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// True when no further fault would be told.
    pub fn is_full(&self) -> bool {
        self.told.len() >= MOST_FAULTS
    }

    /// How many things of this kind are at fault, as a sentence.
    pub fn count(&self, noun: &str) -> String {
        match (self.told.len(), self.more) {
            (1, 0) => format!("1 {noun} is not valid; see errors."),
            (told, 0) => format!("{told} {noun}s are not valid; see errors."),
            (told, more) => format!("{told} {noun}s are not valid, and {more} more; see errors for the first {told}."),
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
    fn a_list_tells_fifty_counts_the_rest_and_repeats_no_megabyte() {
        let fault = |place: usize| Fault::at(format!("/{place}"), "unknown_member", "is not a member of this body");
        assert_eq!(FaultList::from(vec![fault(0)]).count("member"), "1 member is not valid; see errors.");
        let mut list = FaultList::of((0..49).map(fault));
        list.append(FaultList::of((49..60).map(fault)));
        list.push(fault(60));
        assert_eq!(list.told().len(), 50);
        assert_eq!(list.told()[49].pointer.as_deref(), Some("/49"));
        assert_eq!(list.count("member"), "50 members are not valid, and 11 more; see errors for the first 50.");

        let list = FaultList::from(vec![Fault::at("ß".repeat(1 << 20), "x", "x".repeat(1 << 20))]);
        assert_eq!(list.told()[0].pointer.as_ref().map(|place| place.chars().count()), Some(LONGEST_PLACE + 1));
        assert_eq!(list.told()[0].detail.chars().count(), LONGEST_DETAIL + 1);
    }
}
