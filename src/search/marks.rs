//! Where the words of a search are found in a text: fragments with `<mark>`, everything else escaped.
//!
//! Words are compared as the database compares them: folded (see [`fold`] and `search_fold` in migration 000010) and
//! stemmed by the same algorithm, Snowball's English.

use std::borrow::Cow;
use std::collections::HashSet;

use diesel::dsl::sql;
use diesel::sql_types::{Array, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use super::model::Highlight;
use crate::error::ApiError;

/// Words shown around a hit in a long text.
const AROUND: usize = 12;
/// Fragments shown of a long text.
const FRAGMENTS: usize = 2;

/// The words of a search, as they stand in the index; those to be excluded are not among them.
pub struct Marks {
    lexemes: HashSet<String>,
    stemmer: Stemmer,
}

impl Marks {
    /// Of a search as it was written.
    pub async fn of(conn: &mut AsyncPgConnection, written: &str) -> Result<Self, ApiError> {
        // An excluded word is in no hit, or in none that it would be right to mark.
        let wanted: Vec<&str> = written.split_whitespace().filter(|word| !word.starts_with('-')).collect();
        let lexemes: Vec<String> = diesel::select(
            sql::<Array<Text>>("tsvector_to_array(to_tsvector('pg_catalog.english', search_fold(")
                .bind::<Text, _>(wanted.join(" "))
                .sql(")))"),
        )
        .get_result(conn)
        .await?;
        Ok(Self { lexemes: lexemes.into_iter().collect(), stemmer: Stemmer::create(Algorithm::English) })
    }

    /// What is shown of a hit.
    pub fn highlight<'t>(&self, title: &str, summary: Option<&str>, texts: impl Iterator<Item = &'t str>) -> Highlight {
        Highlight {
            title: self.whole(title),
            summary: summary.map(|summary| self.whole(summary)),
            text: self.fragments(&texts.collect::<Vec<_>>().join("\n\n")),
        }
    }

    /// A text whole, with its hits marked.
    fn whole(&self, text: &str) -> String {
        let words = self.words(text);
        self.show(text, &words, 0..words.len(), 0, text.len())
    }

    /// The places of a long Markdown text that have hits; `None` where it has none.
    fn fragments(&self, markdown: &str) -> Option<String> {
        let text = plain(markdown);
        let words = self.words(&text);
        let mut shown = Vec::new();
        let mut next = 0;
        while let Some(hit) = (next..words.len()).find(|at| words[*at].is_hit).filter(|_| shown.len() < FRAGMENTS) {
            let (from, to) = (hit.saturating_sub(AROUND), (hit + AROUND).min(words.len()));
            shown.push(self.show(&text, &words, from..to, words[from].start, words[to - 1].end));
            // What follows at once would be no fragment of its own.
            next = to + AROUND;
        }
        (!shown.is_empty()).then(|| shown.join(" … "))
    }

    fn words(&self, text: &str) -> Vec<Word> {
        let mut words = Vec::new();
        let mut start = None;
        let ends = std::iter::once((text.len(), ' '));
        for (at, c) in text.char_indices().chain(ends) {
            let belongs = c.is_alphanumeric()
                || is_combining(c)
                || (start.is_some() && is_joint(c) && text[at + c.len_utf8()..].starts_with(char::is_alphanumeric));
            match (start, belongs) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    words.push(Word { start: from, end: at, is_hit: self.is_hit(&text[from..at]) });
                    start = None;
                }
                _ => {}
            }
        }
        words
    }

    fn is_hit(&self, word: &str) -> bool {
        let folded = fold(word);
        let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        parts.chain([&*folded]).any(|part| self.lexemes.contains(&*self.stemmer.stem(part)))
    }

    fn show(&self, text: &str, words: &[Word], range: std::ops::Range<usize>, from: usize, to: usize) -> String {
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
}

struct Word {
    start: usize,
    end: usize,
    is_hit: bool,
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// What joins the parts of one word.
fn is_joint(c: char) -> bool {
    matches!(c, '-' | '\'' | '’' | '\u{ad}' | '\u{2010}'..='\u{2014}')
}

/// One word as it is searched: without case and accents; co-op, coop and co-operative as one, co-production as coproduction.
fn fold(word: &str) -> String {
    let plain: String = word.nfkd().filter(|c| !is_combining(*c)).flat_map(char::to_lowercase).collect();
    let joined = match plain.strip_prefix("co").map(|rest| (rest, rest.trim_start_matches(is_joint))) {
        Some((rest, part)) if part.len() < rest.len() && part.starts_with(|c: char| c.is_ascii_lowercase()) => {
            format!("co{part}")
        }
        _ => plain,
    };
    match joined.as_str() {
        "coop" | "coops" => "cooperative".into(),
        _ => joined,
    }
}

/// The text of Markdown, without its marks.
fn plain(markdown: &str) -> String {
    use pulldown_cmark::{Event, Parser, TagEnd};
    let mut text = String::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                text.push(' ');
            }
            _ => {}
        }
    }
    text
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

    fn marks(lexemes: &[&str]) -> Marks {
        Marks {
            lexemes: lexemes.iter().map(|lexeme| (*lexeme).to_owned()).collect(),
            stemmer: Stemmer::create(Algorithm::English),
        }
    }

    #[test]
    fn every_spelling_of_a_word_is_marked_whole() {
        let shown = marks(&["cooper"]).whole("Co-operative, co-ops, COOP and Cooperation; copper");
        let all =
            "<mark>Co-operative</mark>, <mark>co-ops</mark>, <mark>COOP</mark> and <mark>Cooperation</mark>; copper";
        assert_eq!(shown, all);
        assert_eq!(marks(&["mon"]).whole("Ynys Môn"), "Ynys <mark>Môn</mark>");
        assert_eq!(marks(&["hous"]).whole("council-housing's end"), "<mark>council-housing&#39;s</mark> end");
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
