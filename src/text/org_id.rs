//! Identifiers of organisations as org-id.guide defines them: the code of a list, a hyphen and the identifier in that list.
//! `GB-CHC-1164021` is charity 1164021 of England and Wales, `GB-COH-01234567` a company at Companies House.

use derive_more::{Deref, From};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::string;

/// The form of every identifier: two letters for a country (`XI` and `XM` for lists of the world), a list, an identifier.
pub const ORG_ID: &str = "^[A-Z]{2}-[A-Z0-9_]+-[A-Za-z0-9][A-Za-z0-9._/-]*$";

/// Identifier of an organisation in a public list (org-id.guide).
#[derive(Clone, Debug, Default, Deref, From, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[deref(forward)]
#[from(&str)]
pub struct OrgId(String);

impl OrgId {
    /// What is wrong with an identifier of a list whose identifiers have a known form; `None` for other lists.
    pub fn wrong_form(&self) -> Option<&'static str> {
        let digits = |text: &str, lengths: &[usize]| {
            lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let parts = ["GB-COH-", "GB-CHC-", "GB-SC-", "GB-NIC-", "GB-UKPRN-"];
        let (list, id) = parts.iter().find_map(|list| Some((*list, self.0.strip_prefix(list)?)))?;
        let (is_right, rule) = match list {
            "GB-COH-" => (
                id.len() == 8
                    && id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
                    && id.get(2..).is_some_and(|number| digits(number, &[6]) || number.ends_with('R')),
                "is not a company number: eight characters, such as 01234567 or SC123456. Put zeros in front of a shorter \
                 number",
            ),
            "GB-CHC-" => (digits(id, &[6, 7]), "is not a charity number of England and Wales: six or seven digits"),
            "GB-SC-" => (
                id.strip_prefix("SC").is_some_and(|number| digits(number, &[6])),
                "is not a charity number of Scotland: SC and six digits, such as SC012345",
            ),
            "GB-NIC-" => (
                digits(id.strip_prefix("NIC").unwrap_or(id), &[6]),
                "is not a charity number of Northern Ireland: six digits",
            ),
            _ => (digits(id, &[8]), "is not a provider number (UKPRN): eight digits"),
        };
        (!is_right).then_some(rule)
    }
}

impl PartialSchema for OrgId {
    fn schema() -> RefOr<Schema> {
        string(
            ORG_ID,
            6,
            100,
            "Identifier of an organisation (org-id.guide): list code, hyphen, identifier in the list.",
        )
        .examples([json!("GB-CHC-1164021")])
        .into()
    }
}
impl ToSchema for OrgId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_known_lists_have_their_form() {
        let is_right = |text: &str| OrgId::from(text).wrong_form().is_none();
        for text in [
            "GB-COH-01234567",
            "GB-COH-SC123456",
            "GB-COH-IP00525R",
            "GB-CHC-1164021",
            "GB-CHC-223040",
            "GB-SC-SC012345",
            "GB-NIC-100123",
            "GB-NIC-NIC100123",
            "GB-UKPRN-10007774",
            "GB-GOR-D2",
            "XM-DAC-41114",
            "US-EIN-12-3456789",
        ] {
            assert!(is_right(text), "{text}");
        }
        for text in [
            "GB-COH-1234567",
            "GB-COH-sc123456",
            "GB-CHC-12",
            "GB-CHC-SC012345",
            "GB-SC-012345",
            "GB-NIC-1",
            "GB-UKPRN-1",
        ] {
            assert!(!is_right(text), "{text}");
        }
    }

    #[test]
    fn an_identifier_has_a_list_and_an_identifier_in_it() {
        let schema = jsonschema::validator_for(&json!({ "pattern": ORG_ID })).unwrap();
        for (text, is_valid) in [
            ("GB-CHC-1164021", true),
            ("CA-CRA_ACR-1", true),
            ("gb-chc-1", false),
            ("GB-CHC", false),
            ("1164021", false),
        ] {
            assert_eq!(schema.is_valid(&json!(text)), is_valid, "{text}");
        }
    }
}
