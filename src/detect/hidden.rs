//! Finds text that a person cannot see, or that looks like different text.

use std::ops::Range;

use crate::escape::{is_ignorable, is_plain, is_unseen};
use crate::words::Problem;

use super::Match;

/// Returns runs of invisible characters, and words that mix Latin letters with Greek or Cyrillic ones.
///
/// A run is one match: one match per character would give a text of zero-width characters thousands of findings.
pub(super) fn find(text: &str) -> Vec<Match> {
    if is_plain(text) {
        return Vec::new();
    }
    let mut matches = Vec::new();
    let mut invisible: Option<Range<usize>> = None;
    let mut word = Word::default();
    let mut emoji = Emoji::default();
    // The extra space ends the last run and the last word.
    for (index, character) in text.chars().chain([' ']).enumerate() {
        let is_part_of_emoji = emoji.continues_with(character);
        if is_unseen(character) && !is_part_of_emoji {
            invisible.get_or_insert(index..index).end = index + 1;
            // An invisible character does not end a word: it may be there to split the word.
            continue;
        }
        matches.extend(invisible.take().map(|run| (Problem::HiddenText, run)));
        if let Some(script) = script(character) {
            word.add(index, script);
        } else {
            if word.is_mixed() {
                matches.push((Problem::HiddenText, word.start..index));
            }
            word = Word::default();
        }
    }
    matches
}

/// The kind of the character before. It decides whether an invisible character belongs to an emoji.
#[derive(Clone, Copy, Default, PartialEq)]
enum Emoji {
    #[default]
    None,
    /// A digit. It becomes part of an emoji only with a selector after it, as in 1️⃣.
    Digit,
    /// A symbol or an emoji.
    Symbol,
    /// A variation selector that belongs to the character before it.
    Selected,
}

impl Emoji {
    /// Reads the next character. Returns true if it is a variation selector or a joiner that belongs to an emoji.
    /// One selector and one joiner are enough for an emoji. More of them could carry a message that no reader sees.
    fn continues_with(&mut self, character: char) -> bool {
        let before = *self;
        let is_part = match character {
            '\u{fe0e}' | '\u{fe0f}' => matches!(before, Self::Digit | Self::Symbol),
            '\u{200d}' => matches!(before, Self::Symbol | Self::Selected),
            _ => false,
        };
        *self = match character {
            '\u{fe0e}' | '\u{fe0f}' if is_part => Self::Selected,
            '0'..='9' => Self::Digit,
            _ if is_symbol(character) => Self::Symbol,
            _ => Self::None,
        };
        is_part
    }
}

/// A word that is being read, and the scripts of its letters so far.
#[derive(Default)]
struct Word {
    start: usize,
    length: usize,
    has_latin: bool,
    has_other: bool,
}

impl Word {
    fn add(&mut self, index: usize, script: Script) {
        if self.length == 0 {
            self.start = index;
        }
        self.length += 1;
        self.has_latin |= script == Script::Latin;
        self.has_other |= script == Script::GreekOrCyrillic;
    }

    /// Whether the word mixes scripts. Two letters are not enough: one Greek letter in a unit, as in `µs`, is not a
    /// disguise.
    fn is_mixed(&self) -> bool {
        self.has_latin && self.has_other && self.length > 2
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Script {
    Latin,
    GreekOrCyrillic,
}

/// Returns the script of a letter. `None` for every other script: Chinese beside Latin letters is normal here.
fn script(character: char) -> Option<Script> {
    match character {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Some(Script::Latin),
        '\u{370}'..='\u{52f}' | '\u{1f00}'..='\u{1fff}' => Some(Script::GreekOrCyrillic),
        _ => None,
    }
}

/// Whether a character is in one of the Unicode blocks of symbols and emoji.
fn is_symbol(character: char) -> bool {
    let is_in_blocks = matches!(character, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2bff}'
        | '\u{3030}'..='\u{303d}' | '\u{1f000}'..='\u{1faff}');
    is_in_blocks && !is_ignorable(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_text_is_found_where_it_stands() {
        let ranges = |text: &str| {
            find(text).into_iter().map(|(_, range)| (range.start, range.end)).collect::<Vec<_>>()
        };
        assert_eq!(ranges("ok\u{200b}!"), [(2, 3)]);
        assert_eq!(ranges("the раsswоrd is"), [(4, 12)]);
        assert_eq!(ranges("\u{feff}x"), [(0, 1)]);
        assert_eq!(ranges("pass\u{1}\u{7f}word\t\r\n"), [(4, 6)]);
        // A word continues after an invisible character.
        assert_eq!(ranges("раss\u{200b}\u{ad}word"), [(4, 6), (0, 10)]);
        for clean in [
            "告警 ✔️ 已確認",
            "👩\u{200d}💻",
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
            "👩🏽\u{200d}🚒",
            "Привет world",
            "µs",
            "Ωx",
            "naïve Ångström",
            "1️⃣",
        ] {
            assert!(ranges(clean).is_empty(), "{clean}");
        }
    }

    #[test]
    fn a_run_of_invisible_characters_is_one_match() {
        let ranges = |text: &str| {
            find(text).into_iter().map(|(_, range)| (range.start, range.end)).collect::<Vec<_>>()
        };
        let run = "\u{200b}\u{ad}\u{e0041}\u{2066}".repeat(10_000);
        assert_eq!(ranges(&run), [(0, 40_000)]);
        assert_eq!(ranges(&format!("告{run}告{run}")), [(1, 40_001), (40_002, 80_002)]);
        // Characters of an emoji are not a run. The run after them is still found.
        assert_eq!(ranges(&format!("1{}", "\u{fe0f}".repeat(9))), [(2, 10)]);
        assert_eq!(ranges(&format!("✔{}", "\u{fe0e}\u{fe0f}".repeat(9))), [(2, 19)]);
        assert_eq!(ranges(&format!("✔{}x", "\u{fe0f}\u{200d}".repeat(9))), [(3, 19)]);
        assert_eq!(ranges(&format!("✔{}", "\u{200d}".repeat(9))), [(2, 10)]);
        assert_eq!(ranges("1\u{200d}2\u{2063}\u{fe0f}"), [(1, 2), (3, 5)]);
    }
}
