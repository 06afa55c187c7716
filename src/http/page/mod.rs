//! Lists by opaque keyset cursors: stable under writes, as dear on page 1,000 as on page 1.
//!
//! A cursor holds the sort key and id of the row at a page's edge, a digest of the filters it was made for and the history
//! of the database, sealed by [`Keys::seal`]: nobody reads out of it what the row does not show, such as how many events
//! there are that the caller may not see. One that was changed, belongs to other filters, or is from before the database was
//! restored, is a 400. Cursors are made by hand, since what goes into one is ours to choose; the sealing itself is a
//! library's (AES-SIV).

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

/// Rows on a page when the caller does not say.
const DEFAULT_LIMIT: i64 = 20;
/// Most rows on a page; a larger wish is clamped.
const MAX_LIMIT: i64 = 200;
/// Bytes of the records of a page, about: one with more is shorter than its limit. Two hundred records of usual length have
/// half of it.
pub const MOST_BYTES: usize = 4 << 20;
/// Bytes in which the length of a cursor's content grows.
const BLOCK: usize = 64;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// The records of this page.
    #[schema(max_items = 200)]
    pub data: Vec<T>,
    /// Where the neighbouring pages are.
    pub page: PageLinks,
    /// How many records match the filters, on all pages together.
    #[schema(example = 1, minimum = 0)]
    pub total: i64,
    /// How the search was understood; only where there is a `q`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub search: Option<SearchNote>,
}

/// Where the neighbouring pages are; also in the `Link` header (RFC 8288).
#[derive(Serialize, ToSchema)]
pub struct PageLinks {
    /// Rows on a page at most. A page of very long records has fewer: `next` goes on.
    #[schema(example = 20, minimum = 1, maximum = 200)]
    pub limit: i64,
    /// Address of the next page; null on the last.
    #[schema(format = "uri", required = true)]
    pub next: Option<String>,
    /// Address of the page before; null on the first.
    #[schema(format = "uri", required = true)]
    pub prev: Option<String>,
}

/// An order of a list: an expression over the table, the type of its values, and the direction. All three are our own
/// words, never the caller's; of the caller's there may be numbers in them.
#[derive(Clone, Debug)]
pub struct Order {
    /// Expression, not null.
    pub by: Cow<'static, str>,
    /// PostgreSQL type of the expression.
    pub kind: &'static str,
    /// Largest first.
    pub descending: bool,
}

impl Order {
    /// By an expression of a type.
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

/// What tells a row from others with the same sort key.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Tie {
    /// Id of the row, or of the record that it belongs to.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// Place of the row in the record that it belongs to.
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
    /// What breaks ties.
    #[serde(flatten)]
    pub tie: Tie,
    /// True when the page lies before the edge.
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

/// Which rows of a list a page shows.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Rows on the page.
    pub limit: i64,
    edge: Option<Edge>,
}

impl PageRequest {
    /// The row beyond which the page lies.
    pub fn edge(&self) -> Option<&Edge> {
        self.edge.as_ref()
    }

    /// True when the page lies before the edge.
    pub fn is_backwards(&self) -> bool {
        self.edge.as_ref().is_some_and(|edge| edge.backwards)
    }

    /// The same page cut to as many of these rows as have [`MOST_BYTES`] together, at least one; `None` when all have. Sizes
    /// are in the order of the page, in bytes.
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

    /// Rows to ask for: one more than shown, to know whether there is more.
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }
}

/// Which rows of a table a page shows, in which order.
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
    /// SQL that is true for the rows beyond the edge. `id` is the table's id column, such as `users.id`.
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

    /// SQL of the sort key, to be read with each row.
    pub fn key(&self) -> SqlLiteral<Text> {
        sql::<Text>(&format!("({})::text", self.order.by))
    }
}

/// Rows of one page with what is needed for the next.
pub struct Slice<R> {
    /// The rows, in the order asked for.
    pub rows: Vec<R>,
    /// How many match in all.
    pub total: i64,
    next: Option<Edge>,
    prev: Option<Edge>,
}

impl<R> Slice<R> {
    /// From the rows that [`PageRequest::fetch`] asked for, each with its sort key.
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

    /// The same page with other rows in the place of these.
    pub fn of<T>(&self, rows: Vec<T>) -> Slice<T> {
        Slice { rows, total: self.total, next: self.next.clone(), prev: self.prev.clone() }
    }

    /// The same page of something made of the rows.
    pub fn with_rows<T>(self, make: impl FnOnce(Vec<R>) -> Vec<T>) -> Slice<T> {
        Slice { rows: make(self.rows), total: self.total, next: self.next, prev: self.prev }
    }
}

/// What a list handler needs of its request: the address to link to and the seal of its cursors.
pub struct Pages {
    address: String,
    filters: Vec<(String, String)>,
    digest: String,
    /// The history of the database; `None` until it is known.
    epoch: Option<i64>,
    keys: web::Data<Keys>,
}

impl Pages {
    /// The rows of a table that `limit` and `cursor` ask for.
    pub fn window(&self, limit: Option<u64>, cursor: Option<&str>, order: Order) -> Result<Window, ApiError> {
        Ok(Window { page: self.page(limit, cursor)?, order })
    }

    /// The page that `limit` and `cursor` ask for.
    pub fn page(&self, limit: Option<u64>, cursor: Option<&str>) -> Result<PageRequest, ApiError> {
        self.page_within(limit, [DEFAULT_LIMIT, MAX_LIMIT], cursor)
    }

    /// The same where pages have another size: the one without a wish, and the largest.
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

    /// Addresses of the next page and of the one before.
    pub fn neighbours<R>(&self, slice: &Slice<R>) -> (Option<String>, Option<String>) {
        (self.link(slice.next.as_ref()), self.link(slice.prev.as_ref()))
    }

    fn open(&self, cursor: &str) -> Result<Edge, ApiError> {
        let refuse = |detail: &str| ApiError::bad_query(vec![Fault::parameter("cursor", "bad_cursor", detail)]);
        let sealed: Option<Sealed> =
            self.keys.open("cursor", cursor).and_then(|payload| serde_json::from_slice(&payload).ok());
        match sealed {
            Some(sealed) if sealed.epoch.zip(self.epoch).is_some_and(|(then, now)| then != now) => {
                Err(refuse("is of the database before it was restored; begin again without it"))
            }
            Some(sealed) if sealed.filters == self.digest => Ok(sealed.edge),
            Some(_) => Err(refuse("belongs to a list with other filters or another order; begin again without it")),
            None => Err(refuse("is not a cursor that this service gave out; begin again without it")),
        }
    }

    fn link(&self, edge: Option<&Edge>) -> Option<String> {
        let sealed = Sealed { filters: self.digest.clone(), epoch: self.epoch, edge: edge?.clone() };
        let mut payload = serde_json::to_vec(&sealed).ok()?;
        // JSON may end in blanks. With them the length does not tell how many digits a number has.
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
        // Page size and shape may change between pages; what is listed, and in which order, may not.
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

/// The address under which the caller reached the service, without a path.
pub fn base(request: &HttpRequest) -> String {
    let settings = request.app_data::<web::Data<ServeSettings>>();
    if let Some(url) = settings.and_then(|settings| settings.public_url.as_deref()) {
        return url.trim_end_matches('/').into();
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    // A host that is not a plain name and port would only ever be an attempt to write into our links.
    let plain =
        |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    let scheme = if settings.is_some_and(|settings| settings.is_https()) { "https" } else { "http" };
    format!("{scheme}://{}", host.filter(plain).unwrap_or("localhost"))
}
