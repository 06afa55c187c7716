//! Terms: the keys of the index. A term is the Snowball stem of a word. Words with digits are not stemmed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

/// The Snowball project's English stop words, without apostrophes.
const STOP_WORDS: &str = "\
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers \
    herself it its itself they them their theirs themselves what which who whom this that these those am is are \
    was were be been being have has had having do does did doing would should could ought im youre hes shes \
    theyre ive youve weve theyve isnt arent wasnt werent hasnt havent hadnt doesnt dont didnt wont wouldnt shant \
    shouldnt cant cannot couldnt mustnt lets thats whos whats heres theres whens wheres whys hows a an the and \
    but if or because as until while of at by for with about against between into through during before after \
    above below to from up down in out on off over under again further then once here there when where why how \
    all any both each few more most other some such no nor not only own same so than too very s t can will just \
    don should now";

static STOPS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| STOP_WORDS.split_whitespace().collect());

/// True for words without meaning of their own.
pub fn is_stop_word(word: &str) -> bool {
    STOPS.contains(word)
}

/// Terms for words that Snowball wrongly gives the stem of another word: commissioning and commission, authority and
/// author, armed and arm.
const APART: &[(&str, &str)] = &[
    ("commissioning", "commissioning"),
    ("commissioner", "commissioning"),
    ("commissioners", "commissioning"),
    ("authority", "authority"),
    ("authorities", "authority"),
    ("university", "university"),
    ("universities", "university"),
    ("organisation", "organisation"),
    ("organisations", "organisation"),
    ("organization", "organisation"),
    ("organizations", "organisation"),
    ("ageing", "ageing"),
    ("aging", "ageing"),
    ("armed", "armed"),
    ("experiment", "experiment"),
    ("experiments", "experiment"),
    ("experimental", "experiment"),
    ("generation", "generation"),
    ("generations", "generation"),
    ("important", "important"),
    ("importance", "important"),
];

/// The term of a word: its stem, or the word itself if it has digits.
pub fn term_of(word: &str) -> Cow<'_, str> {
    if let Some((_, term)) = APART.iter().find(|(apart, _)| *apart == word) {
        return Cow::Borrowed(term);
    }
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word.into();
    }
    thread_local! {
        static STEMMER: Stemmer = Stemmer::create(Algorithm::English);
    }
    STEMMER.with(|stemmer| stemmer.stem(word))
}

/// The term of a word in a proper name. Names are not stemmed, so that `read` does not find Reading.
pub fn name_term_of(word: &str) -> Cow<'_, str> {
    if term_of(word) == word { word.into() } else { format!("={word}").into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_meanings_stay_apart() {
        assert_ne!(term_of("commissioning"), term_of("commission"));
        assert_ne!(term_of("authority"), term_of("author"));
        assert_eq!(term_of("libraries"), term_of("library"));
        assert_eq!((name_term_of("reading").as_ref(), name_term_of("york").as_ref()), ("=reading", "york"));
    }
}
