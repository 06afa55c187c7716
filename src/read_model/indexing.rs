//! Adds records to the full-text indexes.

use std::sync::mpsc::sync_channel;

use super::documents::Documents;
use super::search_indexes::SearchIndexes;
use super::snapshot::Snapshot;
use super::text::TextIndex;
use crate::access::reach::Reach;
use crate::error::ApiError;

impl Snapshot {
    /// Index every initiative again.
    pub fn index_initiatives(&mut self) -> Result<(), ApiError> {
        let snapshot = &*self;
        let documents = Documents(snapshot);
        let (sender, to_index) = sync_channel(1_000);
        let (made, index) = std::thread::scope(|scope| {
            // One thread reads the records, and the other indexes them.
            let made = scope.spawn(move || {
                for (number, entry) in snapshot.numbered() {
                    let document = documents.initiative(&entry.record(Reach::PUBLIC)?);
                    if sender.send((number, document)).is_err() {
                        break;
                    }
                }
                Ok::<_, ApiError>(())
            });
            let index = TextIndex::build(to_index);
            (made.join(), index)
        });
        made.map_err(|_| ApiError::internal("a record could not be indexed"))??;
        self.search.initiatives = index;
        Ok(())
    }

    /// Index every council, theme and organisation again: a few hundred short documents.
    pub fn index_catalogue(&mut self) {
        let documents = Documents(self);
        let councils = TextIndex::build((0..).zip(self.councils.iter().map(|entry| documents.council(&entry.record))));
        let themes = TextIndex::build((0..).zip(self.themes.iter().map(|entry| documents.theme(&entry.record))));
        let [organisations, proposals] = [&*self.organisations, self.proposals.all()].map(|catalogue| {
            TextIndex::build((0..).zip(catalogue.iter().map(|entry| documents.organisation(&entry.record))))
        });
        let initiatives = std::mem::take(&mut self.search.initiatives);
        self.search = SearchIndexes { initiatives, councils, themes, organisations, proposals };
    }
}
