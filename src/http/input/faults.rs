//! What a JSON Schema found wrong, in words that help, and the collection that gathers every fault of one request.

use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::error::fault::FaultList;
use crate::error::{ApiError, Fault, UNKNOWN};
use crate::geography::notation;
use crate::text::{LINE_START, is_invisible, markdown, nearest};

/// Members that the registry sets itself; a body that names one has probably been read from an answer.
const READ_ONLY: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "verified_at",
    "published_at",
    "state",
    "effective_visibility",
    "html",
    "embedded",
    "components",
    "last_signed_in_at",
];

/// Every fault of one request, gathered until the last check has been made.
#[derive(Debug, Default)]
pub struct Faults {
    list: FaultList,
    /// Places that already have a fault: what follows from them is not reported as well.
    spoilt: Vec<String>,
    /// True when the body breaks its own schema.
    malformed: bool,
}

/// Codes of faults that no schema can rule out: a name that is not here, one that is taken, a place in a tree that is not
/// free. They lie in what the registry holds today, or in what else the body holds.
const CONFLICTS: &[&str] = &[UNKNOWN, "unknown_source", "repeated", "deprecated", "circular", "too_deep"];

impl Faults {
    /// Note a fault at `pointer`, unless the place is known to be at fault already.
    pub fn add(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        let pointer = pointer.into();
        if !self.spoilt.iter().any(|spoilt| within(&pointer, spoilt) || within(spoilt, &pointer)) {
            // What is not told spoils nothing either: there is an end to what is looked through.
            if !self.list.is_full() {
                self.spoilt.push(pointer.clone());
            }
            self.list.push(Fault::at(pointer, code, detail));
        }
    }

    /// Note what a schema found.
    pub(super) fn extend(&mut self, found: FaultList) {
        self.malformed |= !found.is_empty();
        self.spoilt.extend(found.reported().iter().filter_map(|fault| fault.pointer.clone()));
        self.list.append(found);
    }

    /// True when a fault is known at this place or below it: what was sent there cannot be relied on.
    pub fn know(&self, place: &str) -> bool {
        self.spoilt.iter().any(|spoilt| within(spoilt, place))
    }

    /// True when nothing was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Everything that was found, if anything was: 422 for a body that breaks a rule, 409 for one that keeps the document's
    /// rules and does not fit what the registry holds, such as the name of a council that is not here or stands there twice.
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

/// The faults behind one finding of the validator. `schema` is the whole schema, to look up what would be right.
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
        // "null or a thing": what is wrong with the thing is what helps.
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => context
            .iter()
            .filter(|branch| !branch.iter().any(|e| is_null_branch(e)))
            .map(|branch| {
                let mut faults = FaultList::default();
                branch.iter().for_each(|error| faults.append(explain(error, schema)));
                faults
            })
            .min_by_key(|faults| faults.reported().len())
            .unwrap_or_else(|| one("invalid", "is none of what is allowed here".into())),
        Kind::Type { kind: TypeKind::Single(jsonschema::JsonType::Null) } => {
            one("not_allowed", "has no place here, given the other members; leave it out".into())
        }
        Kind::Not { .. } if place.ends_with("/slug") => {
            one("reserved", "is taken by the registry itself; choose another".into())
        }
        Kind::Type { kind } => {
            one("wrong_type", format!("is {}; {} is needed", kind_of(error.instance()), needed(kind)))
        }
        // Said already: another type is no word of the list, and an empty text, being too short, has no form.
        Kind::Enum { .. } if !error.instance().is_string() => FaultList::default(),
        Kind::Pattern { .. } if error.instance().as_str() == Some("") => FaultList::default(),
        Kind::Pattern { pattern } if notation::is_pattern(pattern) => FaultList::default(),
        Kind::Enum { options } => one("not_allowed", not_one_of(error.instance(), options)),
        Kind::MaxLength { limit } => {
            let length = error.instance().as_str().map_or(0, |text| text.chars().count());
            one("too_long", format!("has {length} characters; at most {limit} are allowed"))
        }
        Kind::MinLength { limit } => one("too_short", format!("is too short; at least {limit} characters are needed")),
        Kind::MaxItems { limit } => one("too_many", format!("has too many items; at most {limit} are allowed")),
        Kind::MinItems { limit } => one("too_few", format!("has too few items; at least {limit} are needed")),
        Kind::Maximum { limit } => one("too_large", format!("is too large; at most {limit} is allowed")),
        Kind::Minimum { limit } => one("too_small", format!("is too small; at least {limit} is needed")),
        Kind::UniqueItems => one("repeated", "names the same thing twice".into()),
        Kind::Pattern { pattern } => {
            malformed(error.instance(), pattern).map_or_else(FaultList::default, |detail| one("malformed", detail))
        }
        Kind::Format { format } if format == markdown::FORMAT => {
            one("nested_too_deep", format!("is nested too deep: at most {} levels are allowed", markdown::DEEPEST))
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
    let hint = nearest(name, known.iter().copied()).map_or(String::new(), |near| format!("; did you mean {near}?"));
    Fault::at(pointer, "unknown_member", format!("is not a member of this body{hint}"))
}

/// The members that are allowed where the validator met an unknown one.
fn known_members<'a>(error: &ValidationError<'_>, schema: &'a Value) -> Vec<&'a str> {
    let path = error.schema_path().to_string();
    let object = path.rsplit_once('/').and_then(|(object, _)| follow(schema, object));
    let members = object.and_then(|object| object["properties"].as_object());
    members.map(|members| members.keys().map(String::as_str).collect()).unwrap_or_default()
}

fn not_one_of(found: &Value, options: &Value) -> String {
    let words: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let hint = found
        .as_str()
        .and_then(|written| nearest(written, words.iter().copied()))
        .map_or(String::new(), |near| format!("; did you mean {near}?"));
    format!("is not one of {}{hint}", words.join(", "))
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

/// What breaks a pattern, in words where the reason is easily told. Nothing for a line that is merely too short: its
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
        return Some(format!("contains U+{:04X}, a character that nobody sees", u32::from(hidden)));
    }
    if text.trim() != text {
        return Some("begins or ends with a blank".into());
    }
    let detail = match pattern {
        _ if pattern.starts_with(LINE_START) => return None,
        crate::text::SLUG => "is not a slug: lower-case letters a-z and digits, words joined by single hyphens".into(),
        _ if pattern.starts_with("^https?") => "is not a web address that begins with http:// or https://".into(),
        _ if pattern.starts_with("^((1[89]") => {
            "is not a date of the calendar, such as 2013, 2013-05 or 2013-05-10".into()
        }
        _ => format!("does not have the form {pattern}"),
    };
    Some(detail)
}

/// The schema at a path of the validator's, which goes through references.
pub(super) fn follow<'a>(schema: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').skip(1).try_fold(schema, |here, step| match step {
        "$ref" => schema.pointer(here["$ref"].as_str()?.trim_start_matches('#')),
        _ => here.get(step).or_else(|| here.get(step.parse::<usize>().ok()?)),
    })
}
