//! Text for generated records: repeatable random numbers, and words as unevenly distributed as in real text.
//!
//! Word frequencies follow Zipf's law: the word of rank n occurs about 1/n times as often as the first. This matters to
//! search, whose cost depends on how many records contain a word. A tail of place names follows, each in a handful of
//! records.

use std::collections::HashMap;

use ccin_registry::app::sample;
use serde_json::Value;

/// The SplitMix64 generator (Steele, Lea, Flood 2014): small, fast, and the same on every machine.
pub struct Chance(u64);

impl Chance {
    /// Equal seeds give equal sequences.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 (included) to 1 (excluded).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number from `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + (self.unit() * (most - least + 1) as f64) as usize
    }

    /// True with this probability.
    pub fn is(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of these choices.
    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() - 1)]
    }

    /// An index below `count`. Low indexes are far more likely than high ones.
    pub fn skewed(&mut self, count: usize) -> usize {
        (self.unit().powi(2) * count as f64) as usize
    }
}

const STEMS: [&str; 96] = [
    "account",
    "act",
    "adapt",
    "advis",
    "afford",
    "allot",
    "appoint",
    "apprentic",
    "arrang",
    "assembl",
    "assess",
    "attend",
    "benefit",
    "budget",
    "build",
    "care",
    "carbon",
    "centr",
    "charit",
    "child",
    "citizen",
    "climat",
    "collect",
    "commission",
    "connect",
    "consult",
    "contract",
    "cultur",
    "debt",
    "deliver",
    "democrat",
    "design",
    "develop",
    "digit",
    "direct",
    "econom",
    "educat",
    "employ",
    "energ",
    "enterpris",
    "environ",
    "equal",
    "estat",
    "evaluat",
    "famil",
    "finan",
    "forum",
    "fund",
    "garden",
    "govern",
    "grant",
    "green",
    "group",
    "health",
    "heat",
    "help",
    "herit",
    "home",
    "hous",
    "inclus",
    "incom",
    "innovat",
    "invest",
    "land",
    "learn",
    "lend",
    "librar",
    "manag",
    "market",
    "mentor",
    "mutual",
    "neighbour",
    "organis",
    "parent",
    "park",
    "particip",
    "partner",
    "pay",
    "plan",
    "pover",
    "procur",
    "protect",
    "public",
    "recycl",
    "regenerat",
    "resid",
    "retrofit",
    "school",
    "servic",
    "skill",
    "street",
    "support",
    "tenant",
    "train",
    "volunt",
    "youth",
];
const ENDINGS: [&str; 14] =
    ["", "s", "ed", "ing", "er", "ers", "ment", "ments", "able", "ation", "ive", "ship", "ful", "less"];
const GRAMMAR: [&str; 24] = [
    "the", "the", "the", "of", "of", "and", "and", "and", "to", "to", "in", "in", "a", "a", "for", "with", "by", "on",
    "is", "are", "that", "from", "as", "their",
];
/// Members of the sample's records that contain prose.
const TEXTS: [&str; 8] =
    ["title", "summary", "body", "challenge", "approach", "what_worked", "what_did_not", "transfer_conditions"];
/// Stop words of the sample, which search ignores. [`GRAMMAR`] has those that generated text uses.
const STOP: [&str; 53] = [
    "about", "after", "again", "also", "because", "been", "before", "being", "between", "both", "could", "does",
    "each", "either", "from", "have", "here", "into", "more", "most", "once", "only", "other", "over", "same",
    "should", "some", "such", "than", "that", "their", "them", "then", "there", "these", "they", "this", "those",
    "through", "under", "until", "very", "were", "what", "when", "where", "which", "while", "whose", "will", "with",
    "would", "your",
];
/// Phrases that occur more often than by chance.
const PHRASES: [&str; 6] =
    ["community wealth", "social value", "credit union", "mutual aid", "housing first", "participatory budgeting"];
const BEGINNINGS: [&str; 56] = [
    "Abber", "Ald", "Amber", "Apple", "Ash", "Bark", "Beck", "Birch", "Black", "Bram", "Brock", "Burn", "Cald", "Carl",
    "Chad", "Clap", "Coln", "Crow", "Dar", "Dun", "Eagle", "East", "Elm", "Fen", "Fern", "Gal", "Glaze", "Gran", "Hal",
    "Hart", "Hazel", "Holm", "Kel", "Kirk", "Lang", "Lark", "Lyn", "Mal", "Mar", "Mid", "Nether", "North", "Oak",
    "Over", "Pem", "Quarn", "Raven", "Red", "Rush", "Scar", "Skel", "Stan", "Thorn", "Wal", "Whit", "Yar",
];
const ENDS: [&str; 40] = [
    "bank", "beck", "borough", "bourn", "bridge", "brook", "bury", "by", "caster", "cliff", "combe", "cot", "croft",
    "dale", "den", "don", "field", "fold", "ford", "gate", "grave", "ham", "hope", "hurst", "land", "low", "mere",
    "minster", "mouth", "port", "sea", "stead", "stoke", "thorpe", "ton", "wall", "well", "wick", "wold", "worth",
];

/// Search words for benchmarks, and the approximate number of records that contain each.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Known {
    /// In more than 20 % of the records, most common first.
    pub common: Vec<(String, u32)>,
    /// In 1 to 5 %.
    pub middle: Vec<(String, u32)>,
    /// In 3 to 12 records.
    pub rare: Vec<(String, u32)>,
    /// Two words that are adjacent in many records.
    pub phrase: String,
    /// The place name of a council.
    pub council: String,
}

/// The vocabulary of generated text, and how many records contain each word.
pub struct Words {
    words: Vec<String>,
    /// Cumulative share of each word and all words before it.
    up_to: Vec<f64>,
    /// Number of each word's stem: search treats words with the same stem as equal.
    stems: Vec<usize>,
    /// For each stem, the number of records that contain it, and the last such record.
    seen: Vec<(u32, usize)>,
    names: Vec<String>,
    names_seen: Vec<u32>,
}

impl Words {
    /// The words of the sample, most common first, followed by words built from stems and endings.
    pub fn new(chance: &mut Chance) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (_, file) in sample::INITIATIVES {
            count_words(&serde_json::from_str(file).unwrap_or_default(), false, &mut counts);
        }
        let mut counted: Vec<_> = counts.into_iter().filter(|(word, _)| !STOP.contains(&word.as_str())).collect();
        counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut words: Vec<String> = counted.into_iter().map(|(word, _)| word).collect();
        let mut made: Vec<String> =
            STEMS.iter().flat_map(|stem| ENDINGS.map(|ending| format!("{stem}{ending}"))).collect();
        shuffle(&mut made, chance);
        words.extend(made.into_iter().filter(|word| !words.contains(word)).collect::<Vec<_>>());
        let mut sum = 0.0;
        let mut up_to: Vec<f64> = (0..words.len()).map(|rank| (sum += 1.0 / (rank as f64 + 2.7), sum).1).collect();
        up_to.iter_mut().for_each(|share| *share /= sum);
        let mut numbers = HashMap::new();
        let stems: Vec<usize> = words
            .iter()
            .map(|word| {
                let next = numbers.len();
                *numbers.entry(stem(word).to_owned()).or_insert(next)
            })
            .collect();
        let mut names: Vec<String> =
            BEGINNINGS.iter().flat_map(|start| ENDS.map(|end| format!("{start}{end}"))).collect();
        shuffle(&mut names, chance);
        Self {
            seen: vec![(0, usize::MAX); numbers.len()],
            names_seen: vec![0; names.len()],
            words,
            up_to,
            stems,
            names,
        }
    }

    /// Place names. Councils use them from the end of the list, and texts from the start.
    pub fn place(&self, from_the_end: usize) -> &str {
        &self.names[self.names.len() - 1 - from_the_end]
    }

    /// Add sentences to a text of this record, up to this many words or bytes.
    pub fn write(&mut self, text: &mut String, chance: &mut Chance, record: usize, words: usize, bytes: usize) {
        let (mut left, start) = (0, text.len());
        for _ in 0..words {
            if text.len() - start + 24 > bytes {
                break;
            }
            let begins = left == 0;
            if begins {
                text.push_str(if text.len() == start { "" } else { ". " });
                left = chance.between(8, 20);
            } else {
                text.push(' ');
            }
            left -= 1;
            let at = text.len();
            text.push_str(self.word(chance, record));
            if begins {
                text[at..=at].make_ascii_uppercase();
            }
        }
        text.push('.');
    }

    fn word(&mut self, chance: &mut Chance, record: usize) -> &str {
        if chance.is(0.38) {
            return chance.of(&GRAMMAR);
        }
        if chance.is(0.002) {
            return chance.of(&PHRASES);
        }
        let share = chance.unit();
        let at = self.up_to.partition_point(|up_to| *up_to <= share).min(self.words.len() - 1);
        let seen = &mut self.seen[self.stems[at]];
        if seen.1 != record {
            *seen = (seen.0 + 1, record);
        }
        &self.words[at]
    }

    /// A place name for a record of `count`. About six records share each name.
    pub fn name(&mut self, chance: &mut Chance, count: usize) -> Option<&str> {
        let usable = (count / 6).clamp(1, self.names.len() - 500);
        if !chance.is((6 * usable) as f64 / count as f64) {
            return None;
        }
        let at = chance.between(0, usable - 1);
        self.names_seen[at] += 1;
        Some(&self.names[at])
    }

    /// Words by the number of records that contain them.
    pub fn known(&self, records: usize) -> Known {
        let share = |count: u32| f64::from(count) / records as f64;
        // The most common form of each stem, if it is long enough to search for.
        let mut first = HashMap::new();
        for (word, stem) in self.words.iter().zip(&self.stems).filter(|(word, _)| word.len() > 4) {
            first.entry(*stem).or_insert(word);
        }
        let mut counted: Vec<_> = first.into_iter().map(|(stem, word)| (word.clone(), self.seen[stem].0)).collect();
        counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let within = |least: f64, most: f64| {
            let is_within = |(_, count): &&(String, u32)| share(*count) > least && share(*count) <= most;
            counted.iter().filter(is_within).cloned().collect::<Vec<_>>()
        };
        let names = self.names.iter().zip(&self.names_seen).filter(|(_, count)| (3..=12).contains(*count));
        Known {
            common: within(0.2, 1.0),
            middle: within(0.01, 0.05),
            rare: names.map(|(name, count)| (name.to_lowercase(), *count)).collect(),
            phrase: PHRASES[0].to_owned(),
            council: self.place(7).to_lowercase(),
        }
    }
}

/// The word without its ending, roughly as the English stemmer does it.
fn stem(word: &str) -> &str {
    let endings = [
        "ations", "ation", "ative", "ments", "ment", "ables", "able", "ings", "less", "ing", "ers", "ies", "ive",
        "ful", "ed", "es", "er", "ly", "s", "e", "y",
    ];
    endings.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() > 3)).unwrap_or(word)
}

/// Count the words of the members that contain prose.
fn count_words(value: &Value, is_text: bool, counts: &mut HashMap<String, usize>) {
    match value {
        Value::String(text) if is_text => {
            let words = text.split(|c: char| !c.is_ascii_alphabetic() && c != '-').map(|word| word.trim_matches('-'));
            for word in words.filter(|word| word.len() > 3) {
                if word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
                    *counts.entry(word.to_owned()).or_default() += 1;
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| count_words(item, is_text, counts)),
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| count_words(member, TEXTS.contains(&name.as_str()), counts));
        }
        _ => {}
    }
}

fn shuffle<T>(items: &mut [T], chance: &mut Chance) {
    for at in (1..items.len()).rev() {
        items.swap(at, chance.between(0, at));
    }
}
