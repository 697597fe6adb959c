//! What the model sees of a sentence: n-grams of its words as they are written, n-grams of its words by class, pairs of
//! words that are near each other, how words begin and end, and the words of its neighbours. Each is hashed to a number, so
//! that the model needs no dictionary.
//!
//! The letters tell what is asked (`reload`), and the class tells that something is (`please <verb> the <object>`). Both
//! are needed: each alone finds fewer requests.
//!
//! Everything here is a part of the trained model. After a change, it must be trained again.

use std::ops::Range;

use super::lexicon::{self, Class, Kind};

/// The most words of an n-gram of words as they are written. A Chinese character is a word here.
const MAX_WRITTEN: usize = 3;

/// The most words of such an n-gram that is counted once more in a plan.
const MAX_WRITTEN_IN_PLAN: usize = 2;

/// The most words of an n-gram of classes.
const MAX_CLASSES: usize = 4;

/// The greatest distance of a pair of words.
const MAX_DISTANCE: usize = 4;

/// How many letters of the beginning of a longer word count.
const BEGINNING: usize = 4;

/// How many letters of the end of a longer word count.
const ENDING: usize = 3;

/// What the numbers of words begin with, by kind. They differ in bits that no character has, so two kinds share no number
/// except by chance.
const LATIN: u32 = 1 << 28;
const OTHER: u32 = 2 << 28;
const UNKNOWN: u32 = 3 << 28;
const LATIN_CLASS: u32 = 4 << 28;
const CHINESE_CLASS: u32 = 5 << 28;
/// The number of any number: `10:00` and `23:45` say the same.
const NUMBER: u32 = mixed(6 << 28, 1);
/// The number of any `@name`.
const NAME: u32 = mixed(6 << 28, 2);
/// The number of the place before the first word and of the place behind the last one.
const EDGE: u32 = mixed(6 << 28, 3);

/// One feature of a sentence: its hash, and the bytes of the sentence that it comes from.
pub(super) type Feature = (u32, Range<usize>);

/// The kinds of features. Equal words in two kinds are different features.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
enum View {
    Written = 0x811c_9dc5,
    WrittenInPlan = 0x27d4_eb2f,
    Beginning = 0x1656_67b1,
    Ending = 0x5851_f42d,
    Classes = 0x9e37_79b9,
    ClassesInPlan = 0x85eb_ca6b,
    Pair = 0xc2b2_ae35,
    Before = 0x68e3_1da5,
    After = 0x1b56_c4e9,
}

/// A sentence and its neighbours in the same text, all in small letters. A neighbour that is not there is empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passage<'t> {
    pub(super) sentence: &'t str,
    pub(super) before: &'t str,
    pub(super) after: &'t str,
    /// In a plan, an imperative is a step and no request.
    pub(super) is_plan: bool,
}

impl<'t> Passage<'t> {
    /// Returns the passage of each of these sentences of a text, with the bytes of the sentence.
    pub(super) fn all(
        text: &'t str,
        sentences: &'t [Range<usize>],
        is_plan: bool,
    ) -> impl Iterator<Item = (Range<usize>, Self)> {
        let at = move |index: Option<usize>| {
            let bytes = index.and_then(|index| sentences.get(index));
            bytes.and_then(|bytes| text.get(bytes.clone())).unwrap_or_default()
        };
        sentences.iter().enumerate().map(move |(index, bytes)| {
            let (before, after) = (at(index.checked_sub(1)), at(index.checked_add(1)));
            (bytes.clone(), Self { sentence: at(Some(index)), before, after, is_plan })
        })
    }
}

/// Calls `take` with each feature of a sentence. Features of its neighbours have no bytes.
pub(super) fn each(passage: Passage<'_>, mut take: impl FnMut(Feature)) {
    let Passage { sentence, before, after, is_plan } = passage;
    let words = written(sentence);
    // Where a sentence begins and ends counts like a word.
    let edge = |at: usize| Word { number: EDGE, bytes: at..at };
    let mut within_edges = vec![edge(0)];
    within_edges.extend_from_slice(&words);
    within_edges.push(edge(sentence.len()));
    n_grams(&within_edges, View::Written, MAX_WRITTEN, &mut take);
    for Word { bytes, .. } in &words {
        each_affix(sentence, bytes, &mut take);
    }
    let classes = classes(sentence, &words);
    n_grams(&classes, View::Classes, MAX_CLASSES, &mut take);
    if is_plan {
        n_grams(&within_edges, View::WrittenInPlan, MAX_WRITTEN_IN_PLAN, &mut take);
        n_grams(&classes, View::ClassesInPlan, MAX_CLASSES, &mut take);
    }
    for (index, first) in classes.iter().enumerate() {
        for second in classes.iter().skip(index + 2).take(MAX_DISTANCE - 1) {
            let hash = mixed(mixed(View::Pair as u32, first.number), second.number);
            take((hash, first.bytes.start..second.bytes.end));
        }
    }
    // A denial is often in the next sentence: `The lamp is green. We draw nothing from it.`
    for (neighbour, view) in [(before, View::Before), (after, View::After)] {
        let words = written(neighbour);
        let numbers = words.iter().map(|word| word.number);
        // That there is no neighbour counts, too.
        let none = neighbour.is_empty().then_some(EDGE);
        numbers.chain(none).for_each(|number| take((mixed(view as u32, number), 0..0)));
    }
}

/// Returns the hash of each feature of a sentence once, in their order. A word that is repeated says no more than once.
pub(super) fn distinct(passage: Passage<'_>) -> Vec<u32> {
    let mut hashes = Vec::with_capacity(passage.sentence.len() * 4);
    each(passage, |(hash, _)| hashes.push(hash));
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// A word as a number, with its bytes.
#[derive(Clone, Debug)]
struct Word {
    number: u32,
    bytes: Range<usize>,
}

/// Calls `take` with each n-gram of up to `longest` words.
fn n_grams(words: &[Word], view: View, longest: usize, mut take: impl FnMut(Feature)) {
    for (index, first) in words.iter().enumerate() {
        let mut hash = view as u32;
        for last in words.iter().skip(index).take(longest) {
            hash = mixed(hash, last.number);
            take((hash, first.bytes.start..last.bytes.end));
        }
    }
}

/// Calls `take` with the beginning and the end of a word that is longer than they are. They tell words that no text had.
/// Each has the bytes of the whole word, so that a place begins and ends with a word.
fn each_affix(sentence: &str, word: &Range<usize>, mut take: impl FnMut(Feature)) {
    let letters = sentence.as_bytes().get(word.clone()).unwrap_or_default();
    if !letters.first().is_some_and(u8::is_ascii_lowercase) {
        return;
    }
    if let Some(beginning) = letters.get(..BEGINNING).filter(|_| letters.len() > BEGINNING) {
        take((hashed(View::Beginning as u32, beginning), word.clone()));
    }
    if let Some((_, ending)) =
        letters.split_last_chunk::<ENDING>().filter(|(rest, _)| !rest.is_empty())
    {
        take((hashed(View::Ending as u32, ending), word.clone()));
    }
}

/// The words of a sentence as they are written. A word is a run of Latin letters, any number, any `@name`, or another
/// character.
fn written(sentence: &str) -> Vec<Word> {
    let bytes = sentence.as_bytes();
    let mut words = Vec::with_capacity(sentence.len() / 3);
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        let run = |is_in: &dyn Fn(u8) -> bool| {
            bytes.get(at..).unwrap_or_default().iter().take_while(|byte| is_in(**byte)).count()
        };
        let (number, length) = match byte {
            b'a'..=b'z' => {
                let length = run(&|byte| byte.is_ascii_lowercase() || b"'_-".contains(&byte));
                let letters = sentence.get(at..at + length).unwrap_or_default();
                let letters = letters.trim_end_matches(['\'', '_', '-']);
                (hashed(LATIN, letters.as_bytes()), letters.len())
            }
            b'0'..=b'9' => (NUMBER, run(&|byte| byte.is_ascii_digit() || b".:-/".contains(&byte))),
            b'@' => (NAME, run(&|byte| byte.is_ascii_alphanumeric() || b"@_.-".contains(&byte))),
            _ if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            _ => {
                let character = sentence.get(at..).and_then(|rest| rest.chars().next());
                let character = character.unwrap_or_default();
                (mixed(OTHER, u32::from(character)), character.len_utf8())
            }
        };
        words.push(Word { number, bytes: at..at + length });
        at += length.max(1);
    }
    words
}

/// The words of a sentence by class. A Chinese word of the lists may have several characters.
fn classes(sentence: &str, written: &[Word]) -> Vec<Word> {
    let mut classes: Vec<Word> = Vec::with_capacity(written.len());
    for word in written {
        let before = classes.last().map_or(0, |last| last.bytes.end);
        if word.bytes.start < before {
            // The word is a part of the Chinese word before it.
            continue;
        }
        let rest = sentence.get(word.bytes.start..).unwrap_or_default();
        let letters = sentence.get(word.bytes.clone()).unwrap_or_default();
        let (number, length) = match word.number {
            // `@name` addresses somebody.
            NAME => (class(Class::You, false), letters.len()),
            NUMBER => (NUMBER, letters.len()),
            number if letters.starts_with(|first: char| first.is_ascii_lowercase()) => {
                (latin(letters, number), letters.len())
            }
            number => lexicon::chinese(rest)
                .map_or((number, letters.len()), |(length, found)| (class(found, true), length)),
        };
        classes.push(Word { number, bytes: word.bytes.start..word.bytes.start + length });
    }
    classes
}

/// Whether the last verb of change in a sentence has a negation directly before it, or before the word before it.
pub(super) fn forbids_its_last_act(sentence: &str) -> bool {
    let words = classes(sentence, &written(sentence));
    let is = |word: &Word, wanted: Class| {
        word.number == class(wanted, false) || word.number == class(wanted, true)
    };
    let Some(last) = words.iter().rposition(|word| is(word, Class::Act)) else {
        return false;
    };
    let before = words.get(last.saturating_sub(2)..last).unwrap_or_default();
    before.iter().any(|word| is(word, Class::Not))
}

/// What a Latin word counts as: its class, itself (`number`), or what its ending says.
fn latin(word: &str, number: u32) -> u32 {
    match lexicon::latin(word) {
        Some(Kind::Class(found)) => class(found, false),
        Some(Kind::Itself) => number,
        None => {
            let endings = ["ing", "ed", "ly"];
            let ending =
                endings.iter().position(|ending| word.ends_with(ending)).unwrap_or(endings.len());
            mixed(UNKNOWN, u32::try_from(ending).unwrap_or_default())
        }
    }
}

/// The number of a class of words. A Chinese word and a Latin one of a class are used differently, so they differ.
const fn class(class: Class, is_chinese: bool) -> u32 {
    mixed(if is_chinese { CHINESE_CLASS } else { LATIN_CLASS }, class as u32)
}

/// The hash of a run of bytes that begins with `start`.
fn hashed(start: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(start, |hash, byte| mixed(hash, u32::from(*byte)))
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
        features(Passage { sentence, is_plan, ..Passage::default() })
    }

    fn features(passage: Passage<'_>) -> Vec<Feature> {
        let mut features = Vec::new();
        each(passage, |feature| features.push(feature));
        features
    }

    fn hashes(sentence: &str) -> Vec<u32> {
        of(sentence, false).into_iter().map(|(hash, _)| hash).collect()
    }

    fn parts(sentence: &str, is_plan: bool) -> Vec<&str> {
        of(sentence, is_plan).into_iter().filter_map(|(_, bytes)| sentence.get(bytes)).collect()
    }

    #[test]
    fn words_their_beginnings_and_their_ends_count() {
        let found = parts("reload 請重啟", false);
        for part in ["reload 請", "reload", "請重", "重啟", "請重啟"] {
            assert!(found.contains(&part), "{part}");
        }
        let beginning = hashed(View::Beginning as u32, b"mute");
        assert!(hashes("muted").contains(&beginning) && !hashes("mute").contains(&beginning));
        let ending = hashed(View::Ending as u32, b"ute");
        assert!(hashes("mute").contains(&ending) && !hashes("ute").contains(&ending));
    }

    #[test]
    fn a_repeated_word_counts_once() {
        let distinct = |sentence| distinct(Passage { sentence, ..Passage::default() });
        let (three, thirty) = ("reload ".repeat(6), "reload ".repeat(60));
        assert_eq!(distinct(&three), distinct(&thirty));
        assert!(distinct("reload it").len() > distinct("reload").len());
    }

    #[test]
    fn the_first_and_the_last_word_count_as_such() {
        let reload = hashed(LATIN, b"reload");
        let first = mixed(mixed(View::Written as u32, EDGE), reload);
        let last = mixed(mixed(View::Written as u32, reload), EDGE);
        let found = hashes("reload it");
        assert!(found.contains(&first) && !found.contains(&last));
        assert!(hashes("you reload").contains(&last));
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
    fn the_words_of_the_neighbours_count_and_have_no_place() {
        let text = "it is green. reload it. not now.";
        let sentences = [0..12, 12..23, 23..32];
        let passages: Vec<_> = Passage::all(text, &sentences, false).collect();
        let [(bytes, first), (_, second), (_, third)] = &passages[..] else { panic!() };
        assert_eq!((bytes, first.before, first.after), (&(0..12), "", " reload it."));
        assert_eq!((second.before, second.after), ("it is green.", " not now."));
        assert_eq!((third.before, third.after), (" reload it.", ""));
        let green = mixed(View::Before as u32, hashed(LATIN, b"green"));
        let not = mixed(View::After as u32, hashed(LATIN, b"not"));
        let found = features(*second);
        assert!(found.contains(&(green, 0..0)) && found.contains(&(not, 0..0)));
        assert!(features(*first).contains(&(mixed(View::Before as u32, EDGE), 0..0)));
    }

    #[test]
    fn no_two_kinds_of_words_share_a_number() {
        // A sign and a word of one letter that differ as the kinds once did.
        let word = |sentence| written(sentence).first().map(|word| word.number);
        assert_ne!(word("c"), word("`"));
        assert_ne!(class(Class::Acting, true), word("\u{503}").unwrap());
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
