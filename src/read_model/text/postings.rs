//! Posting lists in small shared blocks: changing one document copies a few kilobytes.

use std::sync::Arc;

use roaring::RoaringBitmap;

/// Postings of a block that was just made.
const FULL: usize = 128;
/// A block with more postings is split.
const LARGEST: usize = 192;
/// A block with fewer postings is merged with a neighbour.
const SMALLEST: usize = 32;
/// Steps of a weight: 15 bits from 0 to 64.
const STEPS: f32 = 512.0;
/// Bit of a weight that says that the title has the term.
const IN_TITLE: u16 = 1 << 15;

/// How much a document is about a term: BM25F's pseudo-frequency, rounded, and whether the title has the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight(u16);

impl Weight {
    /// From a pseudo-frequency.
    pub fn new(frequency: f32, in_title: bool) -> Self {
        let steps = ((frequency * STEPS).round() as u16).clamp(1, IN_TITLE - 1);
        Self(if in_title { steps | IN_TITLE } else { steps })
    }

    /// The pseudo-frequency.
    pub fn frequency(self) -> f32 {
        f32::from(self.0 & !IN_TITLE) / STEPS
    }

    /// True when the title has the term.
    pub fn in_title(self) -> bool {
        self.0 & IN_TITLE != 0
    }

    /// The lesser of two, in the title when both are.
    pub fn least(self, other: Self) -> Self {
        Self((self.0 & !IN_TITLE).min(other.0 & !IN_TITLE) | (self.0 & other.0 & IN_TITLE))
    }
}

/// A document that has a term.
pub type Posting = (u32, Weight);

/// Postings in the order of document numbers: differences as variable-length integers, each with its weight.
#[derive(Debug)]
struct Block {
    first: u32,
    last: u32,
    bytes: Box<[u8]>,
}

impl Block {
    fn new(postings: &[Posting]) -> Arc<Self> {
        let mut bytes = Vec::with_capacity(postings.len() * 4);
        let first = postings[0].0;
        let mut last = first;
        for (number, weight) in postings {
            push_varint(&mut bytes, number - last);
            bytes.extend(weight.0.to_le_bytes());
            last = *number;
        }
        Arc::new(Self { first, last, bytes: bytes.into() })
    }

    fn each(&self, mut visit: impl FnMut(Posting)) {
        let (mut at, mut number) = (0, self.first);
        while at < self.bytes.len() {
            number += varint(&self.bytes, &mut at);
            visit((number, Weight(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]))));
            at += 2;
        }
    }

    fn postings(&self) -> Vec<Posting> {
        let mut postings = Vec::with_capacity(LARGEST + 1);
        self.each(|posting| postings.push(posting));
        postings
    }
}

/// All documents that have a term.
#[derive(Clone, Debug, Default)]
pub struct PostingList {
    blocks: imbl::Vector<Arc<Block>>,
}

impl PostingList {
    /// From postings in the order of their numbers, each number once.
    pub fn from_sorted(postings: &[Posting]) -> Self {
        Self { blocks: postings.chunks(FULL).map(Block::new).collect() }
    }

    /// True when it has this very posting.
    pub fn has(&self, posting: Posting) -> bool {
        let Some(block) = self.blocks.get(self.block_of(posting.0)) else { return false };
        let mut found = false;
        block.each(|other| found |= other == posting);
        found
    }

    /// Adds a posting, or replaces that of the document.
    pub fn insert(&mut self, posting: Posting) {
        if self.blocks.is_empty() {
            self.blocks.push_back(Block::new(&[posting]));
            return;
        }
        let at = self.block_of(posting.0).min(self.blocks.len() - 1);
        let mut postings = self.blocks[at].postings();
        let place = postings.partition_point(|(number, _)| *number < posting.0);
        match postings.get_mut(place).filter(|(number, _)| *number == posting.0) {
            Some((_, weight)) => *weight = posting.1,
            None => postings.insert(place, posting),
        }
        if postings.len() > LARGEST {
            // Documents are mostly added at the end: leave full blocks behind.
            let middle = if place + 1 == postings.len() { FULL } else { postings.len() / 2 };
            self.blocks.set(at, Block::new(&postings[..middle]));
            self.blocks.insert(at + 1, Block::new(&postings[middle..]));
        } else {
            self.blocks.set(at, Block::new(&postings));
        }
    }

    /// Removes the posting of a document.
    pub fn remove(&mut self, number: u32) {
        let at = self.block_of(number);
        let Some(block) = self.blocks.get(at) else { return };
        let mut postings = block.postings();
        postings.retain(|(other, _)| *other != number);
        if postings.len() < SMALLEST && self.blocks.len() > 1 {
            let other = if at > 0 { at - 1 } else { at + 1 };
            let neighbour = self.blocks[other].postings();
            if neighbour.len() + postings.len() <= FULL {
                let (low, high) = (at.min(other), at.max(other));
                let merged = if other < at { [neighbour, postings].concat() } else { [postings, neighbour].concat() };
                self.blocks.set(low, Block::new(&merged));
                self.blocks.remove(high);
                return;
            }
        }
        if postings.is_empty() {
            self.blocks.remove(at);
        } else {
            self.blocks.set(at, Block::new(&postings));
        }
    }

    /// The first block whose last number is not before this one.
    fn block_of(&self, number: u32) -> usize {
        let (mut low, mut high) = (0, self.blocks.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.blocks[middle].last < number { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The documents that have the term.
    pub fn numbers(&self) -> RoaringBitmap {
        let mut numbers = Vec::new();
        for block in &self.blocks {
            block.each(|(number, _)| numbers.push(number));
        }
        RoaringBitmap::from_sorted_iter(numbers).unwrap_or_default()
    }

    /// Calls `visit` with the place in `numbers`, which are sorted, and the weight of each that has the term.
    pub fn each_of(&self, numbers: &[u32], mut visit: impl FnMut(usize, Weight)) {
        let mut next = 0;
        let seek = numbers.len() < self.blocks.len();
        let mut blocks = self.blocks.iter();
        while next < numbers.len() {
            let block = if seek { self.blocks.get(self.block_of(numbers[next])) } else { blocks.next() };
            let Some(block) = block else { return };
            if block.last < numbers[next] {
                continue;
            }
            block.each(|(number, weight)| {
                while next < numbers.len() && numbers[next] < number {
                    next += 1;
                }
                if next < numbers.len() && numbers[next] == number {
                    visit(next, weight);
                    next += 1;
                }
            });
            while next < numbers.len() && numbers[next] <= block.last {
                next += 1;
            }
        }
    }
}

/// Appends an integer in as few bytes as it needs.
pub fn push_varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Reads an integer and moves on.
pub fn varint(bytes: &[u8], at: &mut usize) -> u32 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(list: &PostingList) -> Vec<u32> {
        list.numbers().into_iter().collect()
    }

    #[test]
    fn insertions_and_removals_keep_order() {
        let mut list = PostingList::default();
        let mut expected = std::collections::BTreeSet::new();
        let mut state = 1u32;
        for round in 0..5000u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = (state >> 8) % 1000;
            if round > 3000 || expected.contains(&number) {
                list.remove(number);
                expected.remove(&number);
            } else {
                list.insert((number, Weight::new(number as f32 / 20.0, number.is_multiple_of(2))));
                expected.insert(number);
            }
        }
        assert_eq!(all(&list), expected.iter().copied().collect::<Vec<_>>());
        let asked: Vec<u32> = (0..1000).step_by(7).collect();
        let mut found = Vec::new();
        list.each_of(&asked, |place, weight| {
            assert_eq!(weight, Weight::new(asked[place] as f32 / 20.0, asked[place].is_multiple_of(2)));
            found.push(asked[place]);
        });
        assert_eq!(found, asked.iter().copied().filter(|n| expected.contains(n)).collect::<Vec<_>>());
    }

    #[test]
    fn varints_are_read_back() {
        let mut bytes = Vec::new();
        let values = [0, 1, 127, 128, 300, 65_535, u32::MAX];
        values.iter().for_each(|value| push_varint(&mut bytes, *value));
        let mut at = 0;
        assert!(values.iter().all(|value| varint(&bytes, &mut at) == *value));
    }
}
