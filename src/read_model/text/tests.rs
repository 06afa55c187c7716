//! Results depend only on the visible documents: not on the history of the index, and not on hidden documents.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use roaring::RoaringBitmap;

use super::{Document, Field, Highlighter, RankedEdge, TextIndex, Weights, understand, understand_with};

const WORDS: &[&str] = &[
    "housing",
    "co-operative",
    "Community",
    "wealth",
    "building",
    "council",
    "councils",
    "young people",
    "elderly",
    "York",
    "Newcastle-upon-Tyne",
    "payday",
    "loans",
    "energy",
    "switching",
    "£3m",
    "1,300",
    "the",
    "of",
    "and",
    "libraries",
    "anti-social",
    "behaviour",
    "commissioning",
    "commission",
    "dementia",
    "credit union",
    "homes",
    "Reading",
    "graffiti",
];

const QUERIES: &[&str] = &[
    "housing",
    "coop housing",
    "\"community wealth building\"",
    "young people",
    "elderly -york",
    "payday loans energy",
    "libraries or graffiti",
    "houssing",
    "newcastle upon tyne",
    "antisocial behaviour",
    "3000000",
    "\"the housing\"",
    "-housing",
    "reading",
    "commissioning credit",
    "wealth zebra dementia switching",
    "comission",
    "council housing",
];

fn document(random: &mut StdRng) -> Document {
    let mut text = |most: usize| {
        let count = random.random_range(1..=most);
        (0..count).map(|_| WORDS[random.random_range(0..WORDS.len())]).collect::<Vec<_>>().join(" ")
    };
    let fields = vec![
        (Field::Title, text(4)),
        (Field::Summary, text(8)),
        (Field::Names, text(3)),
        (Field::Places, text(2)),
        (Field::Outcomes, text(5)),
        (Field::Text, text(30)),
    ];
    let names = vec![text(2), text(1)];
    let exact_names = if random.random_range(0..5) == 0 { names } else { Vec::new() };
    Document { fields, prominence: (random.random_range(0..100) as f32) / 100.0, exact_names }
}

/// All results as text, with exact scores. `name` identifies documents independently of their numbers.
fn answers(index: &TextIndex, visible: &RoaringBitmap, name: impl Fn(u32) -> u32 + Copy) -> String {
    let mut all = String::new();
    for query in QUERIES {
        let found = understand(&[(index, visible)], query);
        let page = found.hits[0].page(visible, None, 1_000, name);
        let page: Vec<(u32, u32)> = page.into_iter().map(|(number, score)| (name(number), score.to_bits())).collect();
        let (meant, synonyms, weights) = (&found.did_you_mean, &found.synonyms, &found.weights);
        all += &format!("{query}: {} {meant:?} {synonyms:?} {weights} {page:?}\n", found.relaxed);
    }
    for typed in ["h", "hous", "community w", "y", "r", "credit un", "newcastle-upon"] {
        let suggested = index.suggest(typed, visible, 5, name);
        all += &format!("{typed}: {:?}\n", suggested.into_iter().map(name).collect::<Vec<_>>());
    }
    all
}

#[test]
fn an_updated_index_answers_as_one_built_anew() {
    let mut random = StdRng::seed_from_u64(7);
    let mut index = TextIndex::default();
    let mut documents: std::collections::BTreeMap<u32, Document> = std::collections::BTreeMap::new();
    for round in 0..900 {
        let number = random.random_range(0..300);
        if random.random_range(0..4) == 0 {
            index.remove(number);
            documents.remove(&number);
        } else {
            let document = document(&mut random);
            index.insert(number, &document);
            documents.insert(number, document);
        }
        if round % 150 == 149 {
            let visible: RoaringBitmap = documents.keys().copied().filter(|number| number % 3 != 0).collect();
            let built = TextIndex::build(documents.iter().map(|(number, document)| (*number, document.clone())));
            let wanted = answers(&built, &visible, |number| number);
            assert_eq!(answers(&index, &visible, |number| number), wanted);
            // Other numbers, and only visible documents.
            let visible_only = documents.iter().filter(|(number, _)| visible.contains(**number));
            let renumbered: Vec<(u32, Document)> =
                visible_only.clone().rev().zip(0..).map(|((_, document), place)| (place, document.clone())).collect();
            let names: Vec<u32> = visible_only.rev().map(|(number, _)| *number).collect();
            let everything = (0..names.len() as u32).collect();
            let renumbered = TextIndex::build(renumbered);
            assert_eq!(answers(&renumbered, &everything, |number| names[number as usize]), wanted);
        }
    }
}

#[test]
fn a_clone_is_not_changed_with_the_original() {
    let mut random = StdRng::seed_from_u64(3);
    let mut index = TextIndex::build((0..200).map(|number| (number, document(&mut random))));
    let visible: RoaringBitmap = (0..300).collect();
    let (before, copy) = (answers(&index, &visible, |number| number), index.clone());
    (0..100).for_each(|number| index.remove(number));
    (150..300).for_each(|number| index.insert(number, &document(&mut random)));
    assert_ne!(answers(&index, &visible, |number| number), before);
    assert_eq!(answers(&copy, &visible, |number| number), before);
}

#[test]
fn pages_keep_the_order_of_the_first_while_records_are_written() {
    let mut random = StdRng::seed_from_u64(11);
    let mut index = TextIndex::build((0..200).map(|number| (number, document(&mut random))));
    let visible: RoaringBitmap = (0..200).collect();
    for query in QUERIES {
        let first = understand(&[(&index, &visible)], query);
        let whole = first.hits[0].page(&visible, None, 1_000, |number| number);
        let weights = Weights::parse(&first.weights.to_string()).expect("weights of this query");
        assert_eq!(weights, first.weights);
        index.insert(250, &document(&mut random));
        let later = understand_with(&[(&index, &visible)], query, &weights).expect("weights of this query");
        let (mut edge, mut paged) = (None, Vec::new());
        loop {
            let page = later.hits[0].page(&visible, edge.as_ref(), 7, |number| number);
            let Some((tie, score)) = page.last().copied() else { break };
            edge = Some(RankedEdge { score, tie, is_backwards: false });
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{query}");
        let mut back = Vec::new();
        while let Some(before) = edge.take() {
            let page =
                later.hits[0].page(&visible, Some(&RankedEdge { is_backwards: true, ..before }), 7, |number| number);
            edge = page.first().map(|(tie, score)| RankedEdge { score: *score, tie: *tie, is_backwards: true });
            back.splice(0..0, page);
        }
        assert_eq!(back[..], whole[..whole.len().saturating_sub(1)], "{query} backwards");
    }
    for forged in ["", "x", "s", "r3f800000.", "s7fc00000", "s0.zz", "s0.ffffffff", "é"] {
        assert_eq!(Weights::parse(forged), None, "{forged}");
    }
}

#[test]
fn odd_queries_are_answered() {
    let mut random = StdRng::seed_from_u64(5);
    let index = TextIndex::build((0..50).map(|number| (number, document(&mut random))));
    let visible: RoaringBitmap = (0..50).collect();
    let long = [
        "-".repeat(33),
        "housing ".repeat(10_000),
        "🏠".repeat(200),
        "x".repeat(5_000),
        "\"".repeat(200),
        "-a ".repeat(66),
        "co ".repeat(66),
        "((a|b)&".repeat(28),
        "'; DROP TABLE initiatives; --".into(),
        "e\u{301}\u{301}\u{301}".into(),
        "ﷺ İ ß ﬁ Ⅷ ½ 合作社".into(),
        "\u{feff}housing".into(),
        "\u{200f}housing\u{202e}gnisuoh\u{200f}".into(),
        "\"- or -\" or - \"".into(),
        "&& & &".into(),
        "1,2,3,4.5.6".into(),
        "9".repeat(300),
        "A.B.C.".into(),
    ];
    for query in long {
        let found = understand(&[(&index, &visible)], &query);
        let highlighter = Highlighter::new(&found);
        highlighter.highlight(&query, Some(&query), [query.as_str()]);
        found.hits[0].page(&visible, None, 10, |number| number);
        index.suggest(&query, &visible, 8, |number| number);
    }
}
