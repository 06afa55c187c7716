//! Pages of lists, by opaque keyset cursors. They are stable under writes. Page 1,000 costs the same as page 1.
//!
//! A cursor has the sort key and id of the row at a page's edge, a digest of the filters, and the history of the
//! database. [`Keys::seal`] encrypts it, so that it reveals nothing that the row does not show. For example, it does
//! not reveal the number of hidden events. A cursor gets 400 if it was changed, belongs to other filters, or is from
//! before the database was restored. Cursors are made by hand, because their content is specific to us. A library seals
//! them (AES-SIV).

mod listing;

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::sql_types::{Bool, Text, Uuid as SqlUuid};
pub use listing::Listing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::search::SearchNote;
use crate::access::keys::Keys;
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::{ApiError, Fault};

/// Default number of rows on a page.
const DEFAULT_LIMIT: i64 = 20;
/// Maximum number of rows on a page. Higher values count as this.
const MAX_LIMIT: i64 = 200;
/// Maximum size of the records of a page, approximately, in bytes. A page with more has fewer rows than its limit. Two
/// hundred records of usual length have half of it.
pub const MOST_BYTES: usize = 4 << 20;
/// The length of a cursor's content is a multiple of this, in bytes.
const BLOCK: usize = 64;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// The records of this page.
    #[schema(max_items = 200)]
    pub data: Vec<T>,
    /// Links to the neighbouring pages.
    pub page: PageLinks,
    /// Number of records that match the filters, on all pages.
    #[schema(example = 1, minimum = 0)]
    pub total: i64,
    /// How the search was interpreted. Present only if the request has `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub search: Option<SearchNote>,
}

/// Links to the neighbouring pages. The `Link` header has them too (RFC 8288).
#[derive(Serialize, ToSchema)]
pub struct PageLinks {
    /// Maximum number of rows on a page. A page of very long records has fewer; follow `next` for the rest.
    #[schema(example = 20, minimum = 1, maximum = 200)]
    pub limit: i64,
    /// Address of the next page; null on the last page.
    #[schema(format = "uri", required = true)]
    pub next: Option<String>,
    /// Address of the previous page; null on the first page.
    #[schema(format = "uri", required = true)]
    pub prev: Option<String>,
}

/// Order of a list: an SQL expression over the table, the type of its values, and the direction. All three are
/// constants of the program. The caller contributes numbers at most.
#[derive(Clone, Debug)]
pub struct Order {
    /// Expression, never null.
    pub by: Cow<'static, str>,
    /// PostgreSQL type of the expression.
    pub kind: &'static str,
    /// True for descending order.
    pub descending: bool,
}

impl Order {
    /// Orders by an expression of this type.
    pub const fn new(by: &'static str, kind: &'static str, descending: bool) -> Self {
        Self { by: Cow::Borrowed(by), kind, descending }
    }

    /// The whole order in SQL. `ties` breaks ties: the table's id column, such as `themes.id`, or several columns.
    pub fn sql(&self, ties: &str) -> SqlLiteral<Text> {
        let direction = if self.descending { "DESC" } else { "ASC" };
        let ties: String = ties.split(", ").map(|column| format!(", {column} {direction}")).collect();
        sql::<Text>(&format!("{} {direction}{ties}", self.by))
    }
}

/// Breaks ties between rows with the same sort key.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Tie {
    /// Id of the row, or of its record.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// Position of the row in its record.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i32>,
}

impl From<Uuid> for Tie {
    fn from(id: Uuid) -> Self {
        Self { id, position: None }
    }
}

/// The row at the edge of a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Edge {
    /// Sort key of the row, as text.
    #[serde(rename = "k")]
    pub key: String,
    /// The tie-breaker.
    #[serde(flatten)]
    pub tie: Tie,
    /// True when the page comes before the edge.
    #[serde(rename = "b")]
    pub backwards: bool,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(rename = "f")]
    filters: String,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    epoch: Option<i64>,
    #[serde(flatten)]
    edge: Edge,
}

type KeyBound = SqlLiteral<Bool, UncheckedBind<SqlLiteral<Bool>, AsExprOf<String, Text>>>;
type EdgeTest = SqlLiteral<Bool, UncheckedBind<KeyBound, AsExprOf<Uuid, SqlUuid>>>;

/// The rows of a list that a page shows.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Maximum number of rows on the page.
    pub limit: i64,
    edge: Option<Edge>,
}

impl PageRequest {
    /// The page starts after this row, or ends before it.
    pub fn edge(&self) -> Option<&Edge> {
        self.edge.as_ref()
    }

    /// True when the page comes before the edge.
    pub fn is_backwards(&self) -> bool {
        self.edge.as_ref().is_some_and(|edge| edge.backwards)
    }

    /// The page, cut to the first rows that fit in [`MOST_BYTES`], but at least one row. `None` if all fit. `sizes` are
    /// in bytes, in the order of the page.
    pub fn cut_to(&self, sizes: &[usize]) -> Option<Self> {
        let mut bytes = 0;
        let mut fits = |size: &&usize| {
            bytes += **size;
            bytes <= MOST_BYTES
        };
        let fitting = match self.is_backwards() {
            true => sizes.iter().rev().take_while(&mut fits).count(),
            false => sizes.iter().take_while(&mut fits).count(),
        };
        (fitting < sizes.len()).then(|| Self { limit: fitting.max(1) as i64, edge: self.edge.clone() })
    }

    /// Rows to request: one more than the page shows, to find out whether there is another page.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }
}

/// The rows of a table that a page shows, and their order.
#[derive(Clone, Debug)]
pub struct Window {
    page: PageRequest,
    order: Order,
}

impl Deref for Window {
    type Target = PageRequest;
    fn deref(&self) -> &PageRequest {
        &self.page
    }
}

impl Window {
    /// SQL condition for the rows beyond the edge. `id` is the table's id column, such as `users.id`.
    pub fn beyond(&self, id: &str) -> Option<EdgeTest> {
        let edge = self.edge()?.clone();
        let sign = if self.order.descending == edge.backwards { ">" } else { "<" };
        let test = sql::<Bool>(&format!("({}, {id}) {sign} (", self.order.by))
            .bind::<Text, _>(edge.key)
            .sql(&format!("::{}, ", self.order.kind))
            .bind::<SqlUuid, _>(edge.tie.id)
            .sql(")");
        Some(test)
    }

    /// SQL of the order in which to read; `ties` as for [`beyond`](Self::beyond).
    pub fn order(&self, ties: &str) -> SqlLiteral<Text> {
        Order { descending: self.order.descending != self.is_backwards(), ..self.order.clone() }.sql(ties)
    }

    /// SQL of the sort key, to select with each row.
    pub fn key(&self) -> SqlLiteral<Text> {
        sql::<Text>(&format!("({})::text", self.order.by))
    }
}

/// Rows of one page, with the data for the links to its neighbours.
pub struct Slice<R> {
    /// The rows, in the requested order.
    pub rows: Vec<R>,
    /// Number of rows that match on all pages.
    pub total: i64,
    next: Option<Edge>,
    prev: Option<Edge>,
}

impl<R> Slice<R> {
    /// Built from the rows that [`PageRequest::fetch`] requested, each with its sort key.
    pub fn new<T: Into<Tie>>(
        mut rows: Vec<(R, String)>,
        total: i64,
        page: &PageRequest,
        tie: impl Fn(&R) -> T,
    ) -> Self {
        let more = rows.len() as i64 > page.limit;
        rows.truncate(page.limit as usize);
        let backwards = page.is_backwards();
        if backwards {
            rows.reverse();
        }
        let edge = |row: Option<&(R, String)>, backwards| {
            row.map(|(row, key)| Edge { key: key.clone(), tie: tie(row).into(), backwards })
        };
        let next = if backwards || more { edge(rows.last(), false) } else { None };
        let prev =
            if (backwards && more) || (!backwards && page.edge.is_some()) { edge(rows.first(), true) } else { None };
        Self { next, prev, total, rows: rows.into_iter().map(|(row, _)| row).collect() }
    }

    /// The same page with these rows instead.
    pub fn of<T>(&self, rows: Vec<T>) -> Slice<T> {
        Slice { rows, total: self.total, next: self.next.clone(), prev: self.prev.clone() }
    }

    /// The same page with each row converted, if every row can be.
    pub fn try_map<T, E>(self, make: impl FnMut(R) -> Result<T, E>) -> Result<Slice<T>, E> {
        let rows = self.rows.into_iter().map(make).collect::<Result<_, E>>()?;
        Ok(Slice { rows, total: self.total, next: self.next, prev: self.prev })
    }

    /// The same page with its rows converted.
    pub fn with_rows<T>(self, make: impl FnOnce(Vec<R>) -> Vec<T>) -> Slice<T> {
        Slice { rows: make(self.rows), total: self.total, next: self.next, prev: self.prev }
    }
}

/// Request data for list handlers: the base address of links, and the keys that seal cursors.
pub struct Pages {
    address: String,
    filters: Vec<(String, String)>,
    digest: String,
    /// The history of the database; `None` until it is known.
    epoch: Option<i64>,
    keys: web::Data<Keys>,
}

impl Pages {
    /// The rows of a table for `limit` and `cursor`.
    pub fn window(&self, limit: Option<u64>, cursor: Option<&str>, order: Order) -> Result<Window, ApiError> {
        Ok(Window { page: self.page(limit, cursor)?, order })
    }

    /// The page for `limit` and `cursor`.
    pub fn page(&self, limit: Option<u64>, cursor: Option<&str>) -> Result<PageRequest, ApiError> {
        self.page_within(limit, [DEFAULT_LIMIT, MAX_LIMIT], cursor)
    }

    /// The page, with another default and maximum size.
    pub fn page_within(
        &self,
        limit: Option<u64>,
        [usual, most]: [i64; 2],
        cursor: Option<&str>,
    ) -> Result<PageRequest, ApiError> {
        let limit = limit.map_or(usual, |limit| i64::try_from(limit).unwrap_or(most).min(most));
        let edge = cursor.map(|cursor| self.open(cursor)).transpose()?;
        Ok(PageRequest { limit, edge })
    }

    fn link_header(&self, next: Option<&str>, prev: Option<&str>) -> String {
        let first = self.url(None);
        [("first", Some(first.as_str())), ("next", next), ("prev", prev)]
            .into_iter()
            .filter_map(|(rel, url)| url.map(|url| format!("<{url}>; rel=\"{rel}\"")))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Addresses of the next and previous pages.
    pub fn neighbours<R>(&self, slice: &Slice<R>) -> (Option<String>, Option<String>) {
        (self.link(slice.next.as_ref()), self.link(slice.prev.as_ref()))
    }

    fn open(&self, cursor: &str) -> Result<Edge, ApiError> {
        let refuse = |detail: &str| ApiError::bad_query(vec![Fault::parameter("cursor", "bad_cursor", detail)]);
        let sealed: Option<Sealed> =
            self.keys.open("cursor", cursor).and_then(|payload| serde_json::from_slice(&payload).ok());
        match sealed {
            Some(sealed) if sealed.epoch.zip(self.epoch).is_some_and(|(then, now)| then != now) => {
                Err(refuse("is from before the database was restored; start again without it"))
            }
            Some(sealed) if sealed.filters == self.digest => Ok(sealed.edge),
            Some(_) => Err(refuse("belongs to a list with other filters or another order; start again without it")),
            None => Err(refuse("is not a cursor that this service issued; start again without it")),
        }
    }

    fn link(&self, edge: Option<&Edge>) -> Option<String> {
        let sealed = Sealed { filters: self.digest.clone(), epoch: self.epoch, edge: edge?.clone() };
        let mut payload = serde_json::to_vec(&sealed).ok()?;
        // JSON may end in spaces. They hide the number of digits in the numbers.
        payload.resize(payload.len().next_multiple_of(BLOCK), b' ');
        Some(self.url(Some(&self.keys.seal("cursor", &payload))))
    }

    fn url(&self, cursor: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters);
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        let query = query.finish();
        if query.is_empty() { self.address.clone() } else { format!("{}?{query}", self.address) }
    }
}

impl FromRequest for Pages {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(keys) = request.app_data::<web::Data<Keys>>().cloned() else {
            return ready(Err(ApiError::internal("the keys are not mounted")));
        };
        let filters: Vec<(String, String)> = form_urlencoded::parse(request.query_string().as_bytes())
            .filter(|(name, _)| name != "cursor")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        // The page size and the members may change between pages. The rows and their order may not.
        let mut listed: Vec<_> = filters
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "limit" | "fields" | "include" | "highlight"))
            .collect();
        listed.sort();
        let digest = keys.sign("filters", format!("{} {listed:?}", request.path()).as_bytes())[..16].to_owned();
        let epoch = request.app_data::<web::Data<Db>>().and_then(|db| db.history().epoch());
        ready(Ok(Self { address: format!("{}{}", base(request), request.path()), filters, digest, epoch, keys }))
    }
}

/// The address by which the caller reached the service, without a path.
pub fn base(request: &HttpRequest) -> String {
    let settings = request.app_data::<web::Data<ServeSettings>>();
    if let Some(url) = settings.and_then(|settings| settings.public_url.as_deref()) {
        return url.trim_end_matches('/').into();
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    // A host that is not a plain name and port could only be an attempt to inject text into links.
    let plain =
        |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    let scheme = if settings.is_some_and(|settings| settings.is_https()) { "https" } else { "http" };
    format!("{scheme}://{}", host.filter(plain).unwrap_or("localhost"))
}
