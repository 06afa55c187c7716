//! Parses queries: all words count, `"a phrase"` is a unit, `-word` excludes, `or` separates alternatives.
//!
//! No query is an error. An unbalanced quote or a lone hyphen is ignored.

use super::analysis::{Token, tokens};
use super::terms::is_stop_word;

/// Maximum number of words in a query. The rest are ignored.
pub const MOST_WORDS: usize = 32;
/// Maximum length of a query, in bytes. The rest is ignored.
const MAX_BYTES: usize = 4_000;

/// A parsed query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Alternatives: a record must match one of them.
    pub branches: Vec<Branch>,
}

/// The part of a query between two `or`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// Words and phrases that must match, in order.
    pub wanted: Vec<Part>,
    /// Words and phrases that must be absent.
    pub excluded: Vec<Phrase>,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words outside quotes, stop words included. Their positions are those in the query.
    Words(Vec<Token>),
    /// Words in quotes.
    Phrase(Phrase),
}

/// Adjacent words. A stop word stands for any stop word.
pub type Phrase = Vec<Token>;

impl Query {
    /// Parses a query.
    pub fn parse(written: &str) -> Self {
        let end = (0..=written.len().min(MAX_BYTES)).rev().find(|at| written.is_char_boundary(*at)).unwrap_or(0);
        let mut parser = Parser { written: &written[..end], at: 0, left: MOST_WORDS, query: Self::default() };
        parser.run();
        parser.query.branches.retain(|branch| !branch.wanted.is_empty() || !branch.excluded.is_empty());
        parser.query
    }
}

struct Parser<'w> {
    written: &'w str,
    at: usize,
    left: usize,
    query: Query,
}

impl Parser<'_> {
    fn run(&mut self) {
        self.query.branches.push(Branch::default());
        while self.left > 0 {
            let rest = &self.written[self.at..];
            let Some(skipped) = rest.find(|c: char| !c.is_whitespace()) else { return };
            self.at += skipped;
            let hyphens = self.written[self.at..].find(|c| c != '-').unwrap_or(self.written.len() - self.at);
            let after = &self.written[self.at + hyphens..];
            let is_excluded = hyphens > 0 && after.starts_with(|c: char| c.is_alphanumeric() || is_quote(c));
            self.at += hyphens;
            if hyphens == 0 || is_excluded {
                self.item(is_excluded);
            }
        }
    }

    /// Reads a quoted phrase, or everything up to the next blank or quote.
    fn item(&mut self, is_excluded: bool) {
        let rest = &self.written[self.at..];
        let Some(first) = rest.chars().next() else { return };
        if is_quote(first) {
            self.at += first.len_utf8();
            let inside = &self.written[self.at..];
            if let Some(length) = inside.find(is_quote) {
                let phrase = self.take(self.at, length);
                let quote = inside[length..].chars().next().map_or(0, char::len_utf8);
                self.at += length + quote;
                self.add_phrase(phrase, is_excluded);
            } else if is_excluded {
                // The quote is not closed: the hyphen belongs to the next word.
                self.item(true);
            }
            return;
        }
        let length = rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len());
        let is_or = rest[..length].eq_ignore_ascii_case("or");
        let start = self.at;
        self.at += length;
        if is_or && !is_excluded {
            self.query.branches.push(Branch::default());
            return;
        }
        let words = self.take(start, length);
        if is_excluded {
            self.add_phrase(words, true);
        } else {
            self.add_words(words, start);
        }
    }

    fn take(&mut self, start: usize, length: usize) -> Vec<Token> {
        let mut words = tokens(&self.written[start..start + length]);
        words.truncate(self.left);
        self.left -= words.len();
        for word in &mut words {
            word.start += start;
            word.end += start;
        }
        words
    }

    fn branch(&mut self) -> &mut Branch {
        if self.query.branches.is_empty() {
            self.query.branches.push(Branch::default());
        }
        let last = self.query.branches.len() - 1;
        &mut self.query.branches[last]
    }

    fn add_phrase(&mut self, phrase: Vec<Token>, is_excluded: bool) {
        // Ignore stop words at the ends.
        let counts = |token: &Token| !is_stop_word(&token.word);
        let Some(first) = phrase.iter().position(counts) else { return };
        let last = phrase.iter().rposition(counts).unwrap_or(first);
        let phrase = phrase[first..=last].to_vec();
        if is_excluded {
            self.branch().excluded.push(phrase);
        } else {
            self.branch().wanted.push(Part::Phrase(phrase));
        }
    }

    fn add_words(&mut self, words: Vec<Token>, start: usize) {
        if words.is_empty() {
            return;
        }
        // `3 million` and `co op` are one word across a blank: read from the first word of the run.
        let wanted = &mut self.branch().wanted;
        match wanted.last_mut() {
            Some(Part::Words(before)) => before.extend(words),
            _ => wanted.push(Part::Words(words)),
        }
        self.join_over_blanks(start);
    }

    /// Reads the last two words together, in case they are one, as in `£3 million`.
    fn join_over_blanks(&mut self, start: usize) {
        let end = self.at;
        let written = self.written;
        let Some(Part::Words(words)) = self.branch().wanted.last_mut() else { return };
        let Some(before) = words.iter().rposition(|token| token.end <= start) else { return };
        let (from, last) = (words[before].start, words.len());
        if last != before + 2 || written[words[before].end..start].trim() != "" {
            return;
        }
        let sign = written[..from].chars().next_back().filter(|c| matches!(c, '£' | '$' | '€'));
        let from = from - sign.map_or(0, char::len_utf8);
        if let [both] = &tokens(&written[from..end])[..] {
            let both = Token { start: from + both.start, end: from + both.end, ..both.clone() };
            words.splice(before.., [both]);
        }
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' | '\u{ff02}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A short notation for queries: words, "phrases", -exclusions, | between alternatives.
    fn short(written: &str) -> String {
        let words = |tokens: &[Token]| tokens.iter().map(|token| token.word.clone()).collect::<Vec<_>>().join(" ");
        let branch = |branch: &Branch| {
            let wanted = branch.wanted.iter().map(|part| match part {
                Part::Words(tokens) => words(tokens),
                Part::Phrase(tokens) => format!("\"{}\"", words(tokens)),
            });
            let excluded = branch.excluded.iter().map(|phrase| format!("-{}", words(phrase)));
            wanted.chain(excluded).collect::<Vec<_>>().join(" ")
        };
        Query::parse(written).branches.iter().map(branch).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn queries_are_read_as_people_write_them() {
        for (written, read) in [
            ("co-op Housing", "cooperative housing"),
            ("co op housing", "cooperative housing"),
            ("\"payday loans\" Lambeth", "\"payday loans\" lambeth"),
            ("“payday loans”", "\"payday loans\""),
            ("armed forces -covenant", "armed forces -covenant"),
            ("armed -\"the covenant\"", "armed -covenant"),
            ("-community-led housing", "housing -community led"),
            ("dementia OR graffiti or snow wardens", "dementia | graffiti | snow wardens"),
            ("or housing or", "housing"),
            ("\"unbalanced quotes", "unbalanced quotes"),
            ("-\"co-op housing", "housing -cooperative"),
            ("\"the of\" \"\"", ""),
            ("saved £3 million in York", "saved 3000000 in york"),
            ("saved £3 m in York", "saved 3000000 in york"),
            ("covid19", "covid 19"),
            ("---housing -- - york", "york -housing"),
            ("telford & wrekin", "telford and wrekin"),
        ] {
            assert_eq!(short(written), read, "{written}");
        }
    }

    #[test]
    fn nothing_is_an_error_and_work_is_bounded() {
        for odd in ["", "-", "\"", "''", "🏠", "((", "%", ":*", "- housing -", &"-".repeat(33), &"🏠".repeat(10_000)]
        {
            Query::parse(odd);
        }
        let Part::Words(words) = &Query::parse(&"housing ".repeat(10_000)).branches[0].wanted[0] else { panic!() };
        assert_eq!(words.len(), MOST_WORDS);
    }
}
