//! Splits text into words. Index, queries, highlights and suggestions all use [`tokens`], so that they agree.
//!
//! Words are folded: NFKD without combining marks, lower case, without invisible characters and apostrophes. `co-op`,
//! `coop` and `co-operative` are the same word, as are `£3m`, `£3 million` and `3,000,000`. Hyphens and slashes
//! separate words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::numbers::number;

/// Maximum length of a word, in bytes. The rest of a longer word is ignored.
const MAX_WORD: usize = 64;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Start in the text, in bytes.
    pub start: usize,
    /// End in the text, in bytes.
    pub end: usize,
    /// The folded word.
    pub word: String,
    /// True if a hyphen joins it to the token before.
    pub joined: bool,
}

/// All words of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    each_token(text, |word, start, end, joined| all.push(Token { start, end, word: word.to_owned(), joined }));
    all
}

/// Calls `visit` with each word, its start and end in the text, and whether a hyphen joins it to the word before.
pub fn each_token(text: &str, mut visit: impl FnMut(&str, usize, usize, bool)) {
    let mut word = String::new();
    let mut at = 0;
    let mut last_end = usize::MAX;
    while let Some(start) = next_start(text, at) {
        let joined = last_end < start && is_hyphen_run(&text[last_end..start]);
        if text[start..].starts_with('&') {
            visit("and", start, start + 1, false);
            (at, last_end) = (start + 1, usize::MAX);
            continue;
        }
        if let Some(end) = plain_end(text, start) {
            word.clear();
            word.push_str(&text[start..end]);
            word.make_ascii_lowercase();
            visit(&word, start, end, joined);
            (at, last_end) = (end, end);
            continue;
        }
        let end = run_end(text, start);
        let (end, number) = match number(text, start, end) {
            Some((end, number)) => (end, Some(number)),
            None => (co_end(text, start, end), None),
        };
        match number {
            Some(mut number) => {
                cut(&mut number);
                visit(&number, start, end, joined);
            }
            None => {
                fold_into(&text[start..end], &mut word);
                match split_before_digits(&word, &text[start..end]) {
                    Some(letters) => {
                        visit(&word[..letters], start, start + letters, joined);
                        visit(&word[letters..], start + letters, end, true);
                    }
                    None if !word.is_empty() => visit(&word, start, end, joined),
                    None => {}
                }
            }
        }
        (at, last_end) = (end, end);
    }
}

/// The end of an ASCII word before a blank or common punctuation. This is the fast path for most words.
fn plain_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let length = bytes[start..].iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(bytes.len() - start);
    let end = start + length;
    let is_separated = match bytes.get(end) {
        None | Some(b' ' | b'\n' | b')' | b':' | b';' | b'"' | b',') => true,
        // Initials have periods too.
        Some(b'.') => length > 1,
        _ => false,
    };
    let is_co = length <= 5 && bytes[start].eq_ignore_ascii_case(&b'c');
    (is_separated && !is_co && (1..=MAX_WORD).contains(&length)).then_some(end)
}

fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let skipped = bytes[from..].iter().position(|byte| !matches!(byte, b' ' | b',' | b'.' | b'-'))?;
    let from = from + skipped;
    if bytes[from].is_ascii_alphabetic() {
        return Some(from);
    }
    text[from..].find(|c: char| c.is_alphanumeric() || c == '&').map(|at| from + at)
}

fn is_hyphen_run(between: &str) -> bool {
    let mut chars = between.chars();
    matches!((chars.next(), chars.next()), (Some(only), None) if is_hyphen(only))
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{feff}' | '\u{2060}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{ff07}')
}

/// The end of the letters and digits that start here, with characters allowed inside a word.
fn run_end(text: &str, start: usize) -> usize {
    if let Some(end) = dotted_end(text, start) {
        return end;
    }
    let bytes = text.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let after_digit = at > start && bytes[at - 1].is_ascii_digit();
        if byte.is_ascii() {
            let next_is = |test: fn(&u8) -> bool| bytes.get(at + 1).is_some_and(test);
            let continues = match byte {
                b'\'' => text[at + 1..].starts_with(char::is_alphanumeric),
                b'.' => after_digit && next_is(u8::is_ascii_digit) && bytes[start].is_ascii_digit(),
                b',' => {
                    after_digit
                        && bytes.len() >= at + 4
                        && bytes[at + 1..at + 4].iter().all(u8::is_ascii_digit)
                        && !bytes.get(at + 4).is_some_and(u8::is_ascii_digit)
                }
                _ => false,
            };
            if !continues {
                break;
            }
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        let after = at + c.len_utf8();
        let continues = c.is_alphanumeric()
            || is_combining_mark(c)
            || ((is_invisible(c) || is_apostrophe(c))
                && text[after..].starts_with(|c: char| c.is_alphanumeric() || is_invisible(c)));
        if !continues {
            break;
        }
        at = after;
    }
    at
}

/// The end of initials such as `N.H.S.`, which are one word.
fn dotted_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    while bytes.get(at).is_some_and(u8::is_ascii_uppercase) && bytes.get(at + 1) == Some(&b'.') {
        at += 2;
    }
    if bytes.get(at).is_some_and(u8::is_ascii_uppercase) && !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
        at += 1;
    } else if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    (at >= start + 3).then_some(at)
}

/// The end of a word that starts with `co-`, as in `co-op`, and of `co op`.
fn co_end(text: &str, start: usize, end: usize) -> usize {
    if end != start + 2 || !text[start..end].eq_ignore_ascii_case("co") {
        return end;
    }
    let mut rest = text[end..].chars();
    match rest.next() {
        Some(c) if is_hyphen(c) && rest.next().is_some_and(char::is_alphabetic) => run_end(text, end + c.len_utf8()),
        Some(' ') => {
            let next = run_end(text, end + 1);
            let word = &text[end + 1..next];
            if word.eq_ignore_ascii_case("op") || word.eq_ignore_ascii_case("ops") { next } else { end }
        }
        _ => end,
    }
}

/// Start of the digits in a word such as `covid19`. Codes such as `S12000046` are not split.
fn split_before_digits(word: &str, written: &str) -> Option<usize> {
    if word.len() != written.len() || !word.is_ascii() {
        return None;
    }
    let letters = word.find(|c: char| c.is_ascii_digit())?;
    let is_split = letters >= 3 && word.len() - letters <= 3 && word[letters..].bytes().all(|b| b.is_ascii_digit());
    is_split.then_some(letters)
}

/// Folds one word, as the module's documentation describes.
fn fold_into(written: &str, word: &mut String) {
    word.clear();
    if written.is_ascii() {
        word.extend(written.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        let kept = written.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c));
        let plain = kept.map(|c| if is_apostrophe(c) { '\'' } else { c }).flat_map(char::to_lowercase);
        word.extend(plain.filter(|c| c.is_alphanumeric() || *c == '\'' || is_hyphen(*c)));
    }
    if word.ends_with("'s") {
        word.truncate(word.len() - 2);
    }
    word.retain(|c| c.is_alphanumeric());
    if matches!(word.as_str(), "coop" | "coops") {
        word.replace_range(.., "cooperative");
    }
    cut(word);
}

fn cut(word: &mut String) {
    if word.len() > MAX_WORD {
        let end = (0..=MAX_WORD).rev().find(|at| word.is_char_boundary(*at)).unwrap_or(0);
        word.truncate(end);
    }
}

/// A text as folded words with single spaces, for comparing titles and names.
pub fn key(text: &str) -> String {
    let mut key = String::new();
    each_token(text, |word, _, _, _| {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(word);
    });
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        for (written, folded) in [
            ("Co-op, co-ops, coop and co op", "cooperative cooperative cooperative and cooperative"),
            ("Co-operative co‑production", "cooperative coproduction"),
            ("Ynys Môn, Mo\u{302}n", "ynys mon mon"),
            ("children’s councils' O'Brien", "children councils obrien"),
            ("soft\u{ad}hyphen zero\u{200b}width \u{feff}mark", "softhyphen zerowidth mark"),
            ("housing/homelessness St.Helens", "housing homelessness st helens"),
            ("Newcastle-upon-Tyne", "newcastle upon tyne"),
            ("Telford & Wrekin", "telford and wrekin"),
            ("N.H.S. and the U.K.", "nhs and the uk"),
            ("ﬁ Ⅷ", "fi viii"),
            ("GeniUS! Supply+", "genius supply"),
            ("%_\\ 🏠 - '", ""),
        ] {
            assert_eq!(key(written), folded, "{written}");
        }
    }

    #[test]
    fn tokens_say_where_they_stand() {
        let text = "The Môn's co-op, £3 million";
        let shown: Vec<&str> = tokens(text).iter().map(|token| &text[token.start..token.end]).collect();
        assert_eq!(shown, ["The", "Môn's", "co-op", "3 million"]);
        let joined: Vec<bool> = tokens("community-led housing").iter().map(|token| token.joined).collect();
        assert_eq!(joined, [false, true, false]);
    }
}
