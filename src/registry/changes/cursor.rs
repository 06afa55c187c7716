//! Cursors of the change feed: a place in the order of commits, for one reach and one choice of resources.
//!
//! Who comes to see more, or less, by a new role or another council, is told so by no change: the same cursor would leave out
//! for good what was hidden when it was passed. So it is refused, and the reader begins again. The content is of one length
//! and sealed: how much happens in the registry that a reader does not see is not to be read from it.
//!
//! A restored database has another history: its next changes take the numbers of those that were lost. So a place is one of
//! a history, and is refused in another.
//!
//! By hand, since what goes into a cursor is ours to choose. The sealing itself is a library's (AES-SIV, `auth::keys`).

use super::model::ChangedResource;
use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::error::{ApiError, Fault};

const PURPOSE: &str = "changes";

/// A place in the order of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The history of the database that the order is of.
    pub epoch: i64,
    /// The change after which to go on.
    pub position: i64,
}

/// Makes and reads the cursors of one caller's feed.
pub struct Cursors<'a> {
    keys: &'a Keys,
    feed: Vec<u8>,
}

impl<'a> Cursors<'a> {
    /// For this reach and these resources, in any order.
    pub fn new(keys: &'a Keys, reach: Reach, resources: &[ChangedResource]) -> Self {
        let chosen = resources.iter().fold(0, |chosen, resource| chosen | 1_u8 << (*resource as u8));
        let mut feed = vec![reach.level as u8, chosen];
        feed.extend(reach.council.unwrap_or_default().as_bytes());
        Self { keys, feed }
    }

    /// The cursor that goes on after a place.
    pub fn seal(&self, place: Place) -> String {
        let place = [place.epoch.to_be_bytes(), place.position.to_be_bytes()].concat();
        self.keys.seal(PURPOSE, &[&self.feed[..], &place].concat())
    }

    /// The place after which a cursor goes on; a fault of the parameter `since` for one that is not of this feed.
    pub fn open(&self, cursor: &str) -> Result<Place, ApiError> {
        let refuse = |detail: &str| ApiError::bad_query(vec![Fault::parameter("since", "bad_cursor", detail)]);
        let opened = self.keys.open(PURPOSE, cursor);
        let parts = opened.as_deref().and_then(|opened| {
            let (rest, position) = opened.split_last_chunk()?;
            let (feed, epoch) = rest.split_last_chunk()?;
            Some((feed, Place { epoch: i64::from_be_bytes(*epoch), position: i64::from_be_bytes(*position) }))
        });
        let Some((feed, place)) = parts else {
            return Err(refuse("is not a cursor that this service gave out; begin again without it"));
        };
        if feed != self.feed {
            return Err(refuse(
                "belongs to a feed of other resources, or of a caller who sees other records; begin again without it, with an \
                 empty copy",
            ));
        }
        Ok(place)
    }
}
