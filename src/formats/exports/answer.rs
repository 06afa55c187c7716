//! Prepares the answer to an export request, up to its first byte.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::body::{BodyStream, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::header::{self, Accept, Header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::Utc;
use futures_util::stream;

use super::columns::Table;
use super::datapackage::{about, explained};
use super::encoder::Encoder;
use super::query::FileQuery;
use super::rows::{Exported, Rows};
use super::stream::{Broken, begin};
use super::workbook::{Book, MOST_ROWS};
use crate::access::extractors::Bounded;
use crate::access::scope;
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::{ApiError, Fault, problems};
use crate::http::client_address::client_address;
use crate::http::limits::Limits;
use crate::http::list_format::Format;
use crate::http::page::base;
use crate::http::response::{HeadOnly, cache};
use crate::openapi::Document;
use crate::read_model::extractor::CurrentSnapshot;

/// Request data for export handlers.
pub struct Exports {
    /// The records to export.
    pub snapshot: CurrentSnapshot,
    db: web::Data<Db>,
    document: web::Data<Document>,
    request: HttpRequest,
    limits: web::Data<Limits>,
    settings: web::Data<ServeSettings>,
}

/// A file to send: the columns of a table, or of the members in `fields`, in a format.
pub struct ExportFile<R> {
    table: Table<R>,
    fields: Option<Vec<String>>,
    format: Format,
    query: FileQuery,
}

impl<R> ExportFile<R> {
    /// Refuses the parameters in `given`, because they only make sense for pages; parameters of another format; and
    /// fields that exports do not have. Reports every fault at once.
    pub fn new(
        table: Table<R>,
        (format, query): (Format, FileQuery),
        fields: Option<Vec<String>>,
        given: &[(&str, bool)],
    ) -> Result<Self, ApiError> {
        let pages = given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| {
            let detail = "leave this out: it is for pages, and an export is the whole list";
            Fault::parameter(*name, "not_for_exports", detail)
        });
        let mark = query.bom.filter(|_| format != Format::Csv).map(|_| {
            let detail = format!("leave this out: it is for CSV, and this is {}", format.media_type());
            Fault::parameter("bom", "not_for_this_format", detail)
        });
        let is_known = |name: &String| table.members.iter().any(|member| member.name == *name);
        let unknown = fields.iter().flatten().filter(|name| !is_known(name)).map(|name| {
            let detail = format!("{name:?} is not in exports; get it from the paged list");
            Fault::parameter("fields", "not_for_exports", detail)
        });
        let faults: Vec<Fault> = pages.chain(mark).chain(unknown).collect();
        if faults.is_empty() { Ok(Self { table, fields, format, query }) } else { Err(ApiError::bad_query(faults)) }
    }
}

impl Exports {
    /// The format in the address, or else in `Accept`.
    pub fn format(&self, list: &str, offered: &[Format]) -> Result<Format, ApiError> {
        let Some(suffix) = self.request.match_info().get("format") else {
            let accept = Accept::parse(&self.request).ok();
            let wanted = Format::negotiated(accept.as_ref(), offered)?;
            return wanted.ok_or_else(|| ApiError::internal("an export was asked for by an address of pages"));
        };
        Format::from_suffix(suffix, offered).map_err(|near| {
            let known: Vec<String> = offered.iter().map(|format| format!(".{}", format.suffix())).collect();
            let hint = near.map_or(String::new(), |near| format!("; did you mean {list}.{near}?"));
            ApiError::new(
                &problems::NOT_FOUND,
                format!("The address of an export of {list} ends with one of {}{hint}", known.join(", ")),
            )
        })
    }

    /// Refuses an export with more rows than the caller may have, or than the format can hold.
    pub fn check_size<R>(
        &self,
        caller: &Bounded<scope::Export>,
        file: &ExportFile<R>,
        rows: usize,
    ) -> Result<(), ApiError> {
        let most = self.settings.limits.export_rows;
        if caller.is_bounded() && rows > most as usize {
            return Err(caller.refusal(most));
        }
        fits(file.format, rows)
    }

    /// The answer: a file called `name` with the rows that `get` returns for the positions from 0, until it returns
    /// `None`.
    pub async fn send<T: Exported + 'static>(
        self,
        file: ExportFile<T::Record>,
        name: &str,
        get: impl FnMut(usize) -> Option<T> + Send + 'static,
    ) -> Result<HttpResponse, ApiError>
    where
        T::Record: 'static,
    {
        let ExportFile { table, fields, format, query } = file;
        // A HEAD request gets its answer without the work.
        if self.request.extensions().contains::<HeadOnly>() {
            let nothing = stream::empty::<Result<web::Bytes, Broken>>();
            return Ok(self.answer(format, name, BodyStream::new(nothing)));
        }
        let encoder = match format {
            Format::Csv => {
                let columns = table.picked(fields.as_deref());
                let head: Vec<_> = columns.map(|column| (column.name, column.kind)).collect();
                Encoder::csv(&head, query.bom == Some(true)).map_err(ApiError::internal)?
            }
            Format::Xlsx => {
                let columns = table.picked(fields.as_deref());
                let columns = columns.map(|column| explained(&self.document.value, column)).collect();
                Encoder::workbook(Book::new(table.title, columns, about(&table)).map_err(ApiError::internal)?)
            }
            Format::Ndjson => Encoder::ndjson(),
            Format::Geojson => Encoder::geojson(),
        };
        let stall = Duration::from_secs(self.settings.limits.export_stall_seconds.into());
        let place = self.limits.export_place(client_address(&self.request));
        let place = place.ok_or_else(|| ApiError::overloaded("exports", 5))?;
        let export = begin(&self.db, place, stall, Rows::new(table, fields, get), encoder).await?;
        Ok(self.answer(format, name, BodyStream::new(export)))
    }

    fn answer(&self, format: Format, name: &str, body: impl MessageBody + 'static) -> HttpResponse {
        let file = format!("{name}-{}.{}", Utc::now().format("%Y-%m-%d"), format.suffix());
        let package =
            format!("<{}/v1/datapackage.json>; rel=\"describedby\"; type=\"application/json\"", base(&self.request));
        let mut response = HttpResponse::Ok();
        cache(&mut response, self.request.headers());
        response
            .insert_header((header::CONTENT_TYPE, format.content_type()))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")))
            .insert_header((header::LINK, package))
            .body(BoxBody::new(body))
    }
}

impl FromRequest for Exports {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let snapshot = match CurrentSnapshot::from_request(request, &mut Payload::None).into_inner() {
            Ok(snapshot) => snapshot,
            Err(error) => return ready(Err(error)),
        };
        let (db, document) = (request.app_data(), request.app_data());
        let (limits, settings) = (request.app_data(), request.app_data());
        let found = || {
            Some(Self {
                snapshot,
                db: cloned(db)?,
                document: cloned(document)?,
                limits: cloned(limits)?,
                settings: cloned(settings)?,
                request: request.clone(),
            })
        };
        ready(found().ok_or_else(|| ApiError::internal("what exports need is not mounted")))
    }
}

fn cloned<T>(data: Option<&web::Data<T>>) -> Option<web::Data<T>> {
    data.cloned()
}

/// Refuses more rows than a format can hold.
fn fits(format: Format, rows: usize) -> Result<(), ApiError> {
    if format != Format::Xlsx || rows <= MOST_ROWS {
        return Ok(());
    }
    let detail =
        format!("has {rows} rows; a sheet of Excel holds at most {MOST_ROWS}. Use filters, or ask for .csv or .ndjson");
    Err(ApiError::bad_query(vec![Fault::parameter("format", "too_many", detail)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_of_excel_is_refused_more_rows_than_it_holds() {
        assert!(fits(Format::Xlsx, MOST_ROWS).is_ok() && fits(Format::Csv, MOST_ROWS + 1).is_ok());
        let refusal = fits(Format::Xlsx, MOST_ROWS + 1).expect_err("a refusal");
        assert_eq!(refusal.faults().len(), 1);
    }
}
