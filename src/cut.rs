//! Finds where a text can be cut.

/// Returns the last place up to byte `index` that is not inside a character.
///
/// The standard library has this as `str::floor_char_boundary`, but only since Rust 1.91.
pub(crate) fn floor(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index).rev().find(|place| text.is_char_boundary(*place)).unwrap_or_default()
}

/// Returns the byte behind the first `most` characters, or `None` if the text has no more characters than that.
pub(crate) fn behind(text: &str, most: usize) -> Option<usize> {
    // A character has at least one byte, so most texts are short enough at first sight.
    (text.len() > most).then(|| text.char_indices().nth(most).map(|(end, _)| end)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_with_more_characters_is_cut_behind_them() {
        let cuts = |text| [0, 1, 2, 3, 4].map(|most| behind(text, most));
        assert_eq!(cuts("a告b"), [Some(0), Some(1), Some(4), None, None]);
        assert_eq!(cuts(""), [None; 5]);
    }

    #[test]
    fn a_cut_is_never_inside_a_character() {
        let text = "a告\u{1f514}";
        let places: Vec<_> = (0..=text.len() + 2).map(|index| floor(text, index)).collect();
        assert_eq!(places, [0, 1, 1, 1, 4, 4, 4, 4, 8, 8, 8]);
        assert_eq!(floor("", 3), 0);
    }
}
