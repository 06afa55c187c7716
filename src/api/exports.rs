//! Exports of whole lists. Callers use an address with a suffix, or the address of the list with `Accept`.

use std::sync::Arc;

use actix_web::guard::GuardContext;
use actix_web::http::header::Accept;
use actix_web::{HttpRequest, HttpResponse, get, routes, web};
use uuid::Uuid;

use crate::access::extractors::{Anyone, Bounded};
use crate::access::scope::Export;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::exports::answer::{ExportFile, Exports};
use crate::formats::exports::datapackage::DataPackage;
use crate::formats::exports::encoder::FeatureCollection;
use crate::formats::exports::query::ExportQuery;
use crate::formats::exports::rows::{ClaimRow, CouncilRow, InitiativeRow, OrganisationRow, ThemeRow, WholeRow};
use crate::formats::exports::tables;
use crate::http::input::{NoParams, Query};
use crate::http::list_format::{Format, PlainFormat};
use crate::http::response::{Answer, Cacheable, Moves, moved};
use crate::openapi::Document;
use crate::read_model::council_list::{CouncilFilter, CouncilOrder};
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::membership_list::MembershipFilter;
use crate::read_model::nested::Within;
use crate::read_model::organisation_list::{OrganisationFilter, order_of};
use crate::read_model::outcome_list::OutcomeFilter;
use crate::read_model::theme_list::ThemeFilter;
use crate::registry::council_changes::model::{CouncilChange, CouncilChangeQuery};
use crate::registry::councils::query::CouncilQuery;
use crate::registry::initiatives::query::InitiativeQuery;
use crate::registry::memberships::query::MembershipQuery;
use crate::registry::organisations::query::OrganisationQuery;
use crate::registry::outcomes::{ClaimQuery, OutcomeQuery};
use crate::registry::themes::model::ThemeQuery;

type InitiativeExport = ExportQuery<InitiativeQuery>;
type OutcomeExport = ExportQuery<OutcomeQuery>;
type CouncilExport = ExportQuery<CouncilQuery>;
type CouncilChangeExport = ExportQuery<CouncilChangeQuery>;
type MembershipExport = ExportQuery<MembershipQuery>;
type OrganisationExport = ExportQuery<OrganisationQuery>;
type ThemeExport = ExportQuery<ThemeQuery>;

/// True if `Accept` asks for an export of a list whose records have places.
pub fn wants_places_whole(context: &GuardContext<'_>) -> bool {
    !matches!(Format::negotiated(context.header::<Accept>().as_ref(), Format::OF_PLACES), Ok(None))
}

/// True if `Accept` asks for an export of a list whose records have no places.
pub fn wants_whole(context: &GuardContext<'_>) -> bool {
    !matches!(Format::negotiated(context.header::<Accept>().as_ref(), Format::PLAIN), Ok(None))
}

/// Export initiatives
///
/// All initiatives that match, in one file, all from the same moment. Takes the same filters and sort orders as
/// `list_initiatives`. Without an account, or with a key without the scope `export`, you can export only a small number
/// of rows.
#[utoipa::path(get, path = "/initiatives.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(Format), Path, description = "File format", example = "csv"), InitiativeExport),
    responses((status = 200, description = "All initiatives that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson"), (FeatureCollection = "application/geo+json")))))]
#[routes]
#[get("/initiatives.{format}")]
#[get("/initiatives", guard = "wants_places_whole")]
pub async fn export_initiatives(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<InitiativeExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("initiatives", Format::OF_PLACES)?;
    let filter = InitiativeFilter::new(&exports.snapshot, caller.0.reach(), &query.list)?;
    initiatives_of(exports, caller, format, query.0, filter, "initiatives").await
}

/// Export a council's initiatives
///
/// All initiatives that the council leads or takes part in. Works in the same way as `export_initiatives`.
#[utoipa::path(get, path = "/councils/{council}/initiatives.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), ("format" = inline(Format), Path, description = "File format", example = "csv"), InitiativeExport),
    responses(Moves, (status = 200, description = "All initiatives that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson"), (FeatureCollection = "application/geo+json")))))]
#[routes]
#[get("/councils/{council}/initiatives.{format}")]
#[get("/councils/{council}/initiatives", guard = "wants_places_whole")]
pub async fn export_council_initiatives(
    request: HttpRequest,
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<InitiativeExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("initiatives", Format::OF_PLACES)?;
    let council = request.match_info().query("council");
    match Within::council(&exports.snapshot, caller.0.reach(), council, &query.list)? {
        Within::Moved(slug) => Ok(moved(&request, &slug)),
        Within::Here(slug, filter) => {
            initiatives_of(exports, caller, format, query.0, *filter, &format!("{slug}-initiatives")).await
        }
    }
}

/// Export a theme's initiatives
///
/// All initiatives with this theme or a narrower one. Works in the same way as `export_initiatives`.
#[utoipa::path(get, path = "/themes/{theme}/initiatives.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("theme" = String, Path, description = "Slug or id", example = "housing"), ("format" = inline(Format), Path, description = "File format", example = "csv"), InitiativeExport),
    responses(Moves, (status = 200, description = "All initiatives that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson"), (FeatureCollection = "application/geo+json")))))]
#[routes]
#[get("/themes/{theme}/initiatives.{format}")]
#[get("/themes/{theme}/initiatives", guard = "wants_places_whole")]
pub async fn export_theme_initiatives(
    request: HttpRequest,
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<InitiativeExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("initiatives", Format::OF_PLACES)?;
    let theme = request.match_info().query("theme");
    match Within::theme(&exports.snapshot, caller.0.reach(), theme, &query.list)? {
        Within::Moved(slug) => Ok(moved(&request, &slug)),
        Within::Here(slug, filter) => {
            initiatives_of(exports, caller, format, query.0, *filter, &format!("{slug}-initiatives")).await
        }
    }
}

async fn initiatives_of(
    exports: Exports,
    caller: Bounded<Export>,
    format: Format,
    ExportQuery { list: query, file }: InitiativeExport,
    filter: InitiativeFilter,
    name: &str,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.0.reach();
    let given = [
        ("limit", query.limit.is_some()),
        ("cursor", query.cursor.is_some()),
        ("include", !query.include.is_empty()),
        ("highlight", query.highlight.is_some()),
    ];
    let file = ExportFile::new(tables::initiatives(), (format, file), picked(query.fields.as_deref()), &given)?;
    let snapshot = Arc::clone(&exports.snapshot.0);
    let found = snapshot.select(reach, &filter);
    exports.check_size(&caller, &file, found.len() as usize)?;
    let order = InitiativeOrder::sorted(query.sort, filter.area.near);
    let numbers = snapshot.in_order(&found, order);
    let get = move |at: usize| {
        let entry = Arc::clone(snapshot.initiative(*numbers.get(at)?)?);
        Some(InitiativeRow { snapshot: Arc::clone(&snapshot), entry, reach })
    };
    exports.send(file, name, get).await
}

/// Export outcomes
///
/// All outcomes that match, one row for each claim, in one file, all from the same moment. Takes the same filters and
/// sort orders as `list_outcomes`. Without an account, or with a key without the scope `export`, you can export only a
/// small number of rows.
#[utoipa::path(get, path = "/outcomes.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(PlainFormat), Path, description = "File format", example = "csv"), OutcomeExport),
    responses((status = 200, description = "All outcomes that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
#[routes]
#[get("/outcomes.{format}")]
#[get("/outcomes", guard = "wants_whole")]
pub async fn export_outcomes(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<OutcomeExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("outcomes", Format::PLAIN)?;
    let (reach, ExportQuery { list: query, file }) = (caller.0.reach(), query.0);
    let ClaimQuery { fields, limit, cursor, sort, .. } = &query.claims;
    let given = [("limit", limit.is_some()), ("cursor", cursor.is_some())];
    let file = ExportFile::new(tables::outcomes(), (format, file), picked(fields.as_deref()), &given)?;
    let snapshot = Arc::clone(&exports.snapshot.0);
    let filter = OutcomeFilter::new(&snapshot, reach, &query)?;
    let claims = snapshot.outcomes_in_order(reach, &filter, *sort);
    exports.check_size(&caller, &file, claims.len())?;
    let get = move |at: usize| {
        let row = claims.get(at)?.clone();
        Some(ClaimRow { snapshot: Arc::clone(&snapshot), row })
    };
    exports.send(file, "outcomes", get).await
}

/// Export councils
///
/// All councils that match, in one file, all from the same moment. Takes the same filters and sort orders as
/// `list_councils`. Without an account, or with a key without the scope `export`, you can export only a small number of
/// rows.
#[utoipa::path(get, path = "/councils.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(Format), Path, description = "File format", example = "csv"), CouncilExport),
    responses((status = 200, description = "All councils that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson"), (FeatureCollection = "application/geo+json")))))]
#[routes]
#[get("/councils.{format}")]
#[get("/councils", guard = "wants_places_whole")]
pub async fn export_councils(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<CouncilExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("councils", Format::OF_PLACES)?;
    let (reach, ExportQuery { list: query, file }) = (caller.0.reach(), query.0);
    let given = [
        ("limit", query.limit.is_some()),
        ("cursor", query.cursor.is_some()),
        ("highlight", query.highlight.is_some()),
    ];
    let file = ExportFile::new(tables::councils(), (format, file), picked(query.fields.as_deref()), &given)?;
    let snapshot = Arc::clone(&exports.snapshot.0);
    let filter = CouncilFilter::new(&snapshot, reach, &query)?;
    let found = snapshot.select_councils(&filter);
    exports.check_size(&caller, &file, found.len())?;
    let found = snapshot.councils_in_order(found, CouncilOrder::sorted(query.sort, filter.area.near));
    let ids: Vec<Uuid> = found.into_iter().map(|one| one.record.id).collect();
    let get = move |at: usize| ids.get(at).map(|id| CouncilRow { snapshot: Arc::clone(&snapshot), id: *id });
    exports.send(file, "councils", get).await
}

/// Export changes of councils
///
/// All changes that match, in one file, all from the same moment. Takes the same filters and sort orders as
/// `list_council_changes`. Without an account, or with a key without the scope `export`, you can export only a small number
/// of rows.
#[utoipa::path(get, path = "/council-changes.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(PlainFormat), Path, description = "File format", example = "csv"), CouncilChangeExport),
    responses((status = 200, description = "All changes that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
#[routes]
#[get("/council-changes.{format}")]
#[get("/council-changes", guard = "wants_whole")]
pub async fn export_council_changes(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<CouncilChangeExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("council-changes", Format::PLAIN)?;
    let ExportQuery { list: query, file } = query.0;
    let given = [("limit", query.limit.is_some()), ("cursor", query.cursor.is_some())];
    let file = ExportFile::new(tables::council_changes(), (format, file), None, &given)?;
    let found = exports.snapshot.select_council_changes(&query)?;
    let mut found: Vec<CouncilChange> = found.into_iter().map(|entry| entry.record.clone()).collect();
    if query.sort.unwrap_or_default().is_descending() {
        found.reverse();
    }
    exports.check_size(&caller, &file, found.len())?;
    let get = move |at: usize| found.get(at).cloned().map(|record| WholeRow { id: record.id, record });
    exports.send(file, "council-changes", get).await
}

/// Export memberships
///
/// All memberships that match, in one file, all from the same moment. Takes the same filters and sort orders as
/// `list_memberships`. Without an account, or with a key without the scope `export`, you can export only a small number of
/// rows.
#[utoipa::path(get, path = "/memberships.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(PlainFormat), Path, description = "File format", example = "csv"), MembershipExport),
    responses((status = 200, description = "All memberships that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
#[routes]
#[get("/memberships.{format}")]
#[get("/memberships", guard = "wants_whole")]
pub async fn export_memberships(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<MembershipExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("memberships", Format::PLAIN)?;
    let (reach, ExportQuery { list: query, file }) = (caller.0.reach(), query.0);
    let given = [("limit", query.limit.is_some()), ("cursor", query.cursor.is_some())];
    let file = ExportFile::new(tables::memberships(), (format, file), picked(query.fields.as_deref()), &given)?;
    let filter = MembershipFilter::new(&exports.snapshot, &query)?;
    let found = exports.snapshot.select_memberships(reach, &filter, query.sort.unwrap_or_default());
    exports.check_size(&caller, &file, found.len())?;
    let get = move |at: usize| found.get(at).cloned().map(|record| WholeRow { id: record.id, record });
    exports.send(file, "memberships", get).await
}

/// Export organisations
///
/// All organisations that match, in one file, all from the same moment. Takes the same filters and sort orders as
/// `list_organisations`. Without an account, or with a key without the scope `export`, you can export only a small number of
/// rows.
#[utoipa::path(get, path = "/organisations.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(PlainFormat), Path, description = "File format", example = "csv"), OrganisationExport),
    responses((status = 200, description = "All organisations that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
#[routes]
#[get("/organisations.{format}")]
#[get("/organisations", guard = "wants_whole")]
pub async fn export_organisations(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<OrganisationExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("organisations", Format::PLAIN)?;
    let (reach, ExportQuery { list: query, file }) = (caller.0.reach(), query.0);
    let given = [("limit", query.limit.is_some()), ("cursor", query.cursor.is_some())];
    let file = ExportFile::new(tables::organisations(), (format, file), picked(query.fields.as_deref()), &given)?;
    let snapshot = Arc::clone(&exports.snapshot.0);
    let filter = OrganisationFilter::new(&snapshot, reach, &query)?;
    let found = snapshot.select_organisations(reach, &filter, order_of(&query));
    exports.check_size(&caller, &file, found.len())?;
    let ids: Vec<Uuid> = found.into_iter().map(|one| one.record.id).collect();
    let get =
        move |at: usize| ids.get(at).map(|id| OrganisationRow { snapshot: Arc::clone(&snapshot), reach, id: *id });
    exports.send(file, "organisations", get).await
}

/// Export themes
///
/// All themes that match, in one file, all from the same moment. Takes the same filters and sort orders as
/// `list_themes`. Without an account, or with a key without the scope `export`, you can export only a small number of
/// rows.
#[utoipa::path(get, path = "/themes.{format}", tag = "exports", extensions(("x-price" = json!({ "units": 10 }))), params(("format" = inline(PlainFormat), Path, description = "File format", example = "csv"), ThemeExport),
    responses((status = 200, description = "All themes that match", content((String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/x-ndjson")))))]
#[routes]
#[get("/themes.{format}")]
#[get("/themes", guard = "wants_whole")]
pub async fn export_themes(
    exports: Exports,
    caller: Bounded<Export>,
    query: Query<ThemeExport>,
) -> Result<HttpResponse, ApiError> {
    let format = exports.format("themes", Format::PLAIN)?;
    let ExportQuery { list: query, file } = query.0;
    let given = [("limit", query.limit.is_some()), ("cursor", query.cursor.is_some())];
    let file = ExportFile::new(tables::themes(), (format, file), picked(query.fields.as_deref()), &given)?;
    let snapshot = Arc::clone(&exports.snapshot.0);
    let filter = ThemeFilter::new(&snapshot, &query)?;
    let found = snapshot.select_themes(&filter, query.sort.unwrap_or_default());
    exports.check_size(&caller, &file, found.len())?;
    let ids: Vec<Uuid> = found.into_iter().map(|one| one.record.id).collect();
    let get = move |at: usize| ids.get(at).map(|id| ThemeRow { snapshot: Arc::clone(&snapshot), id: *id });
    exports.send(file, "themes", get).await
}

/// Get the codebook of the exports
///
/// A Frictionless data package. For each CSV it has a Table Schema: the columns with their meaning, type and rules. It
/// also names the licence and the source. Its addresses are relative, so a copy next to your CSVs describes them too.
#[utoipa::path(tag = "exports", responses(Cacheable, (status = 200, description = "The data package", body = DataPackage)))]
#[get("/datapackage.json")]
pub async fn find_data_package(
    request: HttpRequest,
    _: Anyone,
    document: web::Data<Document>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    Answer::json(&request).send_json(&DataPackage::new(&document.value))
}
