//! Cursors of the change feed: a position in the order of commits, for one reach and one set of resources.
//!
//! A cursor is bound to the reader's rights. No row in the feed says that a reader's role or council changed. With the
//! same cursor, records that were hidden when it passed them would be missing for good. So the cursor is refused, and
//! the reader starts again. Cursors are sealed and all of one length, so that they do not reveal how many hidden
//! changes there are.
//!
//! A restored database has a different history: its next changes reuse the numbers of the changes that were lost. So a
//! cursor names its era (`db::history`) and is refused in any other history.
//!
//! Written by hand, because the content of a cursor is specific to us. A library seals it (AES-SIV, `access::keys`).

use super::model::ChangedResource;
use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::db::history::Era;
use crate::error::{ApiError, Fault};

const PURPOSE: &str = "changes";

/// A position in the order of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPosition {
    /// Era in which the position was read.
    pub era: Era,
    /// Last change that the reader has; the next page starts after it.
    pub position: i64,
}

/// Creates and reads the cursors of one caller's feed.
pub struct Cursors<'a> {
    keys: &'a Keys,
    feed: Vec<u8>,
}

impl<'a> Cursors<'a> {
    /// Cursors for this reach and these resources; the order of the resources does not matter.
    pub fn new(keys: &'a Keys, reach: Reach, resources: &[ChangedResource]) -> Self {
        let chosen = resources.iter().fold(0, |chosen, resource| chosen | 1_u8 << (*resource as u8));
        let mut feed = vec![reach.level as u8, chosen];
        feed.extend(reach.council.unwrap_or_default().as_bytes());
        Self { keys, feed }
    }

    /// The cursor of a position.
    pub fn seal(&self, place: FeedPosition) -> String {
        let place = [place.era.epoch, place.era.start, place.position].map(i64::to_be_bytes).concat();
        self.keys.seal(PURPOSE, &[&self.feed[..], &place].concat())
    }

    /// The position of a cursor. If the cursor is not from this feed, a fault of the parameter `since`.
    pub fn open(&self, cursor: &str) -> Result<FeedPosition, ApiError> {
        let refuse = |detail: &str| ApiError::bad_query(vec![Fault::parameter("since", "bad_cursor", detail)]);
        let opened = self.keys.open(PURPOSE, cursor);
        let parts = opened.as_deref().and_then(|opened| {
            let (rest, position) = opened.split_last_chunk()?;
            let (rest, start) = rest.split_last_chunk()?;
            let (feed, epoch) = rest.split_last_chunk()?;
            let [epoch, start, position] = [epoch, start, position].map(|bytes| i64::from_be_bytes(*bytes));
            Some((feed, FeedPosition { era: Era { epoch, start }, position }))
        });
        let Some((feed, place)) = parts else {
            return Err(refuse("is not a cursor that this service issued; start again without it"));
        };
        if feed != self.feed {
            return Err(refuse(
                "is for other resources, or for a caller who can see other records; start again without it and with an \
                 empty copy",
            ));
        }
        Ok(place)
    }
}
