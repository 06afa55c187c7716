//! What a request costs, in units of a quota.

use percent_encoding::percent_decode_str;

/// One record, or a change of one.
const RECORD: u32 = 1;
/// A page of records, counted and sorted.
const LIST: u32 = 2;
/// Words searched for in every record.
const SEARCH: u32 = 5;
/// All records of a list, without pages.
const EXPORT: u32 = 10;

/// What a stranger leaves in the store.
const REQUEST: u32 = 20;
/// The address at which strangers ask for a key. Officers list the requests there, whose quota has room for it.
const REQUESTS: &str = "/v1/api-keys/requests";

/// Last segments of the addresses that answer with a list.
const LISTS: [&str; 10] = [
    "councils",
    "initiatives",
    "themes",
    "principles",
    "values",
    "users",
    "api-keys",
    "audit",
    "changes",
    "changes.atom",
];
/// How the address of what counts or searches every record ends.
const SEARCHES: [&str; 2] = ["/facets", "/search"];
/// How the address of an export ends.
const EXPORTS: [&str; 3] = [".csv", ".ndjson", ".geojson"];

/// Units that a request costs, by its address: what it answers is not known yet.
pub fn cost(path: &str, query: &str) -> u32 {
    // As routing reads it, so that no spelling is cheaper than another.
    let path = &*percent_decode_str(path).decode_utf8_lossy();
    // Suggestions are asked for at every letter, and are cheap.
    let is_search = || {
        SEARCHES.iter().any(|end| path.ends_with(end))
            || !path.ends_with("/suggest") && form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "q")
    };
    if path == REQUESTS {
        REQUEST
    } else if EXPORTS.iter().any(|end| path.ends_with(end)) {
        EXPORT
    } else if is_search() {
        SEARCH
    } else if path.rsplit('/').next().is_some_and(|last| LISTS.contains(&last)) {
        LIST
    } else {
        RECORD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_and_exports_are_dearer_than_lists_and_lists_than_records() {
        assert_eq!(cost("/v1/councils/oldham", ""), 1);
        assert_eq!(cost("/v1/me", ""), 1);
        assert_eq!(cost("/v1/councils", "sort=name"), 2);
        assert_eq!(cost("/v1/%63ouncils", ""), 2);
        assert_eq!(cost("/v1/councils/oldham/initiatives", "q2=x"), 2);
        assert_eq!(cost("/v1/changes", "since=x"), 2);
        assert_eq!(cost("/v1/themes/housing/changes.atom", ""), 2);
        assert_eq!(cost("/v1/initiatives", "theme=housing&q=co-op"), 5);
        assert_eq!(cost("/v1/initiatives", "%71=co-op"), 5);
        assert_eq!(cost("/v1/initiatives/facets", ""), 5);
        assert_eq!(cost("/v1/suggest", "q=co"), 1);
        assert_eq!(cost("/v1/initiatives.csv", "q=co-op"), 10);
        assert_eq!(cost("/v1/map.geojson", ""), 10);
        assert_eq!(cost("/v1/initiatives%2Ecs%76", ""), 10);
        assert_eq!(cost("/v1/api-keys/requests", ""), 20);
        assert_eq!(cost("/v1/api-keys/%72equests", ""), 20);
    }
}
