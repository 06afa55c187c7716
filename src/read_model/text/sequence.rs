//! The words of a document in order, for phrases.

/// A gap in a sequence, which no phrase spans.
pub const GAP: u32 = 0;
/// A stop word. In a phrase it stands for any stop word.
pub const ANY_STOP: u32 = 1;
/// Added to word ids in sequences.
pub const OFFSET: u32 = 2;

/// Word ids in order. Stop words and gaps are below [`OFFSET`].
///
/// Each id has two bytes: phrases are searched here, and a fixed length avoids branch mispredictions. A larger id, of a
/// rarer word, is [`LARGE`] and two halves.
#[derive(Clone, Debug)]
pub struct Sequence(Box<[u16]>);

/// Marks an id in two halves of 15 bits.
const LARGE: u16 = u16::MAX;

impl Sequence {
    /// From ids in order.
    pub fn new(ids: impl Iterator<Item = u32>) -> Self {
        let mut units = Vec::with_capacity(ids.size_hint().0);
        for id in ids {
            if id < u32::from(LARGE) {
                units.push(id as u16);
            } else {
                units.extend([LARGE, (id & 0x7fff) as u16, (id >> 15) as u16]);
            }
        }
        Self(units.into())
    }

    /// The ids in order.
    pub fn ids(&self) -> impl Iterator<Item = u32> + '_ {
        let mut units = self.0.iter().copied();
        std::iter::from_fn(move || match units.next()? {
            LARGE => Some(u32::from(units.next()?) | u32::from(units.next()?) << 15),
            id => Some(u32::from(id)),
        })
    }

    /// True if these words occur in sequence: at each position any of some words, or any stop word. `anchor` is the
    /// position to search for first.
    pub fn has_row(&self, row: &[Option<Vec<u32>>], anchor: usize) -> bool {
        let Some(Some(anchors)) = row.get(anchor) else { return false };
        anchors.iter().any(|word| {
            let id = word + OFFSET;
            self.places_of(id).any(|at| {
                let mut after = if id < u32::from(LARGE) { at + 1 } else { at + 3 };
                let mut before = at;
                row[anchor + 1..].iter().all(|place| fits(place, self.id_at(&mut after)))
                    && row[..anchor].iter().rev().all(|place| fits(place, self.id_before(&mut before)))
            })
        })
    }

    /// The offsets of an id. Compares many units at once before it examines any.
    fn places_of(&self, id: u32) -> impl Iterator<Item = usize> + '_ {
        const AT_ONCE: usize = 32;
        let is_large = id >= u32::from(LARGE);
        let unit = if is_large { (id & 0x7fff) as u16 } else { id as u16 };
        let chunks = self.0.chunks(AT_ONCE).enumerate();
        let chunks = chunks.filter(move |(_, chunk)| chunk.iter().fold(false, |any, other| any | (*other == unit)));
        let places = chunks.flat_map(move |(at, chunk)| {
            let here = chunk.iter().enumerate().filter(move |(_, other)| **other == unit);
            here.map(move |(place, _)| at * AT_ONCE + place)
        });
        places.filter_map(move |at| {
            let is_half = self.is(at, 1, LARGE) || self.is(at, 2, LARGE);
            match is_large {
                false => (!is_half).then_some(at),
                true => (self.is(at, 1, LARGE) && self.0.get(at + 1) == Some(&((id >> 15) as u16))).then(|| at - 1),
            }
        })
    }

    /// True if the unit `before` places before this one has this value.
    fn is(&self, at: usize, before: usize, unit: u16) -> bool {
        at >= before && self.0[at - before] == unit
    }

    /// The id at an offset. Advances past it; returns a gap at the end.
    fn id_at(&self, at: &mut usize) -> u32 {
        let unit = |at: usize| self.0.get(at).map_or(GAP, |unit| u32::from(*unit));
        let first = unit(*at);
        if first == u32::from(LARGE) {
            *at += 3;
            return unit(*at - 2) | unit(*at - 1) << 15;
        }
        *at += 1;
        first
    }

    /// The id before an offset. Moves back to its start; returns a gap at the start.
    fn id_before(&self, at: &mut usize) -> u32 {
        if self.is(*at, 3, LARGE) {
            *at -= 3;
            return self.id_at(&mut at.clone());
        }
        let Some(before) = at.checked_sub(1) else { return GAP };
        *at = before;
        u32::from(self.0[before])
    }
}

fn fits(place: &Option<Vec<u32>>, id: u32) -> bool {
    match place {
        Some(words) => id >= OFFSET && words.contains(&(id - OFFSET)),
        None => id == ANY_STOP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_among_large_and_small_ids() {
        let large = 70_000;
        let sequence =
            Sequence::new([5, large, 7, ANY_STOP, large + 1, large, GAP, 9, (large & 0x7fff), 5].into_iter());
        assert_eq!(sequence.ids().nth(4), Some(large + 1));
        let word = |id: u32| Some(vec![id - OFFSET]);
        for (row, is_there) in [
            (vec![word(5), word(large)], true),
            (vec![word(large), word(7), None, word(large + 1)], true),
            (vec![word(large + 1), word(large)], true),
            (vec![word(large), word(9)], false),
            (vec![word(9), word(large & 0x7fff), word(5)], true),
            (vec![word(large & 0x7fff), word(7)], false),
            (vec![word(5), word(7)], false),
        ] {
            for anchor in (0..row.len()).filter(|anchor| row[*anchor].is_some()) {
                assert_eq!(sequence.has_row(&row, anchor), is_there, "{row:?} {anchor}");
            }
        }
    }
}
