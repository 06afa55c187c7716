//! Posting lists in small shared blocks. Changing one document copies a few kilobytes.

use std::sync::Arc;

use roaring::RoaringBitmap;

/// Number of postings in a new block.
const NEW_BLOCK: usize = 128;
/// A larger block is split.
const MAX_BLOCK: usize = 192;
/// A smaller block is merged with a neighbour.
const MIN_BLOCK: usize = 32;
/// Steps per unit of weight: 15 bits for 0 to 64.
const STEPS: f32 = 512.0;
/// The bit of a weight that marks a term in the title.
const IN_TITLE: u16 = 1 << 15;

/// The weight of a term in a document: BM25F's pseudo-frequency, rounded, and whether the title has the term.
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

    /// True if the title has the term.
    pub fn in_title(self) -> bool {
        self.0 & IN_TITLE != 0
    }

    /// The lesser weight of two, in the title if both are.
    pub fn least(self, other: Self) -> Self {
        Self((self.0 & !IN_TITLE).min(other.0 & !IN_TITLE) | (self.0 & other.0 & IN_TITLE))
    }
}

/// A document number with the weight of a term.
pub type Posting = (u32, Weight);

/// Postings by document number: differences as variable-length integers, each followed by its weight.
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
        let mut postings = Vec::with_capacity(MAX_BLOCK + 1);
        self.each(|posting| postings.push(posting));
        postings
    }
}

/// The posting list of a term.
#[derive(Clone, Debug, Default)]
pub struct PostingList {
    blocks: imbl::Vector<Arc<Block>>,
}

impl PostingList {
    /// From postings in ascending order, each number once.
    pub fn from_sorted(postings: &[Posting]) -> Self {
        Self { blocks: postings.chunks(NEW_BLOCK).map(Block::new).collect() }
    }

    /// True if it contains exactly this posting.
    pub fn has(&self, posting: Posting) -> bool {
        let Some(block) = self.blocks.get(self.block_of(posting.0)) else { return false };
        let mut found = false;
        block.each(|other| found |= other == posting);
        found
    }

    /// Adds a posting, or replaces the one of the document.
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
        if postings.len() > MAX_BLOCK {
            // Most documents are appended, so leave full blocks behind.
            let middle = if place + 1 == postings.len() { NEW_BLOCK } else { postings.len() / 2 };
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
        if postings.len() < MIN_BLOCK && self.blocks.len() > 1 {
            let other = if at > 0 { at - 1 } else { at + 1 };
            let neighbour = self.blocks[other].postings();
            if neighbour.len() + postings.len() <= NEW_BLOCK {
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

    /// The first block whose last number is at least this one.
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

    /// Calls `visit` with the index in `numbers` (sorted) and the weight of each number that has the term.
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

/// Appends a variable-length integer.
pub fn push_varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Reads a variable-length integer and advances.
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
