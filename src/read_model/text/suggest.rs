//! Suggests titles and names for typed text.

use std::collections::HashSet;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::analysis::key;
use super::index::TextIndex;

/// Maximum number of visible candidates, in alphabetical order of the matching key. A single letter would have far
/// more.
const MAX_CANDIDATES: usize = 4_096;

impl TextIndex {
    /// Documents whose title or exact name has a word that starts with the typed text. Those that start with it
    /// themselves come first, then the more prominent; among equals, the lesser tie-break.
    pub fn suggest<T: Ord>(
        &self,
        typed: &str,
        visible: &RoaringBitmap,
        limit: usize,
        tie: impl Fn(u32) -> T,
    ) -> Vec<u32> {
        // Wildcards of other systems match nothing, instead of something unexpected.
        if typed.contains(['%', '_', '\\']) {
            return Vec::new();
        }
        let mut typed_key = key(typed);
        if typed_key.is_empty() {
            return Vec::new();
        }
        let first = self.beginning(&typed_key, visible);
        let known: HashSet<u32> = first.iter().copied().collect();
        let mut suggested = self.most_prominent(first, limit, &tie);
        if suggested.len() < limit {
            typed_key.insert(0, ' ');
            let more = self.with_word(&typed_key, visible, &known);
            suggested.extend(self.most_prominent(more, limit - suggested.len(), &tie));
        }
        suggested
    }

    /// Documents with a title or name that starts with the typed text.
    fn beginning(&self, typed: &str, visible: &RoaringBitmap) -> Vec<u32> {
        let from: (Arc<str>, bool, u32) = (typed.into(), false, 0);
        let keys = self.keys.range(from..).take_while(|(key, _, _)| key.starts_with(typed));
        let mut numbers = Vec::new();
        let mut last: Option<&Arc<str>> = None;
        for (key, _, number) in keys.filter(|(_, _, number)| visible.contains(*number)) {
            // Include all documents with the same title, so that the result does not depend on their numbers.
            if numbers.len() >= MAX_CANDIDATES && last != Some(key) {
                break;
            }
            last = Some(key);
            numbers.push(*number);
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Documents with the typed text at a later word of a title or name, except known ones.
    fn with_word(&self, typed: &str, visible: &RoaringBitmap, known: &HashSet<u32>) -> Vec<u32> {
        let mut words = typed.split(' ').skip(1);
        let Some(word) = words.next() else { return Vec::new() };
        let is_whole = words.next().is_some();
        let from: Arc<str> = word.into();
        let fits = |other: &str| if is_whole { other == word } else { other.starts_with(word) };
        let mut seen = RoaringBitmap::new();
        let mut numbers = Vec::new();
        for (_, having) in self.key_words.range(from..).take_while(|(other, _)| fits(other)) {
            for number in &(&**having & visible) {
                let is_new = !known.contains(&number) && seen.insert(number);
                if is_new && (!is_whole || self.continues(number, typed)) {
                    numbers.push(number);
                }
            }
            if numbers.len() >= MAX_CANDIDATES {
                break;
            }
        }
        numbers
    }

    fn continues(&self, number: u32, typed: &str) -> bool {
        let names = self.names(number).iter().map(|name| &**name);
        self.title(number).into_iter().chain(names).any(|key| key.contains(typed))
    }

    fn most_prominent<T: Ord>(&self, numbers: Vec<u32>, limit: usize, tie: &impl Fn(u32) -> T) -> Vec<u32> {
        let prominence = |number: u32| self.ranks().get(number as usize).map_or(0.0, |rank| rank.prominence);
        let mut ordered: Vec<(f32, u32)> = numbers.into_iter().map(|number| (prominence(number), number)).collect();
        let order = |one: &(f32, u32), other: &(f32, u32)| {
            other.0.total_cmp(&one.0).then_with(|| tie(one.1).cmp(&tie(other.1)))
        };
        if limit > 0 && ordered.len() > limit {
            ordered.select_nth_unstable_by(limit - 1, order);
        }
        ordered.truncate(limit);
        ordered.sort_unstable_by(order);
        ordered.into_iter().map(|(_, number)| number).collect()
    }
}
