//! Describes what a JSON Schema finds wrong, and collects every fault of one request.

use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::error::fault::FaultList;
use crate::error::{ApiError, Fault, UNKNOWN};
use crate::geography::notation;
use crate::text::moment::{LOST_PLUS, NO_MOMENT, is_of_moments, lost_plus};
use crate::text::org_id::ORG_ID;
use crate::text::{LINE_START, NOT_IN_NAMES, is_invisible, markdown, nearest};

/// Members that only the registry sets. A body with one has probably been copied from a response.
const READ_ONLY: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "verified_at",
    "verified_method",
    "published_at",
    "state",
    "effective_visibility",
    "html",
    "embedded",
    "components",
    "lead_organisation",
    "initiative_count",
    "steward",
    "entered_by",
    "status_confirmation",
    "status_text",
    "freshness",
    "freshness_text",
    "notice_text",
    "last_signed_in_at",
];

/// Every fault of one request, collected until the last check.
#[derive(Debug, Default)]
pub struct Faults {
    list: FaultList,
    /// Places that already have a fault. Consequential faults are not reported.
    spoilt: Vec<String>,
    /// True when the body violates its schema.
    malformed: bool,
}

/// Codes of faults that no schema can rule out: an unknown name, a name that is taken, an occupied place in a tree.
/// They depend on the records of the registry, or on other members of the body.
const CONFLICTS: &[&str] =
    &[UNKNOWN, "unknown_source", "repeated", "deprecated", "circular", "too_deep", "overlaps", "taken"];

impl Faults {
    /// Adds a fault at `pointer`, unless that place already has one.
    pub fn add(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        let pointer = pointer.into();
        if !self.spoilt.iter().any(|spoilt| within(&pointer, spoilt) || within(spoilt, &pointer)) {
            // Do not record places beyond the reported faults: this limits the places to search.
            if !self.list.is_full() {
                self.spoilt.push(pointer.clone());
            }
            self.list.push(Fault::at(pointer, code, detail));
        }
    }

    /// Adds the findings of a schema.
    pub(super) fn extend(&mut self, found: FaultList) {
        self.malformed |= !found.is_empty();
        self.spoilt.extend(found.reported().iter().filter_map(|fault| fault.pointer.clone()));
        self.list.append(found);
    }

    /// True when this place, or one below it, has a fault: its value cannot be relied on.
    pub fn know(&self, place: &str) -> bool {
        self.spoilt.iter().any(|spoilt| within(spoilt, place))
    }

    /// True when there are no faults.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns all faults, if any. 422 for a body that violates a rule. 409 for a valid body that does not fit the
    /// registry, such as one with an unknown or duplicate council.
    pub fn finish(&mut self) -> Result<(), ApiError> {
        let list = std::mem::take(&mut self.list);
        let conflicts = list.reported().iter().any(|fault| CONFLICTS.contains(&fault.code.as_str()));
        match list.is_empty() {
            true => Ok(()),
            false if conflicts && !self.malformed => Err(ApiError::unfit(list)),
            false => Err(ApiError::invalid(list)),
        }
    }
}

fn within(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The faults for one finding of the validator. `schema` is the whole schema, to look up the permitted values.
pub(super) fn explain(error: &ValidationError<'_>, schema: &Value) -> FaultList {
    let place = error.instance_path().to_string();
    let one = |code: &str, detail: String| FaultList::from(vec![Fault::at(place.clone(), code, detail)]);
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_members(error, schema);
            FaultList::of(unexpected.iter().map(|name| unknown_member(&place, name, &known)))
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![Fault::at(format!("{place}/{name}"), "required", "is required")].into()
        }
        // For "null or a thing", report the faults of the thing.
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => context
            .iter()
            .filter(|branch| !branch.iter().any(|e| is_null_branch(e) && e.instance_path() == error.instance_path()))
            .map(|branch| {
                let mut faults = FaultList::default();
                branch.iter().for_each(|error| faults.append(explain(error, schema)));
                faults
            })
            .min_by_key(|faults| faults.reported().len())
            .unwrap_or_else(|| one("invalid", "does not have an allowed form".into())),
        Kind::Type { kind: TypeKind::Single(jsonschema::JsonType::Null) } => {
            one("not_allowed", "is not allowed with the other members; leave it out".into())
        }
        Kind::Not { .. } if place.ends_with("/slug") => one("reserved", "is reserved; choose another".into()),
        Kind::Type { kind } => {
            one("wrong_type", format!("is {}; it must be {}", kind_of(error.instance()), needed(kind)))
        }
        // Already reported: a value of another type is not in the enum, and an empty text is too short for its format.
        Kind::Enum { .. } if !error.instance().is_string() => FaultList::default(),
        Kind::Pattern { .. } if error.instance().as_str() == Some("") => FaultList::default(),
        Kind::Pattern { pattern } if notation::is_pattern(pattern) => FaultList::default(),
        Kind::Enum { options } => one("not_allowed", not_one_of(error.instance(), options)),
        Kind::MaxLength { limit } => {
            let length = error.instance().as_str().map_or(0, |text| text.chars().count());
            one("too_long", format!("has {length} characters; at most {limit} are allowed"))
        }
        Kind::MinLength { limit } => {
            one("too_short", format!("is too short; at least {limit} characters are required"))
        }
        Kind::MaxItems { limit } => one("too_many", format!("has too many items; at most {limit} are allowed")),
        Kind::MinItems { limit } => one("too_few", format!("has too few items; at least {limit} are required")),
        Kind::Maximum { limit } => one("too_large", format!("is too large; it must be at most {limit}")),
        Kind::Minimum { limit } => one("too_small", format!("is too small; it must be at least {limit}")),
        Kind::UniqueItems => one("repeated", "names the same thing twice".into()),
        Kind::Pattern { pattern } => {
            malformed(error.instance(), pattern).map_or_else(FaultList::default, |detail| one("malformed", detail))
        }
        Kind::Format { format } if format == markdown::FORMAT => {
            one("nested_too_deep", format!("is nested too deep: at most {} levels are allowed", markdown::DEEPEST))
        }
        Kind::Format { format } if format == "date-time" => {
            one("malformed", date_time(error.instance().as_str().unwrap_or_default()))
        }
        Kind::Format { format } => match notation::explain(format, error.instance().as_str().unwrap_or_default()) {
            Some(wrong) => FaultList::of(wrong.into_iter().map(|one| Fault::at(place.clone(), one.code, one.detail))),
            None => one("malformed", format!("is not a {}", format.replace('-', " "))),
        },
        _ => one("invalid", error.to_string()),
    }
}

fn is_null_branch(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::Type { kind: TypeKind::Single(jsonschema::JsonType::Null) })
}

fn unknown_member(place: &str, name: &str, known: &[&str]) -> Fault {
    let pointer = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
    if READ_ONLY.contains(&name) {
        return Fault::at(pointer, "read_only", "is set by the registry; leave it out");
    }
    if name == "membership" {
        let detail = "is a summary of the council's memberships; leave it out, and write those at /v1/memberships";
        return Fault::at(pointer, "read_only", detail);
    }
    let hint = nearest(name, known.iter().copied()).map_or(String::new(), |near| format!("; did you mean {near}?"));
    Fault::at(pointer, "unknown_member", format!("is not a member of this body{hint}"))
}

/// The permitted members where the validator found an unknown one.
fn known_members<'a>(error: &ValidationError<'_>, schema: &'a Value) -> Vec<&'a str> {
    let path = error.schema_path().to_string();
    let object = path.rsplit_once('/').and_then(|(object, _)| follow(schema, object));
    let members = object.and_then(|object| object["properties"].as_object());
    members.map(|members| members.keys().map(String::as_str).collect()).unwrap_or_default()
}

/// Most words that are listed before the nearest one is named.
const MOST_BEFORE_HINT: usize = 30;

fn not_one_of(found: &Value, options: &Value) -> String {
    let words: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let near = found.as_str().and_then(|written| nearest(written, words.iter().copied()));
    let all = words.join(", ");
    match near {
        // A fault is cut when it is long: the nearest word must not be.
        Some(near) if words.len() > MOST_BEFORE_HINT => format!("is not known; did you mean {near}? Known are {all}"),
        Some(near) => format!("is not one of {all}; did you mean {near}?"),
        None => format!("is not one of {all}"),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn needed(kind: &TypeKind) -> String {
    let word = |kind: jsonschema::JsonType| match kind {
        jsonschema::JsonType::Null => "null",
        jsonschema::JsonType::Boolean => "true or false",
        jsonschema::JsonType::Integer => "a whole number",
        jsonschema::JsonType::Number => "a number",
        jsonschema::JsonType::String => "text",
        jsonschema::JsonType::Array => "an array",
        jsonschema::JsonType::Object => "an object",
    };
    match kind {
        TypeKind::Single(kind) => word(*kind).into(),
        TypeKind::Multiple(kinds) => kinds.iter().map(word).collect::<Vec<_>>().join(" or "),
    }
}

/// Describes what is wrong with a date and time.
fn date_time(text: &str) -> String {
    match lost_plus(text) {
        true => LOST_PLUS.into(),
        false => "is not a date and time with its offset (RFC 3339), such as 2026-01-31T09:00:00Z or \
                  2026-01-31T09:00:00+01:00"
            .into(),
    }
}

/// Describes the violation of a pattern, in words where possible. `None` for a text that is merely too short: its
/// length has been reported.
fn malformed(found: &Value, pattern: &str) -> Option<String> {
    let text = found.as_str().unwrap_or_default();
    if let Some(control) =
        text.chars().find(|c| c.is_control() && (!matches!(c, '\n' | '\t' | '\r') || pattern.starts_with(LINE_START)))
    {
        return Some(format!("contains the control character U+{:04X}", u32::from(control)));
    }
    if pattern.starts_with(LINE_START)
        && let Some(hidden) = text.chars().find(|c| is_invisible(*c))
    {
        return Some(format!("contains U+{:04X}, an invisible character", u32::from(hidden)));
    }
    if pattern.contains(NOT_IN_NAMES)
        && pattern.starts_with(LINE_START)
        && let Some(bracket) = text.chars().find(|c| NOT_IN_NAMES.contains(*c))
    {
        return Some(format!("contains {bracket}, an angle bracket; write the name as plain text"));
    }
    if text.trim() != text {
        return Some("starts or ends with a space".into());
    }
    let detail = match pattern {
        _ if pattern.starts_with(LINE_START) => return None,
        crate::text::SLUG => "is not a slug: lower-case letters a-z and digits, words joined by single hyphens".into(),
        _ if pattern.starts_with("^https?") => "is not a web address that starts with http:// or https://".into(),
        _ if is_of_moments(pattern) => if lost_plus(text) { LOST_PLUS } else { NO_MOMENT }.into(),
        _ if pattern.starts_with("^((1[89]") => "is not a valid date, such as 2013, 2013-05 or 2013-05-10".into(),
        ORG_ID => {
            "is not an identifier of org-id.guide, such as GB-CHC-1164021 or GB-COH-01234567: the code of a list in \
                   capitals, a hyphen and the identifier in that list"
                .into()
        }
        _ if pattern.starts_with("^(/(") => {
            "is not a JSON Pointer (RFC 6901), such as /summary or /outcomes/0/value".into()
        }
        _ if pattern.contains("+@[") => "is not an e-mail address, such as name@example.org".into(),
        _ => format!("does not have the form {pattern}"),
    };
    Some(detail)
}

/// The schema at a path of the validator, which follows references.
pub(super) fn follow<'a>(schema: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').skip(1).try_fold(schema, |here, step| match step {
        "$ref" => schema.pointer(here["$ref"].as_str()?.trim_start_matches('#')),
        _ => here.get(step).or_else(|| here.get(step.parse::<usize>().ok()?)),
    })
}
