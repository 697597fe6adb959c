//! What the model sees of a sentence: n-grams of its characters, n-grams of its words by class, and pairs of words that
//! are near each other. Each is hashed to a number, so that the model needs no dictionary.
//!
//! Everything here is a part of the trained model. After a change, it must be trained again.

use std::ops::Range;

use super::lexicon::{self, Class, Kind};

/// The most characters of an n-gram. A sentence of 60 characters has 200 of them.
const MAX_GRAM: usize = 4;

/// The most characters of an n-gram with Chinese. One Chinese character says as much as two or three letters.
const MAX_CHINESE_GRAM: usize = 3;

/// The fewest letters of an n-gram without Chinese. Two letters occur in every text.
const MIN_LATIN_GRAM: usize = 3;

/// The most words of an n-gram of words.
const MAX_WORDS: usize = 4;

/// The greatest distance of a pair of words.
const MAX_DISTANCE: usize = 4;

/// One feature of a sentence: its hash, and the bytes of the sentence that it comes from.
pub(super) type Feature = (u32, Range<usize>);

/// The kinds of features. Equal letters in two kinds are different features.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
enum View {
    Characters = 0x811c_9dc5,
    Words = 0x9e37_79b9,
    WordsOfPlan = 0x85eb_ca6b,
    Pair = 0xc2b2_ae35,
}

/// Calls `take` with each feature of a sentence in small letters. `is_plan` adds features that say so: in a plan, an
/// imperative is a step and no request.
pub(super) fn each(sentence: &str, is_plan: bool, mut take: impl FnMut(Feature)) {
    let characters = characters(sentence);
    for start in 0..characters.len() {
        let mut hash = View::Characters as u32;
        let mut has_chinese = false;
        for length in 1..=MAX_GRAM {
            let Some((character, bytes)) = characters.get(start + length - 1) else { break };
            has_chinese |= !character.is_ascii();
            hash = mixed(hash, u32::from(*character));
            let counts =
                if has_chinese { length <= MAX_CHINESE_GRAM } else { length >= MIN_LATIN_GRAM };
            if counts {
                let from = characters.get(start).map_or(0, |(_, bytes)| bytes.start);
                take((hash, from..bytes.end));
            }
        }
    }
    let words = words(sentence);
    for start in 0..words.len() {
        let (mut hash, mut planned) = (View::Words as u32, View::WordsOfPlan as u32);
        let Some((first, from)) = words.get(start) else { break };
        for length in 1..=MAX_WORDS {
            let Some((word, bytes)) = words.get(start + length - 1) else { break };
            hash = mixed(hash, *word);
            planned = mixed(planned, *word);
            take((hash, from.start..bytes.end));
            if is_plan {
                take((planned, from.start..bytes.end));
            }
        }
        for (word, bytes) in words.iter().skip(start + 2).take(MAX_DISTANCE - 1) {
            take((mixed(mixed(View::Pair as u32, *first), *word), from.start..bytes.end));
        }
    }
}

/// The characters of a sentence, each with its bytes: digits are one digit, white space is one space, and marks say
/// where the sentence begins and ends.
fn characters(sentence: &str) -> Vec<(char, Range<usize>)> {
    let mut characters = Vec::with_capacity(sentence.len() + 2);
    characters.push(('^', 0..0));
    let mut was_space = true;
    for (at, character) in sentence.char_indices() {
        let bytes = at..at + character.len_utf8();
        let is_space = character.is_whitespace();
        if !(is_space && was_space) {
            let shown = if is_space {
                ' '
            } else if character.is_ascii_digit() {
                '0'
            } else {
                character
            };
            characters.push((shown, bytes));
        }
        was_space = is_space;
    }
    characters.push(('$', sentence.len()..sentence.len()));
    characters
}

/// The words of a sentence as the model counts them, each as a number with its bytes. A word is a run of Latin letters,
/// a number, a Chinese word of the lists, or any other character.
fn words(sentence: &str) -> Vec<(u32, Range<usize>)> {
    let mut words = Vec::with_capacity(sentence.len() / 4);
    let bytes = sentence.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let run = |is_in: &dyn Fn(u8) -> bool| {
            bytes.get(at..).unwrap_or_default().iter().take_while(|byte| is_in(**byte)).count()
        };
        let (word, length) = match byte {
            b'a'..=b'z' => {
                let length = run(&|byte| byte.is_ascii_lowercase() || b"'_-".contains(&byte));
                let word = sentence
                    .get(at..at + length)
                    .unwrap_or_default()
                    .trim_end_matches(['\'', '_', '-']);
                (latin(word), word.len())
            }
            b'0'..=b'9' => {
                (u32::from('0'), run(&|byte| byte.is_ascii_digit() || b".:-/".contains(&byte)))
            }
            // `@name` addresses somebody.
            b'@' => {
                let name = run(&|byte| byte.is_ascii_alphanumeric() || b"@_.-".contains(&byte));
                (class(Class::You, false), name)
            }
            _ if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            _ => {
                let rest = sentence.get(at..).unwrap_or_default();
                if let Some((length, found)) = lexicon::chinese(rest) {
                    (class(found, true), length)
                } else {
                    let character = rest.chars().next().unwrap_or_default();
                    (mixed(1, u32::from(character)), character.len_utf8())
                }
            }
        };
        words.push((word, at..at + length));
        at += length.max(1);
    }
    words
}

/// Whether the last verb of change in a sentence has a negation directly before it, or before the word before it.
pub(super) fn forbids_its_last_act(sentence: &str) -> bool {
    let words = words(sentence);
    let is = |word: u32, wanted: Class| word == class(wanted, false) || word == class(wanted, true);
    let Some(last) = words.iter().rposition(|(word, _)| is(*word, Class::Act)) else {
        return false;
    };
    let before = words.get(last.saturating_sub(2)..last).unwrap_or_default();
    before.iter().any(|(word, _)| is(*word, Class::Not))
}

/// What a Latin word counts as: its class, itself, or what its ending says.
fn latin(word: &str) -> u32 {
    match lexicon::latin(word) {
        Some(Kind::Class(found)) => class(found, false),
        Some(Kind::Itself) => word.bytes().fold(2, |hash, byte| mixed(hash, u32::from(byte))),
        None => {
            let endings = ["ing", "ed", "ly"];
            let ending =
                endings.iter().position(|ending| word.ends_with(ending)).unwrap_or(endings.len());
            mixed(3, u32::try_from(ending).unwrap_or_default())
        }
    }
}

/// The number of a class of words. A Chinese word and a Latin one of a class are used differently, so they differ.
const fn class(class: Class, is_chinese: bool) -> u32 {
    mixed(if is_chinese { 0x500 } else { 0x400 }, class as u32)
}

/// One step of a hash (FNV-1a on whole numbers, then a shift that spreads the upper bits).
const fn mixed(hash: u32, value: u32) -> u32 {
    let hash = (hash ^ value).wrapping_mul(0x0100_0193);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sentence: &str, is_plan: bool) -> Vec<Feature> {
        let mut features = Vec::new();
        each(sentence, is_plan, |feature| features.push(feature));
        features
    }

    fn hashes(sentence: &str) -> Vec<u32> {
        of(sentence, false).into_iter().map(|(hash, _)| hash).collect()
    }

    #[test]
    fn a_number_and_a_space_are_like_any_other() {
        assert_eq!(hashes("at 10:00"), hashes("at  23:45"));
        assert_ne!(hashes("at 10:00"), hashes("by 10:00"));
    }

    #[test]
    fn verbs_of_one_class_share_their_words() {
        let shared = |one: &str, other: &str| {
            let other = hashes(other);
            hashes(one).iter().filter(|hash| other.contains(hash)).count()
        };
        assert!(shared("請重啟", "請部署") > shared("請重啟", "請天氣"));
        assert!(
            shared("please reload", "please deploy") > shared("please reload", "please weather")
        );
    }

    #[test]
    fn no_two_classes_are_one_word() {
        let classes = [
            Class::Act,
            Class::Acting,
            Class::Acted,
            Class::Acts,
            Class::Object,
            Class::You,
            Class::We,
        ];
        let others =
            [Class::They, Class::Not, Class::Polite, Class::When, Class::Urge, Class::Done];
        let classes = classes.into_iter().chain(others);
        let numbers: std::collections::BTreeSet<_> =
            classes.flat_map(|one| [class(one, false), class(one, true)]).collect();
        assert_eq!(numbers.len(), 26);
    }

    #[test]
    fn each_feature_knows_its_place() {
        for text in ["please reload it", "請 reload 一下"] {
            for (_, bytes) in of(text, true) {
                assert!(text.get(bytes.clone()).is_some(), "{text} {bytes:?}");
            }
        }
        assert!(of("reload it", true).len() > of("reload it", false).len());
    }
}
