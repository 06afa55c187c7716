//! Citations, permalinks and the catalogue. Everybody reads what is there for them.

use actix_web::http::header::{Accept, Header};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::Value;

use super::linked::LinkedData;
use super::model::{CitationFormat, CitationQuery};
use super::work::Work;
use super::{bibtex, catalog, csl, datacite, linked, ris, store};
use crate::auth::caller::Anyone;
use crate::db::Db;
use crate::error::ApiError;
use crate::input::{NoParams, Query};
use crate::negotiate;
use crate::page::base;
use crate::refs::{self, Resource};
use crate::reply::{moved, see_other, send_as, send_overview};

/// The formats with their media types, the default first.
const FORMATS: [(CitationFormat, &str); 4] = [
    (CitationFormat::Csl, csl::MEDIA_TYPE),
    (CitationFormat::Bibtex, bibtex::MEDIA_TYPE),
    (CitationFormat::Ris, ris::MEDIA_TYPE),
    (CitationFormat::Datacite, datacite::MEDIA_TYPE),
];

/// Cite an initiative
///
/// For reference managers: CSL-JSON, BibTeX, RIS or DataCite, by `format` or by `Accept`. The author is the council that
/// leads, with those that lead with it; the address is the permalink. Records have no DOI, and none is made up.
#[utoipa::path(tag = "initiatives",
    params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), CitationQuery),
    responses((status = 200, description = "The citation", content(
        (Vec<Value> = "application/vnd.citationstyles.csl+json"),
        (String = "application/x-bibtex"),
        (String = "application/x-research-info-systems"),
        (Value = "application/vnd.datacite.datacite+json")))))]
#[get("/initiatives/{initiative}/citation")]
pub async fn cite_initiative(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    initiative: web::Path<String>,
    query: Query<CitationQuery>,
) -> Result<HttpResponse, ApiError> {
    let format = match query.format {
        Some(format) => format,
        None => negotiate::choose(&request, &FORMATS)?,
    };
    let mut conn = db.get().await?;
    let found = crate::initiatives::store::locate(&mut conn, caller.reach(), &initiative).await?;
    if refs::is_former(&initiative, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    let base = base(&request);
    let work = Work { record: &found, base: &base };
    let json = |value: Value| (value.to_string(), "");
    let (body, parameter) = match format {
        CitationFormat::Csl => json(csl::write(&work)),
        CitationFormat::Datacite => json(datacite::write(&work)),
        CitationFormat::Bibtex => (bibtex::write(&work), "; charset=utf-8"),
        CitationFormat::Ris => (ris::write(&work), "; charset=utf-8"),
    };
    let media_type = FORMATS.iter().find(|(one, _)| *one == format).map_or(csl::MEDIA_TYPE, |(_, name)| *name);
    Ok(send_as(&request, &found, &format!("{media_type}{parameter}"), body))
}

/// Follow a permalink
///
/// The address of a council, an initiative or a theme that stays right when its slug changes: leads to where the record
/// lives now (303), for those who may see it; for a browser, to its page.
#[utoipa::path(tag = "service",
    params(("id" = String, Path, description = "Id of a council, an initiative or a theme", example = "01a20437-ea34-7438-944c-55d92567c2df")),
    responses((status = 303, description = "Where the record lives now", headers(("Location" = String, description = "Address of the record")))))]
#[get("/{id}")]
pub async fn follow_permalink(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let id = refs::id(&id, "record")?;
    let mut conn = db.get().await?;
    let reach = caller.reach();
    // Who opens it in a browser is to read the page.
    let is_browser = negotiate::wants_page(Accept::parse(&request).ok().as_ref());
    let [councils, initiatives, themes] = match is_browser {
        true => ["/councils/", "/initiatives/", "/?theme="],
        false => ["/v1/councils/", "/v1/initiatives/", "/v1/themes/"],
    };
    let location = match store::resource(&mut conn, id).await? {
        Some(Resource::Council) => {
            format!("{councils}{}", crate::councils::store::find(&mut conn, reach, id).await?.slug)
        }
        Some(Resource::Theme) => format!("{themes}{}", crate::themes::store::find(&mut conn, id).await?.slug),
        Some(Resource::Initiative) => {
            format!("{initiatives}{}", crate::initiatives::store::find(&mut conn, reach, id).await?.slug)
        }
        None => return Err(ApiError::not_found("record")),
    };
    Ok(see_other(&request, &location))
}

/// Find the catalogue
///
/// The registry as a dataset, for data portals and harvesters: DCAT 3 as JSON-LD. Of public records only.
#[utoipa::path(tag = "service", responses((status = 200, description = "The catalogue", content_type = "application/ld+json", body = LinkedData)))]
#[get("/catalog.jsonld")]
pub async fn find_catalog(
    request: HttpRequest,
    db: web::Data<Db>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let mut conn = db.get().await?;
    let extent = store::extent(&mut conn).await?;
    let concepts = store::concepts(&mut conn).await?;
    let catalog = catalog::catalog(&base(&request), &extent, &concepts);
    let body = serde_json::to_string(&catalog).map_err(ApiError::internal)?;
    Ok(send_overview(&request, linked::MEDIA_TYPE, body, extent.modified))
}
