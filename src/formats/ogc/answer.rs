//! Pages of the API for geographic information systems, with the same links in the body and in the `Link` header.

use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::collections::Collection;
use super::features::Span;
use super::model::{
    CRS84, CollectionInfo, Extent, Features, GEOJSON, GREGORIAN, HTML, JSON, Link, OPENAPI, SpatialExtent,
    TemporalExtent,
};
use crate::error::ApiError;
use crate::http::page::{Pages, Slice, base};
use crate::http::response::Answer;
use crate::registry::initiatives::model::Licence;

/// Builds links with the address that the caller uses.
pub struct Links {
    base: String,
    here: String,
}

impl Links {
    /// Links for a request.
    pub fn of(request: &HttpRequest) -> Self {
        let base = base(request);
        let here = request.uri().path_and_query().map_or_else(|| request.path().to_owned(), ToString::to_string);
        Self { here: format!("{base}{here}"), base }
    }

    /// Address of the service, without a path.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A link to a path of the service.
    pub fn to(&self, rel: &'static str, path: &str, media_type: &'static str, title: &'static str) -> Link {
        Link { href: format!("{}{path}", self.base), rel, media_type, title: Some(title) }
    }

    /// A link to this page.
    pub fn here(&self, media_type: &'static str) -> Link {
        Link { href: self.here.clone(), rel: "self", media_type, title: Some("This page") }
    }

    /// A link to the terms for using records.
    pub fn licence(&self) -> Link {
        let licence = Licence::OglUk3;
        Link { href: licence.url().into(), rel: "license", media_type: HTML, title: Some(licence.title()) }
    }

    /// A collection, as on its own page and in the list.
    pub fn collection(&self, collection: &Collection, span: Option<Span>) -> CollectionInfo {
        let path = format!("/ogc/collections/{}", collection.id);
        CollectionInfo {
            id: collection.id,
            title: collection.title,
            description: collection.description,
            links: vec![
                self.to("self", &path, JSON, "This collection"),
                self.to("items", &format!("{path}/items"), GEOJSON, "Its features"),
                self.to("describedby", "/ogc/api", OPENAPI, "What the properties mean"),
                self.licence(),
            ],
            extent: span.map(extent),
            item_type: "feature",
            crs: vec![CRS84],
        }
    }
}

fn extent(span: Span) -> Extent {
    let moment = |day: Option<NaiveDate>, time: &str| day.map(|day| format!("{day}T{time}Z"));
    let interval = span.period.map(|[from, to]| [moment(from, "00:00:00"), moment(to, "23:59:59")]);
    Extent {
        spatial: SpatialExtent { bbox: vec![span.bounds], crs: CRS84 },
        temporal: interval.map(|interval| TemporalExtent { interval: vec![interval], trs: GREGORIAN }),
    }
}

/// A page other than features.
pub fn page(request: &HttpRequest, value: &impl Serialize, links: &[Link]) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_string(value).map_err(ApiError::internal)?;
    Ok(Answer::new(request, JSON).link(header(links)).send(body))
}

/// A page of features.
pub fn features(
    request: &HttpRequest,
    collection: &Collection,
    pages: &Pages,
    slice: &Slice<(Uuid, String)>,
) -> Result<HttpResponse, ApiError> {
    let links = Links::of(request);
    let (next, prev) = pages.neighbours(slice);
    let neighbour =
        |rel, title, href: Option<String>| href.map(|href| Link { href, rel, media_type: GEOJSON, title: Some(title) });
    let mut list = vec![links.here(GEOJSON)];
    list.extend(neighbour("next", "The next page", next));
    list.extend(neighbour("prev", "The previous page", prev));
    list.push(links.to("collection", &format!("/ogc/collections/{}", collection.id), JSON, "The collection"));
    let link = header(&list);
    let mut head = Features::<Value> {
        kind: "FeatureCollection",
        links: list,
        time_stamp: String::new(),
        number_matched: slice.total,
        number_returned: slice.rows.len(),
        features: Vec::new(),
    };
    let written: Vec<&str> = slice.rows.iter().map(|(_, feature)| feature.as_str()).collect();
    let written = written.join(",\n");
    // The features are already GeoJSON: insert them into the empty array at the end.
    let body = |head: &Features<Value>| {
        let head = serde_json::to_string(head).map_err(ApiError::internal)?;
        Ok::<_, ApiError>(format!("{}\n{written}\n]}}", head.trim_end_matches("]}")))
    };
    let unstamped = body(&head)?;
    head.time_stamp = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    Ok(Answer::new(request, GEOJSON).stamp(&unstamped).link(link).send(body(&head)?))
}

/// One feature, already in GeoJSON, with its links.
pub fn feature(
    request: &HttpRequest,
    collection: &Collection,
    id: Uuid,
    feature: &str,
) -> Result<HttpResponse, ApiError> {
    let links = Links::of(request);
    let list = [
        links.here(GEOJSON),
        links.to("collection", &format!("/ogc/collections/{}", collection.id), JSON, "The collection"),
        links.to("canonical", &format!("/id/{id}"), JSON, "The whole record"),
    ];
    let mut feature: Value = serde_json::from_str(feature).map_err(ApiError::internal)?;
    feature["links"] = json!(list);
    Ok(Answer::new(request, GEOJSON).link(header(&list)).send(feature.to_string()))
}

/// The `Link` header (RFC 8288, section 3).
pub fn header(links: &[Link]) -> String {
    let written =
        links.iter().map(|link| format!("<{}>; rel=\"{}\"; type=\"{}\"", link.href, link.rel, link.media_type));
    written.collect::<Vec<_>>().join(", ")
}
