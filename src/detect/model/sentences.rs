//! Splits a text into sentences.

use std::ops::Range;

/// The most bytes of a sentence. In a longer one, what the model looks for would drown. It is cut at a comma or a space.
const MAX_LENGTH: usize = 320;

/// Returns the bytes of each sentence of a folded text. A sentence ends with its mark, or with its line.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let is_end = match character {
            '。' | '!' | '?' | ';' | '\n' => true,
            // `3.2` and `prometheus.yml` have no end inside.
            '.' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        let end = at + character.len_utf8();
        let is_break = matches!(character, ',' | '、' | ' ') && end - start > MAX_LENGTH * 3 / 4;
        if is_end || is_break || end - start >= MAX_LENGTH {
            sentences.push(start..end);
            start = end;
        }
    }
    sentences.push(start..text.len());
    sentences.retain(|sentence| text.get(sentence.clone()).is_some_and(says_something));
    sentences
}

/// Whether a part of a text says something: two words, or a Chinese one. `clear` and a bullet say nothing.
fn says_something(part: &str) -> bool {
    part.chars().any(|character| character.is_alphabetic() && !character.is_ascii())
        || part
            .split_whitespace()
            .filter(|word| word.contains(char::is_alphanumeric))
            .nth(1)
            .is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        sentences(text).into_iter().filter_map(|range| text.get(range)).map(str::trim).collect()
    }

    #[test]
    fn a_sentence_ends_with_its_mark_or_its_line() {
        assert_eq!(
            of("Is it up? v3.2 is.\n- yes\nso be it"),
            ["Is it up?", "v3.2 is.", "so be it"]
        );
        assert_eq!(of("重啟了。沒問題!"), ["重啟了。", "沒問題!"]);
        assert_eq!(of("a. ) \n准"), ["准"]);
    }

    #[test]
    fn a_long_sentence_is_cut_and_nothing_is_lost() {
        let text = "words, more words ".repeat(60);
        let parts = sentences(&text);
        assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= MAX_LENGTH));
        assert_eq!(parts.iter().map(ExactSizeIterator::len).sum::<usize>(), text.len());
    }
}
