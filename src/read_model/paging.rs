//! Pages of rows in memory, sorted by a key and by a tie-break.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::http::page::{PageRequest, Slice, Tie};

/// A sort key that a cursor can carry as text.
pub trait SortKey: Ord {
    /// The key as text.
    fn text(&self) -> String;
    /// Parses the text; `None` if it is invalid.
    fn parse(text: &str) -> Option<Self>
    where
        Self: Sized;
}

impl SortKey for String {
    fn text(&self) -> String {
        self.clone()
    }
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl SortKey for std::sync::Arc<str> {
    fn text(&self) -> String {
        self.to_string()
    }
    fn parse(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

impl SortKey for NaiveDate {
    fn text(&self) -> String {
        self.to_string()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl SortKey for DateTime<Utc> {
    fn text(&self) -> String {
        self.timestamp_micros().to_string()
    }
    fn parse(text: &str) -> Option<Self> {
        Self::from_timestamp_micros(text.parse().ok()?)
    }
}

/// A number, sorted by the total order of IEEE 754.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub f64);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Number {}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl SortKey for Number {
    fn text(&self) -> String {
        // The shortest text that parses to the same number.
        self.0.to_string()
    }
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// Tie-break: id and position of a row.
pub type TieKey = (Uuid, i32);

/// A row with its sort key and tie-break.
pub type KeyedRow<K, R> = (K, TieKey, R);

/// The tie-break of a row that is not part of another record.
pub fn tie(id: Uuid) -> TieKey {
    (id, -1)
}

/// The tie-break in the form of a cursor.
fn as_tie((id, position): TieKey) -> Tie {
    Tie { id, position: (position >= 0).then_some(position) }
}

/// The row at the edge of a page: sort key and tie-break.
pub fn edge_of<K: SortKey>(page: &PageRequest) -> Option<(K, TieKey)> {
    let edge = page.edge()?;
    Some((K::parse(&edge.key)?, (edge.tie.id, edge.tie.position.unwrap_or(-1))))
}

/// One page of unsorted rows, of which there are `total`.
pub fn page_of<K: SortKey, R>(
    rows: Vec<KeyedRow<K, R>>,
    descending: bool,
    total: usize,
    page: &PageRequest,
) -> Slice<R> {
    let edge = edge_of::<K>(page);
    let falling = descending != page.is_backwards();
    let mut beyond: Vec<KeyedRow<K, R>> = rows
        .into_iter()
        .filter(|(key, tie, _)| {
            edge.as_ref().is_none_or(|edge| {
                let order = (key, tie).cmp(&(&edge.0, &edge.1));
                if falling { order.is_lt() } else { order.is_gt() }
            })
        })
        .collect();
    let compare = |a: &KeyedRow<K, R>, b: &KeyedRow<K, R>| {
        let order = (&a.0, &a.1).cmp(&(&b.0, &b.1));
        if falling { order.reverse() } else { order }
    };
    let wanted = page.fetch() as usize;
    if beyond.len() > wanted {
        // Sort only the rows of the page.
        beyond.select_nth_unstable_by(wanted, compare);
        beyond.truncate(wanted);
    }
    beyond.sort_unstable_by(compare);
    slice_of(beyond, total, page)
}

/// A page of sorted rows. There may be one row more than the page shows.
pub fn slice_of<K: SortKey, R>(rows: Vec<KeyedRow<K, R>>, total: usize, page: &PageRequest) -> Slice<R> {
    let rows = rows.into_iter().map(|(key, tie, row)| ((as_tie(tie), row), key.text())).collect();
    let slice = Slice::new(rows, total as i64, page, |(tie, _): &(Tie, R)| *tie);
    slice.with_rows(|rows| rows.into_iter().map(|(_, row)| row).collect())
}
