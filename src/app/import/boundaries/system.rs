//! The coordinate system that a file names.
//!
//! GeoJSON is in WGS 84, longitude first (RFC 7946, section 4). Older files can name another system (GeoJSON 2008,
//! section 3), in any of the notations below. Where a file names EPSG:4326 by its address or URN, the axes are those of
//! the register: latitude first. Most programs write longitude first all the same, so the positions decide.

use serde_json::Value;

/// Systems that files often have, by their number in the EPSG register.
const KNOWN: [(u32, &str); 4] = [
    (27700, "the British National Grid"),
    (29902, "the Irish Grid"),
    (29903, "the Irish Grid"),
    (3857, "Web Mercator"),
];
/// WGS 84 and ETRS89, which differ by less than a metre.
const DEGREES: [u32; 2] = [4326, 4258];

/// Checks the system that a file names, if it names one. True if the latitude may come first.
pub(super) fn check(crs: Option<&Value>) -> Result<bool, String> {
    let Some(name) = crs.and_then(name) else { return Ok(false) };
    if name.ends_with("CRS84") || ["wgs84", "wgs 84"].contains(&name.to_lowercase().as_str()) {
        return Ok(false);
    }
    let code = code(&name);
    if code.is_some_and(|code| DEGREES.contains(&code)) {
        let is_register = name.starts_with("urn:") || name.starts_with("http");
        return Ok(is_register);
    }
    let title = KNOWN.iter().find(|(known, _)| Some(*known) == code).map(|(_, title)| *title);
    let named = match (title, code) {
        (Some(title), Some(code)) => format!("{name}, {title} (EPSG:{code})"),
        (None, Some(code)) => format!("{name} (EPSG:{code})"),
        (_, None) => name,
    };
    Err(format!("is in the coordinate system {named}; export it in WGS 84 (EPSG:4326) and import that"))
}

/// The name, address or number in a `crs` member.
fn name(crs: &Value) -> Option<String> {
    let properties = &crs["properties"];
    let named = [crs, &properties["name"], &properties["href"], &properties["code"]];
    named.into_iter().find_map(|value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(code) => Some(format!("EPSG:{code}")),
        _ => None,
    })
}

/// The number in the EPSG register, from `EPSG:4326`, `urn:ogc:def:crs:EPSG:9.8:4326`,
/// `http://www.opengis.net/def/crs/EPSG/0/4326`, `http://www.opengis.net/gml/srs/epsg.xml#4326` or the like.
fn code(name: &str) -> Option<u32> {
    let lower = name.to_lowercase();
    let (_, after) = lower.rsplit_once("epsg")?;
    let digits: String = after.chars().skip_while(|c| !c.is_ascii_digit()).collect();
    let last = digits.trim_end_matches('/').rsplit([':', '/', '#']).next()?;
    last.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(name: &str) -> Value {
        json!({ "type": "name", "properties": { "name": name } })
    }

    #[test]
    fn wgs_84_is_known_in_every_notation() {
        for (name, may_be_latitude_first) in [
            ("urn:ogc:def:crs:OGC:1.3:CRS84", false),
            ("urn:ogc:def:crs:OGC::CRS84", false),
            ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", false),
            ("EPSG:4326", false),
            ("epsg:4326", false),
            ("WGS 84", false),
            ("urn:ogc:def:crs:EPSG::4326", true),
            ("urn:ogc:def:crs:EPSG:9.8.15:4326", true),
            ("http://www.opengis.net/def/crs/EPSG/0/4326", true),
            ("https://www.opengis.net/def/crs/EPSG/9.9.1/4258/", true),
            ("http://www.opengis.net/gml/srs/epsg.xml#4326", true),
        ] {
            assert_eq!(check(Some(&named(name))), Ok(may_be_latitude_first), "{name}");
        }
        assert_eq!(check(None), Ok(false));
        assert_eq!(check(Some(&Value::Null)), Ok(false));
        assert_eq!(check(Some(&json!({ "type": "EPSG", "properties": { "code": 4326 } }))), Ok(false));
    }

    #[test]
    fn other_systems_are_named() {
        for (crs, said) in [
            (named("urn:ogc:def:crs:EPSG::27700"), "the British National Grid (EPSG:27700)"),
            (named("http://www.opengis.net/def/crs/EPSG/0/27700"), "the British National Grid (EPSG:27700)"),
            (json!({ "type": "EPSG", "properties": { "code": 27700 } }), "the British National Grid (EPSG:27700)"),
            (named("EPSG:3857"), "Web Mercator (EPSG:3857)"),
            (named("EPSG:14326"), "(EPSG:14326)"),
            (json!({ "type": "link", "properties": { "href": "https://epsg.io/32630.wkt?a=epsg" } }), "epsg.io"),
            (named("Mars"), "system Mars;"),
        ] {
            let refused = check(Some(&crs)).expect_err("a refusal");
            assert!(refused.contains(said) && refused.contains("export it in WGS 84"), "{said}: {refused}");
        }
    }
}
