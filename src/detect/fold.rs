//! Converts a text to plain letters (folding) before the detectors read it, decodes percent escapes, and maps each place
//! back to the original text.
//!
//! Without it, an invisible character or a look-alike letter would hide a secret from every pattern.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_compatible};

use crate::escape::{is_plain, is_unseen};

/// The most characters that one character may become under NFKC. A few characters become a whole sentence.
/// Such a character hides no secret, and many of them would make a text much longer. They stay as they are.
const MAX_PARTS: usize = 4;

/// A text as the detectors read it. Invisible characters are dropped, NFKC is applied, and look-alikes of ASCII
/// become ASCII. Upper and lower case stay. Every byte knows the original character that it comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    text: String,
    /// For each byte of `text`: the first and the last original character that it comes from. The list is empty
    /// if the original is plain ASCII: then byte and character have the same index.
    origins: Vec<(u32, u32)>,
    /// `text` in lower case, made on first use. Only ASCII letters change, so every byte keeps its index.
    lower: OnceCell<String>,
}

impl Folded {
    /// Folds a text.
    pub(crate) fn new(original: &str) -> Self {
        if is_plain(original) {
            return Self { text: original.to_owned(), ..Self::default() };
        }
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            origins: Vec::with_capacity(original.len()),
            lower: OnceCell::new(),
        };
        for (index, character) in original.chars().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            folded.push_folded(character, (index, index));
        }
        folded
    }

    /// Folds a text that was decoded: what is encoded can hide a look-alike, too.
    fn folded_again(self) -> Self {
        if is_plain(&self.text) {
            return self;
        }
        let mut folded = Self::default();
        for (at, character) in self.text.char_indices() {
            // Each byte of the character may come from an escape of its own.
            let last = at + character.len_utf8() - 1;
            folded.push_folded(character, (self.origin_at(at).0, self.origin_at(last).1));
        }
        folded
    }

    fn push_folded(&mut self, character: char, origin: (u32, u32)) {
        if is_unseen(character) {
            return;
        }
        // Most characters are ASCII or Chinese, and the search for their parts would take time.
        if character.is_ascii() || is_ideograph(character) {
            return self.push(character, origin);
        }
        match nfkc(character) {
            Some(parts) => parts.into_iter().for_each(|part| self.push(look_alike(part), origin)),
            None => self.push(character, origin),
        }
    }

    /// Returns the folded text with its ASCII letters in lower case.
    pub(crate) fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.text.to_ascii_lowercase())
    }

    /// Returns the folded text, with its upper and lower case.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the range of original characters that a range of bytes comes from.
    pub(crate) fn origin(&self, bytes: &Range<usize>) -> Range<usize> {
        let last = bytes.end.saturating_sub(1).max(bytes.start);
        let ((start, _), (_, end)) = (self.origin_at(bytes.start), self.origin_at(last));
        start as usize..end as usize + 1
    }

    fn origin_at(&self, byte: usize) -> (u32, u32) {
        let itself = u32::try_from(byte).unwrap_or(u32::MAX);
        self.origins.get(byte).copied().unwrap_or((itself, itself))
    }

    /// Returns the text without white space, to find secrets that white space breaks into pieces.
    pub(crate) fn joined(&self) -> Self {
        self.filtered(|_, character| !character.is_whitespace())
    }

    /// Returns the text in one line, to find base64 that a tool has wrapped. A line that assigns to a variable stays a
    /// line of its own: it does not continue the line before, which may be a variable without a value.
    pub(crate) fn without_line_breaks(&self) -> Self {
        self.filtered(|at, character| {
            let is_break = matches!(character, '\n' | '\r');
            !is_break || self.text.get(at + 1..).is_some_and(begins_with_a_variable)
        })
    }

    fn filtered(&self, keep: impl Fn(usize, char) -> bool) -> Self {
        let mut filtered = Self::default();
        for (at, character) in self.text.char_indices() {
            if keep(at, character) {
                filtered.push(character, self.origin_at(at));
            }
        }
        filtered
    }

    /// Returns the text with its percent escapes decoded, or `None` if it has none.
    pub(crate) fn percent_decoded(&self) -> Option<Self> {
        if !self.text.contains('%') {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut origins = Vec::with_capacity(bytes.len());
        let mut at = 0;
        let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        while let Some(byte) = bytes.get(at) {
            let origin = self.origin_at(at);
            let escaped = (*byte == b'%').then(|| digit(at + 1).zip(digit(at + 2))).flatten();
            if let Some((high, low)) = escaped {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or_default());
                let (_, end) = self.origin_at(at + 2);
                origins.push((origin.0, end));
                at += 3;
            } else {
                decoded.push(*byte);
                origins.push(origin);
                at += 1;
            }
        }
        (decoded.len() != bytes.len()).then(|| Self::of_bytes(&decoded, &origins).folded_again())
    }

    /// Makes a text from bytes and the origin of each byte. Bytes that are not UTF-8 become a replacement character.
    /// So one `%ff` does not keep the other escapes of a text from being read.
    fn of_bytes(bytes: &[u8], origins: &[(u32, u32)]) -> Self {
        let mut text = Self::default();
        let mut origins = origins.iter().copied();
        for chunk in bytes.utf8_chunks() {
            text.text.push_str(chunk.valid());
            text.origins.extend(origins.by_ref().take(chunk.valid().len()));
            let invalid = origins.by_ref().take(chunk.invalid().len());
            if let Some(origin) = invalid.reduce(|(start, _), (_, end)| (start, end)) {
                text.push(char::REPLACEMENT_CHARACTER, origin);
            }
        }
        text
    }

    /// Makes a text that was decoded from `part` of this one. Every byte of it leads back to that whole part.
    pub(crate) fn decoded_from(&self, part: &Range<usize>, text: String) -> Self {
        let origin = self.origin(part);
        let bound = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let origins = vec![(bound(origin.start), bound(origin.end.saturating_sub(1))); text.len()];
        Self { text, origins, lower: OnceCell::new() }.folded_again()
    }

    fn push(&mut self, character: char, origin: (u32, u32)) {
        self.text.push(character);
        self.origins.extend(std::iter::repeat_n(origin, character.len_utf8()));
    }
}

/// Whether a text begins with the name of a variable or a property, and `=`: `SMTP_HOST=`, `spring.datasource.url=`.
fn begins_with_a_variable(text: &str) -> bool {
    let is_capital = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let is_small =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let line = text.lines().next().unwrap_or_default();
    line.split_once('=').is_some_and(|(name, _)| {
        (name.contains('_') && name.split('_').all(is_capital))
            || (name.contains('.') && name.split('.').all(is_small))
    })
}

/// Returns a name in the form in which two spellings are compared: folded, in lower case, with single spaces.
pub(crate) fn fold_name(name: &str) -> String {
    let folded = Folded::new(name);
    // Most names are plain, and then only ASCII letters change.
    let lower = if folded.text.is_ascii() {
        Cow::Borrowed(folded.lower())
    } else {
        Cow::Owned(folded.text.to_lowercase())
    };
    let mut spaced = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// Returns what a character becomes under NFKC, or `None` if it becomes more than [`MAX_PARTS`] characters. The iterator of
/// the library takes several times as long.
fn nfkc(character: char) -> Option<Vec<char>> {
    /// More parts than these never become few enough again: a Korean syllable has up to three.
    const MAX_DECOMPOSED: usize = 3 * MAX_PARTS;
    let mut parts = Vec::new();
    decompose_compatible(character, |part| {
        if parts.len() <= MAX_DECOMPOSED {
            parts.push(part);
        }
    });
    if parts.len() > MAX_DECOMPOSED {
        return None;
    }
    let stay_apart = |pair: &[char]| match pair {
        [one, next] => compose(*one, *next).is_none(),
        _ => true,
    };
    // Without marks, only neighbours can become one character again.
    let has_marks = parts.iter().any(|part| canonical_combining_class(*part) != 0);
    if has_marks || !parts.windows(2).all(stay_apart) {
        parts = std::iter::once(character).nfkc().collect();
    }
    (parts.len() <= MAX_PARTS).then_some(parts)
}

/// Returns the ASCII character that a non-ASCII character looks like. Every other character stays.
/// The table is short on purpose: a full table of confusable characters would corrupt Chinese.
fn look_alike(character: char) -> char {
    /// Look-alikes and their ASCII letters, position by position. In this order: Cyrillic, Greek, other Latin
    /// letters, dashes, quotation marks. NFKC leaves most of these characters as they are.
    const PAIRS: [(&str, &str); 5] = [
        ("абсԁеһіјӏкмопрԛгѕтуѵԝхзАВСЕНІЈКМОРЅТУХ", "abcdehijlkmonpqrstyvwx3ABCEHIJKMOPSTYX"),
        ("αενικορτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aevikoptuxyABEZHIKMNOPTYX"),
        ("ıɡɑℓ", "igal"),
        ("‐‑‒–—−﹣", "-------"),
        ("‘’‛“”„＂", "'''\"\"\"\""),
    ];
    static LETTERS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        PAIRS.iter().flat_map(|(from, to)| from.chars().zip(to.chars())).collect()
    });
    LETTERS.get(&character).copied().unwrap_or(character)
}

/// Whether a character is a common Chinese one. Folding leaves all of these as they are.
const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        Folded::new(text).text
    }

    #[test]
    fn what_is_decoded_is_folded_too() {
        let encoded = |text: &str| -> String {
            let bytes = text.bytes();
            bytes.map(|byte| ["%", &format!("{byte:02x}")].concat()).collect()
        };
        let decoded = Folded::new(&encoded("ａ\u{200b}b")).percent_decoded().unwrap();
        assert_eq!(decoded.as_str(), "ab");
        assert_eq!(decoded.origin(&(0..1)), 0..9);
        assert_eq!(decoded.origin(&(1..2)), 18..21);
        let whole = Folded::new("xx").decoded_from(&(0..2), "１\u{200b}2".to_owned());
        assert_eq!(whole.as_str(), "12");
        assert_eq!(whole.origin(&(1..2)), 0..2);
    }

    #[test]
    fn look_alikes_and_wide_characters_become_ascii_and_chinese_stays() {
        assert_eq!(folded("ｓｋ－ｌｆ：１"), "sk-lf:1");
        assert_eq!(folded("pаsswоrd"), "password");
        assert_eq!(folded("to\u{200b}k\u{ad}en"), "token");
        assert_eq!(folded("𝐭𝐨𝐤𝐞𝐧"), "token");
        assert_eq!(folded("pass\u{1}wo\0rd\n\t="), "password\n\t=");
        assert_eq!(folded("告警鏈路已恢復。請勿重新載入"), "告警鏈路已恢復。請勿重新載入");
    }

    #[test]
    fn each_character_becomes_what_the_library_says() {
        for character in '\0'..=char::MAX {
            let expected: Vec<_> = std::iter::once(character).nfkc().collect();
            let expected = (expected.len() <= MAX_PARTS).then_some(expected);
            assert_eq!(nfkc(character), expected, "{character:?}");
        }
    }

    #[test]
    fn plain_is_what_folding_leaves_as_it_is() {
        for character in (0..=255).map(char::from) {
            let is_kept = character.is_ascii() && !is_unseen(character);
            assert_eq!(is_plain(&character.to_string()), is_kept, "{character:?}");
        }
        assert_eq!(fold_name("  Reload\tALERTS  Ünd \n"), "reload alerts ünd");
    }

    #[test]
    fn folding_leaves_every_ideograph_as_it_is() {
        for character in ('\u{3400}'..='\u{fb00}').filter(|character| is_ideograph(*character)) {
            assert!(std::iter::once(character).nfkc().eq([character]), "{character}");
            assert_eq!(look_alike(character), character);
        }
    }

    #[test]
    fn every_look_alike_has_its_letter() {
        for (from, to) in [
            ("а", 'a'),
            ("р", 'p'),
            ("х", 'x'),
            ("Х", 'X'),
            ("Ζ", 'Z'),
            ("χ", 'x'),
            ("—", '-'),
            ("”", '"'),
        ] {
            assert_eq!(look_alike(from.chars().next().unwrap()), to, "{from}");
        }
    }

    #[test]
    fn a_range_leads_back_to_the_original() {
        let original = "密\u{200b}碼：ｐｗ\u{200b}d";
        let text = Folded::new(original);
        let at = text.as_str().find("pwd").unwrap();
        assert_eq!(text.origin(&(at..at + 3)), 4..8);
        let joined = Folded::new("a b").joined();
        assert_eq!((joined.as_str(), joined.origin(&(0..2))), ("ab", 0..3));
        let decoded = Folded::new("x%3Dy%zz").percent_decoded().unwrap();
        assert_eq!((decoded.as_str(), decoded.origin(&(1..2))), ("x=y%zz", 1..4));
        assert!(Folded::new("100%").percent_decoded().is_none());
        let decoded = Folded::new("a%ff%fe%C3%A9%e5x%3Dy").percent_decoded().unwrap();
        assert_eq!(decoded.as_str(), "a\u{fffd}\u{fffd}é\u{fffd}x=y");
        let origins = ["é", "x", "="].map(|part| {
            let at = decoded.as_str().find(part).unwrap();
            decoded.origin(&(at..at + part.len()))
        });
        assert_eq!(origins, [7..13, 16..17, 17..20]);
    }
}
