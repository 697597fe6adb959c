//! Text that a reader does not see, or takes for other text.

use crate::escape::is_ignorable;
use crate::words::Problem;

use super::Match;

/// Invisible characters, and words that mix Latin with Greek or Cyrillic letters.
pub(super) fn find(text: &str) -> Vec<Match> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut matches = Vec::new();
    let mut word = Word::default();
    let mut previous = ' ';
    for (index, character) in text.chars().chain([' ']).enumerate() {
        let is_part_of_emoji =
            matches!(character, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}') && is_symbol(previous);
        if is_ignorable(character) && !is_part_of_emoji {
            matches.push((Problem::HiddenText, index..index + 1));
        } else if let Some(script) = script(character) {
            word.add(index, script);
        } else {
            if word.is_mixed() {
                matches.push((Problem::HiddenText, word.start..index));
            }
            word = Word::default();
        }
        previous = character;
    }
    matches
}

/// The scripts of a word.
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

    /// A single Greek letter beside a unit, as in `µs`, is no disguise.
    fn is_mixed(&self) -> bool {
        self.has_latin && self.has_other && self.length > 2
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Script {
    Latin,
    GreekOrCyrillic,
}

fn script(character: char) -> Option<Script> {
    match character {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Some(Script::Latin),
        '\u{370}'..='\u{52f}' | '\u{1f00}'..='\u{1fff}' => Some(Script::GreekOrCyrillic),
        _ => None,
    }
}

fn is_symbol(character: char) -> bool {
    matches!(character, '\u{a9}' | '\u{ae}' | '\u{2000}'..='\u{2bff}' | '\u{3030}'..='\u{303d}'
        | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
        || character.is_ascii_digit()
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
        for clean in
            ["告警 ✔️ 已確認", "👩\u{200d}💻", "Привет world", "µs", "Ωx", "naïve Ångström", "1️⃣"]
        {
            assert!(ranges(clean).is_empty(), "{clean}");
        }
    }
}
