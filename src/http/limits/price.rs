//! The price of each operation in units of a quota, as declared by the operation.
//!
//! A handler declares its price with `extensions(("x-price" = json!({ "units": 2, "q": 5 })))`: the base price, and a
//! price for each parameter that raises it. Without the extension the price is one unit. Three names have a special
//! meaning. `limit` is a page of more than 200 rows. `whole` is a whole list, requested with `Accept`.
//! `units` is the base price. An operation with a price of 0 has no limit.

use std::collections::{BTreeMap, HashMap};

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use serde::Deserialize;
use serde_json::Value;

/// The extension that declares an operation's price.
pub const EXTENSION: &str = "x-price";
/// Maximum number of rows of a page at the base price.
const ROWS_OF_A_PAGE: u64 = 200;

/// Price of an operation.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Price {
    units: u32,
    /// Prices of requests with one of these parameters.
    #[serde(flatten)]
    with: BTreeMap<String, u32>,
}

impl Default for Price {
    fn default() -> Self {
        Self { units: 1, with: BTreeMap::new() }
    }
}

impl Price {
    /// The price that an operation of the OpenAPI document declares.
    pub fn of(operation: &Value) -> Self {
        operation.get(EXTENSION).and_then(|price| Self::deserialize(price).ok()).unwrap_or_default()
    }

    /// True for an operation without a limit, such as a health check.
    pub fn is_free(&self) -> bool {
        self.units == 0
    }

    /// Price of a request with this query string. `wants_whole`: `Accept` requests a whole list.
    pub fn units(&self, query: &str, wants_whole: bool) -> u32 {
        let price = |name: &str, value: &str| match name {
            // A number beyond 64 bits counts as a high limit. Anything else is refused later.
            "limit" if value.parse::<u64>().is_ok_and(|limit| limit <= ROWS_OF_A_PAGE) => None,
            "units" | "whole" => None,
            name => self.with.get(name).copied(),
        };
        let parameters = form_urlencoded::parse(query.as_bytes()).filter_map(|(name, value)| price(&name, &value));
        let whole = self.with.get("whole").copied().filter(|_| wants_whole);
        parameters.chain(whole).chain([self.units]).max().unwrap_or(self.units)
    }

    /// The price in words, for the OpenAPI document.
    pub fn words(&self) -> String {
        let mut text = format!("Costs {} {} of the quota", self.units, if self.units == 1 { "unit" } else { "units" });
        for (name, units) in &self.with {
            match name.as_str() {
                "limit" => text.push_str(&format!(", {units} with a `limit` above {ROWS_OF_A_PAGE}")),
                "whole" => text.push_str(&format!(", {units} as a whole list")),
                name => text.push_str(&format!(", {units} with `{name}`")),
            }
        }
        text + "."
    }
}

/// The prices of all operations that do not cost one unit, by method and route; and those of pages with a list.
pub struct Prices(HashMap<(Method, String), Price>);

impl Prices {
    /// Read from the OpenAPI document.
    pub fn new(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().filter_map(move |(method, operation)| {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
                Some(((method, path.clone()), Price::of(operation)))
            })
        });
        let mut prices: HashMap<_, _> = operations.filter(|(_, price)| *price != Price::default()).collect();
        // The pages that show a list do the work of the list.
        if let Some(list) = prices.get(&(Method::GET, "/v1/initiatives".to_owned())).cloned() {
            for page in ["/", "/initiatives", "/embed/initiatives"] {
                prices.insert((Method::GET, page.to_owned()), list.clone());
            }
        }
        Self(prices)
    }

    /// Price of a request, by the operation that it will be routed to.
    pub fn units(&self, request: &ServiceRequest, wants_whole: bool) -> u32 {
        // Normalise the path as routing does, so that no spelling of an address is cheaper than another.
        let Some(route) = request.resource_map().match_pattern(request.match_info().as_str()) else { return 1 };
        let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
        self.0.get(&(method, route)).map_or(1, |price| price.units(request.query_string(), wants_whole))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_dearest_part_of_a_request_is_its_price() {
        let price = Price::of(&json!({ EXTENSION: { "units": 2, "q": 5, "include": 5, "limit": 10, "whole": 10 } }));
        assert_eq!(price.units("", false), 2);
        assert_eq!(price.units("sort=name&q2=x&units=1&whole=1", false), 2);
        assert_eq!(price.units("theme=housing&%71=co-op", false), 5);
        assert_eq!(price.units("q=co-op&limit=1000", false), 10);
        assert_eq!(price.units("limit=200", false), 2);
        assert_eq!(price.units("limit=99999999999999999999", false), 10);
        assert_eq!(price.units("", true), 10);
        let words = "Costs 2 units of the quota, 5 with `include`, 10 with a `limit` above 200, 5 with `q`, 10 as a whole list.";
        assert_eq!(price.words(), words);
        assert_eq!(Price::of(&json!({})).words(), "Costs 1 unit of the quota.");
        assert_eq!(Price::of(&json!({})).units("q=x", true), 1);
    }
}
