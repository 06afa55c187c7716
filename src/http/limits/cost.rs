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

/// A password, held against its hash: 30 ms of a processor.
const SIGNING_IN: u32 = 5;
/// The address for signing in.
const SIGN_IN: &str = "/v1/auth/login";

/// How the address of features ends, below `/ogc`.
const FEATURES: &str = "/items";
/// How the address of changes ends.
const CHANGES: &str = "/changes";
/// Rows that a page of the price of a list has at most, as any other list; a larger page costs what an export costs.
const ROWS_OF_A_LIST: u64 = 200;

/// What a stranger leaves in the store.
const REQUEST: u32 = 20;
/// The address at which strangers ask for a key. Officers list the requests there, whose quota has room for it.
const REQUESTS: &str = "/v1/api-keys/requests";

/// Last segments of the addresses that answer with a list.
const LISTS: [&str; 13] = [
    "boundaries",
    "councils",
    "initiatives",
    "outcomes",
    "summary",
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

/// Units that a request costs, by its address and by whether `Accept` asks for a whole list: what it answers is not known
/// yet.
pub fn cost(path: &str, query: &str, wants_whole: bool) -> u32 {
    // As routing reads it, so that no spelling is cheaper than another.
    let path = &*percent_decode_str(path).decode_utf8_lossy();
    // Boundaries are looked at whole.
    let searches = |name: &str| name == "q" || name == "covers";
    // Suggestions are asked for at every letter, and are cheap.
    let is_search = || {
        SEARCHES.iter().any(|end| path.ends_with(end))
            || !path.ends_with("/suggest") && form_urlencoded::parse(query.as_bytes()).any(|(name, _)| searches(&name))
    };
    // Several records for each.
    let includes = || form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "include");
    let is_export = EXPORTS.iter().any(|end| path.ends_with(end)) || path.ends_with(CHANGES) && is_long(query);
    if path == "/ogc" || path.starts_with("/ogc/") {
        features(path, query)
    } else if path == REQUESTS {
        REQUEST
    } else if path == SIGN_IN {
        SIGNING_IN
    } else if is_export || wants_whole && is_list(path) {
        EXPORT
    } else if is_search() || is_list(path) && includes() {
        SEARCH
    } else if is_list(path) {
        LIST
    } else {
        RECORD
    }
}

/// The price of an operation in words, for the document. `takes` says which parameters it has.
pub fn said(path: &str, takes: impl Fn(&str) -> bool) -> String {
    // The document names one address for all formats; none of them is a list.
    let path = &*path.replace(".{format}", EXPORTS[0]);
    let usual = cost(path, "", false);
    let mut text = format!("Costs {usual} {} of the quota", if usual == 1 { "unit" } else { "units" });
    let dearer = [
        ("q", "q=x", "with `q`"),
        ("covers", "covers=1,1", "with `covers`"),
        ("include", "include=x", "with `include`"),
        ("limit", "limit=1000", "with a `limit` above 200"),
    ];
    for (name, query, when) in dearer {
        let price = cost(path, query, false);
        if takes(name) && price > usual {
            text.push_str(&format!(", {price} {when}"));
        }
    }
    text + "."
}

fn features(path: &str, query: &str) -> u32 {
    match path.strip_suffix(FEATURES) {
        Some(_) if is_long(query) => EXPORT,
        Some(_) => LIST,
        None => RECORD,
    }
}

/// True for a wish for more rows than other lists have on a page.
fn is_long(query: &str) -> bool {
    let limit = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "limit");
    // A number beyond 64 bits is as large as any limit; what is no number is refused.
    limit.is_some_and(|(_, limit)| limit.parse::<u64>().map_or(true, |limit| limit > ROWS_OF_A_LIST))
}

fn is_list(path: &str) -> bool {
    let last = path.rsplit('/').next();
    last.is_some_and(|last| LISTS.contains(&&*percent_decode_str(last).decode_utf8_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_is_said_with_what_makes_it_dearer() {
        assert_eq!(said("/v1/me", |_| false), "Costs 1 unit of the quota.");
        let list = said("/v1/initiatives", |_| true);
        assert_eq!(list, "Costs 2 units of the quota, 5 with `q`, 5 with `covers`, 5 with `include`.");
        let changes = said("/v1/changes", |name| name == "limit");
        assert_eq!(changes, "Costs 2 units of the quota, 10 with a `limit` above 200.");
        assert_eq!(said("/v1/initiatives.{format}", |name| name == "q"), "Costs 10 units of the quota.");
    }

    #[test]
    fn searches_and_exports_are_dearer_than_lists_and_lists_than_records() {
        assert_eq!(cost("/v1/councils/oldham", "", false), 1);
        assert_eq!(cost("/v1/me", "", false), 1);
        assert_eq!(cost("/v1/councils", "sort=name", false), 2);
        assert_eq!(cost("/v1/%63ouncils", "", false), 2);
        assert_eq!(cost("/v1/councils/oldham/initiatives", "q2=x", false), 2);
        assert_eq!(cost("/v1/changes", "since=x", false), 2);
        assert_eq!(cost("/v1/changes", "limit=1000", false), 10);
        assert_eq!(cost("/v1/auth/login", "", false), 5);
        assert_eq!(cost("/v1/initiatives", "include=themes", false), 5);
        assert_eq!(cost("/v1/initiatives/get-oldham-working", "include=themes", false), 1);
        assert_eq!(cost("/v1/themes/housing/changes.atom", "", false), 2);
        assert_eq!(cost("/v1/initiatives", "theme=housing&q=co-op", false), 5);
        assert_eq!(cost("/v1/councils", "covers=53.54,-2.11", false), 5);
        assert_eq!(cost("/v1/initiatives", "%71=co-op", false), 5);
        assert_eq!(cost("/v1/initiatives/facets", "", false), 5);
        assert_eq!(cost("/v1/suggest", "q=co", false), 1);
        assert_eq!(cost("/v1/initiatives.csv", "q=co-op", false), 10);
        assert_eq!(cost("/v1/map.geojson", "", false), 10);
        assert_eq!(cost("/v1/initiatives%2Ecs%76", "", false), 10);
        assert_eq!(cost("/v1/api-keys/requests", "", false), 20);
        assert_eq!(cost("/v1/api-keys/%72equests", "", false), 20);
        assert_eq!(cost("/v1/initiatives", "theme=housing", true), 10);
        assert_eq!(cost("/v1/initiatives/get-oldham-working", "", true), 1);
        assert_eq!(cost("/ogc/", "", true), 1);
        assert_eq!(cost("/ogc/collections/councils", "", true), 1);
        assert_eq!(cost("/ogc/collections/councils/items", "", true), 2);
        assert_eq!(cost("/ogc/collections/councils/items", "limit=200", true), 2);
        assert_eq!(cost("/ogc/collections/councils/items", "bbox=0,0,1,1&limit=1000", false), 10);
        assert_eq!(cost("/ogc/collections/councils/items", "limit=99999999999999999999", false), 10);
    }
}
