//! Highlights the words of a search in a text: fragments with `<mark>`, with everything else escaped.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::analysis::tokens;
use super::markdown::plain_text;
use super::plan::Matcher;
use super::terms::{is_stop_word, name_term_of, term_of};
use super::thesaurus::{STOP, THESAURUS};
use super::understand::Understanding;

/// Context words around a hit in a long text.
const CONTEXT_WORDS: usize = 12;
/// Maximum number of fragments of a long text.
const FRAGMENTS: usize = 2;

/// Highlighted texts of a hit, safe to insert as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Highlighted {
    /// The whole title or name.
    pub title: String,
    /// The whole summary.
    pub summary: Option<String>,
    /// At most two fragments of the long texts; `None` without a hit in them.
    pub text: Option<String>,
}

/// Highlights the words of a search and their synonyms, but not excluded words.
#[derive(Clone, Debug, Default)]
pub struct Highlighter {
    terms: HashSet<String>,
    /// Terms of several words, as the codes of their words.
    units: HashSet<Vec<u16>>,
    longest: usize,
}

/// A displayed word. Parts joined by hyphens are one word.
struct Word {
    start: usize,
    end: usize,
    is_hit: bool,
}

impl Highlighter {
    /// For a search.
    pub fn new(understanding: &Understanding) -> Self {
        let mut highlighter = Self::default();
        if let Some(hits) = understanding.hits.first() {
            for way in &hits.plan.ways {
                highlighter.add(&way.matcher);
            }
        }
        highlighter
    }

    fn add(&mut self, matcher: &Matcher) {
        match matcher {
            Matcher::Any(terms) => {
                for term in terms {
                    match term.strip_prefix('#') {
                        Some(codes) => {
                            let codes: Vec<u16> = codes.split(' ').filter_map(|code| code.parse().ok()).collect();
                            self.longest = self.longest.max(codes.len());
                            self.units.insert(codes);
                        }
                        None => {
                            self.terms.insert(term.clone());
                        }
                    }
                }
            }
            Matcher::Row(places) => self.terms.extend(places.iter().flatten().flatten().cloned()),
        }
    }

    /// The highlighted texts of a hit.
    pub fn highlight<'t>(
        &self,
        title: &str,
        summary: Option<&str>,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Highlighted {
        let texts: Vec<&str> = texts.into_iter().collect();
        Highlighted {
            title: self.whole(title),
            summary: summary.map(|summary| self.whole(summary)),
            text: self.fragments(&texts.join("\n\n")),
        }
    }

    /// A whole text with its hits marked.
    fn whole(&self, text: &str) -> String {
        let words = self.words(text);
        show(text, &words, 0..words.len(), 0, text.len())
    }

    /// The fragments of a long Markdown text with hits; `None` without hits.
    fn fragments(&self, markdown: &str) -> Option<String> {
        let text = plain_text(markdown);
        let words = self.words(&text);
        let mut shown = Vec::new();
        let mut next = 0;
        while let Some(hit) = (next..words.len()).find(|at| words[*at].is_hit).filter(|_| shown.len() < FRAGMENTS) {
            let (from, to) = (hit.saturating_sub(CONTEXT_WORDS), (hit + CONTEXT_WORDS).min(words.len()));
            shown.push(show(&text, &words, from..to, words[from].start, words[to - 1].end));
            // A hit directly after the fragment would overlap with it.
            next = to + CONTEXT_WORDS;
        }
        (!shown.is_empty()).then(|| shown.join(" … "))
    }

    fn words(&self, text: &str) -> Vec<Word> {
        let tokens = tokens(text);
        let stems: Vec<Cow<str>> = tokens.iter().map(|token| term_of(&token.word)).collect();
        let mut is_hit: Vec<bool> = tokens
            .iter()
            .zip(&stems)
            .map(|(token, stem)| {
                !is_stop_word(&token.word)
                    && (self.terms.contains(&**stem) || self.terms.contains(&*name_term_of(&token.word)))
            })
            .collect();
        for at in 1..tokens.len() {
            if tokens[at].joined {
                let both = format!("{}{}", tokens[at - 1].word, tokens[at].word);
                if self.terms.contains(&*term_of(&both)) {
                    is_hit[at] = true;
                }
            }
        }
        self.mark_units(&tokens.iter().map(|token| token.word.as_str()).collect::<Vec<_>>(), &stems, &mut is_hit);
        let mut words: Vec<Word> = Vec::new();
        for (token, is_hit) in tokens.iter().zip(is_hit) {
            match words.last_mut().filter(|_| token.joined) {
                Some(word) => {
                    word.end = token.end;
                    word.is_hit |= is_hit;
                }
                None => words.push(Word { start: token.start, end: token.end, is_hit }),
            }
        }
        words
    }

    fn mark_units(&self, words: &[&str], stems: &[Cow<str>], is_hit: &mut [bool]) {
        if self.units.is_empty() {
            return;
        }
        let code = |at: usize| if is_stop_word(words[at]) { STOP } else { THESAURUS.code(&stems[at]) };
        let codes: Vec<u16> = (0..words.len()).map(code).collect();
        for at in 0..codes.len() {
            for length in 2..=self.longest.min(codes.len() - at) {
                if self.units.contains(&codes[at..at + length]) {
                    (at..at + length).filter(|at| codes[*at] != STOP).for_each(|at| is_hit[at] = true);
                }
            }
        }
    }
}

fn show(text: &str, words: &[Word], range: Range<usize>, from: usize, to: usize) -> String {
    let mut html = String::new();
    let mut at = from;
    for word in words[range].iter().filter(|word| word.is_hit) {
        html.push_str(&escape(&text[at..word.start]));
        html.push_str("<mark>");
        html.push_str(&escape(&text[word.start..word.end]));
        html.push_str("</mark>");
        at = word.end;
    }
    html.push_str(&escape(&text[at..to]));
    html
}

fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(terms: &[&str]) -> Highlighter {
        Highlighter { terms: terms.iter().map(|term| (*term).to_owned()).collect(), ..Highlighter::default() }
    }

    #[test]
    fn every_spelling_of_a_word_is_marked_whole() {
        let shown = marks(&["cooper"]).whole("Co-operative, co-ops, COOP and Cooperation; copper");
        let all =
            "<mark>Co-operative</mark>, <mark>co-ops</mark>, <mark>COOP</mark> and <mark>Cooperation</mark>; copper";
        assert_eq!(shown, all);
        assert_eq!(marks(&["mon"]).whole("Ynys Môn"), "Ynys <mark>Môn</mark>");
        assert_eq!(marks(&["mon"]).whole("Ynys Mo\u{302}n"), "Ynys <mark>Mo\u{302}n</mark>");
        assert_eq!(marks(&["hous"]).whole("council-housing's end"), "<mark>council-housing&#39;s</mark> end");
        assert_eq!(marks(&["3000000"]).whole("Saved £3 million."), "Saved £<mark>3 million</mark>.");
    }

    #[test]
    fn whatever_is_not_a_mark_is_escaped() {
        let shown = marks(&["script"]).whole("<script>alert('x')</script> & more");
        let safe = "&lt;<mark>script</mark>&gt;alert(&#39;x&#39;)&lt;/<mark>script</mark>&gt; &amp; more";
        assert_eq!(shown, safe);
    }

    #[test]
    fn a_long_text_shows_its_hits_only() {
        let text = format!("{} **housing** {} housing {}", "word ".repeat(50), "word ".repeat(50), "word ".repeat(50));
        let shown = marks(&["hous"]).fragments(&text).unwrap();
        assert_eq!(shown.matches("<mark>housing</mark>").count(), 2);
        assert!(shown.contains(" … ") && shown.len() < 300, "{shown}");
        assert_eq!(marks(&["hous"]).fragments("nothing here"), None);
    }
}
